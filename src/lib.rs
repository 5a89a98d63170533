//! Decision support for asylum country policy: rules as plain scripts, evaluated against case files.

pub mod diagnostic;
pub mod facts;
pub mod gazetteer;
pub mod language;
pub mod source;
pub mod yaml;
