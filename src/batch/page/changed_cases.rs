//! The list of changed cases: its frame, and its data for the script of the page.
//!
//! Texts stand in the data once, and changes and cases name them by their places, so that many cases take little room.

use super::{Shown, words};
use crate::batch::summary_text::cause_words;
use crate::batch::{Cause, Change, Grounds};
use crate::facts::FactId;
use crate::language::{Bilingual, Words};
use crate::report::page::number;
use maud::{Markup, PreEscaped, html};
use serde_json::{Value, json};
use std::collections::HashMap;

const CAUSES: [Cause; 4] = [Cause::Rules, Cause::Facts, Cause::RulesAndFacts, Cause::NotKnown];

/// The list, or that nothing changed.
pub(super) fn section(shown: &Shown<'_>) -> Markup {
    let tally = shown.summary.tally;
    let listed = tally.changed_cases.cases().len() as u64;
    if tally.changed == 0 {
        return html! { p { (words::NOTHING_CHANGED) } };
    }
    html! {
        p {
            (number(tally.changed.into())) " " (words::CASES_CHANGE) ". "
            @if listed < tally.changed {
                (number(listed.into())) " " (words::LISTED) "; "
                (number((tally.changed - listed).into())) " " (words::LEFT_OUT) ": " (shown.results()) "."
            } @else {
                (words::ALL_LISTED)
            }
        }
        noscript { p.notice { (words::NEEDS_SCRIPT) } }
        div #case-list hidden {
            div.filters {
                div {
                    label for="case-search" { (words::SEARCH) }
                    input #case-search type="search" autocomplete="off";
                }
                div {
                    label for="case-change" { (words::CHANGE) }
                    select #case-change {}
                }
                div {
                    label for="case-region" { (words::REGION) }
                    select #case-region {}
                }
            }
            div.table tabindex="0" role="region" aria-labelledby="changed-cases-caption" {
                table #changed-cases {
                    caption #changed-cases-caption { (words::CHANGED_CASES) }
                    thead { tr {
                        th scope="col" data-sort="reference" { button type="button" { (words::REFERENCE) } }
                        th scope="col" data-sort="region" { button type="button" { (words::REGION) } }
                        th scope="col" data-sort="changes" { button type="button" { (words::CHANGE) } }
                    } }
                    tbody {}
                }
            }
            div.pages {
                button #case-previous type="button" { (words::PREVIOUS) }
                span #case-status role="status" {}
                button #case-next type="button" { (words::NEXT) }
            }
        }
        script #changed-data type="application/json" { (PreEscaped(in_script(&data(shown)))) }
    }
}

/// JSON that ends no script element, whatever is in it.
fn in_script(data: &Value) -> String {
    data.to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

/// A text in both languages, as the script reads it.
fn pair(text: &Bilingual) -> Value {
    json!([text.nl, text.en])
}

fn words_pair(words: Words) -> Value {
    json!([words.nl, words.en])
}

/// Values that are kept once and named by their places.
#[derive(Default)]
struct Once {
    values: Vec<Value>,
    places: HashMap<String, usize>,
}

impl Once {
    fn place(&mut self, value: Value) -> usize {
        let next = self.values.len();
        let place = *self.places.entry(value.to_string()).or_insert(next);
        if place == next {
            self.values.push(value);
        }
        place
    }
}

fn data(shown: &Shown<'_>) -> Value {
    let cases = &shown.summary.tally.changed_cases;
    let (mut texts, mut sentences) = (Once::default(), Once::default());
    let changes: Vec<Value> = cases
        .changes()
        .iter()
        .map(|change| change_json(shown, change, &mut texts, &mut sentences))
        .collect();
    let regions = &shown.batch.rules.gazetteer().map().regions;
    let listed = cases.cases().iter().map(|case| {
        let region = case
            .region
            .as_ref()
            .and_then(|region| regions.iter().position(|one| one == region));
        let region = region.map_or(-1, |region| region as i64);
        json!([case.source, case.case, region, case.changes])
    });
    let conclusions = shown.summary.conclusions.iter().map(|name| json!({"name": name}));
    json!({
        "words": {
            "anyChange": words_pair(words::ANY_CHANGE),
            "anyRegion": words_pair(words::ANY_REGION),
            "noRegion": words_pair(words::REGION_NOT_KNOWN),
            "now": words_pair(words::TO),
            "earlier": words_pair(words::FROM),
            "waitsFor": words_pair(words::WAITED),
            "earlierWords": words_pair(words::IN_EARLIER_WORDS),
            "noSummary": words_pair(words::SUMMARY_MISSING),
            "none": words_pair(words::NONE),
            "notOnRecord": words_pair(words::FACTS_NOT_ON_RECORD),
            "reasons": words_pair(words::REASONS),
            "of": words_pair(words::OF),
            "noCase": words_pair(words::NO_CASE_FITS),
        },
        "causes": CAUSES.map(|cause| words_pair(cause_words(cause))),
        "conclusions": conclusions.collect::<Vec<_>>(),
        "regions": regions,
        "texts": texts.values,
        "sentences": sentences.values,
        "changes": changes,
        "cases": listed.collect::<Vec<_>>(),
    })
}

fn change_json(shown: &Shown<'_>, change: &Change, texts: &mut Once, sentences: &mut Once) -> Value {
    let mut conclusions = shown.summary.conclusions.iter();
    let mut value =
        |value: &Option<String>| texts.place(pair(&shown.value(&change.conclusion, value.as_deref())));
    let (from, to) = (value(&change.from), value(&change.to));
    let mut earlier = grounds_json(shown, &change.earlier, sentences);
    // Of a value that was not determined results without facts do not say what it waited for.
    if change.from.is_none() && !shown.earlier_facts() {
        earlier["isNotOnRecord"] = true.into();
    }
    json!({
        "conclusion": conclusions.position(|name| *name == change.conclusion),
        "from": from,
        "to": to,
        "cause": CAUSES.iter().position(|cause| *cause == change.cause),
        "now": grounds_json(shown, &change.now, sentences),
        "earlier": earlier,
    })
}

/// What a value rests on. The register has the summaries; where the rules are not at hand, the earlier result's own
/// words stand for them.
fn grounds_json(shown: &Shown<'_>, grounds: &Grounds, sentences: &mut Once) -> Value {
    let is_at_hand = shown.versions.at(&grounds.fingerprint).is_some();
    let cited = grounds.cites.iter().map(|cite| {
        let entry = shown.versions.sentence(&grounds.fingerprint, cite);
        sentences.place(json!({
            "locator": cite,
            "summary": entry.map(|entry| pair(&entry.summary)),
        }))
    });
    let needs = grounds.needs.iter().map(|need| {
        let fact = FactId::ALL.iter().find(|fact| fact.name() == need);
        let question = fact.map_or(Value::Null, |fact| words_pair(fact.declaration().question));
        json!({"fact": need, "question": question})
    });
    json!({
        "policy": grounds.policy,
        "sentences": cited.collect::<Vec<_>>(),
        "needs": needs.collect::<Vec<_>>(),
        "text": grounds.text.as_ref().filter(|_| !is_at_hand),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_cannot_end_its_element() {
        let text = in_script(&json!("</script><!--&\u{2028}"));
        assert_eq!(text, r#""\u003c/script\u003e\u003c!--\u0026\u2028""#);
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read, json!("</script><!--&\u{2028}"));
    }
}
