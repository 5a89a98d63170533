//! What the program takes: its commands, and the arguments that several of them share.

use super::ask::Ask;
use super::batch::BatchArguments;
use super::check::Check;
use super::completions::Completions;
use super::diff::Diff;
use super::evaluate::Evaluate;
use super::import::ImportArguments;
use super::manual::Manual;
use super::policy::PolicyCommand;
use super::report::Report;
use super::sample::SampleArguments;
use super::schema::Schema;
use super::sign::SignCommand;
use super::table::Table;
use super::verify::Verify;
use super::watch::WatchArguments;
use super::whatif::WhatIf;
use crate::language::Language;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Decision support for asylum country policy: evaluates case files against policy rules.
#[derive(Debug, Parser)]
#[command(
    name = "gradatie",
    version,
    max_term_width = 100,
    after_help = "To begin with:\n  \
        gradatie ask --out case.yaml       make a case file by answering questions\n  \
        gradatie evaluate case.yaml        what is determined and why, and what is still needed\n  \
        gradatie check                     whether the rules are complete\n  \
        gradatie help evaluate             more about a command, with examples\n\n\
        Exit code: 0 done, 1 done with findings, 2 could not be done."
)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// The heading of what every command understands.
const EVERYWHERE: &str = "Options of every command";

/// What every command understands.
#[derive(Debug, Args)]
pub(super) struct Common {
    /// The rules folder; else `rules` here or in a folder above, else the copy inside the program.
    #[arg(long, global = true, value_name = "DIR", help_heading = EVERYWHERE)]
    pub rules: Option<PathBuf>,
    /// Use only rules that one of these signed: a file of allowed signers, or a public key.
    #[arg(long, global = true, value_name = "SIGNERS", help_heading = EVERYWHERE)]
    pub require_signature: Option<PathBuf>,
    /// The language of the output; else that of the locale, else English.
    #[arg(long, global = true, value_name = "LANGUAGE", help_heading = EVERYWHERE)]
    pub lang: Option<LanguageName>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum LanguageName {
    /// Dutch.
    Nl,
    /// English.
    En,
}

impl Common {
    /// The language that is asked for, or that of the locale.
    pub fn language(&self) -> Language {
        match self.lang {
            Some(LanguageName::Nl) => Language::Dutch,
            Some(LanguageName::En) => Language::English,
            None => ["LC_ALL", "LC_MESSAGES", "LANG"]
                .iter()
                .filter_map(|name| std::env::var(name).ok())
                .find(|locale| !locale.is_empty())
                .map_or(Language::default(), |locale| Language::of_locale(&locale)),
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Evaluate case files: what is determined and why, what is still needed, what a human must look at.
    Evaluate(Evaluate),
    /// Prove or refute what is promised of the rules: no gap, no failure, no dead rule, no uncited decision.
    Check(Check),
    /// Run the policy tests: what an analyst expects of the rules.
    Test(super::test::Test),
    /// Show the smallest changes of facts that would change a conclusion of a case.
    Whatif(WhatIf),
    /// Interview a person for the facts of a case: asks only what still matters, the most telling question first.
    Ask(Ask),
    /// Show the rules as decision tables with as few rows as they allow.
    Table(Table),
    /// Show exactly what differs between two policy versions, and for which cases.
    Diff(Diff),
    /// Write a policy version as a self-contained public page: map, changes, tables, every sentence with its rules.
    Report(Report),
    /// Derive recorded results again, and confirm or refute each.
    Verify(Verify),
    /// Evaluate whole case loads: a result for each case, and what has changed since another version or an earlier run.
    Batch(BatchArguments),
    /// Show after each save: check, policy tests, differences to the last committed rules, and which cases change.
    Watch(WatchArguments),
    /// Begin a new policy version, or show how the versions stand.
    Policy(PolicyCommand),
    /// Take a case load into a case store: columns that `batch` evaluates again at the speed of reading them.
    Import(ImportArguments),
    /// Sign results or a rules folder with a key, or make a key.
    Sign(SignCommand),
    /// Write made-up cases, for trials and benchmarks.
    Sample(SampleArguments),
    /// Write JSON Schema and Rhai definitions: editors then check and complete case files, tests and rules.
    Schema(Schema),
    /// Write the completions of a shell.
    Completions(Completions),
    /// Write the manual pages.
    Manual(Manual),
}

/// How cases are read, for every command that takes some.
#[derive(Debug, Args)]
pub(super) struct CaseOptions {
    /// The policy version, as `country/version` or as its folder; else the decision date picks it.
    #[arg(long, value_name = "ID")]
    pub policy: Option<String>,
    /// Bytes that one document of a case file may have.
    #[arg(long, value_name = "N", default_value_t = 1 << 20)]
    pub document_bytes: usize,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Text for people.
    #[default]
    Text,
    /// JSON for programs: an object for one case, an array for several.
    Json,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_commands_are_declared_consistently() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_example_that_the_help_shows_can_be_given() {
        let program = Arguments::command();
        let mut given = 0;
        let mut commands = vec![&program];
        while let Some(command) = commands.pop() {
            let examples = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            commands.extend(command.get_subcommands());
            let lines = examples.lines().map(str::trim);
            for line in
                lines.filter(|line| line.starts_with("gradatie ") && !line.starts_with("gradatie help"))
            {
                // What a shell reads, and what explains the example, is not of the program.
                let end = ["  ", " > ", " >> ", " < ", " | ", " && "]
                    .iter()
                    .filter_map(|mark| line.find(mark))
                    .min();
                let line = &line[..end.unwrap_or(line.len())];
                if let Err(error) = Arguments::try_parse_from(line.split_whitespace()) {
                    panic!("{line}: {error}");
                }
                given += 1;
            }
        }
        assert!(given > 25, "{given}");
    }
}
