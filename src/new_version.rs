//! A new policy version, made from an earlier one: everything that is needed to begin, and nothing that is not known.
//!
//! The texts of the earlier version are edited, not written anew, so that comments and labels stay. Nothing that is there
//! is overwritten, and either everything is written or nothing.

mod edits;
mod neighbours;
mod register;
mod writing;

pub use neighbours::Begins;

use crate::check::check_dates;
use crate::diagnostic::{Diagnostic, Severity};
use crate::files::read_text;
use crate::policy::{InForce, PolicyId, PolicyVersion, RulesTree};
use crate::source::Source;
use edits::{Comment, with_dates, with_values};
use jiff::civil::Date;
use neighbours::{Neighbours, neighbours};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use writing::NewFolder;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Order {
    /// The name of the new version.
    pub id: PolicyId,
    /// The version that it is made from.
    pub from: PolicyId,
    /// When it begins.
    pub begins: Begins,
    /// The letter that it rests on.
    pub letter: Option<Letter>,
    /// Why a version in force may be touched.
    pub correct: Option<String>,
    /// The folder of the policy tests, where there is one.
    pub tests: Option<PathBuf>,
    /// The day on which this is asked.
    pub today: Date,
}

/// A new letter: nothing is known of it but how its sentences are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// What its locators begin with.
    pub id: String,
    /// How many sentences each of its paragraphs has.
    pub sentences: Vec<u16>,
}

/// A letter may have this many sentences.
const MOST_SENTENCES: usize = 2_000;
/// A file of policy tests may have this many bytes.
const FILE_BYTES: u64 = 1 << 20;

impl Letter {
    /// The names of its sentences: paragraph and sentence, both from 1.
    pub fn locators(&self) -> Vec<String> {
        let paragraphs = self.sentences.iter().zip(1..);
        paragraphs
            .flat_map(|(count, paragraph): (&u16, usize)| {
                (1..=*count).map(move |sentence| format!("{}:{paragraph}.{sentence}", self.id))
            })
            .collect()
    }

    fn check(&self) -> Result<(), Diagnostic> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if self.id.is_empty() || !self.id.chars().all(is_name) {
            let message = format!("`{}` cannot begin a locator", self.id);
            return Err(Diagnostic::error("invalid-letter", message)
                .help("use letters, digits, `-` and `_`, as in `brief`"));
        }
        let count: usize = self.sentences.iter().map(|count| usize::from(*count)).sum();
        if self.sentences.contains(&0) || !(1..=MOST_SENTENCES).contains(&count) {
            let message = format!("every paragraph has a sentence, and a letter at most {MOST_SENTENCES}");
            return Err(Diagnostic::error("invalid-letter", message)
                .help("count the sentences of each paragraph, as in `--sentences 4,2,6`"));
        }
        Ok(())
    }
}

/// A new version, ready to be written.
#[derive(Debug)]
pub struct Plan {
    /// What was asked for.
    pub order: Order,
    /// When the new version holds.
    pub in_force: InForce,
    /// The version that it takes over from, with when that holds.
    pub before: Option<(PolicyId, InForce)>,
    /// When the version before holds from now on, if that changes.
    pub corrected: Option<InForce>,
    /// The version that takes over from the new one.
    pub after: Option<(PolicyId, InForce)>,
    /// The files that are made, from the folder in which the program runs.
    pub created: Vec<PathBuf>,
    /// How many sentences of earlier sources are to be reviewed.
    pub to_review: usize,
    /// Files of the earlier version's folder that are no part of it.
    pub left_out: Vec<String>,
    /// The folder of the tests of the earlier version, where there are none.
    pub without_tests: Option<PathBuf>,
    folders: Vec<NewFolder>,
    replaced: Option<(PathBuf, String)>,
}

/// Plans a new version; nothing is written yet.
///
/// # Errors
/// The new version cannot be made as it is asked for, or the earlier version has faults.
pub fn plan(tree: &RulesTree, order: Order) -> Result<Plan, Vec<Diagnostic>> {
    let one = |fault| vec![fault];
    let root = tree.writable().map_err(one)?;
    check_names(tree, root, &order).map_err(one)?;
    // What has faults already would be copied with them.
    let gazetteer = Arc::new(PolicyVersion::gazetteer(tree, &order.from.country)?);
    let old = PolicyVersion::load(tree, &order.from, &gazetteer)?;
    let Neighbours {
        before,
        corrected,
        after,
    } = neighbours(tree, &order).map_err(one)?;
    let in_force = order.begins.in_force();

    let mut files = Vec::new();
    let mut left_out = Vec::new();
    let mut to_review = 0;
    let prefix = format!("{}/", order.from);
    for name in tree.files().into_iter().filter(|name| name.starts_with(&prefix)) {
        let own = name[prefix.len()..].to_owned();
        let source = tree.read(&name).map_err(one)?;
        let new_name = format!("{}/{own}", order.id);
        let text = match own.as_str() {
            "policy.yaml" => policy_text(&source, &order, &in_force).map_err(one)?,
            "sources.yaml" => {
                to_review = old
                    .register
                    .entries()
                    .iter()
                    .filter(|entry| entry.title.is_none())
                    .count();
                let law = tree.read("general/law.yaml").map_err(one)?;
                register::of_new_version(&source, &law, order.letter.as_ref(), &order.from, &new_name)
                    .map_err(one)?
            }
            _ => source.text().to_owned(),
        };
        files.push((own, text));
    }
    left_out.extend(others_in(&root.join(order.from.to_string()), &files));

    let mut plan = Plan {
        in_force,
        before,
        corrected,
        after,
        created: Vec::new(),
        to_review,
        left_out,
        without_tests: None,
        folders: vec![NewFolder {
            path: root.join(order.id.to_string()),
            files,
        }],
        replaced: None,
        order,
    };
    plan.add_correction(tree, root).map_err(one)?;
    plan.confirm(tree)?;
    plan.add_tests().map_err(one)?;
    let files = plan.folders.iter().flat_map(|folder| {
        let names = folder.files.iter().map(|(name, _)| folder.path.join(name));
        names.collect::<Vec<_>>()
    });
    plan.created = files.collect();
    Ok(plan)
}

impl Plan {
    /// Writes everything or nothing.
    ///
    /// # Errors
    /// Something is there already, or cannot be written; nothing has been changed then.
    pub fn write(&self) -> Result<(), Diagnostic> {
        writing::write(&self.folders, self.replaced.as_ref())
    }

    /// Changes when the version before holds, where that is asked for.
    fn add_correction(&mut self, tree: &RulesTree, root: &Path) -> Result<(), Diagnostic> {
        let (Some((id, was)), Some(dates)) = (&self.before, &self.corrected) else {
            return Ok(());
        };
        let name = format!("{id}/policy.yaml");
        let source = tree.read(&name)?;
        let until = was.until.map_or("null".to_owned(), |until| until.to_string());
        let why = self.order.correct.as_deref().unwrap_or("it had not begun yet");
        let comment = format!(
            "Corrected on {}, for {}: {}. Its `until` was {until}.",
            self.order.today,
            self.order.id,
            why.trim().trim_end_matches('.')
        );
        let text = with_dates(&source, dates, &Comment::Also(&comment))?;
        self.replaced = Some((root.join(name), text));
        Ok(())
    }

    /// Confirms on a copy in memory that the new version can be read, that its dates are those asked for, and that the
    /// dates of all versions fit together as well as before.
    fn confirm(&self, tree: &RulesTree) -> Result<(), Vec<Diagnostic>> {
        let one = |fault| vec![fault];
        let new_folder = self.order.id.to_string();
        let rules = self.folders.first().map_or(&[][..], |folder| &folder.files);
        let mut with: Vec<(String, String)> = rules
            .iter()
            .map(|(name, text)| (format!("{new_folder}/{name}"), text.clone()))
            .collect();
        if let (Some((id, _)), Some((_, text))) = (&self.before, &self.replaced) {
            with.push((format!("{id}/policy.yaml"), text.clone()));
        }
        let planned = tree.kept("the new version", with);
        let mut expected = vec![(&self.order.id, self.in_force)];
        if let (Some((id, _)), Some(dates)) = (&self.before, self.corrected) {
            expected.push((id, dates));
        }
        for (id, dates) in expected {
            if PolicyVersion::in_force(&planned, id).map_err(one)? != dates {
                let message = format!("the dates of `{id}` cannot be edited as they are written");
                return Err(vec![Diagnostic::error("invalid-yaml", message).help(
                    "write `in_force: {from: unknown, not_before: DATE, until: null}`",
                )]);
            }
        }
        let country = &self.order.id.country;
        let gazetteer = Arc::new(PolicyVersion::gazetteer(&planned, country)?);
        PolicyVersion::load(&planned, &self.order.id, &gazetteer)?;
        let messages = |tree: &RulesTree| -> Vec<Diagnostic> {
            let findings = check_dates(tree, country).into_iter();
            findings
                .filter(|finding| finding.severity == Severity::Error)
                .collect()
        };
        let known: Vec<String> = messages(tree)
            .into_iter()
            .map(|finding| finding.message)
            .collect();
        let mut new = messages(&planned);
        new.retain(|finding| !known.contains(&finding.message));
        if new.is_empty() { Ok(()) } else { Err(new) }
    }

    /// Copies the policy tests of the earlier version, under the name of the new one.
    fn add_tests(&mut self) -> Result<(), Diagnostic> {
        let Some(root) = &self.order.tests else {
            return Ok(());
        };
        let old = root.join(self.order.from.to_string());
        if !old.is_dir() {
            self.without_tests = Some(old);
            return Ok(());
        }
        let (from, id) = (self.order.from.to_string(), self.order.id.to_string());
        let path = root.join(&id);
        if path.symlink_metadata().is_ok() {
            return Err(exists(&path.display().to_string()));
        }
        let mut files = Vec::new();
        for entry in walkdir::WalkDir::new(&old).sort_by_file_name() {
            let entry = entry.map_err(|error| unreadable(&old, &error))?;
            let name = entry.path().strip_prefix(&old).ok().and_then(Path::to_str);
            let Some(name) = name.filter(|name| name.ends_with(".yaml") || name.ends_with(".yml")) else {
                continue;
            };
            // A link could lead anywhere, and what it leads to would be copied.
            if entry.file_type().is_dir() {
                continue;
            }
            if !entry.file_type().is_file() {
                return Err(unreadable(
                    entry.path(),
                    &"it is a link, a pipe or a device, and not a file",
                ));
            }
            let text =
                read_text(entry.path(), FILE_BYTES).map_err(|reason| unreadable(entry.path(), &reason))?;
            let source = Source::new(entry.path().display().to_string(), text);
            let text = with_values(&source, "policy", |policy| (policy == from).then(|| id.clone()))?;
            let in_comment = |line: &str| {
                let is_comment = line.trim_start().starts_with('#');
                if is_comment {
                    line.replace(&from, &id)
                } else {
                    line.to_owned()
                }
            };
            files.push((
                name.to_owned(),
                text.split_inclusive('\n').map(in_comment).collect(),
            ));
        }
        self.folders.push(NewFolder { path, files });
        Ok(())
    }
}

/// The declaration of the new version: other dates, and its own scripts where one was named with its folder.
fn policy_text(source: &Arc<Source>, order: &Order, in_force: &InForce) -> Result<String, Diagnostic> {
    let comment = match (order.begins, &order.correct) {
        (Begins::On(_), _) => {
            "The date of entry into force was given when this version was made. Say here where it stands."
        }
        (Begins::NotBefore(_), _) => {
            "The date of entry into force is not on record. Say here why the version cannot be older."
        }
    };
    let why = order.correct.as_ref().map_or(String::new(), |why| {
        format!(
            " Made on {} as a correction: {}.",
            order.today,
            why.trim().trim_end_matches('.')
        )
    });
    let comment = format!("Made from {}. {comment}{why}", order.from);
    let text = with_dates(source, in_force, &Comment::Instead(&comment))?;
    let (from, id) = (format!("{}/", order.from), format!("{}/", order.id));
    with_values(&Source::new(source.name(), text), "script", |script| {
        script.strip_prefix(&from).map(|own| format!("{id}{own}"))
    })
}

fn check_names(tree: &RulesTree, root: &Path, order: &Order) -> Result<(), Diagnostic> {
    if !tree.ids().contains(&order.from) {
        return Err(tree.unknown_policy(&order.from.to_string()));
    }
    if order.id.country != order.from.country {
        let message = format!("`{}` is of another country than `{}`", order.id, order.from);
        return Err(Diagnostic::error("another-country", message)
            .help("a version is made from one with the same regions"));
    }
    if root.join(order.id.to_string()).symlink_metadata().is_ok() {
        return Err(exists(&order.id.to_string()));
    }
    if order.correct.as_ref().is_some_and(|why| why.trim().is_empty()) {
        return Err(Diagnostic::error("no-reason", "a correction needs a reason")
            .help("say what was wrong, as in `--correct \"the letter says July\"`"));
    }
    order.letter.as_ref().map_or(Ok(()), Letter::check)
}

/// What lies in the folder of a version and is no part of it.
fn others_in(folder: &Path, files: &[(String, String)]) -> Vec<String> {
    let names = walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .flatten();
    names
        .filter(|entry| !entry.file_type().is_dir())
        .filter_map(|entry| Some(entry.path().strip_prefix(folder).ok()?.display().to_string()))
        .filter(|name| !files.iter().any(|(own, _)| own == name))
        .collect()
}

fn exists(what: &str) -> Diagnostic {
    Diagnostic::error("already-there", format!("`{what}` is there already, and nothing is overwritten"))
        .help("a new letter gets a name of its own")
        .help("to correct a mistake in a version, edit its files, and say why with `gradatie policy status --correct WHY`")
}

fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::error(
        "unreadable-tests",
        format!("`{}` cannot be read: {error}", path.display()),
    )
}
