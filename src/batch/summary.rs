//! What came of a case load in sum, for people and for programs.

use super::{Cause, Flow, Repeated, Tally};
use crate::language::{Language, Words};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What is summed up.
#[derive(Debug, Clone, Copy)]
pub struct Summary<'s> {
    /// What was counted.
    pub tally: &'s Tally,
    /// References that occurred more than once.
    pub repeated: &'s Repeated,
    /// The names of the conclusions, in the order of the results.
    pub conclusions: &'s [String],
    /// What the cases were compared with, as the user named it.
    pub against: Option<&'s str>,
    /// Of earlier results those without a case now: how many, and the first references.
    pub only_earlier: Option<(u64, &'s [String])>,
}

/// The same without the region and the sentences.
type ShortKind<'s> = (&'s str, Option<&'s str>, Option<&'s str>, Cause);
/// How many cases, and in which regions.
type CasesByRegion<'s> = (u64, BTreeSet<Option<&'s str>>);

/// A kind of change: conclusion, from, to, region, cause, sentences.
type Kind<'s> = (
    &'s str,
    Option<&'s str>,
    Option<&'s str>,
    Option<&'s str>,
    Cause,
    &'s [String],
);

impl<'s> Summary<'s> {
    /// The kinds of change with their cases, by conclusion and then the most frequent first.
    fn changes(&self) -> Vec<(Kind<'s>, u64)> {
        let changed = self.tally.flows.iter().filter_map(|(flow, count)| {
            let (cause, cites) = flow.change.as_ref()?;
            let kind = (
                flow.conclusion.as_str(),
                flow.from.as_deref(),
                flow.to.as_deref(),
                flow.region.as_deref(),
                *cause,
                &cites[..],
            );
            Some((kind, *count))
        });
        let mut changes: Vec<(Kind<'s>, u64)> = changed.collect();
        let place = |name: &str| self.conclusions.iter().position(|own| own == name);
        changes.sort_by(|(one, count), (other, other_count)| {
            (place(one.0), other_count, one).cmp(&(place(other.0), count, other))
        });
        changes
    }

    /// The values of a conclusion now, with their cases; not determined comes first.
    pub(super) fn values(&self, conclusion: &str) -> BTreeMap<Option<&'s str>, u64> {
        let mut values = BTreeMap::new();
        for (flow, count) in self.flows(conclusion) {
            *values.entry(flow.to.as_deref()).or_default() += count;
        }
        values
    }

    pub(super) fn flows(&self, conclusion: &str) -> impl Iterator<Item = (&'s Flow, u64)> {
        let flows = self.tally.flows.iter();
        flows
            .filter(move |(flow, _)| flow.conclusion == conclusion)
            .map(|(flow, count)| (flow, *count))
    }

    /// The kinds of change without regions and sentences, in the same order, with the regions.
    fn kinds(&self) -> Vec<(ShortKind<'s>, CasesByRegion<'s>)> {
        let mut kinds: Vec<(ShortKind<'s>, CasesByRegion<'s>)> = Vec::new();
        for ((conclusion, from, to, region, cause, _), cases) in self.changes() {
            let short = (conclusion, from, to, cause);
            match kinds.iter_mut().find(|(kind, _)| *kind == short) {
                Some((_, (count, regions))) => {
                    *count += cases;
                    regions.insert(region);
                }
                None => kinds.push((short, (cases, BTreeSet::from([region])))),
            }
        }
        kinds
    }

    fn became_undetermined(&self) -> BTreeMap<&'s str, u64> {
        let mut became = BTreeMap::new();
        for (flow, count) in &self.tally.flows {
            if flow.from.is_some() && flow.to.is_none() {
                *became.entry(flow.conclusion.as_str()).or_default() += count;
            }
        }
        became
    }
}

/// The summary for programs.
pub fn summary_json(summary: &Summary<'_>) -> Value {
    let tally = summary.tally;
    let conclusions: serde_json::Map<String, Value> = summary
        .conclusions
        .iter()
        .map(|name| {
            let mut values = summary.values(name);
            let open = values.remove(&None).unwrap_or_default();
            let values: BTreeMap<&str, u64> = values
                .into_iter()
                .filter_map(|(value, count)| Some((value?, count)))
                .collect();
            (name.clone(), json!({"values": values, "not_determined": open}))
        })
        .collect();
    let mut result = json!({
        "cases": tally.cases,
        "errors": {"cases": tally.error_count(), "by_code": tally.errors},
        "by_policy": tally.policies,
        "without_decision_date": tally.undated,
        "repeated_references": {
            "cases": summary.repeated.cases,
            "first": summary.repeated.first,
            "looked_at": summary.repeated.looked_at,
        },
        "conclusions": conclusions,
    });
    if let Some(against) = summary.against {
        let changes: Vec<Value> = summary
            .changes()
            .into_iter()
            .map(|((conclusion, from, to, region, cause, cites), cases)| {
                json!({
                    "conclusion": conclusion, "from": from, "to": to, "region": region,
                    "cause": cause.word(), "cites": cites, "cases": cases,
                })
            })
            .collect();
        result["against"] = json!({
            "name": against,
            "changed": tally.changed,
            "became_undetermined": summary.became_undetermined(),
            "not_comparable": tally.not_comparable,
            "only_now": tally.only_now,
            "only_earlier": summary.only_earlier.map(|(cases, first)| json!({"cases": cases, "first": first})),
            "changes": changes,
        });
    }
    result
}

const CASES: Words = Words {
    nl: "zaken",
    en: "cases",
};
const IN_ERROR: Words = Words {
    nl: "met een fout",
    en: "in error",
};
const NOT_DETERMINED: Words = Words {
    nl: "niet bepaald",
    en: "not determined",
};
const UNDATED: Words = Words {
    nl: "zaken zonder beslisdatum: de nieuwste versie is gebruikt",
    en: "cases without a decision date: the newest version was used",
};
const REPEATED: Words = Words {
    nl: "zaken hebben een kenmerk dat al voorkwam",
    en: "cases have a reference that occurred before",
};
const FIRST: Words = Words {
    nl: "eerste",
    en: "first",
};
const AGAINST: Words = Words {
    nl: "Vergeleken met",
    en: "Against",
};
const CHANGED: Words = Words {
    nl: "zaken veranderen",
    en: "cases change",
};
const UNKNOWN_REGION: Words = Words {
    nl: "regio niet bekend",
    en: "region not known",
};
const BECAME: Words = Words {
    nl: "wordt niet meer bepaald in",
    en: "is no longer determined in",
};
const NOT_COMPARABLE: Words = Words {
    nl: "zaken kan de andere versie niet beoordelen",
    en: "cases cannot be evaluated by the other version",
};
const ONLY_NOW: Words = Words {
    nl: "zaken alleen nu",
    en: "cases only now",
};
const ONLY_EARLIER: Words = Words {
    nl: "zaken alleen eerder",
    en: "cases only earlier",
};
const CAUSES: [Words; 3] = [
    Words {
        nl: "door de regels",
        en: "by the rules",
    },
    Words {
        nl: "door de feiten",
        en: "by the facts",
    },
    Words {
        nl: "door regels en feiten",
        en: "by rules and facts",
    },
];

/// The cause in words.
pub(super) fn cause_text(cause: Cause, language: Language) -> &'static str {
    CAUSES[cause as usize].text(language)
}

/// The summary for people.
pub fn summary_text(summary: &Summary<'_>, language: Language) -> String {
    let tally = summary.tally;
    let of = |words: &Words| words.text(language);
    let mut lines = vec![format!("{} {}", grouped(tally.cases), of(&CASES))];
    if tally.error_count() > 0 {
        let codes: Vec<String> = tally
            .errors
            .iter()
            .map(|(code, count)| format!("{code} {}", grouped(*count)))
            .collect();
        lines[0] += format!(
            ", {} {} ({})",
            grouped(tally.error_count()),
            of(&IN_ERROR),
            codes.join(", ")
        )
        .as_str();
    }
    let said = |value: Option<&str>| value.unwrap_or(of(&NOT_DETERMINED)).to_owned();
    for name in summary.conclusions {
        let values: Vec<String> = summary
            .values(name)
            .into_iter()
            .map(|(value, count)| format!("{} {}", said(value), grouped(count)))
            .collect();
        if !values.is_empty() {
            lines.push(format!("  {name}: {}", values.join(", ")));
        }
    }
    if tally.undated > 0 {
        lines.push(format!("{} {}", grouped(tally.undated), of(&UNDATED)));
    }
    if summary.repeated.cases > 0 {
        lines.push(format!(
            "{} {} ({}: {})",
            grouped(summary.repeated.cases),
            of(&REPEATED),
            of(&FIRST),
            summary.repeated.first.join(", ")
        ));
    }
    let Some(against) = summary.against else {
        return lines.join("\n");
    };
    lines.push(format!(
        "{} {against}: {} {}",
        of(&AGAINST),
        grouped(tally.changed),
        of(&CHANGED)
    ));
    for ((conclusion, from, to, cause), (cases, regions)) in summary.kinds() {
        let regions: Vec<&str> = regions
            .into_iter()
            .map(|region| region.unwrap_or(of(&UNKNOWN_REGION)))
            .collect();
        lines.push(format!(
            "  {conclusion}: {} -> {}, {}: {} {} ({})",
            said(from),
            said(to),
            cause_text(cause, language),
            grouped(cases),
            of(&CASES),
            regions.join(", ")
        ));
    }
    for (conclusion, count) in summary.became_undetermined() {
        lines.push(format!(
            "{conclusion} {} {} {}",
            of(&BECAME),
            grouped(count),
            of(&CASES)
        ));
    }
    for (count, words) in [
        (tally.not_comparable, &NOT_COMPARABLE),
        (tally.only_now, &ONLY_NOW),
    ] {
        if count > 0 {
            lines.push(format!("{} {}", grouped(count), of(words)));
        }
    }
    if let Some((count, first)) = summary.only_earlier.filter(|(count, _)| *count > 0) {
        let first = first.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
        lines.push(format!(
            "{} {} ({}: {first})",
            grouped(count),
            of(&ONLY_EARLIER),
            of(&FIRST)
        ));
    }
    lines.join("\n")
}

/// A number with its thousands apart: `30 000`, with spaces that do not break.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(30_000), "30\u{a0}000");
        assert_eq!(grouped(1_234_567), "1\u{a0}234\u{a0}567");
    }
}
