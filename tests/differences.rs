//! The difference of two policies is what brute force over all combinations of facts says it is.

mod domain_reading;
mod fewest_rows;
mod planted;
mod program;

use domain_reading::{is_raised, value};
use fewest_rows::Combinations;
use gradatie::diff::{Difference, Kind, diff};
use gradatie::policy::{Policies, RulesTree};
use planted::Rules;
use program::{gradatie, messages};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs;
use std::process::Command;

const REGIONS: [&str; 11] = [
    "Kayes",
    "Koulikoro",
    "Sikasso",
    "Ségou",
    "Mopti",
    "Tombouctou",
    "Gao",
    "Kidal",
    "Ménaka",
    "Taoudénit",
    "Bamako",
];
const NOT_RECORDED: &str = "not recorded";

/// Everything that a fact can be, as far as the tables tell values apart.
fn domain(fact: &str) -> Vec<&'static str> {
    let values: &[&str] = match fact {
        "nationality" => &["Mali", "other"],
        "region" => &REGIONS,
        "birth_region" | "last_region" => return [NOT_RECORDED].into_iter().chain(REGIONS).collect(),
        "refugee_status" | "serious_harm_15ab" | "individual_risk" => &["established", "not_established"],
        "ipa_safe" | "ipa_accessible" | "ipa_reasonable" => &["met", "not_met"],
        "procedure" => &["first", "repeat", "renewal", "withdrawal"],
        "decision_date" => &["2025-12-31", "2026-01-01"],
        _ => &["yes", "no"],
    };
    values.to_vec()
}

/// Every question that the two versions answer differently, or could, with the facts that either reads for it.
const QUESTIONS: &[(&str, &[&str])] = &[
    (
        "scope",
        &["nationality", "origin_credible", "moratorium", "exclusion_1f"],
    ),
    ("grade", &["region"]),
    ("real_risk", &["region", "civilian", "individual_risk"]),
    (
        "internal_protection",
        &[
            "region",
            "civilian",
            "individual_risk",
            "refugee_status",
            "serious_harm_15ab",
        ],
    ),
    (
        "internal_protection_test",
        &[
            "region",
            "civilian",
            "individual_risk",
            "ipa_safe",
            "ipa_accessible",
            "ipa_reasonable",
        ],
    ),
    ("region-not-named", &["region"]),
    ("origin-conflict", &["region", "birth_region", "last_region"]),
    ("downgrade", &["region", "procedure"]),
    ("country-information-age", &["decision_date"]),
];

/// Those of the questions that are flags.
const FLAGS: [&str; 4] = [
    "region-not-named",
    "origin-conflict",
    "downgrade",
    "country-information-age",
];

/// Every combination of some facts, each by the numbers of its values.
fn combinations(facts: &[&str]) -> Vec<Vec<usize>> {
    facts.iter().fold(vec![Vec::new()], |found, fact| {
        let longer = |one: &Vec<usize>| -> Vec<Vec<usize>> {
            let values = 0..domain(fact).len();
            values.map(|value| [&one[..], &[value]].concat()).collect()
        };
        found.iter().flat_map(longer).collect()
    })
}

/// The case of a combination.
fn case(facts: &[&str], combination: &[usize]) -> Value {
    let mut case = json!({"facts": {}});
    for (fact, value) in facts.iter().zip(combination) {
        match (*fact, domain(fact)[*value]) {
            (_, NOT_RECORDED) => {}
            ("decision_date", date) => case["decision_date"] = json!(date),
            (fact, word) => case["facts"][fact] = json!(word),
        }
    }
    case
}

/// What the tables say: the value of a conclusion, or whether a flag is raised.
fn said(policy: &str, question: &str, case: &Value) -> &'static str {
    if !FLAGS.contains(&question) {
        return value(policy, question, case);
    }
    if is_raised(policy, question, case) {
        "raised"
    } else {
        "not raised"
    }
}

fn shipped(name: &str) -> std::sync::Arc<gradatie::policy::PolicyVersion> {
    Policies::named(&RulesTree::embedded(), name).unwrap()
}

fn covers(when: &[(String, Vec<String>)], case: &Value) -> bool {
    when.iter().all(|(fact, values)| {
        let given = match fact.as_str() {
            "decision_date" => &case[fact],
            _ => &case["facts"][fact],
        };
        let given = given.as_str().unwrap_or(NOT_RECORDED);
        values.iter().any(|value| match value.split_once(' ') {
            Some((">=", bound)) => given >= bound,
            Some(("<=", bound)) => given <= bound,
            _ => given == value,
        })
    })
}

#[test]
fn the_rows_are_those_of_brute_force_and_no_fewer_would_do() {
    for (old, new) in [("mali/2023", "mali/2025"), ("mali/2025", "mali/2023")] {
        let difference = diff(&shipped(old), &shipped(new)).unwrap();
        let changes = || {
            difference
                .changes
                .iter()
                .filter(|change| change.kind == Kind::Value)
        };
        for change in changes() {
            let is_listed = QUESTIONS.iter().any(|(name, _)| *name == change.question);
            assert!(is_listed, "{} changes", change.question);
        }
        for (question, facts) in QUESTIONS {
            let changes: Vec<_> = changes().filter(|change| change.question == *question).collect();
            let mut counted = vec![0u128; changes.len()];
            let mut all = Combinations(HashMap::new());
            for combination in combinations(facts) {
                let case = case(facts, &combination);
                let (from, to) = (said(old, question, &case), said(new, question, &case));
                let rows: Vec<usize> = (0..changes.len())
                    .filter(|row| covers(&changes[*row].when, &case))
                    .collect();
                assert_eq!(rows.len(), usize::from(from != to), "{question} {case}");
                for row in rows {
                    counted[row] += 1;
                    assert_eq!(
                        (changes[row].from.value.as_str(), changes[row].to.value.as_str()),
                        (from, to),
                        "{case}"
                    );
                }
                all.0.insert(combination, (from != to).then_some((from, to)));
            }
            for (change, counted) in changes.iter().zip(counted) {
                assert_eq!(change.combinations, counted, "{question} {:?}", change.when);
                let mut witness = json!({"facts": change.witness});
                if let Some(date) = change.witness.get("decision_date") {
                    witness = json!({"decision_date": date});
                }
                assert_eq!(said(old, question, &witness), change.from.value);
                assert_eq!(said(new, question, &witness), change.to.value);
            }
            // Three places are compared with each other: there the bound is lower than what can be reached.
            let bound = all.fewest_rows();
            let expected = if *question == "origin-conflict" {
                (22, 16)
            } else {
                (bound, bound)
            };
            assert_eq!((changes.len(), bound), expected, "{question} from {old} to {new}");
        }
    }
}

#[test]
fn a_version_is_equal_to_itself() {
    for version in ["mali/2023", "mali/2025"] {
        assert!(diff(&shipped(version), &shipped(version)).unwrap().is_equal());
    }
}

fn after(file: &str, from: &str, to: &str) -> Difference {
    let rules = Rules::new();
    rules.change(file, from, to);
    let tree = RulesTree::folder(&rules.root()).unwrap();
    diff(
        &shipped("mali/2025"),
        &Policies::named(&tree, "mali/2025").unwrap(),
    )
    .unwrap()
}

fn rows(difference: &Difference, kind: Kind) -> Vec<String> {
    let row = |change: &gradatie::diff::Change| {
        format!(
            "{} {:?} {}->{}",
            change.question, change.when, change.from.value, change.to.value
        )
    };
    [false, true]
        .into_iter()
        .flat_map(|is_flag| difference.of(kind, is_flag).map(row).collect::<Vec<_>>())
        .collect()
}

#[test]
fn another_citation_is_a_change_of_citations_alone() {
    let difference = after("mali/2025/grade.rhai", "\"besluit:5.3\"", "\"besluit:5.2\"");
    assert!(rows(&difference, Kind::Value).is_empty());
    assert_eq!(
        rows(&difference, Kind::Citations),
        ["grade [(\"region\", [\"Koulikoro\"])] relatively_lower->relatively_lower"]
    );
}

#[test]
fn another_summary_is_a_change_of_words_alone() {
    let difference = after(
        "mali/2025/sources.yaml",
        "For Bamako no article",
        "For Bamako, no article",
    );
    assert!(rows(&difference, Kind::Value).is_empty() && rows(&difference, Kind::Citations).is_empty());
    assert_eq!(
        rows(&difference, Kind::Reason),
        [
            "grade [(\"region\", [\"Bamako\"])] no_15c->no_15c",
            "bamako-fringe [(\"region\", [\"Kati\"])] raised->raised",
        ]
    );
}

#[test]
fn a_comment_another_layout_or_another_order_of_rows_changes_nothing() {
    assert!(
        after(
            "mali/2025/grade.rhai",
            "    switch",
            "    // a comment\n    switch"
        )
        .is_equal()
    );
    let order = after(
        "mali/2025/scope.rhai",
        "facts.moratorium == \"yes\"",
        "facts.moratorium != \"no\"",
    );
    assert!(order.is_equal());
}

#[test]
fn a_threshold_that_moves_by_one_changes_one_age() {
    let difference = after("mali/2025/flags.rhai", "facts.age < 18", "facts.age <= 18");
    assert_eq!(
        rows(&difference, Kind::Value),
        ["minor [(\"age\", [\"18\"])] not raised->raised"]
    );
}

#[test]
fn a_dropped_region_is_a_change_to_a_failure() {
    let difference = after("mali/2025/grade.rhai", "\"Bamako\" =>", "// ");
    let changed = rows(&difference, Kind::Value);
    assert_eq!(
        changed[0],
        "grade [(\"region\", [\"Bamako\"])] no_15c->fails: no-conclusion"
    );
}

#[test]
fn an_edit_is_compared_with_the_last_commit() {
    let rules = Rules::new();
    let folder = rules.root().parent().unwrap().to_owned();
    let git = |arguments: &[&str]| {
        let identity = [
            "-c",
            "user.name=An analyst",
            "-c",
            "user.email=analyst@example.org",
        ];
        let mut git = Command::new("git");
        git.args(identity).args(arguments).current_dir(&folder);
        assert!(git.output().unwrap().status.success(), "{arguments:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "rules"]);
    git(&["commit", "--quiet", "--message", "the rules in force"]);
    let since = |revision: &str| {
        let arguments = [
            "diff",
            "mali/2025",
            "--since",
            revision,
            "--format",
            "json",
            "--fail-on-change",
        ];
        let arguments = [&arguments[..], &["--rules", "rules"]].concat();
        let output = gradatie(&folder, &arguments, b"");
        let json: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (output.status.code(), json, messages(&output))
    };
    let (code, same, _) = since("HEAD");
    assert_eq!((code, &same["equal"]), (Some(0), &json!(true)), "{same:#}");
    rules.change("mali/2025/flags.rhai", "facts.age < 18", "facts.age < 21");
    let (code, edited, _) = since("HEAD");
    assert_eq!((code, &edited["old"]), (Some(1), &json!("HEAD:mali/2025")));
    assert_eq!(edited["changes"], json!([]));
    assert_eq!(edited["flags"].as_array().unwrap().len(), 1);
    assert_eq!(edited["flags"][0]["when"], json!({"age": ["18 .. 20"]}));
    // A version that only one side has is told, and is a change.
    fs::rename(folder.join("rules/mali/2023"), folder.join("rules/mali/2022")).unwrap();
    rules.change("mali/2025/flags.rhai", "facts.age < 21", "facts.age < 18");
    let arguments = ["diff", "--since", "HEAD", "--fail-on-change", "--rules", "rules"];
    let output = gradatie(&folder, &arguments, b"");
    assert_eq!(output.status.code(), Some(1));
    for said in [
        "`mali/2022` is new since `HEAD`",
        "`mali/2023` was there at `HEAD` and is gone",
    ] {
        assert!(messages(&output).contains(said), "{}", messages(&output));
    }
    for unknown in ["no-such-branch", "--output=x", "HEAD:rules"] {
        let (code, _, said) = since(unknown);
        assert_eq!(code, Some(2));
        assert!(said.contains("no-revision") || said.contains("error"), "{said}");
    }
}
