//! The policy versions that cases were evaluated and compared with, as far as they are at hand.

use super::words;
use crate::batch::{Against, Batch, Compared, Tally};
use crate::diagnostic::Diagnostic;
use crate::diff::{Difference, diff};
use crate::evaluate::CompiledPolicy;
use crate::language::{Bilingual, Words};
use crate::policy::{ConclusionDeclaration, Entry, Policies, PolicyVersion};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Versions by their fingerprint, and which of them were used.
pub(super) struct Versions {
    known: BTreeMap<String, Arc<CompiledPolicy>>,
    /// Those of now, with their cases, in the order of the rules.
    pub now: Vec<(Arc<CompiledPolicy>, u64)>,
    /// The earlier ones.
    pub pairs: Vec<Pair>,
}

/// An earlier version and one of now under which cases were compared.
pub(super) struct Pair {
    pub compared: Compared,
    pub cases: u64,
    /// Where the rules differ; `None` where the earlier ones are not at hand.
    pub difference: Option<Difference>,
}

impl Pair {
    /// Whether it is known which the earlier rules were.
    pub fn is_on_record(&self) -> bool {
        !self.compared.fingerprint.is_empty()
    }

    /// Why it cannot be said where the rules differ.
    pub fn why_no_difference(&self) -> Words {
        match self.is_on_record() {
            true => words::OLD_RULES_MISSING,
            false => words::RULES_NOT_ON_RECORD,
        }
    }

    /// Whether both have the same rules.
    pub fn is_same(&self) -> bool {
        self.difference.as_ref().is_some_and(Difference::is_equal)
    }
}

impl Versions {
    /// # Errors
    /// Two versions cannot be compared.
    pub fn of(batch: &Batch<'_>, tally: &Tally) -> Result<Self, Vec<Diagnostic>> {
        let own = batch.rules.versions();
        let now = own.filter_map(|version| {
            let cases = tally.policies.get(&version.policy().id.to_string())?;
            Some((version.clone(), *cases))
        });
        let mut versions = Self {
            now: now.collect(),
            known: BTreeMap::new(),
            pairs: Vec::new(),
        };
        let others = match &batch.against {
            Some(Against::Version(rules)) => rules.versions().cloned().collect(),
            Some(Against::Results(results)) => results.rules_at_hand().to_vec(),
            None => Vec::new(),
        };
        // Where both decide the same, the texts are those of now.
        for version in others.into_iter().chain(batch.rules.versions().cloned()) {
            versions
                .known
                .insert(version.policy().fingerprint.clone(), version);
        }
        let mut compared: Vec<(&Compared, u64)> =
            tally.compared.iter().map(|(one, count)| (one, *count)).collect();
        compared.sort();
        if compared
            .iter()
            .any(|(one, _)| !versions.known.contains_key(&one.fingerprint))
        {
            versions.add_from_rules(batch);
        }
        for (compared, cases) in compared {
            let difference = versions.difference(compared).map_err(|fault| vec![fault])?;
            versions.pairs.push(Pair {
                compared: compared.clone(),
                cases,
                difference,
            });
        }
        Ok(versions)
    }

    /// Adds the versions of the rules that no case falls under now. One that cannot be read is not at hand.
    fn add_from_rules(&mut self, batch: &Batch<'_>) {
        let tree = batch.rules.tree();
        for id in tree.ids() {
            if let Ok(version) = Policies::named(tree, &id.to_string()) {
                self.known
                    .entry(version.fingerprint.clone())
                    .or_insert_with(|| Arc::new(CompiledPolicy::of(version)));
            }
        }
    }

    fn difference(&self, compared: &Compared) -> Result<Option<Difference>, Diagnostic> {
        let old = self.at(&compared.fingerprint);
        let new = self.named(&compared.now);
        match (old, new) {
            (Some(old), Some(new)) => diff(old.policy(), new.policy()).map(Some),
            _ => Ok(None),
        }
    }

    /// The version with a fingerprint, where it is at hand.
    pub fn at(&self, fingerprint: &str) -> Option<&Arc<CompiledPolicy>> {
        self.known.get(fingerprint)
    }

    /// The old and the new version of a pair, where both are at hand.
    pub fn both(&self, pair: &Pair) -> Option<(&PolicyVersion, &PolicyVersion)> {
        let old = self.at(&pair.compared.fingerprint)?;
        let new = self.named(&pair.compared.now)?;
        Some((old.policy(), new.policy()))
    }

    /// The version of now with a name.
    pub fn named(&self, name: &str) -> Option<&Arc<CompiledPolicy>> {
        let mut now = self.now.iter().map(|(version, _)| version);
        now.find(|version| version.policy().id.to_string() == name)
    }

    /// The versions at hand, those of now first.
    fn all(&self) -> impl Iterator<Item = &PolicyVersion> {
        let now = self.now.iter().map(|(version, _)| version);
        now.chain(self.known.values()).map(|version| &**version.policy())
    }

    /// The declarations of a conclusion, that of now first.
    fn declarations(&self, conclusion: &str) -> impl Iterator<Item = &ConclusionDeclaration> {
        let declared = self.all().flat_map(|policy| &policy.conclusions);
        declared.filter(move |one| one.name == conclusion)
    }

    /// The question that a conclusion answers.
    pub fn question(&self, conclusion: &str) -> Option<&Bilingual> {
        self.declarations(conclusion).next().map(|one| &one.question)
    }

    /// The label of a value.
    pub fn label(&self, conclusion: &str, value: &str) -> Option<&Bilingual> {
        let values = self.declarations(conclusion).flat_map(|one| &one.values);
        values
            .filter(|one| one.value == value)
            .map(|one| &one.label)
            .next()
    }

    /// The values of a conclusion in the order in which the versions declare them.
    pub fn values(&self, conclusion: &str) -> Vec<&str> {
        let mut values: Vec<&str> = Vec::new();
        for value in self.declarations(conclusion).flat_map(|one| &one.values) {
            if !values.contains(&value.value.as_str()) {
                values.push(&value.value);
            }
        }
        values
    }

    /// A sentence as the register of a version has it.
    pub fn sentence(&self, fingerprint: &str, locator: &str) -> Option<&Entry> {
        let entries = self.at(fingerprint)?.policy().register.entries();
        entries.iter().find(|entry| entry.locator == locator)
    }
}
