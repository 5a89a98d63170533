//! What cases are compared with: another policy version, or the results of an earlier run.

use super::RuleSet;
use super::changes::NumberedGrounds;
use super::names::Names;
use crate::diagnostic::Diagnostic;
use crate::facts::Facts;
use crate::verify::{Entry, Results};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::File;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a case load is compared with.
#[derive(Debug, Clone)]
pub enum Against {
    /// Another policy version: it evaluates every case, too.
    Version(Arc<RuleSet>),
    /// Results of an earlier run, matched by the reference of the case.
    Results(Arc<EarlierResults>),
}

/// The results of an earlier run, as an index into their file: 16 bytes for each case.
#[derive(Debug)]
pub struct EarlierResults {
    path: PathBuf,
    /// The hash of each reference, and where its line begins; in the order of the hashes.
    entries: Vec<(u64, u64)>,
    /// A bit for each entry that a case was compared with.
    matched: Vec<AtomicU64>,
    /// Lines in error, which nothing can be compared with.
    pub errors: u64,
    /// Cases whose reference another case has as well; the last one counts.
    pub repeated: u64,
}

/// One earlier result, as far as it is compared.
#[derive(Debug, Deserialize)]
pub(super) struct EarlierCase {
    pub case: String,
    #[serde(default)]
    pub policy: String,
    pub fingerprint: String,
    pub conclusions: BTreeMap<String, EarlierValue>,
    pub facts: Facts,
    #[serde(default)]
    pub needs: Vec<String>,
    #[serde(default)]
    pub reasons: Vec<EarlierReason>,
}

/// A reason of an earlier value.
#[derive(Debug, Deserialize)]
pub(super) struct EarlierReason {
    conclusion: Option<String>,
    #[serde(default)]
    cites: Vec<String>,
    text: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct EarlierValue {
    pub value: Option<String>,
    #[serde(default)]
    pub needs: Vec<String>,
}

impl EarlierCase {
    /// The name and the fingerprint of the version that decided it, by number.
    pub fn version(&self, names: &Names) -> (u32, u32) {
        (
            names.number(Some(&self.policy)),
            names.number(Some(&self.fingerprint)),
        )
    }

    /// What the value of a conclusion rested on or waited for.
    pub fn grounds(&self, conclusion: &str, names: &Names) -> NumberedGrounds {
        let own = self
            .reasons
            .iter()
            .filter(|reason| reason.conclusion.as_deref() == Some(conclusion));
        let mut cites: Vec<String> = Vec::new();
        let mut texts: Vec<&str> = Vec::new();
        for reason in own {
            for cite in &reason.cites {
                if !cites.contains(cite) {
                    cites.push(cite.clone());
                }
            }
            texts.extend(reason.text.as_deref().filter(|text| !texts.contains(text)));
        }
        let value = self.conclusions.get(conclusion);
        let needs = value.map_or(&[][..], |value| &value.needs);
        let text = (!texts.is_empty()).then(|| texts.join(" "));
        let (policy, fingerprint) = self.version(names);
        NumberedGrounds {
            policy,
            fingerprint,
            cites: names.list(cites),
            needs: names.list(needs.to_vec()),
            text: names.number(text.as_deref()),
        }
    }
}

/// The hash by which references are found; the same in every run of the program.
pub(crate) fn hash_of(reference: &str) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(reference)
}

/// Bytes of an earlier result.
const MOST_LINE_BYTES: usize = 64 << 20;

impl EarlierResults {
    /// Reads the references of JSON Lines that `batch` wrote.
    ///
    /// # Errors
    /// The file cannot be read, or a line is no result.
    pub fn open(path: &Path) -> Result<Self, Diagnostic> {
        let name = path.display().to_string();
        let unreadable = |error: io::Error| crate::case_load::unreadable("unreadable-input", &name, &error);
        let mut reader = BufReader::with_capacity(1 << 18, File::open(path).map_err(unreadable)?);
        let mut found = Self {
            path: path.to_owned(),
            entries: Vec::new(),
            matched: Vec::new(),
            errors: 0,
            repeated: 0,
        };
        let mut line = Vec::new();
        let mut offset = 0;
        let mut number = 0;
        loop {
            line.clear();
            let read = io::BufRead::read_until(&mut reader, b'\n', &mut line).map_err(unreadable)?;
            if read == 0 {
                break;
            }
            number += 1;
            let begin = offset;
            offset += read as u64;
            if line.trim_ascii().is_empty() {
                continue;
            }
            #[derive(Deserialize)]
            struct Reference {
                case: Option<String>,
                error: Option<serde::de::IgnoredAny>,
            }
            match serde_json::from_slice::<Reference>(&line) {
                Ok(Reference { case: Some(case), .. }) => found.entries.push((hash_of(&case), begin)),
                Ok(Reference { error: Some(_), .. }) => found.errors += 1,
                _ => return Err(not_a_result(&name, &line, number)),
            }
        }
        found.entries.sort_unstable();
        found.repeated = found
            .entries
            .windows(2)
            .filter(|pair| pair[0].0 == pair[1].0)
            .count() as u64;
        found.matched = (0..found.entries.len().div_ceil(64))
            .map(|_| AtomicU64::new(0))
            .collect();
        Ok(found)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Which results were compared with a case, a bit for each.
    pub fn matched_bits(&self) -> Vec<u64> {
        self.matched
            .iter()
            .map(|bits| bits.load(Ordering::Relaxed))
            .collect()
    }

    /// Goes on where an interrupted run had compared with these.
    pub fn resume(&self, bits: &[u64]) {
        for (own, bits) in self.matched.iter().zip(bits) {
            own.fetch_or(*bits, Ordering::Relaxed);
        }
    }

    /// How many cases there are.
    pub fn cases(&self) -> u64 {
        self.entries.len() as u64
    }

    /// How many were compared with a case.
    pub fn matched(&self) -> u64 {
        let bits = self
            .matched
            .iter()
            .map(|bits| bits.load(Ordering::Relaxed).count_ones());
        bits.map(u64::from).sum()
    }

    /// The references of the first cases that no case was compared with.
    ///
    /// # Errors
    /// The file cannot be read any more.
    pub fn unmatched(&self, most: usize) -> io::Result<Vec<String>> {
        let mut file = File::open(&self.path)?;
        let is_matched =
            |index: usize| self.matched[index / 64].load(Ordering::Relaxed) & 1 << (index % 64) != 0;
        let mut offsets: Vec<u64> = (0..self.entries.len())
            .filter(|index| !is_matched(*index))
            .map(|index| self.entries[index].1)
            .collect();
        offsets.sort_unstable();
        let first = offsets.into_iter().take(most);
        let cases = first.map(|offset| Ok(read_at(&mut file, offset)?.map(|case| case.case)));
        Ok(cases
            .collect::<io::Result<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect())
    }

    /// A handle for one thread.
    ///
    /// # Errors
    /// The file cannot be opened any more.
    pub(super) fn handle(self: &Arc<Self>) -> io::Result<EarlierHandle> {
        Ok(EarlierHandle {
            file: File::open(&self.path)?,
            results: self.clone(),
        })
    }
}

fn not_a_result(name: &str, line: &[u8], number: usize) -> Diagnostic {
    let entry = Results::new(name, line).next();
    let fault = match entry {
        Some(Ok(Entry {
            result: Err(fault), ..
        })) => fault,
        _ => Diagnostic::error("not-a-result", "this is not the result of a case"),
    };
    let message = format!("`{name}` line {number}: {}", fault.message);
    Diagnostic::error(fault.code, message)
        .help("compare with a policy version, or with JSON Lines that `batch` wrote (unpacked)")
}

/// Earlier results as one thread reads them.
pub(super) struct EarlierHandle {
    file: File,
    results: Arc<EarlierResults>,
}

impl EarlierHandle {
    /// The earlier result of a case; of several the last.
    ///
    /// # Errors
    /// The file cannot be read any more.
    pub fn find(&mut self, reference: &str) -> io::Result<Option<EarlierCase>> {
        let hash = hash_of(reference);
        let entries = &self.results.entries;
        let end = entries.partition_point(|(of, _)| *of <= hash);
        let mut found = None;
        for index in (0..end).rev().take_while(|index| entries[*index].0 == hash) {
            let case = read_at(&mut self.file, entries[index].1)?;
            let Some(case) = case.filter(|case| case.case == reference) else {
                continue;
            };
            let bit = 1 << (index % 64);
            self.results.matched[index / 64].fetch_or(bit, Ordering::Relaxed);
            found.get_or_insert(case);
        }
        Ok(found)
    }
}

/// Reads the result that begins at an offset.
fn read_at(file: &mut File, offset: u64) -> io::Result<Option<EarlierCase>> {
    file.seek(SeekFrom::Start(offset))?;
    let mut line = Vec::with_capacity(8192);
    let mut buffer = [0; 8192];
    loop {
        let read = file.read(&mut buffer)?;
        let end = memchr::memchr(b'\n', &buffer[..read]);
        line.extend_from_slice(&buffer[..end.unwrap_or(read)]);
        if end.is_some() || read == 0 || line.len() > MOST_LINE_BYTES {
            return Ok(serde_json::from_slice(&line).ok());
        }
    }
}
