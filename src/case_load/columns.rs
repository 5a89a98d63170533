//! Cases in columns: Parquet and Arrow files whose columns are named as those of CSV, and case stores.
//!
//! Each distinct text of a column is read once. A file with the columns `source` and `error_…` of a store is read as one,
//! also when whoever copied it has left out what the store says of itself.

use super::case_columns::{CaseColumns, CaseTexts, Coded, RowCodes};
use super::chunk::{LoadFault, Loaded, give};
use super::files::Compression;
use super::header::{Column, columns_of};
use super::rows::{date, value};
use super::unreadable;
use crate::case_file::is_blank;
use crate::case_store::{FAULT_COLUMNS, STORE_KEY, StoreDescription};
use crate::columnar::{Cells, Columns, ColumnsFile, Slice, StringArray, texts_of};
use crate::diagnostic::{CaseFault, Diagnostic};
use crate::facts::{FactId, FactValue};
use crate::gazetteer::Gazetteer;
use crate::source::Source;
use crate::yaml::Limits;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// A file of columns as an input.
#[derive(Debug)]
pub struct ColumnsInput {
    pub(super) name: Arc<str>,
    pub(super) file: ColumnsFile,
    /// What it says of itself, when it is a case store.
    store: Option<StoreDescription>,
    columns: Vec<Known>,
    /// What is wrong with the columns: no row can be read then.
    faults: Vec<Diagnostic>,
    /// Whether it was made under the facts of today.
    compared: OnceLock<Result<bool, Diagnostic>>,
}

/// What a column is to a case load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    OfCase(Column),
    Source,
    Fault(usize),
}

/// Looks at a file before a case load is read.
///
/// # Errors
/// It is a case store that cannot be used.
pub(super) fn check(path: &Path, gazetteer: &Gazetteer) -> Result<Option<Diagnostic>, Diagnostic> {
    let name: Arc<str> = path.display().to_string().into();
    // What cannot be opened is an error among the results, as with other files.
    let Ok(file) = ColumnsFile::open(path) else {
        return Ok(None);
    };
    match file.text(STORE_KEY) {
        Some(text) => StoreDescription::read(&name, text)?.compare(&name, gazetteer),
        None => Ok(None),
    }
}

/// What a store says of the references in it.
pub(super) fn recorded_references(path: &Path) -> Option<(u64, u64, Vec<String>)> {
    let file = ColumnsFile::open(path).ok()?;
    let store = StoreDescription::read("", file.text(STORE_KEY)?).ok()?;
    Some(store.references)
}

impl ColumnsInput {
    /// Opens a file.
    ///
    /// # Errors
    /// It cannot be read, or is a case store that does not say what it is.
    pub fn open(path: &Path, name: Arc<str>, compression: Compression) -> Result<Self, Diagnostic> {
        if compression != Compression::Plain {
            let fault = unreadable(
                "unreadable-input",
                &name,
                &"columns cannot be read from a packed file",
            );
            return Err(fault.help("unpack it; Parquet and Arrow files are packed inside"));
        }
        let file = ColumnsFile::open(path).map_err(|error| unreadable("unreadable-input", &name, &error))?;
        let store = file
            .text(STORE_KEY)
            .map(|text| StoreDescription::read(&name, text));
        let store = store.transpose()?;
        let names: Vec<String> = file.names().map(str::to_owned).collect();
        let source = Source::new(&*name, names.join(","));
        let fault_column = |name: &String| FAULT_COLUMNS.iter().position(|(column, _)| column == name);
        let is_like_a_store = names.iter().filter(|name| fault_column(name).is_some()).count()
            == FAULT_COLUMNS.len()
            && names.iter().any(|name| name == "source");
        let of_store = |name: &String| match fault_column(name) {
            _ if !is_like_a_store => None,
            Some(place) => Some(Known::Fault(place)),
            None => (name == "source").then_some(Known::Source),
        };
        let of_case = names.iter().filter(|name| of_store(name).is_none());
        let named = columns_of(of_case.cloned(), &source);
        let mut of_case = named.columns.into_iter();
        let columns = names
            .iter()
            .map(|name| of_store(name).or_else(|| of_case.next().map(Known::OfCase)));
        Ok(Self {
            columns: columns.map_while(|column| column).collect(),
            faults: named.faults,
            store,
            file,
            name,
            compared: OnceLock::new(),
        })
    }

    /// What it says of itself, when it is a case store.
    pub fn store(&self) -> Option<&StoreDescription> {
        self.store.as_ref()
    }

    /// Its rows, in order.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn slices(&self) -> Result<Box<dyn Iterator<Item = io::Result<Slice>> + Send>, Diagnostic> {
        self.file
            .slices()
            .map_err(|error| unreadable("unreadable-input", &self.name, &error))
    }

    /// Reads the cases of a slice one by one.
    pub(super) fn read_cases(
        &self,
        slice: Slice,
        gazetteer: &Gazetteer,
        limits: &Limits,
        take: &mut dyn FnMut(Loaded<'_>),
    ) {
        match self.read_columns(&slice, gazetteer, limits) {
            Ok(parts) => {
                for part in parts {
                    (0..part.len()).for_each(|row| part.give(row, take));
                }
            }
            // Not a case is lost: each row is in error.
            Err(faults) => {
                for row in slice.first_row..slice.first_row + slice.rows as u64 {
                    let source = format!("{}:{row}", self.name);
                    give(&source, Err(LoadFault::Found(faults.clone())), take);
                }
            }
        }
    }

    /// Reads the cases of a slice as columns; they may come in several parts.
    ///
    /// # Errors
    /// What is wrong with the file as a whole.
    pub fn read_columns(
        &self,
        slice: &Slice,
        gazetteer: &Gazetteer,
        limits: &Limits,
    ) -> Result<Vec<CaseColumns>, Vec<Diagnostic>> {
        self.compared(gazetteer).map_err(|fault| vec![fault])?;
        if !self.faults.is_empty() {
            return Err(self.faults.clone());
        }
        let read = self.file.read(slice);
        let read = read.map_err(|error| vec![unreadable("unreadable-input", &self.name, &error)])?;
        let mut first_row = slice.first_row;
        let mut parts = Vec::new();
        for columns in read {
            let rows = columns.rows() as u64;
            parts.push(self.cases(&columns, first_row, gazetteer, limits)?);
            first_row += rows;
        }
        Ok(parts)
    }

    /// Whether it is a store that was made under the facts of today.
    ///
    /// # Errors
    /// It is one that cannot be used.
    pub(super) fn compared(&self, gazetteer: &Gazetteer) -> Result<bool, Diagnostic> {
        let Some(store) = &self.store else {
            return Ok(false);
        };
        let compared = self.compared.get_or_init(|| {
            let warning = store.compare(&self.name, gazetteer)?;
            Ok(warning.is_none())
        });
        compared.clone()
    }

    fn wrong_type(&self, column: usize) -> Vec<Diagnostic> {
        let name = self.file.names().nth(column).unwrap_or_default();
        let message = format!("the column `{name}` holds {}", self.file.type_of(column));
        let fault = Diagnostic::error("wrong-type", message);
        vec![fault.help("texts, numbers, yes/no, dates and lists of texts can be read")]
    }

    fn cases(
        &self,
        columns: &Columns,
        first_row: u64,
        gazetteer: &Gazetteer,
        limits: &Limits,
    ) -> Result<CaseColumns, Vec<Diagnostic>> {
        let rows = columns.rows();
        let none = || Coded {
            values: vec![None],
            rows: RowCodes::Small(vec![0; rows]),
        };
        let mut sources = None;
        let mut references = StringArray::new_null(rows);
        let mut dates = None;
        let mut facts: Vec<Option<Coded<Option<FactValue>>>> = vec![None; FactId::CASE_FILE.len()];
        let mut recorded: [Option<Cells>; 4] = Default::default();
        let mut wrong = Wrong::default();
        for (index, known) in self.columns.iter().enumerate() {
            let array = columns.column(index);
            let texts = || texts_of(array).ok_or_else(|| self.wrong_type(index));
            let cells = || Cells::of(array).ok_or_else(|| self.wrong_type(index));
            match known {
                Known::Source => sources = Some(CaseTexts::Read(texts()?)),
                Known::Fault(place) => recorded[*place] = Some(cells()?),
                Known::OfCase(Column::Case) => references = trimmed(texts()?),
                Known::OfCase(Column::Notes) => {}
                Known::OfCase(Column::DecisionDate) => {
                    dates = Some(wrong.read(index, cells()?, date));
                }
                Known::OfCase(Column::Fact(fact)) => {
                    let read = wrong.read(index, cells()?, |text| value(*fact, text, gazetteer));
                    facts[*fact as usize] = Some(read);
                }
            }
        }
        let mut cases = CaseColumns {
            name: self.name.clone(),
            first_row,
            rows,
            sources,
            cases: CaseTexts::Read(references),
            dates: dates.unwrap_or_else(|| Coded {
                values: vec![None],
                rows: RowCodes::Small(vec![0; rows]),
            }),
            facts: facts.into_iter().map(|fact| fact.unwrap_or_else(none)).collect(),
            faults: BTreeMap::new(),
            kept: None,
        };
        for row in 0..rows {
            let reference = cases.reference(row);
            if is_blank(reference) || reference.len() > limits.document_bytes {
                wrong.rows.entry(row).or_default();
            }
        }
        let wrong = std::mem::take(&mut wrong.rows);
        for (row, found) in wrong {
            let fault = self.fault(columns, &cases, row, found, limits)?;
            cases.faults.insert(row, fault);
        }
        if let [Some(codes), Some(messages), Some(lines), Some(at)] = &recorded {
            let number = |cells: &Cells, row| cells.text(row).and_then(|text| text.parse().ok());
            for row in 0..rows {
                let Some(message) = messages.text(row) else {
                    continue;
                };
                let fault = CaseFault {
                    code: codes.text(row).map(str::to_owned),
                    message: message.to_owned(),
                    line: number(lines, row),
                    column: number(at, row),
                };
                cases.faults.insert(row, LoadFault::Recorded(fault));
            }
        }
        Ok(cases)
    }

    /// All faults of a row, each with its place in the row as CSV would show it.
    fn fault(
        &self,
        columns: &Columns,
        cases: &CaseColumns,
        row: usize,
        found: Vec<(usize, Diagnostic)>,
        limits: &Limits,
    ) -> Result<LoadFault, Vec<Diagnostic>> {
        let mut text = String::new();
        let mut spans = Vec::new();
        for (index, known) in self.columns.iter().enumerate() {
            let shown = match known {
                Known::OfCase(Column::Case) => {
                    let reference = cases.cases.get(row);
                    reference.map(|reference| reference.chars().take(100).collect())
                }
                Known::OfCase(Column::DecisionDate | Column::Fact(_)) => {
                    let one = columns.column(index).slice(row, 1);
                    let cells = Cells::of(&one).ok_or_else(|| self.wrong_type(index))?;
                    cells.text(0).map(|text| text.trim().to_owned())
                }
                _ => None,
            };
            if index > 0 {
                text.push(',');
            }
            let begin = text.len();
            text.push_str(&shown.unwrap_or_default());
            spans.push(begin..text.len());
        }
        let line = (cases.first_row as usize) + row;
        let source = Source::of_case(&*self.name, text, line);
        let mut faults: Vec<Diagnostic> = found
            .into_iter()
            .map(|(index, fault)| fault.at(&source, spans[index].clone(), "here"))
            .collect();
        let reference = cases.reference(row);
        if is_blank(reference) {
            let fault = Diagnostic::error("missing-case", "the case has no reference");
            faults.push(fault.at(&source, 0..0, "in this row"));
        } else if reference.len() > limits.document_bytes {
            let message = format!("the row has more than {} bytes", limits.document_bytes);
            faults =
                vec![Diagnostic::error("document-too-large", message).at(&source, 0..0, "it begins here")];
        }
        Ok(LoadFault::Found(faults))
    }
}

/// The wrong cells of rows: the column and what is wrong.
#[derive(Default)]
struct Wrong {
    rows: BTreeMap<usize, Vec<(usize, Diagnostic)>>,
}

impl Wrong {
    /// The values of cells; an empty one has none.
    fn read<T: Copy>(
        &mut self,
        column: usize,
        cells: Cells,
        read: impl Fn(&str) -> Result<T, Box<Diagnostic>>,
    ) -> Coded<Option<T>> {
        let mut faults = Vec::new();
        let values: Vec<Option<T>> = cells
            .texts
            .iter()
            .map(|text| {
                let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty());
                match text.map(&read).transpose() {
                    Ok(value) => {
                        faults.push(None);
                        value
                    }
                    Err(fault) => {
                        faults.push(Some(*fault));
                        None
                    }
                }
            })
            .collect();
        if faults.iter().any(Option::is_some) {
            for (row, place) in cells.rows.iter().enumerate() {
                if let Some(fault) = &faults[*place as usize] {
                    self.rows.entry(row).or_default().push((column, fault.clone()));
                }
            }
        }
        Coded {
            rows: RowCodes::of(cells.rows, values.len()),
            values,
        }
    }
}

fn trimmed(texts: StringArray) -> StringArray {
    if texts.iter().flatten().all(|text| text.trim().len() == text.len()) {
        return texts;
    }
    texts.iter().map(|text| text.map(str::trim)).collect()
}
