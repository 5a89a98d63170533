//! The result of a case as JSON, in the form that other programs rely on.

use super::{Evaluated, reasoning};
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Determination, Reason, Shown};
use crate::facts::FactId;
use serde::Serialize;
use serde_json::{Map, Value, json};

#[derive(Serialize)]
struct ResultJson<'a> {
    case: &'a str,
    policy: String,
    fingerprint: &'a str,
    decision_date: Option<String>,
    conclusions: Map<String, Value>,
    needs: Vec<&'static str>,
    flags: Vec<&'a str>,
    flags_open: Vec<&'a str>,
    reasons: Vec<ReasonJson<'a>>,
    flag_reasons: Vec<ReasonJson<'a>>,
}

#[derive(Serialize)]
struct ReasonJson<'a> {
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
    let conclusions = evaluation.conclusions.iter().map(|determination| {
        let name = reasoning::name(policy, determination.asked).to_owned();
        (name, conclusion_json(evaluated, determination))
    });
    let (raised, open): (Vec<_>, Vec<_>) = evaluation.flags.iter().partition(|flag| flag.is_raised());
    let id = |flag: &&'_ Determination| reasoning::name(policy, flag.asked);
    let determined = evaluation
        .conclusions
        .iter()
        .filter(|determination| determination.value().is_some());
    let result = ResultJson {
        case: &case.case,
        policy: policy.id.to_string(),
        fingerprint: &policy.fingerprint,
        decision_date: case.decision_date.map(|date| date.to_string()),
        conclusions: conclusions.collect(),
        needs: names(&evaluation.needs),
        flags: raised.iter().map(id).collect(),
        flags_open: open.iter().map(id).collect(),
        reasons: reasons(evaluated, determined),
        flag_reasons: reasons(evaluated, raised.into_iter()),
    };
    serde_json::to_value(result).unwrap_or_default()
}

fn conclusion_json(evaluated: &Evaluated<'_>, determination: &Determination) -> Value {
    let policy = evaluated.policy;
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

fn reasons<'a>(
    evaluated: &Evaluated<'a>,
    determinations: impl Iterator<Item = &'a Determination>,
) -> Vec<ReasonJson<'a>> {
    determinations
        .flat_map(|determination| {
            determination
                .reasons
                .iter()
                .map(move |reason| (determination, reason))
        })
        .map(|(determination, reason)| reason_json(evaluated, determination, reason))
        .collect()
}

fn reason_json<'a>(
    evaluated: &Evaluated<'a>,
    determination: &Determination,
    reason: &Reason,
) -> ReasonJson<'a> {
    let policy = evaluated.policy;
    let asked = determination.asked;
    let name = reasoning::name(policy, asked);
    let value = reasoning::value(policy, asked, reason.conclusion.value);
    let facts = reason
        .facts
        .iter()
        .map(|(name, value)| ((*name).to_owned(), shown_json(value)));
    ReasonJson {
        conclusion: value.map(|_| name),
        value: value.map(|value| value.value.as_str()),
        flag: value.is_none().then_some(name),
        cites: reasoning::cites(policy, reason),
        facts: facts.collect(),
        at: policy.program.site_text(&reason.conclusion.site),
        text: reasoning::text(policy, asked, reason, evaluated.language),
        assuming: assuming_json(evaluated, reason),
    }
}

fn assuming_json(evaluated: &Evaluated<'_>, reason: &Reason) -> Vec<Map<String, Value>> {
    let gazetteer = &evaluated.policy.gazetteer;
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

fn shown_json(value: &Shown) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// A case that could not be evaluated: the first fault, and how many more there are.
pub fn error_json(origin: &str, faults: &[Diagnostic]) -> Value {
    let first = faults.first();
    let place = first.and_then(Diagnostic::place);
    let message = match (first, faults.len()) {
        (Some(fault), 1) => fault.message.clone(),
        (Some(fault), count) => format!("{} (and {} more)", fault.message, count - 1),
        (None, _) => "the case could not be evaluated".to_owned(),
    };
    json!({
        "source": origin,
        "error": {
            "code": first.map(|fault| fault.code),
            "message": message,
            "line": place.map(|(_, at)| at.line),
            "column": place.map(|(_, at)| at.column),
        },
    })
}
