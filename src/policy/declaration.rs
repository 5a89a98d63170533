//! What `policy.yaml` declares: title, in force, conclusions with their values, flags.

use super::impossible::ImpossibleEntry;
use crate::facts::calendar_day;
use crate::language::Bilingual;
use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema, schema_for};
use serde::Deserialize;
use serde::de::{Deserializer, Error};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyFile {
    pub title: Bilingual,
    pub in_force: InForce,
    pub conclusions: Vec<ConclusionDeclaration>,
    pub flags: Vec<FlagDeclaration>,
    #[serde(default)]
    pub impossible: Vec<ImpossibleEntry>,
    #[serde(default)]
    pub open_points: Vec<OpenPoint>,
}

/// From when until when a version holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InForce {
    /// The date of entry into force; `None` where it is not on record.
    #[serde(deserialize_with = "date_or_unknown")]
    #[schemars(schema_with = "date_or_unknown_schema")]
    pub from: Option<Date>,
    /// The earliest date that the version can apply to.
    #[serde(deserialize_with = "date")]
    #[schemars(schema_with = "date_schema")]
    pub not_before: Date,
    /// The last day on which it applies; `None` for no end.
    #[serde(default, deserialize_with = "no_or_date")]
    #[schemars(schema_with = "no_or_date_schema")]
    pub until: Option<Date>,
}

impl InForce {
    /// The date from which the version is picked.
    pub fn start(&self) -> Date {
        self.from.unwrap_or(self.not_before)
    }
}

/// The JSON Schema of `policy.yaml`, as far as its types say; `when` of `impossible` is checked by its facts.
pub fn policy_file_schema() -> Schema {
    schema_for!(PolicyFile)
}

/// The one way in which a date is written, here and in case files.
const DATE: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";

fn date_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "format": "date", "pattern": DATE})
}

fn no_or_date_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "null"], "format": "date", "pattern": DATE})
}

fn date_or_unknown_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"anyOf": [{"const": "unknown"}, {"type": "string", "format": "date", "pattern": DATE}]})
}

fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = String::deserialize(deserializer)?;
    calendar_day(&text)
        .ok_or_else(|| D::Error::custom(format!("`{text}` is not a date such as `2025-01-31`")))
}

fn no_or_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    let day = calendar_day(&text);
    day.map(Some)
        .ok_or_else(|| D::Error::custom(format!("`{text}` is not a date such as `2025-01-31`")))
}

fn date_or_unknown<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = String::deserialize(deserializer)?;
    match text.as_str() {
        "unknown" => Ok(None),
        date => calendar_day(date)
            .map(Some)
            .ok_or_else(|| D::Error::custom(format!("`{date}` is not a date and not `unknown`"))),
    }
}

/// A question that the policy answers.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConclusionDeclaration {
    /// The name, also that of the function that answers it.
    pub name: String,
    /// The question in words.
    pub question: Bilingual,
    /// The script, named from the rules folder; else `<name>.rhai` in the version's folder.
    pub script: Option<String>,
    /// Its values.
    pub values: Vec<ValueDeclaration>,
}

/// A value that a conclusion can have.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ValueDeclaration {
    /// The word in scripts and results.
    pub value: String,
    /// What a reader sees.
    pub label: Bilingual,
    /// What it means for the person, where that needs saying.
    pub meaning: Option<Bilingual>,
}

/// A point that a human must look at.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlagDeclaration {
    /// The name in results.
    pub id: String,
    /// What a reader sees.
    pub text: Bilingual,
}

impl FlagDeclaration {
    /// The function that raises it: the name with `_` for `-`.
    pub fn function(&self) -> String {
        self.id.replace('-', "_")
    }
}

/// Something that the source leaves open, for the reader of the policy; no conclusion depends on it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenPoint {
    /// What a reader sees.
    pub text: Bilingual,
    /// Locators of the sentences and law that it is about; may be empty.
    #[serde(default)]
    pub cites: Vec<String>,
    /// The regions that it is about, by what the rules conclude of them.
    pub regions: Option<RegionsWith>,
}

/// The regions of which a question has a value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegionsWith {
    /// The question.
    pub conclusion: String,
    /// The value.
    pub value: String,
}
