//! How policy tests came out, as text and JSON.

use super::{Style, reasoning};
use crate::language::{Language, Words};
use crate::policy_test::{Difference, FlagState, Outcome, Report, TestResult, in_one_line};
use anstyle::{AnsiColor, Style as Ansi};
use serde_json::{Map, Value, json};
use std::fmt::Write;

macro_rules! words {
    ($($name:ident = $nl:literal, $en:literal;)*) => {
        $(const $name: Words = Words { nl: $nl, en: $en };)*
    };
}

words! {
    FAILED = "NIET GESLAAGD", "FAILED";
    NOT_CONFIRMED = "NIET BEVESTIGD", "UNCONFIRMED";
    EXPECTED = "verwacht", "expected";
    ACTUAL = "uitkomst", "actual";
    BECAUSE = "omdat", "because";
    RULE = "regel", "rule";
    THE_RULES_FAIL = "de regels falen voor deze zaak", "the rules fail for this case";
    FACTS = "feiten", "facts";
    DATE = "beslisdatum", "decision date";
    PASSED = "geslaagd", "passed";
    OF_FAILED = "niet geslaagd", "failed";
    OF_UNCONFIRMED = "niet bevestigd", "unconfirmed";
    AT_FAULT = "fouten in de testbestanden", "faults in the test files";
    NOT_RAISED = "niet opgeworpen, wat de ontbrekende feiten ook zijn", "not raised, whatever the missing facts are";
    RAISED = "opgeworpen", "raised";
    OPEN = "hangt af van ontbrekende feiten", "depends on missing facts";
    NOT_DETERMINED = "niet bepaald", "not determined";
}

const BAD: Ansi = AnsiColor::Red.on_default().bold();
const OPEN_STYLE: Ansi = AnsiColor::Yellow.on_default().bold();
const GOOD: Ansi = AnsiColor::Green.on_default().bold();

/// A text in a style, where styles are written.
pub(super) fn styled(text: &str, style: Ansi, with: Style) -> String {
    if with.colour {
        format!("{style}{text}{style:#}")
    } else {
        text.to_owned()
    }
}

/// One paragraph below others, wrapped to the width.
pub(super) fn paragraph(text: &mut String, lead: usize, what: &str, width: usize) {
    let indent = " ".repeat(lead);
    let rest = " ".repeat(lead + 2);
    let options = textwrap::Options::new(width.max(lead + 30))
        .initial_indent(&indent)
        .subsequent_indent(&rest)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let _ = writeln!(text, "{}", textwrap::fill(what, options));
}

/// How the tests came out, as text: each test that did not come out as expected, then the counts.
pub fn tests_text(report: &Report, language: Language, style: Style) -> String {
    let mut text = String::new();
    for result in report.failures() {
        text.push_str(&failure_head(result, language, style));
        match &result.outcome {
            Outcome::Failed(differences) => {
                for difference in differences {
                    text.push_str(&difference_lines(result, difference, language, style));
                }
            }
            Outcome::NotEvaluated(faults) => {
                let _ = writeln!(text, "  {}", THE_RULES_FAIL.text(language));
                for fault in faults {
                    let rendered = crate::diagnostic::render(fault, style.colour, style.width);
                    text.extend(rendered.lines().map(|line| format!("  {line}\n")));
                }
            }
            Outcome::Passed | Outcome::Unconfirmed => {}
        }
        text.push('\n');
    }
    let unconfirmed = report
        .results
        .iter()
        .filter(|result| matches!(result.outcome, Outcome::Unconfirmed));
    for result in unconfirmed {
        let test = &result.test;
        let _ = writeln!(
            text,
            "{} {}:{} {}",
            styled(NOT_CONFIRMED.text(language), OPEN_STYLE, style),
            test.source.name(),
            test.at().line,
            test.name
        );
    }
    let failed = report.failures().count();
    let passed = format!("{} {}", report.passed(), PASSED.text(language));
    let failed_text = format!("{failed} {}", OF_FAILED.text(language));
    let colour = if failed > 0 { BAD } else { GOOD };
    let _ = write!(
        text,
        "{}, {}",
        styled(&passed, GOOD, style),
        styled(&failed_text, colour, style)
    );
    if report.unconfirmed() > 0 {
        let count = format!("{} {}", report.unconfirmed(), OF_UNCONFIRMED.text(language));
        let _ = write!(text, ", {}", styled(&count, OPEN_STYLE, style));
    }
    if !report.faults.is_empty() {
        let count = format!("{} {}", report.faults.len(), AT_FAULT.text(language));
        let _ = write!(text, ", {}", styled(&count, BAD, style));
    }
    text.push('\n');
    text
}

/// The test that did not come out as expected: its place, its name, its case.
pub fn failure_head(result: &TestResult, language: Language, style: Style) -> String {
    let mut text = String::new();
    let test = &result.test;
    let _ = writeln!(
        text,
        "{} {}:{} {}",
        styled(FAILED.text(language), BAD, style),
        test.source.name(),
        test.at().line,
        test.name
    );
    let _ = write!(text, "  {}", test.picked.id);
    if let Some(date) = test.decision_date {
        let _ = write!(text, ", {} {date}", DATE.text(language));
    }
    let _ = writeln!(text, ", {} {}", FACTS.text(language), test.facts);
    text
}

/// One expectation that is not met: expected, actual, the reason with its citations, the line that decided.
pub fn difference_lines(
    result: &TestResult,
    difference: &Difference,
    language: Language,
    style: Style,
) -> String {
    let mut text = format!("  {}\n", difference.about);
    let shown = |value: &Value| shown(value, language);
    for (what, value, colour) in [
        (EXPECTED, &difference.expected, GOOD),
        (ACTUAL, &difference.actual, BAD),
    ] {
        let value = styled(&shown(value), colour, style);
        let _ = writeln!(text, "    {}: {value}", what.text(language));
    }
    let Some(determination) = &difference.determination else {
        return text;
    };
    let policy = &result.policy;
    for reason in &determination.reasons {
        let because = reasoning::summaries(policy, reason, language).join(" ");
        let because = format!("{}: {because}", BECAUSE.text(language));
        paragraph(&mut text, 4, &because, style.width);
        let site = &reason.conclusion.site;
        let _ = writeln!(
            text,
            "    {}: {}",
            RULE.text(language),
            policy.program.site_text(site)
        );
        let line = policy.program.script(site).text().lines().nth(site.at.line - 1);
        let _ = writeln!(text, "      {}", line.unwrap_or_default().trim());
    }
    text
}

/// An expectation or an outcome in words.
fn shown(value: &Value, language: Language) -> String {
    match value {
        Value::String(word) if word == FlagState::Raised.key() => RAISED.text(language).to_owned(),
        Value::String(word) if word == FlagState::Open.key() => OPEN.text(language).to_owned(),
        Value::String(word) if word == FlagState::Not.key() => NOT_RAISED.text(language).to_owned(),
        Value::Null => NOT_DETERMINED.text(language).to_owned(),
        Value::Object(open) => {
            let parts = open
                .iter()
                .map(|(key, value)| format!("{key} {}", in_one_line(value)));
            format!(
                "{}, {}",
                NOT_DETERMINED.text(language),
                parts.collect::<Vec<_>>().join(", ")
            )
        }
        other => in_one_line(other),
    }
}

/// How the tests came out, as JSON.
pub fn tests_json(report: &Report, language: Language) -> Map<String, Value> {
    let mut result = Map::new();
    result.insert("passed".to_owned(), json!(report.passed()));
    result.insert("failed".to_owned(), json!(report.failures().count()));
    if report.unconfirmed() > 0 {
        result.insert("unconfirmed".to_owned(), json!(report.unconfirmed()));
    }
    let failures = report.failures().map(|result| failure_json(result, language));
    result.insert("failures".to_owned(), failures.collect());
    if !report.faults.is_empty() {
        let faults = report.faults.iter().map(super::findings::finding);
        result.insert("faults".to_owned(), faults.collect());
    }
    result
}

fn failure_json(result: &TestResult, language: Language) -> Value {
    let test = &result.test;
    let mut failure = json!({
        "name": test.name,
        "file": test.source.name(),
        "line": test.at().line,
        "policy": test.picked.id.to_string(),
    });
    let more = match &result.outcome {
        Outcome::Failed(differences) => differences
            .iter()
            .map(|difference| difference_json(result, difference, language))
            .collect(),
        Outcome::NotEvaluated(faults) => faults.iter().map(super::findings::finding).collect(),
        Outcome::Passed | Outcome::Unconfirmed => Value::Null,
    };
    let key = match result.outcome {
        Outcome::Failed(_) => "differences",
        _ => "faults",
    };
    failure[key] = more;
    failure
}

fn difference_json(result: &TestResult, difference: &Difference, language: Language) -> Value {
    let policy = &result.policy;
    let reasons = difference.determination.iter().flat_map(|one| &one.reasons);
    let reasons = reasons.map(|reason| {
        json!({
            "cites": reasoning::cites(policy, reason),
            "at": policy.program.site_text(&reason.conclusion.site),
            "text": reasoning::text(policy, reason.conclusion.asked, reason, language),
        })
    });
    json!({
        "about": difference.about,
        "expected": difference.expected,
        "actual": difference.actual,
        "reasons": reasons.collect::<Vec<_>>(),
    })
}
