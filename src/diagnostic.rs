//! What is wrong with a user's file, as data: a code, a message, the places, and a way out.

mod fault;
mod hidden;
mod masked;
mod nearest;
mod quoted;
mod render;

pub use fault::CaseFault;
pub use hidden::{check_visible, check_visible_text};
pub use nearest::{did_you_mean, nearest};
pub use quoted::quoted;
pub use render::render;

use crate::source::{LineColumn, Source, Span};
use serde::Serialize;
use serde_json::{Map, Value};
use std::sync::Arc;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It cannot be used as it is.
    Error,
    /// It can be used; a person should look.
    Warning,
}

/// A place in a source, with what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The text it stands in.
    pub source: Arc<Source>,
    /// The bytes that are underlined.
    pub span: Span,
    /// What is said under the line; may be empty.
    pub text: String,
}

impl Label {
    /// Where the label begins.
    pub fn at(&self) -> LineColumn {
        self.source.line_column(self.span.start)
    }
}

/// A finding about the user's files. The first label is where it is; the others explain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable name in kebab-case.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// One sentence, lower case, the user's words in backticks.
    pub message: String,
    /// The places, the main one first.
    pub labels: Vec<Label>,
    /// Ways out: what is allowed, what was perhaps meant.
    pub help: Vec<String>,
    /// The facts of a case that shows it, where one is needed.
    pub witness: Option<Box<Map<String, Value>>>,
}

impl Diagnostic {
    /// An error without a place yet.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            labels: Vec::new(),
            help: Vec::new(),
            witness: None,
        }
    }

    /// A warning without a place yet.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, message)
        }
    }

    /// The same with one more place.
    #[must_use]
    pub fn at(mut self, source: &Arc<Source>, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            source: source.clone(),
            span,
            text: text.into(),
        });
        self
    }

    /// The same with one more way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The same with a way out, where there is one.
    #[must_use]
    pub fn maybe_help(self, help: Option<String>) -> Self {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }

    /// The same with a case that shows it.
    #[must_use]
    pub fn witness(mut self, facts: Map<String, Value>) -> Self {
        self.witness = Some(Box::new(facts));
        self
    }

    /// Where it is, when it has a place.
    pub fn place(&self) -> Option<(&str, LineColumn)> {
        let label = self.labels.first()?;
        Some((label.source.name(), label.at()))
    }
}

/// Sorts by file, place and code, and drops exact repetitions, so that the same input gives the same list.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    let key = |diagnostic: &Diagnostic| {
        let place = diagnostic
            .labels
            .first()
            .map(|label| (label.source.name().to_owned(), label.at(), label.span.end));
        (place, diagnostic.code, diagnostic.message.clone())
    };
    diagnostics.sort_by_cached_key(key);
    diagnostics.dedup();
}
