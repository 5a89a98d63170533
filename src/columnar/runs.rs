//! Runs of small numbers, packed row by row where many rows add the same numbers.

use super::classes::{Classes, Ids};
use super::hybrid::variable;
use super::keys::Keys;
use super::row_ids::RowId;
use multiversion::multiversion;

/// A few bits: how many are in the lowest byte, the bits above it.
#[derive(Debug, Clone, Copy, Default)]
struct Piece(u64);

/// Bits that are put in one go; before them up to seven are waiting for their byte to be full.
pub(super) const MOST_BITS: u32 = 56;
/// Bytes that are written in one go; those that are not full are written again.
const BYTES_IN_ONE_GO: usize = 8;
/// The length of a run, what it begins with, a number that it repeats, and what is written beyond its end.
const MOST_BYTES_AROUND: usize = 4 + 10 + 4 + BYTES_IN_ONE_GO;

/// A run of numbers: what a row of each class adds to it.
#[derive(Debug)]
pub(super) struct Run {
    width: u32,
    /// What a row of each class adds, one class after the other.
    numbers: Vec<u32>,
    /// Where those of each class end.
    ends: Vec<usize>,
    /// Bits in which any number differs from the first.
    differing: u32,
}

impl Run {
    /// A run of numbers of `width` bits, with what a row of each class adds, in the order of the classes.
    pub fn new<N: IntoIterator<Item = u32>>(width: u32, of_classes: impl Iterator<Item = N>) -> Self {
        let (mut numbers, mut ends) = (Vec::new(), Vec::new());
        for of_class in of_classes {
            numbers.extend(of_class);
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

    /// What a row of each class adds.
    fn of_classes(&self) -> impl Iterator<Item = &[u32]> {
        let begins = [0].into_iter().chain(self.ends.iter().copied());
        let spans = begins.zip(&self.ends);
        spans.map(|(begin, end)| &self.numbers[begin..*end])
    }

    /// How many numbers these rows add.
    fn count(&self, rows: &Classes<'_>) -> usize {
        let counts = rows.counts.iter().zip(self.of_classes());
        counts
            .map(|(count, numbers)| *count as usize * numbers.len())
            .sum()
    }

    /// The most bits that a row adds, where they have to be packed.
    pub fn longest(&self) -> Option<u32> {
        let lengths = self.of_classes().map(|numbers| numbers.len() as u32);
        let longest = lengths.max().unwrap_or_default().saturating_mul(self.width);
        Some(longest).filter(|_| self.differing != 0)
    }

    /// The most bytes that the run has for these rows, with its length, and what is written beyond its end meanwhile.
    pub fn most_bytes(&self, rows: &Classes<'_>) -> usize {
        let groups = match self.differing {
            0 => 0,
            _ => self.count(rows).div_ceil(8),
        };
        groups * self.width as usize + MOST_BYTES_AROUND
    }

    /// Appends the run for these rows, by their keys where they have some; gives how many numbers it has. A run of equal
    /// numbers is written as such.
    pub fn write(&self, rows: &Classes<'_>, keys: Option<&Keys>, out: &mut Vec<u8>) -> usize {
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
        let mut bits = Bits::new(&mut out[begin..]);
        match (keys, &rows.ids) {
            (Some(keys), _) => self.pack_keys(keys, &mut bits),
            (None, Ids::Small(ids)) => self.pack(rows, ids, count, &mut bits),
            (None, Ids::Large(ids)) => self.pack(rows, ids, count, &mut bits),
        }
        out.truncate(end);
        count
    }

    /// As [`Self::write`], after the length of the run in four bytes: the form of levels.
    pub fn write_with_length(&self, rows: &Classes<'_>, keys: Option<&Keys>, out: &mut Vec<u8>) -> usize {
        let at = out.len();
        out.extend_from_slice(&[0; 4]);
        let count = self.write(rows, keys, out);
        let length = (out.len() - at - 4) as u32;
        out[at..at + 4].copy_from_slice(&length.to_le_bytes());
        count
    }

    /// What a row of each class adds, each at most [`MOST_BITS`] long.
    fn pieces(&self) -> Vec<Piece> {
        let pieces = self.of_classes().map(|numbers| {
            let pieces = numbers.iter().map(|number| self.piece(*number));
            pieces.fold(Piece::default(), Piece::then)
        });
        pieces.collect()
    }

    fn piece(&self, number: u32) -> Piece {
        Piece::of(number.into(), self.width)
    }

    /// Packs what the rows of these keys add, which is at most [`MOST_BITS`] long for a key.
    fn pack_keys(&self, keys: &Keys, bits: &mut Bits<'_>) {
        let of_classes = self.pieces();
        let mut of_keys = vec![Piece::default(); 1 << (keys.bits * keys.rows)];
        of_keys[..of_classes.len()].copy_from_slice(&of_classes);
        for row in 1..keys.rows {
            let below = 1 << (keys.bits * row);
            // Those of the first class stand where the keys of one row less stood.
            for (class, piece) in of_classes.iter().enumerate().rev() {
                for key in 0..below {
                    of_keys[class * below + key] = of_keys[key].then(*piece);
                }
            }
        }
        let longest = self.longest().unwrap_or_default() * keys.rows;
        match MOST_BITS / longest.max(1) {
            8.. => pack_together::<8, u16>(&keys.keys, &of_keys, bits),
            4.. => pack_together::<4, u16>(&keys.keys, &of_keys, bits),
            2.. => pack_together::<2, u16>(&keys.keys, &of_keys, bits),
            _ => pack_together::<1, u16>(&keys.keys, &of_keys, bits),
        }
        let rest = keys.rest.iter().map(|class| of_classes[class.place()]);
        rest.for_each(|piece| bits.put(piece));
    }

    /// Packs what rows with these ids add, which is so many numbers.
    fn pack<I: RowId>(&self, rows: &Classes<'_>, ids: &[I], count: usize, bits: &mut Bits<'_>) {
        if self.longest().is_some_and(|longest| longest > MOST_BITS) {
            let of_classes: Vec<&[u32]> = self.of_classes().collect();
            for id in ids {
                let numbers = of_classes[rows.of_id[id.place()].place()].iter();
                numbers.for_each(|number| bits.put(self.piece(*number)));
            }
            return;
        }
        let of_classes = self.pieces();
        let of_ids = rows.of_id.iter().map(|class| of_classes[class.place()]);
        let of_ids: Vec<Piece> = of_ids.collect();
        // So many rows that few are longer together than what is put in one go.
        let usual = (count * self.width as usize * 2).div_ceil(ids.len().max(1));
        match MOST_BITS as usize / usual.max(1) {
            8.. => pack_together::<8, I>(ids, &of_ids, bits),
            4.. => pack_together::<4, I>(ids, &of_ids, bits),
            2.. => pack_together::<2, I>(ids, &of_ids, bits),
            _ => pack_together::<1, I>(ids, &of_ids, bits),
        }
    }
}

impl Piece {
    #[inline]
    fn of(bits: u64, length: u32) -> Self {
        Self(bits << 8 | u64::from(length))
    }

    #[inline]
    fn bits(self) -> u64 {
        self.0 >> 8
    }

    #[inline]
    fn length(self) -> u32 {
        u32::from(self.0 as u8)
    }

    #[inline]
    fn then(self, next: Self) -> Self {
        let bits = self.bits() | next.bits() << self.length();
        Self::of(bits, self.length() + next.length())
    }
}

/// Packs rows of which `ROWS` are put in one go, unless they are longer than that together.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2+popcnt"))]
fn pack_together<const ROWS: usize, I: RowId>(ids: &[I], pieces: &[Piece], out: &mut Bits<'_>) {
    let (together, rest) = ids.as_chunks::<ROWS>();
    for ids in together {
        let (mut bits, mut length) = (0, 0);
        for id in ids {
            let piece = pieces[id.place()];
            bits |= piece.bits() << (length & (u64::BITS - 1));
            length += piece.length();
        }
        if length <= MOST_BITS {
            out.put_bits(bits, length);
        } else {
            ids.iter().for_each(|id| out.put(pieces[id.place()]));
        }
    }
    rest.iter().for_each(|id| out.put(pieces[id.place()]));
}

/// Bits one after the other; there are more bytes than they fill.
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
        self.put_bits(piece.bits(), piece.length());
    }

    #[inline]
    fn put_bits(&mut self, bits: u64, length: u32) {
        self.waiting |= bits << self.filled;
        self.filled += length;
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
    use super::super::keys::RoomForKeys;
    use super::super::{Codes, RowIds};
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

    /// What rows add whose ids say the same code where they are the same below `codes`; also by keys, where there are any.
    fn written(width: u32, numbers: &[Vec<u32>], codes: Codes<'_>) -> (usize, Vec<u8>) {
        let rows = Classes::of(codes, numbers.len());
        let of_classes = rows.codes.iter().map(|code| numbers[code.place()].clone());
        let run = Run::new(width, of_classes);
        let mut bytes = Vec::new();
        let count = run.write(&rows, None, &mut bytes);
        assert!(bytes.len() <= run.most_bytes(&rows));
        let mut room = RoomForKeys::new();
        for longest in [run.longest().unwrap_or_default(), 14, 19] {
            let longest = run.longest().unwrap_or_default().max(longest);
            let Some(keys) = room.keys(&rows, longest, MOST_BITS) else {
                continue;
            };
            let mut by_keys = Vec::new();
            assert_eq!(run.write(&rows, Some(&keys), &mut by_keys), count);
            assert_eq!(
                by_keys, bytes,
                "{} rows of {} bits in a key",
                keys.rows, keys.bits
            );
            room.give(keys);
        }
        (count, bytes)
    }

    fn check(width: u32, expected: &[u32], count: usize, bytes: &[u8]) {
        assert_eq!(count, expected.len());
        if count > 0 {
            assert_eq!(unpacked(bytes, width, count), expected, "{width} bits");
        } else {
            assert!(bytes.is_empty());
        }
    }

    #[test]
    fn rows_packed_together_are_the_numbers_of_each_in_turn() {
        for width in [1, 2, 3, 5, 8, 13, 20] {
            for (ids, longest) in [
                (1, 1),
                (2, 1),
                (3, 2),
                (5, 4),
                (9, 1),
                (17, 3),
                (40, 2),
                (200, 5),
                (9, 80),
            ] {
                for rows in [0, 1, 7, 8, 9, 1023, 1024, 1031, 3000] {
                    let (numbers, rows) = drawn(width, ids, longest, rows);
                    let expected: Vec<u32> = rows
                        .iter()
                        .flat_map(|id| numbers[usize::from(*id)].iter().copied())
                        .collect();
                    let each: Vec<u32> = rows.iter().map(|id| u32::from(*id)).collect();
                    let (count, bytes) = written(width, &numbers, Codes::Each(&each));
                    check(width, &expected, count, &bytes);
                    // Two ids for each code.
                    let ids: Vec<u16> = (0..).zip(&rows).map(|(row, code)| code * 2 + row % 2).collect();
                    let ids = RowIds::from(ids);
                    let codes: Vec<u32> = (0..2 * numbers.len() as u32).map(|id| id / 2).collect();
                    let by_id = Codes::ById {
                        rows: &ids,
                        codes: &codes,
                    };
                    let (count, bytes) = written(width, &numbers, by_id);
                    check(width, &expected, count, &bytes);
                }
            }
        }
    }

    #[test]
    fn equal_numbers_are_one_run_whatever_the_rows() {
        let numbers = [vec![300], vec![], vec![300, 300]];
        let (count, bytes) = written(9, &numbers, Codes::Each(&[0, 1, 2, 2, 1]));
        assert_eq!(count, 5);
        assert_eq!(bytes, [10, 300u16.to_le_bytes()[0], 300u16.to_le_bytes()[1]]);
    }
}
