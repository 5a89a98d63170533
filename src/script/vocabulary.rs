//! The words that a rule script may use, and what each can mean.

use crate::facts::{FactId, FactKind};
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
        let no_cercle = std::iter::once(crate::facts::NO_CERCLE);
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
        self.locators.iter().position(|known| known == locator)
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

    /// Whether two words can ever be equal: some list has both.
    pub fn comparable(&self, one: &str, other: &str) -> bool {
        let lists = |word| self.lists_of_word.get(word).map_or(&[][..], Vec::as_slice);
        lists(one).iter().any(|list| lists(other).contains(list))
    }
}
