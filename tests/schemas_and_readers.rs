//! The schemas and the program's own readers on thousands of changed files: what the program reads, the schema accepts.

mod planted;
mod validation;

use gradatie::case_file::read_case;
use gradatie::facts::{FactId, FactKind};
use gradatie::gazetteer::{Gazetteer, TileMap};
use gradatie::policy::{PolicyId, PolicyVersion, Register, RulesTree};
use gradatie::policy_test::Suite;
use gradatie::schema::FileKind;
use gradatie::source::Source;
use gradatie::yaml::Limits;
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use validation::{gazetteer, right_test, root, tree, validator, value, value_of_file};

/// What is put in the place of a value.
fn others() -> Vec<Value> {
    vec![
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
    ]
}

/// Every value that differs from `whole` in one place: another value there, nothing there, or a key more.
fn changed(whole: &Value) -> Vec<(String, Value)> {
    let others = others();
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
    let whole = whole_case();
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

/// The case that states everything.
fn whole_case() -> Value {
    let text = fs::read_to_string(root().join("tests/case_files/right/everything.yaml")).unwrap();
    value(&Source::new("everything.yaml", text)).unwrap()
}

/// What a hurried person may write for a fact: right in most cases.
fn written_for(fact: FactId) -> Vec<Value> {
    match fact.declaration().kind {
        FactKind::Choice(words) => {
            let spelled = words
                .iter()
                .flat_map(|word| std::iter::once(word.word).chain(word.also.iter().copied()));
            let spelled = spelled.map(Value::from);
            spelled
                .chain([json!(null), json!(true), json!("perhaps")])
                .collect()
        }
        FactKind::Set(words) => {
            let (first, last) = (words[0].word, words[words.len() - 1].word);
            vec![
                json!(null),
                json!([]),
                json!([first, last, first]),
                json!([{first: "a note"}, {last: null}, last]),
                json!([{first: 12}]),
                json!([{first: true, last: "a note"}]),
                json!(first),
            ]
        }
        FactKind::WholeNumber { least, most } => {
            vec![
                json!(null),
                json!(least),
                json!(most),
                json!(most + 1),
                json!("34"),
            ]
        }
        FactKind::Date => vec![json!("2025-09-15")],
        FactKind::Place => vec![
            json!(null),
            json!("Ménaka"),
            json!("timbuktu"),
            json!("ML-9"),
            json!("nowhere"),
            json!(9),
        ],
    }
}

thread_local! {
    static CASES: (Validator, Gazetteer) = (validator(FileKind::Case), gazetteer());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn facts_that_are_read_together_are_accepted(
        picks in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..6)
    ) {
        let mut case = json!({"case": "A", "facts": {}});
        for (fact, value) in picks {
            let fact = *fact.get(FactId::CASE_FILE);
            case["facts"][fact.name()] = value.get(&written_for(fact)).clone();
        }
        CASES.with(|(validator, gazetteer)| {
            let is_read = read_case(&as_yaml(&case), gazetteer, &Limits::default()).is_ok();
            prop_assert!(!is_read || validator.is_valid(&case), "{case}");
            Ok(())
        })?;
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
