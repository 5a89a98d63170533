//! Every function of a script answers a question or is called.

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::policy::PolicyVersion;

pub(super) fn check(policy: &PolicyVersion) -> Vec<Diagnostic> {
    let program = &policy.program;
    let answering: Vec<(usize, &str)> = policy
        .asked()
        .filter_map(|asked| program.function(asked))
        .collect();
    let mut findings = Vec::new();
    for (script, (source, outline)) in program.outlines().enumerate() {
        for (name, at) in &outline.functions {
            if answering.contains(&(script, name.as_str())) || outline.called.contains(name) {
                continue;
            }
            let flags = policy.flags.iter().map(|flag| flag.id.as_str());
            findings.push(
                Diagnostic::warning("unused-function", format!("nothing asks the function `{name}`"))
                    .at(source, source.word_at(*at), "not declared and not called")
                    .maybe_help(did_you_mean(&name.replace('_', "-"), flags))
                    .help("declare its question or flag in `policy.yaml`, or take it out"),
            );
        }
    }
    findings
}
