//! The rows of a column by class: rows of one class have the same code.

use super::row_ids::RowId;
use super::{Codes, NONE};

/// The classes of the rows of a column, numbered as they first occur.
pub(super) struct Classes<'r> {
    /// The id of each row.
    pub ids: Ids<'r>,
    /// The class of each id.
    pub of_id: Vec<u32>,
    /// The code of each class.
    pub codes: Vec<u32>,
    /// How many rows are of each class.
    pub counts: Vec<u32>,
}

/// The ids of rows.
pub(super) enum Ids<'r> {
    Small(&'r [u16]),
    Large(Vec<u32>),
}

impl<'r> Classes<'r> {
    /// The classes of rows with `count` codes, or [`NONE`].
    pub fn of(codes: Codes<'r>, count: usize) -> Self {
        let mut numbers = Numbers {
            // The last is that of no value.
            of_code: vec![NONE; count + 1],
            codes: Vec::new(),
            counts: Vec::new(),
        };
        match codes {
            Codes::ById { rows, codes } => {
                let counts = rows.counts().iter().copied().chain(std::iter::repeat(0));
                let of_id = codes
                    .iter()
                    .zip(counts)
                    .map(|(code, rows)| numbers.class(*code, rows));
                Self {
                    of_id: of_id.collect(),
                    ids: Ids::Small(rows.ids()),
                    codes: numbers.codes,
                    counts: numbers.counts,
                }
            }
            Codes::Each(codes) => {
                let ids = codes.iter().map(|code| numbers.class(*code, 1)).collect();
                Self {
                    ids: Ids::Large(ids),
                    of_id: (0..numbers.codes.len() as u32).collect(),
                    codes: numbers.codes,
                    counts: numbers.counts,
                }
            }
        }
    }
}

struct Numbers {
    of_code: Vec<u32>,
    codes: Vec<u32>,
    counts: Vec<u32>,
}

impl Numbers {
    /// The class of so many rows more with a code.
    #[inline]
    fn class(&mut self, code: u32, rows: u32) -> u32 {
        let last = self.of_code.len() - 1;
        let class = &mut self.of_code[code.place().min(last)];
        if *class == NONE {
            *class = self.codes.len() as u32;
            self.codes.push(code);
            self.counts.push(0);
        }
        self.counts[class.place()] += rows;
        *class
    }
}
