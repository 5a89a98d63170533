//! What was made for a new policy version, and how the versions stand.

use crate::language::{Language, Words};
use crate::new_version::{Begins, Plan};
use crate::policy::{InForce, PolicyId};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::fmt::Write;

/// How a version stands.
#[derive(Debug, Clone)]
pub struct VersionStatus {
    /// The version.
    pub id: PolicyId,
    /// When it holds; `None` where it is gone.
    pub in_force: Option<InForce>,
    /// Whether it was not there before.
    pub is_new: bool,
    /// Whether it is in force or was, and a file of it was edited.
    pub is_edited: bool,
    /// Whether it was edited in texts alone, so that it decides the same.
    pub in_texts_only: bool,
}

impl VersionStatus {
    /// Sorts by country, and then by beginning; what is gone comes last.
    pub fn sort(versions: &mut [Self]) {
        versions.sort_by_key(|version| {
            let start = version.in_force.as_ref().map_or(Date::MAX, InForce::start);
            (version.id.country.clone(), start, version.id.version.clone())
        });
    }
}

/// How a version stands on a day, given the one that takes over from it.
#[derive(Clone, Copy)]
enum Standing {
    Gone,
    ToCome,
    Holds,
    Ended,
}

impl Standing {
    fn of(version: &VersionStatus, next: Option<&VersionStatus>, today: Date) -> Self {
        let Some(in_force) = version.in_force else {
            return Self::Gone;
        };
        let begun = |in_force: &InForce| in_force.start() <= today;
        let next = next.filter(|next| next.id.country == version.id.country);
        let is_over = in_force.until.is_some_and(|until| until < today)
            || next.and_then(|next| next.in_force).as_ref().is_some_and(begun);
        match (begun(&in_force), is_over) {
            (false, _) => Self::ToCome,
            (true, true) => Self::Ended,
            (true, false) => Self::Holds,
        }
    }

    fn words(self) -> Words {
        match self {
            Self::Gone => words("is verdwenen", "is gone"),
            Self::ToCome => words("moet nog ingaan", "has yet to begin"),
            Self::Holds => words("geldt", "holds"),
            Self::Ended => words("gold", "held"),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::ToCome => "to_come",
            Self::Holds => "holds",
            Self::Ended => "ended",
        }
    }
}

const fn words(nl: &'static str, en: &'static str) -> Words {
    Words { nl, en }
}

fn standings(versions: &[VersionStatus], today: Date) -> impl Iterator<Item = (&VersionStatus, Standing)> {
    versions
        .iter()
        .enumerate()
        .map(move |(index, version)| (version, Standing::of(version, versions.get(index + 1), today)))
}

/// How the versions stand, a line for each.
pub fn policy_status_text(
    versions: &[VersionStatus],
    since: &str,
    correct: Option<&str>,
    today: Date,
    language: Language,
) -> String {
    let say = |nl, en| words(nl, en).text(language);
    let mut text = String::new();
    for (version, standing) in standings(versions, today) {
        let _ = write!(text, "{} {}", version.id, standing.words().text(language));
        if let Some(in_force) = &version.in_force {
            let _ = write!(text, ", {} {}", say("vanaf", "from"), in_force.start());
            if in_force.from.is_none() {
                let _ = write!(
                    text,
                    " ({})",
                    say("datum niet bekend, niet ouder", "date not on record, not older")
                );
            }
            if let Some(until) = in_force.until {
                let _ = write!(text, " {} {until}", say("tot en met", "until"));
            }
        }
        let change = match (version.is_new, version.is_edited) {
            (true, _) => say("nieuw sinds", "new since"),
            (false, true) if version.in_texts_only => {
                say("alleen teksten gewijzigd sinds", "only texts edited since")
            }
            (false, true) => say("GEWIJZIGD sinds", "EDITED since"),
            (false, false) if version.in_force.is_none() => say("er nog in", "still in"),
            (false, false) => {
                text.push('\n');
                continue;
            }
        };
        let _ = writeln!(text, "; {change} {since}");
    }
    if let Some(why) = correct.filter(|_| versions.iter().any(|version| version.is_edited)) {
        let _ = writeln!(text, "\n{}: {why}", say("Correctie", "Correction"));
    }
    text
}

/// How the versions stand, for programs.
pub fn policy_status_json(
    versions: &[VersionStatus],
    since: &str,
    correct: Option<&str>,
    today: Date,
) -> Value {
    let version = |(version, standing): (&VersionStatus, Standing)| {
        let date = |of: fn(&InForce) -> Option<Date>| {
            let date = version.in_force.as_ref().and_then(of);
            date.map(|date| date.to_string())
        };
        json!({
            "policy": version.id.to_string(),
            "standing": standing.word(),
            "from": date(|in_force| in_force.from),
            "not_before": date(|in_force| Some(in_force.not_before)),
            "until": date(|in_force| in_force.until),
            "new": version.is_new,
            "edited_in_force": version.is_edited,
            "edited_in_texts_only": version.in_texts_only,
        })
    };
    json!({
        "since": since,
        "correction": correct,
        "versions": standings(versions, today).map(version).collect::<Vec<_>>(),
    })
}

/// What was made, and what is to be done next.
pub fn new_version_text(plan: &Plan, language: Language) -> String {
    let say = |nl, en| words(nl, en).text(language);
    let (id, from) = (&plan.order.id, &plan.order.from);
    let start = plan.in_force.start();
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{id}: {} {from}; {}",
        say("gemaakt uit", "made from"),
        say("de regels zijn nog dezelfde", "the rules are still the same")
    );
    let _ = match plan.order.begins {
        Begins::On(date) => writeln!(text, "{} {date}", say("In werking vanaf", "In force from")),
        Begins::NotBefore(date) => writeln!(
            text,
            "{} {date}",
            say(
                "De datum van inwerkingtreding is niet bekend; niet ouder dan",
                "The date of entry into force is not on record; not older than"
            )
        ),
    };
    match (&plan.before, &plan.corrected) {
        (Some((before, was)), Some(now)) => {
            let shown = |until: Option<Date>| until.map_or("null".to_owned(), |until| until.to_string());
            let _ = writeln!(
                text,
                "{before} {}: until {} -> {}",
                say("is gecorrigeerd", "was corrected"),
                shown(was.until),
                shown(now.until)
            );
        }
        (Some((before, _)), None) => {
            let _ = writeln!(
                text,
                "{before} {} {start} {} {id}",
                say("blijft zoals het is; een zaak van", "stays as it is; a case of"),
                say("of later krijgt", "or later gets")
            );
        }
        (None, _) => {}
    }
    if let Some((after, in_force)) = &plan.after {
        let _ = writeln!(
            text,
            "{after} {} {}",
            say("neemt het over vanaf", "takes over from"),
            in_force.start()
        );
    }
    if start <= plan.order.today
        && let Some((before, _)) = &plan.before
    {
        let _ = writeln!(
            text,
            "{} {before}",
            say(
                "Deze dag is al voorbij: zaken die sindsdien zijn beslist, kregen",
                "That day has passed: cases decided since then got"
            )
        );
    }

    let _ = writeln!(text, "\n{}", say("Geschreven", "Written"));
    for path in &plan.created {
        let _ = writeln!(text, "  {}", path.display());
    }
    for name in &plan.left_out {
        let _ = writeln!(
            text,
            "  {} {from}/{name}",
            say(
                "niet overgenomen, want geen deel van de regels:",
                "not copied, for it is no part of the rules:"
            )
        );
    }
    if let Some(folder) = &plan.without_tests {
        let _ = writeln!(
            text,
            "  {} `{}`",
            say(
                "geen beleidstests: er is geen map",
                "no policy tests: there is no folder"
            ),
            folder.display()
        );
    }

    let _ = writeln!(text, "\n{}", say("Nog te doen", "To do"));
    let _ = write!(text, "1. sources.yaml: ");
    if let Some(letter) = &plan.order.letter {
        let count: usize = letter.sentences.iter().map(|count| usize::from(*count)).sum();
        let _ = write!(
            text,
            "{} {count} {} `{}`; ",
            say("lees de", "read the"),
            say("zinnen van", "sentences of"),
            letter.id
        );
    }
    let _ = writeln!(
        text,
        "{} {} {}",
        say("herzie de", "review the"),
        plan.to_review,
        say("zinnen van eerdere bronnen", "sentences of earlier sources")
    );
    let _ = writeln!(
        text,
        "2. policy.yaml: {}",
        say("titel, datums en vlaggen", "title, dates and flags")
    );
    let _ = writeln!(
        text,
        "3. {}",
        say("schrijf de regels en de tests", "write the rules and the tests")
    );
    let _ = writeln!(text, "4. gradatie diff {from} {id}");
    let _ = writeln!(text, "5. gradatie check {id}");
    text
}
