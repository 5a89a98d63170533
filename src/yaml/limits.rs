//! Bounds on the shape of a YAML text, checked before anything is built from it.
//!
//! The YAML crate needs seconds for some hostile texts of a megabyte, and memory without bound for some aliases.

use super::outline::{Building, Node, Places, syntax_error};
use crate::diagnostic::{Diagnostic, check_visible, check_visible_text};
use crate::source::Source;
use saphyr_parser::{Event, Parser};
use std::sync::Arc;

/// What a YAML text may at most be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one document.
    pub document_bytes: usize,
    /// Mappings and lists inside each other.
    pub depth: usize,
    /// Uses of `*name`.
    pub aliases: usize,
    /// Keys, values and items.
    pub nodes: usize,
}

impl Default for Limits {
    /// The limits of a case file.
    fn default() -> Self {
        Self {
            document_bytes: 1 << 20,
            depth: 32,
            aliases: 64,
            nodes: 20_000,
        }
    }
}

impl Limits {
    /// The limits of a file of the rules, which is longer than a case.
    pub fn of_rules() -> Self {
        Self {
            nodes: 1_000_000,
            ..Self::default()
        }
    }
}

/// The outline of a file of the rules, whose limits are checked, and that its texts hold nothing that is not seen; `None`
/// where it holds no document.
///
/// # Errors
/// As [`check_limits`], or the first character that is not seen.
pub fn outline_of_rules(source: &Arc<Source>) -> Result<Option<Node>, Diagnostic> {
    check_visible(source)?;
    let mut building = Building::of(source);
    check_events(source, &Limits::of_rules(), |event, span| {
        building.add(event, span)
    })?;
    // Escapes stand in double quotes alone.
    if source.text().contains('\\')
        && let Some(outline) = &building.root
    {
        for node in outline.all() {
            let text = node.text().unwrap_or_default();
            check_visible_text(text, source, &node.span)?;
        }
    }
    Ok(building.root)
}

/// Texts below this size cannot hurt, whatever they hold.
pub const HARMLESS_BYTES: usize = 2048;

/// Checks a text against the limits, without building anything from it.
///
/// # Errors
/// The first limit that the text exceeds, or its first fault of syntax.
pub fn check_limits(source: &Arc<Source>, limits: &Limits) -> Result<(), Diagnostic> {
    let length = source.text().len();
    // Neither are its faults of syntax looked for: the reader finds them.
    if length < HARMLESS_BYTES && length <= limits.document_bytes {
        return Ok(());
    }
    check_events(source, limits, |_, _| ())
}

/// Gives the events of a text to `take`, as long as they keep within the limits.
fn check_events<'s>(
    source: &'s Arc<Source>,
    limits: &Limits,
    mut take: impl FnMut(Event<'s>, &saphyr_parser::Span),
) -> Result<(), Diagnostic> {
    let text = source.text();
    if text.len() > limits.document_bytes {
        return Err(Diagnostic::error(
            "document-too-large",
            format!("a document of {} bytes", text.len()),
        )
        .at(source, 0..0, "it begins here")
        .help(format!("a document may have {} bytes", limits.document_bytes)));
    }
    let mut depth = 0;
    let mut aliases = 0;
    let mut nodes = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| syntax_error(source, &error))?;
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => depth += 1,
            Event::MappingEnd | Event::SequenceEnd => depth -= 1,
            Event::Alias(_) => aliases += 1,
            _ => {}
        }
        nodes += 1;
        let exceeded = if text.len() < HARMLESS_BYTES {
            None
        } else if depth > limits.depth {
            Some(("yaml-too-deep", format!("nested more than {} deep", limits.depth)))
        } else if aliases > limits.aliases {
            Some((
                "yaml-too-many-aliases",
                format!("more than {} aliases", limits.aliases),
            ))
        } else if nodes > limits.nodes {
            Some((
                "yaml-too-many-values",
                format!("more than {} keys, values and items", limits.nodes),
            ))
        } else {
            None
        };
        if let Some((code, message)) = exceeded {
            let span = Places::of(text).span(&span);
            return Err(Diagnostic::error(code, message)
                .at(source, span, "here")
                .help("neither cases nor rules need as many; write it plainly"));
        }
        take(event, &span);
    }
    Ok(())
}
