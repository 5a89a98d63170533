//! What a test expects, and how it is compared with what comes out.

use crate::diagnostic::Diagnostic;
use crate::evaluate::Determination;
use crate::facts::FactId;
use crate::policy::PolicyVersion;
use crate::script::Asked;
use crate::source::Span;
use serde_json::{Value, json};
use std::sync::Arc;

/// One expectation, with its place.
#[derive(Debug, Clone)]
pub struct Claim {
    /// What is expected.
    pub what: Claimed,
    /// The value of the key, or the item of a list of flags.
    pub span: Span,
}

/// What is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// A conclusion.
    Conclusion(usize, Expected),
    /// The sentences that a conclusion or a raised flag rests on, by the places of their locators in the register.
    Citations(Asked, Vec<usize>),
    /// A flag.
    Flag(usize, FlagState),
    /// The facts that can still change some conclusion, the most telling first.
    Needs(Vec<FactId>),
}

/// What is expected of a conclusion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// This value, by its place in the list.
    Value(usize),
    /// That it is open; of what is not stated nothing is checked.
    Open {
        /// Exactly these values.
        possible: Option<Vec<usize>>,
        /// Exactly these missing facts, the most telling first.
        needs: Option<Vec<FactId>>,
    },
}

/// What is expected of a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlagState {
    /// `flags`: it is raised.
    Raised,
    /// `flags_open`: missing facts can still raise it.
    Open,
    /// `flags_not`: it is not raised, whatever the missing facts are.
    Not,
}

impl FlagState {
    /// The key under which a test states it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Raised => "flags",
            Self::Open => "flags_open",
            Self::Not => "flags_not",
        }
    }

    /// What is determined of a flag.
    pub fn of(determination: &Determination) -> Self {
        match determination.possible[..] {
            [0] => Self::Raised,
            [] | [_] => Self::Not,
            _ => Self::Open,
        }
    }
}

/// An expectation that is not met.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The place of the expectation among those of the test.
    pub claim: usize,
    /// What it is about: `grade`, `citations of grade`, `flag downgrade`, `needs`.
    pub about: String,
    /// What is expected, as the test writes it.
    pub expected: Value,
    /// What comes out, in the same form; `null` for citations where nothing is determined.
    pub actual: Value,
    /// What was determined of the question, with its reasons; `None` for needs, which are of all questions.
    pub determination: Option<Arc<Determination>>,
}

/// What comes out for a case, as far as it is asked for.
pub(super) trait Answers {
    /// What is determined of a question.
    fn determined(&mut self, asked: Asked) -> Result<Arc<Determination>, Diagnostic>;
    /// The facts that can still change some conclusion.
    fn needs(&mut self) -> Result<Vec<FactId>, Diagnostic>;
}

impl Claim {
    /// The question that it is about; `None` for needs, which are of all questions.
    pub fn asked(&self) -> Option<Asked> {
        match &self.what {
            Claimed::Conclusion(index, _) => Some(Asked::Conclusion(*index)),
            Claimed::Citations(asked, _) => Some(*asked),
            Claimed::Flag(index, _) => Some(Asked::Flag(*index)),
            Claimed::Needs(_) => None,
        }
    }

    /// What is not as expected; `index` is the place of this claim in its test.
    ///
    /// # Errors
    /// The rules fail.
    pub(super) fn difference(
        &self,
        index: usize,
        policy: &PolicyVersion,
        answers: &mut dyn Answers,
    ) -> Result<Option<Difference>, Diagnostic> {
        let Some(asked) = self.asked() else {
            let needs = answers.needs()?;
            let Claimed::Needs(expected) = &self.what else {
                return Ok(None);
            };
            return Ok((needs != *expected).then(|| Difference {
                claim: index,
                about: "needs".to_owned(),
                expected: names(expected),
                actual: names(&needs),
                determination: None,
            }));
        };
        let determination = answers.determined(asked)?;
        let name = name(policy, asked);
        let (about, expected, actual) = match &self.what {
            Claimed::Conclusion(index, expected) => {
                if expected.is_met(&determination) {
                    return Ok(None);
                }
                let actual = Expected::of(&determination, expected);
                (
                    name.to_owned(),
                    expected.json(policy, *index),
                    actual.json(policy, *index),
                )
            }
            Claimed::Citations(_, expected) => {
                let actual = cites(&determination);
                if determination.value().is_some() && actual == *expected {
                    return Ok(None);
                }
                let actual = match determination.value() {
                    Some(_) => locators(policy, &actual),
                    None => Value::Null,
                };
                (format!("citations of {name}"), locators(policy, expected), actual)
            }
            Claimed::Flag(_, expected) => {
                let actual = FlagState::of(&determination);
                if actual == *expected {
                    return Ok(None);
                }
                (format!("flag {name}"), json!(expected.key()), json!(actual.key()))
            }
            Claimed::Needs(_) => return Ok(None),
        };
        Ok(Some(Difference {
            claim: index,
            about,
            expected,
            actual,
            determination: Some(determination),
        }))
    }
}

impl Expected {
    fn is_met(&self, determination: &Determination) -> bool {
        match self {
            Self::Value(value) => determination.value() == Some(*value),
            Self::Open { possible, needs } => {
                possible
                    .as_ref()
                    .is_none_or(|possible| *possible == determination.possible)
                    && needs.as_ref().is_none_or(|needs| *needs == determination.needs)
            }
        }
    }

    /// What comes out, stated as far as `like` states it.
    fn of(determination: &Determination, like: &Self) -> Self {
        if let Some(value) = determination.value() {
            return Self::Value(value);
        }
        let (with_possible, with_needs) = match like {
            Self::Value(_) => (true, true),
            Self::Open { possible, needs } => (possible.is_some(), needs.is_some()),
        };
        Self::Open {
            possible: with_possible.then(|| determination.possible.clone()),
            needs: with_needs.then(|| determination.needs.clone()),
        }
    }

    /// As a test writes it.
    pub(super) fn json(&self, policy: &PolicyVersion, conclusion: usize) -> Value {
        let word = |value: &usize| policy.conclusions[conclusion].values[*value].value.as_str();
        match self {
            Self::Value(value) => json!(word(value)),
            Self::Open { possible, needs } => {
                let mut open = serde_json::Map::new();
                if let Some(possible) = possible {
                    open.insert("possible".to_owned(), possible.iter().map(word).collect());
                }
                if let Some(needs) = needs {
                    open.insert("needs".to_owned(), names(needs));
                }
                Value::Object(open)
            }
        }
    }
}

/// The sentences that a determined value rests on, each once, in the order of citation.
pub(super) fn cites(determination: &Determination) -> Vec<usize> {
    let mut cites = Vec::new();
    let reasons = determination
        .value()
        .map_or(&[][..], |_| &determination.reasons[..]);
    for cite in reasons.iter().flat_map(|reason| &reason.conclusion.cites) {
        if !cites.contains(cite) {
            cites.push(*cite);
        }
    }
    cites
}

/// The name of a question, as tests and results give it.
pub(super) fn name(policy: &PolicyVersion, asked: Asked) -> &str {
    match asked {
        Asked::Conclusion(index) => &policy.conclusions[index].name,
        Asked::Flag(index) => &policy.flags[index].id,
    }
}

fn names(facts: &[FactId]) -> Value {
    facts.iter().map(|fact| fact.name()).collect()
}

pub(super) fn locators(policy: &PolicyVersion, cites: &[usize]) -> Value {
    let entries = policy.register.entries();
    cites.iter().map(|cite| entries[*cite].locator.as_str()).collect()
}
