//! Writing several new folders and one changed file: all of it or none.

use crate::diagnostic::Diagnostic;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A folder that is not there yet, with its files.
#[derive(Debug)]
pub(super) struct NewFolder {
    pub path: PathBuf,
    /// Names below the folder, with texts.
    pub files: Vec<(String, String)>,
}

/// Everything is written under hidden names first; then each is renamed, and undone when one fails.
pub(super) fn write(folders: &[NewFolder], replaced: Option<&(PathBuf, String)>) -> Result<(), Diagnostic> {
    let mut made: Vec<(PathBuf, &Path)> = Vec::new();
    let written = prepared(folders, &mut made).and_then(|()| {
        let replacement = replaced
            .map(|(path, text)| Ok::<_, Failed>((path, beside(path, text)?)))
            .transpose()?;
        let done = put_in_place(&made, replacement.as_ref());
        if done.is_err()
            && let Some((_, hidden)) = &replacement
        {
            let _ = fs::remove_file(hidden);
        }
        done
    });
    if written.is_err() {
        for (hidden, _) in &made {
            let _ = fs::remove_dir_all(hidden);
        }
    }
    written.map_err(|(path, error)| {
        let message = format!("`{}` cannot be written: {error}", path.display());
        Diagnostic::error("not-written", message).help("nothing has been changed")
    })
}

type Failed = (PathBuf, io::Error);

fn prepared<'f>(folders: &'f [NewFolder], made: &mut Vec<(PathBuf, &'f Path)>) -> Result<(), Failed> {
    for folder in folders {
        let hidden = hidden_name(&folder.path);
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |error| (path, error)
        };
        fs::create_dir(&hidden).map_err(failed(&folder.path))?;
        made.push((hidden.clone(), &folder.path));
        for (name, text) in &folder.files {
            let path = hidden.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(failed(parent))?;
            }
            save(&path, text).map_err(failed(&folder.path.join(name)))?;
        }
    }
    Ok(())
}

fn put_in_place(made: &[(PathBuf, &Path)], replacement: Option<&(&PathBuf, PathBuf)>) -> Result<(), Failed> {
    let mut in_place: Vec<&Path> = Vec::new();
    let mut renamed = || {
        for (hidden, path) in made {
            // Renaming would take the place of an empty folder.
            if path.symlink_metadata().is_ok() {
                return Err((path.to_path_buf(), io::ErrorKind::AlreadyExists.into()));
            }
            fs::rename(hidden, path).map_err(|error| (path.to_path_buf(), error))?;
            in_place.push(path);
        }
        match replacement {
            Some((path, hidden)) => fs::rename(hidden, path).map_err(|error| (path.to_path_buf(), error)),
            None => Ok(()),
        }
    };
    let done = renamed();
    if done.is_err() {
        for path in in_place {
            let _ = fs::remove_dir_all(path);
        }
    }
    done
}

/// Writes the new text of a file beside it, and gives the name.
fn beside(path: &Path, text: &str) -> Result<PathBuf, Failed> {
    let hidden = hidden_name(path);
    match save(&hidden, text) {
        Ok(()) => Ok(hidden),
        Err(error) => {
            let _ = fs::remove_file(&hidden);
            Err((path.to_owned(), error))
        }
    }
}

fn save(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::File::create_new(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// A name in the same folder that is no name of a version.
fn hidden_name(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.new-{}", std::process::id()))
}
