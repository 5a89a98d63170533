//! The texts of all watched files at one moment.

use super::Watched;
use crate::files::read_bytes;
use crate::policy::RulesTree;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file that was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The file, as a message shows it.
    pub path: PathBuf,
    /// What has become of it.
    pub how: SavedHow,
}

/// What has become of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SavedHow {
    /// It has another text.
    Changed,
    /// It was not there before.
    Created,
    /// It is gone.
    Deleted,
}

/// Bytes of a file that is watched: no file of rules, tests or cases that can be used has more.
const MOST_BYTES: u64 = 64 << 20;

/// The size and time of a file.
type Stamp = Option<(u64, SystemTime)>;

/// What the files held, and the stamps that they had.
#[derive(Debug)]
pub(super) struct Seen {
    texts: BTreeMap<PathBuf, Vec<u8>>,
    stamps: BTreeMap<PathBuf, Stamp>,
}

impl Seen {
    /// Reads all watched files. A file that cannot be read is one that is not there.
    pub fn of(watched: &Watched) -> Self {
        let files = files(watched);
        // The stamps come first: what is saved meanwhile is seen at the next look.
        let stamps = files.iter().map(|path| (path.clone(), stamp(path))).collect();
        let read = files.into_iter().filter_map(|path| {
            let text = read_bytes(&path, MOST_BYTES).ok()?;
            Some((path, text))
        });
        Self {
            texts: read.collect(),
            stamps,
        }
    }

    /// Whether a file has another stamp by now.
    pub fn is_touched(&self, watched: &Watched) -> bool {
        let files = files(watched);
        files.len() != self.stamps.len()
            || files
                .iter()
                .any(|path| self.stamps.get(path).is_none_or(|before| *before != stamp(path)))
    }

    /// The files that were saved between this look and a later one.
    pub fn saved_until(&self, later: &Self) -> Vec<Saved> {
        let mut paths: Vec<&PathBuf> = self.texts.keys().chain(later.texts.keys()).collect();
        paths.sort();
        paths.dedup();
        let saved = paths.into_iter().filter_map(|path| {
            let how = match (self.texts.get(path), later.texts.get(path)) {
                (Some(before), Some(after)) if before == after => return None,
                (Some(_), Some(_)) => SavedHow::Changed,
                (None, _) => SavedHow::Created,
                (Some(_), None) => SavedHow::Deleted,
            };
            let path = path.clone();
            Some(Saved { path, how })
        });
        saved.collect()
    }
}

fn stamp(path: &Path) -> Stamp {
    let metadata = path.metadata().ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}

/// The files of the rules and tests that there are, and the case files that were named.
fn files(watched: &Watched) -> Vec<PathBuf> {
    let rules = RulesTree::folder(&watched.rules).map_or_else(|_| Vec::new(), |tree| tree.files());
    let mut files: Vec<PathBuf> = rules.iter().map(|name| watched.rules.join(name)).collect();
    let tests = watched.tests.iter().flat_map(walkdir::WalkDir::new).flatten();
    files.extend(tests.map(walkdir::DirEntry::into_path).filter(|path| {
        matches!(
            path.extension().and_then(|ending| ending.to_str()),
            Some("yaml" | "yml")
        )
    }));
    files.extend(watched.cases.iter().cloned());
    files
}
