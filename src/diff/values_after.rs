//! Which values one version can give where the other gives a value, whatever the facts.

use super::{everything, names, nothing_known};
use crate::diagnostic::Diagnostic;
use crate::diagram::{Diagram, Path};
use crate::policy::PolicyVersion;
use crate::script::{Asked, Outcome};
use std::collections::{BTreeMap, BTreeSet};

/// For each conclusion that two versions have, and each value that the old one gives: the values that the new one gives for
/// the same facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValuesAfter(BTreeMap<String, BTreeMap<String, BTreeSet<String>>>);

impl ValuesAfter {
    /// Looks at all combinations of facts. `None` where the versions do not speak of the same ones: they have other places,
    /// or the old one declares a combination impossible that the new one decides.
    ///
    /// # Errors
    /// A question has too many branches.
    pub fn between(old: &PolicyVersion, new: &PolicyVersion) -> Result<Option<Self>, Diagnostic> {
        let is_in_new = |when| new.impossible.iter().any(|other| other.when == when);
        let decides_more = old.impossible.iter().any(|one| !is_in_new(one.when.clone()));
        if decides_more || !old.gazetteer.has_same_places(&new.gazetteer) {
            return Ok(None);
        }
        let nothing = nothing_known(old, new);
        let theirs = names(new, false);
        let mut after = BTreeMap::new();
        for (index, name) in names(old, false).into_iter().enumerate() {
            let Some(other) = theirs.iter().position(|own| *own == name) else {
                continue;
            };
            let of_old = everything(old, Asked::Conclusion(index), &nothing)?;
            let of_new = everything(new, Asked::Conclusion(other), &nothing)?;
            let product = Diagram::product(
                (&of_old, &|path: &Path| value(old, path)),
                (&of_new, &|path: &Path| value(new, path)),
                &nothing,
                &new.gazetteer,
            )?;
            let mut values: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            let mut has_failed = false;
            for pair in product.reachable() {
                match pair {
                    (Some(from), Some(to)) => {
                        values.entry(from.clone()).or_default().insert(to.clone());
                    }
                    _ => has_failed = true,
                }
            }
            if !has_failed {
                after.insert(name, values);
            }
        }
        Ok(Some(Self(after)))
    }

    /// The values of the old version for a conclusion, each with those of the new one; `None` where one of the versions
    /// does not have it, or fails for some facts.
    pub fn of(&self, conclusion: &str) -> Option<&BTreeMap<String, BTreeSet<String>>> {
        self.0.get(conclusion)
    }
}

/// The value that a path ends in; `None` where the script fails.
fn value(policy: &PolicyVersion, path: &Path) -> Option<String> {
    match &path.run.outcome {
        Outcome::Concluded(conclusion) => match conclusion.asked {
            Asked::Conclusion(index) => {
                let values = &policy.conclusions[index].values;
                Some(values[conclusion.value].value.clone())
            }
            Asked::Flag(_) => None,
        },
        Outcome::NotRaised | Outcome::Failed(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Policies, RulesTree};

    #[test]
    fn after_each_value_stand_those_of_the_new_version_and_no_others() {
        let tree = RulesTree::embedded();
        let version = |name| Policies::named(&tree, name).unwrap();
        let (old, new) = (version("mali/2023"), version("mali/2025"));
        let after = ValuesAfter::between(&old, &new).unwrap().unwrap();
        let of = |conclusion: &str, value: &str| -> Vec<String> {
            after.of(conclusion).unwrap()[value].iter().cloned().collect()
        };
        assert_eq!(
            of("grade", "highest_exceptional"),
            ["highest_exceptional", "relatively_higher"]
        );
        assert_eq!(of("grade", "no_15c").len(), 5);
        assert_eq!(of("scope", "applies"), ["applies"]);
        let same = ValuesAfter::between(&new, &new).unwrap().unwrap();
        for name in names(&new, false) {
            for (value, after) in same.of(&name).unwrap() {
                assert!(after.iter().eq([value]), "{name} {value}");
            }
        }
    }
}
