//! What would change a conclusion is what brute force over all changes of facts says it is.

mod domain_reading;

use domain_reading::{Random, random_case, value};
use gradatie::case_file::read_case;
use gradatie::evaluate::{evaluate, knowledge};
use gradatie::facts::PickedBy;
use gradatie::policy::{Policies, RulesTree};
use gradatie::source::Source;
use gradatie::whatif::whatif;
use gradatie::yaml::Limits;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The facts that a later step of the procedure can change, with everything that they can be, by conclusion.
fn changeable(conclusion: &str) -> Vec<(&'static str, [&'static str; 2])> {
    let yes_no = ["yes", "no"];
    let finding = ["established", "not_established"];
    let met = ["met", "not_met"];
    match conclusion {
        "scope" => vec![
            ("origin_credible", yes_no),
            ("moratorium", yes_no),
            ("exclusion_1f", yes_no),
        ],
        "grade" => vec![],
        "real_risk" => vec![("civilian", yes_no), ("individual_risk", finding)],
        "internal_protection" => vec![
            ("civilian", yes_no),
            ("individual_risk", finding),
            ("refugee_status", finding),
            ("serious_harm_15ab", finding),
        ],
        _ => vec![
            ("civilian", yes_no),
            ("individual_risk", finding),
            ("ipa_safe", met),
            ("ipa_accessible", met),
            ("ipa_reasonable", met),
        ],
    }
}

/// The smallest sets of changed facts, each with the values that they lead to: every fact has two values, so a set says
/// also what each would be.
fn expected(policy: &str, conclusion: &str, case: &Value) -> BTreeMap<BTreeSet<String>, String> {
    let facts = changeable(conclusion);
    let now = value(policy, conclusion, case);
    let mut found = BTreeMap::<BTreeSet<String>, String>::new();
    let mut sets: Vec<u32> = (1..1 << facts.len()).collect();
    sets.sort_by_key(|set| set.count_ones());
    for set in sets {
        let mut changed = case.clone();
        let mut names = BTreeSet::new();
        for (index, (fact, values)) in facts.iter().enumerate() {
            if set & (1 << index) != 0 {
                let other = values
                    .iter()
                    .find(|value| changed["facts"][*fact] != ***value)
                    .unwrap();
                changed["facts"][*fact] = json!(other);
                names.insert((*fact).to_owned());
            }
        }
        let then = value(policy, conclusion, &changed);
        if then != now && !found.keys().any(|smaller| smaller.is_subset(&names)) {
            found.insert(names, then.to_owned());
        }
    }
    found
}

#[test]
fn the_smallest_changes_of_whole_cases_are_those_of_brute_force() {
    for version in ["mali/2023", "mali/2025"] {
        let policy = Policies::named(&RulesTree::embedded(), version).unwrap();
        let mut random = Random::new(7);
        let mut compared = 0;
        for index in 0..60 {
            let mut json = random_case(&mut random, index);
            // A whole case: what the random case leaves open gets a value.
            let all = [
                "scope",
                "real_risk",
                "internal_protection",
                "internal_protection_test",
            ]
            .map(changeable)
            .concat();
            for (fact, values) in all {
                let given = json["facts"][fact]
                    .as_str()
                    .is_some_and(|given| values.contains(&given));
                if !given {
                    json["facts"][fact] = json!(values[random.below(2)]);
                }
            }
            json["facts"]["nationality"] = json!("Mali");
            if json["facts"]["region"].is_null() {
                json["facts"]["region"] = json!(["Gao", "Ségou", "Kayes", "Bamako"][random.below(4)]);
            }
            let source = Source::new("random.json", json.to_string());
            let case = read_case(&source, &policy.gazetteer, &Limits::default()).unwrap();
            let known = knowledge(&case.facts, case.decision_date, PickedBy::Name, &policy.gazetteer);
            let evaluation = evaluate(&policy, &known).unwrap();
            for (declared, determination) in policy.conclusions.iter().zip(&evaluation.conclusions) {
                let mut actual = BTreeMap::new();
                for alternative in whatif(&policy, &known, determination, false).unwrap() {
                    let names: BTreeSet<String> = alternative
                        .changes
                        .iter()
                        .map(|change| change.name.clone())
                        .collect();
                    let to = declared.values[alternative.value].value.clone();
                    assert!(actual.insert(names, to).is_none(), "{json}");
                    compared += 1;
                }
                assert_eq!(
                    actual,
                    expected(version, &declared.name, &json),
                    "{} {json}",
                    declared.name
                );
            }
        }
        assert!(compared > 100, "{compared}");
    }
}
