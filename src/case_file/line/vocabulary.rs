//! The words that a case file can hold, each found at the first look whichever it is: of words that could all stand at a
//! place, and often do, no processor guesses the next.

use super::super::KEYS;
use crate::facts::{FactId, FactKind};
use std::sync::LazyLock;

/// Every key, name of a fact and word of a list.
pub(super) static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::new);

/// Words by their length and first sixteen bytes.
pub(super) struct Vocabulary {
    /// The place of a word, from 1; 0 where there is none. Where two want the same slot one stands in the next.
    slots: [u8; SLOTS],
    /// What spreads the words over the slots.
    factor: u64,
    words: Vec<Known>,
    /// A bit for each fact that is a word of a list.
    choices: u32,
}

/// Many times as many as there are words, so that a factor is soon found with which each stands in its own.
const SLOTS: usize = 1 << SLOT_BITS;
const SLOT_BITS: u32 = 12;
/// So many factors are tried.
const MOST_FACTORS: u32 = 20_000;
/// Stands for no meaning.
const NONE: u8 = u8::MAX;

/// What a word can mean. It begins where a line of the cache does.
#[repr(align(64))]
pub(super) struct Known {
    text: &'static str,
    begin: u128,
    key: u8,
    fact: u8,
    /// For each fact its place in the list of words.
    word: [u8; FactId::CASE_FILE.len()],
}

/// A word of a line, as it stands there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'t> {
    /// The first sixteen bytes, or as many as there are.
    pub begin: u128,
    /// How long it is.
    pub length: usize,
    /// The text from its beginning.
    pub bytes: &'t [u8],
}

impl<'t> Token<'t> {
    fn of(text: &'t str) -> Self {
        let mut begin = [0; 16];
        let length = text.len().min(16);
        begin[..length].copy_from_slice(&text.as_bytes()[..length]);
        Self {
            begin: u128::from_le_bytes(begin),
            length: text.len(),
            bytes: text.as_bytes(),
        }
    }

    #[inline]
    fn slot(self, factor: u64) -> usize {
        let both = self.begin as u64 ^ (self.begin >> 64) as u64 ^ self.length as u64;
        // The high bits of the product are those in which anything that differs makes a difference.
        (both.wrapping_mul(factor) >> (u64::BITS - SLOT_BITS)) as usize
    }

    #[inline]
    fn is(self, known: &Known) -> bool {
        known.begin == self.begin
            && known.text.len() == self.length
            && (self.length <= 16 || self.bytes.starts_with(known.text.as_bytes()))
    }
}

impl Vocabulary {
    fn new() -> Self {
        let mut vocabulary = Self {
            slots: [0; SLOTS],
            factor: 0,
            words: Vec::new(),
            choices: 0,
        };
        for (place, key) in KEYS.iter().enumerate() {
            vocabulary.known(key).key = place as u8;
        }
        for (place, fact) in FactId::CASE_FILE.iter().enumerate() {
            vocabulary.known(fact.name()).fact = place as u8;
            let is_choice = matches!(fact.declaration().kind, FactKind::Choice(_));
            vocabulary.choices |= u32::from(is_choice) << place;
            let (FactKind::Choice(words) | FactKind::Set(words)) = fact.declaration().kind else {
                continue;
            };
            // The first that is written so, as in a search from the beginning.
            for (of_word, word) in words.iter().enumerate().rev() {
                for text in word.also.iter().chain([&word.word]) {
                    vocabulary.known(text).word[place] = of_word as u8;
                }
            }
        }
        vocabulary.spread();
        vocabulary
    }

    /// What is known of a word, also if that is nothing yet.
    fn known(&mut self, text: &'static str) -> &mut Known {
        let place = self.words.iter().position(|known| known.text == text);
        let place = place.unwrap_or_else(|| {
            self.words.push(Known {
                text,
                begin: Token::of(text).begin,
                key: NONE,
                fact: NONE,
                word: [NONE; FactId::CASE_FILE.len()],
            });
            self.words.len() - 1
        });
        &mut self.words[place]
    }

    /// Gives each word a slot of its own if it can: a processor that need not look further need not guess whether.
    fn spread(&mut self) {
        // The golden ratio, and steps of it, which are as even as it.
        const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
        for step in 1..=MOST_FACTORS {
            self.factor = GOLDEN.wrapping_mul(u64::from(2 * step - 1));
            self.slots = [0; SLOTS];
            let mut are_alone = true;
            for (place, known) in self.words.iter().enumerate() {
                let mut slot = Token::of(known.text).slot(self.factor);
                while self.slots[slot] != 0 {
                    are_alone = false;
                    slot = (slot + 1) % SLOTS;
                }
                self.slots[slot] = place as u8 + 1;
            }
            if are_alone {
                return;
            }
        }
    }

    /// What a word can mean; `None` where no case file has it.
    #[inline]
    pub fn find(&self, token: Token<'_>) -> Option<&Known> {
        let mut slot = token.slot(self.factor);
        loop {
            let place = usize::from(self.slots[slot]).checked_sub(1)?;
            let known = &self.words[place];
            if token.is(known) {
                return Some(known);
            }
            slot = (slot + 1) % SLOTS;
        }
    }

    /// Whether a fact, by its place, is a word of a list.
    #[inline]
    pub fn is_choice(&self, fact: usize) -> bool {
        self.choices >> fact & 1 != 0
    }
}

impl Known {
    /// Its place among the keys of a case file.
    #[inline]
    pub fn key(&self) -> Option<usize> {
        (self.key != NONE).then_some(self.key.into())
    }

    /// Its place among the facts.
    #[inline]
    pub fn fact(&self) -> Option<usize> {
        (self.fact != NONE).then_some(self.fact.into())
    }

    /// Its place in the list of words of a fact, which is given by its place.
    #[inline]
    pub fn word(&self, fact: usize) -> Option<usize> {
        let place = self.word[fact];
        (place != NONE).then_some(place.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Word;

    #[test]
    fn every_word_means_what_a_search_in_the_lists_finds() {
        let texts: Vec<&str> = VOCABULARY.words.iter().map(|known| known.text).collect();
        assert!(texts.len() * 4 < SLOTS && texts.len() < usize::from(NONE));
        for (place, text) in texts.iter().enumerate() {
            let own = VOCABULARY.slots[Token::of(text).slot(VOCABULARY.factor)];
            assert_eq!(usize::from(own), place + 1, "{text} has a slot of its own");
        }
        for text in texts {
            let known = VOCABULARY.find(Token::of(text)).unwrap();
            assert_eq!(known.key(), KEYS.iter().position(|key| *key == text));
            let facts = FactId::CASE_FILE;
            assert_eq!(known.fact(), facts.iter().position(|fact| fact.name() == text));
            for fact in facts {
                let place = match fact.declaration().kind {
                    FactKind::Choice(words) | FactKind::Set(words) => Word::place(words, text),
                    _ => None,
                };
                assert_eq!(known.word(*fact as usize), place, "{text} of {fact:?}");
            }
            for other in [&format!("{text}x"), &text[1..], &text.to_uppercase(), "Y\0"] {
                let is_known = VOCABULARY.words.iter().any(|known| known.text == other);
                assert_eq!(VOCABULARY.find(Token::of(other)).is_some(), is_known, "{other}");
            }
        }
    }
}
