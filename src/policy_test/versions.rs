//! The policy versions that tests are about, each read once.

use crate::diagnostic::Diagnostic;
use crate::policy::{Picked, Policies, PolicyId, PolicyVersion, RulesTree};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) struct Versions<'a> {
    pub tree: &'a RulesTree,
    pub ids: Vec<PolicyId>,
    named: BTreeMap<PolicyId, (Picked, Arc<PolicyVersion>)>,
    by_date: Option<Policies>,
}

impl<'a> Versions<'a> {
    pub fn of(tree: &'a RulesTree) -> Self {
        Self {
            tree,
            ids: tree.ids(),
            named: BTreeMap::new(),
            by_date: None,
        }
    }

    /// A version by its name.
    ///
    /// # Errors
    /// The faults of its files.
    pub fn named(&mut self, id: &PolicyId) -> Result<(Picked, Arc<PolicyVersion>), Vec<Diagnostic>> {
        if let Some(known) = self.named.get(id) {
            return Ok(known.clone());
        }
        let mut policies = Policies::open(self.tree, Some(&id.to_string()))?;
        let picked = policies.pick(None).map_err(|fault| vec![fault])?;
        let found = (picked, policies.version(id)?);
        self.named.insert(id.clone(), found.clone());
        Ok(found)
    }

    /// The version that a decision date picks; the inner fault is one of the test.
    ///
    /// # Errors
    /// The faults of the version's files.
    #[allow(
        clippy::type_complexity,
        reason = "a fault of the test within, faults of the rules without"
    )]
    pub fn by_date(
        &mut self,
        date: Date,
    ) -> Result<Result<(Picked, Arc<PolicyVersion>), Diagnostic>, Vec<Diagnostic>> {
        if self.by_date.is_none() {
            match Policies::open(self.tree, None) {
                Ok(policies) => self.by_date = Some(policies),
                Err(mut faults) if faults.iter().any(|fault| fault.code == "several-countries") => {
                    return Ok(Err(faults.remove(0)));
                }
                Err(faults) => return Err(faults),
            }
        }
        let Some(policies) = &self.by_date else {
            return Err(Vec::new());
        };
        let picked = match policies.pick(Some(date)) {
            Ok(picked) => picked,
            Err(fault) => return Ok(Err(fault)),
        };
        let policy = self.named(&picked.id)?.1;
        Ok(Ok((picked, policy)))
    }

    pub fn into_loaded(self) -> BTreeMap<PolicyId, Arc<PolicyVersion>> {
        self.named
            .into_iter()
            .map(|(id, (_, policy))| (id, policy))
            .collect()
    }
}
