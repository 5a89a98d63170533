//! Versions that people have relied on, and whose files have been edited since.
//!
//! Results are recorded under a fingerprint of all files of a version. An edit of a version in force changes what was
//! relied on, and results recorded before can no longer be derived again, so a person should know and say why.

use crate::diagnostic::Diagnostic;
use crate::policy::{InForce, PolicyId, PolicyVersion, RulesTree};
use crate::source::Source;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The versions whose period has begun, and of each the files that differ from what they were.
#[derive(Debug, Default)]
pub struct EditedVersions {
    /// By file, named from the rules folder: the versions that are made of it.
    pub files: BTreeMap<String, Vec<(PolicyId, InForce)>>,
}

/// Compares the files of all versions that had begun on a day with what they were before.
pub fn edited_versions(before: &RulesTree, now: &RulesTree, today: Date) -> EditedVersions {
    let mut edited = EditedVersions::default();
    for id in before.ids() {
        // A version that could not be read before was not relied on.
        let Ok(in_force) = PolicyVersion::in_force(before, &id) else {
            continue;
        };
        if in_force.start() > today {
            continue;
        }
        let mut names = PolicyVersion::files(before, &id).unwrap_or_default();
        names.extend(PolicyVersion::files(now, &id).unwrap_or_default());
        names.sort();
        names.dedup();
        for name in names {
            if text_of(before, &name) != text_of(now, &name) {
                edited.files.entry(name).or_default().push((id.clone(), in_force));
            }
        }
    }
    edited
}

fn text_of(tree: &RulesTree, name: &str) -> Option<String> {
    tree.read(name).ok().map(|source| source.text().to_owned())
}

impl EditedVersions {
    /// Whether a file of this version was edited.
    pub fn has(&self, id: &PolicyId) -> bool {
        self.files.values().flatten().any(|(edited, _)| edited == id)
    }

    /// A warning for each edited file, at the first line that differs.
    pub fn warnings(&self, before: &RulesTree, now: &RulesTree, since: &str) -> Vec<Diagnostic> {
        let warning = |(name, versions): (&String, &Vec<(PolicyId, InForce)>)| {
            let held: Vec<String> = versions
                .iter()
                .map(|(id, in_force)| format!("`{id}` (held since {})", in_force.start()))
                .collect();
            let (source, what) = match now.read(name) {
                Ok(source) => (Some(source), "was edited"),
                Err(_) => (None, "is gone"),
            };
            let message = format!("`{name}` {what} since {since}: it is part of {}", held.join(", "));
            let mut warning = Diagnostic::warning("version-in-force-edited", message);
            if let Some(source) = source {
                let line = first_difference(before, &source, name);
                warning = warning.at(&source, line, "the first line that differs");
            }
            warning
                .help(
                    "a new letter is a new version: `gradatie policy new`; undo the edit with `git checkout`",
                )
                .help("to correct a mistake, say what was wrong: `--correct WHY`")
        };
        self.files.iter().map(warning).collect()
    }
}

fn first_difference(before: &RulesTree, now: &Arc<Source>, name: &str) -> std::ops::Range<usize> {
    let old = text_of(before, name).unwrap_or_default();
    let mut old_lines = old.split_inclusive('\n');
    let mut start = 0;
    for line in now.text().split_inclusive('\n') {
        if old_lines.next() != Some(line) {
            return start..start + line.trim_end_matches(['\n', '\r']).len();
        }
        start += line.len();
    }
    start..start
}
