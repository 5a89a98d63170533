//! The policy versions that a run of the program may need, each read once.

use super::rules_tree::{PolicyId, RulesTree};
use super::selection::{Picked, Selection, earlier, locate, pick_named};
use super::version::{Declared, PolicyVersion};
use crate::diagnostic::Diagnostic;
use crate::gazetteer::Gazetteer;
use jiff::civil::Date;
use rayon::ThreadPoolBuilder;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use std::collections::HashMap;
use std::sync::Arc;

/// The stack of a thread that reads a version, as large as that of the program: scripts are run within known limits.
const STACK_BYTES: usize = 8 << 20;

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

    /// The days from which on another version may be picked than for the day before; in order. None where one is named.
    pub fn changes(&self) -> Vec<Date> {
        match &self.choice {
            Choice::Named(_) => Vec::new(),
            Choice::ByDate(selection) => selection.changes(),
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
        let declared = self.declared.remove(id);
        let version = self.read(id, declared)?;
        self.loaded.insert(id.clone(), version.clone());
        Ok(version)
    }

    /// Reads versions, and gives what `make` makes of each, in their order; as many at a time as there are `jobs`.
    ///
    /// # Errors
    /// Every fault of the files of the first that has any.
    pub fn versions<T: Send>(
        &mut self,
        ids: &[PolicyId],
        jobs: usize,
        make: impl Fn(Arc<PolicyVersion>) -> T + Sync,
    ) -> Result<Vec<T>, Vec<Diagnostic>> {
        let declared = ids.iter().map(|id| (id, self.declared.remove(id)));
        let declared: Vec<_> = declared.collect();
        let made = |(id, declared)| self.read(id, declared).map(&make);
        let threads = jobs.min(ids.len());
        let pool = (threads > 1).then(|| {
            let pool = ThreadPoolBuilder::new().num_threads(threads);
            pool.stack_size(STACK_BYTES).build()
        });
        // Where the system gives no threads, this one reads them all.
        let made: Vec<Result<T, _>> = match pool {
            Some(Ok(pool)) => pool.install(|| declared.into_par_iter().map(made).collect()),
            Some(Err(_)) | None => declared.into_iter().map(made).collect(),
        };
        made.into_iter().collect()
    }

    /// Reads a version, of which `policy.yaml` may have been read before.
    fn read(&self, id: &PolicyId, declared: Option<Declared>) -> Result<Arc<PolicyVersion>, Vec<Diagnostic>> {
        let (tree, gazetteer) = (&self.tree, &self.gazetteer);
        let version = match declared {
            Some(declared) => PolicyVersion::load_declared(tree, id, gazetteer, declared),
            None => PolicyVersion::load(tree, id, gazetteer),
        };
        version.map(Arc::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn versions_are_read_in_their_order_and_the_first_at_fault_is_said_with_any_number_of_jobs() {
        let embedded = RulesTree::embedded();
        let names = [
            "policy.yaml",
            "sources.yaml",
            "flags.rhai",
            "grade.rhai",
            "internal_protection.rhai",
        ];
        let names = names
            .iter()
            .chain(&["internal_protection_test.rhai", "scope.rhai"]);
        let text = |name: &str| embedded.read(name).unwrap().text().to_owned();
        let mut files: BTreeMap<String, String> =
            ["general/law.yaml", "general/real_risk.rhai", "mali/regions.yaml"]
                .map(|name| (name.to_owned(), text(name)))
                .into();
        for version in ["a", "b", "c"] {
            for name in names.clone() {
                files.insert(
                    format!("mali/{version}/{name}"),
                    text(&format!("mali/2025/{name}")),
                );
            }
        }
        let opened = |files: &BTreeMap<String, String>, jobs| {
            let tree = RulesTree::in_memory("x", files.clone());
            let mut policies = Policies::open(&tree, None)?;
            policies.versions(&tree.ids(), jobs, |version| version.id.version.clone())
        };
        for jobs in [1, 2, 5] {
            assert_eq!(opened(&files, jobs).unwrap(), ["a", "b", "c"]);
        }
        for version in ["b", "c"] {
            files.insert(
                format!("mali/{version}/scope.rhai"),
                "fn scope(facts) {".to_owned(),
            );
        }
        for jobs in [1, 2, 5] {
            let faults = opened(&files, jobs).unwrap_err();
            assert!(!faults.is_empty());
            for fault in faults {
                assert!(fault.place().unwrap().0.contains("mali/b/"), "{jobs}");
            }
        }
    }
}
