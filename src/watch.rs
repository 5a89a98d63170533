//! What has changed since the last save, and since the last committed rules: what a person who writes rules wants to see
//! after each save.
//!
//! A [`Watch`] knows nothing of the file system's events. Whoever has a reason to look calls [`Watch::look`]; it compares
//! the texts with those of the last look, and is silent when none has changed.

mod baseline;
mod cases;
mod seen;

pub use baseline::{Baseline, Compared};
pub use cases::{Answer, AnswerChange, CaseChange, CaseView};
pub use seen::{Saved, SavedHow};

use crate::check::{Report, check};
use crate::diagnostic::Diagnostic;
use crate::diagram::Bounds;
use crate::edited_versions::edited_versions;
use crate::policy::{PolicyId, RulesTree};
use crate::policy_test;
use jiff::civil::Date;
use seen::Seen;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What is watched.
#[derive(Debug, Clone)]
pub struct Watched {
    /// The rules folder.
    pub rules: PathBuf,
    /// The folder of the policy tests, where there is one.
    pub tests: Option<PathBuf>,
    /// Case files.
    pub cases: Vec<PathBuf>,
    /// The version for all cases; else the decision date picks it.
    pub policy: Option<PolicyId>,
    /// Bytes that one document of a case file may have.
    pub document_bytes: usize,
    /// The revision to compare with; else the last commit, or where there is none, the rules when watching began.
    pub since: Option<String>,
    /// Why versions in force may be edited.
    pub correct: Option<String>,
    /// The day on which it is watched.
    pub today: Date,
}

/// A folder that is being watched.
#[derive(Debug)]
pub struct Watch {
    watched: Watched,
    baseline: Baseline,
    seen: Option<Seen>,
    /// The findings and failed tests of the last look, to say which are new.
    known: Known,
    looks: usize,
}

#[derive(Debug, Default)]
struct Known {
    findings: BTreeSet<String>,
    failures: BTreeSet<String>,
}

/// What there is to see after a save.
#[derive(Debug)]
pub struct View {
    /// How many there have been, this one included.
    pub number: usize,
    /// The files that were saved since the last look.
    pub saved: Vec<Saved>,
    /// Whether other rules have been committed since the last look.
    pub is_committed: bool,
    /// What the rules are compared with, in words for a message.
    pub against: String,
    /// What is said of the rules; the faults where there is no rules folder.
    pub rules: Result<RulesView, Vec<Diagnostic>>,
}

/// What there is to see of the rules.
#[derive(Debug)]
pub struct RulesView {
    /// What the checks found and proved.
    pub report: Report,
    /// The findings that were not there at the last look, and those that are gone.
    pub findings: Turned,
    /// How the policy tests came out.
    pub tests: TestsView,
    /// The differences to what the rules are compared with.
    pub compared: Vec<Compared>,
    /// The edited files of versions in force.
    pub edited: Vec<Diagnostic>,
    /// Why they may be edited.
    pub correction: Option<String>,
    /// The cases.
    pub cases: Vec<CaseView>,
}

/// What there is to see of the policy tests.
#[derive(Debug)]
pub enum TestsView {
    /// There are none.
    None,
    /// They were run.
    Run {
        /// How they came out.
        report: policy_test::Report,
        /// The tests that fail and did not at the last look, and those that fail no longer.
        failures: Turned,
    },
    /// They cannot be run: the faults, which may be those of the rules.
    NotRun(Vec<Diagnostic>),
}

/// How many things are new since the last look, and how many are gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Turned {
    /// New.
    pub new: usize,
    /// Gone.
    pub gone: usize,
}

impl Turned {
    fn between(known: &BTreeSet<String>, now: &BTreeSet<String>, is_first: bool) -> Self {
        if is_first {
            return Self::default();
        }
        Self {
            new: now.difference(known).count(),
            gone: known.difference(now).count(),
        }
    }
}

impl Watch {
    /// Begins to watch a folder.
    ///
    /// # Errors
    /// The folder has no rules, or the revision that was asked for cannot be read.
    pub fn begin(watched: Watched) -> Result<Self, Diagnostic> {
        let tree = RulesTree::folder(&watched.rules)?;
        let baseline = Baseline::begin(&tree, &watched.rules, watched.since.as_deref())?;
        if let Some(id) = &watched.policy
            && !tree.ids().contains(id)
        {
            return Err(tree.unknown_policy(&id.to_string()));
        }
        Ok(Self {
            watched,
            baseline,
            seen: None,
            known: Known::default(),
            looks: 0,
        })
    }

    /// What the rules are compared with.
    pub fn baseline(&self) -> &Baseline {
        &self.baseline
    }

    /// What is watched.
    pub fn watched(&self) -> &Watched {
        &self.watched
    }

    /// Whether a file has another size or time than at the last look: a cheap reason to look.
    pub fn is_touched(&self) -> bool {
        let is_touched = |seen: &Seen| seen.is_touched(&self.watched);
        self.baseline.is_touched() || self.seen.as_ref().is_none_or(is_touched)
    }

    /// Looks at everything again; `None` when nothing has changed since the last look.
    pub fn look(&mut self) -> Option<View> {
        let now = Seen::of(&self.watched);
        let is_committed = self.baseline.refresh(&self.watched.rules);
        let saved = match &self.seen {
            Some(before) => {
                let saved = before.saved_until(&now);
                if saved.is_empty() && !is_committed {
                    self.seen = Some(now);
                    return None;
                }
                saved
            }
            None => Vec::new(),
        };
        self.seen = Some(now);
        self.looks += 1;
        let rules = RulesTree::folder(&self.watched.rules)
            .map_err(|fault| vec![fault])
            .map(|tree| self.view_of(&tree));
        Some(View {
            number: self.looks,
            saved,
            is_committed,
            against: self.baseline.name().to_owned(),
            rules,
        })
    }

    fn view_of(&mut self, tree: &RulesTree) -> RulesView {
        let is_first = self.looks == 1;
        let report = check(tree, &tree.ids(), &Bounds::default());
        let findings: BTreeSet<String> = report.findings.iter().map(identity).collect();
        let turned = Turned::between(&self.known.findings, &findings, is_first);
        self.known.findings = findings;
        let edited = edited_versions(self.baseline.tree(), tree, self.watched.today);
        RulesView {
            report,
            findings: turned,
            tests: self.test(tree, is_first),
            compared: self.baseline.compare(tree),
            edited: edited.warnings(self.baseline.tree(), tree, self.baseline.name()),
            correction: self.watched.correct.clone(),
            cases: cases::changes(&self.watched, &self.baseline, tree),
        }
    }

    fn test(&mut self, tree: &RulesTree, is_first: bool) -> TestsView {
        let Some(folder) = &self.watched.tests else {
            return TestsView::None;
        };
        let report = match policy_test::run(tree, std::slice::from_ref(folder)) {
            Ok(report) => report,
            Err(faults) => return TestsView::NotRun(faults),
        };
        let name =
            |result: &policy_test::TestResult| format!("{} {}", result.test.picked.id, result.test.name);
        let failed: BTreeSet<String> = report.failures().map(name).collect();
        let failures = Turned::between(&self.known.failures, &failed, is_first);
        self.known.failures = failed;
        TestsView::Run { report, failures }
    }
}

/// What makes a finding the same after its line has moved.
fn identity(finding: &Diagnostic) -> String {
    let file = finding.place().map_or("", |(file, _)| file).to_owned();
    format!("{} {file} {}", finding.code, finding.message)
}
