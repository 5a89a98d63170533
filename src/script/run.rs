//! One run of a question: what it read, what it concluded, where.

use super::failure;
use super::remembered::Answered;
use super::state::{FactsView, Oracle, Shared, State};
use super::{Asked, Content};
use crate::diagnostic::Diagnostic;
use crate::facts::{Answer, FactId, Question};
use crate::source::LineColumn;
use rhai::{CallFnOptions, Dynamic, Engine, EvalAltResult, Position, Scope};
use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What one run of a script may at most use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Operations of the script engine.
    pub operations: u64,
    /// Calls inside each other.
    pub call_depth: usize,
    /// Time on the wall clock.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            operations: 100_000,
            call_depth: 24,
            time: Duration::from_secs(2),
        }
    }
}

/// A place in a script of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    /// The script.
    pub script: usize,
    /// The line and column.
    pub at: LineColumn,
}

/// One read of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// What was asked.
    pub question: Question,
    /// What the oracle answered.
    pub answer: Answer,
    /// Where.
    pub site: Site,
    /// The question of the policy in whose script it was read.
    pub asked: Asked,
}

/// One use of another question's conclusion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The conclusion used.
    pub conclusion: Conclusion,
    /// Whether it is the person's own, and not that of another place (`facts.from(…)`).
    pub own: bool,
    /// Where it was used.
    pub site: Site,
}

/// What a script concluded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Conclusion {
    /// The question.
    pub asked: Asked,
    /// The place of the value in the question's list; 0 for a raised flag.
    pub value: usize,
    /// The places of the cited locators in the vocabulary, in the order of citation.
    pub cites: Vec<usize>,
    /// Where it was concluded.
    pub site: Site,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// With a conclusion, or a raised flag.
    Concluded(Conclusion),
    /// A flag was not raised.
    NotRaised,
    /// Without a conclusion: the script is at fault.
    Failed(Box<Diagnostic>),
}

impl Outcome {
    /// Whether the script is at fault.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(_))
    }
}

/// One run of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Every read, in order.
    pub reads: Vec<Read>,
    /// Every other question that was used, in order.
    pub uses: Vec<Use>,
    /// How it ended.
    pub outcome: Outcome,
}

thread_local! {
    /// When the current run must end. The engine's progress callback knows nothing of the run.
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Whether the current run has used up its time.
pub(super) fn is_out_of_time() -> bool {
    DEADLINE.get().is_some_and(|deadline| Instant::now() > deadline)
}

pub(super) fn run(engine: &Engine, content: &Arc<Content>, asked: Asked, mut oracle: Oracle) -> Run {
    if let Some(run) = content.remembered.run(asked, &mut oracle) {
        return run;
    }
    let shared = Shared::new(State::new(content.clone(), oracle));
    DEADLINE.set(Instant::now().checked_add(content.limits.time));
    let view = FactsView {
        shared: shared.clone(),
        seen_from: FactId::Region,
    };
    let outcome = match ask(engine, &view, asked) {
        Some(Answered::Concluded(conclusion)) => Outcome::Concluded(conclusion),
        Some(Answered::NotRaised) => Outcome::NotRaised,
        None => {
            let fault = shared.lock().take_fault();
            Outcome::Failed(Box::new(fault.unwrap_or_else(|| {
                Diagnostic::error("script-failed", "the script ended without a conclusion")
            })))
        }
    };
    DEADLINE.set(None);
    let (reads, uses) = shared.lock().take();
    Run { reads, uses, outcome }
}

/// Answers a question by its script; `None` after a fault, which the state then holds.
fn ask(engine: &Engine, view: &FactsView, asked: Asked) -> Option<Answered> {
    let content = view.shared.lock().content.clone();
    let function = content.functions.get(&asked)?;
    view.shared.lock().begin(function, asked, view.seen_from)?;
    let script = &content.scripts[function.script];
    let options = CallFnOptions::new()
        .eval_ast(false)
        .with_tag(Dynamic::from(view.shared.clone()));
    let arguments = (view.clone(),);
    let result: Result<Dynamic, Box<EvalAltResult>> =
        engine.call_fn_with_options(options, &mut Scope::new(), &script.ast, &function.name, arguments);
    let mut state = view.shared.lock();
    match result {
        Ok(value) => state.end(function, &value),
        Err(error) => {
            state.keep_fault(|| failure::run_error(&script.source, &function.name, &error));
            None
        }
    }
}

/// Answers another question for a script, and gives the value as the script sees it.
pub(super) fn use_question(
    engine: &Engine,
    view: &FactsView,
    asked: Asked,
    position: Position,
) -> Result<String, Box<EvalAltResult>> {
    let known = view.shared.lock().answered((asked, view.seen_from));
    let conclusion = match known {
        Some(conclusion) => conclusion,
        None => match ask(engine, view, asked) {
            Some(Answered::Concluded(conclusion)) => conclusion,
            _ => return Err(stop(position)),
        },
    };
    let mut state = view.shared.lock();
    let word = state.word(asked, conclusion.value);
    state.add_use(conclusion, view.seen_from, position);
    Ok(word)
}

/// Ends the script; the fault stands in the state.
pub(super) fn stop(position: Position) -> Box<EvalAltResult> {
    Box::new(EvalAltResult::ErrorTerminated(Dynamic::UNIT, position))
}
