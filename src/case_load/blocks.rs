//! Cutting a stream into blocks of whole lines.

use std::io::{self, Read};

/// Bytes of a block, unless a single line is longer. What is made of a block, ten times as many bytes with the reasons, goes
/// through the caches when it is written; what is kept for all cases has to come back after each. Larger ones stay in no
/// near cache themselves.
const BLOCK_BYTES: usize = 1 << 18;

/// Whole lines of a stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// The number of the first line.
    pub first_line: usize,
    /// The lines with their ends; the last one of the stream may have none.
    pub text: Vec<u8>,
}

/// Cuts a stream into blocks.
pub(super) struct Blocks<R> {
    reader: R,
    /// Whether a line break within quotes belongs to the line, as in CSV.
    has_quotes: bool,
    most_line_bytes: usize,
    line: usize,
    rest: Vec<u8>,
    ended: bool,
}

impl<R: Read> Blocks<R> {
    /// Blocks of `reader`. Of a line that is longer than `most_line_bytes` a little more than that is kept, so that it is
    /// seen to be too long.
    pub fn new(reader: R, has_quotes: bool, most_line_bytes: usize) -> Self {
        Self {
            reader,
            has_quotes,
            most_line_bytes,
            line: 1,
            rest: Vec::new(),
            ended: false,
        }
    }

    /// The next block; `None` at the end.
    pub fn next(&mut self) -> io::Result<Option<Block>> {
        // The room is that of the thread that asks: threads that give back each other's wait for each other.
        let mut text = Vec::with_capacity(BLOCK_BYTES.max(self.rest.len()));
        text.append(&mut self.rest);
        let mut searched = 0;
        let mut cut = None;
        let mut is_cut_off = false;
        while !self.ended {
            let wanted = BLOCK_BYTES.max(text.len() + BLOCK_BYTES / 4) - text.len();
            let read = (&mut self.reader).take(wanted as u64).read_to_end(&mut text)?;
            self.ended = read < wanted;
            cut = self.last_end(&text, searched);
            if cut.is_some() || self.ended {
                break;
            }
            searched = text.len();
            if text.len() > self.most_line_bytes {
                self.skip_line(&mut text)?;
                is_cut_off = true;
                break;
            }
        }
        if let Some(cut) = cut.filter(|_| !self.ended && !is_cut_off) {
            self.rest.extend_from_slice(&text[cut..]);
            text.truncate(cut);
        }
        if self.line == 1 && text.starts_with("\u{feff}".as_bytes()) {
            text.drain(..3);
        }
        if text.is_empty() {
            return Ok(None);
        }
        let first_line = self.line;
        self.line += memchr::memchr_iter(b'\n', &text).count();
        Ok(Some(Block { first_line, text }))
    }

    /// Where the last whole line ends, if there is one.
    fn last_end(&self, text: &[u8], searched: usize) -> Option<usize> {
        if !self.has_quotes {
            return memchr::memrchr(b'\n', &text[searched..]).map(|at| searched + at + 1);
        }
        let mut is_quoted = false;
        let mut end = None;
        for at in memchr::memchr2_iter(b'"', b'\n', text) {
            match text[at] {
                b'"' => is_quoted = !is_quoted,
                _ if !is_quoted => end = Some(at + 1),
                _ => {}
            }
        }
        end
    }

    /// Reads on to the end of a line that is too long, and keeps its beginning.
    fn skip_line(&mut self, text: &mut Vec<u8>) -> io::Result<()> {
        text.truncate(self.most_line_bytes + 1);
        let mut buffer = vec![0; BLOCK_BYTES];
        loop {
            let read = self.reader.read(&mut buffer)?;
            if read == 0 {
                self.ended = true;
                return Ok(());
            }
            if let Some(at) = memchr::memchr(b'\n', &buffer[..read]) {
                text.push(b'\n');
                self.rest = buffer[at + 1..read].to_vec();
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &[u8], has_quotes: bool, most: usize) -> Vec<(usize, String)> {
        let mut blocks = Blocks::new(text, has_quotes, most);
        let mut found = Vec::new();
        while let Some(block) = blocks.next().unwrap() {
            found.push((block.first_line, String::from_utf8(block.text).unwrap()));
        }
        found
    }

    #[test]
    fn blocks_together_are_the_stream_and_each_ends_with_a_line() {
        let line = format!("{}\n", "x".repeat(999));
        let text = line.repeat(2_000) + "last";
        let found = blocks(text.as_bytes(), false, 1 << 20);
        assert!(found.len() > 5);
        let joined: String = found.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(joined, text);
        for pair in found.windows(2) {
            assert!(pair[0].1.ends_with('\n'));
            assert_eq!(pair[1].0, pair[0].0 + pair[0].1.lines().count());
        }
    }

    #[test]
    fn an_empty_stream_has_no_block_and_a_byte_order_mark_is_left_out() {
        assert!(blocks(b"", false, 9).is_empty());
        assert_eq!(
            blocks("\u{feff}a\nb".as_bytes(), false, 9),
            [(1, "a\nb".to_owned())]
        );
    }

    #[test]
    fn a_line_that_is_too_long_is_cut_and_the_next_is_whole() {
        let text = format!("{}\nnext\n", "x".repeat(3 << 20));
        let found = blocks(text.as_bytes(), false, 1 << 20);
        assert_eq!(found[0].1.len(), (1 << 20) + 2);
        assert_eq!(found[1], (2, "next\n".to_owned()));
        let endless = "x".repeat(3 << 20);
        assert_eq!(
            blocks(endless.as_bytes(), false, 1 << 20)[0].1.len(),
            (1 << 20) + 1
        );
    }

    #[test]
    fn a_line_break_within_quotes_belongs_to_the_row() {
        let row = format!("a,\"{}\n\n{}\"\n", "x".repeat(500), "y".repeat(400));
        let text = row.repeat(1_000);
        for (_, block) in blocks(text.as_bytes(), true, 1 << 20) {
            assert_eq!(block.matches('"').count() % 2, 0);
            assert!(block.starts_with("a,"));
        }
    }
}
