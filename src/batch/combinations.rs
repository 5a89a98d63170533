//! Numbers for combinations that many rows have, in the order in which they first occur.
//!
//! A combination has one part after the other, each a small number. Combinations of the first parts have numbers already when
//! the next part is added, so that a row costs a look-up in a short table for each part, and nothing is hashed.

use multiversion::multiversion;

/// Combinations that occur in a group of rows.
#[derive(Debug)]
pub(super) struct Combinations {
    /// How many there are of the first part alone.
    firsts: usize,
    others: Vec<Step>,
    /// The numbers of rows, while they are looked up.
    room: Vec<u16>,
}

/// One part more of combinations.
#[derive(Debug)]
struct Step {
    /// How many bits the part has.
    bits: u32,
    /// The number of each combination: those with the same beginning are one after the other.
    numbers: Vec<u16>,
    /// The number of the beginning of each combination, and its part.
    combinations: Vec<[u16; 2]>,
}

/// A combination that has no number.
const NO_NUMBER: u16 = u16::MAX;
/// More places are not made for one part.
const MOST_PLACES: usize = 1 << 24;

impl Combinations {
    /// None yet, of a first part below `firsts` and so many others.
    pub fn new(firsts: usize, others: usize) -> Self {
        let step = || Step {
            bits: 0,
            numbers: Vec::new(),
            combinations: Vec::new(),
        };
        Self {
            firsts,
            others: std::iter::repeat_with(step).take(others).collect(),
            room: Vec::new(),
        }
    }

    /// Adds a part, by its place among the others, to the combinations of rows, of which the numbers become those with this
    /// part; it is below `bound`. `None` where there are too many combinations.
    pub fn add(
        &mut self,
        part: usize,
        bound: usize,
        rows: &mut [u16],
        parts: impl Iterator<Item = u16> + Clone,
    ) -> Option<()> {
        let step = &mut self.others[part];
        step.make_room(bound)?;
        self.room.clear();
        if !look_up(&step.numbers, step.bits, rows, parts.clone(), &mut self.room) {
            for (number, (part, row)) in self.room.iter_mut().zip(parts.zip(&*rows)) {
                *number = match step.numbers.get(place(*row, part, step.bits)) {
                    Some(number) if *number != NO_NUMBER => *number,
                    _ => step.number(*row, part)?,
                };
            }
        }
        rows.copy_from_slice(&self.room);
        Some(())
    }

    /// How many combinations of all parts there are.
    pub fn len(&self) -> usize {
        let last = self.others.last();
        last.map_or(self.firsts, |step| step.combinations.len())
    }

    /// The parts of a combination by its number, in their order; `parts` is room for them.
    pub fn parts(&self, number: usize, parts: &mut Vec<u16>) {
        let mut number = number as u16;
        parts.clear();
        parts.extend(self.others.iter().rev().map(|step| {
            let [beginning, part] = step.combinations[usize::from(number)];
            number = beginning;
            part
        }));
        parts.push(number);
        parts.reverse();
    }
}

impl Step {
    fn make_room(&mut self, bound: usize) -> Option<()> {
        let bits = usize::BITS - bound.saturating_sub(1).leading_zeros();
        if bits > self.bits {
            self.bits = bits;
            self.numbers.clear();
            for [beginning, part] in std::mem::take(&mut self.combinations) {
                self.number(beginning, part)?;
            }
        }
        Some(())
    }

    /// Gives a combination the next number.
    #[cold]
    fn number(&mut self, beginning: u16, part: u16) -> Option<u16> {
        let number = u16::try_from(self.combinations.len()).ok()?;
        let first = usize::from(beginning) << self.bits;
        let end = first + (1 << self.bits);
        if number == NO_NUMBER || end > MOST_PLACES {
            return None;
        }
        if self.numbers.len() < end {
            self.numbers.resize(end, NO_NUMBER);
        }
        self.numbers[first | usize::from(part)] = number;
        self.combinations.push([beginning, part]);
        Some(number)
    }
}

/// The place of the number of the combination of a beginning with a part of so many bits.
#[inline]
fn place(beginning: u16, part: u16, bits: u32) -> usize {
    usize::from(beginning) << bits | usize::from(part)
}

/// Adds the number of each row with its part; says whether all have one.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2+popcnt"))]
fn look_up<P: Iterator<Item = u16>>(
    numbers: &[u16],
    bits: u32,
    rows: &[u16],
    parts: P,
    known: &mut Vec<u16>,
) -> bool {
    known.extend(parts.zip(rows).map(|(part, row)| {
        let number = numbers.get(place(*row, part, bits));
        number.copied().unwrap_or(NO_NUMBER)
    }));
    !known.contains(&NO_NUMBER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn combinations_are_numbered_as_they_first_occur() {
        let mut combinations = Combinations::new(3, 3);
        let mut numbers = HashMap::new();
        // Blocks of rows, in which the parts become more.
        for block in 0..40u16 {
            let bounds = [1 + block / 2, 7, 2 + block * 3];
            let part = |row: u16, part: usize| (row / (part as u16 + 1) + row * block) % bounds[part];
            let firsts: Vec<u16> = (0..500).map(|row| row % 3).collect();
            let mut rows = firsts.clone();
            for (place, bound) in bounds.iter().enumerate() {
                let parts = (0..500).map(|row| part(row, place));
                let added = combinations.add(place, usize::from(*bound), &mut rows, parts);
                assert_eq!(added, Some(()));
            }
            for (row, (first, number)) in (0..).zip(firsts.iter().zip(rows)) {
                let others = (0..3).map(|place| part(row, place));
                let parts: Vec<u16> = [*first].into_iter().chain(others).collect();
                let next = numbers.len() as u16;
                assert_eq!(*numbers.entry(parts).or_insert(next), number);
            }
        }
        assert!(numbers.len() > 3000);
        assert_eq!(combinations.len(), numbers.len());
        let mut parts = Vec::new();
        for (combination, number) in numbers {
            combinations.parts(number.into(), &mut parts);
            assert_eq!(parts, combination);
        }
    }

    #[test]
    fn more_combinations_than_numbers_are_noticed() {
        let mut combinations = Combinations::new(257, 1);
        for first in 0..255 {
            let mut rows = [first; 256];
            let added = combinations.add(0, 256, &mut rows, 0..256);
            assert_eq!(added, Some(()), "{first}");
        }
        assert_eq!(combinations.add(0, 256, &mut [255; 255], 0..255), Some(()));
        assert_eq!(combinations.add(0, 256, &mut [255], [255].into_iter()), None);
        assert_eq!(combinations.len(), usize::from(NO_NUMBER));
        // Few combinations whose places would be too many.
        let mut combinations = Combinations::new(257, 1);
        assert_eq!(
            combinations.add(0, 1 << 16, &mut [255], [9].into_iter()),
            Some(())
        );
        assert_eq!(combinations.add(0, 1 << 16, &mut [256], [9].into_iter()), None);
    }
}
