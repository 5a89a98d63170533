//! `gradatie policy`: a new version, and how the versions stand.

use super::arguments::{Common, Format};
use super::{Ended, output, rules, without_signature};
use crate::diagnostic::Diagnostic;
use crate::edited_versions::edited_versions;
use crate::new_version::{Begins, Letter, Order, plan};
use crate::policy::{PolicyId, PolicyVersion, RulesTree};
use crate::policy_test::default_folder;
use crate::report::{VersionStatus, new_version_text, policy_status_json, policy_status_text};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct PolicyCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Begin a new version from an earlier one: dates, scripts, register and policy tests. Nothing is overwritten.
    New(New),
    /// List the versions, when each holds, and which of those in force were edited. Exit code 1 when one was, without a
    /// reason.
    Status(Status),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie policy new mali/2026 --from mali/2025 --in-force 2026-03-01\n  \
    gradatie policy new mali/2026 --from mali/2025 --not-before 2026-03-01 --letter brief --sentences 4,2,6")]
struct New {
    /// The name of the new version, as `country/version`.
    #[arg(value_name = "ID")]
    id: String,
    /// The version that it is made from.
    #[arg(long, value_name = "ID")]
    from: String,
    #[command(flatten)]
    begins: BeginsArguments,
    /// What the locators of the new letter begin with, as in `brief`; its register then has its sentences to be read.
    #[arg(long, value_name = "NAME", requires = "sentences")]
    letter: Option<String>,
    /// How many sentences each paragraph of the letter has, as in `4,2,6`.
    #[arg(long, value_name = "COUNTS", value_delimiter = ',', requires = "letter")]
    sentences: Vec<u16>,
    /// Why a version in force may be touched: its end is corrected, or the past changes.
    #[arg(long, value_name = "WHY")]
    correct: Option<String>,
    /// The folder of the policy tests; else `tests/policy` beside the rules folder.
    #[arg(long, value_name = "DIR")]
    tests: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct BeginsArguments {
    /// The date of entry into force.
    #[arg(long, value_name = "DATE")]
    in_force: Option<Date>,
    /// The date of entry into force is not on record; the version cannot be older than this day.
    #[arg(long, value_name = "DATE")]
    not_before: Option<Date>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie policy status               compared with the last commit\n  \
    gradatie policy status --since main  compared with the branch main")]
struct Status {
    /// Compare with the rules at this revision of their git repository.
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    since: String,
    /// What was wrong in a version in force, where its edit is a correction.
    #[arg(long, value_name = "WHY")]
    correct: Option<String>,
    /// How it is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(common: &Common, command: &PolicyCommand) -> Ended {
    let why = "this command is for rules in the making";
    let done = without_signature(common, why).and_then(|()| match &command.action {
        Action::New(new) => begin(common, new),
        Action::Status(status) => show_status(common, status),
    });
    done.unwrap_or_else(|faults| {
        output::faults(&faults);
        Ended::NotDone
    })
}

/// Today, by the clock of the world: whether a version has begun is not a matter of hours.
pub(super) fn today() -> Date {
    jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date()
}

fn begin(common: &Common, new: &New) -> Result<Ended, Vec<Diagnostic>> {
    let tree = rules(common)?;
    let one = |fault| vec![fault];
    let begins = match (new.begins.in_force, new.begins.not_before) {
        (Some(date), _) => Begins::On(date),
        (None, Some(date)) => Begins::NotBefore(date),
        (None, None) => {
            return Err(vec![Diagnostic::error(
                "usage",
                "it is not said when the version begins",
            )]);
        }
    };
    let letter = new.letter.as_ref().map(|id| Letter {
        id: id.clone(),
        sentences: new.sentences.clone(),
    });
    let order = Order {
        id: named(&new.id).map_err(one)?,
        from: named(&new.from).map_err(one)?,
        begins,
        letter,
        correct: new.correct.clone(),
        tests: new.tests.clone().or_else(|| default_folder(&tree)),
        today: today(),
    };
    let plan = plan(&tree, order)?;
    plan.write().map_err(one)?;
    Ok(output::finished(
        &new_version_text(&plan, common.language()),
        Ended::Done,
    ))
}

fn named(id: &str) -> Result<PolicyId, Diagnostic> {
    PolicyId::parse(id).ok_or_else(|| {
        Diagnostic::error("unknown-policy", format!("`{id}` is no name of a version"))
            .help("a version is named after its country and itself, as in `mali/2026`: letters, digits, `-` and `_`")
    })
}

fn show_status(common: &Common, status: &Status) -> Result<Ended, Vec<Diagnostic>> {
    let tree = rules(common)?;
    let one = |fault| vec![fault];
    let before = RulesTree::at_revision(tree.writable().map_err(one)?, &status.since).map_err(one)?;
    let today = today();
    let edited = edited_versions(&before, &tree, today);
    let mut ids = tree.ids();
    ids.extend(before.ids());
    ids.sort();
    ids.dedup();
    let mut versions = Vec::new();
    for id in ids {
        let in_force = match tree.ids().contains(&id) {
            true => Some(PolicyVersion::in_force(&tree, &id).map_err(one)?),
            false => None,
        };
        versions.push(VersionStatus {
            is_new: !before.ids().contains(&id),
            is_edited: edited.has(&id),
            in_texts_only: edited.in_texts_only.contains(&id),
            in_force,
            id,
        });
    }
    VersionStatus::sort(&mut versions);
    let is_explained = status.correct.as_ref().is_some_and(|why| !why.trim().is_empty());
    if !is_explained {
        output::faults(&edited.warnings(&before, &tree, &format!("`{}`", status.since)));
    }
    let text = match status.format {
        Format::Text => policy_status_text(
            &versions,
            &status.since,
            status.correct.as_deref(),
            today,
            common.language(),
        ),
        Format::Json => format!(
            "{:#}\n",
            policy_status_json(&versions, &status.since, status.correct.as_deref(), today)
        ),
    };
    let found = if edited.files.is_empty() || is_explained {
        Ended::Done
    } else {
        Ended::WithFindings
    };
    Ok(output::finished(&text, found))
}
