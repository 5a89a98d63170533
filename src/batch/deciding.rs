//! Deciding the cases of one policy version, with what a batch keeps of each answer.

use super::ResultFormat;
use super::changes::NumberedGrounds;
use super::names::Names;
use super::pipeline::Batch;
use crate::diagnostic::{self, Diagnostic};
use crate::evaluate::{CaseValues, CompiledPolicy, Decider, Determination};
use crate::facts::FactId;
use crate::language::Language;
use crate::policy::PolicyVersion;
use crate::report::{CaseOfLine, LineWriter, Lines, Said, SaidTogether, SharedTexts, said};
use crate::script::Asked;
use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

/// What is kept of one determination.
#[derive(Debug, Clone)]
#[cfg_attr(
    not(feature = "columnar"),
    expect(dead_code, reason = "the rest is for results in columns")
)]
pub(super) struct Answer {
    /// What it says in a line; `None` where the results are no lines.
    said: Option<Said>,
    /// Its value by number, 0 where it is not determined.
    pub value: u32,
    /// The sentences that its value rests on, by number.
    pub cites: u32,
    /// The facts that it waits for where it is not determined, by number.
    needs: u32,
    /// Of a conclusion that is not determined the list of its possible values, by number; else [`NOTHING`].
    pub possible: u32,
    pub state: FlagState,
}

/// What is kept of what is stated of all conclusions together.
#[derive(Debug, Default)]
pub(super) struct Concluded {
    said: OnceCell<SaidTogether>,
    /// The value of each conclusion of the batch by number.
    values: OnceCell<Box<[u32]>>,
}

/// Stands for no list.
pub(super) const NOTHING: u32 = u32::MAX;

/// What is determined of a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FlagState {
    /// It is no flag, or is not raised.
    Not,
    Raised,
    Open,
}

/// What decides under one policy version.
pub(super) struct Deciding<'b> {
    pub writer: LineWriter,
    pub decider: Decider<'b, Result<Answer, Box<Diagnostic>>, Concluded, OnceCell<SaidTogether>>,
    /// The language of the reasons; `None` where the results give no reasons.
    pub language: Option<Language>,
    /// Its name and its fingerprint, by number.
    version: (u32, u32),
    /// Where each conclusion of the batch stands among those of the version.
    pub places: Vec<Option<usize>>,
}

impl<'b> Deciding<'b> {
    /// What decides for a batch under one of its policy versions, or under one that it is compared with.
    pub fn new(compiled: &'b CompiledPolicy, batch: &Batch<'_>) -> Self {
        let policy = compiled.policy();
        let names = &batch.names;
        let declared = &policy.conclusions;
        let place = |name: &String| declared.iter().position(|one| one.name == *name);
        Self {
            writer: LineWriter::new(compiled.policy().clone()),
            decider: Decider::new(compiled),
            language: (batch.format == ResultFormat::Lines).then_some(batch.language),
            version: (
                names.number(Some(&policy.id.to_string())),
                names.number(Some(&policy.fingerprint)),
            ),
            places: batch.conclusions.iter().map(place).collect(),
        }
    }

    /// Decides a case; what the other methods give is then that of the case.
    ///
    /// # Errors
    /// The facts are impossible together, or a question fails.
    pub fn decide(&mut self, values: &CaseValues, names: &Names) -> Result<(), Vec<Diagnostic>> {
        let (policy, language) = (self.writer.policy(), self.language);
        self.decider.decide(values, &mut |determined| {
            Ok(answer(policy, language, determined?, names))
        })?;
        if !self.decider.has_failed() {
            return Ok(());
        }
        let faults = self.decider.answers().filter_map(|answer| answer.as_ref().err());
        let mut faults: Vec<Diagnostic> = faults.map(|fault| (**fault).clone()).collect();
        diagnostic::sort(&mut faults);
        Err(faults)
    }

    /// The value of each conclusion of the batch by number, 0 where it is not determined or not asked.
    pub fn values(&self) -> &[u32] {
        let kept = &self.decider.kept_of_conclusions().values;
        kept.get_or_init(|| self.of_conclusions(|answer| answer.value).collect())
    }

    /// The sentences that the value of each conclusion of the batch rests on, by number.
    pub fn cites(&self) -> impl ExactSizeIterator<Item = u32> {
        self.of_conclusions(|answer| answer.cites)
    }

    /// The name and the fingerprint of the version, by number.
    pub fn version(&self) -> (u32, u32) {
        self.version
    }

    /// What the value of each conclusion of the batch rests on or waits for.
    pub fn grounds(&self) -> impl ExactSizeIterator<Item = NumberedGrounds> {
        let (policy, fingerprint) = self.version;
        let grounds = self.of_conclusions(|answer| (answer.cites, answer.needs));
        grounds.map(move |(cites, needs)| NumberedGrounds {
            policy,
            fingerprint,
            cites,
            needs,
            text: 0,
        })
    }

    /// The list of the possible values of each conclusion of the batch, and of the sentences that its value rests on, by
    /// number; [`NOTHING`] where there is none.
    pub fn lists(&self) -> impl ExactSizeIterator<Item = (u32, u32)> {
        self.of_conclusions(|answer| Some((answer.possible, answer.cites)))
            .map(|lists| lists.unwrap_or((NOTHING, NOTHING)))
    }

    /// The flags that are raised, and those that are open.
    #[cfg(feature = "columnar")]
    pub fn flags(&self) -> (Vec<&str>, Vec<&str>) {
        let policy = self.writer.policy();
        let of = |state| {
            let answers = self.decider.answers().skip(policy.conclusions.len());
            let flags = answers.zip(&policy.flags);
            let flags =
                flags.filter(move |(answer, _)| answer.as_ref().is_ok_and(|answer| answer.state == state));
            flags.map(|(_, flag)| flag.id.as_str()).collect()
        };
        (of(FlagState::Raised), of(FlagState::Open))
    }

    fn of_conclusions<'s, T: Default>(
        &'s self,
        of: impl Fn(&Answer) -> T + 's,
    ) -> impl ExactSizeIterator<Item = T> {
        self.places.iter().map(move |place| {
            let answer = place.and_then(|place| self.decider.answers().nth(place)?.as_ref().ok());
            answer.map_or_else(T::default, &of)
        })
    }

    /// Writes the line of the case, without what ends it.
    pub fn write(&self, lines: &mut Lines, case: CaseOfLine<'_>, texts: &SharedTexts) {
        let conclusions = self.writer.policy().conclusions.len();
        let said = |question| self.decider.answer_to(question)?.as_ref().ok()?.said.as_ref();
        let all =
            |questions: Range<usize>| questions.filter_map(move |question| Some((question, said(question)?)));
        let of_conclusions = self.decider.kept_of_conclusions();
        let of_conclusions = of_conclusions
            .said
            .get_or_init(|| SaidTogether::of_conclusions(all(0..conclusions), self.needs(), texts));
        let of_flags = self.decider.kept_of_flags();
        let of_flags = of_flags
            .get_or_init(|| SaidTogether::of_flags(all(conclusions..self.decider.answers().len()), texts));
        self.writer.write(lines, case, (of_conclusions, of_flags), said);
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

/// What is kept of a determination.
pub(super) fn answer(
    policy: &PolicyVersion,
    language: Option<Language>,
    determination: &Arc<Determination>,
    names: &Names,
) -> Answer {
    names.answer(determination, || {
        new_answer(policy, language, determination, names)
    })
}

fn new_answer(
    policy: &PolicyVersion,
    language: Option<Language>,
    determination: &Determination,
    names: &Names,
) -> Answer {
    let cites = determination.cites(policy);
    let is_open = determination.value().is_none();
    let (possible, state) = match determination.asked {
        Asked::Conclusion(index) if is_open => {
            let values = &policy.conclusions[index].values;
            let possible = determination
                .possible
                .iter()
                .map(|value| values[*value].value.as_str());
            (names.list(possible), FlagState::Not)
        }
        Asked::Conclusion(_) => (NOTHING, FlagState::Not),
        Asked::Flag(_) if is_open => (NOTHING, FlagState::Open),
        Asked::Flag(_) if determination.is_raised() => (NOTHING, FlagState::Raised),
        Asked::Flag(_) => (NOTHING, FlagState::Not),
    };
    let needs = match determination.value() {
        None => &determination.needs[..],
        Some(_) => &[],
    };
    Answer {
        possible,
        state,
        said: language.map(|language| said(policy, language, determination, &names.texts)),
        value: names.number(determination.value_word(policy)),
        cites: names.list(cites),
        needs: names.list(needs.iter().map(|fact| fact.name())),
    }
}
