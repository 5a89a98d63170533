//! A policy explored once, for evaluating many cases: the scripts do not run again.
//!
//! The space of every question is cut into cells once. A case lies in one cell of each fact that it states; what it
//! leaves open counts as one more cell. These cells make a number, and the number finds what is determined.

use super::branches::Branches;
use super::memo::{Found, Memo};
use super::{CaseValues, Determination, Evaluation, assemble, determination, possible_facts};
use crate::diagnostic::Diagnostic;
use crate::diagram::{Bounds, Exploration, Space, explore};
use crate::facts::{Candidates, FactId, FactKind, FactValue, Knowledge, days_of};
use crate::gazetteer::Gazetteer;
use crate::policy::PolicyVersion;
use crate::script::Asked;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A policy version with every branch of every question.
#[derive(Debug)]
pub struct CompiledPolicy {
    policy: Arc<PolicyVersion>,
    /// That nothing is known.
    nothing: Knowledge,
    thresholds: Vec<Vec<i64>>,
    questions: Vec<CompiledQuestion>,
}

#[derive(Debug)]
struct CompiledQuestion {
    asked: Asked,
    /// `None` where the question has too many branches, or too many cells to number: it is explored for each case.
    diagram: Option<Numbered>,
    determined: Memo<Determined>,
    /// The same by the branches that are left, which are the same for many numbers.
    by_branches: Found<Box<[u32]>, Determined>,
}

type Determined = Result<Arc<Determination>, Box<Diagnostic>>;

#[derive(Debug)]
struct Numbered {
    exploration: Exploration,
    /// `None` where facts can be impossible together, which ties what is left to more than the branches.
    branches: Option<Branches>,
    variables: Vec<Variable>,
    /// How many numbers there are.
    size: u64,
}

/// A fact, the word of a set, and what each code of the fact adds to the number of a question.
pub(super) type Variable = (FactId, Option<u8>, Box<[u64]>);

/// The facts of a case as small numbers, one for each fact; see [`CompiledPolicy::codes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Codes([u32; FactId::ALL.len()]);

/// The code of a set that is not known; of one that is, the code is the bits of its words.
const UNKNOWN_SET: u32 = u32::MAX;

impl CompiledPolicy {
    /// Explores every question of a policy version.
    pub fn of(policy: Arc<PolicyVersion>) -> Self {
        let nothing = policy.nothing_known();
        let explored: Vec<(Asked, Option<(Exploration, Space)>)> = policy
            .asked()
            .map(|asked| {
                let exploration = explore(&policy.program, asked, &nothing, &Bounds::default()).ok();
                let with_space = exploration.map(|exploration| {
                    let steps = exploration.paths.iter().flat_map(|path| &path.steps);
                    // What is impossible ties facts together, so these facts tell cases apart as well.
                    let impossible = policy.impossible.iter().flat_map(|one| &one.when);
                    let tied = impossible.flat_map(|condition| condition.questions.iter().copied());
                    let questions: BTreeSet<_> = steps.map(|step| step.question).chain(tied).collect();
                    let space = Space::of(&questions, &nothing, &policy.gazetteer);
                    (exploration, space)
                });
                (asked, with_space)
            })
            .collect();
        let spaces = explored
            .iter()
            .filter_map(|(_, explored)| Some(&explored.as_ref()?.1));
        let thresholds = thresholds(spaces);
        let questions = explored.into_iter().map(|(asked, explored)| {
            let numbered =
                explored.and_then(|(exploration, space)| number(exploration, &space, &thresholds, &policy));
            CompiledQuestion {
                asked,
                determined: Memo::of(numbered.as_ref().map(|numbered| numbered.size)),
                diagram: numbered,
                by_branches: Found::default(),
            }
        });
        Self {
            questions: questions.collect(),
            nothing,
            thresholds,
            policy,
        }
    }

    /// What is known of a case.
    pub(super) fn known_of(&self, case: &CaseValues) -> Knowledge {
        case.added_to(self.nothing.clone())
    }

    /// The policy version.
    pub fn policy(&self) -> &Arc<PolicyVersion> {
        &self.policy
    }

    /// The questions in the declared order: conclusions, then flags.
    pub fn asked(&self) -> impl ExactSizeIterator<Item = Asked> {
        self.questions.iter().map(|question| question.asked)
    }

    /// What is known of a case as small numbers; each number or date by the interval that it lies in.
    pub fn codes(&self, known: &Knowledge) -> Codes {
        let mut codes = [0; FactId::ALL.len()];
        for fact in FactId::ALL {
            let candidates = known.of(*fact);
            codes[*fact as usize] = match (candidates, fact.declaration().kind) {
                (Candidates::Words(words), FactKind::Choice(all)) if words.count_ones() != 1 => {
                    all.len() as u32
                }
                (Candidates::Words(words), _) => words.trailing_zeros(),
                (Candidates::Range { least, most }, _) => {
                    self.code_of_number(*fact, (least == most).then_some(*least))
                }
                (
                    Candidates::Set {
                        known: u32::MAX,
                        members,
                    },
                    _,
                ) => *members,
                (Candidates::Set { .. }, _) => UNKNOWN_SET,
                (Candidates::Places(places), _) => match places[..] {
                    [Some(place)] => place.number(),
                    [None] => self.policy.gazetteer.places().len() as u32,
                    _ => self.policy.gazetteer.places().len() as u32 + 1,
                },
            };
        }
        Codes(codes)
    }

    /// The values of a case as small numbers: as [`Self::codes`] of what is known of it.
    pub fn codes_of(&self, case: &CaseValues) -> Codes {
        let mut codes = [0; FactId::ALL.len()];
        for (fact, value) in FactId::CASE_FILE.iter().zip(&case.facts) {
            codes[*fact as usize] = self.code_of(*fact, *value);
        }
        let date = case.decision_date.map(days_of);
        codes[FactId::DecisionDate as usize] = self.code_of_number(FactId::DecisionDate, date);
        codes[FactId::VersionPickedBy as usize] = case.picked_by as u32;
        Codes(codes)
    }

    /// The value of a fact as a small number.
    #[inline]
    pub(super) fn code_of(&self, fact: FactId, value: Option<FactValue>) -> u32 {
        match value {
            Some(FactValue::Choice(index)) => index,
            Some(FactValue::Set(members)) => members,
            Some(FactValue::Number(number)) => self.code_of_number(fact, Some(number.into())),
            Some(FactValue::Place(place)) => place.number(),
            None => self.code_of_absent(fact),
        }
    }

    pub(super) fn code_of_absent(&self, fact: FactId) -> u32 {
        let declaration = fact.declaration();
        match declaration.kind {
            FactKind::Choice(words) => words.len() as u32,
            FactKind::Set(_) => UNKNOWN_SET,
            FactKind::Place => self.policy.gazetteer.places().len() as u32 + u32::from(!declaration.optional),
            FactKind::WholeNumber { .. } | FactKind::Date => self.code_of_number(fact, None),
        }
    }

    fn code_of_number(&self, fact: FactId, number: Option<i64>) -> u32 {
        let thresholds = &self.thresholds[fact as usize];
        match number {
            Some(number) => thresholds.partition_point(|threshold| *threshold <= number) as u32,
            None => thresholds.len() as u32 + 1,
        }
    }

    /// The number of what a case says to a question: equal numbers determine the same. `None` where the question has
    /// too many branches.
    pub fn number(&self, question: usize, codes: &Codes) -> Option<u64> {
        let numbered = self.questions[question].diagram.as_ref()?;
        let mut number = 0;
        for (fact, word, adds) in &numbered.variables {
            number += adds[index(codes.0[*fact as usize], *word)];
        }
        Some(number)
    }

    /// The variables of a question; none where it has too many branches.
    pub(super) fn variables(&self, question: usize) -> &[Variable] {
        let numbered = self.questions[question].diagram.as_ref();
        numbered.map_or(&[], |numbered| &numbered.variables)
    }

    /// The bounds that any question compares a number or a date with, in order.
    pub(super) fn thresholds(&self, fact: FactId) -> &[i64] {
        &self.thresholds[fact as usize]
    }

    /// How many numbers a question has; `None` where it has too many branches.
    pub fn size(&self, question: usize) -> Option<u64> {
        Some(self.questions[question].diagram.as_ref()?.size)
    }

    /// What is determined of a question under what is known.
    ///
    /// # Errors
    /// As [`super::evaluate`].
    pub fn determine(&self, question: usize, known: &Knowledge) -> Result<Determination, Diagnostic> {
        let question = &self.questions[question];
        match &question.diagram {
            Some(numbered) => {
                let exploration = numbered.exploration.under(known, &self.policy.gazetteer);
                determination::of(&self.policy, exploration, known)
            }
            None => super::determine(&self.policy, question.asked, known),
        }
    }

    /// What is determined of a question where what is known has this number; kept, unless it has none.
    ///
    /// # Errors
    /// As [`super::evaluate`].
    pub(super) fn determined(
        &self,
        question: usize,
        number: Option<u64>,
        known: impl FnOnce() -> Knowledge,
    ) -> Determined {
        let determine = |left: Option<&[u32]>| {
            let known = known().excluding(self.policy.impossible.clone());
            let determined = match (&self.questions[question].diagram, left) {
                (Some(numbered), Some(left)) => {
                    let gazetteer = &self.policy.gazetteer;
                    let exploration = numbered.exploration.left_under(left, &known, gazetteer);
                    determination::of(&self.policy, exploration, &known)
                }
                _ => self.determine(question, &known),
            };
            determined.map(Arc::new).map_err(Box::new)
        };
        let Some(number) = number else {
            return determine(None);
        };
        let CompiledQuestion {
            diagram,
            determined,
            by_branches,
            ..
        } = &self.questions[question];
        let branches = diagram.as_ref().and_then(|numbered| numbered.branches.as_ref());
        determined.get(number, || match branches {
            Some(branches) => by_branches.get(branches.left(number), |left| determine(Some(left))),
            None => determine(None),
        })
    }

    /// Evaluates a case: the same as [`super::evaluate`] gives.
    ///
    /// # Errors
    /// As [`super::evaluate`].
    pub fn evaluate(&self, known: &Knowledge) -> Result<Evaluation, Vec<Diagnostic>> {
        let codes = self.codes(known);
        let known = &possible_facts(&self.policy, known)?;
        let mut questions = 0..self.questions.len();
        assemble(&self.policy, |_| {
            let question = questions.next().unwrap_or_default();
            let number = self.number(question, &codes);
            self.determined(question, number, || known.as_ref().clone())
                .map_err(|fault| *fault)
        })
    }
}

/// The place of a code among what it adds to a number.
pub(super) fn index(code: u32, word: Option<u8>) -> usize {
    match word {
        None => code as usize,
        Some(_) if code == UNKNOWN_SET => 2,
        Some(word) => (code >> word & 1) as usize,
    }
}

/// For each fact that is a number or a date, the bounds that any question compares it with, in order.
fn thresholds<'a>(spaces: impl Iterator<Item = &'a Space>) -> Vec<Vec<i64>> {
    let mut thresholds = vec![Vec::new(); FactId::ALL.len()];
    for variable in spaces.flat_map(Space::variables) {
        for cell in variable.cells.iter().skip(1) {
            if let Candidates::Range { least, .. } = cell {
                thresholds[variable.fact as usize].push(*least);
            }
        }
    }
    for of_fact in &mut thresholds {
        of_fact.sort_unstable();
        of_fact.dedup();
    }
    thresholds
}

/// Numbers the cells of a question; `None` when the numbers do not fit.
fn number(
    exploration: Exploration,
    space: &Space,
    thresholds: &[Vec<i64>],
    policy: &PolicyVersion,
) -> Option<Numbered> {
    let mut size = 1u64;
    let mut variables = Vec::new();
    for variable in space.variables() {
        let cell_of = |known: Candidates| {
            let found = variable
                .cells
                .iter()
                .position(|cell| cell.includes(&known, variable.word));
            found.unwrap_or(variable.cells.len()) as u64 * size
        };
        let adds = codes_of(
            variable.fact,
            variable.word,
            &thresholds[variable.fact as usize],
            &policy.gazetteer,
        );
        variables.push((
            variable.fact,
            variable.word,
            adds.into_iter().map(cell_of).collect(),
        ));
        size = size.checked_mul(variable.cells.len() as u64 + 1)?;
    }
    let is_free = policy.impossible.is_empty();
    Some(Numbered {
        branches: is_free.then(|| Branches::of(&exploration, space)).flatten(),
        exploration,
        variables,
        size,
    })
}

/// For each code of a fact, in order, what is then known of it; the last one is that nothing is.
fn codes_of(fact: FactId, word: Option<u8>, thresholds: &[i64], gazetteer: &Gazetteer) -> Vec<Candidates> {
    let unknown = Candidates::all(fact, gazetteer);
    let known: Vec<Candidates> = match (fact.declaration().kind, &unknown) {
        (FactKind::Choice(words), _) => (0..words.len())
            .map(|index| Candidates::Words(1 << index))
            .collect(),
        (FactKind::Set(_), _) => {
            let bit = 1 << word.unwrap_or_default();
            let of = |members| Candidates::Set {
                known: u32::MAX,
                members,
            };
            vec![of(0), of(bit)]
        }
        (FactKind::Place, _) => {
            let places = gazetteer
                .places()
                .map(|place| Candidates::Places([Some(place)].into()));
            places.chain([Candidates::Places([None].into())]).collect()
        }
        (_, Candidates::Range { least, .. }) => {
            let of = |number| Candidates::Range {
                least: number,
                most: number,
            };
            [*least]
                .into_iter()
                .chain(thresholds.iter().copied())
                .map(of)
                .collect()
        }
        _ => Vec::new(),
    };
    known.into_iter().chain([unknown]).collect()
}
