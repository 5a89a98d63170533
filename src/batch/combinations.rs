//! Numbers for combinations that many rows have, in the order in which they first occur.

use rustc_hash::FxHashMap;

/// What tells combinations apart.
pub(super) type Key = [u64; 2];

/// Combinations that occur in a group of rows.
#[derive(Debug)]
pub(super) struct Combinations {
    /// The combination that was looked up last at each of a few places, with its number from 1.
    near: Box<[(Key, u32)]>,
    numbers: FxHashMap<Key, u32>,
    keys: Vec<Key>,
}

/// Places for combinations that were looked up last.
const NEAR_BITS: u32 = 11;

impl Default for Combinations {
    fn default() -> Self {
        Self {
            near: vec![([0; 2], 0); 1 << NEAR_BITS].into(),
            numbers: FxHashMap::default(),
            keys: Vec::new(),
        }
    }
}

impl Combinations {
    /// The number of a combination, from 0.
    #[inline]
    pub fn number(&mut self, key: Key) -> u32 {
        let mixed = (key[0] ^ key[1].rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let place = (mixed >> (64 - NEAR_BITS)) as usize;
        let (near, number) = self.near[place];
        if near == key && number > 0 {
            return number - 1;
        }
        self.look_up(key, place)
    }

    #[cold]
    fn look_up(&mut self, key: Key, place: usize) -> u32 {
        let next = self.keys.len() as u32;
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.keys.push(key);
        }
        self.near[place] = (key, number + 1);
        number
    }

    /// The combinations by number.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combinations_are_numbered_as_they_first_occur() {
        let mut combinations = Combinations::default();
        let keys: Vec<Key> = (0..20_000u64).map(|at| [at % 7000, at % 3]).collect();
        let mut expected: Vec<Key> = Vec::new();
        let mut places = FxHashMap::default();
        for key in &keys {
            let place = *places.entry(*key).or_insert_with(|| {
                expected.push(*key);
                expected.len() as u32 - 1
            });
            assert_eq!(combinations.number(*key), place);
        }
        assert_eq!(combinations.keys(), expected);
    }
}
