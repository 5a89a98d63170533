//! What would change a conclusion, as text and JSON.

use super::reasoning;
use crate::case_file::Case;
use crate::evaluate::Evaluation;
use crate::facts::{FactId, Nature};
use crate::language::{Language, Words, printable};
use crate::policy::PolicyVersion;
use crate::whatif::Alternative;
use serde_json::{Value, json};
use std::fmt::Write;

/// A case with the alternatives of each of its conclusions, in the order of the conclusions.
#[derive(Debug, Clone, Copy)]
pub struct WhatIf<'a> {
    /// The case.
    pub case: &'a Case,
    /// The policy version.
    pub policy: &'a PolicyVersion,
    /// What it says now.
    pub evaluation: &'a Evaluation,
    /// What would change it.
    pub alternatives: &'a [Vec<Alternative>],
    /// The language of the report.
    pub language: Language,
}

const JUDGEMENTS: Words = Words {
    nl: "andere oordelen",
    en: "other judgements",
};
const RECORDED: Words = Words {
    nl: "andere vastgelegde feiten",
    en: "other recorded facts",
};
const BOTH: Words = Words {
    nl: "oordelen en feiten samen",
    en: "judgements and facts together",
};
const NOT_DETERMINED: Words = Words {
    nl: "niet bepaald; nodig",
    en: "not determined; needed",
};
const NOTHING: Words = Words {
    nl: "geen wijziging van feiten die kunnen veranderen, wijzigt dit",
    en: "no change of facts that can change would change this",
};
const IF: Words = Words { nl: "als", en: "if" };

fn kind(alternative: &Alternative) -> Words {
    if alternative.is_only(Nature::Judgement) {
        JUDGEMENTS
    } else if alternative
        .changes
        .iter()
        .any(|change| change.fact.declaration().nature == Nature::Judgement)
    {
        BOTH
    } else {
        RECORDED
    }
}

/// What would change the conclusions of a case, as text.
pub fn whatif_text(whatif: &WhatIf<'_>) -> String {
    let WhatIf {
        case,
        policy,
        evaluation,
        alternatives,
        language,
    } = *whatif;
    let mut text = format!("{} ({})\n", printable(&case.case), policy.id);
    for (determination, alternatives) in evaluation.conclusions.iter().zip(alternatives) {
        let name = reasoning::name(policy, determination.asked);
        let word = |value: usize| {
            reasoning::value(policy, determination.asked, value).map_or("", |value| value.value.as_str())
        };
        let Some(value) = determination.value() else {
            let needs: Vec<&str> = determination
                .needs
                .iter()
                .map(|fact: &FactId| fact.name())
                .collect();
            let _ = write!(
                text,
                "\n{name}: {} {}\n",
                NOT_DETERMINED.text(language),
                needs.join(", ")
            );
            continue;
        };
        let _ = write!(text, "\n{name}: {}\n", word(value));
        if alternatives.is_empty() {
            let _ = writeln!(text, "  {}", NOTHING.text(language));
        }
        for words in [JUDGEMENTS, RECORDED, BOTH] {
            let own: Vec<&Alternative> = alternatives.iter().filter(|one| kind(one) == words).collect();
            if own.is_empty() {
                continue;
            }
            let _ = writeln!(text, "  {}:", words.text(language));
            for alternative in own {
                let changes = alternative
                    .changes
                    .iter()
                    .map(|change| format!("{} {} -> {}", change.name, change.from, change.to.join(" | ")));
                let changes = changes.collect::<Vec<_>>().join(", ");
                let _ = writeln!(
                    text,
                    "  - {}: {} {changes}",
                    word(alternative.value),
                    IF.text(language)
                );
                for cite in &alternative.cites {
                    let entry = &policy.register.entries()[*cite];
                    let _ = writeln!(text, "      {} [{}]", entry.summary.text(language), entry.locator);
                }
            }
        }
    }
    text
}

/// What would change the conclusions of a case, as JSON.
pub fn whatif_json(whatif: &WhatIf<'_>) -> Value {
    let WhatIf {
        case,
        policy,
        evaluation,
        alternatives,
        language,
    } = *whatif;
    let rows =
        evaluation
            .conclusions
            .iter()
            .zip(alternatives)
            .flat_map(|(determination, alternatives)| {
                alternatives.iter().map(move |alternative| {
            let word = |value: usize| {
                reasoning::value(policy, determination.asked, value).map(|value| value.value.as_str())
            };
            let changes = alternative.changes.iter().map(|change| {
                let nature = match change.fact.declaration().nature {
                    Nature::Judgement => "judgement",
                    Nature::Recorded => "recorded",
                    Nature::Immutable | Nature::Context => "immutable",
                };
                json!({"fact": change.name, "from": change.from, "to": change.to, "nature": nature})
            });
            let entries = alternative.cites.iter().map(|cite| &policy.register.entries()[*cite]);
            json!({
                "conclusion": reasoning::name(policy, determination.asked),
                "from": determination.value().and_then(word),
                "to": word(alternative.value),
                "changes": changes.collect::<Vec<_>>(),
                "cites": entries.clone().map(|entry| entry.locator.as_str()).collect::<Vec<_>>(),
                "text": entries.map(|entry| entry.summary.text(language)).collect::<Vec<_>>().join(" "),
            })
        })
            });
    json!({
        "case": case.case,
        "policy": policy.id.to_string(),
        "fingerprint": policy.fingerprint,
        "alternatives": rows.collect::<Vec<_>>(),
    })
}
