//! Results as columns: what was concluded, without the reasons' texts, as a Parquet file with lists as lists.

use super::deciding::Deciding;
use super::pipeline::Batch;
use super::table::NOT_DETERMINED;
use super::worker::ChangeOfCase;
use crate::case_store::FAULT_COLUMNS;
use crate::columnar::{
    BYTES_OF_GROUP, Column, ColumnType, Growing, Layout, NONE, Numbers, ROWS_OF_GROUP, RowGroup, StringArray,
    Texts,
};
use crate::diagnostic::CaseFault;
use crate::facts::days_of;
use crate::report::CaseOfLine;
use std::collections::BTreeMap;
use std::io;

/// The name under which a file of results says which rules gave them.
const RESULTS_KEY: &str = "gradatie.results";

/// What was made of a part of a chunk.
#[derive(Debug)]
pub enum ResultPart {
    /// A few rows, to be written together with others.
    Rows(Box<ResultRows>),
    /// Many rows, encoded.
    Group(RowGroup),
}

/// Texts of rows: put together here, or as they were read from a file.
#[derive(Debug, Default)]
pub(super) struct RowTexts {
    own: Texts,
    /// Where this is, there are no others.
    pub read: Option<StringArray>,
}

impl RowTexts {
    fn column(&self) -> Column<'_> {
        self.read.as_ref().map_or(Column::Texts(&self.own), Column::Read)
    }

    pub fn push(&mut self, text: Option<&str>) {
        self.own.push(text);
    }

    fn append(&mut self, other: &Self) {
        match &other.read {
            None => self.own.append(&other.own),
            Some(read) => read.iter().for_each(|text| self.own.push(text)),
        }
    }

    fn bytes(&self) -> usize {
        self.own.bytes()
    }
}

/// What one conclusion is in each row: numbers of the names of the batch.
#[derive(Debug, Default, Clone)]
pub(super) struct ConclusionRows {
    pub value: Vec<u32>,
    pub possible: Vec<u32>,
    pub cites: Vec<u32>,
    pub from: Vec<u32>,
}

/// The rows of a part of the results, by the names of the batch.
#[derive(Debug)]
pub struct ResultRows {
    pub(super) sources: RowTexts,
    pub(super) cases: RowTexts,
    pub(super) policies: Vec<u32>,
    pub(super) dates: Numbers,
    pub(super) conclusions: Vec<ConclusionRows>,
    pub(super) needs: Vec<u32>,
    pub(super) flags: Vec<u32>,
    pub(super) flags_open: Vec<u32>,
    pub(super) codes: Vec<u32>,
    pub(super) messages: RowTexts,
    pub(super) lines: Numbers,
    pub(super) columns: Numbers,
}

/// The code of a word of the batch's names: their numbers begin at 1, and 0 is none.
pub(super) fn code_of(number: u32) -> u32 {
    number.wrapping_sub(1)
}

impl ResultRows {
    /// No rows yet.
    pub(super) fn new(batch: &Batch<'_>) -> Self {
        Self {
            sources: RowTexts::default(),
            cases: RowTexts::default(),
            policies: Vec::new(),
            dates: Numbers::default(),
            conclusions: vec![ConclusionRows::default(); batch.conclusions.len()],
            needs: Vec::new(),
            flags: Vec::new(),
            flags_open: Vec::new(),
            codes: Vec::new(),
            messages: RowTexts::default(),
            lines: Numbers::default(),
            columns: Numbers::default(),
        }
    }

    /// So many rows that say nothing yet; the texts and faults are still to come.
    pub(super) fn of(batch: &Batch<'_>, rows: usize) -> Self {
        let nothing = || vec![NONE; rows];
        let conclusion = || ConclusionRows {
            value: nothing(),
            possible: nothing(),
            cites: nothing(),
            from: Vec::new(),
        };
        Self {
            policies: nothing(),
            conclusions: batch.conclusions.iter().map(|_| conclusion()).collect(),
            needs: nothing(),
            flags: nothing(),
            flags_open: nothing(),
            ..Self::new(batch)
        }
    }

    /// Makes a row say nothing: its case is in error.
    pub(super) fn clear(&mut self, row: usize) {
        self.policies[row] = NONE;
        self.dates.remove(row);
        for rows in &mut self.conclusions {
            rows.value[row] = NONE;
            rows.possible[row] = NONE;
            rows.cites[row] = NONE;
        }
        for column in [&mut self.needs, &mut self.flags, &mut self.flags_open] {
            column[row] = NONE;
        }
    }

    /// Says of so many rows that they have no fault.
    pub(super) fn push_no_faults(&mut self, rows: usize) {
        self.codes.resize(self.codes.len() + rows, NONE);
        for _ in 0..rows {
            self.messages.push(None);
            self.lines.push(None);
            self.columns.push(None);
        }
    }

    /// Whether there is no row.
    pub(super) fn is_empty(&self) -> bool {
        self.policies.is_empty()
    }

    fn len(&self) -> usize {
        self.policies.len()
    }

    /// Adds a case.
    pub(super) fn push(
        &mut self,
        batch: &Batch<'_>,
        decided: &Deciding<'_>,
        case: CaseOfLine<'_>,
        changes: &[ChangeOfCase],
    ) {
        let names = &batch.names;
        self.sources.push(Some(case.source));
        self.cases.push(Some(case.case));
        let policy = decided.writer.policy().id.to_string();
        self.policies.push(code_of(names.number(Some(&policy))));
        self.dates
            .push(case.values.decision_date.map(|date| days_of(date) as i32));
        let values = decided.values().zip(decided.lists());
        for (index, (rows, (value, (possible, cites)))) in self.conclusions.iter_mut().zip(values).enumerate()
        {
            rows.value.push(code_of(value));
            rows.possible.push(possible);
            rows.cites.push(cites);
            let change = changes.iter().find(|(changed, ..)| *changed == index);
            let from = change.map(|(_, from, ..)| match from {
                0 => names.number(Some(NOT_DETERMINED)),
                from => *from,
            });
            rows.from.push(code_of(from.unwrap_or_default()));
        }
        let needs = case.needs.iter().map(|fact| fact.name().to_owned());
        self.needs.push(names.list(needs.collect()));
        let (raised, open) = decided.flags();
        self.flags.push(names.list(raised));
        self.flags_open.push(names.list(open));
        self.push_fault(batch, None);
    }

    /// Adds a case in error.
    pub(super) fn push_error(
        &mut self,
        batch: &Batch<'_>,
        source: &str,
        case: Option<&str>,
        fault: &CaseFault,
    ) {
        self.sources.push(Some(source));
        self.cases.push(case);
        self.policies.push(NONE);
        self.dates.push(None);
        for rows in &mut self.conclusions {
            for column in [
                &mut rows.value,
                &mut rows.possible,
                &mut rows.cites,
                &mut rows.from,
            ] {
                column.push(NONE);
            }
        }
        for column in [&mut self.needs, &mut self.flags, &mut self.flags_open] {
            column.push(NONE);
        }
        self.push_fault(batch, Some(fault));
    }

    pub(super) fn push_fault(&mut self, batch: &Batch<'_>, fault: Option<&CaseFault>) {
        let place = |number: Option<usize>| number.and_then(|number| i32::try_from(number).ok());
        let code = fault.and_then(|fault| fault.code.as_deref());
        self.codes.push(code_of(batch.names.number(code)));
        self.messages.push(fault.map(|fault| fault.message.as_str()));
        self.lines.push(fault.and_then(|fault| place(fault.line)));
        self.columns.push(fault.and_then(|fault| place(fault.column)));
    }

    fn append(&mut self, next: &Self) {
        self.sources.append(&next.sources);
        self.cases.append(&next.cases);
        self.dates.append(&next.dates);
        for (own, next) in self.conclusions.iter_mut().zip(&next.conclusions) {
            own.value.extend(&next.value);
            own.possible.extend(&next.possible);
            own.cites.extend(&next.cites);
            own.from.extend(&next.from);
        }
        self.policies.extend(&next.policies);
        self.needs.extend(&next.needs);
        self.flags.extend(&next.flags);
        self.flags_open.extend(&next.flags_open);
        self.codes.extend(&next.codes);
        self.messages.append(&next.messages);
        self.lines.append(&next.lines);
        self.columns.append(&next.columns);
    }

    fn is_full(&self) -> bool {
        let bytes = self.sources.bytes() + self.cases.bytes() + self.messages.bytes();
        self.len() >= ROWS_OF_GROUP || bytes >= BYTES_OF_GROUP
    }

    /// The rows as they stand in the file.
    pub(super) fn encode(&self, batch: &Batch<'_>, layout: &Layout) -> io::Result<RowGroup> {
        let (words, lists) = batch.names.all();
        let word = |codes| Column::Words { words: &words, codes };
        let list = |codes| Column::Lists {
            words: &words,
            lists: &lists,
            codes,
        };
        let mut columns = vec![
            self.sources.column(),
            self.cases.column(),
            word(&self.policies),
            self.dates.column(),
        ];
        for rows in &self.conclusions {
            columns.extend([word(&rows.value), list(&rows.possible), list(&rows.cites)]);
            if batch.against.is_some() {
                columns.push(word(&rows.from));
            }
        }
        columns.extend([list(&self.needs), list(&self.flags), list(&self.flags_open)]);
        columns.extend([
            word(&self.codes),
            self.messages.column(),
            self.lines.column(),
            self.columns.column(),
        ]);
        layout.encode(&columns, self.len())
    }
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
                    bytes.append(&mut self.growing.add(group)?);
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
