//! The difference of two policy versions as a page, and as a part of one.

use super::differences::{value_change, when_text};
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
            @if !changes.is_empty() {
                h3 { (heading) }
                @for of_one in changes.chunk_by(|one, other| one.question == other.question) {
                    (rows(of_one, versions, &format!("{id}-{section}-{}", of_one[0].question)))
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
            if change.when.is_empty() {
                html! { (words::ALWAYS) }
            } else {
                html! { (when_text(change)) }
            },
            said(change, true, versions.map(|(old, _)| old)),
            said(change, false, versions.map(|(_, new)| new)),
            number(change.combinations),
        ]
    };
    let asked = versions.and_then(|(_, new)| {
        let of = |declared: &&crate::policy::ConclusionDeclaration| declared.name == *question;
        new.conclusions.iter().find(of)
    });
    Table {
        id: id.to_owned(),
        caption: html! {
            code { (question) }
            @if let Some(asked) = asked { " " (asked.question) }
        },
        head: [words::WHEN, words::BEFORE, words::AFTER, words::COMBINATIONS]
            .iter()
            .map(|words| html! { (words) })
            .collect(),
        rows: changes.iter().map(row).collect(),
        has_row_heads: true,
    }
    .render()
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
