//! What cases are compared with: another policy version, or the results of an earlier run.
//!
//! Results are JSON Lines, CSV (both also packed) or Parquet, told apart by what stands in them. JSON Lines hold the facts that
//! each result rests on; tables and columns do not ([`EarlierResults::hold_facts`]).

#[cfg(feature = "columnar")]
mod columns;
mod handle;
mod index;
mod lines;
mod packed;
mod rows;
mod rules;
mod table;

pub(super) use handle::{EarlierCase, EarlierHandle, EarlierRow, NumberedSaid};
pub(super) use lines::EarlierLine;

use super::RuleSet;
use crate::case_load::{Compression, Format, kind_of, open_unpacked, unreadable};
use crate::diagnostic::Diagnostic;
use crate::evaluate::CompiledPolicy;
use crate::policy::RulesTree;
use index::Index;
use lines::SingleLines;
use packed::PackedLines;
use rows::{Rows, case_number};
use rules::{EarlierRules, rules_of_table};
use std::fs::{File, Metadata};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

/// What a case load is compared with.
#[derive(Debug, Clone)]
pub enum Against {
    /// Another policy version: it evaluates every case, too.
    Version(Arc<RuleSet>),
    /// Results of an earlier run, matched by the reference of the case.
    Results(Arc<EarlierResults>),
}

/// The results of an earlier run, as an index: 16 bytes for each case, and 4 more where the results are rows. Lines of a
/// packed file are kept, too, packed.
#[derive(Debug)]
pub struct EarlierResults {
    path: PathBuf,
    form: Form,
    index: Index,
    /// Lines or rows in error, which nothing can be compared with.
    pub errors: u64,
    /// Cases whose reference another case has as well; the last one counts.
    pub repeated: u64,
    /// The size of the file and the time of its last change.
    identity: String,
}

/// Where the results are.
#[derive(Debug)]
enum Form {
    /// JSON Lines: in the file, or, where that is packed, here.
    Lines(Option<PackedLines>),
    /// Here: CSV.
    Table(Rows, EarlierRules),
    /// Here: Parquet.
    #[cfg(feature = "columnar")]
    Columns(Rows, EarlierRules),
}

/// The hash by which references are found; the same in every run of the program. It is not the fastest: two references that
/// had the same would be called repeated.
pub(crate) fn hash_of(reference: &str) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(reference)
}

/// Bytes of an earlier result.
const MOST_BYTES: u64 = 64 << 20;

const WAY_OUT: &str =
    "compare with a policy version, or with results that `batch` wrote: JSON Lines, CSV or Parquet";

const ANOTHER_COPY: &str = "it is packed: `gzip -t` or `zstd -t` say whether it is damaged or cut off, and then another copy is needed";

fn not_a_result(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("not-a-result", message).help(WAY_OUT)
}

impl EarlierResults {
    /// Reads the references of results that `batch` wrote: JSON Lines, CSV (both also packed), or Parquet.
    ///
    /// # Errors
    /// The file cannot be read, or something in it is no result.
    pub fn open(path: &Path) -> Result<Self, Diagnostic> {
        Self::read(path).map_err(|fault| {
            let is_packed = || open_unpacked(path).is_ok_and(|(_, packed)| packed != Compression::Plain);
            match fault.help.is_empty() && is_packed() {
                true => fault.help(ANOTHER_COPY),
                false => fault,
            }
        })
    }

    fn read(path: &Path) -> Result<Self, Diagnostic> {
        let name = path.display().to_string();
        let unreadable = |error: io::Error| unreadable("unreadable-input", &name, &error);
        let mut first = Vec::new();
        let file = File::open(path).map_err(unreadable)?;
        let identity = identity(&file.metadata().map_err(unreadable)?);
        file.take(6).read_to_end(&mut first).map_err(unreadable)?;
        let (form, index, errors) = if is_columns(path, &first) {
            columns_of(path, &name)?
        } else {
            let (compression, first) = first_row(path).map_err(unreadable)?;
            if is_table(path, &first) {
                let (index, rows, errors, bytes) = table::read(path, &name)?;
                let rules = EarlierRules::of(rules_of_table(path, bytes, index.len() + errors));
                (Form::Table(rows, rules), index, errors)
            } else if compression != Compression::Plain && is_columns(path, &first) {
                let fault = unreadable(io::Error::other("columns cannot be read from a packed file"));
                return Err(fault.help("unpack it; Parquet and Arrow files are packed inside"));
            } else {
                let (index, packed, errors) = lines::read(path, &name)?;
                (Form::Lines(packed), index, errors)
            }
        };
        Ok(Self {
            path: path.to_owned(),
            form,
            errors,
            repeated: index.repeated(),
            index,
            identity,
        })
    }

    fn rows(&self) -> Option<(&Rows, &EarlierRules)> {
        match &self.form {
            Form::Lines(_) => None,
            Form::Table(rows, rules) => Some((rows, rules)),
            #[cfg(feature = "columnar")]
            Form::Columns(rows, rules) => Some((rows, rules)),
        }
    }

    /// The lines that are kept here.
    fn packed_lines(&self) -> Option<&PackedLines> {
        match &self.form {
            Form::Lines(packed) => packed.as_ref(),
            _ => None,
        }
    }

    /// Whether each result says which facts it rests on. Without them it is not always known what made a change.
    pub fn hold_facts(&self) -> bool {
        self.rows().is_none()
    }

    /// Looks for the rules that gave results without facts, so that they can be asked about the facts of now: among those of
    /// now and in the rules folder. Gives a warning where it is not known which they were.
    pub fn find_rules(&mut self, set: &RuleSet, tree: &RulesTree) -> Option<Diagnostic> {
        let name = self.path.display().to_string();
        let (rows, rules) = match &mut self.form {
            Form::Lines(_) => return None,
            Form::Table(rows, rules) => (rows, rules),
            #[cfg(feature = "columnar")]
            Form::Columns(rows, rules) => (rows, rules),
        };
        rules.find(rows.policies(), set, tree);
        rules.warning(&name, rows.policies())
    }

    /// The rules that gave results without facts, as far as they were found.
    pub fn rules_at_hand(&self) -> &[Arc<CompiledPolicy>] {
        self.rows().map_or(&[], |(_, rules)| &rules.at_hand)
    }

    /// A number for the size of the file, the time of its last change, and the rules at hand that are asked: with another
    /// number it is another comparison.
    pub fn identity(&self) -> u64 {
        let rules = self
            .rules_at_hand()
            .iter()
            .map(|version| version.policy().text_fingerprint.as_str());
        let parts = [self.identity.as_str()].into_iter().chain(rules);
        hash_of(&parts.collect::<Vec<_>>().join(" "))
    }

    /// Whether the file is another one than when it was opened.
    pub fn has_changed(&self) -> bool {
        let metadata = self.path.metadata();
        metadata.map_or(true, |metadata| identity(&metadata) != self.identity)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Which results were compared with a case, a bit for each.
    pub fn matched_bits(&self) -> Vec<u64> {
        self.index.matched_bits()
    }

    /// Goes on where an interrupted run had compared with these.
    pub fn resume(&self, bits: &[u64]) {
        self.index.resume(bits);
    }

    /// How many cases there are.
    pub fn cases(&self) -> u64 {
        self.index.len()
    }

    /// How many were compared with a case.
    pub fn matched(&self) -> u64 {
        self.index.matched()
    }

    /// The references of the first cases that no case was compared with.
    ///
    /// # Errors
    /// The file cannot be read any more.
    pub fn unmatched(&self, most: usize) -> Result<Vec<String>, Diagnostic> {
        let at = self.index.unmatched(most);
        let name = self.path.display().to_string();
        let numbers = || at.iter().map(|at| case_number(*at)).collect::<Vec<_>>();
        match &self.form {
            Form::Lines(packed) => {
                let references = || -> io::Result<Vec<String>> {
                    let mut lines = SingleLines::open(&self.path, packed.as_ref())?;
                    let cases = at.iter().map(|at| Ok(lines.read_at(*at)?.case));
                    cases.collect()
                };
                references().map_err(|error| unreadable("unreadable-input", &name, &error))
            }
            Form::Table(..) => table::references(&self.path, &name, &numbers()),
            #[cfg(feature = "columnar")]
            Form::Columns(..) => columns::references(&self.path, &name, &numbers()),
        }
    }
}

fn identity(metadata: &Metadata) -> String {
    let changed = metadata.modified().ok();
    let since = changed.and_then(|changed| changed.duration_since(UNIX_EPOCH).ok());
    let since = since.map_or(0, |since| since.as_nanos());
    format!("{} {since}", metadata.len())
}

/// Whether a file is one of columns, by its name or its first bytes; Arrow streams begin with nothing that tells them.
fn is_columns(path: &Path, first: &[u8]) -> bool {
    let is_named = kind_of(path) == Some((Format::Columns, Compression::Plain));
    is_named || first.starts_with(b"PAR1") || first.starts_with(b"ARROW1")
}

#[cfg(feature = "columnar")]
fn columns_of(path: &Path, name: &str) -> Result<(Form, Index, u64), Diagnostic> {
    let (index, rows, errors, fingerprints) = columns::read(path, name)?;
    Ok((Form::Columns(rows, EarlierRules::of(fingerprints)), index, errors))
}

#[cfg(not(feature = "columnar"))]
fn columns_of(_: &Path, name: &str) -> Result<(Form, Index, u64), Diagnostic> {
    Err(crate::case_load::without_columns(name))
}

/// How a file is packed, and the first row of it that is not empty.
fn first_row(path: &Path) -> io::Result<(Compression, Vec<u8>)> {
    let (mut text, compression) = open_unpacked(path)?;
    let mut first = Vec::new();
    loop {
        first.clear();
        let read = text.by_ref().take(1 << 20).read_until(b'\n', &mut first)?;
        if read == 0 || !first.trim_ascii().is_empty() {
            return Ok((compression, first));
        }
    }
}

/// Whether results are a table, by their first row; where that is none, by their name.
fn is_table(path: &Path, first: &[u8]) -> bool {
    let is_named = kind_of(path).is_some_and(|(format, _)| format == Format::Rows);
    match first.trim_ascii().first() {
        Some(b'{') => false,
        Some(_) => is_named || crate::case_load::is_row_of_names(first),
        None => is_named,
    }
}
