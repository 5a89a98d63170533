//! `gradatie manual`: the manual pages, made from what `--help` says.

use super::arguments::Arguments;
use super::{Ended, output};
use crate::files::write_whole;
use clap::{Args, CommandFactory};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

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
    match written(program, &command.out) {
        Ok(()) => Ended::Done,
        Err(error) => {
            let out = command.out.display();
            output::message(&format!("error: the pages cannot be written to `{out}`: {error}"));
            Ended::NotDone
        }
    }
}

/// Makes the pages under a hidden name first, so that each is there whole or as it was.
fn written(program: clap::Command, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let made = tempfile::Builder::new().prefix(".pages.").tempdir_in(folder)?;
    clap_mangen::generate_to(program, &made)?;
    for page in fs::read_dir(&made)? {
        let page = page?;
        write_whole(&folder.join(page.file_name()), &fs::read(page.path())?)?;
    }
    made.close()
}
