//! A second, independent reading of the policy, by brute force: the tables transcribed for complete facts, and every
//! completion of the missing facts tried. It shares no code with the program.

#![allow(dead_code, unused_imports, reason = "each test uses a part")]

mod completions;
mod conclusions;
mod flags;
mod geography;
mod random_cases;

pub use random_cases::{Random, json_lines, random_case, random_cases, values};

use completions::{Complete, completions, missing};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The value of a conclusion for a case that states enough to determine it.
pub fn value(policy: &str, conclusion: &str, case: &Value) -> &'static str {
    let (_, _, mentioned) = conclusions::QUESTIONS
        .iter()
        .find(|(name, ..)| *name == conclusion)
        .unwrap();
    let answer = |complete: &Complete| conclusions::answer(policy, conclusion, complete);
    let (found, _) = over_completions(case, mentioned, &answer);
    assert_eq!(found.len(), 1, "{conclusion} {case}");
    found.first().unwrap()
}

/// Whether a flag is raised for a case that states enough to say so.
pub fn is_raised(policy: &str, flag: &str, case: &Value) -> bool {
    let (_, mentioned) = flags::FLAGS.iter().find(|(name, _)| *name == flag).unwrap();
    let answer = |complete: &Complete| match flags::is_raised(policy, false, flag, complete) {
        true => "raised",
        false => "not",
    };
    let (found, _) = over_completions(case, mentioned, &answer);
    assert_eq!(found.len(), 1, "{flag} {case}");
    found.contains("raised")
}

/// What the tables say of a case, with all lists of facts and flags sorted by name.
pub fn expected(policy: &str, picked_by_unrecorded_date: bool, case: &Value) -> Value {
    let mut results = Map::new();
    let mut all_needs = BTreeSet::new();
    for (name, values, mentioned) in conclusions::QUESTIONS {
        let answer = |complete: &Complete| conclusions::answer(policy, name, complete);
        let (found, needs) = over_completions(case, mentioned, &answer);
        let result = match found.len() {
            1 => json!({"value": found.first()}),
            _ => {
                let possible: Vec<&&str> = values.iter().filter(|value| found.contains(**value)).collect();
                json!({"value": null, "possible": possible, "needs": needs})
            }
        };
        all_needs.extend(needs);
        results.insert((*name).to_owned(), result);
    }
    let mut raised = Vec::new();
    let mut open = Vec::new();
    for (name, mentioned) in flags::FLAGS {
        let answer = |complete: &Complete| {
            if flags::is_raised(policy, picked_by_unrecorded_date, name, complete) {
                "raised"
            } else {
                "not"
            }
        };
        let (found, _) = over_completions(case, mentioned, &answer);
        match (found.len(), found.contains("raised")) {
            (1, true) => raised.push(*name),
            (1, false) => {}
            _ => open.push(*name),
        }
    }
    raised.sort_unstable();
    open.sort_unstable();
    json!({"conclusions": results, "needs": all_needs, "flags": raised, "flags_open": open})
}

/// The values over all completions of the mentioned facts, and the missing facts of which a change, all else equal,
/// changes the value.
fn over_completions(
    case: &Value,
    mentioned: &[&'static str],
    answer: &dyn Fn(&Complete) -> &'static str,
) -> (BTreeSet<&'static str>, BTreeSet<&'static str>) {
    let completions = completions(case, mentioned);
    let answers: Vec<&'static str> = completions.iter().map(answer).collect();
    let found: BTreeSet<&'static str> = answers.iter().copied().collect();
    let mut needs = BTreeSet::new();
    if found.len() > 1 {
        for fact in missing(case, mentioned) {
            // Completions that differ in nothing but this fact stand under one key.
            let mut by_rest = std::collections::HashMap::<String, &str>::new();
            for (complete, answer) in completions.iter().zip(&answers) {
                let rest = complete.without(fact);
                if by_rest.insert(rest, answer).is_some_and(|other| other != *answer) {
                    needs.insert(fact);
                    break;
                }
            }
        }
    }
    (found, needs)
}
