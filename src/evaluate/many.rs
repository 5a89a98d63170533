//! Deciding many cases at once, whose facts come as columns of few distinct values: what a value adds to the number of a
//! question is looked up once for each distinct value, and not for each case.

use super::{CaseValues, CompiledPolicy};
use crate::facts::{Choice, FactId, FactValue, PickedBy, days_of};
use jiff::civil::Date;

/// The facts of many cases.
#[derive(Debug)]
pub struct ManyCases<'c> {
    /// For each fact of the case file, in the declared order: its distinct values, and of each case the place of its own.
    pub facts: Vec<(&'c [Option<FactValue>], &'c [u32])>,
    /// The same for the moment of decision.
    pub dates: (&'c [Option<Date>], &'c [u32]),
    /// How the policy version was picked, for each distinct moment.
    pub picked_by: Vec<PickedBy>,
}

/// What the distinct values of many cases add to the numbers of each question.
#[derive(Debug)]
pub struct Numbering {
    /// For each question the columns that it depends on, with what each value adds. The last column is the date.
    questions: Vec<Vec<(usize, Box<[u32]>)>>,
}

impl CompiledPolicy {
    /// What the distinct values of many cases add to the numbers of each question; `None` where the cases have to be
    /// decided one by one, because a question has no numbers or too many, or combinations are declared impossible.
    pub fn numbering(&self, cases: &ManyCases<'_>) -> Option<Numbering> {
        if !self.policy().impossible.is_empty() {
            return None;
        }
        let questions = (0..self.asked().len()).map(|question| {
            u32::try_from(self.size(question)?).ok()?;
            let mut columns: Vec<(usize, Box<[u32]>)> = Vec::new();
            for (fact, added) in self.added(question, &|fact| codes_of(self, fact, cases))? {
                let column = if fact.is_of_case_file() {
                    fact as usize
                } else {
                    cases.facts.len()
                };
                match columns.iter_mut().find(|(other, _)| *other == column) {
                    Some((_, sum)) => {
                        sum.iter_mut()
                            .zip(&added)
                            .for_each(|(sum, added)| *sum += *added as u32);
                    }
                    None => columns.push((column, added.iter().map(|added| *added as u32).collect())),
                }
            }
            Some(columns)
        });
        let questions = questions.collect::<Option<Vec<_>>>()?;
        Some(Numbering { questions })
    }
}

/// The code of each distinct value of a fact.
fn codes_of(compiled: &CompiledPolicy, fact: FactId, cases: &ManyCases<'_>) -> Vec<u32> {
    match fact {
        FactId::DecisionDate => {
            let dates = cases.dates.0.iter();
            let dates = dates.map(|date| date.map(|date| FactValue::Number(days_of(date))));
            dates.map(|date| compiled.code_of(fact, date)).collect()
        }
        FactId::VersionPickedBy => {
            let picked = cases
                .picked_by
                .iter()
                .map(|by| Some(FactValue::Choice(by.index())));
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

impl Numbering {
    /// The number of each of some cases to a question.
    pub fn numbers(&self, question: usize, cases: &ManyCases<'_>, rows: &[u32], numbers: &mut Vec<u32>) {
        numbers.clear();
        numbers.resize(rows.len(), 0);
        for (column, added) in &self.questions[question] {
            let codes = cases.facts.get(*column).map_or(cases.dates.1, |fact| fact.1);
            for (number, row) in numbers.iter_mut().zip(rows) {
                *number += added[codes[*row as usize] as usize];
            }
        }
    }
}

impl ManyCases<'_> {
    /// The values of one of the cases.
    pub fn values(&self, row: usize) -> CaseValues {
        let date = self.dates.1[row] as usize;
        CaseValues {
            facts: std::array::from_fn(|fact| {
                let (values, rows) = self.facts[fact];
                values[rows[row] as usize]
            }),
            decision_date: self.dates.0[date],
            picked_by: self.picked_by[date],
        }
    }
}
