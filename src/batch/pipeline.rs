//! Running a batch: what goes in, and what is made of each chunk.

use super::worker::Thread;
use super::{Against, Names, NumberedTally, ResultFormat, RuleSet};
use crate::case_load::{FileRead, Plan, Stopped, in_parallel, recorded_references};
use crate::language::Language;
use crate::report::Lines;
use crate::yaml::Limits;
use std::io;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

/// What to evaluate, and how.
#[derive(Debug)]
pub struct Batch<'b> {
    /// The policy versions.
    pub rules: &'b RuleSet,
    /// What the cases are compared with.
    pub against: Option<Against>,
    /// The names of the conclusions, in the order of the results.
    pub conclusions: Vec<String>,
    /// The bounds on a case.
    pub limits: Limits,
    /// The language of the reasons.
    pub language: Language,
    /// The form of the results.
    pub format: ResultFormat,
    /// Threads that evaluate.
    pub jobs: usize,
    /// So many changed cases are listed at most, beside being counted.
    pub listed: usize,
    /// The names by which is counted; none at first.
    pub names: Names,
}

/// The references of cases, one after the other, with their hashes.
#[derive(Debug, Default)]
pub struct References {
    texts: String,
    /// The hash of each, and where its text ends.
    ends: Vec<(u64, usize)>,
}

impl References {
    pub(super) fn push(&mut self, hash: u64, reference: &str) {
        self.texts.push_str(reference);
        self.ends.push((hash, self.texts.len()));
    }

    /// Each with its hash, in the order of the cases.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &str)> {
        let begins = [0].into_iter().chain(self.ends.iter().map(|(_, end)| *end));
        let spans = self.ends.iter().zip(begins);
        spans.map(|((hash, end), begin)| (*hash, &self.texts[begin..*end]))
    }
}

/// What was made of one chunk; chunks come in the order of the input.
#[derive(Debug)]
#[non_exhaustive]
pub struct Done {
    /// The results as text.
    pub lines: Lines,
    /// The results as columns, for a [`super::ResultFile`].
    #[cfg(feature = "columnar")]
    pub parts: Vec<super::ResultPart>,
    /// What was counted.
    pub tally: NumberedTally,
    /// The files that end here.
    pub reads: Vec<FileRead>,
    /// The references of the cases.
    pub references: References,
    /// Whether its results were written by an earlier run, so that it was only read.
    pub is_skipped: bool,
    /// Where the room for its results came from.
    pub(super) buffers: Buffers,
}

/// Room for results that were taken, for the next ones: threads that get it from the system and give it back again and
/// again spend their time on that, and wait for each other. Each thread has its own, which is in the cache of its core.
#[derive(Debug, Clone, Default)]
pub(super) struct Buffers(Arc<Mutex<Vec<Lines>>>);

/// Bytes that the results of a chunk usually need.
const USUAL_BYTES: usize = 1 << 20;

impl Buffers {
    /// No lines, whose shared texts are those of a batch.
    pub fn get(&self, names: &Names) -> Lines {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| Lines::new(names.texts.clone(), Vec::with_capacity(USUAL_BYTES)))
    }

    fn give(&self, mut lines: Lines) {
        if (1..=4 * USUAL_BYTES).contains(&lines.own.capacity()) {
            lines.clear();
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(lines);
        }
    }
}

impl Batch<'_> {
    /// Evaluates what was planned, without the first `skip` chunks. `take` gets what was made of each chunk, in the order
    /// of the input, from any of the threads; `stop` ends the batch early, after what is under way.
    ///
    /// # Errors
    /// Of `take`, or the earlier results cannot be read.
    pub fn run(
        &self,
        plan: &Plan,
        skip: u64,
        stop: &AtomicBool,
        take: &mut (dyn FnMut(&mut Done) -> io::Result<()> + Send),
    ) -> io::Result<Stopped> {
        let takes_references = recorded_references(plan).is_none();
        let workers = (0..self.jobs.max(1)).map(|_| Thread::new(self, takes_references));
        let workers = workers.collect::<io::Result<Vec<_>>>()?;
        in_parallel(
            plan,
            self.limits.document_bytes,
            skip,
            stop,
            workers,
            &mut |mut done| {
                take(&mut done)?;
                done.buffers.give(done.lines);
                Ok(())
            },
        )
    }
}
