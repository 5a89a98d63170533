//! Results of many cases in JSON, one on each line: the texts of [`super::evaluation_json`], made once for all cases that
//! are decided the same.

mod texts;

pub use texts::{Lines, SharedTexts};
use texts::{ShortText, ShortTexts, add_beginning};

use super::json::{Showing, conclusion_json, reasons};
use super::reasoning;
use crate::diagnostic::CaseFault;
use crate::evaluate::{CaseValues, Determination, Reads};
use crate::facts::{Choice, FactId, FactKind, FactValue, PickedBy, date_of};
use crate::gazetteer::Gazetteer;
use crate::language::Language;
use crate::policy::PolicyVersion;
use crate::script::Asked;
use jiff::civil::Date;
use serde::Serialize;
use std::sync::Arc;

/// Writes the lines of one policy version in one language.
#[derive(Debug)]
pub struct LineWriter {
    policy: Arc<PolicyVersion>,
    /// From the case's reference to the date.
    head: String,
    facts: Vec<FactTexts>,
    /// The texts of all facts.
    texts: ShortTexts,
}

/// How a line states a fact.
#[derive(Debug)]
struct FactTexts {
    /// `,"age":`
    name: ShortText,
    /// The same with each value that it can have, or of a list each word alone.
    values: Vec<ShortText>,
}

/// What one determination says in a line: `"grade":{"value":"…"}`, of a flag its name, and the reasons behind it. All in
/// one text, so that it lies together in memory.
#[derive(Debug, Clone)]
pub struct Said {
    text: Arc<str>,
    /// Its number among the shared texts.
    number: Option<usize>,
    /// Where the reasons begin.
    reasons: usize,
    /// Where in the reasons the numbers and dates of the case stand.
    given: Arc<[(usize, FactId)]>,
    rests_on: Reads,
    state: State,
}

impl Said {
    #[inline]
    fn add_own(&self, out: &mut Vec<u8>) {
        add_beginning(out, self.text.as_bytes(), self.reasons);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Determined,
    Open,
    /// Of a flag: not raised, so that the line says nothing of it.
    NotRaised,
}

/// How a [`hole`](super::json::hole) begins in JSON; the name of its fact and a quote end it.
const HOLE_IN_JSON: &str = "\"\\u0000";

/// The case of a line.
#[derive(Debug, Clone, Copy)]
pub struct CaseOfLine<'a> {
    /// Where it stands.
    pub source: &'a str,
    /// Its reference.
    pub case: &'a str,
    /// Its values.
    pub values: &'a CaseValues,
    /// The facts that can still change a conclusion.
    pub needs: &'a [FactId],
}

impl LineWriter {
    /// A writer of lines.
    pub fn new(policy: Arc<PolicyVersion>) -> Self {
        let mut head = Vec::new();
        head.extend_from_slice(b",\"policy\":");
        json(&mut head, &policy.id.to_string());
        head.extend_from_slice(b",\"fingerprint\":");
        json(&mut head, &policy.fingerprint);
        head.extend_from_slice(b",\"text_fingerprint\":");
        json(&mut head, &policy.text_fingerprint);
        head.extend_from_slice(b",\"decision_date\":");
        let mut texts = ShortTexts::default();
        Self {
            head: String::from_utf8(head).unwrap_or_default(),
            facts: FactId::CASE_FILE
                .iter()
                .map(|fact| FactTexts::of(*fact, &policy.gazetteer, &mut texts))
                .collect(),
            texts,
            policy,
        }
    }

    /// The policy version.
    pub fn policy(&self) -> &PolicyVersion {
        &self.policy
    }

    /// Writes the line of a case, without what ends it: `}` and the end of the line. The answers are those to all
    /// questions in the declared order: first the conclusions, then the flags.
    pub fn write<'s>(
        &self,
        lines: &mut Lines,
        case: CaseOfLine<'_>,
        answers: impl Iterator<Item = &'s Said>,
    ) {
        let mut rests_on = Reads::default();
        let mut telling = Vec::with_capacity(self.policy.conclusions.len() + self.policy.flags.len());
        telling.extend(answers.filter(|said| {
            rests_on = rests_on.and(said.rests_on);
            said.state != State::NotRaised
        }));
        let (conclusions, flags) = telling.split_at(self.policy.conclusions.len().min(telling.len()));
        let of = |state| move |said: &&&Said| said.state == state;
        let out = &mut lines.own;
        out.extend_from_slice(b"{\"source\":");
        json(out, case.source);
        out.extend_from_slice(b",\"case\":");
        json(out, case.case);
        out.extend_from_slice(self.head.as_bytes());
        match case.values.decision_date {
            Some(date) => date_text(out, date),
            None => out.extend_from_slice(b"null"),
        }
        out.extend_from_slice(b",\"version_picked_by\":");
        quoted(out, PickedBy::WORDS[case.values.picked_by.index()].word);
        out.extend_from_slice(b",\"facts\":{");
        self.facts(out, rests_on, case.values);
        out.extend_from_slice(b"},\"conclusions\":{");
        let own = |out: &mut Vec<u8>, said: &&Said| said.add_own(out);
        listed(out, conclusions.iter(), own);
        out.extend_from_slice(b"},\"needs\":[");
        listed(out, case.needs.iter(), |out, fact| quoted(out, fact.name()));
        out.extend_from_slice(b"],\"flags\":[");
        listed(out, flags.iter().filter(of(State::Determined)), own);
        out.extend_from_slice(b"],\"flags_open\":[");
        listed(out, flags.iter().filter(of(State::Open)), own);
        out.extend_from_slice(b"],\"reasons\":[");
        reasons_of(
            lines,
            conclusions.iter().filter(of(State::Determined)),
            case.values,
        );
        lines.own.extend_from_slice(b"],\"flag_reasons\":[");
        reasons_of(lines, flags.iter().filter(of(State::Determined)), case.values);
        lines.own.push(b']');
    }

    /// The facts that were read, as a case file states them; of a list only the words that were asked for.
    fn facts(&self, out: &mut Vec<u8>, reads: Reads, values: &CaseValues) {
        // Each begins with a comma, which the first does not have: it is written over what stands before.
        let Some(before) = out.pop() else { return };
        let begin = out.len();
        for fact in reads.facts().filter(|fact| fact.is_of_case_file()) {
            let Some(value) = values.facts[fact as usize] else {
                continue;
            };
            let FactTexts { name, values } = &self.facts[fact as usize];
            let text = match value {
                FactValue::Choice(index) => &values[index as usize],
                FactValue::Place(place) => &values[place.number() as usize],
                FactValue::Set(_) | FactValue::Number(_) => name,
            };
            self.texts.add_to(out, text);
            match value {
                FactValue::Choice(_) | FactValue::Place(_) => {}
                FactValue::Set(members) => {
                    out.push(b'[');
                    let members = members & reads.words(fact);
                    let own = values.iter().enumerate();
                    let own = own.filter(|(word, _)| members & 1 << word != 0);
                    listed(out, own, |out, (_, word)| self.texts.add_to(out, word));
                    out.push(b']');
                }
                FactValue::Number(_) => given(out, fact, value),
            }
        }
        match out.get_mut(begin) {
            Some(comma) => *comma = before,
            None => out.push(before),
        }
    }
}

impl FactTexts {
    fn of(fact: FactId, gazetteer: &Gazetteer, texts: &mut ShortTexts) -> Self {
        let name = format!(",\"{}\":", fact.name());
        let own_name = texts.push(name.as_bytes());
        let mut text = |before: &str, word: &str| {
            let mut text = before.as_bytes().to_vec();
            json(&mut text, word);
            texts.push(&text)
        };
        let places = || gazetteer.places().map(|place| &gazetteer.place(place).name);
        let values = match fact.declaration().kind {
            FactKind::Choice(words) => words.iter().map(|word| text(&name, word.word)).collect(),
            FactKind::Place => places().map(|place| text(&name, place)).collect(),
            FactKind::Set(words) => words.iter().map(|word| text("", word.word)).collect(),
            FactKind::WholeNumber { .. } | FactKind::Date => Vec::new(),
        };
        Self {
            name: own_name,
            values,
        }
    }
}

/// A word, which needs no escapes.
fn quoted(out: &mut Vec<u8>, word: &str) {
    out.push(b'"');
    out.extend_from_slice(word.as_bytes());
    out.push(b'"');
}

fn given(out: &mut Vec<u8>, fact: FactId, value: FactValue) {
    match (value, fact.declaration().kind) {
        (FactValue::Number(days), FactKind::Date) => match date_of(days.into()) {
            Some(date) => date_text(out, date),
            None => out.extend_from_slice(b"null"),
        },
        (FactValue::Number(number), _) => json(out, &number),
        _ => out.extend_from_slice(b"null"),
    }
}

/// A date as `"2025-09-15"`. Written by hand for the years of four digits: it stands in every line.
fn date_text(out: &mut Vec<u8>, date: Date) {
    let (year, month, day) = (date.year(), date.month() as u8, date.day() as u8);
    if !(0..=9999).contains(&year) {
        return json(out, &date.to_string());
    }
    let digit = |number: u8| b'0' + number % 10;
    let (century, year) = ((year / 100) as u8, (year % 100) as u8);
    out.extend_from_slice(&[
        b'"',
        digit(century / 10),
        digit(century),
        digit(year / 10),
        digit(year),
    ]);
    out.extend_from_slice(&[b'-', digit(month / 10), digit(month)]);
    out.extend_from_slice(&[b'-', digit(day / 10), digit(day), b'"']);
}

fn reasons_of<'s>(lines: &mut Lines, answers: impl Iterator<Item = &'s &'s Said>, values: &CaseValues) {
    let mut is_first = true;
    for said in answers {
        if !is_first {
            lines.own.push(b',');
        }
        is_first = false;
        let mut from = said.reasons;
        for (at, fact) in said.given.iter() {
            lines.add(&said.text, said.number, from..*at);
            from = *at;
            let out = &mut lines.own;
            match (fact, values.facts.get(*fact as usize)) {
                (FactId::DecisionDate, _) => match values.decision_date {
                    Some(date) => date_text(out, date),
                    None => out.extend_from_slice(b"null"),
                },
                (fact, Some(Some(value))) => given(out, *fact, *value),
                _ => out.extend_from_slice(b"null"),
            }
        }
        lines.add(&said.text, said.number, from..said.text.len());
    }
}

fn listed<T>(out: &mut Vec<u8>, items: impl Iterator<Item = T>, mut write: impl FnMut(&mut Vec<u8>, T)) {
    let begin = out.len();
    for item in items {
        if out.len() > begin {
            out.push(b',');
        }
        write(out, item);
    }
}

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
    // A line gives no reasons for what is open.
    if determination.value().is_some() {
        let reasons = reasons(&shown, determination);
        listed(&mut text, reasons.iter(), json);
    }
    let is_flag = matches!(determination.asked, Asked::Flag(_));
    let reasons = own.len();
    let (text, given) = without_holes(String::from_utf8(own).unwrap_or_default(), &text);
    Said {
        state: match determination.value() {
            None => State::Open,
            Some(_) if is_flag && !determination.is_raised() => State::NotRaised,
            Some(_) => State::Determined,
        },
        rests_on: determination.rests_on,
        number: texts.add(&text),
        text,
        reasons,
        given,
    }
}

/// Adds reasons to a text, without their holes, and says where in it and of which facts these were.
fn without_holes(mut text: String, reasons: &[u8]) -> (Arc<str>, Arc<[(usize, FactId)]>) {
    let mut holes = Vec::new();
    let mut rest = std::str::from_utf8(reasons).unwrap_or_default();
    while let Some((before, fact, after)) = at_hole(rest) {
        text.push_str(before);
        holes.push((text.len(), fact));
        rest = after;
    }
    text.push_str(rest);
    (text.into(), holes.into())
}

/// The fact of the first hole of a text, with what stands before and behind it.
fn at_hole(text: &str) -> Option<(&str, FactId, &str)> {
    let mut begins = text.match_indices(HOLE_IN_JSON);
    begins.find_map(|(at, begin)| {
        let (name, after) = text[at + begin.len()..].split_once('"')?;
        Some((&text[..at], FactId::named(name)?, after))
    })
}

/// Writes a value as JSON; a `Vec` takes everything.
fn json(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    let _ = serde_json::to_writer(out, value);
}

/// The line of a case that could not be evaluated, without what ends it.
pub fn write_error_line(out: &mut Vec<u8>, source: &str, fault: &CaseFault) {
    let error = super::error_json(source, fault);
    let before = out.len();
    json(out, &error);
    debug_assert_eq!(out[before..].last(), Some(&b'}'));
    out.pop();
}
