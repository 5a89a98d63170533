//! Changes of a YAML text that leave the rest of it as it is, comments and layout included.

use crate::source::Span;
use crate::yaml::{Node, NodeKind};

/// Changes of one text, all in its own bytes.
pub(super) struct Edits<'a> {
    text: &'a str,
    edits: Vec<(Span, String)>,
    added: Vec<Added>,
}

/// A key with a list that is added to a mapping.
struct Added {
    at: usize,
    /// In a block the new key gets a line of its own, with this before it.
    indentation: Option<String>,
    key: &'static str,
    items: Vec<String>,
}

impl<'a> Edits<'a> {
    pub fn of(text: &'a str) -> Self {
        Self {
            text,
            edits: Vec::new(),
            added: Vec::new(),
        }
    }

    /// The text with all changes; `None` where two of them are of the same words.
    pub fn applied(mut self) -> Option<String> {
        for added in std::mem::take(&mut self.added) {
            let list = format!("{}: [{}]", added.key, added.items.join(", "));
            let with = match added.indentation {
                Some(indentation) => format!("\n{indentation}{list}"),
                None => format!(", {list}"),
            };
            self.edits.push((added.at..added.at, with));
        }
        self.edits.sort_by_key(|(span, _)| (span.start, span.end));
        let overlap = |pair: &[(Span, String)]| pair[1].0.start < pair[0].0.end;
        if self.edits.windows(2).any(overlap) {
            return None;
        }
        let mut text = self.text.to_owned();
        for (span, with) in self.edits.iter().rev() {
            text.replace_range(span.clone(), with);
        }
        Some(text)
    }

    /// Writes something else in the place of a value.
    pub fn replace(&mut self, node: &Node, with: String) {
        self.edits.push((self.tight(node), with));
    }

    /// Writes another key before a value.
    pub fn rename_key(&mut self, mapping: &Node, from: &str, to: &str) {
        let entry = mapping
            .entries()
            .iter()
            .find(|entry| entry.key.text() == Some(from));
        if let Some(entry) = entry {
            self.edits.push((entry.key.span.clone(), to.to_owned()));
        }
    }

    /// Takes a key with its value out.
    pub fn drop_entry(&mut self, mapping: &Node, key: &str) {
        let spans = mapping.entries().iter();
        let spans: Vec<Span> = spans
            .map(|entry| entry.key.span.start..self.tight(&entry.value).end)
            .collect();
        let mut keys = mapping.entries().iter();
        if let Some(index) = keys.position(|entry| entry.key.text() == Some(key)) {
            let span = self.part(mapping, &spans, index);
            self.edits.push((span, String::new()));
        }
    }

    /// Takes items out of a list.
    pub fn drop_items(&mut self, list: &Node, is_dropped: &dyn Fn(&Node) -> bool) {
        let spans: Vec<Span> = list.items().iter().map(|item| self.tight(item)).collect();
        let dropped: Vec<usize> = (0..spans.len())
            .filter(|index| is_dropped(&list.items()[*index]))
            .collect();
        if self.is_flow(list) && dropped.len() > 1 {
            let left = list.items().iter().filter(|item| !is_dropped(item));
            let left: Vec<&str> = left.map(|item| &self.text[self.tight(item)]).collect();
            let list_text = format!("[{}]", left.join(", "));
            self.replace(list, list_text);
            return;
        }
        for index in dropped {
            let span = self.part(list, &spans, index);
            self.edits.push((span, String::new()));
        }
    }

    /// Adds an item to the list under a key, which is made after the key `after` where it is not there.
    pub fn add_to_list(&mut self, mapping: &Node, key: &'static str, item: &str, after: &str) {
        if let Some(list) = mapping.get(key) {
            let last = list.items().last();
            let end = last.map_or(list.span.start + 1, |last| self.tight(last).end);
            let with = match (last, self.is_flow(list)) {
                (Some(_), true) => format!(", {item}"),
                (Some(last), false) => {
                    let line = self.line_of(last.span.start);
                    let lead: String = self.text[line.start..last.span.start].to_owned();
                    self.edits.push((line.end..line.end, format!("\n{lead}{item}")));
                    return;
                }
                (None, _) => item.to_owned(),
            };
            self.edits.push((end..end, with));
            return;
        }
        if let Some(added) = self
            .added
            .iter_mut()
            .find(|added| added.key == key && mapping.span.start <= added.at && added.at <= mapping.span.end)
        {
            added.items.push(item.to_owned());
            return;
        }
        let mut entries = mapping.entries().iter();
        let Some(entry) = entries.find(|entry| entry.key.text() == Some(after)) else {
            return;
        };
        let end = self.tight(&entry.value).end;
        let (at, indentation) = if self.is_flow(mapping) {
            (end, None)
        } else {
            let line = self.line_of(entry.key.span.start);
            let lead = self.text[line.start..entry.key.span.start].to_owned();
            (self.line_of(end).end, Some(lead))
        };
        self.added.push(Added {
            at,
            indentation,
            key,
            items: vec![item.to_owned()],
        });
    }

    /// What goes out with one part of a list or mapping: in a block its lines, in a flow the comma beside it.
    fn part(&self, of: &Node, spans: &[Span], index: usize) -> Span {
        let own = spans[index].clone();
        if self.is_flow(of) {
            return match (spans.get(index + 1), index.checked_sub(1)) {
                (Some(next), _) => own.start..next.start,
                (None, Some(before)) => spans[before].end..own.end,
                (None, None) => own,
            };
        }
        let (first, last) = (self.line_of(own.start), self.line_of(own.end));
        // With the end of the line before, so that the end of this one is free.
        first.start.saturating_sub(1)..last.end
    }

    /// The line of a byte, without its end.
    fn line_of(&self, at: usize) -> Span {
        let start = self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let end = self.text[at..]
            .find('\n')
            .map_or(self.text.len(), |length| at + length);
        start..end
    }

    fn is_flow(&self, node: &Node) -> bool {
        matches!(self.text.as_bytes().get(node.span.start), Some(b'[' | b'{'))
    }

    /// The bytes of a node itself, without what the parser counts to it after its last word.
    fn tight(&self, node: &Node) -> Span {
        let start = node.span.start;
        let last = match &node.kind {
            NodeKind::List(items) => items.last(),
            NodeKind::Mapping(entries) => entries.last().map(|entry| &entry.value),
            NodeKind::Scalar { .. } | NodeKind::Alias => None,
        };
        let end = match (last, self.is_flow(node)) {
            (Some(last), false) => self.tight(last).end,
            (Some(last), true) => self.after_bracket(self.tight(last).end),
            (None, true) if !matches!(node.kind, NodeKind::Scalar { .. }) => self.after_bracket(start + 1),
            (None, _) => node.span.end,
        };
        let end = end.max(start);
        start..start + self.text[start..end].trim_end().len()
    }

    /// The end of the bracket that closes after a byte, with nothing but blanks, commas and comments before it.
    fn after_bracket(&self, from: usize) -> usize {
        let mut is_comment = false;
        for (at, c) in self.text[from..].char_indices() {
            match c {
                '#' => is_comment = true,
                '\n' => is_comment = false,
                ']' | '}' if !is_comment => return from + at + 1,
                _ => {}
            }
        }
        from
    }
}
