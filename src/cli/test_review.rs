//! `gradatie test --review`: expectations that are not met, one by one.

use super::{Ended, output};
use crate::diagnostic::Diagnostic;
use crate::files::write_whole;
use crate::language::{Language, Words};
use crate::policy_test::{Accepted, Outcome, Report, Suite};
use crate::report::{difference_lines, failure_head};
use crate::source::Source;
use std::io::{self, BufRead, Write};
use std::path::Path;
use std::sync::Arc;

macro_rules! words {
    ($($name:ident = $nl:literal, $en:literal;)*) => {
        $(const $name: Words = Words { nl: $nl, en: $en };)*
    };
}

words! {
    ASK = "[a] aanvaarden (de verwachting wordt wat eruit komt), [r] verwerpen (de regel moet anders), [s] later, [q] stoppen: ",
        "[a]ccept (the expectation becomes what comes out), [r]eject (the rule must change), [s]kip, [q]uit: ";
    NOT_UNDERSTOOD = "antwoord met a, r, s of q", "answer with a, r, s or q";
    RULES_FAIL = "de regels falen voor deze zaak: hier is niets te aanvaarden", "the rules fail for this case: there is nothing to accept";
    ACCEPTED = "aanvaard", "accepted";
    REJECTED = "verworpen: de regel moet anders", "rejected: the rule must change";
    LEFT = "voor later", "left for later";
    WRITTEN = "herschreven", "rewritten";
    NOTHING = "Alles is zoals verwacht: er is niets te bezien.", "Everything is as expected: there is nothing to review.";
}

/// Goes through the expectations that are not met, and rewrites those that are accepted.
pub(super) fn run(suite: &Suite, report: &Report, language: Language) -> Ended {
    let style = output::result_style();
    let mut accepted: Vec<Accepted> = Vec::new();
    let (mut rejected, mut left) = (0, 0);
    let mut has_quit = false;
    let mut input = io::stdin().lock();
    for result in report.failures() {
        let differences = match &result.outcome {
            Outcome::Failed(differences) => differences,
            _ => {
                output::message(&failure_head(result, language, style));
                output::message(RULES_FAIL.text(language));
                left += 1;
                continue;
            }
        };
        for difference in differences {
            if has_quit {
                left += 1;
                continue;
            }
            output::message(&format!(
                "\n{}{}",
                failure_head(result, language, style),
                difference_lines(result, difference, language, style)
            ));
            match answer(&mut input, language) {
                Answer::Accept => accepted.push(Accepted {
                    test: result.test.clone(),
                    difference: difference.clone(),
                }),
                Answer::Reject => rejected += 1,
                Answer::Skip => left += 1,
                Answer::Quit => {
                    has_quit = true;
                    left += 1;
                }
            }
        }
    }
    let mut text = String::new();
    let mut ended = if rejected + left > 0 || !report.faults.is_empty() {
        Ended::WithFindings
    } else {
        Ended::Done
    };
    if accepted.is_empty() && rejected + left == 0 && report.faults.is_empty() {
        text = format!("{}\n", NOTHING.text(language));
        return output::finished(&text, ended);
    }
    for source in sources(&accepted) {
        let own: Vec<Accepted> = accepted
            .iter()
            .filter(|one| one.test.source == source)
            .cloned()
            .collect();
        match suite.reviewed(&source, &own).and_then(|new| write(&source, &new)) {
            Ok(()) => text.push_str(&format!("{}: {}\n", WRITTEN.text(language), source.name())),
            Err(fault) => {
                output::faults(&[fault]);
                accepted.retain(|one| one.test.source != source);
                ended = Ended::NotDone;
            }
        }
    }
    text.push_str(&format!(
        "{} {}, {rejected} {}, {left} {}\n",
        accepted.len(),
        ACCEPTED.text(language),
        REJECTED.text(language),
        LEFT.text(language)
    ));
    output::finished(&text, ended)
}

enum Answer {
    Accept,
    Reject,
    Skip,
    Quit,
}

/// Asks until the answer is understood; the end of the input ends the review.
fn answer(input: &mut impl BufRead, language: Language) -> Answer {
    loop {
        let _ = write!(io::stderr(), "{}", ASK.text(language));
        let mut line = String::new();
        if input.read_line(&mut line).unwrap_or(0) == 0 {
            return Answer::Quit;
        }
        match line.trim().to_lowercase().as_str() {
            "a" | "accept" | "aanvaarden" => return Answer::Accept,
            "r" | "reject" | "verwerpen" => return Answer::Reject,
            "s" | "skip" | "later" => return Answer::Skip,
            "q" | "quit" | "stoppen" => return Answer::Quit,
            _ => output::message(NOT_UNDERSTOOD.text(language)),
        }
    }
}

/// The files of the accepted expectations, each once.
fn sources(accepted: &[Accepted]) -> Vec<Arc<Source>> {
    let mut sources: Vec<Arc<Source>> = Vec::new();
    for one in accepted {
        if !sources.contains(&one.test.source) {
            sources.push(one.test.source.clone());
        }
    }
    sources
}

/// Writes the new text in the place of the old one: whole, or not at all.
fn write(source: &Source, text: &str) -> Result<(), Diagnostic> {
    let path = Path::new(source.name());
    let shown = path.display();
    let failed = |error: &dyn std::fmt::Display| {
        Diagnostic::error("not-written", format!("`{shown}` cannot be written: {error}"))
    };
    let now = std::fs::read_to_string(path).map_err(|error| failed(&error))?;
    if now != source.text() {
        let message = format!("`{shown}` was changed while it was reviewed");
        return Err(Diagnostic::error("changed-meanwhile", message)
            .help("nothing of it is rewritten; run `gradatie test --review` again"));
    }
    write_whole(path, text.as_bytes()).map_err(|error| failed(&error))
}
