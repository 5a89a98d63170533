//! Every `conclude` and `raise` is reached by some combination of facts.
//!
//! A script that several versions share must be reached by one of them.

use super::Explored;
use crate::diagnostic::Diagnostic;
use crate::script::{Outcome, Site};
use crate::source::LineColumn;
use std::collections::{BTreeMap, BTreeSet};

/// The sites of all checked versions.
#[derive(Default)]
pub(super) struct Sites {
    /// By script and place: what is to be said of a site, until a version reaches it.
    sites: BTreeMap<(String, LineColumn), Option<Diagnostic>>,
}

impl Sites {
    /// Adds a version all of whose branches were gone through.
    pub(super) fn add(&mut self, explored: &Explored<'_>) {
        let mut reached = BTreeSet::new();
        for path in explored
            .explorations
            .iter()
            .flat_map(|exploration| &exploration.paths)
        {
            if let Outcome::Concluded(conclusion) = &path.run.outcome {
                reached.insert(conclusion.site);
            }
            reached.extend(path.run.uses.iter().map(|used| used.conclusion.site));
        }
        let program = &explored.policy.program;
        for (script, (source, outline)) in program.outlines().enumerate() {
            for at in &outline.sites {
                let site = Site { script, at: *at };
                let unreached = || {
                    Diagnostic::error(
                        "unreachable-conclusion",
                        "no combination of facts reaches this conclusion",
                    )
                    .at(source, source.word_at(*at), "never concluded")
                    .help("take it out, or mend the condition before it")
                };
                let key = (program.script_name(&site).to_owned(), *at);
                let said = self.sites.entry(key).or_insert_with(|| Some(unreached()));
                if reached.contains(&site) {
                    *said = None;
                }
            }
        }
    }

    /// The sites that no version has reached. Of scripts outside the folders of the checked versions nothing is said
    /// when not all versions were checked: one of the others may reach them.
    pub(super) fn findings(self, folders: &[String], are_all: bool) -> impl Iterator<Item = Diagnostic> {
        let is_own = move |script: &str| {
            folders
                .iter()
                .any(|folder| script.starts_with(&format!("{folder}/")))
        };
        let own: Vec<Diagnostic> = self
            .sites
            .into_iter()
            .filter(|((script, _), _)| are_all || is_own(script))
            .filter_map(|(_, said)| said)
            .collect();
        own.into_iter()
    }
}
