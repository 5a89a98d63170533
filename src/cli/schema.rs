//! `gradatie schema`: what editors need to check and complete the files that people write.

use super::arguments::Common;
use super::{Ended, output, rules};
use crate::diagnostic::Diagnostic;
use crate::files::write_whole;
use crate::language::Language;
use crate::policy::RulesTree;
use crate::schema::{DEFINITIONS, FileKind, rhai_definitions, schema};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
#[command(
    after_help = "Names of places, conclusions, flags and locators come from the rules: make the files again after a \
    change of `policy.yaml`, `sources.yaml` or `regions.yaml`.\n\n\
    Examples:\n  \
    gradatie schema --out .gradatie       all files, for an editor\n  \
    gradatie schema policy-test           one schema, to standard output\n  \
    gradatie schema rhai --lang nl        the definitions of rule scripts, in Dutch"
)]
pub(super) struct Schema {
    /// What to write; else all with `--out`, and without it the schema of case files.
    #[arg(value_enum)]
    pub name: Option<SchemaName>,
    /// The folder for the files, made if it is not there; files of the same names are replaced.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaName {
    /// Case files.
    Case,
    /// Policy tests, `tests/policy/**/*.yaml`.
    PolicyTest,
    /// A policy version, `rules/*/*/policy.yaml`.
    Policy,
    /// The source register of a version, `rules/*/*/sources.yaml`.
    Register,
    /// The law that all countries share, `rules/general/law.yaml`.
    Law,
    /// The places of a country, `rules/*/regions.yaml`.
    Gazetteer,
    /// The tile map of a country, `rules/*/map.yaml`.
    TileMap,
    /// Not a schema: the definitions of what rule scripts can use, for Rhai's language servers.
    Rhai,
}

impl SchemaName {
    fn kind(self) -> Option<FileKind> {
        match self {
            Self::Case => Some(FileKind::Case),
            Self::PolicyTest => Some(FileKind::PolicyTest),
            Self::Policy => Some(FileKind::Policy),
            Self::Register => Some(FileKind::Register),
            Self::Law => Some(FileKind::Law),
            Self::Gazetteer => Some(FileKind::Gazetteer),
            Self::TileMap => Some(FileKind::TileMap),
            Self::Rhai => None,
        }
    }

    fn file_name(self) -> &'static str {
        self.kind().map_or(DEFINITIONS, FileKind::file_name)
    }

    fn text(self, tree: &RulesTree, language: Language) -> Result<String, Vec<Diagnostic>> {
        match self.kind() {
            Some(kind) => Ok(format!("{:#}\n", schema(kind, tree, language)?)),
            None => rhai_definitions(tree, language),
        }
    }
}

pub(super) fn run(common: &Common, command: &Schema) -> Ended {
    let tree = match rules(common) {
        Ok(tree) => tree,
        Err(faults) => {
            output::faults(&faults);
            return Ended::NotDone;
        }
    };
    let names = match (command.name, &command.out) {
        (Some(name), _) => vec![name],
        (None, Some(_)) => SchemaName::value_variants().to_vec(),
        (None, None) => vec![SchemaName::Case],
    };
    let mut ended = Ended::Done;
    let mut shown = Vec::new();
    for name in names {
        let one = match name.text(&tree, common.language()) {
            Ok(text) => match &command.out {
                Some(folder) => written(folder, name.file_name(), &text),
                None => output::finished(&text, Ended::Done),
            },
            // Rules at fault still get the schemas that do not take names from them.
            Err(faults) => {
                if !shown.contains(&faults) {
                    output::faults(&faults);
                    shown.push(faults);
                }
                if command.out.is_some() {
                    output::message(&format!("`{}` was not written", name.file_name()));
                }
                Ended::NotDone
            }
        };
        ended = ended.max(one);
    }
    ended
}

fn written(folder: &Path, name: &str, text: &str) -> Ended {
    let path = folder.join(name);
    let written = std::fs::create_dir_all(folder).and_then(|()| write_whole(&path, text.as_bytes()));
    match written {
        Ok(()) => Ended::Done,
        Err(error) => {
            output::message(&format!("error: `{}` cannot be written: {error}", path.display()));
            Ended::NotDone
        }
    }
}
