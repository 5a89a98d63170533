//! The five conclusions of `mali/2025` in the language of each engine, for whole cases. They are not the policy: they are
//! checked against it before anything is timed.

use serde_json::{Value, json};

/// The names of the conclusions.
pub const NAMES: [&str; 5] = [
    "scope",
    "grade",
    "real_risk",
    "internal_protection",
    "internal_protection_test",
];

/// How a language writes what is otherwise written the same.
pub struct Signs {
    or: &'static str,
    and: &'static str,
    not: &'static str,
}

/// The signs of CEL.
pub const CEL: Signs = Signs {
    or: "||",
    and: "&&",
    not: "!",
};
/// The signs of ZEN's expressions.
pub const ZEN: Signs = Signs {
    or: "or",
    and: "and",
    not: "not ",
};

/// The expression of each conclusion.
fn each(signs: &Signs) -> [String; 5] {
    let Signs { or, and, not } = signs;
    let highest = r#"region in ["Gao", "Mopti", "Kidal", "Tombouctou"]"#;
    let no_risk = format!(
        r#"(region == "Bamako" {or} civilian == "no" {or} ({not}({highest}) {and} individual_risk == "not_established"))"#
    );
    [
        format!(
            r#"(nationality == "other" {or} origin_credible == "no" {or} moratorium == "yes" {or} exclusion_1f == "yes") ? "does_not_apply" : "applies""#
        ),
        format!(
            r#"{highest} ? "highest_exceptional" : (region in ["Ménaka", "Ségou"] ? "relatively_higher" : (region == "Koulikoro" ? "relatively_lower" : (region == "Bamako" ? "no_15c" : "not_named")))"#
        ),
        format!(
            r#"(region == "Bamako" {or} civilian == "no") ? "not_established" : ({highest} ? "by_mere_presence" : (individual_risk == "established" ? "by_individual_circumstances" : "not_established"))"#
        ),
        format!(
            r#"region == "Bamako" ? "not_applicable" : ({no_risk} ? "not_reached" : ((region in ["Kayes", "Sikasso", "Taoudénit"] {or} refugee_status == "established" {or} serious_harm_15ab == "established") ? "assess_individually" : "presumed_in_bamako"))"#
        ),
        format!(
            r#"{no_risk} ? "not_reached" : ((ipa_safe == "not_met" {or} ipa_accessible == "not_met" {or} ipa_reasonable == "not_met") ? "cannot_be_invoked" : "can_be_invoked")"#
        ),
    ]
}

/// All conclusions as one list.
pub fn expressions(signs: &Signs) -> String {
    format!("[{}]", each(signs).map(|one| format!("({one})")).join(", "))
}

/// The conclusions as a decision model of ZEN.
pub fn decision_model() -> Value {
    let expressions: Vec<Value> = NAMES
        .iter()
        .zip(each(&ZEN))
        .map(|(name, value)| json!({"id": name, "key": name, "value": value}))
        .collect();
    json!({
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "conclusions", "name": "conclusions", "type": "expressionNode", "content": {"expressions": expressions}},
            {"id": "out", "name": "out", "type": "outputNode"},
        ],
        "edges": [
            {"id": "1", "type": "edge", "sourceId": "in", "targetId": "conclusions"},
            {"id": "2", "type": "edge", "sourceId": "conclusions", "targetId": "out"},
        ],
    })
}

/// The conclusions in JSON Logic, as one list.
pub fn json_logic() -> Value {
    let is = |fact: &str, value: &str| json!({"==": [{"var": fact}, value]});
    let region = |regions: &[&str]| json!({"in": [{"var": "region"}, regions]});
    let highest = || region(&["Gao", "Mopti", "Kidal", "Tombouctou"]);
    let bamako = || is("region", "Bamako");
    let no_risk = || {
        let not_highest = json!({"and": [{"!": [highest()]}, is("individual_risk", "not_established")]});
        json!({"or": [bamako(), is("civilian", "no"), not_highest]})
    };
    json!([
        {"if": [{"or": [is("nationality", "other"), is("origin_credible", "no"), is("moratorium", "yes"), is("exclusion_1f", "yes")]},
            "does_not_apply", "applies"]},
        {"if": [highest(), "highest_exceptional", region(&["Ménaka", "Ségou"]), "relatively_higher",
            is("region", "Koulikoro"), "relatively_lower", bamako(), "no_15c", "not_named"]},
        {"if": [{"or": [bamako(), is("civilian", "no")]}, "not_established", highest(), "by_mere_presence",
            is("individual_risk", "established"), "by_individual_circumstances", "not_established"]},
        {"if": [bamako(), "not_applicable", no_risk(), "not_reached",
            {"or": [region(&["Kayes", "Sikasso", "Taoudénit"]), is("refugee_status", "established"), is("serious_harm_15ab", "established")]},
            "assess_individually", "presumed_in_bamako"]},
        {"if": [no_risk(), "not_reached",
            {"or": [is("ipa_safe", "not_met"), is("ipa_accessible", "not_met"), is("ipa_reasonable", "not_met")]},
            "cannot_be_invoked", "can_be_invoked"]},
    ])
}

/// The conclusions in Rego.
pub const REGO: &str = r#"
package mali
import rego.v1

default scope := "applies"
scope := "does_not_apply" if input.nationality == "other"
else := "does_not_apply" if input.origin_credible == "no"
else := "does_not_apply" if input.moratorium == "yes"
else := "does_not_apply" if input.exclusion_1f == "yes"

grades := {
    "Gao": "highest_exceptional", "Mopti": "highest_exceptional",
    "Kidal": "highest_exceptional", "Tombouctou": "highest_exceptional",
    "Ménaka": "relatively_higher", "Ségou": "relatively_higher", "Koulikoro": "relatively_lower",
    "Bamako": "no_15c", "Kayes": "not_named", "Sikasso": "not_named", "Taoudénit": "not_named",
}
grade := grades[input.region]

real_risk := "not_established" if grade == "no_15c"
else := "not_established" if input.civilian == "no"
else := "by_mere_presence" if grade == "highest_exceptional"
else := "by_individual_circumstances" if input.individual_risk == "established"
else := "not_established"

internal_protection := "not_applicable" if input.region == "Bamako"
else := "not_reached" if real_risk == "not_established"
else := "assess_individually" if grade == "not_named"
else := "assess_individually" if input.refugee_status == "established"
else := "assess_individually" if input.serious_harm_15ab == "established"
else := "presumed_in_bamako"

internal_protection_test := "not_reached" if real_risk == "not_established"
else := "cannot_be_invoked" if input.ipa_safe == "not_met"
else := "cannot_be_invoked" if input.ipa_accessible == "not_met"
else := "cannot_be_invoked" if input.ipa_reasonable == "not_met"
else := "can_be_invoked"

said := [scope, grade, real_risk, internal_protection, internal_protection_test]
"#;

/// The conclusions in plain Rhai.
pub const RHAI: &str = r#"
fn scope(facts) {
    if facts.nationality == "other" || facts.origin_credible == "no" || facts.moratorium == "yes"
        || facts.exclusion_1f == "yes" {
        "does_not_apply"
    } else {
        "applies"
    }
}
fn grade(facts) {
    switch facts.region {
        "Gao" | "Mopti" | "Kidal" | "Tombouctou" => "highest_exceptional",
        "Ménaka" | "Ségou" => "relatively_higher",
        "Koulikoro" => "relatively_lower",
        "Bamako" => "no_15c",
        "Kayes" | "Sikasso" | "Taoudénit" => "not_named",
    }
}
fn real_risk(facts, grade) {
    if grade == "no_15c" || facts.civilian == "no" { return "not_established"; }
    if grade == "highest_exceptional" { return "by_mere_presence"; }
    if facts.individual_risk == "established" { "by_individual_circumstances" } else { "not_established" }
}
fn internal_protection(facts, grade, real_risk) {
    if facts.region == "Bamako" { return "not_applicable"; }
    if real_risk == "not_established" { return "not_reached"; }
    if grade == "not_named" || facts.refugee_status == "established" || facts.serious_harm_15ab == "established" {
        return "assess_individually";
    }
    "presumed_in_bamako"
}
fn internal_protection_test(facts, real_risk) {
    if facts.region == "Bamako" || real_risk == "not_established" { return "not_reached"; }
    if facts.ipa_safe == "not_met" || facts.ipa_accessible == "not_met" || facts.ipa_reasonable == "not_met" {
        return "cannot_be_invoked";
    }
    "can_be_invoked"
}
fn decide(facts) {
    let grade = grade(facts);
    let real_risk = real_risk(facts, grade);
    #{
        scope: scope(facts), grade: grade, real_risk: real_risk,
        internal_protection: internal_protection(facts, grade, real_risk),
        internal_protection_test: internal_protection_test(facts, real_risk),
    }
}
"#;
