//! Outputs that get their name when they are whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::{Builder, NamedTempFile};

/// A file that is being written under a hidden name beside its own; without [`Self::finish`] nothing is left of it.
#[derive(Debug)]
pub struct PendingFile {
    path: PathBuf,
    file: NamedTempFile,
    may_replace: bool,
}

impl PendingFile {
    /// Begins a file that must not be there yet.
    ///
    /// # Errors
    /// It is there, or nothing can be written beside it.
    pub fn new(path: &Path) -> io::Result<Self> {
        if path.symlink_metadata().is_ok() {
            return Err(already_there());
        }
        Self::begin(path, false)
    }

    /// Begins a file that takes the place of the one that is there, if any, with its permissions.
    ///
    /// # Errors
    /// Nothing can be written beside it.
    pub fn replacing(path: &Path) -> io::Result<Self> {
        Self::begin(path, true)
    }

    fn begin(path: &Path, may_replace: bool) -> io::Result<Self> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
        let mut prefix = std::ffi::OsString::from(".");
        prefix.push(name);
        prefix.push(".");
        let mut builder = Builder::new();
        builder.prefix(&prefix).suffix(".new");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // What the user's mask leaves of it, as for every other file.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(folder_of(path))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            may_replace,
        })
    }

    /// Makes what was written safe, and gives it its name.
    ///
    /// # Errors
    /// It cannot be written, or a file that must not be there has come meanwhile.
    pub fn finish(self) -> io::Result<()> {
        if self.may_replace
            && let Ok(old) = self.path.metadata()
        {
            self.file.as_file().set_permissions(old.permissions())?;
        }
        self.file.as_file().sync_all()?;
        if self.may_replace {
            fs::rename(self.file.path(), &self.path)?;
            // The hidden name is gone, and with it what would be removed.
            let _ = self.file.keep();
        } else {
            self.file.persist_noclobber(&self.path)?;
        }
        sync_folder(&self.path)
    }
}

impl Write for PendingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes a file whole or not at all, in the place of one that is there. A pipe or a device takes the text as it comes.
///
/// # Errors
/// It cannot be written.
pub fn write_whole(path: &Path, text: &[u8]) -> io::Result<()> {
    if path.metadata().is_ok_and(|there| !there.is_file()) {
        return fs::OpenOptions::new().write(true).open(path)?.write_all(text);
    }
    let mut file = PendingFile::replacing(path)?;
    file.write_all(text)?;
    file.finish()
}

/// Writes a file that is not there yet, whole or not at all.
///
/// # Errors
/// It is there, or cannot be written.
pub fn write_new(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = PendingFile::new(path)?;
    file.write_all(text)?;
    file.finish()
}

/// Makes a new name in a folder safe. Not every system can; the name is then as safe as the system makes it.
///
/// # Errors
/// The folder cannot be opened, or the system fails.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder_of(path))?.sync_all()?;
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    folder.unwrap_or(Path::new("."))
}

fn already_there() -> io::Error {
    io::Error::new(io::ErrorKind::AlreadyExists, "it exists already")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = names
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_that_is_not_finished_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page.html");
        let mut file = PendingFile::new(&path).unwrap();
        file.write_all(b"half").unwrap();
        drop(file);
        assert!(names(folder.path()).is_empty());
        write_whole(&path, b"whole").unwrap();
        assert_eq!(names(folder.path()), ["page.html"]);
        assert_eq!(fs::read(&path).unwrap(), b"whole");
    }

    #[test]
    fn a_new_file_never_takes_the_place_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("case.yaml");
        let mut file = PendingFile::new(&path).unwrap();
        file.write_all(b"late").unwrap();
        fs::write(&path, "first").unwrap();
        assert_eq!(file.finish().unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(
            write_new(&path, b"x").unwrap_err().kind(),
            io::ErrorKind::AlreadyExists
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        assert_eq!(names(folder.path()), ["case.yaml"]);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_those_of_the_file_that_is_replaced() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.yaml");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        write_whole(&path, b"new").unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    }
}
