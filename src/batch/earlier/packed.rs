//! The lines of a packed file, packed again in memory so that a single one can be read: unpacking the file itself can begin
//! nowhere but at its beginning.

use std::io;
use zstd::bulk::{Compressor, Decompressor};

/// Bytes of the lines that are packed together, unless a single one is longer. A case in another order than the results has
/// so much unpacked for it.
const BLOCK_BYTES: usize = 16 << 10;

/// Bytes of the first lines that all blocks are packed with. Results repeat each other: with them small blocks become as
/// small as large ones do without.
const PATTERN_BYTES: usize = 64 << 10;

/// Level 3 packs as fast as 1 here, and a seventh smaller.
const LEVEL: i32 = 3;

/// Lines, packed in blocks.
#[derive(Debug, Default)]
pub(super) struct PackedLines {
    /// What stands in many lines.
    pattern: Vec<u8>,
    blocks: Vec<Block>,
}

/// Whole lines, packed together.
#[derive(Debug)]
struct Block {
    /// Where they begin in the text of all lines.
    begin: u64,
    /// The number of the first one, from 1.
    first_line: usize,
    /// Their bytes, unpacked.
    bytes: usize,
    packed: Box<[u8]>,
}

/// Packs the lines of a file from the first to the last.
pub(super) struct Packing {
    /// Once there is a pattern.
    compressor: Option<Compressor<'static>>,
    lines: PackedLines,
    /// Where the next block begins, and its first line.
    next: (u64, usize),
}

impl Packing {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            compressor: None,
            lines: PackedLines::default(),
            next: (0, 1),
        }
    }

    /// Takes these whole lines out of `text` once they are enough for a block.
    ///
    /// # Errors
    /// There is no room for them.
    pub fn take_enough(&mut self, text: &mut Vec<u8>) -> io::Result<()> {
        let enough = match self.compressor {
            None => PATTERN_BYTES,
            Some(_) => BLOCK_BYTES,
        };
        if text.len() >= enough {
            self.take(text)
        } else {
            Ok(())
        }
    }

    fn take(&mut self, text: &mut Vec<u8>) -> io::Result<()> {
        let compressor = match &mut self.compressor {
            Some(compressor) => compressor,
            None => {
                self.lines.pattern = text[..text.len().min(PATTERN_BYTES)].to_vec();
                self.compressor
                    .insert(Compressor::with_dictionary(LEVEL, &self.lines.pattern)?)
            }
        };
        let (begin, first_line) = self.next;
        self.lines.blocks.push(Block {
            begin,
            first_line,
            bytes: text.len(),
            packed: compressor.compress(text)?.into_boxed_slice(),
        });
        let lines = memchr::memchr_iter(b'\n', text).count();
        self.next = (begin + text.len() as u64, first_line + lines);
        text.clear();
        Ok(())
    }

    /// All lines, with these as the last ones.
    ///
    /// # Errors
    /// There is no room for them.
    pub fn end(mut self, mut text: Vec<u8>) -> io::Result<PackedLines> {
        if !text.is_empty() {
            self.take(&mut text)?;
        }
        Ok(self.lines)
    }
}

/// Packed lines as one thread reads them: cases mostly come in the order of the results, so the block that was read last is
/// kept unpacked.
pub(super) struct Unpacking<'p> {
    lines: &'p PackedLines,
    decompressor: Decompressor<'static>,
    /// The block that is unpacked, by its place.
    block: Option<usize>,
    text: Vec<u8>,
}

impl PackedLines {
    /// For one thread.
    ///
    /// # Errors
    /// There is no room for it.
    pub fn unpacking(&self) -> io::Result<Unpacking<'_>> {
        Ok(Unpacking {
            lines: self,
            decompressor: Decompressor::with_dictionary(&self.pattern)?,
            block: None,
            text: Vec::new(),
        })
    }
}

impl Unpacking<'_> {
    /// The line that begins at an offset of the text of all lines, without its end.
    ///
    /// # Errors
    /// There is no room to unpack it.
    pub fn line_at(&mut self, offset: u64) -> io::Result<&[u8]> {
        let begin = self.unpack(offset)?.1;
        let line = &self.text[begin..];
        Ok(&line[..memchr::memchr(b'\n', line).unwrap_or(line.len())])
    }

    /// The number of the line that begins at an offset, from 1.
    ///
    /// # Errors
    /// There is no room to unpack it.
    pub fn number_at(&mut self, offset: u64) -> io::Result<usize> {
        let (block, begin) = self.unpack(offset)?;
        Ok(block.first_line + memchr::memchr_iter(b'\n', &self.text[..begin]).count())
    }

    /// Unpacks the block in which an offset is; also gives where in it that is.
    fn unpack(&mut self, offset: u64) -> io::Result<(&Block, usize)> {
        let blocks = &self.lines.blocks;
        let after = blocks.partition_point(|block| block.begin <= offset);
        let place = after.saturating_sub(1);
        let block = blocks.get(place).ok_or(io::ErrorKind::UnexpectedEof)?;
        if self.block != Some(place) {
            self.block = None;
            self.text = self.decompressor.decompress(&block.packed, block.bytes)?;
            self.block = Some(place);
        }
        let begin = (offset - block.begin) as usize;
        Ok((block, begin.min(self.text.len())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packs lines, and gives where each begins.
    fn packed(lines: &[String]) -> (PackedLines, Vec<u64>) {
        let mut packing = Packing::new();
        let (mut text, mut offset, mut begins) = (Vec::new(), 0, Vec::new());
        for line in lines {
            packing.take_enough(&mut text).unwrap();
            begins.push(offset);
            text.extend_from_slice(line.as_bytes());
            offset += line.len() as u64;
        }
        (packing.end(text).unwrap(), begins)
    }

    #[test]
    fn each_line_is_read_again_in_any_order_and_lines_that_repeat_take_little_room() {
        let same = "the same words again and again, ".repeat(60);
        let mut lines: Vec<String> = (0..3_000).map(|number| format!("{number} {same}\n")).collect();
        lines[7] = "\n".to_owned();
        lines[8] = "  \n".to_owned();
        lines[1_000] = "long ".repeat(50_000) + "\n";
        *lines.last_mut().unwrap() = "without an end".to_owned();
        let (packed, begins) = packed(&lines);
        assert!(packed.blocks.len() > 200);
        let bytes: usize = packed.blocks.iter().map(|block| block.packed.len()).sum();
        assert!(bytes < lines.concat().len() / 50, "{bytes}");
        let mut unpacking = packed.unpacking().unwrap();
        for step in [1, 1_009] {
            for place in (0..lines.len()).map(|index| index * step % lines.len()) {
                let line = unpacking.line_at(begins[place]).unwrap();
                assert!(line == lines[place].trim_end_matches('\n').as_bytes(), "{place}");
                assert_eq!(unpacking.number_at(begins[place]).unwrap(), place + 1);
            }
        }
    }

    #[test]
    fn no_lines_and_a_few_bytes_are_packed_too() {
        let (none, _) = packed(&[]);
        assert!(none.unpacking().unwrap().line_at(0).is_err());
        let (few, begins) = packed(&["a\n".to_owned(), "b".to_owned()]);
        let mut unpacking = few.unpacking().unwrap();
        assert_eq!(unpacking.line_at(begins[1]).unwrap(), b"b");
        assert_eq!(unpacking.line_at(9).unwrap(), b"", "nothing stands there");
    }
}
