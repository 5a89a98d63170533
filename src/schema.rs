//! JSON Schema of every file that a person writes, for editors: names, values and what they mean, while one types.
//!
//! Facts come from their declaration, the files of the rules from the types that read them, names of places, conclusions,
//! flags and locators from the rules themselves. A schema accepts what the program reads; what it cannot know (an unknown
//! place, a key that stands twice) the program still refuses.

mod case;
mod policy_test;
mod rules_files;
mod words;

use crate::diagnostic::Diagnostic;
use crate::language::{Language, Words};
use crate::policy::{PolicyVersion, RulesTree};
use crate::script::{self, DefinedQuestion};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// A kind of file that has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// A case file.
    Case,
    /// A file of policy tests.
    PolicyTest,
    /// `policy.yaml`.
    Policy,
    /// `sources.yaml`.
    Register,
    /// `law.yaml`.
    Law,
    /// `regions.yaml`.
    Gazetteer,
    /// `map.yaml`.
    TileMap,
}

impl FileKind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::Case,
        Self::PolicyTest,
        Self::Policy,
        Self::Register,
        Self::Law,
        Self::Gazetteer,
        Self::TileMap,
    ];

    /// The name of its schema file.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Case => "case.schema.json",
            Self::PolicyTest => "policy-test.schema.json",
            Self::Policy => "policy.schema.json",
            Self::Register => "register.schema.json",
            Self::Law => "law.schema.json",
            Self::Gazetteer => "gazetteer.schema.json",
            Self::TileMap => "tile-map.schema.json",
        }
    }
}

/// The name of the file with the definitions for rule scripts.
pub const DEFINITIONS: &str = "gradatie.d.rhai";

/// The schema of a kind of file, with the names that the rules know and its descriptions in a language.
///
/// # Errors
/// The rules that it takes names from cannot be read; for the files of the rules themselves it takes none but places.
pub fn schema(kind: FileKind, tree: &RulesTree, language: Language) -> Result<Value, Vec<Diagnostic>> {
    let schema = match kind {
        FileKind::Case => case::schema(&places(tree)?, language),
        FileKind::PolicyTest => policy_test::schema(&versions(tree)?, &places(tree)?, language),
        FileKind::Policy => rules_files::policy(&regions(tree)?, language),
        FileKind::Register => rules_files::register(language),
        FileKind::Law => rules_files::law(language),
        FileKind::Gazetteer => rules_files::gazetteer(language),
        FileKind::TileMap => rules_files::tile_map(&regions(tree)?, language),
    };
    let mut whole = Map::new();
    whole.insert(
        "$schema".to_owned(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    if let Value::Object(schema) = schema {
        whole.extend(schema);
    }
    Ok(Value::Object(whole))
}

/// The definitions of everything that a rule script can use, for the completion of Rhai editors.
///
/// # Errors
/// A policy version cannot be read.
pub fn rhai_definitions(tree: &RulesTree, language: Language) -> Result<String, Vec<Diagnostic>> {
    let mut questions: Vec<DefinedQuestion> = Vec::new();
    for version in versions(tree)? {
        for conclusion in &version.conclusions {
            let values = conclusion.values.iter();
            let values = values.map(|value| (value.value.clone(), value.label.text(language).to_owned()));
            match questions.iter_mut().find(|known| known.name == conclusion.name) {
                Some(known) => {
                    for value in values {
                        if known.values.iter().all(|(word, _)| *word != value.0) {
                            known.values.push(value);
                        }
                    }
                }
                None => questions.push(DefinedQuestion {
                    name: conclusion.name.clone(),
                    question: conclusion.question.text(language).to_owned(),
                    values: values.collect(),
                }),
            }
        }
    }
    Ok(script::definitions(&questions, language))
}

/// The policy versions, the newest of each country first.
fn versions(tree: &RulesTree) -> Result<Vec<Arc<PolicyVersion>>, Vec<Diagnostic>> {
    let mut versions = Vec::new();
    for id in tree.ids().iter().rev() {
        let gazetteer = Arc::new(PolicyVersion::gazetteer(tree, &id.country)?);
        versions.push(Arc::new(PolicyVersion::load(tree, id, &gazetteer)?));
    }
    Ok(versions)
}

/// Every name of a place, of all countries.
fn places(tree: &RulesTree) -> Result<Vec<String>, Vec<Diagnostic>> {
    names_of_countries(tree, |gazetteer| gazetteer.names().map(str::to_owned).collect())
}

/// The regions that rules name, of all countries.
fn regions(tree: &RulesTree) -> Result<Vec<String>, Vec<Diagnostic>> {
    names_of_countries(tree, |gazetteer| gazetteer.map().regions.clone())
}

fn names_of_countries(
    tree: &RulesTree,
    of: impl Fn(&crate::gazetteer::Gazetteer) -> Vec<String>,
) -> Result<Vec<String>, Vec<Diagnostic>> {
    let mut countries: Vec<String> = tree.ids().into_iter().map(|id| id.country).collect();
    countries.dedup();
    let mut names = Vec::new();
    for country in countries {
        for name in of(&PolicyVersion::gazetteer(tree, &country)?) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    Ok(names)
}

/// An object with these keys and no others, each with its schema.
fn object(
    properties: impl IntoIterator<Item = (impl Into<String>, Value)>,
    required: &[&str],
    types: Value,
) -> Value {
    let properties: Map<String, Value> = properties
        .into_iter()
        .map(|(name, schema)| (name.into(), schema))
        .collect();
    let mut object = json!({"type": types, "properties": properties, "additionalProperties": false});
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

/// A schema with its description.
fn described(mut schema: Value, words: Words, language: Language) -> Value {
    schema["description"] = json!(words.text(language));
    schema
}
