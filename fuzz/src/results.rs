//! Recorded results: made from the scripts, without what `verify` uses to derive them again. What the library has alike, in
//! `derivation` and `unrepeated_keys`, is not used here: what judges it must not share its faults.

use crate::SHIPPED;
use gradatie::case_file::Case;
use gradatie::evaluate::{evaluate, knowledge};
use gradatie::facts::Facts;
use gradatie::language::Language;
use gradatie::policy::{Picked, PolicyVersion, RulesTree};
use gradatie::report::{Evaluated, evaluation_json};
use gradatie::source::Source;
use gradatie::verify::Recorded;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::fmt;

/// What a result may hold beside what its rules give: where the case stood, and what has changed.
const BESIDE: [&str; 2] = ["source", "changes"];

/// The result of what another result says it was made of; `None` where no shipped policy has its name and fingerprint, or
/// where the rules give none.
pub fn derived(recorded: &Recorded, language: Language) -> Option<Map<String, Value>> {
    let is_named = |policy: &&std::sync::Arc<PolicyVersion>| {
        policy.id == recorded.policy && policy.fingerprint == recorded.fingerprint
    };
    let policy = SHIPPED.iter().find(is_named)?;
    recorded.facts.values(&policy.gazetteer).ok()?;
    let known = knowledge(
        &recorded.facts,
        recorded.decision_date,
        recorded.picked_by,
        &policy.gazetteer,
    );
    let case = Case {
        case: recorded.case.clone(),
        decision_date: recorded.decision_date,
        facts: recorded.facts.clone(),
        notes: None,
        source: Source::new("", ""),
    };
    let picked = Picked {
        id: policy.id.clone(),
        by: recorded.picked_by,
        in_force: policy.in_force,
    };
    let evaluated = evaluation_json(&Evaluated {
        origin: "",
        case: &case,
        known: &known,
        rules: &RulesTree::embedded(),
        picked: &picked,
        policy,
        evaluation: &evaluate(policy, &known).ok()?,
        language,
    });
    match evaluated {
        Value::Object(result) => Some(result),
        other => panic!("a result that is no object: {other}"),
    }
}

/// Whether a result is one that the rules give, but for what stands beside it.
pub fn is_true(result: &Map<String, Value>) -> bool {
    let Ok(recorded) = Recorded::of(result) else {
        return false;
    };
    let mut alone = result.clone();
    alone.retain(|key, _| !BESIDE.contains(&key.as_str()));
    let languages = [Language::English, Language::Dutch];
    languages
        .into_iter()
        .any(|language| derived(&recorded, language).as_ref() == Some(&alone))
}

/// Whether a result is one that the rules give, but for what stands beside it and for what only repeats a text.
pub fn is_true_besides_texts(result: &Map<String, Value>) -> bool {
    let Ok(recorded) = Recorded::of(result) else {
        return false;
    };
    let Some(derived) = derived(&recorded, Language::English) else {
        return false;
    };
    let mut alone = result.clone();
    alone.retain(|key, _| !BESIDE.contains(&key.as_str()));
    without_texts(alone) == without_texts(derived)
}

fn without_texts(mut result: Map<String, Value>) -> Map<String, Value> {
    result.remove("text_fingerprint");
    for list in ["reasons", "flag_reasons"] {
        let reasons = result.get_mut(list).and_then(Value::as_array_mut);
        for reason in reasons.into_iter().flatten().filter_map(Value::as_object_mut) {
            reason.retain(|key, _| !matches!(key.as_str(), "at" | "text"));
        }
    }
    result
}

/// Results of the facts of some cases under each policy, in both languages.
pub fn real(cases: &[Value]) -> Vec<Value> {
    let mut results = Vec::new();
    for case in cases {
        for policy in SHIPPED.iter() {
            let recorded = Recorded {
                case: case["case"].as_str().unwrap_or("A").to_owned(),
                policy: policy.id.clone(),
                fingerprint: policy.fingerprint.clone(),
                text_fingerprint: policy.text_fingerprint.clone(),
                decision_date: case["decision_date"].as_str().and_then(|date| date.parse().ok()),
                picked_by: gradatie::facts::PickedBy::UnrecordedDate,
                facts: serde_json::from_value::<Facts>(case["facts"].clone()).expect("facts"),
            };
            for language in [Language::English, Language::Dutch] {
                results.push(Value::Object(derived(&recorded, language).expect("a result")));
            }
        }
    }
    results
}

/// Cases in which different things are known.
pub fn cases() -> Vec<Value> {
    vec![
        serde_json::json!({"case": "A", "facts": {}}),
        serde_json::json!({"case": "B-1", "decision_date": "2025-09-15", "facts": {
            "region": "Ménaka", "civilian": "yes", "serious_harm_15ab": "not_established",
            "individual_circumstances": ["occupation", "health"],
        }}),
        serde_json::json!({"case": "C", "decision_date": "2026-02-01", "facts": {
            "nationality": "Mali", "origin_credible": "yes", "moratorium": "no", "exclusion_1f": "no",
            "region": "Ansongo", "birth_region": "Gao", "last_region": "Bamako", "civilian": "yes",
            "refugee_status": "not_established", "serious_harm_15ab": "not_established",
            "individual_risk": "established", "individual_circumstances": ["health"], "ipa_safe": "met",
            "ipa_accessible": "met", "ipa_reasonable": "not_met", "actors_of_harm": ["army"], "age": 17,
            "procedure": "renewal",
        }}),
    ]
}

/// Whether some object of a text of JSON values has a key twice, so that readers differ in what they see.
pub fn has_repeated_key(text: &[u8]) -> bool {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<KeysOnce>();
    values.any(|value| value.is_err_and(|error| error.to_string().starts_with(REPEATED)))
}

const REPEATED: &str = "a key stands twice";

/// Any value in which no object has a key twice.
struct KeysOnce;

impl<'de> Deserialize<'de> for KeysOnce {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for KeysOnce {
    type Value = Self;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if !seen.insert(key) {
                return Err(A::Error::custom(REPEATED));
            }
            map.next_value::<Self>()?;
        }
        Ok(self)
    }
}
