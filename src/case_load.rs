//! Whole case loads: folders, streams of documents, lines of JSON, rows of CSV and columns of Parquet, cut into chunks
//! that are read in parallel, with bounded memory whatever the size.

mod blocks;
#[cfg(feature = "columnar")]
mod case_columns;
mod chunk;
mod chunks;
#[cfg(feature = "columnar")]
mod columns;
mod files;
mod header;
mod opened;
mod parallel;
mod rows;
#[cfg(feature = "columnar")]
mod stored;

#[cfg(feature = "columnar")]
pub use case_columns::{CaseColumns, CaseTexts, Coded, KeptColumns, RowCodes};
pub use chunk::{Chunk, LoadFault, Loaded};
pub use chunks::Chunks;
#[cfg(feature = "columnar")]
pub use columns::ColumnsInput;
pub(crate) use files::kind_of;
pub use files::{Compression, Format, Input, Plan, plan};
pub(crate) use header::{at as at_cell, delimiter_of, is_row_of_names};
pub use opened::FileRead;
pub(crate) use opened::open_unpacked;
pub use parallel::{Stopped, Work, in_parallel};

use crate::diagnostic::Diagnostic;
use crate::gazetteer::Gazetteer;
#[cfg(feature = "columnar")]
use columns::check as check_one;
#[cfg(not(feature = "columnar"))]
use std::path::Path;

/// A fault of a whole file or folder.
pub(crate) fn unreadable(code: &'static str, name: &str, reason: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::error(code, format!("`{name}` cannot be read: {reason}"))
}

/// How to get a program that reads and writes columns.
pub const WITH_COLUMNS: &str =
    "install it with `cargo install --path . --features columnar`, which takes some minutes longer";

/// A Parquet or Arrow file where the program is built without them.
pub fn without_columns(name: &str) -> Diagnostic {
    let message = format!("`{name}`: this program is built without Parquet and Arrow files");
    Diagnostic::error("without-columns", message).help(WITH_COLUMNS)
}

/// Looks at the Parquet and Arrow files of a case load before it is read; gives a warning for each case store that was
/// made under older facts and can be used as it is.
///
/// # Errors
/// A case store that cannot be used, or the program is built without these files.
pub fn check_columns(plan: &Plan, gazetteer: &Gazetteer) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let mut warnings = Vec::new();
    let mut faults = Vec::new();
    for path in &plan.columns {
        match check_one(path, gazetteer) {
            Ok(warning) => warnings.extend(warning),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() {
        Ok(warnings)
    } else {
        Err(faults)
    }
}

#[cfg(not(feature = "columnar"))]
fn check_one(path: &Path, _: &Gazetteer) -> Result<Option<Diagnostic>, Diagnostic> {
    Err(without_columns(&path.display().to_string()))
}

/// What a case store says of the references in it, where it is the only input: cases looked at, those whose reference had
/// been seen before, and the first of these.
pub fn recorded_references(plan: &Plan) -> Option<(u64, u64, Vec<String>)> {
    #[cfg(feature = "columnar")]
    if let [path] = &plan.columns[..]
        && plan.files == 1
        && !plan.has_standard_input
    {
        return columns::recorded_references(path);
    }
    let _ = plan;
    None
}
