//! Deciding many cases: each answer to each question is made once.

use super::numbers::Numbers;
use super::telling;
use super::{CaseValues, CompiledPolicy, Determination, possible_facts};
use crate::diagnostic::Diagnostic;
use crate::facts::FactId;
use crate::script::Asked;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Decides cases under one policy. For each determination it keeps what `make` made of it, so that a case costs a few
/// look-ups. Each thread has its own.
#[derive(Debug)]
pub struct Decider<'p, T> {
    compiled: &'p CompiledPolicy,
    /// What was made, of all questions.
    made: Vec<Made<T>>,
    /// The answer of each determination that something was made of, by where it lies in memory, where `made` keeps it.
    by_determination: FxHashMap<usize, Answer>,
    numbers: Numbers,
    /// For each place of a question the answer that stands there.
    places: Box<[Answer]>,
    /// The answers of questions with more numbers than places.
    others: FxHashMap<(usize, u64), Answer>,
    /// The needs that occur; the first are none.
    needs: Vec<Arc<[FactId]>>,
    /// Which of them each combination of open conclusions has.
    needs_together: FxHashMap<Box<[Answer]>, usize>,
    /// The same by the places of the open conclusions alone.
    needs_by_places: FxHashMap<Box<[u32]>, Arc<[FactId]>>,
    /// The answers of the case that was decided last, in the order of the questions.
    current: Vec<Answer>,
    /// For each conclusion its answer, where it is open.
    open: Box<[Answer]>,
    current_needs: usize,
    has_failed: bool,
}

/// Makes what is kept of a determination, or of the fault of a question.
type Make<'m, T> = dyn FnMut(Result<&Arc<Determination>, Diagnostic>) -> T + 'm;

#[derive(Debug)]
struct Made<T> {
    determination: Option<Arc<Determination>>,
    made: T,
}

/// Where in `made` an answer stands, and whether it is open or failed; zero is no answer yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Answer(u32);

impl Answer {
    fn new(place: usize, is_open: bool, has_failed: bool) -> Self {
        Self((place as u32 + 1) << 2 | u32::from(is_open) << 1 | u32::from(has_failed))
    }

    fn place(self) -> usize {
        (self.0 >> 2) as usize - 1
    }

    fn is_none(self) -> bool {
        self.0 == 0
    }

    fn is_open(self) -> bool {
        self.0 & 2 != 0
    }

    fn has_failed(self) -> bool {
        self.0 & 1 != 0
    }
}

/// Up to this many numbers each has a place of its own.
const MOST_PLACES: u64 = 1 << 17;
/// So many determinations and combinations are kept; then all are forgotten, so that memory stays bounded.
const MOST_KEPT: usize = 1 << 17;

impl<'p, T> Decider<'p, T> {
    /// A decider that has decided nothing yet.
    pub fn new(compiled: &'p CompiledPolicy) -> Self {
        Self::with_places(compiled, MOST_PLACES)
    }

    /// A decider in which questions with more numbers than `most_places` have no places of their own.
    fn with_places(compiled: &'p CompiledPolicy, most_places: u64) -> Self {
        let numbers = Numbers::of(compiled, most_places);
        let is_conclusion = |asked: &Asked| matches!(asked, Asked::Conclusion(_));
        let conclusions = compiled.asked().take_while(is_conclusion).count();
        Self {
            compiled,
            made: Vec::new(),
            by_determination: FxHashMap::default(),
            places: vec![Answer::default(); numbers.length()].into(),
            others: FxHashMap::default(),
            needs: vec![Arc::default()],
            needs_together: FxHashMap::default(),
            needs_by_places: FxHashMap::default(),
            current: Vec::new(),
            open: vec![Answer::default(); conclusions].into(),
            current_needs: 0,
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
        self.current
            .resize(self.compiled.asked().len(), Answer::default());
        let mut is_complete = true;
        let mut union = 0;
        for (answer, place) in self.current.iter_mut().zip(self.numbers.of_case(case)) {
            *answer = self.places[*place as usize];
            is_complete &= !answer.is_none();
            union |= answer.0;
        }
        if !is_complete {
            self.complete(case, make);
            union = self.current.iter().fold(0, |union, answer| union | answer.0);
        }
        self.has_failed = Answer(union).has_failed();
        let mut is_open = false;
        for (open, answer) in self.open.iter_mut().zip(&self.current) {
            is_open |= answer.is_open();
            *open = if answer.is_open() {
                *answer
            } else {
                Answer::default()
            };
        }
        self.current_needs = if !is_open {
            0
        } else if let Some(needs) = self.needs_together.get(&self.open[..]) {
            *needs
        } else {
            self.add_needs()
        };
        Ok(())
    }

    /// Finds the answers to those questions of the current case that have none yet.
    fn complete(&mut self, case: &CaseValues, make: &mut Make<'_, T>) {
        let codes = self.compiled.codes_of(case);
        for question in 0..self.current.len() {
            if self.current[question].is_none() {
                let number = self.compiled.number(question, &codes);
                self.current[question] = self.answer(question, number, &|| case.clone(), make);
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
    ) -> Answer {
        let place = self.numbers.begin(question).zip(number);
        let place = place.map(|(begin, number)| begin as usize + number as usize);
        let other = number.map(|number| (question, number));
        let known = match place {
            Some(place) => Some(self.places[place]),
            None => other.and_then(|other| self.others.get(&other).copied()),
        };
        if let Some(known) = known.filter(|known| !known.is_none()) {
            return known;
        }
        let answer = self.make(question, number, &case(), make);
        match (place, other) {
            (Some(place), _) => self.places[place] = answer,
            (None, Some(other)) => {
                self.others.insert(other, answer);
            }
            (None, None) => {}
        }
        answer
    }

    /// Forgets everything where too much is kept; says whether it did, so that places are void.
    pub fn forget_where_full(&mut self) -> bool {
        let combinations = self.needs_together.len().max(self.needs_by_places.len());
        let is_full = self.made.len().max(combinations) >= MOST_KEPT;
        if is_full {
            self.forget();
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
        self.answer(question, Some(number.into()), case, make).place()
    }

    /// What was made for a place, and whether the answer is open.
    pub fn at(&self, place: usize) -> (&T, bool) {
        let made = &self.made[place];
        let determination = made.determination.as_ref();
        (&made.made, determination.is_some_and(|one| one.value().is_none()))
    }

    /// The facts that can still change a conclusion where the open ones have these places, in the order of the questions.
    pub fn needs_of(&mut self, open: &[u32]) -> Arc<[FactId]> {
        if let Some(needs) = self.needs_by_places.get(open) {
            return needs.clone();
        }
        let needs: Arc<[FactId]> = self
            .ordered_needs(open.iter().map(|place| *place as usize))
            .into();
        self.needs_by_places.insert(open.into(), needs.clone());
        needs
    }

    fn make(
        &mut self,
        question: usize,
        number: Option<u64>,
        case: &CaseValues,
        make: &mut Make<'_, T>,
    ) -> Answer {
        let compiled = self.compiled;
        let determined = compiled.determined(question, number, || compiled.known_of(case));
        // Other numbers can determine the same.
        let at = determined.as_ref().map(|one| Arc::as_ptr(one) as usize).ok();
        if let Some(answer) = at.and_then(|at| self.by_determination.get(&at)) {
            return *answer;
        }
        let is_open = determined.as_ref().is_ok_and(|one| one.value().is_none());
        let answer = Answer::new(self.made.len(), is_open, determined.is_err());
        self.made.push(Made {
            determination: determined.as_ref().ok().cloned(),
            made: make(determined.as_ref().map_err(|fault| (**fault).clone())),
        });
        self.by_determination.extend(at.map(|at| (at, answer)));
        answer
    }

    /// The facts that can still change one of the open conclusions at these places, the most telling first.
    fn ordered_needs(&self, open: impl Iterator<Item = usize>) -> Vec<FactId> {
        let open: Vec<Arc<Determination>> = open
            .filter_map(|place| self.made[place].determination.clone())
            .collect();
        telling::order(&open)
    }

    /// The needs of the open conclusions, which were not open together before.
    fn add_needs(&mut self) -> usize {
        let open = self.open.iter().filter(|answer| !answer.is_none());
        let needs = self.ordered_needs(open.map(|answer| answer.place()));
        let known = self.needs.iter().position(|known| known[..] == needs[..]);
        let place = known.unwrap_or_else(|| {
            self.needs.push(needs.into());
            self.needs.len() - 1
        });
        self.needs_together.insert(self.open.clone(), place);
        place
    }

    fn forget(&mut self) {
        self.made.clear();
        self.by_determination.clear();
        self.places.fill(Answer::default());
        self.others.clear();
        self.needs.truncate(1);
        self.needs_together.clear();
        self.needs_by_places.clear();
        self.current_needs = 0;
    }

    /// What was made of the answers to all questions of the case that was decided last, in the declared order.
    pub fn answers(&self) -> impl ExactSizeIterator<Item = &T> + Clone {
        self.current.iter().map(|answer| &self.made[answer.place()].made)
    }

    /// What is determined of that case, question by question; `None` where a question fails.
    pub fn determinations(&self) -> impl Iterator<Item = Option<&Arc<Determination>>> {
        self.current
            .iter()
            .map(|answer| self.made[answer.place()].determination.as_ref())
    }

    /// Whether a question fails for that case.
    pub fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// The facts that can still change a conclusion of that case, the most telling first.
    pub fn needs(&self) -> &[FactId] {
        &self.needs[self.current_needs]
    }
}

#[cfg(test)]
mod tests {
    use super::super::drawn;
    use super::*;
    use crate::policy::{Policies, PolicyId, RulesTree};

    #[test]
    fn questions_with_and_without_places_of_their_own_are_decided_as_by_evaluating() {
        let id = PolicyId::parse("mali/2025").unwrap();
        let mut policies = Policies::open(&RulesTree::embedded(), Some("mali/2025")).unwrap();
        let compiled = CompiledPolicy::of(policies.version(&id).unwrap());
        let gazetteer = policies.gazetteer();
        let mut deciders = [MOST_PLACES, 100, 0].map(|most| Decider::with_places(&compiled, most));
        for case in drawn::cases(gazetteer).take(2000) {
            let evaluation = compiled.evaluate(&case.knowledge(gazetteer)).unwrap();
            for decider in &mut deciders {
                let made = decider.decide(&case, &mut |determined| determined.unwrap().possible.clone());
                assert!(made.is_ok() && !decider.has_failed());
                assert_eq!(decider.needs(), evaluation.needs);
                let conclusions = evaluation.conclusions.iter();
                let expected: Vec<&Vec<usize>> = conclusions.map(|one| &one.possible).collect();
                let answers: Vec<&Vec<usize>> = decider.answers().take(expected.len()).collect();
                assert_eq!(answers, expected);
                let flags = decider.determinations().skip(expected.len()).flatten();
                let flags = flags.filter(|flag| flag.possible != [super::super::NOT_RAISED]);
                let flags: Vec<Asked> = flags.map(|flag| flag.asked).collect();
                let expected: Vec<Asked> = evaluation.flags.iter().map(|flag| flag.asked).collect();
                assert_eq!(flags, expected);
            }
        }
    }
}
