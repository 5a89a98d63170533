//! `gradatie ask`: an interview on the terminal, or through a pipe.

use super::arguments::Common;
use super::{Ended, output, rules};
use crate::diagnostic::Diagnostic;
use crate::facts::FactKind;
use crate::files::write_new;
use crate::interview::{Answer, Interview, Step, case_file, read_answer};
use crate::language::{Language, Words};
use crate::policy::{Policies, PolicyVersion};
use crate::report::proposal;
use clap::Args;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

const HELP: Words = Words {
    nl: "Antwoord met een woord of een nummer. ? legt uit, s slaat over, b gaat terug, q stopt en bewaart.",
    en: "Answer with a word or a number. ? explains, s skips, b goes back, q stops and keeps what is known.",
};
const DONE: Words = Words {
    nl: "Er is niets meer te vragen dat nog iets kan veranderen.",
    en: "Nothing is left to ask that can still change anything.",
};
const NOTHING_BEFORE: Words = Words {
    nl: "Dit is de eerste vraag.",
    en: "This is the first question.",
};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie ask --out case.yaml\n  \
    gradatie ask --case ML-2025-0001 --date 2025-09-15 --out case.yaml")]
pub(super) struct Ask {
    /// The reference of the case.
    #[arg(long, value_name = "REFERENCE", default_value = "new-case")]
    pub case: String,
    /// The moment of decision, as YYYY-MM-DD; it picks the policy version.
    #[arg(long, value_name = "DATE")]
    pub date: Option<jiff::civil::Date>,
    /// The policy version, as `country/version` or as its folder; else the date picks it.
    #[arg(long, value_name = "ID")]
    pub policy: Option<String>,
    /// The case file to write; else it goes to standard output.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

pub(super) fn run(common: &Common, command: &Ask) -> Ended {
    match interview(common, command) {
        Ok(text) => match &command.out {
            None => output::finished(&text, Ended::Done),
            Some(path) => written(path, &text),
        },
        Err(faults) => {
            output::faults(&faults);
            Ended::NotDone
        }
    }
}

/// Writes a new file whole; a file that exists is never overwritten.
fn written(path: &Path, text: &str) -> Ended {
    match write_new(path, text.as_bytes()) {
        Ok(()) => {
            output::message(&format!("gradatie evaluate {}", path.display()));
            Ended::Done
        }
        Err(error) => {
            output::message(&format!("error: `{}` cannot be written: {error}", path.display()));
            // What was answered is not lost.
            output::finished(text, Ended::NotDone).max(Ended::NotDone)
        }
    }
}

fn interview(common: &Common, command: &Ask) -> Result<String, Vec<Diagnostic>> {
    if command.out.as_ref().is_some_and(|path| path.exists()) {
        let path = command.out.as_deref().unwrap_or(Path::new("")).display();
        let fault = Diagnostic::error("file-exists", format!("`{path}` exists already"));
        return Err(vec![fault.help("name another file with `--out`")]);
    }
    let mut policies = Policies::open(&rules(common)?, command.policy.as_deref())?;
    let picked = policies.pick(command.date).map_err(|fault| vec![fault])?;
    let policy = policies.version(&picked.id)?;
    let language = common.language();
    let mut interview = Interview::new(&policy, command.date, picked.by);
    let mut input = std::io::stdin().lock();
    say(&format!(
        "{}, {}\n{}",
        policy.id,
        policy.title.text(language),
        HELP.text(language)
    ));
    while let Some(step) = interview.next()? {
        show(&step, language);
        let mut line = String::new();
        // The end of the input ends the interview; what was answered is kept.
        let read = input.read_line(&mut line).unwrap_or(0);
        match line.trim() {
            _ if read == 0 => break,
            "q" | "quit" | "stop" => break,
            "?" => explain(&step, &policy, language),
            "s" | "" => interview.answer(step.fact, Answer::Skipped),
            "b" => {
                if interview.back().is_none() {
                    say(NOTHING_BEFORE.text(language));
                }
            }
            typed => match read_answer(step.fact, typed, &policy.gazetteer) {
                Ok(value) => interview.answer(step.fact, Answer::Given(value)),
                Err(fault) => output::faults(&[fault]),
            },
        }
    }
    if interview.next()?.is_none() {
        say(DONE.text(language));
    }
    say(&proposal(&policy, &interview.evaluation()?, language));
    Ok(case_file(&command.case, command.date, &interview.facts()))
}

/// The interview speaks on standard error: standard output is the case file.
fn say(text: &str) {
    output::message(text);
}

fn show(step: &Step, language: Language) {
    let declaration = step.fact.declaration();
    say(&format!(
        "\n{}\n{}",
        declaration.question.text(language),
        declaration.help.text(language)
    ));
    if !step.law.is_empty() {
        say(&format!("[{}]", step.law.join(", ")));
    }
    if let FactKind::Choice(words) | FactKind::Set(words) = declaration.kind {
        for (index, word) in words.iter().enumerate() {
            say(&format!(
                "  {}. {} ({})",
                index + 1,
                word.word,
                word.label.text(language)
            ));
        }
    }
    let _ = write!(std::io::stderr(), "{}: ", step.fact.name());
}

fn explain(step: &Step, policy: &PolicyVersion, language: Language) {
    let why = Words {
        nl: "Kan veranderen",
        en: "Can change",
    };
    let law = Words {
        nl: "Berust op",
        en: "Rests on",
    };
    say(&format!("{}: {}", why.text(language), step.changes.join(", ")));
    let entries = policy.register.by_locator();
    for locator in &step.law {
        if let Some(entry) = entries.get(locator.as_str()) {
            say(&format!(
                "{}: {} [{locator}]",
                law.text(language),
                entry.summary.text(language)
            ));
        }
    }
}
