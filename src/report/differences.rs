//! The difference of two policy versions as text and JSON.

use super::words;
use crate::diff::{Change, Difference, Kind};
use crate::language::{Language, Words};
use serde_json::{Map, Value, json};
use std::fmt::Write;

const EQUAL: Words = Words {
    nl: "gelijk: beide zeggen van elke zaak hetzelfde, in dezelfde woorden",
    en: "equal: both say the same of every case, in the same words",
};
const VALUES: Words = Words {
    nl: "Waarden",
    en: "Values",
};
const FLAGS: Words = Words {
    nl: "Aandachtspunten",
    en: "Flags",
};
const CITATIONS: Words = Words {
    nl: "Vindplaatsen (zelfde waarde)",
    en: "Citations (same value)",
};
const FLAG_CITATIONS: Words = Words {
    nl: "Vindplaatsen van aandachtspunten",
    en: "Citations of flags",
};
const SUMMARIES: Words = Words {
    nl: "Samenvattingen van aangehaalde zinnen (zelfde waarde en vindplaatsen)",
    en: "Summaries of cited sentences (same value and citations)",
};
const FLAG_SUMMARIES: Words = Words {
    nl: "Samenvattingen van aangehaalde zinnen, van aandachtspunten",
    en: "Summaries of cited sentences, of flags",
};

/// The difference as text: one line a row, grouped by question.
pub fn difference_text(difference: &Difference, language: Language) -> String {
    let mut text = format!("{} -> {}\n", difference.old, difference.new);
    if difference.is_equal() {
        let _ = writeln!(text, "{}", EQUAL.text(language));
        return text;
    }
    for declaration in &difference.declarations {
        let _ = writeln!(text, "{declaration}");
    }
    let sections = [
        (VALUES, Kind::Value, false),
        (FLAGS, Kind::Value, true),
        (CITATIONS, Kind::Citations, false),
        (FLAG_CITATIONS, Kind::Citations, true),
        (SUMMARIES, Kind::Reason, false),
        (FLAG_SUMMARIES, Kind::Reason, true),
    ];
    for (title, kind, is_flag) in sections {
        let changes: Vec<&Change> = difference.of(kind, is_flag).collect();
        if changes.is_empty() {
            continue;
        }
        let _ = write!(text, "\n{}\n", title.text(language));
        for changes in changes.chunk_by(|one, other| one.question == other.question) {
            let count: u128 = changes.iter().map(|change| change.combinations).sum();
            let _ = writeln!(
                text,
                "{}: {} in {}",
                changes[0].question,
                rows(changes.len(), language),
                combinations(count, language)
            );
            for change in changes {
                let _ = writeln!(
                    text,
                    "  {}: {} ({})",
                    when_in(change, language),
                    what(change, language),
                    combinations(change.combinations, language)
                );
            }
        }
    }
    text
}

const ROW: Words = Words { nl: "rij", en: "row" };
const ROWS: Words = Words {
    nl: "rijen",
    en: "rows",
};
const COMBINATION: Words = Words {
    nl: "combinatie",
    en: "combination",
};
const COMBINATIONS: Words = Words {
    nl: "combinaties",
    en: "combinations",
};

fn rows(count: usize, language: Language) -> String {
    let word = if count == 1 { ROW } else { ROWS };
    format!("{count} {}", word.text(language))
}

fn combinations(count: u128, language: Language) -> String {
    let word = if count == 1 { COMBINATION } else { COMBINATIONS };
    format!("{count} {}", word.text(language))
}

/// When a row applies, in words; nothing where it always does.
fn when_text(change: &Change) -> String {
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

fn when_in(change: &Change, language: Language) -> String {
    if change.when.is_empty() {
        words::ALWAYS.text(language).to_owned()
    } else {
        when_text(change)
    }
}

const IN_OTHER_WORDS: Words = Words {
    nl: "in andere woorden",
    en: "in other words",
};

/// What a row says, in words.
fn what(change: &Change, language: Language) -> String {
    let value = |word: &str| match value_change(word).filter(|_| change.is_flag) {
        Some(words) => words.text(language).to_owned(),
        None => word.to_owned(),
    };
    let (from, to) = (value(&change.from.value), value(&change.to.value));
    let cites = change.to.cites.join(", ");
    match change.kind {
        Kind::Value => format!("{from} -> {to}"),
        Kind::Citations => format!("{to} [{}] -> [{cites}]", change.from.cites.join(", ")),
        Kind::Reason => format!("{to} [{cites}] {}", IN_OTHER_WORDS.text(language)),
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
