//! A disk that is full or bad at each write: nothing is lost, no file is torn, and the exit code says what happened.

#![cfg(unix)]

mod planted;
mod program;
mod trial;

use planted::Workbench;
use std::fs;
use trial::{BATCH, Files, NEW_VERSION, Trial, reviewed};

#[test]
fn a_batch_on_a_disk_that_fails_at_any_change_goes_on_to_the_same_bytes() {
    let beside = ["--out", "o.jsonl", "--report", "p.html", "--summary", "s.json"];
    let faults = Trial::with_cases("40", &[BATCH, &beside].concat()).fails_at_each_change();
    assert!(faults > 40, "{faults}");
    let table = ["--out", "o.csv"];
    assert!(Trial::with_cases("40", &[BATCH, &table].concat()).fails_at_each_change() > 20);
    #[cfg(feature = "columnar")]
    assert!(Trial::with_cases("40", &[BATCH, &["--out", "o.parquet"]].concat()).fails_at_each_change() > 20);
}

#[cfg(feature = "columnar")]
#[test]
fn an_import_on_a_disk_that_fails_at_any_change_leaves_nothing() {
    let import = ["import", "cases.jsonl", "--out", "o.parquet"];
    assert!(Trial::with_cases("40", &import).fails_at_each_change() > 8);
}

#[test]
fn what_is_written_on_a_disk_that_fails_at_any_change_is_whole_or_as_it_was() {
    let bench = || Workbench::with("none.yaml", "# none\n");
    for (arguments, input) in [
        (&["report", "mali/2023", "--out", "page.html"][..], &b""[..]),
        (&["sample", "20", "--out", "c.yaml", "--format", "yaml"], b""),
        (&["sample", "5", "--out", "c", "--format", "files"], b""),
        (&["ask", "--out", "c.yaml", "--policy", "mali/2025"], b"q\n"),
        (&["schema", "rhai", "--out", "s"], b""),
        (&["test", "--write-missing", "new/m.yaml"], b""),
    ] {
        assert!(
            Trial::new(bench(), arguments, input).fails_at_each_change() > 4,
            "{arguments:?}"
        );
    }
    assert!(reviewed().fails_at_each_change() > 4);
    // The library of manual pages writes word by word.
    assert!(Trial::new(bench(), &["manual", "--out", "m"], b"").fails_at_changes(151) > 4);
    // What is there is replaced, or stays.
    let replaced = bench();
    fs::write(replaced.folder().join("page.html"), "the old page").unwrap();
    let report = ["report", "mali/2023", "--out", "page.html"];
    Trial::new(replaced, &report, b"").fails_at_each_change();
}

#[test]
fn a_new_version_on_a_disk_that_fails_at_any_change_is_there_whole_or_not_at_all() {
    let trial = Trial::new(Workbench::shipped(), NEW_VERSION, b"");
    let nothing = |files: &Files| files.keys().any(|name| name.contains("2031"));
    assert!(!nothing(&trial.before));
    assert!(trial.fails_at_each_change() > 40);
}
