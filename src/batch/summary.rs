//! What came of a case load in sum, for people and for programs.

use super::{Cause, Flow, Repeated, Tally};
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
    /// The earlier results that cases were compared with.
    pub earlier: Option<EarlierCounts<'s>>,
}

/// What was counted of earlier results.
#[derive(Debug, Clone, Copy)]
pub struct EarlierCounts<'s> {
    /// Cases without one now.
    pub only_earlier: u64,
    /// The first references of these.
    pub first: &'s [String],
    /// Lines in error, which nothing can be compared with.
    pub errors: u64,
    /// Cases whose reference another case has as well; the last one counts.
    pub repeated: u64,
}

/// The same without the region and the sentences.
pub(super) type ShortKind<'s> = (&'s str, Option<&'s str>, Option<&'s str>, Cause);
/// How many cases, and in which regions.
pub(super) type CasesByRegion<'s> = (u64, BTreeSet<Option<&'s str>>);

/// A kind of change: conclusion, from, to, region, cause, sentences.
pub(super) type Kind<'s> = (
    &'s str,
    Option<&'s str>,
    Option<&'s str>,
    Option<&'s str>,
    Cause,
    &'s [String],
);

impl<'s> Summary<'s> {
    /// The kinds of change with their cases, by conclusion and then the most frequent first.
    pub(super) fn changes(&self) -> Vec<(Kind<'s>, u64)> {
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
    pub(super) fn kinds(&self) -> Vec<(ShortKind<'s>, CasesByRegion<'s>)> {
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
        // By conclusion, and then the most frequent first, now that the regions are added up.
        let place = |name: &str| self.conclusions.iter().position(|own| own == name);
        kinds.sort_by_key(|((name, ..), (count, _))| (place(name), std::cmp::Reverse(*count)));
        kinds
    }

    pub(super) fn became_undetermined(&self) -> BTreeMap<&'s str, u64> {
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
            "only_earlier": summary.earlier.map(|earlier| {
                json!({"cases": earlier.only_earlier, "first": earlier.first})
            }),
            "earlier_in_error": summary.earlier.map(|earlier| earlier.errors),
            "earlier_repeated": summary.earlier.map(|earlier| earlier.repeated),
            "changes": changes,
        });
    }
    result
}
