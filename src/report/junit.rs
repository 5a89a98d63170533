//! How policy tests came out, as JUnit XML: a suite for each file.

use super::Style;
use super::policy_tests::difference_lines;
use crate::diagnostic::{self, Diagnostic};
use crate::language::Language;
use crate::policy_test::{Outcome, Report, TestResult};
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

/// Text inside XML is plain and of a fixed width.
const PLAIN: Style = Style {
    width: 100,
    colour: false,
};

/// How the tests came out, as JUnit XML. A test file at fault is a suite with an error.
///
/// # Errors
/// The XML cannot be written.
pub fn tests_junit(report: &Report, language: Language) -> Result<String, Diagnostic> {
    let mut page = quick_junit::Report::new("gradatie test");
    for results in report
        .results
        .chunk_by(|one, other| one.test.source.name() == other.test.source.name())
    {
        let name = results[0].test.source.name();
        let mut suite = TestSuite::new(name);
        suite.add_test_cases(results.iter().map(|result| case(result, language)));
        page.add_test_suite(suite);
    }
    for faults in report
        .faults
        .chunk_by(|one, other| one.place().map(|at| at.0) == other.place().map(|at| at.0))
    {
        let name = faults[0].place().map_or("", |at| at.0);
        let mut suite = TestSuite::new(name);
        suite.add_test_cases(faults.iter().map(|fault| {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type(fault.code).set_message(fault.message.as_str());
            status.set_description(diagnostic::render(fault, false, PLAIN.width));
            TestCase::new(fault.message.as_str(), status)
        }));
        page.add_test_suite(suite);
    }
    page.to_string().map_err(|error| {
        Diagnostic::error(
            "junit-not-written",
            format!("the JUnit report cannot be written: {error}"),
        )
    })
}

fn case(result: &TestResult, language: Language) -> TestCase {
    let test = &result.test;
    let status = match &result.outcome {
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::Unconfirmed => {
            let mut status = TestCaseStatus::skipped();
            status.set_message("unconfirmed");
            status
        }
        Outcome::Failed(differences) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let about: Vec<&str> = differences
                .iter()
                .map(|difference| difference.about.as_str())
                .collect();
            let lines = differences
                .iter()
                .map(|difference| difference_lines(result, difference, language, PLAIN));
            status.set_type("not-as-expected").set_message(about.join(", "));
            status.set_description(lines.collect::<String>());
            status
        }
        Outcome::NotEvaluated(faults) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            let rendered = faults
                .iter()
                .map(|fault| diagnostic::render(fault, false, PLAIN.width) + "\n");
            status.set_type("rules-fail");
            status.set_message(faults.first().map_or("", |fault| fault.message.as_str()));
            status.set_description(rendered.collect::<String>());
            status
        }
    };
    let mut case = TestCase::new(test.name.as_str(), status);
    case.set_classname(test.picked.id.to_string());
    case.extra.insert("file".into(), test.source.name().into());
    case.extra
        .insert("line".into(), test.at().line.to_string().into());
    case
}
