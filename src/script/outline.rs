//! What the text of a script holds: conclusions, functions, labels and comparisons, by their tokens.
//!
//! Rhai keeps only hashes of the labels of a `switch`, so they are read from the tokens.

use crate::source::LineColumn;
use rhai::Token;

/// What a label or a word is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// `facts.NAME`.
    Fact(String),
    /// `NAME(…)`.
    Question(String),
}

/// A word that is compared with a fact or a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The fact or question.
    pub subject: Subject,
    /// The word.
    pub word: String,
    /// Where the word stands.
    pub at: LineColumn,
    /// The `switch` of which it is a label, counted in the script; `None` for `==` and `!=`.
    pub switch: Option<usize>,
}

/// What the text of a script holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Where `conclude` and `raise` stand.
    pub sites: Vec<LineColumn>,
    /// The functions that are defined, with the places of their names.
    pub functions: Vec<(String, LineColumn)>,
    /// The names that are called.
    pub called: Vec<String>,
    /// The words that are compared with facts and questions.
    pub compared: Vec<Compared>,
    /// The labels of each `switch`, whatever it is about: its place in the script, the word, where.
    pub labels: Vec<(usize, String, LineColumn)>,
}

impl Outline {
    pub(super) fn of(tokens: &[(Token, LineColumn)]) -> Self {
        let mut outline = Self::default();
        let mut switches = 0;
        for (index, (token, at)) in tokens.iter().enumerate() {
            let previous = index.checked_sub(1).map(|before| &tokens[before].0);
            let next = tokens.get(index + 1).map(|(token, _)| token);
            match token {
                Token::Identifier(name) if previous == Some(&Token::Fn) => {
                    outline.functions.push((name.to_string(), *at));
                }
                Token::Identifier(name) if next == Some(&Token::LeftParen) => {
                    if matches!(name.as_str(), "conclude" | "raise") {
                        outline.sites.push(*at);
                    }
                    outline.called.push(name.to_string());
                }
                Token::EqualsTo | Token::NotEqualsTo => {
                    let (before, after) = (&tokens[..index], &tokens[index + 1..]);
                    let pair = match (subject_before(before), after.first()) {
                        (Some(subject), Some((Token::StringConstant(word), at))) => Some((subject, word, at)),
                        _ => match (before.last(), subject_after(after)) {
                            (Some((Token::StringConstant(word), at)), Some(subject)) => {
                                Some((subject, word, at))
                            }
                            _ => None,
                        },
                    };
                    if let Some((subject, word, at)) = pair {
                        outline.compared.push(Compared {
                            subject,
                            word: word.to_string(),
                            at: *at,
                            switch: None,
                        });
                    }
                }
                Token::Switch => {
                    outline.switch(switches, &tokens[index + 1..]);
                    switches += 1;
                }
                _ => {}
            }
        }
        outline
    }

    /// Reads the labels of a `switch` whose word has just been read.
    fn switch(&mut self, number: usize, tokens: &[(Token, LineColumn)]) {
        let Some(open) = tokens.iter().position(|(token, _)| *token == Token::LeftBrace) else {
            return;
        };
        let subject = subject_before(&tokens[..open]);
        let mut depth = 0usize;
        let mut is_label = true;
        for (token, at) in &tokens[open..] {
            match token {
                Token::LeftBrace | Token::LeftParen => depth += 1,
                Token::RightBrace | Token::RightParen => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return;
                    }
                    // An arm with a block needs no comma after it.
                    is_label |= depth == 1 && *token == Token::RightBrace;
                }
                Token::Comma if depth == 1 => is_label = true,
                Token::DoubleArrow if depth == 1 => is_label = false,
                Token::StringConstant(word) if depth == 1 && is_label => {
                    self.labels.push((number, word.to_string(), *at));
                    if let Some(subject) = &subject {
                        self.compared.push(Compared {
                            subject: subject.clone(),
                            word: word.to_string(),
                            at: *at,
                            switch: Some(number),
                        });
                    }
                }
                _ => {}
            }
        }
    }
}

/// `facts.NAME` or `NAME(…)` at the end of the tokens.
fn subject_before(tokens: &[(Token, LineColumn)]) -> Option<Subject> {
    let at = |back: usize| Some(&tokens.get(tokens.len().checked_sub(back)?)?.0);
    match (at(1)?, at(2)?, at(3)) {
        (Token::Identifier(name), Token::Period, Some(Token::Identifier(_))) => {
            Some(Subject::Fact(name.to_string()))
        }
        (Token::RightParen, ..) => {
            let open = tokens.iter().rposition(|(token, _)| *token == Token::LeftParen)?;
            match &tokens.get(open.checked_sub(1)?)?.0 {
                Token::Identifier(name) => Some(Subject::Question(name.to_string())),
                _ => None,
            }
        }
        _ => None,
    }
}

/// `facts.NAME` or `NAME(facts)` at the beginning of the tokens.
fn subject_after(tokens: &[(Token, LineColumn)]) -> Option<Subject> {
    let at = |index: usize| tokens.get(index).map(|(token, _)| token);
    match (at(0)?, at(1)?, at(2)?) {
        (Token::Identifier(_), Token::Period, Token::Identifier(name)) => {
            Some(Subject::Fact(name.to_string()))
        }
        (Token::Identifier(name), Token::LeftParen, _) => Some(Subject::Question(name.to_string())),
        _ => None,
    }
}
