//! What the source leaves open, as `policy.yaml` lists it.

use super::declaration::{ConclusionDeclaration, OpenPoint};
use super::register::Register;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::source::Source;
use crate::yaml::{self, Node};
use std::cell::LazyCell;
use std::sync::Arc;

/// The faults of open points: names that are not known, each at its place.
pub(super) fn faults(
    points: &[OpenPoint],
    source: &Arc<Source>,
    conclusions: &[ConclusionDeclaration],
    register: &Register,
) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    let outline = LazyCell::new(|| yaml::outline(source).ok().flatten());
    let mut add = |index: usize, word: &str, fault: Diagnostic| {
        let listed = outline.as_ref().and_then(|node| node.get("open_points"));
        let point = listed.and_then(|list| list.items().get(index));
        let nodes = point.map(Node::all).unwrap_or_default();
        let node = nodes.iter().find(|node| node.text() == Some(word));
        faults.push(fault.at(source, node.map_or(0..0, |node| node.span.clone()), "here"));
    };
    let locators = || register.entries().iter().map(|entry| entry.locator.as_str());
    for (index, point) in points.iter().enumerate() {
        for cite in &point.cites {
            if !locators().any(|locator| locator == cite) {
                let message = format!("`{cite}` is not in the source register");
                let fault = Diagnostic::error("unknown-locator", message);
                add(index, cite, fault.maybe_help(did_you_mean(cite, locators())));
            }
        }
        let Some(regions) = &point.regions else { continue };
        let (name, value) = (&regions.conclusion, &regions.value);
        let Some(conclusion) = conclusions.iter().find(|one| one.name == *name) else {
            let known = conclusions.iter().map(|one| one.name.as_str());
            let fault = Diagnostic::error("unknown-word", format!("the policy has no conclusion `{name}`"));
            add(index, name, fault.maybe_help(did_you_mean(name, known)));
            continue;
        };
        let mut known = conclusion.values.iter().map(|one| one.value.as_str());
        if !known.clone().any(|one| one == value) {
            let fault = Diagnostic::error("unknown-word", format!("`{name}` has no value `{value}`"));
            let help = format!("its values are {}", known.clone().collect::<Vec<_>>().join(", "));
            let fault = fault.maybe_help(did_you_mean(value, known.by_ref()));
            add(index, value, fault.help(help));
        }
    }
    faults
}
