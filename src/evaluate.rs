//! One case under one policy version: what is determined and why, what is still open, what a human must look at.

mod reasons;

pub use reasons::{Reason, Shown};

use crate::diagnostic::Diagnostic;
use crate::diagram::{Bounds, Diagram, Exploration, explore};
use crate::facts::{Candidates, Choice, FactId, FactValue, Facts, Knowledge, PickedBy, days_of};
use crate::gazetteer::Gazetteer;
use crate::policy::PolicyVersion;
use crate::script::{Asked, Outcome};
use jiff::civil::Date;

/// What a policy version says of one case.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// The conclusions, in the declared order.
    pub conclusions: Vec<Determination>,
    /// The flags that are raised or open, in the declared order.
    pub flags: Vec<Determination>,
    /// The facts that can still change a conclusion, the most telling first.
    pub needs: Vec<FactId>,
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

    /// Whether a flag is raised whatever the missing facts are.
    pub fn is_raised(&self) -> bool {
        self.possible == [0]
    }
}

/// What is known of a case: its facts, its date and how its policy version was picked.
pub fn knowledge(
    facts: &Facts,
    decision_date: Option<Date>,
    picked_by: PickedBy,
    gazetteer: &Gazetteer,
) -> Knowledge {
    let mut known = Knowledge::nothing(gazetteer);
    for fact in FactId::CASE_FILE {
        match facts.value(*fact, gazetteer) {
            Some(value) => known.learn(*fact, Candidates::only(value)),
            None if fact.declaration().optional => known.learn_not_recorded(*fact),
            None => {}
        }
    }
    if let Some(date) = decision_date {
        let days = FactValue::Number(days_of(date));
        known.learn(FactId::DecisionDate, Candidates::only(days));
    }
    let picked_by = FactValue::Choice(picked_by.index());
    known.learn(FactId::VersionPickedBy, Candidates::only(picked_by));
    known
}

/// Evaluates a case.
///
/// # Errors
/// A script fails under these facts or under a completion of the missing ones, or has too many branches. There is then
/// no conclusion at all.
pub fn evaluate(policy: &PolicyVersion, known: &Knowledge) -> Result<Evaluation, Vec<Diagnostic>> {
    let mut conclusions = Vec::new();
    let mut flags = Vec::new();
    let mut faults = Vec::new();
    let mut telling = Telling::default();
    for asked in policy.asked() {
        match determine(policy, asked, known) {
            Ok((determination, open)) => match asked {
                Asked::Conclusion(_) => {
                    telling.add(&determination, &open);
                    conclusions.push(determination);
                }
                Asked::Flag(_) if determination.possible == [NOT_RAISED] => {}
                Asked::Flag(_) => flags.push(determination),
            },
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() {
        Ok(Evaluation {
            conclusions,
            flags,
            needs: telling.order(),
        })
    } else {
        crate::diagnostic::sort(&mut faults);
        Err(faults)
    }
}

/// A fact, and how many bits are still open once it is known.
type OpenAfter = Vec<(FactId, f64)>;

fn determine(
    policy: &PolicyVersion,
    asked: Asked,
    known: &Knowledge,
) -> Result<(Determination, OpenAfter), Diagnostic> {
    let program = &policy.program;
    let exploration = explore(program, asked, known, &Bounds::default())?;
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
    });
    let mut possible: Vec<usize> = by_value.reachable().into_iter().copied().collect();
    possible.sort_unstable();
    let mut open: OpenAfter = by_value
        .support()
        .into_iter()
        .map(|fact| (fact, by_value.open_after(fact)))
        .collect();
    sort_by_telling(&mut open);
    let reasons = reasons::of(&exploration, known, policy);
    let needs = open.iter().map(|(fact, _)| *fact).collect();
    Ok((
        Determination {
            asked,
            possible,
            needs,
            reasons,
            exploration,
        },
        open,
    ))
}

/// The least open first; differences below a billionth of a bit are noise, and the declared order decides.
fn sort_by_telling(open: &mut OpenAfter) {
    let rounded = |bits: f64| (bits * 1e9).round() as i64;
    open.sort_by_key(|(fact, bits)| (rounded(*bits), *fact));
}

/// Which missing fact leaves least open over all conclusions.
#[derive(Default)]
struct Telling {
    /// For each conclusion that is open: how open it is, and how open once each of its needs is known.
    conclusions: Vec<OpenAfter>,
}

impl Telling {
    fn add(&mut self, determination: &Determination, open: &OpenAfter) {
        if determination.value().is_none() {
            self.conclusions.push(open.clone());
        }
    }

    /// The facts in the order of what is left open over all conclusions once each is known. A conclusion that a fact
    /// cannot change stays as open as the fact that says least about it leaves it.
    fn order(&self) -> Vec<FactId> {
        let facts: std::collections::BTreeSet<FactId> =
            self.conclusions.iter().flatten().map(|(fact, _)| *fact).collect();
        let left = |fact: FactId| {
            let in_one = |open: &OpenAfter| {
                let own = open.iter().find(|(of, _)| *of == fact).map(|(_, bits)| *bits);
                own.unwrap_or_else(|| open.iter().map(|(_, bits)| *bits).fold(0.0, f64::max))
            };
            self.conclusions.iter().map(in_one).sum::<f64>()
        };
        let mut order: OpenAfter = facts.into_iter().map(|fact| (fact, left(fact))).collect();
        sort_by_telling(&mut order);
        order.into_iter().map(|(fact, _)| fact).collect()
    }
}
