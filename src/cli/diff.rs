//! `gradatie diff`: what has changed between two policy versions.

use super::arguments::Common;
use super::{Ended, output, rules};
use crate::diagnostic::Diagnostic;
use crate::diff::{Difference, diff};
use crate::policy::{Origin, Policies, PolicyId, RulesTree};
use crate::report::{difference_html, difference_json, difference_text};
use clap::{Args, ValueEnum};
use serde_json::Value;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie diff mali/2023 mali/2025\n  \
    gradatie diff --since HEAD --fail-on-change\n  \
    gradatie diff mali/2023 mali/2025 --format html > changes.html")]
pub(super) struct Diff {
    /// The old and the new version, as `country/version` or as folders; with `--since` the versions to compare, all
    /// when none is named.
    #[arg(value_name = "VERSION", num_args = 0.., required_unless_present = "since")]
    pub versions: Vec<String>,
    /// Compare with the rules at this revision of their git repository.
    #[arg(long, value_name = "REV")]
    pub since: Option<String>,
    /// How the difference is written.
    #[arg(long, value_enum, default_value_t)]
    pub format: PageFormat,
    /// End with exit code 1 when there is a difference.
    #[arg(long)]
    pub fail_on_change: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum PageFormat {
    /// Text for people.
    #[default]
    Text,
    /// JSON for programs.
    Json,
    /// A self-contained page.
    Html,
}

pub(super) fn run(common: &Common, command: &Diff) -> Ended {
    let (differences, on_one_side) = match differences(common, command) {
        Ok(compared) => compared,
        Err(faults) => {
            output::faults(&faults);
            return Ended::NotDone;
        }
    };
    output::faults(&on_one_side);
    let text = match command.format {
        PageFormat::Text => differences
            .iter()
            .map(|difference| difference_text(difference, common.language()))
            .collect::<Vec<_>>()
            .join("\n"),
        PageFormat::Json => match &differences[..] {
            [one] => format!("{:#}\n", difference_json(one)),
            several => format!(
                "{:#}\n",
                Value::from(several.iter().map(difference_json).collect::<Vec<_>>())
            ),
        },
        PageFormat::Html => difference_html(&differences, common.language()),
    };
    let is_changed = !on_one_side.is_empty() || differences.iter().any(|difference| !difference.is_equal());
    let found = if command.fail_on_change && is_changed {
        Ended::WithFindings
    } else {
        Ended::Done
    };
    output::finished(&text, found)
}

/// The differences, and what is to be said of versions that only one side has.
type Compared = (Vec<Difference>, Vec<Diagnostic>);

fn differences(common: &Common, command: &Diff) -> Result<Compared, Vec<Diagnostic>> {
    let tree = rules(common)?;
    let compare = |old: &RulesTree, old_name: &str, new: &RulesTree, new_name: &str| {
        let (old, new) = (Policies::named(old, old_name)?, Policies::named(new, new_name)?);
        diff(&old, &new).map_err(|fault| vec![fault])
    };
    match (&command.since, &command.versions[..]) {
        (None, [old, new]) => Ok((vec![compare(&tree, old, &tree, new)?], Vec::new())),
        (Some(revision), versions) => {
            let Origin::Folder(folder) = tree.origin() else {
                let fault =
                    Diagnostic::error("no-rules", "there is no rules folder to compare with a revision");
                return Err(vec![
                    fault.help("run it in the folder of the rules, or give it with `--rules`"),
                ]);
            };
            let before = RulesTree::at_revision(folder, revision)
                .and_then(|before| before.requiring_as(&tree))
                .map_err(|fault| vec![fault])?;
            let mut one_sided = Vec::new();
            let versions = if versions.is_empty() {
                one_sided = on_one_side(&before, &tree, revision);
                let in_both = before.ids().into_iter().filter(|id| tree.ids().contains(id));
                in_both.map(|id| id.to_string()).collect()
            } else {
                versions.to_vec()
            };
            let compared = versions.iter().map(|id| {
                let mut difference = compare(&before, id, &tree, id)?;
                difference.old = format!("{revision}:{id}");
                Ok(difference)
            });
            Ok((compared.collect::<Result<_, Vec<Diagnostic>>>()?, one_sided))
        }
        _ => Err(vec![
            Diagnostic::error("usage", "two versions are compared")
                .help("write `gradatie diff OLD NEW`, or `--since REV`"),
        ]),
    }
}

/// The versions that only the revision or only the rules here have: there is nothing to compare them with.
fn on_one_side(before: &RulesTree, now: &RulesTree, revision: &str) -> Vec<Diagnostic> {
    let only = |one: &RulesTree, other: &RulesTree| -> Vec<PolicyId> {
        let ids = one.ids().into_iter();
        ids.filter(|id| !other.ids().contains(id)).collect()
    };
    let new = only(now, before).into_iter().map(|id| {
        Diagnostic::warning("new-version", format!("`{id}` is new since `{revision}`")).help(format!(
            "compare it with the version before it: `gradatie diff OLD {id}`"
        ))
    });
    let gone = only(before, now).into_iter().map(|id| {
        Diagnostic::warning(
            "version-gone",
            format!("`{id}` was there at `{revision}` and is gone"),
        )
        .help("results that were made under it can no longer be derived again")
    });
    new.chain(gone).collect()
}
