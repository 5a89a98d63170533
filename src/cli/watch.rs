//! `gradatie watch`: after each save what the rules say now, and what has changed.

use super::arguments::{CaseOptions, Common};
use super::policy::today;
use super::{Ended, output, rules, without_signature};
use crate::diagnostic::Diagnostic;
use crate::policy::{PolicyId, RulesTree};
use crate::policy_test::default_folder;
use crate::report::{view_text, watching_text};
use crate::watch::{View, Watch, Watched};
use clap::Args;
use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie watch                                  checks, tests and differences after each save\n  \
    gradatie watch cases/*.yaml --policy mali/2026  and which of these cases change\n  \
    gradatie watch --since main                     compared with the branch main")]
pub(super) struct WatchArguments {
    /// Case files; after each save it is said which of them change.
    #[arg(value_name = "CASE")]
    cases: Vec<PathBuf>,
    /// Compare with the rules at this revision; else with the last commit, or where there is none, with the rules as
    /// they are when watching begins.
    #[arg(long, value_name = "REV")]
    since: Option<String>,
    /// The folder of the policy tests; else `tests/policy` beside the rules folder.
    #[arg(long, value_name = "DIR")]
    tests: Option<PathBuf>,
    /// What was wrong in a version in force, where its edit is a correction.
    #[arg(long, value_name = "WHY")]
    correct: Option<String>,
    /// Look at the files every half second instead of waiting for notice of a save, as on network folders.
    #[arg(long)]
    poll: bool,
    #[command(flatten)]
    options: CaseOptions,
}

/// How long saves are gathered: an editor writes, renames and removes for one save.
const GATHERING: Duration = Duration::from_millis(120);
/// How often the files are looked at without notice of a save.
const POLLING: Duration = Duration::from_millis(500);
/// How often the files are looked at all the same: a folder that was replaced gives no notice any more.
const RECHECKING: Duration = Duration::from_secs(2);

/// Why the watch woke up.
enum Woken {
    Saved,
    Stopped,
}

pub(super) fn run(common: &Common, arguments: &WatchArguments) -> Ended {
    match begun(common, arguments) {
        Ok(watch) => watching(common, arguments, watch),
        Err(faults) => {
            output::faults(&faults);
            Ended::NotDone
        }
    }
}

fn begun(common: &Common, arguments: &WatchArguments) -> Result<Watch, Vec<Diagnostic>> {
    without_signature(common, "rules that are being edited are not signed")?;
    let tree = rules(common)?;
    let one = |fault| vec![fault];
    let root = tree.writable().map_err(one)?.to_owned();
    let policy = arguments.options.policy.as_deref();
    let policy = policy.map(|name| PolicyId::parse(name).ok_or_else(|| tree.unknown_policy(name)));
    if let Some(path) = arguments.cases.iter().find(|path| *path == Path::new("-")) {
        let message = format!("`{}` is no file, and cannot be watched", path.display());
        return Err(vec![
            Diagnostic::error("usage", message).help("give case files by their names"),
        ]);
    }
    if let Some(tests) = arguments.tests.as_ref().filter(|tests| !tests.is_dir()) {
        let message = format!("there is no folder `{}`", tests.display());
        return Err(vec![Diagnostic::error("unreadable-tests", message)]);
    }
    let tests = arguments.tests.clone().or_else(|| default_folder(&tree));
    let watched = Watched {
        rules: root,
        tests: tests.filter(|tests| tests.is_dir()),
        cases: arguments.cases.clone(),
        policy: policy.transpose().map_err(one)?,
        document_bytes: arguments.options.document_bytes,
        since: arguments.since.clone(),
        correct: arguments.correct.clone().filter(|why| !why.trim().is_empty()),
        today: today(),
    };
    Watch::begin(watched).map_err(one)
}

fn watching(common: &Common, arguments: &WatchArguments, mut watch: Watch) -> Ended {
    let (sender, receiver) = channel();
    let on_stop = sender.clone();
    // A handler that is already there is that of whoever uses the program as a library.
    let _ = ctrlc::set_handler(move || {
        let _ = on_stop.send(Woken::Stopped);
    });
    let notices = match arguments.poll {
        true => None,
        false => match notices(watch.watched(), sender.clone()) {
            Ok(notices) => Some(notices),
            Err(error) => {
                let message = format!("the system gives no notice of saves: {error}");
                let fault = Diagnostic::warning("no-notice", message);
                output::faults(&[fault.help("the files are looked at every half second instead")]);
                None
            }
        },
    };
    let pause = if notices.is_some() { RECHECKING } else { POLLING };
    if let Some(reason) = watch.baseline().without_commit() {
        let warning = Diagnostic::warning("no-commit", "there are no committed rules to compare with");
        let why = reason.message.clone();
        output::faults(&[warning
            .help(why)
            .help("the rules are compared with what they are now")]);
    }
    output::message(&watching_line(common, &watch));
    loop {
        if let Some(view) = watch.look()
            && let Err(error) = show(common, &watch, &view)
        {
            return match error.kind() {
                // Whoever read it has gone away.
                io::ErrorKind::BrokenPipe => Ended::Done,
                _ => {
                    output::message(&format!("error: the result cannot be written: {error}"));
                    Ended::NotDone
                }
            };
        }
        if wait(&receiver, pause, &watch) {
            return Ended::Done;
        }
    }
}

/// Waits for a reason to look; says whether to stop instead.
fn wait(receiver: &Receiver<Woken>, pause: Duration, watch: &Watch) -> bool {
    loop {
        match receiver.recv_timeout(pause) {
            Ok(Woken::Stopped) | Err(RecvTimeoutError::Disconnected) => return true,
            Ok(Woken::Saved) => return gathered(receiver),
            Err(RecvTimeoutError::Timeout) if watch.is_touched() => return false,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// Waits until the saves of one moment are over; says whether to stop instead.
fn gathered(receiver: &Receiver<Woken>) -> bool {
    // Where files never stop changing, they are looked at all the same.
    let end = Instant::now() + RECHECKING;
    while Instant::now() < end {
        match receiver.recv_timeout(GATHERING) {
            Ok(Woken::Saved) => {}
            Err(RecvTimeoutError::Timeout) => return false,
            Ok(Woken::Stopped) | Err(RecvTimeoutError::Disconnected) => return true,
        }
    }
    false
}

/// Notice of every save in the folders of what is watched. Editors save by renaming, so folders are watched, not files.
fn notices(watched: &Watched, sender: Sender<Woken>) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // What could not be told may be a save.
        if event.is_ok_and(|event| !is_a_save(&event.kind)) {
            return;
        }
        let _ = sender.send(Woken::Saved);
    })?;
    watcher.watch(&watched.rules, RecursiveMode::Recursive)?;
    if let Some(tests) = &watched.tests {
        watcher.watch(tests, RecursiveMode::Recursive)?;
    }
    let folder = |path: &PathBuf| match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut folders: Vec<PathBuf> = watched.cases.iter().map(folder).collect();
    folders.extend(RulesTree::commit_log(&watched.rules));
    folders.sort();
    folders.dedup();
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        watcher.watch(folder, RecursiveMode::NonRecursive)?;
    }
    Ok(watcher)
}

/// Whether files may have changed. Looking at them opens them, and is no reason to look again.
fn is_a_save(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        _ => true,
    }
}

fn watching_line(common: &Common, watch: &Watch) -> String {
    let watched = watch.watched();
    let tests = watched.tests.as_ref().map(|tests| tests.display().to_string());
    let rules = watched.rules.display().to_string();
    watching_text(&rules, tests.as_deref(), watched.cases.len(), common.language())
}

/// Shows a view: on a terminal in place of the one before, elsewhere after it.
fn show(common: &Common, watch: &Watch, view: &View) -> io::Result<()> {
    let mut stream = io::stdout().lock();
    let style = output::result_style();
    if !stream.is_terminal() {
        let text = view_text(view, common.language(), style, None);
        return writeln!(stream, "{text}").and_then(|()| stream.flush());
    }
    let rows = terminal_size::terminal_size().map(|(_, height)| usize::from(height.0));
    let text = view_text(
        view,
        common.language(),
        style,
        rows.map(|rows| rows.saturating_sub(3)),
    );
    let line = watching_line(common, watch);
    // The screen is cleared, and what scrolled off it stays.
    write!(stream, "\x1b[H\x1b[2J{text}\n{line}\n").and_then(|()| stream.flush())
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{CreateKind, ModifyKind, RemoveKind, RenameMode};

    #[test]
    fn reading_a_file_is_no_save_and_writing_renaming_or_removing_one_is() {
        for kind in [
            AccessKind::Open(AccessMode::Any),
            AccessKind::Read,
            AccessKind::Close(AccessMode::Read),
        ] {
            assert!(!is_a_save(&EventKind::Access(kind)), "{kind:?}");
        }
        for kind in [
            EventKind::Access(AccessKind::Close(AccessMode::Write)),
            EventKind::Create(CreateKind::File),
            EventKind::Modify(ModifyKind::Name(RenameMode::Both)),
            EventKind::Remove(RemoveKind::File),
            EventKind::Any,
        ] {
            assert!(is_a_save(&kind), "{kind:?}");
        }
    }
}
