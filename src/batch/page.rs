//! The page of a batch: what was counted, what changed and why, for people.

mod changed_cases;
mod conclusions;
mod flow_chart;
mod map;
mod totals;
mod versions;
mod words;

use super::{Against, Batch, Summary};
use crate::diagnostic::Diagnostic;
use crate::language::{Bilingual, Words};
use crate::report::difference_tables;
use crate::report::page::{Page, number};
use maud::{Markup, html};
use std::path::Path;
use versions::Versions;

/// Everything that the page shows.
struct Shown<'s> {
    batch: &'s Batch<'s>,
    summary: &'s Summary<'s>,
    versions: Versions,
    /// The name of the results; `None` where they went to standard output.
    out: Option<&'s Path>,
}

/// The page of a batch that has ended; `out` is the file of its results.
///
/// # Errors
/// The tile map of the rules has a fault, or two versions cannot be compared.
pub fn batch_page(
    batch: &Batch<'_>,
    summary: &Summary<'_>,
    out: Option<&Path>,
) -> Result<String, Vec<Diagnostic>> {
    let shown = Shown {
        batch,
        summary,
        versions: Versions::of(batch, summary.tally)?,
        out,
    };
    let title = match summary.against {
        Some(_) => words::TITLE,
        None => words::TITLE_ALONE,
    };
    let body = html! {
        h1 { (title) }
        p { (words::INTRODUCTION) }
        @if !shown.earlier_facts() { p.notice { (words::WITHOUT_FACTS) } }
        (shown.what_was_run())
        h2 #totals { (words::TOTALS) }
        (totals::section(&shown))
        h2 #map { (words::MAP) }
        (map::section(&shown)?)
        h2 #conclusions { (words::CONCLUSIONS) }
        (conclusions::section(&shown))
        @if summary.against.is_some() {
            h2 #changed { (words::CHANGED_CASES) }
            (changed_cases::section(&shown))
            (shown.differences())
        }
    };
    let page = Page {
        title: bilingual(title),
        body,
        styles: &[include_str!("page/batch.css")],
        scripts: &[include_str!("page/changed_cases.js")],
    };
    Ok(page.render(batch.language))
}

fn bilingual(words: Words) -> Bilingual {
    Bilingual {
        nl: words.nl.to_owned(),
        en: words.en.to_owned(),
    }
}

/// The head of a column of numbers, which stand to the right.
fn number_head(words: Words) -> Markup {
    html! { span.number { (words) } }
}

impl Shown<'_> {
    fn what_was_run(&self) -> Markup {
        html! {
            dl.facts {
                dt { (words::RESULTS_FILE) }
                dd { (self.results()) }
                @if let Some(against) = self.summary.against {
                    dt { (words::COMPARED_WITH) }
                    dd { code { (against) } }
                }
                dt { (words::RULES) }
                @for (version, cases) in &self.versions.now {
                    @let policy = version.policy();
                    dd {
                        code { (policy.id) } ", " (policy.title) ": "
                        (number((*cases).into())) " " (words::EVALUATED_CASES) br;
                        small { code { (policy.fingerprint) } }
                    }
                }
                @if !self.versions.pairs.is_empty() {
                    dt { (words::EARLIER_RULES) }
                    @for pair in &self.versions.pairs {
                        dd {
                            code { (pair.compared.earlier) } " → " code { (pair.compared.now) } ": "
                            (number(pair.cases.into())) " " (words::COMPARED_CASES)
                            @if pair.is_on_record() {
                                @if pair.difference.is_none() { " (" (words::RULES_NOT_KNOWN) ")" }
                                br; small { code { (pair.compared.fingerprint) } }
                            } @else {
                                " (" (words::RULES_NOT_ON_RECORD) ")"
                            }
                        }
                    }
                }
                dt { (words::PROGRAM) }
                dd { "gradatie " (env!("CARGO_PKG_VERSION")) }
            }
        }
    }

    /// Whether the facts of the cases are known on the earlier side as well.
    fn earlier_facts(&self) -> bool {
        match &self.batch.against {
            Some(Against::Results(results)) => results.hold_facts(),
            _ => true,
        }
    }

    /// The name of the results.
    fn results(&self) -> Markup {
        match self.out {
            Some(out) => html! { code { (out.display()) } },
            None => html! { (words::STANDARD_OUTPUT) },
        }
    }

    /// A value with its label; not determined where there is none.
    fn value(&self, conclusion: &str, value: Option<&str>) -> Bilingual {
        match value {
            None => bilingual(words::NO_VALUE),
            Some(value) => {
                let label = self.versions.label(conclusion, value).cloned();
                label.unwrap_or_else(|| Bilingual {
                    nl: value.to_owned(),
                    en: value.to_owned(),
                })
            }
        }
    }

    /// A value with its label and its word.
    fn value_and_word(&self, conclusion: &str, value: Option<&str>) -> Markup {
        html! {
            (self.value(conclusion, value))
            @if let Some(word) = value { " " code.quiet { (word) } }
        }
    }

    /// Where the rules differ in everything that they say.
    fn differences(&self) -> Markup {
        html! {
            h2 #rules { (words::WHOLE_DIFFERENCE) }
            @for (index, pair) in self.versions.pairs.iter().enumerate() {
                @let name = html! { code { (pair.compared.earlier) } " → " code { (pair.compared.now) } };
                @match &pair.difference {
                    None => p.notice { (name) ": " (pair.why_no_difference()) "." },
                    Some(_) if pair.is_same() => p { (name) ": " (words::SAME_RULES) },
                    Some(difference) => details {
                        summary { (name) }
                        (difference_tables(difference, self.versions.both(pair), &format!("rules-{index}")))
                    },
                }
            }
        }
    }
}
