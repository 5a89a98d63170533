//! What the program shows after each save, with a watcher.

mod planted;
mod program;
mod watched_cases;

use planted::{Rules, committed, git};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use watched_cases::CASE;

/// The program, watching a copy of the rules.
struct Running {
    child: Child,
    lines: Receiver<String>,
    seen: String,
}

impl Running {
    fn begin(rules: &Rules, more: &[&str]) -> Self {
        fs::write(rules.beside().join("case.yaml"), CASE).unwrap();
        let mut arguments = vec!["watch", "case.yaml", "--rules", "rules"];
        arguments.extend(more);
        let mut child = program::command(rules.beside(), &arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (send, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let _ = send.send(line);
            }
        });
        let seen = String::new();
        let mut running = Self { child, lines, seen };
        running.until("Cases: 0 of 2 change");
        running
    }

    /// Reads on until a line has this text; a minute is far more than it takes.
    fn until(&mut self, text: &str) {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            match self
                .lines
                .recv_timeout(end.saturating_duration_since(Instant::now()))
            {
                Ok(line) => {
                    self.seen += &format!("{line}\n");
                    if line.contains(text) {
                        return;
                    }
                }
                Err(error) => panic!("{error}: no {text:?} in {}", self.seen),
            }
        }
    }

    /// Ends it as Ctrl-C does, and gives the exit code with what was said on standard error.
    fn interrupt(mut self) -> (Option<i32>, String) {
        let process = self.child.id().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-INT", &process])
            .status()
            .unwrap();
        assert!(sent.success());
        let mut said = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        (self.child.wait().unwrap().code(), said)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A test that failed leaves no program behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Saves as editors do: writes a new file beside the old one, and renames it.
fn save_by_renaming(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert_eq!(text.matches(from).count(), 1, "{from}");
    let beside = path.with_extension("new");
    fs::write(&beside, text.replace(from, to)).unwrap();
    fs::rename(beside, path).unwrap();
}

#[cfg(unix)]
#[test]
fn the_program_shows_each_save_and_ends_with_success_on_interrupt() {
    for more in [&[][..], &["--poll"]] {
        let rules = Rules::new();
        committed(rules.beside());
        let mut running = Running::begin(&rules, more);
        let grade = rules.root().join("mali/2025/grade.rhai");
        save_by_renaming(&grade, "switch facts.region {", "switch facts.region ");
        running.until("error[script-syntax]");
        running.until("rules/mali/2025/grade.rhai:7:9");
        running.until("Cases: 0 of 2 change");
        save_by_renaming(&grade, "switch facts.region ", "switch facts.region {");
        running.until("the rules say the same");
        // In place, and in two steps: deleted, and then made again.
        let text = fs::read_to_string(&grade).unwrap();
        fs::remove_file(&grade).unwrap();
        running.until("grade.rhai gone");
        fs::write(
            &grade,
            text.replace("\"Kayes\" | ", "")
                .replace("\"Koulikoro\" =>", "\"Koulikoro\" | \"Kayes\" =>"),
        )
        .unwrap();
        running.until("region Kayes: not_named -> relatively_lower (1 combination)");
        running.until("grade: not_named [besluit:6.5] -> relatively_lower [besluit:5.3]");
        // A case file that changes is looked at again.
        save_by_renaming(&rules.beside().join("case.yaml"), "region: Gao", "region: Kayes");
        running.until("Cases: 2 of 2 change");
        // So is a commit; and a terminal it is not, so nothing is cleared.
        git(rules.beside(), &["commit", "-q", "-a", "-m", "Kayes"]);
        running.until("other rules were committed to HEAD");
        assert!(!running.seen.contains('\u{1b}'), "{:?}", running.seen);
        let (code, said) = running.interrupt();
        assert_eq!(code, Some(0), "{said}");
        assert!(
            said.contains("Watching rules, 1 case file; Ctrl-C ends"),
            "{said}"
        );
    }
}

#[test]
fn the_program_cannot_watch_what_is_not_there() {
    let rules = Rules::new();
    for (arguments, said) in [
        (
            &["watch", "--rules", "nowhere"][..],
            "is not a folder that can be read",
        ),
        (
            &["watch", "--rules", "rules", "--since", "no-such"],
            "cannot be read",
        ),
        (
            &["watch", "--rules", "rules", "--tests", "nowhere"],
            "there is no folder `nowhere`",
        ),
        (
            &["watch", "--rules", "rules", "--policy", "mali/2030"],
            "there is no policy version",
        ),
        (&["watch", "--rules", "rules", "-"], "cannot be watched"),
    ] {
        let ran = program::gradatie(rules.beside(), arguments, b"");
        assert_eq!(ran.status.code(), Some(2));
        assert!(
            program::messages(&ran).contains(said),
            "{}",
            program::messages(&ran)
        );
    }
}
