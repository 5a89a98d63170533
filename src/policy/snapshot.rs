//! The files of a rules folder, and copies of it in memory.

use super::rules_tree::{Origin, RulesTree};
use crate::diagnostic::Diagnostic;
use crate::source::Source;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

impl RulesTree {
    /// The names of the files that rules are made of (`.yaml` and `.rhai`, none that is hidden), from the root with
    /// `/`, sorted.
    pub fn files(&self) -> Vec<String> {
        let mut names = match self.origin() {
            Origin::Revision { files, .. } => files.keys().cloned().collect(),
            Origin::Embedded => Self::embedded_files(),
            Origin::Folder(root) => {
                let visible = |entry: &walkdir::DirEntry| entry.depth() == 0 || !is_hidden(entry.file_name());
                walkdir::WalkDir::new(root)
                    .into_iter()
                    .filter_entry(visible)
                    .flatten()
                    .filter(|entry| !entry.file_type().is_dir())
                    .filter_map(|entry| {
                        let name = entry.path().strip_prefix(root).ok()?.to_str()?;
                        Some(name.replace('\\', "/"))
                    })
                    .collect::<Vec<_>>()
            }
        };
        names.retain(|name| name.ends_with(".yaml") || name.ends_with(".rhai"));
        names.sort();
        names
    }

    /// The texts of all files; those that cannot be read are left out.
    pub fn texts(&self) -> BTreeMap<String, Arc<Source>> {
        self.files()
            .into_iter()
            .filter_map(|name| Some((name.clone(), self.read(&name).ok()?)))
            .collect()
    }

    /// The files as they are now, under a name that messages show, with some replaced or added.
    pub fn kept(&self, name: &str, with: impl IntoIterator<Item = (String, String)>) -> Self {
        let texts = self.texts();
        let mut files: BTreeMap<String, String> = texts
            .iter()
            .map(|(name, source)| (name.clone(), source.text().to_owned()))
            .collect();
        files.extend(with);
        Self::in_memory(name, files)
    }

    /// The folder, for what writes in it.
    ///
    /// # Errors
    /// The rules are those inside the program, or of a revision.
    pub fn writable(&self) -> Result<&Path, Diagnostic> {
        match self.origin() {
            Origin::Folder(folder) => Ok(folder),
            Origin::Embedded | Origin::Revision { .. } => Err(Diagnostic::error(
                "no-rules",
                "there is no rules folder here, only the copy inside the program",
            )
            .help("run it in the folder of the rules, or give it with `--rules`")),
        }
    }
}

fn is_hidden(name: &std::ffi::OsStr) -> bool {
    name.to_str().is_none_or(|name| name.starts_with('.'))
}
