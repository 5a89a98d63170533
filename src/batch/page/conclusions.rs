//! Conclusion by conclusion: where the cases went, by which sentence and cause, and what the rules say differently.

use super::flow_chart::{Band, FlowChart};
use super::{Shown, bilingual, number_head, words};
use crate::batch::summary_text::cause_words;
use crate::diff::{Change, Kind};
use crate::language::Bilingual;
use crate::report::difference_rows;
use crate::report::page::{Table, number};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// A section for each conclusion.
pub(super) fn section(shown: &Shown<'_>) -> Markup {
    html! {
        @for conclusion in shown.summary.conclusions {
            @if shown.summary.flows(conclusion).next().is_some() {
                h3 #{ "conclusion-" (conclusion) } {
                    code { (conclusion) }
                    @if let Some(question) = shown.versions.question(conclusion) { " " (question) }
                }
                @if shown.summary.against.is_some() {
                    (compared(shown, conclusion))
                } @else {
                    (values(shown, conclusion))
                }
            }
        }
    }
}

/// The values with their cases, as bars in a table.
fn values(shown: &Shown<'_>, conclusion: &str) -> Markup {
    let counts = shown.summary.values(conclusion);
    let all: u64 = counts.values().sum();
    let declared = shown.versions.values(conclusion).into_iter().map(Some);
    let rows = declared.chain([None]).filter_map(|value| {
        let cases = *counts.get(&value)?;
        let share = cases as f64 / all.max(1) as f64 * 100.0;
        Some(vec![
            shown.value_and_word(conclusion, value),
            number(cases.into()),
            html! {
                svg.share viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
                    rect.all width="100" height="6" {}
                    rect.part width=(format!("{share:.2}")) height="6" {}
                }
                small { (format!("{share:.1} %")) }
            },
        ])
    });
    Table {
        id: format!("values-{conclusion}"),
        caption: html! { (words::VALUES) },
        head: vec![
            html! { (words::VALUE) },
            number_head(words::CASES),
            html! { (words::SHARE) },
        ],
        rows: rows.collect(),
        has_row_heads: true,
    }
    .render()
}

fn compared(shown: &Shown<'_>, conclusion: &str) -> Markup {
    let chart = flow_chart(shown, conclusion);
    html! {
        p { (words::FLOW_TEXT) }
        (chart.figure())
        details { summary { (words::FLOW_TABLE) } (chart.table()) }
        (causes(shown, conclusion))
        (rules(shown, conclusion))
    }
}

/// The values of a conclusion as places: the declared ones, then what is not determined, then what was not compared.
fn flow_chart(shown: &Shown<'_>, conclusion: &str) -> FlowChart {
    let values = shown.versions.values(conclusion);
    let mut labels: Vec<Bilingual> = values
        .iter()
        .map(|value| shown.value(conclusion, Some(value)))
        .collect();
    let mut extra: Vec<&str> = Vec::new();
    for (flow, _) in shown.summary.flows(conclusion) {
        for value in [&flow.from, &flow.to].into_iter().flatten() {
            // An earlier run can have had values that no rules here have.
            if !values.contains(&value.as_str()) && !extra.contains(&value.as_str()) {
                extra.push(value);
            }
        }
    }
    extra.sort_unstable();
    labels.extend(extra.iter().map(|value| shown.value(conclusion, Some(value))));
    let known: Vec<&str> = values.into_iter().chain(extra).collect();
    let (open, none) = (known.len(), known.len() + 1);
    labels.push(bilingual(words::NO_VALUE));
    labels.push(bilingual(words::NO_EARLIER));
    let place = |value: &Option<String>| {
        let place = value
            .as_ref()
            .and_then(|value| known.iter().position(|one| one == value));
        place.unwrap_or(open)
    };
    let mut bands: BTreeMap<(usize, usize), (u64, bool)> = BTreeMap::new();
    for (flow, count) in shown.summary.flows(conclusion) {
        let from = if flow.is_compared { place(&flow.from) } else { none };
        let band = bands.entry((from, place(&flow.to))).or_default();
        band.0 += count;
        band.1 |= flow.change.is_some();
    }
    let bands = bands.into_iter().map(|((from, to), (cases, is_changed))| Band {
        from,
        to,
        cases,
        is_changed,
    });
    let of = |words: &str| format!("{conclusion}: {words}");
    FlowChart {
        id: format!("flow-{conclusion}"),
        title: Bilingual {
            nl: of(words::FLOW.nl),
            en: of(words::FLOW.en),
        },
        left: labels.clone(),
        right: labels,
        bands: bands.collect(),
    }
}

/// What changed it, the most frequent first.
fn causes(shown: &Shown<'_>, conclusion: &str) -> Markup {
    type Key<'k> = (
        Option<&'k str>,
        Option<&'k str>,
        crate::batch::Cause,
        &'k [String],
    );
    let mut kinds: Vec<(Key<'_>, (u64, Vec<&str>))> = Vec::new();
    let mut has_unknown_region = Vec::new();
    for ((of, from, to, region, cause, cites), cases) in shown.summary.changes() {
        if of != conclusion {
            continue;
        }
        let key = (from, to, cause, cites);
        let index = kinds.iter().position(|(own, _)| *own == key).unwrap_or_else(|| {
            kinds.push((key, (0, Vec::new())));
            has_unknown_region.push(false);
            kinds.len() - 1
        });
        kinds[index].1.0 += cases;
        match region {
            Some(region) => kinds[index].1.1.push(region),
            None => has_unknown_region[index] = true,
        }
    }
    if kinds.is_empty() {
        return html! { p { (words::NOTHING_CHANGED) } };
    }
    let mut kinds: Vec<_> = kinds.into_iter().zip(has_unknown_region).collect();
    kinds.sort_by_key(|((key, (cases, _)), _)| (std::cmp::Reverse(*cases), *key));
    let regions = &shown.batch.rules.gazetteer().map().regions;
    let rows = kinds.iter().map(|(((from, to, cause, cites), (cases, own)), unknown)| {
        let in_order = regions.iter().filter(|region| own.contains(&region.as_str()));
        let names: Vec<&str> = in_order.map(String::as_str).collect();
        vec![
            html! { (shown.value_and_word(conclusion, *from)) " → " (shown.value_and_word(conclusion, *to)) },
            html! { (cause_words(*cause)) },
            html! {
                @if cites.is_empty() { (words::WAITS_FOR) }
                @for cite in *cites { code { (cite) } " " }
            },
            html! {
                (names.join(", "))
                @if *unknown {
                    @if !names.is_empty() { ", " }
                    (words::REGION_NOT_KNOWN)
                }
            },
            number((*cases).into()),
        ]
    });
    Table {
        id: format!("causes-{conclusion}"),
        caption: html! { (words::WHY) },
        head: vec![
            html! { (words::CHANGE) },
            html! { (words::CAUSE) },
            html! { (words::SENTENCES) },
            html! { (words::REGIONS) },
            number_head(words::CASES),
        ],
        rows: rows.collect(),
        has_row_heads: true,
    }
    .render()
}

/// Where the rules give this conclusion another value, exactly.
fn rules(shown: &Shown<'_>, conclusion: &str) -> Markup {
    html! {
        h4 { (words::RULE_CHANGES) }
        @for (index, pair) in shown.versions.pairs.iter().enumerate() {
            @let name = html! { code { (pair.compared.earlier) } " → " code { (pair.compared.now) } };
            @match &pair.difference {
                None => p { (name) ": " (pair.why_no_difference()) "." },
                Some(_) if pair.is_same() => p { (name) ": " (words::SAME_RULES) },
                Some(difference) => {
                    @let rows: Vec<&Change> = difference
                        .of(Kind::Value, false)
                        .filter(|change| change.question == *conclusion)
                        .collect();
                    p { (name) @if rows.is_empty() { ": " (words::SAME_HERE) } }
                    @if !rows.is_empty() {
                        (difference_rows(
                            &rows,
                            shown.versions.both(pair),
                            &format!("rules-{conclusion}-{index}"),
                        ))
                    }
                },
            }
        }
    }
}
