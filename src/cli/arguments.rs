//! The arguments of all commands.

use crate::language::Language;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Decision support for asylum country policy: evaluates case files against policy rules.
#[derive(Debug, Parser)]
#[command(name = "gradatie", version, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command understands.
#[derive(Debug, Args)]
pub(super) struct Common {
    /// The rules folder; else `rules` here or in a folder above, else the copy inside the program.
    #[arg(long, global = true, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// The language of the output; else that of the locale, else English.
    #[arg(long, global = true, value_name = "LANGUAGE")]
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
    /// The smallest changes of facts that would change a conclusion of a case.
    Whatif(WhatIf),
    /// Interview a person for the facts of a case: asks only what still matters, the most telling question first.
    Ask(Ask),
    /// The rules as decision tables with as few rows as they allow.
    Table(Table),
    /// The exact difference of two policy versions: what changes for which cases.
    Diff(Diff),
    /// Derive recorded results again, and confirm or refute each.
    Verify(Verify),
    /// Evaluate whole case loads: a result for each case, and what has changed since another version or an earlier run.
    Batch(Batch),
    /// Write made-up cases, for trials and benchmarks.
    Sample(Sample),
}

#[derive(Debug, Args)]
pub(super) struct Sample {
    /// How many cases.
    #[arg(value_name = "N")]
    pub cases: usize,
    /// The form of the cases.
    #[arg(long, value_enum, default_value_t)]
    pub format: SampleFormatName,
    /// The file to write, or the folder for `--format files`; else standard output.
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
    /// Where the draws begin: the same seed always gives the same cases.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Every value as often as any other and one fact in four missing, instead of a plausible case load.
    #[arg(long)]
    pub uniform: bool,
    /// The policy version whose places are used.
    #[arg(long, value_name = "ID")]
    pub policy: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum SampleFormatName {
    /// A stream of YAML documents.
    #[default]
    Yaml,
    /// JSON Lines.
    Jsonl,
    /// CSV with a header.
    Csv,
    /// A YAML file for each case, in folders of a thousand.
    Files,
}

#[derive(Debug, Args)]
pub(super) struct Batch {
    /// Folders, YAML and JSON files, JSON Lines and CSV, also packed as .gz or .zst; `-` for standard input.
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// The file for the results, JSON Lines or CSV by its ending; else they go to standard output.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Compare with another policy version, or with the JSON Lines of an earlier batch.
    #[arg(long, value_name = "ID-or-FILE")]
    pub against: Option<String>,
    /// Write the summary as JSON.
    #[arg(long, value_name = "FILE")]
    pub summary: Option<PathBuf>,
    /// Write a self-contained page with totals, maps, flows and changed cases.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Threads that evaluate; else one for each processor.
    #[arg(long, value_name = "N")]
    pub jobs: Option<std::num::NonZeroUsize>,
    /// Go on with a run that was interrupted, given by the same command.
    #[arg(long)]
    pub resume: bool,
    /// How often what was written is made safe, so that an interrupted run loses no more.
    #[arg(long, value_name = "SECONDS", default_value_t = 2)]
    pub checkpoint: u64,
    /// Replace what is there, also what an interrupted run left.
    #[arg(long, conflicts_with = "resume")]
    pub force: bool,
    #[command(flatten)]
    pub options: CaseOptions,
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Results of `evaluate --format json` or of `batch`; `-` for standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// How the verdicts are written.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Versions as `country/version` or as folders, or rules folders; else all versions of the rules.
    #[arg(value_name = "ID-or-DIR")]
    pub targets: Vec<String>,
    /// How the findings are written.
    #[arg(long, value_enum, default_value_t)]
    pub format: CheckFormat,
    /// Show the page of a code: what it says, why, a wrong and a right example.
    #[arg(long, value_name = "CODE")]
    pub explain: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum CheckFormat {
    /// Text for people.
    #[default]
    Text,
    /// JSON for programs.
    Json,
    /// SARIF 2.1.0 for code hosts and editors.
    Sarif,
}

#[derive(Debug, Args)]
pub(super) struct Table {
    /// The policy version, as `country/version` or as its folder.
    #[arg(value_name = "ID")]
    pub policy: String,
    /// One conclusion or flag; else all.
    pub conclusion: Option<String>,
    /// How the tables are written.
    #[arg(long, value_enum, default_value_t)]
    pub format: TableFormat,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum TableFormat {
    /// Text in columns.
    #[default]
    Text,
    /// Markdown.
    Markdown,
    /// A self-contained page.
    Html,
    /// DMN 1.3, the XML of the Object Management Group.
    Dmn,
}

#[derive(Debug, Args)]
pub(super) struct Diff {
    /// The old and the new version, as `country/version` or as folders; with `--since` the versions to compare, all
    /// when none is named.
    #[arg(value_name = "VERSION", num_args = 0.., required_unless_present = "since")]
    pub versions: Vec<String>,
    /// Compare with the rules at this revision of their git repository.
    #[arg(long, value_name = "REV")]
    pub since: Option<String>,
    /// How the difference is written.
    #[arg(long, value_enum, default_value_t)]
    pub format: PageFormat,
    /// End with exit code 1 when there is a difference.
    #[arg(long)]
    pub fail_on_change: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum PageFormat {
    /// Text for people.
    #[default]
    Text,
    /// JSON for programs.
    Json,
    /// A self-contained page.
    Html,
}

#[derive(Debug, Args)]
pub(super) struct Evaluate {
    /// The case files, YAML or JSON; `-` for standard input.
    #[arg(required = true, value_name = "CASE")]
    pub cases: Vec<PathBuf>,
    /// How the results are written.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Show every read of a fact in order, with its line.
    #[arg(long)]
    pub trace: bool,
    #[command(flatten)]
    pub options: CaseOptions,
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

#[derive(Debug, Args)]
pub(super) struct Ask {
    /// The reference of the case.
    #[arg(long, value_name = "REFERENCE", default_value = "new-case")]
    pub case: String,
    /// The moment of decision, as YYYY-MM-DD; it picks the policy version.
    #[arg(long, value_name = "DATE")]
    pub date: Option<jiff::civil::Date>,
    /// The policy version, as `country/version` or as its folder; else the date picks it.
    #[arg(long, value_name = "ID")]
    pub policy: Option<String>,
    /// The case file to write; else it goes to standard output.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct WhatIf {
    /// The case files, YAML or JSON; `-` for standard input.
    #[arg(required = true, value_name = "CASE")]
    pub cases: Vec<PathBuf>,
    /// How the results are written.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Also change facts that no later step of the procedure can change, such as the age or the region.
    #[arg(long)]
    pub immutable: bool,
    #[command(flatten)]
    pub options: CaseOptions,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Text for people.
    #[default]
    Text,
    /// JSON for programs: an object for one case, an array for several.
    Json,
}
