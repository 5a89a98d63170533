//! An interview asks only what still matters, and writes a case file that says what was determined.

mod domain_reading;
mod program;

use domain_reading::Random;
use gradatie::case_file::read_case;
use gradatie::evaluate::{Evaluation, evaluate, knowledge};
use gradatie::facts::{FactId, FactKind, PickedBy};
use gradatie::interview::{Answer, Interview, case_file, read_answer};
use gradatie::policy::{Policies, PolicyVersion, RulesTree};
use gradatie::source::Source;
use gradatie::yaml::Limits;

fn policy() -> std::sync::Arc<PolicyVersion> {
    Policies::named(&RulesTree::embedded(), "mali/2025").unwrap()
}

fn random_answer(fact: FactId, random: &mut Random) -> String {
    match fact.declaration().kind {
        FactKind::Choice(words) => words[random.below(words.len())].word.to_owned(),
        FactKind::Set(words) => {
            ["-".to_owned(), words[random.below(words.len())].word.to_owned()][random.below(2)].clone()
        }
        FactKind::WholeNumber { .. } => random.below(99).to_string(),
        FactKind::Place => {
            ["Gao", "SEGOU", "Nara", "Bamako", "Kayes", "gourma-rharous"][random.below(6)].to_owned()
        }
        FactKind::Date => unreachable!("a date is not asked"),
    }
}

fn summary(evaluation: &Evaluation) -> Vec<Vec<usize>> {
    evaluation
        .conclusions
        .iter()
        .chain(&evaluation.flags)
        .map(|one| one.possible.clone())
        .collect()
}

#[test]
fn every_question_can_still_change_something_and_at_the_end_nothing_can() {
    let policy = policy();
    let mut random = Random::new(99);
    let mut fewest = usize::MAX;
    for _ in 0..30 {
        let mut interview = Interview::new(&policy, None, PickedBy::Name);
        let mut asked = Vec::new();
        while let Some(step) = interview.next().unwrap() {
            assert!(!asked.contains(&step.fact), "asked twice");
            assert!(
                !step.changes.is_empty() && !step.law.is_empty(),
                "{:?}",
                step.fact
            );
            asked.push(step.fact);
            let typed = random_answer(step.fact, &mut random);
            let value = read_answer(step.fact, &typed, &policy.gazetteer).unwrap();
            interview.answer(step.fact, Answer::Given(value));
        }
        fewest = fewest.min(asked.len());
        let evaluation = interview.evaluation().unwrap();
        assert!(evaluation.needs.is_empty());
        // The case file says the same.
        let text = case_file("A: 1", None, &interview.facts());
        let case = read_case(
            &Source::new("asked.yaml", text),
            &policy.gazetteer,
            &Limits::default(),
        )
        .unwrap();
        assert_eq!(case.case, "A: 1");
        let known = knowledge(&case.facts, None, PickedBy::Name, &policy.gazetteer);
        assert_eq!(summary(&evaluate(&policy, &known).unwrap()), summary(&evaluation));
    }
    assert!(
        fewest < FactId::CASE_FILE.len() - 4,
        "some interviews are short: {fewest}"
    );
}

#[test]
fn going_back_takes_the_last_answer_back_and_a_skipped_question_is_not_asked_again() {
    let policy = policy();
    let mut interview = Interview::new(&policy, None, PickedBy::Name);
    let first = interview.next().unwrap().unwrap().fact;
    assert_eq!(interview.back(), None);
    interview.answer(first, Answer::Skipped);
    let second = interview.next().unwrap().unwrap().fact;
    assert_ne!(first, second);
    assert_eq!(interview.back(), Some(first));
    assert_eq!(interview.next().unwrap().unwrap().fact, first);
    assert!(interview.facts().is_empty());
}

#[test]
fn through_a_pipe_the_case_file_comes_on_standard_output() {
    let arguments = [
        "ask",
        "--case",
        "ML-1",
        "--date",
        "2025-10-01",
        "--policy",
        "mali/2025",
        "--lang",
        "nl",
    ];
    let folder = tempfile::tempdir().unwrap();
    let answers = "?\nperhaps\nja\ns\nb\nSégou\nq\n";
    let output = program::gradatie(folder.path(), &arguments, answers.as_bytes());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("Is de vreemdeling burger?") && said.contains("cannot be `perhaps`"),
        "{said}"
    );
    assert!(said.contains("Een mens beslist"), "{said}");
    let written = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        written,
        "case: ML-1\ndecision_date: 2025-10-01\nfacts:\n  region: Ségou\n  civilian: yes\n"
    );
}

#[test]
fn a_file_that_exists_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("case.yaml");
    std::fs::write(&file, "mine").unwrap();
    let output = program::gradatie(folder.path(), &["ask", "--out", "case.yaml"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
}
