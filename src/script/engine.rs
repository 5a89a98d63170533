//! The sandbox: a bare Rhai engine that knows the words of the policy and nothing else.

use super::Asked;
use super::run::{self, Limits};
use super::state::{Concluded, FactsView};
use super::tracked::{self, fault_in, shared_of};
use super::vocabulary::Vocabulary;
use crate::diagnostic::{Diagnostic, did_you_mean};
use rhai::{Engine, EvalAltResult, ImmutableString, NativeCallContext};

type Result<T> = std::result::Result<T, Box<EvalAltResult>>;

/// Locators that one conclusion can cite.
const MOST_CITES: usize = 6;

pub(super) fn sandbox(vocabulary: &Vocabulary, limits: &Limits) -> Engine {
    let mut engine = Engine::new_raw();
    // Comparisons of words must come to our own functions, not to the built-in ones.
    engine.set_fast_operators(false);
    engine.set_strict_variables(true);
    engine.set_max_operations(limits.operations);
    engine.set_max_call_levels(limits.call_depth);
    engine.set_max_expr_depths(48, 48);
    engine.set_max_string_size(256);
    engine.set_max_variables(super::language::NAMES);
    engine.set_max_functions(super::language::FUNCTIONS);
    engine.on_progress(|operations| {
        (operations % 256 == 0 && run::is_out_of_time()).then(|| "the time is used up".into())
    });
    // Words that would reach outside, hide a failure or repeat without end. The token check says so first, with help.
    for word in [
        "eval",
        "Fn",
        "call",
        "curry",
        "is_shared",
        "is_def_var",
        "is_def_fn",
        "type_of",
        "print",
        "debug",
        "this",
        "while",
        "loop",
        "do",
        "for",
        "try",
        "catch",
        "throw",
    ] {
        engine.disable_symbol(word);
    }
    engine.register_fn("!", |value: bool| !value);
    engine.register_type_with_name::<Concluded>("conclusion");
    tracked::register(&mut engine, vocabulary);
    register_questions(&mut engine, vocabulary);
    register_conclude(&mut engine);
    engine
}

/// A question can be used in another script as a function of the facts.
fn register_questions(engine: &mut Engine, vocabulary: &Vocabulary) {
    for (index, conclusion) in vocabulary.conclusions().iter().enumerate() {
        let asked = Asked::Conclusion(index);
        engine.register_fn(
            conclusion.name.as_str(),
            move |context: NativeCallContext<'_>, view: FactsView| -> Result<ImmutableString> {
                let value = run::use_question(context.engine(), &view, asked, context.call_position())?;
                Ok(value.into())
            },
        );
    }
}

/// `conclude(value, locator, …)` and `raise(locator, …)`, with any number of locators up to [`MOST_CITES`].
fn register_conclude(engine: &mut Engine) {
    macro_rules! register {
        ($($cite:ident)*) => {
            engine.register_fn(
                "conclude",
                |context: NativeCallContext<'_>, value: ImmutableString $(, $cite: ImmutableString)*| -> Result<Concluded> {
                    conclude(&context, &value, &[$($cite),*])
                },
            );
            engine.register_fn(
                "raise",
                |context: NativeCallContext<'_> $(, $cite: ImmutableString)*| -> Result<Concluded> {
                    raise(&context, &[$($cite),*])
                },
            );
        };
    }
    register!();
    register!(a);
    register!(a b);
    register!(a b c);
    register!(a b c d);
    register!(a b c d e);
    register!(a b c d e f);
}

fn conclude(context: &NativeCallContext<'_>, value: &str, cites: &[ImmutableString]) -> Result<Concluded> {
    let cites = cited(context, cites)?;
    let asked = shared_of(context).and_then(|shared| shared.lock().asked());
    let (Some(shared), Some(Asked::Conclusion(index))) = (shared_of(context), asked) else {
        let fault = Diagnostic::error("conclude-in-flag", "a flag is raised, not concluded");
        return Err(fault_in(context, fault.help("write `raise(\"locator\")`")));
    };
    let content = shared.lock().content.clone();
    let question = &content.vocabulary.conclusions()[index];
    let Some(place) = question.values.iter().position(|known| known == value) else {
        let message = format!("`{value}` is not a value of `{}`", question.name);
        let fault = Diagnostic::error("undeclared-value", message)
            .maybe_help(did_you_mean(value, question.values.iter().map(String::as_str)))
            .help(format!("the values are {}", question.values.join(", ")));
        return Err(fault_in(context, fault));
    };
    shared.lock().conclude(place, cites, context.call_position())
}

fn raise(context: &NativeCallContext<'_>, cites: &[ImmutableString]) -> Result<Concluded> {
    let cites = cited(context, cites)?;
    match shared_of(context) {
        Some(shared) if matches!(shared.lock().asked(), Some(Asked::Flag(_))) => {
            shared.lock().conclude(0, cites, context.call_position())
        }
        _ => {
            let fault = Diagnostic::error("raise-in-question", "only a flag can be raised");
            Err(fault_in(
                context,
                fault.help("write `conclude(\"value\", \"locator\")`"),
            ))
        }
    }
}

/// The places of the locators in the register.
fn cited(context: &NativeCallContext<'_>, cites: &[ImmutableString]) -> Result<Vec<usize>> {
    let content = shared_of(context).map(|shared| shared.lock().content.clone());
    let Some(content) = content else {
        return Err(run::stop(context.call_position()));
    };
    if cites.is_empty() {
        let fault = Diagnostic::error("no-citation", "nothing is cited").help(format!(
            "name the sentences it rests on, up to {MOST_CITES}, as in `\"besluit:4.4\"`"
        ));
        return Err(fault_in(context, fault));
    }
    let place = |locator: &ImmutableString| {
        content.vocabulary.locator(locator).ok_or_else(|| {
            let fault = Diagnostic::error(
                "unknown-locator",
                format!("the source register has no locator `{locator}`"),
            );
            fault_in(context, fault)
        })
    };
    cites.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rhai::Dynamic;

    #[test]
    fn the_sandbox_knows_nothing_that_reaches_outside() {
        let vocabulary = Vocabulary::new(Vec::new(), Vec::new(), Vec::new(), Default::default());
        let engine = sandbox(&vocabulary, &Limits::default());
        for script in [
            "import \"x\" as x",
            "eval(\"1\")",
            "print(\"x\")",
            "timestamp()",
            "sleep(1)",
            "rand()",
            "exit()",
            "parse_json(\"{}\")",
            "open_file(\"x\")",
            "\"x\".pad(100, \"y\")",
            "[1, 2].len()",
            "loop {}",
        ] {
            assert!(engine.eval::<Dynamic>(script).is_err(), "{script}");
        }
    }
}
