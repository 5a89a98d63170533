//! The case store: what its columns are, what it says of itself, and whether it still means the same.
//!
//! A store holds facts that were read under one declaration of facts and one gazetteer. Both stand in it, so that a
//! program with others can tell whether reading the original files again would give the same.

mod comparison;

use crate::columnar::ColumnType;
use crate::diagnostic::Diagnostic;
use crate::facts::{FactId, FactKind, Word};
use crate::gazetteer::{Gazetteer, Place, PlaceIndex};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The name under which a Parquet file carries the description that makes it a store.
pub const STORE_KEY: &str = "gradatie.store";
/// The form of stores that this program writes.
const FORMAT: u32 = 1;

/// What a store says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreDescription {
    format: u32,
    program: String,
    facts: Vec<FactRecord>,
    places: Vec<PlaceRecord>,
    /// Every spelling with the number of its place.
    spellings: BTreeMap<String, usize>,
    /// Its rows.
    pub cases: u64,
    /// Rows in error, by the code of the first fault.
    pub errors: BTreeMap<String, u64>,
    /// Cases whose reference was looked at, those seen before, and the first of these.
    pub references: (u64, u64, Vec<String>),
    /// The bytes of the longest reference, where none is blank or has spaces around it; else nothing.
    #[serde(default)]
    pub longest_reference: Option<u64>,
    /// What they were read from: names, sizes and hashes of the inputs.
    #[serde(default)]
    pub inputs: serde_json::Value,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct FactRecord {
    name: String,
    kind: KindRecord,
    optional: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KindRecord {
    /// Each word with its other spellings.
    Choice(BTreeMap<String, Vec<String>>),
    Set(BTreeMap<String, Vec<String>>),
    WholeNumber {
        least: i64,
        most: i64,
    },
    Date,
    Place,
}

/// A place by the names of where it lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PlaceRecord {
    name: String,
    region: Option<String>,
    cercle: Option<String>,
    later_region: Option<String>,
    also_meant_by: Option<String>,
}

impl PlaceRecord {
    fn of(gazetteer: &Gazetteer, place: &Place) -> Self {
        let region = |index: u32| gazetteer.region_name(index as usize).map(str::to_owned);
        let cercle = place
            .cercle
            .and_then(|index| gazetteer.cercle_name(index as usize));
        let later = gazetteer.later_region_name(place.later_region as usize);
        Self {
            name: place.name.clone(),
            region: region(place.region),
            cercle: cercle.map(str::to_owned),
            later_region: later.map(str::to_owned),
            also_meant_by: place.also_meant_by.and_then(region),
        }
    }
}

fn words(words: &[Word]) -> BTreeMap<String, Vec<String>> {
    let also = |word: &Word| word.also.iter().map(|also| (*also).to_owned()).collect();
    words
        .iter()
        .map(|word| (word.word.to_owned(), also(word)))
        .collect()
}

impl StoreDescription {
    /// A store that is made now, with nothing in it yet.
    pub fn now(gazetteer: &Gazetteer) -> Self {
        let facts = FactId::CASE_FILE.iter().map(|fact| {
            let declaration = fact.declaration();
            FactRecord {
                name: declaration.name.to_owned(),
                kind: match declaration.kind {
                    FactKind::Choice(list) => KindRecord::Choice(words(list)),
                    FactKind::Set(list) => KindRecord::Set(words(list)),
                    FactKind::WholeNumber { least, most } => KindRecord::WholeNumber { least, most },
                    FactKind::Date => KindRecord::Date,
                    FactKind::Place => KindRecord::Place,
                },
                optional: declaration.optional,
            }
        });
        let places = gazetteer
            .places()
            .map(|place| PlaceRecord::of(gazetteer, gazetteer.place(place)));
        let spellings = gazetteer.names().filter_map(|name| {
            let place = gazetteer.find(name)?;
            Some((name.to_owned(), place.number() as usize))
        });
        Self {
            format: FORMAT,
            program: format!("gradatie {}", env!("CARGO_PKG_VERSION")),
            facts: facts.collect(),
            places: places.collect(),
            spellings: spellings.collect(),
            cases: 0,
            errors: BTreeMap::new(),
            references: (0, 0, Vec::new()),
            longest_reference: Some(0),
            inputs: serde_json::Value::Null,
        }
    }

    /// Reads what a store says of itself.
    ///
    /// # Errors
    /// It is no description that this program knows.
    pub fn read(name: &str, text: &str) -> Result<Self, Diagnostic> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let other = |message: String| Diagnostic::error("other-store", message).help(IMPORT_AGAIN);
        match serde_json::from_str::<Format>(text) {
            Ok(Format { format }) if format != FORMAT => Err(other(format!(
                "the case store `{name}` has form {format}; this program reads form {FORMAT}"
            ))),
            _ => serde_json::from_str(text).map_err(|error| {
                other(format!(
                    "the case store `{name}` does not say what it is ({error})"
                ))
            }),
        }
    }

    /// The description as text.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub fn text(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

const IMPORT_AGAIN: &str = "make it again from the original files, with `gradatie import`";

/// The columns of a store: where each case stood, its reference, its date, its facts, and what is wrong with it.
pub fn store_columns() -> Vec<(&'static str, ColumnType)> {
    let facts = FactId::CASE_FILE.iter().map(|fact| {
        let column = match fact.declaration().kind {
            FactKind::Choice(_) | FactKind::Place => ColumnType::Word,
            FactKind::Set(_) => ColumnType::List,
            FactKind::WholeNumber { .. } => ColumnType::Number,
            FactKind::Date => ColumnType::Day,
        };
        (fact.name(), column)
    });
    [
        ("source", ColumnType::Text),
        ("case", ColumnType::Text),
        ("decision_date", ColumnType::Day),
    ]
    .into_iter()
    .chain(facts)
    .chain(FAULT_COLUMNS)
    .collect()
}

/// The columns that say what is wrong with a case.
pub const FAULT_COLUMNS: [(&str, ColumnType); 4] = [
    ("error_code", ColumnType::Word),
    ("error_message", ColumnType::Text),
    ("error_line", ColumnType::Number),
    ("error_column", ColumnType::Number),
];

/// For each place a name that means it: the usual one, unless that means a larger place.
pub fn place_names(gazetteer: &Gazetteer) -> Vec<String> {
    let name = |index: PlaceIndex| {
        let usual = gazetteer.place(index).name.as_str();
        let means = |name: &&str| gazetteer.find(name) == Some(index);
        Some(usual)
            .filter(means)
            .or_else(|| gazetteer.names().find(means))
            .unwrap_or(usual)
            .to_owned()
    };
    gazetteer.places().map(name).collect()
}
