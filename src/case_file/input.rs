//! Opening what a user names as a case file.

use crate::diagnostic::did_you_mean;
use std::fs::{File, FileType};
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A case file that cannot be opened.
#[derive(Debug, Error)]
pub enum InputError {
    /// There is no such file.
    #[error("there is no file `{}`{}", path.display(), hint(suggestion.as_deref()))]
    NotFound {
        /// What was asked for.
        path: PathBuf,
        /// A file of the same folder with a similar name.
        suggestion: Option<String>,
    },
    /// It is a folder.
    #[error("`{}` is a folder; name the case files in it", .0.display())]
    Folder(PathBuf),
    /// It is a pipe, a socket or a device, which might never end.
    #[error("`{}` is {what}, not a file; pipe it in, with `-` as the name", path.display())]
    NotAFile {
        /// What was asked for.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// It cannot be read.
    #[error("`{}` cannot be read: {reason}", path.display())]
    Unreadable {
        /// What was asked for.
        path: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
}

fn hint(suggestion: Option<&str>) -> String {
    suggestion.map(|help| format!("; {help}")).unwrap_or_default()
}

/// Opens a regular file. A pipe is refused before it is opened: opening it could wait for ever.
///
/// # Errors
/// It is not there, is something else than a file, or cannot be read.
pub fn open(path: &Path) -> Result<impl BufRead + use<>, InputError> {
    if check_kind(path)?.is_dir() {
        return Err(InputError::Folder(path.to_owned()));
    }
    let opened = File::open(path).map(BufReader::new);
    opened.map_err(|reason| unreadable(path, reason))
}

/// Checks that a path is a file or a folder, and says which.
///
/// # Errors
/// It is not there, is something else, or cannot be looked at.
pub fn check_kind(path: &Path) -> Result<FileType, InputError> {
    let metadata = path.metadata();
    let kind = metadata.map_err(|reason| unreadable(path, reason))?.file_type();
    if kind.is_file() || kind.is_dir() {
        return Ok(kind);
    }
    Err(InputError::NotAFile {
        path: path.to_owned(),
        what: special(kind),
    })
}

fn unreadable(path: &Path, reason: std::io::Error) -> InputError {
    match reason.kind() {
        ErrorKind::NotFound => InputError::NotFound {
            path: path.to_owned(),
            suggestion: similar_file(path),
        },
        _ => InputError::Unreadable {
            path: path.to_owned(),
            reason,
        },
    }
}

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> &'static str {
    "something else"
}

fn similar_file(path: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_str()?;
    let folder = path
        .parent()
        .filter(|folder| *folder != Path::new(""))
        .unwrap_or(Path::new("."));
    let names = std::fs::read_dir(folder).ok()?.flatten().take(1_000);
    let names: Vec<String> = names
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    did_you_mean(wanted, names.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(path: &Path) -> String {
        match open(path) {
            Ok(_) => panic!("opened"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_folder_and_a_missing_file_are_refused_with_a_way_out() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("menaka.yaml"), "case: A\n").unwrap();
        assert!(refusal(folder.path()).contains("is a folder"));
        assert!(refusal(&folder.path().join("menakka.yaml")).contains("did you mean `menaka.yaml`?"));
        assert!(open(&folder.path().join("menaka.yaml")).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_that_nobody_writes_to_is_refused_without_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        assert!(refusal(&pipe).contains("is a pipe"));
        assert!(refusal(Path::new("/dev/zero")).contains("is a device"));
    }
}
