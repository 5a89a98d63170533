//! Case files: YAML or JSON, one or several documents, read into the case-fact struct.

mod documents;
mod faults;
mod input;

pub use documents::{Document, Documents};
pub use input::{InputError, open};

use crate::diagnostic::Diagnostic;
use crate::facts::{FactId, Facts};
use crate::gazetteer::Gazetteer;
use crate::source::{LineColumn, Source};
use crate::yaml;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use std::sync::Arc;

/// A case as its file gives it.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its reference.
    pub case: String,
    /// The moment of decision, which picks the policy version.
    pub decision_date: Option<Date>,
    /// The facts; what is absent is not known.
    pub facts: Facts,
    /// Free text that no rule reads and no result repeats.
    pub notes: Option<String>,
    /// The document that it was read from.
    pub source: Arc<Source>,
}

/// The keys of a case file. Each stands here and nowhere else.
const KEYS: [&str; 4] = ["case", "decision_date", "facts", "notes"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    case: String,
    #[serde(default, deserialize_with = "calendar_date")]
    decision_date: Option<Date>,
    facts: Option<Facts>,
    notes: Option<String>,
}

/// A date as `YYYY-MM-DD` and in no other way.
fn calendar_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    date(&text)
        .map(Some)
        .ok_or_else(|| D::Error::custom("not a date"))
}

fn date(text: &str) -> Option<Date> {
    let is_plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    text.parse().ok().filter(|_| is_plain)
}

/// Reads one document.
///
/// # Errors
/// Every fault of the document, each with its place.
pub fn read_case(
    source: &Arc<Source>,
    gazetteer: &Gazetteer,
    limits: &yaml::Limits,
) -> Result<Case, Vec<Diagnostic>> {
    yaml::check_limits(source, limits).map_err(|fault| vec![fault])?;
    match typed(source) {
        Ok(file) if is_sound(&file, gazetteer) => Ok(Case {
            case: file.case,
            decision_date: file.decision_date,
            facts: file.facts.unwrap_or_default(),
            notes: file.notes,
            source: source.clone(),
        }),
        first => Err(faults::collect(source, gazetteer, first.err())),
    }
}

/// What the types cannot say: the reference is not empty, and every place is in the gazetteer.
fn is_sound(file: &CaseFile, gazetteer: &Gazetteer) -> bool {
    let facts = file.facts.as_ref();
    let is_known = |fact: &FactId| facts.is_none_or(|facts| facts.is_resolved(*fact, gazetteer));
    !is_blank(&file.case) && FactId::CASE_FILE.iter().all(is_known)
}

/// Whether a reference is none: the YAML crate gives an unquoted `~` or `null` as text.
fn is_blank(reference: &str) -> bool {
    matches!(reference.trim(), "" | "~" | "null" | "Null" | "NULL")
}

fn typed(source: &Arc<Source>) -> Result<CaseFile, Diagnostic> {
    if !is_json(source) {
        return yaml::typed(source);
    }
    serde_json::from_str(source.text()).map_err(|error| {
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or(&message);
        let at = LineColumn {
            line: source.first_line() + error.line().max(1) - 1,
            column: error.column().max(1),
        };
        Diagnostic::error("invalid-json", message).at(source, source.word_at(at), "here")
    })
}

/// JSON by its name, or by its form: YAML that begins with a brace is nearly always JSON, but not always.
fn is_json(source: &Source) -> bool {
    let is_object = || source.text().trim_start().starts_with('{');
    source.name().ends_with(".json")
        || (is_object() && serde_json::from_str::<serde::de::IgnoredAny>(source.text()).is_ok())
}
