//! `gradatie test`: the policy tests.

use super::arguments::Common;
use super::{Ended, output, rules};
use crate::diagnostic::Diagnostic;
use crate::policy::RulesTree;
use crate::policy_test::{Suite, default_folder};
use crate::report::{tests_json, tests_junit, tests_text};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

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
    let ended = if report.faults.is_empty() && report.failures().next().is_none() {
        Ended::Done
    } else {
        Ended::WithFindings
    };
    let text = match command.format {
        TestFormat::Text => tests_text(&report, language, output::result_style()),
        TestFormat::Json => format!("{:#}\n", serde_json::Value::Object(tests_json(&report, language))),
        TestFormat::Junit => tests_junit(&report, language).map_err(|fault| vec![fault])?,
    };
    Ok(output::finished(&text, ended))
}

/// The tests that are asked for.
fn suite(tree: &RulesTree, command: &Test) -> Result<Suite, Vec<Diagnostic>> {
    let paths = match &command.paths[..] {
        [] => vec![folder_of_tests(tree)?],
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
    }
    Ok(suite)
}

fn folder_of_tests(tree: &RulesTree) -> Result<PathBuf, Vec<Diagnostic>> {
    let Some(folder) = default_folder(tree) else {
        let message = "the rules inside the program have no policy tests beside them";
        let fault = Diagnostic::error("no-tests", message);
        return Err(vec![fault.help(
            "name files or folders of tests, or run it in a folder with `rules` and `tests/policy`",
        )]);
    };
    if !folder.is_dir() {
        let message = format!("there are no policy tests: no folder `{}`", folder.display());
        let fault = Diagnostic::error("no-tests", message);
        return Err(vec![fault.help(
            "policy tests lie beside the rules folder; or name files or folders of tests",
        )]);
    }
    Ok(folder)
}
