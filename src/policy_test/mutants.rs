//! Rule mutants: small mistakes planted in the scripts, one at a time. Each must be noticed: by a test, or by the proof
//! that every combination of facts concludes. One that changes no diagram is no mistake at all.

mod arms;
mod judge;
mod operators;

pub use judge::{Fate, Judged, Said, Survivor};

use super::{Outcome, PolicyTest, Report, Suite};
use crate::diagnostic::Diagnostic;
use crate::language::Language;
use crate::policy::PolicyVersion;
use crate::source::{LineColumn, Source};
use judge::Baseline;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What kind of mistake is planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MutantKind {
    /// Another value is concluded.
    Value,
    /// Another sentence is cited.
    Citation,
    /// A sentence is no longer cited.
    CitationDropped,
    /// A label of a `switch` stands in another arm.
    LabelMoved,
    /// An arm of a `switch` is gone.
    ArmDropped,
    /// Something is compared with another word.
    Word,
    /// `==` for `!=`, or a bound that is included or not.
    Comparison,
    /// A bound that is one off.
    Bound,
    /// `&&` for `||`.
    AndOr,
    /// A condition is turned round.
    Negation,
    /// A condition always holds.
    Always,
    /// A condition never holds.
    Never,
    /// A part of a condition is gone.
    PartDropped,
    /// Another fact is read.
    Fact,
}

/// A script with one mistake in it.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// The script, named from the rules folder.
    pub script: String,
    /// The script as it is.
    pub source: Arc<Source>,
    /// What kind of mistake.
    pub kind: MutantKind,
    /// Where it begins.
    pub at: LineColumn,
    /// The script with the mistake.
    pub text: String,
}

impl Mutant {
    /// The lines that the mistake changes, before and after, without those that stay.
    pub fn changed_lines(&self) -> (Vec<&str>, Vec<&str>) {
        let (mut before, mut after): (Vec<&str>, Vec<&str>) =
            (self.source.text().lines().collect(), self.text.lines().collect());
        let equal = before
            .iter()
            .zip(&after)
            .take_while(|(one, other)| one == other)
            .count();
        before.drain(..equal);
        after.drain(..equal);
        while before.last().is_some() && before.last() == after.last() {
            before.pop();
            after.pop();
        }
        (before, after)
    }
}

/// What became of all mutants.
#[derive(Debug)]
pub struct Mutants {
    /// Every mutant with its fate, in the order of the scripts and their texts.
    pub judged: Vec<Judged>,
}

impl Mutants {
    /// The mutants that came to an end for which `is` holds.
    pub fn count(&self, is: impl Fn(&Fate) -> bool) -> usize {
        self.judged.iter().filter(|judged| is(&judged.fate)).count()
    }

    /// Those that nothing notices.
    pub fn survivors(&self) -> impl Iterator<Item = (&Mutant, &Survivor)> {
        self.judged.iter().filter_map(|judged| match &judged.fate {
            Fate::Survived(survivor) => Some((&judged.mutant, survivor.as_ref())),
            _ => None,
        })
    }
}

impl Suite {
    /// Plants every mistake and says which are noticed; only tests that pass and are confirmed can notice one.
    ///
    /// # Errors
    /// The rules have a gap, a failing script or too many branches: `check` says more.
    pub fn mutants(&self, report: &Report, language: Language) -> Result<Mutants, Vec<Diagnostic>> {
        self.mutants_where(report, language, |_| true)
    }

    /// As [`Self::mutants`], of some mutants only.
    ///
    /// # Errors
    /// As [`Self::mutants`].
    pub fn mutants_where(
        &self,
        report: &Report,
        language: Language,
        is_wanted: impl Fn(&Mutant) -> bool,
    ) -> Result<Mutants, Vec<Diagnostic>> {
        let passed: Vec<&Arc<PolicyTest>> = report
            .results
            .iter()
            .filter(|result| matches!(result.outcome, Outcome::Passed))
            .map(|result| &result.test)
            .collect();
        let baselines = self
            .versions
            .values()
            .map(|policy| {
                let own = passed.iter().filter(|test| test.picked.id == policy.id);
                Baseline::of(policy, own.map(|test| (*test).clone()).collect())
            })
            .collect::<Result<Vec<_>, Diagnostic>>()
            .map_err(|fault| vec![fault])?;
        let names: BTreeSet<String> = self.tests.iter().map(|test| test.name.clone()).collect();
        let wanted: Vec<Mutant> = self.planted().into_iter().filter(is_wanted).collect();
        let judged = wanted.into_par_iter().map(|mutant| Judged {
            fate: judge::fate(&mutant, &baselines, language, &names),
            mutant,
        });
        Ok(Mutants {
            judged: judged.collect(),
        })
    }

    /// Every mutant of every script, each text once.
    fn planted(&self) -> Vec<Mutant> {
        let mut scripts: BTreeMap<String, Vec<Mutant>> = BTreeMap::new();
        for policy in self.versions.values() {
            for (index, (name, source)) in policy.program.scripts().enumerate() {
                let found = scripts.entry(name.to_owned()).or_default();
                of_script(policy, index, name, source, found);
            }
        }
        scripts.into_values().flatten().collect()
    }
}

/// Adds the mutants of a script as one version sees it; another version may know other words.
fn of_script(
    policy: &PolicyVersion,
    index: usize,
    name: &str,
    source: &Arc<Source>,
    found: &mut Vec<Mutant>,
) {
    let mut texts: BTreeSet<String> = found.iter().map(|mutant| mutant.text.clone()).collect();
    for change in operators::changes(policy, index) {
        let text = change.applied(source.text());
        if text == source.text() || !texts.insert(text.clone()) {
            continue;
        }
        let start = change.edits.first().map_or(0, |(span, _)| span.start);
        found.push(Mutant {
            script: name.to_owned(),
            source: source.clone(),
            kind: change.kind,
            at: source.line_column(start),
            text,
        });
    }
}
