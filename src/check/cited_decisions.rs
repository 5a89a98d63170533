//! Every sentence that fixes an outcome is cited by a rule that some combination of facts reaches.

use super::Explored;
use crate::diagnostic::Diagnostic;
use crate::policy::EntryKind;
use crate::script::Outcome;
use std::collections::BTreeSet;

pub(super) fn check(explored: &Explored<'_>) -> Vec<Diagnostic> {
    let mut cited = BTreeSet::new();
    for path in explored
        .explorations
        .iter()
        .flat_map(|exploration| &exploration.paths)
    {
        if let Outcome::Concluded(conclusion) = &path.run.outcome {
            cited.extend(conclusion.cites.iter().copied());
        }
    }
    let register = &explored.policy.register;
    let decisions = register
        .entries()
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.kind == EntryKind::Decision);
    decisions
        .filter(|(index, _)| !cited.contains(index))
        .map(|(_, entry)| {
            let message = format!("no rule cites `{}`, which fixes an outcome", entry.locator);
            register
                .at(&entry.locator, Diagnostic::error("uncited-decision", message))
                .help("write the rule that it asks for, or say that it is a `finding` or `context`")
        })
        .collect()
}
