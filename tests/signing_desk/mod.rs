//! A desk at which rules and results are signed and checked.

#![allow(dead_code, reason = "each test uses a part")]

use super::planted::Rules;
use super::program::{gradatie, messages, run};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

pub const CASE: &str = "case: A-1\ndecision_date: 2025-09-15\nfacts: {region: Ménaka, civilian: yes}\n";

/// A copy of the shipped rules beside a key, its list of signers, and a case.
pub struct Desk {
    pub rules: Rules,
    pub folder: PathBuf,
}

impl Desk {
    pub fn new() -> Self {
        let rules = Rules::new();
        let folder = rules.root().parent().unwrap().to_owned();
        fs::write(folder.join("case.yaml"), CASE).unwrap();
        let desk = Self { rules, folder };
        desk.keygen("policy.key", "policy@example.org", "signers");
        desk
    }

    pub fn keygen(&self, key: &str, name: &str, signers: &str) {
        let made = self.run(&["sign", "keygen", key, "--name", name]);
        assert_eq!(made.status.code(), Some(0), "{}", messages(&made));
        fs::write(self.folder.join(signers), &made.stdout).unwrap();
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        gradatie(&self.folder, &[arguments, &["--rules", "rules"]].concat(), b"")
    }

    pub fn signed() -> Self {
        let desk = Self::new();
        let signed = desk.run(&["sign", "rules", "--key", "policy.key"]);
        assert_eq!(signed.status.code(), Some(0), "{}", messages(&signed));
        desk
    }

    /// Results in `results.jsonl`, signed.
    pub fn with_results() -> Self {
        let desk = Self::new();
        let batch = desk.run(&["batch", "case.yaml", "--out", "results.jsonl"]);
        assert_eq!(batch.status.code(), Some(0), "{}", messages(&batch));
        let signed = desk.run(&["sign", "results", "results.jsonl", "--key", "policy.key"]);
        assert_eq!(signed.status.code(), Some(0), "{}", messages(&signed));
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn evaluated(&self) -> (Option<i32>, String) {
        let output = self.run(&["evaluate", "case.yaml", "--require-signature", "signers"]);
        (output.status.code(), messages(&output))
    }

    pub fn verified(&self, signers: &str) -> (Option<i32>, String) {
        let output = self.run(&["verify", "results.jsonl", "--require-results-signature", signers]);
        (output.status.code(), messages(&output))
    }

    pub fn ssh_keygen(&self, arguments: &[&str], input: &str) -> bool {
        let mut command = Command::new("ssh-keygen");
        command.args(arguments).current_dir(&self.folder);
        run(command, &fs::read(self.path(input)).unwrap())
            .status
            .success()
    }
}

/// Whether OpenSSH is there; a test that needs it says when it did not run.
pub fn has_openssh() -> bool {
    let found = Command::new("ssh-keygen").arg("-?").output().is_ok();
    if !found {
        eprintln!("NOT RUN: there is no ssh-keygen here");
    }
    found
}
