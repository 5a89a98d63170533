//! The difference of two policy versions as text and JSON.

use super::words;
use crate::diff::{Change, Difference, Kind};
use crate::language::Words;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// The difference as text: one line a row, grouped by question.
pub fn difference_text(difference: &Difference) -> String {
    let mut text = format!("{} -> {}\n", difference.old, difference.new);
    if difference.is_equal() {
        let _ = writeln!(text, "equal: both say the same of every case, in the same words");
        return text;
    }
    for declaration in &difference.declarations {
        let _ = writeln!(text, "{declaration}");
    }
    let sections = [
        ("Values", Kind::Value, false),
        ("Flags", Kind::Value, true),
        ("Citations (same value)", Kind::Citations, false),
        ("Citations of flags", Kind::Citations, true),
        (
            "Summaries of cited sentences (same value and citations)",
            Kind::Reason,
            false,
        ),
        ("Summaries of cited sentences, of flags", Kind::Reason, true),
    ];
    for (title, kind, is_flag) in sections {
        let changes: Vec<&Change> = difference.of(kind, is_flag).collect();
        if changes.is_empty() {
            continue;
        }
        let _ = write!(text, "\n{title}\n");
        for changes in changes.chunk_by(|one, other| one.question == other.question) {
            let count: u128 = changes.iter().map(|change| change.combinations).sum();
            let _ = writeln!(
                text,
                "{}: {} in {}",
                changes[0].question,
                rows(changes.len()),
                combinations(count)
            );
            for change in changes {
                let _ = writeln!(
                    text,
                    "  {}: {} ({})",
                    when_text(change),
                    what(change),
                    combinations(change.combinations)
                );
            }
        }
    }
    text
}

fn rows(count: usize) -> String {
    if count == 1 {
        "1 row".to_owned()
    } else {
        format!("{count} rows")
    }
}

fn combinations(count: u128) -> String {
    if count == 1 {
        "1 combination".to_owned()
    } else {
        format!("{count} combinations")
    }
}

/// When a row applies, in words.
pub(super) fn when_text(change: &Change) -> String {
    if change.when.is_empty() {
        return "always".to_owned();
    }
    let conditions = change
        .when
        .iter()
        .map(|(fact, values)| format!("{fact} {}", values.join(" | ")));
    conditions.collect::<Vec<_>>().join(", ")
}

/// Whether a flag is raised, in both languages.
pub(super) fn value_change(word: &str) -> Option<Words> {
    [words::RAISED, words::NOT_RAISED]
        .into_iter()
        .find(|words| words.en == word)
}

/// What a row says, in words.
fn what(change: &Change) -> String {
    match change.kind {
        Kind::Value => format!("{} -> {}", change.from.value, change.to.value),
        Kind::Citations => format!(
            "{} [{}] -> [{}]",
            change.to.value,
            change.from.cites.join(", "),
            change.to.cites.join(", ")
        ),
        Kind::Reason => format!(
            "{} [{}] in other words",
            change.to.value,
            change.to.cites.join(", ")
        ),
    }
}

/// The difference as JSON.
pub fn difference_json(difference: &Difference) -> Value {
    let rows = |kind, is_flag, row: fn(&Change) -> Value| -> Vec<Value> {
        difference.of(kind, is_flag).map(row).collect()
    };
    let both = |kind, row: fn(&Change) -> Value| -> Vec<Value> {
        [false, true]
            .into_iter()
            .flat_map(|is_flag| rows(kind, is_flag, row))
            .collect()
    };
    json!({
        "old": difference.old,
        "new": difference.new,
        "equal": difference.is_equal(),
        "changes": rows(Kind::Value, false, value_row),
        "flags": rows(Kind::Value, true, value_row),
        "citations": both(Kind::Citations, citations_row),
        "reasons": both(Kind::Reason, reason_row),
        "declarations": difference.declarations,
    })
}

fn base(change: &Change) -> Map<String, Value> {
    let mut row = Map::new();
    let name = if change.is_flag { "flag" } else { "conclusion" };
    row.insert(name.to_owned(), json!(change.question));
    let when: Map<String, Value> = change
        .when
        .iter()
        .map(|(fact, values)| (fact.clone(), json!(values)))
        .collect();
    row.insert("when".to_owned(), Value::Object(when));
    row
}

fn finished(mut row: Map<String, Value>, change: &Change, more: &[(&str, Value)]) -> Value {
    row.extend(
        more.iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone())),
    );
    row.insert(
        "combinations".to_owned(),
        json!(u64::try_from(change.combinations).unwrap_or(u64::MAX)),
    );
    row.insert("witness".to_owned(), Value::Object(change.witness.clone()));
    Value::Object(row)
}

fn value_row(change: &Change) -> Value {
    let more = [("from", json!(change.from.value)), ("to", json!(change.to.value))];
    finished(base(change), change, &more)
}

fn citations_row(change: &Change) -> Value {
    let more = [
        ("value", json!(change.to.value)),
        ("from", json!(change.from.cites)),
        ("to", json!(change.to.cites)),
    ];
    finished(base(change), change, &more)
}

fn reason_row(change: &Change) -> Value {
    let words = |said: &crate::diff::Said| json!({"nl": said.reason[0], "en": said.reason[1]});
    let more = [
        ("value", json!(change.to.value)),
        ("cites", json!(change.to.cites)),
        ("from", words(&change.from)),
        ("to", words(&change.to)),
    ];
    finished(base(change), change, &more)
}
