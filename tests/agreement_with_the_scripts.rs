//! The compiled policy says the same as the scripts: of every combination of what is known and what is not, question by
//! question, and of random cases over all questions; conclusions, citations, needs and reasons alike.

mod domain_reading;

use domain_reading::{Random, random_case};
use gradatie::diagram::{Bounds, Diagram, explore};
use gradatie::evaluate::{CompiledPolicy, determine, evaluate, knowledge};
use gradatie::facts::{Candidates, FactId, Facts, Knowledge, PickedBy};
use gradatie::policy::{Policies, PolicyVersion, RulesTree};
use std::sync::Arc;

fn shipped() -> [Arc<PolicyVersion>; 2] {
    ["mali/2023", "mali/2025"].map(|name| Policies::named(&RulesTree::embedded(), name).unwrap())
}

/// Learns that a fact (or one word of a set) lies in a cell, by one value in it.
fn learn(known: &mut Knowledge, fact: FactId, word: Option<u8>, cell: &Candidates) {
    let one = match (cell, word, known.of(fact)) {
        (Candidates::Range { least, .. }, ..) => Candidates::Range {
            least: *least,
            most: *least,
        },
        (Candidates::Places(places), ..) => Candidates::Places(places[..1].into()),
        (Candidates::Set { members, .. }, Some(word), before) => {
            let before = match before {
                Candidates::Set {
                    known: u32::MAX,
                    members,
                } => *members,
                _ => 0,
            };
            Candidates::Set {
                known: u32::MAX,
                members: before | members & (1 << word),
            }
        }
        (cell, ..) => cell.clone(),
    };
    known.learn(fact, one);
}

#[test]
fn every_combination_of_known_and_missing_facts_of_each_question() {
    let mut compared = 0;
    for policy in shipped() {
        let compiled = CompiledPolicy::of(policy.clone());
        let nothing = Knowledge::nothing(&policy.gazetteer);
        for (question, asked) in policy.asked().enumerate() {
            let exploration = explore(&policy.program, asked, &nothing, &Bounds::default()).unwrap();
            let diagram = Diagram::build(&exploration, &nothing, &policy.gazetteer, |path| {
                path.run.outcome.is_failure()
            })
            .unwrap();
            let variables = diagram.space().variables();
            // A set is known as a whole or not at all, so its words are missing together.
            let mut open: Vec<(usize, Knowledge, Vec<FactId>)> = vec![(0, nothing.clone(), Vec::new())];
            while let Some((variable, known, missing)) = open.pop() {
                let Some(of) = variables.get(variable) else {
                    let directly = determine(&policy, asked, &known).unwrap();
                    let by_diagram = compiled.determine(question, &known).unwrap();
                    assert_eq!(
                        format!("{directly:?}"),
                        format!("{by_diagram:?}"),
                        "{asked:?} {known:?}"
                    );
                    compared += 1;
                    continue;
                };
                let is_first_word = variables[..variable].iter().all(|before| before.fact != of.fact);
                if is_first_word || missing.contains(&of.fact) {
                    let missing = missing.iter().copied().chain([of.fact]).collect();
                    open.push((variable + 1, known.clone(), missing));
                }
                if !missing.contains(&of.fact) {
                    for cell in &of.cells {
                        let mut known = known.clone();
                        learn(&mut known, of.fact, of.word, cell);
                        open.push((variable + 1, known, missing.clone()));
                    }
                }
            }
        }
    }
    assert!(compared > 9_000, "{compared}");
}

#[test]
fn random_cases_over_all_questions() {
    let mut random = Random::new(20260);
    for policy in shipped() {
        let compiled = CompiledPolicy::of(policy.clone());
        for index in 0..150 {
            let case = random_case(&mut random, index);
            let facts: Facts = serde_json::from_value(case["facts"].clone()).unwrap();
            let date = case["decision_date"].as_str().map(|date| date.parse().unwrap());
            let known = knowledge(&facts, date, PickedBy::UnrecordedDate, &policy.gazetteer);
            let directly = evaluate(&policy, &known).unwrap();
            // Twice: the second time from what was kept of the first.
            for _ in 0..2 {
                let by_diagram = compiled.evaluate(&known).unwrap();
                assert_eq!(format!("{directly:?}"), format!("{by_diagram:?}"), "{case}");
            }
        }
    }
}

#[test]
fn equal_numbers_determine_the_same_for_values_that_no_rule_tells_apart() {
    let [_, policy] = shipped();
    let compiled = CompiledPolicy::of(policy.clone());
    let of = |facts: serde_json::Value| {
        let facts: Facts = serde_json::from_value(facts).unwrap();
        knowledge(
            &facts,
            Some("2025-03-01".parse().unwrap()),
            PickedBy::UnrecordedDate,
            &policy.gazetteer,
        )
    };
    let one = of(serde_json::json!({"region": "Gao", "age": 18, "individual_circumstances": ["gender"]}));
    let other = of(serde_json::json!({"region": "Gao", "age": 90, "individual_circumstances": []}));
    let third = of(serde_json::json!({"region": "Kati", "age": 17, "individual_circumstances": ["health"]}));
    let numbers = |known: &Knowledge| -> Vec<Option<u64>> {
        let codes = compiled.codes(known);
        (0..compiled.asked().len())
            .map(|question| compiled.number(question, &codes))
            .collect()
    };
    assert_eq!(numbers(&one), numbers(&other));
    let different = numbers(&one)
        .iter()
        .zip(numbers(&third))
        .filter(|(one, third)| *one != third)
        .count();
    assert!(different >= 5, "{different}");
}
