//! Running a batch: one thread makes chunks, several evaluate them, and the caller takes the results in order.

use super::worker::{Made, Worker};
use super::{Against, Names, NumberedTally, ResultFormat, RuleSet};
use crate::case_load::{Chunk, Chunks, FileRead, Plan};
use crate::language::Language;
use crate::yaml::Limits;
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Condvar, Mutex, PoisonError};

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
pub struct Done {
    /// The results.
    pub text: Vec<u8>,
    /// What was counted.
    pub tally: NumberedTally,
    /// The files that end here.
    pub reads: Vec<FileRead>,
    /// The references of the cases.
    pub references: References,
    /// Whether its results were written by an earlier run, so that it was only read.
    pub is_skipped: bool,
}

/// How a batch ended that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// At the end of the input.
    AtTheEnd,
    /// Because it was told to.
    Early,
}

/// Chunks that may be under way for each thread that evaluates.
const CHUNKS_FOR_EACH_JOB: usize = 4;

enum Task {
    Evaluate(Chunk),
    /// Its results were written by an earlier run.
    Skip(Chunk),
}

impl Batch<'_> {
    /// Evaluates what was planned, without the first `skip` chunks. `take` gets what was made of each chunk; `stop` ends
    /// the batch early, after what is under way.
    ///
    /// # Errors
    /// Of `take`, or the earlier results cannot be read.
    pub fn run(
        &self,
        plan: &Plan,
        skip: u64,
        stop: &AtomicBool,
        take: &mut dyn FnMut(Done) -> io::Result<()>,
    ) -> io::Result<Stopped> {
        let mut workers = Vec::new();
        for _ in 0..self.jobs.max(1) {
            workers.push(Worker::new(self)?);
        }
        let places = Places::new(self.jobs.max(1) * CHUNKS_FOR_EACH_JOB);
        let (to_workers, tasks) = channel::<(u64, Task)>();
        let tasks = Mutex::new(tasks);
        let (to_caller, results) = channel();
        let is_over = AtomicBool::new(false);
        let has_stopped = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut chunks = (0..).zip(Chunks::new(plan, self.limits.document_bytes));
                let to_workers = to_workers;
                loop {
                    places.take();
                    if stop.load(Ordering::Relaxed) || is_over.load(Ordering::Relaxed) {
                        has_stopped.store(true, Ordering::Relaxed);
                        break;
                    }
                    let Some((number, chunk)) = chunks.next() else {
                        break;
                    };
                    let task = if number < skip {
                        Task::Skip(chunk)
                    } else {
                        Task::Evaluate(chunk)
                    };
                    if to_workers.send((number, task)).is_err() {
                        break;
                    }
                }
            });
            for worker in workers {
                let to_caller = to_caller.clone();
                let tasks = &tasks;
                scope.spawn(move || work(worker, tasks, &to_caller));
            }
            drop(to_caller);
            let ended = in_order(&results, &places, take);
            is_over.store(true, Ordering::Relaxed);
            places.give_all();
            ended
        })?;
        Ok(if has_stopped.load(Ordering::Relaxed) {
            Stopped::Early
        } else {
            Stopped::AtTheEnd
        })
    }
}

fn work(
    mut worker: Worker<'_>,
    tasks: &Mutex<Receiver<(u64, Task)>>,
    to_caller: &Sender<(u64, io::Result<Done>)>,
) {
    loop {
        let task = tasks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, task)) = task else { return };
        let done = match task {
            Task::Evaluate(chunk) => worker.work(chunk).map(|made| {
                let Made {
                    text,
                    tally,
                    reads,
                    references,
                    ..
                } = made;
                Done {
                    text,
                    tally,
                    reads,
                    references,
                    is_skipped: false,
                }
            }),
            Task::Skip(chunk) => Ok(Done {
                text: Vec::new(),
                tally: NumberedTally::default(),
                reads: chunk.skip(),
                references: References::default(),
                is_skipped: true,
            }),
        };
        if to_caller.send((number, done)).is_err() {
            return;
        }
    }
}

fn in_order(
    results: &Receiver<(u64, io::Result<Done>)>,
    places: &Places,
    take: &mut dyn FnMut(Done) -> io::Result<()>,
) -> io::Result<()> {
    let mut early = BTreeMap::new();
    let mut next = 0;
    for (number, done) in results {
        early.insert(number, done);
        while let Some(done) = early.remove(&next) {
            next += 1;
            take(done?)?;
            places.give();
        }
    }
    Ok(())
}

/// How many more chunks may be under way.
struct Places {
    free: Mutex<usize>,
    given: Condvar,
}

impl Places {
    fn new(free: usize) -> Self {
        Self {
            free: Mutex::new(free),
            given: Condvar::new(),
        }
    }

    fn take(&self) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free == 0 {
            free = self.given.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
    }

    fn give(&self) {
        self.add(1);
    }

    /// Lets whoever waits go on, for the end.
    fn give_all(&self) {
        self.add(usize::MAX / 2);
    }

    fn add(&self, places: usize) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        *free = free.saturating_add(places);
        self.given.notify_all();
    }
}
