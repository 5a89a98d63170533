//! Case files: YAML or JSON, one or several documents, read into the case-fact struct.

mod characters;
mod documents;
mod faults;
mod input;
mod line;
mod notes;
mod reader;
mod said;
mod usual;

pub use crate::facts::calendar_day;
pub use characters::source_of;
pub use documents::{Document, Documents};
pub use input::{InputError, check_kind, open};
pub use reader::CaseReader;

use crate::diagnostic::Diagnostic;
use crate::facts::{FactValues, Facts};
use crate::gazetteer::Gazetteer;
use crate::source::{LineColumn, Source};
use crate::yaml;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny};
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

/// The keys of a case file, in their usual order. Each stands here and nowhere else.
const KEYS: [&str; 4] = ["case", "decision_date", "facts", "notes"];

/// A case file as it is written, before anything but its types is checked.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFile {
    /// The reference.
    pub case: String,
    /// The moment of decision.
    #[serde(default, deserialize_with = "calendar_date")]
    pub decision_date: Option<Date>,
    /// The facts.
    pub facts: Option<Facts>,
    /// Free text.
    pub notes: Option<String>,
}

/// A date as `YYYY-MM-DD` and in no other way.
pub(crate) fn calendar_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    calendar_day(&text)
        .map(Some)
        .ok_or_else(|| D::Error::custom("not a date"))
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
        Ok(file) if file.is_sound(gazetteer) => Ok(Case {
            case: file.case,
            decision_date: file.decision_date,
            facts: file.facts.unwrap_or_default(),
            notes: file.notes,
            source: source.clone(),
        }),
        first => Err(faults::collect(source, gazetteer, first.err())),
    }
}

impl CaseFile {
    /// What the types cannot say: the reference is not empty, and every place is in the gazetteer.
    fn is_sound(&self, gazetteer: &Gazetteer) -> bool {
        let facts = self.facts.as_ref();
        !is_blank(&self.case) && facts.is_none_or(|facts| facts.values(gazetteer).is_ok())
    }

    /// The case, when it is sound.
    fn record(self, gazetteer: &Gazetteer) -> Option<CaseRecord> {
        if is_blank(&self.case) {
            return None;
        }
        let facts = self.facts.map(|facts| facts.values(gazetteer)).transpose();
        Some(CaseRecord {
            case: self.case,
            decision_date: self.decision_date,
            facts: facts.ok()?.unwrap_or_default(),
        })
    }
}

/// Whether a reference is none: the YAML crate gives an unquoted `~` or `null` as text.
pub fn is_blank(reference: &str) -> bool {
    matches!(reference.trim(), "" | "~" | "null" | "Null" | "NULL")
}

/// A case with the values of its facts, without its text: the form in which many cases are read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CaseRecord {
    /// Its reference.
    pub case: String,
    /// The moment of decision.
    pub decision_date: Option<Date>,
    /// Its facts.
    pub facts: FactValues,
}

impl CaseRecord {
    /// Nothing is known any more; the room for texts is kept.
    fn clear(&mut self) {
        self.case.clear();
        self.decision_date = None;
        self.facts = FactValues::default();
    }
}

/// Reads one document, as [`read_case`] does, without keeping its text.
///
/// # Errors
/// Every fault of the document, each with its place.
pub fn read_record(
    source: &Arc<Source>,
    gazetteer: &Gazetteer,
    limits: &yaml::Limits,
) -> Result<CaseRecord, Vec<Diagnostic>> {
    if source.text().len() < yaml::HARMLESS_BYTES.min(limits.document_bytes)
        && !is_named_json(source)
        && let Some(record) = usual::read(source.text(), gazetteer)
    {
        return Ok(record);
    }
    yaml::check_limits(source, limits).map_err(|fault| vec![fault])?;
    let (sound, fault) = match typed(source) {
        Ok(file) => (file.record(gazetteer), None),
        Err(fault) => (None, Some(fault)),
    };
    sound.ok_or_else(|| faults::collect(source, gazetteer, fault))
}

/// The faults of a case that stands in another frame than a case file, such as a policy test: those of the keys of
/// `node`, of its facts and of its date.
pub(crate) fn framed_faults(
    source: &Arc<Source>,
    gazetteer: &Gazetteer,
    node: &yaml::Node,
) -> Vec<Diagnostic> {
    faults::of_framed(
        source,
        gazetteer,
        node,
        node.get("facts"),
        node.get("decision_date"),
    )
}

/// What a node of a document is, as messages say it.
pub(crate) fn described(node: &yaml::Node) -> String {
    said::what(node)
}

fn typed(source: &Arc<Source>) -> Result<CaseFile, Diagnostic> {
    if !is_json(source) {
        return yaml::typed(source);
    }
    typed_json(source)
}

fn typed_json(source: &Arc<Source>) -> Result<CaseFile, Diagnostic> {
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
    is_named_json(source) || (is_object() && serde_json::from_str::<IgnoredAny>(source.text()).is_ok())
}

fn is_named_json(source: &Source) -> bool {
    source.name().ends_with(".json")
}
