//! The program and an independent brute-force reading of the tables agree on random, partly unknown cases.

mod domain_reading;

use domain_reading::{Random, expected, random_case};
use gradatie::case_file::read_case;
use gradatie::evaluate::{evaluate, knowledge};
use gradatie::language::Language;
use gradatie::policy::{Policies, RulesTree};
use gradatie::report::{Evaluated, evaluation_json};
use gradatie::source::Source;
use gradatie::yaml::Limits;
use serde_json::{Value, json};

/// The result of the program, with the lists sorted by name that the reading sorts.
fn actual(policies: &mut Policies, case: &Value) -> (Value, bool) {
    let source = Source::new("random.json", case.to_string());
    let gazetteer = policies.gazetteer().clone();
    let case = read_case(&source, &gazetteer, &Limits::default()).unwrap();
    let picked = policies.pick(case.decision_date).unwrap();
    let policy = policies.version(&picked.id).unwrap();
    let known = knowledge(&case.facts, case.decision_date, picked.by, &gazetteer);
    let evaluation = evaluate(&policy, &known).unwrap();
    let rules = RulesTree::embedded();
    let evaluated = Evaluated {
        origin: "random.json",
        case: &case,
        known: &known,
        rules: &rules,
        picked: &picked,
        policy: &policy,
        evaluation: &evaluation,
        language: Language::English,
    };
    let mut result = evaluation_json(&evaluated);
    let sorted = |value: &mut Value| {
        if let Some(list) = value.as_array_mut() {
            list.sort_by_key(ToString::to_string);
        }
    };
    for list in ["needs", "flags", "flags_open"] {
        sorted(&mut result[list]);
    }
    for conclusion in result["conclusions"].as_object_mut().unwrap().values_mut() {
        if let Some(needs) = conclusion.get_mut("needs") {
            sorted(needs);
        }
    }
    let kept = json!({
        "conclusions": result["conclusions"],
        "needs": result["needs"],
        "flags": result["flags"],
        "flags_open": result["flags_open"],
    });
    (kept, picked.by == gradatie::facts::PickedBy::UnrecordedDate)
}

fn agree_on(policy: Option<&str>, seed: u64, count: usize) {
    let mut policies = Policies::open(&RulesTree::embedded(), policy).unwrap();
    let mut random = Random::new(seed);
    for index in 0..count {
        let case = random_case(&mut random, index);
        let (actual, by_unrecorded_date) = actual(&mut policies, &case);
        let by_date = if case["decision_date"].as_str().is_some_and(|date| date < "2025") {
            "mali/2023"
        } else {
            "mali/2025"
        };
        let expected = expected(policy.unwrap_or(by_date), by_unrecorded_date, &case);
        assert_eq!(actual, expected, "case {case:#}");
    }
}

#[test]
fn three_hundred_cases_under_the_policy_of_2025() {
    agree_on(Some("mali/2025"), 20_251_124, 300);
}

#[test]
fn three_hundred_cases_under_the_policy_of_2023() {
    agree_on(Some("mali/2023"), 20_231_124, 300);
}

#[test]
fn a_hundred_cases_under_the_policy_that_their_date_picks() {
    agree_on(None, 7, 100);
}
