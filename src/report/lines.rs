//! Results of many cases in JSON, one on each line: the texts of [`super::evaluation_json`], made once for all cases that
//! are decided the same.

use super::json::{Showing, conclusion_json, reasons};
use super::reasoning;
use crate::diagnostic::CaseFault;
use crate::evaluate::{CaseValues, Determination, Reads};
use crate::facts::{Choice, FactId, FactKind, FactValue, PickedBy, date_of};
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
}

/// What one determination says in a line.
#[derive(Debug)]
pub struct Said {
    /// `"grade":{"value":"…"}`, of a flag its name.
    own: String,
    reasons: Vec<Piece>,
    rests_on: Reads,
    state: State,
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

#[derive(Debug)]
enum Piece {
    Text(String),
    /// Here stands the number or date of the case.
    Given(FactId),
}

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
        Self {
            head: String::from_utf8(head).unwrap_or_default(),
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
        out: &mut Vec<u8>,
        case: CaseOfLine<'_>,
        answers: impl Iterator<Item = &'s Said>,
    ) {
        let answers: Vec<&Said> = answers.collect();
        let (conclusions, flags) = answers.split_at(self.policy.conclusions.len().min(answers.len()));
        let (conclusions, flags) = (conclusions.iter().copied(), flags.iter().copied());
        let of = |state| move |said: &&Said| said.state == state;
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
        let rests_on = answers.iter().map(|said| said.rests_on);
        self.facts(out, rests_on.fold(Reads::default(), Reads::and), case.values);
        out.extend_from_slice(b"},\"conclusions\":{");
        let own = |out: &mut Vec<u8>, said: &Said| out.extend_from_slice(said.own.as_bytes());
        listed(out, conclusions.clone(), own);
        out.extend_from_slice(b"},\"needs\":[");
        listed(out, case.needs.iter(), |out, fact| quoted(out, fact.name()));
        out.extend_from_slice(b"],\"flags\":[");
        listed(out, flags.clone().filter(of(State::Determined)), own);
        out.extend_from_slice(b"],\"flags_open\":[");
        listed(out, flags.clone().filter(of(State::Open)), own);
        let reasons = |out: &mut Vec<u8>, said: &Said| pieces(out, said, case.values);
        out.extend_from_slice(b"],\"reasons\":[");
        listed(out, conclusions.filter(of(State::Determined)), reasons);
        out.extend_from_slice(b"],\"flag_reasons\":[");
        listed(out, flags.filter(of(State::Determined)), reasons);
        out.push(b']');
    }

    /// The facts that were read, as a case file states them; of a list only the words that were asked for.
    fn facts(&self, out: &mut Vec<u8>, reads: Reads, values: &CaseValues) {
        let mut is_first = true;
        for fact in reads.facts().filter(|fact| fact.is_of_case_file()) {
            let Some(value) = values.facts[fact as usize] else {
                continue;
            };
            if !is_first {
                out.push(b',');
            }
            is_first = false;
            out.push(b'"');
            out.extend_from_slice(fact.name().as_bytes());
            out.extend_from_slice(b"\":");
            match (value, fact.declaration().kind) {
                (FactValue::Choice(index), FactKind::Choice(words)) => quoted(out, words[index].word),
                (FactValue::Set(members), FactKind::Set(words)) => {
                    let members = members & reads.words(fact);
                    let own = words
                        .iter()
                        .enumerate()
                        .filter(|(word, _)| members & 1 << word != 0);
                    out.push(b'[');
                    listed(out, own, |out, (_, word)| quoted(out, word.word));
                    out.push(b']');
                }
                (FactValue::Place(place), _) => json(out, &self.policy.gazetteer.place(place).name),
                (value, _) => given(out, fact, value),
            }
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
        (FactValue::Number(days), FactKind::Date) => match date_of(days) {
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

fn pieces(out: &mut Vec<u8>, said: &Said, values: &CaseValues) {
    for piece in &said.reasons {
        match piece {
            Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
            Piece::Given(FactId::DecisionDate) => match values.decision_date {
                Some(date) => date_text(out, date),
                None => out.extend_from_slice(b"null"),
            },
            Piece::Given(fact) => match values.facts.get(*fact as usize) {
                Some(Some(value)) => given(out, *fact, *value),
                _ => out.extend_from_slice(b"null"),
            },
        }
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

/// What a determination says in the lines of all cases that are decided the same.
pub fn said(policy: &PolicyVersion, language: Language, determination: &Determination) -> Said {
    let name = reasoning::name(policy, determination.asked);
    let mut own = Vec::new();
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
    let mut text = Vec::new();
    listed(
        &mut text,
        reasons(&shown, determination).iter(),
        |text, reason| {
            json(text, reason);
        },
    );
    let is_flag = matches!(determination.asked, Asked::Flag(_));
    Said {
        state: match determination.value() {
            None => State::Open,
            Some(_) if is_flag && !determination.is_raised() => State::NotRaised,
            Some(_) => State::Determined,
        },
        rests_on: determination.rests_on,
        own: String::from_utf8(own).unwrap_or_default(),
        reasons: cut(String::from_utf8(text).unwrap_or_default()),
    }
}

/// Cuts a text at its holes.
fn cut(text: String) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text.as_str();
    while let Some((before, fact, after)) = at_hole(rest) {
        pieces.push(Piece::Text(before.to_owned()));
        pieces.push(Piece::Given(fact));
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    pieces
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
