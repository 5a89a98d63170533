//! Whole case loads, evaluated by compiled policies: a result for each case, in the order of the input, and what has
//! changed since another version or an earlier run.

#[cfg(feature = "columnar")]
mod answers;
mod changes;
#[cfg(feature = "columnar")]
mod columns;
#[cfg(feature = "columnar")]
mod combinations;
mod comparison;
mod counts;
#[cfg(feature = "columnar")]
mod decided;
mod deciding;
mod duplicates;
mod earlier;
#[cfg(feature = "columnar")]
mod found_outcomes;
mod journal;
mod made;
mod manifest;
#[cfg(feature = "columnar")]
mod many;
mod names;
#[cfg(feature = "columnar")]
mod outcomes;
mod page;
mod pipeline;
mod references;
#[cfg(feature = "columnar")]
mod result_rows;
mod rules;
mod summary;
mod summary_text;
mod table;
mod tally;
mod worker;

pub use crate::case_load::Stopped;
pub use changes::{Change, ChangedCase, ChangedCases, Grounds, NumberedChange};
#[cfg(feature = "columnar")]
pub use columns::{ResultFile, ResultPart};
pub use duplicates::{Duplicates, Repeated};
#[cfg(feature = "columnar")]
pub(crate) use earlier::hash_of;
pub use earlier::{Against, EarlierResults};
pub use journal::{Begin, Journal, JournalError};
pub use manifest::{InputsRead, Manifest};
pub use names::Names;
pub use page::batch_page;
pub use pipeline::{Batch, Done, References};
pub use rules::RuleSet;
pub use summary::{EarlierCounts, Summary, summary_json};
pub use summary_text::summary_text;
pub use table::table_header;
pub use tally::{Cause, Compared, Flow, NumberedFlow, NumberedTally, Tally};

/// The form of the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResultFormat {
    /// JSON Lines: the whole result of a case on a line.
    Lines,
    /// CSV: the conclusions, needs and flags of a case in a row.
    Table,
    /// Parquet: the columns of the table, with lists as lists.
    #[cfg(feature = "columnar")]
    Columns,
}
