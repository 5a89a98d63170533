//! The import itself, in a program that writes columns.

use super::super::progress::Progress;
use super::super::{Ended, loads, output, rules};
use super::ImportArguments;
use crate::batch::{Begin, InputsRead, Journal, JournalError};
use crate::case_load::{Plan, Stopped, check_columns, plan};
use crate::case_store::StoreDescription;
use crate::cli::arguments::Common;
use crate::diagnostic::Diagnostic;
use crate::import::{Import, StoreFile};
use crate::language::{Language, Words, printable};
use crate::policy::Policies;
use crate::yaml::Limits;
use std::fmt::Display;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Set by Ctrl-C: the import ends after what is under way.
static STOP: AtomicBool = AtomicBool::new(false);

pub(super) fn run(common: &Common, command: &ImportArguments) -> Ended {
    match import(common, command) {
        Ok(ended) => ended,
        Err(faults) => {
            output::faults(&faults);
            Ended::NotDone
        }
    }
}

fn fault(message: impl Display) -> Vec<Diagnostic> {
    vec![Diagnostic::error("not-imported", message.to_string())]
}

fn import(common: &Common, command: &ImportArguments) -> Result<Ended, Vec<Diagnostic>> {
    let tree = rules(common)?;
    let policies = Policies::open(&tree, command.options.policy.as_deref())?;
    let plan = plan(&command.inputs).map_err(fault)?;
    loads::check_places(&plan, &command.out).map_err(fault)?;
    output::faults(&check_columns(&plan, policies.gazetteer())?);
    if let Some(warning) = loads::ignored(&plan) {
        output::faults(&[warning]);
    }
    let import = Import {
        gazetteer: policies.gazetteer().clone(),
        limits: Limits {
            document_bytes: command.options.document_bytes,
            ..Limits::default()
        },
        jobs: loads::jobs(command.jobs),
    };
    if command.out.exists() && !command.force {
        return Err(fault(JournalError::Exists(command.out.clone())));
    }
    let mut journal = Journal::begin(&command.out, Begin::Replace, "import", Duration::MAX).map_err(fault)?;
    // A handler that is already there is that of whoever uses the program as a library.
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(2);
        }
    });
    let written = write(&import, &plan, &mut journal);
    let out = command.out.display();
    match written {
        Ok(description) => {
            let finished = journal.finish();
            finished.map_err(|error| fault(format!("`{out}` cannot be written: {error}")))?;
            output::message(&summary(&description, &out.to_string(), common.language()));
            Ok(if description.errors.is_empty() {
                Ended::Done
            } else {
                Ended::WithFindings
            })
        }
        Err(error) => {
            journal.discard().map_err(fault)?;
            let faults = fault(format!("`{out}` is not written: {error}"));
            Err(faults)
        }
    }
}

fn write(import: &Import, plan: &Plan, journal: &mut Journal) -> io::Result<StoreDescription> {
    let mut file = StoreFile::new(&import.gazetteer)?;
    let mut read = InputsRead::of(plan);
    let mut progress = Progress::new((!plan.has_standard_input).then_some(plan.bytes));
    journal.write_head(StoreFile::HEAD)?;
    let stopped = import.run(plan, &STOP, &mut |imported| {
        journal.write(&file.add(&imported)?)?;
        imported.reads.into_iter().for_each(|one| read.add(one));
        let errors = file.description().errors.values().sum();
        progress.tell(file.description().cases, errors, read.bytes());
        Ok(())
    });
    progress.end();
    if stopped? == Stopped::Early {
        return Err(io::Error::other("stopped; give the same command again"));
    }
    if let Some(changed) = &read.changed {
        return Err(io::Error::other(format!(
            "`{changed}` changed while it was read; run again"
        )));
    }
    journal.write(&file.end(read.list())?)?;
    Ok(file.description().clone())
}

fn summary(description: &StoreDescription, out: &str, language: Language) -> String {
    let errors: u64 = description.errors.values().sum();
    let of = Words {
        nl: "zaken in de zakenopslag",
        en: "cases in the case store",
    };
    let mut text = format!("{} {} {out}", description.cases, of.text(language));
    if errors > 0 {
        let codes: Vec<String> = description
            .errors
            .iter()
            .map(|(code, count)| format!("{code} {count}"))
            .collect();
        let in_error = Words {
            nl: "met een fout",
            en: "in error",
        };
        text += &format!("\n{errors} {}: {}", in_error.text(language), codes.join(", "));
    }
    let (_, repeated, first) = &description.references;
    if *repeated > 0 {
        let again = Words {
            nl: "verwijzingen komen meer dan eens voor, zoals",
            en: "references occur more than once, such as",
        };
        text += &format!(
            "\n{repeated} {} {}",
            again.text(language),
            printable(&first.join(", "))
        );
    }
    text
}
