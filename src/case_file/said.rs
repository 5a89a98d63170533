//! How messages say what a node of a case is, with no more of its text than a message has room for.

use crate::yaml::{Node, NodeKind};

/// What a node is, for "not …".
pub(super) fn what(node: &Node) -> String {
    match &node.kind {
        _ if node.is_nothing() => "nothing".to_owned(),
        NodeKind::Scalar { text, plain: true } => quoted(text),
        NodeKind::Scalar { text, plain: false } => format!("`\"{}\"`", clipped(text)),
        NodeKind::List(_) => "a list".to_owned(),
        NodeKind::Mapping(_) => "keys with values".to_owned(),
        NodeKind::Alias => "an alias".to_owned(),
    }
}

/// What a node is without its text: a whole document that is a text can be anything that was written of a person.
pub(super) fn kind(node: &Node) -> String {
    match &node.kind {
        NodeKind::Scalar { .. } if !node.is_nothing() => "a text".to_owned(),
        _ => what(node),
    }
}

pub(super) fn quoted(text: &str) -> String {
    format!("`{}`", clipped(text))
}

/// Characters of a user's text that a message repeats.
const SHOWN: usize = 60;

pub(super) fn clipped(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
