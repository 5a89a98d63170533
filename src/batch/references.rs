//! The hashes of the references that a batch has looked at, on disk: 8 bytes each, so that a run that goes on finds
//! repeated ones as well.

use super::journal::JournalError;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

/// Hashes beside an output that is being written.
#[derive(Debug)]
pub(super) struct References {
    pub path: PathBuf,
    file: BufWriter<File>,
}

impl References {
    /// Begins, or goes on after so many hashes.
    ///
    /// # Errors
    /// The file cannot be written, or has fewer.
    pub fn begin(path: PathBuf, count: u64) -> Result<Self, JournalError> {
        let open = || -> io::Result<Option<File>> {
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)?;
            if file.metadata()?.len() < count * 8 {
                return Ok(None);
            }
            file.set_len(count * 8)?;
            file.seek(SeekFrom::End(0))?;
            Ok(Some(file))
        };
        match open() {
            Ok(Some(file)) => Ok(Self {
                file: BufWriter::new(file),
                path,
            }),
            Ok(None) => Err(JournalError::Other(format!(
                "`{}` is shorter than its journal says",
                path.display()
            ))),
            Err(reason) => Err(JournalError::Unwritable { path, reason }),
        }
    }

    /// The first hashes.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn hashes(&mut self, count: u64) -> Result<Vec<u64>, JournalError> {
        let read = || -> io::Result<Vec<u64>> {
            let mut bytes = Vec::new();
            File::open(&self.path)?.take(count * 8).read_to_end(&mut bytes)?;
            let hashes = bytes.chunks_exact(8);
            Ok(hashes
                .map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap_or_default()))
                .collect())
        };
        read().map_err(|reason| JournalError::Unwritable {
            path: self.path.clone(),
            reason,
        })
    }

    /// Adds a hash.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&mut self, hash: u64) -> io::Result<()> {
        self.file.write_all(&hash.to_le_bytes())
    }

    /// Makes what was added safe.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn save(&mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_data()
    }
}
