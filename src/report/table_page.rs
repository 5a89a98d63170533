//! Decision tables as a page, and as a part of one.

use super::page::{Page, Table as PageTable, both};
use super::tables::cells_text;
use super::{reasoning, words};
use crate::language::{Bilingual, Language};
use crate::policy::PolicyVersion;
use crate::script::Asked;
use crate::table::{Input, Table, TableRow};
use maud::{Markup, html};

/// Decision tables as a page.
pub fn tables_html(policy: &PolicyVersion, tables: &[Table], language: Language) -> String {
    let title = Bilingual {
        nl: format!("{}, {}", policy.id, policy.title.nl),
        en: format!("{}, {}", policy.id, policy.title.en),
    };
    let body = html! {
        h1 { (title) }
        p { (words::RULES) ": " code { (policy.fingerprint) } }
        @for table in tables { (decision_table(policy, table, false)) }
    };
    Page {
        title,
        body,
        styles: &[],
        scripts: &[],
    }
    .render(language)
}

/// A decision table with its heading; `has_register` says whether the page has the sentences that it cites.
pub(super) fn decision_table(policy: &PolicyVersion, table: &Table, has_register: bool) -> Markup {
    let question = match table.asked {
        Asked::Conclusion(index) => &policy.conclusions[index].question,
        Asked::Flag(index) => &policy.flags[index].text,
    };
    let outcome = html! { code { (table.name) } };
    PageTable {
        id: table_id(&table.name),
        caption: html! { code { (table.name) } " " (question) },
        head: table
            .inputs
            .iter()
            .map(input)
            .chain([outcome, html! { (words::CITATIONS) }])
            .collect(),
        rows: table
            .rows
            .iter()
            .map(|row| cells(policy, table, row, has_register))
            .collect(),
        has_row_heads: false,
    }
    .render()
}

/// The name of a question's decision table on a page.
pub(super) fn table_id(question: &str) -> String {
    format!("table-{question}")
}

fn input(input: &Input) -> Markup {
    html! { code { (input.name) } br; small { (input.fact.declaration().question) } }
}

fn cells(policy: &PolicyVersion, table: &Table, row: &TableRow, has_register: bool) -> Vec<Markup> {
    let inputs = row.cells.iter().enumerate().map(|(input, cells)| match cells {
        Some(cells) => {
            let [nl, en] = [Language::Dutch, Language::English]
                .map(|language| cells_text(table, input, cells, language));
            both(nl, en)
        }
        None => html! { span.quiet { (both("maakt niet uit", "does not matter")) } },
    });
    let value = match &row.conclusion {
        None => html! { (words::NOT_RAISED) },
        Some(conclusion) => value(policy, table.asked, conclusion.value),
    };
    let cites = row.conclusion.iter().flat_map(|conclusion| &conclusion.cites);
    inputs
        .chain([value, citations(policy, cites.copied(), has_register)])
        .collect()
}

/// A value with its word; that a flag is raised.
pub(super) fn value(policy: &PolicyVersion, asked: Asked, value: usize) -> Markup {
    match reasoning::value(policy, asked, value) {
        Some(value) => html! { (value.label) " " code.quiet { (value.value) } },
        None => html! { (words::RAISED) },
    }
}

/// Locators of cited entries; links where the page has them.
pub(super) fn citations(
    policy: &PolicyVersion,
    cites: impl Iterator<Item = usize>,
    has_register: bool,
) -> Markup {
    let entries = policy.register.entries();
    html! {
        @for (index, entry) in cites.filter_map(|cite| entries.get(cite)).enumerate() {
            @if index > 0 { ", " }
            @if has_register {
                a href={ "#" (anchor(&entry.locator)) } { (entry.locator) }
            } @else {
                (entry.locator)
            }
        }
    }
}

/// The name of an entry on a page: its locator, which has no blanks there.
pub(super) fn anchor(locator: &str) -> String {
    locator.split_whitespace().collect::<Vec<_>>().join("_")
}
