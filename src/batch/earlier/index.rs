//! Where the earlier result of each reference is, and which of them were compared with a case.

use std::sync::atomic::{AtomicU64, Ordering};

/// An index of results by the hashes of their references: 16 bytes for each, and a bit.
#[derive(Debug)]
pub(super) struct Index {
    /// The hash of each reference, and where its result is; in the order of the hashes, then of the results.
    entries: Vec<(u64, u64)>,
    /// A bit for each entry that a case was compared with.
    matched: Vec<AtomicU64>,
}

impl Index {
    /// The index of these; where a result is grows in the order of the results.
    pub fn of(mut entries: Vec<(u64, u64)>) -> Self {
        entries.sort_unstable();
        let words = entries.len().div_ceil(64);
        Self {
            entries,
            matched: (0..words).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// How many results there are.
    pub fn len(&self) -> u64 {
        self.entries.len() as u64
    }

    /// How many have a reference that another one before has as well.
    pub fn repeated(&self) -> u64 {
        let pairs = self.entries.windows(2);
        pairs.filter(|pair| pair[0].0 == pair[1].0).count() as u64
    }

    /// The results of a hash, the last one first: each by its place here, and where it is.
    pub fn of_hash(&self, hash: u64) -> impl Iterator<Item = (usize, u64)> {
        let end = self.entries.partition_point(|(of, _)| *of <= hash);
        let entries = (0..end).rev().map(|place| (place, self.entries[place]));
        entries
            .take_while(move |(_, (of, _))| *of == hash)
            .map(|(place, (_, at))| (place, at))
    }

    /// Keeps that a case was compared with the result of this place.
    pub fn mark(&self, place: usize) {
        self.matched[place / 64].fetch_or(1 << (place % 64), Ordering::Relaxed);
    }

    /// How many were compared with a case.
    pub fn matched(&self) -> u64 {
        let bits = self.matched_bits().into_iter();
        bits.map(|bits| u64::from(bits.count_ones())).sum()
    }

    /// Which were compared with a case, a bit for each.
    pub fn matched_bits(&self) -> Vec<u64> {
        let bits = self.matched.iter();
        bits.map(|bits| bits.load(Ordering::Relaxed)).collect()
    }

    /// Goes on where an interrupted run had compared with these.
    pub fn resume(&self, bits: &[u64]) {
        for (own, bits) in self.matched.iter().zip(bits) {
            own.fetch_or(*bits, Ordering::Relaxed);
        }
    }

    /// Where the first results are that no case was compared with, in their order.
    pub fn unmatched(&self, most: usize) -> Vec<u64> {
        let bits = self.matched_bits();
        let entries = self.entries.iter().enumerate();
        let unmatched = entries.filter(|(place, _)| bits[place / 64] & 1 << (place % 64) == 0);
        let mut at: Vec<u64> = unmatched.map(|(_, (_, at))| *at).collect();
        at.sort_unstable();
        at.truncate(most);
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_repeated_reference_the_last_result_comes_first_and_what_was_compared_is_kept() {
        let index = Index::of(vec![(7, 30), (5, 10), (7, 20), (9, 40)]);
        assert_eq!((index.len(), index.repeated()), (4, 1));
        let found: Vec<(usize, u64)> = index.of_hash(7).collect();
        assert_eq!(found, [(2, 30), (1, 20)]);
        assert_eq!(index.of_hash(6).count(), 0);
        index.mark(2);
        assert_eq!((index.matched(), index.unmatched(2)), (1, vec![10, 20]));
        let again = Index::of(vec![(7, 30), (5, 10), (7, 20), (9, 40)]);
        again.resume(&index.matched_bits());
        assert_eq!(again.unmatched(9), [10, 20, 40]);
    }
}
