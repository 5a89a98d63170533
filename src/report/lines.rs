//! Results of many cases in JSON, one on each line: the texts of [`super::evaluation_json`], made once for all cases that
//! are decided the same.

mod said;
mod texts;

pub use said::{Said, SaidTogether, said};
pub use texts::{Lines, SharedTexts};
use texts::{ShortText, ShortTexts};

use crate::diagnostic::CaseFault;
use crate::evaluate::{CaseValues, Reads};
use crate::facts::{Choice, FactId, FactKind, FactValue, PickedBy, Word, date_of};
use crate::gazetteer::Gazetteer;
use crate::policy::PolicyVersion;
use jiff::civil::Date;
use serde::Serialize;
use std::hint::select_unpredictable;
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
    /// The same with each value: a word, a place, or a number from `least` on; of a list with no word, then with each alone.
    stated: Vec<ShortText>,
    least: u32,
    /// Of a list each word.
    words: Vec<ShortText>,
}

/// Of so many numbers or fewer each has a text.
const MOST_NUMBERS: i64 = 256;

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
            let texts = &self.facts[fact as usize];
            // Which kind of value comes next cannot be guessed, so nothing branches on it.
            let (number, is_list) = match value {
                FactValue::Choice(index) => (index, false),
                FactValue::Place(place) => (place.number(), false),
                FactValue::Number(number) => (number as u32, false),
                FactValue::Set(members) => (members, true),
            };
            let place = select_unpredictable(
                is_list,
                place_of_list(number & reads.words(fact)),
                number.wrapping_sub(texts.least),
            );
            match texts.stated.get(place as usize) {
                Some(text) => self.texts.add_to(out, text),
                None => self.other_fact(out, fact, value, reads),
            }
        }
        match out.get_mut(begin) {
            Some(comma) => *comma = before,
            None => out.push(before),
        }
    }

    /// A fact with a value that has no text of its own.
    #[inline(never)]
    fn other_fact(&self, out: &mut Vec<u8>, fact: FactId, value: FactValue, reads: Reads) {
        let FactTexts { name, words, .. } = &self.facts[fact as usize];
        self.texts.add_to(out, name);
        let FactValue::Set(members) = value else {
            return given(out, fact, value);
        };
        out.push(b'[');
        let mut left = members & reads.words(fact);
        let members = std::iter::from_fn(|| {
            let next = words.get(left.trailing_zeros() as usize);
            left &= left.wrapping_sub(1);
            next
        });
        listed(out, members, |out, word| self.texts.add_to(out, word));
        out.push(b']');
    }
}

/// Where a list stands among those with no word and with one; beyond them where it has more.
fn place_of_list(members: u32) -> u32 {
    let has_more = members & members.wrapping_sub(1) != 0;
    let place = (members.trailing_zeros() + 1) % (u32::BITS + 1);
    select_unpredictable(has_more, u32::MAX, place)
}

impl FactTexts {
    fn of(fact: FactId, gazetteer: &Gazetteer, texts: &mut ShortTexts) -> Self {
        let name = format!(",\"{}\":", fact.name());
        let in_json = |word: &str| serde_json::to_string(word).unwrap_or_default();
        let places = || gazetteer.places().map(|place| &gazetteer.place(place).name);
        let (least, stated, words): (_, Vec<String>, &[Word]) = match fact.declaration().kind {
            FactKind::Choice(words) => (0, words.iter().map(|word| in_json(word.word)).collect(), &[]),
            FactKind::Place => (0, places().map(|place| in_json(place)).collect(), &[]),
            FactKind::Set(words) => {
                let alone = words.iter().map(|word| format!("[{}]", in_json(word.word)));
                (0, ["[]".to_owned()].into_iter().chain(alone).collect(), words)
            }
            FactKind::WholeNumber { least, most } if most - least < MOST_NUMBERS => (
                least as u32,
                (least..=most).map(|number| number.to_string()).collect(),
                &[],
            ),
            FactKind::WholeNumber { .. } | FactKind::Date => (0, Vec::new(), &[]),
        };
        Self {
            stated: stated
                .iter()
                .map(|value| texts.push(format!("{name}{value}").as_bytes()))
                .collect(),
            least,
            words: words
                .iter()
                .map(|word| texts.push(in_json(word.word).as_bytes()))
                .collect(),
            name: texts.push(name.as_bytes()),
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
    let mut text = *b"\"0000-00-00\"";
    let mut write = |at: usize, number: u8| text[at..at + 2].copy_from_slice(&DIGITS[usize::from(number)]);
    write(1, (year / 100) as u8);
    write(3, (year % 100) as u8);
    write(6, month);
    write(9, day);
    out.extend_from_slice(&text);
}

/// The two digits of each number below a hundred.
const DIGITS: [[u8; 2]; 100] = {
    let mut digits = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        digits[number] = [b'0' + number as u8 / 10, b'0' + number as u8 % 10];
        number += 1;
    }
    digits
};

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
    if needs_escapes(text.as_bytes()) {
        json(out, text);
    } else {
        quoted(out, text);
    }
}

/// Whether a quote, a backslash or a control character is in a text. All bytes are looked at, eight at a time, so that
/// nothing branches on each.
fn needs_escapes(text: &[u8]) -> bool {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    let is_below = |eight: u64, least: u8| eight.wrapping_sub(EACH * u64::from(least)) & !eight;
    let found = |eight: [u8; 8]| {
        let eight = u64::from_le_bytes(eight);
        let is = |byte: u8| is_below(eight ^ (EACH * u64::from(byte)), 1);
        is_below(eight, b' ') | is(b'"') | is(b'\\')
    };
    let (eights, rest) = text.as_chunks();
    let last = text.last_chunk().copied().unwrap_or_else(|| {
        let mut padded = [b' '; 8];
        padded[..rest.len()].copy_from_slice(rest);
        padded
    });
    let found = eights.iter().fold(found(last), |any, eight| any | found(*eight));
    // The high bit of each byte says whether it is one.
    found & (EACH << 7) != 0
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
                format!("cases.jsonl:17{character}"),
                format!("{character}1234567"),
                format!("12345678{character}"),
            ] {
                let mut out = Vec::new();
                text(&mut out, &of);
                assert_eq!(out, serde_json::to_vec(&of).unwrap());
            }
        }
    }
}
