//! The schemas for editors, against a validator that is not ours: they accept what the program reads, and refuse what a
//! schema can refuse.

mod planted;

use gradatie::case_file::{Documents, read_case};
use gradatie::gazetteer::{Gazetteer, TileMap};
use gradatie::language::Language;
use gradatie::policy::{PolicyId, PolicyVersion, Register, RulesTree};
use gradatie::policy_test::Suite;
use gradatie::sample::{Sample, SampleFormat, Spread};
use gradatie::schema::{FileKind, rhai_definitions, schema};
use gradatie::source::Source;
use gradatie::yaml::{self, Limits};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn tree() -> RulesTree {
    RulesTree::folder(&root().join("rules")).unwrap()
}

fn gazetteer() -> Gazetteer {
    PolicyVersion::gazetteer(&tree(), "mali").unwrap()
}

fn validator(kind: FileKind) -> Validator {
    let schema = schema(kind, &tree(), Language::English).unwrap();
    // Editors hold dates to the calendar, so the tests do as well.
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

/// The files below a folder, by name.
fn files(folder: &str) -> Vec<PathBuf> {
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
fn value(source: &Arc<Source>) -> Option<Value> {
    if source.name().ends_with(".json") {
        return serde_json::from_str(source.text()).ok();
    }
    yaml::typed(source).ok()
}

fn value_of_file(path: &Path) -> Value {
    value(&Source::new(
        path.display().to_string(),
        fs::read_to_string(path).unwrap(),
    ))
    .unwrap()
}

/// The documentation has a file of policy tests among its cases.
fn is_policy_test(file: &Path) -> bool {
    file.starts_with(root().join("tests/policy")) || file.ends_with("docs/cases/kayes-expected.yaml")
}

fn assert_accepted(validator: &Validator, value: &Value, what: &str) {
    let faults: Vec<String> = validator
        .iter_errors(value)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{what}: {}", faults.join("\n"));
}

#[test]
fn each_schema_is_a_valid_schema_in_both_languages() {
    let mut texts = BTreeSet::new();
    for kind in FileKind::ALL {
        for language in [Language::Dutch, Language::English] {
            let schema = schema(kind, &tree(), language).unwrap();
            assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
            jsonschema::draft202012::meta::validate(&schema)
                .unwrap_or_else(|fault| panic!("{kind:?}: {fault}"));
            jsonschema::draft202012::new(&schema).unwrap();
            // Older editors know draft 7; no keyword that it lacks is used.
            let mut older = schema.clone();
            older["$schema"] = json!("http://json-schema.org/draft-07/schema#");
            jsonschema::draft7::meta::validate(&older).unwrap_or_else(|fault| panic!("{kind:?}: {fault}"));
            texts.insert(schema.to_string());
        }
    }
    assert_eq!(texts.len(), 14, "each kind and language has a text of its own");
}

#[test]
fn every_right_case_file_is_accepted() {
    let validator = validator(FileKind::Case);
    let mut accepted = 0;
    let docs = files("docs/cases");
    let docs = docs
        .iter()
        .filter(|file| !file.ends_with("typo.yaml") && !is_policy_test(file));
    for file in files("tests/case_files/right").iter().chain(docs) {
        let bytes = fs::read(file).unwrap();
        for document in Documents::new(file.display().to_string(), &bytes[..], 1 << 20) {
            let document = document.unwrap().unwrap();
            assert_accepted(&validator, &value(&document.source).unwrap(), &document.origin);
            accepted += 1;
        }
    }
    assert!(accepted > 10, "{accepted}");
}

/// What no schema can refuse, and why. The program refuses all of it.
const BEYOND_A_SCHEMA: [(&str, &str); 2] = [
    (
        "duplicate_key.json",
        "a schema sees a mapping after it is read; editors show keys that stand twice themselves",
    ),
    (
        "unknown_place.yaml",
        "a schema cannot compare names without accents and case, so it offers the names and takes any text",
    ),
];

#[test]
fn every_wrong_case_file_is_refused_but_for_what_no_schema_can_refuse() {
    let validator = validator(FileKind::Case);
    let mut accepted = BTreeSet::new();
    let mut refused = 0;
    let typo = root().join("docs/cases/typo.yaml");
    for file in files("tests/case_files/wrong").into_iter().chain([typo]) {
        let bytes = fs::read(&file).unwrap();
        for document in Documents::new(file.display().to_string(), &bytes[..], 1 << 20) {
            // What is no text, no document or no YAML has no value that a schema could be asked about.
            let Ok(document) = document.unwrap() else { continue };
            if read_case(&document.source, &gazetteer(), &Limits::default()).is_ok() {
                continue;
            }
            match value(&document.source) {
                Some(value) if validator.is_valid(&value) => {
                    accepted.insert(file.file_name().unwrap().to_str().unwrap().to_owned());
                }
                Some(_) => refused += 1,
                None => {}
            }
        }
    }
    let expected: BTreeSet<String> = BEYOND_A_SCHEMA
        .iter()
        .map(|(file, _)| (*file).to_owned())
        .collect();
    assert_eq!(accepted, expected);
    assert!(refused > 12, "{refused}");
}

#[test]
fn every_file_of_the_rules_and_every_policy_test_is_accepted() {
    let mut accepted = 0;
    let rules = files("rules");
    let yaml = rules
        .iter()
        .filter(|file| file.extension().is_some_and(|e| e == "yaml"));
    let mut tests = files("tests/policy");
    tests.push(root().join("docs/cases/kayes-expected.yaml"));
    for file in yaml.chain(&tests) {
        let kind = match file.file_name().unwrap().to_str().unwrap() {
            "policy.yaml" => FileKind::Policy,
            "sources.yaml" => FileKind::Register,
            "law.yaml" => FileKind::Law,
            "regions.yaml" => FileKind::Gazetteer,
            "map.yaml" => FileKind::TileMap,
            _ => {
                assert!(is_policy_test(file), "{}", file.display());
                FileKind::PolicyTest
            }
        };
        assert_accepted(
            &validator(kind),
            &value_of_file(file),
            &file.display().to_string(),
        );
        accepted += 1;
    }
    assert!(accepted > 15, "{accepted}");
}

/// Every value that differs from `whole` in one place: another value there, nothing there, or a key more.
fn changed(whole: &Value) -> Vec<(String, Value)> {
    let others = [
        json!(null),
        json!(true),
        json!(12),
        json!(-1),
        json!(3.5),
        json!(""),
        json!("a text"),
        json!("ja"),
        json!("SEGOU"),
        json!("unknown"),
        json!("decision"),
        json!("2025-09-15"),
        json!("2025-02-30"),
        json!(20250915),
        json!([]),
        json!(["health", {"occupation": 12}, {"gender": null}]),
        json!({}),
        json!({"nl": "een", "en": "one"}),
    ];
    let mut changed = Vec::new();
    for path in paths(whole) {
        for other in &others {
            let mut value = whole.clone();
            *value.pointer_mut(&path).unwrap() = other.clone();
            changed.push((path.clone(), value));
        }
        if let Some(object) = whole.pointer(&path).unwrap().as_object() {
            let mut value = whole.clone();
            value.pointer_mut(&path).unwrap()["no_key"] = json!("a text");
            changed.push((format!("{path}/no_key"), value));
            for key in object.keys() {
                let mut value = whole.clone();
                let inside = value.pointer_mut(&path).unwrap().as_object_mut().unwrap();
                inside.remove(key);
                changed.push((format!("{path}/{key}"), value));
            }
        }
    }
    changed
}

/// The places of a value, as JSON pointers.
fn paths(value: &Value) -> Vec<String> {
    let inside: Vec<(String, &Value)> = match value {
        Value::Object(object) => object.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(items) => (0..)
            .zip(items)
            .map(|(at, item): (usize, _)| (at.to_string(), item))
            .collect(),
        _ => Vec::new(),
    };
    let below = inside
        .into_iter()
        .flat_map(|(key, value)| paths(value).into_iter().map(move |path| format!("/{key}{path}")));
    std::iter::once(String::new()).chain(below).collect()
}

/// The value as YAML: JSON is YAML, and the marker keeps it from being read as JSON.
fn as_yaml(value: &Value) -> Arc<Source> {
    Source::new("changed.yaml", format!("--- {value}\n"))
}

/// Lists of mappings are alike: the first items stand for all.
fn shortened(value: &mut Value) {
    match value {
        Value::Array(items) => {
            if items.iter().all(Value::is_object) {
                items.truncate(2);
            }
            items.iter_mut().for_each(shortened);
        }
        Value::Object(object) => object.values_mut().for_each(shortened),
        _ => {}
    }
}

/// Where the program and the schema disagree: what only the program takes, and what only the schema takes.
fn disagreements(
    whole: &Value,
    validator: &Validator,
    is_read: impl FnMut(&Arc<Source>) -> bool,
) -> (Vec<String>, Vec<String>) {
    compared(whole, |value| validator.is_valid(value), is_read)
}

fn compared(
    whole: &Value,
    is_accepted: impl Fn(&Value) -> bool,
    mut is_read: impl FnMut(&Arc<Source>) -> bool,
) -> (Vec<String>, Vec<String>) {
    compared_together(whole, is_accepted, |sources| {
        sources.iter().map(&mut is_read).collect()
    })
}

fn compared_together(
    whole: &Value,
    is_accepted: impl Fn(&Value) -> bool,
    are_read: impl FnOnce(&[Arc<Source>]) -> Vec<bool>,
) -> (Vec<String>, Vec<String>) {
    let mut all = changed(whole);
    all.push((String::new(), whole.clone()));
    let sources: Vec<Arc<Source>> = all.iter().map(|(_, value)| as_yaml(value)).collect();
    let read = are_read(&sources);
    assert!(read[all.len() - 1] && is_accepted(whole));
    let (mut only_program, mut only_schema) = (Vec::new(), Vec::new());
    for ((path, value), by_program) in all.iter().zip(&read) {
        let shown = || {
            format!(
                "{path} = {}",
                value.pointer(path).unwrap_or(&json!("(not there)"))
            )
        };
        match (by_program, is_accepted(value)) {
            (true, false) => only_program.push(shown()),
            (false, true) => only_schema.push(shown()),
            _ => {}
        }
    }
    let count = read.iter().filter(|is_read| **is_read).count();
    assert!(
        count > 20 && read.len() - count > 100,
        "{count} of {} changes are read",
        read.len()
    );
    (only_program, only_schema)
}

#[test]
fn what_the_program_reads_as_a_case_the_schema_accepts_and_little_more() {
    let validator = validator(FileKind::Case);
    let gazetteer = gazetteer();
    let text = fs::read_to_string(root().join("tests/case_files/right/everything.yaml")).unwrap();
    let whole = value(&Source::new("everything.yaml", text)).unwrap();
    let (only_program, only_schema) = disagreements(&whole, &validator, |source| {
        read_case(source, &gazetteer, &Limits::default()).is_ok()
    });
    assert_eq!(only_program, Vec::<String>::new());
    // Names of places, which no schema can compare as the program does.
    let of_places = [
        "/facts/region = ",
        "/facts/birth_region = ",
        "/facts/last_region = ",
    ];
    let others: Vec<&String> = only_schema
        .iter()
        .filter(|one| !of_places.iter().any(|place| one.starts_with(place)))
        .collect();
    assert!(others.is_empty(), "{others:#?}");
    assert!(only_schema.len() > 10, "{}", only_schema.len());
}

#[test]
fn made_up_cases_are_accepted() {
    let validator = validator(FileKind::Case);
    let gazetteer = gazetteer();
    for spread in [Spread::Uniform, Spread::Plausible] {
        for case in Sample::new(&gazetteer, spread, 7).take(300) {
            for (name, format) in [
                ("case.yaml", SampleFormat::Yaml),
                ("case.json", SampleFormat::Lines),
            ] {
                let source = Source::new(name, case.text(format));
                assert!(read_case(&source, &gazetteer, &Limits::default()).is_ok());
                assert_accepted(&validator, &value(&source).unwrap(), case.reference());
            }
        }
    }
}

/// The program reads an unquoted `~` or `true` as a text where it wants one; nobody means that, and editors say so.
fn is_text_by_accident(change: &str) -> bool {
    change.ends_with(" = null") || change.ends_with(" = true")
}

#[test]
fn what_the_program_reads_of_the_rules_the_schemas_accept() {
    let rules = planted::Rules::new();
    let id = PolicyId::parse("mali/2025").unwrap();
    let path = |file: &str| root().join("rules").join(file);
    let short = |file: &str| {
        let mut value = value_of_file(&path(file));
        shortened(&mut value);
        value
    };
    let is_policy = |source: &Arc<Source>| {
        fs::write(rules.root().join("mali/2025/policy.yaml"), source.text()).unwrap();
        PolicyVersion::in_force(&RulesTree::folder(&rules.root()).unwrap(), &id).is_ok()
    };
    let source = |file: &str| Source::new(file, fs::read_to_string(path(file)).unwrap());
    let (register, law) = (source("mali/2025/sources.yaml"), source("general/law.yaml"));
    let mut regions = short("mali/regions.yaml");
    regions["regions_2023"].as_array_mut().unwrap().truncate(6);
    let all = [
        disagreements(
            &short("mali/2025/policy.yaml"),
            &validator(FileKind::Policy),
            is_policy,
        ),
        disagreements(
            &short("mali/2025/sources.yaml"),
            &validator(FileKind::Register),
            |changed| Register::read(changed, &law).is_ok(),
        ),
        disagreements(&short("general/law.yaml"), &validator(FileKind::Law), |changed| {
            Register::read(&register, changed).is_ok()
        }),
        disagreements(&regions, &validator(FileKind::Gazetteer), |changed| {
            Gazetteer::read(changed).is_ok()
        }),
        disagreements(
            &value_of_file(&path("mali/map.yaml")),
            &validator(FileKind::TileMap),
            |changed| TileMap::read(changed, &gazetteer()).is_ok(),
        ),
    ];
    for (only_program, only_schema) in all {
        let meant: Vec<&String> = only_program
            .iter()
            .filter(|change| !is_text_by_accident(change))
            .collect();
        assert!(meant.is_empty(), "{meant:#?}");
        // What is left to the program are names: which regions, locators and sources there are, and whether one is missing.
        let names = [
            "/name = ",
            "/region_2023 = ",
            "/regions_2023",
            "/locator = ",
            "/id = ",
            "/tiles = []",
        ];
        let others: Vec<&String> = only_schema
            .iter()
            .filter(|change| !names.iter().any(|name| change.contains(name)))
            .collect();
        assert!(others.is_empty(), "{others:#?}");
    }
}

#[test]
fn what_the_program_reads_as_impossible_the_schema_accepts() {
    let rules = planted::Rules::new();
    let id = PolicyId::parse("mali/2025").unwrap();
    let gazetteer = Arc::new(gazetteer());
    let because = json!({"nl": "een", "en": "one"});
    let mut policy = value_of_file(&root().join("rules/mali/2025/policy.yaml"));
    let entries = json!([
        {"when": {"age": {"below": 12}, "procedure": "renewal"}, "because": because},
        {"when": {"region": ["Gao", "Kidal"], "civilian": ["no", "yes"]}, "because": because},
        {"when": {"actors_of_harm": {"has": "army"}, "individual_circumstances": {"lacks": "age"}}, "because": because},
    ]);
    let validator = validator(FileKind::Policy);
    let is_read = |entries: &Arc<Source>| {
        let Some(entries) = value(entries) else {
            return false;
        };
        policy["impossible"] = entries;
        fs::write(rules.root().join("mali/2025/policy.yaml"), policy.to_string()).unwrap();
        PolicyVersion::load(&RulesTree::folder(&rules.root()).unwrap(), &id, &gazetteer).is_ok()
    };
    let whole = value_of_file(&root().join("rules/mali/2025/policy.yaml"));
    let is_accepted = |entries: &Value| {
        let mut whole = whole.clone();
        whole["impossible"] = entries.clone();
        validator.is_valid(&whole)
    };
    let (only_program, only_schema) = compared(&entries, is_accepted, is_read);
    let meant: Vec<&String> = only_program
        .iter()
        .filter(|change| !is_text_by_accident(change))
        .collect();
    assert!(meant.is_empty(), "{meant:#?}");
    assert!(only_schema.is_empty(), "{only_schema:#?}");
}

#[test]
fn a_schema_knows_the_names_of_the_rules_that_are_used() {
    let rules = planted::Rules::new();
    rules.change("mali/regions.yaml", "[Nioro du Sahel]", "[Nioro du Nord]");
    rules.change("mali/2025/policy.yaml", "id: state-actor", "id: actor-of-state");
    let tree = RulesTree::folder(&rules.root()).unwrap();
    let case = schema(FileKind::Case, &tree, Language::English).unwrap();
    let names = case["properties"]["facts"]["properties"]["region"]["anyOf"][0]["enum"]
        .as_array()
        .unwrap();
    assert!(names.contains(&json!("Nioro du Nord")) && !names.contains(&json!("Nioro du Sahel")));
    // A function of that name is missing: the version is at fault, and only its own files still have a schema.
    assert!(schema(FileKind::PolicyTest, &tree, Language::English).is_err());
    assert!(rhai_definitions(&tree, Language::English).is_err());
    assert!(schema(FileKind::Policy, &tree, Language::English).is_ok());
}

/// A policy test that states everything.
fn right_test() -> Value {
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

#[test]
fn a_policy_test_with_a_name_that_no_version_has_is_refused() {
    let validator = validator(FileKind::PolicyTest);
    let right = right_test();
    assert_accepted(&validator, &right, "a right test");
    for (place, wrong) in [
        ("/0/name", json!("Kayes")),
        ("/0/policy", json!("mali/2024")),
        ("/0/facts", json!({"regoin": "Kayes"})),
        ("/0/facts/region", json!(["Kayes"])),
        ("/0/expect", json!({})),
        ("/0/expect", json!({"conclusion": {"grade": "not_named"}})),
        ("/0/expect/conclusions", json!({"grad": "not_named"})),
        ("/0/expect/conclusions/grade", json!("named")),
        (
            "/0/expect/conclusions/real_risk",
            json!({"possible": ["not_named"]}),
        ),
        ("/0/expect/conclusions/real_risk", json!({})),
        ("/0/expect/citations/grade", json!(["besluit:7.1"])),
        ("/0/expect/citations/grade", json!("besluit:6.5")),
        ("/0/expect/flags", json!(["region_not_named"])),
        ("/0/expect/needs", json!(["citizen"])),
        ("/0/unconfirmed", json!(false)),
        ("/0/decision_date", json!("2025-02-30")),
    ] {
        let mut test = right.clone();
        *test.pointer_mut(place).unwrap() = wrong;
        assert!(!validator.is_valid(&test), "{place}: {test}");
    }
}

#[test]
fn what_the_program_reads_as_a_policy_test_the_schema_accepts() {
    let validator = validator(FileKind::PolicyTest);
    let folder = tempfile::tempdir().unwrap();
    let (only_program, only_schema) = compared_together(
        &right_test(),
        |value| validator.is_valid(value),
        |sources| {
            let name = |index: usize| folder.path().join(format!("{index:04}.yaml"));
            for (index, source) in sources.iter().enumerate() {
                fs::write(name(index), source.text()).unwrap();
            }
            let suite = Suite::read(&tree(), &[folder.path().to_owned()]).unwrap();
            let at_fault: BTreeSet<String> = suite
                .faults
                .iter()
                .filter(|fault| fault.code != "duplicate-name")
                .map(|fault| fault.place().unwrap().0.to_owned())
                .collect();
            let is_read = |index| !at_fault.contains(&name(index).display().to_string());
            (0..sources.len()).map(is_read).collect()
        },
    );
    assert_eq!(only_program, Vec::<String>::new());
    let others: Vec<&String> = only_schema
        .iter()
        .filter(|change| !change.starts_with("/0/facts/region = "))
        .collect();
    assert!(others.is_empty(), "{others:#?}");
}

#[test]
fn the_definitions_for_scripts_name_every_fact_and_every_question() {
    let text = rhai_definitions(&tree(), Language::Dutch).unwrap();
    for fact in gradatie::facts::FactId::ALL {
        let declaration = fact.declaration();
        assert!(text.contains(&format!("fn get {}(facts: Facts) -> ", declaration.name)));
        assert!(text.contains(declaration.question.nl), "{}", declaration.name);
    }
    for name in [
        "scope",
        "grade",
        "real_risk",
        "internal_protection",
        "internal_protection_test",
    ] {
        assert!(
            text.contains(&format!("\nfn {name}(facts: Facts) -> String;\n")),
            "{name}"
        );
    }
}
