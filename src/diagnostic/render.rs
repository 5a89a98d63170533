//! Diagnostics as text for people.

use super::masked::{Masked, masked};
use super::{Diagnostic, Label, Severity};
use crate::language::printable;
use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};
use std::borrow::Cow;

/// Characters of a line that are shown before and after the underlined text.
const SHOWN_BESIDE: usize = 120;
/// Characters of a message or a way out that are shown.
const SHOWN_OF_MESSAGE: usize = 2_000;
/// Characters of the underlined text that are shown.
const SHOWN_OF_SPAN: usize = 60;

/// The diagnostic with the offending line underlined, ready to print; `colour` adds ANSI styles.
pub fn render(diagnostic: &Diagnostic, colour: bool, width: usize) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let clipped: Vec<Clipped> = diagnostic.labels.iter().map(Clipped::of).collect();
    let mut group = level
        .primary_title(Cow::Owned(shortened(&diagnostic.message, SHOWN_OF_MESSAGE)))
        .id(diagnostic.code)
        .elements(Vec::<Element<'_>>::new());
    for (index, label) in clipped.iter().enumerate() {
        let kind = if index == 0 {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        group = if label.cut_before {
            // A snippet would count the column from the cut.
            group
                .element(
                    Origin::path(label.path.as_str())
                        .line(label.line)
                        .char_column(label.column),
                )
                .element(Level::NOTE.message(Cow::Owned(format!(
                    "the line reads `{}` {}",
                    label.line_text, label.text
                ))))
        } else {
            group.element(
                Snippet::source(label.line_text.as_str())
                    .path(label.path.as_str())
                    .line_start(label.line)
                    .annotation(kind.span(label.span.clone()).label(label.text.as_str())),
            )
        };
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(Cow::Owned(shortened(help, SHOWN_OF_MESSAGE))));
    }
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    renderer.term_width(width).render(&[group])
}

/// One line of a source around a label, cut so that a line of a megabyte stays readable.
struct Clipped {
    path: String,
    line: usize,
    column: usize,
    line_text: String,
    cut_before: bool,
    span: std::ops::Range<usize>,
    text: String,
}

impl Clipped {
    fn of(label: &Label) -> Self {
        let text = label.source.text();
        let at = label.at();
        let start = label.span.start.min(text.len());
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |n| start + n);
        let end = label.span.end.clamp(start, line_end);

        let Masked {
            before,
            marked,
            after,
        } = match label.source.is_of_case() {
            true => masked(text, &(line_start..line_end), &(start..label.span.end)),
            false => Masked {
                before: text[line_start..start].to_owned(),
                marked: text[start..end].to_owned(),
                after: text[end..line_end].to_owned(),
            },
        };
        let cut = before.char_indices().rev().nth(SHOWN_BESIDE);
        let shown_before = match cut {
            Some((cut, c)) => format!("…{}", printable(&before[cut + c.len_utf8()..])),
            None => printable(&before),
        };
        let marked = shortened(&marked, SHOWN_OF_SPAN);
        let after = shortened(&after, SHOWN_BESIDE);
        let span = shown_before.len()..shown_before.len() + marked.len();
        Self {
            path: printable(label.source.name()),
            line: at.line,
            column: at.column,
            line_text: format!("{shown_before}{marked}{after}"),
            cut_before: cut.is_some(),
            span,
            text: shortened(&label.text, SHOWN_OF_MESSAGE),
        }
    }
}

fn shortened(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((cut, _)) => format!("{}…", printable(&text[..cut])),
        None => printable(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[test]
    fn the_offending_text_is_underlined_with_file_line_and_column() {
        let source = Source::new("case.yaml", "case: A\nfacts:\n  regoin: Gao\n");
        let start = source.text().find("regoin").unwrap();
        let diagnostic = Diagnostic::error("unknown-fact", "unknown fact `regoin`")
            .at(&source, start..start + 6, "no fact has this name")
            .help("did you mean `region`?");
        insta::assert_snapshot!(render(&diagnostic, false, 100), @r"
        error[unknown-fact]: unknown fact `regoin`
         --> case.yaml:3:3
          |
        3 |   regoin: Gao
          |   ^^^^^^ no fact has this name
          |
          = help: did you mean `region`?
        ");
    }

    #[test]
    fn a_line_of_a_megabyte_is_cut_and_control_characters_are_shown_as_unknown() {
        let source = Source::new(
            "a",
            format!("{}\u{1b}[31mbad{}", "x".repeat(500_000), "y".repeat(500_000)),
        );
        let start = source.text().find("bad").unwrap();
        let diagnostic = Diagnostic::error("code", "message").at(&source, start..start + 3, "");
        let shown = render(&diagnostic, false, 100);
        assert!(shown.len() < 1_000, "{}", shown.len());
        assert!(!shown.contains('\u{1b}'));
        assert!(shown.contains(":1:500006"));
    }
}
