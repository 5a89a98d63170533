//! What became of rule mutants, as text and JSON.

use super::Style;
use super::policy_tests::styled;
use crate::language::{Language, Words};
use crate::policy_test::{Fate, FlagState, Mutant, MutantKind, Mutants, Said, Survivor};
use anstyle::{AnsiColor, Style as Ansi};
use serde_json::{Value, json};
use std::fmt::Write;

macro_rules! words {
    ($($name:ident = $nl:literal, $en:literal;)*) => {
        $(const $name: Words = Words { nl: $nl, en: $en };)*
    };
}

words! {
    MUTANTS = "Geplante fouten", "Rule mutants";
    KILLED_BY_TESTS = "door een test opgemerkt", "killed by a test";
    KILLED_BY_CHECK = "door `check` geweigerd", "killed by `check`";
    EQUIVALENT = "gelijkwaardig: elk diagram blijft hetzelfde", "equivalent: every diagram stays the same";
    SURVIVED = "door niets opgemerkt", "survived";
    SURVIVOR = "NIET OPGEMERKT", "SURVIVED";
    SAME = "GELIJKWAARDIG", "EQUIVALENT";
    THE_RULES = "de regels", "the rules";
    THE_MUTANT = "de fout", "the mutant";
    CASE = "een zaak die ze onderscheidt", "a case that tells them apart";
    NO_CASE = "geen policy test kan ze onderscheiden", "no policy test can tell them apart";
    TO_PASTE = "Om over te nemen; haal `unconfirmed` weg als klopt wat er staat",
        "Ready to paste; take `unconfirmed` out once what it says is right";
    GONE = "(weg)", "(gone)";
    RAISED = "opgeworpen", "raised";
    NOT_RAISED = "niet opgeworpen", "not raised";
}

const TITLE: Ansi = Ansi::new().bold();
const BAD: Ansi = AnsiColor::Red.on_default().bold();
const OUT: Ansi = AnsiColor::Red.on_default();
const IN: Ansi = AnsiColor::Green.on_default();

fn kind(kind: MutantKind) -> Words {
    let words = |nl, en| Words { nl, en };
    match kind {
        MutantKind::Value => words("een andere waarde", "another value"),
        MutantKind::Citation => words("een andere vindplaats", "another citation"),
        MutantKind::CitationDropped => words("een vindplaats minder", "one citation fewer"),
        MutantKind::LabelMoved => words("een woord op een andere regel", "a label in another arm"),
        MutantKind::ArmDropped => words("een regel weg", "an arm dropped"),
        MutantKind::Word => words("een ander woord", "another word"),
        MutantKind::Comparison => words("een andere vergelijking", "another comparison"),
        MutantKind::Bound => words("een andere grens", "another bound"),
        MutantKind::AndOr => words("`&&` en `||` verwisseld", "`&&` and `||` swapped"),
        MutantKind::Negation => words("een voorwaarde omgekeerd", "a condition turned round"),
        MutantKind::Always => words("een voorwaarde die altijd geldt", "a condition that always holds"),
        MutantKind::Never => words("een voorwaarde die nooit geldt", "a condition that never holds"),
        MutantKind::PartDropped => words("een deel van een voorwaarde weg", "a part of a condition dropped"),
        MutantKind::Fact => words("een ander feit", "another fact"),
    }
}

/// The counts, each equivalent mutant, and each survivor with a case that tells it from the rules.
pub fn mutants_text(mutants: &Mutants, language: Language, style: Style) -> String {
    let mut text = format!("\n{}\n", styled(MUTANTS.text(language), TITLE, style));
    let by_test = mutants.count(|fate| matches!(fate, Fate::Killed(_)));
    let by_check = mutants.count(|fate| matches!(fate, Fate::KilledByCheck(_)));
    let equivalent = mutants.count(|fate| matches!(fate, Fate::Equivalent));
    let survived = mutants.survivors().count();
    for (count, what) in [
        (by_test, KILLED_BY_TESTS),
        (by_check, KILLED_BY_CHECK),
        (equivalent, EQUIVALENT),
        (survived, SURVIVED),
    ] {
        let line = format!("{count} {}", what.text(language));
        let is_bad = what == SURVIVED && count > 0;
        let _ = writeln!(
            text,
            "  {}",
            if is_bad { styled(&line, BAD, style) } else { line }
        );
    }
    let same = mutants
        .judged
        .iter()
        .filter(|judged| matches!(judged.fate, Fate::Equivalent));
    for judged in same {
        text.push('\n');
        changed(&mut text, SAME.text(language), &judged.mutant, language, style);
    }
    let mut tests = Vec::new();
    for (mutant, survivor) in mutants.survivors() {
        text.push('\n');
        let title = styled(SURVIVOR.text(language), BAD, style);
        changed(&mut text, &title, mutant, language, style);
        told_apart(&mut text, survivor, language);
        if let Some(test) = survivor.test.as_ref().filter(|test| !tests.contains(test)) {
            tests.push(test);
        }
    }
    if !tests.is_empty() {
        let _ = writeln!(text, "\n{}", styled(TO_PASTE.text(language), TITLE, style));
        for test in tests {
            let _ = write!(text, "\n{test}");
        }
    }
    text
}

/// The changed lines of a mutant, before and after.
fn changed(text: &mut String, title: &str, mutant: &Mutant, language: Language, style: Style) {
    let _ = writeln!(
        text,
        "{title} {}:{} {}",
        mutant.script,
        mutant.at.line,
        kind(mutant.kind).text(language)
    );
    let (before, after) = mutant.changed_lines();
    for line in before {
        let _ = writeln!(text, "  {}", styled(&format!("- {}", line.trim()), OUT, style));
    }
    if after.is_empty() {
        let _ = writeln!(text, "  + {}", GONE.text(language));
    }
    for line in after {
        let _ = writeln!(text, "  {}", styled(&format!("+ {}", line.trim()), IN, style));
    }
}

fn told_apart(text: &mut String, survivor: &Survivor, language: Language) {
    let Some(case) = &survivor.case else {
        let _ = writeln!(text, "  {}", NO_CASE.text(language));
        return;
    };
    let facts = Value::Object(case.facts.clone());
    let date = case.decision_date.map(|date| format!(", decision_date {date}"));
    let _ = writeln!(
        text,
        "  {}: {} {}{}",
        CASE.text(language),
        survivor.policy,
        crate::policy_test::in_one_line(&facts),
        date.unwrap_or_default()
    );
    for (who, said) in [(THE_RULES, &survivor.from), (THE_MUTANT, &survivor.to)] {
        let _ = writeln!(
            text,
            "    {}: {} {}",
            who.text(language),
            survivor.question,
            said_text(said, language)
        );
    }
}

fn said_text(said: &Said, language: Language) -> String {
    let value = match said.value.as_str() {
        value if value == FlagState::Raised.key() => RAISED.text(language),
        value if value == FlagState::Not.key() => NOT_RAISED.text(language),
        value => value,
    };
    match said.cites[..] {
        [] => value.to_owned(),
        _ => format!("{value} [{}]", said.cites.join(", ")),
    }
}

/// What became of the mutants, as JSON.
pub fn mutants_json(mutants: &Mutants) -> Value {
    let by_check = mutants.count(|fate| matches!(fate, Fate::KilledByCheck(_)));
    let equivalents = mutants
        .judged
        .iter()
        .filter(|judged| matches!(judged.fate, Fate::Equivalent))
        .map(|judged| mutant_json(&judged.mutant));
    let survivors = mutants.survivors().map(|(mutant, survivor)| {
        let mut of = mutant_json(mutant);
        let case = survivor.case.as_ref();
        of["policy"] = json!(survivor.policy.to_string());
        of["conclusion"] = json!(survivor.question);
        of["from"] = json!({"value": survivor.from.value, "cites": survivor.from.cites});
        of["to"] = json!({"value": survivor.to.value, "cites": survivor.to.cites});
        of["witness"] = json!(case.map(|case| &case.facts));
        of["decision_date"] = json!(
            case.and_then(|case| case.decision_date)
                .map(|date| date.to_string())
        );
        of["test"] = json!(survivor.test);
        of
    });
    json!({
        "killed": mutants.count(|fate| matches!(fate, Fate::Killed(_))) + by_check,
        "killed_by_check": by_check,
        "equivalent": mutants.count(|fate| matches!(fate, Fate::Equivalent)),
        "survived": mutants.survivors().count(),
        "survivors": survivors.collect::<Vec<_>>(),
        "equivalents": equivalents.collect::<Vec<_>>(),
    })
}

fn mutant_json(mutant: &Mutant) -> Value {
    let (before, after) = mutant.changed_lines();
    json!({
        "file": mutant.script,
        "line": mutant.at.line,
        "column": mutant.at.column,
        "mutation": kind(mutant.kind).en,
        "before": before.join("\n"),
        "after": after.join("\n"),
    })
}
