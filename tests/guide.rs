//! The guide from a new letter to a merged version: its edits are made and its commands are run, in the order of the page,
//! in a copy of the repository.

mod planted;

use planted::{Rules, committed, copy};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// What the page tells to do.
#[derive(Debug)]
enum Step {
    /// A command, with the exit code and the output that the page shows.
    Run(String, i32, String),
    /// In a file a text is replaced, once or everywhere.
    Edit(String, bool, String, String),
}

fn steps(page: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else {
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let mut words = info.split(' ');
        match (words.next(), words.next()) {
            (Some("console"), None) => steps.extend(runs(&block)),
            (Some("diff"), Some(file)) => {
                let side = |other: char| -> String {
                    let own = block.iter().filter(|line| !line.starts_with(other));
                    own.map(|line| format!("{}\n", line.get(1..).unwrap_or_default()))
                        .collect()
                };
                let everywhere = words.next() == Some("everywhere");
                steps.push(Step::Edit(file.to_owned(), everywhere, side('+'), side('-')));
            }
            _ => panic!("a block that nothing is done with: {info}"),
        }
    }
    steps
}

fn runs(block: &[&str]) -> Vec<Step> {
    let mut runs: Vec<Step> = Vec::new();
    for line in block {
        if let Some(command) = line.strip_prefix("$ ") {
            runs.push(Step::Run(command.to_owned(), 0, String::new()));
            continue;
        }
        let Some(Step::Run(_, code, expected)) = runs.last_mut() else {
            panic!("an output without a command: {line}")
        };
        match line.strip_prefix("? ") {
            Some(number) => *code = number.parse().unwrap(),
            None => *expected += &format!("{line}\n"),
        }
    }
    runs
}

fn shell(folder: &Path, command: &str) -> Command {
    let programs = Path::new(env!("CARGO_BIN_EXE_gradatie")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    // Messages and results come as a reader sees them, in one stream.
    shell.args(["-c", &format!("exec {command} 2>&1")]);
    shell
        .current_dir(folder)
        .env("PATH", path)
        .env("LC_ALL", "C.UTF-8");
    for name in ["AUTHOR", "COMMITTER"] {
        shell.env(format!("GIT_{name}_NAME"), "Test");
        shell.env(format!("GIT_{name}_EMAIL"), "test@example.org");
    }
    shell
}

/// Watching never ends: the first screen is read, and then it is ended as with Ctrl-C.
fn first_screen(folder: &Path, command: &str) -> (i32, String) {
    let mut child = shell(folder, command).stdout(Stdio::piped()).spawn().unwrap();
    let (send, lines) = channel();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let reading = std::thread::spawn(move || {
        for line in stdout.by_ref().lines().map_while(Result::ok) {
            let _ = send.send(line);
        }
    });
    let mut text = String::new();
    let mut wait = Duration::from_secs(60);
    loop {
        match lines.recv_timeout(wait) {
            Ok(line) => text += &format!("{line}\n"),
            Err(RecvTimeoutError::Timeout) => break,
            Err(error) => panic!("{error}: {text}"),
        }
        if text.contains("\nCases: ") {
            wait = Duration::from_secs(1);
        }
    }
    let process = child.id().to_string();
    Command::new("kill").args(["-INT", &process]).status().unwrap();
    let code = child.wait().unwrap().code().unwrap();
    reading.join().unwrap();
    // What it watches is said first, on the other stream.
    let screen = text.find("#1").map_or(text.as_str(), |at| &text[at..]);
    (code, screen.to_owned())
}

#[cfg(unix)]
#[test]
fn the_guide_leads_from_a_letter_to_a_merged_version() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rules = Rules::new();
    let folder = rules.root().parent().unwrap().to_owned();
    for part in ["tests/policy", "docs/cases"] {
        copy(&root.join(part), &folder.join(part));
    }
    committed(&folder);
    let page = fs::read_to_string(root.join("docs/new-letter.md")).unwrap();
    let steps = steps(&page);
    let runs = steps.iter().filter(|step| matches!(step, Step::Run(..))).count();
    assert!(
        runs >= 20 && steps.len() - runs >= 16,
        "{runs} of {}",
        steps.len()
    );
    for step in steps {
        match step {
            Step::Edit(file, everywhere, from, to) => {
                let path = folder.join(&file);
                let text = fs::read_to_string(&path).unwrap();
                if from.is_empty() {
                    fs::write(path, text + to.as_str()).unwrap();
                    continue;
                }
                let found = text.matches(&from).count();
                assert!(
                    found == 1 || everywhere && found > 1,
                    "{found} times in {file}:\n{from}"
                );
                fs::write(path, text.replace(&from, &to)).unwrap();
            }
            Step::Run(command, code, expected) => {
                let (ended, said) = if command.starts_with("gradatie watch") {
                    first_screen(&folder, &command)
                } else {
                    let output = shell(&folder, &command).output().unwrap();
                    let said = String::from_utf8(output.stdout).unwrap();
                    (output.status.code().unwrap(), said)
                };
                assert_eq!(ended, code, "{command}\n{said}");
                let whole = |text: &str| format!("{}\n", text.trim_end());
                let (said, expected) = (whole(&said), whole(&expected));
                println!("$ {command}");
                snapbox::assert_data_eq!(said, expected);
            }
        }
    }
    // What is merged is green, and nothing that was there has changed but by addition.
    let changed = Command::new("git")
        .args(["diff", "--name-status", "HEAD~1", "HEAD"])
        .current_dir(&folder)
        .output()
        .unwrap();
    let changed = String::from_utf8(changed.stdout).unwrap();
    assert_eq!(changed.lines().count(), 13, "{changed}");
    assert!(changed.lines().all(|line| line.starts_with("A\t")), "{changed}");
}
