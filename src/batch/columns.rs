//! Results as columns: what was concluded, without the reasons' texts, as a Parquet file with lists as lists.

use super::pipeline::Batch;
use super::result_rows::ResultRows;
use crate::case_store::FAULT_COLUMNS;
use crate::columnar::{ColumnType, ColumnsFile, Growing, Layout, RowGroup};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io;

/// The name under which a file of results says which rules gave them.
const RESULTS_KEY: &str = "gradatie.results";

/// The fingerprint of each policy version that gave the results of a file; none where the file does not say.
pub(super) fn rules_of_results(file: &ColumnsFile) -> BTreeMap<String, String> {
    #[derive(Deserialize)]
    struct About {
        rules: BTreeMap<String, String>,
    }
    let about = file.text(RESULTS_KEY);
    let about = about.and_then(|text| serde_json::from_str::<About>(text).ok());
    about.map_or_else(BTreeMap::new, |about| about.rules)
}

/// What was made of a part of a chunk.
#[derive(Debug)]
pub enum ResultPart {
    /// A few rows, to be written together with others.
    Rows(Box<ResultRows>),
    /// Many rows, encoded.
    Group(RowGroup),
}

/// The code of a word of the batch's names: their numbers begin at 1, and 0 is none.
pub(super) fn code_of(number: u32) -> u32 {
    number.wrapping_sub(1)
}

/// The columns of results: those of the table, each of its own type.
pub(super) fn result_layout(batch: &Batch<'_>) -> io::Result<Layout> {
    use ColumnType::{Day, List, Text, Word};
    let mut columns: Vec<(String, ColumnType)> = vec![
        ("source".to_owned(), Text),
        ("case".to_owned(), Text),
        ("policy".to_owned(), Word),
        ("decision_date".to_owned(), Day),
    ];
    for name in &batch.conclusions {
        columns.push((name.clone(), Word));
        columns.push((format!("{name}_possible"), List));
        columns.push((format!("{name}_cites"), List));
        if batch.against.is_some() {
            columns.push((format!("{name}_from"), Word));
        }
    }
    columns.extend(["needs", "flags", "flags_open"].map(|name| (name.to_owned(), List)));
    columns.extend(FAULT_COLUMNS.map(|(name, column)| (name.to_owned(), column)));
    Layout::of(columns.iter().map(|(name, column)| (name.as_str(), *column)))
}

/// A file of results that is being written.
#[derive(Debug)]
pub struct ResultFile {
    growing: Growing,
    pending: ResultRows,
    /// Chunks whose rows are pending.
    chunks: u64,
}

impl ResultFile {
    /// What the file begins with.
    pub const HEAD: &'static [u8] = Growing::HEAD;

    /// A new file.
    ///
    /// # Errors
    /// A conclusion has a name that no column can have.
    pub fn new(batch: &Batch<'_>) -> io::Result<Self> {
        Ok(Self {
            growing: Growing::new(result_layout(batch)?),
            pending: ResultRows::new(batch),
            chunks: 0,
        })
    }

    /// Goes on with a file of so many bytes, from the [`Self::state`] of the run that wrote them.
    ///
    /// # Errors
    /// It is no such state.
    pub fn resume(batch: &Batch<'_>, state: &str, bytes: u64) -> io::Result<Self> {
        Ok(Self {
            growing: Growing::resume(result_layout(batch)?, state, bytes)?,
            ..Self::new(batch)?
        })
    }

    /// Adds what was made of the next chunk; gives the bytes that are to be written now, with how many chunks they end.
    ///
    /// # Errors
    /// The rows cannot be encoded.
    pub fn add(&mut self, batch: &Batch<'_>, parts: Vec<ResultPart>) -> io::Result<(Vec<u8>, u64)> {
        self.chunks += 1;
        let mut bytes = Vec::new();
        for part in parts {
            match part {
                ResultPart::Rows(rows) => {
                    self.pending.append(&rows);
                    if self.pending.is_full() {
                        self.flush(batch, &mut bytes)?;
                    }
                }
                ResultPart::Group(group) => {
                    self.flush(batch, &mut bytes)?;
                    let mut group = self.growing.add(group)?;
                    if bytes.is_empty() {
                        // A group has megabytes, which are not copied.
                        bytes = group;
                    } else {
                        bytes.append(&mut group);
                    }
                }
            }
        }
        Ok((bytes, self.ended()))
    }

    /// Chunks that end with what was encoded.
    fn ended(&mut self) -> u64 {
        if self.is_written() {
            std::mem::take(&mut self.chunks)
        } else {
            0
        }
    }

    /// Whether everything that was added is encoded, so that the state is that of the bytes.
    pub fn is_written(&self) -> bool {
        self.pending.is_empty()
    }

    fn flush(&mut self, batch: &Batch<'_>, bytes: &mut Vec<u8>) -> io::Result<()> {
        if self.is_written() {
            return Ok(());
        }
        let rows = std::mem::replace(&mut self.pending, ResultRows::new(batch));
        let group = rows.encode(batch, self.growing.layout())?;
        bytes.append(&mut self.growing.add(group)?);
        Ok(())
    }

    /// What another run needs to go on.
    ///
    /// # Errors
    /// It cannot be encoded.
    pub fn state(&self) -> io::Result<String> {
        self.growing.state()
    }

    /// The last bytes of the file, with how many chunks they end.
    ///
    /// # Errors
    /// They cannot be encoded.
    pub fn end(&mut self, batch: &Batch<'_>) -> io::Result<(Vec<u8>, u64)> {
        let mut bytes = Vec::new();
        self.flush(batch, &mut bytes)?;
        let rules: BTreeMap<String, &str> = batch
            .rules
            .versions()
            .map(|compiled| {
                let policy = compiled.policy();
                (policy.id.to_string(), policy.fingerprint.as_str())
            })
            .collect();
        let about = serde_json::json!({
            "program": format!("gradatie {}", env!("CARGO_PKG_VERSION")),
            "rules": rules,
        });
        bytes.append(&mut self.growing.end(&[(RESULTS_KEY, about.to_string())])?);
        Ok((bytes, self.ended()))
    }
}
