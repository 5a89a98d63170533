//! Cells of a diagram in the words of case files.

use super::rows::Cells;
use super::space::Space;
use crate::facts::{Answer, Aspect, Candidates, FactId, FactKind, NO_CERCLE, date_of, days_of_calendar};
use crate::gazetteer::Gazetteer;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a reader sees of a place that is not recorded.
const NOT_RECORDED: &str = "not recorded";

impl Space {
    /// The name of a variable: the fact, or `fact has word` for a word of a set.
    pub fn variable_name(&self, variable: usize) -> String {
        let of = &self.variables()[variable];
        match (of.word, of.fact.declaration().kind) {
            (Some(word), FactKind::Set(words)) => {
                format!("{} has {}", of.fact.name(), words[usize::from(word)].word)
            }
            _ => of.fact.name().to_owned(),
        }
    }

    /// A cell in words.
    pub fn cell_label(&self, variable: usize, cell: usize, gazetteer: &Gazetteer) -> String {
        let of = &self.variables()[variable];
        match (&of.cells[cell], of.word, of.fact.declaration().kind) {
            (Candidates::Set { members, .. }, Some(word), _) => {
                if members & (1 << word) != 0 {
                    "yes".to_owned()
                } else {
                    "no".to_owned()
                }
            }
            (Candidates::Words(possible), _, FactKind::Choice(words)) => {
                words[possible.trailing_zeros() as usize].word.to_owned()
            }
            (&Candidates::Range { least, most }, _, kind) => range_label(least, most, kind),
            (Candidates::Places(places), ..) => match places[..] {
                [None] => NOT_RECORDED.to_owned(),
                [Some(place)] => gazetteer.place(place).name.clone(),
                _ => self.place_label(variable, cell, gazetteer),
            },
            _ => String::new(),
        }
    }

    /// Places that no question tells apart: their cercle, or their region, with that of the later map before it where
    /// it is another.
    fn place_label(&self, variable: usize, cell: usize, gazetteer: &Gazetteer) -> String {
        let answer_to = |aspect: Aspect| {
            let mut questions = self.questions_of(variable);
            let question = questions.find(|question| question.aspect == aspect)?;
            let answer = self.answers(question)?.1[cell];
            (answer != Answer::NONE).then(|| question.answer_text(answer, gazetteer).into_owned())
        };
        let cercle = answer_to(Aspect::Cercle).filter(|cercle| cercle != NO_CERCLE);
        match (cercle, answer_to(Aspect::Region), answer_to(Aspect::LaterRegion)) {
            (Some(cercle), ..) => cercle,
            (None, Some(region), Some(later)) if region != later => format!("{later} ({region})"),
            (None, Some(region), _) | (None, None, Some(region)) => region,
            (None, None, None) => "any other".to_owned(),
        }
    }

    /// A case of a row, as the facts of a case file: for each variable a value of one of its cells, so that the case
    /// is possible. `decision_date` stands
    /// among them where the rules read it; what a case file cannot state (how the version was picked) is left out.
    pub fn witness(&self, cells: &BTreeMap<usize, Cells>, gazetteer: &Gazetteer) -> Map<String, Value> {
        let mut facts = Map::new();
        let cells = self.one_of(cells);
        for (variable, of) in self.variables().iter().enumerate() {
            let cell = cells[variable];
            let value = match (&of.cells[cell], of.fact.declaration().kind) {
                (Candidates::Words(possible), FactKind::Choice(words)) if of.fact.is_of_case_file() => {
                    Value::from(words[possible.trailing_zeros() as usize].word)
                }
                (&Candidates::Range { least, most }, FactKind::Date) => {
                    let (first, _) = days_of_calendar();
                    let day = if least == first { most } else { least };
                    Value::from(date_of(day).map(|date| date.to_string()).unwrap_or_default())
                }
                (&Candidates::Range { least, .. }, _) => Value::from(least),
                (Candidates::Places(places), _) => match places.first() {
                    Some(Some(place)) => Value::from(gazetteer.place(*place).name.as_str()),
                    _ => continue,
                },
                (Candidates::Set { members, .. }, FactKind::Set(words)) => {
                    let Some(word) = of.word else { continue };
                    let list = facts
                        .entry(of.fact.name())
                        .or_insert_with(|| Value::Array(Vec::new()));
                    if let (Value::Array(list), true) = (list, members & (1 << word) != 0) {
                        list.push(Value::from(words[usize::from(word)].word));
                    }
                    continue;
                }
                _ => continue,
            };
            facts.insert(of.fact.name().to_owned(), value);
        }
        facts
    }

    /// The variables of a fact.
    pub fn variables_of(&self, fact: FactId) -> impl Iterator<Item = usize> {
        let is_of = move |(_, variable): &(usize, &super::space::Variable)| variable.fact == fact;
        self.variables()
            .iter()
            .enumerate()
            .filter(is_of)
            .map(|(index, _)| index)
    }
}

fn range_label(least: i64, most: i64, kind: FactKind) -> String {
    let (first, last) = match kind {
        FactKind::WholeNumber { least, most } => (least, most),
        _ => days_of_calendar(),
    };
    let shown = |number: i64| match kind {
        FactKind::Date => date_of(number).map(|date| date.to_string()).unwrap_or_default(),
        _ => number.to_string(),
    };
    match (least == first, most == last) {
        _ if least == most => shown(least),
        (true, true) => "any".to_owned(),
        (true, false) => format!("<= {}", shown(most)),
        (false, true) => format!(">= {}", shown(least)),
        (false, false) => format!("{} .. {}", shown(least), shown(most)),
    }
}
