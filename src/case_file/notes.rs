//! The notes of a case, which no message may repeat.

use crate::facts::FactId;
use crate::yaml::Node;

/// The nodes of all notes of a document: its own, and those of individual circumstances.
pub(super) fn notes(document: &Node) -> Vec<&Node> {
    let own = document
        .entries()
        .iter()
        .filter(|entry| entry.key.text() == Some("notes"));
    let circumstances = document
        .get("facts")
        .and_then(|facts| facts.get(FactId::IndividualCircumstances.name()))
        .map_or(&[][..], Node::items);
    let of_circumstances = circumstances.iter().flat_map(Node::entries);
    own.chain(of_circumstances)
        .flat_map(|entry| entry.value.all())
        .collect()
}
