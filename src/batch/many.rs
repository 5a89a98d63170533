//! Many cases at once: columns in, columns out. Cases that are decided the same share what is written of them; a case
//! costs a few look-ups, and no memory of its own.

use super::answers::Answers;
use super::columns::ResultPart;
use super::combinations::Combinations;
use super::decided::{Decided, rows_of_version};
use super::earlier::hash_of;
use super::found_outcomes::{CASES_OF_BLOCK, FoundOutcomes};
use super::made::Made;
use super::rules::PickedVersion;
use super::worker::Worker;
use crate::case_load::{CaseColumns, LoadFault};
use crate::diagnostic::CaseFault;
use crate::evaluate::{CompiledPolicy, ManyCases, Sums};
use crate::facts::{FactId, PickedBy};
use std::collections::BTreeMap;
use std::io;

/// A row in error, and whether its case was read.
pub(super) type Faults = BTreeMap<usize, (bool, CaseFault)>;

impl Worker<'_> {
    /// Evaluates cases as columns; says whether it could, and has done nothing where it could not.
    pub(super) fn parts(&mut self, parts: Vec<CaseColumns>, made: &mut Made) -> io::Result<bool> {
        for cases in parts {
            if self.columns(&cases, made)? {
                cases.give_back(&mut self.room);
                continue;
            }
            if !cases.are_read() {
                // It is the only part.
                return Ok(false);
            }
            for row in 0..cases.len() {
                let mut done = Ok(());
                cases.give(row, &mut |loaded| done = self.case(loaded, made));
                done?;
            }
            made.end_rows(self.batch);
        }
        Ok(true)
    }

    /// Evaluates cases as columns; says whether it could, and has done nothing where it could not.
    fn columns(&mut self, cases: &CaseColumns, made: &mut Made) -> io::Result<bool> {
        let Some(codes) = codes(cases) else {
            return Ok(false);
        };
        let Some(mut answers) = self.answers.take() else {
            return Ok(false);
        };
        let mut has_forgotten = false;
        for deciding in &mut self.deciders {
            has_forgotten |= deciding.decider.forget_where_full();
        }
        answers.forget(has_forgotten);
        let decided = self.many(cases, codes, &mut answers);
        self.answers = Some(answers);
        let Some((decided, faults)) = decided else {
            return Ok(false);
        };
        self.finish(cases, decided, &faults, made)?;
        Ok(true)
    }

    fn many(
        &mut self,
        cases: &CaseColumns,
        codes: Vec<&[u16]>,
        answers: &mut Answers,
    ) -> Option<(Decided, Faults)> {
        let picked: Vec<PickedVersion> = cases
            .dates
            .values
            .iter()
            .map(|date| self.batch.rules.pick(*date))
            .collect();
        let picked_by: Vec<PickedBy> = picked
            .iter()
            .map(|picked| picked.as_ref().map_or(PickedBy::Newest, |(_, by)| *by))
            .collect();
        let (mut versions, undated, mut faults) = self.by_version(cases, &picked, codes[codes.len() - 1]);
        let facts = cases.facts.iter().zip(&codes);
        let many = ManyCases {
            facts: facts.map(|(fact, codes)| (&fact.values[..], *codes)).collect(),
            dates: (&cases.dates.values, codes[codes.len() - 1]),
            picked_by: &picked_by,
            versions: &versions,
        };
        let compiled: Vec<&CompiledPolicy> = self
            .deciders
            .iter()
            .map(|deciding| deciding.decider.compiled())
            .collect();
        let sums = Sums::of(&compiled, answers.lanes(), &many)?;
        let regions = self.region_of_values(cases);
        let of_region = many.facts[FactId::Region as usize].1;
        let mut found = FoundOutcomes::new(&sums, answers);
        let mut decided = Decided::new(answers.conclusions_of(), cases.len(), self.regions.len() + 1);
        let lanes = answers.conclusions_of().iter().enumerate();
        let lanes = lanes.filter(|(_, of)| !of.is_empty()).map(|(lane, _)| lane);
        let lanes: Vec<usize> = lanes.collect();
        let lanes_of_flags = answers.lanes_of_flags().to_vec();
        // What is needed begins with nothing, and flags with the version.
        let mut needs = Combinations::new(1, lanes.len());
        let mut flags = Combinations::new(self.deciders.len() + 1, lanes_of_flags.len());
        let (mut ids, mut of_needs) = ([0; CASES_OF_BLOCK], [0; CASES_OF_BLOCK]);
        let mut of_flags: Vec<u16> = Vec::new();
        let mut region_of = Vec::new();
        let mut all_wrong = Vec::new();
        for from in (0..cases.len()).step_by(CASES_OF_BLOCK) {
            let count = CASES_OF_BLOCK.min(cases.len() - from);
            let wrong = found.find(
                &many,
                from..from + count,
                answers,
                &mut self.deciders,
                &self.batch.names,
            )?;
            let of_needs = &mut of_needs[..count];
            of_needs.fill(0);
            of_flags.clear();
            let versions = versions[from..from + count].iter();
            of_flags.extend(versions.map(|version| u16::from(*version)));
            for at in wrong {
                // Nothing is said of the case, as if it fell under no version.
                of_flags[at] = self.deciders.len() as u16;
                all_wrong.push(from + at);
            }
            region_of.clear();
            let of_region = of_region[from..from + count].iter();
            region_of.extend(of_region.map(|value| regions[usize::from(*value)]));
            let known = answers.outcomes();
            let of_cases = known.of_cases();
            for (place, lane) in lanes.iter().enumerate() {
                let outcomes = found.of_lane(*lane);
                let own = decided.lane(place);
                own.outcomes.make_room(of_cases.len());
                let ids = &mut ids[..count];
                for (outcome, id) in outcomes.iter().zip(&mut *ids) {
                    *id = own.outcomes.id(*outcome);
                }
                own.add(ids, &region_of);
                if own.outcomes.are_too_many() {
                    return None;
                }
                let open = outcomes.iter().map(|outcome| of_cases[*outcome as usize].open);
                needs.add(place, known.open(*lane).len(), of_needs, open)?;
            }
            for (place, lane) in lanes_of_flags.iter().enumerate() {
                let outcomes = found.of_lane(*lane).iter();
                let states = outcomes.map(|outcome| of_cases[*outcome as usize].states);
                flags.add(place, known.states(*lane).len(), &mut of_flags, states)?;
            }
            decided.needs.ids.extend_from_slice(of_needs);
            decided.flags.ids.extend_from_slice(&of_flags);
        }
        for row in all_wrong {
            let version = usize::from(versions[row]);
            let case = many.case(row);
            if let Err(found) = self.deciders[version].decide(&case, &self.batch.names) {
                faults.insert(row, (true, CaseFault::of(&found)));
            }
        }
        for row in faults.keys() {
            versions[*row] = self.deciders.len() as u8;
        }
        decided.say(answers);
        let names = &self.batch.names;
        let (mut parts, mut of_lanes, mut open) = (Vec::new(), Vec::new(), Vec::new());
        for number in 0..needs.len() {
            needs.parts(number, &mut parts);
            of_lanes.clear();
            for (lane, open) in lanes.iter().zip(&parts[1..]) {
                of_lanes.extend_from_slice(&answers.outcomes().open(*lane)[usize::from(*open)]);
            }
            of_lanes.sort_unstable();
            open.clear();
            open.extend(of_lanes.iter().map(|(_, answer)| *answer));
            let list = answers.needs(&open, &mut self.deciders, names);
            decided.needs.codes.push(list);
        }
        for number in 0..flags.len() {
            flags.parts(number, &mut parts);
            let states = lanes_of_flags.iter().zip(&parts[1..]);
            let states = states.map(|(lane, states)| answers.outcomes().states(*lane)[usize::from(*states)]);
            let states = states.fold(0, |all, states| all | states);
            let version = usize::from(parts[0]);
            let (raised, open) = answers.flags(version, states, &self.deciders, names);
            decided.flags.codes.push(raised);
            decided.flags_open.push(open);
        }
        decided.versions = versions;
        decided.undated = undated;
        Some((decided, faults))
    }

    /// The version of each row, how many have no date, and the rows in error.
    fn by_version(
        &self,
        cases: &CaseColumns,
        picked: &[PickedVersion],
        dates: &[u16],
    ) -> (Vec<u8>, u64, Faults) {
        let none = self.deciders.len() as u8;
        let version = |picked: &PickedVersion| picked.as_ref().map_or(none, |(version, _)| *version as u8);
        let of_dates: Vec<u8> = picked.iter().map(version).collect();
        let mut versions: Vec<u8> = dates.iter().map(|date| of_dates[usize::from(*date)]).collect();
        let mut faults = Faults::new();
        let mut in_error = vec![0u64; picked.len()];
        for (row, fault) in &cases.faults {
            versions[*row] = none;
            in_error[usize::from(dates[*row])] += 1;
            faults.insert(*row, (false, fault.first()));
        }
        let mut undated = 0;
        for (date, picked) in picked.iter().enumerate() {
            match picked {
                Ok((_, PickedBy::Newest)) => {
                    let rows = dates.iter().filter(|of| usize::from(**of) == date).count();
                    undated += rows as u64 - in_error[date];
                }
                Err(fault) => {
                    let rows = dates.iter().enumerate();
                    for (row, _) in rows.filter(|(_, of)| usize::from(**of) == date) {
                        let fault = CaseFault::of(std::slice::from_ref(fault.as_ref()));
                        faults.entry(row).or_insert((true, fault));
                    }
                }
                _ => {}
            }
        }
        (versions, undated, faults)
    }

    /// The place of the region of each distinct value of the fact, from 1; 0 where it is not known.
    fn region_of_values(&self, cases: &CaseColumns) -> Vec<u32> {
        let values = cases.facts[FactId::Region as usize].values.iter();
        values.map(|value| self.region(*value) as u32).collect()
    }

    fn finish(
        &self,
        cases: &CaseColumns,
        decided: Decided,
        faults: &Faults,
        made: &mut Made,
    ) -> io::Result<()> {
        made.tally.cases += cases.len() as u64;
        made.tally.undated += decided.undated;
        for (_, fault) in faults.values() {
            let code = fault.code.clone().unwrap_or_else(|| "unknown".to_owned());
            *made.tally.errors.entry(code).or_default() += 1;
        }
        for (version, count) in (0..).zip(&mut made.by_version) {
            *count += u64::from(rows_of_version(&decided.versions, version));
        }
        decided.add_to(&mut made.counts);
        let is_read = |row: usize| faults.get(&row).is_none_or(|(is_read, _)| *is_read);
        if self.takes_references {
            for row in (0..cases.len()).filter(|row| is_read(*row)) {
                let reference = cases.reference(row);
                made.references.push(hash_of(reference), reference);
            }
        }
        let policies: Vec<u32> = self
            .deciders
            .iter()
            .map(|deciding| {
                let policy = deciding.writer.policy().id.to_string();
                super::columns::code_of(self.batch.names.number(Some(&policy)))
            })
            .collect();
        let group = decided.encode(self.batch, cases, faults, &policies)?;
        made.parts.push(ResultPart::Group(group));
        Ok(())
    }
}

/// The places of the values of all facts, then of the dates; `None` where there are too many.
fn codes(cases: &CaseColumns) -> Option<Vec<&[u16]>> {
    let facts = cases.facts.iter().map(|fact| fact.rows.small());
    facts.chain([cases.dates.rows.small()]).collect()
}

/// Whether all faults of cases were known before.
pub(super) fn are_recorded(cases: &CaseColumns) -> bool {
    let mut faults = cases.faults.values();
    faults.all(|fault| matches!(fault, LoadFault::Recorded(_)))
}
