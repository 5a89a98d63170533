//! What the branches of one question say, given what is known.

use super::telling::{self, OpenAfter};
use super::{Determination, NOT_RAISED, Reads, reasons};
use crate::diagnostic::Diagnostic;
use crate::diagram::{Diagram, Exploration, Path};
use crate::facts::{Aspect, Knowledge};
use crate::policy::PolicyVersion;
use crate::script::{Conclusion, Outcome};

/// What an exploration under `known` determines.
///
/// # Errors
/// A branch fails.
pub(super) fn of(
    policy: &PolicyVersion,
    exploration: Exploration,
    known: &Knowledge,
) -> Result<Determination, Diagnostic> {
    if let Some((path, fault)) = exploration.failure() {
        let assumed: Vec<String> = path
            .steps
            .iter()
            .map(|step| {
                let answer = step.question.answer_text(step.answer, &policy.gazetteer);
                format!("{} is {answer}", step.question.text())
            })
            .collect();
        let witness = (!assumed.is_empty()).then(|| format!("it happens when {}", assumed.join(", ")));
        return Err(fault.clone().maybe_help(witness));
    }
    let sites = Sites::of(&exploration);
    // Where all branches end alike and nothing is impossible, a diagram has nothing to tell.
    let is_settled = sites.0.len() == 1 && known.impossible().is_empty();
    let by_site = if is_settled {
        None
    } else {
        let site = |path: &Path| sites.place(path);
        Some(Diagram::build(&exploration, known, &policy.gazetteer, site)?)
    };
    let by_value = by_site
        .as_ref()
        .map(|by_site| by_site.map(|site| sites.value(*site)));
    let mut possible: Vec<usize> = match &by_value {
        None => vec![sites.value(0)],
        Some(by_value) => by_value.reachable().into_iter().copied().collect(),
    };
    possible.sort_unstable();
    let open = by_value.iter().flat_map(|by_value| {
        let facts = by_value.support().into_iter();
        facts.map(|fact| (fact, by_value.open_after(fact)))
    });
    let mut open_after: OpenAfter = open.collect();
    telling::sort(&mut open_after);
    Ok(Determination {
        asked: exploration.asked,
        possible,
        needs: open_after.iter().map(|(fact, _)| *fact).collect(),
        reasons: reasons::of(&exploration, &sites, by_site.as_ref(), known, policy),
        rests_on: rests_on(&exploration, known),
        exploration,
        open_after,
    })
}

/// The different ends of the branches of an exploration.
pub(super) struct Sites<'e>(Vec<Option<&'e Conclusion>>);

impl<'e> Sites<'e> {
    fn of(exploration: &'e Exploration) -> Self {
        let mut sites = Vec::new();
        for path in &exploration.paths {
            let end = concluded(path);
            if !sites.contains(&end) {
                sites.push(end);
            }
        }
        Self(sites)
    }

    /// The end of a branch, by its place.
    pub fn place(&self, path: &Path) -> usize {
        let end = concluded(path);
        self.0.iter().position(|site| *site == end).unwrap_or_default()
    }

    /// The conclusion at an end; `None` of a flag that is not raised.
    pub fn conclusion(&self, site: usize) -> Option<&'e Conclusion> {
        self.0[site]
    }

    fn value(&self, site: usize) -> usize {
        self.0[site].map_or(NOT_RAISED, |conclusion| conclusion.value)
    }
}

fn concluded(path: &Path) -> Option<&Conclusion> {
    match &path.run.outcome {
        Outcome::Concluded(conclusion) => Some(conclusion),
        Outcome::NotRaised | Outcome::Failed(_) => None,
    }
}

/// The reads of facts that are known.
fn rests_on(exploration: &Exploration, known: &Knowledge) -> Reads {
    let reads = exploration.paths.iter().flat_map(|path| &path.run.reads);
    let mut rests_on = Reads::default();
    for read in reads.filter(|read| known.is_known(read.question.fact)) {
        match read.question.aspect {
            Aspect::Has(word) => rests_on.add_word(read.question.fact, word),
            _ => rests_on.add(read.question.fact),
        }
    }
    rests_on
}

#[cfg(test)]
mod tests {
    use super::super::CompiledPolicy;
    use super::*;
    use crate::diagram::{Bounds, explore};
    use crate::policy::{Policies, RulesTree};

    #[test]
    fn the_diagram_of_sites_with_their_values_is_that_of_the_values() {
        let mut policies = Policies::open(&RulesTree::embedded(), None).unwrap();
        for id in RulesTree::embedded().ids() {
            let compiled = CompiledPolicy::of(policies.version(&id).unwrap());
            let (policy, known) = (compiled.policy(), compiled.policy().nothing_known());
            for asked in policy.asked() {
                let exploration = explore(&policy.program, asked, &known, &Bounds::default()).unwrap();
                let sites = Sites::of(&exploration);
                let build = |terminal: &dyn Fn(&Path) -> usize| {
                    Diagram::build(&exploration, &known, &policy.gazetteer, terminal).unwrap()
                };
                let mapped = build(&|path| sites.place(path)).map(|site| sites.value(*site));
                let built = build(&|path| sites.value(sites.place(path)));
                assert_eq!(mapped.reachable(), built.reachable());
                assert_eq!(mapped.support(), built.support());
                for fact in built.support() {
                    let difference = mapped.open_after(fact) - built.open_after(fact);
                    assert!(difference.abs() < 1e-12);
                }
                for value in built.reachable() {
                    assert_eq!(mapped.ways_to(value, 40), built.ways_to(value, 40));
                }
            }
        }
    }
}
