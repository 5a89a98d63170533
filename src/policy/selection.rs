//! Which policy version a case is evaluated under.

use super::declaration::InForce;
use super::rules_tree::{PolicyId, RulesTree};
use super::version::{Declared, PolicyVersion};
use crate::diagnostic::Diagnostic;
use crate::facts::PickedBy;
use jiff::civil::Date;
use std::collections::HashMap;
use std::path::Path;

/// A version and how it was picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picked {
    /// The version.
    pub id: PolicyId,
    /// How it was picked.
    pub by: PickedBy,
    /// From when until when it holds.
    pub in_force: InForce,
}

/// The versions among which a case's date picks.
#[derive(Debug, Clone)]
pub struct Selection {
    /// In the order of their start.
    versions: Vec<(PolicyId, InForce)>,
}

impl Selection {
    /// The versions of a rules folder, which must be those of one country, with what they declare.
    ///
    /// # Errors
    /// A version cannot be read, or the folder has several countries.
    pub fn of(tree: &RulesTree) -> Result<(Self, HashMap<PolicyId, Declared>), Diagnostic> {
        let ids = tree.ids();
        if ids.windows(2).any(|pair| pair[0].country != pair[1].country) {
            return Err(
                Diagnostic::error("several-countries", "the rules have several countries")
                    .help("say which policy with `--policy country/version`"),
            );
        }
        let declared = ids.into_iter().map(|id| {
            let declared = Declared::read(tree, &id)?;
            Ok((id, declared))
        });
        let declared: HashMap<_, _> = declared.collect::<Result<_, Diagnostic>>()?;
        let versions = declared
            .iter()
            .map(|(id, declared)| (id.clone(), declared.in_force()));
        let mut versions: Vec<_> = versions.collect();
        versions.sort_by(|(one, from), (other, until)| (from.start(), one).cmp(&(until.start(), other)));
        Ok((Self { versions }, declared))
    }

    /// The version for a decision date; the newest where there is none.
    ///
    /// # Errors
    /// No version holds on that date.
    pub fn pick(&self, decision_date: Option<Date>) -> Result<Picked, Diagnostic> {
        pick(&self.versions, decision_date)
    }

    /// The days from which on another version is picked than for the day before, or none; in order.
    pub fn changes(&self) -> Vec<Date> {
        let ends = self
            .versions
            .iter()
            .filter_map(|(_, in_force)| in_force.until?.tomorrow().ok());
        let starts = self.versions.iter().map(|(_, in_force)| in_force.start());
        let mut days: Vec<Date> = starts.chain(ends).collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// The country of the versions.
    pub fn country(&self) -> Option<&str> {
        self.versions.first().map(|(id, _)| id.country.as_str())
    }
}

/// The version for a decision date among versions in the order of their start.
///
/// # Errors
/// No version holds on that date.
pub fn pick(versions: &[(PolicyId, InForce)], decision_date: Option<Date>) -> Result<Picked, Diagnostic> {
    let picked = |(id, in_force): &(PolicyId, InForce), by| Picked {
        id: id.clone(),
        by,
        in_force: *in_force,
    };
    let Some(date) = decision_date else {
        let newest = versions.last().map(|version| picked(version, PickedBy::Newest));
        return newest.ok_or_else(|| Diagnostic::error("no-policy", "there is no policy version"));
    };
    let started = versions
        .iter()
        .rev()
        .find(|(_, in_force)| in_force.start() <= date);
    match started {
        Some((id, in_force)) if in_force.until.is_some_and(|until| until < date) => {
            let message = format!("no policy version holds on {date}: `{id}` ended before");
            Err(Diagnostic::error("no-policy-in-force", message).help("name a version with `--policy`"))
        }
        Some(version) if version.1.from.is_some() => Ok(picked(version, PickedBy::RecordedDate)),
        Some(version) => Ok(picked(version, PickedBy::UnrecordedDate)),
        None => {
            let message = format!("the decision date {date} lies before every policy version");
            let first = versions
                .first()
                .map(|(id, in_force)| format!("the first is `{id}`, from {}", in_force.start()));
            Err(Diagnostic::error("no-policy-in-force", message)
                .maybe_help(first)
                .help("check the date, or name a version with `--policy`"))
        }
    }
}

/// The version that a user names: `country/version` in the rules, or a version's folder anywhere; with what it declares.
///
/// # Errors
/// There is no such version, or it cannot be read.
pub fn pick_named(tree: &RulesTree, name: &str) -> Result<(RulesTree, Picked, Declared), Diagnostic> {
    let (tree, id) = locate(tree, name)?;
    let declared = Declared::read(&tree, &id)?;
    let picked = Picked {
        id,
        by: PickedBy::Name,
        in_force: declared.in_force(),
    };
    Ok((tree, picked, declared))
}

/// Where the version lies that a user names.
///
/// # Errors
/// There is no such version, or its rules are not signed where those of `tree` must be.
pub fn locate(tree: &RulesTree, name: &str) -> Result<(RulesTree, PolicyId), Diagnostic> {
    match PolicyId::parse(name).filter(|id| tree.ids().contains(id)) {
        Some(id) => Ok((tree.clone(), id)),
        None => {
            let (other, id) = in_folder(Path::new(name)).ok_or_else(|| tree.unknown_policy(name))?;
            Ok((other.requiring_as(tree)?, id))
        }
    }
}

/// A version's folder lies in its country's folder, and that in the rules folder.
fn in_folder(folder: &Path) -> Option<(RulesTree, PolicyId)> {
    let folder = folder
        .canonicalize()
        .ok()
        .filter(|folder| folder.join("policy.yaml").is_file())?;
    let country = folder.parent()?;
    let id = format!(
        "{}/{}",
        country.file_name()?.to_str()?,
        folder.file_name()?.to_str()?
    );
    let tree = RulesTree::folder(country.parent()?).ok()?;
    Some((tree, PolicyId::parse(&id)?))
}

/// The version of the same country that began last before a version did; `None` for the first.
///
/// # Errors
/// A version cannot be read.
pub fn earlier(tree: &RulesTree, id: &PolicyId) -> Result<Option<PolicyId>, Diagnostic> {
    let start = |id: &PolicyId| Ok::<_, Diagnostic>(PolicyVersion::in_force(tree, id)?.start());
    let own = start(id)?;
    let mut found = None;
    for other in tree.ids().into_iter().filter(|other| other.country == id.country) {
        let begun = (start(&other)?, other);
        if begun.0 < own && found.as_ref().is_none_or(|last| *last < begun) {
            found = Some(begun);
        }
    }
    Ok(found.map(|(_, id)| id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn version(name: &str, from: Option<Date>, not_before: Date, until: Option<Date>) -> (PolicyId, InForce) {
        let id = PolicyId {
            country: "mali".to_owned(),
            version: name.to_owned(),
        };
        (
            id,
            InForce {
                from,
                not_before,
                until,
            },
        )
    }

    #[test]
    fn the_decision_date_picks_the_latest_version_that_has_started() {
        let versions = [
            version("a", None, date(2023, 1, 1), None),
            version("b", Some(date(2025, 3, 1)), date(2025, 1, 1), None),
        ];
        let picked = |day| pick(&versions, Some(day)).map(|picked| (picked.id.version, picked.by));
        assert_eq!(
            picked(date(2025, 2, 28)).unwrap(),
            ("a".to_owned(), PickedBy::UnrecordedDate)
        );
        assert_eq!(
            picked(date(2025, 3, 1)).unwrap(),
            ("b".to_owned(), PickedBy::RecordedDate)
        );
        assert_eq!(picked(date(2022, 12, 31)).unwrap_err().code, "no-policy-in-force");
        assert_eq!(pick(&versions, None).unwrap().by, PickedBy::Newest);
    }

    #[test]
    fn a_version_that_has_ended_is_not_picked() {
        let versions = [version("a", None, date(2023, 1, 1), Some(date(2023, 12, 31)))];
        assert!(pick(&versions, Some(date(2023, 12, 31))).is_ok());
        assert_eq!(
            pick(&versions, Some(date(2024, 1, 1))).unwrap_err().code,
            "no-policy-in-force"
        );
    }

    #[test]
    fn the_earlier_version_is_the_one_that_began_last_before() {
        let tree = RulesTree::embedded();
        let of = |name| earlier(&tree, &PolicyId::parse(name).unwrap()).unwrap();
        assert_eq!(of("mali/2025"), PolicyId::parse("mali/2023"));
        assert_eq!(of("mali/2023"), None);
    }

    #[test]
    fn the_shipped_versions_are_picked_by_dates_that_are_not_on_record() {
        let (selection, _) = Selection::of(&RulesTree::embedded()).unwrap();
        let picked = selection.pick(Some(date(2025, 1, 1))).unwrap();
        assert_eq!(
            (picked.id.to_string().as_str(), picked.by),
            ("mali/2025", PickedBy::UnrecordedDate)
        );
        let picked = selection.pick(Some(date(2024, 12, 31))).unwrap();
        assert_eq!(picked.id.to_string(), "mali/2023");
    }
}
