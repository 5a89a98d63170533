//! Results of many cases in JSON, one on each line: the texts of [`super::evaluation_json`], made once for all cases that
//! are decided the same.

mod said;
mod texts;

pub use said::{Said, SaidTogether, said};
pub use texts::{Lines, SharedTexts};
use texts::{ShortText, ShortTexts};

use crate::diagnostic::CaseFault;
use crate::evaluate::{CaseValues, Reads};
use crate::facts::{Choice, FactId, FactKind, FactValue, PickedBy, date_of};
use crate::gazetteer::Gazetteer;
use crate::policy::PolicyVersion;
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

/// The case of a line.
#[derive(Debug, Clone, Copy)]
pub struct CaseOfLine<'a> {
    /// Where it stands.
    pub source: &'a str,
    /// Its reference.
    pub case: &'a str,
    /// Its values.
    pub values: &'a CaseValues,
    /// What was read of them.
    pub rests_on: Reads,
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

    /// Writes the line of a case, without what ends it: `}` and the end of the line. `conclusions` and `flags` are what is
    /// stated of all conclusions, and of all flags; `said` gives the answer to a question by its place among all.
    pub fn write<'s>(
        &self,
        lines: &mut Lines,
        case: CaseOfLine<'_>,
        (conclusions, flags): (&SaidTogether, &SaidTogether),
        said: impl Fn(usize) -> Option<&'s Said>,
    ) {
        let out = &mut lines.own;
        out.extend_from_slice(b"{\"source\":");
        text(out, case.source);
        out.extend_from_slice(b",\"case\":");
        text(out, case.case);
        out.extend_from_slice(self.head.as_bytes());
        match case.values.decision_date {
            Some(date) => date_text(out, date),
            None => out.extend_from_slice(b"null"),
        }
        out.extend_from_slice(b",\"version_picked_by\":");
        quoted(out, PickedBy::WORDS[case.values.picked_by.index()].word);
        out.extend_from_slice(b",\"facts\":{");
        self.facts(out, case.rests_on, case.values);
        conclusions.add_stated(lines);
        flags.add_stated(lines);
        lines.own.extend_from_slice(b",\"reasons\":[");
        conclusions.add_reasons(lines, case.values, &said);
        lines.own.extend_from_slice(b"],\"flag_reasons\":[");
        flags.add_reasons(lines, case.values, &said);
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

/// A text that needs no escapes.
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

fn listed<T>(out: &mut Vec<u8>, items: impl Iterator<Item = T>, mut write: impl FnMut(&mut Vec<u8>, T)) {
    let begin = out.len();
    for item in items {
        if out.len() > begin {
            out.push(b',');
        }
        write(out, item);
    }
}

/// A text, most of which need no escapes.
fn text(out: &mut Vec<u8>, text: &str) {
    let is_escaped = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    // All bytes are looked at, so that nothing branches on each.
    if text.bytes().fold(false, |any, byte| any | is_escaped(byte)) {
        json(out, text);
    } else {
        quoted(out, text);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_written_as_json_whether_it_needs_escapes_or_not() {
        let characters = (0..=0x17f).filter_map(char::from_u32);
        for character in characters.chain(['\u{2028}', '€', '𝄞']) {
            for of in [
                format!("{character}"),
                format!("cases/Ménaka.jsonl{character}:17"),
            ] {
                let mut out = Vec::new();
                text(&mut out, &of);
                assert_eq!(out, serde_json::to_vec(&of).unwrap());
            }
        }
    }
}
