//! Deciding the cases of one policy version, with what a batch keeps of each answer.

use super::names::Names;
use crate::diagnostic::{self, Diagnostic};
use crate::evaluate::{CaseValues, CompiledPolicy, Decider, Determination};
use crate::facts::FactId;
use crate::language::Language;
use crate::policy::PolicyVersion;
use crate::report::{LineWriter, Said, said};
use std::sync::Arc;

/// What is kept of one determination.
pub(super) struct Answer {
    pub said: Said,
    /// Its value by number, 0 where it is not determined.
    value: u32,
    /// The sentences that its value rests on, by number.
    cites: u32,
}

/// What decides under one policy version.
pub(super) struct Deciding<'b> {
    pub writer: LineWriter,
    decider: Decider<'b, Result<Answer, Diagnostic>>,
    language: Language,
    /// Where each conclusion of the batch stands among those of the version.
    places: Vec<Option<usize>>,
}

impl<'b> Deciding<'b> {
    pub fn new(compiled: &'b CompiledPolicy, conclusions: &[String], language: Language) -> Self {
        let declared = &compiled.policy().conclusions;
        let place = |name: &String| declared.iter().position(|one| one.name == *name);
        Self {
            writer: LineWriter::new(compiled.policy().clone()),
            decider: Decider::new(compiled),
            language,
            places: conclusions.iter().map(place).collect(),
        }
    }

    /// Decides a case; what the other methods give is then that of the case.
    ///
    /// # Errors
    /// The facts are impossible together, or a question fails.
    pub fn decide(&mut self, values: &CaseValues, names: &Names) -> Result<(), Vec<Diagnostic>> {
        let (policy, language) = (self.writer.policy(), self.language);
        self.decider.decide(values, &mut |determined| {
            answer(policy, language, determined?, names)
        })?;
        if self.decider.answers().all(Result::is_ok) {
            return Ok(());
        }
        let faults = self.decider.answers().filter_map(|answer| answer.as_ref().err());
        let mut faults: Vec<Diagnostic> = faults.cloned().collect();
        diagnostic::sort(&mut faults);
        Err(faults)
    }

    /// The value of each conclusion of the batch by number, 0 where it is not determined or not asked.
    pub fn values(&self) -> impl ExactSizeIterator<Item = u32> {
        self.of_conclusions(|answer| answer.value)
    }

    /// The sentences that the value of each conclusion of the batch rests on, by number.
    pub fn cites(&self) -> impl ExactSizeIterator<Item = u32> {
        self.of_conclusions(|answer| answer.cites)
    }

    fn of_conclusions<'s>(&'s self, of: impl Fn(&Answer) -> u32 + 's) -> impl ExactSizeIterator<Item = u32> {
        self.places.iter().map(move |place| {
            let answer = place.and_then(|place| self.decider.answers().nth(place)?.as_ref().ok());
            answer.map_or(0, &of)
        })
    }

    /// What the questions say in a line.
    pub fn said(&self) -> impl Iterator<Item = &Said> + Clone {
        let answers = self.decider.answers();
        answers.filter_map(|answer| answer.as_ref().ok().map(|answer| &answer.said))
    }

    /// What is determined, question by question.
    pub fn determinations(&self) -> impl Iterator<Item = &Arc<Determination>> {
        self.decider.determinations().flatten()
    }

    /// The facts that can still change a conclusion.
    pub fn needs(&self) -> &[FactId] {
        self.decider.needs()
    }
}

fn answer(
    policy: &PolicyVersion,
    language: Language,
    determination: &Determination,
    names: &Names,
) -> Result<Answer, Diagnostic> {
    let cites = determination.cites(policy);
    Ok(Answer {
        said: said(policy, language, determination),
        value: names.number(determination.value_word(policy)),
        cites: names.list(cites.into_iter().map(str::to_owned).collect()),
    })
}
