//! A mistake in a policy test is shown at its place with a way out; nothing is guessed and nothing is skipped silently.

mod planted;
mod program;

use gradatie::diagnostic::Diagnostic;
use gradatie::policy_test::Outcome;
use planted::{Rules, Workbench};
use program::{gradatie, messages};

fn only_fault(file: &str, text: &str) -> Diagnostic {
    let mut faults = Workbench::with(file, text).report().faults;
    assert_eq!(faults.len(), 1, "{text}: {faults:?}");
    faults.remove(0)
}

/// A test of `mali/2025` with this expectation.
fn expecting(expect: &str) -> String {
    format!("- name: Gao is graded\n  facts: {{region: Gao}}\n  expect: {expect}\n")
}

#[test]
fn each_mistake_has_a_code_a_place_and_a_way_out() {
    let file = "mali/2025/grade.yaml";
    let wrong = [
        (
            expecting("{conclusion: {grade: no_15c}}"),
            "unknown-key",
            (3, 12),
            "conclusions",
        ),
        (
            expecting("{conclusions: {grad: no_15c}}"),
            "unknown-conclusion",
            (3, 26),
            "grade",
        ),
        (
            expecting("{conclusions: {grade: no15c}}"),
            "unknown-value",
            (3, 33),
            "no_15c",
        ),
        (
            expecting("{conclusions: {grade: {posible: [no_15c]}}}"),
            "unknown-key",
            (3, 34),
            "possible",
        ),
        (
            expecting("{citations: {grade: [besluit:3.66]}}"),
            "unknown-locator",
            (3, 32),
            "besluit:3.6",
        ),
        (
            expecting("{flags: [downgraded]}"),
            "unknown-flag",
            (3, 20),
            "downgrade",
        ),
        (expecting("{needs: [regio]}"), "unknown-fact", (3, 20), "region"),
        (expecting("{needs: region}"), "wrong-type", (3, 19), "brackets"),
        (expecting("{}"), "expects-nothing", (3, 11), "flags_open"),
        (
            expecting("{flags: [minor], flags_not: [minor]}"),
            "duplicate-flag",
            (3, 40),
            "",
        ),
        (
            "- name: Gao is graded\n  facts: {regoin: Gao}\n  expect: {flags: [minor]}\n".to_owned(),
            "unknown-fact",
            (2, 11),
            "region",
        ),
        (
            "- name: Goa is graded\n  facts: {region: Goa}\n  expect: {flags: [minor]}\n".to_owned(),
            "unknown-place",
            (2, 19),
            "Gao",
        ),
        (
            "- name: Gao is graded\n  facts: {}\n  region: Gao\n  expect: {flags: [minor]}\n".to_owned(),
            "unknown-key",
            (3, 3),
            "indent it under `facts:`",
        ),
        (
            "- name: Gao\n  facts: {}\n  expect: {flags: [minor]}\n".to_owned(),
            "not-a-sentence",
            (1, 9),
            "say what it shows",
        ),
        (
            "- name: Gao is graded\n  facts: {}\n".to_owned(),
            "missing-key",
            (1, 3),
            "state what must come out",
        ),
        (
            "- name: Gao is graded\n  facts: {}\n  facts: {}\n  expect: {flags: [minor]}\n".to_owned(),
            "duplicate-key",
            (3, 3),
            "keep one",
        ),
        ("name: Gao is graded\n".to_owned(), "wrong-type", (1, 1), "- name"),
        (
            "- name: Gao is graded\n  policy: mali/2026\n  facts: {}\n  expect: {flags: [minor]}\n"
                .to_owned(),
            "unknown-policy",
            (2, 11),
            "mali/2025",
        ),
        (
            format!(
                "{}{}",
                expecting("{flags_not: [minor]}"),
                expecting("{flags_open: [minor]}")
            ),
            "duplicate-name",
            (4, 9),
            "say what each shows",
        ),
        (
            "- name: dated so\n  decision_date: 2025-13-01\n  facts: {}\n  expect: {flags: [minor]}\n"
                .to_owned(),
            "not-a-date",
            (2, 18),
            "2025-09-15",
        ),
    ];
    for (text, code, (line, column), help) in wrong {
        let fault = only_fault(file, &text);
        let (name, at) = fault.place().unwrap();
        assert_eq!(fault.code, code, "{text}: {fault:?}");
        assert!(name.ends_with(file), "{name}");
        assert_eq!((at.line, at.column), (line, column), "{text}: {fault:?}");
        assert!(fault.help.join("\n").contains(help), "{text}: {fault:?}");
    }
}

#[test]
fn a_test_at_fault_is_shown_and_the_others_still_run() {
    let text = format!(
        "{}- name: this one is at fault\n  facts: {{regoin: Gao}}\n  expect: {{flags: [minor]}}\n",
        expecting("{conclusions: {grade: highest_exceptional}}")
    );
    let report = Workbench::with("mali/2025/grade.yaml", &text).report();
    assert_eq!((report.passed(), report.faults.len()), (1, 1));
}

#[test]
fn the_version_comes_from_the_test_from_the_folder_or_from_the_date() {
    let test = |more: &str| {
        format!(
            "- name: a test of some version{more}\n  facts: {{region: Ségou}}\n  expect: {{flags_open: [minor]}}\n"
        )
    };
    let version = |file: &str, more: &str| {
        let report = Workbench::with(file, &test(more)).report();
        let result = report.results.first();
        result.map(|result| result.test.picked.id.to_string())
    };
    assert_eq!(version("mali/2023/a.yaml", "").as_deref(), Some("mali/2023"));
    assert_eq!(version("mali/2025/more/a.yaml", "").as_deref(), Some("mali/2025"));
    assert_eq!(
        version("mali/2023/a.yaml", "\n  policy: mali/2025").as_deref(),
        Some("mali/2025")
    );
    assert_eq!(
        version("mali/a.yaml", "\n  decision_date: 2024-02-01").as_deref(),
        Some("mali/2023")
    );
    assert_eq!(only_fault("mali/a.yaml", &test("")).code, "missing-policy");
    assert_eq!(only_fault("mali/2024/a.yaml", &test("")).code, "unknown-policy");
    let too_early = test("\n  decision_date: 1999-01-01");
    assert_eq!(only_fault("mali/a.yaml", &too_early).code, "no-policy-in-force");
}

#[test]
fn a_date_that_is_not_on_record_picks_the_version_with_its_flag() {
    let text = "- name: the date of entry into force is not on record\n  decision_date: 2025-09-15\n  facts: {}\n  expect: {flags: [in-force-date-unknown]}\n";
    assert_eq!(Workbench::with("mali/a.yaml", text).report().passed(), 1);
}

#[test]
fn only_what_is_stated_is_checked() {
    let open = "- name: the risk is open\n  facts: {region: Ségou, civilian: yes}\n  expect: {conclusions: {real_risk: ";
    for (stated, passes) in [
        ("{needs: [individual_risk]}", true),
        ("{possible: [by_individual_circumstances, not_established]}", true),
        ("{possible: [not_established]}", false),
        ("{needs: []}", false),
        ("not_established", false),
    ] {
        let report = Workbench::with("mali/2025/a.yaml", &format!("{open}{stated}}}}}\n")).report();
        assert_eq!(report.passed() == 1, passes, "{stated}: {:?}", report.results);
    }
}

#[test]
fn an_unconfirmed_test_is_neither_passed_nor_failed_until_it_differs() {
    let text = |value: &str| {
        format!(
            "- name: Gao is graded\n  unconfirmed: true\n  facts: {{region: Gao}}\n  expect: {{conclusions: {{grade: {value}}}}}\n"
        )
    };
    let report = Workbench::with("mali/2025/a.yaml", &text("highest_exceptional")).report();
    assert_eq!(
        (report.passed(), report.unconfirmed(), report.failures().count()),
        (0, 1, 0)
    );
    let report = Workbench::with("mali/2025/a.yaml", &text("no_15c")).report();
    assert_eq!(
        (report.passed(), report.unconfirmed(), report.failures().count()),
        (0, 0, 1)
    );
}

#[test]
fn a_rule_that_fails_for_a_case_fails_its_tests_whatever_they_are_about() {
    let bench = Workbench::with("mali/2025/a.yaml", &expecting("{flags_open: [minor]}"));
    let (from, to) = ("\"Gao\" | \"Mopti\"", "\"Mopti\"");
    bench.rules.change("mali/2025/grade.rhai", from, to);
    let report = bench.report();
    assert!(matches!(report.results[0].outcome, Outcome::NotEvaluated(_)));
}

#[test]
fn the_program_says_what_was_expected_what_came_out_why_and_where() {
    let bench = Workbench::with(
        "mali/2025/grade.yaml",
        &expecting("{conclusions: {grade: relatively_lower}}"),
    );
    let output = gradatie(&bench.folder(), &["test", "--rules", "rules"], b"");
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    for part in [
        "FAILED tests/policy/mali/2025/grade.yaml:1 Gao is graded",
        "expected: relatively_lower",
        "actual: highest_exceptional",
        "[besluit:3.6]",
        "rule: mali/2025/grade.rhai:7:28",
        "\"Gao\" | \"Mopti\" => conclude(\"highest_exceptional\", \"besluit:3.6\"),",
        "0 passed, 1 failed",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn without_tests_the_program_says_where_they_belong() {
    let rules = Rules::new();
    let folder = rules.root().parent().unwrap().to_owned();
    let output = gradatie(&folder, &["test", "--rules", "rules"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(messages(&output).contains("no folder `tests/policy`"));
    let bench = Workbench::with("mali/2025/a.yaml", &expecting("{flags_open: [minor]}"));
    let output = gradatie(
        &bench.folder(),
        &["test", "--rules", "rules", "--filter", "KIDAL"],
        b"",
    );
    assert_eq!(output.status.code(), Some(2));
    let output = gradatie(
        &bench.folder(),
        &["test", "--rules", "rules", "--filter", "gao IS"],
        b"",
    );
    assert_eq!(output.status.code(), Some(0), "{}", messages(&output));
}

#[test]
fn the_json_has_the_counts_and_each_failure_with_its_place() {
    let bench = Workbench::with(
        "mali/2025/grade.yaml",
        &expecting("{conclusions: {grade: relatively_lower}}"),
    );
    let output = gradatie(
        &bench.folder(),
        &["test", "--rules", "rules", "--format", "json"],
        b"",
    );
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&json["passed"], &json["failed"]), (&0.into(), &1.into()));
    let failure = &json["failures"][0];
    assert_eq!(failure["line"], 1);
    assert_eq!(failure["differences"][0]["expected"], "relatively_lower");
    assert_eq!(
        failure["differences"][0]["reasons"][0]["at"],
        "mali/2025/grade.rhai:7:28"
    );
}

/// The attributes and texts of a JUnit report that a build server reads, checked against its usual schema: suites with
/// counts, cases with a name and a class, a failure with a type and a message.
#[test]
fn the_junit_report_has_the_shape_that_build_servers_read() {
    let text = format!(
        "{}- name: <Gao> & \"Mopti\" are graded\n  facts: {{region: Mopti}}\n  expect: {{conclusions: {{grade: highest_exceptional}}}}\n- name: nobody has confirmed this\n  unconfirmed: true\n  facts: {{region: Mopti}}\n  expect: {{conclusions: {{grade: highest_exceptional}}}}\n",
        expecting("{conclusions: {grade: relatively_lower}}")
    );
    let bench = Workbench::with("mali/2025/grade.yaml", &text);
    bench.write("mali/2025/wrong.yaml", "- name: at fault\n");
    let output = gradatie(
        &bench.folder(),
        &["test", "--rules", "rules", "--format", "junit"],
        b"",
    );
    assert_eq!(output.status.code(), Some(1));
    let xml = String::from_utf8(output.stdout).unwrap();
    let report = quick_junit::Report::deserialize_from_str(&xml).unwrap();
    assert_eq!((report.tests, report.failures), (5, 1), "{xml}");
    let suite = &report.test_suites[0];
    assert_eq!(suite.name.as_str(), "tests/policy/mali/2025/grade.yaml");
    assert_eq!((suite.tests, suite.failures), (3, 1), "{xml}");
    let names: Vec<&str> = suite.test_cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Gao is graded",
            "<Gao> & \"Mopti\" are graded",
            "nobody has confirmed this"
        ]
    );
    assert!(suite.test_cases.iter().all(|case| {
        case.classname
            .as_ref()
            .is_some_and(|name| name.as_str() == "mali/2025")
    }));
    for part in [
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
        "<testsuites name=\"gradatie test\"",
        "<failure message=\"grade\" type=\"not-as-expected\">",
        "<error message=",
        "<skipped",
        "&lt;Gao&gt; &amp; ",
    ] {
        assert!(xml.contains(part), "{part} in {xml}");
    }
}
