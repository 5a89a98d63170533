//! What commands that take whole case loads have in common.

use crate::case_load::Plan;
use crate::diagnostic::Diagnostic;
use std::num::NonZeroUsize;
#[cfg(feature = "columnar")]
use std::path::Path;

/// Threads that work: as many as are asked for, else one for each processor.
pub(super) fn jobs(asked: Option<NonZeroUsize>) -> usize {
    asked.map_or_else(
        || std::thread::available_parallelism().map_or(1, usize::from),
        usize::from,
    )
}

/// What is said where there is nothing to read.
pub(super) const EMPTY: &str = "there is no case file in the inputs";

/// Whether there is nothing to read.
pub(super) fn is_empty(plan: &Plan) -> bool {
    plan.files == 0 && !plan.has_standard_input && !plan.files().any(|_| true)
}

/// Looks whether there is something to read, and whether the output lies elsewhere.
///
/// # Errors
/// It does not, in words.
#[cfg(feature = "columnar")]
pub(super) fn check_places(plan: &Plan, out: &Path) -> Result<(), String> {
    if is_empty(plan) {
        return Err(EMPTY.to_owned());
    }
    let folder = out.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new(".")).canonicalize();
    let folder = folder.map_err(|error| format!("`{}` cannot be written: {error}", out.display()))?;
    for input in &plan.inputs {
        let Ok(input) = input.canonicalize() else { continue };
        let is_input = folder.join(out.file_name().unwrap_or_default()) == input;
        if is_input || input.is_dir() && folder.starts_with(&input) {
            return Err(format!(
                "`{}` would lie among the inputs; write it elsewhere",
                out.display()
            ));
        }
    }
    Ok(())
}

/// A word of the files in the inputs that are no case files by their names.
pub(super) fn ignored(plan: &Plan) -> Option<Diagnostic> {
    let first = plan
        .first_ignored
        .as_ref()
        .map(|path| format!("; the first is `{}`", path.display()));
    let message = format!("{} files are no case files by their names", plan.ignored);
    let help = format!("they were not read{}", first.unwrap_or_default());
    (plan.ignored > 0).then(|| Diagnostic::warning("files-ignored", message).help(help))
}
