//! The tables of grades, risk and internal protection, for complete facts.

use super::completions::Complete;
use super::geography::place;

type Question = (&'static str, &'static [&'static str], &'static [&'static str]);

/// Each question with its values in order and the facts that its table mentions.
pub const QUESTIONS: &[Question] = &[
    (
        "scope",
        &["applies", "does_not_apply"],
        &["nationality", "origin_credible", "moratorium", "exclusion_1f"],
    ),
    (
        "grade",
        &[
            "highest_exceptional",
            "relatively_higher",
            "relatively_lower",
            "no_15c",
            "not_named",
        ],
        &["region"],
    ),
    (
        "real_risk",
        &[
            "by_mere_presence",
            "by_individual_circumstances",
            "not_established",
        ],
        &["region", "civilian", "individual_risk"],
    ),
    (
        "internal_protection",
        &[
            "not_applicable",
            "not_reached",
            "presumed_in_bamako",
            "assess_individually",
        ],
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
        &["not_reached", "can_be_invoked", "cannot_be_invoked"],
        &[
            "region",
            "civilian",
            "individual_risk",
            "ipa_safe",
            "ipa_accessible",
            "ipa_reasonable",
        ],
    ),
];

/// The table of grades.
pub fn grade(policy: &str, name: &str) -> &'static str {
    match (policy, place(name).region) {
        ("mali/2023", "Gao" | "Mopti" | "Ménaka") => "highest_exceptional",
        ("mali/2023", _) => "no_15c",
        (_, "Gao" | "Mopti" | "Kidal" | "Tombouctou") => "highest_exceptional",
        (_, "Ménaka" | "Ségou") => "relatively_higher",
        (_, "Koulikoro") => "relatively_lower",
        (_, "Bamako") => "no_15c",
        _ => "not_named",
    }
}

/// What each grade means for the person, and that article 15(c) protects civilians.
fn real_risk(policy: &str, facts: &Complete) -> &'static str {
    let grade = grade(policy, facts.get("region"));
    match (facts.get("civilian"), grade, facts.get("individual_risk")) {
        ("no", _, _) | (_, "no_15c", _) => "not_established",
        (_, "highest_exceptional", _) => "by_mere_presence",
        (_, _, "established") => "by_individual_circumstances",
        _ => "not_established",
    }
}

/// The answer to a question for complete facts.
pub fn answer(policy: &str, question: &str, facts: &Complete) -> &'static str {
    let is_bamako = || place(facts.get("region")).region == "Bamako";
    let no_risk = || real_risk(policy, facts) == "not_established";
    match question {
        "scope" => {
            let outside = facts.get("nationality") == "other"
                || facts.get("origin_credible") == "no"
                || facts.get("moratorium") == "yes"
                || facts.get("exclusion_1f") == "yes";
            if outside { "does_not_apply" } else { "applies" }
        }
        "grade" => grade(policy, facts.get("region")),
        "real_risk" => real_risk(policy, facts),
        "internal_protection" => {
            if is_bamako() {
                "not_applicable"
            } else if no_risk() {
                "not_reached"
            } else if policy == "mali/2023"
                || grade(policy, facts.get("region")) == "not_named"
                || facts.get("refugee_status") == "established"
                || facts.get("serious_harm_15ab") == "established"
            {
                "assess_individually"
            } else {
                "presumed_in_bamako"
            }
        }
        "internal_protection_test" => {
            let conditions = ["ipa_safe", "ipa_accessible", "ipa_reasonable"];
            if is_bamako() || no_risk() {
                "not_reached"
            } else if conditions.iter().all(|condition| facts.get(condition) == "met") {
                "can_be_invoked"
            } else {
                "cannot_be_invoked"
            }
        }
        other => panic!("no question {other}"),
    }
}
