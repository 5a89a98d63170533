//! The facts that are one word out of a list, or several.

use crate::language::Words;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// One word that a fact can be.
#[derive(Debug, PartialEq, Eq)]
pub struct Word {
    /// The word in case files, scripts and results.
    pub word: &'static str,
    /// Other ways to write it in a case file.
    pub also: &'static [&'static str],
    /// What a reader sees.
    pub label: Words,
}

impl Word {
    /// Whether this text writes the word.
    pub fn is_written(&self, text: &str) -> bool {
        self.word == text || self.also.contains(&text)
    }

    /// The place of the word that this text writes.
    pub fn place(words: &[Self], text: &str) -> Option<usize> {
        words.iter().position(|word| word.is_written(text))
    }
}

/// A fact that is one word out of a list.
pub trait Choice: Copy + 'static {
    /// The words, in the declared order.
    const WORDS: &'static [Word];
    /// The place of this value in [`Self::WORDS`].
    fn index(self) -> usize;
    /// The value at a place of [`Self::WORDS`].
    fn at(index: usize) -> Option<Self>;

    /// The value that a text of a case file writes.
    fn written(text: &str) -> Option<Self> {
        Self::at(Word::place(Self::WORDS, text)?)
    }
}

/// Reads a choice from a word, or from `true` and `false` where the list has them.
pub fn deserialize_choice<'de, C: Choice, D: Deserializer<'de>>(deserializer: D) -> Result<C, D::Error> {
    struct Words<C>(PhantomData<C>);

    impl<C: Choice> Visitor<'_> for Words<C> {
        type Value = C;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            let words: Vec<&str> = C::WORDS.iter().map(|word| word.word).collect();
            write!(formatter, "one of {}", words.join(", "))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<C, E> {
            C::written(text).ok_or_else(|| E::custom(format!("unknown value `{text}`")))
        }

        fn visit_bool<E: Error>(self, value: bool) -> Result<C, E> {
            self.visit_str(if value { "true" } else { "false" })
        }
    }

    deserializer.deserialize_any(Words(PhantomData))
}

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident {
        $($variant:ident = $word:literal $(or $also:literal)* ($nl:literal, $en:literal)),* $(,)?
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $word, "`: ", $en, ".")] $variant,)*
        }

        impl Choice for $name {
            const WORDS: &'static [Word] = &[$(Word {
                word: $word,
                also: &[$($also),*],
                label: Words { nl: $nl, en: $en },
            }),*];

            fn index(self) -> usize {
                self as usize
            }

            fn at(index: usize) -> Option<Self> {
                [$(Self::$variant),*].get(index).copied()
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserialize_choice(deserializer)
            }
        }
    )*};
}

choices! {
    /// The nationality, as far as the policy asks.
    Nationality {
        Mali = "Mali" ("Mali", "Mali"),
        Other = "other" ("andere", "other"),
    }
    /// Yes or no.
    YesNo {
        Yes = "yes" or "ja" or "true" ("ja", "yes"),
        No = "no" or "nee" or "false" ("nee", "no"),
    }
    /// A human finding.
    Finding {
        Established = "established" ("vastgesteld", "established"),
        NotEstablished = "not_established" ("niet vastgesteld", "not established"),
    }
    /// Whether a condition is met.
    Met {
        Met = "met" ("voldaan", "met"),
        NotMet = "not_met" ("niet voldaan", "not met"),
    }
    /// The kinds of procedure.
    Procedure {
        First = "first" ("eerste aanvraag", "first application"),
        Repeat = "repeat" ("opvolgende aanvraag", "repeat application"),
        Renewal = "renewal" ("verlenging", "renewal"),
        Withdrawal = "withdrawal" ("intrekking", "withdrawal"),
    }
    /// The factors under which individual circumstances are recorded.
    Factor {
        Age = "age" ("leeftijd", "age"),
        Gender = "gender" ("geslacht", "gender"),
        Health = "health" ("gezondheid", "health"),
        Occupation = "occupation" ("beroep", "occupation"),
        PlaceOfResidence = "place_of_residence" ("woonplaats", "place of residence"),
        Ethnicity = "ethnicity" ("etniciteit", "ethnicity"),
        FamilyNetwork = "family_network" ("familienetwerk", "family network"),
        EconomicSituation = "economic_situation" ("economische situatie", "economic situation"),
        KnowledgeOfArea = "knowledge_of_area" ("bekendheid met het gebied", "knowledge of the area"),
        Other = "other" ("overig", "other"),
    }
    /// Those from whom harm can come.
    ActorOfHarm {
        Army = "army" ("het leger", "the army"),
        Wagner = "wagner" ("de Wagner Group", "the Wagner Group"),
        Jihadist = "jihadist" ("jihadistische groeperingen", "jihadist groups"),
        Militia = "militia" ("milities", "militias"),
    }
    /// How the policy version was picked.
    PickedBy {
        RecordedDate = "recorded_date" ("inwerkingtreding bekend", "date of entry into force on record"),
        UnrecordedDate = "unrecorded_date" ("inwerkingtreding niet bekend", "date of entry into force not on record"),
        Name = "name" ("genoemd bij het uitvoeren", "named by the user"),
        Newest = "newest" ("nieuwste, zonder datum", "newest, no date given"),
    }
}
