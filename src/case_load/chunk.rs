//! A part of a case load, which any thread can read: its cases, and what is wrong with those that cannot be read.

#[cfg(feature = "columnar")]
use super::case_columns::CaseColumns;
#[cfg(feature = "columnar")]
use super::columns::ColumnsInput;
use super::header::Header;
use super::opened::{FileRead, whole_file};
use super::rows::rows;
use super::unreadable;
use crate::case_file::{CaseReader, CaseRecord, Document, Documents, read_record};
#[cfg(feature = "columnar")]
use crate::columnar::{RoomForRows, Slice};
use crate::diagnostic::{CaseFault, Diagnostic};
use crate::gazetteer::Gazetteer;
use crate::yaml::Limits;
use sha2::{Digest, Sha256};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A case of a load with the place where it stands, or what is wrong with it.
#[derive(Debug)]
pub struct Loaded<'l> {
    /// `path`, `path#2` for the second document, `path:17` for line 17.
    pub source: &'l str,
    /// The case, in room that is used again for the next.
    pub case: Result<&'l CaseRecord, LoadFault>,
}

/// What is wrong with a case of a load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoadFault {
    /// Faults that were found now.
    Found(Vec<Diagnostic>),
    /// The fault that was found when the case was taken into a store.
    Recorded(CaseFault),
}

impl LoadFault {
    /// What a result says of it.
    pub fn first(&self) -> CaseFault {
        match self {
            Self::Found(faults) => CaseFault::of(faults),
            Self::Recorded(fault) => fault.clone(),
        }
    }
}

/// A part of a case load.
#[derive(Debug)]
pub struct Chunk {
    pub(super) content: Content,
    /// The files that end with this chunk.
    pub(super) reads: Vec<FileRead>,
}

#[derive(Debug)]
pub(super) enum Content {
    /// Small files, read by whoever reads the chunk.
    Files(Vec<(usize, PathBuf)>),
    Documents(Vec<(String, Result<Document, Diagnostic>)>),
    Lines {
        name: Arc<str>,
        first_line: usize,
        text: Vec<u8>,
    },
    Rows {
        name: Arc<str>,
        header: Arc<Header>,
        first_line: usize,
        text: Vec<u8>,
    },
    #[cfg(feature = "columnar")]
    Columns(Arc<ColumnsInput>, Slice),
    Fault(String, Vec<Diagnostic>),
    Nothing,
}

impl Chunk {
    /// The cases of the chunk as columns, where they are columns that can be read. Of a case store their references may be
    /// left out where they are not wanted; see [`CaseColumns::are_read`]. `room` is filled again and again, where it is given
    /// back ([`CaseColumns::give_back`]).
    #[cfg(feature = "columnar")]
    pub fn columns(
        &self,
        gazetteer: &Gazetteer,
        limits: &Limits,
        wants_references: bool,
        room: &mut RoomForRows,
    ) -> Option<Vec<CaseColumns>> {
        let Content::Columns(file, slice) = &self.content else {
            return None;
        };
        if file.is_stored_now(gazetteer, limits)
            && let Ok(Some(stored)) = file.read_stored(slice, gazetteer, wants_references, room)
        {
            return Some(vec![stored]);
        }
        // Reading case by case says what is wrong.
        file.read_columns(slice, gazetteer, limits).ok()
    }

    /// Reads the cases of the chunk, in order, and gives the files that end with it.
    pub fn read(self, reader: &mut CaseReader<'_>, take: &mut dyn FnMut(Loaded<'_>)) -> Vec<FileRead> {
        let (gazetteer, limits) = (reader.gazetteer(), &reader.limits());
        let mut reads = self.reads;
        match self.content {
            Content::Files(files) => {
                for (input, path) in files {
                    reads.push(read_file(input, &path, reader, take));
                }
            }
            Content::Documents(documents) => {
                for (source, document) in documents {
                    read_document(&source, document, gazetteer, limits, take);
                }
            }
            Content::Lines {
                name,
                first_line,
                text,
            } => read_lines(&name, first_line, &text, reader, take),
            Content::Rows {
                name,
                header,
                first_line,
                text,
            } => rows(&name, &header, first_line, &text, gazetteer, limits, take),
            #[cfg(feature = "columnar")]
            Content::Columns(file, slice) => file.read_cases(slice, gazetteer, limits, take),
            Content::Fault(source, faults) => take(Loaded {
                source: &source,
                case: Err(LoadFault::Found(faults)),
            }),
            Content::Nothing => {}
        }
        reads
    }

    /// Only the files that end with the chunk, without reading its cases.
    pub fn skip(self) -> Vec<FileRead> {
        let mut reads = self.reads;
        if let Content::Files(files) = self.content {
            reads.extend(files.into_iter().map(|(input, path)| match whole_file(&path) {
                Ok((_, watched)) => watched.end(input, &path.display().to_string()),
                Err(_) => fault(input, "unreadable-input", &path, &"").reads.remove(0),
            }));
        }
        reads
    }
}

fn read_file(
    input: usize,
    path: &Path,
    reader: &mut CaseReader<'_>,
    take: &mut dyn FnMut(Loaded<'_>),
) -> FileRead {
    let (gazetteer, limits) = (reader.gazetteer(), &reader.limits());
    let (text, watched) = match whole_file(path) {
        Ok(whole) => whole,
        Err(error) => {
            let chunk = fault(input, "unreadable-input", path, &error);
            return chunk.read(reader, take).remove(0);
        }
    };
    let name = path.display().to_string();
    let mut documents = Documents::new(name.as_str(), &text[..], limits.document_bytes).without_end();
    // Reading from memory does not fail.
    while let Some(Ok(document)) = documents.next() {
        read_document(&documents.origin(), document, gazetteer, limits, take);
    }
    watched.end(input, &name)
}

fn read_document(
    source: &str,
    document: Result<Document, Diagnostic>,
    gazetteer: &Gazetteer,
    limits: &Limits,
    take: &mut dyn FnMut(Loaded<'_>),
) {
    let read = match document {
        Ok(document) => read_record(&document.source, gazetteer, limits).map_err(LoadFault::Found),
        Err(fault) => Err(LoadFault::Found(vec![fault])),
    };
    give(source, read, take);
}

/// Gives a case that has room of its own.
pub(super) fn give(source: &str, read: Result<CaseRecord, LoadFault>, take: &mut dyn FnMut(Loaded<'_>)) {
    let record;
    let case = match read {
        Ok(read) => {
            record = read;
            Ok(&record)
        }
        Err(fault) => Err(fault),
    };
    take(Loaded { source, case });
}

fn read_lines(
    name: &str,
    first_line: usize,
    text: &[u8],
    reader: &mut CaseReader<'_>,
    take: &mut dyn FnMut(Loaded<'_>),
) {
    let mut from = 0;
    let mut source = format!("{name}:");
    let mut digits = itoa::Buffer::new();
    let ends = memchr::memchr_iter(b'\n', text).chain([text.len()]);
    for (end, line) in ends.zip(first_line..) {
        let own = from..end;
        from = end + 1;
        if text[own.clone()].trim_ascii().is_empty() {
            continue;
        }
        source.truncate(name.len() + 1);
        source.push_str(digits.format(line));
        let read = reader.json_line(text, own, name, line);
        take(Loaded {
            source: &source,
            case: read.map_err(LoadFault::Found),
        });
    }
}

/// A file of which no case can be read.
pub(super) fn fault(input: usize, code: &'static str, path: &Path, reason: &dyn Display) -> Chunk {
    let name = path.display().to_string();
    let fault = unreadable(code, &name, reason);
    Chunk {
        reads: vec![FileRead {
            input,
            name: name.clone(),
            bytes: 0,
            sha256: Sha256::digest(b"").into(),
            has_changed: false,
        }],
        content: Content::Fault(name, vec![fault]),
    }
}
