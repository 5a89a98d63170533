//! The words of a reason: what the cited sentences say, the facts, the assumptions.

use super::{Evaluated, words};
use crate::diagram::Condition;
use crate::evaluate::{Determination, Reason, Shown};
use crate::facts::{Answer, Aspect, Candidates, FactId, FactKind, Knowledge, Question, date_of};
use crate::language::Language;
use crate::policy::{ConclusionDeclaration, PolicyVersion, ValueDeclaration};
use crate::script::Asked;

/// The declaration of a conclusion; `None` for a flag.
pub(super) fn conclusion(policy: &PolicyVersion, asked: Asked) -> Option<&ConclusionDeclaration> {
    match asked {
        Asked::Conclusion(index) => policy.conclusions.get(index),
        Asked::Flag(_) => None,
    }
}

/// The name of a question: that of the conclusion or the flag.
pub(super) fn name(policy: &PolicyVersion, asked: Asked) -> &str {
    match asked {
        Asked::Conclusion(index) => &policy.conclusions[index].name,
        Asked::Flag(index) => &policy.flags[index].id,
    }
}

/// The declaration of a value of a conclusion.
pub(super) fn value(policy: &PolicyVersion, asked: Asked, value: usize) -> Option<&ValueDeclaration> {
    conclusion(policy, asked)?.values.get(value)
}

/// A value with its label, where the label says more than the word itself.
pub(super) fn labelled(value: &ValueDeclaration, language: Language) -> String {
    with_label(&value.value, value.label.text(language))
}

fn with_label(word: &str, label: &str) -> String {
    if word.replace('_', " ") == label {
        word.to_owned()
    } else {
        format!("{word} ({label})")
    }
}

/// The locators that a reason cites.
pub(super) fn cites<'a>(policy: &'a PolicyVersion, reason: &Reason) -> Vec<&'a str> {
    let entries = policy.register.entries();
    reason
        .conclusion
        .cites
        .iter()
        .map(|cite| entries[*cite].locator.as_str())
        .collect()
}

/// What the cited sentences say, each followed by its locator.
pub(super) fn summaries(policy: &PolicyVersion, reason: &Reason, language: Language) -> Vec<String> {
    let entries = policy.register.entries();
    let summary = |cite: &usize| {
        let entry = &entries[*cite];
        format!("{} [{}]", entry.summary.text(language), entry.locator)
    };
    reason.conclusion.cites.iter().map(summary).collect()
}

/// The reason as one text: what the value means, and what the cited sentences say.
pub(super) fn text(policy: &PolicyVersion, asked: Asked, reason: &Reason, language: Language) -> String {
    let meaning = match asked {
        Asked::Conclusion(_) => {
            value(policy, asked, reason.conclusion.value).and_then(|v| v.meaning.as_ref())
        }
        Asked::Flag(index) => Some(&policy.flags[index].text),
    };
    let meaning = meaning.map(|meaning| meaning.text(language).to_owned());
    meaning
        .into_iter()
        .chain(summaries(policy, reason, language))
        .collect::<Vec<_>>()
        .join(" ")
}

/// A fact as a reader sees it: `region = Gao`.
pub(super) fn shown(value: &Shown, known: &Knowledge) -> String {
    match value {
        Shown::Word(word) => word.clone(),
        Shown::Given(fact) => given(*fact, known).map(|(text, _)| text).unwrap_or_default(),
        Shown::Words(words) => format!("[{}]", words.join(", ")),
    }
}

/// The number or the date that a case gives, in words and as a number; a date has no number.
pub(super) fn given(fact: FactId, known: &Knowledge) -> Option<(String, Option<i64>)> {
    match (known.of(fact), fact.declaration().kind) {
        (Candidates::Range { least, .. }, FactKind::Date) => Some((date_of(*least)?.to_string(), None)),
        (Candidates::Range { least, .. }, _) => Some((least.to_string(), Some(*least))),
        _ => None,
    }
}

/// The facts of a reason in words, places with the name that the case gives.
pub(super) fn facts(evaluated: &Evaluated<'_>, reason: &Reason) -> String {
    let facts = reason.facts.iter().map(|(name, value)| {
        let value = shown(value, evaluated.known);
        match given_as(evaluated, name) {
            Some(given) if given != value => {
                format!(
                    "{name} = {value} ({} {given})",
                    words::GIVEN_AS.text(evaluated.language)
                )
            }
            _ => format!("{name} = {value}"),
        }
    });
    facts.collect::<Vec<_>>().join("; ")
}

/// The name of a place as the case file gives it.
fn given_as<'a>(evaluated: &Evaluated<'a>, fact: &str) -> Option<&'a str> {
    let facts = &evaluated.case.facts;
    let place = match FactId::named(fact)? {
        FactId::Region => &facts.region,
        FactId::BirthRegion => &facts.birth_region,
        FactId::LastRegion => &facts.last_region,
        _ => &None,
    };
    Some(&place.as_ref()?.0)
}

/// A condition in words: `civilian is yes`, `age >= 18`, `not age >= 18`, `region is Gao or Mopti`.
pub(super) fn condition(policy: &PolicyVersion, condition: &Condition, language: Language) -> String {
    let Condition { question, answers } = condition;
    let is = words::IS.text(language);
    let or = format!(" {} ", words::OR.text(language));
    match question.aspect {
        Aspect::AtLeast(bound) => {
            let operator = if answers[..] == [Answer::YES] { ">=" } else { "<" };
            format!("{} {operator} {}", question.name(), bound_text(question, bound))
        }
        Aspect::Has(_) | Aspect::Recorded => {
            let answer = question.answer_text(answers[0], &policy.gazetteer);
            format!("{} {is} {answer}", question.text())
        }
        _ => {
            let answers = answers
                .iter()
                .map(|answer| question.answer_text(*answer, &policy.gazetteer));
            format!(
                "{} {is} {}",
                question.name(),
                answers.collect::<Vec<_>>().join(&or)
            )
        }
    }
}

fn bound_text(question: &Question, bound: i64) -> String {
    let date = matches!(question.fact.declaration().kind, FactKind::Date)
        .then(|| date_of(bound))
        .flatten();
    date.map_or_else(|| bound.to_string(), |date| date.to_string())
}

/// What a reason assumes of missing facts, in words; `None` when it assumes nothing.
pub(super) fn assumptions(policy: &PolicyVersion, reason: &Reason, language: Language) -> Option<String> {
    let and = format!(" {} ", words::AND.text(language));
    let one = |conditions: &Vec<Condition>| {
        conditions
            .iter()
            .map(|one| condition(policy, one, language))
            .collect::<Vec<_>>()
            .join(&and)
    };
    let ways: Vec<String> = reason
        .assuming
        .iter()
        .map(one)
        .filter(|way| !way.is_empty())
        .collect();
    (!ways.is_empty()).then(|| ways.join(&format!("; {} ", words::OR.text(language))))
}

/// The reasons of one value.
pub(super) fn reasons_of(determination: &Determination, value: usize) -> impl Iterator<Item = &Reason> {
    determination
        .reasons
        .iter()
        .filter(move |reason| reason.conclusion.value == value)
}

/// The recorded facts that a judgement weighs, in words, where it weighs any.
pub(super) fn weighed(evaluated: &Evaluated<'_>, judgement: FactId) -> Option<String> {
    let language = evaluated.language;
    let weighed = judgement.declaration().weighs.iter().map(|fact| {
        let FactKind::Set(words) = fact.declaration().kind else {
            return fact.name().to_owned();
        };
        match evaluated.known.of(*fact) {
            Candidates::Set {
                known: u32::MAX,
                members: 0,
            } => words::NONE_RECORDED.text(language).to_owned(),
            Candidates::Set {
                known: u32::MAX,
                members,
            } => {
                let present = words
                    .iter()
                    .enumerate()
                    .filter(|(index, _)| members & (1 << index) != 0);
                present
                    .map(|(_, word)| word.label.text(language))
                    .collect::<Vec<_>>()
                    .join(", ")
            }
            _ => format!("{} ({})", words::NOT_RECORDED_YET.text(language), fact.name()),
        }
    });
    let weighed: Vec<String> = weighed.collect();
    (!weighed.is_empty()).then(|| weighed.join("; "))
}

/// The recorded facts that the judgements of a reason weigh, in words.
pub(super) fn weighed_by<'a>(
    evaluated: &'a Evaluated<'a>,
    reason: &'a Reason,
) -> impl Iterator<Item = String> + 'a {
    let judgements = reason.facts.iter().filter_map(|(name, _)| FactId::named(name));
    judgements.filter_map(|fact| weighed(evaluated, fact))
}

/// What a fact can be, in words.
pub(super) fn answers(fact: FactId, language: Language) -> String {
    let list = |words: &[crate::facts::Word]| {
        let word = |word: &crate::facts::Word| with_label(word.word, word.label.text(language));
        words.iter().map(word).collect::<Vec<_>>().join(", ")
    };
    match fact.declaration().kind {
        FactKind::Choice(words) => list(words),
        FactKind::Set(words) => format!("{} {}", words::A_LIST_OF.text(language), list(words)),
        FactKind::WholeNumber { least, most } => {
            format!("{}, {least}-{most}", words::WHOLE_NUMBER.text(language))
        }
        FactKind::Date => words::A_DATE.text(language).to_owned(),
        FactKind::Place => words::A_PLACE.text(language).to_owned(),
    }
}
