//! What a message shows of a line of a case: the word it is about and its key. Of everything else it shows the form, and of
//! the notes nothing else.

use super::quoted::is_short;
use crate::source::Span;

/// The underlined text of a case, with what stands before and after it on its line.
pub(super) struct Masked {
    pub(super) before: String,
    pub(super) marked: String,
    pub(super) after: String,
}

/// The line of a case around a span that begins in it; `line` and `span` are bytes of `text`.
pub(super) fn masked(text: &str, line: &Span, span: &Span) -> Masked {
    let end = span.end.clamp(span.start, line.end);
    let (before, marked) = (&text[line.start..span.start], &text[span.start..end]);
    let is_in_notes = is_in_notes(text, span.start);
    Masked {
        before: match key_of_value(before).filter(|_| !is_in_notes) {
            Some(key) => hidden(&before[..key]) + &before[key..],
            None => hidden(before),
        },
        marked: match !is_in_notes && span.end <= line.end && is_word(marked) {
            true => marked.to_owned(),
            false => hidden(marked),
        },
        after: hidden(&text[end..line.end]),
    }
}

/// The form of a text: as wide, with its spaces and its ASCII punctuation.
fn hidden(text: &str) -> String {
    let is_form = |c: char| c.is_whitespace() || c.is_control() || c.is_ascii_punctuation();
    text.chars().map(|c| if is_form(c) { c } else { '·' }).collect()
}

/// Whether a text is a key or a value, and no list, no keys with values and nothing longer than a word, which can hold notes.
fn is_word(text: &str) -> bool {
    is_short(text)
        && !text.starts_with(['[', '{'])
        && !text.starts_with("- ")
        && !text.contains(": ")
        && !text.ends_with(':')
}

/// Where the key begins that stands before a value on its line.
fn key_of_value(before: &str) -> Option<usize> {
    let at = before.rfind(['{', ',']).map_or(0, |at| at + 1);
    // Behind an odd number of quotation marks the brace or comma stands in a text.
    let is_structure = before[..at].matches('"').count().is_multiple_of(2);
    let blank = before[at..].len() - before[at..].trim_start_matches([' ', '-']).len();
    let key = before[at + blank..].trim_end().strip_suffix(':')?;
    (is_structure && is_key(key)).then_some(at + blank)
}

/// Whether a text is a key as cases have them, perhaps between quotation marks.
fn is_key(text: &str) -> bool {
    let key = text.trim().trim_matches('"');
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// Whether a place lies in the notes of a case.
///
/// Notes end at a later line with a key that is indented no more than theirs. Where others stand before them on their line,
/// all that follows counts as notes: the text can be broken just there, so that no parser knows where they end.
fn is_in_notes(text: &str, place: usize) -> bool {
    let text = &text[..place];
    let mut indented = None;
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        let key = line.split_once(':').map_or("", |(key, _)| key);
        // The last line ends at the place, perhaps with the opening quotation mark of its key.
        let begins_with_key =
            is_key(key) || lines.peek().is_none() && line.trim_matches([' ', '"']).is_empty();
        if indented.is_some_and(|notes| indentation(line) <= notes && begins_with_key) {
            indented = None;
        }
        if indented.is_some() {
            continue;
        }
        match notes_key(line) {
            Some(at) if line[..at].trim_matches([' ', '"', '\'']).is_empty() => {
                indented = Some(indentation(line));
            }
            Some(_) => return true,
            None => {}
        }
    }
    indented.is_some()
}

/// Where the key of notes stands in a line.
fn notes_key(line: &str) -> Option<usize> {
    let is_end_of_word = |c: char| !c.is_alphanumeric() && c != '_';
    let mut found = line.match_indices("notes");
    let key = found.find(|(at, word)| {
        let after = line[at + word.len()..]
            .trim_start_matches(['"', '\''])
            .trim_start();
        after.starts_with(':') && line[..*at].chars().next_back().is_none_or(is_end_of_word)
    });
    key.map(|(at, _)| at)
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line that a message about `word` shows, with the word between angle brackets.
    fn shown(text: &str, word: &str) -> String {
        let start = text.rfind(word).unwrap();
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |end| start + end);
        let Masked {
            before,
            marked,
            after,
        } = masked(text, &(line_start..line_end), &(start..start + word.len()));
        format!("{before}<{marked}>{after}")
    }

    #[test]
    fn the_word_and_its_key_are_shown_and_nothing_beside_them() {
        let json = r#"{"case":"A","facts":{"region":"Goa"},"notes":"é"}"#;
        assert_eq!(
            shown(json, "\"Goa\""),
            r#"{"····":"·","·····":{"region":<"Goa">},"·····":"·"}"#
        );
        assert_eq!(
            shown("case: A\nfacts:\n  regoin: Gao", "regoin"),
            "  <regoin>: ···"
        );
        assert_eq!(shown("facts:\n  - health: poor\n", "poor"), "  - health: <poor>");
        assert_eq!(
            shown("case: A\nx: [health, gendre]", "gendre"),
            "·: [······, <gendre>]"
        );
    }

    #[test]
    fn of_notes_the_place_is_shown_alone() {
        assert_eq!(shown("case: A\nnotes: [secret]", "[secret]"), "·····: <[······]>");
        assert_eq!(shown("notes: |\n  a: secret", "secret"), "  ·: <······>");
        assert_eq!(
            shown("{'notes': 'a', b: secret", "secret"),
            "{'·····': '·', ·: <······>"
        );
        assert_eq!(
            shown("{\"notes\":\"he, she: x\"}", "x"),
            "{\"·····\":\"··, ···: <·>\"}"
        );
        assert_eq!(shown("{\"notes\":\"a\n b: secret", "secret"), " ·: <······>");
    }

    #[test]
    fn a_text_with_a_comma_gives_no_key() {
        assert_eq!(
            shown("{\"a\":\"b, secret:\u{1} x\"}", "\u{1}"),
            "{\"·\":\"·, ······:<\u{1}> ·\"}"
        );
    }

    #[test]
    fn after_the_notes_words_are_shown_again() {
        assert_eq!(
            shown("notes: a\nfacts:\n  regoin: Gao", "regoin"),
            "  <regoin>: ···"
        );
        assert_eq!(shown("notes: |\n  a: b\nregoin: Gao", "regoin"), "<regoin>: ···");
        assert_eq!(
            shown("{\n  \"notes\": \"a\",\n  \"age\": 340\n}", "340"),
            "  \"age\": <340>"
        );
        assert_eq!(shown("my_notes: a\nx: [b]\nage: 340", "340"), "age: <340>");
    }

    #[test]
    fn lists_and_keys_with_values_are_not_shown() {
        assert_eq!(
            shown("[{\"case\":\"A\"}]", "[{\"case\":\"A\"}]"),
            "<[{\"····\":\"·\"}]>"
        );
        assert_eq!(shown("region:\n  name: Gao", "name: Gao"), "  <····: ···>");
    }
}
