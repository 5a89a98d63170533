//! A policy version: its questions, values, flags, sources and scripts, read from the rules folder.

mod declaration;
mod fingerprint;
mod impossible;
mod open_points;
mod policies;
mod register;
mod revision;
mod rules_tree;
mod selection;
mod signed;
mod snapshot;
mod source_text;
mod version;

pub use declaration::{
    ConclusionDeclaration, FlagDeclaration, InForce, OpenPoint, RegionsWith, ValueDeclaration,
    policy_file_schema,
};
pub use policies::Policies;
pub use register::{Entry, EntryKind, Register, law_file_schema, register_file_schema};
pub use rules_tree::{Origin, PolicyId, RulesTree};
pub use selection::Picked;
pub use signed::{LIST, LIST_SIGNATURE};
pub use source_text::SourceText;
pub use version::PolicyVersion;
