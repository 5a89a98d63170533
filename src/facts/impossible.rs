//! Combinations of facts that a policy declares impossible.

use super::question::Question;
use super::{Candidates, FactId, Knowledge};
use crate::language::Bilingual;

/// A combination that no case can have: every one of these facts is among its values.
#[derive(Debug, Clone, PartialEq)]
pub struct Impossible {
    /// The facts, each once, with the values that cannot go together.
    pub when: Vec<Condition>,
    /// Why it cannot be.
    pub because: Bilingual,
}

/// One fact of an impossible combination.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The fact.
    pub fact: FactId,
    /// The values.
    pub values: Candidates,
    /// The other values.
    pub others: Vec<Candidates>,
    /// The questions that tell them apart.
    pub questions: Vec<Question>,
}

impl Knowledge {
    /// Whether some completion of what is known has no impossible combination.
    pub fn is_possible(&self) -> bool {
        self.impossible.is_empty() || is_possible(self.clone(), &self.impossible)
    }

    /// The first impossible combination that holds whatever the missing facts are.
    pub fn impossible_combination(&self) -> Option<&Impossible> {
        let holds = |one: &&Impossible| {
            let mut conditions = one.when.iter();
            conditions.all(|condition| {
                self.meets(condition.fact, &condition.values).as_ref() == Some(self.of(condition.fact))
            })
        };
        self.impossible.iter().find(holds)
    }

    /// What a fact can still be of some values; `None` where it can be none of them.
    fn meets(&self, fact: FactId, values: &Candidates) -> Option<Candidates> {
        self.of(fact).common(values)
    }
}

/// Takes one impossible combination after the other away from what is known; whether anything is left.
fn is_possible(known: Knowledge, impossible: &[Impossible]) -> bool {
    let Some((first, rest)) = impossible.split_first() else {
        return true;
    };
    let mut inside = known;
    for condition in &first.when {
        // Outside in this fact, inside in those before it.
        for others in &condition.others {
            if let Some(left) = inside.meets(condition.fact, others) {
                let mut outside = inside.clone();
                outside.learn(condition.fact, left);
                if is_possible(outside, rest) {
                    return true;
                }
            }
        }
        match inside.meets(condition.fact, &condition.values) {
            Some(met) => inside.learn(condition.fact, met),
            None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Aspect;
    use crate::gazetteer::Gazetteer;

    fn word(fact: FactId, index: u32) -> Condition {
        Condition {
            fact,
            values: Candidates::Words(1 << index),
            others: vec![Candidates::Words(0b11 & !(1 << index))],
            questions: vec![Question {
                fact,
                aspect: Aspect::Word,
            }],
        }
    }

    fn impossible(when: Vec<Condition>) -> Impossible {
        let because = Bilingual {
            nl: "zo".to_owned(),
            en: "so".to_owned(),
        };
        Impossible { when, because }
    }

    #[test]
    fn together_two_combinations_can_exclude_what_neither_excludes_alone() {
        let civilian_and = |moratorium| {
            impossible(vec![
                word(FactId::Civilian, 0),
                word(FactId::Moratorium, moratorium),
            ])
        };
        let mut known = Knowledge::nothing(&Gazetteer::default())
            .excluding(vec![civilian_and(0), civilian_and(1)].into());
        assert!(known.is_possible());
        known.learn(FactId::Civilian, Candidates::Words(0b01));
        assert!(!known.is_possible());
        assert!(known.impossible_combination().is_none(), "neither holds for sure");
        known.learn(FactId::Moratorium, Candidates::Words(0b01));
        assert!(known.impossible_combination().is_some());
        known.learn(FactId::Civilian, Candidates::Words(0b10));
        assert!(known.is_possible());
    }

    #[test]
    fn a_combination_of_ages_leaves_the_other_ages() {
        let young = Condition {
            fact: FactId::Age,
            values: Candidates::Range { least: 0, most: 11 },
            others: vec![Candidates::Range { least: 12, most: 150 }],
            questions: vec![Question {
                fact: FactId::Age,
                aspect: Aspect::AtLeast(12),
            }],
        };
        let mut known =
            Knowledge::nothing(&Gazetteer::default()).excluding(vec![impossible(vec![young])].into());
        assert!(known.is_possible());
        known.learn(FactId::Age, Candidates::Range { least: 3, most: 11 });
        assert!(!known.is_possible());
    }
}
