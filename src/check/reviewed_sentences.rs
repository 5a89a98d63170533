//! A person has said of every sentence of the register what it does under this version.

use crate::diagnostic::Diagnostic;
use crate::policy::PolicyVersion;

pub(super) fn check(policy: &PolicyVersion) -> Vec<Diagnostic> {
    let register = &policy.register;
    let open = register.entries().iter().filter(|entry| entry.to_review);
    open.map(|entry| {
        let message = format!("`{}` has not been reviewed for `{}`", entry.locator, policy.id);
        register
            .at(&entry.locator, Diagnostic::error("sentence-to-review", message))
            .help("say what it does (`kind`) and what it says, then take out the line `to_review: true`")
    })
    .collect()
}
