//! A copy of the shipped rules that a test may spoil.

#![allow(dead_code, reason = "each test uses a part")]

use std::fs;
use std::path::{Path, PathBuf};

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target)
        } else {
            fs::copy(&path, &target).map(drop).unwrap()
        }
    }
}

/// Makes a folder a git repository in which everything is committed.
pub fn committed(folder: &Path) {
    for arguments in [
        &["init", "-q", "-b", "main"][..],
        &["add", "-A"],
        &["commit", "-q", "-m", "The rules as they are"],
    ] {
        git(folder, arguments);
    }
}

/// Runs git in a folder, as nobody in particular.
pub fn git(folder: &Path, arguments: &[&str]) {
    let mut command = std::process::Command::new("git");
    command.args(["-c", "user.name=Test", "-c", "user.email=test@example.org"]);
    let status = command.args(arguments).current_dir(folder).status().unwrap();
    assert!(status.success(), "{arguments:?}");
}

/// A copy of the shipped rules that a test may spoil.
pub struct Rules {
    folder: tempfile::TempDir,
}

impl Rules {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"),
            &folder.path().join("rules"),
        );
        Self { folder }
    }

    pub fn root(&self) -> PathBuf {
        self.folder.path().join("rules")
    }

    /// The folder in which they lie.
    pub fn beside(&self) -> &Path {
        self.folder.path()
    }

    /// Replaces a text that stands exactly once in a file, or all of it.
    pub fn change(&self, file: &str, from: &str, to: &str) -> &Self {
        let path = self.root().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {file}");
        fs::write(path, text.replace(from, to)).unwrap();
        self
    }
}

/// A copy of the shipped rules with policy tests of one's own beside it.
pub struct Workbench {
    pub rules: Rules,
}

impl Workbench {
    /// With one test file, named from the folder of the tests.
    pub fn with(file: &str, text: &str) -> Self {
        let bench = Self { rules: Rules::new() };
        bench.write(file, text);
        bench
    }

    /// With the shipped tests.
    pub fn shipped() -> Self {
        let bench = Self { rules: Rules::new() };
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policy");
        copy(&shipped, &bench.tests());
        bench
    }

    /// The folder in which `rules` and `tests` lie.
    pub fn folder(&self) -> PathBuf {
        self.rules.root().parent().unwrap().to_owned()
    }

    pub fn tests(&self) -> PathBuf {
        self.folder().join("tests/policy")
    }

    pub fn write(&self, file: &str, text: &str) {
        let path = self.tests().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.tests().join(file)).unwrap()
    }

    /// Changes a text that stands exactly once in a test file.
    pub fn change(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {file}");
        self.write(file, &text.replace(from, to));
    }

    pub fn suite(&self) -> gradatie::policy_test::Suite {
        let tree = gradatie::policy::RulesTree::folder(&self.rules.root()).unwrap();
        gradatie::policy_test::Suite::read(&tree, &[self.tests()]).unwrap()
    }

    pub fn report(&self) -> gradatie::policy_test::Report {
        self.suite().run()
    }
}
