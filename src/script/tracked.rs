//! What scripts get when they read facts: words as plain strings, numbers, dates and sets as things that can only be
//! compared, so that every use is a question with a recorded answer.

use super::state::{FactsView, Shared};
use super::vocabulary::{Vocabulary, readable};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::facts::{Answer, Aspect, FactId, FactKind, Question, days_of};
use rhai::{Dynamic, Engine, EvalAltResult, ImmutableString, NativeCallContext, Position};
use std::sync::Arc;

type Result<T> = std::result::Result<T, Box<EvalAltResult>>;

/// A number or a date that a script has read and may compare.
#[derive(Clone)]
struct Ordered {
    shared: Shared,
    fact: FactId,
}

/// A set that a script has read and may ask with `has`.
#[derive(Clone)]
struct Members {
    shared: Shared,
    fact: FactId,
}

pub(super) fn register(engine: &mut Engine, vocabulary: &Vocabulary) {
    let gazetteer = vocabulary.gazetteer().clone();
    engine
        .register_type_with_name::<FactsView>("facts")
        .register_type_with_name::<Ordered>("number")
        .register_type_with_name::<Members>("set");

    engine.register_indexer_get(
        move |context: NativeCallContext<'_>,
              view: &mut FactsView,
              name: ImmutableString|
              -> Result<Dynamic> {
            // Rhai gives the place of the dot.
            let position = after_dot(context.call_position());
            let mut state = view.shared.lock();
            let Some((fact, aspect)) = readable(&name) else {
                return Err(state.fault(unknown_fact(&name), position));
            };
            let fact = if fact == FactId::Region {
                view.seen_from
            } else {
                fact
            };
            let kind = fact.declaration().kind;
            if matches!(kind, FactKind::WholeNumber { .. } | FactKind::Date) {
                state.expect_use(fact, position);
                return Ok(Dynamic::from(Ordered {
                    shared: view.shared.clone(),
                    fact,
                }));
            }
            if matches!(kind, FactKind::Set(_)) {
                state.expect_use(fact, position);
                return Ok(Dynamic::from(Members {
                    shared: view.shared.clone(),
                    fact,
                }));
            }
            let question = Question { fact, aspect };
            match state.read(question, position)? {
                Answer::NONE => Err(state.fault(not_recorded(fact), position)),
                answer => Ok(question.answer_text(answer, &gazetteer).into_owned().into()),
            }
        },
    );
    engine.register_fn(
        "recorded",
        |context: NativeCallContext<'_>, view: &mut FactsView, name: ImmutableString| -> Result<bool> {
            let position = context.call_position();
            let mut state = view.shared.lock();
            let Some(fact) = FactId::named(&name).filter(|fact| fact.declaration().optional) else {
                return Err(state.fault(not_optional(&name), position));
            };
            let question = Question {
                fact,
                aspect: Aspect::Recorded,
            };
            Ok(state.read(question, position)? == Answer::YES)
        },
    );
    engine.register_fn(
        "from",
        |context: NativeCallContext<'_>, view: &mut FactsView, name: ImmutableString| -> Result<FactsView> {
            let is_place = |fact: &FactId| fact.declaration().kind == FactKind::Place;
            match FactId::named(&name).filter(is_place) {
                Some(seen_from) => Ok(FactsView {
                    shared: view.shared.clone(),
                    seen_from,
                }),
                None => {
                    let fault = Diagnostic::error(
                        "not-a-place",
                        format!("`{name}` is not a fact that names a place"),
                    );
                    let places = FactId::ALL
                        .iter()
                        .filter(|fact| is_place(fact))
                        .map(|fact| fact.name());
                    let fault = fault.maybe_help(did_you_mean(&name, places));
                    Err(view.shared.lock().fault(fault, context.call_position()))
                }
            }
        },
    );
    engine.register_fn(
        "has",
        |context: NativeCallContext<'_>, members: &mut Members, word: ImmutableString| -> Result<bool> {
            let position = context.call_position();
            let mut state = members.shared.lock();
            let FactKind::Set(words) = members.fact.declaration().kind else {
                return Ok(false);
            };
            match words.iter().position(|known| known.word == word.as_str()) {
                Some(index) => {
                    let question = Question {
                        fact: members.fact,
                        aspect: Aspect::Has(index as u8),
                    };
                    Ok(state.read(question, position)? == Answer::YES)
                }
                None => {
                    let name = members.fact.name();
                    let fault =
                        Diagnostic::error("unknown-value", format!("`{name}` can never have `{word}`"))
                            .maybe_help(did_you_mean(&word, words.iter().map(|known| known.word)));
                    Err(state.fault(fault, position))
                }
            }
        },
    );
    register_comparisons(engine);
    register_word_comparisons(engine, Arc::new(vocabulary.clone()));
}

fn after_dot(position: Position) -> Position {
    match (position.line(), position.position()) {
        (Some(line), Some(column)) => Position::new(line as u16, (column + 1) as u16),
        _ => position,
    }
}

fn unknown_fact(name: &str) -> Diagnostic {
    let known = FactId::ALL
        .iter()
        .map(|fact| fact.name())
        .chain(["cercle", "region_2023"]);
    Diagnostic::error("unknown-fact", format!("no fact is called `{name}`"))
        .maybe_help(did_you_mean(name, known.clone()))
        .help(format!("the facts are {}", known.collect::<Vec<_>>().join(", ")))
}

fn not_recorded(fact: FactId) -> Diagnostic {
    let name = fact.name();
    Diagnostic::error(
        "fact-not-recorded",
        format!("`{name}` is read where it may not be recorded"),
    )
    .help(format!("ask first: `if facts.recorded(\"{name}\") && …`"))
}

fn not_optional(name: &str) -> Diagnostic {
    let optional = FactId::ALL
        .iter()
        .filter(|fact| fact.declaration().optional)
        .map(|fact| fact.name());
    let names = optional.collect::<Vec<_>>().join(", ");
    Diagnostic::error(
        "not-optional",
        format!("`{name}` is not a fact that a case may leave unrecorded"),
    )
    .help(format!(
        "`recorded` asks about {names}; any other fact that is absent is not known yet"
    ))
}

/// The six comparisons of a number or a date with a constant, on either side.
fn register_comparisons(engine: &mut Engine) {
    type Compare = fn(&Ordered, i64, Position) -> Result<bool>;
    let comparisons: [(&str, Compare, &str); 6] = [
        ("<", |value, bound, at| Ok(!value.at_least(bound, at)?), ">"),
        (">=", |value, bound, at| value.at_least(bound, at), "<="),
        (
            "<=",
            |value, bound, at| Ok(!value.at_least(bound.saturating_add(1), at)?),
            ">=",
        ),
        (
            ">",
            |value, bound, at| value.at_least(bound.saturating_add(1), at),
            "<",
        ),
        ("==", |value, bound, at| value.equals(bound, at), "=="),
        ("!=", |value, bound, at| Ok(!value.equals(bound, at)?), "!="),
    ];
    for (operator, compare, mirrored) in comparisons {
        engine.register_fn(
            operator,
            move |context: NativeCallContext<'_>, value: Ordered, constant: Dynamic| -> Result<bool> {
                let at = context.call_position();
                compare(&value, value.bound(&constant, at)?, at)
            },
        );
        engine.register_fn(
            mirrored,
            move |context: NativeCallContext<'_>, constant: Dynamic, value: Ordered| -> Result<bool> {
                let at = context.call_position();
                compare(&value, value.bound(&constant, at)?, at)
            },
        );
    }
}

impl Ordered {
    fn at_least(&self, bound: i64, position: Position) -> Result<bool> {
        let question = Question {
            fact: self.fact,
            aspect: Aspect::AtLeast(bound),
        };
        Ok(self.shared.lock().read(question, position)? == Answer::YES)
    }

    fn equals(&self, bound: i64, position: Position) -> Result<bool> {
        Ok(self.at_least(bound, position)? && !self.at_least(bound.saturating_add(1), position)?)
    }

    /// The constant that it is compared with: a whole number, or a date as text.
    fn bound(&self, constant: &Dynamic, position: Position) -> Result<i64> {
        let is_date = self.fact.declaration().kind == FactKind::Date;
        let bound = match (is_date, constant.as_int(), constant.as_immutable_string_ref()) {
            (false, Ok(number), _) => Some(number),
            (true, _, Ok(text)) => text.parse().ok().map(days_of),
            _ => None,
        };
        bound.ok_or_else(|| {
            let name = self.fact.name();
            let wanted = if is_date {
                "a date such as \"2025-12-31\""
            } else {
                "a whole number"
            };
            let fault = Diagnostic::error(
                "wrong-comparison",
                format!("`{name}` is compared with something else than {wanted}"),
            )
            .help(format!(
                "write it as in {}",
                super::failure::example_of_use(self.fact)
            ));
            self.shared.lock().fault(fault, position)
        })
    }
}

/// `==` and `!=` of words: two words that can never be equal are a mistake, not a "no".
fn register_word_comparisons(engine: &mut Engine, vocabulary: Arc<Vocabulary>) {
    for operator in ["==", "!="] {
        let vocabulary = vocabulary.clone();
        engine.register_fn(
            operator,
            move |context: NativeCallContext<'_>,
                  one: ImmutableString,
                  other: ImmutableString|
                  -> Result<bool> {
                if vocabulary.comparable(&one, &other) {
                    return Ok((one == other) == (operator == "=="));
                }
                let fault =
                    Diagnostic::error("never-equal", format!("`{one}` and `{other}` can never be equal"))
                        .help("compare a fact or a question with one of its own values");
                Err(fault_in(&context, fault))
            },
        );
        for_other_types(engine, operator);
    }
    for operator in ["<", "<=", ">", ">=", "+"] {
        engine.register_fn(
            operator,
            |context: NativeCallContext<'_>, _: ImmutableString, _: Dynamic| -> Result<bool> {
                Err(fault_in(&context, words_have_no_order()))
            },
        );
        engine.register_fn(
            operator,
            |context: NativeCallContext<'_>, _: ImmutableString, _: ImmutableString| -> Result<bool> {
                Err(fault_in(&context, words_have_no_order()))
            },
        );
        engine.register_fn(
            operator,
            |context: NativeCallContext<'_>, _: Dynamic, _: ImmutableString| -> Result<bool> {
                Err(fault_in(&context, words_have_no_order()))
            },
        );
    }
}

/// A word compared with a number or a yes/no: Rhai would say "not equal" and go on.
fn for_other_types(engine: &mut Engine, operator: &str) {
    let fault = || {
        Diagnostic::error(
            "never-equal",
            "a word is compared with something that is not a word",
        )
        .help("put the value in double quotes, as in `facts.civilian == \"no\"`")
    };
    engine.register_fn(
        operator,
        move |context: NativeCallContext<'_>, _: ImmutableString, _: Dynamic| -> Result<bool> {
            Err(fault_in(&context, fault()))
        },
    );
    engine.register_fn(
        operator,
        move |context: NativeCallContext<'_>, _: Dynamic, _: ImmutableString| -> Result<bool> {
            Err(fault_in(&context, fault()))
        },
    );
}

fn words_have_no_order() -> Diagnostic {
    Diagnostic::error(
        "not-in-rule-language",
        "words can only be compared with `==` and `!=`",
    )
}

/// A fault of a native function that got no facts: the state comes with the call.
pub(super) fn fault_in(context: &NativeCallContext<'_>, fault: Diagnostic) -> Box<EvalAltResult> {
    let position = context.call_position();
    match shared_of(context) {
        Some(shared) => shared.lock().fault(fault, position),
        None => super::run::stop(position),
    }
}

/// The state of the run in which a native function is called.
pub(super) fn shared_of(context: &NativeCallContext<'_>) -> Option<Shared> {
    context.tag()?.clone().try_cast::<Shared>()
}
