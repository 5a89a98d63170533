//! What was counted, in tables.

use super::{Shown, number_head, words};
use crate::language::Words;
use crate::report::page::{Table, number};
use maud::{Markup, html};

/// References that are named on the page.
const NAMED: usize = 5;

/// The tables of all that was counted.
pub(super) fn section(shown: &Shown<'_>) -> Markup {
    let tally = shown.summary.tally;
    html! {
        (counted(shown))
        @if !tally.errors.is_empty() {
            (table(
                "errors",
                (words::ERRORS_BY_CODE, words::CODE),
                words::CASES,
                tally.errors.iter().map(|(code, count)| (html! { code { (code) } }, *count)),
            ))
            p { (words::ERRORS_WHERE) }
        }
        (table(
            "policies",
            (words::BY_POLICY, words::POLICY),
            words::CASES,
            tally.policies.iter().map(|(policy, count)| (html! { code { (policy) } }, *count)),
        ))
        (open(shown))
    }
}

fn table(
    id: &str,
    (caption, first): (Words, Words),
    second: Words,
    rows: impl Iterator<Item = (Markup, u64)>,
) -> Markup {
    Table {
        id: id.to_owned(),
        caption: html! { (caption) },
        head: vec![html! { (first) }, number_head(second)],
        rows: rows
            .map(|(head, count)| vec![head, number(count.into())])
            .collect(),
        has_row_heads: true,
    }
    .render()
}

fn counted(shown: &Shown<'_>) -> Markup {
    let summary = shown.summary;
    let tally = summary.tally;
    let evaluated = tally.cases - tally.error_count();
    let named = |words: Words, first: &[String]| {
        let first: Vec<&str> = first.iter().take(NAMED).map(String::as_str).collect();
        html! {
            (words)
            @if !first.is_empty() { " " small { "(" (words::FIRST) ": " (first.join(", ")) ")" } }
        }
    };
    let plain = |words: Words| html! { (words) };
    let mut rows = vec![
        (plain(words::CASES), tally.cases),
        (plain(words::IN_ERROR), tally.error_count()),
        (plain(words::EVALUATED), evaluated),
    ];
    if summary.against.is_some() {
        let compared: u64 = tally.compared.values().sum();
        rows.push((plain(words::COMPARED), compared));
        rows.push((plain(words::CHANGED), tally.changed));
    }
    // What says nothing where it is zero.
    let given = tally.cases - tally.error_count();
    let mut more = vec![
        (plain(words::UNDATED), tally.undated),
        (
            named(words::REPEATED, &summary.repeated.first),
            summary.repeated.cases,
        ),
        (
            plain(words::NOT_LOOKED_AT),
            given.saturating_sub(summary.repeated.looked_at),
        ),
        (plain(words::NOT_COMPARABLE), tally.not_comparable),
        (plain(words::ONLY_NOW), tally.only_now),
    ];
    if let Some(earlier) = &summary.earlier {
        more.push((named(words::ONLY_EARLIER, earlier.first), earlier.only_earlier));
        more.push((plain(words::EARLIER_ERRORS), earlier.errors));
        more.push((plain(words::EARLIER_REPEATED), earlier.repeated));
    }
    let always = [0, 1];
    let more = more
        .into_iter()
        .enumerate()
        .filter(|(index, (_, count))| *count > 0 || always.contains(index));
    rows.extend(more.map(|(_, row)| row));
    table(
        "counted",
        (words::TOTALS, words::COUNTED),
        words::CASES,
        rows.into_iter(),
    )
}

/// For each conclusion how many cases leave it open, and in how many it was determined earlier.
fn open(shown: &Shown<'_>) -> Markup {
    let summary = shown.summary;
    let became = summary.became_undetermined();
    let is_compared = summary.against.is_some();
    let mut head = vec![html! { (words::CONCLUSION) }, number_head(words::NOT_DETERMINED)];
    if is_compared {
        head.push(number_head(words::BECAME_UNDETERMINED));
    }
    let rows = summary.conclusions.iter().map(|name| {
        let open = summary.values(name).remove(&None).unwrap_or_default();
        let mut row = vec![html! { code { (name) } }, number(open.into())];
        if is_compared {
            let became = became.get(name.as_str()).copied().unwrap_or_default();
            row.push(number(became.into()));
        }
        row
    });
    Table {
        id: "open".to_owned(),
        caption: html! { (words::OPEN) },
        head,
        rows: rows.collect(),
        has_row_heads: true,
    }
    .render()
}
