//! Whole case loads: folders, streams of documents, lines of JSON and rows of CSV, cut into chunks that are read in
//! parallel, with bounded memory whatever the size.

mod blocks;
mod chunks;
mod files;
mod rows;

pub use chunks::{Chunk, Chunks, FileRead, Loaded};
pub use files::{Compression, Format, Input, Plan, plan};

use crate::diagnostic::Diagnostic;

/// A fault of a whole file or folder.
pub(crate) fn unreadable(code: &'static str, name: &str, reason: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::error(code, format!("`{name}` cannot be read: {reason}"))
}
