//! What is known of the facts of a case: for each fact, what it can still be.

use super::impossible::Impossible;
use super::question::{Answer, Aspect};
use super::{FactId, FactKind, FactValue, kind};
use crate::gazetteer::{Gazetteer, PlaceIndex};
use std::sync::Arc;

/// What one fact can still be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Candidates {
    /// A bit for each word that is still possible.
    Words(u32),
    /// A number or a date between two bounds, both possible.
    Range {
        /// The least possible.
        least: i64,
        /// The greatest possible.
        most: i64,
    },
    /// A set: of which words it is known whether they are in it, and those that are.
    Set {
        /// A bit for each word of which it is known.
        known: u32,
        /// A bit for each word that is in it.
        members: u32,
    },
    /// The places that are still possible; `None` stands for "not recorded".
    Places(Arc<[Option<PlaceIndex>]>),
}

impl Candidates {
    /// Everything that the fact can be.
    pub fn all(fact: FactId, gazetteer: &Gazetteer) -> Self {
        let declaration = fact.declaration();
        match declaration.kind {
            FactKind::Choice(words) => Self::Words(bits(words.len())),
            FactKind::Set(_) => Self::Set { known: 0, members: 0 },
            FactKind::WholeNumber { least, most } => Self::Range { least, most },
            FactKind::Date => {
                let (least, most) = kind::days_of_calendar();
                Self::Range { least, most }
            }
            FactKind::Place => {
                let not_recorded = declaration.optional.then_some(None);
                Self::Places(
                    not_recorded
                        .into_iter()
                        .chain(gazetteer.places().map(Some))
                        .collect(),
                )
            }
        }
    }

    /// Exactly this value.
    pub fn only(value: FactValue) -> Self {
        match value {
            FactValue::Choice(index) => Self::Words(1 << index),
            FactValue::Set(members) => Self::Set {
                known: u32::MAX,
                members,
            },
            FactValue::Number(number) => Self::Range {
                least: number.into(),
                most: number.into(),
            },
            FactValue::Place(place) => Self::Places([Some(place)].into()),
        }
    }

    /// The answers that a question can still have, each with what the fact can then still be, in a fixed order.
    ///
    /// A question that does not fit the kind of the fact has no answer.
    pub fn split(&self, aspect: Aspect, gazetteer: &Gazetteer) -> Vec<(Answer, Self)> {
        match (self, aspect) {
            (Self::Words(possible), Aspect::Word) => (0..u32::BITS)
                .filter(|index| possible & (1 << index) != 0)
                .map(|index| (Answer(index), Self::Words(1 << index)))
                .collect(),
            (&Self::Range { least, most }, Aspect::AtLeast(bound)) => {
                let below = (least < bound).then(|| Self::Range {
                    least,
                    most: most.min(bound - 1),
                });
                let from = (most >= bound).then(|| Self::Range {
                    least: least.max(bound),
                    most,
                });
                let answers = [(Answer::NO, below), (Answer::YES, from)];
                answers
                    .into_iter()
                    .filter_map(|(answer, rest)| Some((answer, rest?)))
                    .collect()
            }
            (&Self::Set { known, members }, Aspect::Has(word)) => {
                let bit = 1u32 << word;
                let answers = if known & bit != 0 {
                    vec![Answer::of(members & bit != 0)]
                } else {
                    vec![Answer::NO, Answer::YES]
                };
                let rest = |answer: Answer| Self::Set {
                    known: known | bit,
                    members: if answer == Answer::YES {
                        members | bit
                    } else {
                        members
                    },
                };
                answers.into_iter().map(|answer| (answer, rest(answer))).collect()
            }
            (Self::Places(places), _) => split_places(places, aspect, gazetteer),
            _ => Vec::new(),
        }
    }

    /// The answer that a question has whatever the fact still is; `None` where it can have several, or none.
    pub fn settled(&self, aspect: Aspect, gazetteer: &Gazetteer) -> Option<Answer> {
        match (self, aspect) {
            (Self::Words(possible), Aspect::Word) => {
                (possible.count_ones() == 1).then(|| Answer(possible.trailing_zeros()))
            }
            (&Self::Range { least, most }, Aspect::AtLeast(bound)) => {
                let yes = least >= bound;
                (yes || most < bound).then_some(Answer::of(yes))
            }
            (Self::Set { known, members }, Aspect::Has(word)) => {
                let bit = 1u32 << word;
                (known & bit != 0).then_some(Answer::of(members & bit != 0))
            }
            (Self::Places(places), _) => {
                let mut answers = places
                    .iter()
                    .filter_map(|place| answer_of(*place, aspect, gazetteer));
                let first = answers.next()?;
                answers.all(|answer| answer == first).then_some(first)
            }
            _ => None,
        }
    }

    /// Whether everything that `narrower` can still be lies within this. Of a set only one word is looked at.
    pub fn includes(&self, narrower: &Self, word: Option<u8>) -> bool {
        match (self, narrower) {
            (Self::Words(own), Self::Words(other)) => other & !own == 0,
            (
                Self::Range { least, most },
                Self::Range {
                    least: from,
                    most: to,
                },
            ) => least <= from && to <= most,
            (
                Self::Set { known, members },
                Self::Set {
                    known: other_known,
                    members: other,
                },
            ) => {
                let bit = 1u32 << word.unwrap_or_default();
                known & other_known & bit != 0 && members & bit == other & bit
            }
            (Self::Places(own), Self::Places(other)) => other.iter().all(|place| own.contains(place)),
            _ => false,
        }
    }

    /// What is possible under both; `None` where nothing is, or where the kinds differ.
    pub fn common(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Words(own), Self::Words(other)) => (own & other != 0).then_some(Self::Words(own & other)),
            (
                &Self::Range { least, most },
                &Self::Range {
                    least: from,
                    most: to,
                },
            ) => {
                let (least, most) = (least.max(from), most.min(to));
                (least <= most).then_some(Self::Range { least, most })
            }
            (
                &Self::Set { known, members },
                &Self::Set {
                    known: other_known,
                    members: other,
                },
            ) => {
                let both = known & other_known;
                ((members ^ other) & both == 0).then_some(Self::Set {
                    known: known | other_known,
                    members: members & known | other & other_known,
                })
            }
            (Self::Places(own), Self::Places(other)) => {
                let both: Vec<_> = own
                    .iter()
                    .copied()
                    .filter(|place| other.contains(place))
                    .collect();
                (!both.is_empty()).then(|| Self::Places(both.into()))
            }
            _ => None,
        }
    }

    /// Whether only one value is left.
    pub fn is_single(&self) -> bool {
        match self {
            Self::Words(possible) => possible.count_ones() == 1,
            Self::Range { least, most } => least == most,
            Self::Set { known, .. } => *known == u32::MAX,
            Self::Places(places) => places.len() == 1,
        }
    }
}

/// What a question says of a place; `None` where it does not fit.
fn answer_of(place: Option<PlaceIndex>, aspect: Aspect, gazetteer: &Gazetteer) -> Option<Answer> {
    match (place, aspect) {
        (_, Aspect::Recorded) => Some(Answer::of(place.is_some())),
        (None, _) => Some(Answer::NONE),
        (Some(place), Aspect::Region) => Some(Answer(gazetteer.place(place).region)),
        (Some(place), Aspect::Cercle) => Some(Answer(gazetteer.place(place).cercle_or_none())),
        (Some(place), Aspect::LaterRegion) => Some(Answer(gazetteer.place(place).later_region)),
        _ => None,
    }
}

fn split_places(
    places: &[Option<PlaceIndex>],
    aspect: Aspect,
    gazetteer: &Gazetteer,
) -> Vec<(Answer, Candidates)> {
    let mut answers = std::collections::BTreeMap::<Answer, Vec<Option<PlaceIndex>>>::new();
    for place in places.iter() {
        if let Some(answer) = answer_of(*place, aspect, gazetteer) {
            answers.entry(answer).or_default().push(*place);
        }
    }
    answers
        .into_iter()
        .map(|(answer, places)| (answer, Candidates::Places(places.into())))
        .collect()
}

fn bits(count: usize) -> u32 {
    u32::MAX.checked_shr(32 - count as u32).unwrap_or(0)
}

/// What is known of every fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Knowledge {
    candidates: Vec<Candidates>,
    /// What the policy declares impossible.
    pub(super) impossible: Arc<[Impossible]>,
}

impl Knowledge {
    /// Nothing is known.
    pub fn nothing(gazetteer: &Gazetteer) -> Self {
        let all = FactId::ALL.iter().map(|fact| Candidates::all(*fact, gazetteer));
        Self {
            candidates: all.collect(),
            impossible: Arc::default(),
        }
    }

    /// The same with combinations that are impossible.
    pub fn excluding(self, impossible: Arc<[Impossible]>) -> Self {
        Self { impossible, ..self }
    }

    /// The combinations that are impossible.
    pub fn impossible(&self) -> &[Impossible] {
        &self.impossible
    }

    /// What a fact can still be.
    pub fn of(&self, fact: FactId) -> &Candidates {
        &self.candidates[fact as usize]
    }

    /// The same with other candidates for one fact.
    pub fn learn(&mut self, fact: FactId, candidates: Candidates) {
        self.candidates[fact as usize] = candidates;
    }

    /// Learns that an optional place was not recorded.
    pub fn learn_not_recorded(&mut self, fact: FactId) {
        self.learn(fact, Candidates::Places([None].into()));
    }

    /// Whether nothing is left to learn about a fact.
    pub fn is_known(&self, fact: FactId) -> bool {
        self.of(fact).is_single()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_cuts_a_range_in_two_and_never_offers_what_is_impossible() {
        let gazetteer = Gazetteer::default();
        let ages = Candidates::all(FactId::Age, &gazetteer);
        let split = ages.split(Aspect::AtLeast(18), &gazetteer);
        assert_eq!(
            split,
            [
                (Answer::NO, Candidates::Range { least: 0, most: 17 }),
                (Answer::YES, Candidates::Range { least: 18, most: 150 }),
            ]
        );
        assert_eq!(split[0].1.split(Aspect::AtLeast(18), &gazetteer).len(), 1);
        assert_eq!(ages.split(Aspect::AtLeast(500), &gazetteer).len(), 1);
    }

    #[test]
    fn a_word_of_a_set_is_asked_once() {
        let gazetteer = Gazetteer::default();
        let set = Candidates::all(FactId::ActorsOfHarm, &gazetteer);
        let split = set.split(Aspect::Has(1), &gazetteer);
        assert_eq!(split.len(), 2);
        assert_eq!(split[1].1.split(Aspect::Has(1), &gazetteer).len(), 1);
        assert!(!split[1].1.is_single());
        assert!(Candidates::only(FactValue::Set(2)).is_single());
    }

    #[test]
    fn a_question_of_the_wrong_kind_has_no_answer() {
        let gazetteer = Gazetteer::default();
        let ages = Candidates::all(FactId::Age, &gazetteer);
        assert!(ages.split(Aspect::Word, &gazetteer).is_empty());
    }

    #[test]
    fn all_words_are_possible_at_first() {
        assert_eq!(bits(2), 0b11);
        assert_eq!(bits(32), u32::MAX);
        assert_eq!(bits(0), 0);
    }
}
