//! `gradatie test --review` changes the expectations that are accepted, and not one byte more.

mod planted;
mod program;

use planted::Workbench;
use program::{gradatie, messages};

const FILE: &str = "mali/2025/a.yaml";

const TEXT: &str = "\
# What we expect of Ségou.

- name: Ségou is graded   # the sentence of the letter
  facts: {region: Ségou, civilian: yes}
  expect:
    conclusions:
      # as it was before
      grade: no_15c          # to be read again
      real_risk:             # open
        possible: [by_mere_presence, not_established]
        needs: [individual_risk]
    citations:
      grade: [ besluit:6.4 ] # this one
    flags_not: [bamako-fringe, minor]

- name: Ménaka is renewed
  facts: {region: Ménaka, procedure: renewal}
  expect: {flags_not: [downgrade], conclusions: {grade: relatively_higher}}
";

/// The file after a review with these answers, and what the program said.
fn reviewed(text: &str, answers: &str) -> (String, std::process::Output) {
    let bench = Workbench::with(FILE, text);
    let output = gradatie(
        &bench.folder(),
        &["test", "--rules", "rules", "--review"],
        answers.as_bytes(),
    );
    (bench.read(FILE), output)
}

/// The lines that differ, before and after.
fn changed(text: &str) -> Vec<(String, String)> {
    let pairs = TEXT
        .lines()
        .zip(text.lines())
        .filter(|(before, after)| before != after);
    assert_eq!(TEXT.lines().count(), text.lines().count(), "{text}");
    pairs
        .map(|(before, after)| (before.to_owned(), after.to_owned()))
        .collect()
}

#[test]
fn only_what_was_accepted_is_rewritten_and_comments_and_layout_stay() {
    // In the order of the file: grade, real_risk, its citations, the flag `minor`, the flag `downgrade`.
    let (text, output) = reviewed(TEXT, "a\nr\na\ns\na\n");
    assert_eq!(
        changed(&text),
        [
            (
                "      grade: no_15c          # to be read again".to_owned(),
                "      grade: relatively_higher          # to be read again".to_owned()
            ),
            (
                "      grade: [ besluit:6.4 ] # this one".to_owned(),
                "      grade: [besluit:4.4] # this one".to_owned()
            ),
            (
                "  expect: {flags_not: [downgrade], conclusions: {grade: relatively_higher}}".to_owned(),
                "  expect: {flags: [downgrade], conclusions: {grade: relatively_higher}}".to_owned()
            ),
        ]
    );
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("3 accepted, 1 rejected: the rule must change, 1 left for later"),
        "{said}"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn everything_accepted_makes_the_tests_pass() {
    let (text, output) = reviewed(TEXT, "a\na\na\na\na\n");
    assert_eq!(output.status.code(), Some(0), "{}", messages(&output));
    let bench = Workbench::with(FILE, &text);
    let report = bench.report();
    assert!(report.faults.is_empty(), "{text}\n{:?}", report.faults);
    assert_eq!(report.passed(), 2, "{text}");
    assert!(
        text.contains("    flags_not: [bamako-fringe]\n    flags_open: [minor]\n"),
        "{text}"
    );
    for comment in [
        "# What we expect",
        "# the sentence",
        "# as it was",
        "# to be read",
        "# open",
        "# this one",
    ] {
        assert!(text.contains(comment), "{comment} in {text}");
    }
    let (again, output) = reviewed(&text, "");
    assert_eq!((again, output.status.code()), (text, Some(0)));
}

#[test]
fn nothing_accepted_leaves_the_file_as_it_is() {
    for answers in ["", "q\n", "r\nr\nr\nr\nr\n", "s\ns\ns\ns\ns\n", "what\nq\n"] {
        let (text, output) = reviewed(TEXT, answers);
        assert_eq!(text, TEXT, "{answers:?}");
        assert_eq!(output.status.code(), Some(1));
    }
    // What was accepted before the end is kept.
    let (text, _) = reviewed(TEXT, "a\nq\n");
    assert_eq!(changed(&text).len(), 1);
}

#[test]
fn a_value_that_has_become_open_and_a_list_over_several_lines_are_rewritten() {
    let text = "\
- name: without a region nothing is determined
  facts: {}
  expect:
    conclusions: {grade: no_15c, scope: {needs: [nationality]}}
    citations:
      grade: [besluit:6.4]
    flags:
      - downgrade   # the letter
      - minor
    flags_open:
      - health
";
    let (rewritten, output) = reviewed(text, &"a\n".repeat(9));
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}\n{rewritten}",
        messages(&output)
    );
    let report = Workbench::with(FILE, &rewritten).report();
    assert_eq!((report.passed(), report.faults.len()), (1, 0), "{rewritten}");
    assert!(!rewritten.contains("citations"), "{rewritten}");
    assert!(rewritten.contains("needs: [region]"), "{rewritten}");
    assert!(
        rewritten.contains("      - health\n      - downgrade"),
        "{rewritten}"
    );
}

#[test]
fn a_case_for_which_the_rules_fail_has_nothing_to_accept() {
    let bench = Workbench::with(FILE, TEXT);
    bench
        .rules
        .change("mali/2025/grade.rhai", "\"Ménaka\" | \"Ségou\"", "\"Ménaka\"");
    let output = gradatie(
        &bench.folder(),
        &["test", "--rules", "rules", "--review"],
        &b"a\n".repeat(9),
    );
    assert_eq!(bench.read(FILE).matches("no_15c").count(), 1);
    assert_eq!(output.status.code(), Some(1));
    assert!(messages(&output).contains("nothing to accept"));
}
