//! Many cases at once, whose facts come as columns of few distinct values.

use super::{CaseValues, CompiledPolicy};
use crate::facts::{Choice, FactId, FactValue, PickedBy};
use jiff::civil::Date;

/// The facts of many cases, which can fall under several versions of a policy.
#[derive(Debug)]
pub struct ManyCases<'c> {
    /// For each fact of the case file, in the declared order: its distinct values, and of each case the place of its own.
    pub facts: Vec<(&'c [Option<FactValue>], &'c [u16])>,
    /// The same for the moment of decision.
    pub dates: (&'c [Option<Date>], &'c [u16]),
    /// How the policy version was picked, for each distinct moment.
    pub picked_by: &'c [PickedBy],
    /// Of each case the place of its version; that after the last for a case that falls under none.
    pub versions: &'c [u8],
}

/// The code of each distinct value of a fact.
pub(super) fn codes_of(compiled: &CompiledPolicy, fact: FactId, cases: &ManyCases<'_>) -> Vec<u32> {
    match fact {
        FactId::DecisionDate => {
            let dates = cases.dates.0.iter();
            let dates = dates.map(|date| date.map(FactValue::of_date));
            dates.map(|date| compiled.code_of(fact, date)).collect()
        }
        FactId::VersionPickedBy => {
            let picked = cases
                .picked_by
                .iter()
                .map(|by| Some(FactValue::Choice(by.index() as u32)));
            picked.map(|by| compiled.code_of(fact, by)).collect()
        }
        _ => {
            let values = cases.facts[fact as usize].0;
            values
                .iter()
                .map(|value| compiled.code_of(fact, *value))
                .collect()
        }
    }
}

impl ManyCases<'_> {
    /// How many distinct values a column has; the last column is the date.
    pub(super) fn values(&self, column: usize) -> usize {
        self.facts
            .get(column)
            .map_or(self.dates.0.len(), |fact| fact.0.len())
    }

    pub(super) fn codes(&self, column: usize) -> &[u16] {
        self.facts.get(column).map_or(self.dates.1, |fact| fact.1)
    }

    /// The values of one of the cases.
    pub fn case(&self, row: usize) -> CaseValues {
        let date = usize::from(self.dates.1[row]);
        CaseValues {
            facts: std::array::from_fn(|fact| {
                let (values, rows) = self.facts[fact];
                values[usize::from(rows[row])]
            }),
            decision_date: self.dates.0[date],
            picked_by: self.picked_by[date],
        }
    }
}
