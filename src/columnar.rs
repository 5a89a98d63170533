//! Columns on disk: Parquet written and read, Arrow files read. The only module that names the crates of either.
//!
//! What is written has few distinct values in most columns: regions, findings, conclusions, lists of sentences. A writer
//! that is given values looks each of them up again to find its code. Here columns come as codes and go to disk as codes,
//! so that a value costs a few bits and about a nanosecond; the crate `parquet` makes the pages, the schema and the footer.

mod batches;
mod cells;
mod classes;
mod column;
mod distinct;
mod encode;
mod file;
mod hybrid;
mod kept;
mod keys;
mod pages;
mod row_ids;
mod runs;
mod unpack;

pub use arrow_array::{Array, StringArray};
pub use batches::{Columns, ColumnsFile, Slice};
pub use cells::{Cells, texts_of};
pub use column::{Codes, Column, ColumnType, NONE, Numbers, Texts};
pub use distinct::{Distinct, RoomForRows, Values};
pub use encode::{Layout, RowGroup};
pub use file::Growing;
pub use kept::{Group, Kept};
pub use row_ids::RowIds;

/// Rows of a group of rows: enough that what a group costs does not count, few enough that many fit in memory.
pub const ROWS_OF_GROUP: usize = 1 << 17;

/// Bytes of the texts of a group of rows, after which it ends early.
pub const BYTES_OF_GROUP: usize = 1 << 27;
