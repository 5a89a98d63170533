//! The arms of a `switch` and the parts of a condition, as spans of the text.

use crate::script::Piece;
use crate::source::Span;

/// A `switch`.
pub(super) struct Switch {
    pub arms: Vec<Arm>,
}

/// `"a" | "b" => …,`
pub(super) struct Arm {
    /// All of it, with the comma after it.
    pub span: Span,
    /// The labels in quotes.
    pub labels: Vec<Span>,
}

/// The condition of an `if`.
pub(super) struct Conditions {
    pub span: Span,
    /// Each part that `&&` or `||` joins to another, with one of the signs that join it.
    pub parts: Vec<Span>,
}

/// How much deeper the brackets are after a piece.
fn deeper(piece: &Piece) -> isize {
    if piece.is("{") || piece.is("(") {
        1
    } else if piece.is("}") || piece.is(")") {
        -1
    } else {
        0
    }
}

/// Every `switch` of a script.
pub(super) fn switches(pieces: &[Piece]) -> Vec<Switch> {
    let begins = (0..pieces.len()).filter(|at| pieces[*at].is("switch"));
    begins.filter_map(|at| switch(&pieces[at + 1..])).collect()
}

/// The `switch` whose word has just been passed.
fn switch(pieces: &[Piece]) -> Option<Switch> {
    let open = pieces.iter().position(|piece| piece.is("{"))?;
    let mut arms: Vec<Arm> = Vec::new();
    let mut current: Option<Arm> = None;
    let mut is_label = true;
    let mut depth = 1;
    for piece in &pieces[open + 1..] {
        let was_deep = depth > 1;
        depth += deeper(piece);
        if depth == 0 {
            arms.extend(current.take());
            return Some(Switch { arms });
        }
        if current.is_none() && piece.is(",") {
            // The comma after an arm with a block.
            if let Some(arm) = arms.last_mut() {
                arm.span.end = piece.span.end;
            }
            continue;
        }
        let arm = current.get_or_insert_with(|| Arm {
            span: piece.span.clone(),
            labels: Vec::new(),
        });
        arm.span.end = piece.span.end;
        if is_label && piece.text().is_some() {
            arm.labels.push(piece.span.clone());
        }
        is_label &= !piece.is("=>");
        let ends = depth == 1 && (piece.is(",") || (was_deep && piece.is("}")));
        if ends && !is_label {
            arms.extend(current.take());
            is_label = true;
        }
    }
    None
}

/// Every condition of an `if`.
pub(super) fn conditions(pieces: &[Piece]) -> Vec<Conditions> {
    let begins = (0..pieces.len()).filter(|at| pieces[*at].is("if"));
    begins
        .filter_map(|at| {
            let rest = &pieces[at + 1..];
            let own = &rest[..rest.iter().position(|piece| piece.is("{"))?];
            let mut parts = Vec::new();
            parts_of(own, &mut parts);
            Some(Conditions {
                span: own.first()?.span.start..own.last()?.span.end,
                parts,
            })
        })
        .collect()
}

/// The parts of a condition and of the groups in brackets within it.
fn parts_of(pieces: &[Piece], parts: &mut Vec<Span>) {
    let mut depth = 0;
    let mut signs = Vec::new();
    let mut group = None;
    for (at, piece) in pieces.iter().enumerate() {
        let is_call = at
            .checked_sub(1)
            .is_some_and(|before| pieces[before].name().is_some());
        if depth == 0 && piece.is("(") && !is_call {
            group = Some(at + 1);
        }
        depth += deeper(piece);
        if depth == 0
            && piece.is(")")
            && let Some(start) = group.take()
        {
            parts_of(&pieces[start..at], parts);
        }
        if depth == 0 && (piece.is("&&") || piece.is("||")) {
            signs.push(at);
        }
    }
    if signs.is_empty() {
        return;
    }
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else {
        return;
    };
    // Each part but the last goes with the sign after it, the last with the one before it.
    let mut start = first.span.start;
    for sign in &signs {
        let next = pieces.get(sign + 1).map_or(last.span.end, |next| next.span.start);
        parts.push(start..next);
        start = next;
    }
    if let Some(sign) = signs.last().and_then(|sign| pieces.get(sign.wrapping_sub(1))) {
        parts.push(sign.span.end..last.span.end);
    }
}
