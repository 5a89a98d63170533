//! The schema of policy tests.

use super::case::{decision_date, facts};
use super::{described, object};
use crate::facts::FactId;
use crate::language::{Language, Words};
use crate::policy::PolicyVersion;
use crate::policy_test::BY_DATE;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const TITLE: Words = Words {
    nl: "Beleidstests: wat een analist van de regels verwacht. Wat een test niet noemt, wordt niet getoetst.",
    en: "Policy tests: what an analyst expects of the rules. What a test does not state is not checked.",
};
const NAME: Words = Words {
    nl: "Een zin die zegt wat de test laat zien; in een beleidsversie elke naam één keer.",
    en: "A sentence that says what the test shows; each name once in a policy version.",
};
const POLICY: Words = Words {
    nl: "De beleidsversie, als de map van het bestand die niet noemt; `by_date` als de beslisdatum haar kiest.",
    en: "The policy version, where the folder of the file does not name it; `by_date` where the decision date picks it.",
};
const UNCONFIRMED: Words = Words {
    nl: "Nog niemand heeft bevestigd dat het beleid zegt wat hier wordt verwacht. Haal de regel weg als het klopt.",
    en: "Nobody has confirmed yet that the policy says what is expected here. Take the line out once it is right.",
};
const EXPECT: Words = Words {
    nl: "Wat eruit moet komen.",
    en: "What must come out.",
};
const CONCLUSIONS: Words = Words {
    nl: "Per conclusie de waarde, of voor een open conclusie de mogelijke waarden en de feiten die nodig zijn.",
    en: "By conclusion the value, or for an open conclusion the possible values and the facts that are needed.",
};
const CITATIONS: Words = Words {
    nl: "Per conclusie of aandachtspunt precies de vindplaatsen waarop het rust.",
    en: "By conclusion or flag exactly the sentences that it rests on.",
};
const FLAGS: Words = Words {
    nl: "Aandachtspunten die er moeten zijn.",
    en: "Flags that must be raised.",
};
const FLAGS_NOT: Words = Words {
    nl: "Aandachtspunten die er niet mogen zijn, wat de ontbrekende feiten ook zijn.",
    en: "Flags that must not be raised, whatever the missing facts are.",
};
const FLAGS_OPEN: Words = Words {
    nl: "Aandachtspunten die van ontbrekende feiten afhangen.",
    en: "Flags that depend on missing facts.",
};
const NEEDS: Words = Words {
    nl: "Precies de feiten die nog iets kunnen veranderen, het meest zeggende eerst.",
    en: "Exactly the facts that can still change something, the most telling first.",
};
const POSSIBLE: Words = Words {
    nl: "Precies de waarden die nog mogelijk zijn.",
    en: "Exactly the values that are still possible.",
};

/// The names of all versions; a test is checked against its own by the program.
pub(super) fn schema(versions: &[Arc<PolicyVersion>], places: &[String], language: Language) -> Value {
    let mut conclusions = Map::new();
    let (mut flags, mut locators) = (Vec::new(), Vec::new());
    for version in versions {
        for conclusion in &version.conclusions {
            let entry = conclusions
                .entry(conclusion.name.clone())
                .or_insert_with(|| json!({"values": [], "question": conclusion.question.text(language)}));
            if let Some(values) = entry["values"].as_array_mut() {
                let own = conclusion.values.iter().map(|value| json!(value.value));
                add_new(values, own);
            }
        }
        add_new(&mut flags, version.flags.iter().map(|flag| json!(flag.id)));
        add_new(
            &mut locators,
            version
                .register
                .entries()
                .iter()
                .map(|entry| json!(entry.locator)),
        );
    }
    let ids = versions.iter().map(|version| version.id.to_string());
    let ids: Vec<String> = ids.chain([BY_DATE.to_owned()]).collect();
    let facts_named = json!({"enum": FactId::ALL.iter().map(|fact| fact.name()).collect::<Vec<_>>()});
    let list = |items: Value, words| described(json!({"type": "array", "items": items}), words, language);

    let cited = conclusions.keys().map(String::as_str);
    let cited: Vec<&str> = cited.chain(flags.iter().filter_map(Value::as_str)).collect();
    let locators = json!({"type": "array", "items": {"enum": locators}});
    let citations = object(
        cited.into_iter().map(|name| (name, locators.clone())),
        &[],
        json!("object"),
    );

    let expected = conclusions.iter().map(|(name, of)| {
        let open = object(
            [
                ("possible", list(json!({"enum": of["values"]}), POSSIBLE)),
                ("needs", list(facts_named.clone(), NEEDS)),
            ],
            &[],
            json!("object"),
        );
        let open = not_empty(open);
        let schema = json!({"anyOf": [{"enum": of["values"]}, open], "description": of["question"]});
        (name.as_str(), schema)
    });
    let conclusions = object(expected, &[], json!("object"));

    let flags = json!({"enum": flags});
    let expect = object(
        [
            (
                "conclusions",
                described(not_empty(conclusions), CONCLUSIONS, language),
            ),
            ("citations", described(not_empty(citations), CITATIONS, language)),
            ("flags", list(flags.clone(), FLAGS)),
            ("flags_not", list(flags.clone(), FLAGS_NOT)),
            ("flags_open", list(flags, FLAGS_OPEN)),
            ("needs", list(facts_named, NEEDS)),
        ],
        &[],
        json!("object"),
    );
    let name = json!({"type": "string", "pattern": "\\S\\s+\\S"});
    let test = object(
        [
            ("name", described(name, NAME, language)),
            ("policy", described(json!({"enum": ids}), POLICY, language)),
            ("decision_date", decision_date(language)),
            ("facts", facts(places, language)),
            ("expect", described(not_empty(expect), EXPECT, language)),
            (
                "unconfirmed",
                described(json!({"const": true}), UNCONFIRMED, language),
            ),
        ],
        &["name", "facts", "expect"],
        json!("object"),
    );
    // A file with comments alone has no tests.
    let tests = json!({"type": ["array", "null"], "items": test});
    described(tests, TITLE, language)
}

fn not_empty(mut schema: Value) -> Value {
    schema["minProperties"] = json!(1);
    schema
}

fn add_new(list: &mut Vec<Value>, more: impl Iterator<Item = Value>) {
    for value in more {
        if !list.contains(&value) {
            list.push(value);
        }
    }
}
