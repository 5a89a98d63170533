//! Earlier results as JSON Lines: whole results, with the facts that they rest on. Each is read again where it stands: in the
//! file, or, of a packed file, in memory.

use super::index::Index;
use super::packed::{PackedLines, Packing, Unpacking};
use super::{MOST_BYTES, hash_of, not_a_result};
use crate::batch::changes::NumberedGrounds;
use crate::batch::names::Names;
use crate::case_load::{Compression, open_unpacked};
use crate::diagnostic::Diagnostic;
use crate::facts::Facts;
use crate::source::{LineColumn, Source};
use crate::verify::{Entry, Results};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// One earlier result, as far as it is compared.
#[derive(Debug, Deserialize)]
pub(in crate::batch) struct EarlierLine {
    pub case: String,
    #[serde(default)]
    policy: String,
    pub fingerprint: String,
    conclusions: BTreeMap<String, EarlierValue>,
    pub facts: Facts,
    #[serde(default)]
    pub needs: Vec<String>,
    #[serde(default)]
    reasons: Vec<EarlierReason>,
}

/// A reason of an earlier value.
#[derive(Debug, Deserialize)]
struct EarlierReason {
    conclusion: Option<String>,
    #[serde(default)]
    cites: Vec<String>,
    text: Option<String>,
}

#[derive(Debug, Deserialize)]
struct EarlierValue {
    value: Option<String>,
    #[serde(default)]
    needs: Vec<String>,
}

impl EarlierLine {
    /// The name and the fingerprint of the version that decided it, by number.
    pub fn version(&self, names: &Names) -> (u32, u32) {
        (
            names.number(Some(&self.policy)),
            names.number(Some(&self.fingerprint)),
        )
    }

    /// The values of these conclusions by number, 0 where one is not determined.
    pub fn values(&self, conclusions: &[String], names: &Names) -> Box<[u32]> {
        let value = |name| self.conclusions.get(name)?.value.as_deref();
        let values = conclusions.iter().map(|name| names.number(value(name)));
        values.collect()
    }

    /// What the value of a conclusion rested on or waited for.
    pub fn grounds(&self, conclusion: &str, names: &Names) -> NumberedGrounds {
        let own = self
            .reasons
            .iter()
            .filter(|reason| reason.conclusion.as_deref() == Some(conclusion));
        let mut cites: Vec<&str> = Vec::new();
        let mut texts: Vec<&str> = Vec::new();
        for reason in own {
            for cite in &reason.cites {
                if !cites.contains(&cite.as_str()) {
                    cites.push(cite);
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
            needs: names.list(needs.iter().map(String::as_str)),
            text: names.number(text.as_deref()),
        }
    }
}

/// What every line must have, so that nothing is found wanting when a case is compared with it.
#[derive(Deserialize)]
struct Head<'l> {
    #[serde(borrow)]
    case: Option<Cow<'l, str>>,
    error: Option<IgnoredAny>,
    fingerprint: Option<IgnoredAny>,
    conclusions: Option<IgnoredAny>,
    facts: Option<Facts>,
}

/// Reads the references of a file; gives where the result of each is, the lines where the file is packed, and how many lines
/// are in error.
///
/// # Errors
/// The file cannot be read, or a line is no result.
pub(super) fn read(path: &Path, name: &str) -> Result<(Index, Option<PackedLines>, u64), Diagnostic> {
    let unreadable = |error: io::Error| crate::case_load::unreadable("unreadable-input", name, &error);
    let (mut reader, compression) = open_unpacked(path).map_err(unreadable)?;
    let mut packing = (compression != Compression::Plain).then(Packing::new);
    let mut entries = Vec::new();
    let mut errors = 0;
    // The lines that are not packed yet, with the one that is being read.
    let mut text = Vec::new();
    let mut offset = 0;
    let mut number = 0;
    loop {
        match &mut packing {
            Some(packing) => packing.take_enough(&mut text).map_err(unreadable)?,
            None => text.clear(),
        }
        let before = text.len();
        let most = reader.by_ref().take(MOST_BYTES + 1);
        let read = { most }.read_until(b'\n', &mut text).map_err(unreadable)? as u64;
        if read == 0 {
            break;
        }
        let line = &text[before..];
        number += 1;
        if read > MOST_BYTES {
            let message = format!("the line has more than {MOST_BYTES} bytes");
            let source = Source::part(name, "", number);
            return Err(not_a_result(message).at(&source, 0..0, "it begins here"));
        }
        let begin = offset;
        offset += read;
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<Head<'_>>(line) {
            Ok(Head {
                case: Some(case),
                fingerprint: Some(_),
                conclusions: Some(_),
                facts: Some(_),
                ..
            }) => entries.push((hash_of(&case), begin)),
            Ok(Head {
                case: None,
                error: Some(_),
                ..
            }) => errors += 1,
            Ok(head) => return Err(incomplete(name, line, number, &head)),
            Err(error) => return Err(at_fault(name, line, number, &error)),
        }
    }
    let packed = packing.map(|packing| packing.end(text).map_err(unreadable));
    Ok((Index::of(entries), packed.transpose()?, errors))
}

/// A line that lacks what a result has.
fn incomplete(name: &str, line: &[u8], number: usize, head: &Head<'_>) -> Diagnostic {
    let missing = match head {
        Head { case: None, .. } => None,
        Head {
            fingerprint: None,
            conclusions: None,
            ..
        } => None,
        Head {
            fingerprint: None, ..
        } => Some("fingerprint"),
        Head {
            conclusions: None, ..
        } => Some("conclusions"),
        _ => Some("facts"),
    };
    let source = Source::of_case(name, String::from_utf8_lossy(line), number);
    let fault = match missing {
        None => not_a_result("this is not the result of a case"),
        Some(key) => not_a_result(format!("the result has no `{key}`")).help(EVALUATE_AGAIN),
    };
    fault.at(&source, 0..0, "in this line")
}

const EVALUATE_AGAIN: &str =
    "if an earlier program wrote it, evaluate those cases again, with `--policy` under the earlier version";

/// A line that cannot be read: no JSON, or with facts that this program does not know.
fn at_fault(name: &str, line: &[u8], number: usize, error: &serde_json::Error) -> Diagnostic {
    if let Some(Ok(Entry {
        result: Err(mut fault),
        ..
    })) = Results::new(name, line).next()
    {
        for label in &mut fault.labels {
            label.source = Source::of_case(name, label.source.text(), number);
        }
        return fault.help(super::WAY_OUT);
    }
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let source = Source::of_case(name, String::from_utf8_lossy(line), number);
    let at = LineColumn {
        line: number,
        column: error.column().max(1),
    };
    not_a_result(format!("the result cannot be read: {message}"))
        .help(EVALUATE_AGAIN)
        .at(&source, source.word_at(at), "here")
}

/// Lines as one thread reads them again.
pub(super) enum SingleLines<'l> {
    /// Where they stand in the file.
    InFile(File),
    /// Of a packed file.
    Packed(Unpacking<'l>),
}

impl<'l> SingleLines<'l> {
    /// The lines of a file, of a packed one those that are kept of it.
    ///
    /// # Errors
    /// The file cannot be opened any more.
    pub fn open(path: &Path, packed: Option<&'l PackedLines>) -> io::Result<Self> {
        Ok(match packed {
            None => Self::InFile(File::open(path)?),
            Some(lines) => Self::Packed(lines.unpacking()?),
        })
    }

    /// Reads the result that begins at an offset, of a packed file at one of its text.
    ///
    /// # Errors
    /// The file cannot be read any more, or there is no result.
    pub fn read_at(&mut self, offset: u64) -> io::Result<EarlierLine> {
        let line = match self {
            Self::InFile(file) => Cow::Owned(line_at(file, offset)?),
            Self::Packed(lines) => Cow::Borrowed(lines.line_at(offset)?),
        };
        let error = match serde_json::from_slice(&line) {
            Ok(result) => return Ok(result),
            Err(error) => error,
        };
        let line = match self {
            Self::InFile(file) => number_at(file, offset)?,
            Self::Packed(lines) => lines.number_at(offset)?,
        };
        let (message, column) = (error.to_string(), error.column());
        let message = message.split(" at line ").next().unwrap_or_default();
        let message = format!("line {line}, column {column}: the result cannot be read: {message}");
        Err(io::Error::new(io::ErrorKind::InvalidData, message))
    }
}

/// The line that begins at an offset, without its end.
fn line_at(file: &mut File, offset: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(offset))?;
    let mut line = Vec::with_capacity(8192);
    let mut buffer = [0; 8192];
    loop {
        let read = file.read(&mut buffer)?;
        let end = memchr::memchr(b'\n', &buffer[..read]);
        line.extend_from_slice(&buffer[..end.unwrap_or(read)]);
        if end.is_some() || read == 0 || line.len() as u64 > MOST_BYTES {
            return Ok(line);
        }
    }
}

/// The number of the line that begins at an offset, from 1.
fn number_at(file: &mut File, offset: u64) -> io::Result<usize> {
    file.seek(SeekFrom::Start(0))?;
    let mut before = BufReader::new(file.take(offset));
    let mut line = 1;
    loop {
        let bytes = before.fill_buf()?;
        if bytes.is_empty() {
            return Ok(line);
        }
        line += memchr::memchr_iter(b'\n', bytes).count();
        let read = bytes.len();
        before.consume(read);
    }
}
