//! One thread of a batch: chunks in, result lines and counts out.

use super::changes::{NumberedChange, write_changes};
use super::comparison::{Explained, other_values};
use super::deciding::Deciding;
use super::earlier::{Against, EarlierHandle, hash_of};
use super::made::Made;
use super::pipeline::{Batch, Buffers, Done, References};
use super::{Compared, NumberedTally, ResultFormat, RuleSet, table};
use crate::case_file::{CaseReader, CaseRecord};
use crate::case_load::{Chunk, FileRead, Loaded, Work};
use crate::diagnostic::CaseFault;
use crate::evaluate::CaseValues;
use crate::facts::{FactId, FactValue, PickedBy};
use crate::report::{CaseOfLine, Lines, write_error_line};
use std::io;

pub(super) struct Worker<'b> {
    pub(super) batch: &'b Batch<'b>,
    pub(super) deciders: Vec<Deciding<'b>>,
    /// Whether the references of cases are wanted.
    pub(super) takes_references: bool,
    buffers: Buffers,
    /// What is known of the answers of many cases; none where cases are decided one by one.
    #[cfg(feature = "columnar")]
    pub(super) answers: Option<super::answers::Answers>,
    /// Room for the columns of cases.
    #[cfg(feature = "columnar")]
    pub(super) room: crate::columnar::RoomForRows,
    others: Vec<Deciding<'b>>,
    pub(super) earlier: Option<EarlierHandle<'b>>,
    /// The number of the name of each region.
    pub(super) regions: Vec<u32>,
    /// Changed cases that this thread has listed. Its chunks come in the order of the input, so that nothing is listed
    /// beyond the bound that could be kept.
    listed: usize,
}

/// What reads the cases of a thread, and what evaluates them.
pub(super) struct Thread<'b> {
    reader: CaseReader<'b>,
    worker: Worker<'b>,
}

impl<'b> Thread<'b> {
    /// # Errors
    /// The earlier results cannot be opened.
    pub fn new(batch: &'b Batch<'b>, takes_references: bool) -> io::Result<Self> {
        Ok(Self {
            reader: CaseReader::new(batch.rules.gazetteer(), batch.limits),
            worker: Worker::new(batch, takes_references)?,
        })
    }
}

impl Work for Thread<'_> {
    type Made = Done;

    fn work(&mut self, chunk: Chunk, is_skipped: bool) -> io::Result<Done> {
        if !is_skipped {
            return self.worker.chunk(chunk, &mut self.reader);
        }
        Ok(Done {
            lines: Lines::default(),
            #[cfg(feature = "columnar")]
            parts: Vec::new(),
            tally: NumberedTally::default(),
            reads: chunk.skip(),
            references: References::default(),
            is_skipped,
            buffers: self.worker.buffers.clone(),
        })
    }
}

impl<'b> Worker<'b> {
    /// # Errors
    /// The earlier results cannot be opened.
    fn new(batch: &'b Batch<'b>, takes_references: bool) -> io::Result<Self> {
        let deciders = |rules: &'b RuleSet| {
            let versions = rules.versions();
            versions.map(|compiled| Deciding::new(compiled, batch)).collect()
        };
        let (others, earlier) = match &batch.against {
            None => (Vec::new(), None),
            Some(Against::Version(rules)) => (deciders(rules), None),
            Some(Against::Results(results)) => (Vec::new(), Some(results.handle(batch)?)),
        };
        let own: Vec<Deciding<'_>> = deciders(batch.rules);
        let regions = &batch.rules.gazetteer().map().regions;
        Ok(Self {
            batch,
            takes_references,
            buffers: Buffers::default(),
            #[cfg(feature = "columnar")]
            answers: (batch.format == ResultFormat::Columns && batch.against.is_none())
                .then(|| super::answers::Answers::new(&own, batch.conclusions.len()))
                .flatten(),
            #[cfg(feature = "columnar")]
            room: crate::columnar::RoomForRows::default(),
            deciders: own,
            others,
            earlier,
            regions: regions
                .iter()
                .map(|region| batch.names.number(Some(region)))
                .collect(),
            listed: 0,
        })
    }

    /// Evaluates the cases of a chunk: columns by columns where the results are columns, else one by one.
    fn cases(
        &mut self,
        chunk: Chunk,
        reader: &mut CaseReader<'_>,
        made: &mut Made,
    ) -> io::Result<Vec<FileRead>> {
        let mut failed = None;
        #[cfg(feature = "columnar")]
        if self.answers.is_some()
            && let Some(parts) = chunk.columns(
                reader.gazetteer(),
                &reader.limits(),
                self.takes_references,
                &mut self.room,
            )
            && self.parts(parts, made)?
        {
            return Ok(chunk.skip());
        }
        let reads = chunk.read(reader, &mut |loaded| {
            if let Err(error) = self.case(loaded, made) {
                failed.get_or_insert(error);
            }
        });
        #[cfg(feature = "columnar")]
        made.end_rows(self.batch);
        failed.map_or(Ok(reads), Err)
    }

    /// Evaluates the cases of a chunk.
    fn chunk(&mut self, chunk: Chunk, reader: &mut CaseReader<'_>) -> io::Result<Done> {
        let mut made = Made::new(self.batch, self.buffers.get(&self.batch.names));
        let reads = self.cases(chunk, reader, &mut made)?;
        made.counts.add_to(&mut made.tally, &self.regions);
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
        Ok(Done {
            lines: made.lines,
            #[cfg(feature = "columnar")]
            parts: made.parts,
            tally: made.tally,
            reads,
            references: made.references,
            is_skipped: false,
            buffers: self.buffers.clone(),
        })
    }

    pub(super) fn case(&mut self, loaded: Loaded<'_>, made: &mut Made) -> io::Result<()> {
        made.tally.cases += 1;
        let Loaded { source, case } = loaded;
        let record = match case {
            Ok(record) => record,
            Err(fault) => {
                self.error(made, source, None, &fault.first());
                return Ok(());
            }
        };
        let (version, picked_by) = match self.batch.rules.pick(record.decision_date) {
            Ok(picked) => picked,
            Err(fault) => {
                self.error(made, source, Some(&record.case), &CaseFault::of(&[*fault]));
                self.take_reference(made, &record.case);
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
            facts: *facts,
            decision_date: *decision_date,
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
            Some(earlier) => Some(earlier.find(reference, self.batch)?),
            None => None,
        };
        let names = &self.batch.names;
        let mut explained = Explained::SameFacts;
        let from = match (&other, &found) {
            (Some(Some((_, values))), _) => Some(values.clone()),
            (Some(None), _) => {
                made.tally.not_comparable += 1;
                None
            }
            (None, Some(Some(earlier))) => {
                let from = earlier.values(self.batch);
                explained = self.explained(version, &values, earlier, &from);
                Some(from)
            }
            (None, Some(None)) => {
                made.tally.only_now += 1;
                None
            }
            (None, None) => None,
        };
        if let Err(faults) = self.deciders[version].decide(&values, &self.batch.names) {
            self.error(made, source, Some(reference), &CaseFault::of(&faults));
            self.take_reference(made, reference);
            return Ok(());
        }
        let decided = &self.deciders[version];
        made.by_version[version] += 1;
        let earlier_version = match (&other, &found) {
            (Some(Some((other, _))), _) => Some(self.others[*other].version()),
            (_, Some(Some(earlier))) => Some(earlier.version(names)),
            _ => None,
        };
        let place_of_region = self.region(values.facts[FactId::Region as usize]);
        let region = self.name_of_region(values.facts[FactId::Region as usize]);
        if let Some((policy, fingerprint)) = earlier_version {
            *made
                .by_compared
                .entry((policy, fingerprint, version))
                .or_default() += 1;
            let earlier = match &found {
                Some(Some(earlier)) => earlier
                    .region(self.batch.rules.gazetteer())
                    .map(|fact| self.name_of_region(fact)),
                _ => Some(region),
            };
            if let Some(earlier) = earlier {
                *made.by_region.entry(earlier).or_default() += 1;
            }
        }
        let mut changes = Vec::new();
        let values_now = decided.values();
        if from.is_none() {
            made.counts.count_case(values_now, place_of_region);
        }
        let before = from.iter().flatten().zip(decided.cites());
        for (index, ((before, cites), to)) in before.zip(values_now).enumerate() {
            let (before, to) = (*before, *to);
            let change = (before != to).then(|| {
                let cause = explained.cause(index, before, to);
                changes.push((index, before, to, cause));
                (cause, cites)
            });
            let flow = (index as u8, before, to, region, change, true);
            *made.tally.flows.entry(flow).or_default() += 1;
        }
        let of_line = CaseOfLine {
            source,
            case: reference,
            values: &values,
            rests_on: decided.decider.rests_on(),
        };
        match self.batch.format {
            ResultFormat::Lines => {
                decided.write(&mut made.lines, of_line, &names.texts);
                let has_causes = matches!(self.batch.against, Some(Against::Results(_)));
                write_changes(&mut made.lines.own, self.batch, &changes, has_causes);
                made.lines.own.extend_from_slice(b"}\n");
            }
            ResultFormat::Table => {
                table::write_row(&mut made.lines.own, self.batch, decided, of_line, &changes)
            }
            #[cfg(feature = "columnar")]
            ResultFormat::Columns => made.rows.push(self.batch, decided, of_line, &changes),
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
                    (_, Some(Some(earlier))) => Some(earlier.grounds(*index, self.batch)),
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
                .push(source.to_owned(), reference.clone(), region, changes);
        }
        self.take_reference(made, reference);
        Ok(())
    }

    /// The place of a region of origin, from 1; 0 where it is not known.
    pub(super) fn region(&self, fact: Option<FactValue>) -> usize {
        match fact {
            Some(FactValue::Place(place)) => self.batch.rules.gazetteer().place(place).region as usize + 1,
            _ => 0,
        }
    }

    /// The number of the name of a region of origin, 0 where it is not known.
    fn name_of_region(&self, fact: Option<FactValue>) -> u32 {
        let region = self.region(fact).checked_sub(1);
        region.map_or(0, |region| self.regions[region])
    }

    fn take_reference(&self, made: &mut Made, reference: &str) {
        if self.takes_references {
            made.references.push(hash_of(reference), reference);
        }
    }

    fn error(&self, made: &mut Made, source: &str, case: Option<&str>, fault: &CaseFault) {
        let code = fault.code.clone().unwrap_or_else(|| "unknown".to_owned());
        *made.tally.errors.entry(code).or_default() += 1;
        match self.batch.format {
            ResultFormat::Lines => {
                write_error_line(&mut made.lines.own, source, fault);
                made.lines.own.extend_from_slice(b"}\n");
            }
            ResultFormat::Table => {
                table::write_error_row(&mut made.lines.own, self.batch, source, case, fault);
            }
            #[cfg(feature = "columnar")]
            ResultFormat::Columns => made.rows.push_error(self.batch, source, case, fault),
        }
    }
}
