//! Reading a line of JSON straight into the values of its facts, without texts in between.
//!
//! It takes what [`CaseFile`](super::CaseFile) takes in its usual form, and gives the same; of anything else it gives
//! nothing, and the line is read in the other way, which says what is wrong.

use super::{CaseRecord, calendar_day, is_blank};
use crate::facts::{FactId, FactKind, FactValue, FactValues, Word};
use crate::gazetteer::Gazetteer;
use jiff::civil::Date;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// The case of a line; `None` where it must be read in the other way.
pub(super) fn read(text: &str, gazetteer: &Gazetteer) -> Option<CaseRecord> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let record = Line(gazetteer).deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(record)
}

/// What makes a line be read in the other way; nobody sees it.
fn other_way<E: Error>() -> E {
    E::custom("not in its usual form")
}

macro_rules! expecting {
    ($what:literal) => {
        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str($what)
        }
    };
}

/// Reads a value with a visitor of its own kind.
macro_rules! seed {
    ($seed:ident $(<$life:lifetime>)?, $value:ty, $method:ident) => {
        impl<'de> DeserializeSeed<'de> for $seed $(<$life>)? {
            type Value = $value;

            fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<$value, D::Error> {
                deserializer.$method(self)
            }
        }
    };
}

struct Line<'g>(&'g Gazetteer);

seed!(Line<'_>, CaseRecord, deserialize_map);

impl<'de> Visitor<'de> for Line<'_> {
    type Value = CaseRecord;

    expecting!("a case");

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<CaseRecord, M::Error> {
        let (mut case, mut decision_date, mut facts) = (None, None, None);
        let mut has_notes = false;
        while let Some(key) = map.next_key_seed(Key)? {
            match key {
                OwnKey::Case if case.is_none() => case = Some(map.next_value::<String>()?),
                OwnKey::DecisionDate if decision_date.is_none() => {
                    decision_date = Some(map.next_value_seed(DecisionDate)?);
                }
                OwnKey::Facts if facts.is_none() => facts = Some(map.next_value_seed(FactsOf(self.0))?),
                OwnKey::Notes if !has_notes => {
                    has_notes = true;
                    map.next_value_seed(Note)?;
                }
                _ => return Err(other_way()),
            }
        }
        Ok(CaseRecord {
            case: case.filter(|case| !is_blank(case)).ok_or_else(other_way)?,
            decision_date: decision_date.unwrap_or_default(),
            facts: facts.unwrap_or_default(),
        })
    }
}

enum OwnKey {
    Case,
    DecisionDate,
    Facts,
    Notes,
}

struct Key;

seed!(Key, OwnKey, deserialize_identifier);

impl Visitor<'_> for Key {
    type Value = OwnKey;

    expecting!("a key");

    fn visit_str<E: Error>(self, key: &str) -> Result<OwnKey, E> {
        Ok(match key {
            "case" => OwnKey::Case,
            "decision_date" => OwnKey::DecisionDate,
            "facts" => OwnKey::Facts,
            "notes" => OwnKey::Notes,
            _ => return Err(other_way()),
        })
    }
}

struct DecisionDate;

seed!(DecisionDate, Option<Date>, deserialize_any);

impl Visitor<'_> for DecisionDate {
    type Value = Option<Date>;

    expecting!("a date");

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<Date>, E> {
        calendar_day(text).map(Some).ok_or_else(other_way)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<Date>, E> {
        Ok(None)
    }
}

/// A text that no rule reads, or none.
struct Note;

seed!(Note, (), deserialize_any);

impl Visitor<'_> for Note {
    type Value = ();

    expecting!("a text");

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
}

struct FactsOf<'g>(&'g Gazetteer);

seed!(FactsOf<'_>, FactValues, deserialize_any);

impl<'de> Visitor<'de> for FactsOf<'_> {
    type Value = FactValues;

    expecting!("facts");

    fn visit_unit<E: Error>(self) -> Result<FactValues, E> {
        Ok(FactValues::default())
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<FactValues, M::Error> {
        let mut facts = FactValues::default();
        let mut seen = 0u32;
        let mut next = 0;
        while let Some(fact) = map.next_key_seed(Fact { next })? {
            let bit = 1 << fact as u32;
            if seen & bit != 0 {
                return Err(other_way());
            }
            seen |= bit;
            next = fact as usize + 1;
            let gazetteer = self.0;
            facts[fact as usize] = map.next_value_seed(Value { fact, gazetteer })?;
        }
        Ok(facts)
    }
}

/// The name of a fact. Facts come in the declared order more often than not, so the search begins at the next one.
struct Fact {
    next: usize,
}

seed!(Fact, FactId, deserialize_identifier);

impl Visitor<'_> for Fact {
    type Value = FactId;

    expecting!("the name of a fact");

    fn visit_str<E: Error>(self, name: &str) -> Result<FactId, E> {
        let (before, after) = FactId::CASE_FILE.split_at(self.next);
        let mut facts = after.iter().chain(before).copied();
        facts.find(|fact| fact.name() == name).ok_or_else(other_way)
    }
}

struct Value<'g> {
    fact: FactId,
    gazetteer: &'g Gazetteer,
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = Option<FactValue>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<FactValue>, D::Error> {
        match self.fact.declaration().kind {
            FactKind::Choice(words) => deserializer.deserialize_any(OneOf(words)),
            FactKind::Place => deserializer.deserialize_any(Place(self.gazetteer)),
            FactKind::Set(words) => deserializer.deserialize_any(SetOf {
                words,
                has_notes: self.fact == FactId::IndividualCircumstances,
            }),
            FactKind::WholeNumber { least, most } => deserializer.deserialize_any(Between(least, most)),
            FactKind::Date => Err(other_way()),
        }
    }
}

fn place_of<E: Error>(words: &[Word], text: &str) -> Result<usize, E> {
    Word::place(words, text).ok_or_else(other_way)
}

struct OneOf(&'static [Word]);

impl Visitor<'_> for OneOf {
    type Value = Option<FactValue>;

    expecting!("a word");

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(FactValue::Choice(place_of(self.0, text)?)))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        self.visit_str(if value { "true" } else { "false" })
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

struct Place<'g>(&'g Gazetteer);

impl Visitor<'_> for Place<'_> {
    type Value = Option<FactValue>;

    expecting!("the name of a place");

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        let place = self.0.find(name).ok_or_else(other_way)?;
        Ok(Some(FactValue::Place(place)))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

struct Between(i64, i64);

impl Visitor<'_> for Between {
    type Value = Option<FactValue>;

    expecting!("a whole number");

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        let number = i64::try_from(number).map_err(|_| other_way())?;
        let is_allowed = (self.0..=self.1).contains(&number);
        is_allowed
            .then_some(Some(FactValue::Number(number)))
            .ok_or_else(other_way)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

struct SetOf {
    words: &'static [Word],
    has_notes: bool,
}

impl<'de> Visitor<'de> for SetOf {
    type Value = Option<FactValue>;

    expecting!("a list of words");

    fn visit_seq<S: SeqAccess<'de>>(self, mut items: S) -> Result<Self::Value, S::Error> {
        let mut members = 0;
        while let Some(word) = items.next_element_seed(Member(&self))? {
            members |= 1 << word;
        }
        Ok(Some(FactValue::Set(members)))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// A word of a list, or `word: note`.
struct Member<'s>(&'s SetOf);

seed!(Member<'_>, usize, deserialize_any);

impl<'de> Visitor<'de> for Member<'_> {
    type Value = usize;

    expecting!("a word");

    fn visit_str<E: Error>(self, text: &str) -> Result<usize, E> {
        place_of(self.0.words, text)
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<usize, M::Error> {
        let word = if self.0.has_notes {
            map.next_key_seed(FactorKey(self.0.words))?
        } else {
            None
        };
        let word = word.ok_or_else(other_way)?;
        map.next_value_seed(Note)?;
        match map.next_key::<IgnoredAny>()? {
            None => Ok(word),
            Some(_) => Err(other_way()),
        }
    }
}

struct FactorKey(&'static [Word]);

seed!(FactorKey, usize, deserialize_identifier);

impl Visitor<'_> for FactorKey {
    type Value = usize;

    expecting!("a factor");

    fn visit_str<E: Error>(self, text: &str) -> Result<usize, E> {
        place_of(self.0, text)
    }
}
