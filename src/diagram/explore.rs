//! Running a script over every branch that is still open.

use crate::diagnostic::Diagnostic;
use crate::facts::{Answer, Candidates, Knowledge, Question};
use crate::gazetteer::Gazetteer;
use crate::script::{Asked, Outcome, Program, Run};
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What one exploration may at most use. Beyond it there is no result at all: a part would prove nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Runs of the script.
    pub runs: usize,
    /// Time on the wall clock.
    pub time: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            runs: 100_000,
            time: Duration::from_secs(10),
        }
    }
}

/// A question that was open, and the answer that a path assumes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Step {
    /// The question.
    pub question: Question,
    /// The assumed answer.
    pub answer: Answer,
}

/// One branch of a script: the answers it assumes, and the run under them.
#[derive(Debug, Clone)]
pub struct Path {
    /// The open questions in the order in which the script asked them.
    pub steps: Vec<Step>,
    /// The run.
    pub run: Arc<Run>,
}

/// Every branch of a question under what is known, in the order of the answers.
#[derive(Debug, Clone)]
pub struct Exploration {
    /// The question.
    pub asked: Asked,
    /// The branches; together they cover every completion of what is not known, each completion once.
    pub paths: Vec<Path>,
}

impl Exploration {
    /// The branches that are left once more is known: the same as exploring under it.
    pub fn under(&self, known: &Knowledge, gazetteer: &Gazetteer) -> Self {
        self.some_under(self.paths.iter(), known, gazetteer)
    }

    /// The same where it is known which branches are left, by their places: the others are not looked at.
    pub fn left_under(&self, left: &[u32], known: &Knowledge, gazetteer: &Gazetteer) -> Self {
        let paths = left.iter().map(|place| &self.paths[*place as usize]);
        self.some_under(paths, known, gazetteer)
    }

    fn some_under<'p>(
        &self,
        paths: impl Iterator<Item = &'p Path>,
        known: &Knowledge,
        gazetteer: &Gazetteer,
    ) -> Self {
        // The same questions stand on many paths.
        let mut answers: FxHashMap<Question, Option<Answer>> = FxHashMap::default();
        let mut settled = |step: &Step| {
            let settled = |question: &Question| known.of(question.fact).settled(question.aspect, gazetteer);
            let answer = answers.entry(step.question).or_insert_with_key(settled);
            answer.map(|answer| answer == step.answer)
        };
        let left = |path: &Path| {
            let mut steps = Vec::new();
            for step in &path.steps {
                match settled(step) {
                    Some(true) => {}
                    Some(false) => return None,
                    None => steps.push(*step),
                }
            }
            if !known.impossible().is_empty() && !is_possible(&steps, known, gazetteer) {
                return None;
            }
            Some(Path {
                steps,
                run: path.run.clone(),
            })
        };
        Self {
            asked: self.asked,
            paths: paths.filter_map(left).collect(),
        }
    }

    /// The first branch in which the script failed.
    pub fn failure(&self) -> Option<(&Path, &Diagnostic)> {
        self.paths.iter().find_map(|path| match &path.run.outcome {
            Outcome::Failed(fault) => Some((path, fault.as_ref())),
            Outcome::Concluded(_) | Outcome::NotRaised => None,
        })
    }
}

/// Reads of facts that one exploration may keep. A run has few, but a script that calls itself in twos has thousands.
const MOST_READS: usize = 5_000_000;

/// Runs the script of a question over every branch that `known` leaves open.
///
/// # Errors
/// The bounds are reached, or its runs together read facts more than five million times.
pub fn explore(
    program: &Program,
    asked: Asked,
    known: &Knowledge,
    bounds: &Bounds,
) -> Result<Exploration, Diagnostic> {
    explore_within(program, asked, known, bounds, MOST_READS)
}

fn explore_within(
    program: &Program,
    asked: Asked,
    known: &Knowledge,
    bounds: &Bounds,
    most_reads: usize,
) -> Result<Exploration, Diagnostic> {
    let mut reads = 0;
    let end = Instant::now().checked_add(bounds.time);
    let mut paths = Vec::new();
    // The branch to take at each open question; grows during a run, and counts up between runs.
    let mut choices: Vec<Choice> = Vec::new();
    loop {
        let is_out_of_time = end.is_some_and(|end| Instant::now() > end);
        if paths.len() >= bounds.runs || is_out_of_time {
            return Err(out_of_bounds(program, asked, bounds, paths.len()));
        }
        let walk = Arc::new(Mutex::new(Walk {
            known: known.clone(),
            choices,
            at: 0,
        }));
        let oracle = {
            let walk = walk.clone();
            let gazetteer = program.vocabulary().gazetteer().clone();
            move |question| {
                let mut walk = walk.lock().unwrap_or_else(PoisonError::into_inner);
                walk.answer(question, |candidates, question| {
                    candidates.split(question.aspect, &gazetteer)
                })
            }
        };
        let run = program.run(asked, oracle);
        reads += run.reads.len() + run.uses.len();
        if reads > most_reads {
            return Err(out_of_bounds(program, asked, bounds, paths.len())
                .help(format!("its runs read facts more than {most_reads} times")));
        }
        let mut walk = walk.lock().unwrap_or_else(PoisonError::into_inner);
        choices = std::mem::take(&mut walk.choices);
        // A run that failed early leaves the rest of an earlier branch behind.
        choices.truncate(walk.at);
        let steps = choices.iter().map(Choice::step).collect();
        paths.push(Path {
            steps,
            run: Arc::new(run),
        });
        while choices
            .last()
            .is_some_and(|choice| choice.index + 1 == choice.options.len())
        {
            choices.pop();
        }
        match choices.last_mut() {
            Some(choice) => choice.index += 1,
            None => return Ok(Exploration { asked, paths }),
        }
    }
}

/// Whether some completion of what is known takes these steps.
fn is_possible(steps: &[Step], known: &Knowledge, gazetteer: &Gazetteer) -> bool {
    let mut known = known.clone();
    for Step { question, answer } in steps {
        let options = known.of(question.fact).split(question.aspect, gazetteer);
        match options.into_iter().find(|(of, _)| of == answer) {
            Some((_, candidates)) => known.learn(question.fact, candidates),
            None => return false,
        }
    }
    known.is_possible()
}

fn out_of_bounds(program: &Program, asked: Asked, bounds: &Bounds, runs: usize) -> Diagnostic {
    let vocabulary = program.vocabulary();
    let name = match asked {
        Asked::Conclusion(index) => &vocabulary.conclusions()[index].name,
        Asked::Flag(index) => &vocabulary.flags()[index],
    };
    let seconds = bounds.time.as_secs_f32();
    Diagnostic::error(
        "exploration-too-large",
        format!("`{name}` has too many branches: stopped after {runs} runs, with at most {} runs or {seconds} seconds", bounds.runs),
    )
    .help("nothing is concluded from a part; split the question, or let it read fewer facts")
}

/// An open question on the way, with the branches that it has there.
struct Choice {
    question: Question,
    options: Vec<(Answer, Candidates)>,
    index: usize,
}

impl Choice {
    fn step(&self) -> Step {
        Step {
            question: self.question,
            answer: self.options[self.index].0,
        }
    }
}

/// One run's way through the open questions.
struct Walk {
    known: Knowledge,
    choices: Vec<Choice>,
    at: usize,
}

impl Walk {
    fn answer(
        &mut self,
        question: Question,
        split: impl Fn(&Candidates, Question) -> Vec<(Answer, Candidates)>,
    ) -> Option<Answer> {
        // The way to here is that of the run before: its branches are known, and of ten thousand places they are many.
        let next = self.choices.get(self.at);
        if next.is_none_or(|choice| choice.question != question) {
            let mut options = self.options(question, split);
            if options.len() < 2 {
                let (answer, candidates) = options.pop()?;
                self.known.learn(question.fact, candidates);
                return Some(answer);
            }
            self.choices.truncate(self.at);
            self.choices.push(Choice {
                question,
                options,
                index: 0,
            });
        }
        let choice = &self.choices[self.at];
        self.at += 1;
        let (answer, candidates) = &choice.options[choice.index];
        self.known.learn(question.fact, candidates.clone());
        Some(*answer)
    }

    /// The answers that are possible here, each with what is left of the fact under it.
    fn options(
        &self,
        question: Question,
        split: impl Fn(&Candidates, Question) -> Vec<(Answer, Candidates)>,
    ) -> Vec<(Answer, Candidates)> {
        let mut options = split(self.known.of(question.fact), question);
        if options.len() > 1 && !self.known.impossible().is_empty() {
            let mut known = self.known.clone();
            options.retain(|(_, candidates)| {
                known.learn(question.fact, candidates.clone());
                known.is_possible()
            });
        }
        options
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Aspect, FactId};
    use crate::policy::{Policies, RulesTree};

    #[test]
    fn a_question_is_settled_when_it_has_one_answer_left() {
        let policy = Policies::named(&RulesTree::embedded(), "mali/2025").unwrap();
        let gazetteer = &policy.gazetteer;
        let aspects = [
            Aspect::Word,
            Aspect::Recorded,
            Aspect::Region,
            Aspect::Cercle,
            Aspect::LaterRegion,
            Aspect::AtLeast(18),
            Aspect::Has(1),
        ];
        for fact in FactId::ALL {
            let all = Candidates::all(*fact, gazetteer);
            let narrower = aspects.iter().flat_map(|aspect| all.split(*aspect, gazetteer));
            let narrower: Vec<Candidates> = narrower.map(|(_, rest)| rest).collect();
            for (candidates, aspect) in narrower
                .iter()
                .chain([&all])
                .flat_map(|c| aspects.map(|a| (c, a)))
            {
                let expected = match candidates.split(aspect, gazetteer)[..] {
                    [(answer, _)] => Some(answer),
                    _ => None,
                };
                assert_eq!(
                    candidates.settled(aspect, gazetteer),
                    expected,
                    "{fact:?} {aspect:?}"
                );
            }
        }
    }

    #[test]
    fn a_branch_that_was_remembered_is_what_the_scripts_do_when_they_run() {
        let mut policies = Policies::open(&RulesTree::embedded(), None).unwrap();
        for id in RulesTree::embedded().ids() {
            let policy = policies.version(&id).unwrap();
            for asked in policy.asked() {
                let explored = explore(
                    &policy.program,
                    asked,
                    &policy.nothing_known(),
                    &Bounds::default(),
                );
                for path in explored.unwrap().paths {
                    let answers = path.run.reads.iter().map(|read| (read.question, read.answer));
                    let answers: FxHashMap<Question, Answer> = answers.collect();
                    let answered = move |question| answers.get(&question).copied();
                    policy.program.forget();
                    assert_eq!(policy.program.run(asked, answered), *path.run);
                }
            }
        }
    }

    #[test]
    fn an_exploration_that_reads_too_much_gives_nothing_and_says_so() {
        let policy = Policies::named(&RulesTree::embedded(), "mali/2025").unwrap();
        let nothing = policy.nothing_known();
        let asked = policy.asked().next().unwrap();
        let explored =
            |most_reads| explore_within(&policy.program, asked, &nothing, &Bounds::default(), most_reads);
        let whole = explored(usize::MAX).unwrap();
        let runs = whole.paths.iter().map(|path| &path.run);
        let needed = runs.map(|run| run.reads.len() + run.uses.len()).sum();
        assert_eq!(explored(needed).unwrap().paths.len(), whole.paths.len());
        let fault = explored(needed - 1).unwrap_err();
        assert_eq!(fault.code, "exploration-too-large");
        assert!(
            fault
                .help
                .iter()
                .any(|help| help.contains("read facts more than"))
        );
    }
}
