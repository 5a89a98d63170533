//! What was decided of a group of rows, by ids that rows share, and the columns that it makes.

use super::answers::Said;
use super::columns::{code_of, result_layout};
use super::counts::Counts;
use super::many::{Faults, are_recorded};
use super::pipeline::Batch;
use super::result_rows::FaultRows;
use crate::case_load::{CaseColumns, CaseTexts};
use crate::columnar::{Codes, Column, NONE, Numbers, RowGroup, RowIds, Texts};
use crate::facts::days_of;
use std::io;
use std::ops::Range;

/// A column of ids, and what each stands for.
#[derive(Debug, Default)]
pub(super) struct ById {
    pub ids: Vec<u16>,
    pub codes: Vec<u32>,
}

/// What was decided of one conclusion.
#[derive(Debug, Default)]
pub(super) struct DecidedConclusion {
    pub ids: Vec<u16>,
    /// What each id says.
    pub said: Vec<Said>,
    /// Of each id whether it stands for cases in error.
    pub is_in_error: Vec<bool>,
    /// How often each id occurs in each region, one id after the other.
    counts: Vec<u32>,
}

/// What was decided of a group of rows.
#[derive(Debug)]
pub(super) struct Decided {
    /// Of each row the version by its place; that after the last where it is in error.
    pub versions: Vec<u8>,
    /// Rows whose case has no date.
    pub undated: u64,
    pub conclusions: Vec<DecidedConclusion>,
    pub needs: ById,
    pub flags: ById,
    /// For each id of `flags` the flags that are open.
    pub flags_open: Vec<u32>,
    /// How many regions there are, with one for those that are not known.
    regions: usize,
}

impl Decided {
    /// Nothing yet of so many conclusions and rows.
    pub fn new(conclusions: usize, rows: usize, regions: usize) -> Self {
        let ids = || Vec::with_capacity(rows);
        let by_id = || ById {
            ids: ids(),
            codes: Vec::new(),
        };
        let conclusion = || DecidedConclusion {
            ids: ids(),
            ..DecidedConclusion::default()
        };
        Self {
            versions: Vec::new(),
            undated: 0,
            conclusions: std::iter::repeat_with(conclusion).take(conclusions).collect(),
            needs: by_id(),
            flags: by_id(),
            flags_open: Vec::new(),
            regions,
        }
    }

    /// Counts what the conclusions of some rows are, by the region of each.
    pub fn count(&mut self, rows: Range<usize>, answers: &[Vec<u32>], region: impl Fn(usize) -> usize) {
        let regions: Vec<u32> = rows.clone().map(|row| region(row) as u32).collect();
        for (of, answers) in self.conclusions.iter_mut().zip(answers) {
            of.counts.resize(answers.len() * self.regions, 0);
            for (id, region) in of.ids[rows.clone()].iter().zip(&regions) {
                of.counts[usize::from(*id) * self.regions + *region as usize] += 1;
            }
        }
    }

    /// Adds what was counted to the counts of a batch.
    pub fn add_to(&self, counts: &mut Counts) {
        for (conclusion, of) in self.conclusions.iter().enumerate() {
            for (id, said) in of.said.iter().enumerate().filter(|(id, _)| !of.is_in_error[*id]) {
                let of_regions = &of.counts[id * self.regions..(id + 1) * self.regions];
                for (region, count) in of_regions.iter().enumerate().filter(|(_, count)| **count > 0) {
                    counts.count_many(conclusion, said.value, region, (*count).into());
                }
            }
        }
    }

    /// The rows as they stand in the file of results; `policies` are the codes of the versions.
    pub fn encode(
        self,
        batch: &Batch<'_>,
        cases: &CaseColumns,
        faults: &Faults,
        policies: &[u32],
    ) -> io::Result<RowGroup> {
        let rows = self.versions.len();
        let (versions, policy_codes) = versions_by_id(&self.versions, policies);
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
        let (words, lists) = batch.names.all();
        let word = |rows, codes| Column::Words {
            words: &words,
            codes: Codes::ById { rows, codes },
        };
        let list = |rows, codes| Column::Lists {
            words: &words,
            lists: &lists,
            codes: Codes::ById { rows, codes },
        };
        let conclusions: Vec<(RowIds<u16>, [Vec<u32>; 3])> = self
            .conclusions
            .into_iter()
            .map(|of| {
                let said = || of.said.iter();
                let codes = [
                    said().map(|said| code_of(said.value)).collect(),
                    said().map(|said| said.possible).collect(),
                    said().map(|said| said.cites).collect(),
                ];
                (of.ids.into(), codes)
            })
            .collect();
        let [needs, flags] = [self.needs.ids, self.flags.ids].map(RowIds::from);
        let (dates, faults) = match &kept {
            ReadOrOwn::Read(kept) => (
                Column::Kept(&kept.dates),
                kept.faults.each_ref().map(Column::Kept),
            ),
            ReadOrOwn::Own((dates, faults)) => (dates.column(), faults.columns(&words)),
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
            list(&needs, &self.needs.codes),
            list(&flags, &self.flags.codes),
            list(&flags, &self.flags_open),
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
fn versions_by_id(versions: &[u8], policies: &[u32]) -> (RowIds<u16>, Vec<u32>) {
    let mut id_of = vec![u16::MAX; policies.len() + 1];
    let mut codes = Vec::new();
    let ids = versions.iter().map(|version| {
        let id = &mut id_of[usize::from(*version)];
        if *id == u16::MAX {
            *id = codes.len() as u16;
            codes.push(policies.get(usize::from(*version)).copied().unwrap_or(NONE));
        }
        *id
    });
    let ids: Vec<u16> = ids.collect();
    (ids.into(), codes)
}

/// The moments of decision of cases that are not in error.
fn dates(cases: &CaseColumns, faults: &Faults) -> Numbers {
    let days = cases.dates.values.iter();
    let days: Vec<Option<i32>> = days.map(|date| date.map(|date| days_of(date) as i32)).collect();
    let mut numbers = Numbers::coded(&days, cases.dates.rows.small().unwrap_or_default());
    faults.keys().for_each(|row| numbers.remove(*row));
    numbers
}
