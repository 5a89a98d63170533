//! The dates of a country's versions fit together: each day has one version, and none is reversed.

use crate::diagnostic::Diagnostic;
use crate::policy::{InForce, PolicyId, PolicyVersion, RulesTree};
use crate::source::Source;
use std::sync::Arc;

pub(super) fn check(tree: &RulesTree, country: &str) -> Vec<Diagnostic> {
    let ids = tree.ids().into_iter().filter(|id| id.country == country);
    // A version that cannot be read is reported where it is loaded.
    let mut versions: Vec<Version> = ids
        .filter_map(|id| {
            let in_force = PolicyVersion::in_force(tree, &id).ok()?;
            let source = tree.read(&format!("{id}/policy.yaml")).ok()?;
            Some(Version { id, in_force, source })
        })
        .collect();
    versions.sort_by_key(|version| (version.in_force.start(), version.id.clone()));
    let mut findings: Vec<Diagnostic> = versions.iter().filter_map(Version::reversed).collect();
    for pair in versions.windows(2) {
        findings.extend(between(&pair[0], &pair[1]));
    }
    findings
}

struct Version {
    id: PolicyId,
    in_force: InForce,
    source: Arc<Source>,
}

impl Version {
    fn finding(&self, code: &'static str, message: String) -> Diagnostic {
        let start = self.source.text().find("in_force").unwrap_or_default();
        Diagnostic::error(code, message).at(&self.source, start..start + "in_force".len(), "these dates")
    }

    fn reversed(&self) -> Option<Diagnostic> {
        let InForce {
            from,
            not_before,
            until,
        } = self.in_force;
        let message = match (from, until) {
            (Some(from), _) if from < not_before => {
                format!("`{}` begins on {from}, before its `not_before`", self.id)
            }
            (_, Some(until)) if until < self.in_force.start() => {
                format!("`{}` ends on {until}, before it begins", self.id)
            }
            _ => return None,
        };
        Some(self.finding("reversed-dates", message))
    }
}

/// What is wrong between a version and the next one.
fn between(earlier: &Version, later: &Version) -> Option<Diagnostic> {
    let start = later.in_force.start();
    if earlier.in_force.start() == start {
        let message = format!(
            "`{}` and `{}` begin on the same day, {start}",
            earlier.id, later.id
        );
        return Some(later.finding("overlapping-versions", message));
    }
    let until = earlier.in_force.until?;
    if until >= start {
        let message = format!(
            "`{}` ends on {until}, after `{}` has begun on {start}",
            earlier.id, later.id
        );
        return Some(
            earlier
                .finding("overlapping-versions", message)
                .help("a case gets the version that began last"),
        );
    }
    let next = until.tomorrow().ok()?;
    (next < start).then(|| {
        let message = format!(
            "no version holds from {next} until {start}, between `{}` and `{}`",
            earlier.id, later.id
        );
        earlier
            .finding("hole-between-versions", message)
            .help("a case of these days has no policy")
    })
}
