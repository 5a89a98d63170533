//! `gradatie verify`: recorded results derived again.

use super::arguments::{Common, Format};
use super::{Ended, output, rules};
use crate::case_file::{self, Case};
use crate::diagnostic::Diagnostic;
use crate::evaluate::{CompiledPolicy, Evaluation, knowledge};
use crate::facts::{Candidates, Choice, FactId, FactValue, Knowledge, PickedBy};
use crate::gazetteer::Gazetteer;
use crate::language::Language;
use crate::policy::{Picked, Policies, PolicyId, PolicyVersion, RulesTree};
use crate::report::{Evaluated, VerdictOf, evaluation_json, verdict_json, verdict_text};
use crate::source::Source;
use crate::verify::{
    Counts, Difference, Recorded, Results, Verdict, differences, differences_of_changes, says_changes,
};
use clap::Args;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie verify results.jsonl\n  \
    gradatie evaluate case.yaml --format json | gradatie verify -")]
pub(super) struct Verify {
    /// Results of `evaluate --format json` or of `batch`; `-` for standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The version that `batch --against` compared with: derives also what changed.
    #[arg(long, value_name = "ID")]
    pub against: Option<String>,
    /// How the verdicts are written.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

pub(super) fn run(common: &Common, command: &Verify) -> Ended {
    let tree = match rules(common) {
        Ok(tree) => tree,
        Err(faults) => {
            output::faults(&faults);
            return Ended::NotDone;
        }
    };
    let against = command
        .against
        .as_deref()
        .map(|name| Policies::named(&tree, name));
    let against = match against.transpose() {
        Ok(policy) => policy.map(CompiledPolicy::of),
        Err(faults) => {
            output::faults(&faults);
            return Ended::NotDone;
        }
    };
    let mut verification = Verification {
        tree,
        against,
        changes_not_derived: 0,
        compiled: HashMap::new(),
        languages: [Language::English, Language::Dutch],
        format: command.format,
        counts: Counts::default(),
        listed: Vec::new(),
        ended: Ended::Done,
    };
    for path in &command.files {
        let ended = if path == Path::new("-") {
            verification.file("<stdin>", std::io::stdin().lock())
        } else {
            match case_file::open(path) {
                Ok(reader) => verification.file(&path.display().to_string(), reader),
                Err(error) => {
                    output::message(&format!("error: {error}"));
                    Ended::NotDone
                }
            }
        };
        verification.ended = verification.ended.max(ended);
    }
    verification.finish()
}

struct Verification {
    tree: RulesTree,
    /// What changes are derived from.
    against: Option<CompiledPolicy>,
    /// Confirmed results whose changes were not derived.
    changes_not_derived: usize,
    /// The versions that results name, each compiled once; the reason where that cannot be.
    compiled: HashMap<PolicyId, Result<CompiledPolicy, String>>,
    /// The languages of results, that of the last one first.
    languages: [Language; 2],
    format: Format,
    counts: Counts,
    /// For JSON: every result that was not confirmed.
    listed: Vec<Value>,
    ended: Ended,
}

impl Verification {
    fn file(&mut self, name: &str, reader: impl BufRead) -> Ended {
        let mut found = 0usize;
        for entry in Results::new(name, reader) {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    output::message(&format!("error: `{name}` cannot be read: {error}"));
                    return Ended::NotDone;
                }
            };
            found += 1;
            let (case, verdict) = match entry.result {
                Ok(result) => {
                    let case = result
                        .get("case")
                        .or_else(|| result.get("source"))
                        .and_then(Value::as_str);
                    (case.unwrap_or_default().to_owned(), self.verdict(&result))
                }
                Err(fault) => {
                    let verdict = Verdict::Unchecked(fault.message.clone());
                    output::faults(&[fault]);
                    (String::new(), verdict)
                }
            };
            self.add(name, entry.line, &case, &verdict);
        }
        if found == 0 {
            let fault = Diagnostic::error("no-results", format!("`{name}` holds no results"));
            output::faults(&[fault.help("give what `evaluate --format json` or `batch` wrote")]);
            return Ended::NotDone;
        }
        Ended::Done
    }

    fn add(&mut self, file: &str, line: usize, case: &str, verdict: &Verdict) {
        self.counts.add(verdict);
        if *verdict == Verdict::Confirmed {
            return;
        }
        self.ended = self.ended.max(Ended::WithFindings);
        let of = VerdictOf {
            file,
            line,
            case,
            verdict,
        };
        match self.format {
            Format::Json => self.listed.push(verdict_json(&of)),
            Format::Text => self.ended = output::finished(&verdict_text(&of), self.ended),
        }
    }

    fn finish(self) -> Ended {
        if self.changes_not_derived > 0 {
            let message = format!(
                "{} confirmed results say what changed; their earlier values were not derived",
                self.changes_not_derived
            );
            let fault = Diagnostic::warning("changes-not-derived", message);
            output::faults(&[fault.help("name the version that they were compared with: `--against ID`")]);
        }
        let Counts {
            confirmed,
            refuted,
            unchecked,
        } = self.counts;
        let text = match self.format {
            Format::Text => {
                format!("{confirmed} confirmed, {refuted} refuted, {unchecked} cannot be checked\n")
            }
            Format::Json => {
                let result = json!({
                    "confirmed": confirmed, "refuted": refuted, "unchecked": unchecked, "results": self.listed,
                });
                format!("{result:#}\n")
            }
        };
        output::finished(&text, self.ended).max(self.ended)
    }

    fn verdict(&mut self, result: &Map<String, Value>) -> Verdict {
        match self.differences(result) {
            Ok(found) if found.is_empty() => {
                let is_left = self.against.is_none() && says_changes(result);
                self.changes_not_derived += usize::from(is_left);
                Verdict::Confirmed
            }
            Ok(found) => Verdict::Refuted(found),
            Err(reason) => Verdict::Unchecked(reason),
        }
    }

    /// What is recorded otherwise than the rules give; the reason where they give nothing.
    fn differences(&mut self, result: &Map<String, Value>) -> Result<Vec<Difference>, String> {
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
        let mut derived = in_language(self.languages[0]);
        let mut found = differences(result, &derived);
        if !found.is_empty() {
            let other = in_language(self.languages[1]);
            let in_other = differences(result, &other);
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
        Ok(found)
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
        let by_name = FactValue::Choice(PickedBy::Name.index());
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
