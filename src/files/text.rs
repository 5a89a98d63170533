//! Texts read within bounds: no pipe that never ends, no file larger than asked for, nothing outside a folder.

use cap_fs_ext::OpenOptionsSyncExt;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use thiserror::Error;

/// Why a text cannot be read.
#[derive(Debug, Error)]
pub enum Unreadable {
    /// There is no such file.
    #[error("it is not there")]
    Missing,
    /// It leads out of the folder that it must lie in.
    #[error("it leads out of the folder")]
    Outside,
    /// It is a folder, a pipe or a device.
    #[error("it is not a file")]
    NotAFile,
    /// It has more bytes than are allowed.
    #[error("it has more than {0} bytes")]
    TooLarge(u64),
    /// It is not UTF-8.
    #[error("{0}; save it as UTF-8")]
    NotUtf8(#[from] std::string::FromUtf8Error),
    /// The system says no.
    #[error("{0}")]
    Io(io::Error),
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::Missing,
            // What the system forbids has a number; a way out of a folder is refused before it is asked.
            ErrorKind::PermissionDenied if error.raw_os_error().is_none() => Self::Outside,
            _ => Self::Io(error),
        }
    }
}

/// Reads a file of at most `most_bytes` bytes, following links.
///
/// # Errors
/// It cannot be read, or is no text of this size.
pub fn read_text(path: &Path, most_bytes: u64) -> Result<String, Unreadable> {
    Ok(String::from_utf8(read_bytes(path, most_bytes)?)?)
}

/// Reads a file of at most `most_bytes` bytes, following links, whatever its bytes are.
///
/// # Errors
/// It cannot be read, or is no file of this size.
pub fn read_bytes(path: &Path, most_bytes: u64) -> Result<Vec<u8>, Unreadable> {
    // A pipe would wait for whoever writes to it.
    if !path.metadata()?.is_file() {
        return Err(Unreadable::NotAFile);
    }
    bounded(std::fs::File::open(path)?, most_bytes)
}

/// Reads a file of at most `most_bytes` bytes that lies in a folder, also after links are followed. The system follows
/// them in one step, so that a link that is put there meanwhile is refused as well.
///
/// # Errors
/// It cannot be read, lies outside the folder, or is no text of this size.
pub fn read_text_within(folder: &Path, name: &str, most_bytes: u64) -> Result<String, Unreadable> {
    let folder = Dir::open_ambient_dir(folder, ambient_authority())?;
    let mut options = OpenOptions::new();
    // A pipe would wait for whoever writes to it.
    options.read(true).nonblock(true);
    let file = folder.open_with(name, &options)?;
    if !file.metadata()?.is_file() {
        return Err(Unreadable::NotAFile);
    }
    Ok(String::from_utf8(bounded(file, most_bytes)?)?)
}

fn bounded(file: impl Read, most_bytes: u64) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    file.take(most_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most_bytes {
        return Err(Unreadable::TooLarge(most_bytes));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_text_has_a_size_that_is_not_exceeded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        fs::write(&path, "abc").unwrap();
        assert_eq!(read_text(&path, 3).unwrap(), "abc");
        assert!(matches!(read_text(&path, 2), Err(Unreadable::TooLarge(2))));
        assert!(matches!(
            read_text_within(folder.path(), "a.yaml", 2),
            Err(Unreadable::TooLarge(2))
        ));
        assert!(matches!(read_text(folder.path(), 9), Err(Unreadable::NotAFile)));
        assert!(matches!(
            read_text_within(folder.path(), "b.yaml", 9),
            Err(Unreadable::Missing)
        ));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_is_swapped_in_while_files_are_read_never_leads_out() {
        use std::os::unix::fs::symlink;
        use std::sync::atomic::{AtomicBool, Ordering};
        let folder = tempfile::tempdir().unwrap();
        let (inside, outside) = (folder.path().join("rules"), folder.path().join("other"));
        for (place, text) in [(&inside.join("real"), "inside"), (&outside, "outside")] {
            fs::create_dir_all(place).unwrap();
            fs::write(place.join("a.yaml"), text).unwrap();
        }
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                // A link in the folder that leads inside and outside in turn, each time put there in one step.
                let next = inside.join("next");
                while !stop.load(Ordering::Relaxed) {
                    for target in ["real", "../other"] {
                        let _ = fs::remove_file(&next);
                        symlink(target, &next).unwrap();
                        fs::rename(&next, inside.join("version")).unwrap();
                    }
                }
            });
            let mut read = 0;
            let mut refused = 0;
            while read < 200 || refused < 200 {
                match read_text_within(&inside, "version/a.yaml", 100) {
                    Ok(text) => {
                        assert_eq!(text, "inside");
                        read += 1;
                    }
                    Err(Unreadable::Outside | Unreadable::Missing) => refused += 1,
                    // The system gives up when a link changes while it is followed.
                    Err(Unreadable::Io(error)) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
                    Err(other) => panic!("{other}"),
                }
            }
            stop.store(true, Ordering::Relaxed);
        });
    }
}
