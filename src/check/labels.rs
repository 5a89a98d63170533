//! Labels of a `switch` and words of a comparison are values that their subject can have, and no label stands twice.

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::policy::PolicyVersion;
use crate::script::Subject;
use std::collections::HashMap;

pub(super) fn check(policy: &PolicyVersion) -> Vec<Diagnostic> {
    let vocabulary = policy.program.vocabulary();
    let mut findings = Vec::new();
    for (source, outline) in policy.program.outlines() {
        for compared in &outline.compared {
            let Some(words) = vocabulary.words_of(&compared.subject) else {
                continue;
            };
            if words.contains(&compared.word.as_str()) {
                continue;
            }
            let name = match &compared.subject {
                Subject::Fact(name) | Subject::Question(name) => name,
            };
            let message = format!("`{name}` can never be `{}`", compared.word);
            findings.push(
                Diagnostic::error("value-outside-domain", message)
                    .at(source, source.word_at(compared.at), "never true")
                    .maybe_help(did_you_mean(&compared.word, words.iter().copied()))
                    .help(format!("it can be {}", words.join(", "))),
            );
        }
        let mut seen = HashMap::new();
        for (switch, word, at) in &outline.labels {
            if let Some(first) = seen.insert((switch, word), at) {
                findings.push(
                    Diagnostic::error(
                        "duplicate-label",
                        format!("the label `{word}` stands twice in this `switch`"),
                    )
                    .at(source, source.word_at(*at), "never used")
                    .at(source, source.word_at(*first), "this one is used")
                    .help("keep the one that is meant"),
                );
            }
        }
    }
    findings
}
