//! The rule language: the part of Rhai that rules need, checked token by token before anything is parsed.
//!
//! Rules have no loops, closures, assignments to fields or strings put together: what is left ends by itself, can be
//! explored completely, and reads like the table it is.

use super::failure::lower_first;
use super::outline::Outline;
use super::vocabulary::Vocabulary;
use crate::diagnostic::{Diagnostic, check_visible, did_you_mean};
use crate::facts::FactId;
use crate::source::{LineColumn, Source};
use rhai::{Engine, Position, Token};
use std::sync::Arc;

/// A script may have this many bytes.
const SCRIPT_BYTES: usize = 1 << 18;
/// A script may have this many lines.
const SCRIPT_LINES: usize = 10_000;
/// A line may have this many bytes.
const LINE_BYTES: usize = 1_000;
/// Brackets may be nested this deep: the parser recurses.
const NESTING: usize = 32;
/// A script may define this many functions.
pub(super) const FUNCTIONS: usize = 512;
/// A function may take this many values, and give this many names: the parser looks at each for every other.
pub(super) const NAMES: usize = 64;
/// Faults of one script that are said: each has its place, which takes time to find.
const MOST_FAULTS: usize = 50;

/// Checks that a script uses only the rule language and known words.
///
/// `own` are the questions that this script answers: no other question or built-in word may be defined in it. Gives what
/// the text holds, which is whole only when there are no faults.
pub(super) fn check(
    engine: &Engine,
    source: &Arc<Source>,
    vocabulary: &Vocabulary,
    own: &[&str],
    faults: &mut Vec<Diagnostic>,
) -> Outline {
    let mut tokens = Vec::new();
    if let Some(fault) = too_large(source).or_else(|| check_visible(source).err()) {
        faults.push(fault);
        return Outline::default();
    }
    let before = faults.len();
    let mut names = Names::default();
    let mut depth = 0usize;
    let mut previous: Option<Token> = None;
    let mut defined: Vec<String> = Vec::new();
    for (token, position) in engine.lex(&[source.text()]).0 {
        let at = place(position);
        let span = || source.word_at(at);
        match &token {
            Token::EOF => break,
            Token::LexError(error) => {
                // What a missing quote makes of the words of its line is no help.
                let is_of_line =
                    |fault: &Diagnostic| fault.place().is_some_and(|(_, other)| other.line == at.line);
                faults.retain(|fault| !is_of_line(fault));
                let fault = Diagnostic::error("script-syntax", lower_first(&error.to_string()));
                let help = "a quote or a bracket is missing in this line, or stands too much";
                faults.push(fault.at(source, span(), "here").help(help));
                return Outline::default();
            }
            Token::LeftBrace | Token::LeftParen => {
                depth += 1;
                if depth > NESTING {
                    let fault = format!("brackets nested more than {NESTING} deep");
                    faults.push(Diagnostic::error("script-too-deep", fault).at(source, span(), "here"));
                    return Outline::default();
                }
            }
            Token::RightBrace | Token::RightParen => depth = depth.saturating_sub(1),
            Token::StringConstant(word) => {
                if let Some(fault) = unknown_word(word, vocabulary) {
                    faults.push(fault.at(source, span(), "here"));
                }
            }
            Token::Identifier(name) if previous == Some(Token::Fn) => {
                if let Some(fault) = misplaced_definition(name, vocabulary, own, &defined) {
                    faults.push(fault.at(source, span(), "defined here"));
                }
                defined.push(name.to_string());
            }
            _ => {}
        }
        if let Some(message) = names.too_many(&token, previous.as_ref(), depth) {
            faults.push(
                Diagnostic::error("script-too-large", message)
                    .at(source, span(), "here")
                    .help("put questions into files of their own"),
            );
            return Outline::default();
        }
        if let Some(what) = not_of_the_language(&token, previous.as_ref()) {
            let fault = Diagnostic::error(
                "not-in-rule-language",
                format!("{what} not part of the rule language"),
            );
            faults.push(fault.at(source, span(), "here").help(
                "rules use `if`, `else`, `switch`, `return`, comparisons, `&&`, `||`, `!`, `let` and calls of questions",
            ));
        }
        if faults.len() >= before + MOST_FAULTS {
            return Outline::default();
        }
        previous = Some(token.clone());
        tokens.push((token, at));
    }
    Outline::of(&tokens)
}

/// What a script defines, counted.
#[derive(Default)]
struct Names {
    functions: usize,
    /// Parameters and variables of the function at hand.
    own: usize,
    /// The list of the parameters is open.
    are_parameters: bool,
}

impl Names {
    /// What there is too much of once this token is counted.
    fn too_many(&mut self, token: &Token, previous: Option<&Token>, depth: usize) -> Option<String> {
        match token {
            Token::Fn => {
                self.functions += 1;
                self.own = 0;
                self.are_parameters = true;
            }
            Token::LeftBrace => self.are_parameters = false,
            Token::RightParen if depth == 0 => self.are_parameters = false,
            Token::Identifier(_) if self.are_parameters && previous != Some(&Token::Fn) => self.own += 1,
            Token::Let | Token::Const => self.own += 1,
            _ => {}
        }
        if self.functions > FUNCTIONS {
            Some(format!("a script defines more than {FUNCTIONS} functions"))
        } else if self.own > NAMES {
            Some(format!("a function takes or defines more than {NAMES} names"))
        } else {
            None
        }
    }
}

fn too_large(source: &Arc<Source>) -> Option<Diagnostic> {
    let text = source.text();
    let longest = text.lines().map(str::len).max().unwrap_or_default();
    let message = if text.len() > SCRIPT_BYTES {
        format!(
            "a script of {} bytes, and at most {SCRIPT_BYTES} are allowed",
            text.len()
        )
    } else if text.lines().count() > SCRIPT_LINES {
        format!(
            "a script of {} lines, and at most {SCRIPT_LINES} are allowed",
            text.lines().count()
        )
    } else if longest > LINE_BYTES {
        format!("a line of {longest} bytes, and at most {LINE_BYTES} are allowed")
    } else {
        return None;
    };
    let fault = Diagnostic::error("script-too-large", message).at(source, 0..0, "in this file");
    Some(fault.help("put questions into files of their own"))
}

/// A line and column from 1; Rhai counts the column of a line's start as 0.
pub(super) fn place(position: Position) -> LineColumn {
    LineColumn {
        line: position.line().unwrap_or(1),
        column: position.position().unwrap_or(1).max(1),
    }
}

fn unknown_word(word: &str, vocabulary: &Vocabulary) -> Option<Diagnostic> {
    let is_locator = vocabulary.locator(word).is_some();
    if is_locator
        || vocabulary.is_value(word)
        || FactId::named(word).is_some()
        || word.parse::<jiff::civil::Date>().is_ok()
    {
        return None;
    }
    let locators = || vocabulary.locators().iter().map(String::as_str);
    // Only locators have a colon.
    if word.contains(':') {
        let message = format!("the source register has no locator `{word}`");
        let fault = Diagnostic::error("unknown-locator", message).maybe_help(did_you_mean(word, locators()));
        return Some(fault.help("every locator that a rule cites stands in `sources.yaml` or `law.yaml`"));
    }
    let facts = FactId::ALL.iter().map(|fact| fact.name());
    let mut known: Vec<&str> = vocabulary.values().chain(facts).collect();
    known.sort_unstable();
    let fault = Diagnostic::error(
        "unknown-word",
        format!("no fact, conclusion or place has the value `{word}`"),
    );
    Some(fault.maybe_help(did_you_mean(word, known)))
}

/// The words that rules are written with; a function of the same name would hide one.
pub(super) const BUILT_IN: [&str; 4] = ["conclude", "raise", "recorded", "from"];

fn misplaced_definition(
    name: &str,
    vocabulary: &Vocabulary,
    own: &[&str],
    defined: &[String],
) -> Option<Diagnostic> {
    let code = "misplaced-function";
    if BUILT_IN.contains(&name) {
        return Some(Diagnostic::error(
            code,
            format!("`{name}` is a word of the rule language"),
        ));
    }
    if vocabulary.conclusions().iter().any(|c| c.name == name) && !own.contains(&name) {
        let message = format!("the question `{name}` is answered in another script");
        return Some(Diagnostic::error(code, message).help("give this function another name"));
    }
    if defined.iter().any(|other| other == name) {
        return Some(Diagnostic::error(
            code,
            format!("the function `{name}` is defined twice"),
        ));
    }
    None
}

/// What is wrong with a token, when it is not of the rule language.
fn not_of_the_language(token: &Token, previous: Option<&Token>) -> Option<String> {
    let plain = |text: &str| Some(format!("`{text}` is"));
    match token {
        Token::Identifier(_)
        | Token::StringConstant(_)
        | Token::IntegerConstant(_)
        | Token::LeftBrace
        | Token::RightBrace
        | Token::LeftParen
        | Token::RightParen
        | Token::Comma
        | Token::SemiColon
        | Token::Period
        | Token::DoubleArrow
        | Token::Underscore
        | Token::EqualsTo
        | Token::NotEqualsTo
        | Token::LessThan
        | Token::LessThanEqualsTo
        | Token::GreaterThan
        | Token::GreaterThanEqualsTo
        | Token::And
        | Token::Bang
        | Token::True
        | Token::False
        | Token::Let
        | Token::Const
        | Token::Equals
        | Token::If
        | Token::Else
        | Token::Switch
        | Token::Fn
        | Token::Return
        | Token::Comment(_)
        | Token::EOF
        | Token::LexError(_) => None,
        // Between two operands these are "or"; anywhere else they begin an anonymous function.
        Token::Pipe | Token::Or => match previous {
            Some(
                Token::Identifier(_)
                | Token::StringConstant(_)
                | Token::IntegerConstant(_)
                | Token::RightParen
                | Token::True
                | Token::False,
            ) => None,
            _ => Some("an anonymous function is".to_owned()),
        },
        Token::InterpolatedString(_) => Some("a text with `${…}` is".to_owned()),
        Token::CharConstant(_) => Some("a character in single quotes is".to_owned()),
        Token::Reserved(word) => plain(word),
        Token::Unit => Some("`()` is".to_owned()),
        other => plain(other.literal_syntax()),
    }
}
