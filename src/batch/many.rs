//! Many cases at once: columns in, columns out. Cases that are decided the same share what is written of them; a case
//! costs some look-ups in each column, and no memory of its own.

use super::columns::{ResultPart, ResultRows, code_of, result_layout};
use super::deciding::{Deciding, FlagState, NOTHING, answer};
use super::earlier::hash_of;
use super::worker::{Made, PickedVersion, Worker};
use crate::case_load::{CaseColumns, LoadFault};
use crate::columnar::{Array, NONE, Numbers};
use crate::diagnostic::CaseFault;
use crate::evaluate::{ManyCases, Numbering};
use crate::facts::{FactId, PickedBy, days_of};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::io;

/// Cases that are decided in one go: what is made of them stays in the cache of a core.
const CASES_OF_BLOCK: usize = 1 << 12;
/// More conclusions or flags than these are decided case by case.
const MOST_CONCLUSIONS: usize = 8;
const MOST_FLAGS: usize = 64;

/// What is known of cases by the places of their answers.
#[derive(Debug, Default)]
pub(super) struct Many {
    /// What each place says.
    places: Vec<Place>,
    /// The list of needs for the places of the open conclusions, one more each; 0 is not open.
    needs: FxHashMap<[u32; MOST_CONCLUSIONS], u32>,
    /// The list for each set of flags.
    flags: FxHashMap<u64, u32>,
}

/// What one place says, in the names of the batch.
#[derive(Debug, Clone, Copy)]
struct Place {
    value: u32,
    possible: u32,
    cites: u32,
    is_open: bool,
    is_raised: bool,
    is_wrong: bool,
}

/// A row in error, and whether its case was read.
type Faults = BTreeMap<usize, (bool, CaseFault)>;

impl Worker<'_> {
    /// Evaluates cases as columns.
    pub(super) fn columns(&mut self, cases: &CaseColumns, made: &mut Made) -> io::Result<()> {
        let picked: Vec<PickedVersion> = cases.dates.values.iter().map(|date| self.pick(*date)).collect();
        let many = ManyCases {
            facts: cases
                .facts
                .iter()
                .map(|fact| (&fact.values[..], &fact.rows[..]))
                .collect(),
            dates: (&cases.dates.values, &cases.dates.rows),
            picked_by: picked
                .iter()
                .map(|picked| picked.as_ref().map_or(PickedBy::Newest, |(_, by)| *by))
                .collect(),
        };
        let numberings: Option<Vec<Numbering>> = self
            .deciders
            .iter()
            .map(|deciding| {
                let policy = deciding.writer.policy();
                let fits = policy.conclusions.len() <= MOST_CONCLUSIONS && policy.flags.len() <= MOST_FLAGS;
                deciding.decider.compiled().numbering(&many).filter(|_| fits)
            })
            .collect();
        let Some(numberings) = numberings else {
            for row in 0..cases.len() {
                self.case(cases.case(row), made)?;
            }
            made.end_rows(self.batch);
            return Ok(());
        };
        let (rows_of_version, mut faults) = self.by_version(cases, &picked, made);
        let mut rows = ResultRows::of(self.batch, cases.len());
        rows.dates = dates(cases);
        let regions = self.region_of_values(cases);
        for (version, of_version) in rows_of_version.iter().enumerate() {
            let policy = self.deciders[version].writer.policy().id.to_string();
            let policy = code_of(self.batch.names.number(Some(&policy)));
            of_version
                .iter()
                .for_each(|row| rows.policies[*row as usize] = policy);
            made.by_version[version] += of_version.len() as u64;
            let before = faults.len();
            for block in of_version.chunks(CASES_OF_BLOCK) {
                let places = self.decide(version, &numberings[version], &many, block);
                self.wrong(version, &many, block, &places, &mut faults);
                let has_wrong = faults.len() > before;
                let region =
                    |row: u32| regions[cases.facts[FactId::Region as usize].rows[row as usize] as usize];
                let conclusions = &self.deciders[version].places;
                let known = &self.many[version].places;
                for (index, question) in conclusions.iter().enumerate() {
                    let Some(question) = question else { continue };
                    let of = &mut rows.conclusions[index];
                    for (row, place) in block.iter().zip(&places[*question]) {
                        let place = known[*place as usize];
                        let at = *row as usize;
                        of.value[at] = code_of(place.value);
                        of.possible[at] = place.possible;
                        of.cites[at] = place.cites;
                        if !(has_wrong && faults.contains_key(&at)) {
                            made.counts.count(index, place.value, region(*row));
                        }
                    }
                }
                self.needs(version, block, &places, &mut rows.needs);
                self.flags(version, block, &places, &mut rows);
            }
            made.by_version[version] -= (faults.len() - before) as u64;
        }
        self.finish(cases, rows, &faults, made)
    }

    /// The rows of each version, and those in error.
    fn by_version(
        &self,
        cases: &CaseColumns,
        picked: &[PickedVersion],
        made: &mut Made,
    ) -> (Vec<Vec<u32>>, Faults) {
        let mut rows: Vec<Vec<u32>> = vec![Vec::new(); self.deciders.len()];
        let mut faults = Faults::new();
        let mut is_wrong = vec![false; cases.len()];
        for (row, fault) in &cases.faults {
            is_wrong[*row] = true;
            faults.insert(*row, (false, fault.first()));
        }
        for (row, date) in cases.dates.rows.iter().enumerate() {
            if is_wrong[row] {
                continue;
            }
            match &picked[*date as usize] {
                Ok((version, by)) => {
                    rows[*version].push(row as u32);
                    made.tally.undated += u64::from(*by == PickedBy::Newest);
                }
                Err(fault) => {
                    faults.insert(row, (true, CaseFault::of(std::slice::from_ref(fault.as_ref()))));
                }
            }
        }
        (rows, faults)
    }

    /// The places of the answers to all questions for a block of cases.
    fn decide(
        &mut self,
        version: usize,
        numbering: &Numbering,
        cases: &ManyCases<'_>,
        block: &[u32],
    ) -> Vec<Vec<u32>> {
        let Deciding {
            decider,
            writer,
            language,
            ..
        } = &mut self.deciders[version];
        let many = &mut self.many[version];
        if decider.forget_where_full() {
            *many = Many::default();
        }
        // Cases that were decided one by one have left answers, too.
        let names = &self.batch.names;
        let mut numbers = Vec::new();
        let questions = decider.compiled().asked().len();
        let places = (0..questions).map(|question| {
            numbering.numbers(question, cases, block, &mut numbers);
            let mut places = Vec::with_capacity(block.len());
            decider.decide_numbers(
                question,
                &numbers,
                &|index| cases.values(block[index] as usize),
                &mut |determined| answer(writer.policy(), *language, determined?, names),
                &mut places,
            );
            places
        });
        let places = places.collect();
        for place in many.places.len()..decider.len() {
            let (answer, is_open) = decider.at(place);
            many.places.push(match answer {
                Ok(answer) => Place {
                    value: answer.value,
                    possible: answer.possible,
                    cites: answer.cites,
                    is_open,
                    is_raised: answer.state == FlagState::Raised,
                    is_wrong: false,
                },
                Err(_) => Place {
                    value: 0,
                    possible: NOTHING,
                    cites: NOTHING,
                    is_open: false,
                    is_raised: false,
                    is_wrong: true,
                },
            });
        }
        places
    }

    /// The faults of questions that fail for a case.
    fn wrong(
        &mut self,
        version: usize,
        cases: &ManyCases<'_>,
        block: &[u32],
        places: &[Vec<u32>],
        faults: &mut Faults,
    ) {
        let known = &self.many[version].places;
        if known.iter().all(|place| !place.is_wrong) {
            return;
        }
        for (index, row) in block.iter().enumerate() {
            if places.iter().any(|places| known[places[index] as usize].is_wrong) {
                let values = cases.values(*row as usize);
                if let Err(found) = self.deciders[version].decide(&values, &self.batch.names) {
                    faults.insert(*row as usize, (true, CaseFault::of(&found)));
                }
            }
        }
    }

    fn needs(&mut self, version: usize, block: &[u32], places: &[Vec<u32>], needs: &mut [u32]) {
        let deciding = &mut self.deciders[version];
        let conclusions = deciding.writer.policy().conclusions.len();
        let many = &mut self.many[version];
        let names = &self.batch.names;
        for (index, row) in block.iter().enumerate() {
            let mut key = [0; MOST_CONCLUSIONS];
            for (key, places) in key.iter_mut().zip(&places[..conclusions]) {
                let place = places[index];
                *key = if many.places[place as usize].is_open {
                    place + 1
                } else {
                    0
                };
            }
            needs[*row as usize] = *many.needs.entry(key).or_insert_with(|| {
                let open: Vec<u32> = key.iter().filter_map(|place| place.checked_sub(1)).collect();
                let needs = deciding.decider.needs_of(&open);
                names.list(needs.iter().map(|fact| fact.name().to_owned()).collect())
            });
        }
    }

    fn flags(&mut self, version: usize, block: &[u32], places: &[Vec<u32>], rows: &mut ResultRows) {
        let policy = self.deciders[version].writer.policy();
        let Many {
            places: known, flags, ..
        } = &mut self.many[version];
        let mut raised = vec![0u64; block.len()];
        let mut open = vec![0u64; block.len()];
        for (flag, places) in places[policy.conclusions.len()..].iter().enumerate() {
            for (index, place) in places.iter().enumerate() {
                let place = known[*place as usize];
                raised[index] |= u64::from(place.is_raised) << flag;
                open[index] |= u64::from(place.is_open) << flag;
            }
        }
        let mut list = |set: u64| {
            *flags.entry(set).or_insert_with(|| {
                let members = policy.flags.iter().enumerate();
                let members = members.filter(|(flag, _)| set >> flag & 1 == 1);
                self.batch
                    .names
                    .list(members.map(|(_, flag)| flag.id.clone()).collect())
            })
        };
        for (index, row) in block.iter().enumerate() {
            rows.flags[*row as usize] = list(raised[index]);
            rows.flags_open[*row as usize] = list(open[index]);
        }
    }

    /// The place of the region of each distinct value of the fact, from 1; 0 where it is not known.
    fn region_of_values(&self, cases: &CaseColumns) -> Vec<usize> {
        let values = cases.facts[FactId::Region as usize].values.iter();
        values.map(|value| self.region(*value)).collect()
    }

    fn finish(
        &self,
        cases: &CaseColumns,
        mut rows: ResultRows,
        faults: &Faults,
        made: &mut Made,
    ) -> io::Result<()> {
        made.tally.cases += cases.len() as u64;
        for (row, (_, fault)) in faults {
            let code = fault.code.clone().unwrap_or_else(|| "unknown".to_owned());
            *made.tally.errors.entry(code).or_default() += 1;
            rows.clear(*row);
        }
        let is_read = |row: usize| faults.get(&row).is_none_or(|(is_read, _)| *is_read);
        match cases.sources().filter(|sources| sources.null_count() == 0) {
            Some(sources) => rows.sources.read = Some(sources.clone()),
            None => (0..cases.len()).for_each(|row| rows.sources.push(Some(&cases.source(row)))),
        }
        if cases
            .faults
            .values()
            .all(|fault| matches!(fault, LoadFault::Recorded(_)))
        {
            rows.cases.read = Some(cases.cases.clone());
        } else {
            for row in 0..cases.len() {
                rows.cases.push(is_read(row).then(|| cases.cases.value(row)));
            }
        }
        if faults.is_empty() {
            rows.push_no_faults(cases.len());
        } else {
            (0..cases.len())
                .for_each(|row| rows.push_fault(self.batch, faults.get(&row).map(|(_, fault)| fault)));
        }
        if self.takes_references {
            for row in (0..cases.len()).filter(|row| is_read(*row)) {
                let reference = cases.cases.value(row);
                made.references.push(hash_of(reference), reference);
            }
        }
        let group = rows.encode(self.batch, &result_layout(self.batch)?)?;
        made.parts.push(ResultPart::Group(group));
        Ok(())
    }
}

fn dates(cases: &CaseColumns) -> Numbers {
    let days = cases.dates.values.iter();
    let days: Vec<Option<i32>> = days.map(|date| date.map(|date| days_of(date) as i32)).collect();
    Numbers::coded(&days, &cases.dates.rows)
}

/// A list of the batch's names where there is none.
const _: () = assert!(NOTHING == NONE);
