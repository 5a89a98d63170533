//! Which cases change between the rules that are compared with and the rules now.

use super::Watched;
use super::baseline::Baseline;
use crate::case_file::{self, Document, Documents};
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Determination, Evaluation, evaluate, knowledge};
use crate::language::Bilingual;
use crate::policy::{Policies, PolicyId, PolicyVersion, RulesTree};
use crate::script::Asked;
use crate::yaml::Limits;
use std::path::Path;

/// A case, and what becomes of it.
#[derive(Debug)]
pub struct CaseView {
    /// Where it stands: `path`, or `path#2`.
    pub origin: String,
    /// What changes; the faults where the case cannot be evaluated.
    pub result: Result<CaseChange, Vec<Diagnostic>>,
}

/// What changes of a case.
#[derive(Debug)]
pub struct CaseChange {
    /// Its reference.
    pub case: String,
    /// The version that decided it before.
    pub from: PolicyId,
    /// The version that decides it now.
    pub to: PolicyId,
    /// The questions with another answer or another reason, in the declared order.
    pub changes: Vec<AnswerChange>,
}

/// A question that is answered otherwise.
#[derive(Debug, PartialEq, Eq)]
pub struct AnswerChange {
    /// The conclusion or flag.
    pub question: String,
    /// What was said.
    pub from: Answer,
    /// What is said now.
    pub to: Answer,
}

/// What is said of one question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The possible values, one when it is determined; of a flag `raised`, `not raised` or both. Empty where the version
    /// does not have the question.
    pub values: Vec<String>,
    /// The locators of the sentences that a determined answer rests on.
    pub cites: Vec<String>,
    /// What the sentences say.
    pub sentences: Vec<Bilingual>,
}

/// What becomes of the watched cases.
pub(super) fn changes(watched: &Watched, baseline: &Baseline, now: &RulesTree) -> Vec<CaseView> {
    if watched.cases.is_empty() {
        return Vec::new();
    }
    let named = |id: Option<PolicyId>| id.map(|id| id.to_string());
    let of_now = named(watched.policy.clone());
    let of_before = watched
        .policy
        .as_ref()
        .and_then(|id| baseline.counterpart(now, id));
    let sides = Policies::open(baseline.tree(), named(of_before).as_deref())
        .and_then(|before| Ok((before, Policies::open(now, of_now.as_deref())?)));
    let (mut before, mut now) = match sides {
        Ok(sides) => sides,
        Err(faults) => {
            return watched
                .cases
                .iter()
                .map(|path| failed(path, faults.clone()))
                .collect();
        }
    };
    let limits = Limits {
        document_bytes: watched.document_bytes,
        ..Limits::default()
    };
    let mut views = Vec::new();
    for path in &watched.cases {
        let reader = match case_file::open(path) {
            Ok(reader) => reader,
            Err(error) => {
                views.push(failed(
                    path,
                    vec![Diagnostic::error("unreadable-case", error.to_string())],
                ));
                continue;
            }
        };
        let name = path.display().to_string();
        for document in Documents::new(name, reader, limits.document_bytes) {
            match document {
                Ok(Ok(document)) => {
                    let result = change_of(&document, &mut before, &mut now, &limits);
                    let origin = document.origin;
                    views.push(CaseView { origin, result });
                }
                Ok(Err(fault)) => views.push(failed(path, vec![fault])),
                Err(error) => {
                    let message = format!("`{}` cannot be read: {error}", path.display());
                    views.push(failed(path, vec![Diagnostic::error("unreadable-case", message)]));
                    break;
                }
            }
        }
    }
    views
}

fn failed(path: &Path, faults: Vec<Diagnostic>) -> CaseView {
    CaseView {
        origin: path.display().to_string(),
        result: Err(faults),
    }
}

fn change_of(
    document: &Document,
    before: &mut Policies,
    now: &mut Policies,
    limits: &Limits,
) -> Result<CaseChange, Vec<Diagnostic>> {
    let case = |policies: &Policies| case_file::read_case(&document.source, policies.gazetteer(), limits);
    let decide = |policies: &mut Policies| {
        let case = case(policies)?;
        let picked = policies.pick(case.decision_date).map_err(|fault| vec![fault])?;
        let policy = policies.version(&picked.id)?;
        let known = knowledge(&case.facts, case.decision_date, picked.by, policies.gazetteer());
        let evaluation = evaluate(&policy, &known)?;
        Ok::<_, Vec<Diagnostic>>((case.case, policy, evaluation))
    };
    let (reference, new_policy, new) = decide(now)?;
    let (_, old_policy, old) = decide(before)?;
    let answered = |policy: &PolicyVersion, evaluation: &Evaluation| -> Vec<(String, Answer)> {
        let asked = policy.asked();
        asked.map(|asked| answer(policy, evaluation, asked)).collect()
    };
    let (of_old, of_new) = (answered(&old_policy, &old), answered(&new_policy, &new));
    let of = |answers: &[(String, Answer)], name: &str| {
        let found = answers.iter().find(|(other, _)| other == name);
        found.map(|(_, answer)| answer.clone()).unwrap_or_default()
    };
    let gone = of_old
        .iter()
        .filter(|(name, _)| of_new.iter().all(|(other, _)| other != name));
    let names = of_new.iter().chain(gone).map(|(name, _)| name.clone());
    let changes = names.map(|question| AnswerChange {
        from: of(&of_old, &question),
        to: of(&of_new, &question),
        question,
    });
    Ok(CaseChange {
        case: reference,
        from: old_policy.id.clone(),
        to: new_policy.id.clone(),
        changes: changes.filter(AnswerChange::is_one).collect(),
    })
}

impl AnswerChange {
    /// Whether the values or the citations differ.
    fn is_one(&self) -> bool {
        let without = |answer: &Answer| answer.values.is_empty() || answer.values == [NOT_RAISED];
        // A flag that only one version has, and does not raise, is no change.
        let is_nothing = without(&self.from) && without(&self.to);
        !is_nothing && (&self.from.values, &self.from.cites) != (&self.to.values, &self.to.cites)
    }
}

const RAISED: &str = "raised";
const NOT_RAISED: &str = "not raised";

fn answer(policy: &PolicyVersion, evaluation: &Evaluation, asked: Asked) -> (String, Answer) {
    let all = evaluation.conclusions.iter().chain(&evaluation.flags);
    let determination = all.into_iter().find(|one| one.asked == asked);
    let cites: Vec<&str> = determination.map_or_else(Vec::new, |one| one.cites(policy));
    let by_locator = policy.register.by_locator();
    let sentences = cites.iter().filter_map(|cite| by_locator.get(cite));
    let (name, values) = match asked {
        Asked::Conclusion(index) => {
            let declared = &policy.conclusions[index];
            let possible = determination.map_or(&[][..], |one| &one.possible[..]);
            let values = possible.iter().map(|value| declared.values[*value].value.clone());
            (&declared.name, values.collect())
        }
        Asked::Flag(index) => (&policy.flags[index].id, of_flag(determination.map(AsRef::as_ref))),
    };
    let answer = Answer {
        sentences: sentences.map(|entry| entry.summary.clone()).collect(),
        cites: cites.into_iter().map(str::to_owned).collect(),
        values,
    };
    (name.clone(), answer)
}

/// A flag that is neither raised nor open is not in the evaluation.
fn of_flag(determination: Option<&Determination>) -> Vec<String> {
    let words: &[&str] = match determination {
        Some(one) if one.is_raised() => &[RAISED],
        Some(_) => &[RAISED, NOT_RAISED],
        None => &[NOT_RAISED],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}
