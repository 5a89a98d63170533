//! Runs of small numbers, packed row by row where many rows add the same numbers: what a row adds is packed once, and what
//! a few rows in a row add together, too.

use super::hybrid::variable;

/// What tells rows apart that add something else.
pub(super) trait RowId: Copy {
    /// As a place in a table.
    fn place(self) -> usize;
}

impl RowId for u16 {
    #[inline]
    fn place(self) -> usize {
        usize::from(self)
    }
}

impl RowId for u32 {
    #[inline]
    fn place(self) -> usize {
        self as usize
    }
}

/// A few bits.
#[derive(Debug, Clone, Copy, Default)]
struct Piece {
    bits: u64,
    length: u32,
}

/// Bits that are put in one go; before them up to seven are waiting for their byte to be full.
const MOST_BITS: u32 = 56;
/// What rows in a row add together is kept for so many combinations: they stay in the nearest cache.
const MOST_COMBINATIONS: usize = 1 << 10;
/// Rows between two looks at the room that is left.
const ROWS_OF_STEP: usize = 1 << 10;

impl Piece {
    fn then(self, next: Self) -> Self {
        Self {
            bits: self.bits | next.bits << self.length,
            length: self.length + next.length,
        }
    }
}

/// A run of numbers: what a row with each id adds to it.
#[derive(Debug)]
pub(super) struct Run {
    width: u32,
    numbers: Vec<Vec<u32>>,
    first: u32,
    /// Bits in which any number differs from the first.
    differing: u32,
}

impl Run {
    /// A run of numbers of `width` bits, with what a row with each id adds, in the order of the ids.
    pub fn new(width: u32, numbers: Vec<Vec<u32>>) -> Self {
        let all = || numbers.iter().flatten();
        let first = all().next().copied().unwrap_or_default();
        Self {
            width,
            first,
            differing: all().fold(0, |differing, number| differing | number ^ first),
            numbers,
        }
    }

    /// Appends the run for rows with these ids; gives how many numbers it has. A run of equal numbers is written as such.
    pub fn write<I: RowId>(&self, ids: &[I], out: &mut Vec<u8>) -> usize {
        if self.differing == 0 {
            let count = self.count(ids);
            if count > 0 {
                variable(out, (count as u64) << 1);
                out.extend_from_slice(&self.first.to_le_bytes()[..self.width.div_ceil(8) as usize]);
            }
            return count;
        }
        let bits = self.pack(ids);
        let count = (bits.bits() / u64::from(self.width)) as usize;
        if count == 0 {
            return 0;
        }
        let groups = count.div_ceil(8);
        variable(out, (groups as u64) << 1 | 1);
        let begin = out.len();
        bits.append_to(out);
        // The last group is filled up with zeros.
        out.resize(begin + groups * self.width as usize, 0);
        count
    }

    /// As [`Self::write`], after the length of the run in four bytes: the form of levels.
    pub fn write_with_length<I: RowId>(&self, ids: &[I], out: &mut Vec<u8>) -> usize {
        let at = out.len();
        out.extend_from_slice(&[0; 4]);
        let count = self.write(ids, out);
        let length = (out.len() - at - 4) as u32;
        out[at..at + 4].copy_from_slice(&length.to_le_bytes());
        count
    }

    /// How many numbers rows with these ids add.
    fn count<I: RowId>(&self, ids: &[I]) -> usize {
        let lengths: Vec<usize> = self.numbers.iter().map(Vec::len).collect();
        match lengths.first() {
            Some(first) if lengths.iter().all(|length| length == first) => first * ids.len(),
            _ => ids.iter().map(|id| lengths[id.place()]).sum(),
        }
    }

    fn pack<I: RowId>(&self, ids: &[I]) -> Bits {
        let longest = self.numbers.iter().map(Vec::len).max().unwrap_or_default() as u32;
        let longest = longest.saturating_mul(self.width);
        if longest > MOST_BITS {
            return self.pack_one_by_one(ids);
        }
        let pieces: Vec<Piece> = self
            .numbers
            .iter()
            .map(|numbers| {
                let pieces = numbers.iter().map(|number| Piece {
                    bits: (*number).into(),
                    length: self.width,
                });
                pieces.fold(Piece::default(), Piece::then)
            })
            .collect();
        let fits = |rows: u32| {
            rows * longest <= MOST_BITS
                && pieces
                    .len()
                    .checked_pow(rows)
                    .is_some_and(|combinations| combinations <= MOST_COMBINATIONS)
        };
        match [8, 4, 3, 2].into_iter().find(|rows| fits(*rows)) {
            Some(8) => pack_together::<8, I>(ids, &pieces, longest),
            Some(4) => pack_together::<4, I>(ids, &pieces, longest),
            Some(3) => pack_together::<3, I>(ids, &pieces, longest),
            Some(2) => pack_together::<2, I>(ids, &pieces, longest),
            _ => pack_together::<1, I>(ids, &pieces, longest),
        }
    }

    /// Of rows that add more numbers than are put in one go.
    fn pack_one_by_one<I: RowId>(&self, ids: &[I]) -> Bits {
        let mut bits = Bits::default();
        for id in ids {
            let numbers = &self.numbers[id.place()];
            bits.make_room(numbers.len() * self.width as usize);
            bits.put_all(numbers.iter().map(|number| Piece {
                bits: (*number).into(),
                length: self.width,
            }));
        }
        bits
    }
}

/// Packs `ROWS` rows at a time.
fn pack_together<const ROWS: usize, I: RowId>(ids: &[I], pieces: &[Piece], longest: u32) -> Bits {
    let mut together = vec![Piece::default()];
    for _ in 0..ROWS {
        let longer = together
            .iter()
            .flat_map(|first| pieces.iter().map(|next| first.then(*next)));
        together = longer.collect();
    }
    let mut bits = Bits::default();
    for step in ids.chunks(ROWS_OF_STEP) {
        bits.make_room(step.len() * longest as usize);
        let (rows, rest) = step.as_chunks::<ROWS>();
        let rows = rows.iter().map(|ids| {
            let place = ids.iter().fold(0, |place, id| place * pieces.len() + id.place());
            together[place]
        });
        bits.put_all(rows);
        bits.put_all(rest.iter().map(|id| pieces[id.place()]));
    }
    bits
}

/// Bits one after the other.
#[derive(Debug, Default)]
struct Bits {
    /// Beyond `at` there is room.
    bytes: Vec<u8>,
    at: usize,
    /// What has not filled a byte.
    waiting: u64,
    filled: u32,
}

impl Bits {
    /// Makes room for so many bits.
    fn make_room(&mut self, bits: usize) {
        let needed = self.at + bits / 8 + 16;
        if self.bytes.len() < needed {
            self.bytes.resize(needed.max(2 * self.bytes.len()), 0);
        }
    }

    /// Puts pieces one after the other, for which there is room.
    #[inline]
    fn put_all(&mut self, pieces: impl Iterator<Item = Piece>) {
        // What changes with each piece stays out of memory: the bytes could lie there, as far as the compiler knows.
        let (mut at, mut waiting, mut filled) = (self.at, self.waiting, self.filled);
        let bytes = &mut self.bytes[..];
        for piece in pieces {
            waiting |= piece.bits << filled;
            filled += piece.length;
            // How many bytes are full cannot be guessed, so all eight are written, and those that are not full again.
            if let Some(room) = bytes[at..].first_chunk_mut::<8>() {
                *room = waiting.to_le_bytes();
            }
            at += (filled >> 3) as usize;
            waiting >>= filled & !7;
            filled &= 7;
        }
        (self.at, self.waiting, self.filled) = (at, waiting, filled);
    }

    fn bits(&self) -> u64 {
        self.at as u64 * 8 + u64::from(self.filled)
    }

    fn append_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.bytes[..self.at]);
        if self.filled > 0 {
            out.push(self.waiting as u8);
        }
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
                    let run = Run::new(width, numbers);
                    let mut bytes = Vec::new();
                    let count = run.write(&rows, &mut bytes);
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
                    run.write(&large, &mut again);
                    assert_eq!(again, bytes);
                }
            }
        }
    }

    #[test]
    fn equal_numbers_are_one_run_whatever_the_rows() {
        let run = Run::new(9, vec![vec![300], vec![], vec![300, 300]]);
        let mut bytes = Vec::new();
        assert_eq!(run.write(&[0u16, 1, 2, 2, 1], &mut bytes), 5);
        assert_eq!(bytes, [10, 300u16.to_le_bytes()[0], 300u16.to_le_bytes()[1]]);
    }
}
