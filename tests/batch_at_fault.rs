//! `batch` where something cannot be read, written or done, and where there is nothing to do.

mod domain_reading;
mod program;

use domain_reading::values;
use program::{gradatie, messages};
use std::fs;

#[test]
fn what_cannot_be_done_is_said_before_anything_is_read_or_written() {
    let folder = tempfile::tempdir().unwrap();
    let load = folder.path().join("load");
    fs::create_dir_all(&load).unwrap();
    fs::write(load.join("a.yaml"), "case: A\n").unwrap();
    fs::write(folder.path().join("there.jsonl"), "kept").unwrap();
    fs::write(folder.path().join("no.jsonl"), "{\"a\": 1}\n").unwrap();
    fs::write(folder.path().join("none.jsonl"), "").unwrap();
    fs::create_dir_all(folder.path().join("empty")).unwrap();
    for (arguments, message) in [
        (
            &["batch", "laod"][..],
            "there is no file `laod`; did you mean `load`?",
        ),
        (&["batch", "empty"], "no case file in the inputs"),
        (
            &["batch", "load", "--out", "there.jsonl"],
            "exists; name another file, or replace it with `--force`",
        ),
        (
            &["batch", "load", "--out", "load/out.jsonl"],
            "would lie among the inputs",
        ),
        (
            &["batch", "load", "--out", "nowhere/out.jsonl"],
            "`nowhere/out.jsonl` cannot be written",
        ),
        (&["batch", "load", "--resume"], "`--resume` needs `--out`"),
        (
            &["batch", "load", "--out", "o.jsonl", "--resume"],
            "nothing to resume",
        ),
        (
            &["batch", "-", "--out", "o.jsonl", "--resume"],
            "standard input cannot be read a second time",
        ),
        (
            &["batch", "load", "--report", "load/page.html"],
            "`load/page.html` would lie among the inputs",
        ),
        (
            &["batch", "load", "--summary", "there.jsonl"],
            "`there.jsonl` exists; name another file, or replace it with `--force`",
        ),
        (
            &["batch", "load", "--summary", "a.json", "--report", "./a.json"],
            "`./a.json` is to be written twice",
        ),
        (
            &[
                "batch",
                "load",
                "--against",
                "none.jsonl",
                "--report",
                "none.jsonl",
            ],
            "`none.jsonl` is what the cases are compared with",
        ),
        (
            &["batch", "load", "--against", "mali/2019"],
            "no policy version `mali/2019`",
        ),
        (
            &["batch", "load", "--against", "no.jsonl"],
            "is not the result of a case",
        ),
    ] {
        let output = gradatie(folder.path(), arguments, b"");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            messages(&output).contains(message),
            "{arguments:?}: {}",
            messages(&output)
        );
        assert!(output.stdout.is_empty());
    }
    assert_eq!(
        fs::read_to_string(folder.path().join("there.jsonl")).unwrap(),
        "kept"
    );
    assert_eq!(fs::read_dir(&load).unwrap().count(), 1);
}

#[cfg(not(feature = "columnar"))]
#[test]
fn a_program_without_columns_says_so_and_how_to_get_them() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("cases.parquet"), "PAR1").unwrap();
    fs::write(folder.path().join("a.yaml"), "case: A\n").unwrap();
    for arguments in [
        &["batch", "cases.parquet"][..],
        &["batch", "a.yaml", "--out", "results.parquet"],
        &["import", "a.yaml", "--out", "store.parquet"],
    ] {
        let output = gradatie(folder.path(), arguments, b"");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said = messages(&output);
        assert!(
            said.contains("without-columns") && said.contains("--features columnar"),
            "{said}"
        );
        assert!(output.stdout.is_empty());
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_in_a_folder_is_an_error_line_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let load = folder.path().join("load");
    fs::create_dir_all(&load).unwrap();
    fs::write(load.join("a.yaml"), "case: A\n").unwrap();
    std::os::unix::fs::symlink("nowhere", load.join("b.yaml")).unwrap();
    fs::write(load.join("c.jsonl.gz"), "this is not packed").unwrap();
    fs::write(load.join("d.yaml"), "").unwrap();
    fs::write(load.join("e.yaml"), b"case: \xff\n").unwrap();
    fs::write(load.join("f.yaml"), "case: F\n").unwrap();
    let output = gradatie(folder.path(), &["batch", "load"], b"");
    assert_eq!(output.status.code(), Some(1));
    let found: Vec<(String, String)> = values(&output.stdout)
        .iter()
        .map(|line| {
            let source = line["source"].as_str().unwrap().to_owned();
            let said = line["error"]["code"].as_str().or(line["case"].as_str()).unwrap();
            (source, said.to_owned())
        })
        .collect();
    let expected = [
        ("load/a.yaml", "A"),
        ("load/b.yaml", "unreadable-input"),
        ("load/c.jsonl.gz", "unreadable-input"),
        ("load/d.yaml", "empty-document"),
        ("load/e.yaml", "not-utf-8"),
        ("load/f.yaml", "F"),
    ];
    let expected = expected.map(|(source, said)| (source.to_owned(), said.to_owned()));
    assert_eq!(found, expected);
}

#[test]
fn a_load_without_a_case_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["empty.jsonl", "empty.csv"] {
        fs::write(folder.path().join(name), "").unwrap();
        let output = gradatie(folder.path(), &["batch", name], b"");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0));
        assert!(messages(&output).contains("no-cases"), "{}", messages(&output));
    }
}
