//! The policy versions that the cases of a load can fall under, each compiled once.

use crate::diagnostic::Diagnostic;
use crate::evaluate::CompiledPolicy;
use crate::facts::PickedBy;
use crate::gazetteer::Gazetteer;
use crate::policy::{Policies, PolicyId, RulesTree};
use jiff::civil::Date;
use std::sync::Arc;

/// Compiled policy versions, and which holds when.
#[derive(Debug)]
pub struct RuleSet {
    policies: Policies,
    versions: Vec<(PolicyId, Arc<CompiledPolicy>)>,
}

impl RuleSet {
    /// Reads and compiles all versions of the rules, or the one that is named; as many at a time as there are `jobs`.
    ///
    /// # Errors
    /// The faults of the rules, or there is no such version.
    pub fn open(tree: &RulesTree, named: Option<&str>, jobs: usize) -> Result<Self, Vec<Diagnostic>> {
        let mut policies = Policies::open(tree, named)?;
        let ids = match named {
            Some(_) => vec![policies.pick(None).map_err(|fault| vec![fault])?.id],
            None => tree.ids(),
        };
        let compiled = policies.versions(&ids, jobs, |version| Arc::new(CompiledPolicy::of(version)))?;
        Ok(Self {
            versions: ids.into_iter().zip(compiled).collect(),
            policies,
        })
    }

    /// The rules that are used.
    pub fn tree(&self) -> &RulesTree {
        self.policies.tree()
    }

    /// The places that case files may name.
    pub fn gazetteer(&self) -> &Arc<Gazetteer> {
        self.policies.gazetteer()
    }

    /// The versions.
    pub fn versions(&self) -> impl ExactSizeIterator<Item = &Arc<CompiledPolicy>> {
        self.versions.iter().map(|(_, compiled)| compiled)
    }

    /// The version for a decision date, by its place, and how it was picked.
    ///
    /// # Errors
    /// No version holds on the date.
    pub fn pick(&self, decision_date: Option<Date>) -> Result<(usize, PickedBy), Diagnostic> {
        let picked = self.policies.pick(decision_date)?;
        let found = self.versions.iter().position(|(id, _)| *id == picked.id);
        let found = found.ok_or_else(|| {
            Diagnostic::error("no-policy", format!("the version `{}` is not read", picked.id))
        })?;
        Ok((found, picked.by))
    }

    /// The names of all conclusions, in the order in which the versions declare them.
    pub fn conclusions(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for compiled in self.versions() {
            for conclusion in &compiled.policy().conclusions {
                if !names.contains(&conclusion.name) {
                    names.push(conclusion.name.clone());
                }
            }
        }
        names
    }
}
