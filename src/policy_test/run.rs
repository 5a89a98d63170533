//! Running the tests, in parallel.

use super::claims::{Answers, Difference};
use super::{PolicyTest, Suite};
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Determination, determine, evaluate, possible_facts};
use crate::facts::{FactId, Knowledge};
use crate::policy::{PolicyVersion, RulesTree};
use crate::script::Asked;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

/// How the tests came out.
#[derive(Debug)]
pub struct Report {
    /// A result for each test, in the order of the files.
    pub results: Vec<TestResult>,
    /// What is wrong with the test files.
    pub faults: Vec<Diagnostic>,
}

/// How one test came out.
#[derive(Debug, Clone)]
pub struct TestResult {
    /// The test.
    pub test: Arc<PolicyTest>,
    /// The version that it is about.
    pub policy: Arc<PolicyVersion>,
    /// How it came out.
    pub outcome: Outcome,
}

/// How a test came out.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Everything is as expected.
    Passed,
    /// Everything is as stated, but nobody has confirmed that it is what the policy says.
    Unconfirmed,
    /// Something is not as expected.
    Failed(Vec<Difference>),
    /// The rules fail for this case.
    NotEvaluated(Vec<Diagnostic>),
}

impl Report {
    /// How many tests passed.
    pub fn passed(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Passed))
    }

    /// How many tests are as stated but not confirmed.
    pub fn unconfirmed(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Unconfirmed))
    }

    /// The tests that did not come out as expected.
    pub fn failures(&self) -> impl Iterator<Item = &TestResult> {
        self.results
            .iter()
            .filter(|result| !matches!(result.outcome, Outcome::Passed | Outcome::Unconfirmed))
    }

    fn count(&self, is: impl Fn(&Outcome) -> bool) -> usize {
        self.results.iter().filter(|result| is(&result.outcome)).count()
    }
}

/// Reads and runs the policy tests of files and folders under some rules.
///
/// # Errors
/// The rules cannot be read, or a file or folder cannot.
pub fn run(tree: &RulesTree, paths: &[PathBuf]) -> Result<Report, Vec<Diagnostic>> {
    Ok(Suite::read(tree, paths)?.run())
}

impl Suite {
    /// Runs all tests.
    pub fn run(&self) -> Report {
        let results = self.tests.par_iter().filter_map(|test| {
            let policy = self.version_of(test)?.clone();
            Some(TestResult {
                outcome: outcome(test, &policy),
                test: test.clone(),
                policy,
            })
        });
        Report {
            results: results.collect(),
            faults: self.faults.clone(),
        }
    }
}

fn outcome(test: &PolicyTest, policy: &PolicyVersion) -> Outcome {
    // A question that fails fails the case, also where the test is about another one.
    if let Err(faults) = evaluate(policy, &test.known) {
        return Outcome::NotEvaluated(faults);
    }
    match differences(test, policy, |_| true) {
        Ok(found) if !found.is_empty() => Outcome::Failed(found),
        Ok(_) if test.unconfirmed => Outcome::Unconfirmed,
        Ok(_) => Outcome::Passed,
        Err(fault) => Outcome::NotEvaluated(vec![fault]),
    }
}

/// The expectations of a test that are not met; `is_wanted` says of which questions (`None`: of the needs).
///
/// # Errors
/// The rules fail for this case.
pub(super) fn differences(
    test: &PolicyTest,
    policy: &PolicyVersion,
    is_wanted: impl Fn(Option<Asked>) -> bool,
) -> Result<Vec<Difference>, Diagnostic> {
    let known = possible_facts(policy, &test.known).map_err(first)?;
    let mut answers = OfCase {
        policy,
        known,
        determined: HashMap::new(),
    };
    let mut found = Vec::new();
    for (index, claim) in test.claims.iter().enumerate() {
        if is_wanted(claim.asked()) {
            found.extend(claim.difference(index, policy, &mut answers)?);
        }
    }
    Ok(found)
}

struct OfCase<'a> {
    policy: &'a PolicyVersion,
    known: Cow<'a, Knowledge>,
    determined: HashMap<Asked, Arc<Determination>>,
}

impl Answers for OfCase<'_> {
    fn determined(&mut self, asked: Asked) -> Result<Arc<Determination>, Diagnostic> {
        if let Some(known) = self.determined.get(&asked) {
            return Ok(known.clone());
        }
        let determination = Arc::new(determine(self.policy, asked, &self.known)?);
        self.determined.insert(asked, determination.clone());
        Ok(determination)
    }

    fn needs(&mut self) -> Result<Vec<FactId>, Diagnostic> {
        Ok(evaluate(self.policy, &self.known).map_err(first)?.needs)
    }
}

fn first(faults: Vec<Diagnostic>) -> Diagnostic {
    let none = || Diagnostic::error("script-failed", "the rules fail for this case");
    faults.into_iter().next().unwrap_or_else(none)
}
