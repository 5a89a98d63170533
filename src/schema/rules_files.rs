//! The schemas of the files of the rules: their structure from the types that read them, their texts from `words`.

use super::case::condition;
use super::words;
use crate::facts::FactId;
use crate::gazetteer;
use crate::language::Language;
use crate::policy;
use schemars::Schema;
use serde_json::{Map, Value, json};

pub(super) fn policy(regions: &[String], language: Language) -> Value {
    let mut schema = finished(policy::policy_file_schema(), "PolicyFile", language);
    let conditions = FactId::CASE_FILE
        .iter()
        .map(|fact| (fact.name(), condition(*fact, regions, language)));
    let mut when = super::object(conditions, &[], json!("object"));
    when["minProperties"] = json!(1);
    if let Some(text) = words::of("ImpossibleEntry", "when") {
        when = super::described(when, text, language);
    }
    schema["$defs"]["ImpossibleEntry"]["properties"]["when"] = when;
    schema
}

pub(super) fn register(language: Language) -> Value {
    finished(policy::register_file_schema(), "SourcesFile", language)
}

pub(super) fn law(language: Language) -> Value {
    finished(policy::law_file_schema(), "LawFile", language)
}

pub(super) fn gazetteer(language: Language) -> Value {
    finished(gazetteer::file_schema(), "GazetteerFile", language)
}

pub(super) fn tile_map(regions: &[String], language: Language) -> Value {
    let mut schema = finished(gazetteer::tile_map_file_schema(), "TileMapFile", language);
    let region = &mut schema["$defs"]["TileEntry"]["properties"]["region"];
    *region = json!({"enum": regions, "description": region["description"]});
    schema
}

/// The schema of a type with the texts of a language in the place of the comments of its code.
fn finished(schema: Schema, root: &str, language: Language) -> Value {
    let mut schema = schema.to_value();
    plain(&mut schema);
    if let Some(Value::Object(definitions)) = schema.get_mut("$defs") {
        for (name, definition) in definitions {
            put_words(definition, name, language);
        }
    }
    put_words(&mut schema, root, language);
    schema
}

/// Takes away what only programmers need, and lets a text be anything that YAML reads as a number and the program as text.
fn plain(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            for key in ["$schema", "title", "description", "default"] {
                if object.get(key).is_some_and(|value| !is_property(value)) {
                    object.remove(key);
                }
            }
            if object.get("format").is_some_and(|format| format != "date") {
                object.remove("format");
            }
            if is_free_text(object) {
                object.insert("type".to_owned(), with_number(&object["type"]));
            }
            object.values_mut().for_each(plain);
        }
        Value::Array(items) => items.iter_mut().for_each(plain),
        _ => {}
    }
}

/// Under `properties` a `title` is the schema of a key of that name, and not an annotation.
fn is_property(value: &Value) -> bool {
    value.is_object()
}

fn is_free_text(object: &Map<String, Value>) -> bool {
    let is_text = |types: &Value| {
        types == "string"
            || types
                .as_array()
                .is_some_and(|types| types.contains(&json!("string")))
    };
    object.get("type").is_some_and(is_text)
        && ["enum", "const", "format"]
            .iter()
            .all(|key| !object.contains_key(*key))
}

fn with_number(types: &Value) -> Value {
    let mut types = types.as_array().cloned().unwrap_or_else(|| vec![types.clone()]);
    types.push(json!("number"));
    Value::from(types)
}

fn put_words(definition: &mut Value, name: &str, language: Language) {
    let describe = |schema: &mut Value, key: &str| {
        if let (Some(object), Some(words)) = (schema.as_object_mut(), words::of(name, key)) {
            object.insert("description".to_owned(), json!(words.text(language)));
        }
    };
    if let Some(Value::Object(properties)) = definition.get_mut("properties") {
        for (key, schema) in properties {
            describe(schema, key);
        }
    }
    if let Some(Value::Array(words)) = definition.get_mut("oneOf") {
        for word in words {
            let key = word["const"].as_str().unwrap_or_default().to_owned();
            describe(word, &key);
        }
    }
    describe(definition, "");
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Every key and word of a definition, and the definition itself.
    fn keys(name: &str, definition: &Value) -> Vec<(String, String)> {
        let mut keys = vec![(name.to_owned(), String::new())];
        if let Some(properties) = definition["properties"].as_object() {
            keys.extend(properties.keys().map(|key| (name.to_owned(), key.clone())));
        }
        for word in definition["oneOf"].as_array().into_iter().flatten() {
            keys.push((name.to_owned(), word["const"].as_str().unwrap().to_owned()));
        }
        keys
    }

    #[test]
    fn every_key_of_the_files_of_the_rules_is_described_and_nothing_else_is() {
        let mut needed = BTreeSet::new();
        for (root, schema) in [
            ("PolicyFile", policy::policy_file_schema()),
            ("SourcesFile", policy::register_file_schema()),
            ("LawFile", policy::law_file_schema()),
            ("GazetteerFile", gazetteer::file_schema()),
            ("TileMapFile", gazetteer::tile_map_file_schema()),
        ] {
            let schema = schema.to_value();
            needed.extend(keys(root, &schema));
            for (name, definition) in schema["$defs"].as_object().unwrap() {
                needed.extend(keys(name, definition));
            }
        }
        let described: BTreeSet<(String, String)> = words::all()
            .map(|(definition, key)| (definition.to_owned(), key.to_owned()))
            .collect();
        let missing: Vec<_> = needed.difference(&described).collect();
        let idle: Vec<_> = described.difference(&needed).collect();
        assert!(missing.is_empty(), "not described: {missing:?}");
        assert!(idle.is_empty(), "described and not there: {idle:?}");
    }
}
