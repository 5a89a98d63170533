//! Random cases, partly unknown.

use super::geography::{PLACES, plain};
use serde_json::{Map, Value, json};

/// Numbers that look random and are the same at each run (xorshift).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.max(1))
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    fn one_of<'a>(&mut self, values: &[&'a str]) -> &'a str {
        values[self.below(values.len())]
    }
}

/// A random case; how much of it is known differs from case to case.
pub fn random_case(random: &mut Random, index: usize) -> Value {
    // Of ten facts this many are known.
    let known = random.below(11);
    let mut facts = Map::new();
    let yes_no = ["yes", "no", "ja", "nee", "true", "false"];
    let finding = ["established", "not_established"];
    let met = ["met", "not_met"];
    let choices: [(&str, &[&str]); 11] = [
        ("nationality", &["Mali", "Mali", "other"]),
        ("origin_credible", &yes_no),
        ("moratorium", &yes_no),
        ("exclusion_1f", &yes_no),
        ("civilian", &yes_no),
        ("refugee_status", &finding),
        ("serious_harm_15ab", &finding),
        ("individual_risk", &finding),
        ("ipa_safe", &met),
        ("ipa_accessible", &met),
        ("ipa_reasonable", &met),
    ];
    for (name, values) in choices {
        if random.below(10) < known {
            let value = match random.one_of(values) {
                "true" => json!(true),
                "false" => json!(false),
                word => json!(word),
            };
            facts.insert(name.to_owned(), value);
        }
    }
    for (name, share) in [
        ("region", known.max(2)),
        ("birth_region", known / 3),
        ("last_region", known / 3),
    ] {
        if random.below(10) < share {
            let name_of_place = PLACES[random.below(PLACES.len())].name;
            let written = match random.below(4) {
                0 => name_of_place.to_uppercase(),
                1 => plain(name_of_place),
                _ => name_of_place.to_owned(),
            };
            facts.insert(name.to_owned(), json!(written));
        }
    }
    if random.below(10) < known {
        facts.insert("age".to_owned(), json!([5, 17, 18, 34, 90][random.below(5)]));
    }
    if random.below(10) < known {
        let procedure = random.one_of(&["first", "repeat", "renewal", "withdrawal"]);
        facts.insert("procedure".to_owned(), json!(procedure));
    }
    if random.below(10) < known {
        let actors = ["army", "wagner", "jihadist", "militia"];
        let chosen: Vec<&str> = actors.into_iter().filter(|_| random.below(3) == 0).collect();
        facts.insert("actors_of_harm".to_owned(), json!(chosen));
    }
    if random.below(10) < known {
        let circumstances = [
            json!("health"),
            json!({"occupation": "driver"}),
            json!("gender"),
            json!({"health": null}),
        ];
        let chosen: Vec<Value> = circumstances
            .into_iter()
            .filter(|_| random.below(3) == 0)
            .collect();
        facts.insert("individual_circumstances".to_owned(), json!(chosen));
    }
    let mut case = json!({"case": format!("R-{index}"), "facts": facts});
    if random.below(4) > 0 {
        let date = [
            "2023-01-01",
            "2024-12-31",
            "2025-01-01",
            "2025-12-31",
            "2026-01-01",
            "2026-11-24",
        ];
        case["decision_date"] = json!(random.one_of(&date));
    }
    case
}

/// So many random cases.
pub fn random_cases(count: usize, seed: u64) -> Vec<Value> {
    let mut random = Random::new(seed);
    (0..count).map(|index| random_case(&mut random, index)).collect()
}

/// Values as JSON Lines.
pub fn json_lines(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

/// The values of JSON Lines.
pub fn values(lines: impl AsRef<[u8]>) -> Vec<Value> {
    let values = serde_json::Deserializer::from_slice(lines.as_ref()).into_iter();
    values.map(Result::unwrap).collect()
}
