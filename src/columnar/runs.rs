//! Runs of small numbers, packed row by row where many rows add the same numbers.

use super::hybrid::variable;
use super::{RowId, RowIds};

/// A few bits.
#[derive(Debug, Clone, Copy, Default)]
struct Piece {
    bits: u64,
    length: u32,
}

/// Bits that are put in one go; before them up to seven are waiting for their byte to be full.
const MOST_BITS: u32 = 56;
/// Rows of so many bits each are packed eight at a time.
const MOST_BITS_OF_EIGHT: u32 = 8;
/// Bytes that are written in one go; those that are not full are written again.
const BYTES_IN_ONE_GO: usize = 8;
/// The length of a run, what it begins with, a number that it repeats, and what is written beyond its end.
const MOST_BYTES_AROUND: usize = 4 + 10 + 4 + BYTES_IN_ONE_GO;

/// A run of numbers: what a row with each id adds to it.
#[derive(Debug)]
pub(super) struct Run {
    width: u32,
    /// What a row with each id adds, one id after the other.
    numbers: Vec<u32>,
    /// Where those of each id end.
    ends: Vec<usize>,
    /// Bits in which any number differs from the first.
    differing: u32,
}

impl Run {
    /// A run of numbers of `width` bits, with what a row with each id adds, in the order of the ids.
    pub fn new<N: IntoIterator<Item = u32>>(width: u32, of_ids: impl Iterator<Item = N>) -> Self {
        let (mut numbers, mut ends) = (Vec::new(), Vec::new());
        for of_id in of_ids {
            numbers.extend(of_id);
            ends.push(numbers.len());
        }
        let first = numbers.first().copied().unwrap_or_default();
        Self {
            width,
            differing: numbers
                .iter()
                .fold(0, |differing, number| differing | number ^ first),
            numbers,
            ends,
        }
    }

    /// What a row with each id adds.
    fn of_ids(&self) -> impl Iterator<Item = &[u32]> {
        let begins = [0].into_iter().chain(self.ends.iter().copied());
        let spans = begins.zip(&self.ends);
        spans.map(|(begin, end)| &self.numbers[begin..*end])
    }

    /// How many numbers these rows add.
    fn count<I: RowId>(&self, rows: &RowIds<I>) -> usize {
        let counts = rows.counts().iter().zip(self.of_ids());
        counts
            .map(|(count, numbers)| *count as usize * numbers.len())
            .sum()
    }

    /// The most bytes that the run has for these rows, with its length, and what is written beyond its end meanwhile.
    pub fn most_bytes<I: RowId>(&self, rows: &RowIds<I>) -> usize {
        let groups = match self.differing {
            0 => 0,
            _ => self.count(rows).div_ceil(8),
        };
        groups * self.width as usize + MOST_BYTES_AROUND
    }

    /// Appends the run for these rows; gives how many numbers it has. A run of equal numbers is written as such.
    pub fn write<I: RowId>(&self, rows: &RowIds<I>, out: &mut Vec<u8>) -> usize {
        let count = self.count(rows);
        if count == 0 {
            return 0;
        }
        if self.differing == 0 {
            variable(out, (count as u64) << 1);
            out.extend_from_slice(&self.numbers[0].to_le_bytes()[..self.width.div_ceil(8) as usize]);
            return count;
        }
        let groups = count.div_ceil(8);
        variable(out, (groups as u64) << 1 | 1);
        let begin = out.len();
        // The last group is filled up with zeros.
        let end = begin + groups * self.width as usize;
        out.resize(end + BYTES_IN_ONE_GO, 0);
        self.pack(rows.ids(), &mut out[begin..]);
        out.truncate(end);
        count
    }

    /// As [`Self::write`], after the length of the run in four bytes: the form of levels.
    pub fn write_with_length<I: RowId>(&self, rows: &RowIds<I>, out: &mut Vec<u8>) -> usize {
        let at = out.len();
        out.extend_from_slice(&[0; 4]);
        let count = self.write(rows, out);
        let length = (out.len() - at - 4) as u32;
        out[at..at + 4].copy_from_slice(&length.to_le_bytes());
        count
    }

    /// Packs what rows with these ids add; there are more bytes than it fills.
    fn pack<I: RowId>(&self, ids: &[I], out: &mut [u8]) {
        let lengths = self.of_ids().map(|numbers| numbers.len() as u32);
        let longest = lengths.max().unwrap_or_default().saturating_mul(self.width);
        if longest > MOST_BITS {
            let of_ids: Vec<&[u32]> = self.of_ids().collect();
            let mut bits = Bits::new(out);
            for id in ids {
                let numbers = of_ids[id.place()].iter();
                numbers.for_each(|number| bits.put(self.piece(*number)));
            }
            return;
        }
        let pieces: Vec<Piece> = self
            .of_ids()
            .map(|numbers| {
                let pieces = numbers.iter().map(|number| self.piece(*number));
                pieces.fold(Piece::default(), Piece::then)
            })
            .collect();
        if longest <= MOST_BITS_OF_EIGHT && pieces.iter().all(|piece| piece.length == longest) {
            return pack_even(ids, &pieces, longest, out);
        }
        match MOST_BITS / longest {
            8.. => pack_together::<8, I>(ids, &pieces, out),
            4.. => pack_together::<4, I>(ids, &pieces, out),
            3 => pack_together::<3, I>(ids, &pieces, out),
            2 => pack_together::<2, I>(ids, &pieces, out),
            _ => pack_together::<1, I>(ids, &pieces, out),
        }
    }

    fn piece(&self, number: u32) -> Piece {
        Piece {
            bits: number.into(),
            length: self.width,
        }
    }
}

impl Piece {
    #[inline]
    fn then(self, next: Self) -> Self {
        Self {
            bits: self.bits | next.bits << self.length,
            length: self.length + next.length,
        }
    }
}

/// Packs rows that all have as many bits: eight rows are as many bytes as a row has bits.
fn pack_even<I: RowId>(ids: &[I], pieces: &[Piece], length: u32, out: &mut [u8]) {
    let (eights, rest) = ids.as_chunks::<8>();
    let mut at = 0;
    for ids in eights {
        let mut bits = 0;
        for (row, id) in (0..).zip(ids) {
            bits |= pieces[id.place()].bits << (row * length);
        }
        if let Some(room) = out[at..].first_chunk_mut() {
            *room = u64::to_le_bytes(bits);
        }
        at += length as usize;
    }
    let mut bits = Bits::new(&mut out[at..]);
    rest.iter().for_each(|id| bits.put(pieces[id.place()]));
}

/// Packs rows of which `ROWS` are put in one go.
fn pack_together<const ROWS: usize, I: RowId>(ids: &[I], pieces: &[Piece], out: &mut [u8]) {
    let mut bits = Bits::new(out);
    let (together, rest) = ids.as_chunks::<ROWS>();
    for ids in together {
        let pieces = ids.iter().map(|id| pieces[id.place()]);
        bits.put(pieces.fold(Piece::default(), Piece::then));
    }
    rest.iter().for_each(|id| bits.put(pieces[id.place()]));
}

/// Bits one after the other.
struct Bits<'o> {
    out: &'o mut [u8],
    at: usize,
    /// What has not filled a byte.
    waiting: u64,
    filled: u32,
}

impl<'o> Bits<'o> {
    #[inline]
    fn new(out: &'o mut [u8]) -> Self {
        Self {
            out,
            at: 0,
            waiting: 0,
            filled: 0,
        }
    }

    #[inline]
    fn put(&mut self, piece: Piece) {
        self.waiting |= piece.bits << self.filled;
        self.filled += piece.length;
        // How many bytes are full cannot be guessed, so all eight are written, and those that are not full again.
        if let Some(room) = self.out[self.at..].first_chunk_mut() {
            *room = self.waiting.to_le_bytes();
        }
        self.at += (self.filled >> 3) as usize;
        self.waiting >>= self.filled & !7;
        self.filled &= 7;
    }
}

#[cfg(test)]
mod tests {
    use super::super::hybrid::tests::unpacked;
    use super::*;

    /// Numbers of each id, of at most `longest` numbers, and rows of such ids.
    fn drawn(width: u32, ids: u32, longest: u32, rows: u32) -> (Vec<Vec<u32>>, Vec<u16>) {
        let mix = |seed: u32| seed.wrapping_mul(2_654_435_761) ^ seed >> 3;
        let numbers = (0..ids).map(|id| {
            let count = mix(id + 5) % (longest + 1);
            (0..count).map(|at| mix(id * 31 + at) >> (32 - width)).collect()
        });
        let rows = (0..rows).map(|row| (mix(row * 7 + 1) >> 9) as u16 % ids as u16);
        (numbers.collect(), rows.collect())
    }

    #[test]
    fn rows_packed_together_are_the_numbers_of_each_in_turn() {
        for width in [1, 2, 3, 5, 8, 13, 20] {
            for (ids, longest) in [(1, 1), (2, 1), (3, 2), (5, 4), (17, 3), (200, 5), (9, 80)] {
                for rows in [0, 1, 7, 8, 9, 1023, 1024, 1031, 3000] {
                    let (numbers, rows) = drawn(width, ids, longest, rows);
                    let expected: Vec<u32> = rows
                        .iter()
                        .flat_map(|id| numbers[usize::from(*id)].iter().copied())
                        .collect();
                    let run = Run::new(width, numbers.into_iter());
                    let mut bytes = Vec::new();
                    let count = run.write(&RowIds::from(rows.clone()), &mut bytes);
                    assert_eq!(count, expected.len());
                    if count > 0 {
                        assert_eq!(
                            unpacked(&bytes, width, count),
                            expected,
                            "{ids} ids of {width} bits"
                        );
                    } else {
                        assert!(bytes.is_empty());
                    }
                    let large: Vec<u32> = rows.iter().map(|id| u32::from(*id)).collect();
                    let mut again = Vec::new();
                    run.write(&RowIds::from(large), &mut again);
                    assert_eq!(again, bytes);
                }
            }
        }
    }

    #[test]
    fn equal_numbers_are_one_run_whatever_the_rows() {
        let run = Run::new(9, [vec![300], vec![], vec![300, 300]].into_iter());
        let mut bytes = Vec::new();
        assert_eq!(run.write(&RowIds::from(vec![0u16, 1, 2, 2, 1]), &mut bytes), 5);
        assert_eq!(bytes, [10, 300u16.to_le_bytes()[0], 300u16.to_le_bytes()[1]]);
    }
}
