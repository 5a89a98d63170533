//! `gradatie manual`: the manual pages, made from what `--help` says.

use super::arguments::Arguments;
use super::{Ended, output};
use clap::{Args, CommandFactory};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
    gradatie manual --out ~/.local/share/man/man1 && man gradatie-evaluate")]
pub(super) struct Manual {
    /// The folder for the pages, one for each command, made if it is not there; pages of the same names are replaced.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

pub(super) fn run(command: &Manual) -> Ended {
    // `help` has no page of its own: it shows the others.
    let program = Arguments::command().disable_help_subcommand(true);
    let written =
        std::fs::create_dir_all(&command.out).and_then(|()| clap_mangen::generate_to(program, &command.out));
    match written {
        Ok(()) => Ended::Done,
        Err(error) => {
            let out = command.out.display();
            output::message(&format!("error: the pages cannot be written to `{out}`: {error}"));
            Ended::NotDone
        }
    }
}
