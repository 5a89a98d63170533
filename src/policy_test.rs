//! Policy tests: what an analyst expects of the rules, written as case facts with expectations.
//!
//! A test states a case and what must come out of it: conclusions, citations, flags, needs. What it does not state is not
//! checked. Tests lie in files that mirror the rules: those of `mali/2025` in `tests/policy/mali/2025`.

mod claims;
mod coverage;
mod edits;
mod faults;
mod files;
mod mutants;
mod read;
mod review;
mod run;
mod versions;
mod witness;

pub use claims::{Claim, Claimed, Difference, Expected, FlagState};
pub use coverage::{BranchCovered, Coverage, SentenceCovered, SiteCovered};
pub use files::{default_folder, test_files};
pub use mutants::{Fate, Judged, Mutant, MutantKind, Mutants, Said, Survivor};
pub use read::BY_DATE;
pub use review::Accepted;
pub use run::{Outcome, Report, TestResult, run};
pub use witness::{StatedCase, in_one_line};

use crate::diagnostic::Diagnostic;
use crate::facts::Knowledge;
use crate::language::folded;
use crate::policy::{Picked, PolicyId, PolicyVersion, RulesTree};
use crate::source::{LineColumn, Source, Span};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::PathBuf;
use std::sync::Arc;

/// One policy test.
#[derive(Debug, Clone)]
pub struct PolicyTest {
    /// Its name, a sentence.
    pub name: String,
    /// The version that it is about, and how that was picked: by its folder or by the test, or by the decision date.
    pub picked: Picked,
    /// The moment of decision.
    pub decision_date: Option<Date>,
    /// What is known of the case.
    pub known: Knowledge,
    /// The facts as the file states them, in one line.
    pub facts: String,
    /// What it expects.
    pub claims: Vec<Claim>,
    /// Nobody has confirmed yet that what it expects is what the policy says.
    pub unconfirmed: bool,
    /// The file.
    pub source: Arc<Source>,
    /// Where its name stands.
    pub name_span: Span,
    /// Where it begins and ends.
    pub span: Span,
}

impl PolicyTest {
    /// The line and column of its name.
    pub fn at(&self) -> LineColumn {
        self.source.line_column(self.name_span.start)
    }
}

/// The policy tests of some files, with the versions that they are about.
#[derive(Debug)]
pub struct Suite {
    /// The rules.
    pub tree: RulesTree,
    /// The tests, in the order of the files and their texts.
    pub tests: Vec<Arc<PolicyTest>>,
    /// The versions that the tests are about.
    pub versions: BTreeMap<PolicyId, Arc<PolicyVersion>>,
    /// What is wrong with the files. A test at fault is not among the tests.
    pub faults: Vec<Diagnostic>,
}

impl Suite {
    /// Reads the tests of files and folders.
    ///
    /// # Errors
    /// The rules cannot be read, or a file or folder cannot.
    pub fn read(tree: &RulesTree, paths: &[PathBuf]) -> Result<Self, Vec<Diagnostic>> {
        let files = test_files(paths).map_err(|fault| vec![fault])?;
        let mut versions = versions::Versions::of(tree);
        let mut tests = Vec::new();
        let mut faults = Vec::new();
        for file in &files {
            read::file(file, &mut versions, &mut tests, &mut faults)?;
        }
        faults.extend(read::repeated_names(&tests));
        crate::diagnostic::sort(&mut faults);
        Ok(Self {
            tree: tree.clone(),
            tests: tests.into_iter().map(Arc::new).collect(),
            versions: versions.into_loaded(),
            faults,
        })
    }

    /// Keeps the tests whose name, file or version has this text; accents and case do not count.
    pub fn filter(&mut self, text: &str) {
        let wanted = folded(text);
        let has = |of: &str| folded(of).contains(&wanted);
        self.tests
            .retain(|test| has(&test.name) || has(test.source.name()) || has(&test.picked.id.to_string()));
        let used = |id: &PolicyId| self.tests.iter().any(|test| test.picked.id == *id);
        self.versions.retain(|id, _| used(id));
    }

    /// Adds the versions of the rules that no test is about.
    ///
    /// # Errors
    /// A version cannot be read.
    pub fn with_all_versions(&mut self) -> Result<(), Vec<Diagnostic>> {
        let mut versions = versions::Versions::of(&self.tree);
        for id in self.tree.ids() {
            if let Entry::Vacant(vacant) = self.versions.entry(id) {
                let policy = versions.named(vacant.key())?.1;
                vacant.insert(policy);
            }
        }
        Ok(())
    }

    /// The version that a test is about.
    pub fn version_of(&self, test: &PolicyTest) -> Option<&Arc<PolicyVersion>> {
        self.versions.get(&test.picked.id)
    }
}
