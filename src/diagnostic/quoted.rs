//! What a message repeats of a text that somebody wrote.

/// Characters that a word of a case can have and still be a word: what is longer can be a note in the wrong place, or a letter.
const LONGEST_WORD: usize = 60;

/// A text as a message says it: between marks, or its length alone when it is longer than a word.
pub fn quoted(text: &str) -> String {
    if is_short(text) {
        format!("`{text}`")
    } else {
        format!("`…` ({} characters)", text.chars().count())
    }
}

/// Whether a text is short enough to be a word.
pub(super) fn is_short(text: &str) -> bool {
    text.chars().nth(LONGEST_WORD).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_text_longer_than_a_word_its_length_is_said() {
        assert_eq!(quoted("Goa"), "`Goa`");
        assert_eq!(quoted(&"é".repeat(60)), format!("`{}`", "é".repeat(60)));
        assert_eq!(quoted(&"é".repeat(61)), "`…` (61 characters)");
    }
}
