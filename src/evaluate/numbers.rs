//! What a case says to all questions, found together.
//!
//! [`CompiledPolicy::number`] adds up the number of one question. Here every value of a fact has a row: what it adds to
//! the numbers of all questions. A case is then the sum of a row for each fact, and a sum is a place in one long list.

use super::{CaseValues, CompiledPolicy};
use crate::facts::{FactId, FactKind, FactValue, days_of};
use std::hint::select_unpredictable;

/// So many questions are added up at a time.
const LANES: usize = 16;
type Row = [u32; LANES];
/// Stands for a word that is not known.
const ABSENT: u32 = u32::MAX;

/// Adds up the numbers of all questions of a policy version. Each question that has few enough numbers has places of its
/// own in one list, from 1.
#[derive(Debug)]
pub(super) struct Numbers {
    values: Vec<Value>,
    words: Vec<(usize, u8, u32)>,
    numbers: Vec<Number>,
    date: Option<Number>,
    picked_by: Option<u32>,
    /// The rows of each sixteen questions.
    rows: Vec<Vec<Row>>,
    /// Where the places of each question begin; 0 where it has none.
    begins: Vec<u32>,
    length: usize,
    /// The rows of the case, and their sums.
    rows_of_case: Vec<u32>,
    sums: Vec<Row>,
}

/// A fact that is a word or a place: its first row, and the row of a case that does not state it.
#[derive(Debug)]
struct Value {
    fact: usize,
    first: u32,
    absent: u32,
}

/// A fact that is a number or a date: its first row, and the bounds between its rows; the last row is that of a case
/// that does not state it.
#[derive(Debug)]
struct Number {
    fact: usize,
    first: u32,
    thresholds: Vec<i64>,
}

impl Number {
    fn row(&self, number: Option<i64>) -> u32 {
        let Some(number) = number else {
            return self.first + self.thresholds.len() as u32 + 1;
        };
        self.first
            + if self.thresholds.len() <= 8 {
                // A few comparisons cost less than one branch that is guessed wrong.
                let below = self.thresholds.iter().map(|bound| u32::from(*bound <= number));
                below.sum()
            } else {
                self.thresholds.partition_point(|bound| *bound <= number) as u32
            }
    }
}

impl Numbers {
    /// The numbers of questions with at most `most_places` numbers.
    pub fn of(compiled: &CompiledPolicy, most_places: u64) -> Self {
        let questions = compiled.asked().len();
        let mut length = 1;
        let begins: Vec<u32> = (0..questions)
            .map(|question| match compiled.size(question) {
                Some(size) if size <= most_places => {
                    let begin = length;
                    length += size as usize;
                    begin as u32
                }
                _ => 0,
            })
            .collect();
        let has_places = |question: &usize| begins[*question] > 0;
        let mut numbers = Self {
            values: Vec::new(),
            words: Vec::new(),
            numbers: Vec::new(),
            date: None,
            picked_by: None,
            // The first row is where each question begins.
            rows: begins
                .chunks(LANES)
                .map(|begins| {
                    let mut row = [0; LANES];
                    row[..begins.len()].copy_from_slice(begins);
                    vec![row]
                })
                .collect(),
            begins: begins.clone(),
            length,
            rows_of_case: Vec::new(),
            sums: vec![[0; LANES]; questions.div_ceil(LANES)],
        };
        let mut variables: Vec<(FactId, Option<u8>)> = (0..questions)
            .filter(has_places)
            .flat_map(|question| compiled.variables(question))
            .map(|(fact, word, _)| (*fact, *word))
            .collect();
        variables.sort_unstable();
        variables.dedup();
        for (fact, word) in variables {
            let adds = (0..questions).filter(has_places).filter_map(|question| {
                let mut own = compiled.variables(question).iter();
                let (_, _, adds) = own.find(|(of, of_word, _)| (*of, *of_word) == (fact, word))?;
                Some((question, &adds[..]))
            });
            let first = numbers.add_rows(adds);
            numbers.add_variable(compiled, fact, word, first);
        }
        numbers
    }

    /// Adds the rows of a variable, and gives the first.
    fn add_rows<'a>(&mut self, adds: impl Iterator<Item = (usize, &'a [u64])>) -> u32 {
        let first = self.rows[0].len();
        for (question, adds) in adds {
            for rows in &mut self.rows {
                rows.resize(first + adds.len(), [0; LANES]);
            }
            let rows = self.rows[question / LANES][first..].iter_mut();
            for (row, adds) in rows.zip(adds) {
                row[question % LANES] = *adds as u32;
            }
        }
        first as u32
    }

    fn add_variable(&mut self, compiled: &CompiledPolicy, fact: FactId, word: Option<u8>, first: u32) {
        let own = fact as usize;
        let number = || Number {
            fact: own,
            first,
            thresholds: compiled.thresholds(fact).to_vec(),
        };
        match (fact, fact.declaration().kind) {
            (FactId::DecisionDate, _) => self.date = Some(number()),
            (FactId::VersionPickedBy, _) => self.picked_by = Some(first),
            (_, FactKind::WholeNumber { .. } | FactKind::Date) => self.numbers.push(number()),
            (_, FactKind::Set(_)) => self.words.push((own, word.unwrap_or_default(), first)),
            _ => self.values.push(Value {
                fact: own,
                first,
                absent: first + compiled.code_of_absent(fact),
            }),
        }
    }

    /// How long the list is in which the questions have their places; the first of it belongs to none.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Where the places of a question begin; `None` where it has none of its own.
    pub fn begin(&self, question: usize) -> Option<u32> {
        Some(self.begins[question]).filter(|begin| *begin > 0)
    }

    /// The place of each question for a case, in the declared order; 0 where a question has none of its own.
    pub fn of_case(&mut self, case: &CaseValues) -> &[u32] {
        let rows = &mut self.rows_of_case;
        rows.clear();
        rows.push(0);
        let facts = &case.facts;
        // Which facts are missing cannot be guessed, so nothing branches on it: all words are taken out at once. What a
        // number is, is not used.
        let words: [u32; FactId::CASE_FILE.len()] = std::array::from_fn(|fact| match facts[fact] {
            Some(FactValue::Choice(index)) => index,
            Some(FactValue::Place(place)) => place.number(),
            Some(FactValue::Set(members)) => members,
            Some(FactValue::Number(number)) => number as u32,
            None => ABSENT,
        });
        rows.extend(self.values.iter().map(|&Value { fact, first, absent }| {
            let word = words[fact];
            select_unpredictable(word == ABSENT, absent, first.wrapping_add(word))
        }));
        rows.extend(self.words.iter().map(|(fact, word, first)| {
            let members = words[*fact];
            first + select_unpredictable(members == ABSENT, 2, members >> word & 1)
        }));
        rows.extend(self.numbers.iter().map(|number| match facts[number.fact] {
            Some(FactValue::Number(value)) => number.row(Some(value.into())),
            _ => number.row(None),
        }));
        rows.extend(
            self.date
                .iter()
                .map(|date| date.row(case.decision_date.map(days_of))),
        );
        rows.extend(self.picked_by.map(|first| first + case.picked_by as u32));
        for (sums, all) in self.sums.iter_mut().zip(&self.rows) {
            let mut sum = [0; LANES];
            for row in rows.iter() {
                for (sum, adds) in sum.iter_mut().zip(&all[*row as usize]) {
                    *sum += adds;
                }
            }
            *sums = sum;
        }
        &self.sums.as_flattened()[..self.begins.len()]
    }
}
