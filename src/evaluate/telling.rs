//! Which missing fact tells most.

use super::Determination;
use crate::facts::FactId;

/// A fact, and how many bits are still open once it is known.
pub(super) type OpenAfter = Vec<(FactId, f64)>;

/// The least open first; differences below a billionth of a bit are noise, and the declared order decides.
pub(super) fn sort(open: &mut OpenAfter) {
    let rounded = |bits: f64| (bits * 1e9).round() as i64;
    open.sort_by_key(|(fact, bits)| (rounded(*bits), *fact));
}

/// The facts that can change an open conclusion, in the order of what is left open over all conclusions once each is
/// known. A conclusion that a fact cannot change stays as open as the fact that says least about it leaves it.
pub(super) fn order<'c>(conclusions: impl Iterator<Item = &'c Determination>) -> Vec<FactId> {
    let mut left = [0.0; FactId::ALL.len()];
    let mut can_change = [false; FactId::ALL.len()];
    for conclusion in conclusions.filter(|conclusion| conclusion.value().is_none()) {
        let open = conclusion.open_after.iter();
        let most = open.clone().map(|(_, bits)| *bits).fold(0.0, f64::max);
        let mut own = [most; FactId::ALL.len()];
        for (fact, bits) in open {
            own[*fact as usize] = *bits;
            can_change[*fact as usize] = true;
        }
        left.iter_mut().zip(own).for_each(|(left, own)| *left += own);
    }
    let facts = FactId::ALL.iter().filter(|fact| can_change[**fact as usize]);
    let mut order: OpenAfter = facts.map(|fact| (*fact, left[*fact as usize])).collect();
    sort(&mut order);
    order.into_iter().map(|(fact, _)| fact).collect()
}
