//! Counting: what was concluded, what changed, what was in error.

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
}

impl Cause {
    /// Its word in results.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Facts => "facts",
            Self::RulesAndFacts => "rules_and_facts",
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
}

/// A [`Flow`] by the numbers of a batch: the place of the conclusion, from, to, the region, and the cause and sentences
/// of a change.
pub type NumberedFlow = (u8, u32, u32, u32, Option<(Cause, u32)>);

/// One changed conclusion of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The conclusion.
    pub conclusion: String,
    /// The earlier value.
    pub from: Option<String>,
    /// The value now.
    pub to: Option<String>,
    /// Why.
    pub cause: Cause,
    /// The sentences that the value now rests on.
    pub cites: Vec<String>,
}

/// A case of which a conclusion changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedCase {
    /// Where it stands.
    pub source: String,
    /// Its reference.
    pub case: String,
    /// Its region of origin.
    pub region: Option<String>,
    /// What changed.
    pub changes: Vec<Change>,
}

/// What was counted of a part of a case load, or of all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(
    serialize = "F: Serialize + Ord",
    deserialize = "F: Deserialize<'de> + Eq + Hash"
))]
pub struct Tally<F = Flow>
where
    F: Eq + Hash,
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
    /// The first changed cases, where they are wanted.
    pub changed_cases: Vec<ChangedCase>,
}

impl<F: Eq + Hash> Default for Tally<F> {
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
            changed_cases: Vec::new(),
        }
    }
}

impl Tally<NumberedFlow> {
    /// The same by names.
    pub fn named(&self, names: &Names, conclusions: &[String]) -> Tally {
        let flows = self.flows.iter().map(|(flow, count)| {
            let (conclusion, from, to, region, change) = *flow;
            let flow = Flow {
                conclusion: conclusions[usize::from(conclusion)].clone(),
                from: names.text(from),
                to: names.text(to),
                region: names.text(region),
                change: change.map(|(cause, cites)| (cause, names.sentences(cites))),
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
            changed_cases: self.changed_cases.clone(),
        }
    }
}

impl<F: Eq + Hash> Tally<F> {
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
        let room = listed.saturating_sub(self.changed_cases.len());
        self.changed_cases
            .extend(next.changed_cases.into_iter().take(room));
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

/// References that were given to more than one case, found with bounded memory.
#[derive(Debug, Default)]
pub struct Duplicates {
    seen: FxHashMap<u64, ()>,
    /// Cases whose reference had been seen before.
    pub repeated: u64,
    /// The first of these references.
    pub first: Vec<String>,
    /// Cases that were looked at; beyond the bound none is.
    pub looked_at: u64,
}

/// So many references are remembered: 128 MiB at most.
const MOST_REFERENCES: usize = 7_000_000;
/// So many repeated references are named.
const MOST_NAMED: usize = 5;

impl Duplicates {
    /// Looks at a reference, given with its hash.
    pub fn look_at(&mut self, hash: u64, reference: &str) {
        if self.seen.len() >= MOST_REFERENCES {
            return;
        }
        self.looked_at += 1;
        if self.seen.insert(hash, ()).is_some() {
            self.repeated += 1;
            if self.first.len() < MOST_NAMED {
                self.first.push(reference.to_owned());
            }
        }
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
        };
        let case = ChangedCase {
            source: "a:1".to_owned(),
            case: "A".to_owned(),
            region: None,
            changes: Vec::new(),
        };
        let part = Tally {
            cases: 3,
            errors: BTreeMap::from([("unknown-fact".to_owned(), 1)]),
            flows: [(flow.clone(), 2)].into_iter().collect(),
            changed: 2,
            changed_cases: vec![case.clone(), case],
            ..Tally::default()
        };
        let mut all = Tally::default();
        all.add(part.clone(), 3);
        all.add(part, 3);
        assert_eq!((all.cases, all.error_count(), all.changed), (6, 2, 4));
        assert_eq!(all.flows[&flow], 4);
        assert_eq!(all.changed_cases.len(), 3);
        let text = serde_json::to_string(&all).unwrap();
        assert_eq!(serde_json::from_str::<Tally>(&text).unwrap(), all);
    }

    #[test]
    fn a_repeated_reference_is_named() {
        let mut duplicates = Duplicates::default();
        for (hash, name) in [(1, "A"), (2, "B"), (1, "A")] {
            duplicates.look_at(hash, name);
        }
        assert_eq!(
            (duplicates.repeated, &duplicates.first[..]),
            (1, &["A".to_owned()][..])
        );
    }
}
