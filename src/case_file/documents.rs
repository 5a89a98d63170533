//! Splitting a stream into documents, with bounded memory whatever the stream holds.

use super::characters::source_of;
use crate::diagnostic::Diagnostic;
use crate::source::Source;
use std::io::BufRead;
use std::sync::Arc;

/// One document of an input.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its text; the lines are those of the whole input.
    pub source: Arc<Source>,
    /// Where it stands: `path`, or `path#2` for the second document.
    pub origin: String,
}

/// Bytes that are read of one input.
const INPUT_BYTES: u64 = 64 << 20;
/// Documents that are read of one input.
const INPUT_DOCUMENTS: usize = 10_000;

/// Bytes that a case file usually has room in.
const USUAL_BYTES: usize = 1 << 10;

/// The documents of an input, split at the lines that YAML reserves for it: those that begin with `---` or `...`.
pub struct Documents<R> {
    name: String,
    reader: R,
    document_bytes: usize,
    /// Bytes and documents that are read.
    most: (u64, usize),
    bytes_read: u64,
    line: usize,
    found: usize,
    /// The line that was read last.
    last: Vec<u8>,
    /// Whether it begins the next document, and was read ahead.
    is_ahead: bool,
    ended: bool,
}

/// The text of a document while it is read.
struct Open {
    text: Vec<u8>,
    first_line: usize,
    is_marked: bool,
    has_content: bool,
    is_too_large: bool,
}

enum Line {
    End,
    Text,
    /// The input is larger than is read of one.
    TooMuch,
}

impl<R: BufRead> Documents<R> {
    /// The documents of `reader`, shown as `name`, each of at most `document_bytes`.
    pub fn new(name: impl Into<String>, reader: R, document_bytes: usize) -> Self {
        Self {
            name: name.into(),
            reader,
            document_bytes,
            most: (INPUT_BYTES, INPUT_DOCUMENTS),
            bytes_read: 0,
            line: 0,
            found: 0,
            last: Vec::new(),
            is_ahead: false,
            ended: false,
        }
    }

    /// The same without a bound on the bytes and documents of the input, for a whole case load.
    pub fn without_end(mut self) -> Self {
        self.most = (u64::MAX, usize::MAX);
        self
    }

    /// Where the last document that was given stands: `name`, or `name#2` for the second.
    pub fn origin(&self) -> String {
        match self.found {
            0 | 1 => self.name.clone(),
            number => format!("{}#{number}", self.name),
        }
    }

    /// Reads one line with its end into `last`; of a longer line than a document may be, only the beginning.
    fn read_line(&mut self) -> std::io::Result<Line> {
        if std::mem::take(&mut self.is_ahead) {
            return Ok(Line::Text);
        }
        self.last.clear();
        loop {
            let chunk = self.reader.fill_buf()?;
            if chunk.is_empty() {
                break;
            }
            let newline = memchr::memchr(b'\n', chunk);
            let taken = newline.map_or(chunk.len(), |at| at + 1);
            let room = (self.document_bytes + 2).saturating_sub(self.last.len());
            self.last.extend_from_slice(&chunk[..taken.min(room)]);
            self.reader.consume(taken);
            self.bytes_read += taken as u64;
            if self.bytes_read > self.most.0 {
                return Ok(Line::TooMuch);
            }
            if newline.is_some() {
                break;
            }
        }
        if self.last.is_empty() {
            return Ok(Line::End);
        }
        self.line += 1;
        if self.line == 1 && self.last.starts_with("\u{feff}".as_bytes()) {
            self.last.drain(..3);
        }
        Ok(Line::Text)
    }

    /// The next document, or what is wrong with it.
    fn read_document(&mut self) -> std::io::Result<Option<Result<Document, Diagnostic>>> {
        let mut open = Open {
            text: Vec::with_capacity(USUAL_BYTES),
            first_line: self.line + usize::from(!self.is_ahead),
            is_marked: false,
            has_content: false,
            is_too_large: false,
        };
        loop {
            match self.read_line()? {
                Line::Text => {}
                Line::TooMuch => {
                    self.ended = true;
                    let message = format!("`{}` is larger than {INPUT_BYTES} bytes", self.name);
                    return Ok(Some(Err(self.cut_off(message))));
                }
                Line::End => {
                    self.ended = true;
                    // Nothing after the last marker is no document; a file with nothing at all is a mistake.
                    let is_document = open.has_content || self.found == 0;
                    return Ok(is_document.then(|| self.complete(open)));
                }
            }
            let line = &self.last[..];
            match marker(line) {
                Some(Marker::Start) if open.has_content || open.is_marked => {
                    self.is_ahead = true;
                    return Ok(Some(self.complete(open)));
                }
                Some(Marker::End) if open.has_content || open.is_marked => {
                    return Ok(Some(self.complete(open)));
                }
                Some(Marker::End) => continue,
                Some(Marker::Start) => {
                    open.is_marked = true;
                    open.has_content |= has_content(&line[3..]);
                }
                None => open.has_content |= has_content(line) && line[0] != b'%',
            }
            if open.text.len() + line.len() > self.document_bytes {
                open.is_too_large = true;
            } else {
                open.text.extend_from_slice(line);
            }
        }
    }

    fn cut_off(&self, message: String) -> Diagnostic {
        Diagnostic::error("input-too-large", message)
            .at(
                &Source::part(&self.name, "", self.line.max(1)),
                0..0,
                "the rest was not read",
            )
            .help("split it")
    }

    fn complete(&mut self, open: Open) -> Result<Document, Diagnostic> {
        self.found += 1;
        let origin = self.origin();
        if self.found > self.most.1 {
            self.ended = true;
            return Err(self.cut_off(format!(
                "`{}` has more than {INPUT_DOCUMENTS} documents",
                self.name
            )));
        }
        let source = source_of(&self.name, open.text, open.first_line);
        if open.is_too_large {
            let source = source.unwrap_or_else(|_| Source::part(&self.name, "", open.first_line));
            return Err(Diagnostic::error(
                "document-too-large",
                format!("the document has more than {} bytes", self.document_bytes),
            )
            .at(&source, 0..0, "it begins here")
            .help("a case file is a few kilobytes; `--document-bytes` raises the bound"));
        }
        let source = source?;
        if !open.has_content {
            return Err(Diagnostic::error("empty-document", "the document is empty")
                .at(&source, 0..0, "here")
                .help("a case file has at least `case: REFERENCE`"));
        }
        Ok(Document { source, origin })
    }
}

impl<R: BufRead> Iterator for Documents<R> {
    type Item = std::io::Result<Result<Document, Diagnostic>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.read_document();
        self.ended |= next.is_err();
        next.transpose()
    }
}

#[derive(PartialEq)]
enum Marker {
    Start,
    End,
}

fn marker(line: &[u8]) -> Option<Marker> {
    let is_alone = matches!(line.get(3), None | Some(b' ' | b'\t' | b'\r' | b'\n'));
    match line.get(..3) {
        Some(b"---") if is_alone => Some(Marker::Start),
        // A document may begin on the line of its marker; after the end of one nothing may stand but a comment.
        Some(b"...") if is_alone && !has_content(&line[3..]) => Some(Marker::End),
        _ => None,
    }
}

fn has_content(line: &[u8]) -> bool {
    !matches!(line.trim_ascii().first(), None | Some(b'#'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, Read};

    fn split(text: &[u8]) -> Vec<Result<(String, String, usize), &'static str>> {
        Documents::new("a.yaml", text, 1_000)
            .map(|document| {
                document.unwrap().map_err(|fault| fault.code).map(|document| {
                    (
                        document.origin,
                        document.source.text().to_owned(),
                        document.source.first_line(),
                    )
                })
            })
            .collect()
    }

    fn document(origin: &str, text: &str, line: usize) -> Result<(String, String, usize), &'static str> {
        Ok((origin.to_owned(), text.to_owned(), line))
    }

    #[test]
    fn documents_are_split_at_markers_and_keep_the_lines_of_the_file() {
        assert_eq!(
            split(b"# first\n---\na: |\n x\n--- # second\nb: ---\n... # ends\n--- {c: 1}\n---\n"),
            [
                document("a.yaml", "# first\n---\na: |\n x\n", 1),
                document("a.yaml#2", "--- # second\nb: ---\n", 5),
                document("a.yaml#3", "--- {c: 1}\n", 8),
            ]
        );
    }

    #[test]
    fn what_stands_after_the_end_of_a_document_on_its_line_is_not_skipped() {
        let text = "a: 1\n... b: 2\n";
        assert_eq!(split(text.as_bytes()), [document("a.yaml", text, 1)]);
    }

    #[test]
    fn a_directive_belongs_to_the_document_that_follows() {
        assert_eq!(split(b"%YAML 1.2\n---\na: 1\n").len(), 1);
    }

    #[test]
    fn an_empty_file_and_an_empty_document_between_two_are_errors() {
        assert_eq!(split(b""), [Err("empty-document")]);
        assert_eq!(split(b"# nothing\n"), [Err("empty-document")]);
        let three = split(b"a: 1\n---\n---\nb: 1\n");
        assert_eq!(three.len(), 3);
        assert_eq!(three[1], Err("empty-document"));
    }

    #[test]
    fn a_byte_order_mark_and_windows_line_ends_are_read() {
        assert_eq!(
            split("\u{feff}a: 1\r\n---\r\nb: 2\r\n".as_bytes()),
            [
                document("a.yaml", "a: 1\r\n", 1),
                document("a.yaml#2", "---\r\nb: 2\r\n", 2)
            ]
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_errors_and_the_next_document_is_read() {
        assert_eq!(
            split(b"a: \xff\n---\na: \0\n---\na: 1\n")[..2],
            [Err("not-utf-8"), Err("forbidden-character")]
        );
        assert_eq!(split(b"a: \xff\n---\na: 1\n").len(), 2);
    }

    #[test]
    fn a_scalar_of_a_hundred_megabytes_takes_no_memory_and_the_input_is_cut_off() {
        let stream = BufReader::new(b"a: ".chain(std::io::repeat(b'x').take(100 << 20)));
        let faults: Vec<&str> = Documents::new("a", stream, 1_000)
            .map(|document| document.unwrap().unwrap_err().code)
            .collect();
        assert_eq!(faults, ["input-too-large"]);
    }

    #[test]
    fn a_document_that_is_too_large_is_an_error_and_the_next_is_read() {
        let text = format!("a: {}\n---\nb: 1\n", "x".repeat(5_000));
        let found = split(text.as_bytes());
        assert_eq!(found[0], Err("document-too-large"));
        assert_eq!(found[1], document("a.yaml#2", "---\nb: 1\n", 2));
    }

    #[test]
    fn markers_without_end_come_to_an_end() {
        let stream = BufReader::new(Repeat {
            text: b"---\n",
            at: 0,
        });
        let last = Documents::new("a", stream, 1_000)
            .last()
            .unwrap()
            .unwrap()
            .unwrap_err();
        assert_eq!(last.code, "input-too-large");
    }

    struct Repeat {
        text: &'static [u8],
        at: usize,
    }

    impl Read for Repeat {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            for byte in buffer.iter_mut() {
                *byte = self.text[self.at % self.text.len()];
                self.at += 1;
            }
            Ok(buffer.len())
        }
    }
}
