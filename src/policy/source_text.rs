//! The text of the source, where it lies beside the register. It is not shipped with the rules.

use super::rules_tree::{Origin, RulesTree};
use super::version::PolicyVersion;
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};
use std::collections::BTreeMap;
use std::sync::Arc;
use unicode_segmentation::UnicodeSegmentation;

/// The name of the text in a version's folder.
const FILE: &str = "source.txt";

/// The sentences of the source, as far as they agree with the register.
#[derive(Debug, Clone, Default)]
pub struct SourceText {
    /// By locator.
    sentences: BTreeMap<String, String>,
    /// Where the text and the register do not agree: of such a paragraph no sentence is shown.
    pub disagreements: Vec<Diagnostic>,
}

impl SourceText {
    /// Reads the text of a version from a rules folder; `None` where there is none, and of rules that are no folder.
    ///
    /// # Errors
    /// The text is there and cannot be read.
    pub fn of(tree: &RulesTree, policy: &PolicyVersion) -> Result<Option<Self>, Diagnostic> {
        if !matches!(tree.origin(), Origin::Folder(_)) {
            return Ok(None);
        }
        match tree.read(&format!("{}/{FILE}", policy.id)) {
            Ok(text) => {
                // The text is that of the version's own source: an earlier source has the same numbers.
                let locators = policy.register.own_sentences();
                Ok(Some(Self::read(
                    &text,
                    locators.map(|entry| entry.locator.as_str()),
                )))
            }
            Err(fault) if fault.code == "missing-rules-file" => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Gives the sentences of a text to the locators that end in `P.S`: paragraph P, sentence S. A paragraph with more or
    /// fewer sentences than the register has of it is left out, and a finding.
    fn read<'a>(text: &Arc<Source>, locators: impl Iterator<Item = &'a str>) -> Self {
        let mut registered: BTreeMap<usize, BTreeMap<usize, &str>> = BTreeMap::new();
        for locator in locators {
            if let Some((paragraph, sentence)) = place(locator) {
                registered.entry(paragraph).or_default().insert(sentence, locator);
            }
        }
        let paragraphs = paragraphs(text.text());
        let mut found = Self::default();
        for (number, of_register) in registered {
            let Some((span, paragraph)) = number.checked_sub(1).and_then(|index| paragraphs.get(index))
            else {
                let message = format!("the text has no paragraph {number}, which the register cites");
                found
                    .disagreements
                    .push(disagreement(message).at(text, 0..0, "in this text"));
                continue;
            };
            let sentences: Vec<&str> = paragraph
                .unicode_sentences()
                .map(str::trim)
                .filter(|sentence| !sentence.is_empty())
                .collect();
            if of_register.keys().copied().eq(1..=sentences.len()) {
                let pairs = of_register.values().zip(sentences);
                found
                    .sentences
                    .extend(pairs.map(|(locator, sentence)| ((*locator).to_owned(), sentence.to_owned())));
            } else {
                let message = format!(
                    "paragraph {number} of the text has {} sentences, and the register has {} of it",
                    sentences.len(),
                    of_register.len()
                );
                let start = span.start..span.start;
                found
                    .disagreements
                    .push(disagreement(message).at(text, start, "begins here"));
            }
        }
        found
    }

    /// The sentence at a locator.
    pub fn sentence(&self, locator: &str) -> Option<&str> {
        self.sentences.get(locator).map(String::as_str)
    }
}

fn disagreement(message: String) -> Diagnostic {
    Diagnostic::warning("source-text-differs", message)
        .help("its sentences are not shown; a paragraph ends with an empty line, or with two blanks at the end of a line")
}

/// Paragraph and sentence of a locator such as `besluit:4.2`.
fn place(locator: &str) -> Option<(usize, usize)> {
    let (paragraph, sentence) = locator.rsplit_once(':')?.1.split_once('.')?;
    Some((paragraph.parse().ok()?, sentence.parse().ok()?))
}

/// The paragraphs of a text, each with its place and in one line. One ends with an empty line, or with two blanks at the
/// end of a line.
fn paragraphs(text: &str) -> Vec<(Span, String)> {
    let mut paragraphs: Vec<(Span, String)> = Vec::new();
    let mut is_open = false;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let (start, words) = (at, line.trim());
        at += line.len();
        if words.is_empty() {
            is_open = false;
            continue;
        }
        match paragraphs.last_mut().filter(|_| is_open) {
            Some((span, paragraph)) => {
                // A word that was parted at its own hyphen goes on without a blank.
                if !paragraph.ends_with('-') {
                    paragraph.push(' ');
                }
                paragraph.push_str(words);
                span.end = at;
            }
            None => paragraphs.push((start..at, words.to_owned())),
        }
        is_open = !line.trim_end_matches(['\r', '\n']).ends_with("  ");
    }
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, locators: &[&str]) -> SourceText {
        SourceText::read(&Source::new("source.txt", text), locators.iter().copied())
    }

    #[test]
    fn sentences_are_counted_by_paragraph() {
        let text = "Een eerste zin over art. 3 en niet-\nstatelijke groepen. Een tweede, in 2024.  \nNieuwe alinea?\n\n\
                    Derde alinea, zie C2/3.4 van de circulaire.\n";
        let locators = ["x:1.1", "x:1.2", "x:2.1", "x:3.1", "QD:15c"];
        let read = read(text, &locators);
        assert!(read.disagreements.is_empty(), "{:?}", read.disagreements);
        let sentences: Vec<_> = locators.iter().map(|locator| read.sentence(locator)).collect();
        assert_eq!(
            sentences,
            [
                Some("Een eerste zin over art. 3 en niet-statelijke groepen."),
                Some("Een tweede, in 2024."),
                Some("Nieuwe alinea?"),
                Some("Derde alinea, zie C2/3.4 van de circulaire."),
                None,
            ]
        );
    }

    #[test]
    fn a_paragraph_that_is_counted_otherwise_than_the_register_shows_no_sentence() {
        let read = read(
            "Een. Twee.\n\nDrie. Vier.\n",
            &["x:1.1", "x:1.2", "x:2.1", "x:3.1"],
        );
        assert_eq!(read.sentence("x:1.2"), Some("Twee."));
        assert_eq!(read.sentence("x:2.1"), None);
        let found: Vec<_> = read
            .disagreements
            .iter()
            .map(|finding| (finding.code, finding.place().unwrap().1.line))
            .collect();
        assert_eq!(found, [("source-text-differs", 3), ("source-text-differs", 1)]);
    }
}
