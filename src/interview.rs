//! Asking a person for the facts of a case: only what still matters, the most telling question first.

use crate::diagnostic::Diagnostic;
use crate::evaluate::{Evaluation, evaluate, knowledge};
use crate::facts::{FactId, FactKind, Facts, PickedBy, Word};
use crate::gazetteer::Gazetteer;
use crate::policy::PolicyVersion;
use jiff::civil::Date;
use serde_json::{Map, Value};

/// An interview about one case under one policy version.
#[derive(Debug)]
pub struct Interview<'a> {
    policy: &'a PolicyVersion,
    decision_date: Option<Date>,
    picked_by: PickedBy,
    /// The answers in the order in which they were given; the last one can be taken back.
    answers: Vec<(FactId, Answer)>,
}

/// What a person answered to a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The fact, as a case file states it.
    Given(Value),
    /// It is not known; it is not asked again.
    Skipped,
}

/// What is asked next.
#[derive(Debug, Clone)]
pub struct Step {
    /// The fact that is asked for.
    pub fact: FactId,
    /// The conclusions that it can still change.
    pub changes: Vec<String>,
    /// The sentences that the conclusions which it can still change would rest on.
    pub law: Vec<String>,
}

impl<'a> Interview<'a> {
    /// Begins an interview.
    pub fn new(policy: &'a PolicyVersion, decision_date: Option<Date>, picked_by: PickedBy) -> Self {
        Self {
            policy,
            decision_date,
            picked_by,
            answers: Vec::new(),
        }
    }

    /// What the policy says of what is known so far.
    ///
    /// # Errors
    /// A script fails.
    pub fn evaluation(&self) -> Result<Evaluation, Vec<Diagnostic>> {
        let facts: Facts = serde_json::from_value(Value::Object(self.facts())).map_err(|error| {
            vec![Diagnostic::error(
                "invalid-answer",
                format!("an answer cannot be read: {error}"),
            )]
        })?;
        let known = knowledge(&facts, self.decision_date, self.picked_by, &self.policy.gazetteer);
        evaluate(self.policy, &known)
    }

    /// What to ask next: the facts that can change a conclusion, the most telling first, and then those that can only
    /// raise a flag. `None` when nothing is left to ask.
    ///
    /// # Errors
    /// A script fails.
    pub fn next(&self) -> Result<Option<Step>, Vec<Diagnostic>> {
        let evaluation = self.evaluation()?;
        let is_asked = |fact: &FactId| self.answers.iter().any(|(of, _)| of == fact);
        let of_flags = evaluation.flags.iter().flat_map(|flag| &flag.needs);
        let mut open = evaluation.needs.iter().chain(of_flags);
        let Some(fact) = open
            .find(|fact| fact.is_of_case_file() && !is_asked(fact))
            .copied()
        else {
            return Ok(None);
        };
        let entries = self.policy.register.entries();
        let all = evaluation.conclusions.iter().chain(&evaluation.flags);
        let changed: Vec<_> = all
            .filter(|determination| determination.needs.contains(&fact))
            .collect();
        let mut law = Vec::new();
        for cite in changed
            .iter()
            .flat_map(|one| &one.reasons)
            .flat_map(|reason| &reason.conclusion.cites)
        {
            let locator = entries[*cite].locator.clone();
            if !law.contains(&locator) {
                law.push(locator);
            }
        }
        let name = |asked| match asked {
            crate::script::Asked::Conclusion(index) => self.policy.conclusions[index].name.clone(),
            crate::script::Asked::Flag(index) => self.policy.flags[index].id.clone(),
        };
        Ok(Some(Step {
            fact,
            changes: changed.iter().map(|one| name(one.asked)).collect(),
            law,
        }))
    }

    /// Keeps an answer.
    pub fn answer(&mut self, fact: FactId, answer: Answer) {
        self.answers.push((fact, answer));
    }

    /// Takes the last answer back; says which fact it was about.
    pub fn back(&mut self) -> Option<FactId> {
        self.answers.pop().map(|(fact, _)| fact)
    }

    /// The facts as a case file states them, in the declared order.
    pub fn facts(&self) -> Map<String, Value> {
        let given = |fact: &FactId| {
            let answer = self.answers.iter().find(|(of, _)| of == fact)?;
            match &answer.1 {
                Answer::Given(value) => Some((fact.name().to_owned(), value.clone())),
                Answer::Skipped => None,
            }
        };
        FactId::CASE_FILE.iter().filter_map(given).collect()
    }
}

/// Reads what a person typed as the value of a fact: a word or its number in the list, several of them with commas
/// (`-` for none), a whole number, or the name of a place.
///
/// # Errors
/// What is wrong with it, with what is allowed.
pub fn read_answer(fact: FactId, typed: &str, gazetteer: &Gazetteer) -> Result<Value, Diagnostic> {
    let typed = typed.trim();
    let name = fact.name();
    match fact.declaration().kind {
        FactKind::Choice(words) => word(fact, words, typed).map(Value::from),
        FactKind::Set(_) if typed == "-" => Ok(Value::Array(Vec::new())),
        FactKind::Set(words) => {
            let words = typed
                .split(',')
                .map(|part| word(fact, words, part.trim()).map(Value::from));
            words.collect::<Result<Vec<_>, _>>().map(Value::Array)
        }
        FactKind::WholeNumber { least, most } => match typed.parse::<i64>() {
            Ok(number) if (least..=most).contains(&number) => Ok(Value::from(number)),
            _ => Err(Diagnostic::error(
                "out-of-range",
                format!("`{name}` is a whole number from {least} to {most}"),
            )),
        },
        FactKind::Place if gazetteer.find(typed).is_some() => Ok(Value::from(typed)),
        FactKind::Place => {
            let fault = Diagnostic::error(
                "unknown-place",
                format!("no region, cercle or variant is called `{typed}`"),
            );
            Err(fault.maybe_help(crate::diagnostic::did_you_mean(typed, gazetteer.names())))
        }
        FactKind::Date => Err(Diagnostic::error(
            "unknown-fact",
            format!("`{name}` is not asked"),
        )),
    }
}

fn word(fact: FactId, words: &[Word], typed: &str) -> Result<&'static str, Diagnostic> {
    let by_number = typed
        .parse::<usize>()
        .ok()
        .and_then(|number| words.get(number.checked_sub(1)?));
    let lower = typed.to_lowercase();
    let is_meant = |word: &&Word| {
        word.is_written(typed)
            || word.word.to_lowercase() == lower
            || word.label.nl == lower
            || word.label.en == lower
    };
    match by_number.or_else(|| words.iter().find(is_meant)) {
        Some(word) => Ok(word.word),
        None => {
            let known: Vec<&str> = words.iter().map(|word| word.word).collect();
            let fault = Diagnostic::error("unknown-value", format!("`{}` cannot be `{typed}`", fact.name()));
            Err(fault
                .maybe_help(crate::diagnostic::did_you_mean(typed, known.iter().copied()))
                .help(format!("answer with a number or a word: {}", known.join(", "))))
        }
    }
}

/// A case file with these facts.
pub fn case_file(reference: &str, decision_date: Option<Date>, facts: &Map<String, Value>) -> String {
    let mut text = format!("case: {}\n", quoted(reference));
    if let Some(date) = decision_date {
        text += &format!("decision_date: {date}\n");
    }
    if !facts.is_empty() {
        text += "facts:\n";
    }
    for (name, value) in facts {
        let value = match value {
            Value::String(word) if crate::facts::FactId::named(name).is_some_and(is_word) => word.clone(),
            Value::Array(words) => {
                let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
                format!("[{}]", words.join(", "))
            }
            Value::String(text) => quoted(text),
            other => other.to_string(),
        };
        text += &format!("  {name}: {value}\n");
    }
    text
}

/// Words of the declared lists need no quotes in YAML.
fn is_word(fact: FactId) -> bool {
    matches!(fact.declaration().kind, FactKind::Choice(_))
}

/// A text in YAML: as it is where that is safe, else in double quotes, as JSON writes them.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ' | '/' | '.');
    let first = text.chars().next().is_some_and(|c| c.is_alphabetic());
    let is_reserved = matches!(
        text.to_lowercase().as_str(),
        "null" | "true" | "false" | "yes" | "no"
    );
    if first && text.chars().all(is_plain) && text.trim() == text && !is_reserved {
        text.to_owned()
    } else {
        Value::from(text).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_words_numbers_of_words_labels_and_lists() {
        let gazetteer = Gazetteer::default();
        let read = |fact, typed| read_answer(fact, typed, &gazetteer).map_err(|fault| fault.code);
        assert_eq!(read(FactId::Civilian, "ja"), Ok(Value::from("yes")));
        assert_eq!(read(FactId::Civilian, "2"), Ok(Value::from("no")));
        assert_eq!(
            read(FactId::IndividualRisk, "niet vastgesteld"),
            Ok(Value::from("not_established"))
        );
        assert_eq!(
            read(FactId::ActorsOfHarm, "1, jihadist"),
            Ok(serde_json::json!(["army", "jihadist"]))
        );
        assert_eq!(read(FactId::ActorsOfHarm, "-"), Ok(serde_json::json!([])));
        assert_eq!(read(FactId::Age, "34"), Ok(Value::from(34)));
        assert_eq!(read(FactId::Age, "340"), Err("out-of-range"));
        assert_eq!(read(FactId::Civilian, "3"), Err("unknown-value"));
        assert_eq!(read(FactId::Region, "Gao"), Err("unknown-place"));
    }

    #[test]
    fn texts_that_yaml_would_read_otherwise_are_quoted() {
        assert_eq!(quoted("ML-2025-0001"), "ML-2025-0001");
        assert_eq!(quoted("2025"), "\"2025\"");
        assert_eq!(quoted("a: b"), "\"a: b\"");
        assert_eq!(quoted("null"), "\"null\"");
        assert_eq!(quoted("Gourma-Rharous"), "Gourma-Rharous");
    }
}
