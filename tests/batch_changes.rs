//! `batch --against`: what has changed since another policy version or an earlier run, and by what.

mod domain_reading;
mod program;

use domain_reading::{json_lines, random_cases, values};
use program::{gradatie, messages};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;

#[test]
fn changes_against_a_version_are_those_of_evaluating_twice() {
    let folder = tempfile::tempdir().unwrap();
    let input = json_lines(&random_cases(400, 11));
    let batch = |options: &[&str]| {
        let arguments = [&["batch", "-"], options].concat();
        values(gradatie(folder.path(), &arguments, input.as_bytes()).stdout)
    };
    let old = batch(&["--policy", "mali/2023"]);
    let new = batch(&["--policy", "mali/2025"]);
    let summary = folder.path().join("summary.json");
    let compared = batch(&[
        "--policy",
        "mali/2025",
        "--against",
        "mali/2023",
        "--summary",
        summary.to_str().unwrap(),
    ]);
    let mut changed = 0;
    let mut counted: BTreeMap<String, u64> = BTreeMap::new();
    for ((old, new), compared) in old.iter().zip(&new).zip(&compared) {
        let mut expected = serde_json::Map::new();
        for (name, conclusion) in new["conclusions"].as_object().unwrap() {
            let (from, to) = (&old["conclusions"][name]["value"], &conclusion["value"]);
            if from != to {
                expected.insert(name.clone(), json!({"from": from, "to": to}));
                *counted.entry(format!("{name} {from} {to}")).or_default() += 1;
            }
        }
        assert_eq!(
            compared["changes"].as_object().cloned().unwrap_or_default(),
            expected
        );
        changed += u64::from(!expected.is_empty());
    }
    let summary: Value = serde_json::from_str(&fs::read_to_string(summary).unwrap()).unwrap();
    assert_eq!(summary["against"]["changed"], changed);
    let mut summed: BTreeMap<String, u64> = BTreeMap::new();
    for change in summary["against"]["changes"].as_array().unwrap() {
        assert_eq!(change["cause"], "rules");
        let key = format!(
            "{} {} {}",
            change["conclusion"].as_str().unwrap(),
            change["from"],
            change["to"]
        );
        *summed.entry(key).or_default() += change["cases"].as_u64().unwrap();
        let is_determined = !change["to"].is_null();
        assert_eq!(!change["cites"].as_array().unwrap().is_empty(), is_determined);
    }
    assert_eq!(summed, counted);
}

#[test]
fn changes_against_earlier_results_say_whether_the_facts_or_the_rules_made_them() {
    let folder = tempfile::tempdir().unwrap();
    let case = |case: &str, region: &str, risk: Option<&str>| {
        let mut facts = json!({"region": region, "civilian": "yes"});
        if let Some(risk) = risk {
            facts["individual_risk"] = json!(risk);
        }
        json!({"case": case, "decision_date": "2025-09-15", "facts": facts})
    };
    let earlier = [
        case("SAME", "Gao", None),
        case("RULES", "Ségou", Some("established")),
        case("FACTS", "Gao", None),
        case("LEARNT", "Gao", None),
        case("BOTH", "Ségou", None),
        case("GONE", "Gao", None),
    ];
    let earlier = gradatie(
        folder.path(),
        &["batch", "-", "--policy", "mali/2023", "--out", "earlier.jsonl"],
        json_lines(&earlier).as_bytes(),
    );
    assert_eq!(earlier.status.code(), Some(0), "{}", messages(&earlier));
    let mut learnt = case("LEARNT", "Gao", None);
    learnt["facts"]["refugee_status"] = json!("established");
    let now = [
        case("NEW", "Gao", None),
        case("BOTH", "Koulikoro", Some("established")),
        learnt,
        case("RULES", "Ségou", Some("established")),
        case("FACTS", "Bamako", None),
        case("SAME", "Gao", None),
    ];
    let output = gradatie(
        folder.path(),
        &[
            "batch",
            "-",
            "--policy",
            "mali/2025",
            "--against",
            "earlier.jsonl",
            "--summary",
            "s.json",
        ],
        json_lines(&now).as_bytes(),
    );
    let results = values(&output.stdout);
    let grade = |index: usize| results[index]["changes"]["grade"].clone();
    assert!(grade(0).is_null() && results[0].get("changes").is_none());
    assert_eq!(
        grade(3),
        json!({"from": "no_15c", "to": "relatively_higher", "cause": "rules"})
    );
    assert_eq!(
        grade(4),
        json!({"from": "highest_exceptional", "to": "no_15c", "cause": "facts"})
    );
    assert_eq!(
        grade(1),
        json!({"from": "no_15c", "to": "relatively_lower", "cause": "rules_and_facts"})
    );
    assert!(grade(5).is_null());
    let summary = fs::read_to_string(folder.path().join("s.json")).unwrap();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary["against"]["only_now"], 1);
    assert_eq!(
        summary["against"]["only_earlier"],
        json!({"cases": 1, "first": ["GONE"]})
    );
}

#[test]
fn earlier_errors_and_repeated_earlier_references_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let case = |case: &str, region: &str| json!({"case": case, "facts": {"region": region}});
    let earlier = [case("A", "Gao"), case("A", "Bamako"), case("B", "Goa")];
    gradatie(
        folder.path(),
        &["batch", "-", "--policy", "mali/2025", "--out", "earlier.jsonl"],
        json_lines(&earlier).as_bytes(),
    );
    let arguments = [
        "batch",
        "-",
        "--policy",
        "mali/2025",
        "--against",
        "earlier.jsonl",
        "--summary",
        "summary.json",
    ];
    let now = [case("A", "Gao"), case("B", "Gao")];
    let output = gradatie(folder.path(), &arguments, json_lines(&now).as_bytes());
    let text = messages(&output);
    for said in [
        "1 case only now",
        "1 earlier result is an error: nothing can be compared with it",
        "1 earlier result has a reference that another has as well: the last one counts",
        "grade: no_15c -> highest_exceptional, by the facts: 1 case (Gao)",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let summary = fs::read_to_string(folder.path().join("summary.json")).unwrap();
    let against = serde_json::from_str::<Value>(&summary).unwrap()["against"].take();
    assert_eq!(
        (&against["earlier_in_error"], &against["earlier_repeated"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(against["only_earlier"], json!({"cases": 0, "first": []}));
}
