//! Findings of the checks as JSON and SARIF.

use crate::check::{Report, pages};
use crate::diagnostic::{Diagnostic, Severity};
use serde_json::{Map, Value, json};

/// What was found and proved, as JSON.
pub fn check_json(report: &Report) -> Value {
    let proofs = report.proofs.iter().map(|proof| {
        json!({
            "policy": proof.policy,
            "question": proof.question,
            "proved": proof.is_proved,
            "combinations": u64::try_from(proof.combinations).unwrap_or(u64::MAX),
            "branches": proof.branches,
            "nodes": proof.nodes,
            "microseconds": u64::try_from(proof.time.as_micros()).unwrap_or(u64::MAX),
        })
    });
    json!({
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "proofs": proofs.collect::<Vec<_>>(),
    })
}

pub(super) fn finding(diagnostic: &Diagnostic) -> Value {
    let mut finding = Map::new();
    finding.insert("code".to_owned(), json!(diagnostic.code));
    finding.insert("severity".to_owned(), json!(diagnostic.severity));
    finding.insert("message".to_owned(), json!(diagnostic.message));
    if let Some((file, at)) = diagnostic.place() {
        finding.insert("file".to_owned(), json!(file));
        finding.insert("line".to_owned(), json!(at.line));
        finding.insert("column".to_owned(), json!(at.column));
    }
    if !diagnostic.help.is_empty() {
        finding.insert("help".to_owned(), json!(diagnostic.help));
    }
    if let Some(witness) = &diagnostic.witness {
        finding.insert("witness".to_owned(), json!(witness));
    }
    Value::Object(finding)
}

/// What was found, as SARIF 2.1.0 for code hosts and editors.
pub fn check_sarif(report: &Report) -> Value {
    let rules = pages().into_iter().map(|page| {
        json!({
            "id": page.code,
            "shortDescription": {"text": page.summary()},
            "help": {"text": page.text, "markdown": page.text},
        })
    });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "gradatie",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": report.findings.iter().map(sarif_result).collect::<Vec<_>>(),
        }],
    })
}

fn sarif_result(diagnostic: &Diagnostic) -> Value {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let text = std::iter::once(diagnostic.message.clone()).chain(diagnostic.help.iter().cloned());
    let locations = diagnostic.labels.iter().take(1).map(|label| {
        let (start, end) = (label.at(), label.source.line_column(label.span.end));
        json!({"physicalLocation": {
            "artifactLocation": {"uri": label.source.name().replace('\\', "/")},
            "region": {
                "startLine": start.line,
                "startColumn": start.column,
                "endLine": end.line,
                "endColumn": end.column,
            },
        }})
    });
    json!({
        "ruleId": diagnostic.code,
        "level": level,
        "message": {"text": text.collect::<Vec<_>>().join("\n")},
        "locations": locations.collect::<Vec<_>>(),
    })
}

/// What was proved, in words: a line for each question.
pub fn proofs_text(report: &Report) -> String {
    let line = |proof: &crate::check::Proof| {
        let said = if proof.is_proved {
            "every combination concludes"
        } else {
            "REFUTED"
        };
        let plural = |count: u128, word: &str| {
            if count == 1 {
                format!("1 {word}")
            } else {
                format!("{count} {word}s")
            }
        };
        format!(
            "{} {}: {said}; {}, {}, {}, {:.1} ms\n",
            proof.policy,
            proof.question,
            plural(proof.combinations, "combination"),
            if proof.branches == 1 {
                "1 branch".to_owned()
            } else {
                format!("{} branches", proof.branches)
            },
            plural(proof.nodes as u128, "node"),
            proof.time.as_secs_f64() * 1e3
        )
    };
    report.proofs.iter().map(line).collect()
}
