//! Reading recorded results: an object, an array, or JSON Lines.

use crate::diagnostic::Diagnostic;
use crate::facts::{Choice, Facts, PickedBy};
use crate::policy::PolicyId;
use crate::source::{LineColumn, Source};
use crate::unrepeated_keys::UnrepeatedKeys;
use jiff::civil::Date;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};
use std::collections::VecDeque;
use std::io::{BufRead, Read};

/// What a recorded result was made of.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The reference of the case.
    pub case: String,
    /// The policy version.
    pub policy: PolicyId,
    /// The fingerprint of its rules.
    pub fingerprint: String,
    /// The fingerprint of their texts.
    pub text_fingerprint: String,
    /// The moment of decision.
    pub decision_date: Option<Date>,
    /// How the version was picked.
    pub picked_by: PickedBy,
    /// Every fact that a rule read.
    pub facts: Facts,
}

impl Recorded {
    /// Reads what a result was made of.
    ///
    /// # Errors
    /// Why it cannot be derived again, in words.
    pub fn of(result: &Map<String, Value>) -> Result<Self, String> {
        if let Some(error) = result.get("error") {
            let message = error
                .get("message")
                .and_then(Value::as_str)
                .unwrap_or("no message");
            return Err(format!(
                "the case was in error, so there is no result ({message})"
            ));
        }
        let text = |key: &str| match result.get(key) {
            Some(Value::String(text)) => Ok(text.as_str()),
            Some(_) => Err(format!("`{key}` is not a text")),
            None => Err(format!("`{key}` is missing")),
        };
        let policy = text("policy")?;
        let picked_by = text("version_picked_by")?;
        let decision_date = match result.get("decision_date") {
            None | Some(Value::Null) => None,
            Some(_) => {
                let date = text("decision_date")?;
                Some(date.parse().map_err(|_| format!("`{date}` is not a date"))?)
            }
        };
        let facts = result.get("facts").ok_or("`facts` is missing")?;
        Ok(Self {
            case: text("case")?.to_owned(),
            policy: PolicyId::parse(policy)
                .ok_or_else(|| format!("`{policy}` is not the name of a policy version"))?,
            fingerprint: text("fingerprint")?.to_owned(),
            text_fingerprint: text("text_fingerprint")
                .map_err(|why| format!("{why}: an earlier program wrote it; evaluate the case again"))?
                .to_owned(),
            decision_date,
            picked_by: PickedBy::written(picked_by)
                .ok_or_else(|| format!("`{picked_by}` is not a way to pick a version"))?,
            facts: serde_json::from_value(facts.clone())
                .map_err(|error| format!("`facts` cannot be read: {error}"))?,
        })
    }
}

/// One entry of a file of results.
#[derive(Debug)]
pub struct Entry {
    /// The line on which it begins.
    pub line: usize,
    /// The result, or what is wrong with its text.
    pub result: Result<Map<String, Value>, Diagnostic>,
}

/// The entries of a file of results, one at a time.
pub struct Results<R> {
    name: String,
    reader: R,
    line: usize,
    /// Entries that were read at once, because they do not stand on a line each.
    ahead: VecDeque<Entry>,
}

/// Bytes of a line of JSON Lines, and of results that do not stand on a line each.
const MOST_BYTES: u64 = 64 << 20;

impl<R: BufRead> Results<R> {
    /// The results that `reader` gives, shown as `name`.
    pub fn new(name: impl Into<String>, reader: R) -> Self {
        Self {
            name: name.into(),
            reader,
            line: 0,
            ahead: VecDeque::new(),
        }
    }

    fn read(&mut self) -> std::io::Result<Option<Entry>> {
        if let Some(entry) = self.ahead.pop_front() {
            return Ok(Some(entry));
        }
        let mut text = Vec::new();
        loop {
            text.clear();
            let read = self
                .reader
                .by_ref()
                .take(MOST_BYTES)
                .read_until(b'\n', &mut text)?;
            if read == 0 {
                return Ok(None);
            }
            self.line += 1;
            if !text.iter().all(u8::is_ascii_whitespace) {
                break;
            }
        }
        // Only at the beginning: later, a line that is no result is a fault of its own.
        let is_first = self.line == 1;
        let is_cut = || matches!(serde_json::from_slice::<IgnoredAny>(text.trim_ascii_end()), Err(error) if error.is_eof());
        if is_first && (text.trim_ascii_start().first() == Some(&b'[') || is_cut()) {
            return self.several(text);
        }
        Ok(Some(self.one(&text, self.line)))
    }

    /// Results over several lines: objects one after the other, or arrays of them. Where the text is broken and has whole
    /// results on some lines, it is JSON Lines with a broken first line.
    fn several(&mut self, mut text: Vec<u8>) -> std::io::Result<Option<Entry>> {
        let first_line = self.line;
        self.reader.by_ref().take(MOST_BYTES).read_to_end(&mut text)?;
        let mut values = serde_json::Deserializer::from_slice(&text).into_iter::<UnrepeatedKeys>();
        let mut line = first_line;
        let mut seen = 0;
        while let Some(value) = values.next() {
            match value {
                Ok(UnrepeatedKeys(value)) => {
                    let results = match value {
                        Value::Array(results) => results,
                        other => vec![other],
                    };
                    for result in results {
                        let entry = match result {
                            Value::Object(result) => Entry {
                                line,
                                result: Ok(result),
                            },
                            _ => self.at_fault(b"", line, "a result is an object", 1, 1),
                        };
                        self.ahead.push_back(entry);
                    }
                }
                Err(_) if text.split(|byte| *byte == b'\n').any(is_whole_result) => {
                    self.ahead.clear();
                    let lines = text.split(|byte| *byte == b'\n').zip(first_line..);
                    let lines = lines.filter(|(text, _)| !text.trim_ascii().is_empty());
                    self.ahead = lines.map(|(text, line)| self.one(text, line)).collect();
                    break;
                }
                Err(error) => {
                    let message = error.to_string();
                    let message = message.split(" at line ").next().unwrap_or_default();
                    let fault = self.at_fault(&text, first_line, message, error.line(), error.column());
                    self.ahead.push_back(fault);
                    break;
                }
            }
            let read = values.byte_offset();
            line += text[seen..read].iter().filter(|byte| **byte == b'\n').count();
            seen = read;
        }
        Ok(self.ahead.pop_front())
    }

    /// The result on one line.
    fn one(&self, text: &[u8], line: usize) -> Entry {
        match serde_json::from_slice(text.trim_ascii_end()) {
            Ok(UnrepeatedKeys(Value::Object(result))) => Entry {
                line,
                result: Ok(result),
            },
            Ok(_) => self.at_fault(text, line, "a result is an object", 1, 1),
            Err(error) => {
                let message = error.to_string();
                let message = message.split(" at line ").next().unwrap_or_default();
                self.at_fault(text, line, message, error.line(), error.column())
            }
        }
    }

    fn at_fault(&self, text: &[u8], first_line: usize, message: &str, line: usize, column: usize) -> Entry {
        let source = Source::of_case(&self.name, String::from_utf8_lossy(text), first_line);
        let line = first_line + line.max(1) - 1;
        let at = LineColumn {
            line,
            column: column.max(1),
        };
        let fault =
            Diagnostic::error("invalid-json", message.to_owned()).at(&source, source.word_at(at), "here");
        Entry {
            line,
            result: Err(fault),
        }
    }
}

fn is_whole_result(line: &[u8]) -> bool {
    serde_json::from_slice::<Map<String, Value>>(line).is_ok_and(|result| result.contains_key("case"))
}

impl<R: BufRead> Iterator for Results<R> {
    type Item = std::io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}
