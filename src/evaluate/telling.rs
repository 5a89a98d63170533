//! Which missing fact tells most.

use super::Determination;
use crate::facts::FactId;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A fact, and how many bits are still open once it is known.
pub(super) type OpenAfter = Vec<(FactId, f64)>;

/// The least open first; differences below a billionth of a bit are noise, and the declared order decides.
pub(super) fn sort(open: &mut OpenAfter) {
    let rounded = |bits: f64| (bits * 1e9).round() as i64;
    open.sort_by_key(|(fact, bits)| (rounded(*bits), *fact));
}

/// The facts that can change an open conclusion, in the order of what is left open over all conclusions once each is
/// known. A conclusion that a fact cannot change stays as open as the fact that says least about it leaves it.
pub(super) fn order(conclusions: &[Arc<Determination>]) -> Vec<FactId> {
    let open: Vec<&OpenAfter> = conclusions
        .iter()
        .filter(|conclusion| conclusion.value().is_none())
        .map(|conclusion| &conclusion.open_after)
        .collect();
    let facts: BTreeSet<FactId> = open.iter().copied().flatten().map(|(fact, _)| *fact).collect();
    let left = |fact: FactId| {
        let in_one = |open: &&OpenAfter| {
            let own = open.iter().find(|(of, _)| *of == fact).map(|(_, bits)| *bits);
            own.unwrap_or_else(|| open.iter().map(|(_, bits)| *bits).fold(0.0, f64::max))
        };
        open.iter().map(in_one).sum::<f64>()
    };
    let mut order: OpenAfter = facts.into_iter().map(|fact| (fact, left(fact))).collect();
    sort(&mut order);
    order.into_iter().map(|(fact, _)| fact).collect()
}
