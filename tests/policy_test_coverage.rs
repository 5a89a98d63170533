//! What policy tests reach, and what they do not as cases that can be used as they are.

mod planted;
mod program;

use gradatie::language::Language;
use gradatie::policy_test::{Coverage, Suite};
use gradatie::report::missing_tests;
use planted::{Rules, Workbench};
use program::{gradatie, messages};
use serde_json::Value;

fn covered(suite: &Suite) -> Coverage {
    suite.coverage(&suite.run(), Language::English).unwrap()
}

#[test]
fn the_shipped_tests_reach_every_conclusion_every_deciding_sentence_and_every_branch() {
    let coverage = covered(&Workbench::shipped().suite());
    let sites: Vec<_> = coverage.unreached_sites().collect();
    assert!(sites.is_empty(), "{sites:?}");
    let sentences: Vec<_> = coverage.unreached_sentences().collect();
    assert!(sentences.is_empty(), "{sentences:?}");
    assert!(coverage.sites.len() > 50 && coverage.sentences.len() >= 8);
    let branches: Vec<_> = coverage.unreached_branches().collect();
    assert!(branches.is_empty(), "{branches:?}");
}

#[test]
fn a_test_counts_only_for_the_questions_of_which_it_states_something() {
    let text = "- name: Gao is graded\n  facts: {region: Gao, civilian: yes}\n  expect: {conclusions: {grade: highest_exceptional}}\n";
    let coverage = covered(&Workbench::with("mali/2025/a.yaml", text).suite());
    let reached = coverage.sites.iter().filter(|site| site.is_reached);
    assert_eq!(
        reached.map(|site| site.at.as_str()).collect::<Vec<_>>(),
        ["mali/2025/grade.rhai:7:28"]
    );
    let sentences = coverage.sentences.iter().filter(|sentence| sentence.is_reached);
    assert_eq!(
        sentences
            .map(|sentence| sentence.locator.as_str())
            .collect::<Vec<_>>(),
        ["besluit:3.6"]
    );
}

#[test]
fn a_case_that_may_end_in_two_places_reaches_neither() {
    let text =
        "- name: the grade is open\n  facts: {}\n  expect: {conclusions: {grade: {needs: [region]}}}\n";
    let coverage = covered(&Workbench::with("mali/2025/a.yaml", text).suite());
    assert!(coverage.sites.iter().all(|site| !site.is_reached));
    assert!(coverage.branches.iter().all(|branch| !branch.is_reached));
}

#[test]
fn tests_that_fail_or_are_unconfirmed_reach_nothing() {
    for (more, value) in [("", "no_15c"), ("\n  unconfirmed: true", "highest_exceptional")] {
        let text = format!(
            "- name: Gao is graded{more}\n  facts: {{region: Gao}}\n  expect: {{conclusions: {{grade: {value}}}}}\n"
        );
        let coverage = covered(&Workbench::with("mali/2025/a.yaml", &text).suite());
        assert!(coverage.sites.iter().all(|site| !site.is_reached), "{text}");
    }
}

#[test]
fn the_missing_tests_of_untested_rules_pass_and_reach_everything_once_confirmed() {
    let rules = Rules::new();
    let folder = rules.root().parent().unwrap().to_owned();
    let file = "tests/policy/first.yaml";
    let write = ["test", "--rules", "rules", "--write-missing", file];
    let output = gradatie(&folder, &write, b"");
    assert_eq!(output.status.code(), Some(0), "{}", messages(&output));
    let written = std::fs::read_to_string(folder.join(file)).unwrap();
    assert!(written.contains("unconfirmed: true"), "{written}");
    // Unconfirmed, they are reported as such and cover nothing.
    let run = ["test", "--rules", "rules", "--coverage", "--format", "json"];
    let output = gradatie(&folder, &run, b"");
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&json["passed"], &json["failed"], &json["coverage"]["reached"]),
        (&0.into(), &0.into(), &0.into())
    );
    assert_eq!(json["unconfirmed"], written.matches("- name:").count());
    assert_eq!(output.status.code(), Some(1));
    // A second run never writes over what a person may have confirmed.
    assert_eq!(gradatie(&folder, &write, b"").status.code(), Some(2));
    std::fs::write(folder.join(file), written.replace("  unconfirmed: true\n", "")).unwrap();
    let output = gradatie(&folder, &run, b"");
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["failed"], 0, "{json:#}");
    assert_eq!(output.status.code(), Some(0), "{json:#}");
    let coverage = &json["coverage"];
    assert_eq!(coverage["sites"], coverage["reached"]);
    for part in ["branches", "sentences"] {
        assert_eq!(coverage[part]["all"], coverage[part]["reached"], "{coverage:#}");
    }
}

#[test]
fn what_is_missing_is_shown_as_tests_that_read_and_pass() {
    let bench = Workbench::shipped();
    let file = "mali/2025/real_risk.yaml";
    bench.write(file, "# none left\n");
    let coverage = covered(&bench.suite());
    let missing = missing_tests(&coverage, Language::Dutch).unwrap();
    bench.write("again.yaml", &missing);
    let report = bench.report();
    assert!(report.faults.is_empty(), "{missing}\n{:?}", report.faults);
    assert_eq!(report.failures().count(), 0);
    assert_eq!(report.unconfirmed(), missing.matches("- name:").count());
}
