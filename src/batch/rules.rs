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
    /// The days from which on another version may hold than before.
    changes: Vec<Date>,
    /// The version for a case without a date, for one before all of these days, and for one from each of them on; `None`
    /// where there is no version.
    picks: Vec<Option<Pick>>,
}

/// A version by its place, and how it was picked.
type Pick = (usize, PickedBy);
/// The version that holds on a date, or why none does.
pub(super) type PickedVersion = Result<Pick, Box<Diagnostic>>;

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
        let mut rules = Self {
            versions: ids.into_iter().zip(compiled).collect(),
            changes: policies.changes(),
            picks: Vec::new(),
            policies,
        };
        let days = rules.changes.iter().map(|day| Some(*day));
        let days = [None, Some(Date::MIN)].into_iter().chain(days);
        rules.picks = days.map(|day| rules.find(day).ok()).collect();
        Ok(rules)
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
    #[inline]
    pub fn pick(&self, decision_date: Option<Date>) -> PickedVersion {
        let place = decision_date.map_or(0, |date| {
            1 + self.changes.iter().filter(|change| **change <= date).count()
        });
        match self.picks[place] {
            Some(pick) => Ok(pick),
            None => self.find(decision_date).map_err(Box::new),
        }
    }

    fn find(&self, decision_date: Option<Date>) -> Result<Pick, Diagnostic> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_picked_beforehand_is_what_is_found_on_every_day() {
        let tree = RulesTree::embedded();
        for named in [None, Some("mali/2023")] {
            let rules = RuleSet::open(&tree, named, 1).unwrap();
            assert_eq!(rules.changes.is_empty(), named.is_some());
            let first = Date::constant(2019, 12, 25).series(jiff::Span::new().days(1));
            let far = [Date::MIN, Date::MAX, Date::ZERO];
            for date in first.take(3_000).chain(far).map(Some).chain([None]) {
                let found = rules.find(date).map_err(Box::new);
                assert_eq!(rules.pick(date), found, "{date:?}");
            }
            let [undated, before, from @ ..] = &rules.picks[..] else {
                panic!("{:?}", rules.picks)
            };
            assert!(undated.is_some() && before.is_some() == named.is_some());
            assert_eq!(from.len(), rules.changes.len());
        }
    }
}
