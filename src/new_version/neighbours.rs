//! The versions before and after a new one, and what its beginning means for them.

use super::Order;
use crate::diagnostic::Diagnostic;
use crate::policy::{InForce, PolicyId, PolicyVersion, RulesTree};
use jiff::civil::Date;

/// When a new version begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    /// It enters into force on this day.
    On(Date),
    /// The date is not on record; it cannot be older than this day.
    NotBefore(Date),
}

impl Begins {
    /// The day from which the version is picked.
    pub fn start(self) -> Date {
        let (Self::On(start) | Self::NotBefore(start)) = self;
        start
    }

    /// When a version that so begins holds: until another takes over.
    pub fn in_force(self) -> InForce {
        let from = match self {
            Self::On(date) => Some(date),
            Self::NotBefore(_) => None,
        };
        InForce {
            from,
            not_before: self.start(),
            until: None,
        }
    }
}

/// The versions between which the new one comes.
#[derive(Debug, Default)]
pub(super) struct Neighbours {
    pub before: Option<(PolicyId, InForce)>,
    /// When the version before holds from now on, if that must change.
    pub corrected: Option<InForce>,
    pub after: Option<(PolicyId, InForce)>,
}

/// Finds the neighbours of the new version.
///
/// The version before is left as it is where that can be: the version that began last is the one that is picked, so
/// `until: null` stays true, and its fingerprint, under which results are recorded, stays the same.
pub(super) fn neighbours(tree: &RulesTree, order: &Order) -> Result<Neighbours, Diagnostic> {
    let start = order.begins.start();
    let ids = tree.ids().into_iter().filter(|id| id.country == order.id.country);
    let mut versions = ids
        .map(|id| Ok((id.clone(), PolicyVersion::in_force(tree, &id)?)))
        .collect::<Result<Vec<_>, Diagnostic>>()?;
    versions.sort_by_key(|(_, in_force)| in_force.start());
    if let Some((id, _)) = versions.iter().find(|(_, in_force)| in_force.start() == start) {
        let message = format!("`{id}` begins on {start} too, and a day has one version");
        return Err(Diagnostic::error("overlapping-versions", message)
            .help("give the day on which the new version begins"));
    }
    let later = versions.iter().position(|(_, in_force)| in_force.start() > start);
    let (earlier, later) = versions.split_at(later.unwrap_or(versions.len()));
    let (before, after) = (earlier.last().cloned(), later.first().cloned());
    if let Some((id, in_force)) = &after
        && in_force.start() <= order.today
        && order.correct.is_none()
    {
        let message = format!(
            "`{}` would begin on {start}, before `{id}`, which has held since {}: cases of the days between would get \
             another version than the one they were decided under",
            order.id,
            in_force.start()
        );
        return Err(
            Diagnostic::error("changes-the-past", message).help("to do so, say why with `--correct WHY`")
        );
    }
    let corrected = match &before {
        Some(before) => corrected(before, order)?,
        None => None,
    };
    Ok(Neighbours {
        before,
        corrected,
        after,
    })
}

/// When the version before must hold from now on, if that is not what it says.
fn corrected((id, in_force): &(PolicyId, InForce), order: &Order) -> Result<Option<InForce>, Diagnostic> {
    let start = order.begins.start();
    let last_day = start.yesterday().ok();
    let until = match order.begins {
        Begins::On(_) => last_day,
        // The boundary is not on record, so an end would be invented.
        Begins::NotBefore(_) => None,
    };
    let stays_open = in_force.until.is_none() && order.correct.is_none();
    if stays_open || in_force.until == last_day || in_force.until == until {
        return Ok(None);
    }
    let corrected = InForce { until, ..*in_force };
    if order.correct.is_some() || in_force.start() > order.today {
        return Ok(Some(corrected));
    }
    let ends = in_force
        .until
        .map_or("null".to_owned(), |until| until.to_string());
    let becomes = until.map_or("null".to_owned(), |until| until.to_string());
    let message = format!(
        "`{id}`, which has held since {}, ends on {ends}, and `{}` begins on {start}",
        in_force.start(),
        order.id
    );
    Err(Diagnostic::error("version-in-force", message)
        .help("give the day after its end as the beginning")
        .help(format!(
            "or say why the end of `{id}` was wrong with `--correct WHY`: it becomes `until: {becomes}`"
        )))
}
