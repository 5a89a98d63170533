//! `gradatie check`: what is wrong with the rules, and what is proved of them.

use super::arguments::Common;
use super::{Ended, output, rules, signed_as_required};
use crate::check::{Report, check, page, pages};
use crate::diagnostic::{Diagnostic, Severity, did_you_mean};
use crate::diagram::Bounds;
use crate::policy::{Policies, PolicyId, RulesTree};
use crate::report::{check_json, check_sarif, proofs_text};
use clap::{Args, ValueEnum};
use std::path::Path;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie check\n  \
    gradatie check mali/2025 --format sarif\n  \
    gradatie check --explain no-conclusion")]
pub(super) struct Check {
    /// Versions as `country/version` or as folders, or rules folders; else all versions of the rules.
    #[arg(value_name = "ID-or-DIR")]
    pub targets: Vec<String>,
    /// How the findings are written.
    #[arg(long, value_enum, default_value_t)]
    pub format: CheckFormat,
    /// Show the page of a code: what it says, why, a wrong and a right example.
    #[arg(long, value_name = "CODE")]
    pub explain: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum CheckFormat {
    /// Text for people.
    #[default]
    Text,
    /// JSON for programs.
    Json,
    /// SARIF 2.1.0 for code hosts and editors.
    Sarif,
}

pub(super) fn run(common: &Common, command: &Check) -> Ended {
    if let Some(code) = &command.explain {
        return explain(code);
    }
    let targets = match targets(common, command) {
        Ok(targets) => targets,
        Err(faults) => {
            output::faults(&faults);
            return Ended::NotDone;
        }
    };
    let mut report = Report::default();
    for (tree, ids) in targets {
        let part = check(&tree, &ids, &Bounds::default());
        report.findings.extend(part.findings);
        report.proofs.extend(part.proofs);
    }
    let found = if report.has_errors() {
        Ended::WithFindings
    } else {
        Ended::Done
    };
    let text = match command.format {
        CheckFormat::Json => format!("{:#}\n", check_json(&report)),
        CheckFormat::Sarif => format!("{:#}\n", check_sarif(&report)),
        CheckFormat::Text => {
            output::faults(&report.findings);
            let count = |severity| {
                report
                    .findings
                    .iter()
                    .filter(|finding| finding.severity == severity)
                    .count()
            };
            let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
            format!("{}{errors} errors, {warnings} warnings\n", proofs_text(&report))
        }
    };
    output::finished(&text, found)
}

/// What is to be checked: everything, or the versions and folders that are named.
fn targets(common: &Common, command: &Check) -> Result<Vec<(RulesTree, Vec<PolicyId>)>, Vec<Diagnostic>> {
    if command.targets.is_empty() {
        let tree = rules(common)?;
        let ids = tree.ids();
        return Ok(vec![(tree, ids)]);
    }
    command
        .targets
        .iter()
        .map(|name| {
            // A rules folder, or else a version by name or folder.
            if let Ok(tree) = RulesTree::folder(Path::new(name)) {
                let ids = tree.ids();
                return Ok((signed_as_required(common, tree)?, ids));
            }
            let (tree, id) = Policies::find(&rules(common)?, name).map_err(|fault| vec![fault])?;
            Ok((tree, vec![id]))
        })
        .collect()
}

fn explain(code: &str) -> Ended {
    match page(code) {
        Some(page) => output::finished(page.text, Ended::Done),
        None => {
            let pages = pages();
            let codes = pages.iter().map(|page| page.code);
            let fault = Diagnostic::error("unknown-code", format!("no check has the code `{code}`"))
                .maybe_help(did_you_mean(code, codes.clone()))
                .help(format!("the codes are {}", codes.collect::<Vec<_>>().join(", ")));
            output::faults(&[fault]);
            Ended::NotDone
        }
    }
}
