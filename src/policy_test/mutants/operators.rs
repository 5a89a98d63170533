//! The small mistakes that a person makes in a rule, each as a change of the script's text.

use super::MutantKind;
use super::arms::{Conditions, Switch, conditions, switches};
use crate::facts::{FactId, FactKind, date_of, days_of};
use crate::policy::PolicyVersion;
use crate::script::{Asked, Piece, PieceKind, Subject};
use crate::source::{Source, Span};
use std::collections::HashMap;

/// A change of a text: what each span becomes. The spans do not overlap.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub kind: MutantKind,
    pub edits: Vec<(Span, String)>,
}

impl Change {
    /// The text with this change.
    pub fn applied(&self, text: &str) -> String {
        let mut edits: Vec<&(Span, String)> = self.edits.iter().collect();
        edits.sort_by_key(|(span, _)| std::cmp::Reverse((span.start, span.end)));
        let mut text = text.to_owned();
        for (span, with) in edits {
            text.replace_range(span.clone(), with);
        }
        text
    }
}

/// Other words than these are not tried for one word: the nearest in the declared order are.
const MOST_WORDS: usize = 12;

/// Every change of a script that is tried, in the order of the text.
pub(super) fn changes(policy: &PolicyVersion, script: usize) -> Vec<Change> {
    let Some((source, outline)) = policy.program.outlines().nth(script) else {
        return Vec::new();
    };
    let pieces = policy.program.pieces(script);
    let subjects = outline
        .compared
        .iter()
        .map(|compared| (source.offset(compared.at), &compared.subject));
    let mut script = ScriptText {
        policy,
        source,
        script,
        pieces: &pieces,
        subjects: subjects.collect(),
        found: Vec::new(),
    };
    for at in 0..pieces.len() {
        script.call(at);
        script.word(at);
        script.operator(at);
        script.number(at);
        script.fact(at);
    }
    for switch in switches(&pieces) {
        script.arms(&switch);
    }
    for condition in conditions(&pieces) {
        script.condition(&condition);
    }
    let mut found = script.found;
    found.sort_by_key(|change| change.edits.first().map(|(span, _)| (span.start, span.end)));
    found
}

struct ScriptText<'a> {
    policy: &'a PolicyVersion,
    source: &'a Source,
    script: usize,
    pieces: &'a [Piece],
    /// What a word is compared with, by the byte at which the word stands.
    subjects: HashMap<usize, &'a Subject>,
    found: Vec<Change>,
}

impl ScriptText<'_> {
    fn add(&mut self, kind: MutantKind, edits: Vec<(Span, String)>) {
        self.found.push(Change { kind, edits });
    }

    fn replace(&mut self, kind: MutantKind, span: &Span, with: impl Into<String>) {
        self.add(kind, vec![(span.clone(), with.into())]);
    }

    fn quoted(&mut self, kind: MutantKind, span: &Span, word: &str) {
        self.replace(kind, span, format!("\"{word}\""));
    }

    /// `conclude("value", "locator", …)` and `raise("locator", …)`: another value, another citation, one fewer.
    fn call(&mut self, at: usize) {
        let is_conclude = match self.pieces[at].name() {
            Some("conclude") => true,
            Some("raise") => false,
            _ => return,
        };
        let arguments: Vec<&Piece> = self.pieces[at + 1..]
            .iter()
            .take_while(|piece| !piece.is(")"))
            .filter(|piece| piece.text().is_some())
            .collect();
        let (value, cites) = match arguments.split_first() {
            Some((value, cites)) if is_conclude => (Some(value), cites),
            _ => (None, &arguments[..]),
        };
        if let Some((value, word)) = value.and_then(|value| Some((value, value.text()?))) {
            let values = self.values_with(word);
            for other in values.iter().filter(|other| *other != word) {
                self.quoted(MutantKind::Value, &value.span, other);
            }
        }
        for (index, cite) in cites.iter().enumerate() {
            let word = cite.text().unwrap_or_default();
            let cited: Vec<&str> = cites.iter().filter_map(|cite| cite.text()).collect();
            if let Some(other) = self.other_locator(word, &cited) {
                self.quoted(MutantKind::Citation, &cite.span, &other);
            }
            if cites.len() > 1 {
                let span = match cites.get(index + 1) {
                    Some(next) => cite.span.start..next.span.start,
                    None => cites[index - 1].span.end..cite.span.end,
                };
                self.replace(MutantKind::CitationDropped, &span, "");
            }
        }
    }

    /// The values of the question of this script that has the word.
    fn values_with(&self, word: &str) -> Vec<String> {
        let policy = self.policy;
        let values = policy
            .conclusions
            .iter()
            .enumerate()
            .filter_map(|(index, conclusion)| {
                let own = policy.program.function(Asked::Conclusion(index))?.0 == self.script;
                let values: Vec<String> = conclusion
                    .values
                    .iter()
                    .map(|value| value.value.clone())
                    .collect();
                (own && values.iter().any(|value| value == word)).then_some(values)
            });
        values.flatten().collect()
    }

    /// The next locator of the register that is not cited here.
    fn other_locator(&self, word: &str, cited: &[&str]) -> Option<String> {
        let entries = self.policy.register.entries();
        let at = entries.iter().position(|entry| entry.locator == word)?;
        let after = entries[at + 1..].iter().chain(&entries[..at]);
        let mut others = after.map(|entry| &entry.locator);
        others.find(|other| !cited.contains(&other.as_str())).cloned()
    }

    /// A word that is compared, or asked of a list or of a record: every other word that could stand there. The labels
    /// of a `switch` are moved, not renamed.
    fn word(&mut self, at: usize) {
        let piece = &self.pieces[at];
        let Some(word) = piece.text() else { return };
        let before = |back: usize| at.checked_sub(back).map(|at| &self.pieces[at]);
        let called = before(2)
            .and_then(Piece::name)
            .filter(|_| before(1).is_some_and(|one| one.is("(")));
        let words: Vec<String> = match called {
            Some("has") => {
                let fact = before(4).and_then(Piece::name).and_then(FactId::named);
                match fact.map(|fact| fact.declaration().kind) {
                    Some(FactKind::Set(words)) => words.iter().map(|word| word.word.to_owned()).collect(),
                    _ => return,
                }
            }
            Some("recorded" | "from") => {
                let places = FactId::ALL.iter().filter(|fact| fact.declaration().optional);
                places.map(|fact| fact.name().to_owned()).collect()
            }
            _ => {
                let is_operand = [at.checked_sub(1), at.checked_add(1)]
                    .into_iter()
                    .flatten()
                    .filter_map(|at| self.pieces.get(at))
                    .any(|piece| piece.is("==") || piece.is("!="));
                let subject = self.subjects.get(&piece.span.start).filter(|_| is_operand);
                let vocabulary = self.policy.program.vocabulary();
                match subject.and_then(|subject| vocabulary.words_of(subject)) {
                    Some(words) => words.into_iter().map(str::to_owned).collect(),
                    None => return,
                }
            }
        };
        for other in nearest(&words, word) {
            self.quoted(MutantKind::Word, &piece.span, &other);
        }
    }

    /// `==` for `!=`, a bound that is included or not, `&&` for `||`, a `!` that is missing.
    fn operator(&mut self, at: usize) {
        let piece = &self.pieces[at];
        let (kind, others): (MutantKind, &[&str]) = match piece.kind {
            PieceKind::Sign("==") => (MutantKind::Comparison, &["!="]),
            PieceKind::Sign("!=") => (MutantKind::Comparison, &["=="]),
            PieceKind::Sign("<") => (MutantKind::Comparison, &["<=", ">="]),
            PieceKind::Sign("<=") => (MutantKind::Comparison, &["<", ">"]),
            PieceKind::Sign(">") => (MutantKind::Comparison, &[">=", "<="]),
            PieceKind::Sign(">=") => (MutantKind::Comparison, &[">", "<"]),
            PieceKind::Sign("&&") => (MutantKind::AndOr, &["||"]),
            PieceKind::Sign("||") => (MutantKind::AndOr, &["&&"]),
            PieceKind::Sign("!") => (MutantKind::Negation, &[""]),
            _ => return,
        };
        for other in others {
            self.replace(kind, &piece.span, *other);
        }
    }

    /// A bound that is one off: a number, or a date by one day.
    fn number(&mut self, at: usize) {
        let piece = &self.pieces[at];
        let is_bound = |at: Option<usize>| {
            let sign = at.and_then(|at| self.pieces.get(at));
            sign.is_some_and(|sign| ["<", "<=", ">", ">=", "==", "!="].iter().any(|one| sign.is(one)))
        };
        if !is_bound(at.checked_sub(1)) && !is_bound(Some(at + 1)) {
            return;
        }
        match &piece.kind {
            PieceKind::Number(number) => {
                for other in [number - 1, number + 1] {
                    self.replace(MutantKind::Bound, &piece.span, other.to_string());
                }
            }
            PieceKind::Text(text) => {
                let Ok(date) = text.parse::<jiff::civil::Date>() else {
                    return;
                };
                let days = days_of(date);
                for other in [days - 1, days + 1].into_iter().filter_map(date_of) {
                    self.quoted(MutantKind::Bound, &piece.span, &other.to_string());
                }
            }
            _ => {}
        }
    }

    /// `facts.NAME`: another fact with the same words.
    fn fact(&mut self, at: usize) {
        let (Some(name), Some(true)) = (
            self.pieces[at].name(),
            at.checked_sub(1).map(|before| self.pieces[before].is(".")),
        ) else {
            return;
        };
        if self.pieces.get(at + 1).is_some_and(|next| next.is("(")) {
            return;
        }
        let vocabulary = self.policy.program.vocabulary();
        let words = |name: &str| vocabulary.words_of(&Subject::Fact(name.to_owned()));
        let Some(own) = words(name) else { return };
        let readable = FactId::ALL.iter().map(|fact| fact.name());
        let others: Vec<&str> = readable
            .chain(["cercle", "region_2023"])
            .filter(|other| *other != name && words(other).as_ref() == Some(&own))
            .collect();
        let span = self.pieces[at].span.clone();
        for other in others {
            self.replace(MutantKind::Fact, &span, other);
        }
    }

    /// A label moved to each other arm, and each arm dropped.
    fn arms(&mut self, switch: &Switch) {
        for (index, arm) in switch.arms.iter().enumerate() {
            self.replace(MutantKind::ArmDropped, &arm.span, "");
            let [_, _, ..] = arm.labels[..] else { continue };
            for (place, label) in arm.labels.iter().enumerate() {
                // With the `|` that joins it to its neighbour.
                let own = match arm.labels.get(place + 1) {
                    Some(next) => label.start..next.start,
                    None => arm.labels[place - 1].end..label.end,
                };
                let text = &self.source.text()[label.clone()];
                for (other, to) in switch.arms.iter().enumerate() {
                    let Some(last) = to.labels.last().filter(|_| other != index) else {
                        continue;
                    };
                    let added = (last.end..last.end, format!(" | {text}"));
                    self.add(MutantKind::LabelMoved, vec![(own.clone(), String::new()), added]);
                }
            }
        }
    }

    /// A condition turned round, always true, never true, and without each of its parts.
    fn condition(&mut self, condition: &Conditions) {
        let span = condition.span.clone();
        let text = self.source.text()[span.clone()].to_owned();
        self.replace(MutantKind::Negation, &span, format!("!({text})"));
        self.replace(MutantKind::Always, &span, "true");
        self.replace(MutantKind::Never, &span, "false");
        for part in &condition.parts {
            self.replace(MutantKind::PartDropped, part, "");
        }
    }
}

/// The other words, at most [`MOST_WORDS`]: those that stand nearest to the word in the list.
fn nearest(words: &[String], word: &str) -> Vec<String> {
    let at = words.iter().position(|other| other == word).unwrap_or_default();
    let mut others: Vec<(usize, &String)> = words
        .iter()
        .enumerate()
        .filter(|(_, other)| *other != word)
        .map(|(index, other)| (index.abs_diff(at), other))
        .collect();
    others.sort_by_key(|(distance, _)| *distance);
    others
        .into_iter()
        .take(MOST_WORDS)
        .map(|(_, other)| other.clone())
        .collect()
}
