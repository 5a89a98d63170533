//! Which facts were read, and of lists which words were asked for.

use crate::facts::{FactId, FactKind};
use std::sync::LazyLock;

/// Facts that were read; of those that are lists, the words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reads {
    facts: u32,
    /// The words of all lists, one list after the other.
    words: u32,
}

impl Reads {
    /// Adds a fact.
    pub fn add(&mut self, fact: FactId) {
        self.facts |= 1 << fact as u32;
    }

    /// Adds a word of a list.
    pub fn add_word(&mut self, fact: FactId, word: u8) {
        self.add(fact);
        self.words |= 1 << (words_of(fact).0 + u32::from(word));
    }

    /// What either read.
    pub fn and(self, other: Self) -> Self {
        Self {
            facts: self.facts | other.facts,
            words: self.words | other.words,
        }
    }

    /// The facts, in the declared order.
    pub fn facts(self) -> impl Iterator<Item = FactId> {
        let mut left = self.facts;
        std::iter::from_fn(move || {
            let fact = FactId::ALL.get(left.trailing_zeros() as usize);
            left &= left.wrapping_sub(1);
            fact.copied()
        })
    }

    /// The words that were asked of a list, a bit for each.
    pub fn words(self, fact: FactId) -> u32 {
        let (first, own) = words_of(fact);
        self.words >> first & own
    }
}

/// Where the words of a list begin among the words of all lists, and a bit for each of them.
fn words_of(fact: FactId) -> (u32, u32) {
    static WORDS: LazyLock<Vec<(u32, u32)>> = LazyLock::new(|| {
        let mut begin = 0;
        let lists = FactId::ALL.iter().map(|fact| {
            let first = begin;
            begin += match fact.declaration().kind {
                FactKind::Set(words) => words.len() as u32,
                _ => 0,
            };
            (first, (1 << (begin - first)) - 1)
        });
        lists.collect()
    });
    WORDS[fact as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_and_every_word_has_a_bit_of_its_own() {
        let words: u32 = FactId::ALL
            .iter()
            .map(|fact| words_of(*fact).1.count_ones())
            .sum();
        assert!(FactId::ALL.len() <= 32 && words <= 32);
        let mut reads = Reads::default();
        reads.add(FactId::Age);
        reads.add_word(FactId::ActorsOfHarm, 3);
        let mut other = Reads::default();
        other.add_word(FactId::IndividualCircumstances, 9);
        let both = reads.and(other);
        assert_eq!(
            both.facts().collect::<Vec<_>>(),
            [FactId::IndividualCircumstances, FactId::ActorsOfHarm, FactId::Age]
        );
        assert_eq!(both.words(FactId::ActorsOfHarm), 0b1000);
        assert_eq!(both.words(FactId::IndividualCircumstances), 1 << 9);
    }
}
