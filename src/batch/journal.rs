//! The output of a batch on disk: written whole or not at all, and continued after an interruption.
//!
//! Results go to `OUT.partial`. Now and then what was written is made safe, and `OUT.journal` says how far it goes; the
//! journal is replaced as a whole. `OUT.references` holds the hashes of the references, to find repeated ones. At the end
//! the partial file gets its name, and the others are removed.

use super::references::References;
use super::{Duplicates, Repeated, Tally};
use crate::files::sync_folder;
use crate::report::Lines;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use thiserror::Error;

/// Why an output cannot be begun or continued.
#[derive(Debug, Error)]
pub enum JournalError {
    /// There is a file of that name.
    #[error("`{}` exists; name another file, or replace it with `--force`", .0.display())]
    Exists(PathBuf),
    /// An earlier run did not end.
    #[error("`{}` is left from a run that did not end; go on with `--resume`, or begin anew with `--force`", .0.display())]
    Unfinished(PathBuf),
    /// There is nothing to go on with.
    #[error("there is nothing to resume: `{}` is not there; run without `--resume`", .0.display())]
    NothingToResume(PathBuf),
    /// The interrupted run was another one.
    #[error("the interrupted run cannot be continued: {0}; begin anew with `--force`")]
    Other(String),
    /// Another run is writing the same output.
    #[error("another run is writing `{}`", .0.display())]
    Busy(PathBuf),
    /// It cannot be written or read.
    #[error("`{}` cannot be written: {reason}", path.display())]
    Unwritable {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
}

/// How an output is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// Anew; nothing may be there.
    New,
    /// Anew, whatever is there.
    Replace,
    /// Where an interrupted run ended.
    Resume,
}

/// How far an output goes that is safely on disk.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Checkpoint {
    /// What the run is: inputs, rules, options. Another one cannot go on with it.
    run: String,
    chunks: u64,
    bytes: u64,
    tally: Tally,
    /// The earlier results that cases were compared with, a bit for each.
    matched: Vec<u64>,
    /// References that were looked at; their hashes stand in a file of their own.
    repeated: Repeated,
    /// Of a file of columns what it needs to go on, besides its bytes.
    #[serde(default)]
    columns: String,
}

/// An output that is being written.
#[derive(Debug)]
pub struct Journal {
    out: PathBuf,
    partial: PathBuf,
    journal: PathBuf,
    file: File,
    references: References,
    at: Checkpoint,
    saved: Instant,
    save_every: Duration,
}

impl Journal {
    /// Begins or continues an output. `run` says in words what makes it another run, `save_every` how often what was
    /// written is made safe.
    ///
    /// # Errors
    /// Something is there that must not be, or nothing that must be, or the files cannot be written.
    pub fn begin(out: &Path, begin: Begin, run: &str, save_every: Duration) -> Result<Self, JournalError> {
        let partial = beside(out, "partial");
        let journal = beside(out, "journal");
        let unwritable = |path: &Path| {
            let path = path.to_owned();
            move |reason| JournalError::Unwritable { path, reason }
        };
        if begin != Begin::Replace && out.exists() {
            return Err(JournalError::Exists(out.to_owned()));
        }
        let mut at = Checkpoint {
            run: run.to_owned(),
            chunks: 0,
            bytes: 0,
            tally: Tally::default(),
            matched: Vec::new(),
            repeated: Repeated::default(),
            columns: String::new(),
        };
        match begin {
            Begin::New if partial.exists() => return Err(JournalError::Unfinished(partial)),
            Begin::Resume if !partial.exists() => return Err(JournalError::NothingToResume(partial)),
            _ => {}
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&partial)
            .map_err(unwritable(&partial))?;
        if let Err(fs::TryLockError::WouldBlock) = file.try_lock() {
            return Err(JournalError::Busy(out.to_owned()));
        }
        if begin == Begin::Resume {
            // Killed before the first checkpoint: it begins at the beginning.
            if let Some(saved) = read_checkpoint(&journal)? {
                if saved.run != run {
                    return Err(JournalError::Other(difference(&saved.run, run)));
                }
                let length = file.metadata().map_err(unwritable(&partial))?.len();
                if length < saved.bytes {
                    let message = format!("`{}` is shorter than its journal says", partial.display());
                    return Err(JournalError::Other(message));
                }
                at = saved;
            }
        } else {
            remove(&journal).map_err(unwritable(&journal))?;
        }
        file.set_len(at.bytes).map_err(unwritable(&partial))?;
        file.seek(SeekFrom::Start(at.bytes))
            .map_err(unwritable(&partial))?;
        let references = References::begin(beside(out, "references"), at.repeated.looked_at)?;
        Ok(Self {
            out: out.to_owned(),
            partial,
            journal,
            file,
            references,
            at,
            saved: Instant::now(),
            save_every,
        })
    }

    /// Chunks whose results are written.
    pub fn chunks(&self) -> u64 {
        self.at.chunks
    }

    /// What was counted of what an interrupted run had written.
    pub fn tally(&self) -> &Tally {
        &self.at.tally
    }

    /// Which earlier results cases were compared with when the run was interrupted.
    pub fn matched(&self) -> &[u64] {
        &self.at.matched
    }

    /// The references that the interrupted run had looked at.
    ///
    /// # Errors
    /// Their hashes cannot be read.
    pub fn duplicates(&mut self) -> Result<Duplicates, JournalError> {
        let hashes = self.references.hashes(self.at.repeated.looked_at)?;
        Ok(Duplicates::resume(self.at.repeated.clone(), hashes))
    }

    /// Keeps the hash of a reference that was looked at.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_reference(&mut self, hash: u64) -> io::Result<()> {
        self.references.write(hash)
    }

    /// Bytes that are written.
    pub fn bytes(&self) -> u64 {
        self.at.bytes
    }

    /// Writes what stands before the results, such as a header.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_head(&mut self, text: &[u8]) -> io::Result<()> {
        self.at.bytes += text.len() as u64;
        self.file.write_all(text)
    }

    /// Writes the results of the next chunk.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn write(&mut self, text: &[u8]) -> io::Result<()> {
        self.write_of(text, 1)
    }

    /// Writes the results of the next chunk, given as lines.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn write_lines(&mut self, lines: &Lines) -> io::Result<()> {
        self.at.bytes += lines.write_to(&mut self.file)?;
        self.at.chunks += 1;
        Ok(())
    }

    /// Writes the results of the next chunks, so many of them.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn write_of(&mut self, text: &[u8], chunks: u64) -> io::Result<()> {
        self.file.write_all(text)?;
        self.at.bytes += text.len() as u64;
        self.at.chunks += chunks;
        Ok(())
    }

    /// What the last [`Self::save`] was given to keep of a file of columns.
    pub fn columns(&self) -> &str {
        &self.at.columns
    }

    /// Keeps what a file of columns needs to go on, from the next [`Self::save`].
    pub fn keep_columns(&mut self, state: String) {
        self.at.columns = state;
    }

    /// Whether it is time to [`Self::save`].
    pub fn is_save_due(&self) -> bool {
        self.saved.elapsed() >= self.save_every
    }

    /// Makes what was written safe, with what was counted of all of it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn save(&mut self, tally: Tally, matched: Vec<u64>, repeated: &Repeated) -> io::Result<()> {
        self.at.tally = tally;
        self.at.matched = matched;
        self.at.repeated = repeated.clone();
        self.references.save()?;
        self.file.sync_data()?;
        replace(&self.journal, &serde_json::to_vec(&self.at)?)?;
        self.saved = Instant::now();
        Ok(())
    }

    /// Gives the output its name.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(self) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.partial, &self.out)?;
        sync_folder(&self.out)?;
        remove(&self.references.path)?;
        remove(&self.journal)
    }

    /// Leaves nothing of an output that must not be used.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn discard(self) -> io::Result<()> {
        remove(&self.journal)?;
        remove(&self.references.path)?;
        remove(&self.partial)
    }
}

impl Drop for Journal {
    /// Gives the lock back at once: a process that this one is starting may still hold the file open.
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

/// `cases.jsonl` with an ending: `cases.jsonl.partial`.
pub(super) fn beside(out: &Path, ending: &str) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// Replaces a journal as a whole. The new one has a fixed name, so that no number of kills leaves more than one; the lock
/// on the partial output keeps others away.
fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let new = beside(path, "new");
    let mut file = File::create(&new)?;
    file.write_all(text)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&new, path)?;
    sync_folder(path)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

fn read_checkpoint(path: &Path) -> Result<Option<Checkpoint>, JournalError> {
    let mut text = Vec::new();
    let read = File::open(path).and_then(|mut file| file.read_to_end(&mut text));
    match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(reason) => {
            return Err(JournalError::Unwritable {
                path: path.to_owned(),
                reason,
            });
        }
        Ok(_) => {}
    }
    serde_json::from_slice(&text).map(Some).map_err(|error| {
        JournalError::Other(format!(
            "`{}` is not the journal of a run ({error})",
            path.display()
        ))
    })
}

/// The first line in which two descriptions of a run differ.
fn difference(then: &str, now: &str) -> String {
    let mut lines = then.lines().zip(now.lines());
    match lines.find(|(then, now)| then != now) {
        Some((then, now)) => format!("then it had {then}, now {now}"),
        None => "it had other options".to_owned(),
    }
}

#[cfg(test)]
mod tests;
