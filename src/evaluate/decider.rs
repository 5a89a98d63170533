//! Deciding many cases: each answer to each question is made once.

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
    /// For each question where its number stands in `made`, plus one; 0 is not there yet.
    places: Vec<Places>,
    /// The needs of each combination of open conclusions.
    needs: FxHashMap<Box<[u32]>, Arc<[FactId]>>,
    /// Where in `made` the answers of the case stand that was decided last, in the order of the questions.
    current: Vec<u32>,
    /// Those of its conclusions that are open.
    open: Vec<u32>,
    current_needs: Arc<[FactId]>,
}

/// Makes what is kept of a determination, or of the fault of a question.
type Make<'m, T> = dyn FnMut(Result<&Arc<Determination>, Diagnostic>) -> T + 'm;

#[derive(Debug)]
struct Made<T> {
    determination: Option<Arc<Determination>>,
    is_open: bool,
    made: T,
}

#[derive(Debug)]
enum Places {
    /// A place for each number.
    All(Box<[u32]>),
    Some(FxHashMap<u64, u32>),
}

/// Up to this many numbers each has a place of its own.
const MOST_PLACES: u64 = 1 << 17;
/// So many determinations and combinations are kept; then all are forgotten, so that memory stays bounded.
const MOST_KEPT: usize = 1 << 17;

impl<'p, T> Decider<'p, T> {
    /// A decider that has decided nothing yet.
    pub fn new(compiled: &'p CompiledPolicy) -> Self {
        Self {
            compiled,
            made: Vec::new(),
            places: (0..compiled.asked().len())
                .map(|question| Places::of(compiled.size(question)))
                .collect(),
            needs: FxHashMap::default(),
            current: Vec::new(),
            open: Vec::new(),
            current_needs: Arc::default(),
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
        let codes = self.compiled.codes_of(case);
        self.current.clear();
        self.open.clear();
        for question in 0..self.places.len() {
            let number = self.compiled.number(question, &codes);
            let place = match number.map_or(0, |number| self.places[question].get(number)) {
                0 => self.make(question, number, case, make),
                place => place,
            };
            self.current.push(place - 1);
        }
        for (place, asked) in self.current.iter().zip(self.compiled.asked()) {
            if matches!(asked, Asked::Conclusion(_)) && self.made[*place as usize].is_open {
                self.open.push(*place);
            }
        }
        let open = std::mem::take(&mut self.open);
        self.current_needs = self.needs_of(&open);
        self.open = open;
        Ok(())
    }

    fn make(
        &mut self,
        question: usize,
        number: Option<u64>,
        case: &CaseValues,
        make: &mut Make<'_, T>,
    ) -> u32 {
        let gazetteer = &self.compiled.policy().gazetteer;
        let determined = self
            .compiled
            .determined(question, number, || case.knowledge(gazetteer));
        let made = Made {
            is_open: determined.as_ref().is_ok_and(|one| one.value().is_none()),
            determination: determined.as_ref().ok().cloned(),
            made: make(determined.as_ref().map_err(|fault| (**fault).clone())),
        };
        self.made.push(made);
        let place = self.made.len() as u32;
        if let Some(number) = number {
            self.places[question].set(number, place);
        }
        place
    }

    /// Forgets everything where too much is kept; says whether it did, so that places are void.
    pub fn forget_where_full(&mut self) -> bool {
        let is_full = self.made.len() >= MOST_KEPT || self.needs.len() >= MOST_KEPT;
        if is_full {
            self.forget();
        }
        is_full
    }

    /// The places of the answers to a question for cases with these numbers, of which `case` gives the values; see
    /// [`Self::at`]. `make` is as for [`Self::decide`].
    pub fn decide_numbers(
        &mut self,
        question: usize,
        numbers: &[u32],
        case: &dyn Fn(usize) -> CaseValues,
        make: &mut Make<'_, T>,
        places: &mut Vec<u32>,
    ) {
        places.clear();
        for (index, number) in numbers.iter().enumerate() {
            let number = u64::from(*number);
            let place = match self.places[question].get(number) {
                0 => self.make(question, Some(number), &case(index), make),
                place => place,
            };
            places.push(place - 1);
        }
    }

    /// How many places there are: those from 0.
    pub fn len(&self) -> usize {
        self.made.len()
    }

    /// Whether nothing was decided.
    pub fn is_empty(&self) -> bool {
        self.made.is_empty()
    }

    /// What was made for a place, and whether the answer is open.
    pub fn at(&self, place: usize) -> (&T, bool) {
        let made = &self.made[place];
        (&made.made, made.is_open)
    }

    /// The facts that can still change a conclusion where the open ones have these places, in the order of the questions.
    pub fn needs_of(&mut self, open: &[u32]) -> Arc<[FactId]> {
        if let Some(needs) = self.needs.get(open) {
            return needs.clone();
        }
        let determinations = open.iter();
        let determinations: Vec<Arc<Determination>> = determinations
            .filter_map(|place| self.made[*place as usize].determination.clone())
            .collect();
        let needs: Arc<[FactId]> = telling::order(&determinations).into();
        self.needs.insert(open.into(), needs.clone());
        needs
    }

    fn forget(&mut self) {
        self.made.clear();
        self.needs.clear();
        for (question, places) in self.places.iter_mut().enumerate() {
            *places = Places::of(self.compiled.size(question));
        }
    }

    /// What was made of the answers to all questions of the case that was decided last, in the declared order.
    pub fn answers(&self) -> impl ExactSizeIterator<Item = &T> + Clone {
        self.current.iter().map(|place| &self.made[*place as usize].made)
    }

    /// What is determined of that case, question by question; `None` where a question fails.
    pub fn determinations(&self) -> impl Iterator<Item = Option<&Arc<Determination>>> {
        self.current
            .iter()
            .map(|place| self.made[*place as usize].determination.as_ref())
    }

    /// The facts that can still change a conclusion of that case, the most telling first.
    pub fn needs(&self) -> &[FactId] {
        &self.current_needs
    }
}

impl Places {
    fn of(size: Option<u64>) -> Self {
        match size {
            Some(size) if size <= MOST_PLACES => Self::All(vec![0; size as usize].into()),
            _ => Self::Some(FxHashMap::default()),
        }
    }

    fn get(&self, number: u64) -> u32 {
        match self {
            Self::All(places) => places[number as usize],
            Self::Some(places) => places.get(&number).copied().unwrap_or_default(),
        }
    }

    fn set(&mut self, number: u64, place: u32) {
        match self {
            Self::All(places) => places[number as usize] = place,
            Self::Some(places) => {
                places.insert(number, place);
            }
        }
    }
}
