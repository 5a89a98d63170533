//! What answers say in a line: each its reasons, and those to several questions together one text that is copied at once.

use super::super::json::{Showing, conclusion_json, reasons};
use super::super::reasoning;
use super::texts::{Lines, Part, SharedTexts};
use super::{date_text, given, json, listed, quoted};
use crate::evaluate::{CaseValues, Determination};
use crate::facts::FactId;
use crate::language::Language;
use crate::policy::PolicyVersion;
use crate::script::Asked;
use std::sync::Arc;

/// What one determination says in a line: `"grade":{"value":"…"}`, of a flag its name, and the reasons behind it. What is
/// looked at for every line takes little room, so that it stays in a near cache.
#[derive(Debug, Clone)]
pub struct Said {
    /// The reasons, with the comma before them, where they are one part of a shared text.
    reasons: Option<Part>,
    state: State,
    texts: Arc<Texts>,
}

#[derive(Debug)]
struct Texts {
    text: Arc<str>,
    /// Its number among the shared texts.
    number: Option<u32>,
    /// Where the reasons begin, with a comma, so that they can follow on others at once.
    reasons: usize,
    /// Where in the reasons the numbers and dates of the case stand.
    given: Vec<(usize, FactId)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Determined,
    Open,
    /// Of a flag: not raised, so that the line says nothing of it.
    NotRaised,
}

/// How a [`hole`](super::super::json::hole) begins in JSON; the name of its fact and a quote end it.
const HOLE_IN_JSON: &str = "\"\\u0000";
/// Bytes that an answer usually needs.
const USUAL_BYTES: usize = 1 << 10;

/// What a determination says in the lines of all cases that are decided the same; its text is one of `texts`.
pub fn said(
    policy: &PolicyVersion,
    language: Language,
    determination: &Determination,
    texts: &SharedTexts,
) -> Said {
    let name = reasoning::name(policy, determination.asked);
    let mut own = Vec::with_capacity(USUAL_BYTES);
    json(&mut own, name);
    if matches!(determination.asked, Asked::Conclusion(_)) {
        own.push(b':');
        json(&mut own, &conclusion_json(policy, determination));
    }
    let shown = Showing {
        policy,
        known: None,
        language,
    };
    let mut text = Vec::with_capacity(USUAL_BYTES);
    text.push(b',');
    // A line gives no reasons for what is open.
    if determination.value().is_some() {
        let reasons = reasons(&shown, determination);
        listed(&mut text, reasons.iter(), json);
    }
    let is_flag = matches!(determination.asked, Asked::Flag(_));
    let reasons = own.len();
    let (text, given) = without_holes(String::from_utf8(own).unwrap_or_default(), &text);
    let number = texts.add(&text);
    let whole = number.filter(|_| given.is_empty());
    Said {
        state: match determination.value() {
            None => State::Open,
            Some(_) if is_flag && !determination.is_raised() => State::NotRaised,
            Some(_) => State::Determined,
        },
        reasons: Part::of(whole, &(reasons..text.len())),
        texts: Arc::new(Texts {
            text,
            number,
            reasons,
            given,
        }),
    }
}

/// Adds reasons to a text, without their holes, and says where in it and of which facts these were.
fn without_holes(mut text: String, reasons: &[u8]) -> (Arc<str>, Vec<(usize, FactId)>) {
    let mut holes = Vec::new();
    let mut rest = std::str::from_utf8(reasons).unwrap_or_default();
    while let Some((before, fact, after)) = at_hole(rest) {
        text.push_str(before);
        holes.push((text.len(), fact));
        rest = after;
    }
    text.push_str(rest);
    (text.into(), holes)
}

/// The fact of the first hole of a text, with what stands before and behind it.
fn at_hole(text: &str) -> Option<(&str, FactId, &str)> {
    let mut begins = text.match_indices(HOLE_IN_JSON);
    begins.find_map(|(at, begin)| {
        let (name, after) = text[at + begin.len()..].split_once('"')?;
        Some((&text[..at], FactId::named(name)?, after))
    })
}

impl Said {
    /// What it states.
    fn stated(&self) -> &str {
        &self.texts.text[..self.texts.reasons]
    }

    /// Writes the reasons; behind others with a comma.
    #[inline]
    fn add_reasons(&self, lines: &mut Lines, case: &CaseValues, is_first: bool) {
        let whole = self.reasons.map(|whole| whole.without(is_first.into()));
        if !whole.is_some_and(|whole| lines.add_shared(whole)) {
            self.add_parts_of_reasons(lines, case, is_first);
        }
    }

    fn add_parts_of_reasons(&self, lines: &mut Lines, case: &CaseValues, is_first: bool) {
        let Texts {
            text,
            number,
            reasons,
            given,
        } = &*self.texts;
        let mut from = *reasons + usize::from(is_first);
        for (at, fact) in given {
            lines.add(text, Part::of(*number, &(from..*at)), from..*at);
            given_of(&mut lines.own, *fact, case);
            from = *at;
        }
        let last = from..text.len();
        lines.add(text, Part::of(*number, &last), last);
    }
}

/// The number or the date of a case that a reason shows.
fn given_of(out: &mut Vec<u8>, fact: FactId, case: &CaseValues) {
    match (fact, case.facts.get(fact as usize)) {
        (FactId::DecisionDate, _) => match case.decision_date {
            Some(date) => date_text(out, date),
            None => out.extend_from_slice(b"null"),
        },
        (fact, Some(Some(value))) => given(out, fact, *value),
        _ => out.extend_from_slice(b"null"),
    }
}

/// What the answers to all conclusions, or those to all flags, state together: one text, which is copied at once into the
/// line of every case of which the same is stated.
#[derive(Debug)]
pub struct SaidTogether {
    text: Arc<str>,
    /// All of it, where it is shared.
    shared: Option<Part>,
    /// The questions for whose answers a line gives reasons, by their places among all.
    reasoned: Box<[usize]>,
}

impl SaidTogether {
    /// What is stated of all conclusions, with the facts that can still change one of them. `said` are the answers, each with
    /// the place of its question among all.
    pub fn of_conclusions<'s>(
        said: impl Iterator<Item = (usize, &'s Said)> + Clone,
        needs: &[FactId],
        texts: &SharedTexts,
    ) -> Self {
        let mut text = b"},\"conclusions\":{".to_vec();
        add_own(&mut text, said.clone());
        text.extend_from_slice(b"},\"needs\":[");
        listed(&mut text, needs.iter(), |out, fact| quoted(out, fact.name()));
        text.push(b']');
        Self::of(text, said, texts)
    }

    /// What is stated of all flags, up to where the reasons begin; `said` is as above.
    pub fn of_flags<'s>(said: impl Iterator<Item = (usize, &'s Said)> + Clone, texts: &SharedTexts) -> Self {
        let of = |state| said.clone().filter(move |(_, said)| said.state == state);
        let mut text = b",\"flags\":[".to_vec();
        add_own(&mut text, of(State::Determined));
        text.extend_from_slice(b"],\"flags_open\":[");
        add_own(&mut text, of(State::Open));
        // Behind the flags the reasons begin.
        text.extend_from_slice(b"],\"reasons\":[");
        Self::of(text, said, texts)
    }

    fn of<'s>(text: Vec<u8>, said: impl Iterator<Item = (usize, &'s Said)>, texts: &SharedTexts) -> Self {
        let text: Arc<str> = String::from_utf8(text).unwrap_or_default().into();
        let reasoned = said.filter(|(_, said)| said.state == State::Determined);
        Self {
            shared: texts.add_long(&text),
            text,
            reasoned: reasoned.map(|(question, _)| question).collect(),
        }
    }

    /// Writes what is stated.
    #[inline]
    pub(super) fn add_stated(&self, lines: &mut Lines) {
        lines.add(&self.text, self.shared, 0..self.text.len());
    }

    /// Writes the reasons of a case of which this is stated; `said` gives the answer to a question of the case.
    #[inline]
    pub(super) fn add_reasons<'s>(
        &self,
        lines: &mut Lines,
        case: &CaseValues,
        said: &impl Fn(usize) -> Option<&'s Said>,
    ) {
        for (index, question) in self.reasoned.iter().enumerate() {
            if let Some(said) = said(*question) {
                said.add_reasons(lines, case, index == 0);
            }
        }
    }
}

/// Adds what each answer states.
fn add_own<'s>(text: &mut Vec<u8>, said: impl Iterator<Item = (usize, &'s Said)>) {
    listed(text, said, |out, (_, said)| {
        out.extend_from_slice(said.stated().as_bytes());
    });
}
