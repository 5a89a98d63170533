//! Deciding many cases: each answer to each question is made once.

#[cfg(test)]
mod tests;

use super::numbers::Numbers;
use super::telling;
use super::together::{Answer, Combinations, Statement};
use super::{CaseValues, CompiledPolicy, Determination, Reads, possible_facts};
use crate::diagnostic::Diagnostic;
use crate::facts::FactId;
use crate::script::Asked;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Decides cases under one policy. For each determination it keeps what `make` made of it, so that a case costs a few
/// look-ups. Beside that it has room for what its user keeps of what is stated of all conclusions together (`C`), and of
/// all flags (`F`). Each thread has its own.
#[derive(Debug)]
pub struct Decider<'p, T, C = (), F = ()> {
    compiled: &'p CompiledPolicy,
    /// What was made, of all questions.
    made: Vec<Made<T>>,
    /// For each of these the answer, behind one that stands for no answer yet.
    answers: Vec<Answer>,
    /// The place of the answer of each determination that something was made of, by where it lies in memory, where `made` keeps it.
    by_determination: FxHashMap<usize, u32>,
    /// By number what is stated of questions: many answers state the same for other reasons.
    statements: FxHashMap<Statement, u32>,
    numbers: Numbers,
    /// For each place of a question the answer that stands there, by its place among all answers; 0 where there is none yet.
    /// They are many, and looked at for every case, so each takes as little room as it can.
    places: Box<[u16]>,
    /// The answers of questions with more numbers than places.
    others: FxHashMap<(usize, u64), u32>,
    /// What is stated of all conclusions together.
    conclusions: Combinations<Concluded<C>>,
    /// And of all flags: together with the conclusions there would be too many for the caches.
    flags: Combinations<F>,
    most_combinations: usize,
    /// The needs by the places of the open conclusions alone.
    needs_by_places: FxHashMap<Box<[u32]>, Arc<[FactId]>>,
    /// The answers of the case that was decided last, by their places, in the order of the questions.
    current: Vec<u32>,
    /// What these state.
    current_statements: Vec<u32>,
    /// Which combinations that is.
    current_conclusions: usize,
    current_flags: usize,
    rests_on: Reads,
    has_failed: bool,
}

/// What is kept of what is stated of all conclusions together.
#[derive(Debug)]
struct Concluded<C> {
    /// The facts that can still change one of them.
    needs: Box<[FactId]>,
    kept: C,
}

/// Makes what is kept of a determination, or of the fault of a question.
type Make<'m, T> = dyn FnMut(Result<&Arc<Determination>, Diagnostic>) -> T + 'm;

#[derive(Debug)]
struct Made<T> {
    determination: Option<Arc<Determination>>,
    made: T,
}

/// Up to this many numbers each has a place of its own.
const MOST_PLACES: u64 = 1 << 17;
/// So many determinations are kept; then everything is forgotten, so that memory stays bounded. Their places take two bytes.
const MOST_KEPT: usize = u16::MAX as usize - 255;
/// So many combinations of answers are kept; then these are forgotten.
const MOST_COMBINATIONS: usize = 1 << 15;

impl<'p, T, C: Default, F: Default> Decider<'p, T, C, F> {
    /// A decider that has decided nothing yet.
    pub fn new(compiled: &'p CompiledPolicy) -> Self {
        Self::within(compiled, MOST_PLACES, MOST_COMBINATIONS)
    }

    /// A decider in which questions with more numbers than `most_places` have no places of their own, and which keeps
    /// so many combinations at most.
    fn within(compiled: &'p CompiledPolicy, most_places: u64, most_combinations: usize) -> Self {
        let numbers = Numbers::of(compiled, most_places);
        let is_conclusion = |asked: &Asked| matches!(asked, Asked::Conclusion(_));
        let conclusions = compiled.asked().take_while(is_conclusion).count();
        Self {
            compiled,
            made: Vec::new(),
            answers: vec![Answer::default()],
            by_determination: FxHashMap::default(),
            statements: FxHashMap::default(),
            places: vec![0; numbers.length()].into(),
            others: FxHashMap::default(),
            conclusions: Combinations::of(conclusions),
            flags: Combinations::of(compiled.asked().len() - conclusions),
            most_combinations,
            needs_by_places: FxHashMap::default(),
            current: Vec::new(),
            current_statements: Vec::new(),
            current_conclusions: 0,
            current_flags: 0,
            rests_on: Reads::default(),
            has_failed: false,
            numbers,
        }
    }

    /// The policy.
    pub fn compiled(&self) -> &'p CompiledPolicy {
        self.compiled
    }

    /// Decides a case; [`Self::answers`] and [`Self::needs`] are then those of the case.
    ///
    /// `make` may use nothing of a case but what its reasons show of numbers and dates ([`super::Shown::Given`]): it is
    /// not called again for a case that is decided the same.
    ///
    /// # Errors
    /// The facts are declared impossible together. That a question fails is said to `make`.
    pub fn decide(&mut self, case: &CaseValues, make: &mut Make<'_, T>) -> Result<(), Vec<Diagnostic>> {
        let policy = self.compiled.policy();
        if !policy.impossible.is_empty() {
            possible_facts(policy, &case.knowledge(&policy.gazetteer))?;
        }
        self.forget_where_full();
        let (mut is_complete, mut has_failed, mut rests_on) = (true, false, Reads::default());
        let questions = self.compiled.asked().len();
        self.current.resize(questions, 0);
        self.current_statements.resize(questions, 0);
        let current = self.current.iter_mut().zip(&mut self.current_statements);
        for ((current, statement), place) in current.zip(self.numbers.of_case(case)) {
            let place = u32::from(self.places[*place as usize]);
            let answer = self.answers[place as usize];
            *current = place;
            *statement = answer.statement;
            is_complete &= place > 0;
            has_failed |= answer.has_failed;
            rests_on = rests_on.and(answer.rests_on);
        }
        self.has_failed = has_failed;
        self.rests_on = rests_on;
        if !is_complete {
            self.complete(case, make);
        }
        self.combine();
        Ok(())
    }

    /// Finds which combinations the answers of the current case are.
    fn combine(&mut self) {
        let (conclusions, flags) = self.current_statements.split_at(self.conclusions.questions());
        let (made, answers) = (&self.made, &self.current[..conclusions.len()]);
        self.current_conclusions = self.conclusions.number(conclusions, || Concluded {
            needs: needs_of(made, answers.iter().copied()).into(),
            kept: C::default(),
        });
        self.current_flags = self.flags.number(flags, F::default);
    }

    /// Finds the answers to those questions of the current case that have none yet.
    fn complete(&mut self, case: &CaseValues, make: &mut Make<'_, T>) {
        let codes = self.compiled.codes_of(case);
        for question in 0..self.current.len() {
            if self.current[question] == 0 {
                let number = self.compiled.number(question, &codes);
                let place = self.answer(question, number, &|| case.clone(), make);
                let answer = self.answers[place as usize];
                self.current[question] = place;
                self.current_statements[question] = answer.statement;
                self.has_failed |= answer.has_failed;
                self.rests_on = self.rests_on.and(answer.rests_on);
            }
        }
    }

    /// The answer to a question for cases with a number, made if there is none yet.
    fn answer(
        &mut self,
        question: usize,
        number: Option<u64>,
        case: &dyn Fn() -> CaseValues,
        make: &mut Make<'_, T>,
    ) -> u32 {
        let place = self.numbers.begin(question).zip(number);
        let place = place.map(|(begin, number)| begin as usize + number as usize);
        let other = number.map(|number| (question, number));
        let known = match place {
            Some(place) => Some(u32::from(self.places[place])),
            None => other.and_then(|other| self.others.get(&other).copied()),
        };
        if let Some(known) = known.filter(|known| *known > 0) {
            return known;
        }
        let answer = self.make(question, number, &case(), make);
        match (place, other) {
            // One that does not fit is made again; soon all are forgotten.
            (Some(place), _) => self.places[place] = u16::try_from(answer).unwrap_or_default(),
            (None, Some(other)) => {
                self.others.insert(other, answer);
            }
            (None, None) => {}
        }
        answer
    }

    /// Forgets what there is too much of; says whether that was everything, so that places are void.
    pub fn forget_where_full(&mut self) -> bool {
        let is_full = self.made.len() >= MOST_KEPT;
        if is_full {
            self.made.clear();
            self.by_determination.clear();
            self.statements.clear();
            self.answers.truncate(1);
            self.places.fill(0);
            self.others.clear();
        }
        if is_full || self.conclusions.len() >= self.most_combinations {
            self.conclusions.forget();
        }
        if is_full || self.flags.len() >= self.most_combinations {
            self.flags.forget();
        }
        if is_full || self.needs_by_places.len() >= MOST_KEPT {
            self.needs_by_places.clear();
        }
        is_full
    }

    /// The place of the answer to a question for cases with a number, of which `case` gives the values; see [`Self::at`].
    /// `make` is as for [`Self::decide`].
    pub fn decide_number(
        &mut self,
        question: usize,
        number: u32,
        case: &dyn Fn() -> CaseValues,
        make: &mut Make<'_, T>,
    ) -> usize {
        self.answer(question, Some(number.into()), case, make) as usize
    }

    /// What was made for a place, and where the answer is open the number of what it states: answers with the same number
    /// wait for the same facts.
    pub fn at(&self, place: usize) -> (&T, Option<u32>) {
        let made = made_at(&self.made, place as u32);
        let is_open = made
            .determination
            .as_ref()
            .is_some_and(|one| one.value().is_none());
        (&made.made, is_open.then(|| self.answers[place].statement))
    }

    /// The facts that can still change a conclusion where the open ones have these places, in the order of the questions.
    pub fn needs_of(&mut self, open: &[u32]) -> Arc<[FactId]> {
        if let Some(needs) = self.needs_by_places.get(open) {
            return needs.clone();
        }
        let needs: Arc<[FactId]> = needs_of(&self.made, open.iter().copied()).into();
        self.needs_by_places.insert(open.into(), needs.clone());
        needs
    }

    fn make(
        &mut self,
        question: usize,
        number: Option<u64>,
        case: &CaseValues,
        make: &mut Make<'_, T>,
    ) -> u32 {
        let compiled = self.compiled;
        let determined = compiled.determined(question, number, || compiled.known_of(case));
        // Other numbers can determine the same.
        let at = determined.as_ref().map(|one| Arc::as_ptr(one) as usize).ok();
        if let Some(place) = at.and_then(|at| self.by_determination.get(&at)) {
            return *place;
        }
        let place = self.answers.len() as u32;
        self.answers.push(match &determined {
            Ok(determination) => {
                let next = self.statements.len() as u32;
                let statement = Statement::of(determination);
                Answer {
                    statement: *self.statements.entry(statement).or_insert(next),
                    rests_on: determination.rests_on,
                    has_failed: false,
                }
            }
            Err(_) => Answer {
                statement: u32::MAX,
                rests_on: Reads::default(),
                has_failed: true,
            },
        });
        self.made.push(Made {
            determination: determined.as_ref().ok().cloned(),
            made: make(determined.as_ref().map_err(|fault| (**fault).clone())),
        });
        self.by_determination.extend(at.map(|at| (at, place)));
        place
    }

    /// What was made of the answers to all questions of the case that was decided last, in the declared order.
    pub fn answers(&self) -> impl ExactSizeIterator<Item = &T> + Clone {
        let answers = self.current.iter();
        answers.map(|place| &made_at(&self.made, *place).made)
    }

    /// What was made of the answer to a question by its place.
    #[inline]
    pub fn answer_to(&self, question: usize) -> Option<&T> {
        let place = self.current.get(question)?;
        Some(&made_at(&self.made, *place).made)
    }

    /// What is determined of that case, question by question; `None` where a question fails.
    pub fn determinations(&self) -> impl Iterator<Item = Option<&Arc<Determination>>> {
        let answers = self.current.iter();
        answers.map(|place| made_at(&self.made, *place).determination.as_ref())
    }

    /// Whether a question fails for that case.
    pub fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// What was read of the facts that the case states, over all questions: nothing else of the case decides.
    pub fn rests_on(&self) -> Reads {
        self.rests_on
    }

    /// The facts that can still change a conclusion of that case, the most telling first.
    pub fn needs(&self) -> &[FactId] {
        &self.conclusions.kept(self.current_conclusions).needs
    }

    /// What is kept for all cases of whose conclusions the same is stated as of that case: the possible values, and the needs.
    /// It is the default value until something else is put there, and again once too much was kept.
    #[inline]
    pub fn kept_of_conclusions(&self) -> &C {
        &self.conclusions.kept(self.current_conclusions).kept
    }

    /// The same for the flags: which are raised, and which are open.
    #[inline]
    pub fn kept_of_flags(&self) -> &F {
        self.flags.kept(self.current_flags)
    }
}

/// What was made of the answer at a place, of which the first stands for none.
fn made_at<T>(made: &[Made<T>], place: u32) -> &Made<T> {
    &made[place as usize - 1]
}

/// The facts that can still change one of the conclusions whose answers have these places, the most telling first.
fn needs_of<T>(made: &[Made<T>], places: impl Iterator<Item = u32>) -> Vec<FactId> {
    telling::order(places.filter_map(|place| made_at(made, place).determination.as_deref()))
}
