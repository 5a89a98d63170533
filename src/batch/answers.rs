//! What is known of the answers to the questions of all versions, by the sums of cases: each is made once.

use super::deciding::{Deciding, FlagState, NOTHING, answer};
use super::names::Names;
use super::outcomes::{Outcome, Outcomes, TooMany};
use crate::columnar::NONE;
use crate::evaluate::{CaseValues, CompiledPolicy, Lane, put_together};
use rustc_hash::FxHashMap;

/// What one answer says of a conclusion, in the names of the batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    /// By number, 0 where it is not determined.
    pub value: u32,
    pub possible: u32,
    pub cites: u32,
    /// Where it is open, or its case is in error, the first answer that waits for the same: what is needed depends on it.
    waits_as: Option<u32>,
    /// The version by its place, and the place of the answer there; none where there is no answer.
    at: Option<(usize, u32)>,
}

/// A question that stands in a lane.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// A conclusion of the batch.
    Conclusion(usize),
    /// A flag of the version.
    Flag(usize),
}

/// Answers of conclusions and states of flags by the sums of cases.
#[derive(Debug)]
pub(super) struct Answers {
    conclusions: usize,
    /// For each version, and for cases under none, what is added up.
    lanes: Vec<Vec<Lane>>,
    /// For each version and lane where its questions stand, in their order.
    places: Vec<Vec<Vec<Place>>>,
    /// The conclusions of each lane.
    conclusions_of: Vec<Vec<usize>>,
    /// The lanes that have flags.
    lanes_of_flags: Vec<usize>,
    /// Of each sum the outcome; 0 where it is not known.
    by_sum: Vec<u32>,
    outcomes: Outcomes,
    said: Vec<Said>,
    by_place: FxHashMap<(usize, u32), u32>,
    /// By version and by what they state the first of those answers that are open.
    by_statement: FxHashMap<(usize, u32), u32>,
    /// The lists of what is needed, by the answers that are open.
    needs: FxHashMap<Vec<u32>, u32>,
    flags: FxHashMap<(usize, u64), (u32, u32)>,
}

/// The states of a flag: raised, open; else it is not raised, or not asked. Two bits each.
const STATE_BITS: usize = 2;
const RAISED: u64 = 1;
const OPEN: u64 = 2;
/// More flags have no room in a combination.
const MOST_FLAGS: usize = 64 / STATE_BITS;
/// More conclusions than these have no room in a combination.
pub(super) const MOST_CONCLUSIONS: usize = 8;
/// So many numbers have questions that are answered together: what is known of them stays in a near cache.
const MOST_TOGETHER: u64 = 1 << 14;
/// So many has a question alone.
const MOST_ALONE: u64 = 1 << 17;
/// More combinations are not kept.
const MOST_KEPT: usize = 1 << 17;

/// Why a case has no outcome.
#[derive(Debug)]
pub(super) enum NoOutcome {
    /// A question fails.
    Fails,
    /// There are too many.
    TooMany,
}

impl Answers {
    /// Nothing is known yet; `None` where cases are to be decided one by one.
    pub fn new(deciders: &[Deciding<'_>], conclusions: usize) -> Option<Self> {
        let flags_of = |deciding: &Deciding<'_>| deciding.writer.policy().flags.len();
        let flags = deciders.iter().map(flags_of).max()?;
        if conclusions > MOST_CONCLUSIONS || flags > MOST_FLAGS || deciders.len() >= usize::from(u8::MAX) {
            return None;
        }
        // Flags of several versions are the same where they have the same name.
        let mut names: Vec<&str> = Vec::new();
        let policies = || deciders.iter().map(|deciding| deciding.writer.policy());
        for flag in policies().flat_map(|policy| &policy.flags) {
            if !names.contains(&flag.id.as_str()) {
                names.push(&flag.id);
            }
        }
        let asked: Vec<Vec<Option<usize>>> = deciders
            .iter()
            .map(|deciding| {
                let policy = deciding.writer.policy();
                let flags = names.iter().map(|name| {
                    let flag = policy.flags.iter().position(|flag| flag.id == *name);
                    flag.map(|flag| policy.conclusions.len() + flag)
                });
                deciding.places.iter().copied().chain(flags).collect()
            })
            .collect();
        let compiled: Vec<&CompiledPolicy> = deciders.iter().map(|own| own.decider.compiled()).collect();
        let groups = put_together(&compiled, &asked, MOST_TOGETHER, MOST_ALONE)?;
        let count = groups.len();
        // The first sums stand for lanes without questions, then those for cases that fall under no version.
        let mut length = 2 * count;
        let (mut lanes, mut places) = (Vec::new(), Vec::new());
        for (version, policy) in policies().enumerate() {
            let joints = groups.iter().map(|group| &group.of_versions[version]);
            let of_version = joints.enumerate().map(|(lane, joint)| {
                if joint.questions().is_empty() {
                    return Lane {
                        joint: None,
                        begin: lane as u32,
                    };
                }
                let begin = length as u32;
                length += joint.size() as usize;
                Lane {
                    joint: Some(joint.clone()),
                    begin,
                }
            });
            lanes.push(of_version.collect());
            let of_groups = groups.iter().map(|group| {
                let asked = group.places.iter().filter_map(|place| {
                    let question = asked[version][*place]?;
                    Some(if *place < conclusions {
                        Place::Conclusion(*place)
                    } else {
                        Place::Flag(question - policy.conclusions.len())
                    })
                });
                asked.collect()
            });
            places.push(of_groups.collect());
        }
        u32::try_from(length).ok()?;
        let none = (0..count).map(|lane| Lane {
            joint: None,
            begin: (count + lane) as u32,
        });
        lanes.push(none.collect());
        let conclusions_of = groups.iter().map(|group| {
            let places = group.places.iter().copied();
            let mut of: Vec<usize> = places.filter(|place| *place < conclusions).collect();
            of.sort_unstable();
            of
        });
        let has_flags = |places: &[usize]| places.iter().any(|place| *place >= conclusions);
        let of_flags = groups.iter().enumerate();
        let of_flags = of_flags.filter(|(_, group)| has_flags(&group.places));
        let mut answers = Self {
            conclusions,
            lanes_of_flags: of_flags.map(|(lane, _)| lane).collect(),
            lanes,
            places,
            conclusions_of: conclusions_of.collect(),
            by_sum: vec![0; length],
            outcomes: Outcomes::new(count),
            said: Vec::new(),
            by_place: FxHashMap::default(),
            by_statement: FxHashMap::default(),
            needs: FxHashMap::default(),
            flags: FxHashMap::default(),
        };
        answers.add_first().ok()?;
        Some(answers)
    }

    /// Forgets all answers where there are many, or where their places are void.
    pub fn forget(&mut self, are_void: bool) {
        let combinations = self.needs.len().max(self.flags.len());
        if are_void || self.outcomes.is_full() || combinations >= MOST_KEPT {
            self.by_sum.fill(0);
            self.outcomes = Outcomes::new(self.conclusions_of.len());
            self.said.clear();
            self.by_place.clear();
            self.by_statement.clear();
            self.needs.clear();
            self.flags.clear();
            // It had room for them before.
            let _ = self.add_first();
        }
    }

    /// The outcomes of lanes without questions, and of cases in error.
    fn add_first(&mut self) -> Result<(), TooMany> {
        for is_in_error in [false, true] {
            for _ in 0..self.conclusions {
                let answer = self.said.len() as u32 + 1;
                self.said.push(Said {
                    value: 0,
                    possible: NOTHING,
                    cites: NOTHING,
                    waits_as: is_in_error.then_some(answer),
                    at: None,
                });
            }
            for lane in 0..self.conclusions_of.len() {
                let answers = self.conclusions_of[lane].iter().map(|conclusion| {
                    let answer = if is_in_error {
                        self.in_error(*conclusion)
                    } else {
                        not_asked(*conclusion)
                    };
                    (*conclusion, answer)
                });
                let outcome = Outcome {
                    lane,
                    answers: answers.collect(),
                    states: 0,
                };
                let number = self
                    .outcomes
                    .number(outcome, |answer| self.said[answer as usize - 1].waits_as)?;
                self.by_sum[lane + self.conclusions_of.len() * usize::from(is_in_error)] = number;
            }
        }
        Ok(())
    }

    /// What is added up for each version, and for cases under none.
    pub fn lanes(&self) -> &[Vec<Lane>] {
        &self.lanes
    }

    /// The conclusions of each lane.
    pub fn conclusions_of(&self) -> &[Vec<usize>] {
        &self.conclusions_of
    }

    /// The lanes that have flags.
    pub fn lanes_of_flags(&self) -> &[usize] {
        &self.lanes_of_flags
    }

    /// The outcomes.
    pub fn outcomes(&self) -> &Outcomes {
        &self.outcomes
    }

    /// The outcome of a sum; 0 where it is not known.
    #[inline]
    pub fn known(&self, sum: u32) -> u32 {
        self.by_sum[sum as usize]
    }

    /// The outcome of a lane of a case that is in error.
    pub fn outcome_in_error(&self, lane: usize) -> u32 {
        self.known((self.conclusions_of.len() + lane) as u32)
    }

    /// What an answer says of a conclusion.
    pub fn said(&self, answer: u32) -> &Said {
        &self.said[answer as usize - 1]
    }

    /// Whether an answer is that of cases in error.
    pub fn is_in_error(&self, answer: u32) -> bool {
        let first = self.conclusions as u32 + 1;
        (first..first + self.conclusions as u32).contains(&answer)
    }

    /// The answer of a conclusion of a case that is in error.
    fn in_error(&self, conclusion: usize) -> u32 {
        self.conclusions as u32 + not_asked(conclusion)
    }

    /// The outcome of a lane for a sum, made where there is none yet.
    ///
    /// # Errors
    /// A question fails, which is not kept, so that every such case is noticed; or there are too many outcomes.
    pub fn find(
        &mut self,
        deciding: &mut Deciding<'_>,
        (version, lane, sum): (usize, usize, u32),
        case: &dyn Fn() -> CaseValues,
        names: &Names,
    ) -> Result<u32, NoOutcome> {
        let Lane {
            joint: Some(joint),
            begin,
        } = &self.lanes[version][lane]
        else {
            return Ok(self.known(sum));
        };
        let numbers = joint.numbers(sum - begin);
        let questions = joint.questions().iter().zip(numbers);
        let mut outcome = Outcome {
            lane,
            answers: Vec::new(),
            states: 0,
        };
        for (place, (question, number)) in self.places[version][lane].iter().zip(questions) {
            let (writer, language) = (&deciding.writer, deciding.language);
            let at = deciding
                .decider
                .decide_number(*question, number as u32, case, &mut |determined| {
                    Ok(answer(writer.policy(), language, determined?, names))
                });
            let (Ok(found), open) = deciding.decider.at(at) else {
                return Err(NoOutcome::Fails);
            };
            match place {
                Place::Flag(flag) => {
                    let state = match found.state {
                        FlagState::Not => 0,
                        FlagState::Raised => RAISED,
                        FlagState::Open => OPEN,
                    };
                    outcome.states |= state << (flag * STATE_BITS);
                }
                Place::Conclusion(conclusion) => {
                    let at = (version, at as u32);
                    let (said, by_statement) = (&mut self.said, &mut self.by_statement);
                    let answer = *self.by_place.entry(at).or_insert_with(|| {
                        let answer = said.len() as u32 + 1;
                        let first =
                            open.map(|stated| by_statement.entry((version, stated)).or_insert(answer));
                        said.push(Said {
                            value: found.value,
                            possible: found.possible,
                            cites: found.cites,
                            waits_as: first.copied(),
                            at: Some(at),
                        });
                        answer
                    });
                    outcome.answers.push((*conclusion, answer));
                }
            }
        }
        for conclusion in &self.conclusions_of[lane] {
            if outcome.answers.iter().all(|(known, _)| known != conclusion) {
                outcome.answers.push((*conclusion, not_asked(*conclusion)));
            }
        }
        outcome.answers.sort_unstable();
        let said = &self.said;
        let waits_as = |answer: u32| said[answer as usize - 1].waits_as;
        let number = self.outcomes.number(outcome, waits_as);
        let number = number.map_err(|TooMany| NoOutcome::TooMany)?;
        self.by_sum[sum as usize] = number;
        Ok(number)
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
            names.list(needs.iter().map(|fact| fact.name()))
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
            let of = |wanted: u64| {
                let flags = deciding.writer.policy().flags.iter().enumerate();
                let state = |flag: usize| states >> (flag * STATE_BITS) & (RAISED | OPEN);
                let flags = flags.filter(|(flag, _)| state(*flag) == wanted);
                names.list(flags.map(|(_, flag)| flag.id.as_str()))
            };
            (of(RAISED), of(OPEN))
        })
    }
}

/// The answer of a conclusion that is not asked.
fn not_asked(conclusion: usize) -> u32 {
    conclusion as u32 + 1
}

/// A list of the batch's names where there is none.
const _: () = assert!(NOTHING == NONE);
