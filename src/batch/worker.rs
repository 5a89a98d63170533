//! One thread of a batch: chunks in, result lines and counts out.

use super::changes::NumberedChange;
use super::comparison::other_values;
use super::deciding::Deciding;
use super::earlier::{Against, EarlierHandle, hash_of};
use super::pipeline::{Batch, References};
use super::{Cause, Compared, NumberedTally, ResultFormat, RuleSet, table};
use crate::case_file::CaseRecord;
use crate::case_load::{Chunk, FileRead, Loaded};
use crate::diagnostic::Diagnostic;
use crate::evaluate::CaseValues;
use crate::facts::{FactId, FactValue, PickedBy};
use crate::report::{CaseOfLine, write_error_line};
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use std::io;

/// What was made of a chunk.
#[derive(Debug)]
pub(super) struct Made {
    pub text: Vec<u8>,
    pub tally: NumberedTally,
    pub reads: Vec<FileRead>,
    pub references: References,
    by_version: Vec<u64>,
    /// By the earlier version, its fingerprint and the place of the version now.
    by_compared: FxHashMap<(u32, u32, usize), u64>,
    /// By the name of the earlier region.
    by_region: FxHashMap<u32, u64>,
}

pub(super) struct Worker<'b> {
    pub(super) batch: &'b Batch<'b>,
    pub(super) deciders: Vec<Deciding<'b>>,
    others: Vec<Deciding<'b>>,
    earlier: Option<EarlierHandle>,
    /// The number of the name of each region.
    regions: Vec<u32>,
    picked: FxHashMap<Option<Date>, Result<(usize, PickedBy), Diagnostic>>,
    /// Changed cases that this thread has listed. Its chunks come in the order of the input, so that nothing is listed
    /// beyond the bound that could be kept.
    listed: usize,
}

/// So many dates are remembered with the version that holds on them.
const MOST_DATES: usize = 1 << 14;

impl<'b> Worker<'b> {
    /// # Errors
    /// The earlier results cannot be opened.
    pub fn new(batch: &'b Batch<'b>) -> io::Result<Self> {
        let deciders = |rules: &'b RuleSet| {
            let versions = rules.versions();
            versions
                .map(|compiled| Deciding::new(compiled, &batch.conclusions, batch.language, &batch.names))
                .collect()
        };
        let (others, earlier) = match &batch.against {
            None => (Vec::new(), None),
            Some(Against::Version(rules)) => (deciders(rules), None),
            Some(Against::Results(results)) => (Vec::new(), Some(results.handle()?)),
        };
        let regions = &batch.rules.gazetteer().map().regions;
        Ok(Self {
            batch,
            deciders: deciders(batch.rules),
            others,
            earlier,
            regions: regions
                .iter()
                .map(|region| batch.names.number(Some(region)))
                .collect(),
            picked: FxHashMap::default(),
            listed: 0,
        })
    }

    /// Evaluates the cases of a chunk.
    ///
    /// # Errors
    /// The earlier results cannot be read.
    pub fn work(&mut self, chunk: Chunk) -> io::Result<Made> {
        let mut made = Made {
            text: Vec::with_capacity(1 << 20),
            tally: NumberedTally::default(),
            reads: Vec::new(),
            references: References::default(),
            by_version: vec![0; self.deciders.len()],
            by_compared: FxHashMap::default(),
            by_region: FxHashMap::default(),
        };
        let mut failed = None;
        let (gazetteer, limits) = (self.batch.rules.gazetteer().clone(), self.batch.limits);
        made.reads = chunk.read(&gazetteer, &limits, &mut |loaded| {
            if let Err(error) = self.case(loaded, &mut made) {
                failed.get_or_insert(error);
            }
        });
        for (deciding, count) in self.deciders.iter().zip(&made.by_version) {
            let policy = deciding.writer.policy().id.to_string();
            *made.tally.policies.entry(policy).or_default() += count;
        }
        made.tally.policies.retain(|_, count| *count > 0);
        for (region, count) in std::mem::take(&mut made.by_region) {
            let region = self.batch.names.text(region).unwrap_or_default();
            *made.tally.earlier_regions.entry(region).or_default() += count;
        }
        for ((earlier, fingerprint, version), count) in std::mem::take(&mut made.by_compared) {
            let text = |number| self.batch.names.text(number).unwrap_or_default();
            let compared = Compared {
                earlier: text(earlier),
                fingerprint: text(fingerprint),
                now: self.deciders[version].writer.policy().id.to_string(),
            };
            *made.tally.compared.entry(compared).or_default() += count;
        }
        match failed {
            None => Ok(made),
            Some(error) => Err(error),
        }
    }

    fn case(&mut self, loaded: Loaded, made: &mut Made) -> io::Result<()> {
        made.tally.cases += 1;
        let Loaded { source, case } = loaded;
        let record = match case {
            Ok(record) => record,
            Err(faults) => {
                self.error(made, &source, None, &faults);
                return Ok(());
            }
        };
        let hash = hash_of(&record.case);
        let (version, picked_by) = match self.pick(record.decision_date) {
            Ok(picked) => picked,
            Err(fault) => {
                self.error(made, &source, Some(&record.case), &[fault]);
                made.references.push(hash, &record.case);
                return Ok(());
            }
        };
        if picked_by == PickedBy::Newest {
            made.tally.undated += 1;
        }
        let CaseRecord {
            case: reference,
            decision_date,
            facts,
        } = record;
        let values = CaseValues {
            facts,
            decision_date,
            picked_by,
        };
        let other = match &mut self.others[..] {
            [] => None,
            others => Some(other_values(
                others,
                self.batch.against.as_ref(),
                &values,
                &self.batch.names,
            )),
        };
        let found = match &mut self.earlier {
            Some(earlier) => Some(earlier.find(&reference)?),
            None => None,
        };
        let names = &self.batch.names;
        let (from, moved) = match (&other, &found) {
            (Some(Some((_, values))), _) => (Some(values.clone()), None),
            (Some(None), _) => {
                made.tally.not_comparable += 1;
                (None, None)
            }
            (None, Some(Some(earlier))) => {
                let from = self.earlier_values(earlier);
                let moved = self.moved(version, &values, earlier, &from);
                (Some(from), moved)
            }
            (None, Some(None)) => {
                made.tally.only_now += 1;
                (None, None)
            }
            (None, None) => (None, None),
        };
        if let Err(faults) = self.deciders[version].decide(&values, &self.batch.names) {
            self.error(made, &source, Some(&reference), &faults);
            made.references.push(hash, &reference);
            return Ok(());
        }
        let decided = &self.deciders[version];
        made.by_version[version] += 1;
        let earlier_version = match (&other, &found) {
            (Some(Some((other, _))), _) => Some(self.others[*other].version()),
            (_, Some(Some(earlier))) => Some(earlier.version(names)),
            _ => None,
        };
        let region = self.region(values.facts[FactId::Region as usize]);
        if let Some((policy, fingerprint)) = earlier_version {
            *made
                .by_compared
                .entry((policy, fingerprint, version))
                .or_default() += 1;
            let earlier = match &found {
                Some(Some(earlier)) => {
                    self.region(earlier.facts.value(FactId::Region, self.batch.rules.gazetteer()))
                }
                _ => region,
            };
            *made.by_region.entry(earlier).or_default() += 1;
        }
        let mut changes = Vec::new();
        for (index, (to, cites)) in decided.values().zip(decided.cites()).enumerate() {
            let before = from.as_ref().map_or(to, |from| from[index]);
            let change = (before != to).then(|| {
                let cause = match &moved {
                    None => Cause::Rules,
                    Some(moved) if moved[index] == before => Cause::Facts,
                    Some(moved) if moved[index] == to => Cause::Rules,
                    Some(_) => Cause::RulesAndFacts,
                };
                changes.push((index, before, to, cause));
                (cause, cites)
            });
            let flow = (index as u8, before, to, region, change, from.is_some());
            *made.tally.flows.entry(flow).or_default() += 1;
        }
        let of_line = CaseOfLine {
            source: &source,
            case: &reference,
            values: &values,
            needs: decided.needs(),
        };
        match self.batch.format {
            ResultFormat::Lines => {
                decided.writer.write(&mut made.text, of_line, decided.said());
                let has_causes = matches!(self.batch.against, Some(Against::Results(_)));
                write_changes(&mut made.text, self.batch, &changes, has_causes);
                made.text.extend_from_slice(b"}\n");
            }
            ResultFormat::Table => table::write_row(&mut made.text, self.batch, decided, of_line, &changes),
        }
        if !changes.is_empty() {
            made.tally.changed += 1;
        }
        if !changes.is_empty() && self.listed < self.batch.listed {
            self.listed += 1;
            let decided = &self.deciders[version];
            let changes = changes.iter().filter_map(|(index, from, to, cause)| {
                let earlier = match (&other, &found) {
                    (Some(Some((other, _))), _) => self.others[*other].grounds().nth(*index),
                    (_, Some(Some(earlier))) => Some(earlier.grounds(&self.batch.conclusions[*index], names)),
                    _ => None,
                };
                Some(NumberedChange {
                    conclusion: *index,
                    from: *from,
                    to: *to,
                    cause: *cause,
                    earlier: earlier?,
                    now: decided.grounds().nth(*index)?,
                })
            });
            let region = names.text(region);
            made.tally
                .changed_cases
                .push(source, reference.clone(), region, changes);
        }
        made.references.push(hash, &reference);
        Ok(())
    }

    /// The number of the name of a region of origin, 0 where it is not known.
    fn region(&self, fact: Option<FactValue>) -> u32 {
        match fact {
            Some(FactValue::Place(place)) => {
                let region = self.batch.rules.gazetteer().place(place).region;
                self.regions[region as usize]
            }
            _ => 0,
        }
    }

    fn pick(&mut self, date: Option<Date>) -> Result<(usize, PickedBy), Diagnostic> {
        if self.picked.len() >= MOST_DATES {
            self.picked.clear();
        }
        let picked = self.picked.entry(date);
        picked.or_insert_with(|| self.batch.rules.pick(date)).clone()
    }

    fn error(&self, made: &mut Made, source: &str, case: Option<&str>, faults: &[Diagnostic]) {
        let code = faults.first().map_or("unknown", |fault| fault.code);
        *made.tally.errors.entry(code.to_owned()).or_default() += 1;
        match self.batch.format {
            ResultFormat::Lines => {
                write_error_line(&mut made.text, source, faults);
                made.text.extend_from_slice(b"}\n");
            }
            ResultFormat::Table => {
                table::write_error_row(&mut made.text, self.batch, source, case, faults);
            }
        }
    }
}

/// A changed conclusion: its place, the earlier value, the value now, and why.
pub(super) type ChangeOfCase = (usize, u32, u32, Cause);

/// Writes what changed. Only against results can anything but the rules be the cause.
fn write_changes(text: &mut Vec<u8>, batch: &Batch<'_>, changes: &[ChangeOfCase], has_causes: bool) {
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
