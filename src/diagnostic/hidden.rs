//! Characters that are not seen and make a text look other than it is.

use super::Diagnostic;
use crate::language::is_hidden;
use crate::source::{Source, Span};
use std::sync::Arc;

/// Checks that a text shows all that it holds: nothing in it controls a terminal or the direction of writing, or ends a
/// line for some programs and not for others.
///
/// # Errors
/// The first character of that kind.
pub fn check_visible(source: &Arc<Source>) -> Result<(), Diagnostic> {
    let text = source.text();
    for (at, c) in text.char_indices() {
        let span = at..at + c.len_utf8();
        if c == '\r' && !text[span.end..].starts_with('\n') {
            let message = "a line ends in a way that some programs do not see: with a carriage return alone";
            return Err(Diagnostic::error("hidden-character", message)
                .at(source, span, "here")
                .help("save the file with the line ends of Unix or Windows"));
        }
        if is_hidden(c) {
            return Err(hidden_character(c).at(source, span, "here"));
        }
    }
    Ok(())
}

/// As [`check_visible`], of a text that was read from a place in a source, where it may stand as an escape.
///
/// # Errors
/// The first character of that kind.
pub fn check_visible_text(text: &str, source: &Arc<Source>, span: &Span) -> Result<(), Diagnostic> {
    match text.chars().find(|c| is_hidden(*c)) {
        Some(c) => Err(hidden_character(c).at(source, span.clone(), "in this text")),
        None => Ok(()),
    }
}

fn hidden_character(c: char) -> Diagnostic {
    let message = format!("a character that is not seen: U+{:04X}", u32::from(c));
    Diagnostic::error("hidden-character", message)
        .help("it can make a text look other than it is, or steer a terminal: delete it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_that_is_not_seen_is_found_at_its_place() {
        for (text, column) in [
            ("// \u{202e}x", 4),
            ("a\rb", 2),
            ("\u{1b}[31m", 1),
            ("a\0", 2),
            ("é\u{feff}", 2),
        ] {
            let found = check_visible(&Source::new("a", text)).unwrap_err();
            assert_eq!(found.code, "hidden-character");
            assert_eq!(found.place().unwrap().1.column, column, "{text:?}");
        }
        for text in ["a\tb\r\nc\n", "Ménaka, 'é' …", ""] {
            assert!(check_visible(&Source::new("a", text)).is_ok(), "{text:?}");
        }
    }
}
