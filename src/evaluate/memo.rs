//! What was found for a number, kept for the next case with the same number.

use std::collections::HashMap;
use std::sync::{OnceLock, PoisonError, RwLock};

/// Results by number, filled as they are asked for; bounded in memory.
#[derive(Debug)]
pub struct Memo<T>(Kept<T>);

#[derive(Debug)]
enum Kept<T> {
    /// A place for each number.
    All(Box<[OnceLock<T>]>),
    /// Some of many numbers.
    Some(RwLock<HashMap<u64, T>>),
}

/// Up to this many numbers each has a place of its own.
const MOST_PLACES: u64 = 1 << 17;
/// Of more numbers than have a place, so many results are kept; those beyond are found anew each time.
const MOST_KEPT: usize = 1 << 16;

impl<T: Clone> Memo<T> {
    /// A memo for numbers below `size`.
    pub fn of(size: Option<u64>) -> Self {
        Self(match size {
            Some(size) if size <= MOST_PLACES => Kept::All((0..size).map(|_| OnceLock::new()).collect()),
            _ => Kept::Some(RwLock::default()),
        })
    }

    /// The result for a number, found now if it was not before.
    pub fn get(&self, number: u64, find: impl FnOnce() -> T) -> T {
        match &self.0 {
            Kept::All(places) => places[number as usize].get_or_init(find).clone(),
            Kept::Some(kept) => {
                if let Some(found) = kept.read().unwrap_or_else(PoisonError::into_inner).get(&number) {
                    return found.clone();
                }
                let found = find();
                let mut kept = kept.write().unwrap_or_else(PoisonError::into_inner);
                if kept.len() < MOST_KEPT {
                    kept.insert(number, found.clone());
                }
                found
            }
        }
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
    }
}
