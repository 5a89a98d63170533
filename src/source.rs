//! Source texts (case files, rule scripts, registers) and places in them.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A text that a person wrote, with the name under which a message shows it.
///
/// A document of a stream is a source of its own; `first_line` keeps its lines those of the whole file.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    name: String,
    text: String,
    first_line: usize,
    whose: Whose,
    lines: Lines,
}

/// Whose text it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// Of the rules or a test, or any other file.
    Writer,
    /// That of a person's case.
    Case,
    /// That of the program.
    Program,
}

/// Where the lines of a text begin; found when a place is first asked for, because most texts never are.
#[derive(Debug, Default)]
struct Lines(OnceLock<Vec<usize>>);

impl Lines {
    fn begins(&self, text: &str) -> &[usize] {
        let begins = || {
            [0].into_iter()
                .chain(text.match_indices('\n').map(|(at, _)| at + 1))
        };
        self.0.get_or_init(|| begins().collect())
    }
}

/// They follow from the text.
impl PartialEq for Lines {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Lines {}

/// A place in a [`Source`]: a range of bytes of its text.
pub type Span = Range<usize>;

/// A line and a column, both counted from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl Source {
    /// A whole file with the name that messages show.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Self::part(name, text, 1)
    }

    /// A part of a file that begins at `first_line` (from 1).
    pub fn part(name: impl Into<String>, text: impl Into<String>, first_line: usize) -> Arc<Self> {
        Self::of(Whose::Writer, name, text, first_line)
    }

    /// A case or several, as [`Self::part`]: messages show nothing of it but what they are about.
    pub fn of_case(name: impl Into<String>, text: impl Into<String>, first_line: usize) -> Arc<Self> {
        Self::of(Whose::Case, name, text, first_line)
    }

    /// A whole file that is part of the program: it is the same each time, and tests have looked at its form.
    pub fn built_in(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Self::of(Whose::Program, name, text, 1)
    }

    fn of(whose: Whose, name: impl Into<String>, text: impl Into<String>, first_line: usize) -> Arc<Self> {
        Arc::new(Self {
            name: name.into(),
            text: text.into(),
            first_line,
            whose,
            lines: Lines::default(),
        })
    }

    /// Whether it is a case, of which a message may show only what it is about.
    pub fn is_of_case(&self) -> bool {
        self.whose == Whose::Case
    }

    /// Whether it is part of the program.
    pub fn is_built_in(&self) -> bool {
        self.whose == Whose::Program
    }

    /// The name that messages show, a path for files.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line of the whole file at which this text begins, from 1.
    pub fn first_line(&self) -> usize {
        self.first_line
    }

    /// The line (of the whole file) and column of a byte offset; offsets past the end give the end.
    pub fn line_column(&self, offset: usize) -> LineColumn {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let begins = self.lines.begins(&self.text);
        let line = begins.partition_point(|begin| *begin <= offset) - 1;
        LineColumn {
            line: self.first_line + line,
            column: self.text[begins[line]..offset].chars().count() + 1,
        }
    }

    /// The byte offset of a line (of the whole file) and a column, both from 1; clamped to the text.
    pub fn offset(&self, at: LineColumn) -> usize {
        let begins = self.lines.begins(&self.text);
        let Some(start) = begins.get(at.line.saturating_sub(self.first_line)) else {
            return self.text.len();
        };
        let line = self.text[*start..].split('\n').next().unwrap_or_default();
        start
            + line
                .char_indices()
                .nth(at.column.saturating_sub(1))
                .map_or(line.len(), |(index, _)| index)
    }

    /// The span of the word at a line and column: a quoted string, a run of letters, digits, `_` and `-`, or one
    /// character.
    pub fn word_at(&self, at: LineColumn) -> Span {
        let start = self.offset(at);
        let rest = &self.text[start..];
        let Some(first) = rest.chars().next() else {
            return start..start;
        };
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        let length = if first == '"' {
            rest[1..].find(['"', '\n']).map_or(1, |end| end + 2)
        } else if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        start..(start + length).min(self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_and_go_both_ways() {
        let source = Source::part("a.yaml", "één: 1\ntwee: \"x\"\n", 10);
        let offset = source.text().find("twee").unwrap();
        let at = source.line_column(offset);
        assert_eq!((at.line, at.column), (11, 1));
        assert_eq!(source.offset(at), offset);
        let colon = source.line_column(source.text().find(':').unwrap());
        assert_eq!((colon.line, colon.column), (10, 4));
    }

    #[test]
    fn a_word_is_a_quoted_string_or_a_run_of_letters() {
        let source = Source::new("a.rhai", "facts.regoin == \"Goa\"");
        let word = |column| source.word_at(LineColumn { line: 1, column });
        assert_eq!(&source.text()[word(7)], "regoin");
        assert_eq!(&source.text()[word(17)], "\"Goa\"");
        assert_eq!(&source.text()[word(14)], "=");
    }

    #[test]
    fn places_outside_the_text_are_clamped() {
        let source = Source::new("a", "x");
        assert_eq!(source.line_column(99).column, 2);
        assert_eq!(source.offset(LineColumn { line: 9, column: 9 }), 1);
    }
}
