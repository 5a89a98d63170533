//! What the branches of one question say, given what is known.

use super::telling::{self, OpenAfter};
use super::{Determination, NOT_RAISED, Reads, reasons};
use crate::diagnostic::Diagnostic;
use crate::diagram::{Diagram, Exploration};
use crate::facts::{Aspect, Knowledge};
use crate::policy::PolicyVersion;
use crate::script::Outcome;

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
    let by_value = Diagram::build(&exploration, known, &policy.gazetteer, |path| {
        match &path.run.outcome {
            Outcome::Concluded(conclusion) => conclusion.value,
            Outcome::NotRaised | Outcome::Failed(_) => NOT_RAISED,
        }
    })?;
    let mut possible: Vec<usize> = by_value.reachable().into_iter().copied().collect();
    possible.sort_unstable();
    let mut open_after: OpenAfter = by_value
        .support()
        .into_iter()
        .map(|fact| (fact, by_value.open_after(fact)))
        .collect();
    telling::sort(&mut open_after);
    Ok(Determination {
        asked: exploration.asked,
        possible,
        needs: open_after.iter().map(|(fact, _)| *fact).collect(),
        reasons: reasons::of(&exploration, known, policy)?,
        rests_on: rests_on(&exploration, known),
        exploration,
        open_after,
    })
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
