//! `gradatie test`: the policy tests.

use super::arguments::Common;
use super::{Ended, output, rules};
use crate::diagnostic::Diagnostic;
use crate::files::write_new;
use crate::policy::RulesTree;
use crate::policy_test::{Suite, default_folder};
use crate::report::{
    coverage_json, coverage_text, missing_tests, mutants_json, mutants_text, tests_json, tests_junit,
    tests_text,
};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie test\n  \
    gradatie test tests/policy/mali/2025 --filter Kayes\n  \
    gradatie test --format junit > tests.xml")]
pub(super) struct Test {
    /// Files and folders of policy tests; else `tests/policy` beside the rules folder.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Only the tests whose name, file or version has this text; accents and case do not count.
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// Say what the tests reach: conclusions in the rules, branches of the diagrams, sentences of the source.
    #[arg(long)]
    pub coverage: bool,
    /// Plant small mistakes in the rules, one at a time, and say which no test notices.
    #[arg(long)]
    pub mutants: bool,
    /// Write a test for each branch that no test reaches, marked `unconfirmed` until a person has read it.
    #[arg(long, value_name = "FILE")]
    pub write_missing: Option<PathBuf>,
    /// Go through the expectations that are not met one by one: accept what comes out, reject it, or leave it for later.
    #[arg(long, conflicts_with_all = ["coverage", "mutants", "write_missing", "format"])]
    pub review: bool,
    /// How the results are written.
    #[arg(long, value_enum, default_value_t)]
    pub format: TestFormat,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum TestFormat {
    /// Text for people.
    #[default]
    Text,
    /// JSON for programs.
    Json,
    /// JUnit XML for build servers.
    Junit,
}

pub(super) fn run(common: &Common, command: &Test) -> Ended {
    match tested(common, command) {
        Ok(ended) => ended,
        Err(faults) => {
            output::faults(&faults);
            Ended::NotDone
        }
    }
}

fn tested(common: &Common, command: &Test) -> Result<Ended, Vec<Diagnostic>> {
    let tree = rules(common)?;
    let suite = suite(&tree, command)?;
    let language = common.language();
    let report = suite.run();
    output::faults(&report.faults);
    if command.review {
        return Ok(super::test_review::run(&suite, &report, language));
    }
    let goes_further = command.coverage || command.mutants || command.write_missing.is_some();
    if goes_further && !report.faults.is_empty() {
        let message = "coverage and mutants need test files without faults";
        return Err(vec![
            Diagnostic::error("faults-in-tests", message).help("mend them first"),
        ]);
    }
    let mut found = !report.faults.is_empty() || report.failures().next().is_some();
    let style = output::result_style();
    let mut text = tests_text(&report, language, style);
    let mut json = tests_json(&report, language);
    if command.coverage || command.write_missing.is_some() {
        let coverage = suite.coverage(&report, language)?;
        if command.coverage {
            found |= coverage.unreached_sites().next().is_some();
            text.push_str(&coverage_text(&coverage, language, style));
            json.insert("coverage".to_owned(), coverage_json(&coverage));
        }
        if let Some(path) = &command.write_missing {
            write_missing(path, missing_tests(&coverage, language).as_deref())?;
        }
    }
    if command.mutants {
        let mutants = suite.mutants(&report, language)?;
        found |= mutants.survivors().next().is_some();
        text.push_str(&mutants_text(&mutants, language, style));
        json.insert("mutants".to_owned(), mutants_json(&mutants));
    }
    let text = match command.format {
        TestFormat::Text => text,
        TestFormat::Json => format!("{:#}\n", serde_json::Value::Object(json)),
        TestFormat::Junit => tests_junit(&report, language).map_err(|fault| vec![fault])?,
    };
    let ended = if found { Ended::WithFindings } else { Ended::Done };
    Ok(output::finished(&text, ended))
}

/// Writes the missing tests to a file that is not there yet.
fn write_missing(path: &Path, tests: Option<&str>) -> Result<(), Vec<Diagnostic>> {
    let shown = path.display();
    let Some(tests) = tests else {
        output::message(&format!("every branch is reached: `{shown}` is not written"));
        return Ok(());
    };
    let written = path
        .parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| write_new(path, tests.as_bytes()));
    written.map_err(|error| {
        let fault = match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                Diagnostic::error("file-exists", format!("`{shown}` exists already"))
                    .help("name a new file: what you have confirmed must not be lost")
            }
            _ => Diagnostic::error("not-written", format!("`{shown}` cannot be written: {error}")),
        };
        vec![fault]
    })
}

/// The tests that are asked for.
fn suite(tree: &RulesTree, command: &Test) -> Result<Suite, Vec<Diagnostic>> {
    let paths = match &command.paths[..] {
        [] => folder_of_tests(tree, command)?,
        paths => paths.to_vec(),
    };
    let mut suite = Suite::read(tree, &paths)?;
    if let Some(text) = &command.filter {
        suite.filter(text);
        if suite.tests.is_empty() && suite.faults.is_empty() {
            let fault = Diagnostic::error("no-tests", format!("no policy test has `{text}` in its name"));
            return Err(vec![
                fault.help("accents and case do not count; parts of words do"),
            ]);
        }
    } else if command.paths.is_empty() {
        // A version without any test is not covered, and its mutants are not noticed.
        suite.with_all_versions()?;
    }
    Ok(suite)
}

/// The folder beside the rules, if there is one; to begin with, none is needed.
fn folder_of_tests(tree: &RulesTree, command: &Test) -> Result<Vec<PathBuf>, Vec<Diagnostic>> {
    let folder = default_folder(tree);
    if let Some(folder) = folder.as_ref().filter(|folder| folder.is_dir()) {
        return Ok(vec![folder.clone()]);
    }
    if command.coverage || command.write_missing.is_some() {
        return Ok(Vec::new());
    }
    let message = match &folder {
        Some(folder) => format!("there are no policy tests: no folder `{}`", folder.display()),
        None => "the rules inside the program have no policy tests beside them".to_owned(),
    };
    let first = "tests/policy/mali/2025/first.yaml";
    Err(vec![
        Diagnostic::error("no-tests", message)
            .help("policy tests lie in `tests/policy` beside the rules folder; or name files or folders")
            .help(format!(
                "to begin, let `gradatie test --write-missing {first}` write a case for each branch"
            )),
    ])
}
