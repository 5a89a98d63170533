//! What the tests reach: conclusions in the scripts, branches of the diagrams, sentences of the source.
//!
//! A test counts for the questions of which it states something, when it passes and is confirmed. It reaches a branch
//! when its case certainly lies there, whatever the missing facts are.

use super::claims::name;
use super::witness::StatedCase;
use super::{Outcome, PolicyTest, Report, Suite};
use crate::diagnostic::Diagnostic;
use crate::diagram::{Bounds, Diagram, Row, explore};
use crate::evaluate::{determine, possible_facts};
use crate::language::Language;
use crate::policy::{EntryKind, PolicyId, PolicyVersion};
use crate::script::{Asked, Conclusion, Outcome as End, Site};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What the tests reach.
#[derive(Debug, Default)]
pub struct Coverage {
    /// Every `conclude` and `raise` of the scripts, in the order of scripts and places.
    pub sites: Vec<SiteCovered>,
    /// Every branch of the reduced diagrams: a row of the decision table of a question.
    pub branches: Vec<BranchCovered>,
    /// Every sentence that fixes an outcome.
    pub sentences: Vec<SentenceCovered>,
}

/// A `conclude` or `raise`.
#[derive(Debug, Clone)]
pub struct SiteCovered {
    /// Where, as `mali/2025/grade.rhai:9:31`.
    pub at: String,
    /// The line of the script.
    pub line: String,
    /// Whether a test reaches it.
    pub is_reached: bool,
    /// A test that would reach it, ready to paste; `None` where it is reached, or where no test can.
    pub test: Option<String>,
}

/// A branch of a diagram.
#[derive(Debug, Clone)]
pub struct BranchCovered {
    /// The version.
    pub policy: PolicyId,
    /// The conclusion or flag.
    pub question: String,
    /// The conditions of the branch, by variable.
    pub when: Vec<(String, Vec<String>)>,
    /// Whether a test reaches it.
    pub is_reached: bool,
    /// A test that would reach it, ready to paste; `None` where it is reached.
    pub test: Option<String>,
}

/// A sentence that fixes an outcome.
#[derive(Debug, Clone)]
pub struct SentenceCovered {
    /// The version.
    pub policy: PolicyId,
    /// Its locator.
    pub locator: String,
    /// Whether a test reaches a conclusion that cites it.
    pub is_reached: bool,
    /// A test that would, ready to paste; `None` where one does, or where no rule cites it.
    pub test: Option<String>,
}

impl Coverage {
    /// The sites that no test reaches.
    pub fn unreached_sites(&self) -> impl Iterator<Item = &SiteCovered> {
        self.sites.iter().filter(|site| !site.is_reached)
    }

    /// The branches that no test reaches.
    pub fn unreached_branches(&self) -> impl Iterator<Item = &BranchCovered> {
        self.branches.iter().filter(|branch| !branch.is_reached)
    }

    /// The sentences that no test reaches.
    pub fn unreached_sentences(&self) -> impl Iterator<Item = &SentenceCovered> {
        self.sentences.iter().filter(|sentence| !sentence.is_reached)
    }
}

impl Suite {
    /// What the tests reach of the versions of this suite.
    ///
    /// # Errors
    /// The rules have a gap, a failing script or too many branches: `check` says more.
    pub fn coverage(&self, report: &Report, language: Language) -> Result<Coverage, Vec<Diagnostic>> {
        let passed = report
            .results
            .iter()
            .filter(|result| matches!(result.outcome, Outcome::Passed));
        let passed: Vec<&Arc<PolicyTest>> = passed.map(|result| &result.test).collect();
        let parts = self.versions.values().collect::<Vec<_>>().into_par_iter();
        let parts: Vec<OfVersion> = parts
            .map(|policy| {
                let own = passed.iter().filter(|test| test.picked.id == policy.id);
                let own: Vec<&PolicyTest> = own.map(|test| test.as_ref()).collect();
                let names = self.tests.iter().filter(|test| test.picked.id == policy.id);
                let names = names.map(|test| test.name.clone()).collect();
                of_version(policy, &own, language, names)
            })
            .collect::<Result<_, Diagnostic>>()
            .map_err(|fault| vec![fault])?;
        let mut coverage = Coverage::default();
        // A script that versions share is reached when it is in one of them.
        let mut sites = BTreeMap::<(String, Site), SiteCovered>::new();
        for part in parts {
            for (key, site) in part.sites {
                match sites.get_mut(&key) {
                    Some(known) => {
                        known.is_reached |= site.is_reached;
                        known.test = known.test.take().or(site.test).filter(|_| !known.is_reached);
                    }
                    None => {
                        sites.insert(key, site);
                    }
                }
            }
            coverage.branches.extend(part.branches);
            coverage.sentences.extend(part.sentences);
        }
        coverage.sites = sites.into_values().collect();
        Ok(coverage)
    }
}

struct OfVersion {
    sites: Vec<((String, Site), SiteCovered)>,
    branches: Vec<BranchCovered>,
    sentences: Vec<SentenceCovered>,
}

/// A branch with what it ends in.
struct Branch {
    covered: BranchCovered,
    end: Option<Conclusion>,
}

fn of_version(
    policy: &PolicyVersion,
    tests: &[&PolicyTest],
    language: Language,
    mut names: BTreeSet<String>,
) -> Result<OfVersion, Diagnostic> {
    let mut branches = Vec::new();
    let mut reached: Vec<Conclusion> = Vec::new();
    for asked in policy.asked() {
        let about = |test: &&&PolicyTest| test.claims.iter().any(|claim| claim.asked() == Some(asked));
        let own: Vec<&PolicyTest> = tests.iter().filter(about).copied().collect();
        reached.extend(own.iter().filter_map(|test| certain(test, policy, asked)));
        branches.extend(branches_of(policy, asked, &own, language, &mut names)?);
    }
    let test_of = |is: &dyn Fn(&Conclusion) -> bool| {
        let ends = |branch: &&Branch| branch.end.as_ref().is_some_and(is);
        let own = branches.iter().filter(ends).collect::<Vec<_>>();
        own.iter().find_map(|branch| branch.covered.test.clone())
    };
    let program = &policy.program;
    let mut sites = Vec::new();
    for (script, (source, outline)) in program.outlines().enumerate() {
        for at in &outline.sites {
            let site = Site { script, at: *at };
            let is_reached = reached.iter().any(|conclusion| conclusion.site == site);
            let line = source.text().lines().nth(at.line - 1).unwrap_or_default().trim();
            // The place in the program differs between versions; the name does not.
            let key = (program.script_name(&site).to_owned(), Site { script: 0, at: *at });
            let covered = SiteCovered {
                at: program.site_text(&site),
                line: line.to_owned(),
                is_reached,
                test: if is_reached {
                    None
                } else {
                    test_of(&|conclusion| conclusion.site == site)
                },
            };
            sites.push((key, covered));
        }
    }
    let entries = policy.register.entries().iter().enumerate();
    let decisions = entries.filter(|(_, entry)| entry.kind == EntryKind::Decision);
    let sentences = decisions.map(|(index, entry)| {
        let is_reached = reached.iter().any(|conclusion| conclusion.cites.contains(&index));
        SentenceCovered {
            policy: policy.id.clone(),
            locator: entry.locator.clone(),
            is_reached,
            test: if is_reached {
                None
            } else {
                test_of(&|conclusion| conclusion.cites.contains(&index))
            },
        }
    });
    Ok(OfVersion {
        sentences: sentences.collect(),
        sites,
        branches: branches.into_iter().map(|branch| branch.covered).collect(),
    })
}

/// The conclusion at which the case of a test ends whatever its missing facts are.
fn certain(test: &PolicyTest, policy: &PolicyVersion, asked: Asked) -> Option<Conclusion> {
    let known = possible_facts(policy, &test.known).ok()?;
    let determination = determine(policy, asked, &known).ok()?;
    determination.value()?;
    match &determination.reasons[..] {
        [reason] => Some(reason.conclusion.clone()),
        _ => None,
    }
}

/// The branches of a question that a test can reach, with those that one of `tests` does reach.
fn branches_of(
    policy: &PolicyVersion,
    asked: Asked,
    tests: &[&PolicyTest],
    language: Language,
    names: &mut BTreeSet<String>,
) -> Result<Vec<Branch>, Diagnostic> {
    let nothing = policy.nothing_known();
    let exploration = explore(&policy.program, asked, &nothing, &Bounds::default())?;
    if let Some((_, fault)) = exploration.failure() {
        return Err(fault.clone().help("`gradatie check` shows a case"));
    }
    let gazetteer = &policy.gazetteer;
    let mut diagram = Diagram::build(&exploration, &nothing, gazetteer, |path| {
        match &path.run.outcome {
            End::Concluded(conclusion) => Some(conclusion.clone()),
            End::NotRaised | End::Failed(_) => None,
        }
    })?;
    let rows = diagram.rows(|_| true);
    let space = diagram.space();
    let lies_in = |test: &PolicyTest, row: &Row<Option<Conclusion>>| {
        row.cells.iter().all(|(variable, cells)| {
            let cell = space.cell_of(*variable, &test.known);
            cell.is_some_and(|cell| cells.contains(&cell))
        })
    };
    let branch = |row: Row<Option<Conclusion>>| {
        let case = StatedCase::of(policy, space, &row.cells)?;
        let is_reached = tests.iter().any(|test| lies_in(test, &row));
        let when = row.cells.iter().map(|(variable, cells)| {
            let labels = cells
                .iter()
                .map(|cell| space.cell_label(*variable, *cell, gazetteer));
            (space.variable_name(*variable), labels.collect())
        });
        Some(Branch {
            covered: BranchCovered {
                policy: policy.id.clone(),
                question: name(policy, asked).to_owned(),
                when: when.collect(),
                is_reached,
                test: if is_reached {
                    None
                } else {
                    case.test(policy, asked, true, language, names)
                },
            },
            end: row.terminal,
        })
    };
    Ok(rows.into_iter().filter_map(branch).collect())
}
