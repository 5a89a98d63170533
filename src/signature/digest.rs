//! The hashes of a text that is signed, taken while it is read.

use sha2::{Digest as _, Sha256, Sha512};
use std::io::{self, BufRead, Read};

/// The hashes that a signature can be made of.
#[derive(Debug, Clone, Default)]
pub struct Digest {
    sha256: Sha256,
    sha512: Sha512,
}

impl Digest {
    /// Of all that a reader gives.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn of(reader: impl BufRead) -> io::Result<Self> {
        let mut reader = Self::default().reading(reader);
        io::copy(&mut reader, &mut io::sink())?;
        Ok(reader.digest)
    }

    /// A reader whose text is hashed on its way.
    pub fn reading<R: BufRead>(self, reader: R) -> Digesting<R> {
        Digesting { reader, digest: self }
    }

    fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.sha512.update(bytes);
    }

    pub(super) fn sha256(&self) -> Vec<u8> {
        self.sha256.clone().finalize().to_vec()
    }

    pub(super) fn sha512(&self) -> Vec<u8> {
        self.sha512.clone().finalize().to_vec()
    }
}

/// A reader whose text is hashed on its way.
#[derive(Debug)]
pub struct Digesting<R> {
    reader: R,
    digest: Digest,
}

impl<R: BufRead> Digesting<R> {
    /// The hashes of the whole text, also of what was not asked for yet.
    ///
    /// # Errors
    /// The rest cannot be read.
    pub fn finish(mut self) -> io::Result<Digest> {
        io::copy(&mut self, &mut io::sink())?;
        Ok(self.digest)
    }
}

impl<R: BufRead> Read for Digesting<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(into)?;
        self.digest.update(&into[..read]);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Digesting<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        // A buffer that is filled is given again without reading.
        if let Ok(buffer) = self.reader.fill_buf() {
            self.digest.update(&buffer[..amount.min(buffer.len())]);
        }
        self.reader.consume(amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_has_the_same_hashes_however_it_is_read() {
        let text = "a\nbc\n".repeat(5_000);
        let whole = Digest::of(text.as_bytes()).unwrap();
        let mut lines = Digest::default().reading(io::BufReader::with_capacity(7, text.as_bytes()));
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        let mut few = [0; 3];
        lines.read_exact(&mut few).unwrap();
        let in_parts = lines.finish().unwrap();
        assert_eq!(in_parts.sha256(), whole.sha256());
        assert_eq!(in_parts.sha512(), whole.sha512());
        assert_ne!(whole.sha512(), Digest::of("a".as_bytes()).unwrap().sha512());
    }
}
