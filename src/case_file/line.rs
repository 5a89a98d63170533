//! Reading a line of JSON straight into the values of its facts, without texts in between.
//!
//! It takes what [`CaseFile`](super::CaseFile) takes in its usual form, and gives the same; of anything else it gives
//! nothing, and the line is read in the other way, which says what is wrong.

mod vocabulary;

use super::{CaseRecord, KEYS, calendar_day, is_blank};
use crate::facts::{FactId, FactKind, FactValue, FactValues, Word};
use crate::gazetteer::Gazetteer;
use std::borrow::Cow;
use std::hint::select_unpredictable;
use vocabulary::{Known, Token, VOCABULARY, Vocabulary};

/// The case of a line; `None` where it must be read in the other way.
pub(super) fn read(text: &str, gazetteer: &Gazetteer) -> Option<CaseRecord> {
    let mut line = Line {
        text,
        at: 0,
        gazetteer,
        vocabulary: &VOCABULARY,
    };
    let record = line.case()?;
    line.skip_blanks();
    (line.at == text.len()).then_some(record)
}

/// A line, read as far as `at`.
struct Line<'t> {
    text: &'t str,
    at: usize,
    gazetteer: &'t Gazetteer,
    vocabulary: &'t Vocabulary,
}

impl<'t> Line<'t> {
    fn case(&mut self) -> Option<CaseRecord> {
        let (mut case, mut decision_date, mut facts) = (None, None, FactValues::default());
        let mut seen = 0;
        let mut has_more = self.begins(b'{', b'}')?;
        while has_more {
            let place = self.name()?.key()?;
            is_new(&mut seen, place)?;
            match KEYS[place] {
                "case" => case = Some(self.string()?),
                "decision_date" if !self.is_null() => decision_date = Some(calendar_day(&self.string()?)?),
                "facts" if !self.is_null() => self.facts(&mut facts)?,
                "notes" => self.note()?,
                _ => {}
            }
            has_more = self.goes_on(b'}')?;
        }
        Some(CaseRecord {
            case: case.filter(|case| !is_blank(case))?.into_owned(),
            decision_date,
            facts,
        })
    }

    fn facts(&mut self, facts: &mut FactValues) -> Option<()> {
        let mut seen = 0;
        let mut has_more = self.begins(b'{', b'}')?;
        while has_more {
            let place = self.name()?.fact()?;
            is_new(&mut seen, place)?;
            facts[place] = self.value(FactId::CASE_FILE[place])?;
            has_more = self.goes_on(b'}')?;
        }
        Some(())
    }

    #[inline]
    fn value(&mut self, fact: FactId) -> Option<Option<FactValue>> {
        Some(Some(match (fact.declaration().kind, self.peek()?) {
            (FactKind::Choice(_), b'"') => FactValue::Choice(self.word()?.word(fact)?),
            (FactKind::Choice(words), b't' | b'f') => FactValue::Choice(self.truth(words)?),
            (FactKind::Place, b'"') => FactValue::Place(self.gazetteer.find(&self.string()?)?),
            (FactKind::Set(_), b'[') => FactValue::Set(self.members(fact)?),
            (FactKind::WholeNumber { least, most }, b'0'..=b'9') => {
                let number = self.whole_number()?;
                FactValue::Number((least..=most).contains(&number).then_some(number)?)
            }
            (_, b'n') => return self.is_null().then_some(None),
            _ => return None,
        }))
    }

    /// The words of a list, a bit for each; a circumstance may stand as `{"word": "note"}`.
    fn members(&mut self, fact: FactId) -> Option<u32> {
        let mut members = 0;
        let mut has_more = self.begins(b'[', b']')?;
        while has_more {
            let word = if fact == FactId::IndividualCircumstances && self.peek() == Some(b'{') {
                self.begins(b'{', b'}')?.then_some(())?;
                let word = self.name()?;
                self.note()?;
                (!self.goes_on(b'}')?).then_some(word)?
            } else {
                self.word()?
            };
            members |= 1 << word.word(fact)?;
            has_more = self.goes_on(b']')?;
        }
        Some(members)
    }

    /// Goes on behind what begins a list or an object; says whether there is anything in it.
    fn begins(&mut self, begin: u8, end: u8) -> Option<bool> {
        self.is_next(begin).then(|| !self.is_next(end))
    }

    /// Goes on behind a member of a list or an object; says whether another one follows.
    #[inline]
    fn goes_on(&mut self, end: u8) -> Option<bool> {
        let next = self.peek()?;
        self.at += 1;
        (next == b',' || next == end).then_some(next == b',')
    }

    /// A word, with the colon behind it.
    #[inline]
    fn name(&mut self) -> Option<&'t Known> {
        let word = self.word()?;
        self.is_next(b':').then_some(word)
    }

    /// A word that case files know.
    #[inline]
    fn word(&mut self) -> Option<&'t Known> {
        self.is_next(b'"').then_some(())?;
        let token = self.token();
        self.at += token.bytes.len();
        let word = self.vocabulary.find(token);
        let is_whole = self.text.as_bytes().get(self.at) == Some(&b'"');
        self.at += 1;
        word.filter(|_| is_whole)
    }

    /// What stands here before the end of a text without escapes.
    #[inline]
    fn token(&self) -> Token<'t> {
        let rest = &self.text.as_bytes()[self.at..];
        // Beyond the end of the line stands nothing, which ends a text.
        let sixteen = rest.first_chunk().copied().unwrap_or_else(|| {
            let mut sixteen = [0; 16];
            sixteen[..rest.len()].copy_from_slice(rest);
            sixteen
        });
        let sixteen = u128::from_le_bytes(sixteen);
        let (first, second) = (ends(sixteen as u64), ends((sixteen >> 64) as u64));
        // How long a word is cannot be guessed, so nothing branches on it, but for the few that are longer.
        let length =
            select_unpredictable(first != 0, first.trailing_zeros(), 64 + second.trailing_zeros()) / 8;
        if length < 16 {
            return Token {
                bytes: &rest[..length as usize],
                begin: sixteen & ((1 << (length * 8)) - 1),
            };
        }
        Token {
            bytes: &rest[..plain_end(rest, 16)],
            begin: sixteen,
        }
    }

    /// The place of the word that a truth value writes.
    fn truth(&mut self, words: &[Word]) -> Option<usize> {
        let mut truths = ["true", "false"].into_iter();
        Word::place(words, truths.find(|truth| self.is_literal(truth))?)
    }

    /// A text that no rule reads, or none.
    fn note(&mut self) -> Option<()> {
        if !self.is_null() {
            self.string()?;
        }
        Some(())
    }

    fn string(&mut self) -> Option<Cow<'t, str>> {
        self.is_next(b'"').then_some(())?;
        let (text, begin) = (self.text, self.at);
        let mut end = plain_end(text.as_bytes(), begin);
        if text.as_bytes().get(end) == Some(&b'"') {
            self.at = end + 1;
            return Some(Cow::Borrowed(&text[begin..end]));
        }
        // What escapes mean, and what is none, the crate for JSON knows.
        while text.as_bytes().get(end) == Some(&b'\\') {
            end = plain_end(text.as_bytes(), end + 2);
        }
        self.at = end + 1;
        let written = text.get(begin - 1..self.at)?;
        serde_json::from_str(written).ok().map(Cow::Owned)
    }

    fn whole_number(&mut self) -> Option<i64> {
        let rest = &self.text[self.at..];
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        let digits = &rest[..length];
        if length > 1 && digits.starts_with('0') {
            return None;
        }
        self.at += length;
        digits.parse().ok()
    }

    fn is_null(&mut self) -> bool {
        self.skip_blanks();
        self.is_literal("null")
    }

    /// Goes on behind a word without quotes, if it stands here. What must not follow on it is found by what reads on.
    fn is_literal(&mut self, word: &str) -> bool {
        let is_here = self.text.as_bytes()[self.at..].starts_with(word.as_bytes());
        self.at += if is_here { word.len() } else { 0 };
        is_here
    }

    /// Goes on behind a character, if it comes next.
    #[inline]
    fn is_next(&mut self, wanted: u8) -> bool {
        let is_here = self.peek() == Some(wanted);
        self.at += usize::from(is_here);
        is_here
    }

    #[inline]
    fn peek(&mut self) -> Option<u8> {
        self.skip_blanks();
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn skip_blanks(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = bytes.get(self.at) {
            self.at += 1;
        }
    }
}

/// Notes that a key was seen; `None` where it was before.
fn is_new(seen: &mut u32, place: usize) -> Option<()> {
    let bit = 1 << place;
    let is_new = *seen & bit == 0;
    *seen |= bit;
    is_new.then_some(())
}

/// Of eight bytes of a text the high bit of the first one that ends it: a quote, a backslash or a control character. Bits
/// above that one mean nothing; zero where none does.
#[inline]
fn ends(eight: u64) -> u64 {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    let zero = |bytes: u64| bytes.wrapping_sub(EACH) & !bytes;
    let quote = zero(eight ^ (EACH * b'"' as u64));
    let backslash = zero(eight ^ (EACH * b'\\' as u64));
    let control = eight.wrapping_sub(EACH * 0x20) & !eight;
    (quote | backslash | control) & (EACH << 7)
}

/// Where, from `at` on, the first byte stands that ends a text without escapes.
fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let ends = ends(u64::from_le_bytes(*eight));
        if ends != 0 {
            return at + ends.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | ..0x20);
    let rest = bytes.get(at..).unwrap_or_default().iter();
    at + rest.take_while(|byte| !ends(byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_plain_text_is_found_at_every_place() {
        for end in ["\"", "\\", "\u{1f}", "\n", "\0"] {
            for before in 0..20 {
                for after in 0..20 {
                    let text = format!("{}{end}{}", "é~ \u{7f}".repeat(before), "\"x".repeat(after));
                    let expected = text.find(end).unwrap();
                    assert_eq!(plain_end(text.as_bytes(), 0), expected, "{text:?}");
                }
            }
        }
        assert_eq!(plain_end(b"plain", 0), 5);
        assert_eq!(plain_end(b"plain", 9), 9);
    }
}
