//! `gradatie batch`: whole case loads.

mod running;

use super::arguments::{CaseOptions, Common};
use super::{Ended, loads, output, rules};
use crate::batch::{Against, Batch, EarlierResults, Names, ResultFormat, RuleSet};
#[cfg(not(feature = "columnar"))]
use crate::case_load::without_columns;
use crate::case_load::{Plan, check_columns, plan};
use crate::diagnostic::Diagnostic;
use crate::policy::RulesTree;
use crate::yaml::Limits;
use clap::Args;
use running::Running;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie batch cases --out results.jsonl\n  \
    gradatie batch cases --out results.jsonl --resume\n  \
    gradatie batch cases.parquet --out results.parquet\n  \
    gradatie batch cases.parquet --out next.parquet --against results.parquet\n  \
    gradatie batch cases --out results.jsonl --against mali/2023 --report changes.html")]
pub(super) struct BatchArguments {
    /// Folders, YAML and JSON files, JSON Lines and CSV, also packed as .gz or .zst; Parquet and Arrow files, and case
    /// stores; `-` for standard input.
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// The file for the results, JSON Lines, CSV or Parquet by its ending; else they go to standard output.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Compare with another policy version, or with the results of an earlier batch: JSON Lines or CSV, also
    /// packed as .gz or .zst, or Parquet.
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

/// Why a command ends without a result; it has been shown.
struct NotDone;

pub(super) fn run(common: &Common, command: &BatchArguments) -> Ended {
    prepared(common, command).unwrap_or(Ended::NotDone)
}

fn not_done(message: impl std::fmt::Display) -> NotDone {
    output::message(&format!("error: {message}"));
    NotDone
}

fn at_fault(faults: Vec<Diagnostic>) -> NotDone {
    output::faults(&faults);
    NotDone
}

fn prepared(common: &Common, command: &BatchArguments) -> Result<Ended, NotDone> {
    let tree = rules(common).map_err(at_fault)?;
    let jobs = loads::jobs(command.jobs);
    let set = RuleSet::open(&tree, command.options.policy.as_deref(), jobs).map_err(at_fault)?;
    // The program ends with the batch: the system takes all answers back at once, faster than they are freed.
    let set = ManuallyDrop::new(set);
    let against = match &command.against {
        None => None,
        Some(name) => Some(compared_with(&tree, &set, name, jobs).map_err(at_fault)?),
    };
    let plan = plan(&command.inputs).map_err(not_done)?;
    check_inputs(&plan, command)?;
    let warnings = check_columns(&plan, set.gazetteer()).map_err(at_fault)?;
    output::faults(&warnings);
    let format = match command.out.as_deref().and_then(Path::extension) {
        Some(extension) if extension == "csv" => ResultFormat::Table,
        #[cfg(feature = "columnar")]
        Some(extension) if extension == "parquet" => ResultFormat::Columns,
        #[cfg(not(feature = "columnar"))]
        Some(extension) if extension == "parquet" => {
            let out = command.out.as_deref().unwrap_or(Path::new("")).display();
            return Err(at_fault(vec![without_columns(&out.to_string())]));
        }
        _ => ResultFormat::Lines,
    };
    let mut conclusions = set.conclusions();
    if let Some(Against::Version(other)) = &against {
        for name in other.conclusions() {
            if !conclusions.contains(&name) {
                conclusions.push(name);
            }
        }
    }
    let batch = Batch {
        conclusions,
        rules: &set,
        against,
        limits: Limits {
            document_bytes: command.options.document_bytes,
            ..Limits::default()
        },
        language: common.language(),
        format,
        jobs,
        listed: command.report.as_ref().map_or(0, |_| running::LISTED),
        names: Names::default(),
    };
    if let Some(warning) = loads::ignored(&plan) {
        output::faults(&[warning]);
    }
    Running::new(command, &batch, &plan)?.run()
}

/// Another policy version, or results of an earlier run.
fn compared_with(
    tree: &RulesTree,
    set: &RuleSet,
    name: &str,
    jobs: usize,
) -> Result<Against, Vec<Diagnostic>> {
    if Path::new(name).is_file() {
        let mut results = EarlierResults::open(Path::new(name)).map_err(|fault| vec![fault])?;
        if let Some(warning) = results.find_rules(set, tree) {
            output::faults(&[warning]);
        }
        return Ok(Against::Results(Arc::new(results)));
    }
    let other = RuleSet::open(tree, Some(name), jobs)?;
    if !set.gazetteer().has_same_places(other.gazetteer()) {
        let message = format!("`{name}` has other places than the rules");
        let help = "cases can be compared only where a place means the same";
        return Err(vec![Diagnostic::error("other-places", message).help(help)]);
    }
    Ok(Against::Version(Arc::new(other)))
}

fn check_inputs(plan: &Plan, command: &BatchArguments) -> Result<(), NotDone> {
    if loads::is_empty(plan) {
        return Err(not_done(loads::EMPTY));
    }
    if command.resume && command.out.is_none() {
        return Err(not_done("`--resume` needs `--out`: the file to go on with"));
    }
    if command.resume && plan.has_standard_input {
        return Err(not_done(
            "standard input cannot be read a second time: resume needs files",
        ));
    }
    let against = command.against.as_deref().map(Path::new);
    let against = against.and_then(|path| path.canonicalize().ok());
    let mut written: Vec<PathBuf> = Vec::new();
    for output in [&command.out, &command.summary, &command.report]
        .into_iter()
        .flatten()
    {
        let path = place_of(output)?;
        let is_among = |input: &PathBuf| path == *input || input.is_dir() && path.starts_with(input);
        let mut inputs = plan.inputs.iter().filter_map(|input| input.canonicalize().ok());
        let name = output.display();
        if inputs.any(|input| is_among(&input)) {
            let message = format!("`{name}` would lie among the inputs; write it elsewhere");
            return Err(not_done(message));
        }
        if against.as_ref() == Some(&path) {
            return Err(not_done(format!(
                "`{name}` is what the cases are compared with; write it elsewhere"
            )));
        }
        if written.contains(&path) {
            return Err(not_done(format!(
                "`{name}` is to be written twice; give two names"
            )));
        }
        // The results themselves are looked at by their journal.
        let is_beside = Some(output) != command.out.as_ref();
        if is_beside && output.exists() && !command.force && !command.resume {
            return Err(not_done(format!(
                "`{name}` exists; name another file, or replace it with `--force`"
            )));
        }
        written.push(path);
    }
    Ok(())
}

/// Where a file would be written, by the real name of its folder.
fn place_of(output: &Path) -> Result<PathBuf, NotDone> {
    let folder = output.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new(".")).canonicalize();
    let folder =
        folder.map_err(|error| not_done(format!("`{}` cannot be written: {error}", output.display())))?;
    Ok(folder.join(output.file_name().unwrap_or_default()))
}
