//! What is decided of questions that are answered together: each combination of answers that occurs has a number.

use rustc_hash::FxHashMap;
use std::hash::Hash;

/// A conclusion by its place, and its answer.
pub(super) type OfConclusion = (usize, u32);

/// What is decided of the questions of one lane.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Outcome {
    /// Which lane it is.
    pub lane: usize,
    /// The answers of its conclusions, by their places.
    pub answers: Vec<OfConclusion>,
    /// The states of its flags, two bits for each flag of the version.
    pub states: u64,
}

/// What a case takes from an outcome.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OfCase {
    /// Which of the states of flags of the lane it has; the first is that none is raised or open.
    pub states: u16,
    /// Which of the combinations of open answers of the lane it has; the first is none.
    pub open: u16,
}

/// The outcomes that occur, numbered from 1.
#[derive(Debug)]
pub(super) struct Outcomes {
    numbers: FxHashMap<Outcome, u32>,
    of_cases: Vec<OfCase>,
    answers: Vec<Vec<OfConclusion>>,
    /// For each lane the combinations of open answers, each by the first that waits for the same.
    open: Vec<Numbered<Vec<OfConclusion>>>,
    /// For each lane the states of flags.
    states: Vec<Numbered<u64>>,
}

/// What occurs, numbered from 0, which is that of nothing.
#[derive(Debug)]
struct Numbered<T> {
    numbers: FxHashMap<T, u16>,
    all: Vec<T>,
}

impl<T: Default + Clone + Eq + Hash> Numbered<T> {
    fn new() -> Self {
        Self {
            numbers: [(T::default(), 0)].into_iter().collect(),
            all: vec![T::default()],
        }
    }

    fn number(&mut self, of: T) -> Result<u16, TooMany> {
        if let Some(number) = self.numbers.get(&of) {
            return Ok(*number);
        }
        let number = u16::try_from(self.all.len()).map_err(|_| TooMany)?;
        self.all.push(of.clone());
        self.numbers.insert(of, number);
        Ok(number)
    }
}

/// The number of an outcome, or of a combination of open answers, would be too large.
#[derive(Debug)]
pub(super) struct TooMany;

/// More outcomes than these are not kept.
const MOST_KEPT: usize = 1 << 15;

impl Outcomes {
    /// None yet, for so many lanes.
    pub fn new(lanes: usize) -> Self {
        Self {
            numbers: FxHashMap::default(),
            of_cases: vec![OfCase::default()],
            answers: vec![Vec::new()],
            open: std::iter::repeat_with(Numbered::new).take(lanes).collect(),
            states: std::iter::repeat_with(Numbered::new).take(lanes).collect(),
        }
    }

    /// The number of an outcome; `waits_as` gives of an open answer the first that waits for the same.
    ///
    /// # Errors
    /// There are too many.
    pub fn number(
        &mut self,
        outcome: Outcome,
        waits_as: impl Fn(u32) -> Option<u32>,
    ) -> Result<u32, TooMany> {
        if let Some(number) = self.numbers.get(&outcome) {
            return Ok(*number);
        }
        let answers = outcome.answers.iter();
        let open = answers.filter_map(|(conclusion, answer)| Some((*conclusion, waits_as(*answer)?)));
        let open: Vec<OfConclusion> = open.collect();
        let open = self.open[outcome.lane].number(open)?;
        let states = self.states[outcome.lane].number(outcome.states)?;
        let number = self.of_cases.len() as u32;
        self.of_cases.push(OfCase { states, open });
        self.answers.push(outcome.answers.clone());
        self.numbers.insert(outcome, number);
        Ok(number)
    }

    /// How many numbers are given, with that of none.
    pub fn len(&self) -> usize {
        self.of_cases.len()
    }

    /// Whether there are so many that they should be forgotten.
    pub fn is_full(&self) -> bool {
        self.len() > MOST_KEPT
    }

    /// What cases take from each outcome, by number.
    pub fn of_cases(&self) -> &[OfCase] {
        &self.of_cases
    }

    /// The answers of an outcome.
    pub fn answers(&self, number: u32) -> &[OfConclusion] {
        &self.answers[number as usize]
    }

    /// The combinations of open answers of a lane, by number.
    pub fn open(&self, lane: usize) -> &[Vec<OfConclusion>] {
        &self.open[lane].all
    }

    /// The states of flags of a lane, by number.
    pub fn states(&self, lane: usize) -> &[u64] {
        &self.states[lane].all
    }
}

/// The outcomes of one lane that occur in a group of rows, by ids in the order in which they first occur.
#[derive(Debug)]
pub(super) struct OutcomeIds {
    /// Of each outcome its id.
    of_outcome: Vec<u16>,
    outcomes: Vec<u32>,
}

/// An outcome that has no id.
const NO_ID: u16 = u16::MAX;

impl OutcomeIds {
    /// None yet.
    pub fn new() -> Self {
        Self {
            of_outcome: Vec::new(),
            outcomes: Vec::new(),
        }
    }

    /// Makes room for so many outcomes.
    pub fn make_room(&mut self, outcomes: usize) {
        self.of_outcome.resize(outcomes, NO_ID);
    }

    /// The id of an outcome, for which there is room.
    #[inline]
    pub fn id(&mut self, outcome: u32) -> u16 {
        match self.of_outcome[outcome as usize] {
            NO_ID => self.add(outcome),
            id => id,
        }
    }

    #[cold]
    fn add(&mut self, outcome: u32) -> u16 {
        // There are too many where this is none.
        let id = self.outcomes.len().min(usize::from(NO_ID)) as u16;
        self.of_outcome[outcome as usize] = id;
        self.outcomes.push(outcome);
        id
    }

    /// Whether there are more outcomes than ids.
    pub fn are_too_many(&self) -> bool {
        self.outcomes.len() > usize::from(NO_ID)
    }

    /// The outcomes by id.
    pub fn outcomes(&self) -> &[u32] {
        &self.outcomes
    }
}
