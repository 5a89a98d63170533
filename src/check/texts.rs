//! Everything that a reader sees has a text in Dutch and in English.

use crate::diagnostic::Diagnostic;
use crate::language::Bilingual;
use crate::policy::PolicyVersion;

pub(super) fn check(policy: &PolicyVersion) -> Vec<Diagnostic> {
    let mut texts: Vec<(String, &Bilingual)> = vec![("the title".to_owned(), &policy.title)];
    for conclusion in &policy.conclusions {
        texts.push((
            format!("the question of `{}`", conclusion.name),
            &conclusion.question,
        ));
        for value in &conclusion.values {
            texts.push((format!("the label of `{}`", value.value), &value.label));
            let meaning = value
                .meaning
                .iter()
                .map(|meaning| (format!("the meaning of `{}`", value.value), meaning));
            texts.extend(meaning);
        }
    }
    texts.extend(
        policy
            .flags
            .iter()
            .map(|flag| (format!("the text of the flag `{}`", flag.id), &flag.text)),
    );
    texts.extend(
        policy
            .open_points
            .iter()
            .enumerate()
            .map(|(index, point)| (format!("the text of open point {}", index + 1), &point.text)),
    );
    for entry in policy.register.entries() {
        texts.push((format!("the summary of `{}`", entry.locator), &entry.summary));
        texts.extend(
            entry
                .title
                .iter()
                .map(|title| (format!("the title of `{}`", entry.locator), title)),
        );
    }
    let mut findings = Vec::new();
    for (what, text) in texts {
        for (language, words) in [("Dutch (`nl`)", &text.nl), ("English (`en`)", &text.en)] {
            if words.trim().is_empty() {
                let message = format!("{what} is empty in {language}, in `{}`", policy.id);
                findings.push(
                    Diagnostic::error("missing-text", message).help("results are read in both languages"),
                );
            }
        }
    }
    findings
}
