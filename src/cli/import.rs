//! `gradatie import`: a case load into a case store.

#[cfg(feature = "columnar")]
mod importing;

use super::arguments::{CaseOptions, Common};
use super::{Ended, output};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie import cases/ --out cases.parquet\n  \
    gradatie import cases.jsonl.zst new.csv --out cases.parquet --force")]
pub(super) struct ImportArguments {
    /// Everything that `batch` reads: folders, YAML and JSON files, JSON Lines, CSV, Parquet and Arrow files, other case
    /// stores; `-` for standard input.
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<PathBuf>,
    /// The case store to write.
    #[arg(long, value_name = "FILE.parquet")]
    pub out: PathBuf,
    /// Threads that read; else one for each processor.
    #[arg(long, value_name = "N")]
    pub jobs: Option<std::num::NonZeroUsize>,
    /// Replace what is there.
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub options: CaseOptions,
}

pub(super) fn run(common: &Common, command: &ImportArguments) -> Ended {
    if command
        .out
        .extension()
        .is_none_or(|extension| extension != "parquet")
    {
        let out = command.out.display();
        output::message(&format!(
            "error: a case store is a Parquet file: `{out}` must end in `.parquet`"
        ));
        return Ended::NotDone;
    }
    #[cfg(feature = "columnar")]
    return importing::run(common, command);
    #[cfg(not(feature = "columnar"))]
    {
        let _ = common;
        output::faults(&[crate::case_load::without_columns(
            &command.out.display().to_string(),
        )]);
        Ended::NotDone
    }
}
