//! The first row of cases in CSV, which says what the cells of the others are; the names of columns of any file.

use crate::diagnostic::{Diagnostic, did_you_mean, quoted};
use crate::facts::FactId;
use crate::source::Source;
use csv::{ByteRecord, ReaderBuilder};
use std::sync::Arc;

/// The first row of a file.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) delimiter: u8,
    pub(super) columns: Vec<Column>,
    /// What is wrong with it: no row can be read then.
    pub(super) faults: Vec<Diagnostic>,
    /// The lines that it takes.
    pub lines: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Case,
    DecisionDate,
    Notes,
    Fact(FactId),
}

const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// What stands between the cells of a first row: the delimiter that stands there most often.
pub(crate) fn delimiter_of(first_row: &[u8]) -> u8 {
    DELIMITERS
        .into_iter()
        .max_by_key(|delimiter| memchr::memchr_iter(*delimiter, first_row).count())
        .filter(|delimiter| first_row.contains(delimiter))
        .unwrap_or(b',')
}

/// Whether a line names columns, one of them `case`.
pub(crate) fn is_row_of_names(line: &[u8]) -> bool {
    Header::is_one(line)
}

impl Header {
    /// Whether a line is a header: one of its cells is `case`.
    pub fn is_one(line: &[u8]) -> bool {
        let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        DELIMITERS
            .iter()
            .any(|delimiter| cells(line, *delimiter).iter().any(|cell| cell == b"case"))
    }

    /// Reads the header at the beginning of a text; gives the rest of the text.
    pub fn read(name: &str, mut text: Vec<u8>) -> (Self, Vec<u8>) {
        let end = memchr::memchr(b'\n', &text).map_or(text.len(), |at| at + 1);
        let rest = text.split_off(end);
        let lines = usize::from(text.ends_with(b"\n"));
        let shown = String::from_utf8_lossy(&text).into_owned();
        let source = Source::of_case(name, shown.trim_end(), 1);
        let delimiter = delimiter_of(&text);
        let names = cells(&text, delimiter);
        let names = names
            .iter()
            .map(|cell| String::from_utf8_lossy(cell).trim().to_owned());
        let named = columns_of(names, &source);
        // A row that names no column may be a case, and is in error like the others.
        let (lines, rest) = match named.is_any {
            true => (lines, rest),
            false => (0, [text, rest].concat()),
        };
        let header = Self {
            delimiter,
            columns: named.columns,
            faults: named.faults,
            lines,
        };
        (header, rest)
    }
}

/// Columns by their names.
pub(super) struct Named {
    /// Whether any name is that of a column, or was meant to be.
    is_any: bool,
    pub(super) columns: Vec<Column>,
    /// What is wrong with the names.
    pub(super) faults: Vec<Diagnostic>,
}

/// The columns of these names, and what is wrong with them.
pub(super) fn columns_of(names: impl Iterator<Item = String>, source: &Arc<Source>) -> Named {
    let names: Vec<String> = names.collect();
    let meant: Vec<Option<String>> = names.iter().map(|name| meant(name)).collect();
    let is_row_of_names =
        |(name, meant): (&String, &Option<String>)| column(name).is_some() || meant.is_some();
    if !names.iter().zip(&meant).any(is_row_of_names) {
        // Perhaps a case, of which nothing is repeated.
        let fault = Diagnostic::error("missing-header", "the first row names no column");
        let fault = fault.at(source, 0..0, "in this row");
        return Named {
            is_any: false,
            columns: Vec::new(),
            faults: vec![fault.help("begin with a row of names, as in `case,decision_date,region`")],
        };
    }
    let mut columns = Vec::new();
    let mut faults = Vec::new();
    for (index, (name, meant)) in names.iter().zip(meant).enumerate() {
        let here = |fault: Diagnostic| at(fault, source, names.iter().map(String::as_str), index);
        match column(name) {
            Some(column) if columns.contains(&column) => {
                let message = format!("the column `{name}` stands twice");
                faults.push(here(Diagnostic::error("duplicate-key", message)));
            }
            Some(column) => columns.push(column),
            None => {
                let fault = Diagnostic::error("unknown-fact", format!("no fact is called {}", quoted(name)));
                faults.push(here(fault.maybe_help(meant)));
            }
        }
    }
    if faults.is_empty() && !columns.contains(&Column::Case) {
        let fault = Diagnostic::error("missing-case", "there is no column `case`");
        faults.push(
            fault
                .at(source, 0..0, "the first row names the columns")
                .help("add a column `case` with the reference of each case"),
        );
    }
    Named {
        is_any: true,
        columns,
        faults,
    }
}

fn cells(line: &[u8], delimiter: u8) -> Vec<Vec<u8>> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        .from_reader(line);
    let mut record = ByteRecord::new();
    match reader.read_byte_record(&mut record) {
        Ok(true) => record.iter().map(<[u8]>::to_vec).collect(),
        _ => Vec::new(),
    }
}

fn column(name: &str) -> Option<Column> {
    match name {
        "case" => Some(Column::Case),
        "decision_date" => Some(Column::DecisionDate),
        "notes" => Some(Column::Notes),
        fact => FactId::named(fact)
            .filter(|fact| fact.is_of_case_file())
            .map(Column::Fact),
    }
}

/// What the name of a column that is none may have been meant to be.
fn meant(name: &str) -> Option<String> {
    let known = FactId::CASE_FILE.iter().map(|fact| fact.name());
    did_you_mean(name, known.chain(["case", "decision_date", "notes"]))
}

/// A fault with its place: the cell of this index, of the cells of the row that the source is.
pub(crate) fn at<'c>(
    fault: Diagnostic,
    source: &Arc<Source>,
    mut cells: impl Iterator<Item = &'c str>,
    index: usize,
) -> Diagnostic {
    let text = source.text();
    let mut from = 0;
    for before in cells.by_ref().take(index) {
        // A cell with a doubled quotation mark is not found as it was read.
        from += text[from..].find(before).map_or(0, |at| at + before.len());
        // What closes the cell, so that an empty one is found where it stands.
        let rest = text[from..].trim_start_matches(' ');
        let rest = rest.strip_prefix('"').unwrap_or(rest);
        let rest = rest.trim_start_matches(' ');
        if let Some(rest) = rest.strip_prefix(DELIMITERS.map(char::from)) {
            from = text.len() - rest.len();
        }
    }
    let cell = cells.next().unwrap_or_default();
    let begin = from + text[from..].find(cell).unwrap_or_default();
    fault.at(source, begin..begin + cell.len(), "here")
}
