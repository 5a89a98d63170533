//! What a case was before: under the other version, or in the earlier results; and what made it change.

use super::Cause;
use super::deciding::Deciding;
use super::earlier::{Against, EarlierCase, EarlierLine, EarlierRow, NumberedSaid};
use super::names::Names;
use super::worker::Worker;
use crate::evaluate::CaseValues;
use crate::facts::{FactId, FactKind, FactValue, FactValues};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// What tells why conclusions of a case changed.
pub(super) enum Explained {
    /// The facts are the same.
    SameFacts,
    /// The values that the rules of now give to the earlier facts.
    EarlierFacts(Box<[u32]>),
    /// The earlier facts are not on record: what is certain of each conclusion.
    Certain(Box<[Cause]>),
}

impl Explained {
    /// Why a conclusion went from one value to another.
    pub fn cause(&self, conclusion: usize, before: u32, to: u32) -> Cause {
        match self {
            Self::SameFacts => Cause::Rules,
            Self::EarlierFacts(values) if values[conclusion] == before => Cause::Facts,
            Self::EarlierFacts(values) if values[conclusion] == to => Cause::Rules,
            Self::EarlierFacts(_) => Cause::RulesAndFacts,
            Self::Certain(causes) => causes[conclusion],
        }
    }
}

impl Worker<'_> {
    /// What tells why values went from those of an earlier result to those of now.
    pub(super) fn explained(
        &mut self,
        version: usize,
        now: &CaseValues,
        earlier: &EarlierCase,
        from: &[u32],
    ) -> Explained {
        let deciding = &mut self.deciders[version];
        if deciding.decide(now, &self.batch.names).is_err() || deciding.values() == from {
            return Explained::SameFacts;
        }
        match earlier {
            EarlierCase::Line(line) => self
                .moved(version, now, line)
                .map_or(Explained::SameFacts, Explained::EarlierFacts),
            EarlierCase::Row(row) => Explained::Certain(self.certain(version, now, row)),
        }
    }

    /// The values that the rules of now, which have just decided the case, give to the earlier facts; `None` where the
    /// facts are the same.
    fn moved(&mut self, version: usize, now: &CaseValues, earlier: &EarlierLine) -> Option<Box<[u32]>> {
        let deciding = &mut self.deciders[version];
        let gazetteer = &deciding.writer.policy().gazetteer;
        let recorded = earlier.facts.values(gazetteer).ok()?;
        let same_rules = deciding.writer.policy().fingerprint == earlier.fingerprint;
        let reads = deciding.decider.rests_on();
        let mut facts = FactValues::default();
        for fact in FactId::CASE_FILE {
            let (own, recorded) = (now.facts[*fact as usize], recorded[*fact as usize]);
            facts[*fact as usize] = match (own, recorded) {
                // Of a list a result holds the words that were asked for.
                (Some(FactValue::Set(members)), Some(FactValue::Set(asked)))
                    if matches!(fact.declaration().kind, FactKind::Set(_))
                        && members & reads.words(*fact) == asked =>
                {
                    own
                }
                (_, Some(recorded)) => Some(recorded),
                (_, None) if earlier.needs.iter().any(|need| need == fact.name()) => None,
                (_, None) if same_rules && reads.facts().any(|read| read == *fact) => None,
                (own, None) => own,
            };
        }
        if facts == now.facts {
            return None;
        }
        let before = CaseValues { facts, ..now.clone() };
        deciding.decide(&before, &self.batch.names).ok()?;
        Some(deciding.values().into())
    }

    /// What is certain of the cause of each change although the earlier facts are not on record. The rules of now have just
    /// decided the case.
    fn certain(&mut self, version: usize, now: &CaseValues, row: &EarlierRow) -> Box<[Cause]> {
        let deciding = &self.deciders[version];
        let to: Vec<u32> = deciding.values().to_vec();
        let rows = self.earlier.as_mut().and_then(|earlier| earlier.rows());
        let Some(rows) = rows.filter(|_| row.fingerprint != 0) else {
            return vec![Cause::NotKnown; to.len()].into();
        };
        // The same rules: nothing else can have changed.
        if row.fingerprint == deciding.version().1 {
            return vec![Cause::Facts; to.len()].into();
        }
        let after = rows.after(row.fingerprint, (version, deciding), self.batch);
        let names = &self.batch.names;
        // Nothing of what was recorded shows other facts, and those of now give it.
        let is_as_now = rows
            .rules(row.fingerprint)
            .is_some_and(|rules| rules.decide(now, names).is_ok() && row.is_said_by(rules));
        let if_not_certain = if is_as_now { Cause::Rules } else { Cause::NotKnown };
        let causes = to.iter().enumerate().map(|(conclusion, to)| {
            let said = &row.said[conclusion];
            // Of what did not change no cause is asked for.
            let certain = (said.value != *to).then(|| of_any_facts(&after[conclusion], said, *to));
            certain.flatten().unwrap_or(if_not_certain)
        });
        causes.collect()
    }
}

/// The cause of a change that is the same for all facts to which the earlier rules give what they gave; `None` where there
/// are several. `after` has the values that the rules of now can give after each value of the earlier ones.
fn of_any_facts(after: &FxHashMap<u32, Box<[u32]>>, earlier: &NumberedSaid, to: u32) -> Option<Cause> {
    let before = earlier.value;
    let values = match before {
        0 => &earlier.possible_values[..],
        _ => std::slice::from_ref(&before),
    };
    let now = values.iter().map(|value| Some((*value, &after.get(value)?[..])));
    let now: Vec<(u32, &[u32])> = now.collect::<Option<_>>()?;
    if now.is_empty() {
        return None;
    }
    if now.iter().all(|(value, after)| *after == [*value]) {
        return Some(Cause::Facts);
    }
    let reached: BTreeSet<u32> = now.iter().flat_map(|(_, after)| *after).copied().collect();
    // Where several can be reached, facts that are not known may leave it open.
    let may_be = |value: u32| reached.contains(&value) || value == 0 && reached.len() > 1;
    match (may_be(before), may_be(to)) {
        (false, false) => Some(Cause::RulesAndFacts),
        (false, true) if reached.len() == 1 => Some(Cause::Rules),
        _ => None,
    }
}

/// The version that is compared with, by its place, and its values; `None` where it cannot evaluate the case.
pub(super) fn other_values(
    others: &mut [Deciding<'_>],
    against: Option<&Against>,
    values: &CaseValues,
    names: &Names,
) -> Option<(usize, Box<[u32]>)> {
    let Some(Against::Version(rules)) = against else {
        return None;
    };
    let (version, picked_by) = rules.pick(values.decision_date).ok()?;
    let values = CaseValues {
        picked_by,
        ..values.clone()
    };
    let deciding = &mut others[version];
    deciding.decide(&values, names).ok()?;
    Some((version, deciding.values().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_certain_where_it_is_the_same_for_all_facts() {
        // The rules of now keep 1, make 2 of 3 and 4, and either 1 or 5 of 6.
        let after: [(u32, &[u32]); 5] = [(1, &[1]), (3, &[2]), (4, &[2]), (6, &[1, 5]), (7, &[6, 7])];
        let after = after.map(|(value, after)| (value, after.into()));
        let after: FxHashMap<u32, Box<[u32]>> = after.into_iter().collect();
        let cause =
            |value, possible: &[u32], to| of_any_facts(&after, &NumberedSaid::of(value, possible), to);
        assert_eq!(cause(1, &[], 5), Some(Cause::Facts));
        assert_eq!(cause(3, &[], 2), Some(Cause::Rules));
        assert_eq!(cause(3, &[], 1), Some(Cause::RulesAndFacts));
        assert_eq!(cause(6, &[], 2), Some(Cause::RulesAndFacts));
        assert_eq!(cause(6, &[], 5), None, "the earlier facts would give 1 or 5");
        assert_eq!(cause(6, &[], 0), None, "they may leave it open");
        assert_eq!(cause(7, &[], 2), None, "they may give 7 still");
        // Values that were possible where none was determined.
        assert_eq!(cause(0, &[3, 4], 2), Some(Cause::Rules));
        assert_eq!(cause(0, &[3, 4], 1), Some(Cause::RulesAndFacts));
        assert_eq!(cause(0, &[1, 3], 2), None, "they may leave it open still");
        assert_eq!(cause(0, &[1], 2), Some(Cause::Facts));
        // A version without the conclusion, and a value that the earlier rules cannot give.
        assert_eq!(cause(0, &[], 2), None);
        assert_eq!(cause(9, &[], 2), None);
    }
}
