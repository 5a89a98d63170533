//! Numbers for texts that occur often, so that many cases are counted by numbers.

use super::deciding::Answer;
use crate::evaluate::Determination;
use crate::report::SharedTexts;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Texts and lists of sentences by number, and what is kept of each answer; all threads of a batch use the same.
#[derive(Debug, Default)]
pub struct Names {
    known: Mutex<Known>,
    /// What is kept of each determination, by where it lies in memory; there it stays while it is kept here.
    answers: Mutex<FxHashMap<usize, (Arc<Determination>, Answer)>>,
    /// The texts of the answers, for lines.
    pub(super) texts: Arc<SharedTexts>,
}

/// So many answers are kept for all threads; the others each thread makes for itself.
const MOST_ANSWERS: usize = 1 << 16;

#[derive(Debug, Default)]
struct Known {
    numbers: FxHashMap<String, u32>,
    texts: Vec<String>,
    /// Lists by the places of their texts.
    list_numbers: FxHashMap<Box<[u32]>, u32>,
    lists: Vec<Box<[u32]>>,
    /// The list that was asked for last.
    room: Vec<u32>,
    /// What was given of all before: as a rule it is the same again.
    #[cfg(feature = "columnar")]
    all: Arc<AllNames>,
}

/// All texts, and all lists by the places of their texts.
#[cfg(feature = "columnar")]
#[derive(Debug, Clone, Default)]
pub(super) struct AllNames {
    pub texts: Vec<String>,
    pub lists: Vec<Box<[u32]>>,
}

impl Known {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        self.texts.push(text.to_owned());
        let number = self.texts.len() as u32;
        self.numbers.insert(text.to_owned(), number);
        number
    }

    fn list<'t>(&mut self, list: impl Iterator<Item = &'t str>) -> u32 {
        let mut room = std::mem::take(&mut self.room);
        room.clear();
        room.extend(list.map(|text| self.number(text) - 1));
        let number = match self.list_numbers.get(&room[..]) {
            Some(number) => *number,
            None => {
                let number = self.lists.len() as u32;
                self.lists.push(room.as_slice().into());
                self.list_numbers.insert(room.as_slice().into(), number);
                number
            }
        };
        self.room = room;
        number
    }
}

impl Names {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is kept of a determination, made now if no thread has made it.
    pub(super) fn answer(&self, determination: &Arc<Determination>, make: impl FnOnce() -> Answer) -> Answer {
        let answers = || self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let at = Arc::as_ptr(determination) as usize;
        if let Some((_, answer)) = answers().get(&at) {
            return answer.clone();
        }
        let made = make();
        let mut answers = answers();
        if answers.len() < MOST_ANSWERS {
            answers.insert(at, (determination.clone(), made.clone()));
        }
        made
    }

    /// The number of a text, from 1; 0 stands for no text.
    pub(super) fn number(&self, text: Option<&str>) -> u32 {
        text.map_or(0, |text| self.known().number(text))
    }

    /// The text of a number.
    pub(super) fn text(&self, number: u32) -> Option<String> {
        Some(self.known().texts[(number as usize).checked_sub(1)?].clone())
    }

    /// The number of a list of texts, from 0.
    pub(super) fn list<'t>(&self, list: impl IntoIterator<Item = &'t str>) -> u32 {
        self.known().list(list.into_iter())
    }

    /// All of them.
    #[cfg(feature = "columnar")]
    pub(super) fn all(&self) -> Arc<AllNames> {
        let mut known = self.known();
        let lists = known.lists[known.all.lists.len()..].to_vec();
        let texts = known.texts[known.all.texts.len()..].to_vec();
        if !lists.is_empty() || !texts.is_empty() {
            let all = Arc::make_mut(&mut known.all);
            all.texts.extend(texts);
            all.lists.extend(lists);
        }
        known.all.clone()
    }

    /// The list of a number.
    pub(super) fn listed(&self, number: u32) -> Vec<String> {
        let known = self.known();
        let texts = known.lists[number as usize].iter();
        texts.map(|text| known.texts[*text as usize].clone()).collect()
    }
}
