//! `gradatie table`: the rules as decision tables.

use super::arguments::Common;
use super::{Ended, output, rules};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::diagram::Bounds;
use crate::policy::{Policies, PolicyVersion};
use crate::report::{tables_dmn, tables_html, tables_markdown, tables_text};
use crate::script::Asked;
use crate::table::table;
use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie table mali/2025\n  \
    gradatie table mali/2025 grade --format markdown\n  \
    gradatie table mali/2025 --format dmn > mali.dmn")]
pub(super) struct Table {
    /// The policy version, as `country/version` or as its folder.
    #[arg(value_name = "ID")]
    pub policy: String,
    /// One conclusion or flag; else all.
    pub conclusion: Option<String>,
    /// How the tables are written.
    #[arg(long, value_enum, default_value_t)]
    pub format: TableFormat,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum TableFormat {
    /// Text in columns.
    #[default]
    Text,
    /// Markdown.
    Markdown,
    /// A self-contained page.
    Html,
    /// DMN 1.3, the XML of the Object Management Group.
    Dmn,
}

pub(super) fn run(common: &Common, command: &Table) -> Ended {
    match text(common, command) {
        Ok(text) => output::finished(&text, Ended::Done),
        Err(faults) => {
            output::faults(&faults);
            Ended::NotDone
        }
    }
}

fn text(common: &Common, command: &Table) -> Result<String, Vec<Diagnostic>> {
    let policy = Policies::named(&rules(common)?, &command.policy)?;
    let asked = match &command.conclusion {
        Some(name) => vec![named(&policy, name).map_err(|fault| vec![fault])?],
        None => policy.asked().collect(),
    };
    let tables = asked
        .into_iter()
        .map(|asked| table(&policy, asked, &Bounds::default()).map_err(|fault| vec![fault]));
    let tables = tables.collect::<Result<Vec<_>, _>>()?;
    let language = common.language();
    Ok(match command.format {
        TableFormat::Text => tables_text(&policy, &tables, language),
        TableFormat::Markdown => tables_markdown(&policy, &tables, language),
        TableFormat::Html => tables_html(&policy, &tables, language),
        TableFormat::Dmn => tables_dmn(&policy, &tables, language),
    })
}

/// The conclusion or flag of a name.
fn named(policy: &PolicyVersion, name: &str) -> Result<Asked, Diagnostic> {
    let conclusions = policy
        .conclusions
        .iter()
        .map(|conclusion| conclusion.name.as_str());
    let flags = policy.flags.iter().map(|flag| flag.id.as_str());
    let names: Vec<&str> = conclusions.chain(flags).collect();
    policy
        .asked()
        .zip(&names)
        .find(|(_, known)| **known == name)
        .map(|(asked, _)| asked)
        .ok_or_else(|| {
            Diagnostic::error(
                "unknown-question",
                format!("`{}` has no conclusion or flag `{name}`", policy.id),
            )
            .maybe_help(did_you_mean(name, names.iter().copied()))
            .help(format!("it has {}", names.join(", ")))
        })
}
