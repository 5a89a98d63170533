//! Working through a case load: one thread makes chunks, several work on them, and the caller takes what was made in the
//! order of the input.

use super::chunks::{Chunk, Chunks};
use super::files::Plan;
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Condvar, Mutex, PoisonError};

/// How a case load ended that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// At the end of the input.
    AtTheEnd,
    /// Because it was told to.
    Early,
}

/// What one thread does with chunks.
pub trait Work: Send {
    /// What it makes of a chunk.
    type Made: Send;

    /// Works on a chunk; `is_skipped` says that an earlier run has done so.
    ///
    /// # Errors
    /// Something that is needed cannot be read.
    fn work(&mut self, chunk: Chunk, is_skipped: bool) -> io::Result<Self::Made>;
}

/// Chunks that may be under way for each thread that works.
const CHUNKS_FOR_EACH_WORKER: usize = 4;

type Task = (u64, Chunk, bool);

/// Works through what was planned; the first `skip` chunks are told to have been worked on before. `take` gets what was
/// made of each chunk; `stop` ends the load early, after what is under way.
///
/// # Errors
/// Of `take` or of a worker.
pub fn in_parallel<W: Work>(
    plan: &Plan,
    document_bytes: usize,
    skip: u64,
    stop: &AtomicBool,
    workers: Vec<W>,
    take: &mut dyn FnMut(W::Made) -> io::Result<()>,
) -> io::Result<Stopped> {
    let places = Places::new(workers.len() * CHUNKS_FOR_EACH_WORKER);
    let (to_workers, tasks) = channel::<Task>();
    let tasks = Mutex::new(tasks);
    let (to_caller, results) = channel();
    let is_over = AtomicBool::new(false);
    let has_stopped = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut chunks = (0..).zip(Chunks::new(plan, document_bytes));
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
                if to_workers.send((number, chunk, number < skip)).is_err() {
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

fn work<W: Work>(
    mut worker: W,
    tasks: &Mutex<Receiver<Task>>,
    to_caller: &Sender<(u64, io::Result<W::Made>)>,
) {
    loop {
        let task = tasks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, chunk, is_skipped)) = task else {
            return;
        };
        if to_caller.send((number, worker.work(chunk, is_skipped))).is_err() {
            return;
        }
    }
}

fn in_order<M>(
    results: &Receiver<(u64, io::Result<M>)>,
    places: &Places,
    take: &mut dyn FnMut(M) -> io::Result<()>,
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
