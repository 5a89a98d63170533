//! Every completion of the facts that a case leaves open.

use super::geography::PLACES;
use serde_json::Value;
use std::collections::BTreeMap;

/// Facts without gaps, each as one word; sets as the members that matter, separated by blanks.
#[derive(Clone)]
pub struct Complete(BTreeMap<&'static str, String>);

impl Complete {
    pub fn get(&self, fact: &str) -> &str {
        self.0.get(fact).map_or("", String::as_str)
    }

    /// A birth or last region that is not given is nothing recorded.
    pub fn is_given(&self, fact: &str) -> bool {
        self.0.contains_key(fact)
    }

    pub fn has(&self, set: &str, member: &str) -> bool {
        self.get(set).split(' ').any(|word| word == member)
    }

    /// Everything but one fact, as a key.
    pub fn without(&self, fact: &str) -> String {
        let rest = self.0.iter().filter(|(name, _)| **name != fact);
        rest.map(|(name, value)| format!("{name}={value};")).collect()
    }
}

/// Facts whose absence means that nothing is recorded.
const NEVER_OPEN: [&str; 2] = ["birth_region", "last_region"];

/// What a missing fact can be, as far as the tables tell values apart.
fn domain(fact: &str) -> Vec<String> {
    let words: &[&str] = match fact {
        "nationality" => &["Mali", "other"],
        "origin_credible" | "moratorium" | "exclusion_1f" | "civilian" => &["yes", "no"],
        "refugee_status" | "serious_harm_15ab" | "individual_risk" => &["established", "not_established"],
        "ipa_safe" | "ipa_accessible" | "ipa_reasonable" => &["met", "not_met"],
        "procedure" => &["first", "repeat", "renewal", "withdrawal"],
        "age" => &["0", "17", "18", "80"],
        "decision_date" => &["2023-06-01", "2025-12-31", "2026-01-01"],
        "actors_of_harm" => &["", "army", "wagner", "jihadist", "army wagner"],
        "individual_circumstances" => &["", "health", "occupation"],
        "region" => return PLACES.iter().map(|place| place.name.to_owned()).collect(),
        other => panic!("no domain for {other}"),
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// The value that a case gives for a fact, as one word.
fn given(case: &Value, fact: &str) -> Option<String> {
    let value = if fact == "decision_date" {
        case.get(fact)?
    } else {
        case.get("facts")?.get(fact)?
    };
    let word = |text: &str| match text {
        "true" | "ja" => "yes".to_owned(),
        "false" | "nee" => "no".to_owned(),
        other => other.to_owned(),
    };
    match value {
        Value::Bool(yes) => Some(word(if *yes { "true" } else { "false" })),
        Value::String(text) => Some(word(text)),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => {
            let member = |item: &Value| match item {
                Value::Object(map) => map.keys().next().cloned().unwrap_or_default(),
                other => other.as_str().unwrap_or_default().to_owned(),
            };
            Some(items.iter().map(member).collect::<Vec<_>>().join(" "))
        }
        other => panic!("unexpected {other}"),
    }
}

/// The mentioned facts that a case leaves open.
pub fn missing(case: &Value, mentioned: &[&'static str]) -> Vec<&'static str> {
    let is_open = |fact: &&&'static str| !NEVER_OPEN.contains(*fact) && given(case, fact).is_none();
    mentioned.iter().filter(is_open).copied().collect()
}

/// Every completion of the mentioned facts.
pub fn completions(case: &Value, mentioned: &[&'static str]) -> Vec<Complete> {
    let mut found = vec![Complete(BTreeMap::new())];
    for fact in mentioned {
        let values = match given(case, fact) {
            Some(value) => vec![value],
            None if NEVER_OPEN.contains(fact) => continue,
            None => domain(fact),
        };
        found = found
            .iter()
            .flat_map(|complete| {
                values.iter().map(|value| {
                    let mut complete = complete.clone();
                    complete.0.insert(fact, value.clone());
                    complete
                })
            })
            .collect();
    }
    found
}
