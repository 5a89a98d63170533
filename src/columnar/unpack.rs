//! Small numbers read as Parquet packs them: runs of one value, and bits side by side ("RLE/bit-packing hybrid").

use multiversion::multiversion;
use std::io;

/// Numbers of a few bits each, unpacked as they are asked for.
#[derive(Debug)]
pub(super) struct Unpacked<'b> {
    rest: &'b [u8],
    width: u32,
    run: Run<'b>,
    /// Numbers of a group that were unpacked and not asked for yet.
    ahead: [u16; GROUP],
    waiting: usize,
}

#[derive(Debug)]
enum Run<'b> {
    /// A number so many times.
    Same(u16, usize),
    /// Groups of numbers side by side.
    Packed(&'b [u8]),
}

/// Numbers that are packed together: as many bytes as each has bits.
const GROUP: usize = 8;
/// Numbers of more bits are not read.
const MOST_BITS: u32 = 16;

fn damaged() -> io::Error {
    io::Error::other("a run of numbers is damaged")
}

impl<'b> Unpacked<'b> {
    /// Numbers of `width` bits.
    pub fn new(bytes: &'b [u8], width: u32) -> Self {
        Self {
            rest: bytes,
            width,
            run: Run::Same(0, 0),
            ahead: [0; GROUP],
            waiting: 0,
        }
    }

    /// The number of which the next `count` are all, where one run says so; nothing is read.
    ///
    /// # Errors
    /// There are no numbers.
    pub fn only(&mut self, count: usize) -> io::Result<Option<u16>> {
        if count == 0 {
            return Ok(None);
        }
        self.begin_run()?;
        match self.run {
            Run::Same(number, times) if self.waiting == 0 && times >= count => Ok(Some(number)),
            _ => Ok(None),
        }
    }

    /// Goes to the next run where this one has ended.
    fn begin_run(&mut self) -> io::Result<()> {
        let has_ended = match self.run {
            Run::Same(_, times) => times == 0,
            Run::Packed(bytes) => bytes.is_empty(),
        };
        if !has_ended || self.waiting > 0 {
            return Ok(());
        }
        if self.width > MOST_BITS {
            return Err(damaged());
        }
        let header = self.variable()?;
        let count = usize::try_from(header >> 1).map_err(|_| damaged())?;
        if header & 1 == 0 {
            let (number, rest) = self
                .rest
                .split_at_checked(self.width.div_ceil(8) as usize)
                .ok_or_else(damaged)?;
            let low = |at: usize| u16::from(number.get(at).copied().unwrap_or_default());
            let number = low(0) | low(1) << 8;
            if u32::from(number) >> self.width != 0 {
                return Err(damaged());
            }
            self.run = Run::Same(number, count);
            self.rest = rest;
        } else {
            let bytes = count.checked_mul(self.width as usize).ok_or_else(damaged)?;
            let (packed, rest) = self.rest.split_at_checked(bytes).ok_or_else(damaged)?;
            self.run = Run::Packed(packed);
            self.rest = rest;
        }
        Ok(())
    }

    /// A number in groups of seven bits (ULEB128).
    fn variable(&mut self) -> io::Result<u64> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let (byte, rest) = self.rest.split_first().ok_or_else(damaged)?;
            self.rest = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
            shift += 7;
            if shift > 56 {
                return Err(damaged());
            }
        }
    }

    /// Reads so many numbers as they are packed, the first in the lowest bits of the first byte; `None` where they do not stand
    /// side by side as whole groups, and nothing is read.
    ///
    /// # Errors
    /// There are no more numbers.
    pub fn packed(&mut self, count: usize) -> io::Result<Option<&'b [u8]>> {
        self.begin_run()?;
        let is_whole = self.waiting == 0 && count.is_multiple_of(GROUP);
        let length = count / GROUP * self.width as usize;
        match &mut self.run {
            Run::Packed(bytes) if is_whole && bytes.len() >= length => {
                let (taken, rest) = bytes.split_at(length);
                *bytes = rest;
                Ok(Some(taken))
            }
            _ => Ok(None),
        }
    }

    /// Reads so many numbers as they are packed, into `room` where they do not stand so; the last group is filled up with
    /// zeros. Their width divides eight.
    ///
    /// # Errors
    /// There are fewer.
    pub fn packed_in<'r>(&mut self, count: usize, room: &'r mut Vec<u8>) -> io::Result<&'r [u8]>
    where
        'b: 'r,
    {
        if let Some(packed) = self.packed(count)? {
            return Ok(packed);
        }
        room.clear();
        let mut group = [0; GROUP];
        let of_byte = GROUP / self.width as usize;
        for begin in (0..count).step_by(GROUP) {
            let (numbers, none) = group.split_at_mut(GROUP.min(count - begin));
            self.read(numbers)?;
            none.fill(0);
            room.extend(group.chunks(of_byte).map(|numbers| {
                let numbers = numbers.iter().rev();
                numbers.fold(0, |byte, number| byte << self.width | *number as u8)
            }));
        }
        Ok(room)
    }

    /// Reads so many numbers.
    ///
    /// # Errors
    /// There are fewer.
    pub fn read(&mut self, mut out: &mut [u16]) -> io::Result<()> {
        loop {
            let taken = self.waiting.min(out.len());
            let begin = GROUP - self.waiting;
            out[..taken].copy_from_slice(&self.ahead[begin..begin + taken]);
            self.waiting -= taken;
            out = &mut out[taken..];
            if out.is_empty() {
                return Ok(());
            }
            self.begin_run()?;
            match &mut self.run {
                Run::Same(number, times) => {
                    let taken = (*times).min(out.len());
                    out[..taken].fill(*number);
                    *times -= taken;
                    out = &mut out[taken..];
                }
                Run::Packed(bytes) => {
                    if self.width == 0 {
                        return Err(damaged());
                    }
                    let groups = bytes.len() / self.width as usize;
                    let (whole, rest) = out.as_chunks_mut::<GROUP>();
                    let whole_groups = groups.min(whole.len());
                    unpack(self.width, bytes, &mut whole[..whole_groups]);
                    *bytes = &bytes[whole_groups * self.width as usize..];
                    if whole_groups == whole.len() && !rest.is_empty() && !bytes.is_empty() {
                        let mut group = [[0; GROUP]];
                        unpack(self.width, bytes, &mut group);
                        *bytes = &bytes[self.width as usize..];
                        [self.ahead] = group;
                        self.waiting = GROUP;
                    }
                    out = &mut out[whole_groups * GROUP..];
                }
            }
        }
    }
}

/// Unpacks groups of numbers of a width of 1 to 16 bits.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2+popcnt"))]
fn unpack(width: u32, bytes: &[u8], groups: &mut [[u16; GROUP]]) {
    match width {
        1 => narrow::<1>(bytes, groups),
        2 => narrow::<2>(bytes, groups),
        3 => narrow::<3>(bytes, groups),
        4 => narrow::<4>(bytes, groups),
        5 => narrow::<5>(bytes, groups),
        6 => narrow::<6>(bytes, groups),
        7 => narrow::<7>(bytes, groups),
        8 => narrow::<8>(bytes, groups),
        9 => wide::<9>(bytes, groups),
        10 => wide::<10>(bytes, groups),
        11 => wide::<11>(bytes, groups),
        12 => wide::<12>(bytes, groups),
        13 => wide::<13>(bytes, groups),
        14 => wide::<14>(bytes, groups),
        15 => wide::<15>(bytes, groups),
        _ => wide::<16>(bytes, groups),
    }
}

/// Groups that fit 64 bits.
#[inline(always)]
fn narrow<const WIDTH: usize>(bytes: &[u8], groups: &mut [[u16; GROUP]]) {
    let mut rest = bytes;
    for group in groups {
        let word = u64::from_le_bytes(first_bytes(rest));
        rest = &rest[WIDTH..];
        *group = std::array::from_fn(|at| (word >> (at * WIDTH)) as u16 & ((1 << WIDTH) - 1));
    }
}

/// Groups that fit 128 bits.
#[inline(always)]
fn wide<const WIDTH: usize>(bytes: &[u8], groups: &mut [[u16; GROUP]]) {
    let mut rest = bytes;
    for group in groups {
        let word = u128::from_le_bytes(first_bytes(rest));
        rest = &rest[WIDTH..];
        *group = std::array::from_fn(|at| (word >> (at * WIDTH)) as u16 & (u16::MAX >> (16 - WIDTH)));
    }
}

/// The first bytes, filled up with zeros at the end: more than a group has, which cost nothing.
#[inline]
fn first_bytes<const COUNT: usize>(bytes: &[u8]) -> [u8; COUNT] {
    bytes.first_chunk().copied().unwrap_or_else(|| {
        let mut last = [0; COUNT];
        last.iter_mut().zip(bytes).for_each(|(last, byte)| *last = *byte);
        last
    })
}

#[cfg(test)]
mod tests {
    use super::super::hybrid::Packed;
    use super::*;

    fn packed(numbers: &[u32], width: u32) -> Vec<u8> {
        let mut packed = Packed::new(width, numbers.len());
        numbers.iter().for_each(|number| packed.push(*number));
        let mut bytes = Vec::new();
        packed.finish(&mut bytes);
        bytes
    }

    #[test]
    fn numbers_of_every_width_come_back_in_steps_of_every_size() {
        for width in 1..=16 {
            let of = |count: u32, mix: u32| -> Vec<u32> {
                (0..count)
                    .map(|index| index.wrapping_mul(mix) >> (32 - width))
                    .collect()
            };
            // Runs of both kinds; all but the last must be whole groups.
            let runs = [
                of(64, 2_654_435_761),
                vec![1; 37],
                of(8, 40_503),
                of(1003, 2_246_822_519),
            ];
            let bytes: Vec<u8> = runs.iter().flat_map(|run| packed(run, width)).collect();
            let numbers = runs.concat();
            for step in [1, 3, 7, 8, 9, 64, 500, numbers.len()] {
                let mut unpacked = Unpacked::new(&bytes, width);
                let mut found = vec![0u16; numbers.len()];
                for part in found.chunks_mut(step) {
                    unpacked.read(part).unwrap();
                }
                let found: Vec<u32> = found.into_iter().map(u32::from).collect();
                assert_eq!(found, numbers, "{width} bits in steps of {step}");
            }
        }
    }

    #[test]
    fn one_run_of_a_number_is_known_without_reading() {
        let bytes = packed(&[5; 300], 3);
        let mut unpacked = Unpacked::new(&bytes, 3);
        assert_eq!(unpacked.only(300).unwrap(), Some(5));
        assert_eq!(unpacked.only(301).unwrap(), None);
        let bytes = packed(&[1, 0, 1], 1);
        assert_eq!(Unpacked::new(&bytes, 1).only(3).unwrap(), None);
    }

    #[test]
    fn bits_are_given_as_they_stand_where_they_fill_bytes() {
        let numbers: Vec<u32> = (0..64).map(|number| (number * 7 % 11) & 1).collect();
        let bytes = [packed(&numbers, 1), packed(&[1; 24], 1)].concat();
        let mut unpacked = Unpacked::new(&bytes, 1);
        assert_eq!(unpacked.packed(12).unwrap(), None);
        let bits = unpacked.packed(16).unwrap().unwrap();
        let read: Vec<u32> = (0..16)
            .map(|at| u32::from(bits[at / 8] >> (at % 8) & 1))
            .collect();
        assert_eq!(read, numbers[..16]);
        let mut one = [0; 1];
        unpacked.read(&mut one).unwrap();
        // Seven are waiting.
        assert_eq!(unpacked.packed(8).unwrap(), None);
        let mut seven = [0; 7];
        unpacked.read(&mut seven).unwrap();
        let read: Vec<u32> = one.into_iter().chain(seven).map(u32::from).collect();
        assert_eq!(read, numbers[16..24]);
        assert_eq!(unpacked.packed(48).unwrap(), None, "more than the run has");
        assert_eq!(unpacked.packed(40).unwrap().unwrap().len(), 5);
        assert_eq!(unpacked.packed(8).unwrap(), None, "one number many times");
        unpacked.read(&mut [0; 24]).unwrap();
        assert!(unpacked.packed(8).is_err());
    }

    #[test]
    fn numbers_are_given_packed_however_they_stand() {
        for width in [1, 2, 4] {
            let mixed = |count: u32| (0..count).map(move |at| at.wrapping_mul(2_654_435_761) >> (32 - width));
            let runs = [mixed(64).collect(), vec![1; 37], mixed(203).collect::<Vec<u32>>()];
            let bytes: Vec<u8> = runs.iter().flat_map(|run| packed(run, width)).collect();
            let numbers = runs.concat();
            for step in [1, 8, 16, 19, 64, numbers.len()] {
                let mut unpacked = Unpacked::new(&bytes, width);
                let mut room = Vec::new();
                for expected in numbers.chunks(step) {
                    let found = unpacked.packed_in(expected.len(), &mut room).unwrap();
                    assert_eq!(found.len(), expected.len().div_ceil(8) * width as usize);
                    let bits = |at: usize| u32::from(found[at / 8] >> (at % 8)) & ((1 << width) - 1);
                    let found = (0..expected.len()).map(|at| bits(at * width as usize));
                    assert!(
                        found.eq(expected.iter().copied()),
                        "{width} bits in steps of {step}"
                    );
                }
                assert!(unpacked.packed_in(8, &mut room).is_err());
            }
        }
    }

    #[test]
    fn what_is_cut_off_or_no_run_is_an_error() {
        let bytes = packed(&(0..100).map(|number| number % 7).collect::<Vec<_>>(), 3);
        for end in 0..bytes.len() {
            assert!(Unpacked::new(&bytes[..end], 3).read(&mut [0; 100]).is_err());
        }
        assert!(Unpacked::new(&[0xff; 20], 3).read(&mut [0; 100]).is_err());
        assert!(Unpacked::new(&[2, 0, 0, 0, 0], 17).read(&mut [0; 1]).is_err());
        // A number of more bits than its run says.
        assert!(Unpacked::new(&[2, 5], 2).read(&mut [0; 1]).is_err());
        // Runs of nothing do not go round for ever.
        assert!(Unpacked::new(&[0, 1, 1, 1], 1).read(&mut [0; 1]).is_err());
        assert!(Unpacked::new(&[3, 3], 0).read(&mut [0; 9]).is_err());
    }
}
