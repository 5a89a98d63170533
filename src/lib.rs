//! Decision support for asylum country policy: rules as plain scripts, evaluated against case files.
//!
//! The modules build on each other in one direction; `docs/architecture.md` draws it.

pub mod batch;
pub mod case_file;
pub mod case_load;
#[cfg(feature = "columnar")]
pub mod case_store;
pub mod check;
pub mod cli;
#[cfg(feature = "columnar")]
pub mod columnar;
pub mod derivation;
pub mod diagnostic;
pub mod diagram;
pub mod diff;
pub mod edited_versions;
pub mod evaluate;
pub mod facts;
pub mod files;
pub mod gazetteer;
#[cfg(feature = "columnar")]
pub mod import;
pub mod interview;
pub mod language;
pub mod new_version;
pub mod overview;
pub mod policy;
pub mod policy_test;
pub mod report;
pub mod sample;
pub mod schema;
pub mod script;
pub mod signature;
pub mod source;
pub mod table;
pub mod unrepeated_keys;
pub mod verify;
pub mod watch;
pub mod whatif;
pub mod yaml;
