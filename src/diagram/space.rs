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
    /// What is known, with what is impossible.
    known: Knowledge,
}

impl Space {
    /// The space that a set of questions spans over what is known. Facts that an impossible combination names are cut
    /// along it as well.
    pub fn of(questions: &BTreeSet<Question>, known: &Knowledge, gazetteer: &Gazetteer) -> Self {
        let asked: BTreeSet<FactId> = questions.iter().map(|question| question.fact).collect();
        let impossible = known.impossible().iter().flat_map(|one| &one.when);
        let cut = impossible.filter(|condition| asked.contains(&condition.fact));
        let cut = cut.flat_map(|condition| condition.questions.iter().copied());
        let word = |question: &Question| match question.aspect {
            Aspect::Has(word) => Some(word),
            _ => None,
        };
        let variable = |question: &Question| (question.fact, word(question));
        let mut questions: Vec<Question> = questions.iter().copied().chain(cut).collect();
        questions.sort_unstable_by_key(|question| (variable(question), *question));
        questions.dedup();
        let mut variables = Vec::new();
        let mut answers = BTreeMap::new();
        for own in questions.chunk_by(|one, other| variable(one) == variable(other)) {
            let (fact, of_word) = variable(&own[0]);
            let mut cells = vec![known.of(fact).clone()];
            for question in own {
                let split = |cell: &Candidates| cell.split(question.aspect, gazetteer);
                cells = cells.iter().flat_map(split).map(|(_, cell)| cell).collect();
            }
            for question in own {
                // No question has two answers within a cell.
                let answer = |cell: &Candidates| cell.settled(question.aspect, gazetteer);
                let answers_in_cells = cells.iter().map(|cell| answer(cell).unwrap_or(Answer::NONE));
                answers.insert(*question, (variables.len(), answers_in_cells.collect()));
            }
            variables.push(Variable {
                fact,
                word: of_word,
                cells,
            });
        }
        Self {
            variables,
            answers,
            known: known.clone(),
        }
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

    /// How many possible combinations of the cells of some facts there are.
    pub fn combinations_of(&self, facts: &BTreeSet<FactId>) -> u128 {
        let own =
            (0..self.variables.len()).filter(|variable| facts.contains(&self.variables[*variable].fact));
        self.combinations(&BTreeMap::new(), own)
    }

    /// The variables of facts that impossible combinations name.
    fn constrained(&self) -> Vec<usize> {
        let impossible = || self.known.impossible().iter().flat_map(|one| &one.when);
        let is_named = |of: &Variable| impossible().any(|condition| condition.fact == of.fact);
        (0..self.variables.len())
            .filter(|variable| is_named(&self.variables[*variable]))
            .collect()
    }

    /// How many combinations of cells the variables of facts have that impossible combinations name; each is looked at.
    pub(super) fn constrained_combinations(&self) -> usize {
        let sizes = self.constrained();
        let sizes = sizes.iter().map(|variable| self.variables[*variable].cells.len());
        match self.known.impossible() {
            [] => 0,
            _ => sizes.fold(1usize, usize::saturating_mul),
        }
    }

    /// The combinations of cells of the constrained variables that are possible within a row.
    fn possible(&self, cells: &BTreeMap<usize, Vec<usize>>) -> Vec<BTreeMap<usize, usize>> {
        let mut found = vec![(self.known.clone(), BTreeMap::new())];
        for variable in self.constrained() {
            let of = &self.variables[variable];
            let all: Vec<usize> = (0..of.cells.len()).collect();
            let own = cells.get(&variable).unwrap_or(&all);
            let narrowed = found.iter().flat_map(|(known, chosen)| {
                own.iter().filter_map(|cell| {
                    let mut known = known.clone();
                    known.learn(of.fact, known.of(of.fact).common(&of.cells[*cell])?);
                    let mut chosen = chosen.clone();
                    chosen.insert(variable, *cell);
                    known.is_possible().then_some((known, chosen))
                })
            });
            found = narrowed.collect();
        }
        found.into_iter().map(|(_, chosen)| chosen).collect()
    }

    /// Whether some combination of a row is possible.
    pub fn is_possible(&self, cells: &BTreeMap<usize, Vec<usize>>) -> bool {
        self.known.impossible().is_empty() || !self.possible(cells).is_empty()
    }

    /// How many possible combinations of the cells of these variables a row covers.
    pub fn combinations(
        &self,
        cells: &BTreeMap<usize, Vec<usize>>,
        variables: impl IntoIterator<Item = usize>,
    ) -> u128 {
        let constrained = self.constrained();
        let variables: Vec<usize> = variables.into_iter().collect();
        let free = variables
            .iter()
            .filter(|variable| !constrained.contains(variable));
        let of_free = free.fold(1u128, |product, variable| {
            let all = self.variables[*variable].cells.len();
            product.saturating_mul(cells.get(variable).map_or(all, Vec::len) as u128)
        });
        if constrained.is_empty() {
            return of_free;
        }
        let seen: BTreeSet<Vec<usize>> = self
            .possible(cells)
            .into_iter()
            .map(|chosen| {
                variables
                    .iter()
                    .filter_map(|variable| chosen.get(variable).copied())
                    .collect()
            })
            .collect();
        of_free.saturating_mul(seen.len() as u128)
    }

    /// For each variable a cell, so that the combination lies within a row and is possible.
    pub(super) fn one_of(&self, cells: &BTreeMap<usize, Vec<usize>>) -> Vec<usize> {
        let chosen = match self.constrained()[..] {
            [] => BTreeMap::new(),
            _ => self.possible(cells).into_iter().next().unwrap_or_default(),
        };
        let first = |variable: usize| cells.get(&variable).and_then(|cells| cells.first()).copied();
        (0..self.variables.len())
            .map(|variable| {
                chosen
                    .get(&variable)
                    .copied()
                    .or_else(|| first(variable))
                    .unwrap_or(0)
            })
            .collect()
    }

    /// The cell in which a case lies; `None` where the case does not settle it.
    pub fn cell_of(&self, variable: usize, known: &Knowledge) -> Option<usize> {
        let of = &self.variables[variable];
        let given = known.of(of.fact);
        of.cells.iter().position(|cell| cell.includes(given, of.word))
    }
}
