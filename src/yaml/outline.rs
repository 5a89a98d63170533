//! The shape of a YAML document with the place of each key and value.

use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};
use std::sync::Arc;

/// A value with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The bytes that it takes.
    pub span: Span,
    /// What it is.
    pub kind: NodeKind,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeKind {
    /// A text, a number, a yes or no, or nothing.
    Scalar {
        /// The text without quotes.
        text: String,
        /// Written without quotes, so that it can be a number, a yes or no, or nothing.
        plain: bool,
    },
    /// A list.
    List(Vec<Node>),
    /// Keys with values, in the order of the text, repeated keys included.
    Mapping(Vec<Entry>),
    /// A use of `*name`.
    Alias,
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: Node,
    /// The value.
    pub value: Node,
}

impl Node {
    /// Its text, for a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether nothing is written: empty, `~` or `null`.
    pub fn is_nothing(&self) -> bool {
        matches!(&self.kind, NodeKind::Scalar { text, plain: true }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// Its entries, for a mapping.
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            NodeKind::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The value of a key, for a mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let is_key = |entry: &&Entry| entry.key.text() == Some(key);
        self.entries().iter().find(is_key).map(|entry| &entry.value)
    }

    /// Its items, for a list.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            NodeKind::List(items) => items,
            _ => &[],
        }
    }

    /// This node and all below it, in the order of the text.
    pub fn all(&self) -> Vec<&Node> {
        let mut found = vec![self];
        match &self.kind {
            NodeKind::List(items) => found.extend(items.iter().flat_map(Node::all)),
            NodeKind::Mapping(entries) => {
                found.extend(
                    entries
                        .iter()
                        .flat_map(|e| e.key.all().into_iter().chain(e.value.all())),
                );
            }
            NodeKind::Scalar { .. } | NodeKind::Alias => {}
        }
        found
    }
}

/// The outline of a text's first document; `None` where the text holds none.
///
/// Check the text against the limits first: the outline takes memory in proportion to the text.
///
/// # Errors
/// A fault of syntax.
pub fn outline(source: &Arc<Source>) -> Result<Option<Node>, Diagnostic> {
    let mut building = Building::of(source);
    for event in Parser::new_from_str(source.text()) {
        let (event, span) = event.map_err(|error| syntax_error(source, &error))?;
        building.add(event, &span);
        if building.is_over {
            break;
        }
    }
    Ok(building.root)
}

/// An outline that is being built from the events of a parser.
pub(super) struct Building {
    places: Places,
    /// Each open mapping or list, with the key that waits for its value.
    open: Vec<(Node, Option<Node>)>,
    /// The first document, once it is whole.
    pub root: Option<Node>,
    /// The first document has ended; what follows is left out.
    is_over: bool,
}

impl Building {
    pub fn of(source: &Source) -> Self {
        Self {
            places: Places::of(source.text()),
            open: Vec::new(),
            root: None,
            is_over: false,
        }
    }

    pub fn add(&mut self, event: Event<'_>, span: &saphyr_parser::Span) {
        if self.is_over {
            return;
        }
        let span = self.places.span(span);
        let node = |kind| Node {
            span: span.clone(),
            kind,
        };
        let complete = match event {
            Event::MappingStart(..) => {
                return self.open.push((node(NodeKind::Mapping(Vec::new())), None));
            }
            Event::SequenceStart(..) => {
                return self.open.push((node(NodeKind::List(Vec::new())), None));
            }
            Event::MappingEnd | Event::SequenceEnd => {
                let Some((mut ended, _)) = self.open.pop() else {
                    return;
                };
                ended.span.end = span.end.max(ended.span.start);
                ended
            }
            Event::Scalar(text, style, ..) => node(NodeKind::Scalar {
                text: text.into_owned(),
                plain: style == ScalarStyle::Plain,
            }),
            Event::Alias(_) => node(NodeKind::Alias),
            Event::DocumentEnd => {
                self.is_over = true;
                return;
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) => return,
        };
        match self.open.last_mut() {
            None => {
                self.root = Some(complete);
                self.is_over = true;
            }
            Some((parent, key)) => match (&mut parent.kind, key.take()) {
                (NodeKind::List(items), _) => items.push(complete),
                (NodeKind::Mapping(_), None) => *key = Some(complete),
                (NodeKind::Mapping(entries), Some(key)) => entries.push(Entry { key, value: complete }),
                _ => {}
            },
        }
    }
}

/// A fault of syntax, at its place.
pub(super) fn syntax_error(source: &Arc<Source>, error: &ScanError) -> Diagnostic {
    let offset = Places::of(source.text()).byte(error.marker().index());
    let end = source.text()[offset..]
        .chars()
        .next()
        .map_or(offset, |c| offset + c.len_utf8());
    Diagnostic::error("invalid-yaml", format!("this is not YAML: {}", error.info())).at(
        source,
        offset..end,
        "here",
    )
}

/// Byte offsets of a text whose places the parser counts in characters.
pub(super) struct Places {
    /// The byte of each character; empty where the text is ASCII, so that both counts agree.
    bytes: Vec<usize>,
    length: usize,
}

impl Places {
    pub(super) fn of(text: &str) -> Self {
        let bytes = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().map(|(byte, _)| byte).collect()
        };
        Self {
            bytes,
            length: text.len(),
        }
    }

    fn byte(&self, character: usize) -> usize {
        if self.bytes.is_empty() {
            character.min(self.length)
        } else {
            self.bytes.get(character).copied().unwrap_or(self.length)
        }
    }

    pub(super) fn span(&self, span: &saphyr_parser::Span) -> Span {
        let start = self.byte(span.start.index());
        start..self.byte(span.end.index()).max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_have_the_bytes_they_take_also_after_accents() {
        let source = Source::new("a.yaml", "é: [één, \"twee\"]\nb:\n  c: 1\n");
        let node = outline(&source).unwrap().unwrap();
        let two = &node.get("é").unwrap().items()[1];
        assert_eq!(&source.text()[two.span.clone()], "\"twee\"");
        let c = &node.get("b").unwrap().entries()[0];
        assert_eq!(&source.text()[c.key.span.clone()], "c");
        assert_eq!(c.value.text(), Some("1"));
    }

    #[test]
    fn an_empty_text_has_no_outline_and_a_broken_one_a_place() {
        assert_eq!(outline(&Source::new("a", "# only a comment\n")).unwrap(), None);
        let broken = outline(&Source::new("a", "a: [1\nb: 2\n")).unwrap_err();
        assert_eq!(broken.code, "invalid-yaml");
        assert!(broken.place().unwrap().1.line >= 1);
    }

    #[test]
    fn a_repeated_key_is_kept_twice() {
        let node = outline(&Source::new("a", "a: 1\na: 2\n")).unwrap().unwrap();
        assert_eq!(node.entries().len(), 2);
    }
}
