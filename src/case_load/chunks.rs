//! A case load as chunks: made one after the other by one thread, read by many.
//!
//! The same inputs always give the same chunks, so that an interrupted run can go on after the last chunk it wrote.

use super::blocks::Blocks;
use super::chunk::{Chunk, Content, fault};
#[cfg(feature = "columnar")]
use super::columns::ColumnsInput;
use super::files::{Compression, Format, Input, Plan};
use super::header::Header;
use super::opened::{Watched, open_file, open_standard};
use super::unreadable;
use crate::case_file::Documents;
#[cfg(feature = "columnar")]
use crate::columnar::Slice;
use std::collections::VecDeque;
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
