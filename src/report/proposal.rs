//! What an interview has determined so far, in a few lines.

use super::{reasoning, words};
use crate::evaluate::Evaluation;
use crate::language::Language;
use crate::policy::PolicyVersion;
use std::fmt::Write;

/// The conclusions in a line each, and that a human decides.
pub fn proposal(policy: &PolicyVersion, evaluation: &Evaluation, language: Language) -> String {
    let mut text = String::from("\n");
    for determination in &evaluation.conclusions {
        let name = reasoning::name(policy, determination.asked);
        let value = determination
            .value()
            .and_then(|value| reasoning::value(policy, determination.asked, value));
        let _ = match value {
            Some(value) => writeln!(text, "{name}: {}", reasoning::labelled(value, language)),
            None => writeln!(text, "{name}: {}", words::NOT_DETERMINED.text(language)),
        };
    }
    text + words::CLOSING.text(language)
}
