//! Working through a case load: every thread reads a chunk and works on it, and what was made is taken in the order of the
//! input by the thread whose turn it is.
//!
//! With one job there is no other thread: a case is read, decided and written while it is in the cache of one core. With
//! more, whoever is free reads on, so that no core waits for a thread that only reads or only writes; and a thread writes
//! what it made itself, unless another one is writing just then.

use super::chunk::Chunk;
use super::chunks::Chunks;
use super::files::Plan;
use std::collections::BTreeMap;
use std::io;
use std::iter::Zip;
use std::ops::RangeFrom;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

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

/// What takes what was made; always one thread at a time.
type Take<'t, M> = &'t mut (dyn FnMut(M) -> io::Result<()> + Send);

/// Works through what was planned, with a thread for each worker, of which the caller is the first; the first `skip` chunks
/// are told to have been worked on before. `take` gets what was made of each chunk, in the order of the input, from any of
/// the threads; `stop` ends the load early, after what is under way.
///
/// # Errors
/// Of `take` or of a worker.
pub fn in_parallel<W: Work>(
    plan: &Plan,
    document_bytes: usize,
    skip: u64,
    stop: &AtomicBool,
    workers: Vec<W>,
    take: Take<'_, W::Made>,
) -> io::Result<Stopped> {
    let tasks = Tasks {
        chunks: Mutex::new(Some((0..).zip(Chunks::new(plan, document_bytes)))),
        skip,
        stop,
        is_over: AtomicBool::new(false),
        has_stopped: AtomicBool::new(false),
        places: Places::new(workers.len() * CHUNKS_FOR_EACH_WORKER),
    };
    let in_order = InOrder(Mutex::new(Waiting {
        early: BTreeMap::new(),
        next: 0,
        take: Some(take),
        failed: None,
    }));
    let mut workers = workers.into_iter();
    let own = workers.next();
    std::thread::scope(|scope| {
        for worker in workers {
            scope.spawn(|| work(worker, &tasks, &in_order));
        }
        if let Some(own) = own {
            work(own, &tasks, &in_order);
        }
    });
    if let Some(error) = in_order.waiting().failed.take() {
        return Err(error);
    }
    Ok(if tasks.has_stopped.load(Ordering::Relaxed) {
        Stopped::Early
    } else {
        Stopped::AtTheEnd
    })
}

fn work<W: Work>(mut worker: W, tasks: &Tasks<'_>, in_order: &InOrder<'_, W::Made>) {
    let _others = EndsOthers(tasks);
    loop {
        tasks.places.take();
        let Some((number, chunk, is_skipped)) = tasks.next() else {
            tasks.places.give();
            return;
        };
        in_order.add(number, worker.work(chunk, is_skipped), tasks);
    }
}

/// A thread that fails lets the others end, which would wait for what it has not made.
struct EndsOthers<'t, 'p>(&'t Tasks<'p>);

impl Drop for EndsOthers<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.end();
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
    /// Nothing more is given out, and nobody waits.
    fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
        self.places.give_all();
    }

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
struct InOrder<'t, M>(Mutex<Waiting<'t, M>>);

struct Waiting<'t, M> {
    /// What was made before its turn.
    early: BTreeMap<u64, io::Result<M>>,
    next: u64,
    /// `None` while a thread takes, and after a failure.
    take: Option<Take<'t, M>>,
    failed: Option<io::Error>,
}

impl<'t, M> InOrder<'t, M> {
    fn waiting(&self) -> MutexGuard<'_, Waiting<'t, M>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds what was made of a chunk, and takes all whose turn it is, unless another thread is doing so, which then takes
    /// this as well.
    fn add(&self, number: u64, made: io::Result<M>, tasks: &Tasks<'_>) {
        let mut waiting = self.waiting();
        waiting.early.insert(number, made);
        let Some(take) = waiting.take.take() else { return };
        loop {
            let next = waiting.next;
            let Some(made) = waiting.early.remove(&next) else {
                waiting.take = Some(take);
                return;
            };
            waiting.next += 1;
            drop(waiting);
            let taken = made.and_then(&mut *take);
            tasks.places.give();
            waiting = self.waiting();
            if let Err(error) = taken {
                waiting.failed = Some(error);
                tasks.end();
                return;
            }
        }
    }
}

/// How many more chunks may be under way.
struct Places {
    state: Mutex<PlacesState>,
    given: Condvar,
}

struct PlacesState {
    free: usize,
    /// Threads that wait for a place: where there are none, nobody is told of one, which asks the system each time.
    waiting: usize,
}

impl Places {
    fn new(free: usize) -> Self {
        Self {
            state: Mutex::new(PlacesState { free, waiting: 0 }),
            given: Condvar::new(),
        }
    }

    fn take(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.free == 0 {
            state.waiting += 1;
            state = self.given.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
        state.free -= 1;
    }

    fn give(&self) {
        self.add(1);
    }

    /// Lets whoever waits go on, for the end.
    fn give_all(&self) {
        self.add(usize::MAX / 2);
    }

    fn add(&self, places: usize) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.free = state.free.saturating_add(places);
        if state.waiting > 0 {
            self.given.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case_file::CaseReader;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::path::Path;
    use std::time::Duration;

    /// A worker of its own speed; it makes how many cases a chunk has, and panics where it finds none it can use.
    struct Counting(u64);

    impl Work for Counting {
        type Made = usize;

        fn work(&mut self, chunk: Chunk, _: bool) -> io::Result<usize> {
            std::thread::sleep(Duration::from_micros(self.0));
            let (mut cases, gazetteer) = (0, crate::gazetteer::Gazetteer::default());
            let mut reader = CaseReader::new(&gazetteer, crate::yaml::Limits::default());
            chunk.read(&mut reader, &mut |loaded| {
                assert!(!loaded.source.ends_with("panic.jsonl:1"));
                cases += 1;
            });
            Ok(cases)
        }
    }

    fn counted(folder: &Path, take: &mut (dyn FnMut(usize) -> io::Result<()> + Send)) -> io::Result<Stopped> {
        let plan = super::super::plan(&[folder.to_owned()]).unwrap();
        let workers = [0, 300, 20].map(Counting).into();
        in_parallel(&plan, 1 << 20, 0, &AtomicBool::new(false), workers, take)
    }

    #[test]
    fn what_was_made_is_taken_in_order_whoever_is_first_and_a_failure_ends_the_load() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..60 {
            let name = folder.path().join(format!("{number:02}.jsonl"));
            std::fs::write(name, "{}\n".repeat(number + 1)).unwrap();
        }
        let mut taken = Vec::new();
        let ended = counted(folder.path(), &mut |cases| {
            taken.push(cases);
            Ok(())
        });
        assert_eq!(ended.unwrap(), Stopped::AtTheEnd);
        // A file ends with a chunk of its own.
        let with_cases: Vec<usize> = taken.into_iter().filter(|cases| *cases > 0).collect();
        assert_eq!(with_cases, (1..=60).collect::<Vec<_>>());
        let ended = counted(folder.path(), &mut |cases| match cases {
            31 => Err(io::Error::other("no more room")),
            32.. => unreachable!("taken after a failure"),
            _ => Ok(()),
        });
        assert_eq!(ended.unwrap_err().to_string(), "no more room");
        std::fs::write(folder.path().join("30panic.jsonl"), "{}\n").unwrap();
        let ended = catch_unwind(AssertUnwindSafe(|| counted(folder.path(), &mut |_| Ok(()))));
        assert!(ended.is_err(), "others do not wait for a thread that failed");
    }
}
