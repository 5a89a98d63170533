//! The words that a rule script may use, and what each can mean.

use super::outline::Subject;
use crate::facts::{Aspect, FactId, FactKind, NO_CERCLE};
use crate::gazetteer::Gazetteer;
use std::collections::HashMap;
use std::sync::Arc;

/// A conclusion and its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConclusionWords {
    /// The name of the conclusion.
    pub name: String,
    /// Its values, in the declared order.
    pub values: Vec<String>,
}

/// The words of a policy: conclusions and their values, flags, locators, and the domains of all facts.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    conclusions: Vec<ConclusionWords>,
    flags: Vec<String>,
    locators: Vec<String>,
    place_of_locator: HashMap<String, usize>,
    gazetteer: Arc<Gazetteer>,
    /// For each word the lists in which it stands; two words of no common list can never be equal.
    lists_of_word: HashMap<String, Vec<usize>>,
}

impl Vocabulary {
    /// Brings the words of a policy together.
    pub fn new(
        conclusions: Vec<ConclusionWords>,
        flags: Vec<String>,
        locators: Vec<String>,
        gazetteer: Arc<Gazetteer>,
    ) -> Self {
        let mut lists: Vec<Vec<String>> = conclusions.iter().map(|c| c.values.clone()).collect();
        for fact in FactId::ALL {
            if let FactKind::Choice(words) | FactKind::Set(words) = fact.declaration().kind {
                lists.push(words.iter().map(|word| word.word.to_owned()).collect());
            }
        }
        // Regions of both maps are compared with each other.
        let regions = gazetteer
            .map()
            .regions
            .iter()
            .chain(&gazetteer.later_map().regions);
        lists.push(regions.cloned().collect());
        let no_cercle = std::iter::once(NO_CERCLE);
        lists.push(gazetteer.cercles().chain(no_cercle).map(str::to_owned).collect());

        let mut lists_of_word = HashMap::<String, Vec<usize>>::new();
        for (index, list) in lists.into_iter().enumerate() {
            for word in list {
                lists_of_word.entry(word).or_default().push(index);
            }
        }
        Self {
            conclusions,
            flags,
            place_of_locator: locators
                .iter()
                .enumerate()
                .map(|(place, locator)| (locator.clone(), place))
                .collect(),
            locators,
            gazetteer,
            lists_of_word,
        }
    }

    /// The conclusions, in the declared order.
    pub fn conclusions(&self) -> &[ConclusionWords] {
        &self.conclusions
    }

    /// The flags, in the declared order.
    pub fn flags(&self) -> &[String] {
        &self.flags
    }

    /// Everything that can be cited.
    pub fn locators(&self) -> &[String] {
        &self.locators
    }

    /// The place of a locator among [`Self::locators`].
    pub fn locator(&self, locator: &str) -> Option<usize> {
        self.place_of_locator.get(locator).copied()
    }

    /// The gazetteer.
    pub fn gazetteer(&self) -> &Arc<Gazetteer> {
        &self.gazetteer
    }

    /// Whether a value of a fact or a conclusion, or a region or cercle, has this name.
    pub fn is_value(&self, word: &str) -> bool {
        self.lists_of_word.contains_key(word)
    }

    /// Every value that a fact or a conclusion can have.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.lists_of_word.keys().map(String::as_str)
    }

    /// The words that a fact or a question can be, as a script sees it; `None` where it is not a word or is not known.
    pub fn words_of(&self, subject: &Subject) -> Option<Vec<&str>> {
        match subject {
            Subject::Question(name) => {
                let question = self
                    .conclusions
                    .iter()
                    .find(|conclusion| conclusion.name == *name)?;
                Some(question.values.iter().map(String::as_str).collect())
            }
            Subject::Fact(name) => match readable(name)? {
                (_, Aspect::Region) => {
                    Some(self.gazetteer.map().regions.iter().map(String::as_str).collect())
                }
                (_, Aspect::LaterRegion) => Some(
                    self.gazetteer
                        .later_map()
                        .regions
                        .iter()
                        .map(String::as_str)
                        .collect(),
                ),
                (_, Aspect::Cercle) => Some(self.gazetteer.cercles().chain([NO_CERCLE]).collect()),
                (fact, _) => match fact.declaration().kind {
                    FactKind::Choice(words) => Some(words.iter().map(|word| word.word).collect()),
                    _ => None,
                },
            },
        }
    }

    /// Whether two words can ever be equal: some list has both.
    pub fn comparable(&self, one: &str, other: &str) -> bool {
        let lists = |word| self.lists_of_word.get(word).map_or(&[][..], Vec::as_slice);
        lists(one).iter().any(|list| lists(other).contains(list))
    }
}

/// What a script can read under a name: the facts, and two more readings of `region`.
pub(super) fn readable(name: &str) -> Option<(FactId, Aspect)> {
    match name {
        "cercle" => Some((FactId::Region, Aspect::Cercle)),
        "region_2023" => Some((FactId::Region, Aspect::LaterRegion)),
        _ => {
            let fact = FactId::named(name)?;
            let aspect = match fact.declaration().kind {
                FactKind::Place => Aspect::Region,
                _ => Aspect::Word,
            };
            Some((fact, aspect))
        }
    }
}
