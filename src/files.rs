//! Files: texts read within bounds, and outputs that are there whole or not at all.

mod pending;
mod text;

pub use pending::{PendingFile, sync_folder, write_new, write_whole};
pub use text::{Unreadable, read_bytes, read_text, read_text_within};
