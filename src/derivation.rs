//! Recorded results derived again, with a verdict for each.
//!
//! Every version that a result names is read and compiled once. What a result can be derived from, and where it differs,
//! is [`crate::verify`]; the form in which it is derived is that of the results themselves, [`evaluation_json`].

use crate::case_file::Case;
use crate::diagnostic::Diagnostic;
use crate::evaluate::{CompiledPolicy, Evaluation, knowledge};
use crate::facts::{Candidates, Choice, FactId, FactValue, Knowledge, PickedBy};
use crate::gazetteer::Gazetteer;
use crate::language::Language;
use crate::policy::{Picked, PolicyId, PolicyVersion, RulesTree};
use crate::report::{Evaluated, evaluation_json};
use crate::source::Source;
use crate::verify::{
    Difference, Recorded, Verdict, besides_texts, differences, differences_of_changes, says_changes,
};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// Derives recorded results again, from the rules of one folder.
#[derive(Debug)]
pub struct Derivation {
    tree: RulesTree,
    /// What changes are derived from.
    against: Option<CompiledPolicy>,
    /// Confirmed results whose changes were not derived.
    changes_not_derived: usize,
    /// The versions that results name, each compiled once; the reason where that cannot be.
    compiled: HashMap<PolicyId, Result<CompiledPolicy, String>>,
    /// The languages of results, that of the last one first.
    languages: [Language; 2],
}

impl Derivation {
    /// From the rules of `tree`; what results say has changed is derived from `against`, where it is given.
    pub fn new(tree: RulesTree, against: Option<CompiledPolicy>) -> Self {
        Self {
            tree,
            against,
            changes_not_derived: 0,
            compiled: HashMap::new(),
            languages: [Language::English, Language::Dutch],
        }
    }

    /// How many of the confirmed results say that something changed, which was not derived for want of the version
    /// that they were compared with.
    pub fn changes_not_derived(&self) -> usize {
        self.changes_not_derived
    }

    /// Says of a recorded result whether the rules give the same.
    pub fn verdict(&mut self, result: &Map<String, Value>) -> Verdict {
        match self.differences(result) {
            Ok((found, has_same_texts)) if found.is_empty() => {
                let is_left = self.against.is_none() && says_changes(result);
                self.changes_not_derived += usize::from(is_left);
                if has_same_texts {
                    Verdict::Confirmed
                } else {
                    Verdict::ConfirmedBesidesTexts
                }
            }
            Ok((found, _)) => Verdict::Refuted(found),
            Err(reason) => Verdict::Unchecked(reason),
        }
    }

    /// What is recorded otherwise than the rules give, and whether their texts are the same; the reason where they give
    /// nothing.
    fn differences(&mut self, result: &Map<String, Value>) -> Result<(Vec<Difference>, bool), String> {
        let recorded = Recorded::of(result)?;
        let compiled = self.compiled.entry(recorded.policy.clone());
        let compiled = compiled.or_insert_with_key(|id| compile(&self.tree, id));
        let compiled = compiled.as_ref().map_err(Clone::clone)?;
        let policy = &compiled.policy().clone();
        if policy.fingerprint != recorded.fingerprint {
            return Err(format!(
                "the rules have changed: recorded {}, here {}",
                recorded.fingerprint, policy.fingerprint
            ));
        }
        let facts = &recorded.facts;
        if let Err(fact) = facts.values(&policy.gazetteer) {
            return Err(format!("`facts.{}` is not in the gazetteer", fact.name()));
        }
        let known = knowledge(
            facts,
            recorded.decision_date,
            recorded.picked_by,
            &policy.gazetteer,
        );
        let evaluation = compiled.evaluate(&known).map_err(|faults| failing(&faults))?;
        let case = Case {
            case: recorded.case.clone(),
            decision_date: recorded.decision_date,
            facts: recorded.facts.clone(),
            notes: None,
            source: Source::new("", ""),
        };
        let picked = Picked {
            id: recorded.policy.clone(),
            by: recorded.picked_by,
            in_force: policy.in_force,
        };
        let in_language = |language| {
            let evaluated = Evaluated {
                origin: "",
                case: &case,
                known: &known,
                rules: &self.tree,
                picked: &picked,
                policy,
                evaluation: &evaluation,
                language,
            };
            let Value::Object(derived) = evaluation_json(&evaluated) else {
                return Map::new();
            };
            derived
        };
        let has_same_texts = policy.text_fingerprint == recorded.text_fingerprint;
        let compared = |derived: &Map<String, Value>| {
            let found = differences(result, derived);
            if has_same_texts {
                found
            } else {
                besides_texts(found)
            }
        };
        let mut derived = in_language(self.languages[0]);
        let mut found = compared(&derived);
        if !found.is_empty() {
            let other = in_language(self.languages[1]);
            let in_other = compared(&other);
            if in_other.len() < found.len() {
                self.languages.swap(0, 1);
                (derived, found) = (other, in_other);
            }
        }
        let before = match &self.against {
            None => None,
            Some(against) => Some(self.before(against, &case, (&known, &policy.gazetteer), &evaluation)?),
        };
        if let Some(Value::Object(now)) = derived.get("conclusions") {
            found.extend(differences_of_changes(result, now, before.as_ref())?);
        }
        Ok((found, has_same_texts))
    }

    /// What the version that was compared with concludes from the facts on record. A result holds only what its own rules
    /// read: everything else stays open.
    fn before(
        &self,
        against: &CompiledPolicy,
        case: &Case,
        (known, gazetteer): (&Knowledge, &Gazetteer),
        now: &Evaluation,
    ) -> Result<Map<String, Value>, String> {
        let policy = against.policy();
        if !policy.gazetteer.has_same_places(gazetteer) {
            return Err(format!("`{}` has other places than the rules", policy.id));
        }
        let mut on_record = known.clone();
        for fact in FactId::CASE_FILE {
            let is_read = now.rests_on.facts().any(|read| read == *fact);
            let candidates = match known.of(*fact) {
                _ if !is_read => Candidates::all(*fact, &policy.gazetteer),
                Candidates::Set { members, .. } => Candidates::Set {
                    known: now.rests_on.words(*fact),
                    members: *members,
                },
                other => other.clone(),
            };
            on_record.learn(*fact, candidates);
        }
        let by_name = FactValue::Choice(PickedBy::Name.index() as u32);
        on_record.learn(FactId::VersionPickedBy, Candidates::only(by_name));
        let evaluation = against.evaluate(&on_record).map_err(|faults| failing(&faults))?;
        let picked = Picked {
            id: policy.id.clone(),
            by: PickedBy::Name,
            in_force: policy.in_force,
        };
        let mut derived = evaluation_json(&Evaluated {
            origin: "",
            case,
            known: &on_record,
            rules: &self.tree,
            picked: &picked,
            policy,
            evaluation: &evaluation,
            language: Language::English,
        });
        match derived["conclusions"].take() {
            Value::Object(conclusions) => Ok(conclusions),
            _ => Ok(Map::new()),
        }
    }
}

/// Why a result cannot be derived: the rules fail.
fn failing(faults: &[Diagnostic]) -> String {
    format!("the rules fail: {}", messages(faults))
}

fn messages(faults: &[Diagnostic]) -> String {
    let messages: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
    messages.join("; ")
}

fn compile(tree: &RulesTree, id: &PolicyId) -> Result<CompiledPolicy, String> {
    if !tree.ids().contains(id) {
        return Err(format!("the rules have no `{id}`"));
    }
    let gazetteer = PolicyVersion::gazetteer(tree, &id.country).map(Arc::new);
    let policy = gazetteer.and_then(|gazetteer| PolicyVersion::load(tree, id, &gazetteer));
    let compiled = policy.map(Arc::new).map(CompiledPolicy::of);
    compiled.map_err(|faults| format!("`{id}` cannot be read: {}", messages(&faults)))
}
