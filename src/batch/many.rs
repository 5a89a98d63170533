//! Many cases at once: columns in, columns out. Cases that are decided the same share what is written of them; a case
//! costs a few look-ups, and no memory of its own.

use super::answers::{Answers, Fails, MOST_CONCLUSIONS};
use super::columns::ResultPart;
use super::combinations::{Combinations, Key};
use super::decided::Decided;
use super::earlier::hash_of;
use super::made::Made;
use super::worker::{PickedVersion, Worker};
use crate::case_load::{CaseColumns, LoadFault};
use crate::diagnostic::CaseFault;
use crate::evaluate::{CompiledPolicy, LANES, ManyCases, Row, Sums};
use crate::facts::{FactId, PickedBy};
use std::collections::BTreeMap;
use std::io;

/// Cases that are decided in one go: their sums stay in the nearest cache.
const CASES_OF_BLOCK: usize = 1 << 9;
/// More combinations of flags are not kept.
const MOST_KEPT: usize = 1 << 17;

/// A row in error, and whether its case was read.
pub(super) type Faults = BTreeMap<usize, (bool, CaseFault)>;

/// The answers of a group of rows by ids of their own, numbered in the order in which they first occur.
#[derive(Debug)]
struct Ids {
    /// Of each answer twice its id and whether it is open, from 2; 0 where it has none yet.
    of_answer: Vec<u32>,
    /// Of each conclusion the answers by id.
    answers: Vec<Vec<u32>>,
}

impl Ids {
    fn id(&mut self, answers: &Answers, conclusion: usize, answer: u32) -> u32 {
        if self.of_answer.len() <= answers.len() {
            self.of_answer.resize(answers.len() + 1, 0);
        }
        if self.of_answer[answer as usize] == 0 {
            let of = &mut self.answers[conclusion];
            let is_open = answers.said(answer).is_open;
            self.of_answer[answer as usize] = (of.len() as u32 + 1) << 1 | u32::from(is_open);
            of.push(answer);
        }
        self.of_answer[answer as usize]
    }
}

/// Ids of rows have 16 bits; one of them is none.
const MOST_IDS: usize = u16::MAX as usize;

impl Worker<'_> {
    /// Evaluates cases as columns; says whether it could, and has done nothing where it could not.
    pub(super) fn parts(&mut self, parts: Vec<CaseColumns>, made: &mut Made) -> io::Result<bool> {
        for cases in parts {
            if self.columns(&cases, made)? {
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
        if has_forgotten || answers.combinations() >= MOST_KEPT {
            answers.forget();
        }
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
        let picked: Vec<PickedVersion> = cases.dates.values.iter().map(|date| self.pick(*date)).collect();
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
        let conclusions = self.batch.conclusions.len();
        let lanes = answers.lanes()[0].len();
        let regions = self.region_of_values(cases);
        let of_region = many.facts[FactId::Region as usize].1;
        let mut ids = Ids {
            of_answer: Vec::new(),
            answers: vec![Vec::new(); conclusions],
        };
        let mut decided = Decided::new(conclusions, cases.len(), self.regions.len() + 1);
        let (mut needs, mut flags) = (Combinations::default(), Combinations::default());
        let mut room = vec![[0; LANES]; CASES_OF_BLOCK];
        let mut places = Vec::new();
        let mut open: Vec<Key> = Vec::new();
        let mut states: Vec<Key> = Vec::new();
        let mut wrong = Vec::new();
        let mut all_wrong = Vec::new();
        for from in (0..cases.len()).step_by(CASES_OF_BLOCK) {
            let count = CASES_OF_BLOCK.min(cases.len() - from);
            let room = &mut room[..count];
            open.clear();
            open.resize(count, [0; 2]);
            states.clear();
            states.extend(
                versions[from..from + count]
                    .iter()
                    .map(|version| [0, (*version).into()]),
            );
            wrong.clear();
            for lane in 0..lanes {
                if lane % LANES == 0 {
                    sums.add_up(lane / LANES, &many, from, &mut places, room);
                }
                let mut find = |answers: &mut Answers, at: usize, sum: u32| {
                    let version = usize::from(many.versions[from + at]);
                    let case = || many.case(from + at);
                    let deciding = &mut self.deciders[version];
                    let found = answers.find(deciding, (version, lane, sum), &case, &self.batch.names);
                    found.unwrap_or_else(|Fails| {
                        wrong.push(at);
                        answers.unanswered(lane)
                    })
                };
                if lane < conclusions {
                    let of_rows = &mut decided.conclusions[lane].ids;
                    of_rows.resize(from + count, 0);
                    let of_rows = &mut of_rows[from..];
                    decide_conclusion(lane, room, answers, &mut ids, &mut find, of_rows, &mut open);
                } else {
                    let shift = answers.bits_of_flag(lane);
                    for (at, (sums, states)) in room.iter().zip(&mut states).enumerate() {
                        let sum = sums[lane % LANES];
                        let state = match answers.known(sum) {
                            0 => find(answers, at, sum),
                            state => state,
                        };
                        states[0] |= u64::from(state) << shift;
                    }
                }
            }
            if !wrong.is_empty() {
                wrong.sort_unstable();
                wrong.dedup();
                for at in &wrong {
                    // Nothing is said of the case, as if it fell under no version.
                    states[*at] = [0, self.deciders.len() as u64];
                    open[*at] = [0; 2];
                    for conclusion in 0..conclusions {
                        let id = ids.id(answers, conclusion, answers.in_error(conclusion));
                        decided.conclusions[conclusion].ids[from + at] = ((id >> 1) - 1) as u16;
                        open[*at][conclusion / 4] |= u64::from(id >> 1) << (conclusion % 4 * 16);
                    }
                }
                all_wrong.extend(wrong.iter().map(|at| from + at));
            }
            if ids.answers.iter().any(|answers| answers.len() >= MOST_IDS) {
                return None;
            }
            for key in &open {
                decided.needs.ids.push(needs.number(*key) as u16);
            }
            for key in &states {
                decided.flags.ids.push(flags.number(*key) as u16);
            }
            if needs.keys().len().max(flags.keys().len()) >= MOST_IDS {
                return None;
            }
            decided.count(from..from + count, &ids.answers, |row| {
                regions[usize::from(of_region[row])]
            });
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
        let names = &self.batch.names;
        for (of, ids) in decided.conclusions.iter_mut().zip(&ids.answers) {
            of.said = ids.iter().map(|answer| *answers.said(*answer)).collect();
            of.is_in_error = ids.iter().map(|answer| answers.is_in_error(*answer)).collect();
        }
        decided.needs.codes = needs
            .keys()
            .iter()
            .map(|key| {
                let open = (0..conclusions).filter_map(|conclusion| {
                    let id = (key[conclusion / 4] >> (conclusion % 4 * 16)) as u16;
                    let id = usize::from(id).checked_sub(1)?;
                    Some(ids.answers[conclusion][id])
                });
                answers.needs(&open.collect::<Vec<_>>(), &mut self.deciders, names)
            })
            .collect();
        for [states, version] in flags.keys() {
            let (raised, open) = answers.flags(*version as usize, *states, &self.deciders, names);
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
        let mut rows_of = vec![0u64; picked.len()];
        dates.iter().for_each(|date| rows_of[usize::from(*date)] += 1);
        let mut undated = 0;
        for (date, picked) in picked.iter().enumerate() {
            match picked {
                Ok((_, PickedBy::Newest)) => undated += rows_of[date] - in_error[date],
                Err(fault) if rows_of[date] > 0 => {
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
    fn region_of_values(&self, cases: &CaseColumns) -> Vec<usize> {
        let values = cases.facts[FactId::Region as usize].values.iter();
        values.map(|value| self.region(*value)).collect()
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
        for version in &decided.versions {
            if let Some(count) = made.by_version.get_mut(usize::from(*version)) {
                *count += 1;
            }
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

/// The answers of some cases to one conclusion.
fn decide_conclusion(
    conclusion: usize,
    sums: &[Row],
    answers: &mut Answers,
    ids: &mut Ids,
    find: &mut dyn FnMut(&mut Answers, usize, u32) -> u32,
    of_rows: &mut [u16],
    open: &mut [Key],
) {
    let (word, shift) = (conclusion / 4, conclusion % 4 * 16);
    let rows = sums.iter().zip(open).zip(of_rows);
    for (at, ((sums, open), of_row)) in rows.enumerate() {
        let sum = sums[conclusion % LANES];
        let answer = match answers.known(sum) {
            0 => find(answers, at, sum),
            answer => answer,
        };
        let mut id = ids.of_answer.get(answer as usize).copied().unwrap_or_default();
        if id == 0 {
            id = ids.id(answers, conclusion, answer);
        }
        *of_row = ((id >> 1) - 1) as u16;
        open[word] |= u64::from((id >> 1) * (id & 1)) << shift;
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

/// Four ids of 16 bits in each word of a combination.
const _: () = assert!(MOST_CONCLUSIONS <= 8);
