//! How messages say what a node of a case is, with no more of its text than a word.

use crate::diagnostic::quoted;
use crate::yaml::{Node, NodeKind};

/// What a node is, for "not …".
pub(super) fn what(node: &Node) -> String {
    match &node.kind {
        _ if node.is_nothing() => "nothing".to_owned(),
        NodeKind::Scalar { text, plain: true } => quoted(text),
        NodeKind::Scalar { text, plain: false } => quoted(&format!("\"{text}\"")),
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
