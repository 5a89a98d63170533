//! One command that is run again and again, each time from the same beginning and with another fault of the system.

#![allow(dead_code, reason = "each test uses a part")]

use crate::planted::Workbench;
use crate::program;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The layer that gives the faults, built once.
pub fn layer() -> &'static Path {
    static LAYER: OnceLock<PathBuf> = OnceLock::new();
    LAYER.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trial/faults.c");
        let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("faults-{}.so", std::process::id()));
        let status = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .args([&built, &source])
            .arg("-ldl")
            .status()
            .expect("a C compiler, which the linker of Rust is as well");
        assert!(status.success());
        built
    })
}

/// A folder in which one command is run again and again, each time from the same beginning.
pub struct Trial {
    pub bench: Workbench,
    pub before: Files,
    pub arguments: Vec<&'static str>,
    pub input: &'static [u8],
}

/// Files by name from the folder; a folder without files has no bytes.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What an interrupted batch leaves so that it can go on.
pub const LEFT_TO_GO_ON: [&str; 4] = [".partial", ".journal", ".references", ".journal.new"];

impl Trial {
    pub fn new(bench: Workbench, arguments: &[&'static str], input: &'static [u8]) -> Self {
        let before = files(&bench.folder());
        Self {
            bench,
            before,
            arguments: arguments.to_vec(),
            input,
        }
    }

    pub fn with_cases(count: &str, arguments: &[&'static str]) -> Self {
        let bench = Workbench::with("none.yaml", "# none\n");
        // A version of two questions is explored at once, and its results are written in the same way.
        let policy = fs::read_to_string(bench.rules.root().join(POLICY)).unwrap();
        let (two, rest) = policy.split_once("  - name: real_risk").unwrap();
        let (_, rest) = rest.split_once("\nopen_points:").unwrap();
        let policy = format!("{two}flags: []\nopen_points:{rest}");
        fs::write(bench.rules.root().join(POLICY), policy).unwrap();
        let sample = [
            "sample",
            count,
            "--format",
            "jsonl",
            "--out",
            "cases.jsonl",
            "--uniform",
        ];
        assert!(program::gradatie(&bench.folder(), &sample, b"").status.success());
        Self::new(bench, arguments, b"")
    }

    pub fn command(&self, more: &[&str]) -> Command {
        let arguments = [&self.arguments[..], more, &["--rules", "rules"]].concat();
        program::command(&self.bench.folder(), &arguments)
    }

    pub fn run(&self, more: &[&str]) -> Output {
        program::run(self.command(more), self.input)
    }

    pub fn files(&self) -> Files {
        files(&self.bench.folder())
    }

    /// Makes the folder what it was at first.
    pub fn begin_again(&self) {
        let folder = self.bench.folder();
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                fs::remove_dir_all(path).unwrap();
            } else {
                fs::remove_file(path).unwrap();
            }
        }
        for (name, bytes) in &self.before {
            let path = folder.join(name);
            if name.ends_with('/') {
                fs::create_dir_all(path).unwrap();
            } else {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
        }
    }

    /// Every file is as it was or as it will be; whatever else there is has a name that says so.
    pub fn assert_none_is_torn(&self, what: &str, done: &Files, is_killed: bool) {
        for (name, bytes) in self.files() {
            let is_old = self.before.get(&name) == Some(&bytes);
            let is_new = done.get(&name).is_some_and(|done| is_same(&name, done, &bytes));
            let goes_on = LEFT_TO_GO_ON.iter().any(|ending| name.ends_with(ending));
            // A kill leaves what had no name yet, hidden.
            let is_hidden = is_killed
                && name
                    .split('/')
                    .any(|part| part.starts_with('.') && part.contains(".new"));
            // A folder for what could not be written holds nothing.
            let is_empty = name.ends_with('/');
            assert!(
                is_old || is_new || goes_on || is_hidden || is_empty,
                "{what}: {name} is torn or left over"
            );
        }
        for name in self.before.keys().filter(|name| !name.ends_with('/')) {
            assert!(self.files().contains_key(name), "{what}: {name} is lost");
        }
    }

    /// Every change of the file system fails once, in both ways, until none is left that could.
    pub fn fails_at_each_change(&self) -> usize {
        self.fails_at_changes(1)
    }

    /// As [`Self::fails_at_each_change`], at one of so many changes.
    pub fn fails_at_changes(&self, step: usize) -> usize {
        let whole = self.run(&[]);
        assert_ne!(whole.status.code(), Some(2), "{}", program::messages(&whole));
        let done = self.files();
        let mark = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!(
            "fault-{}-{}",
            std::process::id(),
            self.arguments.join("-").replace('/', "-")
        ));
        let mut faults = 0;
        for once in [false, true] {
            for at in (1..).step_by(step) {
                assert!(at < 500 * step, "there is no end");
                self.begin_again();
                let _ = fs::remove_file(&mark);
                let mut command = self.command(&[]);
                command
                    .env("LD_PRELOAD", layer())
                    .env("FAULT_AT", at.to_string())
                    .env("FAULT_MARK", &mark);
                if once {
                    command.env("FAULT_ONCE", "1");
                }
                let ended = program::run(command, self.input);
                let what = format!("{} at change {at}, once: {once}", self.arguments.join(" "));
                if !mark.exists() {
                    assert_eq!(ended.status.code(), whole.status.code(), "{what}");
                    break;
                }
                faults += 1;
                let said = program::messages(&ended);
                assert!(!said.contains("panicked"), "{what}: {said}");
                // What was to be removed anyway may fail: then everything else is there, and it is done.
                let now = self.files();
                let is_done = now.len() == done.len()
                    && done
                        .iter()
                        .all(|(name, bytes)| now.get(name).is_some_and(|now| is_same(name, bytes, now)));
                if !is_done || ended.status.code() != whole.status.code() {
                    assert_eq!(ended.status.code(), Some(2), "{what}: {said}");
                    let is_said = ["cannot be written", "not complete", "not written"];
                    assert!(is_said.iter().any(|words| said.contains(words)), "{what}: {said}");
                }
                self.assert_none_is_torn(&what, &done, false);
                if self.arguments[0] == "batch" {
                    self.goes_on(&what, &done, whole.status.code());
                }
            }
        }
        let _ = fs::remove_file(&mark);
        println!("{}: {faults} faults", self.arguments.join(" "));
        faults
    }

    /// The same batch goes on where it was interrupted, or begins where there was nothing yet, to the same bytes.
    pub fn goes_on(&self, what: &str, done: &Files, code: Option<i32>) {
        let folder = self.bench.folder();
        let out = self.arguments[self.arguments.iter().position(|one| *one == "--out").unwrap() + 1];
        if !folder.join(out).exists() {
            let is_begun = folder.join(format!("{out}.partial")).exists();
            let options: &[&str] = if is_begun { &["--resume"] } else { &["--force"] };
            let ended = self.run(options);
            assert_eq!(ended.status.code(), code, "{what}: {}", program::messages(&ended));
            for (name, bytes) in self.files() {
                let is_same = done.get(&name).is_some_and(|done| is_same(&name, done, &bytes));
                assert!(is_same, "{what}: {name} is not the same after going on");
            }
        }
    }
}

/// A manifest says when and by how many jobs; everything else has the same bytes.
pub fn is_same(name: &str, one: &[u8], other: &[u8]) -> bool {
    let without_time = |bytes: &[u8]| -> serde_json::Value {
        let mut value: serde_json::Value = serde_json::from_slice(bytes).unwrap_or_default();
        if let Some(manifest) = value.as_object_mut() {
            manifest.retain(|key, _| !key.contains("time") && !key.contains("written"));
        }
        value
    };
    one == other
        || name.ends_with(".manifest.json") && without_time(one) == without_time(other) && !other.is_empty()
}

pub fn files(folder: &Path) -> Files {
    let mut found = Files::new();
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            if fs::read_dir(&path).unwrap().next().is_none() {
                found.insert(name + "/", Vec::new());
            }
        } else {
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

pub const POLICY: &str = "mali/2025/policy.yaml";
pub const BATCH: &[&str] = &[
    "batch",
    "cases.jsonl",
    "--checkpoint",
    "0",
    "--policy",
    "mali/2025",
    "--jobs",
    "1",
];
pub const NEW_VERSION: &[&str] = &[
    "policy",
    "new",
    "mali/2031",
    "--from",
    "mali/2025",
    "--not-before",
    "2031-01-01",
    "--tests",
    "tests/policy",
];

pub fn reviewed() -> Trial {
    let test = "- name: Gao is graded\n  facts: {region: Gao}\n  expect: {conclusions: {grade: no_15c}}\n";
    Trial::new(
        Workbench::with("mali/2025/a.yaml", test),
        &["test", "--review"],
        b"a\n",
    )
}
