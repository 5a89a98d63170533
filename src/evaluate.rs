//! One case under one policy version: what is determined and why, what is still open, what a human must look at.

mod branches;
mod compiled;
mod decider;
mod determination;
#[cfg(test)]
mod drawn;
mod joint;
mod many;
mod memo;
mod numbers;
mod reads;
mod reasons;
mod sums;
mod telling;
mod together;

pub use compiled::{Codes, CompiledPolicy};
pub use decider::Decider;
pub use joint::{Group, Joint, put_together};
pub use many::ManyCases;
pub use memo::Memo;
pub use reads::Reads;
pub use reasons::{Reason, Shown};
pub use sums::{LANES, Lane, Row, Sums};

use crate::diagnostic::Diagnostic;
use crate::diagram::{Bounds, Exploration, explore};
use crate::facts::{Candidates, Choice, FactId, FactValue, FactValues, Facts, Knowledge, PickedBy};
use crate::gazetteer::Gazetteer;
use crate::language::Bilingual;
use crate::policy::PolicyVersion;
use crate::script::Asked;
use jiff::civil::Date;
use std::sync::Arc;
use telling::OpenAfter;

/// What a policy version says of one case.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// The conclusions, in the declared order.
    pub conclusions: Vec<Arc<Determination>>,
    /// The flags that are raised or open, in the declared order.
    pub flags: Vec<Arc<Determination>>,
    /// The facts that can still change a conclusion, the most telling first.
    pub needs: Vec<FactId>,
    /// What was read of the facts that the case states, over all questions: nothing else of the case decides.
    pub rests_on: Reads,
}

/// What is known of the answer to one question.
#[derive(Debug, Clone)]
pub struct Determination {
    /// The question.
    pub asked: Asked,
    /// The values that some completion of the missing facts gives, in the declared order. For a flag: 0 stands for
    /// raised and 1 for not raised.
    pub possible: Vec<usize>,
    /// The missing facts that can still change the value, the most telling first.
    pub needs: Vec<FactId>,
    /// Why: each site that some completion reaches, in the order of the values and sites.
    pub reasons: Vec<Reason>,
    /// The branches of the script under what is known, for a trace.
    pub exploration: Exploration,
    /// What was read of the facts that the case states.
    pub rests_on: Reads,
    /// Each need with the bits that are open once it is known, the least first.
    open_after: OpenAfter,
}

/// The place of "not raised" among the values of a flag.
const NOT_RAISED: usize = 1;

impl Determination {
    /// The value, when every completion gives the same.
    pub fn value(&self) -> Option<usize> {
        match self.possible[..] {
            [value] => Some(value),
            _ => None,
        }
    }

    /// The word of the value, when it is determined; of a flag there is none.
    pub fn value_word<'p>(&self, policy: &'p PolicyVersion) -> Option<&'p str> {
        match self.asked {
            Asked::Conclusion(index) => Some(&policy.conclusions[index].values[self.value()?].value),
            Asked::Flag(_) => None,
        }
    }

    /// The sentences that a determined value rests on, by locator, each once.
    pub fn cites<'p>(&self, policy: &'p PolicyVersion) -> Vec<&'p str> {
        let reasons = self.value().map_or(&[][..], |_| &self.reasons[..]);
        let mut cites = Vec::new();
        for cite in reasons.iter().flat_map(|reason| &reason.conclusion.cites) {
            let locator = policy.register.entries()[*cite].locator.as_str();
            if !cites.contains(&locator) {
                cites.push(locator);
            }
        }
        cites
    }

    /// Whether a flag is raised whatever the missing facts are.
    pub fn is_raised(&self) -> bool {
        self.possible == [0]
    }
}

/// The values of a case that rules can ask for, in the form in which many cases are decided.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseValues {
    /// The facts of the case file.
    pub facts: FactValues,
    /// The moment of decision.
    pub decision_date: Option<Date>,
    /// How the policy version was picked.
    pub picked_by: PickedBy,
}

impl CaseValues {
    /// What is known of the case.
    pub fn knowledge(&self, gazetteer: &Gazetteer) -> Knowledge {
        self.added_to(Knowledge::nothing(gazetteer))
    }

    /// What is known of the case, where before nothing was.
    fn added_to(&self, mut known: Knowledge) -> Knowledge {
        for (fact, value) in FactId::CASE_FILE.iter().zip(&self.facts) {
            match value {
                Some(value) => known.learn(*fact, Candidates::only(*value)),
                None if fact.declaration().optional => known.learn_not_recorded(*fact),
                None => {}
            }
        }
        if let Some(date) = self.decision_date {
            let days = FactValue::of_date(date);
            known.learn(FactId::DecisionDate, Candidates::only(days));
        }
        let picked_by = FactValue::Choice(self.picked_by.index() as u32);
        known.learn(FactId::VersionPickedBy, Candidates::only(picked_by));
        known
    }
}

/// What is known of a case: its facts, its date and how its policy version was picked. A place that the gazetteer does
/// not have is not known.
pub fn knowledge(
    facts: &Facts,
    decision_date: Option<Date>,
    picked_by: PickedBy,
    gazetteer: &Gazetteer,
) -> Knowledge {
    let values = CaseValues {
        facts: std::array::from_fn(|fact| facts.value(FactId::CASE_FILE[fact], gazetteer)),
        decision_date,
        picked_by,
    };
    values.knowledge(gazetteer)
}

/// Evaluates a case by running the scripts over the branches that its missing facts open.
///
/// For many cases under one policy, [`CompiledPolicy`] gives the same without running the scripts again.
///
/// # Errors
/// A script fails under these facts or under a completion of the missing ones, or has too many branches. There is then
/// no conclusion at all.
pub fn evaluate(policy: &PolicyVersion, known: &Knowledge) -> Result<Evaluation, Vec<Diagnostic>> {
    let known = &possible_facts(policy, known)?;
    assemble(policy, |asked| determine(policy, asked, known).map(Arc::new))
}

/// What is known, with what the policy declares impossible.
///
/// # Errors
/// The facts are declared impossible together.
pub fn possible_facts<'a>(
    policy: &PolicyVersion,
    known: &'a Knowledge,
) -> Result<std::borrow::Cow<'a, Knowledge>, Vec<Diagnostic>> {
    use std::borrow::Cow;
    if policy.impossible.is_empty() {
        return Ok(Cow::Borrowed(known));
    }
    let known = known.clone().excluding(policy.impossible.clone());
    if known.is_possible() {
        return Ok(Cow::Owned(known));
    }
    let combination = known.impossible_combination().or(policy.impossible.first());
    let combination = combination.map_or((String::new(), String::new()), |combination| {
        let facts = combination
            .when
            .iter()
            .map(|condition| format!("`{}`", condition.fact.name()));
        let Bilingual { nl, en } = &combination.because;
        (facts.collect::<Vec<_>>().join(" and "), format!("{en} / {nl}"))
    });
    let message = format!(
        "the policy declares these facts impossible together: {}",
        combination.0
    );
    Err(vec![
        Diagnostic::error("impossible-facts", message).help(combination.1),
    ])
}

/// What is determined of one question, by running its script over the branches that the missing facts open.
///
/// # Errors
/// As [`evaluate`].
pub fn determine(
    policy: &PolicyVersion,
    asked: Asked,
    known: &Knowledge,
) -> Result<Determination, Diagnostic> {
    let exploration = explore(&policy.program, asked, known, &Bounds::default())?;
    determination::of(policy, exploration, known)
}

/// The evaluation that the determinations of all questions make.
fn assemble(
    policy: &PolicyVersion,
    mut determine: impl FnMut(Asked) -> Result<Arc<Determination>, Diagnostic>,
) -> Result<Evaluation, Vec<Diagnostic>> {
    let mut conclusions = Vec::new();
    let mut flags = Vec::new();
    let mut faults = Vec::new();
    for asked in policy.asked() {
        match (determine(asked), asked) {
            (Ok(determination), Asked::Conclusion(_)) => conclusions.push(determination),
            (Ok(determination), Asked::Flag(_)) => flags.push(determination),
            (Err(fault), _) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        crate::diagnostic::sort(&mut faults);
        return Err(faults);
    }
    let rests_on = conclusions.iter().chain(&flags).map(|one| one.rests_on);
    let rests_on = rests_on.fold(Reads::default(), Reads::and);
    flags.retain(|flag| flag.possible != [NOT_RAISED]);
    Ok(Evaluation {
        needs: telling::order(conclusions.iter().map(|conclusion| &**conclusion)),
        conclusions,
        flags,
        rests_on,
    })
}
