//! What a fact can be: one word, several words, a whole number, a date or a place.

use super::choice::{
    ActorOfHarm, Choice, Factor, Finding, Met, Nationality, PickedBy, Procedure, Word, YesNo,
};
use crate::gazetteer::{Gazetteer, PlaceIndex};
use jiff::civil::{Date, date};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use std::fmt;

/// What a fact can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactKind {
    /// One word out of a list.
    Choice(&'static [Word]),
    /// Any of the words of a list, also none.
    Set(&'static [Word]),
    /// A whole number between two bounds, both allowed.
    WholeNumber {
        /// The least number.
        least: i64,
        /// The greatest number.
        most: i64,
    },
    /// A date of the calendar.
    Date,
    /// A name of the gazetteer.
    Place,
}

/// The value of a fact in the form in which rules ask for it. It takes eight bytes, also where it may be absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactValue {
    /// The place of the word in the list.
    Choice(u32),
    /// A bit for each word of the list.
    Set(u32),
    /// A whole number; a date as days since 1970-01-01.
    Number(i32),
    /// A place of the gazetteer.
    Place(PlaceIndex),
}

impl FactValue {
    /// The value of a date.
    pub fn of_date(date: Date) -> Self {
        // The years of the calendar, -9999 to 9999, have fewer days than this holds.
        Self::Number(days_of(date) as i32)
    }
}

/// A Rust type that a fact can have.
pub trait FactType {
    /// What the fact can be.
    const KIND: FactKind;
    /// The value as rules ask for it; `None` for a place that the gazetteer does not have.
    fn value(&self, gazetteer: &Gazetteer) -> Option<FactValue>;
}

macro_rules! choice_facts {
    ($($choice:ty),*) => {$(
        impl FactType for $choice {
            const KIND: FactKind = FactKind::Choice(<$choice as Choice>::WORDS);

            fn value(&self, _: &Gazetteer) -> Option<FactValue> {
                Some(FactValue::Choice(self.index() as u32))
            }
        }
    )*};
}

choice_facts!(Nationality, YesNo, Finding, Met, Procedure, PickedBy);

/// The name of a place as the case file gives it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct PlaceName(pub String);

impl FactType for PlaceName {
    const KIND: FactKind = FactKind::Place;

    fn value(&self, gazetteer: &Gazetteer) -> Option<FactValue> {
        gazetteer.find(&self.0).map(FactValue::Place)
    }
}

/// An age in whole years, 0 to 150.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age(pub u8);

const OLDEST: u8 = 150;

impl<'de> Deserialize<'de> for Age {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u8::deserialize(deserializer)? {
            age if age <= OLDEST => Ok(Self(age)),
            age => Err(D::Error::custom(format!("an age of {age} years"))),
        }
    }
}

impl FactType for Age {
    const KIND: FactKind = FactKind::WholeNumber {
        least: 0,
        most: OLDEST as i64,
    };

    fn value(&self, _: &Gazetteer) -> Option<FactValue> {
        Some(FactValue::Number(self.0.into()))
    }
}

/// The day that `YYYY-MM-DD` writes.
pub fn calendar_day(text: impl AsRef<[u8]>) -> Option<Date> {
    // By hand: it is this form and no other, and every case of a load has a date.
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_ref() else {
        return None;
    };
    let digits = [y1, y2, y3, y4, m1, m2, d1, d2];
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = |digits: &[u8]| {
        let digits = digits.iter().map(|digit| i16::from(digit - b'0'));
        digits.fold(0, |number, digit| number * 10 + digit)
    };
    let (month, day) = (number(&digits[4..6]) as i8, number(&digits[6..]) as i8);
    Date::new(number(&digits[..4]), month, day).ok()
}

/// A date as days since 1970-01-01, the form in which rules compare it.
pub fn days_of(day: Date) -> i64 {
    day.duration_since(date(1970, 1, 1)).as_hours() / 24
}

/// The date of a number of days since 1970-01-01; `None` outside the years -9999 to 9999.
pub fn date_of(days: i64) -> Option<Date> {
    date(1970, 1, 1)
        .checked_add(jiff::SignedDuration::from_hours(days.checked_mul(24)?))
        .ok()
}

/// The first and last day that a date can be, as days since 1970-01-01.
pub fn days_of_calendar() -> (i64, i64) {
    (days_of(Date::MIN), days_of(Date::MAX))
}

impl FactType for Date {
    const KIND: FactKind = FactKind::Date;

    fn value(&self, _: &Gazetteer) -> Option<FactValue> {
        Some(FactValue::of_date(*self))
    }
}

impl FactType for Vec<ActorOfHarm> {
    const KIND: FactKind = FactKind::Set(ActorOfHarm::WORDS);

    fn value(&self, _: &Gazetteer) -> Option<FactValue> {
        Some(FactValue::Set(
            self.iter().fold(0, |bits, actor| bits | 1 << actor.index()),
        ))
    }
}

/// An individual circumstance: its factor, with a note that no rule reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circumstance {
    /// The factor.
    pub factor: Factor,
    /// The note, for people only.
    pub note: Option<String>,
}

impl FactType for Vec<Circumstance> {
    const KIND: FactKind = FactKind::Set(Factor::WORDS);

    fn value(&self, _: &Gazetteer) -> Option<FactValue> {
        Some(FactValue::Set(self.iter().fold(0, |bits, circumstance| {
            bits | 1 << circumstance.factor.index()
        })))
    }
}

impl<'de> Deserialize<'de> for Circumstance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FactorOrNote;

        impl<'de> Visitor<'de> for FactorOrNote {
            type Value = Circumstance;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a factor, or `factor: note`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Circumstance, E> {
                let factor =
                    Factor::written(text).ok_or_else(|| E::custom(format!("unknown factor `{text}`")))?;
                Ok(Circumstance { factor, note: None })
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Circumstance, M::Error> {
                let Some((factor, note)) = map.next_entry::<Factor, Option<String>>()? else {
                    return Err(M::Error::custom("no factor"));
                };
                if map.next_key::<Factor>()?.is_some() {
                    return Err(M::Error::custom("more than one factor in one item"));
                }
                Ok(Circumstance { factor, note })
            }
        }

        deserializer.deserialize_any(FactorOrNote)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_days_go_both_ways() {
        let (first, last) = days_of_calendar();
        for day in [date(1970, 1, 1), date(2025, 12, 31), Date::MIN, Date::MAX] {
            assert_eq!(date_of(days_of(day)), Some(day));
            assert!((first..=last).contains(&days_of(day)));
        }
        assert_eq!(days_of(date(1970, 1, 2)), 1);
    }
}
