//! A case load as chunks: made one after the other by one thread, read by many.
//!
//! The same inputs always give the same chunks, so that an interrupted run can go on after the last chunk it wrote.

use super::blocks::Blocks;
#[cfg(feature = "columnar")]
use super::case_columns::CaseColumns;
#[cfg(feature = "columnar")]
use super::columns::ColumnsInput;
use super::files::{Compression, Format, Input, Plan, moment};
use super::rows::{Header, rows};
use super::unreadable;
use crate::case_file::{CaseRecord, Document, Documents, read_json_line, read_record};
#[cfg(feature = "columnar")]
use crate::columnar::Slice;
use crate::diagnostic::{CaseFault, Diagnostic};
use crate::gazetteer::Gazetteer;
use crate::yaml::Limits;
use sha2::{Digest, Sha256};
use std::collections::VecDeque;
use std::fmt::Write;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A case of a load with the place where it stands, or what is wrong with it.
#[derive(Debug)]
pub struct Loaded {
    /// `path`, `path#2` for the second document, `path:17` for line 17.
    pub source: String,
    /// The case.
    pub case: Result<CaseRecord, LoadFault>,
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

/// A file that was read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRead {
    /// Which of the inputs that the user named it belongs to, from 0.
    pub input: usize,
    /// Its path.
    pub name: String,
    /// Its bytes.
    pub bytes: u64,
    /// The SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// Whether it changed while it was read.
    pub has_changed: bool,
}

/// A part of a case load.
#[derive(Debug)]
pub struct Chunk {
    content: Content,
    /// The files that end with this chunk.
    reads: Vec<FileRead>,
}

#[derive(Debug)]
enum Content {
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

/// Files up to this size are read many to a chunk.
const SMALL_FILE_BYTES: u64 = 1 << 16;
/// So many small files make a chunk.
const FILES_OF_CHUNK: usize = 64;
/// Bytes of documents that make a chunk.
const DOCUMENT_BYTES_OF_CHUNK: usize = 1 << 16;

/// The chunks of a case load, in order.
pub struct Chunks<'p> {
    files: Box<dyn Iterator<Item = (usize, Input)> + Send + 'p>,
    document_bytes: usize,
    open: Option<Open>,
    /// A file that was looked at and belongs to the next chunk.
    ahead: Option<(usize, Input)>,
    ready: VecDeque<Chunk>,
}

struct Open {
    input: usize,
    name: Arc<str>,
    stream: Stream,
    watched: Watched,
}

enum Stream {
    Documents(Box<Documents<Box<dyn BufRead + Send>>>),
    Lines(Blocks<Box<dyn BufRead + Send>>),
    Rows(Blocks<Box<dyn BufRead + Send>>, Option<Arc<Header>>),
    #[cfg(feature = "columnar")]
    Columns {
        file: Arc<ColumnsInput>,
        slices: Box<dyn Iterator<Item = io::Result<Slice>> + Send>,
        /// For the hash: the columns are not read from the beginning to the end.
        whole: Box<dyn BufRead + Send>,
    },
}

/// What is kept of a file while it is read.
struct Watched {
    file: Option<(File, u64, u128)>,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    digest: Mutex<Sha256>,
    bytes: AtomicU64,
}

/// Passes bytes on, and adds them to the hash of the file.
struct Hashing<R> {
    reader: R,
    seen: Arc<Seen>,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        let mut digest = self.seen.digest.lock().unwrap_or_else(PoisonError::into_inner);
        digest.update(&buffer[..read]);
        self.seen.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Watched {
    fn end(self, input: usize, name: &str) -> FileRead {
        let digest = self.seen.digest.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = self.seen.bytes.load(Ordering::Relaxed);
        let has_changed = self
            .file
            .is_some_and(|(file, size, changed)| match file.metadata() {
                Ok(now) => now.len() != size || moment(&now) != changed || bytes != size,
                Err(_) => true,
            });
        FileRead {
            input,
            name: name.to_owned(),
            bytes,
            sha256: digest.clone().finalize().into(),
            has_changed,
        }
    }
}

impl<'p> Chunks<'p> {
    /// The chunks of what was planned, documents of at most `document_bytes`.
    pub fn new(plan: &'p Plan, document_bytes: usize) -> Self {
        Self {
            files: Box::new(plan.files()),
            document_bytes,
            open: None,
            ahead: None,
            ready: VecDeque::new(),
        }
    }

    fn next_file(&mut self) -> Option<(usize, Input)> {
        self.ahead.take().or_else(|| self.files.next())
    }

    fn read(&mut self) -> Option<Chunk> {
        loop {
            if let Some(chunk) = self.ready.pop_front() {
                return Some(chunk);
            }
            if self.open.is_some() {
                self.read_open();
                continue;
            }
            match self.next_file()? {
                (input, Input::Unreadable { path, reason }) => {
                    return Some(fault(input, "unreadable-input", &path, &reason));
                }
                (input, Input::File { path, bytes, .. }) if is_small(&path, bytes) => {
                    return Some(self.small_files(input, path));
                }
                (
                    input,
                    Input::File {
                        path,
                        format,
                        compression,
                        ..
                    },
                ) => match open_file(&path, compression) {
                    Ok((reader, watched)) => {
                        let name: Arc<str> = path.display().to_string().into();
                        if format == Format::Columns {
                            self.start_columns(input, name, &path, compression, reader, watched);
                        } else {
                            self.start(input, name, format, reader, watched);
                        }
                    }
                    Err(error) => return Some(fault(input, "unreadable-input", &path, &error)),
                },
                (input, Input::Standard) => match open_standard() {
                    Ok((format, reader, watched)) => {
                        self.start(input, "<stdin>".into(), format, reader, watched);
                    }
                    Err(error) => {
                        return Some(fault(input, "unreadable-input", Path::new("<stdin>"), &error));
                    }
                },
            }
        }
    }

    fn small_files(&mut self, input: usize, path: PathBuf) -> Chunk {
        let mut files = vec![(input, path)];
        while files.len() < FILES_OF_CHUNK {
            match self.next_file() {
                Some((input, Input::File { path, bytes, .. })) if is_small(&path, bytes) => {
                    files.push((input, path));
                }
                other => {
                    self.ahead = other;
                    break;
                }
            }
        }
        Chunk {
            content: Content::Files(files),
            reads: Vec::new(),
        }
    }

    fn start(
        &mut self,
        input: usize,
        name: Arc<str>,
        format: Format,
        reader: Box<dyn BufRead + Send>,
        watched: Watched,
    ) {
        let most = self.document_bytes;
        let stream = match format {
            Format::Documents => {
                let documents = Documents::new(name.as_ref(), reader, most).without_end();
                Stream::Documents(Box::new(documents))
            }
            Format::Lines => Stream::Lines(Blocks::new(reader, false, most)),
            Format::Rows | Format::Columns => Stream::Rows(Blocks::new(reader, true, most), None),
        };
        self.open = Some(Open {
            input,
            name,
            stream,
            watched,
        });
    }

    #[cfg(feature = "columnar")]
    fn start_columns(
        &mut self,
        input: usize,
        name: Arc<str>,
        path: &Path,
        compression: Compression,
        whole: Box<dyn BufRead + Send>,
        watched: Watched,
    ) {
        let opened = ColumnsInput::open(path, name.clone(), compression);
        match opened.and_then(|file| Ok((file.slices()?, file))) {
            Ok((slices, file)) => {
                let stream = Stream::Columns {
                    file: Arc::new(file),
                    slices,
                    whole,
                };
                self.open = Some(Open {
                    input,
                    name,
                    stream,
                    watched,
                });
            }
            Err(fault) => self.ready.push_back(Chunk {
                content: Content::Fault(name.to_string(), vec![fault]),
                reads: vec![watched.end(input, &name)],
            }),
        }
    }

    #[cfg(not(feature = "columnar"))]
    fn start_columns(
        &mut self,
        input: usize,
        name: Arc<str>,
        _: &Path,
        _: Compression,
        _: Box<dyn BufRead + Send>,
        watched: Watched,
    ) {
        self.ready.push_back(Chunk {
            content: Content::Fault(name.to_string(), vec![super::without_columns(&name)]),
            reads: vec![watched.end(input, &name)],
        });
    }

    /// Reads on in the open file; at its end it is closed.
    fn read_open(&mut self) {
        let Some(mut open) = self.open.take() else { return };
        let name = open.name.clone();
        let read = match &mut open.stream {
            Stream::Documents(documents) => read_documents(documents),
            Stream::Lines(blocks) => blocks.next().map(|block| {
                block.map(|block| Content::Lines {
                    name,
                    first_line: block.first_line,
                    text: block.text,
                })
            }),
            Stream::Rows(blocks, header) => blocks.next().map(|block| {
                block.map(|mut block| {
                    let header = header.get_or_insert_with(|| {
                        let (header, rows) = Header::read(&name, block.text.split_off(0));
                        block.first_line += header.lines;
                        block.text = rows;
                        Arc::new(header)
                    });
                    Content::Rows {
                        name,
                        header: header.clone(),
                        first_line: block.first_line,
                        text: block.text,
                    }
                })
            }),
            #[cfg(feature = "columnar")]
            Stream::Columns { file, slices, whole } => match slices.next().transpose() {
                Ok(Some(slice)) => Ok(Some(Content::Columns(file.clone(), slice))),
                Ok(None) => io::copy(whole, &mut io::sink()).map(|_| None),
                Err(error) => Err(error),
            },
        };
        let ended = match read {
            Ok(Some(content)) => {
                let reads = Vec::new();
                self.ready.push_back(Chunk { content, reads });
                self.open = Some(open);
                return;
            }
            Ok(None) => None,
            Err(error) => Some(unreadable("unreadable-input", &open.name, &error)),
        };
        let read = open.watched.end(open.input, &open.name);
        self.ready.push_back(Chunk {
            content: match ended {
                Some(fault) => Content::Fault(open.name.to_string(), vec![fault]),
                None => Content::Nothing,
            },
            reads: vec![read],
        });
    }
}

impl Iterator for Chunks<'_> {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        self.read()
    }
}

fn is_small(path: &Path, bytes: u64) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    bytes <= SMALL_FILE_BYTES && matches!(extension, Some("yaml" | "yml" | "json"))
}

fn fault(input: usize, code: &'static str, path: &Path, reason: &dyn std::fmt::Display) -> Chunk {
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

fn open_file(path: &Path, compression: Compression) -> io::Result<(Box<dyn BufRead + Send>, Watched)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    let watched = Watched {
        file: Some((file.try_clone()?, metadata.len(), moment(&metadata))),
        seen: Arc::default(),
    };
    let hashing = Hashing {
        reader: file,
        seen: watched.seen.clone(),
    };
    Ok((
        unpacked(BufReader::with_capacity(1 << 17, hashing), compression)?,
        watched,
    ))
}

fn unpacked(
    reader: impl BufRead + Send + 'static,
    compression: Compression,
) -> io::Result<Box<dyn BufRead + Send>> {
    Ok(match compression {
        Compression::Plain => Box::new(reader),
        Compression::Gzip => Box::new(BufReader::with_capacity(
            1 << 17,
            flate2::bufread::MultiGzDecoder::new(reader),
        )),
        Compression::Zstandard => {
            let decoder = zstd::stream::read::Decoder::with_buffer(reader)?;
            Box::new(BufReader::with_capacity(1 << 17, decoder))
        }
    })
}

/// Standard input has no name: its first bytes say how it is packed, and its first line what it holds.
fn open_standard() -> io::Result<(Format, Box<dyn BufRead + Send>, Watched)> {
    let watched = Watched {
        file: None,
        seen: Arc::default(),
    };
    let hashing = Hashing {
        reader: io::stdin(),
        seen: watched.seen.clone(),
    };
    let mut packed = BufReader::with_capacity(1 << 17, hashing);
    let compression = match packed.fill_buf()? {
        [0x1f, 0x8b, ..] => Compression::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Compression::Zstandard,
        _ => Compression::Plain,
    };
    let mut reader = unpacked(packed, compression)?;
    let mut first = Vec::new();
    let format = loop {
        // A line may come in parts.
        first.clear();
        reader.by_ref().take(1 << 20).read_until(b'\n', &mut first)?;
        let is_blank = !first.is_empty() && first.trim_ascii().is_empty();
        if !is_blank {
            break format_of(first.trim_ascii());
        }
    };
    let whole = BufReader::with_capacity(1 << 17, io::Cursor::new(first).chain(reader));
    Ok((format, Box::new(whole), watched))
}

fn format_of(first_line: &[u8]) -> Format {
    let is_object = first_line.starts_with(b"{");
    if is_object && serde_json::from_slice::<serde::de::IgnoredAny>(first_line).is_ok() {
        Format::Lines
    } else if Header::is_one(first_line) {
        Format::Rows
    } else {
        Format::Documents
    }
}

fn read_documents(documents: &mut Documents<Box<dyn BufRead + Send>>) -> io::Result<Option<Content>> {
    let mut read = Vec::new();
    let mut bytes = 0;
    while bytes < DOCUMENT_BYTES_OF_CHUNK {
        let Some(document) = documents.next().transpose()? else {
            break;
        };
        bytes += document
            .as_ref()
            .map_or(1, |document| document.source.text().len());
        read.push((documents.origin(), document));
    }
    Ok((!read.is_empty()).then_some(Content::Documents(read)))
}

impl Chunk {
    /// The cases of the chunk as columns, where they are columns that can be read. Of a case store their references may be
    /// left out where they are not wanted; see [`CaseColumns::are_read`].
    #[cfg(feature = "columnar")]
    pub fn columns(
        &self,
        gazetteer: &Gazetteer,
        limits: &Limits,
        wants_references: bool,
    ) -> Option<Vec<CaseColumns>> {
        let Content::Columns(file, slice) = &self.content else {
            return None;
        };
        if file.is_stored_now(gazetteer, limits)
            && let Ok(Some(stored)) = file.read_stored(slice, gazetteer, wants_references)
        {
            return Some(vec![stored]);
        }
        // Reading case by case says what is wrong.
        file.read_columns(slice, gazetteer, limits).ok()
    }

    /// Reads the cases of the chunk, in order, and gives the files that end with it.
    pub fn read(self, gazetteer: &Gazetteer, limits: &Limits, take: &mut dyn FnMut(Loaded)) -> Vec<FileRead> {
        let mut reads = self.reads;
        match self.content {
            Content::Files(files) => {
                for (input, path) in files {
                    reads.push(read_file(input, &path, gazetteer, limits, take));
                }
            }
            Content::Documents(documents) => {
                for (source, document) in documents {
                    take(read_document(source, document, gazetteer, limits));
                }
            }
            Content::Lines {
                name,
                first_line,
                text,
            } => read_lines(&name, first_line, &text, gazetteer, limits, take),
            Content::Rows {
                name,
                header,
                first_line,
                text,
            } => rows(&name, &header, first_line, &text, gazetteer, limits, take),
            #[cfg(feature = "columnar")]
            Content::Columns(file, slice) => file.read_cases(slice, gazetteer, limits, take),
            Content::Fault(source, faults) => take(Loaded {
                source,
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

fn whole_file(path: &Path) -> io::Result<(Vec<u8>, Watched)> {
    let (mut reader, watched) = open_file(path, Compression::Plain)?;
    let mut text = Vec::new();
    reader.read_to_end(&mut text)?;
    Ok((text, watched))
}

fn read_file(
    input: usize,
    path: &Path,
    gazetteer: &Gazetteer,
    limits: &Limits,
    take: &mut dyn FnMut(Loaded),
) -> FileRead {
    let (text, watched) = match whole_file(path) {
        Ok(whole) => whole,
        Err(error) => {
            let chunk = fault(input, "unreadable-input", path, &error);
            return chunk.read(gazetteer, limits, take).remove(0);
        }
    };
    let name = path.display().to_string();
    let mut documents = Documents::new(name.as_str(), &text[..], limits.document_bytes).without_end();
    // Reading from memory does not fail.
    while let Some(Ok(document)) = documents.next() {
        take(read_document(documents.origin(), document, gazetteer, limits));
    }
    watched.end(input, &name)
}

fn read_document(
    source: String,
    document: Result<Document, Diagnostic>,
    gazetteer: &Gazetteer,
    limits: &Limits,
) -> Loaded {
    Loaded {
        source,
        case: match document {
            Ok(document) => read_record(&document.source, gazetteer, limits).map_err(LoadFault::Found),
            Err(fault) => Err(LoadFault::Found(vec![fault])),
        },
    }
}

fn read_lines(
    name: &str,
    first_line: usize,
    text: &[u8],
    gazetteer: &Gazetteer,
    limits: &Limits,
    take: &mut dyn FnMut(Loaded),
) {
    let mut from = 0;
    let ends = memchr::memchr_iter(b'\n', text).chain([text.len()]);
    for (end, line) in ends.zip(first_line..) {
        let text = &text[from..end];
        from = end + 1;
        if text.trim_ascii().is_empty() {
            continue;
        }
        take(Loaded {
            source: place(name, line),
            case: read_json_line(text, name, line, gazetteer, limits).map_err(LoadFault::Found),
        });
    }
}

/// `name:line`.
fn place(name: &str, line: usize) -> String {
    // Room for the longest number.
    let mut place = String::with_capacity(name.len() + 21);
    place.push_str(name);
    place.push(':');
    // A text takes everything.
    let _ = write!(place, "{line}");
    place
}
