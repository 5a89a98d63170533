//! The result of a case as JSON, in the form that other programs rely on.

use super::{Evaluated, reasoning};
use crate::diagnostic::CaseFault;
use crate::evaluate::{Determination, Reason, Shown};
use crate::facts::{Candidates, Choice, FactId, FactKind, Knowledge, PickedBy};
use crate::language::Language;
use crate::policy::PolicyVersion;
use crate::script::Asked;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

#[derive(Serialize)]
struct ResultJson<'a> {
    case: &'a str,
    policy: String,
    fingerprint: &'a str,
    text_fingerprint: &'a str,
    decision_date: Option<String>,
    version_picked_by: Option<&'a str>,
    facts: Map<String, Value>,
    conclusions: Map<String, Value>,
    needs: Vec<&'static str>,
    flags: Vec<&'a str>,
    flags_open: Vec<&'a str>,
    reasons: Vec<ReasonJson<'a>>,
    flag_reasons: Vec<ReasonJson<'a>>,
}

/// One reason.
#[derive(Serialize)]
pub(super) struct ReasonJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    conclusion: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<&'a str>,
    cites: Vec<&'a str>,
    facts: Map<String, Value>,
    at: String,
    text: String,
    /// Only where the reason rests on missing facts: any one of these combinations of answers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assuming: Vec<Map<String, Value>>,
}

/// The result of an evaluated case.
pub fn evaluation_json(evaluated: &Evaluated<'_>) -> Value {
    let Evaluated {
        case,
        policy,
        evaluation,
        ..
    } = *evaluated;
    let shown = Showing {
        policy,
        known: Some(evaluated.known),
        language: evaluated.language,
    };
    let conclusions = evaluation.conclusions.iter().map(|determination| {
        let name = reasoning::name(policy, determination.asked).to_owned();
        (name, conclusion_json(policy, determination))
    });
    let (raised, open): (Vec<_>, Vec<_>) = evaluation.flags.iter().partition(|flag| flag.is_raised());
    let id = |flag: &&'_ Arc<Determination>| reasoning::name(policy, flag.asked);
    let determined = evaluation
        .conclusions
        .iter()
        .filter(|determination| determination.value().is_some());
    let result = ResultJson {
        case: &case.case,
        policy: policy.id.to_string(),
        fingerprint: &policy.fingerprint,
        text_fingerprint: &policy.text_fingerprint,
        decision_date: case.decision_date.map(|date| date.to_string()),
        version_picked_by: PickedBy::WORDS
            .get(evaluated.picked.by.index())
            .map(|word| word.word),
        facts: rests_on(evaluated),
        conclusions: conclusions.collect(),
        needs: names(&evaluation.needs),
        flags: raised.iter().map(id).collect(),
        flags_open: open.iter().map(id).collect(),
        reasons: determined.flat_map(|one| reasons(&shown, one)).collect(),
        flag_reasons: raised.into_iter().flat_map(|one| reasons(&shown, one)).collect(),
    };
    serde_json::to_value(result).unwrap_or_default()
}

/// The facts of the case that any question read, as a case file states them: what the result can be derived from again.
/// Of a set only the words that were asked for.
fn rests_on(evaluated: &Evaluated<'_>) -> Map<String, Value> {
    let mut facts = Map::new();
    for fact in evaluated.evaluation.rests_on.facts() {
        let value = match (evaluated.known.of(fact), fact.declaration().kind) {
            _ if !fact.is_of_case_file() => continue,
            (Candidates::Words(index), FactKind::Choice(words)) => {
                Value::from(words[index.trailing_zeros() as usize].word)
            }
            (Candidates::Set { members, .. }, FactKind::Set(words)) => {
                let members = members & evaluated.evaluation.rests_on.words(fact);
                let listed = (0..words.len()).filter(|word| members & (1 << word) != 0);
                listed.map(|word| words[word].word).collect()
            }
            (Candidates::Places(places), _) => match places[..] {
                [Some(place)] => Value::from(evaluated.policy.gazetteer.place(place).name.as_str()),
                _ => continue,
            },
            _ => shown_json(&Shown::Given(fact), Some(evaluated.known)),
        };
        facts.insert(fact.name().to_owned(), value);
    }
    facts
}

/// The value of a conclusion, or what is possible and needed.
pub(super) fn conclusion_json(policy: &PolicyVersion, determination: &Determination) -> Value {
    let word = |value: usize| reasoning::value(policy, determination.asked, value).map(|value| &value.value);
    match determination.value() {
        Some(value) => json!({"value": word(value)}),
        None => {
            let possible: Vec<_> = determination.possible.iter().map(|value| word(*value)).collect();
            json!({"value": null, "possible": possible, "needs": names(&determination.needs)})
        }
    }
}

fn names(facts: &[FactId]) -> Vec<&'static str> {
    facts.iter().map(|fact| fact.name()).collect()
}

/// How reasons are shown.
pub(super) struct Showing<'a> {
    pub policy: &'a PolicyVersion,
    /// `None` for the reasons of many cases: numbers and dates are then shown as [`hole`].
    pub known: Option<&'a Knowledge>,
    pub language: Language,
}

/// What stands where a number or a date of the case will stand: a text that no result can have.
pub(super) fn hole(fact: FactId) -> String {
    format!("\0{}", fact.name())
}

/// The reasons of a determination.
pub(super) fn reasons<'a>(shown: &Showing<'a>, determination: &'a Determination) -> Vec<ReasonJson<'a>> {
    let reasons = determination.reasons.iter();
    reasons
        .map(|reason| reason_json(shown, determination.asked, reason))
        .collect()
}

fn reason_json<'a>(shown: &Showing<'a>, asked: Asked, reason: &Reason) -> ReasonJson<'a> {
    let policy = shown.policy;
    let name = reasoning::name(policy, asked);
    let value = reasoning::value(policy, asked, reason.conclusion.value);
    let facts = reason
        .facts
        .iter()
        .map(|(name, value)| ((*name).to_owned(), shown_json(value, shown.known)));
    ReasonJson {
        conclusion: value.map(|_| name),
        value: value.map(|value| value.value.as_str()),
        flag: value.is_none().then_some(name),
        cites: reasoning::cites(policy, reason),
        facts: facts.collect(),
        at: policy.program.site_text(&reason.conclusion.site),
        text: reasoning::text(policy, asked, reason, shown.language),
        assuming: assuming_json(policy, reason),
    }
}

fn assuming_json(policy: &PolicyVersion, reason: &Reason) -> Vec<Map<String, Value>> {
    let gazetteer = &policy.gazetteer;
    let ways = reason.assuming.iter().filter(|conditions| !conditions.is_empty());
    ways.map(|conditions| {
        let condition = conditions.iter().map(|condition| {
            let answers = condition
                .answers
                .iter()
                .map(|answer| condition.question.answer_text(*answer, gazetteer));
            (
                condition.question.text(),
                Value::from(answers.map(String::from).collect::<Vec<String>>()),
            )
        });
        condition.collect()
    })
    .collect()
}

fn shown_json(value: &Shown, known: Option<&Knowledge>) -> Value {
    match value {
        Shown::Word(word) => Value::from(word.as_str()),
        Shown::Words(words) => Value::from(words.as_slice()),
        Shown::Given(fact) => match known.map(|known| reasoning::given(*fact, known)) {
            None => Value::from(hole(*fact)),
            Some(given) => given_json(given),
        },
    }
}

fn given_json(given: Option<(String, Option<i64>)>) -> Value {
    match given {
        Some((_, Some(number))) => Value::from(number),
        Some((text, None)) => Value::from(text),
        None => Value::Null,
    }
}

/// A case that could not be evaluated: the first fault, and how many more there are.
pub fn error_json(origin: &str, fault: &CaseFault) -> Value {
    json!({
        "source": origin,
        "error": {
            "code": fault.code,
            "message": fault.message,
            "line": fault.line,
            "column": fault.column,
        },
    })
}
