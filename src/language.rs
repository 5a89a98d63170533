//! Dutch and English, and the comparison of names without accents and case.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The languages in which gradatie speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Dutch.
    Dutch,
    /// English.
    #[default]
    English,
}

impl Language {
    /// The language of a locale name such as `nl_NL.UTF-8`: Dutch for `nl`, else English.
    pub fn of_locale(locale: &str) -> Self {
        let language = locale.split(['_', '.', '@', '-']).next();
        match language.map(str::to_ascii_lowercase).as_deref() {
            Some("nl") => Self::Dutch,
            _ => Self::English,
        }
    }
}

/// One text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// Dutch.
    pub nl: String,
    /// English.
    pub en: String,
}

impl Bilingual {
    /// The text in a language.
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::Dutch => &self.nl,
            Language::English => &self.en,
        }
    }
}

/// A text in both languages that is fixed in the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// Dutch.
    pub nl: &'static str,
    /// English.
    pub en: &'static str,
}

impl Words {
    /// The text in a language.
    pub const fn text(&self, language: Language) -> &'static str {
        match language {
            Language::Dutch => self.nl,
            Language::English => self.en,
        }
    }
}

/// A name without accents, case and outer blanks: the form in which names are compared.
pub fn folded(name: &str) -> String {
    name.trim()
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether a character is not seen and changes how others are: it controls a terminal or the direction of writing. A tab
/// and the end of a line are not such.
pub fn is_hidden(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        '\u{2028}' | '\u{2029}' | '\u{feff}' => true,
        c => c.is_control(),
    }
}

/// A text of a user as it can be shown: what is hidden in it must not steer the reader's terminal.
pub fn printable(text: &str) -> String {
    let shown = |c| match c {
        '\t' => ' ',
        '\r' => '�',
        c if is_hidden(c) => '�',
        c => c,
    };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_accents_and_case() {
        assert_eq!(folded(" SÉGOU "), "segou");
        assert_eq!(folded("Dioïla"), folded("dioila"));
        assert_ne!(folded("Kita"), folded("Kati"));
    }

    #[test]
    fn a_dutch_locale_gives_dutch_and_any_other_english() {
        assert_eq!(Language::of_locale("nl_NL.UTF-8"), Language::Dutch);
        assert_eq!(Language::of_locale("nl"), Language::Dutch);
        assert_eq!(Language::of_locale("C.UTF-8"), Language::English);
        assert_eq!(Language::of_locale("nlx"), Language::English);
    }
}
