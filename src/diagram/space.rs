//! The variables of a diagram, and the cells into which the questions cut each.

use crate::facts::{Answer, Aspect, Candidates, FactId, Knowledge, Question};
use crate::gazetteer::Gazetteer;
use std::collections::{BTreeMap, BTreeSet};

/// A fact (or one word of a set) that the diagram branches on.
#[derive(Debug, Clone)]
pub struct Variable {
    /// The fact.
    pub fact: FactId,
    /// The word of a set, by its place in the list.
    pub word: Option<u8>,
    /// The cells: values that no question tells apart stand in one.
    pub cells: Vec<Candidates>,
}

/// The variables in the declared order of the facts.
#[derive(Debug, Clone)]
pub struct Space {
    variables: Vec<Variable>,
    /// For each question its variable, and the answer in each cell.
    answers: BTreeMap<Question, (usize, Vec<Answer>)>,
}

impl Space {
    /// The space that a set of questions spans over what is known.
    pub fn of(questions: &BTreeSet<Question>, known: &Knowledge, gazetteer: &Gazetteer) -> Self {
        let word = |question: &Question| match question.aspect {
            Aspect::Has(word) => Some(word),
            _ => None,
        };
        let names: BTreeSet<(FactId, Option<u8>)> = questions
            .iter()
            .map(|question| (question.fact, word(question)))
            .collect();
        let mut variables = Vec::new();
        let mut answers = BTreeMap::new();
        for (fact, of_word) in names {
            let own: Vec<&Question> = questions
                .iter()
                .filter(|question| (question.fact, word(question)) == (fact, of_word))
                .collect();
            let mut cells = vec![known.of(fact).clone()];
            for question in &own {
                let split = |cell: &Candidates| cell.split(question.aspect, gazetteer);
                cells = cells.iter().flat_map(split).map(|(_, cell)| cell).collect();
            }
            for question in own {
                let answer = |cell: &Candidates| {
                    let answers = cell.split(question.aspect, gazetteer);
                    answers.first().map_or(Answer::NONE, |(answer, _)| *answer)
                };
                answers.insert(*question, (variables.len(), cells.iter().map(answer).collect()));
            }
            variables.push(Variable {
                fact,
                word: of_word,
                cells,
            });
        }
        Self { variables, answers }
    }

    /// The variables in order.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// The variable of a question, and its answer in each cell.
    pub fn answers(&self, question: &Question) -> Option<(usize, &[Answer])> {
        let (variable, answers) = self.answers.get(question)?;
        Some((*variable, answers))
    }

    /// The questions that cut a variable.
    pub fn questions_of(&self, variable: usize) -> impl Iterator<Item = &Question> {
        self.answers
            .iter()
            .filter(move |(_, (of, _))| *of == variable)
            .map(|(question, _)| question)
    }

    /// How many combinations of the cells of some facts there are.
    pub fn combinations_of(&self, facts: &BTreeSet<FactId>) -> u128 {
        let own = self
            .variables
            .iter()
            .filter(|variable| facts.contains(&variable.fact));
        own.fold(1, |product: u128, variable| {
            product.saturating_mul(variable.cells.len() as u128)
        })
    }

    /// The cell in which a case lies; `None` where the case does not settle it.
    pub fn cell_of(&self, variable: usize, known: &Knowledge) -> Option<usize> {
        let of = &self.variables[variable];
        let given = known.of(of.fact);
        of.cells.iter().position(|cell| cell.includes(given, of.word))
    }
}
