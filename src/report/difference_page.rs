//! The difference of two policy versions as a page, and as a part of one.

use super::differences::value_change;
use super::page::{Page, Table, both, number};
use super::words;
use crate::diff::{Change, Difference, Kind};
use crate::language::{Bilingual, Language};
use crate::policy::PolicyVersion;
use maud::{Markup, html};

/// Differences as one page.
pub fn difference_html(differences: &[Difference], language: Language) -> String {
    let names: Vec<String> = differences
        .iter()
        .map(|difference| format!("{} → {}", difference.old, difference.new))
        .collect();
    let of = |words: crate::language::Words, names: &str| Bilingual {
        nl: format!("{}: {names}", words.nl),
        en: format!("{}: {names}", words.en),
    };
    let title = of(words::WHAT_CHANGES, &names.join(", "));
    let body = html! {
        h1 { (words::WHAT_CHANGES) }
        @for (index, (difference, name)) in differences.iter().zip(&names).enumerate() {
            h2 { (name) }
            (changes(difference, None, &format!("difference-{index}")))
        }
    };
    Page {
        title,
        body,
        styles: &[],
        scripts: &[],
    }
    .render(language)
}

/// The rows of a difference, as tables whose names begin with `id`; with the labels of values where the versions are
/// given, the old and the new one.
pub fn changes(
    difference: &Difference,
    versions: Option<(&PolicyVersion, &PolicyVersion)>,
    id: &str,
) -> Markup {
    let sections = [
        (words::CHANGED_VALUES, Kind::Value, false),
        (words::CHANGED_FLAGS, Kind::Value, true),
        (words::CHANGED_CITATIONS, Kind::Citations, false),
        (words::CHANGED_FLAG_CITATIONS, Kind::Citations, true),
        (words::CHANGED_SUMMARIES, Kind::Reason, false),
        (words::CHANGED_FLAG_SUMMARIES, Kind::Reason, true),
    ];
    html! {
        @if difference.is_equal() { p { (words::EQUAL) } }
        // Declarations are told in English alone.
        @for declaration in &difference.declarations { p lang="en" { (declaration) } }
        @for (section, (heading, kind, is_flag)) in sections.into_iter().enumerate() {
            @let changes: Vec<&Change> = difference.of(kind, is_flag).collect();
            @let tables = html! {
                @for of_one in changes.chunk_by(|one, other| one.question == other.question) {
                    (rows(of_one, versions, &format!("{id}-{section}-{}", of_one[0].question)))
                }
            };
            @if !changes.is_empty() && kind == Kind::Value {
                h3 { (heading) }
                (tables)
            } @else if !changes.is_empty() {
                // What does not change a conclusion is folded: a reader who asks only for that has it first.
                details {
                    summary { h3 { (heading) } " (" (changes.len()) ")" }
                    (tables)
                }
            }
        }
    }
}

/// The rows of one question as a table named `id`.
pub fn rows(changes: &[&Change], versions: Option<(&PolicyVersion, &PolicyVersion)>, id: &str) -> Markup {
    let question = &changes[0].question;
    let row = |change: &&Change| {
        vec![
            conditions(change),
            said(change, true, versions.map(|(old, _)| old)),
            said(change, false, versions.map(|(_, new)| new)),
            number(change.combinations),
        ]
    };
    Table {
        id: id.to_owned(),
        caption: html! {
            code { (question) }
            @if let Some(words) = versions.and_then(|(old, new)| asked(new, question).or_else(|| asked(old, question))) {
                " " (words)
            }
        },
        head: [words::WHEN, words::BEFORE, words::AFTER, words::COMBINATIONS]
            .iter()
            .map(|words| html! { (words) })
            .collect(),
        rows: changes.iter().map(row).collect(),
        has_row_heads: false,
    }
    .render()
}

/// The question of a conclusion, or the text of a flag.
fn asked<'a>(version: &'a PolicyVersion, name: &str) -> Option<&'a Bilingual> {
    let conclusion = version.conclusions.iter().find(|one| one.name == name);
    let flag = || {
        version
            .flags
            .iter()
            .find(|flag| flag.id == name)
            .map(|flag| &flag.text)
    };
    conclusion.map(|one| &one.question).or_else(flag)
}

/// When a row applies: a line for each fact.
fn conditions(change: &Change) -> Markup {
    html! {
        @if change.when.is_empty() { (words::ALWAYS) }
        @for (fact, values) in &change.when {
            div.condition { code { (fact) } ": " (values.join(", ")) }
        }
    }
}

/// What one side of a change says.
fn said(change: &Change, is_old: bool, version: Option<&PolicyVersion>) -> Markup {
    let said = if is_old { &change.from } else { &change.to };
    match change.kind {
        Kind::Value => value(change, &said.value, version),
        Kind::Citations => html! {
            (value(change, &said.value, version)) " "
            @for cite in &said.cites { code { (cite) } " " }
        },
        Kind::Reason => html! { (both(&said.reason[0], &said.reason[1])) },
    }
}

fn value(change: &Change, word: &str, version: Option<&PolicyVersion>) -> Markup {
    if change.is_flag {
        return value_change(word).map_or_else(|| html! { code { (word) } }, |words| html! { (words) });
    }
    let declared = version.and_then(|version| {
        let question = version
            .conclusions
            .iter()
            .find(|one| one.name == change.question)?;
        question.values.iter().find(|value| value.value == word)
    });
    match declared {
        Some(declared) => html! { (declared.label) " " code.quiet { (word) } },
        None => html! { code { (word) } },
    }
}
