//! Small mistakes that are planted in the rules are noticed, or change nothing, or are shown with a case.

mod planted;
mod program;

use gradatie::evaluate::{determine, evaluate, possible_facts};
use gradatie::language::Language;
use gradatie::policy_test::{Fate, Mutant, MutantKind, Mutants, Suite};
use planted::Workbench;
use program::gradatie;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The shipped rules and tests, with what became of all their mutants: it takes a while, so once.
static SHIPPED: LazyLock<(Workbench, Suite, Mutants)> = LazyLock::new(|| {
    let bench = Workbench::shipped();
    let suite = bench.suite();
    let mutants = suite.mutants(&suite.run(), Language::English).unwrap();
    (bench, suite, mutants)
});

/// What became of the mutants of one function, by the line of the script.
fn judged_at(suite: &Suite, line: usize) -> Mutants {
    let is_wanted = |mutant: &Mutant| mutant.script == "mali/2025/flags.rhai" && mutant.at.line == line;
    suite
        .mutants_where(&suite.run(), Language::English, is_wanted)
        .unwrap()
}

/// The line of `if facts.age < 18` in the flags of `mali/2025`.
const AGE: usize = 58;

#[test]
fn every_mutant_of_the_shipped_rules_is_noticed_or_changes_nothing() {
    let mutants = &SHIPPED.2;
    let survivors: Vec<String> = mutants
        .survivors()
        .map(|(mutant, survivor)| format!("{}:{} {survivor:?}", mutant.script, mutant.at.line))
        .collect();
    assert!(survivors.is_empty(), "{}", survivors.join("\n"));
    assert!(mutants.count(|fate| matches!(fate, Fate::Killed(_))) > 600);
    assert!(mutants.count(|fate| matches!(fate, Fate::KilledByCheck(_))) > 30);
    // Every kind of mistake that the shipped rules allow was tried; no rule of them has a `!`.
    let kinds: BTreeSet<MutantKind> = mutants.judged.iter().map(|judged| judged.mutant.kind).collect();
    assert_eq!(kinds.len(), 14, "{kinds:?}");
}

#[test]
fn a_mutant_that_is_said_to_be_equivalent_says_the_same_for_every_case_that_a_test_states() {
    let (_, suite, mutants) = &*SHIPPED;
    let same: Vec<_> = mutants
        .judged
        .iter()
        .filter(|judged| matches!(judged.fate, Fate::Equivalent))
        .collect();
    assert!(!same.is_empty());
    for judged in same {
        for policy in suite.versions.values() {
            let mut scripts = policy.program.scripts();
            let Some(script) = scripts.position(|(name, _)| name == judged.mutant.script) else {
                continue;
            };
            let changed = policy.with_script(script, &judged.mutant.text).unwrap();
            let asked = policy
                .asked()
                .find(|asked| {
                    policy
                        .program
                        .function(*asked)
                        .is_some_and(|(of, _)| of == script)
                })
                .unwrap();
            for test in suite.tests.iter().filter(|test| test.picked.id == policy.id) {
                let one = determine(policy, asked, &test.known).unwrap();
                let other = determine(&changed, asked, &test.known).unwrap();
                assert_eq!(one.possible, other.possible, "{}", judged.mutant.text);
                assert_eq!(one.cites(policy), other.cites(&changed), "{}", judged.mutant.text);
            }
        }
    }
}

#[test]
fn a_mutant_that_decides_otherwise_has_another_fingerprint_of_the_rules() {
    let (_, suite, mutants) = &*SHIPPED;
    let mut compared = 0;
    for judged in &mutants.judged {
        if matches!(judged.fate, Fate::Equivalent) {
            continue;
        }
        for policy in suite.versions.values() {
            let mut scripts = policy.program.scripts();
            let Some(script) = scripts.position(|(name, _)| name == judged.mutant.script) else {
                continue;
            };
            // One that is no rule any more has no fingerprint.
            let Ok(changed) = policy.with_script(script, &judged.mutant.text) else {
                continue;
            };
            assert_ne!(changed.fingerprint, policy.fingerprint, "{}", judged.mutant.text);
            let undone = changed.with_script(script, judged.mutant.source.text()).unwrap();
            assert_eq!(undone.fingerprint, policy.fingerprint);
            compared += 1;
        }
    }
    assert!(compared > 600, "{compared}");
}

/// The shipped tests without one of them.
fn without(file: &str, name: &str) -> Workbench {
    let bench = Workbench::shipped();
    let text = bench.read(file);
    let kept: Vec<&str> = text
        .split("\n\n")
        .filter(|part| !part.contains(&format!("- name: {name}\n")))
        .collect();
    assert_eq!(kept.len() + 1, text.split("\n\n").count());
    bench.write(file, &kept.join("\n\n"));
    bench
}

#[test]
fn a_survivor_is_shown_with_a_case_that_tells_the_two_apart_and_a_test_that_notices_it() {
    // The one test that fixes the bound of the age from above.
    let bench = without("mali/2025/flags.yaml", "eighteen is not");
    let suite = bench.suite();
    let mutants = judged_at(&suite, AGE);
    let survivors: Vec<_> = mutants.survivors().collect();
    assert!(!survivors.is_empty());
    for (mutant, survivor) in survivors {
        assert_eq!(mutant.script, "mali/2025/flags.rhai");
        assert_eq!(survivor.question, "minor");
        let policy = &suite.versions[&survivor.policy];
        let mut scripts = policy.program.scripts();
        let script = scripts.position(|(name, _)| name == mutant.script).unwrap();
        let changed = policy.with_script(script, &mutant.text).unwrap();
        let known = &survivor.case.as_ref().unwrap().known;
        let raised = |policy: &gradatie::policy::PolicyVersion| {
            let evaluation = evaluate(policy, &possible_facts(policy, known).unwrap()).unwrap();
            let flags = evaluation.flags.iter().filter(|flag| flag.is_raised());
            flags.map(|flag| format!("{:?}", flag.asked)).collect::<Vec<_>>()
        };
        assert_ne!(raised(policy), raised(&changed), "{survivor:?}");
        // The test that is offered passes under the rules, and kills the mutant once it is confirmed.
        let test = survivor
            .test
            .as_ref()
            .unwrap()
            .replace("  unconfirmed: true\n", "");
        bench.write("pasted.yaml", &test);
        let suite = bench.suite();
        assert!(suite.faults.is_empty(), "{test}\n{:?}", suite.faults);
        assert_eq!(suite.run().failures().count(), 0, "{test}");
        let again = judged_at(&suite, AGE);
        let lives = again.survivors().any(|(other, _)| other.text == mutant.text);
        assert!(!lives, "{test}");
    }
}

#[test]
fn an_unconfirmed_test_notices_nothing() {
    let bench = Workbench::shipped();
    let name = "- name: eighteen is not\n";
    let unconfirmed = format!("{name}  unconfirmed: true\n");
    bench.change("mali/2025/flags.yaml", name, &unconfirmed);
    let mutants = judged_at(&bench.suite(), AGE);
    assert!(mutants.survivors().next().is_some());
}

#[test]
fn a_mistake_in_a_shared_script_needs_to_be_noticed_under_one_version_only() {
    let mutants = &SHIPPED.2;
    // Under `mali/2023` no region has a grade that asks for a weighing; under `mali/2025` some have.
    let shared = mutants
        .judged
        .iter()
        .find(|judged| judged.mutant.script == "general/real_risk.rhai" && judged.mutant.at.line == 18)
        .unwrap();
    assert!(
        matches!(&shared.fate, Fate::Killed(test) if test.picked.id.version == "2025"),
        "{shared:?}"
    );
}

#[test]
fn the_program_ends_with_findings_when_a_mutant_survives_and_shows_the_changed_line() {
    let bench = without("mali/2025/flags.yaml", "eighteen is not");
    let output = gradatie(&bench.folder(), &["test", "--rules", "rules", "--mutants"], b"");
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    for part in [
        "SURVIVED mali/2025/flags.rhai:58",
        "- if facts.age < 18 {",
        "+ if facts.age <= 18 {",
        "a case that tells them apart: mali/2025 {age: 18}",
        "the rules: minor not raised",
        "the mutant: minor raised [besluit:6.6, Vc:C2/3.4]",
        "killed by `check`",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}
