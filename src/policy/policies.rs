//! The policy versions that a run of the program may need, each read once.

use super::rules_tree::{PolicyId, RulesTree};
use super::selection::{Picked, Selection, earlier, locate, pick_named};
use super::version::{Declared, PolicyVersion};
use crate::diagnostic::Diagnostic;
use crate::gazetteer::Gazetteer;
use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::Arc;

/// The policy versions of a rules folder.
#[derive(Debug)]
pub struct Policies {
    tree: RulesTree,
    choice: Choice,
    gazetteer: Arc<Gazetteer>,
    /// What was read of the versions to pick among them, until they are loaded.
    declared: HashMap<PolicyId, Declared>,
    loaded: HashMap<PolicyId, Arc<PolicyVersion>>,
}

#[derive(Debug)]
enum Choice {
    ByDate(Selection),
    Named(Picked),
}

impl Policies {
    /// The versions of `tree`; with a name always that version, given as `country/version` or as a folder.
    ///
    /// # Errors
    /// The rules cannot be read, or there is no such version.
    pub fn open(tree: &RulesTree, named: Option<&str>) -> Result<Self, Vec<Diagnostic>> {
        let (tree, choice, country, declared) = match named {
            Some(name) => {
                let (tree, picked, declared) = pick_named(tree, name).map_err(|fault| vec![fault])?;
                let country = picked.id.country.clone();
                let declared = HashMap::from([(picked.id.clone(), declared)]);
                (tree, Choice::Named(picked), country, declared)
            }
            None => {
                let (selection, declared) = Selection::of(tree).map_err(|fault| vec![fault])?;
                let country = selection.country().unwrap_or_default().to_owned();
                (tree.clone(), Choice::ByDate(selection), country, declared)
            }
        };
        let gazetteer = Arc::new(PolicyVersion::gazetteer(&tree, &country)?);
        Ok(Self {
            tree,
            choice,
            gazetteer,
            declared,
            loaded: HashMap::new(),
        })
    }

    /// The rules that are used.
    pub fn tree(&self) -> &RulesTree {
        &self.tree
    }

    /// The places that case files may name.
    pub fn gazetteer(&self) -> &Arc<Gazetteer> {
        &self.gazetteer
    }

    /// The version for a case.
    ///
    /// # Errors
    /// No version holds on the date.
    pub fn pick(&self, decision_date: Option<Date>) -> Result<Picked, Diagnostic> {
        match &self.choice {
            Choice::Named(picked) => Ok(picked.clone()),
            Choice::ByDate(selection) => selection.pick(decision_date),
        }
    }

    /// Where the version lies that a user names: `country/version` in the rules, or a version's folder anywhere.
    ///
    /// # Errors
    /// There is no such version.
    pub fn find(tree: &RulesTree, name: &str) -> Result<(RulesTree, PolicyId), Diagnostic> {
        locate(tree, name)
    }

    /// The version of the same country that began last before a version did; `None` for the first.
    ///
    /// # Errors
    /// A version cannot be read.
    pub fn earlier(tree: &RulesTree, id: &PolicyId) -> Result<Option<PolicyId>, Diagnostic> {
        earlier(tree, id)
    }

    /// The one version that a user names, read.
    ///
    /// # Errors
    /// There is no such version, or its faults.
    pub fn named(tree: &RulesTree, name: &str) -> Result<Arc<PolicyVersion>, Vec<Diagnostic>> {
        let mut policies = Self::open(tree, Some(name))?;
        let picked = policies.pick(None).map_err(|fault| vec![fault])?;
        policies.version(&picked.id)
    }

    /// Reads a version, once.
    ///
    /// # Errors
    /// Every fault of its files.
    pub fn version(&mut self, id: &PolicyId) -> Result<Arc<PolicyVersion>, Vec<Diagnostic>> {
        if let Some(version) = self.loaded.get(id) {
            return Ok(version.clone());
        }
        let (tree, gazetteer) = (&self.tree, &self.gazetteer);
        let version = match self.declared.remove(id) {
            Some(declared) => PolicyVersion::load_declared(tree, id, gazetteer, declared),
            None => PolicyVersion::load(tree, id, gazetteer),
        };
        let version = Arc::new(version?);
        self.loaded.insert(id.clone(), version.clone());
        Ok(version)
    }
}
