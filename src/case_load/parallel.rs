//! Working through a case load: every thread reads a chunk and works on it, and the caller, which is one of them, takes
//! what was made in the order of the input.
//!
//! With one job there is no other thread: a case is read, decided and written while it is in the cache of one core. With
//! more, whoever is free reads on, so that no core waits for a thread that only reads or only writes.

use super::chunks::{Chunk, Chunks};
use super::files::Plan;
use std::collections::BTreeMap;
use std::io;
use std::iter::Zip;
use std::ops::RangeFrom;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
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

/// Works through what was planned, with a thread for each worker, of which the caller is the first; the first `skip` chunks
/// are told to have been worked on before. `take` gets what was made of each chunk; `stop` ends the load early, after what
/// is under way.
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
    let tasks = Tasks {
        chunks: Mutex::new(Some((0..).zip(Chunks::new(plan, document_bytes)))),
        skip,
        stop,
        is_over: AtomicBool::new(false),
        has_stopped: AtomicBool::new(false),
        places: Places::new(workers.len() * CHUNKS_FOR_EACH_WORKER),
    };
    let mut workers = workers.into_iter();
    let mut own = workers.next();
    let (to_caller, results) = channel();
    std::thread::scope(|scope| {
        for worker in workers {
            let (tasks, to_caller) = (&tasks, to_caller.clone());
            scope.spawn(move || work(worker, tasks, &to_caller));
        }
        // What others make ends when they have ended.
        drop(to_caller);
        let mut in_order = InOrder::new(&tasks.places, take);
        let ended = loop {
            let added = match own.as_mut().filter(|_| tasks.places.try_take()) {
                Some(worker) => match tasks.next() {
                    Some((number, chunk, is_skipped)) => in_order.add(number, worker.work(chunk, is_skipped)),
                    None => {
                        own = None;
                        tasks.places.give();
                        Ok(())
                    }
                },
                None => match results.recv() {
                    Ok((number, made)) => in_order.add(number, made),
                    Err(_) => break Ok(()),
                },
            };
            let mut others = results.try_iter();
            let added = added.and_then(|()| others.try_for_each(|(number, made)| in_order.add(number, made)));
            if added.is_err() {
                break added;
            }
        };
        tasks.is_over.store(true, Ordering::Relaxed);
        tasks.places.give_all();
        ended
    })?;
    Ok(if tasks.has_stopped.load(Ordering::Relaxed) {
        Stopped::Early
    } else {
        Stopped::AtTheEnd
    })
}

fn work<W: Work>(mut worker: W, tasks: &Tasks<'_>, to_caller: &Sender<(u64, io::Result<W::Made>)>) {
    loop {
        tasks.places.take();
        let Some((number, chunk, is_skipped)) = tasks.next() else {
            tasks.places.give();
            return;
        };
        if to_caller.send((number, worker.work(chunk, is_skipped))).is_err() {
            return;
        }
    }
}

/// What there is to do, given out in the order of the input. Who takes a task must have a place.
struct Tasks<'p> {
    /// `None` at the end.
    chunks: Mutex<Option<Zip<RangeFrom<u64>, Chunks<'p>>>>,
    skip: u64,
    stop: &'p AtomicBool,
    is_over: AtomicBool,
    has_stopped: AtomicBool,
    places: Places,
}

impl Tasks<'_> {
    fn next(&self) -> Option<Task> {
        let mut open = self.chunks.lock().unwrap_or_else(PoisonError::into_inner);
        let chunks = open.as_mut()?;
        let next = if self.stop.load(Ordering::Relaxed) || self.is_over.load(Ordering::Relaxed) {
            self.has_stopped.store(true, Ordering::Relaxed);
            None
        } else {
            chunks.next()
        };
        if next.is_none() {
            *open = None;
        }
        next.map(|(number, chunk)| (number, chunk, number < self.skip))
    }
}

/// Gives on what was made of chunks in their order.
struct InOrder<'t, M> {
    early: BTreeMap<u64, io::Result<M>>,
    next: u64,
    places: &'t Places,
    take: &'t mut dyn FnMut(M) -> io::Result<()>,
}

impl<'t, M> InOrder<'t, M> {
    fn new(places: &'t Places, take: &'t mut dyn FnMut(M) -> io::Result<()>) -> Self {
        Self {
            early: BTreeMap::new(),
            next: 0,
            places,
            take,
        }
    }

    fn add(&mut self, number: u64, made: io::Result<M>) -> io::Result<()> {
        self.early.insert(number, made);
        while let Some(made) = self.early.remove(&self.next) {
            self.next += 1;
            (self.take)(made?)?;
            self.places.give();
        }
        Ok(())
    }
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

    /// A place, where there is one now.
    fn try_take(&self) -> bool {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let is_free = *free > 0;
        *free -= usize::from(is_free);
        is_free
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
