//! What changed of a case, in its line and in lists. In lists a change that many cases share is kept once.

use super::names::Names;
use super::pipeline::Batch;
use super::tally::Cause;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::hash::Hash;

/// What a value rests on, or, where it is not determined, what it waits for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Grounds {
    /// The name of the policy version.
    pub policy: String,
    /// The fingerprint of its rules.
    pub fingerprint: String,
    /// The sentences that the value rests on.
    pub cites: Vec<String>,
    /// The facts that a value that is not determined waits for.
    pub needs: Vec<String>,
    /// What an earlier result says of its reason, in the language of its run.
    pub text: Option<String>,
}

/// One changed conclusion.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Change {
    /// The conclusion.
    pub conclusion: String,
    /// The earlier value; `None` where it was not determined.
    pub from: Option<String>,
    /// The value now; `None` where it is not determined.
    pub to: Option<String>,
    /// Why.
    pub cause: Cause,
    /// What the earlier value rests on.
    pub earlier: Grounds,
    /// What the value now rests on.
    pub now: Grounds,
}

/// A [`Grounds`] by the numbers of a batch: the version and its fingerprint, the sentences, the needs, the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct NumberedGrounds {
    pub policy: u32,
    pub fingerprint: u32,
    pub cites: u32,
    pub needs: u32,
    pub text: u32,
}

impl NumberedGrounds {
    fn named(self, names: &Names) -> Grounds {
        Grounds {
            policy: names.text(self.policy).unwrap_or_default(),
            fingerprint: names.text(self.fingerprint).unwrap_or_default(),
            cites: names.listed(self.cites),
            needs: names.listed(self.needs),
            text: names.text(self.text),
        }
    }
}

/// A [`Change`] by the numbers of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NumberedChange {
    /// The place of the conclusion.
    pub(super) conclusion: usize,
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) cause: Cause,
    pub(super) earlier: NumberedGrounds,
    pub(super) now: NumberedGrounds,
}

impl NumberedChange {
    fn named(self, names: &Names, conclusions: &[String]) -> Change {
        Change {
            conclusion: conclusions[self.conclusion].clone(),
            from: names.text(self.from),
            to: names.text(self.to),
            cause: self.cause,
            earlier: self.earlier.named(names),
            now: self.now.named(names),
        }
    }
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
    /// What changed, as places in [`ChangedCases::changes`].
    pub changes: Vec<u32>,
}

/// Changed cases in the order of the input, with each distinct change once.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound(serialize = "C: Serialize", deserialize = "C: Deserialize<'de> + Eq + Hash"))]
pub struct ChangedCases<C: Eq + Hash = Change> {
    changes: Vec<C>,
    cases: Vec<ChangedCase>,
    /// The place of each change; made again after reading.
    #[serde(skip)]
    places: FxHashMap<C, u32>,
}

impl<C: Eq + Hash> Default for ChangedCases<C> {
    fn default() -> Self {
        Self {
            changes: Vec::new(),
            cases: Vec::new(),
            places: FxHashMap::default(),
        }
    }
}

impl<C: Eq + Hash> PartialEq for ChangedCases<C> {
    fn eq(&self, other: &Self) -> bool {
        (&self.changes, &self.cases) == (&other.changes, &other.cases)
    }
}

impl<C: Eq + Hash> ChangedCases<C> {
    /// The distinct changes, in the order in which they first occur.
    pub fn changes(&self) -> &[C] {
        &self.changes
    }

    /// The cases.
    pub fn cases(&self) -> &[ChangedCase] {
        &self.cases
    }
}

impl<C: Eq + Hash + Clone> ChangedCases<C> {
    /// Adds a case.
    pub fn push(
        &mut self,
        source: String,
        case: String,
        region: Option<String>,
        changes: impl IntoIterator<Item = C>,
    ) {
        let changes = changes.into_iter().map(|change| self.place(&change)).collect();
        self.cases.push(ChangedCase {
            source,
            case,
            region,
            changes,
        });
    }

    fn place(&mut self, change: &C) -> u32 {
        if self.places.len() != self.changes.len() {
            self.places = self.changes.iter().cloned().zip(0..).collect();
        }
        if let Some(place) = self.places.get(change) {
            return *place;
        }
        let place = self.changes.len() as u32;
        self.places.insert(change.clone(), place);
        self.changes.push(change.clone());
        place
    }

    /// Adds the cases of the next part, and keeps at most `most`.
    pub fn append(&mut self, next: Self, most: usize) {
        let room = most.saturating_sub(self.cases.len());
        for case in next.cases.into_iter().take(room) {
            let changes = case
                .changes
                .iter()
                .map(|place| next.changes[*place as usize].clone());
            self.push(case.source, case.case, case.region, changes);
        }
    }
}

impl ChangedCases<NumberedChange> {
    /// The same by names.
    pub(super) fn named(&self, names: &Names, conclusions: &[String]) -> ChangedCases {
        ChangedCases {
            changes: self
                .changes
                .iter()
                .map(|change| change.named(names, conclusions))
                .collect(),
            cases: self.cases.clone(),
            places: FxHashMap::default(),
        }
    }
}

/// A changed conclusion: its place, the earlier value, the value now, and why.
pub(super) type ChangeOfCase = (usize, u32, u32, Cause);

/// Writes what changed. Only against results can anything but the rules be the cause.
pub(super) fn write_changes(
    text: &mut Vec<u8>,
    batch: &Batch<'_>,
    changes: &[ChangeOfCase],
    has_causes: bool,
) {
    if changes.is_empty() {
        return;
    }
    let changes: serde_json::Map<String, serde_json::Value> = changes
        .iter()
        .map(|(index, from, to, cause)| {
            let names = &batch.names;
            let mut value = serde_json::json!({"from": names.text(*from), "to": names.text(*to)});
            if has_causes {
                value["cause"] = cause.word().into();
            }
            (batch.conclusions[*index].clone(), value)
        })
        .collect();
    text.extend_from_slice(b",\"changes\":");
    // A `Vec` takes everything.
    let _ = serde_json::to_writer(text, &changes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_that_many_cases_share_is_kept_once_also_when_parts_are_added_and_read_again() {
        let mut first = ChangedCases::default();
        first.push(
            "a:1".to_owned(),
            "A".to_owned(),
            None,
            ["x".to_owned(), "y".to_owned()],
        );
        let mut second = ChangedCases::default();
        second.push("a:2".to_owned(), "B".to_owned(), None, ["y".to_owned()]);
        second.push("a:3".to_owned(), "C".to_owned(), None, ["z".to_owned()]);
        let written = serde_json::to_string(&first).unwrap();
        let mut all: ChangedCases<String> = serde_json::from_str(&written).unwrap();
        all.append(second, 2);
        assert_eq!(all.changes(), ["x", "y"]);
        let changes: Vec<&[u32]> = all.cases().iter().map(|case| &case.changes[..]).collect();
        assert_eq!(changes, [&[0, 1][..], &[1]]);
    }
}
