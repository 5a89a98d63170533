//! Suites that nobody here wrote, read by the readers of case files. `tests/suites/run` fetches them and runs these tests;
//! no file of theirs is part of the repository.

use gradatie::case_file::{CaseReader, Documents, read_case};
use gradatie::diagnostic::{Diagnostic, render};
use gradatie::gazetteer::Gazetteer;
use gradatie::policy::{PolicyVersion, RulesTree};
use gradatie::source::Source;
use gradatie::unrepeated_keys::UnrepeatedKeys;
use gradatie::verify::Results;
use gradatie::yaml::{self, Limits};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder of a suite, below the one that `tests/suites/run` names.
fn suite(name: &str) -> PathBuf {
    let suites = std::env::var_os("GRADATIE_SUITES");
    let suites = suites.expect("GRADATIE_SUITES names no folder: run tests/suites/run");
    let folder = Path::new(&suites).join(name);
    assert!(
        folder.is_dir(),
        "{} is not there: run tests/suites/run",
        folder.display()
    );
    folder
}

/// The inputs of the YAML test suite, each a folder with `in.yaml`, by the name that the suite gives it.
fn yaml_inputs() -> BTreeMap<String, PathBuf> {
    let root = suite("yaml-test-suite");
    let mut open = vec![root.clone()];
    let mut found = BTreeMap::new();
    while let Some(folder) = open.pop() {
        if folder.join("in.yaml").is_file() {
            let name = folder.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            found.insert(name, folder);
            continue;
        }
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            // The suite lists its inputs a second time by name and by tag, as links.
            let is_list = path.parent() == Some(&root) && (path.ends_with("name") || path.ends_with("tags"));
            if path.is_dir() && !is_list {
                open.push(path);
            }
        }
    }
    found
}

fn gazetteer() -> Gazetteer {
    PolicyVersion::gazetteer(&RulesTree::embedded(), "mali").unwrap()
}

fn assert_placed(faults: &[Diagnostic]) {
    assert!(!faults.is_empty());
    for fault in faults {
        assert!(fault.place().is_some(), "{fault:?}");
        assert!(render(fault, false, 100).contains(fault.code));
    }
}

/// The values of the documents of an input, or the first that is refused.
fn values(bytes: &[u8]) -> Result<Vec<Value>, String> {
    let limits = Limits::default();
    let mut values = Vec::new();
    for document in Documents::new("in.yaml", bytes, limits.document_bytes) {
        let document = document.unwrap().map_err(|fault| fault.code.to_owned())?;
        let source: &Arc<Source> = &document.source;
        let UnrepeatedKeys(value) = yaml::typed(source).map_err(|fault| fault.message)?;
        values.push(value);
    }
    Ok(values)
}

#[test]
#[ignore = "needs the YAML test suite: tests/suites/run"]
fn the_yaml_test_suite() {
    let gazetteer = gazetteer();
    let limits = Limits::default();
    let mut classes = BTreeMap::<String, Vec<String>>::new();
    for (name, folder) in yaml_inputs() {
        let bytes = fs::read(folder.join("in.yaml")).unwrap();
        for document in Documents::new("in.yaml", &bytes[..], limits.document_bytes) {
            let document = document.unwrap().map_err(|fault| vec![fault]);
            if let Err(faults) = document.and_then(|one| read_case(&one.source, &gazetteer, &limits)) {
                assert_placed(&faults);
            }
        }
        let class = yaml_class(&folder, values(&bytes));
        classes.entry(class).or_default().push(name);
    }
    print(&classes);
    let count = |beginning: &str| -> usize {
        let of = classes.iter().filter(|(class, _)| class.starts_with(beginning));
        of.map(|(_, names)| names.len()).sum()
    };
    assert!(
        classes.values().map(Vec::len).sum::<usize>() > 300,
        "this is not the whole suite"
    );
    assert_eq!(count("valid, read as something else"), 0);
    assert_eq!(count("an error, read"), 0);
    assert!(count("valid, read as what it is") >= 200);
}

/// What became of an input, by what the suite says of it.
fn yaml_class(folder: &Path, read: Result<Vec<Value>, String>) -> String {
    if folder.join("error").exists() {
        return if read.is_ok() {
            "an error, read"
        } else {
            "an error, refused"
        }
        .to_owned();
    }
    let Ok(json) = fs::read(folder.join("in.json")) else {
        let read = if read.is_ok() { "read" } else { "refused" };
        return format!("valid and no JSON, {read}");
    };
    let values = serde_json::Deserializer::from_slice(&json).into_iter::<Value>();
    let expected: Vec<Value> = values.map(|value| numbers_alike(value.unwrap())).collect();
    match read.map(|values| values.into_iter().map(numbers_alike).collect::<Vec<_>>()) {
        Ok(values) if values == expected => "valid, read as what it is".to_owned(),
        // A marker at the end of a file begins no case.
        Ok(values) if [&values[..], &[Value::Null]].concat() == expected => {
            "valid, read as what it is but for an empty document at its end".to_owned()
        }
        Ok(values) => format!("valid, read as something else: {values:?} and not {expected:?}"),
        Err(reason) => format!("valid, refused: {}", yaml_reason(&reason)),
    }
}

/// Why a valid input is refused, in fewer words.
fn yaml_reason(reason: &str) -> &'static str {
    let reasons = [
        ("invalid type: enum", "a tag of its own"),
        ("empty-document", "no value at all, which no case is"),
        ("read in more than one way", "the two parsers differ"),
        ("stands twice", "a key stands twice"),
        ("more than one document", "a marker within a text"),
        ("directive", "a directive other than %YAML 1.2"),
        ("incompatible YAML", "a directive other than %YAML 1.2"),
        ("tab character", "a tab between tokens"),
        ("cannot start any token", "a tab between tokens"),
    ];
    let known = reasons.iter().find(|(part, _)| reason.contains(part));
    known.map_or(
        "a form that is rare (a flow key over lines, a name of odd characters)",
        |(_, words)| words,
    )
}

/// Numbers as what they count: `450.00` is `450`.
fn numbers_alike(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or(Value::Null, Value::from),
        Value::Array(items) => items.into_iter().map(numbers_alike).collect(),
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| (key, numbers_alike(value)))
            .collect(),
        other => other,
    }
}

fn print(classes: &BTreeMap<String, Vec<String>>) {
    for (class, names) in classes {
        let some = names
            .iter()
            .take(8)
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ");
        let more = if names.len() > 8 { " …" } else { "" };
        println!("{:>4}  {class}: {some}{more}", names.len());
    }
}

#[test]
#[ignore = "needs JSONTestSuite: tests/suites/run"]
fn the_json_test_suite() {
    let gazetteer = gazetteer();
    let limits = Limits::default();
    let mut classes = BTreeMap::<String, Vec<String>>::new();
    let inputs = fs::read_dir(suite("JSONTestSuite/test_parsing")).unwrap();
    let mut inputs: Vec<PathBuf> = inputs.map(|entry| entry.unwrap().path()).collect();
    inputs.sort();
    for path in inputs {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let bytes = fs::read(&path).unwrap();
        // As a line of a case load: no input of the suite is a case.
        let mut reader = CaseReader::new(&gazetteer, limits);
        let read = reader.json_line(&bytes, 0..bytes.len(), "cases.jsonl", 1);
        let faults = read.unwrap_err();
        assert_placed(&faults);
        // As a value in a recorded result.
        let line = [b"{\"case\": \"A\", \"x\": ", &bytes[..], b"}"].concat();
        let entries: Vec<_> = Results::new("results.jsonl", &line[..])
            .map(Result::unwrap)
            .collect();
        let faults = entries.iter().filter_map(|entry| entry.result.as_ref().err());
        faults.for_each(|fault| assert_placed(std::slice::from_ref(fault)));
        // Some inputs end the line, so that the rest is a fault of its own.
        let is_read = entries.iter().all(|entry| entry.result.is_ok());
        if is_read {
            let value = serde_json::from_slice::<Value>(&bytes).unwrap();
            assert_eq!(entries[0].result.as_ref().unwrap()["x"], value, "{name}");
        }
        let expected = match &name[..2] {
            "y_" => "valid",
            "n_" => "an error",
            _ => "either",
        };
        let read = if is_read { "read" } else { "refused" };
        classes
            .entry(format!("{expected}, {read}"))
            .or_default()
            .push(name);
    }
    print(&classes);
    let of = |class: &str| classes.get(class).cloned().unwrap_or_default();
    assert!(of("valid, read").len() >= 90);
    assert_eq!(of("an error, read"), [""; 0]);
    // What is valid JSON and has a key twice is refused on purpose.
    assert_eq!(
        of("valid, refused"),
        [
            "y_object_duplicated_key.json",
            "y_object_duplicated_key_and_value.json"
        ]
    );
}
