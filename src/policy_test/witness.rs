//! A case of a branch as a policy test, ready to paste.

use super::claims::{FlagState, cites, locators, name};
use super::read::BY_DATE;
use crate::diagram::Space;
use crate::evaluate::{Determination, determine, knowledge, possible_facts};
use crate::facts::{Candidates, FactId, Facts, Knowledge, PickedBy};
use crate::language::{Language, Words};
use crate::policy::PolicyVersion;
use crate::script::Asked;
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// A case that a policy test can state.
#[derive(Debug, Clone)]
pub struct StatedCase {
    /// The decision date picks the version; else the test names it.
    pub by_date: bool,
    /// The moment of decision.
    pub decision_date: Option<Date>,
    /// The facts as a case file states them.
    pub facts: Map<String, Value>,
    /// What is known of it.
    pub known: Knowledge,
}

impl StatedCase {
    /// A case of a row of a diagram, with the facts that the row names and no others. `None` where no test can state
    /// one: a version is not picked in that way.
    pub(super) fn of(
        policy: &PolicyVersion,
        space: &Space,
        cells: &BTreeMap<usize, Vec<usize>>,
    ) -> Option<Self> {
        let mut facts = space.witness(cells, &policy.gazetteer);
        let named: BTreeSet<&str> = cells
            .keys()
            .map(|variable| space.variables()[*variable].fact.name())
            .collect();
        facts.retain(|fact, _| named.contains(fact.as_str()));
        let date = facts.remove(FactId::DecisionDate.name());
        let date: Option<Date> = date.and_then(|date| date.as_str()?.parse().ok());
        let (by, date) = picked(policy, space, cells, date)?;
        let values: Facts = serde_json::from_value(Value::Object(facts.clone())).ok()?;
        Some(Self {
            by_date: by != PickedBy::Name,
            decision_date: date,
            known: knowledge(&values, date, by, &policy.gazetteer),
            facts,
        })
    }

    /// What the policy determines of a question for this case; `None` where its rules fail.
    pub(super) fn determined(&self, policy: &PolicyVersion, asked: Asked) -> Option<Determination> {
        let known = possible_facts(policy, &self.known).ok()?;
        determine(policy, asked, &known).ok()
    }

    /// The case as a test that expects what the policy says now; `taken` are the names that other tests have.
    pub(super) fn test(
        &self,
        policy: &PolicyVersion,
        asked: Asked,
        unconfirmed: bool,
        language: Language,
        taken: &mut BTreeSet<String>,
    ) -> Option<String> {
        let determination = self.determined(policy, asked)?;
        let question = name(policy, asked);
        let says = match asked {
            Asked::Conclusion(_) => format!(
                "{question} {} {}",
                IS.text(language),
                determination.value_word(policy)?
            ),
            Asked::Flag(_) => match FlagState::of(&determination) {
                FlagState::Raised => format!("{question} {}", RAISED.text(language)),
                FlagState::Not => format!("{question} {}", NOT_RAISED.text(language)),
                FlagState::Open => return None,
            },
        };
        let mut conditions: Vec<String> = self
            .facts
            .iter()
            .map(|(fact, value)| format!("{fact} {} {}", IS.text(language), in_one_line(value)))
            .collect();
        conditions.extend(
            self.decision_date
                .map(|date| format!("{} {date}", ON.text(language))),
        );
        let when = match conditions.is_empty() {
            true => ALWAYS.text(language).to_owned(),
            false => format!("{} {}", WHERE.text(language), conditions.join(AND.text(language))),
        };
        let sentence = unique(format!("{says} {when}"), taken);
        let mut text = format!("- name: {}\n", scalar(&sentence));
        if unconfirmed {
            text.push_str("  unconfirmed: true\n");
        }
        let picked = if self.by_date {
            BY_DATE.to_owned()
        } else {
            policy.id.to_string()
        };
        let _ = writeln!(text, "  policy: {picked}");
        if let Some(date) = self.decision_date {
            let _ = writeln!(text, "  decision_date: {date}");
        }
        let facts = self
            .facts
            .iter()
            .map(|(fact, value)| format!("{fact}: {}", in_one_line(value)));
        let facts: Vec<String> = facts.collect();
        let _ = writeln!(text, "  facts: {{{}}}\n  expect:", facts.join(", "));
        match asked {
            Asked::Conclusion(_) => {
                let value = determination.value_word(policy)?;
                let _ = writeln!(text, "    conclusions: {{{question}: {value}}}");
            }
            Asked::Flag(_) => {
                let key = FlagState::of(&determination).key();
                let _ = writeln!(text, "    {key}: [{question}]");
            }
        }
        let cited = locators(policy, &cites(&determination));
        if cited.as_array().is_some_and(|cited| !cited.is_empty()) {
            let _ = writeln!(text, "    citations: {{{question}: {}}}", in_one_line(&cited));
        }
        Some(text)
    }
}

const IS: Words = Words { nl: "is", en: "is" };
const RAISED: Words = Words {
    nl: "wordt opgeworpen",
    en: "is raised",
};
const NOT_RAISED: Words = Words {
    nl: "wordt niet opgeworpen",
    en: "is not raised",
};
const ON: Words = Words {
    nl: "er wordt beslist op",
    en: "the decision is taken on",
};
const ALWAYS: Words = Words {
    nl: "wat de feiten ook zijn",
    en: "whatever the facts are",
};
const WHERE: Words = Words {
    nl: "als",
    en: "where",
};
const AND: Words = Words {
    nl: " en ",
    en: " and ",
};

/// How a version is picked for a case of the row, and the date that picks it.
fn picked(
    policy: &PolicyVersion,
    space: &Space,
    cells: &BTreeMap<usize, Vec<usize>>,
    date: Option<Date>,
) -> Option<(PickedBy, Option<Date>)> {
    let in_force = policy.in_force;
    let by_date = match in_force.from {
        Some(_) => PickedBy::RecordedDate,
        None => PickedBy::UnrecordedDate,
    };
    let allows = |by: PickedBy| {
        let mut variables = space.variables_of(FactId::VersionPickedBy);
        variables.all(|variable| {
            let of = &space.variables()[variable];
            cells.get(&variable).is_none_or(|cells| {
                let mut cells = cells.iter();
                cells.any(|cell| matches!(&of.cells[*cell], Candidates::Words(words) if words & (1 << by as u32) != 0))
            })
        })
    };
    if allows(PickedBy::Name) {
        return Some((PickedBy::Name, date));
    }
    let date = date.unwrap_or_else(|| in_force.start());
    let holds = date >= in_force.start() && in_force.until.is_none_or(|until| date <= until);
    (allows(by_date) && holds).then_some((by_date, Some(date)))
}

/// The name, with a number where another test has it.
fn unique(name: String, taken: &mut BTreeSet<String>) -> String {
    let mut candidate = name.clone();
    let mut number = 2;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{name} ({number})");
        number += 1;
    }
    candidate
}

/// A value as YAML in one line.
pub fn in_one_line(value: &Value) -> String {
    match value {
        Value::String(word) => scalar(word),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(in_one_line).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(entries) => {
            let entry = |(key, value): (&String, &Value)| format!("{key}: {}", in_one_line(value));
            let entries: Vec<String> = entries.iter().map(entry).collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

/// A text as YAML: in quotes where it would not be read as written.
fn scalar(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || " _-./():".contains(c);
    let begins = text.chars().next().is_some_and(char::is_alphabetic);
    if begins && text.chars().all(is_plain) && !text.contains(": ") && !text.ends_with([' ', ':']) {
        text.to_owned()
    } else {
        Value::from(text).to_string()
    }
}
