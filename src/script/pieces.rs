//! The words of a script with their places, for those who change a text and not a tree: rule mutants.

use super::language::place;
use crate::source::{Source, Span};
use rhai::{Engine, Token};

/// A word of the rule language where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it is.
    pub kind: PieceKind,
    /// The bytes that it takes.
    pub span: Span,
}

/// What a word of the rule language is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PieceKind {
    /// A text in quotes, without them.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A name.
    Name(String),
    /// Anything else: operators, brackets and the words of the language, as written.
    Sign(&'static str),
}

impl Piece {
    /// Whether it is this operator, bracket or word of the language.
    pub fn is(&self, sign: &str) -> bool {
        matches!(self.kind, PieceKind::Sign(own) if own == sign)
    }

    /// The name that it is.
    pub fn name(&self) -> Option<&str> {
        match &self.kind {
            PieceKind::Name(name) => Some(name),
            _ => None,
        }
    }

    /// The text in quotes that it is.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            PieceKind::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The words of a script that compiles, without comments.
pub(super) fn pieces(engine: &Engine, source: &Source) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (token, position) in engine.lex(&[source.text()]).0 {
        let span = source.word_at(place(position));
        let kind = match token {
            Token::EOF | Token::LexError(_) => break,
            Token::Comment(_) => continue,
            Token::StringConstant(text) => PieceKind::Text(text.to_string()),
            Token::IntegerConstant(number) => PieceKind::Number(number),
            Token::Identifier(name) => PieceKind::Name(name.to_string()),
            sign => {
                let text = sign.literal_syntax();
                let span = span.start..span.start + text.len();
                pieces.push(Piece {
                    kind: PieceKind::Sign(text),
                    span,
                });
                continue;
            }
        };
        pieces.push(Piece { kind, span });
    }
    pieces
}
