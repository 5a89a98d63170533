//! Where policy tests lie.

use crate::diagnostic::Diagnostic;
use crate::policy::{Origin, RulesTree};
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

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
    for path in paths {
        for entry in WalkDir::new(path).sort_by_file_name() {
            let entry = entry.map_err(|error| unreadable(path, &error))?;
            let is_named = entry.depth() == 0
                || matches!(
                    entry.path().extension().and_then(|e| e.to_str()),
                    Some("yaml" | "yml")
                );
            if entry.file_type().is_file() && is_named && !files.contains(&entry.path().to_owned()) {
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
    std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))
}
