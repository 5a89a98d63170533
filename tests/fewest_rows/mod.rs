//! A lower bound on the rows that any table needs, found without the program's diagrams.

use std::collections::HashMap;
use std::hash::Hash;

/// Combinations of values by number, each with what holds there; `None` where no row is wanted.
pub struct Combinations<T>(pub HashMap<Vec<usize>, Option<T>>);

impl<T: Eq + Hash> Combinations<T> {
    /// Whether one row can cover both: everything between them must say the same.
    fn share_a_row(&self, one: &[usize], other: &[usize]) -> bool {
        let said = &self.0[one];
        if *said != self.0[other] {
            return false;
        }
        let different: Vec<usize> = (0..one.len()).filter(|at| one[*at] != other[*at]).collect();
        (0..1usize << different.len()).all(|choice| {
            let mut between = one.to_vec();
            for (bit, at) in different.iter().enumerate() {
                if choice & (1 << bit) != 0 {
                    between[*at] = other[*at];
                }
            }
            self.0[&between] == *said
        })
    }

    /// So many rows are needed at least: of so many combinations no two can share a row. Those that could share a row
    /// with the fewest others are taken first.
    pub fn fewest_rows(&self) -> usize {
        let wanted = self.0.iter().filter(|(_, said)| said.is_some());
        let mut wanted: Vec<&Vec<usize>> = wanted.map(|(at, _)| at).collect();
        wanted.sort();
        let partners = |one: &Vec<usize>| wanted.iter().filter(|other| self.share_a_row(one, other)).count();
        let mut by_partners: Vec<(usize, &Vec<usize>)> =
            wanted.iter().map(|one| (partners(one), *one)).collect();
        by_partners.sort();
        let mut apart: Vec<&Vec<usize>> = Vec::new();
        for (_, one) in by_partners {
            if apart.iter().all(|other| !self.share_a_row(one, other)) {
                apart.push(one);
            }
        }
        apart.len()
    }
}
