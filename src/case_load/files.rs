//! Which files the inputs of a case load are, in which order, and how they are read.

use crate::case_file::InputError;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use walkdir::WalkDir;

/// What a file holds, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// YAML documents, or JSON.
    Documents,
    /// JSON Lines: a case on each line.
    Lines,
    /// CSV with a header: a case in each row.
    Rows,
    /// Parquet or Arrow: a case in each row, or a case store.
    Columns,
}

/// How a file is packed, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// It is not.
    Plain,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstandard,
}

/// A file of a case load, or a part of a folder that cannot be read.
#[derive(Debug, Clone)]
pub enum Input {
    /// A file.
    File {
        /// The path under which it is read and shown.
        path: PathBuf,
        /// What it holds.
        format: Format,
        /// How it is packed.
        compression: Compression,
        /// Its bytes, as far as is known before.
        bytes: u64,
    },
    /// Standard input.
    Standard,
    /// It cannot be read.
    Unreadable {
        /// The path.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// The inputs of a case load, looked at before any is read.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Each input that the user named.
    pub inputs: Vec<PathBuf>,
    /// The files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Whether standard input is one of them: its size is not known.
    pub has_standard_input: bool,
    /// Files of folders that are no case files by their names.
    pub ignored: u64,
    /// The first of these.
    pub first_ignored: Option<PathBuf>,
    /// The Parquet and Arrow files among them.
    pub columns: Vec<PathBuf>,
    /// A number for all names, sizes and times of change: another number means other inputs.
    pub identity: u64,
}

/// What a file holds and how it is packed; `None` for a name that is not that of a case file.
pub(crate) fn kind_of(path: &Path) -> Option<(Format, Compression)> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let (name, compression) = if let Some(name) = name.strip_suffix(".gz") {
        (name, Compression::Gzip)
    } else if let Some(name) = name.strip_suffix(".zst") {
        (name, Compression::Zstandard)
    } else {
        (name.as_str(), Compression::Plain)
    };
    let format = match Path::new(name).extension()?.to_str()? {
        "yaml" | "yml" | "json" => Format::Documents,
        "jsonl" | "ndjson" => Format::Lines,
        "csv" | "tsv" => Format::Rows,
        "parquet" | "arrow" | "arrows" | "feather" | "ipc" => Format::Columns,
        _ => return None,
    };
    Some((format, compression))
}

/// Looks at all inputs.
///
/// # Errors
/// An input that the user named is not there, or is neither a file nor a folder.
pub fn plan(inputs: &[PathBuf]) -> Result<Plan, InputError> {
    let mut plan = Plan {
        inputs: inputs.to_vec(),
        identity: 0xcbf2_9ce4_8422_2325,
        ..Plan::default()
    };
    for input in inputs {
        if input == Path::new("-") {
            plan.has_standard_input = true;
            continue;
        }
        crate::case_file::check_kind(input)?;
        for found in walk(input) {
            match found {
                Found::Input(Input::File {
                    path, bytes, format, ..
                }) => {
                    plan.files += 1;
                    if format == Format::Columns {
                        plan.columns.push(path.clone());
                    }
                    plan.bytes += bytes;
                    let changed = path.metadata().ok().map(|metadata| moment(&metadata));
                    plan.identify(&path, bytes, changed.unwrap_or_default());
                }
                Found::Input(_) => {}
                Found::Ignored(path) => {
                    plan.ignored += 1;
                    plan.first_ignored.get_or_insert(path);
                }
            }
        }
    }
    Ok(plan)
}

impl Plan {
    /// The files, in the order in which they are read: inputs as named, folders by the names in them.
    pub fn files(&self) -> impl Iterator<Item = (usize, Input)> + '_ {
        self.inputs.iter().enumerate().flat_map(|(index, input)| {
            let found: Box<dyn Iterator<Item = Found> + Send> = if input == Path::new("-") {
                Box::new(std::iter::once(Found::Input(Input::Standard)))
            } else {
                Box::new(walk(input))
            };
            found.filter_map(move |found| match found {
                Found::Input(input) => Some((index, input)),
                Found::Ignored(_) => None,
            })
        })
    }

    /// FNV-1a over what tells one file from another.
    fn identify(&mut self, path: &Path, bytes: u64, changed: u128) {
        let path = path.as_os_str().as_encoded_bytes();
        let rest = bytes.to_le_bytes().into_iter().chain(changed.to_le_bytes());
        for byte in path.iter().copied().chain(rest) {
            self.identity = (self.identity ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// When a file was last changed, in nanoseconds.
pub(super) fn moment(metadata: &Metadata) -> u128 {
    let changed = metadata.modified().ok();
    let since = changed.and_then(|changed| changed.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |since| since.as_nanos())
}

enum Found {
    Input(Input),
    Ignored(PathBuf),
}

/// The files below a path, by name; a file that the user named is read whatever its name.
fn walk(root: &Path) -> impl Iterator<Item = Found> + use<> {
    let root = root.to_owned();
    let entries = WalkDir::new(&root).follow_root_links(true).sort_by_file_name();
    entries.into_iter().filter_map(move |entry| {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(&root).to_owned();
                let reason = error
                    .io_error()
                    .map_or_else(|| error.to_string(), ToString::to_string);
                return Some(Found::Input(Input::Unreadable { path, reason }));
            }
        };
        let path = entry.path();
        if entry.file_type().is_dir() {
            return None;
        }
        // A link to a file is read as that file; one to a folder is not followed, since it could lead in circles.
        let metadata = match path.metadata() {
            Ok(metadata) => metadata,
            Err(error) => {
                return Some(Found::Input(Input::Unreadable {
                    path: path.to_owned(),
                    reason: error.to_string(),
                }));
            }
        };
        let is_named = entry.depth() == 0;
        match kind_of(path) {
            _ if !metadata.is_file() => Some(Found::Ignored(path.to_owned())),
            None if !is_named => Some(Found::Ignored(path.to_owned())),
            kind => {
                let (format, compression) = kind.unwrap_or((Format::Documents, Compression::Plain));
                Some(Found::Input(Input::File {
                    path: path.to_owned(),
                    format,
                    compression,
                    bytes: metadata.len(),
                }))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_says_what_a_file_holds_and_how_it_is_packed() {
        let kind = |name: &str| kind_of(Path::new(name));
        assert_eq!(kind("a/B.YML"), Some((Format::Documents, Compression::Plain)));
        assert_eq!(kind("a.jsonl.gz"), Some((Format::Lines, Compression::Gzip)));
        assert_eq!(kind("a.csv.zst"), Some((Format::Rows, Compression::Zstandard)));
        assert_eq!(kind("a.parquet"), Some((Format::Columns, Compression::Plain)));
        assert_eq!(kind("README.md"), None);
        assert_eq!(kind(".gz"), None);
    }

    #[test]
    fn folders_are_read_in_the_order_of_their_names_and_what_is_left_out_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b/2.yaml", "b/1.jsonl", "a.json", "b/c/d/e.yml", "README.md"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        let plan = plan(&[folder.path().to_owned()]).unwrap();
        let names: Vec<String> = plan
            .files()
            .map(|(_, input)| match input {
                Input::File { path, .. } => path.strip_prefix(folder.path()).unwrap().display().to_string(),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(names, ["a.json", "b/1.jsonl", "b/2.yaml", "b/c/d/e.yml"]);
        assert_eq!((plan.files, plan.bytes, plan.ignored), (4, 4, 1));
    }

    #[test]
    fn another_size_or_name_is_another_identity() {
        let folder = tempfile::tempdir().unwrap();
        let of = |text: &str| {
            std::fs::write(folder.path().join("a.yaml"), text).unwrap();
            plan(&[folder.path().to_owned()]).unwrap().identity
        };
        assert_ne!(of("a"), of("ab"));
    }
}
