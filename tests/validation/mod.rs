//! Schemas, a validator that is not ours, and the values of files as an editor sees them.

#![allow(dead_code, reason = "each test uses a part")]

use gradatie::gazetteer::Gazetteer;
use gradatie::language::Language;
use gradatie::policy::{PolicyVersion, RulesTree};
use gradatie::schema::{FileKind, schema};
use gradatie::source::Source;
use gradatie::yaml;
use jsonschema::Validator;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn tree() -> RulesTree {
    RulesTree::folder(&root().join("rules")).unwrap()
}

pub fn gazetteer() -> Gazetteer {
    PolicyVersion::gazetteer(&tree(), "mali").unwrap()
}

pub fn validator(kind: FileKind) -> Validator {
    let schema = schema(kind, &tree(), Language::English).unwrap();
    // Editors hold dates to the calendar, so the tests do as well.
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

/// The files below a folder, by name.
pub fn files(folder: &str) -> Vec<PathBuf> {
    let mut open = vec![root().join(folder)];
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The value of a text, as an editor sees it: JSON by its name, else YAML.
pub fn value(source: &Arc<Source>) -> Option<Value> {
    if source.name().ends_with(".json") {
        return serde_json::from_str(source.text()).ok();
    }
    yaml::typed(source).ok()
}

pub fn value_of_file(path: &Path) -> Value {
    value(&Source::new(
        path.display().to_string(),
        fs::read_to_string(path).unwrap(),
    ))
    .unwrap()
}

/// The documentation has a file of policy tests among its cases.
pub fn is_policy_test(file: &Path) -> bool {
    file.starts_with(root().join("tests/policy")) || file.ends_with("docs/cases/kayes-expected.yaml")
}

pub fn assert_accepted(validator: &Validator, value: &Value, what: &str) {
    let faults: Vec<String> = validator
        .iter_errors(value)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{what}: {}", faults.join("\n"));
}

/// A policy test that states everything.
pub fn right_test() -> Value {
    json!([{
        "name": "Kayes is not named",
        "policy": "mali/2025",
        "decision_date": "2025-09-15",
        "facts": {"region": "Kayes"},
        "expect": {
            "conclusions": {"grade": "not_named", "real_risk": {"possible": ["not_established"], "needs": ["civilian"]}},
            "citations": {"grade": ["besluit:6.5"], "region-not-named": ["besluit:6.5"]},
            "flags": ["region-not-named"],
            "flags_not": ["downgrade"],
            "flags_open": ["minor"],
            "needs": ["civilian", "decision_date"],
        },
        "unconfirmed": true,
    }])
}
