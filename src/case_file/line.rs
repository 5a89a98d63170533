//! Reading a line of JSON straight into the values of its facts, without texts in between.
//!
//! It takes what [`CaseFile`](super::CaseFile) takes in its usual form, and gives the same; of anything else it gives
//! nothing, and the line is read in the other way, which says what is wrong.

mod commas;
mod ends;
mod members;
mod vocabulary;

pub(super) use commas::Commas;
pub(super) use members::Members;

use super::{CaseRecord, KEYS, calendar_day, is_blank};
use crate::facts::{FactId, FactKind, FactValue, FactValues, Word};
use crate::gazetteer::Gazetteer;
use ends::{Plain, before_quote, plain};
use jiff::civil::Date;
use members::BEGINS;
use std::borrow::Cow;
use vocabulary::{Known, Token, VOCABULARY, Vocabulary};

/// Reads the case of a line, with which a text begins and which is so many bytes long; `None` where it must be read in the
/// other way, and what the record then says is void.
pub(super) fn read(
    text: &[u8],
    length: usize,
    gazetteer: &Gazetteer,
    (members, commas): (&mut Members, &mut Commas),
    record: &mut CaseRecord,
) -> Option<()> {
    let bytes = &text[..length];
    let mut line = Line {
        bytes,
        text,
        at: 0,
        gazetteer,
        vocabulary: &VOCABULARY,
        members,
        commas,
    };
    line.case(record)?;
    line.skip_blanks();
    (line.at == bytes.len()).then_some(())
}

/// A line, read as far as `at`.
struct Line<'t> {
    bytes: &'t [u8],
    /// The line, and what stands behind it: so many bytes can be looked at together.
    text: &'t [u8],
    at: usize,
    gazetteer: &'t Gazetteer,
    vocabulary: &'t Vocabulary,
    members: &'t mut Members,
    commas: &'t mut Commas,
}

impl<'t> Line<'t> {
    fn case(&mut self, record: &mut CaseRecord) -> Option<()> {
        record.clear();
        let (mut seen, mut usual) = (0, 0);
        let mut has_more = self.begins(b'{', b'}')?;
        while has_more {
            let place = self.key(usual)?;
            is_new(&mut seen, place)?;
            usual = place + 1;
            match KEYS[place] {
                "case" => record.case.push_str(&self.string()?),
                "decision_date" if !self.is_null() => record.decision_date = Some(self.date()?),
                "facts" if !self.is_null() => self.facts(&mut record.facts)?,
                "notes" => self.note()?,
                _ => {}
            }
            has_more = self.goes_on(b'}')?;
        }
        // Without a reference it is blank.
        (!is_blank(&record.case)).then_some(())
    }

    /// The place of a key; `usual` is that of the one that usually stands here.
    #[inline]
    fn key(&mut self, usual: usize) -> Option<usize> {
        if let Some((key, length)) = WRITTEN_KEYS.get(usual)
            && let Some(sixteen) = self.text.get(self.at..)?.first_chunk()
            && u128::from_le_bytes(*sixteen) & BEGINS[*length][0] == *key
        {
            // It has no end of a line, so that it stands in this one.
            self.at += length;
            return Some(usual);
        }
        self.name()?.key()
    }

    fn facts(&mut self, facts: &mut FactValues) -> Option<()> {
        let mut seen = 0;
        let mut has_more = self.begins(b'{', b'}')?;
        if has_more {
            self.known_members(&mut seen, facts)?;
        }
        while has_more {
            let (place, value) = self.member()?;
            is_new(&mut seen, place)?;
            facts[place] = value;
            has_more = self.goes_on(b'}')?;
        }
        Some(())
    }

    /// Goes on behind the members that were read before and their commas, up to one that was not, or is the last. A comma of
    /// the next line ends none of them: what was read of a line has no end of a line.
    #[inline]
    fn known_members(&mut self, seen: &mut u32, facts: &mut FactValues) -> Option<()> {
        // Who writes a blank behind a colon writes one behind a comma.
        let has_blanks = matches!(self.bytes[..self.at], [.., b' ', b'{']);
        let gap = 1 + usize::from(has_blanks);
        self.commas.find(self.text, self.at, self.bytes.len(), gap);
        let mut at = self.at;
        while let Some(rest) = self.text.get(at..) {
            let length = self.commas.behind(at);
            let Some((place, value)) = self.members.find_whole(rest, length) else {
                break;
            };
            is_new(seen, place)?;
            facts[place] = Some(value);
            at += length + ",".len();
            if has_blanks {
                if self.text.get(at) != Some(&b' ') {
                    break;
                }
                at += 1;
            }
        }
        self.at = at;
        Some(())
    }

    /// A fact by its place, and its value.
    fn member(&mut self) -> Option<(usize, Option<FactValue>)> {
        self.peek()?;
        let rest = self.text.get(self.at..)?;
        if let Some((place, value, length)) = self.members.find(rest)
            && self.at + length <= self.bytes.len()
        {
            self.at += length;
            return Some((place, Some(value)));
        }
        self.new_member()
    }

    #[inline(never)]
    fn new_member(&mut self) -> Option<(usize, Option<FactValue>)> {
        let begin = self.at;
        let place = self.name()?.fact()?;
        let value = self.value(place)?;
        if let Some(value) = value {
            self.members
                .note(&self.text[begin..], self.at - begin, place, value);
        }
        Some((place, value))
    }

    #[inline]
    fn value(&mut self, place: usize) -> Option<Option<FactValue>> {
        let next = self.peek()?;
        // What most values are comes first.
        if next == b'"' && self.vocabulary.is_choice(place) {
            return Some(Some(FactValue::Choice(self.word()?.word(place)? as u32)));
        }
        let fact = FactId::CASE_FILE[place];
        Some(Some(match (fact.declaration().kind, next) {
            (FactKind::Choice(words), b't' | b'f') => FactValue::Choice(self.truth(words)? as u32),
            (FactKind::Place, b'"') => FactValue::Place(self.gazetteer.find(&self.string()?)?),
            (FactKind::Set(_), b'[') => FactValue::Set(self.members(fact)?),
            (FactKind::WholeNumber { least, most }, b'0'..=b'9') => {
                let number = self.whole_number()?;
                (least..=most).contains(&number).then_some(())?;
                FactValue::Number(i32::try_from(number).ok()?)
            }
            (_, b'n') => return self.is_null().then_some(None),
            _ => return None,
        }))
    }

    fn date(&mut self) -> Option<Date> {
        // No date has an escape or a character that is not of ASCII, but it may be written with some.
        if let Some([b'"', day @ .., b'"']) = self.bytes.get(self.at..self.at + DATE_BYTES)
            && let Some(date) = calendar_day(day)
        {
            self.at += DATE_BYTES;
            return Some(date);
        }
        calendar_day(self.string()?.as_bytes())
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
            members |= 1 << word.word(fact as usize)?;
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
        self.at += token.length;
        let is_whole = self.bytes.get(self.at) == Some(&b'"');
        let word = self.vocabulary.find(token);
        self.at += 1;
        word.filter(|_| is_whole)
    }

    /// What stands here before the next quote. Of a text with escapes that is only a part, and no word.
    #[inline]
    fn token(&self) -> Token<'t> {
        let rest = &self.bytes[self.at..];
        let sixteen = match rest.first_chunk() {
            Some(sixteen) => u128::from_le_bytes(*sixteen),
            None => last(self.bytes, rest.len()),
        };
        // How long a word is cannot be guessed, so nothing branches on it, but for the few that are longer.
        let length = before_quote(sixteen);
        if length < 16 {
            return Token {
                begin: sixteen & BEGINS[length][0],
                length,
                bytes: rest,
            };
        }
        let more = rest.get(16..).and_then(|rest| rest.first_chunk());
        let more = more.map_or(16, |sixteen| before_quote(u128::from_le_bytes(*sixteen)));
        let far = || rest.iter().skip(16).take_while(|byte| **byte != b'"').count();
        Token {
            begin: sixteen,
            length: 16 + if more < 16 { more } else { far() },
            bytes: rest,
        }
    }

    /// The place of the word that a truth value writes.
    fn truth(&mut self, words: &[Word]) -> Option<usize> {
        let mut truths = ["true", "false"].into_iter();
        Word::place(words, truths.find(|truth| self.is_literal(truth))?)
    }

    /// A text that no rule reads, or none.
    fn note(&mut self) -> Option<()> {
        if self.peek() != Some(b'"') {
            return self.is_null().then_some(());
        }
        match plain(&self.text[self.at + 1..]) {
            Plain {
                length,
                is_ascii: true,
            } if self.bytes.get(self.at + 1 + length) == Some(&b'"') => self.at += length + 2,
            _ => drop(self.string()?),
        }
        Some(())
    }

    /// A text. Whatever else stands in a line is one of few characters, so that only texts can be no Unicode.
    fn string(&mut self) -> Option<Cow<'t, str>> {
        self.is_next(b'"').then_some(())?;
        let (bytes, begin) = (self.bytes, self.at);
        let mut end = begin + plain(&self.text[begin..]).length;
        if bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
            return std::str::from_utf8(&bytes[begin..end]).ok().map(Cow::Borrowed);
        }
        // What escapes mean, and what is none, the crate for JSON knows.
        while bytes.get(end) == Some(&b'\\') {
            end += 2;
            end += plain(self.text.get(end..)?).length;
        }
        self.at = end + 1;
        let written = bytes.get(begin - 1..self.at)?;
        serde_json::from_slice(written).ok().map(Cow::Owned)
    }

    fn whole_number(&mut self) -> Option<i64> {
        let begin = self.at;
        let mut number = 0_i64;
        while let Some(digit @ b'0'..=b'9') = self.bytes.get(self.at) {
            number = number.checked_mul(10)?.checked_add((digit - b'0').into())?;
            self.at += 1;
        }
        let has_leading_zero = self.bytes[begin] == b'0' && self.at > begin + 1;
        (!has_leading_zero).then_some(number)
    }

    fn is_null(&mut self) -> bool {
        self.peek() == Some(b'n') && self.is_literal("null")
    }

    /// Goes on behind a word without quotes, if it stands here. What must not follow on it is found by what reads on.
    fn is_literal(&mut self, word: &str) -> bool {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let is_here = rest.starts_with(word.as_bytes());
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
        let next = *self.bytes.get(self.at)?;
        if next > b' ' {
            return Some(next);
        }
        self.skip_blanks();
        self.bytes.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }
}

/// Each key as it usually stands in a line, with its quotes and the colon, and how long that is: sixteen bytes at most.
const WRITTEN_KEYS: [(u128, usize); KEYS.len()] = {
    let mut written = [(0, 0); KEYS.len()];
    let mut place = 0;
    while place < KEYS.len() {
        let key = KEYS[place].as_bytes();
        let mut sixteen = [0; 16];
        sixteen[0] = b'"';
        let mut at = 0;
        while at < key.len() {
            sixteen[at + 1] = key[at];
            at += 1;
        }
        sixteen[at + 1] = b'"';
        sixteen[at + 2] = b':';
        written[place] = (u128::from_le_bytes(sixteen), at + 3);
        place += 1;
    }
    written
};

/// How long a date is with its quotes.
const DATE_BYTES: usize = "\"2025-09-15\"".len();

/// Notes that a key was seen; `None` where it was before.
fn is_new(seen: &mut u32, place: usize) -> Option<()> {
    let bit = 1 << place;
    let is_new = *seen & bit == 0;
    *seen |= bit;
    is_new.then_some(())
}

/// The last bytes of a text, fewer than sixteen, and nothing behind them.
#[cold]
fn last(bytes: &[u8], length: usize) -> u128 {
    let mut sixteen = [0; 16];
    sixteen[..length].copy_from_slice(&bytes[bytes.len() - length..]);
    u128::from_le_bytes(sixteen)
}
