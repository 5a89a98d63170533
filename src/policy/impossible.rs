//! The combinations of facts that `policy.yaml` declares impossible.

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::facts::{Aspect, Candidates, FactId, FactKind, Impossible, ImpossibleCondition, Question, Word};
use crate::gazetteer::Gazetteer;
use crate::language::Bilingual;
use crate::source::Source;
use crate::unrepeated_keys;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Ways in which a case may escape all impossible combinations: the product of the numbers of their facts.
const MOST_WAYS: usize = 4_096;

/// One entry of `impossible`: facts with values that cannot go together, and why.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ImpossibleEntry {
    /// By fact: a word or a list of words; `{has: word}` or `{lacks: word}` for a list; `{below: n}` or
    /// `{at_least: n}` for a number; a region or a list of regions for a place.
    #[serde(deserialize_with = "unrepeated_keys::object")]
    pub when: Map<String, Value>,
    pub because: Bilingual,
}

/// Reads the entries.
///
/// # Errors
/// Every name that is not known, with its place.
pub(super) fn read(
    entries: &[ImpossibleEntry],
    source: &Arc<Source>,
    gazetteer: &Gazetteer,
) -> Result<Vec<Impossible>, Vec<Diagnostic>> {
    // Whether a case is possible is found by going through the ways in which it escapes every combination.
    let ways = entries
        .iter()
        .fold(1usize, |ways, entry| ways.saturating_mul(entry.when.len().max(1)));
    if ways > MOST_WAYS {
        let fault = Diagnostic::error(
            "too-many-impossible",
            format!("the impossible combinations can be escaped in more than {MOST_WAYS} ways"),
        )
        .help("that is the product of the numbers of their facts: declare fewer, with fewer facts");
        return Err(vec![located(fault, source, "impossible")]);
    }
    let mut faults = Vec::new();
    let mut impossible = Vec::new();
    for entry in entries {
        let mut when = Vec::new();
        for (name, value) in &entry.when {
            match condition(name, value, gazetteer) {
                Ok(condition) => when.push(condition),
                Err(Unknown { text, fault }) => faults.push(located(*fault, source, &text)),
            }
        }
        if entry.when.is_empty() {
            let fault = Diagnostic::error(
                "impossible-without-facts",
                "an impossible combination names no fact",
            );
            faults.push(located(fault, source, "impossible"));
        }
        impossible.push(Impossible {
            when,
            because: entry.because.clone(),
        });
    }
    if faults.is_empty() {
        Ok(impossible)
    } else {
        Err(faults)
    }
}

/// What is not known, and what to say of it.
struct Unknown {
    text: String,
    fault: Box<Diagnostic>,
}

fn unknown(text: impl Into<String>, fault: Diagnostic) -> Unknown {
    Unknown {
        text: text.into(),
        fault: Box::new(fault),
    }
}

/// Shows a fault at the first use of a word after the key `impossible`.
fn located(fault: Diagnostic, source: &Arc<Source>, word: &str) -> Diagnostic {
    let text = source.text();
    let from = text.find("\nimpossible").map_or(0, |at| at + 1);
    let at = text[from..].find(word).map_or(from, |at| from + at);
    fault.at(source, at..at + word.len(), "here")
}

fn condition(name: &str, value: &Value, gazetteer: &Gazetteer) -> Result<ImpossibleCondition, Unknown> {
    let Some(fact) = FactId::named(name).filter(|fact| fact.is_of_case_file()) else {
        let fault = Diagnostic::error("unknown-fact", format!("there is no fact `{name}`"));
        let names = FactId::CASE_FILE.iter().map(|fact| fact.name());
        let fault = fault.maybe_help(did_you_mean(name, names));
        return Err(unknown(name, fault));
    };
    let question = |aspect| Question { fact, aspect };
    let (values, others, questions) = match fact.declaration().kind {
        FactKind::Choice(words) => {
            let bits = listed(value)
                .into_iter()
                .try_fold(0u32, |bits, text| Ok(bits | 1 << word(fact, words, &text)?))?;
            let all = u32::MAX.checked_shr(32 - words.len() as u32).unwrap_or(0);
            let others = (all & !bits != 0).then_some(Candidates::Words(all & !bits));
            (Candidates::Words(bits), others, vec![question(Aspect::Word)])
        }
        FactKind::Set(words) => {
            let (key, listed_word) = only_entry(name, value, &["has", "lacks"])?;
            let index = word(fact, words, &text_of(listed_word))?;
            let of = |is_member| Candidates::Set {
                known: 1 << index,
                members: u32::from(is_member) << index,
            };
            let has = key == "has";
            (of(has), Some(of(!has)), vec![question(Aspect::Has(index as u8))])
        }
        FactKind::WholeNumber { least, most } => {
            let (key, bound) = only_entry(name, value, &["below", "at_least"])?;
            let bound = bound
                .as_i64()
                .filter(|bound| (least + 1..=most).contains(bound))
                .ok_or_else(|| {
                    unknown(
                        text_of(bound),
                        Diagnostic::error(
                            "out-of-range",
                            format!("`{name}` is compared with a number from {} to {most}", least + 1),
                        ),
                    )
                })?;
            let below = Candidates::Range {
                least,
                most: bound - 1,
            };
            let from = Candidates::Range { least: bound, most };
            let (values, others) = if key == "below" {
                (below, from)
            } else {
                (from, below)
            };
            (values, Some(others), vec![question(Aspect::AtLeast(bound))])
        }
        FactKind::Place => {
            let regions = listed(value)
                .into_iter()
                .map(|text| region(&text, gazetteer))
                .collect::<Result<Vec<u32>, _>>()?;
            let is_named = |place: &Option<crate::gazetteer::PlaceIndex>| {
                place.is_some_and(|place| regions.contains(&gazetteer.place(place).region))
            };
            let Candidates::Places(all) = Candidates::all(fact, gazetteer) else {
                return Err(not_comparable(name));
            };
            let (inside, outside): (Vec<_>, Vec<_>) = all.iter().copied().partition(is_named);
            let others = (!outside.is_empty()).then(|| Candidates::Places(outside.into()));
            (
                Candidates::Places(inside.into()),
                others,
                vec![question(Aspect::Region)],
            )
        }
        FactKind::Date => return Err(not_comparable(name)),
    };
    Ok(ImpossibleCondition {
        fact,
        values,
        others: others.into_iter().collect(),
        questions,
    })
}

fn not_comparable(name: &str) -> Unknown {
    unknown(
        name.to_owned(),
        Diagnostic::error(
            "unknown-fact",
            format!("`{name}` cannot stand in an impossible combination"),
        ),
    )
}

fn listed(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().map(text_of).collect(),
        one => vec![text_of(one)],
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn word(fact: FactId, words: &[Word], text: &str) -> Result<usize, Unknown> {
    Word::place(words, text).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|word| word.word).collect();
        let fault = Diagnostic::error("unknown-value", format!("`{}` cannot be `{text}`", fact.name()));
        let fault = fault.maybe_help(did_you_mean(text, known.iter().copied()));
        unknown(
            text.to_owned(),
            fault.help(format!("it is one of {}", known.join(", "))),
        )
    })
}

fn region(text: &str, gazetteer: &Gazetteer) -> Result<u32, Unknown> {
    let regions = &gazetteer.map().regions;
    let found = regions.iter().position(|region| region == text);
    found.map(|region| region as u32).ok_or_else(|| {
        let fault = Diagnostic::error("unknown-value", format!("no region is called `{text}`"));
        unknown(
            text.to_owned(),
            fault.maybe_help(did_you_mean(text, regions.iter().map(String::as_str))),
        )
    })
}

/// The one entry of a mapping with one of two keys.
fn only_entry<'a>(
    name: &str,
    value: &'a Value,
    keys: &[&'static str; 2],
) -> Result<(&'static str, &'a Value), Unknown> {
    let entries = value.as_object().filter(|entries| entries.len() == 1);
    let found = entries.and_then(|entries| keys.iter().find_map(|key| Some((*key, entries.get(*key)?))));
    found.ok_or_else(|| {
        unknown(
            name.to_owned(),
            Diagnostic::error(
                "unknown-value",
                format!("`{name}` needs `{{{}: …}}` or `{{{}: …}}`", keys[0], keys[1]),
            ),
        )
    })
}
