//! Earlier results as one thread asks for them.

use super::lines::{EarlierLine, SingleLines};
use super::rows::{Row, Rows, Said};
use super::rules::EarlierRules;
use super::{EarlierResults, hash_of};
use crate::batch::changes::NumberedGrounds;
use crate::batch::deciding::{Deciding, NOTHING};
use crate::batch::names::Names;
use crate::batch::pipeline::Batch;
use crate::diff::ValuesAfter;
use crate::facts::{FactId, FactValue};
use crate::gazetteer::Gazetteer;
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::sync::Arc;

/// The earlier result of a case.
#[derive(Debug)]
pub(in crate::batch) enum EarlierCase {
    /// With the facts that it rests on.
    Line(Box<EarlierLine>),
    /// Without facts.
    Row(Arc<EarlierRow>),
}

/// What a row says, by the numbers of a batch.
#[derive(Debug)]
pub(in crate::batch) struct EarlierRow {
    /// The name of the policy version.
    policy: u32,
    /// Its fingerprint; 0 where it is not known.
    pub fingerprint: u32,
    /// The facts that could still change a conclusion; none for a name that is no fact now.
    needs: Box<[Option<FactId>]>,
    /// In the order of the conclusions of the batch.
    pub said: Box<[NumberedSaid]>,
}

/// What a row says of one conclusion.
#[derive(Debug, Clone)]
pub(in crate::batch) struct NumberedSaid {
    /// Its value, 0 where it is not determined.
    pub value: u32,
    /// The values that are possible where it is not determined.
    pub possible_values: Box<[u32]>,
    /// The list of these; [`NOTHING`] where it is determined or the file does not have it.
    possible: u32,
    /// The list of the sentences that the value rests on; none where nothing is said of it.
    cites: Option<u32>,
}

#[cfg(test)]
impl NumberedSaid {
    /// What is said by a value, or by values that are possible, without sentences.
    pub fn of(value: u32, possible: &[u32]) -> Self {
        Self {
            value,
            possible_values: possible.into(),
            possible: NOTHING,
            cites: None,
        }
    }
}

impl EarlierRow {
    /// Whether rules that have decided a case say of it all that this row says.
    pub fn is_said_by(&self, rules: &Deciding<'_>) -> bool {
        let now = rules.values().iter().copied().zip(rules.lists());
        let now = now.map(|(value, (possible, cites))| (value, possible, cites));
        let own = self.said.iter();
        let own = own.map(|said| (said.value, said.possible, said.cites.unwrap_or(NOTHING)));
        let needs = rules.needs().iter().map(|fact| Some(*fact));
        own.eq(now) && needs.eq(self.needs.iter().copied())
    }
}

impl EarlierCase {
    /// The name and the fingerprint of the version that decided it, by number; 0 where it is not known.
    pub fn version(&self, names: &Names) -> (u32, u32) {
        match self {
            Self::Line(line) => line.version(names),
            Self::Row(row) => (row.policy, row.fingerprint),
        }
    }

    /// The values of the conclusions of the batch by number, 0 where one is not determined.
    pub fn values(&self, batch: &Batch<'_>) -> Box<[u32]> {
        match self {
            Self::Line(line) => line.values(&batch.conclusions, &batch.names),
            Self::Row(row) => row.said.iter().map(|said| said.value).collect(),
        }
    }

    /// What the value of a conclusion of the batch, given by its place, rested on or waited for.
    pub fn grounds(&self, conclusion: usize, batch: &Batch<'_>) -> NumberedGrounds {
        match self {
            Self::Line(line) => line.grounds(&batch.conclusions[conclusion], &batch.names),
            Self::Row(row) => {
                let none = batch.names.list([]);
                NumberedGrounds {
                    policy: row.policy,
                    fingerprint: row.fingerprint,
                    cites: row.said[conclusion].cites.unwrap_or(none),
                    needs: none,
                    text: 0,
                }
            }
        }
    }

    /// The region of origin; `None` where it is not on record.
    pub fn region(&self, gazetteer: &Gazetteer) -> Option<Option<FactValue>> {
        match self {
            Self::Line(line) => Some(line.facts.value(FactId::Region, gazetteer)),
            Self::Row(_) => None,
        }
    }
}

/// Earlier results as one thread asks for them.
pub(in crate::batch) struct EarlierHandle<'b> {
    results: &'b EarlierResults,
    kind: Kind<'b>,
}

enum Kind<'b> {
    Lines(SingleLines<'b>),
    Rows(RowsHandle<'b>),
}

impl EarlierResults {
    /// A handle for one thread.
    ///
    /// # Errors
    /// The file cannot be opened any more.
    pub(in crate::batch) fn handle<'b>(&'b self, batch: &Batch<'b>) -> io::Result<EarlierHandle<'b>> {
        let kind = match self.rows() {
            None => Kind::Lines(SingleLines::open(&self.path, self.packed_lines())?),
            Some((rows, rules)) => Kind::Rows(RowsHandle::of(rows, rules, batch)),
        };
        Ok(EarlierHandle { results: self, kind })
    }
}

impl<'b> EarlierHandle<'b> {
    /// The earlier result of a case; of several the last.
    ///
    /// # Errors
    /// The file cannot be read any more, or is another one.
    pub fn find(&mut self, reference: &str, batch: &Batch<'_>) -> io::Result<Option<EarlierCase>> {
        let index = &self.results.index;
        let lines = match &mut self.kind {
            Kind::Rows(rows) => {
                let row = rows.rows.find(index, reference);
                return Ok(row.map(|row| EarlierCase::Row(rows.numbered(row, batch))));
            }
            Kind::Lines(lines) => lines,
        };
        let mut found = None;
        for (place, at) in index.of_hash(hash_of(reference)) {
            let line = lines.read_at(at).map_err(|error| {
                let name = self.results.path.display();
                io::Error::new(error.kind(), format!("`{name}` {error}"))
            })?;
            if line.case == reference {
                index.mark(place);
                found.get_or_insert(line);
            }
        }
        Ok(found.map(|line| EarlierCase::Line(Box::new(line))))
    }

    /// What is asked of results without facts.
    pub fn rows(&mut self) -> Option<&mut RowsHandle<'b>> {
        match &mut self.kind {
            Kind::Lines(_) => None,
            Kind::Rows(rows) => Some(rows),
        }
    }
}

/// For each conclusion of the batch: after each earlier value those that the rules of now can give.
pub(in crate::batch) type NumberedAfter = Vec<FxHashMap<u32, Box<[u32]>>>;

/// Results without facts, and the rules that gave them, as far as they are at hand.
pub(in crate::batch) struct RowsHandle<'b> {
    rows: &'b Rows,
    fingerprints: &'b EarlierRules,
    /// Rows by number, once they were asked for.
    numbered: FxHashMap<u32, Arc<EarlierRow>>,
    rules: Vec<Deciding<'b>>,
    /// By the fingerprint of the earlier rules and the place of those of now.
    after: FxHashMap<(u32, usize), Arc<NumberedAfter>>,
}

impl<'b> RowsHandle<'b> {
    fn of(rows: &'b Rows, rules: &'b EarlierRules, batch: &Batch<'b>) -> Self {
        let versions = rules.at_hand.iter();
        Self {
            rows,
            fingerprints: rules,
            numbered: FxHashMap::default(),
            rules: versions.map(|version| Deciding::new(version, batch)).collect(),
            after: FxHashMap::default(),
        }
    }

    fn numbered(&mut self, row: u32, batch: &Batch<'_>) -> Arc<EarlierRow> {
        match self.numbered.entry(row) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(place) => {
                let row = numbered(self.rows.row(row), self.fingerprints, batch);
                place.insert(Arc::new(row)).clone()
            }
        }
    }

    /// The earlier rules of a fingerprint, where they are at hand.
    pub fn rules(&mut self, fingerprint: u32) -> Option<&mut Deciding<'b>> {
        self.rules
            .iter_mut()
            .find(|rules| rules.version().1 == fingerprint)
    }

    /// Which values the rules of now, given with their place, can give after each value of the earlier rules of a
    /// fingerprint; nothing where they are not at hand or cannot be compared.
    pub fn after(
        &mut self,
        fingerprint: u32,
        (place, now): (usize, &Deciding<'_>),
        batch: &Batch<'_>,
    ) -> Arc<NumberedAfter> {
        if let Some(known) = self.after.get(&(fingerprint, place)) {
            return known.clone();
        }
        let earlier = self.rules.iter().find(|rules| rules.version().1 == fingerprint);
        let after = earlier.and_then(|earlier| {
            let after = ValuesAfter::between(earlier.writer.policy(), now.writer.policy());
            after.ok().flatten()
        });
        let of_conclusion = |name: &String| {
            let after = after.as_ref().and_then(|after| after.of(name));
            let pairs = after.into_iter().flatten().map(|(value, after)| {
                let after = after.iter().map(|value| batch.names.number(Some(value)));
                (batch.names.number(Some(value)), after.collect())
            });
            pairs.collect()
        };
        let after = Arc::new(batch.conclusions.iter().map(of_conclusion).collect());
        self.after.insert((fingerprint, place), after);
        self.after[&(fingerprint, place)].clone()
    }
}

fn numbered(row: Row<'_>, rules: &EarlierRules, batch: &Batch<'_>) -> EarlierRow {
    let names = &batch.names;
    let said = batch.conclusions.iter().map(|name| {
        // The version did not have it: there is neither a value nor any that would be possible.
        let of_version = |said: &&Said| said.value.is_some() || !said.possible.is_empty();
        let Some(said) = row.said(name).filter(of_version) else {
            return NumberedSaid {
                value: 0,
                possible_values: Box::default(),
                possible: NOTHING,
                cites: None,
            };
        };
        let possible = said.possible.iter().map(|value| names.number(Some(value)));
        NumberedSaid {
            value: names.number(said.value.as_deref()),
            possible_values: possible.collect(),
            possible: match said.possible.is_empty() {
                true => NOTHING,
                false => names.list(said.possible.iter().map(String::as_str)),
            },
            cites: Some(names.list(said.cites.iter().map(String::as_str))),
        }
    });
    EarlierRow {
        policy: names.number(Some(row.policy())),
        fingerprint: names.number(rules.fingerprint(row.policy())),
        needs: row.needs().iter().map(|need| FactId::named(need)).collect(),
        said: said.collect(),
    }
}
