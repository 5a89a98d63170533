//! What one thread makes of a chunk.

use super::NumberedTally;
#[cfg(feature = "columnar")]
use super::columns::ResultPart;
use super::counts::Counts;
use super::pipeline::{Batch, References};
#[cfg(feature = "columnar")]
use super::result_rows::ResultRows;
use crate::report::Lines;
use rustc_hash::FxHashMap;

/// What is made of a chunk.
#[derive(Debug)]
pub(super) struct Made {
    pub lines: Lines,
    #[cfg(feature = "columnar")]
    pub rows: ResultRows,
    #[cfg(feature = "columnar")]
    pub parts: Vec<ResultPart>,
    pub tally: NumberedTally,
    /// Conclusions that are not compared.
    pub counts: Counts,
    pub references: References,
    pub by_version: Vec<u64>,
    /// By the earlier version, its fingerprint and the place of the version now.
    pub by_compared: FxHashMap<(u32, u32, usize), u64>,
    /// By the name of the earlier region.
    pub by_region: FxHashMap<u32, u64>,
}

impl Made {
    /// Nothing yet, with lines to write to.
    pub fn new(batch: &Batch<'_>, lines: Lines) -> Self {
        let regions = batch.rules.gazetteer().map().regions.len();
        Self {
            lines,
            #[cfg(feature = "columnar")]
            rows: ResultRows::new(batch),
            #[cfg(feature = "columnar")]
            parts: Vec::new(),
            tally: NumberedTally::default(),
            counts: Counts::of(batch.conclusions.len(), regions),
            references: References::default(),
            by_version: vec![0; batch.rules.versions().len()],
            by_compared: FxHashMap::default(),
            by_region: FxHashMap::default(),
        }
    }

    /// The rows that were made one by one become a part.
    #[cfg(feature = "columnar")]
    pub fn end_rows(&mut self, batch: &Batch<'_>) {
        if !self.rows.is_empty() {
            let rows = std::mem::replace(&mut self.rows, ResultRows::new(batch));
            self.parts.push(ResultPart::Rows(Box::new(rows)));
        }
    }
}
