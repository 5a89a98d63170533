//! What scripts did before. Rules are pure: a question that is told the same again asks for the same and ends the same,
//! so its script runs once for each way through its own text, whatever the questions that it builds on went through.

use super::Asked;
use super::run::{Conclusion, Outcome, Read, Run, Site, Use};
use super::state::Oracle;
use crate::facts::{FactId, Question};
use rustc_hash::FxHashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// What a script asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    /// To read a fact.
    Read(Question, Site),
    /// To use another question, of the region or of another place.
    Use(Asked, FactId, Site),
}

/// How a question ended that did not fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answered {
    Concluded(Conclusion),
    NotRaised,
}

/// What a script asked for, with what it was told each time.
pub(super) type Told = Vec<(Asks, u32)>;

/// What a script does at a point on its way.
#[derive(Debug, Clone)]
enum Does {
    Asks(Asks),
    Ends(Answered),
}

/// The ways through the scripts of a program that were taken and did not fail.
#[derive(Debug, Default)]
pub(super) struct Remembered(RwLock<Ways>);

/// Ways that begin alike share their points. All points stand in one list, because a way can be longer than a stack is
/// deep.
#[derive(Debug, Default)]
struct Ways {
    points: Vec<Does>,
    /// Where the script of a question begins, by the fact that it sees as the region.
    begins: FxHashMap<Questioned, usize>,
    /// Where a script goes on from a point when it is told this.
    next: FxHashMap<(usize, u32), usize>,
}

/// So many points are remembered, so that memory stays bounded; beyond them scripts run each time.
const MOST_POINTS: usize = 1 << 16;

impl Remembered {
    fn ways(&self) -> RwLockReadGuard<'_, Ways> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn ways_to_add_to(&self) -> RwLockWriteGuard<'_, Ways> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The run of a question that goes no way that is new; `None` where the scripts must run.
    pub fn run(&self, asked: Asked, oracle: &mut Oracle) -> Option<Run> {
        let (answered, again) =
            self.answer((asked, FactId::Region), oracle, Vec::new(), FxHashMap::default())?;
        Some(Run {
            reads: again.reads,
            uses: again.uses,
            outcome: match answered {
                Answered::Concluded(conclusion) => Outcome::Concluded(conclusion),
                Answered::NotRaised => Outcome::NotRaised,
            },
        })
    }

    /// How a question ends, and what is read and used for that, within a run in which some questions are being answered and
    /// some are; `None` where the scripts must run.
    pub fn answer(
        &self,
        question: Questioned,
        oracle: &mut Oracle,
        asking: Vec<Questioned>,
        answered: FxHashMap<Questioned, Conclusion>,
    ) -> Option<(Answered, Again)> {
        let mut again = Again {
            asking,
            answered,
            reads: Vec::new(),
            uses: Vec::new(),
        };
        let answered = again.ask(&self.ways(), oracle, question)?.clone();
        Some((answered, again))
    }

    /// Remembers a whole way: what the script asked for and was told each time, and how it ended.
    pub fn add(&self, begin: Questioned, told: &[(Asks, u32)], ended: &Answered) {
        let mut ways = self.ways_to_add_to();
        let Ways { points, begins, next } = &mut *ways;
        if points.len() + told.len() >= MOST_POINTS {
            return;
        }
        let end = || Does::Ends(ended.clone());
        let mut point_for = |asks: Option<&(Asks, u32)>| {
            let point = points.len();
            points.push(asks.map_or_else(end, |(asks, _)| Does::Asks(*asks)));
            point
        };
        let first = begins.entry(begin);
        let mut point = *first.or_insert_with(|| point_for(told.first()));
        for (place, (_, told_here)) in told.iter().enumerate() {
            let following = next.entry((point, *told_here));
            point = *following.or_insert_with(|| point_for(told.get(place + 1)));
        }
    }

    /// Forgets everything, so that scripts run again.
    #[cfg(test)]
    pub fn forget(&self) {
        *self.ways_to_add_to() = Ways::default();
    }
}

/// A question, by the fact that it sees as the region.
pub(super) type Questioned = (Asked, FactId);

/// What is read and used on ways that were gone before.
pub(super) struct Again {
    pub reads: Vec<Read>,
    pub uses: Vec<Use>,
    /// The questions that were used, each answered once.
    pub answered: FxHashMap<Questioned, Conclusion>,
    /// The questions that are being answered.
    asking: Vec<Questioned>,
}

impl Again {
    /// Answers a question; `None` where the scripts must run, also to say what is wrong.
    fn ask<'w>(&mut self, ways: &'w Ways, oracle: &mut Oracle, asked: Questioned) -> Option<&'w Answered> {
        if self.asking.contains(&asked) {
            return None;
        }
        self.asking.push(asked);
        let mut point = *ways.begins.get(&asked)?;
        loop {
            let told = match &ways.points[point] {
                Does::Asks(Asks::Read(question, site)) => {
                    let answer = oracle(*question)?;
                    self.reads.push(Read {
                        question: *question,
                        answer,
                        site: *site,
                        asked: asked.0,
                    });
                    answer.0
                }
                Does::Asks(Asks::Use(of, seen_from, site)) => {
                    self.use_of(ways, oracle, (*of, *seen_from), *site)?
                }
                Does::Ends(answered) => {
                    self.asking.pop();
                    return Some(answered);
                }
            };
            point = *ways.next.get(&(point, told))?;
        }
    }

    /// The value of another question.
    fn use_of(&mut self, ways: &Ways, oracle: &mut Oracle, of: Questioned, site: Site) -> Option<u32> {
        let conclusion = match self.answered.get(&of) {
            Some(conclusion) => conclusion.clone(),
            None => match self.ask(ways, oracle, of)? {
                Answered::Concluded(conclusion) => {
                    self.answered.insert(of, conclusion.clone());
                    conclusion.clone()
                }
                Answered::NotRaised => return None,
            },
        };
        let value = conclusion.value as u32;
        self.uses.push(Use {
            conclusion,
            own: of.1 == FactId::Region,
            site,
        });
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Answer, Aspect};
    use crate::source::LineColumn;

    fn asks(line: usize) -> Asks {
        let question = Question {
            fact: FactId::Civilian,
            aspect: Aspect::Word,
        };
        let at = LineColumn { line, column: 1 };
        Asks::Read(question, Site { script: 0, at })
    }

    #[test]
    fn a_way_is_found_again_by_what_is_told_and_shares_where_it_begins() {
        let remembered = Remembered::default();
        let begin = (Asked::Flag(0), FactId::Region);
        remembered.add(begin, &[(asks(1), 0), (asks(2), 0)], &Answered::NotRaised);
        remembered.add(begin, &[(asks(1), 0), (asks(2), 1)], &Answered::NotRaised);
        assert_eq!(remembered.ways().points.len(), 4);
        // What was read, and how it ended, when each read was told one of these.
        let run = |told: [u32; 2]| {
            let mut told = told.into_iter();
            let mut oracle: Oracle = Box::new(move |_| told.next().map(Answer));
            remembered.run(begin.0, &mut oracle)
        };
        for last in [0, 1] {
            let run = run([0, last]).unwrap();
            let reads: Vec<Asks> = run
                .reads
                .iter()
                .map(|read| Asks::Read(read.question, read.site))
                .collect();
            assert_eq!(reads, [asks(1), asks(2)]);
            assert_eq!(run.outcome, Outcome::NotRaised);
        }
        assert_eq!(run([1, 0]), None);
        assert_eq!(
            remembered.run(Asked::Flag(1), &mut (Box::new(|_| None) as Oracle)),
            None
        );
    }

    #[test]
    fn no_more_is_remembered_than_there_is_room_for_however_long_a_way_is() {
        let remembered = Remembered::default();
        let begin = (Asked::Flag(0), FactId::Region);
        for last in 0..3 {
            let mut told: Vec<(Asks, u32)> = (0..MOST_POINTS / 2).map(|line| (asks(line), 0)).collect();
            told[0].1 = last;
            remembered.add(begin, &told, &Answered::NotRaised);
            assert!(remembered.ways().points.len() <= MOST_POINTS);
        }
    }
}
