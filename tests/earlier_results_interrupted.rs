//! `batch --against FILE` where the batch is interrupted, and where the file changes meanwhile.

mod domain_reading;
mod earlier_forms;
mod program;

use earlier_forms::{WITH_FACTS, WITHOUT_FACTS, compared, earlier};
use program::{command, gradatie, messages};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;

/// Interrupts a batch over `now.jsonl` once something is written.
fn interrupt(folder: &Path, options: &[&str]) {
    let journal = folder.join("out.jsonl.journal");
    let _ = fs::remove_file(&journal);
    let mut child = command(folder, options)
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while child.try_wait().unwrap().is_none() && !journal.exists() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!folder.join("out.jsonl").exists(), "it ended too early");
}

#[test]
fn an_interrupted_run_goes_on_to_the_same_bytes_against_the_same_file_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let sample = [
        "sample",
        "8000",
        "--uniform",
        "--format",
        "jsonl",
        "--out",
        "before.jsonl",
    ];
    assert_eq!(gradatie(here, &sample, b"").status.code(), Some(0));
    let before = fs::read_to_string(here.join("before.jsonl")).unwrap();
    earlier(here, &before, "mali/2023");
    let now: Vec<&str> = before.lines().skip(50).collect();
    fs::write(here.join("now.jsonl"), now.join("\n")).unwrap();
    for ending in ["jsonl.gz"].iter().chain(WITHOUT_FACTS) {
        let file = format!("earlier.{ending}");
        let whole = compared(here, &file, &["--policy", "mali/2025"]);
        assert_eq!(whole.against["only_earlier"]["cases"], 50);
        fs::remove_file(here.join("out.jsonl")).unwrap();
        let options = [
            "batch",
            "now.jsonl",
            "--against",
            &file,
            "--policy",
            "mali/2025",
            "--out",
            "out.jsonl",
            "--checkpoint",
            "0",
            "--summary",
            "summary.json",
            "--report",
            "page.html",
        ];
        interrupt(here, &[&options[..], &["--jobs", "1", "--force"]].concat());
        // The file has changed since: what is written compares with another one.
        let text = fs::read(here.join(&file)).unwrap();
        fs::write(here.join(&file), &text).unwrap();
        let refused = gradatie(here, &[&options[..], &["--resume"]].concat(), b"");
        assert_eq!(refused.status.code(), Some(2));
        assert!(
            messages(&refused).contains("cannot be continued"),
            "{}",
            messages(&refused)
        );
        interrupt(here, &[&options[..], &["--jobs", "1", "--force"]].concat());
        let resumed = gradatie(here, &[&options[..], &["--jobs", "2", "--resume"]].concat(), b"");
        assert_eq!(resumed.status.code(), Some(0), "{}", messages(&resumed));
        assert!(fs::read_to_string(here.join("out.jsonl")).unwrap() == whole.lines);
        assert!(fs::read_to_string(here.join("page.html")).unwrap() == whole.page);
        let summary: Value =
            serde_json::from_str(&fs::read_to_string(here.join("summary.json")).unwrap()).unwrap();
        assert_eq!(summary["against"]["only_earlier"], whole.against["only_earlier"]);
        fs::remove_file(here.join("out.jsonl")).unwrap();
    }
}

#[test]
fn a_file_that_changes_while_cases_are_compared_with_it_gives_no_results() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    earlier(here, "{\"case\":\"A\"}\n{\"case\":\"B\"}\n", "mali/2025");
    for ending in WITH_FACTS.iter().chain(WITHOUT_FACTS) {
        let file = format!("earlier.{ending}");
        let mut child = command(here, &["batch", "-", "--against", &file, "--out", "out.jsonl"])
            .stdin(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        // Once the output is begun the file is open, and no case is read yet.
        while !here.join("out.jsonl.partial").exists() && child.try_wait().unwrap().is_none() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        let text = fs::read(here.join(&file)).unwrap();
        fs::write(here.join(&file), &text).unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(b"{\"case\":\"A\"}\n")
            .unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", messages(&output));
        let said = format!("`{file}` changed while it was read");
        assert!(messages(&output).contains(&said), "{}", messages(&output));
        for name in ["out.jsonl", "out.jsonl.partial", "out.jsonl.journal"] {
            assert!(!here.join(name).exists(), "{name}");
        }
    }
}
