//! What is decided of some cases in a row, lane by lane.

use super::answers::{Answers, NoOutcome};
use super::deciding::Deciding;
use super::names::Names;
use crate::evaluate::{LANES, ManyCases, Row, Sums};
use std::ops::Range;

/// Cases that are decided in one go: what is known of them meanwhile stays in the nearest cache.
pub(super) const CASES_OF_BLOCK: usize = 1 << 9;

/// The outcomes of some cases.
#[derive(Debug)]
pub(super) struct FoundOutcomes<'s> {
    sums: &'s Sums,
    /// The sums of each case, for some lanes at a time.
    rows: Vec<Row>,
    /// Places of rows, to work in.
    places: Vec<u16>,
    /// For each lane the outcome of each case.
    outcomes: Vec<Vec<u32>>,
}

impl<'s> FoundOutcomes<'s> {
    /// Nothing yet.
    pub fn new(sums: &'s Sums, answers: &Answers) -> Self {
        Self {
            sums,
            rows: vec![[0; LANES]; CASES_OF_BLOCK],
            places: Vec::new(),
            outcomes: vec![Vec::new(); answers.conclusions_of().len()],
        }
    }

    /// The outcome of each case in a lane.
    pub fn of_lane(&self, lane: usize) -> &[u32] {
        &self.outcomes[lane]
    }

    /// Finds the outcomes of at most [`CASES_OF_BLOCK`] cases; gives the places of those of which a question fails. `None`
    /// where there are too many outcomes.
    pub fn find(
        &mut self,
        cases: &ManyCases<'_>,
        rows: Range<usize>,
        answers: &mut Answers,
        deciders: &mut [Deciding<'_>],
        names: &Names,
    ) -> Option<Vec<usize>> {
        let from = rows.start;
        let sums = &mut self.rows[..rows.len()];
        let mut wrong = Vec::new();
        for (lane, outcomes) in self.outcomes.iter_mut().enumerate() {
            if lane % LANES == 0 {
                self.sums
                    .add_up(lane / LANES, cases, from, &mut self.places, sums);
            }
            outcomes.clear();
            outcomes.extend(sums.iter().map(|sums| answers.known(sums[lane % LANES])));
            if !outcomes.contains(&0) {
                continue;
            }
            for (at, (outcome, sums)) in outcomes.iter_mut().zip(&*sums).enumerate() {
                let sum = sums[lane % LANES];
                *outcome = answers.known(sum);
                if *outcome != 0 {
                    continue;
                }
                let version = usize::from(cases.versions[from + at]);
                let case = || cases.case(from + at);
                match answers.find(&mut deciders[version], (version, lane, sum), &case, names) {
                    Ok(found) => *outcome = found,
                    Err(NoOutcome::Fails) => wrong.push(at),
                    Err(NoOutcome::TooMany) => return None,
                }
            }
        }
        wrong.sort_unstable();
        wrong.dedup();
        for at in &wrong {
            for (lane, outcomes) in self.outcomes.iter_mut().enumerate() {
                outcomes[*at] = answers.outcome_in_error(lane);
            }
        }
        Some(wrong)
    }
}
