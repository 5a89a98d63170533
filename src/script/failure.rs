//! Rhai's errors as diagnostics that an analyst understands.

use super::language::place;
use super::state::function_name_span;
use crate::diagnostic::Diagnostic;
use crate::facts::{FactId, FactKind};
use crate::source::Source;
use rhai::{EvalAltResult, ParseError, Position};
use std::sync::Arc;

/// A script that cannot be parsed.
pub(super) fn parse_error(source: &Arc<Source>, error: &ParseError) -> Diagnostic {
    let span = source.word_at(place(error.position()));
    Diagnostic::error("script-syntax", lower_first(&error.err_type().to_string())).at(source, span, "here")
}

/// A script that failed while it ran. `function` is the question that was being answered.
pub(super) fn run_error(source: &Arc<Source>, function: &str, error: &EvalAltResult) -> Diagnostic {
    let error = innermost(error);
    let position = error.position();
    let span = if position.is_none() || position == Position::NONE {
        function_name_span(source, function)
    } else {
        source.word_at(place(position))
    };
    let (code, message, help) = described(error);
    Diagnostic::error(code, message)
        .at(source, span, "here")
        .maybe_help(help)
}

fn innermost(error: &EvalAltResult) -> &EvalAltResult {
    match error {
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _) | EvalAltResult::ErrorInModule(_, inner, _) => {
            innermost(inner)
        }
        other => other,
    }
}

fn described(error: &EvalAltResult) -> (&'static str, String, Option<String>) {
    let help = |text: &str| Some(text.to_owned());
    match error {
        EvalAltResult::ErrorFunctionNotFound(call, _) => {
            let name = call.split([' ', '(']).next().unwrap_or(call);
            let is_operator = !name.starts_with(|c: char| c.is_alphabetic() || c == '_');
            if is_operator {
                let message = format!("`{name}` cannot be used on these values");
                (
                    "wrong-operation",
                    message,
                    help("numbers and dates are compared with constants, sets asked with `.has(…)`"),
                )
            } else {
                let message = format!(
                    "there is no `{name}` that takes these values: `{}`",
                    readable(call)
                );
                (
                    "unknown-function",
                    message,
                    help(
                        "call a question with the facts, as in `grade(facts)`; values stand in double quotes",
                    ),
                )
            }
        }
        EvalAltResult::ErrorTooManyOperations(_) => {
            ("script-limit", "the script takes too many steps".to_owned(), None)
        }
        EvalAltResult::ErrorStackOverflow(_) => (
            "script-limit",
            "functions call each other too deep".to_owned(),
            help("a function that calls itself never ends"),
        ),
        EvalAltResult::ErrorTerminated(..) => ("script-limit", "the script takes too long".to_owned(), None),
        EvalAltResult::ErrorMismatchDataType(wanted, found, _) => (
            "wrong-type",
            format!(
                "{} is needed here, and this is {}",
                readable(wanted),
                readable(found)
            ),
            help("a condition compares, as in `facts.civilian == \"no\"`"),
        ),
        other => {
            let mut without_place = other.to_string();
            if let Some(at) = without_place.rfind(" (line ") {
                without_place.truncate(at);
            }
            ("script-failed", lower_first(&without_place), None)
        }
    }
}

/// Rhai's names of types in words that the rule language has.
fn readable(types: &str) -> String {
    types
        .replace("&str | ImmutableString | String", "word")
        .replace("string", "word")
        .replace("bool", "a yes or no (`true`, `false`)")
        .replace("i64", "number")
}

/// A message as it begins inside a sentence.
pub(super) fn lower_first(message: &str) -> String {
    let mut characters = message.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// How a fact is used in a rule, for help texts.
pub(super) fn example_of_use(fact: FactId) -> String {
    let name = fact.name();
    match fact.declaration().kind {
        FactKind::Set(words) => format!("`facts.{name}.has(\"{}\")`", words[0].word),
        FactKind::Date => format!("`facts.{name} > \"2025-12-31\"`"),
        FactKind::WholeNumber { .. } => format!("`facts.{name} < 18`"),
        FactKind::Choice(words) => format!("`facts.{name} == \"{}\"`", words[0].word),
        FactKind::Place => format!("`facts.{name} == \"Gao\"`"),
    }
}
