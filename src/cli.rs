//! The command line: arguments, one file per command, exit codes. The only place that prints.

mod arguments;
mod ask;
mod batch;
mod cases;
mod check;
mod completions;
mod diff;
mod evaluate;
mod import;
mod loads;
mod manual;
mod output;
mod policy;
mod progress;
mod report;
mod sample;
mod schema;
mod sign;
mod table;
mod test;
mod test_review;
mod verify;
mod watch;
mod whatif;

use crate::diagnostic::Diagnostic;
use crate::policy::RulesTree;
use crate::signature::AllowedSigners;
use arguments::{Arguments, Command, Common};
use clap::Parser;
use std::process::ExitCode;
use std::sync::Arc;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ended {
    /// Done, whatever the conclusions.
    Done,
    /// Done, with findings: a case in error.
    WithFindings,
    /// Could not be done: usage, rules that cannot be read, I/O.
    NotDone,
}

impl From<Ended> for ExitCode {
    fn from(ended: Ended) -> Self {
        Self::from(ended as u8)
    }
}

/// Runs the command that the user asked for.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = match &arguments.command {
        Command::Evaluate(command) => evaluate::run(&arguments.common, command),
        Command::Check(command) => check::run(&arguments.common, command),
        Command::Table(command) => table::run(&arguments.common, command),
        Command::Whatif(command) => whatif::run(&arguments.common, command),
        Command::Ask(command) => ask::run(&arguments.common, command),
        Command::Verify(command) => verify::run(&arguments.common, command),
        Command::Sample(command) => sample::run(&arguments.common, command),
        Command::Batch(command) => batch::run(&arguments.common, command),
        Command::Test(command) => test::run(&arguments.common, command),
        Command::Watch(command) => watch::run(&arguments.common, command),
        Command::Policy(command) => policy::run(&arguments.common, command),
        Command::Import(command) => import::run(&arguments.common, command),
        Command::Diff(command) => diff::run(&arguments.common, command),
        Command::Schema(command) => schema::run(&arguments.common, command),
        Command::Completions(command) => completions::run(command),
        Command::Manual(command) => manual::run(command),
        Command::Sign(command) => sign::run(&arguments.common, command),
        Command::Report(command) => report::run(&arguments.common, command),
    };
    ended.into()
}

/// The rules folder that is asked for, else the nearest, else the copy inside the program; signed, where that is asked.
fn rules(common: &Common) -> Result<RulesTree, Vec<Diagnostic>> {
    let tree = match &common.rules {
        Some(folder) => RulesTree::folder(folder).map_err(|fault| vec![fault])?,
        None => RulesTree::find().map_err(|fault| vec![fault])?,
    };
    signed_as_required(common, tree)
}

/// Rules, signed where that is asked.
fn signed_as_required(common: &Common, tree: RulesTree) -> Result<RulesTree, Vec<Diagnostic>> {
    match &common.require_signature {
        Some(signers) => {
            let signers = Arc::new(AllowedSigners::read(signers)?);
            tree.requiring(&signers, jiff::Timestamp::now())
                .map_err(|fault| vec![fault])
        }
        None => Ok(tree),
    }
}

/// Refuses to require signatures of a command that is for rules in the making.
fn without_signature(common: &Common, why: &str) -> Result<(), Vec<Diagnostic>> {
    match &common.require_signature {
        None => Ok(()),
        Some(_) => Err(vec![
            Diagnostic::error(
                "usage",
                format!("`--require-signature` cannot be given here: {why}"),
            )
            .help("leave it out"),
        ]),
    }
}
