//! Cases drawn at random, for tests.

use super::CaseValues;
use crate::facts::{Choice, FactId, FactKind, FactValue, PickedBy};
use crate::gazetteer::Gazetteer;
use jiff::civil::date;

/// Cases without end, the same each time; one fact in four is missing.
pub(super) fn cases(gazetteer: &Gazetteer) -> impl Iterator<Item = CaseValues> {
    let mut state = 1u64;
    let mut below = move |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) % bound
    };
    std::iter::repeat_with(move || {
        let facts = std::array::from_fn(|fact| {
            let drawn = match FactId::CASE_FILE[fact].declaration().kind {
                FactKind::Choice(words) => FactValue::Choice(below(words.len() as u64) as u32),
                FactKind::Set(words) => FactValue::Set(below(1 << words.len()) as u32),
                FactKind::WholeNumber { .. } | FactKind::Date => FactValue::Number(below(40) as i32),
                FactKind::Place => {
                    let place = below(gazetteer.places().len() as u64) as usize;
                    FactValue::Place(gazetteer.places().nth(place).unwrap())
                }
            };
            (below(4) > 0).then_some(drawn)
        });
        let month = below(24);
        CaseValues {
            facts,
            decision_date: (month > 0).then(|| date(2025 + (month / 12) as i16, (month % 12) as i8 + 1, 1)),
            picked_by: PickedBy::at(below(4) as usize).unwrap(),
        }
    })
}
