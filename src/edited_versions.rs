//! Versions that people have relied on, and whose files have been edited since.
//!
//! Results are recorded under the fingerprint of the rules of a version. An edit of a version in force changes what was
//! relied on, and where it touches what decides, results recorded before can no longer be derived again, so a person
//! should know and say why. An edit of texts alone (comments, summaries) is told apart.

use crate::diagnostic::Diagnostic;
use crate::policy::{InForce, Policies, PolicyId, PolicyVersion, RulesTree};
use crate::source::Source;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The versions whose period has begun, and of each the files that differ from what they were.
#[derive(Debug, Default)]
pub struct EditedVersions {
    /// By file, named from the rules folder: the versions that are made of it.
    pub files: BTreeMap<String, Vec<(PolicyId, InForce)>>,
    /// The edited versions whose rules decide the same as before: only texts differ.
    pub in_texts_only: BTreeSet<PolicyId>,
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
        names.retain(|name| text_of(before, name) != text_of(now, name));
        if names.is_empty() {
            continue;
        }
        if let (Some(old), Some(new)) = (fingerprint(before, &id), fingerprint(now, &id))
            && old == new
        {
            edited.in_texts_only.insert(id.clone());
        }
        for name in names {
            edited.files.entry(name).or_default().push((id.clone(), in_force));
        }
    }
    edited
}

fn fingerprint(tree: &RulesTree, id: &PolicyId) -> Option<String> {
    let version = Policies::named(tree, &id.to_string()).ok()?;
    Some(version.fingerprint.clone())
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
                .map(|(id, in_force)| {
                    let only = match self.in_texts_only.contains(id) {
                        true => ", only texts were edited: it decides the same",
                        false => "",
                    };
                    format!("`{id}` (held since {}{only})", in_force.start())
                })
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
