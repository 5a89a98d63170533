//! Every fault of a case file at once, each with its place. Only for files that could not be read: the values of a case
//! never come from here.

use super::notes::notes;
use super::said::{kind, what};
use super::{KEYS, calendar_day, is_blank};
use crate::diagnostic::{self, Diagnostic, did_you_mean, quoted};
use crate::facts::{FactId, FactKind, Word};
use crate::gazetteer::Gazetteer;
use crate::source::Source;
use crate::yaml::{self, Entry, Node, NodeKind};
use std::collections::HashMap;
use std::sync::Arc;

/// Faults that are shown of one document.
const MOST_FAULTS: usize = 50;

/// All faults of a document that could not be read; `first` is what the typed read said, if anything.
pub(super) fn collect(
    source: &Arc<Source>,
    gazetteer: &Gazetteer,
    first: Option<Diagnostic>,
) -> Vec<Diagnostic> {
    let outline = match yaml::outline(source) {
        Ok(outline) => outline,
        // What the outline cannot read, the typed read has refused too, perhaps with a better place.
        Err(fault) => {
            return vec![
                first
                    .filter(|fault| fault.code == "invalid-json")
                    .unwrap_or(fault),
            ];
        }
    };
    let mut faults = Faults {
        source,
        gazetteer,
        found: Vec::new(),
        more: 0,
    };
    match outline {
        Some(node) => faults.document(&node),
        None => faults.add(
            0..0,
            Diagnostic::error("empty-document", "the document is empty"),
            "here",
        ),
    }
    let more = faults.more;
    let mut found = faults.found;
    if found.is_empty() {
        // Both parsers took the text, and not as the same: what it states is not certain, which is a fault of its own.
        found.push(first.unwrap_or_else(|| {
            Diagnostic::error("ambiguous-yaml", "this YAML can be read in more than one way")
                .at(source, 0..0, "somewhere in this document")
                .help("write each value plainly after its key, or between double quotes: no anchors and no tags")
        }));
    }
    if more > 0 {
        let message = format!("and {more} more faults in this document");
        found.push(Diagnostic::error("more-faults", message).at(source, 0..0, "these are only the first"));
    }
    diagnostic::sort(&mut found);
    found
}

/// The faults of the facts and the date of a document that states a case in another frame, such as a policy test, and of
/// the keys of all of it.
pub(super) fn of_framed(
    source: &Arc<Source>,
    gazetteer: &Gazetteer,
    node: &Node,
    facts: Option<&Node>,
    decision_date: Option<&Node>,
) -> Vec<Diagnostic> {
    let mut faults = Faults {
        source,
        gazetteer,
        found: Vec::new(),
        more: 0,
    };
    faults.repeated_keys(node);
    if let Some(facts) = facts {
        faults.facts(facts);
    }
    if let Some(date) = decision_date {
        faults.decision_date(date);
    }
    faults.found
}

struct Faults<'a> {
    source: &'a Arc<Source>,
    gazetteer: &'a Gazetteer,
    found: Vec<Diagnostic>,
    more: usize,
}

impl Faults<'_> {
    fn add(&mut self, span: crate::source::Span, fault: Diagnostic, label: &str) {
        if self.found.len() < MOST_FAULTS {
            self.found.push(fault.at(self.source, span, label));
        } else {
            self.more += 1;
        }
    }

    fn document(&mut self, node: &Node) {
        if !matches!(node.kind, NodeKind::Mapping(_)) {
            let fault = Diagnostic::error(
                "wrong-type",
                format!("a case file is keys with values, not {}", kind(node)),
            )
            .help("begin with `case: REFERENCE` on a line of its own");
            self.add(node.span.start..node.span.start, fault, "");
            return;
        }
        self.repeated_keys(node);
        for entry in node.entries() {
            // The typed read follows aliases, and has said what is wrong with one.
            if entry.value.kind == NodeKind::Alias {
                continue;
            }
            match entry.key.text() {
                Some("case") => self.reference(&entry.value),
                Some("decision_date") => self.decision_date(&entry.value),
                Some("facts") => self.facts(&entry.value),
                Some("notes") => self.notes(&entry.value),
                _ => self.unknown_key(entry),
            }
        }
        if node.get("case").is_none() {
            let fault = Diagnostic::error("missing-case", "the case has no reference")
                .help("add `case: REFERENCE`; no personal data is needed");
            self.add(node.span.start..node.span.start, fault, "`case` belongs here");
        }
    }

    /// Repeated keys and merge keys, at every depth.
    fn repeated_keys(&mut self, node: &Node) {
        let notes = notes(node);
        for part in node.all() {
            let is_of_notes = notes.iter().any(|note| std::ptr::eq(*note, part));
            let mut seen = HashMap::<&str, &Node>::new();
            for Entry { key, .. } in part.entries() {
                let Some(text) = key.text() else { continue };
                if text == "<<" {
                    let fault = Diagnostic::error("merge-key", "merge keys are not allowed")
                        .help("write the keys out: each fact stands where it is read");
                    self.add(key.span.clone(), fault, "here");
                } else if let Some(first) = seen.get(text) {
                    // Of notes the place alone.
                    let name = match is_of_notes {
                        true => "a key in the notes".to_owned(),
                        false => format!("the key {}", quoted(text)),
                    };
                    let span = |node: &Node| match is_of_notes {
                        true => node.span.start..node.span.start,
                        false => node.span.clone(),
                    };
                    let before = self.found.len();
                    let fault = Diagnostic::error("duplicate-key", format!("{name} stands twice"))
                        .help("keep one of the two");
                    self.add(span(key), fault, "again here");
                    if let Some(fault) = self.found.get_mut(before) {
                        *fault = fault.clone().at(self.source, span(first), "first here");
                    }
                } else {
                    seen.insert(text, key);
                }
            }
        }
    }

    fn reference(&mut self, value: &Node) {
        let is_reference = value.text().is_some_and(|text| !is_blank(text)) && !value.is_nothing();
        if !is_reference {
            let fault = Diagnostic::error(
                "missing-case",
                format!("the case has no reference, but {}", what(value)),
            )
            .help("give a reference, as in `case: ML-2025-0001`; no personal data is needed");
            self.add(value.span.clone(), fault, "here");
        }
    }

    fn decision_date(&mut self, value: &Node) {
        if value.is_nothing() || value.text().is_some_and(|text| calendar_day(text).is_some()) {
            return;
        }
        let fault = Diagnostic::error("not-a-date", format!("{} is not a date", what(value)))
            .help("write year, month and day, as in `2025-09-15`");
        self.add(value.span.clone(), fault, "here");
    }

    fn notes(&mut self, value: &Node) {
        if value.text().is_none() {
            let fault = Diagnostic::error("wrong-type", format!("notes are a text, not {}", what(value)))
                .help("write the text after `notes: |`, each line indented");
            self.add(value.span.clone(), fault, "here");
        }
    }

    fn unknown_key(&mut self, entry: &Entry) {
        let key = entry.key.text().unwrap_or_default();
        if key == "<<" {
            return;
        }
        let fault = Diagnostic::error(
            "unknown-key",
            format!("{} is not a key of a case file", what(&entry.key)),
        );
        let fault = match FactId::named(key).filter(|fact| fact.is_of_case_file()) {
            Some(fact) => fault.help(format!("`{}` is a fact: indent it under `facts:`", fact.name())),
            None => fault
                .maybe_help(did_you_mean(key, KEYS))
                .help(format!("the keys are {}", KEYS.join(", "))),
        };
        self.add(entry.key.span.clone(), fault, "here");
    }

    fn facts(&mut self, node: &Node) {
        if node.is_nothing() {
            return;
        }
        if !matches!(node.kind, NodeKind::Mapping(_)) {
            let fault = Diagnostic::error(
                "wrong-type",
                format!("facts are keys with values, not {}", what(node)),
            )
            .help("write each fact on a line of its own, as in `  region: Gao`");
            self.add(node.span.clone(), fault, "here");
            return;
        }
        for Entry { key, value } in node.entries() {
            let name = key.text().unwrap_or_default();
            match FactId::named(name).filter(|fact| fact.is_of_case_file()) {
                Some(_) if value.is_nothing() || value.kind == NodeKind::Alias => {}
                Some(fact) => self.fact(fact, value),
                None if name == "<<" => {}
                None => {
                    let fault = Diagnostic::error("unknown-fact", format!("no fact is called {}", what(key)));
                    let names = FactId::CASE_FILE.iter().map(|fact| fact.name());
                    let fault = if KEYS.contains(&name) {
                        fault.help(format!("`{name}` stands beside `facts:`, not under it"))
                    } else {
                        fault
                            .maybe_help(did_you_mean(name, names.clone()))
                            .help(format!("the facts are {}", names.collect::<Vec<_>>().join(", ")))
                    };
                    self.add(key.span.clone(), fault, "here");
                }
            }
        }
    }

    fn fact(&mut self, fact: FactId, value: &Node) {
        match fact.declaration().kind {
            FactKind::Choice(words) => self.word(fact, words, value),
            FactKind::Set(words) => self.set(fact, words, value),
            FactKind::Place => self.place(fact, value),
            FactKind::WholeNumber { least, most } => self.number(fact, least, most, value),
            FactKind::Date => self.decision_date(value),
        }
    }

    fn word(&mut self, fact: FactId, words: &[Word], value: &Node) {
        let Some(text) = value.text() else {
            let fault = Diagnostic::error(
                "wrong-type",
                format!("`{}` is one word, not {}", fact.name(), what(value)),
            );
            self.add(value.span.clone(), fault.help(allowed(words)), "here");
            return;
        };
        // The YAML crate reads these as yes or no, and the list of words decides about them.
        let text = match (text, &value.kind) {
            ("True" | "TRUE", NodeKind::Scalar { plain: true, .. }) => "true",
            ("False" | "FALSE", NodeKind::Scalar { plain: true, .. }) => "false",
            _ => text,
        };
        if words.iter().any(|word| word.is_written(text)) {
            return;
        }
        let message = format!("`{}` cannot be {}", fact.name(), what(value));
        let known = words
            .iter()
            .flat_map(|word| word.also.iter().copied().chain([word.word]));
        let fault = Diagnostic::error("unknown-value", message).maybe_help(did_you_mean(text, known));
        self.add(value.span.clone(), fault.help(allowed(words)), "here");
    }

    fn set(&mut self, fact: FactId, words: &[Word], value: &Node) {
        let NodeKind::List(items) = &value.kind else {
            let message = format!("`{}` is a list, not {}", fact.name(), what(value));
            let is_word = |text: &&str| words.iter().any(|word| word.word == *text);
            let example = value.text().filter(is_word).unwrap_or(words[0].word);
            let fault = Diagnostic::error("wrong-type", message)
                .help(format!("put it in brackets, as in `[{example}]`"))
                .help(allowed(words));
            self.add(value.span.clone(), fault, "here");
            return;
        };
        // Individual circumstances may carry a note each.
        let with_notes = fact == FactId::IndividualCircumstances;
        for item in items {
            match &item.kind {
                NodeKind::Alias => {}
                NodeKind::Mapping(entries) if with_notes => self.circumstance(fact, words, item, entries),
                _ => self.word(fact, words, item),
            }
        }
    }

    fn circumstance(&mut self, fact: FactId, words: &[Word], item: &Node, entries: &[Entry]) {
        let [entry] = entries else {
            let fault = Diagnostic::error("several-factors", "each factor is an item of its own")
                .help("begin each with `- `, as in `- occupation: driver`");
            self.add(item.span.clone(), fault, "here");
            return;
        };
        self.word(fact, words, &entry.key);
        if entry.value.text().is_none() {
            let fault = Diagnostic::error(
                "wrong-type",
                format!("a note is a text, not {}", what(&entry.value)),
            );
            self.add(entry.value.span.clone(), fault, "here");
        }
    }

    fn place(&mut self, fact: FactId, value: &Node) {
        let Some(text) = value.text() else {
            let message = format!("`{}` is the name of a place, not {}", fact.name(), what(value));
            self.add(
                value.span.clone(),
                Diagnostic::error("wrong-type", message),
                "here",
            );
            return;
        };
        if self.gazetteer.find(text).is_none() {
            let message = format!("no region, cercle or known variant is called {}", what(value));
            let regions = self.gazetteer.map().regions.join(", ");
            let fault = Diagnostic::error("unknown-place", message)
                .maybe_help(did_you_mean(text, self.gazetteer.names()))
                .help(format!("the regions are {regions}; their cercles are known too"))
                .help("a spelling that is missing can be added to `regions.yaml`");
            self.add(value.span.clone(), fault, "here");
        }
    }

    fn number(&mut self, fact: FactId, least: i64, most: i64, value: &Node) {
        let name = fact.name();
        let number = match &value.kind {
            NodeKind::Scalar { text, plain: true } => yaml::whole_number(text),
            _ => None,
        };
        let (code, message) = match number {
            Some(number) if (least..=most).contains(&number) => return,
            Some(number) => ("out-of-range", format!("`{name}` cannot be {number}")),
            None => (
                "wrong-type",
                format!("`{name}` is a whole number, not {}", what(value)),
            ),
        };
        let help = format!("give a whole number from {least} to {most}, without quotes");
        self.add(
            value.span.clone(),
            Diagnostic::error(code, message).help(help),
            "here",
        );
    }
}

fn allowed(words: &[Word]) -> String {
    let names: Vec<&str> = words.iter().map(|word| word.word).collect();
    format!("allowed: {}", names.join(", "))
}
