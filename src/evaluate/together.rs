//! What is stated of several questions together: one look-up finds what is kept of it.

use super::{Determination, Reads};
use crate::facts::FactId;
use crate::script::Asked;
use hashbrown::HashTable;

/// What is looked at of an answer for every case: little, so that it stays in a near cache.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Answer {
    /// The number of what it states.
    pub statement: u32,
    /// What was read for it of the facts that the case states.
    pub rests_on: Reads,
    /// Whether the question failed, so that nothing is stated.
    pub has_failed: bool,
}

/// What an answer states, whatever its reasons are and what it rests on.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Statement {
    asked: Asked,
    possible: Vec<usize>,
    /// Of a conclusion each need, with the bits that are open once it is known: what is needed together depends on them.
    open_after: Vec<(FactId, u64)>,
}

impl Statement {
    /// What is stated where this is determined.
    pub fn of(determination: &Determination) -> Self {
        let open_after = match determination.asked {
            Asked::Conclusion(_) => &determination.open_after[..],
            Asked::Flag(_) => &[],
        };
        let open_after = open_after.iter().map(|(fact, bits)| (*fact, bits.to_bits()));
        Self {
            asked: determination.asked,
            possible: determination.possible.clone(),
            open_after: open_after.collect(),
        }
    }
}

/// Combinations of statements of the same questions, numbered as they first occur, and what is kept of each.
#[derive(Debug)]
pub(super) struct Combinations<K> {
    /// What the statement of each question is multiplied by in a hash.
    factors: Box<[u64]>,
    /// The numbers, by the hash of the statements.
    numbers: HashTable<u32>,
    /// The statements of all combinations, one after the other, so that no pointer has to be followed.
    statements: Vec<u32>,
    kept: Vec<K>,
}

impl<K> Combinations<K> {
    /// No combinations yet, of statements to so many questions.
    pub fn of(questions: usize) -> Self {
        let powers = std::iter::successors(Some(FACTOR), |power| Some(power.wrapping_mul(FACTOR)));
        Self {
            factors: powers.take(questions).collect(),
            numbers: HashTable::new(),
            statements: Vec::new(),
            kept: Vec::new(),
        }
    }

    /// Of so many questions they are.
    pub fn questions(&self) -> usize {
        self.factors.len()
    }

    /// How many have occurred.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// The number of a combination; `make` makes what is kept of it where it did not occur before.
    #[inline]
    pub fn number(&mut self, statements: &[u32], make: impl FnOnce() -> K) -> usize {
        let hash = hash(&self.factors, statements);
        let is_it = |number: &u32| {
            let own = of_number(&self.statements, statements.len(), *number).iter();
            // They are few, and mostly the same: no branch for each, and no call.
            own.zip(statements)
                .fold(0, |differ, (own, other)| differ | (own ^ other))
                == 0
        };
        match self.numbers.find(hash, is_it) {
            Some(number) => *number as usize,
            None => self.add(hash, statements, make()),
        }
    }

    #[cold]
    fn add(&mut self, hash_of_new: u64, statements: &[u32], kept: K) -> usize {
        let number = self.kept.len();
        self.kept.push(kept);
        self.statements.extend_from_slice(statements);
        let (factors, all) = (&self.factors, &self.statements);
        self.numbers.insert_unique(hash_of_new, number as u32, |number| {
            hash(factors, of_number(all, factors.len(), *number))
        });
        number
    }

    /// What is kept of the combination with a number.
    #[inline]
    pub fn kept(&self, number: usize) -> &K {
        &self.kept[number]
    }

    /// Forgets all of them: their numbers are void.
    pub fn forget(&mut self) {
        self.numbers.clear();
        self.statements.clear();
        self.kept.clear();
    }
}

/// An odd number whose powers are far from each other: two to the 64th by the golden ratio.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// Multiplications that do not wait for each other. The table looks at the low bits first, and the high ones are mixed
/// best.
#[inline]
fn hash(factors: &[u64], statements: &[u32]) -> u64 {
    let products = statements.iter().zip(factors);
    let sum = products.fold(0u64, |sum, (statement, factor)| {
        sum.wrapping_add(u64::from(*statement).wrapping_mul(*factor))
    });
    sum.rotate_left(26)
}

#[inline]
fn of_number(all: &[u32], questions: usize, number: u32) -> &[u32] {
    &all[number as usize * questions..][..questions]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn combinations_are_numbered_as_they_first_occur_and_keep_what_was_made_of_them() {
        for questions in [0, 1, 5, 16] {
            let mut combinations = Combinations::of(questions);
            assert_eq!(combinations.questions(), questions);
            for _ in 0..2 {
                let mut expected = HashMap::new();
                for at in 0..20_000_usize {
                    let statement = |question| at as u32 % 70 + question * (at as u32 % 33);
                    let statements: Vec<u32> = (0..questions as u32).map(statement).collect();
                    let next = expected.len();
                    let (number, first) = *expected.entry(statements.clone()).or_insert((next, at));
                    assert_eq!(combinations.number(&statements, || at), number);
                    assert_eq!(*combinations.kept(number), first);
                }
                assert_eq!(combinations.len(), expected.len());
                assert!(questions < 2 || expected.len() > 1000);
                combinations.forget();
                assert_eq!(combinations.len(), 0);
            }
        }
    }
}
