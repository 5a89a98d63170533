//! Reading a YAML document in its usual form straight into the values of its facts.
//!
//! Most case files are written alike: a key on each line, words without quotes, lists in brackets or with a dash. Such a
//! text means the same to every reader of YAML, and is read here line by line. Of anything else nothing is given, and the
//! document is read in the other way, which says what is wrong.

use super::{CaseRecord, KEYS, calendar_day, is_blank};
use crate::facts::{FactId, FactKind, FactValue, Word};
use crate::gazetteer::Gazetteer;

/// The case of a document; `None` where it must be read in the other way.
pub(super) fn read(text: &str, gazetteer: &Gazetteer) -> Option<CaseRecord> {
    // Some characters end a line for one reader and not for another, also in a comment.
    let is_usual = |c: char| matches!(c, ' '..='~' | '\n') || !c.is_ascii() && c.is_alphabetic();
    if !text.chars().all(is_usual) {
        return None;
    }
    let mut reading = Reading {
        gazetteer,
        record: CaseRecord::default(),
        seen_keys: 0,
        seen_facts: 0,
        next: 0,
        indent: 0,
        list: None,
    };
    for (number, line) in text.split('\n').enumerate() {
        let content = line.trim_start_matches(' ');
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if number == 0
            && let Some(rest) = line.strip_prefix("---")
        {
            let is_marker = rest.is_empty() || rest.starts_with(' ') && without_comment(rest).is_empty();
            is_marker.then_some(())?;
            continue;
        }
        reading.line(line.len() - content.len(), content)?;
    }
    reading.end_list()?;
    (reading.seen_keys & 1 != 0).then_some(reading.record)
}

struct Reading<'g> {
    gazetteer: &'g Gazetteer,
    record: CaseRecord,
    /// Of the keys of a case file and of the facts those that were given.
    seen_keys: u8,
    seen_facts: u32,
    /// Facts come in the declared order more often than not, so the search begins here.
    next: usize,
    /// Of the facts, once the first is read.
    indent: usize,
    list: Option<List>,
}

/// A list with a dash before each member.
struct List {
    fact: FactId,
    indent: usize,
    members: Option<u32>,
}

impl Reading<'_> {
    fn line(&mut self, indent: usize, content: &str) -> Option<()> {
        if let Some(item) = content.strip_prefix("- ") {
            return self.item(indent, item);
        }
        self.end_list()?;
        let (key, value) = content.split_once(':')?;
        let value = match value.strip_prefix(' ') {
            Some(value) => without_comment(value),
            None => value.is_empty().then_some("")?,
        };
        if indent > 0 {
            return self.fact(indent, key, value);
        }
        let place = KEYS.iter().position(|known| *known == key)?;
        if self.seen_keys >> place & 1 != 0 {
            return None;
        }
        self.seen_keys |= 1 << place;
        self.indent = 0;
        match key {
            "case" => {
                let is_reference = |c: char| c.is_ascii_alphanumeric() || "-_./ ".contains(c);
                // What begins with a digit could be a number; with two dashes it is none.
                let is_text = is_text(value) || value.bytes().filter(|byte| *byte == b'-').count() >= 2;
                let begins = value.starts_with(|c: char| c.is_ascii_alphanumeric());
                if !begins || !is_text || !value.chars().all(is_reference) || is_blank(value) {
                    return None;
                }
                self.record.case = value.to_owned();
            }
            "decision_date" => self.record.decision_date = Some(calendar_day(value)?),
            "facts" => {
                self.indent = usize::MAX;
                value.is_empty().then_some(())?;
            }
            _ => is_note(value).then_some(())?,
        }
        Some(())
    }

    fn fact(&mut self, indent: usize, name: &str, value: &str) -> Option<()> {
        // Under `facts` the first one says how far all stand to the right; elsewhere nothing stands there.
        if self.indent == usize::MAX {
            self.indent = indent;
        }
        if indent != self.indent {
            return None;
        }
        let (before, after) = FactId::CASE_FILE.split_at(self.next);
        let fact = after
            .iter()
            .chain(before)
            .copied()
            .find(|fact| fact.name() == name)?;
        if self.seen_facts >> fact as u32 & 1 != 0 {
            return None;
        }
        self.seen_facts |= 1 << fact as u32;
        self.next = fact as usize + 1;
        self.record.facts[fact as usize] = Some(match fact.declaration().kind {
            FactKind::Choice(words) => FactValue::Choice(Word::place(words, value)? as u32),
            FactKind::Place => {
                let is_usual = |c: char| c.is_alphanumeric() || " -'".contains(c);
                if !is_text(value) || !value.chars().all(is_usual) {
                    return None;
                }
                FactValue::Place(self.gazetteer.find(value)?)
            }
            FactKind::Set(_) if value.is_empty() => {
                self.list = Some(List {
                    fact,
                    indent,
                    members: None,
                });
                return Some(());
            }
            FactKind::Set(words) => {
                let members = value.strip_prefix('[')?.strip_suffix(']')?;
                let mut set = 0;
                // Nothing in brackets is a list without members; nothing between commas is a mistake.
                for member in members.split(',').filter(|_| !members.is_empty()) {
                    set |= 1 << Word::place(words, member.trim_matches(' '))?;
                }
                FactValue::Set(set)
            }
            FactKind::WholeNumber { least, most } => {
                let is_usual = value.len() <= 4 && value.bytes().all(|byte| byte.is_ascii_digit());
                if !is_usual || value.len() > 1 && value.starts_with('0') {
                    return None;
                }
                let number: i32 = value.parse().ok()?;
                (least..=most)
                    .contains(&number.into())
                    .then_some(FactValue::Number(number))?
            }
            FactKind::Date => return None,
        });
        Some(())
    }

    fn item(&mut self, indent: usize, item: &str) -> Option<()> {
        let list = self.list.as_mut()?;
        let is_first = list.members.is_none();
        if is_first && indent >= list.indent {
            list.indent = indent;
        }
        if indent != list.indent {
            return None;
        }
        let FactKind::Set(words) = list.fact.declaration().kind else {
            return None;
        };
        let item = without_comment(item);
        let word = match item.split_once(": ") {
            Some((word, note)) if list.fact == FactId::IndividualCircumstances => {
                is_note(note.trim_start_matches(' ')).then_some(word)?
            }
            Some(_) => return None,
            None => item,
        };
        *list.members.get_or_insert(0) |= 1 << Word::place(words, word)?;
        Some(())
    }

    /// A list that has ended; one without members could be anything.
    fn end_list(&mut self) -> Option<()> {
        if let Some(list) = self.list.take() {
            self.record.facts[list.fact as usize] = Some(FactValue::Set(list.members?));
        }
        Some(())
    }
}

/// A value without the comment and the spaces behind it.
fn without_comment(value: &str) -> &str {
    let value = value.trim_start_matches(' ');
    let value = if value.starts_with('#') { "" } else { value };
    value.split(" #").next().unwrap_or_default().trim_end_matches(' ')
}

/// Whether a value without quotes is a text, whatever it says: not a number, a yes or no, or nothing.
fn is_text(value: &str) -> bool {
    let names = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    value.starts_with(char::is_alphabetic) && !names.iter().any(|name| value.eq_ignore_ascii_case(name))
}

/// Whether a value is a text on one line that nothing in it ends or makes a mapping.
fn is_note(value: &str) -> bool {
    let is_usual = |c: char| c.is_alphanumeric() || c == ' ' || c.is_ascii_punctuation();
    is_text(value) && value.chars().all(is_usual) && !value.contains(": ") && !value.ends_with(':')
}

#[cfg(test)]
mod tests {
    use super::super::{CaseFile, read_record, typed};
    use super::*;
    use crate::policy::{Policies, RulesTree};
    use crate::source::Source;
    use crate::yaml::Limits;
    use std::sync::{Arc, LazyLock};

    static GAZETTEER: LazyLock<Arc<Gazetteer>> = LazyLock::new(|| {
        let policies = Policies::open(&RulesTree::embedded(), Some("mali/2025")).unwrap();
        policies.gazetteer().clone()
    });

    const DOCUMENTS: [&str; 4] = [
        include_str!("../../docs/cases/menaka.yaml"),
        "case: 2025-01-7 # dossier\n",
        "---\nfacts:\n  actors_of_harm:\n  - army\n  region: Gao # stated\n\n  age: 0\ncase: A.1\n",
        "--- # one\n# two\ncase: A\nfacts:\n    individual_circumstances: []\nnotes: see page 4, 'annex'\n",
    ];

    fn in_the_other_way(text: &str) -> Option<CaseRecord> {
        let file: CaseFile = typed(&Source::new("a.yaml", text)).ok()?;
        file.record(&GAZETTEER)
    }

    #[test]
    fn usual_documents_are_read_here() {
        for text in DOCUMENTS {
            let read = read(text, &GAZETTEER);
            assert!(read.is_some(), "{text}");
            assert_eq!(read, in_the_other_way(text), "{text}");
        }
    }

    #[test]
    fn what_is_written_in_another_way_is_left_to_the_other_reader() {
        for text in [
            "",
            "case: 12\n",
            "case: 1e-5\n",
            "case: true\n",
            "case: ~\n",
            "case: \"A\"\n",
            "case: A\n  B\n",
            "case: A: B\n",
            "case: A\ncase: B\n",
            "case: A\nfacts:\n  region: Gao\n   Gao\n",
            "case: A\nfacts:\n  region: Gao\n  region: Gao\n",
            "case: A\nfacts:\n  actors_of_harm:\n",
            "case: A\nfacts:\n  actors_of_harm:\n - army\n",
            "case: A\nfacts:\n  actors_of_harm: [army,]\n",
            "case: A\nfacts:\n  age: 017\n",
            "case: A\nfacts:\n  age: 999\n",
            "case: A\n  region: Gao\n",
            "case: A\nnotes: |\n  a\n",
            "case: A\r\n",
            "---#\ncase: A\n",
            "case: A # \u{85}\n",
        ] {
            assert_eq!(read(text, &GAZETTEER), None, "{text}");
        }
    }

    #[test]
    fn yaml_in_a_file_named_json_is_a_fault() {
        let read = |name| {
            let source = Source::new(name, DOCUMENTS[0]);
            read_record(&source, &GAZETTEER, &Limits::default())
        };
        assert!(read("a.yaml").is_ok());
        assert!(read("a.json").is_err());
    }
}
