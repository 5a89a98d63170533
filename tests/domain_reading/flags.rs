//! The table of points that a human must look at, for complete facts.

use super::completions::Complete;
use super::conclusions::grade;
use super::geography::{is_ambiguous, is_around_bamako, place};

/// Each flag with the facts that its row mentions.
pub const FLAGS: &[(&str, &[&str])] = &[
    ("region-not-named", &["region"]),
    ("region-map-ambiguous", &["region"]),
    ("bamako-fringe", &["region"]),
    ("origin-conflict", &["region", "birth_region", "last_region"]),
    ("downgrade", &["region", "procedure"]),
    ("state-actor", &["actors_of_harm"]),
    ("country-information-age", &["decision_date"]),
    ("minor", &["age"]),
    ("health", &["individual_circumstances"]),
    ("non-civilian", &["civilian"]),
    ("in-force-date-unknown", &[]),
];

/// Whether a flag is raised for complete facts.
pub fn is_raised(policy: &str, picked_by_unrecorded_date: bool, flag: &str, facts: &Complete) -> bool {
    let is_new = policy == "mali/2025";
    match flag {
        "region-not-named" => grade(policy, facts.get("region")) == "not_named",
        "region-map-ambiguous" => is_ambiguous(facts.get("region")),
        "bamako-fringe" => is_around_bamako(facts.get("region")),
        "origin-conflict" => ["birth_region", "last_region"].iter().any(|other| {
            facts.is_given(other) && grade(policy, facts.get(other)) != grade(policy, facts.get("region"))
        }),
        "downgrade" => {
            is_new
                && place(facts.get("region")).region == "Ménaka"
                && matches!(facts.get("procedure"), "renewal" | "withdrawal")
        }
        "state-actor" => facts.has("actors_of_harm", "army") || facts.has("actors_of_harm", "wagner"),
        // Dates in this form sort as text.
        "country-information-age" => is_new && facts.get("decision_date") > "2025-12-31",
        "minor" => facts.get("age").parse::<u32>().unwrap() < 18,
        "health" => facts.has("individual_circumstances", "health"),
        "non-civilian" => facts.get("civilian") == "no",
        "in-force-date-unknown" => picked_by_unrecorded_date,
        other => panic!("no flag {other}"),
    }
}
