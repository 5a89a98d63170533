//! Lines as they are written: what belongs to one case, and between that places in texts that many cases share, which are
//! not copied before the system takes them.

use std::io::{self, ErrorKind, IoSlice, Write};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

/// Texts that many lines share, by number. Each is added once and never changes, so that several threads can add and read.
#[derive(Debug)]
pub struct SharedTexts {
    blocks: Box<[OnceLock<Block>]>,
    count: AtomicUsize,
}

/// Room for texts that is made together.
type Block = Box<[OnceLock<Arc<str>>]>;

/// So many texts have room that is made together.
const TEXTS_OF_BLOCK: usize = 1 << 10;
/// So many texts are shared at most, so that memory stays bounded.
const MOST_TEXTS: usize = 1 << 16;

impl Default for SharedTexts {
    fn default() -> Self {
        Self {
            blocks: (0..MOST_TEXTS / TEXTS_OF_BLOCK)
                .map(|_| OnceLock::new())
                .collect(),
            count: AtomicUsize::new(0),
        }
    }
}

impl SharedTexts {
    /// Adds a text and gives its number; `None` where there are too many, so that it must be copied.
    pub(super) fn add(&self, text: &Arc<str>) -> Option<u32> {
        // Places in it are kept small.
        u32::try_from(text.len()).ok()?;
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let block = self.blocks.get(number / TEXTS_OF_BLOCK)?;
        let block = block.get_or_init(|| (0..TEXTS_OF_BLOCK).map(|_| OnceLock::new()).collect());
        let place = &block[number % TEXTS_OF_BLOCK];
        place.set(text.clone()).is_ok().then_some(number as u32)
    }

    /// Adds a text that is long enough to be shared, and gives all of it as a part.
    pub(super) fn add_long(&self, text: &Arc<str>) -> Option<Part> {
        let number = (text.len() >= LEAST_SHARED).then(|| self.add(text))?;
        Part::of(number, &(0..text.len()))
    }

    fn get(&self, number: u32) -> &str {
        let number = number as usize;
        let block = self.blocks.get(number / TEXTS_OF_BLOCK).and_then(OnceLock::get);
        let text = block.and_then(|block| block[number % TEXTS_OF_BLOCK].get());
        text.map_or("", |text| text)
    }
}

/// Lines that were made. What is written to [`Self::own`] stands there; shared texts stand between.
#[derive(Debug, Default)]
pub struct Lines {
    /// What is not shared.
    pub own: Vec<u8>,
    shared: Vec<Shared>,
    texts: Arc<SharedTexts>,
}

#[derive(Debug)]
struct Shared {
    /// So many bytes of its own stand before it.
    before: u32,
    part: Part,
}

/// A part of a shared text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    text: u32,
    from: u32,
    to: u32,
}

impl Part {
    /// A part of the text with this number, if it is one of the shared ones. `None` where it is to be copied: to hand over
    /// a short part costs as much.
    pub fn of(number: Option<u32>, part: &Range<usize>) -> Option<Self> {
        Some(Self {
            text: number.filter(|_| part.len() >= LEAST_SHARED)?,
            from: u32::try_from(part.start).ok()?,
            to: u32::try_from(part.end).ok()?,
        })
    }

    /// The part without its first bytes, of which it has so many.
    pub fn without(self, bytes: u8) -> Self {
        Self {
            from: self.from + u32::from(bytes),
            ..self
        }
    }
}

/// Shorter parts are copied.
const LEAST_SHARED: usize = 192;
/// So many parts are handed over together; most systems take no more.
const PARTS_AT_ONCE: usize = 1024;

impl Lines {
    /// No lines, whose shared texts are among these.
    pub fn new(texts: Arc<SharedTexts>, own: Vec<u8>) -> Self {
        Self {
            own,
            shared: Vec::new(),
            texts,
        }
    }

    /// Removes all lines, and keeps their room.
    pub fn clear(&mut self) {
        self.own.clear();
        self.shared.clear();
    }

    /// Adds a part of a text, which is this one of a shared text if it is shared.
    #[inline]
    pub(super) fn add(&mut self, text: &str, shared: Option<Part>, part: Range<usize>) {
        if !shared.is_some_and(|shared| self.add_shared(shared)) {
            self.own.extend_from_slice(&text.as_bytes()[part]);
        }
    }

    /// Adds a part of a shared text; says whether it could, or there are too many bytes for it.
    #[inline]
    pub(super) fn add_shared(&mut self, part: Part) -> bool {
        let before = u32::try_from(self.own.len());
        if let Ok(before) = before {
            self.shared.push(Shared { before, part });
        }
        before.is_ok()
    }

    /// Writes all of it, and says how many bytes that were.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<u64> {
        let mut written = 0;
        let mut at_once = Vec::with_capacity(PARTS_AT_ONCE.min(2 * self.shared.len() + 1));
        let mut from = 0;
        for Shared { before, part } in &self.shared {
            if at_once.len() + 2 > PARTS_AT_ONCE {
                written += write_parts(&mut at_once, out)?;
            }
            let before = *before as usize;
            let text = self.texts.get(part.text).as_bytes();
            // Where texts follow on each other, nothing stands between.
            if before > from {
                at_once.push(IoSlice::new(&self.own[from..before]));
            }
            at_once.push(IoSlice::new(&text[part.from as usize..part.to as usize]));
            from = before;
        }
        if at_once.len() + 1 > PARTS_AT_ONCE {
            written += write_parts(&mut at_once, out)?;
        }
        at_once.push(IoSlice::new(&self.own[from..]));
        written += write_parts(&mut at_once, out)?;
        Ok(written)
    }
}

/// Writes parts, whatever number of them is taken at a time, and leaves none.
fn write_parts(parts: &mut Vec<IoSlice<'_>>, out: &mut impl Write) -> io::Result<u64> {
    let bytes: usize = parts.iter().map(|part| part.len()).sum();
    let mut bytes_left = bytes;
    let mut left = &mut parts[..];
    // Empty parts at the beginning would look like an end.
    IoSlice::advance_slices(&mut left, 0);
    while !left.is_empty() {
        match out.write_vectored(left) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) if written == bytes_left => break,
            Ok(written) => {
                bytes_left -= written;
                IoSlice::advance_slices(&mut left, written);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    parts.clear();
    Ok(bytes as u64)
}

/// Short texts, one after the other.
#[derive(Debug)]
pub(super) struct ShortTexts(Vec<u8>);

/// Where a short text stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct ShortText {
    at: u32,
    length: u32,
}

/// So many bytes are copied without asking how many there are: that needs no call and no guess.
const COPIED_AT_ONCE: usize = 64;

impl Default for ShortTexts {
    fn default() -> Self {
        Self(vec![0; COPIED_AT_ONCE])
    }
}

impl ShortTexts {
    /// Adds a text. So many bytes stand behind the last that each can be copied at once.
    pub fn push(&mut self, text: &[u8]) -> ShortText {
        let at = self.0.len() - COPIED_AT_ONCE;
        self.0.splice(at..at, text.iter().copied());
        ShortText {
            at: at as u32,
            length: text.len() as u32,
        }
    }

    /// Writes a text.
    #[inline]
    pub fn add_to(&self, out: &mut Vec<u8>, text: &ShortText) {
        add_beginning(out, &self.0[text.at as usize..], text.length as usize);
    }
}

/// Adds the first bytes of a text.
#[inline]
pub(super) fn add_beginning(out: &mut Vec<u8>, text: &[u8], length: usize) {
    match text.first_chunk::<COPIED_AT_ONCE>() {
        Some(at_once) if length <= COPIED_AT_ONCE => {
            let end = out.len() + length;
            out.extend_from_slice(at_once);
            out.truncate(end);
        }
        _ => out.extend_from_slice(&text[..length]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes only some bytes at a time, and is interrupted in between.
    struct Slow(Vec<u8>, usize);

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1 += 1;
            if self.1.is_multiple_of(3) {
                return Err(ErrorKind::Interrupted.into());
            }
            let taken = bytes.len().min(1 + self.1 % 700);
            self.0.extend_from_slice(&bytes[..taken]);
            Ok(taken)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_is_written_is_what_was_added_in_order_whether_shared_or_copied() {
        let texts = Arc::new(SharedTexts::default());
        let mut lines = Lines::new(texts.clone(), Vec::new());
        let mut expected = String::new();
        for number in 0..3_000 {
            let text: Arc<str> = format!("{number} ").repeat(1 + number % 90).into();
            let own = ",".repeat(number % 4);
            let place = texts.add(&text);
            let part = number % 5..text.len().max(number % 5);
            lines.own.extend_from_slice(own.as_bytes());
            let shared = Part::of(place.filter(|_| number % 7 > 0), &part);
            lines.add(&text, shared, part.clone());
            expected += &own;
            expected += &text[part];
        }
        assert!(lines.shared.len() > PARTS_AT_ONCE && lines.own.len() > 100);
        let mut whole = Vec::new();
        assert_eq!(lines.write_to(&mut whole).unwrap(), expected.len() as u64);
        assert!(whole == expected.as_bytes());
        let mut slow = Slow(Vec::new(), 0);
        lines.write_to(&mut slow).unwrap();
        assert!(slow.0 == expected.as_bytes());
        let full = lines.write_to(&mut &mut [0; 5_000][..]).unwrap_err();
        assert_eq!(full.kind(), ErrorKind::WriteZero);
        let none = Lines::default().write_to(&mut Vec::new());
        assert_eq!(none.unwrap(), 0);
    }

    #[test]
    fn only_so_many_texts_are_shared() {
        let (texts, text) = (SharedTexts::default(), Arc::from("text"));
        let most = MOST_TEXTS as u32;
        for number in 0..most {
            assert_eq!(texts.add(&text), Some(number));
        }
        assert_eq!(texts.add(&text), None);
        assert_eq!(texts.get(most - 1), "text");
        assert_eq!(texts.get(most), "");
    }

    #[test]
    fn long_parts_of_shared_texts_are_handed_over_and_others_are_copied() {
        let texts = SharedTexts::default();
        let text: Arc<str> = "x".repeat(LEAST_SHARED).into();
        let whole = texts.add_long(&text);
        assert_eq!(whole, Part::of(Some(0), &(0..LEAST_SHARED)));
        assert!(whole.is_some());
        assert_eq!(Part::of(Some(0), &(1..LEAST_SHARED)), None);
        assert_eq!(Part::of(None, &(0..LEAST_SHARED)), None);
        let far = u32::MAX as usize + 1;
        assert_eq!(Part::of(Some(0), &(0..far)), None);
        assert_eq!(texts.add_long(&Arc::from("short")), None);
        // None was added for the short one.
        assert_eq!(texts.add(&text), Some(1));
    }

    #[test]
    fn short_texts_are_written_as_they_were_added() {
        let mut texts = ShortTexts::default();
        let added: Vec<String> = (0..200)
            .map(|length| "é,".repeat(length).split_off(length / 2 * 3))
            .collect();
        let places: Vec<ShortText> = added.iter().map(|text| texts.push(text.as_bytes())).collect();
        let mut out = Vec::new();
        places.iter().for_each(|text| texts.add_to(&mut out, text));
        assert!(out == added.concat().as_bytes() && added[9].len() < COPIED_AT_ONCE);
        add_beginning(&mut out, b"end of a text", 3);
        assert!(out.ends_with(b",end"));
    }
}
