//! The summary of a batch for people who run it.

use super::{Cause, Summary};
use crate::language::{Language, Words, printable};

/// A word for one and a word for several.
struct Forms {
    one: Words,
    several: Words,
}

macro_rules! forms {
    ($($name:ident = $nl_one:literal, $nl:literal; $en_one:literal, $en:literal;)*) => {
        $(const $name: Forms = Forms {
            one: Words { nl: $nl_one, en: $en_one },
            several: Words { nl: $nl, en: $en },
        };)*
    };
}

forms! {
    CASES = "zaak", "zaken"; "case", "cases";
    UNDATED = "zaak zonder beslisdatum: de nieuwste versie is gebruikt", "zaken zonder beslisdatum: de nieuwste versie is gebruikt";
        "case without a decision date: the newest version was used", "cases without a decision date: the newest version was used";
    REPEATED = "zaak heeft een kenmerk dat al voorkwam", "zaken hebben een kenmerk dat al voorkwam";
        "case has a reference that occurred before", "cases have a reference that occurred before";
    CHANGED = "zaak verandert", "zaken veranderen"; "case changes", "cases change";
    NOT_COMPARABLE = "zaak kan de andere versie niet beoordelen", "zaken kan de andere versie niet beoordelen";
        "case cannot be evaluated by the other version", "cases cannot be evaluated by the other version";
    ONLY_NOW = "zaak alleen nu", "zaken alleen nu"; "case only now", "cases only now";
    ONLY_EARLIER = "zaak alleen eerder", "zaken alleen eerder"; "case only earlier", "cases only earlier";
    EARLIER_ERRORS = "eerdere uitkomst is een fout: daar is niets mee te vergelijken",
        "eerdere uitkomsten zijn fouten: daar is niets mee te vergelijken";
        "earlier result is an error: nothing can be compared with it",
        "earlier results are errors: nothing can be compared with them";
    EARLIER_REPEATED = "eerdere uitkomst heeft een kenmerk dat een andere ook heeft: de laatste telt",
        "eerdere uitkomsten hebben een kenmerk dat een andere ook heeft: de laatste telt";
        "earlier result has a reference that another has as well: the last one counts",
        "earlier results have a reference that another has as well: the last one counts";
}

macro_rules! words {
    ($($name:ident = $nl:literal, $en:literal;)*) => {
        $(const $name: Words = Words { nl: $nl, en: $en };)*
    };
}

words! {
    IN_ERROR = "met een fout", "in error";
    NOT_DETERMINED = "niet bepaald", "not determined";
    FIRST = "eerste", "first";
    AGAINST = "Vergeleken met", "Against";
    UNKNOWN_REGION = "regio niet bekend", "region not known";
    BECAME = "wordt niet meer bepaald in", "is no longer determined in";
    BY_RULES = "door de regels", "by the rules";
    BY_FACTS = "door de feiten", "by the facts";
    BY_BOTH = "door regels en feiten", "by rules and facts";
    CAUSE_NOT_KNOWN = "oorzaak niet bekend", "cause not known";
}

/// References that are named.
const NAMED: usize = 5;

/// The cause in words.
pub(super) fn cause_words(cause: Cause) -> Words {
    match cause {
        Cause::Rules => BY_RULES,
        Cause::Facts => BY_FACTS,
        Cause::RulesAndFacts => BY_BOTH,
        Cause::NotKnown => CAUSE_NOT_KNOWN,
    }
}

/// The summary for people.
pub fn summary_text(summary: &Summary<'_>, language: Language) -> String {
    let tally = summary.tally;
    let of = |words: Words| words.text(language);
    let counted = |count: u64, forms: &Forms| {
        let words = if count == 1 { forms.one } else { forms.several };
        format!("{} {}", grouped(count), words.text(language))
    };
    let named = |first: &[String]| {
        let first: Vec<&str> = first.iter().take(NAMED).map(String::as_str).collect();
        format!(" ({}: {})", of(FIRST), printable(&first.join(", ")))
    };
    let said = |value: Option<&str>| value.unwrap_or(of(NOT_DETERMINED)).to_owned();
    let mut lines = vec![counted(tally.cases, &CASES)];
    if tally.error_count() > 0 {
        let codes = tally.errors.iter();
        let codes = codes.map(|(code, count)| format!("{code} {}", grouped(*count)));
        lines[0] += &format!(
            ", {} {} ({})",
            grouped(tally.error_count()),
            of(IN_ERROR),
            codes.collect::<Vec<_>>().join(", ")
        );
    }
    for name in summary.conclusions {
        let values: Vec<String> = summary
            .values(name)
            .into_iter()
            .map(|(value, count)| format!("{} {}", said(value), grouped(count)))
            .collect();
        if !values.is_empty() {
            lines.push(format!("  {name}: {}", values.join(", ")));
        }
    }
    if tally.undated > 0 {
        lines.push(counted(tally.undated, &UNDATED));
    }
    if summary.repeated.cases > 0 {
        let repeated = counted(summary.repeated.cases, &REPEATED);
        lines.push(format!("{repeated}{}", named(&summary.repeated.first)));
    }
    let Some(against) = summary.against else {
        return lines.join("\n");
    };
    lines.push(format!(
        "{} {against}: {}",
        of(AGAINST),
        counted(tally.changed, &CHANGED)
    ));
    for ((conclusion, from, to, cause), (cases, regions)) in summary.kinds() {
        let regions: Vec<&str> = regions
            .into_iter()
            .map(|region| region.unwrap_or(of(UNKNOWN_REGION)))
            .collect();
        lines.push(format!(
            "  {conclusion}: {} -> {}, {}: {} ({})",
            said(from),
            said(to),
            of(cause_words(cause)),
            counted(cases, &CASES),
            regions.join(", ")
        ));
    }
    for (conclusion, count) in summary.became_undetermined() {
        lines.push(format!("{conclusion} {} {}", of(BECAME), counted(count, &CASES)));
    }
    let mut more = vec![
        (tally.not_comparable, &NOT_COMPARABLE, None),
        (tally.only_now, &ONLY_NOW, None),
    ];
    if let Some(earlier) = &summary.earlier {
        more.push((earlier.only_earlier, &ONLY_EARLIER, Some(earlier.first)));
        more.push((earlier.errors, &EARLIER_ERRORS, None));
        more.push((earlier.repeated, &EARLIER_REPEATED, None));
    }
    for (count, forms, first) in more {
        if count > 0 {
            let first = first.map(named).unwrap_or_default();
            lines.push(format!("{}{first}", counted(count, forms)));
        }
    }
    lines.join("\n")
}

/// A number with its thousands apart: `30 000`, with spaces that do not break.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(30_000), "30\u{a0}000");
        assert_eq!(grouped(1_234_567), "1\u{a0}234\u{a0}567");
    }
}
