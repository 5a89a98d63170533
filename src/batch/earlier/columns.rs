//! Earlier results as columns: Parquet, or what other programs made of it, a group of rows at a time.

use super::index::Index;
use super::not_a_result;
use super::rows::{Gathered, ResultColumns, Rows};
use crate::batch::columns::rules_of_results;
use crate::case_file::is_blank;
use crate::case_load::unreadable;
use crate::case_store::STORE_KEY;
use crate::columnar::{Array, Cells, Columns, ColumnsFile, StringArray, texts_of};
use crate::diagnostic::Diagnostic;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::path::Path;

/// Reads the results of a file; also gives how many are in error, and the fingerprint of each policy version, where the
/// file says it.
///
/// # Errors
/// The file cannot be read, or holds no results.
pub(super) fn read(
    path: &Path,
    name: &str,
) -> Result<(Index, Rows, u64, BTreeMap<String, String>), Diagnostic> {
    let opened = Opened::open(path, name)?;
    let mut gathered = Gathered::new(&opened.columns);
    opened.each(opened.all(), &mut |columns, first_row| {
        opened.gather(columns, first_row, &mut gathered)?;
        Ok(true)
    })?;
    let (index, rows, errors) = gathered.end();
    Ok((index, rows, errors, rules_of_results(&opened.file)))
}

/// The references of the results of these numbers, in ascending order, errors not counted.
///
/// # Errors
/// The file cannot be read any more, or is another one.
pub(super) fn references(path: &Path, name: &str, numbers: &[u64]) -> Result<Vec<String>, Diagnostic> {
    let opened = Opened::open(path, name)?;
    let mut wanted = numbers.iter().peekable();
    let mut references = Vec::new();
    let mut number = 0;
    opened.each(opened.of_cases(), &mut |columns, first_row| {
        let cases = opened.cases(columns)?;
        for row in 0..columns.rows() {
            let Some(reference) = opened.reference(&cases, row, first_row)? else {
                continue;
            };
            if wanted.next_if_eq(&&number).is_some() {
                references.push(reference.to_owned());
            }
            number += 1;
        }
        Ok(wanted.peek().is_some())
    })?;
    Ok(references)
}

/// The columns that say of which case a row is, and whether it is in error.
struct Cases {
    references: StringArray,
    faults: [Cells; 2],
}

struct Opened<'o> {
    name: &'o str,
    file: ColumnsFile,
    columns: ResultColumns,
}

impl<'o> Opened<'o> {
    fn open(path: &Path, name: &'o str) -> Result<Self, Diagnostic> {
        let file = ColumnsFile::open(path).map_err(|error| unreadable("unreadable-input", name, &error))?;
        if file.text(STORE_KEY).is_some() {
            return Err(not_a_result(format!(
                "`{name}` is a case store: it holds cases and no results"
            )));
        }
        let names: Vec<String> = file.names().map(str::to_owned).collect();
        let columns =
            ResultColumns::of(&names).map_err(|(message, _)| not_a_result(format!("`{name}`: {message}")))?;
        Ok(Self { name, file, columns })
    }

    /// The columns of [`Cases`], in ascending order.
    fn of_cases(&self) -> Vec<usize> {
        let mut places = vec![self.columns.case];
        places.extend(self.columns.faults);
        places.sort_unstable();
        places
    }

    /// All columns that are compared, in ascending order.
    fn all(&self) -> Vec<usize> {
        let mut places = self.of_cases();
        places.extend([self.columns.policy, self.columns.needs]);
        places.extend(self.columns.conclusions.iter().flat_map(|(_, places)| *places));
        places.sort_unstable();
        places
    }

    /// Gives these columns of each part of the file, with the number of its first row, until `take` has enough.
    fn each(
        &self,
        places: Vec<usize>,
        take: &mut dyn FnMut(&Columns, u64) -> Result<bool, Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let unreadable = |error: std::io::Error| unreadable("unreadable-input", self.name, &error);
        for slice in self.file.slices().map_err(unreadable)? {
            let slice = slice.map_err(unreadable)?;
            let mut first_row = slice.first_row;
            for part in self.file.read_some(&slice, &places).map_err(unreadable)? {
                if !take(&part, first_row)? {
                    return Ok(());
                }
                first_row += part.rows() as u64;
            }
        }
        Ok(())
    }

    /// The cells of a column that was read, by its place in the file.
    fn cells(&self, columns: &Columns, place: usize) -> Result<Cells, Diagnostic> {
        let name = self.file.names().nth(place).unwrap_or_default();
        let array = columns.named(name);
        array
            .and_then(Cells::in_order)
            .ok_or_else(|| self.wrong_type(place))
    }

    fn wrong_type(&self, place: usize) -> Diagnostic {
        let name = self.file.names().nth(place).unwrap_or_default();
        let message = format!(
            "`{}`: the column `{name}` holds {}, which results do not",
            self.name,
            self.file.type_of(place)
        );
        not_a_result(message)
    }

    fn cases(&self, columns: &Columns) -> Result<Cases, Diagnostic> {
        let place = self.columns.case;
        let name = self.file.names().nth(place).unwrap_or_default();
        let references = columns.named(name).and_then(texts_of);
        let [code, message] = self.columns.faults;
        Ok(Cases {
            references: references.ok_or_else(|| self.wrong_type(place))?,
            faults: [self.cells(columns, code)?, self.cells(columns, message)?],
        })
    }

    /// The reference of the case of a row; `None` where it is in error.
    fn reference<'c>(
        &self,
        cases: &'c Cases,
        row: usize,
        first_row: u64,
    ) -> Result<Option<&'c str>, Diagnostic> {
        let mut faults = cases.faults.iter();
        if faults.any(|cells| cells.text(row).is_some_and(|text| !text.is_empty())) {
            return Ok(None);
        }
        let reference = (!cases.references.is_null(row)).then(|| cases.references.value(row));
        let reference = reference.filter(|reference| !is_blank(reference));
        let missing = || self.fault("the result has no reference of a case", row, first_row);
        reference.map(Some).ok_or_else(missing)
    }

    fn fault(&self, message: &str, row: usize, first_row: u64) -> Diagnostic {
        let row = first_row + row as u64;
        not_a_result(format!("`{}` row {row}: {message}", self.name))
    }

    /// Adds the rows of a part.
    fn gather(&self, columns: &Columns, first_row: u64, gathered: &mut Gathered) -> Result<(), Diagnostic> {
        let cases = self.cases(columns)?;
        let policies = self.cells(columns, self.columns.policy)?;
        let policy_places: Vec<Option<u32>> = policies
            .texts
            .iter()
            .map(|text| {
                let text = text.as_deref().filter(|text| !text.is_empty())?;
                Some(gathered.policy(text))
            })
            .collect();
        let needs = self.cells(columns, self.columns.needs)?;
        let needs_places = needs.texts.iter();
        let needs_places = needs_places.map(|text| gathered.needs(text.as_deref().unwrap_or_default()));
        let needs_places: Vec<u32> = needs_places.collect();
        let mut said: Vec<SaidOf> = Vec::new();
        for (_, places) in &self.columns.conclusions {
            let [value, possible, cites] = *places;
            said.push(SaidOf {
                cells: [
                    self.cells(columns, value)?,
                    self.cells(columns, possible)?,
                    self.cells(columns, cites)?,
                ],
                places: FxHashMap::default(),
            });
        }
        let mut places = Vec::with_capacity(said.len() + 2);
        for row in 0..columns.rows() {
            let Some(reference) = self.reference(&cases, row, first_row)? else {
                gathered.push_error();
                continue;
            };
            let policy = policy_places[policies.rows[row] as usize];
            let missing = || self.fault("the result names no policy version", row, first_row);
            places.clear();
            places.push(policy.ok_or_else(missing)?);
            places.push(needs_places[needs.rows[row] as usize]);
            places.extend(said.iter_mut().map(|of| of.place(row, gathered)));
            gathered.push(reference, &places)?;
        }
        Ok(())
    }
}

/// What a part says of one conclusion, and the places of what was looked up.
struct SaidOf {
    cells: [Cells; 3],
    places: FxHashMap<[u32; 3], u32>,
}

impl SaidOf {
    fn place(&mut self, row: usize, gathered: &mut Gathered) -> u32 {
        let codes = self.cells.each_ref().map(|cells| cells.rows[row]);
        let cells = &self.cells;
        *self.places.entry(codes).or_insert_with(|| {
            let texts = cells.each_ref().map(|cells| cells.text(row).unwrap_or_default());
            gathered.said(texts)
        })
    }
}
