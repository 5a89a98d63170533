//! A batch that is under way: results taken as they come, its journal, its end.

use super::super::progress::Progress;
use super::super::{Ended, output};
use super::{BatchArguments, NotDone, at_fault, not_done};
#[cfg(feature = "columnar")]
use crate::batch::ResultFile;
use crate::batch::{
    Against, Batch, Begin, Done, Duplicates, EarlierCounts, InputsRead, Journal, Manifest, NumberedTally,
    Repeated, ResultFormat, RuleSet, Stopped, Summary, Tally, batch_page, summary_json, summary_text,
    table_header,
};
use crate::case_load::{Plan, recorded_references};
use crate::diagnostic::Diagnostic;
use crate::files::write_whole;
use crate::verify::manifest_of;
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Set by Ctrl-C: the batch ends after what is under way.
static STOP: AtomicBool = AtomicBool::new(false);

/// Changed cases that a page lists; the results have all.
pub(super) const LISTED: usize = 10_000;
/// References that a summary names.
const NAMED: usize = 1_000;

/// A batch that is under way.
pub(super) struct Running<'r> {
    command: &'r BatchArguments,
    batch: &'r Batch<'r>,
    plan: &'r Plan,
    journal: Option<Journal>,
    /// Of results in columns what is not written yet.
    #[cfg(feature = "columnar")]
    columns: Option<ResultFile>,
    /// What was counted by an interrupted run, and by this one.
    before: Tally,
    counted: NumberedTally,
    read: InputsRead,
    duplicates: Duplicates,
    /// Whether a case store says which references repeat, so that no hashes are kept for whoever goes on.
    has_recorded: bool,
    progress: Progress,
}

impl<'r> Running<'r> {
    pub fn new(command: &'r BatchArguments, batch: &'r Batch<'r>, plan: &'r Plan) -> Result<Self, NotDone> {
        let begin = match (command.resume, command.force) {
            (true, _) => Begin::Resume,
            (_, true) => Begin::Replace,
            _ => Begin::New,
        };
        let mut duplicates = Duplicates::default();
        let journal = match &command.out {
            None => None,
            Some(out) => {
                let run = description(command, batch, plan);
                let every = Duration::from_secs(command.checkpoint);
                let mut journal = Journal::begin(out, begin, &run, every).map_err(not_done)?;
                duplicates = journal.duplicates().map_err(not_done)?;
                Some(journal)
            }
        };
        #[cfg(feature = "columnar")]
        let columns = match &journal {
            Some(journal) if batch.format == ResultFormat::Columns => {
                let file = match journal.columns() {
                    "" => ResultFile::new(batch),
                    state => ResultFile::resume(batch, state, journal.bytes()),
                };
                Some(file.map_err(not_done)?)
            }
            _ => None,
        };
        // A case store that is read alone says what was found when it was made; no reference is looked at again.
        let recorded = recorded_references(plan);
        let has_recorded = recorded.is_some();
        if let Some((looked_at, cases, first)) = recorded {
            let repeated = Repeated {
                cases,
                first,
                looked_at,
            };
            duplicates = Duplicates::resume(repeated, []);
        }
        if let (Some(journal), Some(Against::Results(results))) = (&journal, &batch.against) {
            results.resume(journal.matched());
        }
        Ok(Self {
            command,
            batch,
            plan,
            before: journal
                .as_ref()
                .map_or_else(Tally::default, |journal| journal.tally().clone()),
            counted: NumberedTally::default(),
            journal,
            #[cfg(feature = "columnar")]
            columns,
            read: InputsRead::of(plan),
            duplicates,
            has_recorded,
            progress: Progress::new((!plan.has_standard_input).then_some(plan.bytes)),
        })
    }

    pub fn run(mut self) -> Result<Ended, NotDone> {
        // A handler that is already there is that of whoever uses the program as a library.
        let _ = ctrlc::set_handler(|| {
            if STOP.swap(true, Ordering::Relaxed) {
                std::process::exit(2);
            }
        });
        let skip = self.journal.as_ref().map_or(0, Journal::chunks);
        let head = match self.batch.format {
            ResultFormat::Table => table_header(&self.batch.conclusions, self.batch.against.is_some()),
            ResultFormat::Lines => Vec::new(),
            #[cfg(feature = "columnar")]
            ResultFormat::Columns => ResultFile::HEAD.to_vec(),
        };
        let begun = match &mut self.journal {
            Some(journal) if journal.bytes() == 0 => journal.write_head(&head),
            Some(_) => Ok(()),
            None => io::stdout().write_all(&head),
        };
        let batch = self.batch;
        let ran = begun.and_then(|()| batch.run(self.plan, skip, &STOP, &mut |done| self.take(done)));
        self.progress.end();
        match ran {
            // Whoever read the results has enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe && self.journal.is_none() => Ok(Ended::Done),
            Err(error) => Err(self.failed(&error)),
            Ok(Stopped::Early) => Err(self.stopped()),
            Ok(Stopped::AtTheEnd) => self.finish(),
        }
    }

    fn take(&mut self, done: &mut Done) -> io::Result<()> {
        for read in done.reads.drain(..) {
            self.read.add(read);
        }
        let looked_at = self.duplicates.look_at_all(done.references.iter());
        if let Some(journal) = &mut self.journal {
            for (hash, _) in done.references.iter().take(looked_at) {
                journal.write_reference(hash)?;
            }
        }
        self.counted.add(
            std::mem::take(&mut done.tally),
            LISTED - self.before.changed_cases.cases().len(),
        );
        match &mut self.journal {
            None => {
                done.lines.write_to(&mut io::stdout().lock())?;
            }
            Some(_) if done.is_skipped => {}
            Some(journal) => {
                #[cfg(feature = "columnar")]
                let encoded = match &mut self.columns {
                    Some(file) => Some(file.add(self.batch, std::mem::take(&mut done.parts))?),
                    None => None,
                };
                #[cfg(not(feature = "columnar"))]
                let encoded: Option<(Vec<u8>, u64)> = None;
                let chunks = match &encoded {
                    Some((bytes, chunks)) => {
                        journal.write_of(bytes, *chunks)?;
                        *chunks
                    }
                    None => {
                        journal.write_lines(&done.lines)?;
                        1
                    }
                };
                // Only what ends with a chunk can be gone on with.
                if chunks > 0 && journal.is_save_due() {
                    self.save()?;
                }
            }
        }
        let (cases, errors) = self.counts();
        self.progress.tell(cases, errors, self.read.bytes());
        Ok(())
    }

    /// Cases, and those in error.
    fn counts(&self) -> (u64, u64) {
        let (before, now) = (&self.before, &self.counted);
        (before.cases + now.cases, before.error_count() + now.error_count())
    }

    /// What was counted of all that is written.
    fn tally(&self) -> Tally {
        let mut tally = self.before.clone();
        tally.add(
            self.counted.named(&self.batch.names, &self.batch.conclusions),
            LISTED,
        );
        tally
    }

    fn save(&mut self) -> io::Result<()> {
        let tally = self.tally();
        match &mut self.journal {
            #[cfg(feature = "columnar")]
            Some(_) if self.columns.as_ref().is_some_and(|file| !file.is_written()) => Ok(()),
            Some(journal) => {
                #[cfg(feature = "columnar")]
                if let Some(file) = &self.columns {
                    journal.keep_columns(file.state()?);
                }
                let repeated = if self.has_recorded {
                    &Repeated::default()
                } else {
                    self.duplicates.repeated()
                };
                journal.save(tally, matched(self.batch), repeated)
            }
            None => Ok(()),
        }
    }

    /// It cannot go on: what is safe stays.
    fn failed(&mut self, error: &io::Error) -> NotDone {
        if self.journal.is_none() {
            let message = match error.kind() {
                // What the cases are compared with is not what it was taken for.
                ErrorKind::InvalidData => format!("the results are not complete: {error}"),
                _ => format!("the results cannot be written: {error}"),
            };
            return not_done(message);
        }
        let (cases, _) = self.counts();
        let out = self.command.out.as_deref().unwrap_or(Path::new("")).display();
        not_done(format!(
            "`{out}` is not complete, after {cases} cases: {error}\n  \
             mend the cause, and give the same command with `--resume`"
        ))
    }

    fn stopped(&mut self) -> NotDone {
        let (cases, _) = self.counts();
        if self.journal.is_none() {
            return not_done(format!("stopped after {cases} cases"));
        }
        match self.save() {
            Ok(()) => not_done(format!(
                "stopped after {cases} cases; go on by giving the same command with `--resume`"
            )),
            Err(error) => self.failed(&error),
        }
    }

    fn finish(mut self) -> Result<Ended, NotDone> {
        let compared_with = match &self.batch.against {
            Some(Against::Results(results)) if results.has_changed() => {
                Some(results.path().display().to_string())
            }
            _ => None,
        };
        if let Some(changed) = self.read.changed.take().or(compared_with) {
            if let Some(journal) = self.journal.take() {
                journal.discard().map_err(not_done)?;
            }
            return Err(not_done(format!(
                "`{changed}` changed while it was read, so the results are not those of one state of it; run again"
            )));
        }
        #[cfg(feature = "columnar")]
        if let (Some(file), Some(journal)) = (&mut self.columns, &mut self.journal) {
            let ended = file.end(self.batch);
            if let Err(error) = ended.and_then(|(bytes, chunks)| journal.write_of(&bytes, chunks)) {
                return Err(self.failed(&error));
            }
        }
        let tally = self.tally();
        let unmatched = match &self.batch.against {
            Some(Against::Results(results)) => {
                let first = results.unmatched(NAMED).map_err(|fault| at_fault(vec![fault]))?;
                Some((results, first))
            }
            _ => None,
        };
        let summary = Summary {
            tally: &tally,
            repeated: self.duplicates.repeated(),
            conclusions: &self.batch.conclusions,
            against: self.command.against.as_deref(),
            earlier: unmatched.as_ref().map(|(results, first)| EarlierCounts {
                only_earlier: results.cases() - results.matched(),
                first,
                errors: results.errors,
                repeated: results.repeated,
            }),
        };
        self.write_beside(&summary, &tally)?;
        if let Some(journal) = self.journal.take() {
            let out = self.command.out.clone().unwrap_or_default();
            let finished = journal.finish();
            finished.map_err(|error| not_done(format!("`{}` cannot be written: {error}", out.display())))?;
        } else {
            io::stdout().flush().map_err(not_done)?;
        }
        output::message(&summary_text(&summary, self.batch.language));
        if tally.cases == 0 {
            let fault = Diagnostic::warning("no-cases", "there was no case in what was read");
            output::faults(&[fault.help("are these the right files? an empty file gives no line")]);
        }
        Ok(if tally.error_count() > 0 {
            Ended::WithFindings
        } else {
            Ended::Done
        })
    }

    /// Writes the manifest, the summary and the page. The results get their name after that: who finds them finds these.
    fn write_beside(&self, summary: &Summary<'_>, tally: &Tally) -> Result<(), NotDone> {
        let write = |path: &Path, text: &[u8]| {
            write_whole(path, text)
                .map_err(|error| not_done(format!("`{}` cannot be written: {error}", path.display())))
        };
        if let (Some(out), Some(journal)) = (&self.command.out, &self.journal) {
            let name = out.display().to_string();
            let manifest = Manifest::of(
                self.plan,
                &self.read,
                self.batch.rules,
                self.batch.against.as_ref(),
                (&name, journal.bytes()),
                tally,
                self.duplicates.repeated(),
            );
            let mut text = serde_json::to_vec_pretty(&manifest).map_err(not_done)?;
            text.push(b'\n');
            write(&manifest_of(out), &text)?;
        }
        if let Some(path) = &self.command.summary {
            write(path, format!("{:#}\n", summary_json(summary)).as_bytes())?;
        }
        if let Some(path) = &self.command.report {
            let page = batch_page(self.batch, summary, self.command.out.as_deref()).map_err(at_fault)?;
            write(path, page.as_bytes())?;
        }
        Ok(())
    }
}

fn matched(batch: &Batch<'_>) -> Vec<u64> {
    match &batch.against {
        Some(Against::Results(results)) => results.matched_bits(),
        _ => Vec::new(),
    }
}

/// What makes a run this run and no other: with anything else it cannot be continued.
fn description(command: &BatchArguments, batch: &Batch<'_>, plan: &Plan) -> String {
    let inputs: Vec<String> = plan
        .inputs
        .iter()
        .map(|input| input.display().to_string())
        .collect();
    let rules = |set: &RuleSet| {
        let versions = set
            .versions()
            .map(|compiled| format!("{} {}", compiled.policy().id, compiled.policy().text_fingerprint));
        versions.collect::<Vec<_>>().join(", ")
    };
    let against = match &batch.against {
        None => String::new(),
        Some(Against::Version(set)) => rules(set),
        Some(Against::Results(results)) => format!("{} cases, {:016x}", results.cases(), results.identity()),
    };
    [
        format!("the program {}", env!("CARGO_PKG_VERSION")),
        format!("the inputs {} ({:016x})", inputs.join(", "), plan.identity),
        format!("the rules {}", rules(batch.rules)),
        format!(
            "`--policy {}`",
            command.options.policy.as_deref().unwrap_or_default()
        ),
        format!(
            "`--against {}` ({against})",
            command.against.as_deref().unwrap_or_default()
        ),
        format!("the language {:?}", batch.language),
        format!("`--document-bytes {}`", command.options.document_bytes),
        format!("`--report` {}", batch.listed > 0),
    ]
    .join("\n")
}
