//! Cases as columns: of each fact the distinct values, and for each case which of them it has.

use super::chunk::{LoadFault, Loaded, give};
use crate::case_file::CaseRecord;
use crate::columnar::{Array, Kept, RoomForRows, StringArray, Texts};
use crate::facts::{FactValue, FactValues};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Of each row the place of its value.
#[derive(Debug, Clone)]
pub enum RowCodes {
    /// Of few values.
    Small(Vec<u16>),
    /// Of many.
    Large(Vec<u32>),
}

impl RowCodes {
    /// The places of rows among so many values.
    pub fn of(rows: Vec<u32>, values: usize) -> Self {
        if values <= usize::from(u16::MAX) {
            Self::Small(rows.into_iter().map(|place| place as u16).collect())
        } else {
            Self::Large(rows)
        }
    }

    /// Where there are few values, the place of each row.
    pub fn small(&self) -> Option<&[u16]> {
        match self {
            Self::Small(rows) => Some(rows),
            Self::Large(_) => None,
        }
    }

    fn place(&self, row: usize) -> usize {
        match self {
            Self::Small(rows) => rows[row].into(),
            Self::Large(rows) => rows[row] as usize,
        }
    }
}

/// A column by its distinct values.
#[derive(Debug, Clone)]
pub struct Coded<T> {
    /// The values.
    pub values: Vec<T>,
    /// Of each row the place of its value.
    pub rows: RowCodes,
}

impl<T: Copy> Coded<T> {
    /// The value of a row.
    pub fn of_row(&self, row: usize) -> T {
        self.values[self.rows.place(row)]
    }
}

/// A text for each row.
#[derive(Debug)]
pub enum CaseTexts {
    /// Read into memory.
    Read(StringArray),
    /// As they stand in the file; read as well, where they are asked for.
    Kept(Box<Kept>, Option<Texts>),
}

impl CaseTexts {
    /// The text of a row; `None` also where the texts were not read.
    pub fn get(&self, row: usize) -> Option<&str> {
        match self {
            Self::Read(texts) => texts.is_valid(row).then(|| texts.value(row)),
            Self::Kept(_, texts) => texts.as_ref()?.get(row),
        }
    }

    /// Whether every row has one.
    pub fn are_whole(&self) -> bool {
        match self {
            Self::Read(texts) => texts.null_count() == 0,
            Self::Kept(kept, _) => kept.missing() == Some(0),
        }
    }
}

/// Columns that say the same of a case in a store and of its result.
#[derive(Debug)]
pub struct KeptColumns {
    /// The moments of decision.
    pub dates: Kept,
    /// What is wrong with the cases: code, message, line and column.
    pub faults: [Kept; 4],
}

/// Cases as columns.
#[derive(Debug)]
pub struct CaseColumns {
    pub(super) name: Arc<str>,
    pub(super) first_row: u64,
    pub(super) rows: usize,
    pub(super) sources: Option<CaseTexts>,
    /// The reference of each case; of one in error there may be none.
    pub cases: CaseTexts,
    /// The moments of decision.
    pub dates: Coded<Option<Date>>,
    /// The facts of the case file, in the declared order.
    pub facts: Vec<Coded<Option<FactValue>>>,
    /// Rows in error.
    pub faults: BTreeMap<usize, LoadFault>,
    /// Columns that can be handed on as they are.
    pub kept: Option<KeptColumns>,
}

impl CaseColumns {
    /// How many cases.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Gives back the room of what is known of the rows.
    pub fn give_back(self, room: &mut RoomForRows) {
        let rows = self.facts.into_iter().map(|fact| fact.rows);
        for rows in rows.chain([self.dates.rows]) {
            if let RowCodes::Small(rows) = rows {
                room.give(rows);
            }
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Whether the texts of all cases are in memory, so that each case can be taken by itself.
    pub fn are_read(&self) -> bool {
        let is_read = |texts: &CaseTexts| !matches!(texts, CaseTexts::Kept(_, None));
        is_read(&self.cases) && self.sources.as_ref().is_none_or(is_read)
    }

    /// Where each case stood, when the file says it.
    pub fn sources(&self) -> Option<&CaseTexts> {
        self.sources.as_ref()
    }

    /// Where a case stands, or stood before it was taken into a store.
    pub fn source(&self, row: usize) -> String {
        let source = self.sources.as_ref().and_then(|sources| sources.get(row));
        source.map_or_else(
            || format!("{}:{}", self.name, self.first_row + row as u64),
            str::to_owned,
        )
    }

    /// The reference of a case, empty where there is none.
    pub fn reference(&self, row: usize) -> &str {
        self.cases.get(row).unwrap_or_default()
    }

    /// The facts of a case.
    pub fn facts(&self, row: usize) -> FactValues {
        std::array::from_fn(|fact| self.facts[fact].of_row(row))
    }

    /// Gives a case.
    pub fn give(&self, row: usize, take: &mut dyn FnMut(Loaded<'_>)) {
        let read = match self.faults.get(&row) {
            Some(fault) => Err(fault.clone()),
            None => Ok(CaseRecord {
                case: self.reference(row).to_owned(),
                decision_date: self.dates.of_row(row),
                facts: self.facts(row),
            }),
        };
        give(&self.source(row), read, take);
    }
}
