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
    words: Vec<Known>,
}

/// Some times as many as there are words, so that nearly each stands in its own.
const SLOTS: usize = 1024;
/// Stands for no meaning.
const NONE: u8 = u8::MAX;

/// What a word can mean.
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
    /// All of it.
    pub bytes: &'t [u8],
    /// The first sixteen bytes, or as many as there are.
    pub begin: u128,
}

impl<'t> Token<'t> {
    fn of(text: &'t str) -> Self {
        let mut begin = [0; 16];
        let length = text.len().min(16);
        begin[..length].copy_from_slice(&text.as_bytes()[..length]);
        Self {
            bytes: text.as_bytes(),
            begin: u128::from_le_bytes(begin),
        }
    }

    fn slot(self) -> usize {
        let both = self.begin as u64 ^ (self.begin >> 64) as u64 ^ self.bytes.len() as u64;
        // The golden ratio spreads what differs anywhere over the high bits.
        (both.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize % SLOTS
    }
}

impl Vocabulary {
    fn new() -> Self {
        let mut vocabulary = Self {
            slots: [0; SLOTS],
            words: Vec::new(),
        };
        for (place, key) in KEYS.iter().enumerate() {
            vocabulary.known(key).key = place as u8;
        }
        for (place, fact) in FactId::CASE_FILE.iter().enumerate() {
            vocabulary.known(fact.name()).fact = place as u8;
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
        vocabulary
    }

    /// What is known of a word, also if that is nothing yet.
    fn known(&mut self, text: &'static str) -> &mut Known {
        let token = Token::of(text);
        let place = match self.place(token) {
            Ok(place) => place,
            Err(slot) => {
                self.words.push(Known {
                    text,
                    begin: token.begin,
                    key: NONE,
                    fact: NONE,
                    word: [NONE; FactId::CASE_FILE.len()],
                });
                self.slots[slot] = self.words.len() as u8;
                self.words.len() - 1
            }
        };
        &mut self.words[place]
    }

    /// The place of a word, or the slot where it would stand.
    #[inline]
    fn place(&self, token: Token<'_>) -> Result<usize, usize> {
        let mut slot = token.slot();
        loop {
            let Some(place) = usize::from(self.slots[slot]).checked_sub(1) else {
                return Err(slot);
            };
            let known = &self.words[place];
            let is_it = known.begin == token.begin
                && known.text.len() == token.bytes.len()
                && (token.bytes.len() <= 16 || known.text.as_bytes() == token.bytes);
            if is_it {
                return Ok(place);
            }
            slot = (slot + 1) % SLOTS;
        }
    }

    /// What a word can mean; `None` where no case file has it.
    #[inline]
    pub fn find(&self, token: Token<'_>) -> Option<&Known> {
        self.place(token).ok().map(|place| &self.words[place])
    }
}

impl Known {
    /// Its place among the keys of a case file.
    pub fn key(&self) -> Option<usize> {
        (self.key != NONE).then_some(self.key.into())
    }

    /// Its place among the facts.
    pub fn fact(&self) -> Option<usize> {
        (self.fact != NONE).then_some(self.fact.into())
    }

    /// Its place in the list of words of a fact.
    pub fn word(&self, fact: FactId) -> Option<usize> {
        let place = self.word[fact as usize];
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
                assert_eq!(known.word(*fact), place, "{text} of {fact:?}");
            }
            for other in [&format!("{text}x"), &text[1..], &text.to_uppercase(), "Y\0"] {
                let is_known = VOCABULARY.words.iter().any(|known| known.text == other);
                assert_eq!(VOCABULARY.find(Token::of(other)).is_some(), is_known, "{other}");
            }
        }
    }
}
