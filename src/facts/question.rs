//! What a rule can ask about a fact, and the answers.

use super::{FactId, FactKind};
use crate::gazetteer::Gazetteer;
use std::borrow::Cow;

/// What is asked about a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// Which word it is.
    Word,
    /// Whether a place is recorded at all (optional facts).
    Recorded,
    /// In which region of the source's map the place lies.
    Region,
    /// In which cercle the place lies; `none` where a whole region is given.
    Cercle,
    /// In which region of the later map the place lies.
    LaterRegion,
    /// Whether a number (or a date, in days since 1970-01-01) is this or more.
    AtLeast(i64),
    /// Whether a set has this word (its place in the list).
    Has(u8),
}

/// One question about one fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Question {
    /// The fact asked about.
    pub fact: FactId,
    /// What is asked.
    pub aspect: Aspect,
}

/// The answer to a question: the place of a word, region or cercle in its list; 1 and 0 for yes and no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Answer(pub u32);

impl Answer {
    /// No.
    pub const NO: Self = Self(0);
    /// Yes.
    pub const YES: Self = Self(1);
    /// There is no answer: a place that is not recorded has no region.
    pub const NONE: Self = Self(u32::MAX);

    /// Yes or no.
    pub fn of(yes: bool) -> Self {
        if yes { Self::YES } else { Self::NO }
    }
}

/// What a script gets for the cercle of a place that is a whole region.
pub const NO_CERCLE: &str = "none";

impl Question {
    /// The name under which a script asks, and under which a result shows the answer.
    pub fn name(&self) -> &'static str {
        match self.aspect {
            Aspect::Cercle => "cercle",
            Aspect::LaterRegion => "region_2023",
            _ => self.fact.name(),
        }
    }

    /// The answer as a script and a reader see it.
    pub fn answer_text<'a>(&self, answer: Answer, gazetteer: &'a Gazetteer) -> Cow<'a, str> {
        let index = answer.0 as usize;
        let word = match self.aspect {
            Aspect::Word | Aspect::Has(_) | Aspect::AtLeast(_) | Aspect::Recorded => None,
            _ if answer == Answer::NONE => None,
            Aspect::Region => gazetteer.region_name(index),
            Aspect::Cercle => Some(gazetteer.cercle_name(index).unwrap_or(NO_CERCLE)),
            Aspect::LaterRegion => gazetteer.later_region_name(index),
        };
        match (word, self.aspect, self.fact.declaration().kind) {
            (Some(name), _, _) => Cow::Borrowed(name),
            (None, Aspect::Word, FactKind::Choice(words)) if index < words.len() => {
                Cow::Borrowed(words[index].word)
            }
            (None, Aspect::Has(_) | Aspect::AtLeast(_) | Aspect::Recorded, _) => {
                Cow::Borrowed(if answer == Answer::YES { "yes" } else { "no" })
            }
            _ => Cow::Borrowed("not recorded"),
        }
    }

    /// The question in words, for a trace: `age >= 18`, `actors_of_harm has army`.
    pub fn text(&self) -> String {
        let name = self.name();
        match (self.aspect, self.fact.declaration().kind) {
            (Aspect::AtLeast(days), FactKind::Date) => match super::kind::date_of(days) {
                Some(day) => format!("{name} >= {day}"),
                None => format!("{name} >= day {days}"),
            },
            (Aspect::AtLeast(number), _) => format!("{name} >= {number}"),
            (Aspect::Has(word), FactKind::Set(words)) => {
                format!("{name} has {}", words[usize::from(word)].word)
            }
            (Aspect::Recorded, _) => format!("{name} is recorded"),
            _ => name.to_owned(),
        }
    }
}
