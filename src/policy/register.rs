//! The source register: every sentence of the source, and the law that rules cite.

use crate::diagnostic::Diagnostic;
use crate::language::Bilingual;
use crate::source::Source;
use crate::yaml;
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Faults that are said: each has its place, which takes time to find.
const MOST_FAULTS: usize = 50;

/// What an entry of the register does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// It fixes an outcome.
    Decision,
    /// Country information that motivates an outcome.
    Finding,
    /// Neither.
    Context,
    /// Law that the policy rests on.
    Law,
}

/// A sentence of the source, or a provision or judgment.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The name by which it is cited, as in `besluit:4.4`.
    pub locator: String,
    /// What it does.
    pub kind: EntryKind,
    /// Its name in full, for law.
    pub title: Option<Bilingual>,
    /// What it says, in our own words.
    pub summary: Bilingual,
    /// Whether a person has yet to say what it does under this version.
    pub to_review: bool,
}

/// All that can be cited.
#[derive(Debug, Clone, Default)]
pub struct Register {
    entries: Vec<Entry>,
    source_id: String,
    title: Option<Bilingual>,
    earlier_titles: Vec<Bilingual>,
    /// The locators that there are.
    places: HashSet<String>,
    /// The files that it was read from: that of the version, and the law.
    files: Vec<Arc<Source>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SourcesFile {
    source: SourceEntry,
    sentences: Vec<SentenceEntry>,
    /// Sources of earlier versions, as far as they still hold.
    #[serde(default)]
    earlier: Vec<EarlierSource>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct EarlierSource {
    source: SourceEntry,
    sentences: Vec<SentenceEntry>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SourceEntry {
    id: String,
    title: Bilingual,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SentenceEntry {
    locator: String,
    kind: EntryKind,
    #[serde(default)]
    to_review: bool,
    summary: Bilingual,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LawFile {
    law: Vec<LawEntry>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LawEntry {
    locator: String,
    title: Bilingual,
    summary: Bilingual,
}

/// The JSON Schema of `sources.yaml`, as far as its types say.
pub fn register_file_schema() -> Schema {
    schema_for!(SourcesFile)
}

/// The JSON Schema of `law.yaml`, as far as its types say.
pub fn law_file_schema() -> Schema {
    schema_for!(LawFile)
}

impl Register {
    /// Reads the register of a version and the law that all share.
    ///
    /// # Errors
    /// Every fault of the two files: their form, a locator that stands twice or belongs to another source.
    pub fn read(sources: &Arc<Source>, law: &Arc<Source>) -> Result<Self, Vec<Diagnostic>> {
        let read = (
            yaml::rules_file::<SourcesFile>(sources),
            yaml::rules_file::<LawFile>(law),
        );
        let (sources_file, law_file) = match read {
            (Ok(sources_file), Ok(law_file)) => (sources_file, law_file),
            (sources_file, law_file) => {
                let faults = [sources_file.err(), law_file.err()];
                return Err(faults.into_iter().flatten().collect());
            }
        };
        let mut register = Self {
            entries: Vec::new(),
            source_id: sources_file.source.id.clone(),
            title: Some(sources_file.source.title),
            earlier_titles: Vec::new(),
            places: HashSet::new(),
            files: vec![sources.clone(), law.clone()],
        };
        let mut faults = Vec::new();
        register.add_sentences(
            &sources_file.source.id,
            sources_file.sentences,
            sources,
            &mut faults,
        );
        for earlier in sources_file.earlier {
            register.earlier_titles.push(earlier.source.title);
            register.add_sentences(&earlier.source.id, earlier.sentences, sources, &mut faults);
        }
        for entry in law_file.law {
            let entry = Entry {
                locator: entry.locator,
                kind: EntryKind::Law,
                title: Some(entry.title),
                summary: entry.summary,
                to_review: false,
            };
            register.add(entry, law, &mut faults);
        }
        if faults.is_empty() {
            Ok(register)
        } else {
            Err(faults)
        }
    }

    fn add_sentences(
        &mut self,
        source_id: &str,
        sentences: Vec<SentenceEntry>,
        file: &Arc<Source>,
        faults: &mut Vec<Diagnostic>,
    ) {
        let prefix = format!("{source_id}:");
        for sentence in sentences {
            if !sentence.locator.starts_with(&prefix) && faults.len() < MOST_FAULTS {
                let message = format!(
                    "the locator `{}` does not begin with `{prefix}`",
                    sentence.locator
                );
                faults.push(fault_at(
                    file,
                    &sentence.locator,
                    Diagnostic::error("foreign-locator", message),
                ));
            }
            let entry = Entry {
                locator: sentence.locator,
                kind: sentence.kind,
                title: None,
                summary: sentence.summary,
                to_review: sentence.to_review,
            };
            self.add(entry, file, faults);
        }
    }

    fn add(&mut self, entry: Entry, file: &Arc<Source>, faults: &mut Vec<Diagnostic>) {
        if !self.places.insert(entry.locator.clone()) && faults.len() < MOST_FAULTS {
            let message = format!("the locator `{}` stands in the register twice", entry.locator);
            faults.push(fault_at(
                file,
                &entry.locator,
                Diagnostic::error("duplicate-locator", message),
            ));
        }
        self.entries.push(entry);
    }

    /// Every entry: the sentences in the order of the source, those of earlier sources, then the law.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The title of the source.
    pub fn title(&self) -> Option<&Bilingual> {
        self.title.as_ref()
    }

    /// The sentences of the source itself, without those of earlier sources.
    pub fn own_sentences(&self) -> impl Iterator<Item = &Entry> {
        let is_own = |entry: &&Entry| {
            let number = entry.locator.strip_prefix(&self.source_id);
            entry.title.is_none() && number.is_some_and(|number| number.starts_with(':'))
        };
        self.entries.iter().filter(is_own)
    }

    /// The titles of the earlier sources that still hold in part.
    pub fn earlier_titles(&self) -> &[Bilingual] {
        &self.earlier_titles
    }

    /// Puts a finding at the place where a locator stands.
    pub fn at(&self, locator: &str, finding: Diagnostic) -> Diagnostic {
        let file = self
            .files
            .iter()
            .find(|file| file.text().contains(locator))
            .or_else(|| self.files.first());
        match file {
            Some(file) => fault_at(file, locator, finding),
            None => finding,
        }
    }

    /// The entries by locator.
    pub fn by_locator(&self) -> HashMap<&str, &Entry> {
        self.entries
            .iter()
            .map(|entry| (entry.locator.as_str(), entry))
            .collect()
    }
}

/// The last place at which the locator stands is the one that came too late.
fn fault_at(file: &Arc<Source>, locator: &str, fault: Diagnostic) -> Diagnostic {
    let outline = yaml::outline(file).ok().flatten();
    let span = outline.as_ref().and_then(|node| {
        let all = node.all();
        all.iter()
            .rfind(|node| node.text() == Some(locator))
            .map(|node| node.span.clone())
    });
    fault.at(file, span.unwrap_or(0..0), "here")
}
