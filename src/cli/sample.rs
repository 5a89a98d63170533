//! `gradatie sample`: made-up cases.

use super::arguments::Common;
use super::{Ended, output, rules};
use crate::files::PendingFile;
use crate::policy::Policies;
use crate::sample::{Sample, SampleCase, SampleFormat, Spread, sample_header};
use clap::{Args, ValueEnum};
use std::fs;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie sample 1000 > cases.yaml\n  \
    gradatie sample 100000 --format jsonl --out cases.jsonl --seed 7")]
pub(super) struct SampleArguments {
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

pub(super) fn run(common: &Common, command: &SampleArguments) -> Ended {
    let policies = rules(common).and_then(|tree| Policies::open(&tree, command.policy.as_deref()));
    let policies = match policies {
        Ok(policies) => policies,
        Err(faults) => {
            output::faults(&faults);
            return Ended::NotDone;
        }
    };
    let spread = if command.uniform {
        Spread::Uniform
    } else {
        Spread::Plausible
    };
    let cases = Sample::new(policies.gazetteer(), spread, command.seed).take(command.cases);
    let written = match &command.out {
        Some(out) if command.format == SampleFormatName::Files => write_files(out, cases),
        Some(out) => {
            let file = PendingFile::new(out);
            file.and_then(|mut file| {
                write_stream(&mut file, command.format, cases)?;
                file.finish()
            })
        }
        None if command.format == SampleFormatName::Files => {
            output::message("error: `--format files` needs `--out FOLDER`");
            return Ended::NotDone;
        }
        None => write_stream(io::stdout().lock(), command.format, cases),
    };
    match written {
        Ok(()) => Ended::Done,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ended::Done,
        Err(error) => {
            let out = command.out.as_deref().unwrap_or(Path::new("standard output"));
            output::message(&format!("error: `{}` cannot be written: {error}", out.display()));
            Ended::NotDone
        }
    }
}

fn write_stream(
    out: impl Write,
    format: SampleFormatName,
    cases: impl Iterator<Item = SampleCase>,
) -> io::Result<()> {
    let format = match format {
        SampleFormatName::Jsonl => SampleFormat::Lines,
        SampleFormatName::Csv => SampleFormat::Table,
        SampleFormatName::Yaml | SampleFormatName::Files => SampleFormat::Yaml,
    };
    let mut out = BufWriter::with_capacity(1 << 17, out);
    if format == SampleFormat::Table {
        out.write_all(sample_header().as_bytes())?;
    }
    for case in cases {
        out.write_all(case.text(format).as_bytes())?;
    }
    out.flush()
}

/// A file for each case, a thousand to a folder. The whole gets its name at the end.
fn write_files(out: &Path, cases: impl Iterator<Item = SampleCase>) -> io::Result<()> {
    let is_there = out.symlink_metadata().is_ok();
    if is_there && fs::read_dir(out)?.next().is_some() {
        return Err(io::Error::new(
            ErrorKind::AlreadyExists,
            "the folder is not empty",
        ));
    }
    let parent = out.parent().filter(|parent| *parent != Path::new(""));
    let parent = parent.unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let made = tempfile::Builder::new().prefix(".cases.").tempdir_in(parent)?;
    // A folder of its own, with the permissions that folders have here.
    let files = made.path().join("cases");
    fs::create_dir(&files)?;
    for (index, case) in cases.enumerate() {
        let folder = files.join(format!("{:05}", index / 1000));
        if index % 1000 == 0 {
            fs::create_dir(&folder)?;
        }
        let path = folder.join(format!("{}.yaml", case.reference()));
        fs::write(path, case.text(SampleFormat::Yaml))?;
    }
    if is_there {
        fs::remove_dir(out)?;
    }
    fs::rename(&files, out)?;
    made.close()
}
