//! Earlier results as CSV, packed or not: read from the first row to the last.

use super::rows::{Gathered, ResultColumns, Rows};
use super::{MOST_BYTES, index::Index, not_a_result};
use crate::case_file::is_blank;
use crate::case_load::{at_cell, delimiter_of, open_unpacked, unreadable};
use crate::diagnostic::Diagnostic;
use crate::source::Source;
use csv::{ByteRecord, ReaderBuilder};
use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

/// Reads the results of a file; also gives how many are in error, and how many bytes were written, unpacked.
///
/// # Errors
/// The file cannot be read, or is no table of results.
pub(super) fn read(path: &Path, name: &str) -> Result<(Index, Rows, u64, u64), Diagnostic> {
    let mut table = Table::open(path, name)?;
    let mut gathered = Gathered::new(&table.columns);
    let mut places = Vec::new();
    while table.next()? {
        let Some(reference) = table.reference()? else {
            gathered.push_error();
            continue;
        };
        places.clear();
        places.push(gathered.policy(table.policy()?));
        places.push(gathered.needs(table.cell(table.columns.needs)?.trim()));
        for place in 0..table.columns.conclusions.len() {
            places.push(gathered.said(table.said(place)?));
        }
        gathered.push(reference, &places)?;
    }
    let bytes = table.reader.position().byte();
    let (index, rows, errors) = gathered.end();
    Ok((index, rows, errors, bytes))
}

/// The references of the results of these numbers, in ascending order, errors not counted.
///
/// # Errors
/// The file cannot be read any more, or is another one.
pub(super) fn references(path: &Path, name: &str, numbers: &[u64]) -> Result<Vec<String>, Diagnostic> {
    let mut table = Table::open(path, name)?;
    let mut wanted = numbers.iter().peekable();
    let mut references = Vec::new();
    let mut number = 0;
    while wanted.peek().is_some() && table.next()? {
        let Some(reference) = table.reference()? else {
            continue;
        };
        if wanted.next_if_eq(&&number).is_some() {
            references.push(reference.to_owned());
        }
        number += 1;
    }
    Ok(references)
}

/// A file that is being read, row by row.
struct Table<'t> {
    path: &'t Path,
    name: &'t str,
    reader: csv::Reader<Bounded>,
    columns: ResultColumns,
    width: usize,
    record: ByteRecord,
    left: Rc<Cell<u64>>,
}

impl<'t> Table<'t> {
    fn open(path: &'t Path, name: &'t str) -> Result<Self, Diagnostic> {
        let unreadable = |error: io::Error| unreadable("unreadable-input", name, &error);
        let (mut text, _) = open_unpacked(path).map_err(unreadable)?;
        let mut first = Vec::new();
        while first.trim_ascii().is_empty() && (first.len() as u64) < MOST_BYTES {
            let most = text.by_ref().take(MOST_BYTES);
            if { most }.read_until(b'\n', &mut first).map_err(unreadable)? == 0 {
                break;
            }
        }
        let delimiter = delimiter_of(&first);
        let left = Rc::new(Cell::new(MOST_BYTES));
        let bounded = Bounded {
            reader: Box::new(io::Cursor::new(first).chain(text)),
            left: left.clone(),
        };
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(bounded);
        let mut record = ByteRecord::new();
        let is_there = reader.read_byte_record(&mut record);
        let mut table = Self {
            path,
            name,
            reader,
            columns: ResultColumns::default(),
            width: record.len(),
            record,
            left,
        };
        if !is_there.map_err(|error| table.unreadable(&error))? {
            let message = format!("`{name}` is empty: a table of results begins with a row of names");
            return Err(not_a_result(message));
        }
        let names = (0..table.width).map(|place| Ok(table.cell(place)?.trim().to_owned()));
        let names = names.collect::<Result<Vec<String>, Diagnostic>>()?;
        table.columns = ResultColumns::of(&names)
            .map_err(|(message, place)| table.fault(place, not_a_result(message)))?;
        Ok(table)
    }

    /// Reads the next row; false at the end.
    fn next(&mut self) -> Result<bool, Diagnostic> {
        loop {
            self.left.set(MOST_BYTES);
            let is_there = self.reader.read_byte_record(&mut self.record);
            if !is_there.map_err(|error| self.unreadable(&error))? {
                return Ok(false);
            }
            if self.record.len() == self.width {
                return Ok(true);
            }
            if self.record.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                let (cells, names) = (self.record.len(), self.width);
                let message = format!("the row has {cells} cells, the row of names {names}");
                return Err(self.fault(None, not_a_result(message)));
            }
        }
    }

    /// The reference of the case of the row; `None` where it is in error.
    fn reference(&self) -> Result<Option<&str>, Diagnostic> {
        for place in self.columns.faults {
            if !self.cell(place)?.trim().is_empty() {
                return Ok(None);
            }
        }
        let reference = self.cell(self.columns.case)?;
        if is_blank(reference) {
            let fault = not_a_result("the result has no reference of a case");
            return Err(self.fault(Some(self.columns.case), fault));
        }
        Ok(Some(reference))
    }

    fn policy(&self) -> Result<&str, Diagnostic> {
        let policy = self.cell(self.columns.policy)?.trim();
        if policy.is_empty() {
            let fault = not_a_result("the result names no policy version");
            return Err(self.fault(Some(self.columns.policy), fault));
        }
        Ok(policy)
    }

    /// What the row says of a conclusion.
    fn said(&self, conclusion: usize) -> Result<[&str; 3], Diagnostic> {
        let (_, [value, possible, cites]) = &self.columns.conclusions[conclusion];
        Ok([self.cell(*value)?, self.cell(*possible)?, self.cell(*cites)?])
    }

    fn cell(&self, place: usize) -> Result<&str, Diagnostic> {
        std::str::from_utf8(&self.record[place])
            .map_err(|_| self.fault(Some(place), not_a_result("the text is not UTF-8")))
    }

    fn unreadable(&self, error: &csv::Error) -> Diagnostic {
        match error.kind() {
            csv::ErrorKind::Io(error) => unreadable("unreadable-input", self.name, error),
            _ => unreadable("unreadable-input", self.name, error),
        }
    }

    /// A fault of the row that was read last, at one of its cells or at its beginning.
    fn fault(&self, place: Option<usize>, fault: Diagnostic) -> Diagnostic {
        let source = self.row().unwrap_or_else(|_| {
            let line = self.record.position().map_or(1, csv::Position::line);
            Source::part(self.name, "", line as usize)
        });
        match place {
            Some(place) => {
                let cells: Vec<_> = self.record.iter().map(String::from_utf8_lossy).collect();
                at_cell(fault, &source, cells.iter().map(|cell| cell.trim()), place)
            }
            None => fault.at(&source, 0..0, "in this row"),
        }
    }

    /// The row that was read last as it stands in the file, which is read again for it.
    fn row(&self) -> io::Result<Arc<Source>> {
        let (begin, line) = self
            .record
            .position()
            .map_or((0, 1), |position| (position.byte(), position.line()));
        let (mut text, _) = open_unpacked(self.path)?;
        io::copy(&mut text.by_ref().take(begin), &mut io::sink())?;
        let mut row = Vec::new();
        text.take(self.reader.position().byte() - begin)
            .read_to_end(&mut row)?;
        // Empty lines before a row are read with it.
        let empty = row.iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
        let (skipped, lines) = empty.fold((0, 0), |(bytes, lines), byte| {
            (bytes + 1, lines + usize::from(*byte == b'\n'))
        });
        let row = String::from_utf8_lossy(&row[skipped..]).into_owned();
        Ok(Source::of_case(self.name, row.trim_end(), line as usize + lines))
    }
}

/// Passes bytes on, and fails where a row takes more than it may.
struct Bounded {
    reader: Box<dyn Read>,
    /// Bytes that may be read until the row ends.
    left: Rc<Cell<u64>>,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        match self.left.get().checked_sub(read as u64) {
            Some(left) => self.left.set(left),
            None => {
                let message = format!("a row has more than {MOST_BYTES} bytes");
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
        }
        Ok(read)
    }
}
