//! The difference of two policies is what brute force over all combinations of facts says it is.

mod domain_reading;
mod planted;

use domain_reading::value;
use gradatie::diff::{Difference, Kind, diff};
use gradatie::policy::{Policies, RulesTree};
use planted::Rules;
use serde_json::{Value, json};

/// The facts that the tables of risk and protection mention, with everything that they can be.
const FACTS: &[(&str, &[&str])] = &[
    ("nationality", &["Mali", "other"]),
    ("origin_credible", &["yes", "no"]),
    ("moratorium", &["yes", "no"]),
    ("exclusion_1f", &["yes", "no"]),
    (
        "region",
        &[
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
        ],
    ),
    ("civilian", &["yes", "no"]),
    ("refugee_status", &["established", "not_established"]),
    ("serious_harm_15ab", &["established", "not_established"]),
    ("individual_risk", &["established", "not_established"]),
    ("ipa_safe", &["met", "not_met"]),
    ("ipa_accessible", &["met", "not_met"]),
    ("ipa_reasonable", &["met", "not_met"]),
];

/// The facts that the rules of either version read for a conclusion.
fn read_for(conclusion: &str) -> &'static [&'static str] {
    match conclusion {
        "scope" => &["nationality", "origin_credible", "moratorium", "exclusion_1f"],
        "grade" => &["region"],
        "real_risk" => &["region", "civilian", "individual_risk"],
        "internal_protection" => &[
            "region",
            "civilian",
            "individual_risk",
            "refugee_status",
            "serious_harm_15ab",
        ],
        _ => &[
            "region",
            "civilian",
            "individual_risk",
            "ipa_safe",
            "ipa_accessible",
            "ipa_reasonable",
        ],
    }
}

fn combinations(facts: &[&str]) -> Vec<Value> {
    let mut found = vec![json!({})];
    for (name, values) in FACTS.iter().filter(|(name, _)| facts.contains(name)) {
        let with = |case: &Value, value: &str| {
            let mut case = case.clone();
            case[*name] = json!(value);
            case
        };
        found = found
            .iter()
            .flat_map(|case| values.iter().map(|value| with(case, value)).collect::<Vec<_>>())
            .collect();
    }
    found
}

fn shipped(name: &str) -> std::sync::Arc<gradatie::policy::PolicyVersion> {
    Policies::named(&RulesTree::embedded(), name).unwrap()
}

fn covers(when: &[(String, Vec<String>)], case: &Value) -> bool {
    when.iter()
        .all(|(fact, values)| values.iter().any(|value| case[fact] == **value))
}

#[test]
fn the_rows_are_disjoint_and_complete_and_their_counts_and_witnesses_are_right() {
    for (old, new) in [("mali/2023", "mali/2025"), ("mali/2025", "mali/2023")] {
        let difference = diff(&shipped(old), &shipped(new)).unwrap();
        for conclusion in [
            "scope",
            "grade",
            "real_risk",
            "internal_protection",
            "internal_protection_test",
        ] {
            let changes: Vec<_> = difference
                .of(Kind::Value, false)
                .filter(|change| change.question == conclusion)
                .collect();
            let mut counted = vec![0u128; changes.len()];
            for facts in combinations(read_for(conclusion)) {
                let case = json!({"facts": facts});
                let (from, to) = (value(old, conclusion, &case), value(new, conclusion, &case));
                let rows: Vec<usize> = (0..changes.len())
                    .filter(|row| covers(&changes[*row].when, &facts))
                    .collect();
                assert_eq!(rows.len(), usize::from(from != to), "{conclusion} {facts}");
                for row in rows {
                    counted[row] += 1;
                    assert_eq!(
                        (changes[row].from.value.as_str(), changes[row].to.value.as_str()),
                        (from, to),
                        "{facts}"
                    );
                }
            }
            for (change, counted) in changes.iter().zip(counted) {
                assert_eq!(change.combinations, counted, "{conclusion} {:?}", change.when);
                let witness = json!({"facts": change.witness});
                assert_eq!(value(old, conclusion, &witness), change.from.value);
                assert_eq!(value(new, conclusion, &witness), change.to.value);
            }
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
