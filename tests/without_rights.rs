//! Files and folders that the user may not read or write: each is said, and nothing is concluded or written in its place.
//!
//! The superuser may read everything, so that a test that is run by that user lets the program run as another one.

#![cfg(unix)]

mod planted;
mod program;

use program::{assert_refused, messages};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};

/// Nobody in particular.
const NOBODY: u32 = 65_534;

/// A folder with the program, the rules and two cases, in which everybody may write.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = Self { folder };
        desk.allow("", 0o777);
        // The folder in which it was built may be closed to others. A program that this process had open for writing could
        // not be started while another test starts one.
        let copied = Command::new("cp")
            .args([env!("CARGO_BIN_EXE_gradatie"), "gradatie"])
            .current_dir(desk.path())
            .status();
        assert!(copied.unwrap().success());
        planted::copy(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"),
            &desk.path().join("rules"),
        );
        fs::create_dir_all(desk.path().join("cases/more")).unwrap();
        for (file, reference) in [("cases/a.yaml", "A"), ("cases/more/b.yaml", "B")] {
            let case = format!("case: {reference}\ndecision_date: 2025-09-15\nfacts: {{region: Gao}}\n");
            fs::write(desk.path().join(file), case).unwrap();
        }
        desk
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn allow(&self, file: &str, mode: u32) {
        fs::set_permissions(self.path().join(file), Permissions::from_mode(mode)).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(self.path().join("gradatie"));
        command.args(arguments).args(["--rules", "rules"]);
        command.env("LC_ALL", "C").current_dir(self.path());
        if self.path().metadata().unwrap().uid() == 0 {
            command.uid(NOBODY).gid(NOBODY);
        }
        program::run(command, b"")
    }
}

impl Drop for Desk {
    /// What was closed can be deleted again.
    fn drop(&mut self) {
        for folder in ["cases/more", "rules/mali", "rules/mali/2025", "closed"] {
            let _ = fs::set_permissions(self.path().join(folder), Permissions::from_mode(0o755));
        }
    }
}

fn written(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_case_that_may_not_be_read_is_an_error_and_the_others_are_evaluated() {
    let desk = Desk::new();
    desk.allow("cases/a.yaml", 0o000);
    let output = desk.run(&["evaluate", "cases/a.yaml"]);
    assert!(!output.status.success());
    assert!(
        messages(&output).contains("cases/a.yaml"),
        "{}",
        messages(&output)
    );
    assert_eq!(written(&output), "");
    let output = desk.run(&["batch", "cases"]);
    assert!(!output.status.success());
    let lines = written(&output);
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[0].contains("cases/a.yaml") && lines[0].contains("unreadable-input"),
        "{lines:?}"
    );
    assert!(lines[1].contains("\"case\":\"B\""), "{lines:?}");
}

#[test]
fn a_folder_of_cases_that_may_not_be_read_is_an_error_and_the_others_are_evaluated() {
    let desk = Desk::new();
    desk.allow("cases/more", 0o000);
    let output = desk.run(&["batch", "cases"]);
    assert!(!output.status.success());
    let lines = written(&output);
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].contains("\"case\":\"A\""), "{lines:?}");
    assert!(
        lines[1].contains("cases/more") && lines[1].contains("unreadable-input"),
        "{lines:?}"
    );
}

#[test]
fn rules_of_which_a_part_may_not_be_read_decide_nothing() {
    for closed in [
        "rules/mali/2025/grade.rhai",
        "rules/mali/2025/policy.yaml",
        "rules/mali/2025/sources.yaml",
        "rules/mali/regions.yaml",
        "rules/mali/2025",
        "rules/mali",
    ] {
        let desk = Desk::new();
        desk.allow(closed, 0o000);
        for command in ["evaluate", "batch"] {
            let output = desk.run(&[command, "cases/a.yaml"]);
            assert_eq!(output.status.code(), Some(2), "{closed}: {}", messages(&output));
            assert_eq!(written(&output), "", "{closed}");
            let said = messages(&output);
            assert!(
                said.contains(closed.rsplit('/').next().unwrap()),
                "{closed}: {said}"
            );
        }
    }
}

#[test]
fn where_nothing_may_be_written_nothing_is_and_the_program_says_where() {
    let desk = Desk::new();
    fs::create_dir(desk.path().join("closed")).unwrap();
    desk.allow("closed", 0o555);
    for arguments in [
        &["batch", "cases", "--out", "closed/results.jsonl"][..],
        &["sample", "10", "--out", "closed/cases.jsonl"],
        &["manual", "--out", "closed/manual"],
    ] {
        let output = desk.run(arguments);
        assert_refused(arguments, &output, "closed");
        assert_eq!(
            fs::read_dir(desk.path().join("closed")).unwrap().count(),
            0,
            "{arguments:?}"
        );
    }
}
