//! What becomes of a mutant.

use super::Mutant;
use crate::diagnostic::Diagnostic;
use crate::diagram::{Bounds, Diagram, Exploration, Path, explore};
use crate::language::Language;
use crate::policy::{PolicyId, PolicyVersion};
use crate::policy_test::PolicyTest;
use crate::policy_test::claims::{FlagState, name};
use crate::policy_test::run::differences;
use crate::policy_test::witness::StatedCase;
use crate::script::{Asked, Outcome};
use crate::source::LineColumn;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A mutant and what became of it.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The mutant.
    pub mutant: Mutant,
    /// What became of it.
    pub fate: Fate,
}

/// What becomes of a mutant.
#[derive(Debug, Clone)]
pub enum Fate {
    /// A test fails under it.
    Killed(Arc<PolicyTest>),
    /// `check` refuses it: the rules do not load, or some combination of facts ends without a conclusion.
    KilledByCheck(Box<Diagnostic>),
    /// Every diagram is the same: the same values with the same citations for every case.
    Equivalent,
    /// Nothing notices it.
    Survived(Box<Survivor>),
}

/// What a mutant that nothing notices says otherwise.
#[derive(Debug, Clone)]
pub struct Survivor {
    /// The version.
    pub policy: PolicyId,
    /// The conclusion or flag.
    pub question: String,
    /// What the rules say, with the citations.
    pub from: Said,
    /// What the mutant says.
    pub to: Said,
    /// A case for which the two differ; `None` where no test can state one.
    pub case: Option<StatedCase>,
    /// A test that notices it, ready to paste.
    pub test: Option<String>,
}

/// What is said of a case: the value, and the locators that are cited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The value; of a flag, the key under which a test states it.
    pub value: String,
    /// The locators, in the order of citation.
    pub cites: Vec<String>,
}

/// A version as it is, explored, with the tests that can notice a mistake in it.
pub(super) struct Baseline {
    policy: Arc<PolicyVersion>,
    explorations: Vec<Exploration>,
    tests: Vec<Arc<PolicyTest>>,
}

impl Baseline {
    pub fn of(policy: &Arc<PolicyVersion>, tests: Vec<Arc<PolicyTest>>) -> Result<Self, Diagnostic> {
        let nothing = policy.nothing_known();
        let explorations = policy.asked().map(|asked| {
            let exploration = explore(&policy.program, asked, &nothing, &Bounds::default())?;
            match exploration.failure() {
                Some((_, fault)) => Err(fault.clone().help("`gradatie check` shows a case")),
                None => Ok(exploration),
            }
        });
        Ok(Self {
            policy: policy.clone(),
            explorations: explorations.collect::<Result<_, _>>()?,
            tests,
        })
    }

    /// The explorations whose branches can run through a place of a script, those of the questions that are answered
    /// there first.
    fn through(&self, script: usize, at: LineColumn) -> Vec<&Exploration> {
        let program = &self.policy.program;
        let functions = program
            .outlines()
            .nth(script)
            .map_or(&[][..], |(_, outline)| &outline.functions);
        let around = functions.iter().rev().find(|(_, start)| *start <= at);
        let around = around.map(|(name, _)| name.as_str());
        let own: Vec<Asked> = self
            .policy
            .asked()
            .filter(|asked| program.function(*asked).is_some_and(|(of, _)| of == script))
            .collect();
        let name = |asked: &Asked| program.function(*asked).map(|(_, name)| name);
        let answered: Vec<Asked> = own
            .iter()
            .copied()
            .filter(|asked| name(asked) == around)
            .collect();
        // A function that answers no question may help any of its script.
        let answered = if answered.is_empty() { own } else { answered };
        let uses = |exploration: &&Exploration| {
            let mut uses = exploration.paths.iter().flat_map(|path| &path.run.uses);
            answered.contains(&exploration.asked)
                || uses.any(|used| answered.contains(&used.conclusion.asked))
        };
        let mut found: Vec<&Exploration> = self.explorations.iter().filter(uses).collect();
        found.sort_by_key(|exploration| !answered.contains(&exploration.asked));
        found
    }
}

/// Value and citations; `None` for a flag that is not raised.
type End = Option<(usize, Vec<usize>)>;

fn end(path: &Path) -> End {
    match &path.run.outcome {
        Outcome::Concluded(conclusion) => Some((conclusion.value, conclusion.cites.clone())),
        Outcome::NotRaised | Outcome::Failed(_) => None,
    }
}

/// What becomes of a mutant under all versions that use its script.
pub(super) fn fate(
    mutant: &Mutant,
    baselines: &[Baseline],
    language: Language,
    names: &BTreeSet<String>,
) -> Fate {
    let mut fate = Fate::Equivalent;
    for baseline in baselines {
        let mut scripts = baseline.policy.program.scripts();
        let Some(script) = scripts.position(|(name, _)| name == mutant.script) else {
            continue;
        };
        match under(mutant, script, baseline, language, names) {
            Ok(Fate::Equivalent) => {}
            Ok(Fate::Survived(survivor)) => fate = Fate::Survived(survivor),
            Ok(killed) => return killed,
            Err(fault) => return Fate::KilledByCheck(Box::new(fault)),
        }
    }
    fate
}

/// What becomes of it under one version; an error is what `check` says.
fn under(
    mutant: &Mutant,
    script: usize,
    baseline: &Baseline,
    language: Language,
    names: &BTreeSet<String>,
) -> Result<Fate, Diagnostic> {
    let policy = baseline.policy.with_script(script, &mutant.text);
    let policy = policy.map_err(|faults| {
        let none = || Diagnostic::error("script-failed", "the rules do not load");
        faults.into_iter().next().unwrap_or_else(none)
    })?;
    let nothing = policy.nothing_known();
    let mut survivor = None;
    for original in baseline.through(script, mutant.at) {
        let asked = original.asked;
        let changed = explore(&policy.program, asked, &nothing, &Bounds::default())?;
        if let Some((_, fault)) = changed.failure() {
            return Err(fault.clone());
        }
        let gazetteer = &policy.gazetteer;
        let mut product = Diagram::product((original, &end), (&changed, &end), &nothing, gazetteer)?;
        if product.reachable().into_iter().all(|(from, to)| from == to) {
            continue;
        }
        let rows = product.rows(|(from, to)| from != to);
        if rows.is_empty() {
            // It differs only where the facts are declared impossible.
            continue;
        }
        if let Some(test) = noticed(&baseline.tests, &policy, asked) {
            return Ok(Fate::Killed(test));
        }
        if survivor.is_none() {
            let cases = rows.iter().map(|row| {
                let case = StatedCase::of(&baseline.policy, product.space(), &row.cells);
                (row, case)
            });
            let cases: Vec<_> = cases.collect();
            let stated = cases.iter().find(|(_, case)| case.is_some()).or(cases.first());
            survivor = stated.map(|(row, case)| {
                let (from, to) = &row.terminal;
                let mut taken = names.clone();
                Box::new(Survivor {
                    policy: policy.id.clone(),
                    question: name(&policy, asked).to_owned(),
                    from: said(&policy, asked, from),
                    to: said(&policy, asked, to),
                    test: case
                        .as_ref()
                        .and_then(|case| case.test(&baseline.policy, asked, true, language, &mut taken)),
                    case: case.clone(),
                })
            });
        }
    }
    Ok(survivor.map_or(Fate::Equivalent, Fate::Survived))
}

/// The first test that a change of a question makes fail.
fn noticed(tests: &[Arc<PolicyTest>], policy: &PolicyVersion, changed: Asked) -> Option<Arc<PolicyTest>> {
    let fails = |test: &&Arc<PolicyTest>, about: Option<Asked>| {
        let is_about = test.claims.iter().any(|claim| claim.asked() == about);
        // A test under which the rules fail is noticed as well.
        is_about && differences(test, policy, |asked| asked == about).map_or(true, |found| !found.is_empty())
    };
    let own = tests.iter().find(|test| fails(test, Some(changed)));
    let needs = || match changed {
        Asked::Conclusion(_) => tests.iter().find(|test| fails(test, None)),
        // Needs are of conclusions.
        Asked::Flag(_) => None,
    };
    own.or_else(needs).cloned()
}

fn said(policy: &PolicyVersion, asked: Asked, end: &End) -> Said {
    let entries = policy.register.entries();
    let (value, cites) = match (end, asked) {
        (None, _) => (FlagState::Not.key().to_owned(), Vec::new()),
        (Some((value, cites)), Asked::Conclusion(index)) => (
            policy.conclusions[index].values[*value].value.clone(),
            cites.clone(),
        ),
        (Some((_, cites)), Asked::Flag(_)) => (FlagState::Raised.key().to_owned(), cites.clone()),
    };
    Said {
        value,
        cites: cites.iter().map(|cite| entries[*cite].locator.clone()).collect(),
    }
}
