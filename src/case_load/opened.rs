//! Files and standard input as they are read: unpacked, hashed, and watched for changes.

use super::files::{Compression, Format, moment};
use super::header::Header;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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

/// What is kept of a file while it is read.
pub(super) struct Watched {
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
    /// What was read of the file, at its end.
    pub(super) fn end(self, input: usize, name: &str) -> FileRead {
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

/// A file to be read from its beginning.
pub(super) fn open_file(
    path: &Path,
    compression: Compression,
) -> io::Result<(Box<dyn BufRead + Send>, Watched)> {
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

/// How a file is packed, by its first bytes.
fn compression_of(first: &[u8]) -> Compression {
    match first {
        [0x1f, 0x8b, ..] => Compression::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Compression::Zstandard,
        _ => Compression::Plain,
    }
}

/// A file that is no input of a case load, from its beginning, unpacked as its first bytes say; and how it is packed.
///
/// # Errors
/// It cannot be read.
pub(crate) fn open_unpacked(path: &Path) -> io::Result<(Box<dyn BufRead + Send>, Compression)> {
    let mut packed = BufReader::with_capacity(1 << 17, File::open(path)?);
    let compression = compression_of(packed.fill_buf()?);
    Ok((unpacked(packed, compression)?, compression))
}

/// Standard input has no name: its first bytes say how it is packed, and its first line what it holds.
pub(super) fn open_standard() -> io::Result<(Format, Box<dyn BufRead + Send>, Watched)> {
    let watched = Watched {
        file: None,
        seen: Arc::default(),
    };
    let hashing = Hashing {
        reader: io::stdin(),
        seen: watched.seen.clone(),
    };
    let mut packed = BufReader::with_capacity(1 << 17, hashing);
    let compression = compression_of(packed.fill_buf()?);
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

/// The bytes of a file.
pub(super) fn whole_file(path: &Path) -> io::Result<(Vec<u8>, Watched)> {
    let (mut reader, watched) = open_file(path, Compression::Plain)?;
    let mut text = Vec::new();
    reader.read_to_end(&mut text)?;
    Ok((text, watched))
}
