//! The state of a run, which the native functions share that a script calls.

use super::failure;
use super::language::place;
use super::remembered::{Answered, Asks, Questioned, Told};
use super::run::{Conclusion, Read, Site, Use, stop};
use super::{Asked, Content, Function};
use crate::diagnostic::Diagnostic;
use crate::facts::{Answer, FactId, Question};
use crate::source::LineColumn;
use rhai::{Dynamic, EvalAltResult, Position};
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    answered: FxHashMap<Questioned, Conclusion>,
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
    /// What its script asked for, and was told.
    told: Told,
}

/// The state as the script engine passes it around.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<State>>);

impl Shared {
    pub(super) fn new(state: State) -> Self {
        Self(Arc::new(Mutex::new(state)))
    }

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

impl State {
    pub(super) fn new(content: Arc<Content>, oracle: Oracle) -> Self {
        Self {
            content,
            oracle,
            reads: Vec::new(),
            uses: Vec::new(),
            asking: Vec::new(),
            answered: FxHashMap::default(),
            fault: None,
        }
    }

    /// Ends the run: everything that was read and used.
    pub(super) fn take(&mut self) -> (Vec<Read>, Vec<Use>) {
        (std::mem::take(&mut self.reads), std::mem::take(&mut self.uses))
    }

    /// Begins to answer a question; `None` where it is being answered already, which is then the fault.
    pub(super) fn begin(&mut self, function: &Function, asked: Asked, seen_from: FactId) -> Option<()> {
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
            told: Told::new(),
        });
        Some(())
    }

    /// Ends a question whose script gave a value.
    pub(super) fn end(&mut self, function: &Function, value: &Dynamic) -> Option<Answered> {
        let asking = self.asking.pop()?;
        let begin = (asking.asked, asking.seen_from);
        let told = asking.told;
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
        let answered = match (asking.concluded, asking.asked) {
            (Some(conclusion), _) if value.is::<Concluded>() => Answered::Concluded(conclusion),
            (None, Asked::Flag(_)) if value.is_unit() => Answered::NotRaised,
            (Some(conclusion), _) => {
                let span = source.word_at(conclusion.site.at);
                let message = format!("the result of `{}` is not what it concluded", function.name);
                self.fault = Some(
                    Diagnostic::error("conclusion-not-returned", message)
                        .at(&source, span, "concluded here, and then the script went on")
                        .help("put `return` before it, or make it the last thing that the function does"),
                );
                return None;
            }
            (None, asked) => {
                self.fault = Some(gap(&source, function, asked, value));
                return None;
            }
        };
        self.content.remembered.add(begin, &told, &answered);
        Some(answered)
    }

    /// The value of a question as scripts and results write it.
    pub(super) fn word(&self, asked: Asked, value: usize) -> String {
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

    /// The first fault of the run, or what `otherwise` says.
    pub(super) fn keep_fault(&mut self, otherwise: impl FnOnce() -> Diagnostic) {
        self.fault.get_or_insert_with(otherwise);
    }

    pub(super) fn take_fault(&mut self) -> Option<Diagnostic> {
        self.fault.take()
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
            asking.told.push((Asks::Read(question, site), answer.0));
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

    /// How another question was answered earlier in the run, or is when it goes no way that is new.
    pub(super) fn answered(&mut self, question: Questioned) -> Option<Conclusion> {
        if let Some(conclusion) = self.answered.get(&question) {
            return Some(conclusion.clone());
        }
        let asking = self.asking.iter().map(|asking| (asking.asked, asking.seen_from));
        let (asking, answered) = (asking.collect(), self.answered.clone());
        let remembered = &self.content.remembered;
        let (answer, again) = remembered.answer(question, &mut self.oracle, asking, answered)?;
        let Answered::Concluded(conclusion) = answer else {
            return None;
        };
        self.reads.extend(again.reads);
        self.uses.extend(again.uses);
        self.answered = again.answered;
        Some(conclusion)
    }

    /// Records that another question was used.
    pub(super) fn add_use(&mut self, conclusion: Conclusion, seen_from: FactId, position: Position) {
        let (asked, site) = (conclusion.asked, self.site(position));
        if let Some(asking) = self.asking.last_mut() {
            let told = conclusion.value as u32;
            asking.told.push((Asks::Use(asked, seen_from, site), told));
        }
        self.answered.insert((asked, seen_from), conclusion.clone());
        self.uses.push(Use {
            conclusion,
            own: seen_from == FactId::Region,
            site,
        });
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
