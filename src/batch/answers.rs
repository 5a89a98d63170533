//! What is known of the answers to the questions of all versions, by the sums of cases: each is made once.

use super::deciding::{Answer, Deciding, FlagState, NOTHING, answer};
use super::names::Names;
use crate::columnar::NONE;
use crate::evaluate::{CaseValues, Lanes};
use rustc_hash::FxHashMap;

/// What one answer says of a conclusion, in the names of the batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    /// By number, 0 where it is not determined.
    pub value: u32,
    pub possible: u32,
    pub cites: u32,
    /// Whether it is open, or its case is in error: what is needed depends on it.
    pub is_open: bool,
    /// The version by its place, and the place of the answer there; none where there is no answer.
    at: Option<(usize, u32)>,
}

/// Answers of conclusions and states of flags by the sums of cases.
#[derive(Debug)]
pub(super) struct Answers {
    /// How many conclusions and flags there are; the lanes are those of all conclusions, then of all flags.
    conclusions: usize,
    lanes: Vec<Lanes>,
    /// Of each sum the answer by its place, from 1, or the state of a flag; 0 where it is not known.
    by_sum: Vec<u32>,
    said: Vec<Said>,
    by_place: FxHashMap<(usize, u32), u32>,
    /// The lists of what is needed, by the answers that are open.
    needs: FxHashMap<Vec<u32>, u32>,
    flags: FxHashMap<(usize, u64), (u32, u32)>,
}

/// The states of a flag: not raised, or not asked; raised; open. Two bits each.
const STATE_BITS: usize = 2;
const NOT: u32 = 1;
const RAISED: u32 = 2;
const OPEN: u32 = 3;
/// More flags have no room in a combination.
const MOST_FLAGS: usize = 64 / STATE_BITS;
/// More conclusions than these have no room in a combination.
pub(super) const MOST_CONCLUSIONS: usize = 8;

/// A case for which a question fails.
#[derive(Debug)]
pub(super) struct Fails;

impl Answers {
    /// Nothing is known yet; `None` where cases are to be decided one by one.
    pub fn new(deciders: &[Deciding<'_>], conclusions: usize) -> Option<Self> {
        let flags_of = |deciding: &Deciding<'_>| deciding.writer.policy().flags.len();
        let flags = deciders.iter().map(flags_of).max()?;
        if conclusions > MOST_CONCLUSIONS || flags > MOST_FLAGS || deciders.len() >= usize::from(u8::MAX) {
            return None;
        }
        let count = conclusions + flags;
        // The first sums stand for questions that are not asked, then those for cases that fall under no version.
        let mut length = 2 * count;
        let mut lanes = Vec::new();
        for deciding in deciders {
            let policy = deciding.writer.policy();
            let declared = policy.conclusions.len();
            let flags = (0..flags).map(|flag| (flag < policy.flags.len()).then_some(declared + flag));
            let questions = deciding.places.iter().copied().chain(flags);
            let of_version = questions.enumerate().map(|(lane, question)| match question {
                None => Some((None, lane as u32)),
                Some(question) => {
                    let begin = deciding.decider.begin(question)?;
                    Some((Some(question), u32::try_from(length).ok()? + begin))
                }
            });
            lanes.push(of_version.collect::<Option<Lanes>>()?);
            length += deciding.decider.length();
        }
        u32::try_from(length).ok()?;
        lanes.push((0..count).map(|lane| (None, (count + lane) as u32)).collect());
        let mut answers = Self {
            conclusions,
            lanes,
            by_sum: vec![0; length],
            said: Vec::new(),
            by_place: FxHashMap::default(),
            needs: FxHashMap::default(),
            flags: FxHashMap::default(),
        };
        answers.forget();
        Some(answers)
    }

    /// Forgets all answers: their places are void.
    pub fn forget(&mut self) {
        let count = self.lanes[0].len();
        self.by_sum.fill(0);
        self.said.clear();
        self.by_place.clear();
        self.needs.clear();
        self.flags.clear();
        for is_in_error in [false, true] {
            for lane in 0..count {
                let sum = lane + count * usize::from(is_in_error);
                self.by_sum[sum] = if lane < self.conclusions {
                    self.said.push(Said {
                        value: 0,
                        possible: NOTHING,
                        cites: NOTHING,
                        is_open: is_in_error,
                        at: None,
                    });
                    self.said.len() as u32
                } else {
                    NOT
                };
            }
        }
    }

    /// What is added up for each version, and for cases under none.
    pub fn lanes(&self) -> &[Lanes] {
        &self.lanes
    }

    /// The answer or the state of a sum, as [`Self::find`] gives it; 0 where it is not known.
    #[inline]
    pub fn known(&self, sum: u32) -> u32 {
        self.by_sum[sum as usize]
    }

    /// What an answer says of a conclusion.
    pub fn said(&self, answer: u32) -> &Said {
        &self.said[answer as usize - 1]
    }

    /// How many answers there are.
    pub fn len(&self) -> usize {
        self.said.len()
    }

    /// How many combinations are kept.
    pub fn combinations(&self) -> usize {
        self.needs.len().max(self.flags.len())
    }

    /// Whether an answer is that of cases in error.
    pub fn is_in_error(&self, answer: u32) -> bool {
        let first = self.conclusions as u32 + 1;
        (first..first + self.conclusions as u32).contains(&answer)
    }

    /// What stands for a conclusion or a flag of a case of which a question fails.
    pub fn unanswered(&self, lane: usize) -> u32 {
        if lane < self.conclusions {
            self.in_error(lane)
        } else {
            NOT
        }
    }

    /// The answer of a conclusion of a case that is in error.
    pub fn in_error(&self, conclusion: usize) -> u32 {
        (self.conclusions + conclusion) as u32 + 1
    }

    /// The answer to the question of a lane, from 1, or the state of a flag, made where there is none yet.
    ///
    /// # Errors
    /// The question fails; it is not kept, so that every such case is noticed.
    #[cold]
    pub fn find(
        &mut self,
        deciding: &mut Deciding<'_>,
        (version, lane, sum): (usize, usize, u32),
        case: &dyn Fn() -> CaseValues,
        names: &Names,
    ) -> Result<u32, Fails> {
        let (Some(question), begin) = self.lanes[version][lane] else {
            return Ok(self.known(sum));
        };
        let (writer, language) = (&deciding.writer, deciding.language);
        let decider = &mut deciding.decider;
        let number = sum - begin;
        let place = decider.decide_number(question, number, case, &mut |determined| {
            answer(writer.policy(), language, determined?, names)
        });
        let (Ok(found), is_open) = decider.at(place) else {
            return Err(Fails);
        };
        let known = if lane < self.conclusions {
            let said = &mut self.said;
            *self.by_place.entry((version, place as u32)).or_insert_with(|| {
                let Answer {
                    value,
                    possible,
                    cites,
                    ..
                } = *found;
                said.push(Said {
                    value,
                    possible,
                    cites,
                    is_open,
                    at: Some((version, place as u32)),
                });
                said.len() as u32
            })
        } else {
            match found.state {
                FlagState::Not => NOT,
                FlagState::Raised => RAISED,
                FlagState::Open => OPEN,
            }
        };
        self.by_sum[sum as usize] = known;
        Ok(known)
    }

    /// The bits of a flag in the combination of the states of all.
    pub fn bits_of_flag(&self, lane: usize) -> usize {
        (lane - self.conclusions) * STATE_BITS
    }

    /// The list of the facts that can still change a conclusion where these answers are open; none for a case in error.
    pub fn needs(&mut self, open: &[u32], deciders: &mut [Deciding<'_>], names: &Names) -> u32 {
        if let Some(list) = self.needs.get(open) {
            return *list;
        }
        let places: Option<Vec<(usize, u32)>> = open.iter().map(|answer| self.said(*answer).at).collect();
        let list = places.map_or(NONE, |places| {
            let version = places.first().map_or(0, |(version, _)| *version);
            let places: Vec<u32> = places.into_iter().map(|(_, place)| place).collect();
            let needs = deciders[version].decider.needs_of(&places);
            names.list(needs.iter().map(|fact| fact.name().to_owned()).collect())
        });
        self.needs.insert(open.to_vec(), list);
        list
    }

    /// The lists of the flags that are raised and of those that are open; none for a case that falls under no version.
    pub fn flags(
        &mut self,
        version: usize,
        states: u64,
        deciders: &[Deciding<'_>],
        names: &Names,
    ) -> (u32, u32) {
        let Some(deciding) = deciders.get(version) else {
            return (NONE, NONE);
        };
        *self.flags.entry((version, states)).or_insert_with(|| {
            let of = |wanted: u32| {
                let flags = deciding.writer.policy().flags.iter().enumerate();
                let state = |flag: usize| (states >> (flag * STATE_BITS)) as u32 & OPEN;
                let flags = flags.filter(|(flag, _)| state(*flag) == wanted);
                names.list(flags.map(|(_, flag)| flag.id.clone()).collect())
            };
            (of(RAISED), of(OPEN))
        })
    }
}

/// A list of the batch's names where there is none.
const _: () = assert!(NOTHING == NONE);
