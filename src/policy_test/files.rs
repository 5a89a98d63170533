//! Where policy tests lie.

use crate::diagnostic::Diagnostic;
use crate::files::read_text;
use crate::policy::{Origin, RulesTree};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// A file of policy tests may have this many bytes.
const FILE_BYTES: u64 = 1 << 20;

/// The folder of the tests of a rules folder: `tests/policy` beside it. The rules inside the program have none.
pub fn default_folder(tree: &RulesTree) -> Option<PathBuf> {
    match tree.origin() {
        Origin::Folder(rules) => {
            let beside = match rules.parent() {
                Some(parent) if rules.file_name().is_some() => parent.to_owned(),
                // `.` and `..` have no name of their own.
                _ => rules.join(".."),
            };
            Some(beside.join("tests/policy"))
        }
        Origin::Embedded | Origin::Revision { .. } => None,
    }
}

/// The test files among paths: a file itself, of a folder every `.yaml` and `.yml` below it, in the order of their names.
///
/// # Errors
/// A path cannot be read.
pub fn test_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Diagnostic> {
    let mut files = Vec::new();
    let mut seen = BTreeSet::new();
    for path in paths {
        for entry in WalkDir::new(path).sort_by_file_name() {
            let entry = entry.map_err(|error| unreadable(path, &error))?;
            let is_named = entry.depth() == 0
                || matches!(
                    entry.path().extension().and_then(|e| e.to_str()),
                    Some("yaml" | "yml")
                );
            if !is_named || entry.file_type().is_dir() {
                continue;
            }
            // A file that is named itself may be a link; one in a folder could lead anywhere.
            if entry.depth() > 0 && !entry.file_type().is_file() {
                let reason = "it is a link, a pipe or a device, and not a file";
                return Err(unreadable(entry.path(), &reason));
            }
            if seen.insert(entry.path().to_owned()) {
                files.push(entry.into_path());
            }
        }
    }
    Ok(files)
}

fn unreadable(path: &Path, reason: &dyn std::fmt::Display) -> Diagnostic {
    let shown = path.display();
    let message = if path.exists() {
        format!("`{shown}` cannot be read: {reason}")
    } else {
        format!("there is no file or folder `{shown}`")
    };
    Diagnostic::error("unreadable-tests", message)
        .help("name a file or a folder of policy tests, as in `gradatie test tests/policy/mali/2025`")
}

/// The text of a file.
///
/// # Errors
/// It cannot be read, or is not UTF-8.
pub(super) fn text_of(path: &Path) -> Result<String, Diagnostic> {
    read_text(path, FILE_BYTES).map_err(|reason| unreadable(path, &reason))
}
