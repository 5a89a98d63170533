//! Which rules gave earlier results that do not say it themselves, and which of those rules are at hand.

use crate::batch::RuleSet;
use crate::case_load::{Compression, kind_of};
use crate::diagnostic::Diagnostic;
use crate::evaluate::CompiledPolicy;
use crate::policy::{Policies, RulesTree};
use crate::verify::{Written, manifest_of};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The rules that gave results in rows.
#[derive(Debug, Default)]
pub(super) struct EarlierRules {
    /// The fingerprint of each policy version, as far as it is known.
    fingerprints: BTreeMap<String, String>,
    /// The versions of these fingerprints that are at hand.
    pub at_hand: Vec<Arc<CompiledPolicy>>,
}

impl EarlierRules {
    /// Those of these fingerprints, none of them looked for yet.
    pub fn of(fingerprints: BTreeMap<String, String>) -> Self {
        Self {
            fingerprints,
            at_hand: Vec::new(),
        }
    }

    /// The fingerprint of a policy version.
    pub fn fingerprint(&self, policy: &str) -> Option<&str> {
        self.fingerprints.get(policy).map(String::as_str)
    }

    /// Looks for the rules that gave cases of these policy versions: among those of now, then in the folder of these and in
    /// the rules folder. One that cannot be read is not at hand.
    pub fn find(&mut self, policies: &[String], set: &RuleSet, tree: &RulesTree) {
        let mut wanted: Vec<&str> = policies
            .iter()
            .filter_map(|policy| self.fingerprint(policy))
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut found: Vec<Arc<CompiledPolicy>> = Vec::new();
        for version in set.versions() {
            let fingerprint = version.policy().fingerprint.as_str();
            if wanted.contains(&fingerprint) {
                wanted.retain(|one| *one != fingerprint);
                found.push(version.clone());
            }
        }
        let trees = [set.tree(), tree].into_iter();
        let named = trees.flat_map(|tree| tree.ids().into_iter().map(move |id| (tree, id)));
        for (tree, id) in named {
            if wanted.is_empty() {
                break;
            }
            let Ok(version) = Policies::named(tree, &id.to_string()) else {
                continue;
            };
            let is_wanted = wanted.contains(&version.fingerprint.as_str());
            if is_wanted && version.gazetteer.has_same_places(set.gazetteer()) {
                wanted.retain(|one| *one != version.fingerprint);
                found.push(Arc::new(CompiledPolicy::of(version)));
            }
        }
        self.at_hand = found;
    }

    /// A warning where it is not known which rules gave cases of one of these policy versions.
    pub fn warning(&self, name: &str, policies: &[String]) -> Option<Diagnostic> {
        let unknown = policies
            .iter()
            .find(|policy| self.fingerprint(policy).is_none())?;
        let message = format!("which rules `{unknown}` were when they gave `{name}` is not on record");
        Some(Diagnostic::warning("earlier-rules-not-known", message).help(
            "values are compared, and no cause of a change is known; columns as `batch` wrote them say it, and of a table \
             the manifest beside it, as long as the table was not edited",
        ))
    }
}

/// What the manifest beside a table says of its rules, where it is that of this table; also of one that was packed since.
pub(super) fn rules_of_table(path: &Path, bytes: u64, cases: u64) -> BTreeMap<String, String> {
    let is_packed = kind_of(path).is_some_and(|(_, compression)| compression != Compression::Plain);
    let unpacked: Option<PathBuf> = is_packed.then(|| path.with_extension(""));
    for results in [Some(path.to_owned()), unpacked].into_iter().flatten() {
        let written = Written::read(&manifest_of(&results));
        if let Some(written) = written.filter(|written| written.is_of(bytes, cases)) {
            return written.rules();
        }
    }
    BTreeMap::new()
}
