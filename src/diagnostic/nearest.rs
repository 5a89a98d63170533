//! The known word that a person most likely meant.

use crate::language::folded;

/// The nearest of the known words, unless none is near enough to be worth a guess.
///
/// Accents and case do not count. It is only ever a question to the reader, never a replacement.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Longer input cannot be a slip of any known word, and the comparison is quadratic.
    if word.chars().count() > 64 {
        return None;
    }
    let word = folded(word);
    known
        .into_iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&word, &folded(candidate));
            (distance, candidate)
        })
        .filter(|(distance, candidate)| {
            let length = candidate.chars().count().max(word.chars().count());
            *distance <= length.div_ceil(3).min(4) && *distance < length
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `did you mean …?` for the nearest known word.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, known).map(|candidate| format!("did you mean `{candidate}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_without_accents_and_case() {
        let regions = ["Gao", "Kidal", "Ménaka"];
        assert_eq!(nearest("goa", regions), Some("Gao"));
        assert_eq!(nearest("MENAKKA", regions), Some("Ménaka"));
        assert_eq!(nearest("Rotterdam", regions), None);
        assert_eq!(nearest(&"x".repeat(100_000), regions), None);
    }
}
