//! The schema of case files, and of facts wherever they are stated.

use super::{described, object};
use crate::facts::{FactDeclaration, FactId, FactKind, Word};
use crate::language::{Language, Words};
use serde_json::{Value, json};

const TITLE: Words = Words {
    nl: "Een zaak: wat erover bekend is. Wat niet bekend is, blijft weg.",
    en: "A case: what is known of it. What is not known is left out.",
};
const REFERENCE: Words = Words {
    nl: "Het kenmerk van de zaak; persoonsgegevens zijn niet nodig.",
    en: "The reference of the case; no personal data is needed.",
};
const FACTS: Words = Words {
    nl: "De feiten. Een feit dat ontbreekt of leeg is, is (nog) niet bekend.",
    en: "The facts. A fact that is absent or empty is not known (yet).",
};
const NOTES: Words = Words {
    nl: "Vrije tekst, bewaard bij de zaak; geen regel leest haar.",
    en: "Free text, kept with the case; no rule reads it.",
};
const NOTE: Words = Words {
    nl: "De omstandigheid, met een toelichting voor wie weegt.",
    en: "The circumstance, with a note for the person who weighs.",
};
const ANY_PLACE: Words = Words {
    nl: "Accenten en hoofdletters tellen niet; verder wordt niets geraden.",
    en: "Accents and case do not matter; nothing else is guessed.",
};
const VALUES: Words = Words {
    nl: "Waarden",
    en: "Values",
};

pub(super) fn schema(places: &[String], language: Language) -> Value {
    // YAML reads an unquoted `12` as a number, and the program takes it as the text that it is.
    let reference = json!({"type": ["string", "number", "boolean"], "pattern": "\\S"});
    let notes = json!({"type": ["string", "number", "boolean", "null"]});
    let keys = [
        ("case", described(reference, REFERENCE, language)),
        ("decision_date", decision_date(language)),
        ("facts", facts(places, language)),
        ("notes", described(notes, NOTES, language)),
    ];
    described(object(keys, &["case"], json!("object")), TITLE, language)
}

/// The moment of decision, or nothing.
pub(super) fn decision_date(language: Language) -> Value {
    let date = json!({
        "type": ["string", "null"],
        "format": "date",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        "examples": ["2025-09-15"],
    });
    with_question(date, FactId::DecisionDate.declaration(), language)
}

/// The facts of a case, each by its name; none need be there.
pub(super) fn facts(places: &[String], language: Language) -> Value {
    let facts = FactId::CASE_FILE.iter().map(|fact| {
        let declaration = fact.declaration();
        let schema = of_fact(*fact, places, language);
        (declaration.name, with_question(schema, declaration, language))
    });
    described(object(facts, &[], json!(["object", "null"])), FACTS, language)
}

fn of_fact(fact: FactId, places: &[String], language: Language) -> Value {
    match fact.declaration().kind {
        FactKind::Choice(words) => {
            let mut written = written(words);
            written.push(Value::Null);
            json!({"enum": written})
        }
        FactKind::Set(words) => {
            let word = json!({"enum": texts(words)});
            let items = if fact == FactId::IndividualCircumstances {
                let note = json!({"type": ["string", "number", "boolean", "null"]});
                let mut noted = object(
                    words.iter().map(|word| {
                        let label = word.label.text(language);
                        let mut note = note.clone();
                        note["description"] = json!(label);
                        (word.word, note)
                    }),
                    &[],
                    json!("object"),
                );
                noted["minProperties"] = json!(1);
                noted["maxProperties"] = json!(1);
                json!({"anyOf": [word, described(noted, NOTE, language)]})
            } else {
                word
            };
            json!({"type": ["array", "null"], "items": items})
        }
        FactKind::WholeNumber { least, most } => {
            json!({"type": ["integer", "null"], "minimum": least, "maximum": most})
        }
        FactKind::Date => json!({"type": ["string", "null"], "format": "date"}),
        // A schema cannot compare without accents and case: it offers the names, and the program decides.
        FactKind::Place => json!({"anyOf": [
            {"enum": places},
            {"type": ["string", "null"], "description": ANY_PLACE.text(language)},
        ]}),
    }
}

/// Every way to write the words of a list; `true` and `false` also without quotes.
fn written(words: &[Word]) -> Vec<Value> {
    let mut written = Vec::new();
    for word in words {
        for text in std::iter::once(&word.word).chain(word.also) {
            written.push(json!(text));
            if let Ok(value) = text.parse::<bool>() {
                written.push(json!(value));
            }
        }
    }
    written
}

fn texts(words: &[Word]) -> Vec<&'static str> {
    let all = |word: &Word| std::iter::once(word.word).chain(word.also.iter().copied());
    words.iter().flat_map(all).collect()
}

/// The question, what one must know to answer, and what the values mean.
fn with_question(mut schema: Value, declaration: &FactDeclaration, language: Language) -> Value {
    let mut text = format!(
        "{} {}",
        declaration.question.text(language),
        declaration.help.text(language)
    );
    if let FactKind::Choice(words) | FactKind::Set(words) = declaration.kind {
        let labels = words.iter().map(|word| match word.label.text(language) {
            label if label == word.word => label.to_owned(),
            label => format!("{} ({label})", word.word),
        });
        let labels: Vec<String> = labels.collect();
        text += &format!("\n\n{}: {}.", VALUES.text(language), labels.join(", "));
    }
    schema["description"] = json!(text);
    schema
}

/// The condition that `impossible` of `policy.yaml` states of a fact.
pub(super) fn condition(fact: FactId, regions: &[String], language: Language) -> Value {
    let one_or_several = |values: Vec<Value>| {
        json!({"anyOf": [
            {"enum": values},
            {"type": "array", "items": {"enum": values}},
        ]})
    };
    let one_key = |keys: [&str; 2], value: Value| {
        let keys = keys.map(|key| (key, value.clone()));
        let mut schema = object(keys, &[], json!("object"));
        schema["minProperties"] = json!(1);
        schema["maxProperties"] = json!(1);
        schema
    };
    let schema = match fact.declaration().kind {
        FactKind::Choice(words) => one_or_several(written(words)),
        FactKind::Set(words) => one_key(["has", "lacks"], json!({"enum": texts(words)})),
        FactKind::WholeNumber { least, most } => one_key(
            ["below", "at_least"],
            json!({"type": "integer", "minimum": least + 1, "maximum": most}),
        ),
        FactKind::Place => one_or_several(regions.iter().map(|name| json!(name)).collect()),
        FactKind::Date => json!(false),
    };
    with_question(schema, fact.declaration(), language)
}
