//! Edits of a YAML text at the places of its values, so that everything else, comments included, stays as it is.

use crate::diagnostic::Diagnostic;
use crate::policy::InForce;
use crate::source::{Source, Span};
use crate::yaml::{self, Node};
use std::sync::Arc;

/// Texts to put in place of spans.
pub(super) type Edits = Vec<(Span, String)>;

/// The text with its edits, which do not overlap.
pub(super) fn edited(text: &str, mut edits: Edits) -> String {
    edits.sort_by_key(|(span, _)| (span.start, span.end));
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for (span, replacement) in edits {
        result.push_str(&text[done..span.start]);
        result.push_str(&replacement);
        done = span.end;
    }
    result.push_str(&text[done..]);
    result
}

/// The outline of a file of the rules.
pub(super) fn outline(source: &Arc<Source>) -> Result<Node, Diagnostic> {
    yaml::outline_of_rules(source)?
        .ok_or_else(|| Diagnostic::error("invalid-yaml", format!("`{}` is empty", source.name())))
}

/// Where the line of a byte begins.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Where the line of a byte ends, before the line feed.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |length| at + length)
}

/// Where the comment lines directly above a line begin.
pub(super) fn comment_start(text: &str, line: usize) -> usize {
    let mut start = line;
    while start > 0 {
        let above = line_start(text, start - 1);
        if !text[above..start].trim_start().starts_with('#') {
            break;
        }
        start = above;
    }
    start
}

/// What is said above the dates.
pub(super) enum Comment<'a> {
    /// In place of the comment that stands there.
    Instead(&'a str),
    /// After the comment that stands there.
    Also(&'a str),
}

/// The text of `policy.yaml` with other dates.
///
/// # Errors
/// Its `in_force` does not have the three keys.
pub(super) fn with_dates(
    source: &Arc<Source>,
    dates: &InForce,
    comment: &Comment<'_>,
) -> Result<String, Diagnostic> {
    let text = source.text();
    let root = outline(source)?;
    let in_force = root
        .entries()
        .iter()
        .find(|entry| entry.key.text() == Some("in_force"));
    let in_force = in_force.ok_or_else(|| without_dates(source))?;
    let or =
        |date: Option<jiff::civil::Date>, none: &str| date.map_or(none.to_owned(), |date| date.to_string());
    let values = [
        ("from", or(dates.from, "unknown")),
        ("not_before", dates.not_before.to_string()),
        ("until", or(dates.until, "null")),
    ];
    let mut edits = Edits::new();
    for (key, value) in values {
        let node = in_force.value.get(key).ok_or_else(|| without_dates(source))?;
        edits.push((node.span.clone(), value));
    }
    let line = line_start(text, in_force.key.span.start);
    let (start, comment) = match comment {
        Comment::Instead(comment) => (comment_start(text, line), comment),
        Comment::Also(comment) => (line, comment),
    };
    let lines = textwrap::wrap(comment, 110 - 2);
    let lines: String = lines.iter().map(|line| format!("# {line}\n")).collect();
    edits.push((start..line, lines));
    Ok(edited(text, edits))
}

fn without_dates(source: &Arc<Source>) -> Diagnostic {
    let place = source.text().find("in_force").unwrap_or_default();
    Diagnostic::error("invalid-yaml", "the dates of the version cannot be edited")
        .at(source, place..place, "here")
        .help("write `in_force: {from: unknown, not_before: DATE, until: null}`")
}

/// The text with the values of a key, wherever it stands, replaced.
///
/// # Errors
/// The text is not YAML.
pub(super) fn with_values(
    source: &Arc<Source>,
    key: &str,
    replace: impl Fn(&str) -> Option<String>,
) -> Result<String, Diagnostic> {
    let root = outline(source)?;
    let entries = root.all().into_iter().flat_map(Node::entries);
    let edits = entries
        .filter(|entry| entry.key.text() == Some(key))
        .filter_map(|entry| Some((entry.value.span.clone(), replace(entry.value.text()?)?)));
    Ok(edited(source.text(), edits.collect()))
}
