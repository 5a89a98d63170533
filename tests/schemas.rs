//! The schemas for editors, against a validator that is not ours: they accept what is right, and refuse what a schema can
//! refuse.

mod planted;
mod validation;

use gradatie::case_file::{Documents, read_case};
use gradatie::language::Language;
use gradatie::policy::RulesTree;
use gradatie::sample::{Sample, SampleFormat, Spread};
use gradatie::schema::{FileKind, rhai_definitions, schema};
use gradatie::source::Source;
use gradatie::yaml::Limits;
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use validation::{
    assert_accepted, files, gazetteer, is_policy_test, right_test, root, tree, validator, value,
    value_of_file,
};

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
