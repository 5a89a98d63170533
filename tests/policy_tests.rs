//! The policy tests under `tests/policy`: case facts and expectations, as an analyst writes them.

use gradatie::case_file::read_case;
use gradatie::evaluate::{evaluate, knowledge};
use gradatie::language::Language;
use gradatie::policy::{Policies, RulesTree};
use gradatie::report::{Evaluated, evaluation_json};
use gradatie::source::Source;
use gradatie::yaml::{self, Limits};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyTest {
    name: String,
    decision_date: Option<String>,
    facts: Value,
    expect: Expectation,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    #[serde(default)]
    conclusions: BTreeMap<String, Expected>,
    #[serde(default)]
    citations: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    flags: Vec<String>,
    #[serde(default)]
    flags_not: Vec<String>,
    #[serde(default)]
    flags_open: Vec<String>,
    needs: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Expected {
    Value(String),
    Open {
        possible: Vec<String>,
        needs: Vec<String>,
    },
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries
        .flat_map(|path| {
            if path.is_dir() {
                files_below(&path)
            } else {
                vec![path]
            }
        })
        .collect();
    files.sort();
    files
}

fn result_of(policies: &mut Policies, test: &PolicyTest) -> Value {
    let case = json!({"case": test.name, "decision_date": test.decision_date, "facts": test.facts});
    let source = Source::new("test.json", case.to_string());
    let gazetteer = policies.gazetteer().clone();
    let case = read_case(&source, &gazetteer, &Limits::default())
        .unwrap_or_else(|faults| panic!("{}: {faults:?}", test.name));
    let picked = policies.pick(case.decision_date).unwrap();
    let policy = policies.version(&picked.id).unwrap();
    let known = knowledge(&case.facts, case.decision_date, picked.by, &gazetteer);
    let evaluation = evaluate(&policy, &known).unwrap();
    evaluation_json(&Evaluated {
        origin: "test.json",
        case: &case,
        known: &known,
        rules: policies.tree(),
        picked: &picked,
        policy: &policy,
        evaluation: &evaluation,
        language: Language::English,
    })
}

/// What does not come out as expected.
fn differences(test: &PolicyTest, result: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    let mut compare = |what: &str, expected: Value, actual: &Value| {
        if expected != *actual {
            differences.push(format!("{what}: expected {expected}, got {actual}"));
        }
    };
    for (name, expected) in &test.expect.conclusions {
        let expected = match expected {
            Expected::Value(value) => json!({"value": value}),
            Expected::Open { possible, needs } => {
                json!({"value": null, "possible": possible, "needs": needs})
            }
        };
        compare(name, expected, &result["conclusions"][name]);
    }
    for (name, expected) in &test.expect.citations {
        let reasons = result["reasons"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|reason| reason["conclusion"] == **name);
        let cites: Vec<&Value> = reasons.map(|reason| &reason["cites"]).collect();
        compare(&format!("citations of {name}"), json!([expected]), &json!(cites));
    }
    if let Some(needs) = &test.expect.needs {
        compare("needs", json!(needs), &result["needs"]);
    }
    let has = |list: &str, flag: &String| result[list].as_array().unwrap().contains(&json!(flag));
    let stated = [
        ("raised", &test.expect.flags, ["flags"].as_slice(), true),
        ("open", &test.expect.flags_open, &["flags_open"], true),
        (
            "neither raised nor open",
            &test.expect.flags_not,
            &["flags", "flags_open"],
            false,
        ),
    ];
    for (what, flags, lists, wanted) in stated {
        for flag in flags {
            if lists.iter().any(|list| has(list, flag)) != wanted {
                differences.push(format!("flag {flag} is not {what}"));
            }
        }
    }
    differences
}

#[test]
fn every_policy_test_comes_out_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policy");
    let rules = RulesTree::folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")).unwrap();
    let mut failures = Vec::new();
    let mut run = 0;
    for file in files_below(&root) {
        let source = Source::new(
            file.display().to_string(),
            std::fs::read_to_string(&file).unwrap(),
        );
        let tests: Vec<PolicyTest> = yaml::typed(&source).unwrap_or_else(|fault| panic!("{fault:?}"));
        let version = file.parent().unwrap().strip_prefix(&root).unwrap();
        let mut policies = Policies::open(&rules, version.to_str()).unwrap();
        let mut names = HashSet::new();
        for test in &tests {
            assert!(names.insert(&test.name), "two tests are called {:?}", test.name);
            run += 1;
            let result = result_of(&mut policies, test);
            for difference in differences(test, &result) {
                failures.push(format!("{}: {}: {difference}", file.display(), test.name));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {run} tests:\n{}",
        failures.len(),
        failures.join("\n")
    );
    assert!(run > 100, "only {run} policy tests were found");
}
