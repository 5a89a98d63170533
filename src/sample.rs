//! Made-up cases, for trials and benchmarks: the same seed always gives the same cases. None is a real person's.

use crate::facts::{FactId, FactKind, date_of, days_of};
use crate::gazetteer::Gazetteer;
use jiff::civil::date;
use serde_json::{Map, Value};
use std::fmt::Write;

/// How facts are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// As a case load may look: most people come from where the violence is, and most findings are made.
    Plausible,
    /// Every value as often as any other, and one fact in four missing.
    Uniform,
}

/// The form of the cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleFormat {
    /// A stream of YAML documents.
    Yaml,
    /// JSON Lines.
    Lines,
    /// CSV with a header.
    Table,
}

/// Made-up cases, one after the other.
#[derive(Debug)]
pub struct Sample<'g> {
    gazetteer: &'g Gazetteer,
    spread: Spread,
    state: u64,
    made: u64,
}

/// A made-up case.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleCase {
    case: String,
    decision_date: Option<String>,
    facts: Vec<(FactId, Value)>,
}

/// Regions with their share of plausible cases, in parts of a hundred; the rest are any places.
const PLAUSIBLE_REGIONS: &[(&str, u64)] = &[
    ("Mopti", 22),
    ("Gao", 16),
    ("Tombouctou", 14),
    ("Ségou", 10),
    ("Bamako", 10),
    ("Ménaka", 7),
    ("Kidal", 6),
    ("Koulikoro", 5),
    ("Kayes", 3),
    ("Sikasso", 2),
];
const PLAUSIBLE_NOTES: &[&str] = &[
    "according to the statement of the person",
    "see the report of the interview, page 4",
    "documents have been submitted",
];

impl<'g> Sample<'g> {
    /// Cases with places of a gazetteer.
    pub fn new(gazetteer: &'g Gazetteer, spread: Spread, seed: u64) -> Self {
        Self {
            gazetteer,
            spread,
            state: seed,
            made: 0,
        }
    }

    /// SplitMix64: the same on every machine and in every version.
    fn next_number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next_number()) * u128::from(bound)) >> 64) as u64
    }

    fn happens(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// How often a fact is given, and how often a choice has its first word, in parts of a hundred.
    fn shares(&self, fact: FactId) -> (u64, u64) {
        match (self.spread, fact) {
            (Spread::Uniform, _) => (75, 0),
            (_, FactId::Nationality) => (99, 97),
            (_, FactId::OriginCredible) => (95, 85),
            (_, FactId::Moratorium) => (97, 2),
            (_, FactId::Exclusion1f) => (95, 2),
            (_, FactId::Region) => (97, 0),
            (_, FactId::BirthRegion | FactId::LastRegion) => (40, 0),
            (_, FactId::Civilian) => (92, 97),
            (_, FactId::RefugeeStatus | FactId::SeriousHarm15ab) => (90, 12),
            (_, FactId::IndividualRisk) => (45, 35),
            (_, FactId::IpaSafe | FactId::IpaAccessible) => (50, 70),
            (_, FactId::IpaReasonable) => (50, 45),
            (_, FactId::Age | FactId::Procedure) => (96, 70),
            _ => (80, 0),
        }
    }

    fn value(&mut self, fact: FactId) -> Value {
        let (_, first) = self.shares(fact);
        match fact.declaration().kind {
            FactKind::Choice(words) => {
                let index = if first > 0 && self.happens(first) {
                    0
                } else if first > 0 {
                    1 + self.below(words.len() as u64 - 1) as usize
                } else {
                    self.below(words.len() as u64) as usize
                };
                Value::from(words[index].word)
            }
            FactKind::Set(words) => {
                let percent = if self.spread == Spread::Uniform { 50 } else { 15 };
                let has_notes = fact == FactId::IndividualCircumstances && self.spread == Spread::Plausible;
                let mut members = Vec::new();
                for word in words {
                    if !self.happens(percent) {
                        continue;
                    }
                    if has_notes && self.happens(50) {
                        let note = PLAUSIBLE_NOTES[self.below(PLAUSIBLE_NOTES.len() as u64) as usize];
                        members.push(Value::Object(Map::from_iter([(
                            word.word.to_owned(),
                            Value::from(note),
                        )])));
                    } else {
                        members.push(Value::from(word.word));
                    }
                }
                Value::Array(members)
            }
            FactKind::WholeNumber { least, most } => {
                let (least, most) = if self.spread == Spread::Uniform {
                    (least, most)
                } else {
                    (14, 52)
                };
                Value::from(least + self.below((most - least + 1) as u64) as i64)
            }
            FactKind::Place => Value::from(self.place(fact)),
            FactKind::Date => Value::Null,
        }
    }

    fn place(&mut self, fact: FactId) -> String {
        if self.spread == Spread::Plausible && fact == FactId::Region {
            let mut drawn = self.below(100);
            for (region, share) in PLAUSIBLE_REGIONS {
                if drawn < *share {
                    return (*region).to_owned();
                }
                drawn -= share;
            }
        }
        let place = self.below(self.gazetteer.places().len() as u64) as usize;
        let place = self.gazetteer.places().nth(place);
        place.map_or_else(String::new, |place| self.gazetteer.place(place).name.clone())
    }
}

impl Iterator for Sample<'_> {
    type Item = SampleCase;

    /// The next case; there is always one.
    fn next(&mut self) -> Option<SampleCase> {
        self.made += 1;
        let is_dated = self.happens(if self.spread == Spread::Plausible { 99 } else { 75 });
        let (first, last) = (days_of(date(2023, 1, 1)), days_of(date(2026, 12, 31)));
        let day = first + self.below((last - first + 1) as u64) as i64;
        let mut facts = Vec::new();
        for fact in FactId::CASE_FILE {
            let (given, _) = self.shares(*fact);
            if self.happens(given) {
                let value = self.value(*fact);
                facts.push((*fact, value));
            }
        }
        Some(SampleCase {
            case: format!("SAMPLE-{:08}", self.made),
            decision_date: is_dated
                .then(|| date_of(day).map(|day| day.to_string()))
                .flatten(),
            facts,
        })
    }
}

impl SampleCase {
    /// Its reference.
    pub fn reference(&self) -> &str {
        &self.case
    }

    /// Its text in a form; a whole document, line or row.
    pub fn text(&self, format: SampleFormat) -> String {
        match format {
            SampleFormat::Yaml => self.yaml(),
            SampleFormat::Lines => {
                let mut case = Map::new();
                case.insert("case".to_owned(), Value::from(self.case.as_str()));
                if let Some(date) = &self.decision_date {
                    case.insert("decision_date".to_owned(), Value::from(date.as_str()));
                }
                let facts = self.facts.iter();
                let facts = facts.map(|(fact, value)| (fact.name().to_owned(), value.clone()));
                case.insert("facts".to_owned(), Value::Object(facts.collect()));
                format!("{}\n", Value::Object(case))
            }
            SampleFormat::Table => {
                let mut cells = vec![self.case.clone(), self.decision_date.clone().unwrap_or_default()];
                for fact in FactId::CASE_FILE {
                    let given = self.facts.iter().find(|(given, _)| given == fact);
                    cells.push(given.map_or_else(String::new, |(_, value)| cell(value)));
                }
                cells.join(",") + "\n"
            }
        }
    }

    fn yaml(&self) -> String {
        let mut text = format!("---\ncase: {}\n", self.case);
        if let Some(date) = &self.decision_date {
            let _ = writeln!(text, "decision_date: {date}");
        }
        if !self.facts.is_empty() {
            text += "facts:\n";
        }
        for (fact, value) in &self.facts {
            let _ = match value {
                Value::Array(members) if members.iter().any(Value::is_object) => {
                    let items: String = members
                        .iter()
                        .map(|one| format!("    - {}\n", plain(one)))
                        .collect();
                    write!(text, "  {}:\n{items}", fact.name())
                }
                Value::Array(members) => {
                    let members: Vec<String> = members.iter().map(plain).collect();
                    writeln!(text, "  {}: [{}]", fact.name(), members.join(", "))
                }
                value => writeln!(text, "  {}: {}", fact.name(), plain(value)),
            };
        }
        text
    }
}

/// A value as plain YAML; the words, names and notes of a sample need no quotes.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(entry) => {
            let entries = entry
                .iter()
                .map(|(key, value)| format!("{key}: {}", plain(value)));
            entries.collect()
        }
        other => other.to_string(),
    }
}

/// A value as a cell; the notes of circumstances have no place in it.
fn cell(value: &Value) -> String {
    match value {
        Value::Array(members) if members.is_empty() => "[]".to_owned(),
        Value::Array(members) => {
            let words = members.iter().map(|member| match member {
                Value::Object(entry) => entry.keys().cloned().collect(),
                member => plain(member),
            });
            words.collect::<Vec<String>>().join(" ")
        }
        value => plain(value),
    }
}

/// The header of a sample in CSV.
pub fn sample_header() -> String {
    let facts = FactId::CASE_FILE.iter().map(|fact| fact.name());
    let columns: Vec<&str> = ["case", "decision_date"].into_iter().chain(facts).collect();
    columns.join(",") + "\n"
}
