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
    let points = policy.open_points.iter().enumerate();
    texts.extend(points.map(|(index, point)| (format!("the text of open point {}", index + 1), &point.text)));
    let register = &policy.register;
    let titles = register.title().into_iter().chain(register.earlier_titles());
    texts.extend(titles.map(|title| ("the title of a source in the register".to_owned(), title)));
    let mut findings: Vec<Diagnostic> = texts
        .iter()
        .flat_map(|(what, text)| missing(policy, what, text))
        .collect();
    for entry in register.entries() {
        let mut of_entry = missing(
            policy,
            &format!("the summary of `{}`", entry.locator),
            &entry.summary,
        );
        if let Some(title) = &entry.title {
            of_entry.extend(missing(
                policy,
                &format!("the title of `{}`", entry.locator),
                title,
            ));
        }
        findings.extend(
            of_entry
                .into_iter()
                .map(|finding| register.at(&entry.locator, finding)),
        );
    }
    findings
}

fn missing(policy: &PolicyVersion, what: &str, text: &Bilingual) -> Vec<Diagnostic> {
    let languages = match (text.nl.trim().is_empty(), text.en.trim().is_empty()) {
        (false, false) => return Vec::new(),
        (true, false) => "in Dutch (`nl`)",
        (false, true) => "in English (`en`)",
        (true, true) => "in Dutch (`nl`) and in English (`en`)",
    };
    let message = format!("{what} is empty {languages}, in `{}`", policy.id);
    vec![Diagnostic::error("missing-text", message).help("results are read in both languages")]
}
