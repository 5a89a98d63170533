//! `gradatie completions`: what a shell needs to complete commands and options.

use super::arguments::Arguments;
use super::{Ended, output};
use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie completions bash > ~/.local/share/bash-completion/completions/gradatie\n  \
    gradatie completions zsh > ~/.zfunc/_gradatie            with ~/.zfunc in $fpath\n  \
    gradatie completions fish > ~/.config/fish/completions/gradatie.fish\n  \
    gradatie completions powershell >> $PROFILE")]
pub(super) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    pub shell: Shell,
}

pub(super) fn run(command: &Completions) -> Ended {
    let mut script = Vec::new();
    generate(command.shell, &mut Arguments::command(), "gradatie", &mut script);
    output::finished(&String::from_utf8_lossy(&script), Ended::Done)
}
