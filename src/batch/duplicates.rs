//! References that were given to more than one case.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// How many references were repeated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeated {
    /// Cases whose reference had been seen before.
    pub cases: u64,
    /// The first of these references.
    pub first: Vec<String>,
    /// Cases that were looked at; beyond the bound none is.
    pub looked_at: u64,
}

/// Finds repeated references with bounded memory.
#[derive(Debug, Default)]
pub struct Duplicates {
    seen: FxHashMap<u64, ()>,
    repeated: Repeated,
}

/// So many references are remembered: 128 MiB at most.
const MOST_REFERENCES: usize = 7_000_000;
/// So many repeated references are named.
const MOST_NAMED: usize = 5;

impl Duplicates {
    /// Goes on where an interrupted run was, with the hashes of the references that it had looked at.
    pub fn resume(repeated: Repeated, hashes: impl IntoIterator<Item = u64>) -> Self {
        Self {
            seen: hashes.into_iter().map(|hash| (hash, ())).collect(),
            repeated,
        }
    }

    /// What was found.
    pub fn repeated(&self) -> &Repeated {
        &self.repeated
    }

    /// Looks at references, each given with its hash, and says at how many of them: beyond the bound at none. Nothing else is
    /// done in between, as looking for one need not wait for the memory that the one before it is found in.
    pub fn look_at_all<'r>(&mut self, references: impl Iterator<Item = (u64, &'r str)>) -> usize {
        let looked_at = self.repeated.looked_at;
        for (hash, reference) in references {
            if !self.look_at(hash, reference) {
                break;
            }
        }
        (self.repeated.looked_at - looked_at) as usize
    }

    /// Looks at a reference, given with its hash; says whether there was room to.
    pub fn look_at(&mut self, hash: u64, reference: &str) -> bool {
        if self.seen.len() >= MOST_REFERENCES {
            return false;
        }
        self.repeated.looked_at += 1;
        if self.seen.insert(hash, ()).is_some() {
            self.repeated.cases += 1;
            if self.repeated.first.len() < MOST_NAMED {
                self.repeated.first.push(reference.to_owned());
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_reference_is_named() {
        let mut duplicates = Duplicates::default();
        for (hash, name) in [(1, "A"), (2, "B"), (1, "A")] {
            duplicates.look_at(hash, name);
        }
        let found = duplicates.repeated().clone();
        assert_eq!((found.cases, &found.first[..]), (1, &["A".to_owned()][..]));
        let mut resumed = Duplicates::resume(found, [1, 2]);
        assert_eq!(resumed.look_at_all([(2, "B")].into_iter()), 1);
        let found = resumed.repeated();
        assert_eq!((found.cases, found.looked_at), (2, 4));
        assert_eq!(found.first, ["A", "B"]);
    }
}
