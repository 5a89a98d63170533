//! What the rules are compared with: the last committed rules, or those when watching began.

use crate::diagnostic::Diagnostic;
use crate::diff::{Difference, diff};
use crate::policy::{PolicyId, PolicyVersion, RulesTree};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The revision that is compared with unless another is named.
const LAST_COMMIT: &str = "HEAD";

/// The rules that are compared with.
#[derive(Debug)]
pub struct Baseline {
    tree: RulesTree,
    name: String,
    /// The revision with its commit; `None` for the rules when watching began.
    commit: Option<(String, String)>,
    /// Why there is no commit to compare with.
    without_commit: Option<Diagnostic>,
    loaded: HashMap<PolicyId, Arc<PolicyVersion>>,
    /// Where git notes each commit, with the size that it had.
    log: Option<(PathBuf, u64)>,
}

/// What a version is compared with, and what differs.
#[derive(Debug)]
pub struct Compared {
    /// The version.
    pub id: PolicyId,
    /// The version that it is compared with: itself, or for a new one the version before; `None` where there is none.
    pub with: Option<PolicyId>,
    /// The difference; `None` where a version has faults, or there is nothing to compare with.
    pub difference: Option<Difference>,
    /// Why it cannot be compared, where that is no fault of the version itself.
    pub faults: Vec<Diagnostic>,
}

impl Baseline {
    /// The rules at a revision of their repository; without one at the last commit, and where there is none as they are.
    pub(super) fn begin(tree: &RulesTree, folder: &Path, revision: Option<&str>) -> Result<Self, Diagnostic> {
        let named = revision.unwrap_or(LAST_COMMIT);
        let read = || {
            let commit = RulesTree::commit_of(folder, named)?;
            Ok((RulesTree::at_revision(folder, named)?, commit))
        };
        match read() {
            Ok((tree, commit)) => Ok(Self {
                tree,
                name: named.to_owned(),
                commit: Some((named.to_owned(), commit)),
                without_commit: None,
                loaded: HashMap::new(),
                log: RulesTree::commit_log(folder).map(|logs| (logs.join("HEAD"), 0)),
            }),
            Err(fault) if revision.is_some() => Err(fault),
            Err(fault) => {
                let name = "the start";
                Ok(Self {
                    tree: tree.kept(name, []),
                    name: name.to_owned(),
                    commit: None,
                    without_commit: Some(fault),
                    loaded: HashMap::new(),
                    log: None,
                })
            }
        }
    }

    /// The rules.
    pub fn tree(&self) -> &RulesTree {
        &self.tree
    }

    /// What they are called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Why there is no commit to compare with, where there is none.
    pub fn without_commit(&self) -> Option<&Diagnostic> {
        self.without_commit.as_ref()
    }

    /// Whether git has noted something since the last look.
    pub(super) fn is_touched(&self) -> bool {
        self.log.as_ref().is_some_and(|(log, size)| size_of(log) != *size)
    }

    /// Reads the rules again when other rules were committed, and says whether that was so.
    pub(super) fn refresh(&mut self, folder: &Path) -> bool {
        if let Some((log, size)) = &mut self.log {
            *size = size_of(log);
        }
        let Some((revision, commit)) = &self.commit else {
            return false;
        };
        let Ok(now) = RulesTree::commit_of(folder, revision) else {
            return false;
        };
        if now == *commit {
            return false;
        }
        let Ok(tree) = RulesTree::at_revision(folder, revision) else {
            return false;
        };
        let is_other = tree != self.tree;
        self.commit = Some((revision.clone(), now));
        self.tree = tree;
        self.loaded.clear();
        is_other
    }

    /// The version that a version of the rules is compared with: itself, or when it is new the one before it.
    pub(super) fn counterpart(&self, now: &RulesTree, id: &PolicyId) -> Option<PolicyId> {
        let ids = self.tree.ids();
        if ids.contains(id) {
            return Some(id.clone());
        }
        let start = PolicyVersion::in_force(now, id).ok()?.start();
        let earlier = ids.into_iter().filter(|other| other.country == id.country);
        let earlier = earlier.filter_map(|other| {
            let began = PolicyVersion::in_force(&self.tree, &other).ok()?.start();
            (began < start).then_some((began, other))
        });
        earlier.max().map(|(_, id)| id)
    }

    fn version(&mut self, id: &PolicyId) -> Result<Arc<PolicyVersion>, Vec<Diagnostic>> {
        if let Some(version) = self.loaded.get(id) {
            return Ok(version.clone());
        }
        let version = load(&self.tree, id)?;
        self.loaded.insert(id.clone(), version.clone());
        Ok(version)
    }

    /// Compares every version of the rules that is not the same as before.
    pub(super) fn compare(&mut self, now: &RulesTree) -> Vec<Compared> {
        let mut compared = Vec::new();
        for id in now.ids() {
            let with = self.counterpart(now, &id);
            let mut one = Compared {
                with,
                difference: None,
                faults: Vec::new(),
                id,
            };
            // What is wrong with the version itself is found by the checks.
            let of_now = load(now, &one.id).ok();
            if let (Some(new), Some(with)) = (of_now, one.with.clone()) {
                match self.version(&with) {
                    Ok(old) if old.id == new.id && old.text_fingerprint == new.text_fingerprint => continue,
                    Ok(old) => match diff(&old, &new) {
                        Ok(mut difference) => {
                            difference.old = format!("{}:{with}", self.name);
                            one.difference = Some(difference);
                        }
                        Err(fault) => one.faults.push(fault),
                    },
                    Err(faults) => one.faults = faults,
                }
            }
            compared.push(one);
        }
        compared
    }
}

fn size_of(log: &Path) -> u64 {
    log.metadata().map_or(0, |metadata| metadata.len())
}

/// Reads a version.
pub(super) fn load(tree: &RulesTree, id: &PolicyId) -> Result<Arc<PolicyVersion>, Vec<Diagnostic>> {
    let gazetteer = Arc::new(PolicyVersion::gazetteer(tree, &id.country)?);
    PolicyVersion::load(tree, id, &gazetteer).map(Arc::new)
}
