//! What is said of recorded results.

use crate::language::printable;
use crate::verify::{Difference, Verdict};
use serde_json::{Value, json};

/// A verdict with the result that it is about.
#[derive(Debug, Clone, Copy)]
pub struct VerdictOf<'a> {
    /// The file of results.
    pub file: &'a str,
    /// The line on which the result begins.
    pub line: usize,
    /// The reference of the case.
    pub case: &'a str,
    /// The facts that it records, where it does.
    pub facts: Option<&'a Value>,
    /// The verdict.
    pub verdict: &'a Verdict,
}

/// A verdict as text, several lines.
pub fn verdict_text(of: &VerdictOf<'_>) -> String {
    let VerdictOf {
        file,
        line,
        case,
        facts,
        verdict,
    } = of;
    // Recorded results are anybody's.
    let head = printable(&format!("{file}:{line} {case}"));
    match verdict {
        Verdict::Confirmed => format!("{head}: confirmed\n"),
        Verdict::ConfirmedBesidesTexts => format!("{head}: confirmed, by rules with other texts\n"),
        Verdict::Unchecked(reason) => format!("{head}: cannot be checked: {}\n", printable(reason)),
        Verdict::Refuted(differences) => {
            let shown = |value: &Option<Value>| {
                value
                    .as_ref()
                    .map_or("nothing".to_owned(), |value| printable(&value.to_string()))
            };
            let one = |found: &Difference| {
                format!(
                    "  {}: recorded {}, the rules give {}\n",
                    printable(&found.at),
                    shown(&found.recorded),
                    shown(&found.derived)
                )
            };
            let differences: String = differences.iter().map(one).collect();
            let facts = facts.and_then(Value::as_object);
            let facts = facts.map_or(String::new(), |facts| {
                let facts: Vec<String> = facts
                    .iter()
                    .map(|(name, value)| printable(&format!("{name} = {value}")))
                    .collect();
                format!("  the facts that it records: {}\n", facts.join(", "))
            });
            format!("{head}: refuted\n{differences}{facts}")
        }
    }
}

/// A verdict as JSON.
pub fn verdict_json(of: &VerdictOf<'_>) -> Value {
    let mut value = json!({"source": format!("{}:{}", of.file, of.line), "case": of.case});
    match of.verdict {
        Verdict::Confirmed => value["verdict"] = json!("confirmed"),
        Verdict::ConfirmedBesidesTexts => value["verdict"] = json!("confirmed_besides_texts"),
        Verdict::Unchecked(reason) => {
            value["verdict"] = json!("unchecked");
            value["reason"] = json!(reason);
        }
        Verdict::Refuted(differences) => {
            let differences = differences.iter().map(|found| {
                let Difference {
                    at,
                    recorded,
                    derived,
                } = found;
                json!({"at": at, "recorded": recorded, "derived": derived})
            });
            value["verdict"] = json!("refuted");
            value["differences"] = differences.collect();
        }
    }
    value
}
