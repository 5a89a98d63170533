use super::super::{NOT_RAISED, drawn};
use super::*;
use crate::policy::{Policies, PolicyId, RulesTree};
use std::cell::OnceCell;

type Answers = Vec<Vec<usize>>;

#[test]
fn cases_are_decided_as_by_evaluating_however_little_has_places_of_its_own_or_is_kept() {
    let id = PolicyId::parse("mali/2025").unwrap();
    let mut policies = Policies::open(&RulesTree::embedded(), Some("mali/2025")).unwrap();
    let compiled = CompiledPolicy::of(policies.version(&id).unwrap());
    let gazetteer = policies.gazetteer();
    let bounds = [(MOST_PLACES, MOST_COMBINATIONS), (100, 7), (0, 1)];
    let mut deciders = bounds.map(|(most_places, most_combinations)| {
        Decider::<_, OnceCell<Answers>, OnceCell<Answers>>::within(&compiled, most_places, most_combinations)
    });
    for case in drawn::cases(gazetteer).take(2000) {
        let evaluation = compiled.evaluate(&case.knowledge(gazetteer)).unwrap();
        for decider in &mut deciders {
            let made = decider.decide(&case, &mut |determined| determined.unwrap().possible.clone());
            assert!(made.is_ok() && !decider.has_failed());
            assert_eq!(decider.needs(), evaluation.needs);
            assert_eq!(decider.rests_on(), evaluation.rests_on);
            let conclusions = evaluation.conclusions.iter();
            let expected: Answers = conclusions.map(|one| one.possible.clone()).collect();
            let answers: Answers = decider.answers().take(expected.len()).cloned().collect();
            assert_eq!(answers, expected);
            let kept = decider.kept_of_conclusions().get_or_init(|| answers);
            assert_eq!(*kept, expected);
            let flags = decider.determinations().skip(expected.len()).flatten();
            let flags = flags.filter(|flag| flag.possible != [NOT_RAISED]);
            let flags: Vec<Asked> = flags.map(|flag| flag.asked).collect();
            let answers: Answers = decider.answers().skip(expected.len()).cloned().collect();
            let kept = decider.kept_of_flags().get_or_init(|| answers.clone());
            assert_eq!(*kept, answers);
            let expected: Vec<Asked> = evaluation.flags.iter().map(|flag| flag.asked).collect();
            assert_eq!(flags, expected);
        }
    }
    // So many occur, most of them again and again; of which few are kept at a time.
    let kept = deciders.map(|decider| [decider.conclusions.len(), decider.flags.len()]);
    assert!(kept[0].iter().all(|kept| (100..2000).contains(kept)));
    assert!(kept[1].iter().all(|kept| *kept <= 7) && kept[2] == [1, 1]);
}
