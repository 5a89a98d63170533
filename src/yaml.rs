//! Reading YAML: into types, and as an outline with places. The only files that name the YAML crates.
//!
//! Values come from the typed read alone. The outline, from a second parser, says where things stand: it is made when
//! the typed read has failed, so that every fault is shown with its place, and when a check needs places. A document that
//! the two do not take as the same is refused.

mod agreement;
mod limits;
mod outline;

pub use agreement::check_agreement;
pub use limits::{HARMLESS_BYTES, Limits, check_limits, outline_of_rules};
pub use outline::{Entry, Node, NodeKind, outline};

use crate::diagnostic::Diagnostic;
use crate::source::{LineColumn, Source};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Reads one document into a type.
///
/// # Errors
/// The first fault that the YAML crate finds, with the place it gives; or the place that the two parsers do not take as the
/// same.
pub fn typed<T: DeserializeOwned>(source: &Arc<Source>) -> Result<T, Diagnostic> {
    let read = read(source)?;
    check_agreement(source)?;
    Ok(read)
}

/// Reads a file of the rules into a type. Of one that is part of the program nothing else is looked at: what
/// [`outline_of_rules`] and [`check_agreement`] say of it is tested.
///
/// # Errors
/// As [`outline_of_rules`] and [`typed`].
pub fn rules_file<T: DeserializeOwned>(source: &Arc<Source>) -> Result<T, Diagnostic> {
    if source.is_built_in() {
        return read(source);
    }
    let outline = outline_of_rules(source)?;
    let read = read(source)?;
    agreement::check_with(source, outline.as_ref())?;
    Ok(read)
}

fn read<T: DeserializeOwned>(source: &Arc<Source>) -> Result<T, Diagnostic> {
    serde_yaml::from_str(source.text()).map_err(|error| {
        let message = error.to_string();
        // The crate ends its messages with the place, which the label shows.
        let message = message.split(" at line ").next().unwrap_or(&message);
        let diagnostic = Diagnostic::error("invalid-yaml", message);
        let place = error.location().map(|location| LineColumn {
            line: source.first_line() + location.line().max(1) - 1,
            column: location.column().max(1),
        });
        let span = source.word_at(place.unwrap_or(LineColumn {
            line: source.first_line(),
            column: 1,
        }));
        diagnostic.at(source, span, "")
    })
}

/// The whole number that an unquoted text is in YAML, if it is one.
pub fn whole_number(text: &str) -> Option<i64> {
    serde_yaml::from_str(text).ok()
}
