//! What the fuzz targets have in common.

pub mod results;

use arbitrary::Unstructured;
use gradatie::diagnostic::{Diagnostic, render};
use gradatie::facts::{FactId, FactKind, FactValue, FactValues};
use gradatie::gazetteer::Gazetteer;
use gradatie::policy::{Policies, PolicyVersion, RulesTree};
use serde_json::{Map, Value};
use std::sync::{Arc, LazyLock};

/// The policy versions inside the program.
pub static SHIPPED: LazyLock<[Arc<PolicyVersion>; 2]> = LazyLock::new(|| {
    ["mali/2023", "mali/2025"].map(|name| {
        let policy = Policies::named(&RulesTree::embedded(), name);
        policy.expect("the rules inside the program can be read")
    })
});

/// The places of the shipped policies.
pub fn gazetteer() -> &'static Arc<Gazetteer> {
    &SHIPPED[0].gazetteer
}

/// Checks that faults can be shown: each says something, lies inside its text, and can be rendered.
pub fn assert_shown(faults: &[Diagnostic]) {
    assert!(!faults.is_empty(), "an error without a fault");
    for fault in faults {
        assert!(!fault.message.trim().is_empty(), "{fault:?}");
        for label in &fault.labels {
            let text = label.source.text();
            assert!(
                text.get(label.span.clone()).is_some(),
                "outside its text: {fault:?}"
            );
            let at = label.at();
            let last = label.source.first_line() + text.matches('\n').count();
            assert!(
                (label.source.first_line()..=last).contains(&at.line),
                "{at:?} {fault:?}"
            );
        }
        let shown = render(fault, false, 100);
        assert!(shown.contains(fault.code), "{shown}");
    }
}

/// As [`assert_shown`], where every fault also must have a place.
pub fn assert_placed(faults: &[Diagnostic]) {
    assert_shown(faults);
    for fault in faults {
        assert!(fault.place().is_some(), "without a place: {fault:?}");
    }
}

/// Facts as a case file states them.
pub fn written(facts: &FactValues, gazetteer: &Gazetteer) -> Map<String, Value> {
    let given = FactId::CASE_FILE.iter().zip(facts);
    let given = given.filter_map(|(fact, value)| Some((*fact, (*value)?)));
    let written = given.map(|(fact, value)| {
        let value = match (value, fact.declaration().kind) {
            (FactValue::Choice(index), FactKind::Choice(words)) => Value::from(words[index as usize].word),
            (FactValue::Set(members), FactKind::Set(words)) => {
                let listed = (0..words.len()).filter(|index| members & (1 << index) != 0);
                listed.map(|index| words[index].word).collect()
            }
            (FactValue::Number(number), _) => Value::from(number),
            (FactValue::Place(place), _) => Value::from(gazetteer.place(place).name.as_str()),
            (value, kind) => panic!("{value:?} as {kind:?}"),
        };
        (fact.name().to_owned(), value)
    });
    written.collect()
}

/// Facts of a case, out of bytes; `is_given` says which must be given.
pub fn any_facts(
    bytes: &mut Unstructured<'_>,
    gazetteer: &Gazetteer,
    is_given: impl Fn(FactId) -> bool,
) -> FactValues {
    std::array::from_fn(|index| {
        let fact = FactId::CASE_FILE[index];
        let is_absent = !is_given(fact) && bytes.ratio(1, 3).unwrap_or(true);
        // Bytes that have run out give the first value of each fact.
        (!is_absent).then(|| any_value(bytes, fact, gazetteer))
    })
}

fn any_value(bytes: &mut Unstructured<'_>, fact: FactId, gazetteer: &Gazetteer) -> FactValue {
    match fact.declaration().kind {
        FactKind::Choice(words) => FactValue::Choice(bytes.choose_index(words.len()).unwrap_or(0) as u32),
        FactKind::Set(words) => FactValue::Set(bytes.int_in_range(0..=(1 << words.len()) - 1).unwrap_or(0)),
        FactKind::WholeNumber { least, most } => {
            FactValue::Number(bytes.int_in_range(least..=most).unwrap_or(least) as i32)
        }
        FactKind::Place => {
            let place = bytes.choose_index(gazetteer.places().len()).unwrap_or(0);
            FactValue::Place(gazetteer.places().nth(place).expect("a place of the gazetteer"))
        }
        FactKind::Date => panic!("a case file states no date under its facts"),
    }
}
