//! A batch that is killed, stopped or out of room leaves no half output, and goes on to the same bytes.

#![cfg(unix)]

mod program;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const CASES: usize = 30_000;

struct Load {
    folder: tempfile::TempDir,
    /// What a run writes that is not interrupted.
    whole: Vec<u8>,
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = program::command(folder, arguments);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

impl Load {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let count = CASES.to_string();
        let sample = [
            "sample",
            &count,
            "--format",
            "jsonl",
            "--out",
            "cases.jsonl",
            "--uniform",
        ];
        assert!(command(folder.path(), &sample).status().unwrap().success());
        let path = folder.path().join("cases.jsonl");
        let text = fs::read_to_string(&path).unwrap();
        let broken: Vec<&str> = text
            .lines()
            .enumerate()
            .map(|(index, line)| if index % 500 == 9 { "{" } else { line })
            .collect();
        fs::write(&path, broken.join("\n")).unwrap();
        let load = Self {
            folder,
            whole: Vec::new(),
        };
        let status = load.batch("whole.jsonl", &[]).status().unwrap();
        assert_eq!(status.code(), Some(1));
        let whole = load.read("whole.jsonl");
        Self { whole, ..load }
    }

    fn batch(&self, out: &str, options: &[&str]) -> Command {
        let arguments = [
            &[
                "batch",
                "cases.jsonl",
                "--out",
                out,
                "--checkpoint",
                "0",
                "--against",
                "mali/2023",
            ],
            options,
        ];
        command(self.folder.path(), &arguments.concat())
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.path().join(name)).unwrap()
    }

    fn is_there(&self, name: &str) -> bool {
        self.folder.path().join(name).exists()
    }

    /// A run that ended early says how to go on and leaves no output; the same command with `--resume` gives the same
    /// bytes.
    fn assert_goes_on_where_it_is_told_to(&self, message: &str) {
        assert!(message.contains("`--resume`"), "{message}");
        assert!(!self.is_there("out.jsonl"));
        assert_eq!(
            said(self.batch("out.jsonl", &["--resume"]).spawn().unwrap()).0,
            Some(1)
        );
        assert!(self.read("out.jsonl") == self.whole);
    }

    /// Waits until so many bytes are written, or the run ends.
    fn wait_for(&self, name: &str, bytes: u64, child: &mut Child) {
        let path = self.folder.path().join(format!("{name}.partial"));
        while child.try_wait().unwrap().is_none()
            && path.metadata().map_or(0, |metadata| metadata.len()) < bytes
        {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

fn said(child: Child) -> (Option<i32>, String) {
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn five_kills_and_the_same_bytes() {
    let load = Load::new();
    let length = load.whole.len() as u64;
    for kill in 0..5 {
        let options: &[&str] = if kill == 0 {
            &["--report", "resumed.html"]
        } else {
            &["--resume", "--jobs", "2", "--report", "resumed.html"]
        };
        let mut child = load.batch("out.jsonl", options).spawn().unwrap();
        load.wait_for("out.jsonl", length * (kill + 1) / 7, &mut child);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!load.is_there("out.jsonl"), "the output was whole too early");
        assert!(load.is_there("out.jsonl.partial"));
    }
    let journal = load.read("out.jsonl.journal");
    let journal: serde_json::Value = serde_json::from_slice(&journal).unwrap();
    assert!(journal["chunks"].as_u64().unwrap() > 10, "nothing had been kept");
    // Without `--resume` nothing is overwritten.
    let (code, message) = said(load.batch("out.jsonl", &[]).spawn().unwrap());
    assert_eq!(code, Some(2));
    assert!(message.contains("go on with `--resume`"), "{message}");
    let options = [
        "--resume",
        "--summary",
        "resumed.json",
        "--report",
        "resumed.html",
    ];
    assert_eq!(
        said(load.batch("out.jsonl", &options).spawn().unwrap()).0,
        Some(1)
    );
    assert!(load.read("out.jsonl") == load.whole);
    for left in ["out.jsonl.partial", "out.jsonl.journal", "out.jsonl.references"] {
        assert!(!load.is_there(left));
    }
    // What was counted is the same, too, and so are the repeated references.
    let options = ["--summary", "whole.json", "--report", "whole.html"];
    said(load.batch("again.jsonl", &options).spawn().unwrap());
    assert!(load.read("resumed.json") == load.read("whole.json"));
    let page = |name: &str, out: &str| String::from_utf8(load.read(name)).unwrap().replace(out, "OUT");
    let whole = page("whole.html", "again.jsonl");
    assert!(page("resumed.html", "out.jsonl") == whole);
    assert!(whole.contains("are left out here and are in the results"));
    let manifest = |name: &str| -> serde_json::Value { serde_json::from_slice(&load.read(name)).unwrap() };
    let (resumed, whole) = (
        manifest("out.jsonl.manifest.json"),
        manifest("again.jsonl.manifest.json"),
    );
    assert_eq!(resumed["inputs"], whole["inputs"]);
}

#[test]
fn a_stop_by_the_user_says_how_to_go_on() {
    let load = Load::new();
    let mut child = load.batch("out.jsonl", &[]).spawn().unwrap();
    load.wait_for("out.jsonl", load.whole.len() as u64 / 5, &mut child);
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    let (code, message) = said(child);
    assert_eq!(code, Some(2), "{message}");
    assert!(message.contains("stopped after"), "{message}");
    load.assert_goes_on_where_it_is_told_to(&message);
}

#[test]
fn an_interrupted_run_is_not_continued_with_other_inputs_or_options() {
    let load = Load::new();
    let mut child = load.batch("out.jsonl", &[]).spawn().unwrap();
    load.wait_for("out.jsonl", load.whole.len() as u64 / 5, &mut child);
    child.kill().unwrap();
    child.wait().unwrap();
    let other = ["--resume", "--policy", "mali/2025"];
    let (code, message) = said(load.batch("out.jsonl", &other).spawn().unwrap());
    assert_eq!(code, Some(2));
    assert!(message.contains("then it had the rules"), "{message}");
    let path = load.folder.path().join("cases.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text + "\n{\"case\":\"MORE\"}\n").unwrap();
    let (code, message) = said(load.batch("out.jsonl", &["--resume"]).spawn().unwrap());
    assert_eq!(code, Some(2));
    assert!(message.contains("then it had the inputs"), "{message}");
    assert_eq!(
        said(load.batch("out.jsonl", &["--force"]).spawn().unwrap()).0,
        Some(1)
    );
    assert!(load.read("out.jsonl").len() > load.whole.len());
}

#[test]
fn a_full_disk_is_said_and_the_run_goes_on_when_there_is_room() {
    let load = Load::new();
    // A bound on the size of files stands for the full disk: the write fails in the same way.
    let mut batch = load.batch("out.jsonl", &[]);
    let program = batch.get_program().to_owned();
    let arguments: Vec<_> = batch.get_args().map(ToOwned::to_owned).collect();
    batch = Command::new("sh");
    let child = batch
        .args(["-c", "trap '' XFSZ; ulimit -f 20000; exec \"$0\" \"$@\""])
        .arg(program)
        .args(arguments)
        .current_dir(load.folder.path())
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (code, message) = said(child);
    assert_eq!(code, Some(2), "{message}");
    assert!(message.contains("is not complete"), "{message}");
    load.assert_goes_on_where_it_is_told_to(&message);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let child = command(load.folder.path(), &["batch", "cases.jsonl"])
        .stdout(full)
        .spawn()
        .unwrap();
    let (code, message) = said(child);
    assert_eq!(code, Some(2));
    assert!(message.contains("the results cannot be written"), "{message}");
}
