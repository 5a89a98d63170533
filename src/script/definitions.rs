//! What a rule script can use, as a definition file of Rhai's language servers.
//!
//! Rhai can write such a file itself, but only when it is built to keep doc comments, and then it refuses a `///` that
//! stands before anything else than a function. Facts are read through an indexer, which such a file would not name.

use crate::facts::{FactId, FactKind};
use crate::language::{Language, Words};
use std::fmt::Write;

/// A question that scripts can use as a function.
#[derive(Debug, Clone)]
pub struct DefinedQuestion {
    /// The name of the function.
    pub name: String,
    /// The question in words.
    pub question: String,
    /// Its values, each with its label.
    pub values: Vec<(String, String)>,
}

const HEAD: Words = Words {
    nl: "Wat een regel kan gebruiken. Gemaakt door `gradatie schema rhai`: niet met de hand wijzigen.",
    en: "What a rule can use. Made by `gradatie schema rhai`: do not change it by hand.",
};
const FACTS: Words = Words {
    nl: "De feiten van een zaak.",
    en: "The facts of a case.",
};
const NUMBER: Words = Words {
    nl: "Een getal, alleen te vergelijken met een vast getal.",
    en: "A number; it can only be compared with a constant.",
};
const DATE: Words = Words {
    nl: "Een datum, alleen te vergelijken met een vaste datum zoals `\"2025-12-31\"`.",
    en: "A date; it can only be compared with a constant such as `\"2025-12-31\"`.",
};
const LIST: Words = Words {
    nl: "Een lijst van woorden, alleen te vragen met `has`.",
    en: "A list of words; it can only be asked with `has`.",
};
const CONCLUSION: Words = Words {
    nl: "Een conclusie met de vindplaatsen waarop zij rust.",
    en: "A conclusion with the sentences that it rests on.",
};
const VALUES: Words = Words {
    nl: "Waarden",
    en: "Values",
};
const CERCLE: Words = Words {
    nl: "De cercle van de plaats; `none` voor een hele regio.",
    en: "The cercle of the place; `none` for a whole region.",
};
const LATER_REGION: Words = Words {
    nl: "De regio van de plaats op de latere kaart.",
    en: "The region of the place on the later map.",
};
const CONCLUDE: Words = Words {
    nl: "Sluit de vraag af met een waarde en één tot zes vindplaatsen: `conclude(\"no_15c\", \"besluit:6.4\")`.",
    en: "Ends the question with a value and one to six locators: `conclude(\"no_15c\", \"besluit:6.4\")`.",
};
const RAISE: Words = Words {
    nl: "In flags.rhai: een mens moet hiernaar kijken; met één tot zes vindplaatsen.",
    en: "In flags.rhai: a human must look at this; with one to six locators.",
};
const HAS: Words = Words {
    nl: "Of een lijst een woord heeft: `facts.actors_of_harm.has(\"army\")`.",
    en: "Whether a list has a word: `facts.actors_of_harm.has(\"army\")`.",
};
const RECORDED: Words = Words {
    nl: "Of een feit is gegeven dat mag ontbreken: `facts.recorded(\"birth_region\")`.",
    en: "Whether a fact is given that may stay unrecorded: `facts.recorded(\"birth_region\")`.",
};
const FROM: Words = Words {
    nl: "Dezelfde feiten met een andere plaats als regio: `grade(facts.from(\"birth_region\"))`.",
    en: "The same facts with another place as the region: `grade(facts.from(\"birth_region\"))`.",
};

/// The definition file.
pub fn definitions(questions: &[DefinedQuestion], language: Language) -> String {
    let mut file = Definitions {
        text: String::new(),
        language,
    };
    file.comment(HEAD.text(language));
    file.text += "module static;\n";
    for (name, words) in [
        ("Facts", FACTS),
        ("Number", NUMBER),
        ("Date", DATE),
        ("List", LIST),
        ("Conclusion", CONCLUSION),
    ] {
        file.item(words.text(language), &format!("type {name} = ...;"));
    }
    for fact in FactId::ALL {
        file.fact(*fact);
    }
    for (name, words) in [("cercle", CERCLE), ("region_2023", LATER_REGION)] {
        file.getter(name, words.text(language), "String");
    }
    for (words, signature) in [
        (HAS, "has(list: List, word: String) -> bool"),
        (RECORDED, "recorded(facts: Facts, fact: String) -> bool"),
        (FROM, "from(facts: Facts, place: String) -> Facts"),
        (
            CONCLUDE,
            "conclude(value: String, ...locators: String) -> Conclusion",
        ),
        (RAISE, "raise(...locators: String) -> Conclusion"),
    ] {
        file.item(words.text(language), &format!("fn {signature};"));
    }
    for question in questions {
        let values = question.values.iter();
        let values = values.map(|(word, label)| (word.as_str(), label.as_str()));
        let text = format!("{}\n\n{}", question.question, file.values(values));
        file.item(&text, &format!("fn {}(facts: Facts) -> String;", question.name));
    }
    for (of, constant) in [("Number", "int"), ("Date", "String")] {
        file.text.push('\n');
        for operator in ["<", "<=", ">", ">=", "==", "!="] {
            let _ = writeln!(file.text, "op {operator}({of}, {constant}) -> bool;");
        }
    }
    file.text
}

struct Definitions {
    text: String,
    language: Language,
}

impl Definitions {
    fn comment(&mut self, text: &str) {
        for line in text.lines() {
            self.text += format!("/// {line}").trim_end();
            self.text.push('\n');
        }
    }

    fn item(&mut self, comment: &str, definition: &str) {
        self.text.push('\n');
        self.comment(comment);
        self.text += definition;
        self.text.push('\n');
    }

    fn getter(&mut self, name: &str, comment: &str, of: &str) {
        self.item(comment, &format!("fn get {name}(facts: Facts) -> {of};"));
    }

    fn fact(&mut self, fact: FactId) {
        let declaration = fact.declaration();
        let text = |words: &Words| words.text(self.language).to_owned();
        let mut comment = format!("{}\n{}", text(&declaration.question), text(&declaration.help));
        let of = match declaration.kind {
            FactKind::Choice(words) | FactKind::Set(words) => {
                let words = words
                    .iter()
                    .map(|word| (word.word, word.label.text(self.language)));
                let _ = write!(comment, "\n\n{}", self.values(words));
                match declaration.kind {
                    FactKind::Set(_) => "List",
                    _ => "String",
                }
            }
            FactKind::WholeNumber { .. } => "Number",
            FactKind::Date => "Date",
            FactKind::Place => "String",
        };
        self.getter(declaration.name, &comment, of);
    }

    fn values<'w>(&self, words: impl Iterator<Item = (&'w str, &'w str)>) -> String {
        let labelled = |(word, label): (&str, &str)| match word == label {
            true => format!("`{word}`"),
            false => format!("`{word}` ({label})"),
        };
        let words: Vec<String> = words.map(labelled).collect();
        format!("{}: {}.", VALUES.text(self.language), words.join(", "))
    }
}
