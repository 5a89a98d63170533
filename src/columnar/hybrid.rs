//! Small numbers as Parquet packs them: runs of one value, or bits side by side ("RLE/bit-packing hybrid").

/// Numbers of a few bits each, packed as they come.
#[derive(Debug)]
pub(super) struct Packed {
    width: u32,
    bytes: Vec<u8>,
    bits: u64,
    filled: u32,
    count: usize,
    first: u32,
    /// Bits in which any number differs from the first.
    differing: u32,
}

impl Packed {
    /// Numbers of at most `width` bits, of which about `count` will come.
    pub fn new(width: u32, count: usize) -> Self {
        Self {
            width,
            bytes: Vec::with_capacity((count / 8 + 2) * width as usize + 8),
            bits: 0,
            filled: 0,
            count: 0,
            first: 0,
            differing: 0,
        }
    }

    /// The bits that numbers up to `most` need.
    pub fn width_of(most: usize) -> u32 {
        usize::BITS - most.leading_zeros()
    }

    #[inline]
    pub fn push(&mut self, number: u32) {
        if self.count == 0 {
            self.first = number;
        }
        self.count += 1;
        self.differing |= number ^ self.first;
        self.bits |= u64::from(number) << self.filled;
        self.filled += self.width;
        if self.filled >= 32 {
            self.bytes.extend_from_slice(&(self.bits as u32).to_le_bytes());
            self.bits >>= 32;
            self.filled -= 32;
        }
    }

    /// Appends the run: one value where all are the same, else the packed bits.
    pub fn finish(mut self, out: &mut Vec<u8>) {
        if self.count == 0 {
            return;
        }
        if self.differing == 0 {
            variable(out, (self.count as u64) << 1);
            let width = self.width.div_ceil(8) as usize;
            out.extend_from_slice(&self.first.to_le_bytes()[..width]);
            return;
        }
        let groups = self.count.div_ceil(8);
        variable(out, (groups as u64) << 1 | 1);
        self.bytes.extend_from_slice(&self.bits.to_le_bytes());
        // The last group is filled up with zeros.
        self.bytes.resize(groups * self.width as usize, 0);
        out.extend_from_slice(&self.bytes);
    }

    /// As [`Self::finish`], after the length of the run in four bytes: the form of levels.
    pub fn finish_with_length(self, out: &mut Vec<u8>) {
        let at = out.len();
        out.extend_from_slice(&[0; 4]);
        self.finish(out);
        let length = (out.len() - at - 4) as u32;
        out[at..at + 4].copy_from_slice(&length.to_le_bytes());
    }
}

/// A number in groups of seven bits (ULEB128).
pub(super) fn variable(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Reads one run back.
    pub(in crate::columnar) fn unpacked(bytes: &[u8], width: u32, count: usize) -> Vec<u32> {
        let (mut at, mut header, mut shift) = (0, 0u64, 0);
        loop {
            header |= u64::from(bytes[at] & 0x7f) << shift;
            shift += 7;
            at += 1;
            if bytes[at - 1] < 0x80 {
                break;
            }
        }
        if header & 1 == 0 {
            let mut value = [0; 4];
            let width = width.div_ceil(8) as usize;
            value[..width].copy_from_slice(&bytes[at..at + width]);
            assert_eq!((header >> 1) as usize, count);
            return vec![u32::from_le_bytes(value); count];
        }
        assert_eq!(bytes.len() - at, (header >> 1) as usize * width as usize);
        let bit = |index: usize| bytes[at + index / 8] >> (index % 8) & 1;
        let number = |index: usize| {
            let bits = (0..width as usize).map(|low| u32::from(bit(index * width as usize + low)) << low);
            bits.sum()
        };
        (0..count).map(number).collect()
    }

    #[test]
    fn numbers_of_every_width_come_back() {
        for width in 1..=20 {
            for count in [1, 7, 8, 9, 63, 64, 65, 1000] {
                let numbers: Vec<u32> = (0..count)
                    .map(|index| (index as u32).wrapping_mul(2_654_435_761) >> (32 - width))
                    .collect();
                let mut packed = Packed::new(width, count);
                numbers.iter().for_each(|number| packed.push(*number));
                let mut bytes = Vec::new();
                packed.finish(&mut bytes);
                assert_eq!(unpacked(&bytes, width, count), numbers, "{count} of {width} bits");
            }
        }
    }

    #[test]
    fn equal_numbers_are_one_run() {
        let mut packed = Packed::new(9, 1000);
        (0..1000).for_each(|_| packed.push(300));
        let mut bytes = Vec::new();
        packed.finish(&mut bytes);
        assert_eq!(bytes.len(), 4);
        assert_eq!(unpacked(&bytes, 9, 1000), vec![300; 1000]);
    }
}
