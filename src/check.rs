//! Proves or refutes what is promised of the rules: one file for each check, and none of them prints.

mod cited_decisions;
mod labels;
mod outcomes;
mod pages;
mod reached_sites;
mod reviewed_sentences;
mod texts;
mod tile_map;
mod unused_functions;
mod version_dates;

pub use outcomes::Proof;
pub use pages::{CheckPage, page, pages};

use crate::diagnostic::{self, Diagnostic, Severity};
use crate::diagram::{Bounds, Exploration, explore};
use crate::policy::{PolicyId, PolicyVersion, RulesTree};
use std::sync::Arc;

/// What the checks found, and what they proved.
#[derive(Debug, Default)]
pub struct Report {
    /// What is wrong or doubtful, in the order of files and places.
    pub findings: Vec<Diagnostic>,
    /// For each version and question what was gone through.
    pub proofs: Vec<Proof>,
}

impl Report {
    /// Whether a finding is an error.
    pub fn has_errors(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.severity == Severity::Error)
    }
}

/// How the dates of all versions of a country fit together.
pub fn check_dates(tree: &RulesTree, country: &str) -> Vec<Diagnostic> {
    version_dates::check(tree, country)
}

/// A version with all branches of all its questions.
struct Explored<'a> {
    policy: &'a PolicyVersion,
    explorations: Vec<Exploration>,
}

/// Checks versions of a rules folder, and how the dates of all versions of their countries fit together.
pub fn check(tree: &RulesTree, ids: &[PolicyId], bounds: &Bounds) -> Report {
    let mut report = Report::default();
    let mut countries: Vec<&str> = ids.iter().map(|id| id.country.as_str()).collect();
    countries.dedup();
    let mut sites = reached_sites::Sites::default();
    let mut are_all = ids.len() == tree.ids().len();
    for country in countries {
        report.findings.extend(version_dates::check(tree, country));
        match PolicyVersion::gazetteer(tree, country) {
            Ok(gazetteer) => {
                report.findings.extend(tile_map::check(tree, country, &gazetteer));
                let gazetteer = Arc::new(gazetteer);
                for id in ids.iter().filter(|id| id.country == country) {
                    match PolicyVersion::load(tree, id, &gazetteer) {
                        Ok(policy) => are_all &= check_version(&policy, bounds, &mut report, &mut sites),
                        Err(faults) => {
                            are_all = false;
                            report.findings.extend(faults);
                        }
                    }
                }
            }
            Err(faults) => report.findings.extend(faults),
        }
    }
    let folders: Vec<String> = ids.iter().map(ToString::to_string).collect();
    report.findings.extend(sites.findings(&folders, are_all));
    diagnostic::sort(&mut report.findings);
    report
}

/// Checks one version; says whether all its branches were gone through.
fn check_version(
    policy: &PolicyVersion,
    bounds: &Bounds,
    report: &mut Report,
    sites: &mut reached_sites::Sites,
) -> bool {
    // What the text alone shows.
    report.findings.extend(labels::check(policy));
    report.findings.extend(texts::check(policy));
    report.findings.extend(reviewed_sentences::check(policy));
    report.findings.extend(unused_functions::check(policy));
    // What only running every branch shows.
    let nothing = policy.nothing_known();
    let mut explored = Explored {
        policy,
        explorations: Vec::new(),
    };
    let mut is_whole = true;
    for asked in policy.asked() {
        let start = std::time::Instant::now();
        let checked = explore(&policy.program, asked, &nothing, bounds).and_then(|exploration| {
            let (proof, findings) = outcomes::check(policy, &exploration, &nothing, start)?;
            Ok((exploration, proof, findings))
        });
        match checked {
            Ok((exploration, proof, findings)) => {
                report.proofs.push(proof);
                report.findings.extend(findings);
                explored.explorations.push(exploration);
            }
            Err(fault) => {
                is_whole = false;
                report.findings.push(outcomes::at_function(policy, asked, fault));
            }
        }
    }
    // Of a part nothing is said: a site that it does not reach may be reached by the rest.
    if is_whole {
        sites.add(&explored);
        report.findings.extend(cited_decisions::check(&explored));
    }
    is_whole
}
