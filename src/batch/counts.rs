//! Counting conclusions that are not compared with earlier ones: many cases, few combinations.

use super::NumberedTally;

/// How often each value of each conclusion occurs in each region.
#[derive(Debug)]
pub(super) struct Counts {
    /// Regions, and one more for cases whose region is not known.
    regions: usize,
    /// For each conclusion the values one after the other, each with its regions.
    of: Vec<Vec<u64>>,
}

impl Counts {
    /// Nothing is counted yet.
    pub fn of(conclusions: usize, regions: usize) -> Self {
        Self {
            regions: regions + 1,
            of: vec![Vec::new(); conclusions],
        }
    }

    /// Counts a case: the value of each conclusion by number, and the region by its place from 1; 0 where it is not known.
    #[inline]
    pub fn count_case(&mut self, values: &[u32], region: usize) {
        for (conclusion, value) in values.iter().enumerate() {
            self.count_many(conclusion, *value, region, 1);
        }
    }

    /// Counts so many cases at once, of one conclusion by its place.
    #[inline]
    pub fn count_many(&mut self, conclusion: usize, value: u32, region: usize, cases: u64) {
        let counts = &mut self.of[conclusion];
        let at = value as usize * self.regions + region;
        if at >= counts.len() {
            counts.resize((value as usize + 1) * self.regions, 0);
        }
        counts[at] += cases;
    }

    /// Adds what was counted to a tally; `regions` are the numbers of the names of the regions.
    pub fn add_to(&self, tally: &mut NumberedTally, regions: &[u32]) {
        for (conclusion, counts) in self.of.iter().enumerate() {
            for (at, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                let (value, region) = ((at / self.regions) as u32, at % self.regions);
                let region = region.checked_sub(1).map_or(0, |region| regions[region]);
                let flow = (conclusion as u8, value, value, region, None, false);
                *tally.flows.entry(flow).or_default() += count;
            }
        }
    }
}
