//! What was decided of a group of rows, by ids that rows share, and the columns that it makes.

use super::answers::{Answers, Said};
use super::columns::{code_of, result_layout};
use super::counts::Counts;
use super::many::{Faults, are_recorded};
use super::outcomes::OutcomeIds;
use super::pipeline::Batch;
use super::result_rows::FaultRows;
use crate::case_load::{CaseColumns, CaseTexts};
use crate::columnar::{Codes, Column, NONE, Numbers, RowGroup, RowIds, Texts};
use crate::facts::days_of;
use std::io;

/// Rows by ids, and what each id stands for.
#[derive(Debug)]
pub(super) struct ById {
    pub ids: Vec<u16>,
    pub codes: Vec<u32>,
}

impl ById {
    fn with_capacity(rows: usize) -> Self {
        Self {
            ids: Vec::with_capacity(rows),
            codes: Vec::new(),
        }
    }
}

/// What was decided of the conclusions of one lane: the rows by the ids of their outcomes.
#[derive(Debug)]
pub(super) struct DecidedLane {
    pub outcomes: OutcomeIds,
    lane: usize,
    /// Of each row its id.
    ids: Vec<u16>,
    /// How many regions there are, with one for those that are not known.
    regions: usize,
    /// How often each id occurs in each region, one id after the other.
    counts: Vec<u32>,
}

impl DecidedLane {
    /// Adds rows by their ids, and counts them by the region of each.
    pub fn add(&mut self, ids: &[u16], regions: &[u32]) {
        self.ids.extend_from_slice(ids);
        self.counts
            .resize(self.outcomes.outcomes().len() * self.regions, 0);
        for (id, region) in ids.iter().zip(regions) {
            self.counts[usize::from(*id) * self.regions + *region as usize] += 1;
        }
    }

    /// The rows by id.
    fn rows(&mut self) -> RowIds {
        let counts = self.counts.chunks(self.regions);
        let counts = counts.map(|of_regions| of_regions.iter().sum());
        RowIds::counted(std::mem::take(&mut self.ids), counts.collect())
    }
}

/// What was decided of one conclusion.
#[derive(Debug)]
struct DecidedConclusion {
    conclusion: usize,
    /// The place of its lane among those that have conclusions.
    lane: usize,
    /// What each id of the lane says of it, and whether it stands for cases in error.
    said: Vec<(Said, bool)>,
}

/// What was decided of a group of rows.
#[derive(Debug)]
pub(super) struct Decided {
    /// Of each row the version by its place; that after the last where it is in error.
    pub versions: Vec<u8>,
    /// Rows whose case has no date.
    pub undated: u64,
    /// The lanes that have conclusions.
    lanes: Vec<DecidedLane>,
    conclusions: Vec<DecidedConclusion>,
    pub needs: ById,
    pub flags: ById,
    /// For each id of `flags` the flags that are open.
    pub flags_open: Vec<u32>,
}

impl Decided {
    /// Nothing yet of so many rows, with the conclusions of each lane.
    pub fn new(conclusions_of: &[Vec<usize>], rows: usize, regions: usize) -> Self {
        let lanes = conclusions_of.iter().enumerate();
        let lanes = lanes.filter(|(_, of)| !of.is_empty());
        let lanes: Vec<DecidedLane> = lanes
            .map(|(lane, _)| DecidedLane {
                outcomes: OutcomeIds::new(),
                lane,
                ids: Vec::with_capacity(rows),
                regions,
                counts: Vec::new(),
            })
            .collect();
        let conclusions = lanes.iter().enumerate().flat_map(|(place, of)| {
            let own = conclusions_of[of.lane].iter();
            own.map(move |conclusion| DecidedConclusion {
                conclusion: *conclusion,
                lane: place,
                said: Vec::new(),
            })
        });
        let mut conclusions: Vec<DecidedConclusion> = conclusions.collect();
        conclusions.sort_by_key(|of| of.conclusion);
        Self {
            versions: Vec::new(),
            undated: 0,
            lanes,
            conclusions,
            needs: ById::with_capacity(rows),
            flags: ById::with_capacity(rows),
            flags_open: Vec::new(),
        }
    }

    /// What is decided of a lane, by its place among those that have conclusions.
    pub fn lane(&mut self, place: usize) -> &mut DecidedLane {
        &mut self.lanes[place]
    }

    /// Takes what the outcomes say of the conclusions.
    pub fn say(&mut self, answers: &Answers) {
        for of in &mut self.conclusions {
            let outcomes = self.lanes[of.lane].outcomes.outcomes().iter();
            let said = outcomes.filter_map(|outcome| {
                let mut own = answers.outcomes().answers(*outcome).iter();
                let (_, answer) = own.find(|(conclusion, _)| *conclusion == of.conclusion)?;
                Some((*answers.said(*answer), answers.is_in_error(*answer)))
            });
            of.said = said.collect();
        }
    }

    /// Adds what was counted to the counts of a batch.
    pub fn add_to(&self, counts: &mut Counts) {
        for of in &self.conclusions {
            let lane = &self.lanes[of.lane];
            let of_ids = of.said.iter().zip(lane.counts.chunks(lane.regions));
            for ((said, _), of_regions) in of_ids.filter(|((_, is_in_error), _)| !is_in_error) {
                let of_regions = of_regions.iter().enumerate();
                for (region, count) in of_regions.filter(|(_, count)| **count > 0) {
                    counts.count_many(of.conclusion, said.value, region, (*count).into());
                }
            }
        }
    }

    /// The rows as they stand in the file of results; `policies` are the codes of the versions.
    pub fn encode(
        mut self,
        batch: &Batch<'_>,
        cases: &CaseColumns,
        faults: &Faults,
        policies: &[u32],
    ) -> io::Result<RowGroup> {
        let rows = self.versions.len();
        let (versions, policy_codes) = versions_by_id(&self.versions, policies);
        let of_lanes: Vec<RowIds> = self.lanes.iter_mut().map(DecidedLane::rows).collect();
        let of_needs = RowIds::from(self.needs.ids);
        let of_flags = RowIds::from(self.flags.ids);
        let whole = cases.sources().filter(|sources| sources.are_whole());
        let sources = match whole {
            Some(read) => ReadOrOwn::Read(column(read)),
            None => ReadOrOwn::Own(texts(rows, |row| Some(cases.source(row)))),
        };
        let is_read = |row: usize| faults.get(&row).is_none_or(|(is_read, _)| *is_read);
        let references = if are_recorded(cases) {
            ReadOrOwn::Read(column(&cases.cases))
        } else {
            let reference = |row: usize| is_read(row).then(|| cases.reference(row).to_owned());
            ReadOrOwn::Own(texts(rows, reference))
        };
        // What was recorded of cases in error stands in the columns of the store; what was found now does not.
        let kept = cases.kept.as_ref();
        let kept = match kept.filter(|_| faults.values().all(|(is_read, _)| !is_read)) {
            Some(kept) => ReadOrOwn::Read(kept),
            None => {
                let of_rows = (0..rows).map(|row| faults.get(&row).map(|(_, fault)| fault));
                ReadOrOwn::Own((dates(cases, faults), FaultRows::of(batch, of_rows)))
            }
        };
        let names = batch.names.all();
        let (words, lists) = (&names.texts[..], &names.lists[..]);
        let word = |rows, codes| Column::Words {
            words,
            codes: Codes::ById { rows, codes },
        };
        let list = |rows, codes| Column::Lists {
            words,
            lists,
            codes: Codes::ById { rows, codes },
        };
        let conclusions = self.conclusions.iter().map(|of| {
            let said = || of.said.iter().map(|(said, _)| said);
            let codes: [Vec<u32>; 3] = [
                said().map(|said| code_of(said.value)).collect(),
                said().map(|said| said.possible).collect(),
                said().map(|said| said.cites).collect(),
            ];
            (&of_lanes[of.lane], codes)
        });
        let conclusions: Vec<_> = conclusions.collect();
        let (dates, faults) = match &kept {
            ReadOrOwn::Read(kept) => (
                Column::Kept(&kept.dates),
                kept.faults.each_ref().map(Column::Kept),
            ),
            ReadOrOwn::Own((dates, faults)) => (dates.column(), faults.columns(words)),
        };
        let mut columns = vec![
            sources.column(),
            references.column(),
            word(&versions, &policy_codes),
            dates,
        ];
        for (rows, [value, possible, cites]) in &conclusions {
            columns.extend([word(rows, value), list(rows, possible), list(rows, cites)]);
        }
        columns.extend([
            list(&of_needs, &self.needs.codes),
            list(&of_flags, &self.flags.codes),
            list(&of_flags, &self.flags_open),
        ]);
        columns.extend(faults);
        result_layout(batch)?.encode(&columns, rows)
    }
}

/// Columns of results: as they were read, or made here.
enum ReadOrOwn<R, O> {
    Read(R),
    Own(O),
}

impl<'c> ReadOrOwn<Column<'c>, Texts> {
    fn column<'s>(&'s self) -> Column<'s>
    where
        'c: 's,
    {
        match self {
            Self::Read(column) => *column,
            Self::Own(texts) => Column::Texts(texts),
        }
    }
}

fn column(texts: &CaseTexts) -> Column<'_> {
    match texts {
        CaseTexts::Read(texts) => Column::Read(texts),
        CaseTexts::Kept(kept, _) => Column::Kept(kept),
    }
}

fn texts(rows: usize, text: impl Fn(usize) -> Option<String>) -> Texts {
    let mut texts = Texts::default();
    (0..rows).for_each(|row| texts.push(text(row).as_deref()));
    texts
}

/// The versions of rows by ids in the order in which they first occur; `policies` are the codes of their names.
fn versions_by_id(versions: &[u8], policies: &[u32]) -> (RowIds, Vec<u32>) {
    let all = 0..=policies.len() as u8;
    let begins = all.filter_map(|version| Some((versions.iter().position(|of| *of == version)?, version)));
    let mut begins: Vec<(usize, u8)> = begins.collect();
    begins.sort_unstable();
    let mut id_of = [0; 1 << u8::BITS];
    let (mut counts, mut codes) = (Vec::new(), Vec::new());
    for (id, (_, version)) in (0..).zip(begins) {
        id_of[usize::from(version)] = id;
        counts.push(rows_of_version(versions, version));
        codes.push(policies.get(usize::from(version)).copied().unwrap_or(NONE));
    }
    let ids = versions.iter().map(|version| id_of[usize::from(*version)]);
    (RowIds::counted(ids.collect(), counts), codes)
}

/// How many rows are of a version.
pub(super) fn rows_of_version(versions: &[u8], version: u8) -> u32 {
    // Of few rows at a time, so that many are compared at once.
    let few = versions.chunks(usize::from(u8::MAX));
    let counts = few.map(|few| few.iter().map(|of| u8::from(*of == version)).sum::<u8>());
    counts.map(u32::from).sum()
}

/// The moments of decision of cases that are not in error.
fn dates(cases: &CaseColumns, faults: &Faults) -> Numbers {
    let days = cases.dates.values.iter();
    let days: Vec<Option<i32>> = days.map(|date| date.map(|date| days_of(date) as i32)).collect();
    let mut numbers = Numbers::coded(&days, cases.dates.rows.small().unwrap_or_default());
    faults.keys().for_each(|row| numbers.remove(*row));
    numbers
}
