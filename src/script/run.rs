//! One run of a question: what it read, what it concluded, where.

use super::failure;
use super::language::place;
use super::{Asked, Content, Function};
use crate::diagnostic::Diagnostic;
use crate::facts::{Answer, FactId, Question};
use crate::source::LineColumn;
use rhai::{CallFnOptions, Dynamic, Engine, EvalAltResult, Position, Scope};
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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

pub(super) type Oracle = Box<dyn FnMut(Question) -> Option<Answer> + Send>;

/// The state of a run, shared by the native functions that the script calls.
pub(super) struct State {
    pub content: Arc<Content>,
    oracle: Oracle,
    reads: Vec<Read>,
    uses: Vec<Use>,
    /// The questions that are being answered, the innermost last, each with what it has concluded so far.
    asking: Vec<Asking>,
    /// Each question is answered once a run: its answer depends on nothing but the facts.
    answered: HashMap<(Asked, FactId), Conclusion>,
    /// The first fault; later ones only follow from it.
    fault: Option<Diagnostic>,
}

struct Asking {
    asked: Asked,
    seen_from: FactId,
    script: usize,
    concluded: Option<Conclusion>,
    /// Reads of numbers, dates and sets that nothing was compared with yet.
    unused: Vec<(FactId, LineColumn)>,
}

/// The state as the script engine passes it around.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<State>>);

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The facts as a script sees them.
#[derive(Clone)]
pub(super) struct FactsView {
    pub shared: Shared,
    /// The fact that `facts.region` reads: `region`, or another place under `facts.from(…)`.
    pub seen_from: FactId,
}

thread_local! {
    /// When the current run must end. The engine's progress callback knows nothing of the run.
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Whether the current run has used up its time.
pub(super) fn is_out_of_time() -> bool {
    DEADLINE.get().is_some_and(|deadline| Instant::now() > deadline)
}

pub(super) fn run(engine: &Engine, content: &Arc<Content>, asked: Asked, oracle: Oracle) -> Run {
    let shared = Shared(Arc::new(Mutex::new(State {
        content: content.clone(),
        oracle,
        reads: Vec::new(),
        uses: Vec::new(),
        asking: Vec::new(),
        answered: HashMap::new(),
        fault: None,
    })));
    DEADLINE.set(Instant::now().checked_add(content.limits.time));
    let view = FactsView {
        shared: shared.clone(),
        seen_from: FactId::Region,
    };
    let outcome = match ask(engine, &view, asked) {
        Some(Answered::Concluded(conclusion)) => Outcome::Concluded(conclusion),
        Some(Answered::NotRaised) => Outcome::NotRaised,
        None => {
            let fault = shared.lock().fault.take();
            Outcome::Failed(Box::new(fault.unwrap_or_else(|| {
                Diagnostic::error("script-failed", "the script ended without a conclusion")
            })))
        }
    };
    DEADLINE.set(None);
    let mut state = shared.lock();
    Run {
        reads: std::mem::take(&mut state.reads),
        uses: std::mem::take(&mut state.uses),
        outcome,
    }
}

enum Answered {
    Concluded(Conclusion),
    NotRaised,
}

/// Answers a question by its script; `None` after a fault, which the state then holds.
fn ask(engine: &Engine, view: &FactsView, asked: Asked) -> Option<Answered> {
    let function = view.shared.lock().begin(asked, view.seen_from)?;
    let content = view.shared.lock().content.clone();
    let script = &content.scripts[function.script];
    let options = CallFnOptions::new()
        .eval_ast(false)
        .with_tag(Dynamic::from(view.shared.clone()));
    let arguments = (view.clone(),);
    let result: Result<Dynamic, Box<EvalAltResult>> =
        engine.call_fn_with_options(options, &mut Scope::new(), &script.ast, &function.name, arguments);
    let mut state = view.shared.lock();
    match result {
        Ok(value) => state.end(&function, &value),
        Err(error) => {
            let fault = || failure::run_error(&script.source, &function.name, &error);
            state.fault.get_or_insert_with(fault);
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
    let known = view.shared.lock().answered.get(&(asked, view.seen_from)).cloned();
    let conclusion = match known {
        Some(conclusion) => conclusion,
        None => match ask(engine, view, asked) {
            Some(Answered::Concluded(conclusion)) => conclusion,
            _ => return Err(stop(position)),
        },
    };
    let mut state = view.shared.lock();
    state.answered.insert((asked, view.seen_from), conclusion.clone());
    let word = state.word(asked, conclusion.value);
    let site = state.site(position);
    let own = view.seen_from == FactId::Region;
    state.uses.push(Use {
        conclusion,
        own,
        site,
    });
    Ok(word)
}

/// Ends the script; the fault stands in the state.
pub(super) fn stop(position: Position) -> Box<EvalAltResult> {
    Box::new(EvalAltResult::ErrorTerminated(Dynamic::UNIT, position))
}

impl State {
    fn begin(&mut self, asked: Asked, seen_from: FactId) -> Option<Function> {
        let function = self.content.functions.get(&asked)?.clone();
        let is_same = |asking: &Asking| asking.asked == asked && asking.seen_from == seen_from;
        if self.asking.iter().any(is_same) {
            let source = self.content.scripts[function.script].source.clone();
            let span = function_name_span(&source, &function.name);
            let message = format!("the question `{}` depends on its own answer", function.name);
            self.fault.get_or_insert_with(|| {
                Diagnostic::error("circular-question", message).at(
                    &source,
                    span,
                    "asked again while it is answered",
                )
            });
            return None;
        }
        self.asking.push(Asking {
            asked,
            seen_from,
            script: function.script,
            concluded: None,
            unused: Vec::new(),
        });
        Some(function)
    }

    fn end(&mut self, function: &Function, value: &Dynamic) -> Option<Answered> {
        let asking = self.asking.pop()?;
        if self.fault.is_some() {
            return None;
        }
        let source = self.content.scripts[function.script].source.clone();
        if let Some((fact, at)) = asking.unused.first() {
            let name = fact.name();
            self.fault = Some(
                Diagnostic::error(
                    "fact-not-compared",
                    format!("`{name}` is read and not compared with anything"),
                )
                .at(&source, source.word_at(*at), "read here")
                .help(format!("compare it, as in {}", failure::example_of_use(*fact))),
            );
            return None;
        }
        match (asking.concluded, asking.asked) {
            (Some(conclusion), _) if value.is::<Concluded>() => Some(Answered::Concluded(conclusion)),
            (None, Asked::Flag(_)) if value.is_unit() => Some(Answered::NotRaised),
            (Some(conclusion), _) => {
                let span = source.word_at(conclusion.site.at);
                let message = format!("the result of `{}` is not what it concluded", function.name);
                self.fault = Some(
                    Diagnostic::error("conclusion-not-returned", message)
                        .at(&source, span, "concluded here, and then the script went on")
                        .help("put `return` before it, or make it the last thing that the function does"),
                );
                None
            }
            (None, asked) => {
                self.fault = Some(gap(&source, function, asked, value));
                None
            }
        }
    }

    /// The value of a question as scripts and results write it.
    fn word(&self, asked: Asked, value: usize) -> String {
        match asked {
            Asked::Conclusion(index) => self.content.vocabulary.conclusions()[index].values[value].clone(),
            Asked::Flag(index) => self.content.vocabulary.flags()[index].clone(),
        }
    }

    fn script(&self) -> usize {
        self.asking.last().map_or(0, |asking| asking.script)
    }

    pub(super) fn site(&self, position: Position) -> Site {
        Site {
            script: self.script(),
            at: place(position),
        }
    }

    /// The question that is being answered.
    pub(super) fn asked(&self) -> Option<Asked> {
        self.asking.last().map(|asking| asking.asked)
    }

    /// Keeps the first fault, with the word at `position` underlined, and gives the error that ends the script.
    pub(super) fn fault(&mut self, fault: Diagnostic, position: Position) -> Box<EvalAltResult> {
        let source = self.content.scripts[self.script()].source.clone();
        let span = source.word_at(place(position));
        self.fault.get_or_insert_with(|| fault.at(&source, span, "here"));
        stop(position)
    }

    /// Asks the oracle, and records the read.
    pub(super) fn read(
        &mut self,
        question: Question,
        position: Position,
    ) -> Result<Answer, Box<EvalAltResult>> {
        let Some(answer) = (self.oracle)(question) else {
            let fault = Diagnostic::error("exploration-stopped", "the bounds of the exploration are reached");
            return Err(self.fault(fault, position));
        };
        let site = self.site(position);
        if let Some(asking) = self.asking.last_mut() {
            asking.unused.retain(|(fact, _)| *fact != question.fact);
            let asked = asking.asked;
            self.reads.push(Read {
                question,
                answer,
                site,
                asked,
            });
        }
        Ok(answer)
    }

    /// Remembers that a number, a date or a set was read, which must then be compared with something.
    pub(super) fn expect_use(&mut self, fact: FactId, position: Position) {
        if let Some(asking) = self.asking.last_mut() {
            asking.unused.push((fact, place(position)));
        }
    }

    /// Records the conclusion of the question that is being answered.
    pub(super) fn conclude(
        &mut self,
        value: usize,
        cites: Vec<usize>,
        position: Position,
    ) -> Result<Concluded, Box<EvalAltResult>> {
        let site = self.site(position);
        let earlier = self.asking.last().and_then(|asking| asking.concluded.clone());
        if let Some(earlier) = earlier {
            let source = self.content.scripts[self.script()].source.clone();
            let fault = Diagnostic::error("concluded-twice", "the question is concluded twice")
                .at(&source, source.word_at(site.at), "concluded again here")
                .at(&source, source.word_at(earlier.site.at), "concluded here first")
                .help("put `return` before the first one");
            self.fault.get_or_insert(fault);
            return Err(stop(position));
        }
        if let Some(asking) = self.asking.last_mut() {
            let asked = asking.asked;
            asking.concluded = Some(Conclusion {
                asked,
                value,
                cites,
                site,
            });
        }
        Ok(Concluded)
    }
}

/// What `conclude` and `raise` give to the script, so that it can be returned.
#[derive(Clone)]
pub(super) struct Concluded;

/// A question that ended without a conclusion.
fn gap(
    source: &Arc<crate::source::Source>,
    function: &Function,
    asked: Asked,
    value: &Dynamic,
) -> Diagnostic {
    let span = function_name_span(source, &function.name);
    let name = &function.name;
    match asked {
        Asked::Flag(_) => Diagnostic::error(
            "not-a-flag",
            format!("the flag `{name}` gave something else than `raise(…)`"),
        )
        .at(source, span, "this function")
        .help("a flag function ends with `raise(…)`, or with nothing"),
        Asked::Conclusion(_) if value.is_unit() => Diagnostic::error(
            "no-conclusion",
            format!("the question `{name}` ends without a conclusion"),
        )
        .at(source, span, "no row fits these facts")
        .help("add the row that is missing: every combination of facts needs a `conclude(…)`"),
        Asked::Conclusion(_) => Diagnostic::error(
            "no-conclusion",
            format!("the question `{name}` gave a value without `conclude(…)`"),
        )
        .at(source, span, "this function")
        .help("write `conclude(\"value\", \"locator\")`, so that the value cites what it rests on"),
    }
}

/// Where a function's name stands in its definition.
pub(super) fn function_name_span(source: &crate::source::Source, name: &str) -> crate::source::Span {
    let text = source.text();
    let definition = format!("fn {name}");
    match text
        .find(&format!("{definition}("))
        .or_else(|| text.find(&definition))
    {
        Some(at) => at + 3..at + definition.len(),
        None => 0..0,
    }
}
