//! Facts to conclusions: running the scripts, walking the diagrams and deciding many cases say the same of any case under
//! each shipped policy; and a fact more never adds a possible value, nor takes one away where it was not needed.

#![no_main]

use arbitrary::{Arbitrary, Unstructured};
use gradatie::evaluate::{CaseValues, CompiledPolicy, Decider, Evaluation, evaluate};
use gradatie::facts::{Choice, FactId, FactValues, PickedBy};
use gradatie::script::Asked;
use gradatie_fuzz::{SHIPPED, any_facts, gazetteer};
use jiff::civil::Date;
use libfuzzer_sys::fuzz_target;
use std::sync::{LazyLock, Mutex, PoisonError};

static COMPILED: LazyLock<[CompiledPolicy; 2]> = LazyLock::new(|| {
    SHIPPED
        .each_ref()
        .map(|policy| CompiledPolicy::of(policy.clone()))
});

/// For each policy its decider, which keeps what it has decided from one input to the next.
type Deciders = [Decider<'static, String>; 2];
static DECIDERS: LazyLock<Mutex<Deciders>> =
    LazyLock::new(|| Mutex::new(COMPILED.each_ref().map(Decider::new)));

#[derive(Debug)]
struct Input {
    case: CaseValues,
    /// Values for the facts that the case leaves open.
    rest: FactValues,
}

impl<'a> Arbitrary<'a> for Input {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        Ok(Self {
            case: CaseValues {
                decision_date: any_date(bytes)?,
                picked_by: PickedBy::at(bytes.choose_index(PickedBy::WORDS.len())?).unwrap_or(PickedBy::Name),
                facts: any_facts(bytes, gazetteer(), |_| false),
            },
            rest: any_facts(bytes, gazetteer(), |_| true),
        })
    }
}

fn any_date(bytes: &mut Unstructured<'_>) -> arbitrary::Result<Option<Date>> {
    if bytes.ratio(1, 4)? {
        return Ok(None);
    }
    let (year, month, day) = (
        bytes.int_in_range(2022..=2027)?,
        bytes.int_in_range(1..=12)?,
        bytes.int_in_range(1..=28)?,
    );
    Ok(Some(jiff::civil::date(year, month, day)))
}

fuzz_target!(|input: Input| {
    let mut deciders = DECIDERS.lock().unwrap_or_else(PoisonError::into_inner);
    for ((policy, compiled), decider) in SHIPPED.iter().zip(&*COMPILED).zip(deciders.iter_mut()) {
        let known = input.case.knowledge(gazetteer());
        let by_scripts = evaluate(policy, &known).expect("the shipped rules conclude for every case");
        let by_diagrams = compiled
            .evaluate(&known)
            .expect("the shipped rules conclude for every case");
        assert_eq!(format!("{by_scripts:?}"), format!("{by_diagrams:?}"));
        assert_eq!(compiled.codes(&known), compiled.codes_of(&input.case));
        decided(decider, &input.case, &by_scripts);
        with_a_fact_more(compiled, &input, &by_scripts);
    }
});

/// What is decided of many cases is what is determined of one.
fn decided(decider: &mut Decider<'static, String>, case: &CaseValues, alone: &Evaluation) {
    let make = &mut |determined: Result<&_, _>| format!("{:?}", determined.map(summary));
    decider.decide(case, make).expect("no facts are impossible");
    let answers: Vec<String> = decider.answers().cloned().collect();
    let raised_or_open: Vec<String> = alone
        .flags
        .iter()
        .map(|flag| format!("{:?}", Ok::<_, ()>(summary(flag))))
        .collect();
    let conclusions = alone
        .conclusions
        .iter()
        .map(|one| format!("{:?}", Ok::<_, ()>(summary(one))));
    let conclusions: Vec<String> = conclusions.collect();
    assert_eq!(answers[..conclusions.len()], conclusions[..]);
    for flag in raised_or_open {
        assert!(answers[conclusions.len()..].contains(&flag), "{flag}");
    }
    assert_eq!(decider.needs(), alone.needs);
    assert_eq!(decider.rests_on(), alone.rests_on);
}

fn summary(
    determined: &std::sync::Arc<gradatie::evaluate::Determination>,
) -> (Asked, Vec<usize>, Vec<FactId>, String) {
    let reasons = format!("{:?}", determined.reasons);
    (
        determined.asked,
        determined.possible.clone(),
        determined.needs.clone(),
        reasons,
    )
}

/// Each open fact alone, with the value that the input has for it.
fn with_a_fact_more(compiled: &CompiledPolicy, input: &Input, before: &Evaluation) {
    for (index, fact) in FactId::CASE_FILE.iter().enumerate() {
        // An optional fact that is absent is not open: it says that nothing is recorded.
        if input.case.facts[index].is_some() || fact.declaration().optional {
            continue;
        }
        let mut case = input.case.clone();
        case.facts[index] = input.rest[index];
        let after = compiled
            .evaluate(&case.knowledge(gazetteer()))
            .expect("the rules conclude");
        for (before, after) in before.conclusions.iter().zip(&after.conclusions) {
            assert!(after.possible.iter().all(|value| before.possible.contains(value)));
            if !before.needs.contains(fact) {
                assert_eq!(before.possible, after.possible, "{fact:?}");
            }
        }
    }
}
