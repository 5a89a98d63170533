//! The rules folder, on disk or inside the program.

use super::signed::Signed;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::files::{Unreadable, read_text_within};
use crate::source::Source;
use include_dir::{Dir, include_dir};
use std::collections::BTreeMap;
use std::fmt;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/rules");

/// A folder that holds no rules.
const NO_RULES: &str = "no-rules";
/// Policy versions that a rules folder may have.
const MOST_VERSIONS: usize = 256;
/// A file of the rules may have this many bytes.
const FILE_BYTES: u64 = 1 << 20;

/// Where the rules come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A folder.
    Folder(PathBuf),
    /// The copy inside the program.
    Embedded,
    /// A folder as it was at a revision.
    Revision {
        /// The revision.
        name: String,
        /// The texts of its files, named from the root with `/`.
        files: Arc<BTreeMap<String, String>>,
    },
}

/// The name of a policy version: a country and a version, as in `mali/2025`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyId {
    /// The country's folder.
    pub country: String,
    /// The version's folder.
    pub version: String,
}

impl fmt::Display for PolicyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.country, self.version)
    }
}

impl PolicyId {
    /// Reads `country/version`.
    pub fn parse(text: &str) -> Option<Self> {
        let (country, version) = text.split_once('/')?;
        let is_name = |name: &str| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        };
        (is_name(country) && is_name(version)).then(|| Self {
            country: country.to_owned(),
            version: version.to_owned(),
        })
    }
}

/// A rules folder: countries, their versions and what they share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesTree {
    origin: Origin,
    /// Where they must be signed: what was.
    signed: Option<Arc<Signed>>,
}

impl fmt::Display for RulesTree {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::Folder(folder) => write!(formatter, "`{}`", folder.display()),
            Origin::Embedded => write!(formatter, "inside the program"),
            Origin::Revision { name, .. } => write!(formatter, "at `{name}`"),
        }
    }
}

impl RulesTree {
    /// The copy inside the program.
    pub fn embedded() -> Self {
        Self {
            origin: Origin::Embedded,
            signed: None,
        }
    }

    /// Files that were read already.
    pub(super) fn in_memory(name: &str, files: BTreeMap<String, String>) -> Self {
        Self {
            origin: Origin::Revision {
                name: name.to_owned(),
                files: Arc::new(files),
            },
            signed: None,
        }
    }

    /// A folder.
    ///
    /// # Errors
    /// It is not a folder with policy versions.
    pub fn folder(path: &Path) -> Result<Self, Diagnostic> {
        let tree = Self {
            origin: Origin::Folder(path.to_owned()),
            signed: None,
        };
        let shown = path.display();
        if !path.is_dir() {
            let message = format!("`{shown}` is not a folder that can be read");
            return Err(Diagnostic::error(NO_RULES, message)
                .help("give the folder that holds `mali/2025/policy.yaml`"));
        }
        check_readable(path)?;
        match tree.ids().len() {
            0 => {
                let message = format!("the folder `{shown}` has no policy version");
                Err(Diagnostic::error(NO_RULES, message)
                    .help("a version is a folder such as `mali/2025` with a `policy.yaml` in it"))
            }
            versions if versions > MOST_VERSIONS => {
                let message = format!(
                    "the folder `{shown}` has {versions} policy versions, and at most {MOST_VERSIONS} are read"
                );
                Err(Diagnostic::error("too-many-versions", message)
                    .help("keep old versions in a rules folder of their own"))
            }
            _ => Ok(tree),
        }
    }

    /// The `rules` folder of the current folder or of the nearest one above that has policy versions, named as seen
    /// from here, else the copy inside the program.
    ///
    /// # Errors
    /// A `rules` folder is there and cannot be read: others would not be the rules that are meant.
    pub fn find() -> Result<Self, Diagnostic> {
        let depth = std::env::current_dir().map_or(0, |here| here.ancestors().count());
        let above = (0..depth).map(|levels| "../".repeat(levels) + "rules");
        for rules in above.map(PathBuf::from).filter(|rules| rules.is_dir()) {
            match Self::folder(&rules) {
                Ok(tree) => return Ok(tree),
                Err(fault) if fault.code == NO_RULES => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(Self::embedded())
    }

    /// The names of the files inside the program.
    pub(super) fn embedded_files() -> Vec<String> {
        let mut open = vec![&EMBEDDED];
        let mut names = Vec::new();
        while let Some(folder) = open.pop() {
            open.extend(folder.dirs());
            names.extend(
                folder
                    .files()
                    .filter_map(|file| file.path().to_str().map(str::to_owned)),
            );
        }
        names
    }

    pub(super) fn with_signed(self, signed: Signed) -> Self {
        Self {
            signed: Some(Arc::new(signed)),
            ..self
        }
    }

    pub(super) fn signed(&self) -> Option<&Signed> {
        self.signed.as_deref()
    }

    /// Where the rules come from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Every policy version, sorted.
    pub fn ids(&self) -> Vec<PolicyId> {
        let mut ids: Vec<PolicyId> = match &self.origin {
            Origin::Embedded => EMBEDDED
                .dirs()
                .flat_map(Dir::dirs)
                .filter(|version| version.get_file(version.path().join("policy.yaml")).is_some())
                .filter_map(|version| PolicyId::parse(version.path().to_str()?))
                .collect(),
            Origin::Revision { files, .. } => files
                .keys()
                .filter_map(|name| PolicyId::parse(name.strip_suffix("/policy.yaml")?))
                .collect(),
            Origin::Folder(root) => folders_in(root)
                .iter()
                .flat_map(|country| folders_in(country))
                // Whatever has this name is a version: one that cannot be read must not give way to an older one.
                .filter(|version| is_there(&version.join("policy.yaml")))
                .filter_map(|version| {
                    let name = version.strip_prefix(root).ok()?;
                    PolicyId::parse(&name.to_str()?.replace('\\', "/"))
                })
                .collect(),
        };
        ids.sort();
        ids
    }

    /// Reads a file, named from the root with `/`.
    ///
    /// # Errors
    /// It is not there, cannot be read, is too large, is not UTF-8, lies outside the rules, or is not what was signed
    /// where that is required.
    pub fn read(&self, name: &str) -> Result<Arc<Source>, Diagnostic> {
        let source = self.read_any(name)?;
        match &self.signed {
            Some(signed) => signed.check(name, source.text()).map(|()| source),
            None => Ok(source),
        }
    }

    fn read_any(&self, name: &str) -> Result<Arc<Source>, Diagnostic> {
        let is_plain = |component: Component<'_>| matches!(component, Component::Normal(_));
        if name.is_empty() || !Path::new(name).components().all(is_plain) {
            let message = format!("`{name}` is not a file of the rules");
            return Err(Diagnostic::error("outside-rules", message)
                .help("name it from the rules folder, without `..`"));
        }
        match &self.origin {
            Origin::Embedded => {
                let file = EMBEDDED.get_file(name).and_then(|file| file.contents_utf8());
                let file = file.ok_or_else(|| missing(name, "the rules inside the program"))?;
                Ok(Source::built_in(name, file))
            }
            Origin::Revision {
                name: revision,
                files,
            } => {
                let file = files
                    .get(name)
                    .ok_or_else(|| missing(name, &format!("the rules at `{revision}`")))?;
                Ok(Source::new(format!("{revision}:{name}"), without_mark(file)))
            }
            Origin::Folder(root) => {
                let shown = root.join(name).display().to_string();
                let text =
                    read_text_within(root, name, FILE_BYTES).map_err(|reason| unread(&shown, reason))?;
                Ok(Source::new(shown, without_mark(&text)))
            }
        }
    }

    /// That there is no such version, with the ones that there are.
    pub fn unknown_policy(&self, wanted: &str) -> Diagnostic {
        let known: Vec<String> = self.ids().iter().map(ToString::to_string).collect();
        Diagnostic::error("unknown-policy", format!("there is no policy version `{wanted}`"))
            .maybe_help(did_you_mean(wanted, known.iter().map(String::as_str)))
            .help(format!("the versions are {}", known.join(", ")))
    }
}

fn missing(name: &str, place: &str) -> Diagnostic {
    Diagnostic::error("missing-rules-file", format!("{place} have no file `{name}`"))
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect()
}

/// Whether something has this name, of whatever kind, or the system does not say.
fn is_there(path: &Path) -> bool {
    let missing = [ErrorKind::NotFound, ErrorKind::NotADirectory];
    path.symlink_metadata()
        .map_or_else(|error| !missing.contains(&error.kind()), |_| true)
}

/// That the folders of the countries and their versions can be listed.
fn check_readable(root: &Path) -> Result<(), Diagnostic> {
    let mut folders = folders_in(root);
    folders.insert(0, root.to_owned());
    let listed = |folder: &PathBuf| match std::fs::read_dir(folder) {
        Ok(_) => Ok(()),
        Err(error) => {
            let message = format!("`{}` cannot be read: {error}", folder.display());
            Err(Diagnostic::error("unreadable-rules", message)
                .help("rules of which a part cannot be read are not used: mend the permissions"))
        }
    };
    folders.iter().try_for_each(listed)
}

/// A text without the mark of byte order with which some editors begin it.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// That a file of the rules cannot be read.
fn unread(shown: &str, reason: Unreadable) -> Diagnostic {
    match reason {
        Unreadable::Missing => missing(shown, "the rules"),
        Unreadable::Outside => Diagnostic::error(
            "outside-rules",
            format!("`{shown}` is a link out of the rules folder"),
        )
        .help("put the file itself there; a link must be relative and stay inside"),
        reason => Diagnostic::error(
            "unreadable-rules-file",
            format!("`{shown}` cannot be read: {reason}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    #[test]
    fn the_program_carries_the_policy_versions() {
        let ids: Vec<String> = RulesTree::embedded()
            .ids()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(ids, ["mali/2023", "mali/2025"]);
    }

    /// They are not looked at again when the program runs.
    #[test]
    fn the_files_that_the_program_carries_keep_within_limits_and_are_read_alike_by_both_parsers() {
        let mut open = vec![EMBEDDED.clone()];
        let mut seen = 0;
        while let Some(folder) = open.pop() {
            open.extend(folder.dirs().cloned());
            let is_yaml = |path: &Path| path.extension().is_some_and(|extension| extension == "yaml");
            for file in folder.files().filter(|file| is_yaml(file.path())) {
                let source = RulesTree::embedded().read(file.path().to_str().unwrap()).unwrap();
                assert_eq!(yaml::outline_of_rules(&source).map(drop), Ok(()));
                assert_eq!(yaml::check_agreement(&source), Ok(()));
                seen += 1;
            }
        }
        assert!(seen >= 7, "{seen}");
    }

    #[test]
    fn a_file_outside_the_rules_is_refused() {
        for name in ["../Cargo.toml", "/etc/passwd", "mali/../../Cargo.toml", ""] {
            assert_eq!(
                RulesTree::embedded().read(name).unwrap_err().code,
                "outside-rules",
                "{name}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_rules_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let rules = folder.path().join("rules");
        std::fs::create_dir_all(rules.join("mali/2025")).unwrap();
        std::fs::write(folder.path().join("secret"), "x").unwrap();
        std::os::unix::fs::symlink(folder.path().join("secret"), rules.join("mali/2025/policy.yaml"))
            .unwrap();
        let tree = RulesTree::folder(&rules).unwrap();
        assert_eq!(
            tree.read("mali/2025/policy.yaml").unwrap_err().code,
            "outside-rules"
        );
    }
}
