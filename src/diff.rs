//! The exact difference of two policy versions, question by question.

mod values_after;

pub use values_after::ValuesAfter;

use crate::diagnostic::Diagnostic;
use crate::diagram::{Bounds, Diagram, Exploration, Path, explore};
use crate::facts::{FactId, Knowledge};
use crate::policy::{PolicyVersion, Register};
use crate::script::{Asked, Outcome};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// What a policy version says for one combination of facts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Said {
    /// The value; `raised` or `not raised` for a flag. A script that fails says so, with the code of the fault.
    pub value: String,
    /// The citations, in the order of the rule.
    pub cites: Vec<String>,
    /// What the cited sentences say, in Dutch and in English.
    pub reason: [String; 2],
}

/// What has changed between two versions for some combinations of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Another value.
    Value,
    /// The same value with other citations.
    Citations,
    /// The same value and citations, and the cited sentences are summarised in other words.
    Reason,
}

/// One row of a difference.
#[derive(Debug, Clone)]
pub struct Change {
    /// The conclusion or flag.
    pub question: String,
    /// Whether it is a flag.
    pub is_flag: bool,
    /// What has changed.
    pub kind: Kind,
    /// For each fact that matters the values that the row covers.
    pub when: Vec<(String, Vec<String>)>,
    /// What the old version says.
    pub from: Said,
    /// What the new version says.
    pub to: Said,
    /// How many combinations of the facts that either version reads for this question the row covers.
    pub combinations: u128,
    /// The facts of a case of the row.
    pub witness: Map<String, Value>,
}

/// The difference of two policy versions.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The name of the old version.
    pub old: String,
    /// The name of the new version.
    pub new: String,
    /// The rows: disjoint within a question and kind, and complete.
    pub changes: Vec<Change>,
    /// Questions and values that only one version has, in words.
    pub declarations: Vec<String>,
}

impl Difference {
    /// Whether both versions say the same of every case, in the same words.
    pub fn is_equal(&self) -> bool {
        self.changes.is_empty() && self.declarations.is_empty()
    }

    /// The rows of one kind, of conclusions or of flags.
    pub fn of(&self, kind: Kind, is_flag: bool) -> impl Iterator<Item = &Change> {
        self.changes
            .iter()
            .filter(move |change| change.kind == kind && change.is_flag == is_flag)
    }
}

/// Compares two versions.
///
/// # Errors
/// They have different maps, so that their facts cannot be compared, or a question has too many branches.
pub fn diff(old: &PolicyVersion, new: &PolicyVersion) -> Result<Difference, Diagnostic> {
    if !old.gazetteer.has_same_places(&new.gazetteer) {
        return Err(Diagnostic::error(
            "different-maps",
            "the two versions have different regions, cercles or places",
        )
        .help("compare versions of one gazetteer; spellings may differ"));
    }
    let mut difference = Difference {
        old: old.id.to_string(),
        new: new.id.to_string(),
        changes: Vec::new(),
        declarations: Vec::new(),
    };
    for is_flag in [false, true] {
        let (ours, theirs) = (names(old, is_flag), names(new, is_flag));
        for name in ours
            .iter()
            .chain(theirs.iter().filter(|name| !ours.contains(name)))
        {
            let place = |names: &[String]| names.iter().position(|other| other == name);
            let asked = |index| {
                if is_flag {
                    Asked::Flag(index)
                } else {
                    Asked::Conclusion(index)
                }
            };
            let sides = (place(&ours).map(asked), place(&theirs).map(asked));
            match sides {
                (Some(of_old), Some(of_new)) => compare((old, of_old), (new, of_new), &mut difference)?,
                // A flag that one version does not have is one that it never raises.
                (one, other) if is_flag => one_sided((old, one), (new, other), &mut difference)?,
                (one, _) => {
                    let which = if one.is_some() {
                        &difference.old
                    } else {
                        &difference.new
                    };
                    difference
                        .declarations
                        .push(format!("only `{which}` has the question `{name}`"));
                }
            }
        }
    }
    Ok(difference)
}

fn names(policy: &PolicyVersion, is_flag: bool) -> Vec<String> {
    if is_flag {
        policy.flags.iter().map(|flag| flag.id.clone()).collect()
    } else {
        policy
            .conclusions
            .iter()
            .map(|conclusion| conclusion.name.clone())
            .collect()
    }
}

/// Everything that a version says of a question, over all combinations of facts.
fn everything(policy: &PolicyVersion, asked: Asked, nothing: &Knowledge) -> Result<Exploration, Diagnostic> {
    explore(&policy.program, asked, nothing, &Bounds::default())
}

/// Nothing is known of a case but what both versions declare impossible.
fn nothing_known(old: &PolicyVersion, new: &PolicyVersion) -> Knowledge {
    let in_both = old
        .impossible
        .iter()
        .filter(|one| new.impossible.iter().any(|other| other.when == one.when));
    Knowledge::nothing(&new.gazetteer).excluding(in_both.cloned().collect())
}

fn compare(
    (old, of_old): (&PolicyVersion, Asked),
    (new, of_new): (&PolicyVersion, Asked),
    difference: &mut Difference,
) -> Result<(), Diagnostic> {
    let nothing = nothing_known(old, new);
    let (first, second) = (
        everything(old, of_old, &nothing)?,
        everything(new, of_new, &nothing)?,
    );
    let (say_old, say_new) = (Speaker::of(old), Speaker::of(new));
    add_changes(
        (&first, &|path: &Path| say_old.said(path)),
        (&second, &|path: &Path| say_new.said(path)),
        (new, of_new, &nothing),
        difference,
    )
}

fn one_sided(
    (old, of_old): (&PolicyVersion, Option<Asked>),
    (new, of_new): (&PolicyVersion, Option<Asked>),
    difference: &mut Difference,
) -> Result<(), Diagnostic> {
    let never = |_: &Path| not_raised();
    let nothing = nothing_known(old, new);
    match (of_old, of_new) {
        (Some(asked), _) => {
            let (all, say) = (everything(old, asked, &nothing)?, Speaker::of(old));
            add_changes(
                (&all, &|path: &Path| say.said(path)),
                (&all, &never),
                (old, asked, &nothing),
                difference,
            )
        }
        (None, Some(asked)) => {
            let (all, say) = (everything(new, asked, &nothing)?, Speaker::of(new));
            add_changes(
                (&all, &never),
                (&all, &|path: &Path| say.said(path)),
                (new, asked, &nothing),
                difference,
            )
        }
        (None, None) => Ok(()),
    }
}

fn add_changes(
    old: (&Exploration, &dyn Fn(&Path) -> Said),
    new: (&Exploration, &dyn Fn(&Path) -> Said),
    (policy, asked, nothing): (&PolicyVersion, Asked, &Knowledge),
    difference: &mut Difference,
) -> Result<(), Diagnostic> {
    let gazetteer = &policy.gazetteer;
    let read: BTreeSet<FactId> = [old.0, new.0]
        .into_iter()
        .flat_map(|exploration| &exploration.paths)
        .flat_map(|path| &path.run.reads)
        .map(|read| read.question.fact)
        .collect();
    let (question, is_flag) = match asked {
        Asked::Conclusion(index) => (policy.conclusions[index].name.clone(), false),
        Asked::Flag(index) => (policy.flags[index].id.clone(), true),
    };
    for kind in [Kind::Value, Kind::Citations, Kind::Reason] {
        // What is not asked for at this level is left out, so that it splits no row.
        let level = |said: Said| match kind {
            Kind::Value => Said {
                cites: Vec::new(),
                reason: Default::default(),
                ..said
            },
            Kind::Citations => Said {
                reason: Default::default(),
                ..said
            },
            Kind::Reason => said,
        };
        let of_old = |path: &Path| level(old.1(path));
        let of_new = |path: &Path| level(new.1(path));
        let mut product = Diagram::product((old.0, &of_old), (new.0, &of_new), nothing, gazetteer)?;
        let is_wanted = |(from, to): &(Said, Said)| match kind {
            Kind::Value => from.value != to.value,
            Kind::Citations => from.value == to.value && from.cites != to.cites,
            Kind::Reason => (&from.value, &from.cites) == (&to.value, &to.cites) && from.reason != to.reason,
        };
        let rows = product.rows(is_wanted);
        for row in rows {
            let space = product.space();
            let when = row.cells.iter().map(|(variable, cells)| {
                let labels = cells
                    .iter()
                    .map(|cell| space.cell_label(*variable, *cell, gazetteer));
                (space.variable_name(*variable), labels.collect())
            });
            let variables = read.iter().flat_map(|fact| space.variables_of(*fact));
            difference.changes.push(Change {
                question: question.clone(),
                is_flag,
                kind,
                when: when.collect(),
                combinations: space.combinations(&row.cells, variables),
                witness: space.witness(&row.cells, gazetteer),
                from: row.terminal.0.clone(),
                to: row.terminal.1.clone(),
            });
        }
    }
    Ok(())
}

/// Puts the end of a path into words.
struct Speaker<'a> {
    policy: &'a PolicyVersion,
    register: &'a Register,
}

impl<'a> Speaker<'a> {
    fn of(policy: &'a PolicyVersion) -> Self {
        Self {
            policy,
            register: &policy.register,
        }
    }

    fn said(&self, path: &Path) -> Said {
        match &path.run.outcome {
            Outcome::NotRaised => not_raised(),
            Outcome::Failed(fault) => Said {
                value: format!("fails: {}", fault.code),
                cites: Vec::new(),
                reason: Default::default(),
            },
            Outcome::Concluded(conclusion) => {
                let entries: Vec<_> = conclusion
                    .cites
                    .iter()
                    .map(|cite| &self.register.entries()[*cite])
                    .collect();
                let words = |of: fn(&crate::language::Bilingual) -> &String| {
                    entries
                        .iter()
                        .map(|entry| of(&entry.summary).as_str())
                        .collect::<Vec<_>>()
                        .join(" ")
                };
                Said {
                    value: match conclusion.asked {
                        Asked::Conclusion(index) => self.policy.conclusions[index].values[conclusion.value]
                            .value
                            .clone(),
                        Asked::Flag(_) => "raised".to_owned(),
                    },
                    cites: entries.iter().map(|entry| entry.locator.clone()).collect(),
                    reason: [words(|summary| &summary.nl), words(|summary| &summary.en)],
                }
            }
        }
    }
}

fn not_raised() -> Said {
    Said {
        value: "not raised".to_owned(),
        cites: Vec::new(),
        reason: Default::default(),
    }
}
