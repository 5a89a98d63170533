//! What was found, kept for the next case that asks for the same.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{OnceLock, PoisonError, RwLock};

/// Results by number, filled as they are asked for; bounded in memory.
#[derive(Debug)]
pub struct Memo<T>(Kept<T>);

#[derive(Debug)]
enum Kept<T> {
    /// A place for each number, in blocks that are made when one of their numbers is first asked for: of many numbers
    /// few occur.
    All(Box<[OnceLock<Block<T>>]>),
    /// Some of many numbers.
    Some(Found<u64, T>),
}

type Block<T> = Box<[OnceLock<T>]>;

/// So many numbers have their places in one block.
const PLACES_OF_BLOCK: u64 = 1 << 6;
/// Up to this many numbers each has a place of its own.
const MOST_PLACES: u64 = 1 << 17;
/// Of more numbers than have a place, so many results are kept.
const MOST_KEPT: usize = 1 << 16;

impl<T: Clone> Memo<T> {
    /// A memo for numbers below `size`.
    pub fn of(size: Option<u64>) -> Self {
        Self(match size {
            Some(size) if size <= MOST_PLACES => {
                let blocks = (0..size.div_ceil(PLACES_OF_BLOCK)).map(|_| OnceLock::new());
                Kept::All(blocks.collect())
            }
            _ => Kept::Some(Found::default()),
        })
    }

    /// The result for a number, found now if it was not before.
    pub fn get(&self, number: u64, find: impl FnOnce() -> T) -> T {
        match &self.0 {
            Kept::All(blocks) => {
                let block = &blocks[(number / PLACES_OF_BLOCK) as usize];
                let block = block.get_or_init(|| (0..PLACES_OF_BLOCK).map(|_| OnceLock::new()).collect());
                let place = &block[(number % PLACES_OF_BLOCK) as usize];
                place.get_or_init(find).clone()
            }
            Kept::Some(kept) => kept.get(number, |_| find()),
        }
    }
}

/// Results by key, as many as are kept; those beyond are found anew each time.
#[derive(Debug)]
pub struct Found<K, T>(RwLock<HashMap<K, T>>);

impl<K, T> Default for Found<K, T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<K: Eq + Hash, T: Clone> Found<K, T> {
    /// The result for a key, found now if it was not before.
    pub fn get(&self, key: K, find: impl FnOnce(&K) -> T) -> T {
        if let Some(found) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return found.clone();
        }
        let found = find(&key);
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < MOST_KEPT {
            return kept.entry(key).or_insert(found).clone();
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_found_once_for_each_number() {
        for size in [Some(10), Some(u64::MAX), None] {
            let memo = Memo::of(size);
            assert_eq!(memo.get(3, || "three"), "three");
            assert_eq!(memo.get(3, || "found again"), "three");
            assert_eq!(memo.get(9, || "nine"), "nine");
        }
        for number in [0, 63, 64, 199] {
            assert_eq!(Memo::of(Some(200)).get(number, || number), number);
        }
    }
}
