//! What a case was before: under the other version, or in the earlier results; and whether its facts have changed.

use super::deciding::Deciding;
use super::earlier::{Against, EarlierCase};
use super::names::Names;
use super::worker::Worker;
use crate::evaluate::{CaseValues, Reads};
use crate::facts::{FactId, FactKind, FactValue, FactValues};

impl Worker<'_> {
    pub(super) fn earlier_values(&mut self, earlier: &EarlierCase) -> Box<[u32]> {
        let values = self.batch.conclusions.iter().map(|name| {
            let value = earlier.conclusions.get(name);
            self.batch
                .names
                .number(value.and_then(|value| value.value.as_deref()))
        });
        values.collect()
    }

    /// The values that the rules of now give to the earlier facts; `None` where the facts are the same.
    pub(super) fn moved(
        &mut self,
        version: usize,
        now: &CaseValues,
        earlier: &EarlierCase,
        from: &[u32],
    ) -> Option<Box<[u32]>> {
        let deciding = &mut self.deciders[version];
        deciding.decide(now, &self.batch.names).ok()?;
        if deciding.values().eq(from.iter().copied()) {
            return None;
        }
        let gazetteer = &deciding.writer.policy().gazetteer;
        let recorded = earlier.facts.values(gazetteer).ok()?;
        let same_rules = deciding.writer.policy().fingerprint == earlier.fingerprint;
        let reads = deciding.determinations().map(|one| one.rests_on);
        let reads = reads.fold(Reads::default(), Reads::and);
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
        Some(deciding.values().collect())
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
    Some((version, deciding.values().collect()))
}
