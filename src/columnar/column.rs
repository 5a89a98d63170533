//! A column in memory, as it is given to be written.

use super::RowIds;
use super::kept::Kept;
use rustc_hash::FxHashMap;

/// Stands for "no value" among codes.
pub const NONE: u32 = u32::MAX;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// A text of its own in each row.
    Text,
    /// A word in each row, out of few.
    Word,
    /// A list of words in each row, out of few lists.
    List,
    /// A calendar day.
    Day,
    /// A whole number of 32 bits.
    Number,
}

/// Texts one after the other; each may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    bytes: Vec<u8>,
    /// Where each ends, and whether it is there.
    ends: Vec<(usize, bool)>,
}

impl Texts {
    /// Adds a text, or that there is none.
    pub fn push(&mut self, text: Option<&str>) {
        self.bytes.extend_from_slice(text.unwrap_or_default().as_bytes());
        self.ends.push((self.bytes.len(), text.is_some()));
    }

    /// Adds all texts of another.
    pub fn append(&mut self, other: &Self) {
        let before = self.bytes.len();
        self.bytes.extend_from_slice(&other.bytes);
        self.ends
            .extend(other.ends.iter().map(|(end, is_there)| (before + end, *is_there)));
    }

    /// That of a row.
    pub fn get(&self, row: usize) -> Option<&str> {
        let (end, is_there) = self.ends[row];
        let begin = row.checked_sub(1).map_or(0, |before| self.ends[before].0);
        // What was added was text.
        let text = std::str::from_utf8(&self.bytes[begin..end]).ok();
        text.filter(|_| is_there)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Their bytes together.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Each in turn.
    pub fn iter(&self) -> impl Iterator<Item = Option<&[u8]>> + Clone {
        let begins = [0].into_iter().chain(self.ends.iter().map(|(end, _)| *end));
        let spans = begins.zip(&self.ends);
        spans.map(|(begin, (end, is_there))| is_there.then(|| &self.bytes[begin..*end]))
    }
}

/// The codes of rows.
#[derive(Debug, Clone, Copy)]
pub enum Codes<'c> {
    /// That of each row.
    Each(&'c [u32]),
    /// That of the id of each row: rows that share much have an id together, by which several columns find their codes.
    ById {
        /// The ids.
        rows: &'c RowIds,
        /// The code of each id.
        codes: &'c [u32],
    },
}

/// A column of a group of rows.
#[derive(Debug, Clone, Copy)]
pub enum Column<'c> {
    /// Texts.
    Texts(&'c Texts),
    /// Texts as they were read from a file.
    Read(&'c arrow_array::StringArray),
    /// As it stands in another file, of the same type.
    Kept(&'c Kept),
    /// The word of each row by its place among `words`, or [`NONE`].
    Words {
        /// The words.
        words: &'c [String],
        /// The code of each row.
        codes: Codes<'c>,
    },
    /// The list of each row by its place among `lists`, or [`NONE`].
    Lists {
        /// The words of all lists.
        words: &'c [String],
        /// The lists, by the places of their words.
        lists: &'c [Box<[u32]>],
        /// The code of each row.
        codes: Codes<'c>,
    },
    /// The number or day (since 1970-01-01) of each row by its place among `values`, or [`NONE`].
    Numbers {
        /// The values.
        values: &'c [i32],
        /// The code of each row.
        codes: Codes<'c>,
    },
}

/// Bytes that a row usually takes of a column with codes.
const USUAL_BYTES_OF_CODES: usize = 4;

impl Column<'_> {
    /// About how many bytes so many rows take, rather more.
    pub(super) fn usual_bytes(&self, rows: usize) -> usize {
        match self {
            Self::Texts(texts) => texts.bytes() + 5 * rows,
            Self::Read(texts) => texts.value_data().len() + 5 * rows,
            Self::Kept(kept) => kept.length(),
            Self::Words { .. } | Self::Lists { .. } | Self::Numbers { .. } => USUAL_BYTES_OF_CODES * rows,
        }
    }

    /// Whether every id of its rows has a code.
    pub(super) fn has_codes(&self) -> bool {
        match self {
            Self::Words { codes, .. } | Self::Lists { codes, .. } | Self::Numbers { codes, .. } => {
                match codes {
                    Codes::Each(_) => true,
                    Codes::ById { rows, codes } => rows.counts().len() <= codes.len(),
                }
            }
            Self::Texts(_) | Self::Read(_) | Self::Kept(_) => true,
        }
    }
}

/// Numbers or days by code.
#[derive(Debug, Default)]
pub struct Numbers {
    values: Vec<i32>,
    places: FxHashMap<i32, u32>,
    codes: Vec<u32>,
}

impl Numbers {
    /// Numbers of which each row has the place of its own.
    pub fn coded(values: &[Option<i32>], rows: &[u16]) -> Self {
        let mut numbers = Self::default();
        values.iter().for_each(|value| numbers.push(*value));
        let codes = std::mem::take(&mut numbers.codes);
        numbers.codes = rows.iter().map(|row| codes[usize::from(*row)]).collect();
        numbers
    }

    /// Makes the number of a row missing.
    pub fn remove(&mut self, row: usize) {
        self.codes[row] = NONE;
    }

    /// Adds a number, or that there is none.
    pub fn push(&mut self, number: Option<i32>) {
        let code = number.map_or(NONE, |number| {
            *self.places.entry(number).or_insert_with(|| {
                self.values.push(number);
                self.values.len() as u32 - 1
            })
        });
        self.codes.push(code);
    }

    /// Adds all numbers of another.
    pub fn append(&mut self, other: &Self) {
        for code in &other.codes {
            self.push((*code != NONE).then(|| other.values[*code as usize]));
        }
    }

    /// The column that they are.
    pub fn column(&self) -> Column<'_> {
        Column::Numbers {
            values: &self.values,
            codes: Codes::Each(&self.codes),
        }
    }
}
