//! Combinations of facts that a policy declares impossible: they are no gaps, no changes and no advice, and a case that
//! states one is shown.

mod planted;

use gradatie::check::check;
use gradatie::diagram::Bounds;
use gradatie::diff::diff;
use gradatie::evaluate::{CompiledPolicy, evaluate, knowledge};
use gradatie::facts::{FactId, Facts, PickedBy};
use gradatie::policy::{Policies, PolicyId, PolicyVersion, RulesTree};
use planted::Rules;
use serde_json::{Value, json};
use std::sync::Arc;

const GAP: (&str, &str) = (
    "fn scope(facts) {\n",
    "fn scope(facts) {\n    if facts.nationality == \"other\" && facts.moratorium == \"yes\" {\n        return;\n    }\n",
);

/// Rules with a gap for another nationality under a moratorium, and perhaps the word that it cannot be.
fn rules(when: Option<&str>) -> Rules {
    let rules = Rules::new();
    rules.change("mali/2025/scope.rhai", GAP.0, GAP.1);
    if let Some(when) = when {
        let text = format!(
            "impossible:\n  - when: {when}\n    because: {{nl: omdat, en: because}}\n\nconclusions:\n"
        );
        rules.change("mali/2025/policy.yaml", "conclusions:\n", &text);
    }
    rules
}

fn tree(rules: &Rules) -> RulesTree {
    RulesTree::folder(&rules.root()).unwrap()
}

fn policy(rules: &Rules) -> Arc<PolicyVersion> {
    Policies::named(&tree(rules), "mali/2025").unwrap()
}

const TOGETHER: &str = "{nationality: other, moratorium: yes}";

fn findings(rules: &Rules) -> (Vec<&'static str>, u128) {
    let report = check(
        &tree(rules),
        &[PolicyId::parse("mali/2025").unwrap()],
        &Bounds::default(),
    );
    let proof = report
        .proofs
        .iter()
        .find(|proof| proof.question == "scope")
        .unwrap();
    let codes = report.findings.iter().map(|finding| finding.code).collect();
    (codes, proof.combinations)
}

#[test]
fn a_gap_that_no_case_can_fall_into_is_none() {
    let (codes, combinations) = findings(&rules(None));
    assert_eq!((codes, combinations), (vec!["no-conclusion"], 16));
    let (codes, combinations) = findings(&rules(Some(TOGETHER)));
    assert_eq!((codes, combinations), (vec![], 12));
}

#[test]
fn a_gap_that_is_only_partly_impossible_is_shown_with_a_possible_case() {
    let rules = rules(Some("{nationality: other, moratorium: yes, exclusion_1f: no}"));
    let report = check(
        &tree(&rules),
        &[PolicyId::parse("mali/2025").unwrap()],
        &Bounds::default(),
    );
    let witness = report.findings[0].witness.as_deref().unwrap();
    assert_eq!(witness["nationality"], "other");
    assert_eq!(witness["exclusion_1f"], "yes", "{witness:?}");
}

fn evaluated(policy: &Arc<PolicyVersion>, facts: Value) -> Result<Value, &'static str> {
    let facts: Facts = serde_json::from_value(facts).unwrap();
    let known = knowledge(&facts, None, PickedBy::Name, &policy.gazetteer);
    let directly = evaluate(policy, &known);
    let by_diagram = CompiledPolicy::of(policy.clone()).evaluate(&known);
    match (directly, by_diagram) {
        (Ok(directly), Ok(by_diagram)) => {
            let said = |evaluation: gradatie::evaluate::Evaluation| {
                let scope = &evaluation.conclusions[0];
                let needs: Vec<&str> = scope.needs.iter().map(|fact: &FactId| fact.name()).collect();
                json!({"possible": scope.possible, "needs": needs})
            };
            let (directly, by_diagram) = (said(directly), said(by_diagram));
            assert_eq!(directly, by_diagram);
            Ok(directly)
        }
        (Err(directly), Err(by_diagram)) => {
            assert_eq!(directly[0].code, by_diagram[0].code);
            Err(directly[0].code)
        }
        (directly, by_diagram) => panic!("{directly:?} {by_diagram:?}"),
    }
}

#[test]
fn a_case_is_evaluated_as_far_as_it_can_be() {
    let policy = policy(&rules(Some(TOGETHER)));
    let of = |facts| evaluated(&policy, facts);
    // Of another nationality it is not Malian whatever the rest is, and a moratorium cannot be.
    assert_eq!(
        of(json!({"nationality": "other"})),
        Ok(json!({"possible": [1], "needs": []}))
    );
    assert_eq!(
        of(json!({"moratorium": "yes"})),
        Ok(json!({"possible": [1], "needs": []}))
    );
    assert_eq!(
        of(json!({"nationality": "other", "moratorium": "yes"})),
        Err("impossible-facts")
    );
    let open = of(json!({"nationality": "Mali", "moratorium": "no"})).unwrap();
    assert_eq!(open["needs"], json!(["origin_credible", "exclusion_1f"]));
}

#[test]
fn a_difference_counts_only_what_can_be() {
    let (old, new) = (rules(Some(TOGETHER)), rules(Some(TOGETHER)));
    new.change("mali/2025/scope.rhai", "facts.origin_credible == \"no\"", "false");
    let changes = diff(&policy(&old), &policy(&new)).unwrap().changes;
    let of_scope: Vec<_> = changes
        .iter()
        .filter(|change| change.question == "scope")
        .collect();
    // Mali, not credible, no moratorium: without exclusion another value, with exclusion another citation.
    assert_eq!(
        of_scope.iter().map(|change| change.combinations).sum::<u128>(),
        1 + 1,
        "{of_scope:#?}"
    );
    for change in of_scope {
        assert_ne!(
            (&change.witness["nationality"], &change.witness["moratorium"]),
            (&json!("other"), &json!("yes"))
        );
    }
}

#[test]
fn every_kind_of_fact_can_stand_in_an_impossible_combination() {
    for when in [
        "{age: {below: 12}, procedure: [renewal, withdrawal]}",
        "{age: {at_least: 100}, individual_circumstances: {has: health}}",
        "{region: [Gao, Mopti], actors_of_harm: {lacks: army}}",
        "{birth_region: Bamako, civilian: nee}",
    ] {
        assert_eq!(policy(&rules(Some(when))).impossible.len(), 1, "{when}");
    }
}

#[test]
fn a_mistake_in_an_impossible_combination_is_shown_at_its_place() {
    for (when, code, help) in [
        ("{natoinality: other}", "unknown-fact", "nationality"),
        ("{nationality: othr}", "unknown-value", "other"),
        ("{region: Goa}", "unknown-value", "Gao"),
        ("{age: 12}", "unknown-value", ""),
        ("{age: {below: 200}}", "out-of-range", ""),
        ("{actors_of_harm: army}", "unknown-value", ""),
        ("{decision_date: 2025-01-01}", "unknown-fact", ""),
        ("{}", "impossible-without-facts", ""),
        ("{age: {below: 12}, age: {below: 18}}", "invalid-yaml", ""),
        ("{age: {below: 12, below: 18}}", "invalid-yaml", ""),
    ] {
        let rules = rules(Some(when));
        let faults = Policies::named(&tree(&rules), "mali/2025").unwrap_err();
        assert_eq!(faults[0].code, code, "{when}");
        let (_, at) = faults[0].place().unwrap();
        let text = std::fs::read_to_string(rules.root().join("mali/2025/policy.yaml")).unwrap();
        let line = text.lines().nth(at.line - 1).unwrap();
        assert!(
            line.contains("when") || line.contains("impossible"),
            "{when}: {line}"
        );
        assert!(
            faults[0].help.iter().any(|text| text.contains(help)) || help.is_empty(),
            "{:?}",
            faults[0].help
        );
    }
}
