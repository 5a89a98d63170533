//! A rules folder as it was at a revision of its git repository.

use super::rules_tree::RulesTree;
use crate::diagnostic::Diagnostic;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

impl RulesTree {
    /// The commit that a revision of a folder's repository names.
    ///
    /// # Errors
    /// Git is missing, the folder is in no repository, or there is no such revision.
    pub fn commit_of(folder: &Path, revision: &str) -> Result<String, Diagnostic> {
        if revision.starts_with('-') {
            return Err(no_revision(revision, "it is not the name of a revision"));
        }
        let commit = format!("{revision}^{{commit}}");
        let found = git(folder, revision, &["rev-parse", "--verify", "--quiet", &commit])?;
        Ok(String::from_utf8_lossy(&found.stdout).trim().to_owned())
    }

    /// The folder in which git notes every commit of a folder's repository, where there is one.
    pub fn commit_log(folder: &Path) -> Option<PathBuf> {
        let found = git(folder, "HEAD", &["rev-parse", "--absolute-git-dir"]).ok()?;
        let logs = Path::new(String::from_utf8_lossy(&found.stdout).trim()).join("logs");
        logs.is_dir().then_some(logs)
    }

    /// The rules of a folder as they were at a revision, through the git command.
    ///
    /// # Errors
    /// Git is missing, the folder is in no repository, there is no such revision, or it had no rules here.
    pub fn at_revision(folder: &Path, revision: &str) -> Result<Self, Diagnostic> {
        // A revision never begins with a dash; git would take it for an option.
        if revision.starts_with('-') || revision.contains(':') {
            return Err(no_revision(revision, "it is not the name of a revision"));
        }
        let listed = git(
            folder,
            revision,
            &["ls-tree", "-r", "-z", "--name-only", revision, "."],
        )?;
        let mut files = BTreeMap::new();
        for name in String::from_utf8_lossy(&listed.stdout)
            .split('\0')
            .filter(|name| !name.is_empty())
        {
            let shown = git(folder, revision, &["show", &format!("{revision}:./{name}")])?;
            if let Ok(text) = String::from_utf8(shown.stdout) {
                files.insert(name.to_owned(), text);
            }
        }
        let tree = Self::in_memory(revision, files);
        if tree.ids().is_empty() {
            return Err(no_revision(
                revision,
                "there were no policy versions in this folder",
            ));
        }
        Ok(tree)
    }
}

fn git(folder: &Path, revision: &str, arguments: &[&str]) -> Result<Output, Diagnostic> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    match output {
        Ok(output) if output.status.success() => Ok(output),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(no_revision(
                revision,
                said.trim().lines().next().unwrap_or("git failed"),
            ))
        }
        Err(error) => Err(
            Diagnostic::error("no-git", format!("the git command cannot be run: {error}"))
                .help("install git, or compare two folders with `gradatie diff OLD NEW`"),
        ),
    }
}

fn no_revision(revision: &str, reason: &str) -> Diagnostic {
    Diagnostic::error(
        "no-revision",
        format!("the rules at `{revision}` cannot be read: {reason}"),
    )
    .help("give a commit, a branch or a tag of the repository in which the rules folder lies")
}
