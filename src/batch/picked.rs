//! Which policy version holds on a date, remembered for the next case with that date.

use super::RuleSet;
use crate::diagnostic::Diagnostic;
use crate::facts::PickedBy;
use jiff::civil::Date;
use rustc_hash::FxHashMap;

/// The place of the version that holds on a date, and how it was picked.
pub(super) type PickedVersion = Result<(usize, PickedBy), Box<Diagnostic>>;

/// So many dates are remembered with the version that holds on them.
const MOST_DATES: usize = 1 << 14;

/// The versions that hold on the dates of cases.
pub(super) struct PickedVersions<'b> {
    rules: &'b RuleSet,
    /// By [`key_of`] a date.
    picked: FxHashMap<u32, PickedVersion>,
}

impl<'b> PickedVersions<'b> {
    /// None is picked yet.
    pub fn of(rules: &'b RuleSet) -> Self {
        Self {
            rules,
            picked: FxHashMap::default(),
        }
    }

    /// The version that holds on a date.
    pub fn pick(&mut self, date: Option<Date>) -> PickedVersion {
        if self.picked.len() >= MOST_DATES {
            self.picked.clear();
        }
        let picked = self.picked.entry(key_of(date));
        picked
            .or_insert_with(|| self.rules.pick(date).map_err(Box::new))
            .clone()
    }
}

/// A date as one number, which is found faster than its parts.
fn key_of(date: Option<Date>) -> u32 {
    date.map_or(u32::MAX, |date| {
        let (year, month, day) = (date.year() as u16, date.month() as u8, date.day() as u8);
        u32::from(year) << 16 | u32::from(month) << 8 | u32::from(day)
    })
}
