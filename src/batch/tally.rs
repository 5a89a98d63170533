//! Counting: what was concluded, what changed, what was in error.

use super::changes::{Change, ChangedCases, NumberedChange};
use super::names::Names;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::hash::Hash;

/// Why a conclusion changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The facts of the case are the same for this conclusion; the rules say something else of them.
    Rules,
    /// The rules say the same of the earlier facts; the facts have changed.
    Facts,
    /// Both have changed, and neither alone explains it.
    RulesAndFacts,
    /// The earlier results do not hold the facts, and what they hold does not tell.
    NotKnown,
}

impl Cause {
    /// Its word in results.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Facts => "facts",
            Self::RulesAndFacts => "rules_and_facts",
            Self::NotKnown => "not_known",
        }
    }
}

/// From what to what a conclusion went for cases of a region; the same twice where it did not change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Flow {
    /// The conclusion.
    pub conclusion: String,
    /// The earlier value; `None` where it was not determined.
    pub from: Option<String>,
    /// The value now; `None` where it is not determined.
    pub to: Option<String>,
    /// The region of origin on the map of the source; `None` where it is not known.
    pub region: Option<String>,
    /// Where it changed: why, and the sentences that the value now rests on.
    pub change: Option<(Cause, Vec<String>)>,
    /// Whether there is an earlier value at all; without one the earlier value is given as the same.
    pub is_compared: bool,
}

/// A [`Flow`] by the numbers of a batch: the place of the conclusion, from, to, the region, the cause and sentences of a
/// change, and whether it was compared.
pub type NumberedFlow = (u8, u32, u32, u32, Option<(Cause, u32)>, bool);

/// Rules of earlier and of now under which cases were compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Compared {
    /// The name of the earlier version.
    pub earlier: String,
    /// The fingerprint of the earlier rules.
    pub fingerprint: String,
    /// The name of the version now.
    pub now: String,
}

/// What was counted of a part of a case load, or of all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(
    serialize = "F: Serialize + Ord, C: Serialize",
    deserialize = "F: Deserialize<'de> + Eq + Hash, C: Deserialize<'de> + Eq + Hash"
))]
pub struct Tally<F = Flow, C = Change>
where
    F: Eq + Hash,
    C: Eq + Hash,
{
    /// Cases, also those in error.
    pub cases: u64,
    /// Cases in error, by the code of the first fault.
    pub errors: BTreeMap<String, u64>,
    /// Cases without a decision date, for which the newest version was used.
    pub undated: u64,
    /// Cases by policy version.
    pub policies: BTreeMap<String, u64>,
    /// Where every conclusion of every case went.
    #[serde(with = "listed")]
    pub flows: FxHashMap<F, u64>,
    /// Cases of which a conclusion changed.
    pub changed: u64,
    /// Cases that have no counterpart in the earlier results.
    pub only_now: u64,
    /// Cases that the other version cannot evaluate.
    pub not_comparable: u64,
    /// The rules under which cases were compared, with their cases.
    #[serde(with = "listed")]
    pub compared: FxHashMap<Compared, u64>,
    /// Cases that were compared by their earlier region; an empty name where it was not known.
    pub earlier_regions: BTreeMap<String, u64>,
    /// The first changed cases, where they are wanted.
    pub changed_cases: ChangedCases<C>,
}

/// A [`Tally`] by the numbers of a batch.
pub type NumberedTally = Tally<NumberedFlow, NumberedChange>;

impl<F: Eq + Hash, C: Eq + Hash> Default for Tally<F, C> {
    fn default() -> Self {
        Self {
            cases: 0,
            errors: BTreeMap::new(),
            undated: 0,
            policies: BTreeMap::new(),
            flows: FxHashMap::default(),
            changed: 0,
            only_now: 0,
            not_comparable: 0,
            compared: FxHashMap::default(),
            earlier_regions: BTreeMap::new(),
            changed_cases: ChangedCases::default(),
        }
    }
}

impl NumberedTally {
    /// The same by names.
    pub fn named(&self, names: &Names, conclusions: &[String]) -> Tally {
        let flows = self.flows.iter().map(|(flow, count)| {
            let (conclusion, from, to, region, change, is_compared) = *flow;
            let flow = Flow {
                conclusion: conclusions[usize::from(conclusion)].clone(),
                from: names.text(from),
                to: names.text(to),
                region: names.text(region),
                change: change.map(|(cause, cites)| (cause, names.listed(cites))),
                is_compared,
            };
            (flow, *count)
        });
        Tally {
            flows: flows.collect(),
            cases: self.cases,
            errors: self.errors.clone(),
            undated: self.undated,
            policies: self.policies.clone(),
            changed: self.changed,
            only_now: self.only_now,
            not_comparable: self.not_comparable,
            compared: self.compared.clone(),
            earlier_regions: self.earlier_regions.clone(),
            changed_cases: self.changed_cases.named(names, conclusions),
        }
    }
}

impl<F: Eq + Hash, C: Eq + Hash + Clone> Tally<F, C> {
    /// Cases in error.
    pub fn error_count(&self) -> u64 {
        self.errors.values().sum()
    }

    /// Adds what was counted of the next part, and keeps at most `listed` changed cases.
    pub fn add(&mut self, next: Self, listed: usize) {
        self.cases += next.cases;
        self.undated += next.undated;
        self.changed += next.changed;
        self.only_now += next.only_now;
        self.not_comparable += next.not_comparable;
        for (code, count) in next.errors {
            *self.errors.entry(code).or_default() += count;
        }
        for (policy, count) in next.policies {
            *self.policies.entry(policy).or_default() += count;
        }
        for (flow, count) in next.flows {
            *self.flows.entry(flow).or_default() += count;
        }
        for (compared, count) in next.compared {
            *self.compared.entry(compared).or_default() += count;
        }
        for (region, count) in next.earlier_regions {
            *self.earlier_regions.entry(region).or_default() += count;
        }
        self.changed_cases.append(next.changed_cases, listed);
    }
}

/// A map whose keys are no texts, as a list.
mod listed {
    use rustc_hash::FxHashMap;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::hash::Hash;

    pub fn serialize<F: Serialize + Ord, S: Serializer>(
        flows: &FxHashMap<F, u64>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut list: Vec<(&F, &u64)> = flows.iter().collect();
        list.sort();
        list.serialize(serializer)
    }

    pub fn deserialize<'de, F: Deserialize<'de> + Eq + Hash, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<FxHashMap<F, u64>, D::Error> {
        Ok(Vec::<(F, u64)>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_and_survive_being_written() {
        let flow = Flow {
            conclusion: "grade".to_owned(),
            from: None,
            to: Some("no_15c".to_owned()),
            region: None,
            change: Some((Cause::Rules, vec!["besluit:6.4".to_owned()])),
            is_compared: true,
        };
        let mut changed_cases: ChangedCases<Change> = ChangedCases::default();
        for case in ["A", "B"] {
            changed_cases.push("a:1".to_owned(), case.to_owned(), None, []);
        }
        let part = Tally {
            cases: 3,
            errors: BTreeMap::from([("unknown-fact".to_owned(), 1)]),
            flows: [(flow.clone(), 2)].into_iter().collect(),
            changed: 2,
            changed_cases,
            ..Tally::default()
        };
        let mut all = Tally::default();
        all.add(part.clone(), 3);
        all.add(part, 3);
        assert_eq!((all.cases, all.error_count(), all.changed), (6, 2, 4));
        assert_eq!(all.flows[&flow], 4);
        assert_eq!(all.changed_cases.cases().len(), 3);
        let text = serde_json::to_string(&all).unwrap();
        assert_eq!(serde_json::from_str::<Tally>(&text).unwrap(), all);
    }
}
