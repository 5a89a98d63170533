//! The register of a new version: the sentences of the new letter to be read, those of earlier sources to be reviewed.

use super::Letter;
use super::edits::{Edits, comment_start, edited, line_end, line_start, outline};
use crate::diagnostic::Diagnostic;
use crate::policy::{PolicyId, Register};
use crate::source::Source;
use crate::yaml::{Node, NodeKind};
use std::fmt::Write;
use std::sync::Arc;

const MARK: &str = "to_review: true";

/// The register of a new version, made from that of an earlier one.
///
/// Every sentence of the earlier register is kept under its own source and marked: the new letter may have replaced it.
/// Of the letter nothing is claimed but that it has so many sentences.
///
/// # Errors
/// The register is written in a form that cannot be carried over as text.
pub(super) fn of_new_version(
    old: &Arc<Source>,
    law: &Arc<Source>,
    letter: Option<&Letter>,
    from: &PolicyId,
    name: &str,
) -> Result<String, Diagnostic> {
    let marked = Source::new(old.name(), marked(old)?);
    let text = match letter {
        None => marked.text().to_owned(),
        Some(letter) => with_letter(&marked, letter, from)?,
    };
    confirm(old, law, letter, &text, name)?;
    Ok(text)
}

/// The text with a mark on every sentence.
fn marked(source: &Arc<Source>) -> Result<String, Diagnostic> {
    let text = source.text();
    let root = outline(source)?;
    let earlier = root.get("earlier").map_or(&[][..], Node::items);
    let lists = std::iter::once(&root)
        .chain(earlier)
        .filter_map(|of| of.get("sentences"));
    let mut edits = Edits::new();
    for sentence in lists.flat_map(Node::items) {
        if let Some(mark) = sentence.get("to_review") {
            edits.push((mark.span.clone(), "true".to_owned()));
            continue;
        }
        let Some(entry) = sentence
            .entries()
            .iter()
            .find(|entry| entry.key.text() == Some("locator"))
        else {
            continue;
        };
        if text[sentence.span.start..].starts_with('{') {
            let end = entry.value.span.end;
            edits.push((end..end, format!(", {MARK}")));
        } else {
            let end = line_end(text, entry.value.span.end);
            let start = entry.key.span.start;
            let column = text[line_start(text, start)..start].chars().count();
            edits.push((end..end, format!("\n{}{MARK}", " ".repeat(column))));
        }
    }
    Ok(edited(text, edits))
}

/// A part of a register: what stands under one key of its root, with the comment above it.
struct Section<'t> {
    key: String,
    text: &'t str,
    /// Where the key stands in the text.
    key_at: usize,
    is_block: bool,
}

fn sections(source: &Arc<Source>) -> Result<Vec<Section<'_>>, Diagnostic> {
    let text = source.text();
    let root = outline(source)?;
    let entries = root.entries();
    let begin = |index: usize| match entries.get(index) {
        Some(_) if index == 0 => 0,
        Some(entry) => comment_start(text, line_start(text, entry.key.span.start)),
        None => text.len(),
    };
    let section = |(index, entry): (usize, &crate::yaml::Entry)| {
        let start = begin(index);
        Section {
            key: entry.key.text().unwrap_or_default().to_owned(),
            text: &text[start..begin(index + 1)],
            key_at: entry.key.span.start - start,
            is_block: !matches!(&entry.value.kind, NodeKind::List(items) if items.is_empty())
                && !text[entry.value.span.start..].starts_with(['[', '{']),
        }
    };
    if entries.is_empty() || text[root.span.start..].starts_with('{') {
        return Err(not_carried_over(
            source,
            "its root is not written as lines of `key:`",
        ));
    }
    Ok(entries.iter().enumerate().map(section).collect())
}

fn with_letter(old: &Arc<Source>, letter: &Letter, from: &PolicyId) -> Result<String, Diagnostic> {
    let mut text = skeleton(letter);
    let _ = write!(
        text,
        "\n# What earlier sources say, from the register of {from}. Say of each sentence whether it still holds under the\n\
         # letter, and take out `to_review`. One that no longer fixes an outcome is `context`.\n\
         earlier:\n"
    );
    let sections = sections(old)?;
    let mut is_first = true;
    for section in sections.iter().filter(|section| section.key != "earlier") {
        let key_line = line_start(section.text, section.key_at);
        let (before, own) = section.text.split_at(key_line);
        indented(&mut text, before.trim_start_matches("---"), 4);
        let mark_at = text.len();
        indented(&mut text, own, 4);
        if is_first {
            // The first key begins the item of the list.
            text.replace_range(mark_at..mark_at + 4, "  - ");
            is_first = false;
        }
    }
    for section in sections.iter().filter(|section| section.key == "earlier") {
        let after = line_end(section.text, section.key_at);
        let body = section.text[after..].trim_start_matches('\n');
        if !section.is_block {
            if body.trim().is_empty() {
                continue;
            }
            return Err(not_carried_over(
                old,
                "`earlier` is not written as lines of `- source:`",
            ));
        }
        let item = body.lines().find(|line| line.trim_start().starts_with("- "));
        let depth = item.map_or(0, |item| item.len() - item.trim_start().len());
        if !text.ends_with("\n\n") {
            text.push('\n');
        }
        for line in body.lines() {
            let own = line
                .get(depth..)
                .filter(|_| line[..depth.min(line.len())].trim().is_empty());
            let own = own.unwrap_or(line.trim_start());
            indented(&mut text, &format!("{own}\n"), 2);
        }
    }
    Ok(text)
}

fn indented(text: &mut String, lines: &str, depth: usize) {
    for line in lines.lines() {
        if line.trim().is_empty() {
            text.push('\n');
        } else {
            let _ = writeln!(text, "{}{line}", " ".repeat(depth));
        }
    }
}

/// The sentences of the letter, of which nothing is known yet.
fn skeleton(letter: &Letter) -> String {
    let id = &letter.id;
    let mut text = format!(
        "# The source register of the policy: every sentence of the letter, what it does and what it says; then the sentences\n\
         # of earlier sources that still hold.\n\
         #\n\
         # `{id}:P.S` is sentence S of paragraph P of the letter. Say of each whether it is a `decision` (it fixes an outcome), a\n\
         # `finding` (country information that motivates one) or `context`, summarise it in your own words, in Dutch and in\n\
         # English, and take out `to_review`. What the letter does not say is not on record.\n\n\
         source:\n  id: {id}\n  title:\n    nl: \"\"\n    en: \"\"\n\n\
         sentences:\n"
    );
    for locator in letter.locators() {
        let _ = write!(
            text,
            "  - locator: {locator}\n    {MARK}\n    kind: context\n    summary:\n      nl: \"\"\n      en: \"\"\n"
        );
    }
    text
}

/// Confirms that the new text says of the earlier sentences what the old one says, and marks every sentence.
fn confirm(
    old: &Arc<Source>,
    law: &Arc<Source>,
    letter: Option<&Letter>,
    text: &str,
    name: &str,
) -> Result<(), Diagnostic> {
    let first = |faults: Vec<Diagnostic>| {
        let mut faults = faults.into_iter();
        let fault = faults.next();
        fault.unwrap_or_else(|| not_carried_over(old, "it cannot be read"))
    };
    let of_old = Register::read(old, law).map_err(first)?;
    let of_new = Register::read(&Source::new(name, text), law).map_err(first)?;
    let sentences = |register: &Register| -> Vec<_> {
        let entries = register.entries().iter().filter(|entry| entry.title.is_none());
        entries.cloned().collect()
    };
    let (of_old, of_new) = (sentences(&of_old), sentences(&of_new));
    let of_letter = letter.map_or_else(Vec::new, Letter::locators);
    let is_same = of_new.len() == of_letter.len() + of_old.len()
        && of_new.iter().all(|entry| entry.to_review)
        && of_new
            .iter()
            .zip(&of_letter)
            .all(|(entry, locator)| entry.locator == *locator)
        && of_new[of_letter.len()..].iter().zip(&of_old).all(|(new, old)| {
            (&new.locator, new.kind, &new.summary) == (&old.locator, old.kind, &old.summary)
        });
    if is_same {
        Ok(())
    } else {
        Err(not_carried_over(old, "the copy would say something else"))
    }
}

fn not_carried_over(source: &Arc<Source>, reason: &str) -> Diagnostic {
    let message = format!("the register cannot be carried over as it is written: {reason}");
    Diagnostic::error("register-not-carried-over", message)
        .at(source, 0..0, "here")
        .help("write it as the other registers are written: `source:` and `sentences:`, a sentence on lines of its own")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAW: &str = "law: []\n";
    const OLD: &str = "# Above.\n\nsource:\n  id: old\n  title: {nl: Oud, en: Old}\n\nsentences:\n  - locator: old:1.1 # first\n    \
        kind: decision\n    summary:\n      nl: >\n        gevouwen\n        tekst\n      en: folded\n  - {locator: old:1.2, kind: \
        context, summary: {nl: twee, en: two}}\n";

    fn made(old: &str, letter: Option<&Letter>) -> Result<String, Diagnostic> {
        let from = PolicyId::parse("mali/old").unwrap();
        let source = Source::new("sources.yaml", old);
        of_new_version(&source, &Source::new("law.yaml", LAW), letter, &from, "new.yaml")
    }

    fn letter(id: &str) -> Letter {
        Letter {
            id: id.to_owned(),
            sentences: vec![2, 1],
        }
    }

    #[test]
    fn without_a_letter_every_sentence_is_marked_and_nothing_else_changes() {
        let text = made(OLD, None).unwrap();
        let unmarked = text
            .replace("\n    to_review: true", "")
            .replace(", to_review: true", "");
        assert_eq!(unmarked, OLD);
        assert_eq!(text.matches("to_review: true").count(), 2);
    }

    #[test]
    fn a_letter_has_its_own_sentences_and_the_earlier_ones_stay_under_their_source() {
        let text = made(OLD, Some(&letter("brief"))).unwrap();
        for part in [
            "locator: brief:1.2",
            "locator: brief:2.1",
            "  - source:\n      id: old",
            "    # Above.",
            "# first",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("brief:2.2"));
    }

    #[test]
    fn a_letter_after_a_letter_keeps_both_earlier_sources() {
        let second = made(OLD, Some(&letter("brief"))).unwrap();
        let third = made(&second, Some(&letter("third"))).unwrap();
        let register = Register::read(&Source::new("r", third.as_str()), &Source::new("l", LAW)).unwrap();
        let locators: Vec<&str> = register
            .entries()
            .iter()
            .map(|entry| entry.locator.as_str())
            .collect();
        assert_eq!(
            locators,
            [
                "third:1.1",
                "third:1.2",
                "third:2.1",
                "brief:1.1",
                "brief:1.2",
                "brief:2.1",
                "old:1.1",
                "old:1.2"
            ]
        );
        assert_eq!(register.earlier_titles().len(), 2);
    }

    #[test]
    fn a_locator_that_an_earlier_source_uses_and_a_form_that_cannot_be_kept_are_refused() {
        assert_eq!(
            made(OLD, Some(&letter("old"))).unwrap_err().code,
            "duplicate-locator"
        );
        let flow = "{source: {id: a, title: {nl: a, en: a}}, sentences: []}\n";
        assert_eq!(
            made(flow, Some(&letter("brief"))).unwrap_err().code,
            "register-not-carried-over"
        );
    }
}
