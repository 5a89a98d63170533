//! What scripts did before. Rules are pure: a question that is told the same again asks for the same and ends the same,
//! so its script runs once for each way through its own text, whatever the questions that it builds on went through.

use super::Asked;
use super::run::{Conclusion, Site};
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

/// A point on the way through a script.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point(usize);

/// Where a way was followed to.
#[derive(Debug)]
pub(super) enum Followed {
    /// The script uses another question, and goes on from this point by its value.
    Uses(Asked, FactId, Site, Point),
    /// The question ends as it ended before.
    Ended(Answered),
    /// Nobody knows how it goes on: the script must run.
    Unknown,
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
    begins: FxHashMap<(Asked, FactId), usize>,
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

    /// Where the script of a question begins; `None` where it never ran.
    pub fn begin(&self, asked: Asked, seen_from: FactId) -> Option<Point> {
        self.ways().begins.get(&(asked, seen_from)).copied().map(Point)
    }

    /// Where a script goes on from a point when it is told this; `None` where it never was.
    pub fn next(&self, point: Point, told: u32) -> Option<Point> {
        self.ways().next.get(&(point.0, told)).copied().map(Point)
    }

    /// Follows a way as far as the script only reads; `read` says what it is told. `None` where it is told nothing.
    pub fn follow(
        &self,
        from: Option<Point>,
        mut read: impl FnMut(Question, Site) -> Option<u32>,
    ) -> Option<Followed> {
        let ways = self.ways();
        let mut point = from.map(|point| point.0);
        while let Some(at) = point {
            match &ways.points[at] {
                Does::Asks(Asks::Read(question, site)) => {
                    let told = read(*question, *site)?;
                    point = ways.next.get(&(at, told)).copied();
                }
                Does::Asks(Asks::Use(asked, seen_from, site)) => {
                    return Some(Followed::Uses(*asked, *seen_from, *site, Point(at)));
                }
                Does::Ends(answered) => return Some(Followed::Ended(answered.clone())),
            }
        }
        Some(Followed::Unknown)
    }

    /// Remembers a whole way: what the script asked for and was told each time, and how it ended.
    pub fn add(&self, begin: (Asked, FactId), told: &[(Asks, u32)], ended: &Answered) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Aspect;
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
        // What was read, and where it ended when each read was told one of these.
        let followed = |told: [u32; 2]| {
            let (mut read, mut told) = (Vec::new(), told.into_iter());
            let end = remembered.follow(remembered.begin(begin.0, begin.1), |question, site| {
                read.push(Asks::Read(question, site));
                told.next()
            });
            (read, end)
        };
        for last in [0, 1] {
            let (read, end) = followed([0, last]);
            assert_eq!(read, [asks(1), asks(2)]);
            assert!(matches!(end, Some(Followed::Ended(Answered::NotRaised))));
        }
        let (read, end) = followed([1, 0]);
        assert_eq!(read, [asks(1)]);
        assert!(matches!(end, Some(Followed::Unknown)));
        assert!(remembered.begin(begin.0, FactId::BirthRegion).is_none());
        assert!(
            remembered
                .follow(remembered.begin(begin.0, begin.1), |_, _| None)
                .is_none()
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
