//! placeholder
use super::{Batch, Summary};
use crate::diagnostic::Diagnostic;
use std::path::Path;

/// page
///
/// # Errors
/// none
pub fn batch_page(_: &Batch<'_>, _: &Summary<'_>, _: Option<&Path>) -> Result<String, Vec<Diagnostic>> {
    Ok(String::new())
}
