//! A policy version, ready to be asked.

use super::declaration::{ConclusionDeclaration, FlagDeclaration, InForce, OpenPoint, PolicyFile};
use super::register::Register;
use super::rules_tree::{PolicyId, RulesTree};
use super::{fingerprint, impossible, open_points};
use crate::diagnostic::{self, Diagnostic};
use crate::facts::{Impossible, Knowledge};
use crate::gazetteer::{Gazetteer, TileMap};
use crate::language::Bilingual;
use crate::script::{Asked, ConclusionWords, Limits, Program, ScriptFile, Vocabulary};
use crate::source::Source;
use crate::yaml;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A policy version with everything it needs.
#[derive(Debug)]
pub struct PolicyVersion {
    /// Its name.
    pub id: PolicyId,
    /// Its title.
    pub title: Bilingual,
    /// When it holds.
    pub in_force: InForce,
    /// The questions it answers, in the declared order.
    pub conclusions: Vec<ConclusionDeclaration>,
    /// The points that a human must look at, in the declared order.
    pub flags: Vec<FlagDeclaration>,
    /// The combinations of facts that no case can have.
    pub impossible: Arc<[Impossible]>,
    /// What the source leaves open, for the reader of the policy.
    pub open_points: Vec<OpenPoint>,
    /// What can be cited.
    pub register: Register,
    /// The places that case files may name.
    pub gazetteer: Arc<Gazetteer>,
    /// The scripts.
    pub program: Program,
    /// The fingerprint of the rules: of everything that decides, and of nothing else.
    pub fingerprint: String,
    /// The fingerprint of every text that the version is made of, also of what only people read.
    pub text_fingerprint: String,
}

/// The law that all countries share, named from the rules folder.
const LAW: &str = "general/law.yaml";
/// Conclusions that a version may have, and flags.
const MOST_QUESTIONS: usize = 64;
/// Values that a conclusion may have.
const MOST_VALUES: usize = 256;

impl PolicyVersion {
    /// Reads only what says when a version holds.
    ///
    /// # Errors
    /// The file `policy.yaml` cannot be read or is not of the right form.
    pub fn in_force(tree: &RulesTree, id: &PolicyId) -> Result<InForce, Diagnostic> {
        Ok(Declared::read(tree, id)?.in_force())
    }

    /// The names of the files that a version is made of, from the rules folder, sorted.
    ///
    /// # Errors
    /// The file `policy.yaml` cannot be read or is not of the right form.
    pub fn files(tree: &RulesTree, id: &PolicyId) -> Result<Vec<String>, Diagnostic> {
        let declaration = Declared::read(tree, id)?.file;
        let folder = id.to_string();
        let mut names = vec![
            format!("{folder}/policy.yaml"),
            format!("{folder}/sources.yaml"),
            gazetteer_name(&id.country),
            LAW.to_owned(),
        ];
        names.extend(questions_by_script(&folder, &declaration).into_keys());
        names.sort();
        Ok(names)
    }

    /// Reads the gazetteer of a country.
    ///
    /// # Errors
    /// The file `regions.yaml` cannot be read, or its faults.
    pub fn gazetteer(tree: &RulesTree, country: &str) -> Result<Gazetteer, Vec<Diagnostic>> {
        let file = tree.read(&gazetteer_name(country)).map_err(|fault| vec![fault])?;
        Gazetteer::read(&file)
    }

    /// Reads the tile map of a country; `None` where it has none. No conclusion depends on it, so that it is no part of
    /// a fingerprint.
    ///
    /// # Errors
    /// The file `map.yaml` cannot be read, or its faults.
    pub fn tile_map(
        tree: &RulesTree,
        country: &str,
        gazetteer: &Gazetteer,
    ) -> Result<Option<TileMap>, Vec<Diagnostic>> {
        match tree.read(&format!("{country}/map.yaml")) {
            Ok(file) => TileMap::read(&file, gazetteer).map(Some),
            Err(fault) if fault.code == "missing-rules-file" => Ok(None),
            Err(fault) => Err(vec![fault]),
        }
    }

    /// Reads a version; `gazetteer` is that of its country.
    ///
    /// # Errors
    /// Every fault of its files.
    pub fn load(
        tree: &RulesTree,
        id: &PolicyId,
        gazetteer: &Arc<Gazetteer>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let declared = Declared::read(tree, id).map_err(|fault| vec![fault])?;
        Self::load_declared(tree, id, gazetteer, declared)
    }

    /// Reads a version of which `policy.yaml` was read before.
    ///
    /// # Errors
    /// Every fault of its files.
    pub(super) fn load_declared(
        tree: &RulesTree,
        id: &PolicyId,
        gazetteer: &Arc<Gazetteer>,
        declared: Declared,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut files = Files {
            tree,
            read: BTreeMap::new(),
        };
        let folder = id.to_string();
        let Declared {
            source: policy_source,
            file: declaration,
        } = declared;
        files
            .read
            .insert(format!("{folder}/policy.yaml"), policy_source.clone());

        check_counts(&policy_source, &declaration).map_err(|fault| vec![fault])?;
        let mut faults = repeated_names(&policy_source, &declaration);
        files.read(&gazetteer_name(&id.country))?;
        let register = match (files.read(&format!("{folder}/sources.yaml")), files.read(LAW)) {
            (Ok(sources), Ok(law)) => Register::read(&sources, &law),
            (sources, law) => Err([sources.err(), law.err()]
                .into_iter()
                .flatten()
                .flatten()
                .collect()),
        };
        let scripts = read_scripts(&mut files, &folder, &declaration);
        let (register, scripts) = match (register, scripts) {
            (Ok(register), Ok(scripts)) if faults.is_empty() => (register, scripts),
            (register, scripts) => {
                faults.extend(register.err().into_iter().chain(scripts.err()).flatten());
                diagnostic::sort(&mut faults);
                return Err(faults);
            }
        };
        let open = open_points::faults(
            &declaration.open_points,
            &policy_source,
            &declaration.conclusions,
            &register,
        );
        if !open.is_empty() {
            return Err(open);
        }
        let impossible = impossible::read(&declaration.impossible, &policy_source, gazetteer)?;
        let words = |conclusion: &ConclusionDeclaration| ConclusionWords {
            name: conclusion.name.clone(),
            values: conclusion
                .values
                .iter()
                .map(|value| value.value.clone())
                .collect(),
        };
        let vocabulary = Vocabulary::new(
            declaration.conclusions.iter().map(words).collect(),
            declaration.flags.iter().map(|flag| flag.id.clone()).collect(),
            register
                .entries()
                .iter()
                .map(|entry| entry.locator.clone())
                .collect(),
            gazetteer.clone(),
        );
        let program = Program::compile(&scripts, vocabulary, Limits::default()).map_err(|mut faults| {
            diagnostic::sort(&mut faults);
            faults
        })?;
        Ok(Self {
            id: id.clone(),
            title: declaration.title,
            in_force: declaration.in_force,
            conclusions: declaration.conclusions,
            flags: declaration.flags,
            impossible: impossible.into(),
            open_points: declaration.open_points,
            register,
            gazetteer: gazetteer.clone(),
            program,
            fingerprint: String::new(),
            text_fingerprint: fingerprint::of_texts(&files.read),
        }
        .with_fingerprint())
    }

    fn with_fingerprint(self) -> Self {
        Self {
            fingerprint: fingerprint::of_rules(&self),
            ..self
        }
    }

    /// The same version with another text for one of its scripts, by its place in the program.
    ///
    /// # Errors
    /// The faults of the text.
    pub fn with_script(&self, script: usize, text: &str) -> Result<Self, Vec<Diagnostic>> {
        let program = self.program.with_text(script, text)?;
        let name = program.scripts().nth(script).map_or("", |(name, _)| name);
        Ok(Self {
            fingerprint: String::new(),
            text_fingerprint: fingerprint::of_texts_with(&self.text_fingerprint, name, text),
            id: self.id.clone(),
            title: self.title.clone(),
            in_force: self.in_force,
            conclusions: self.conclusions.clone(),
            flags: self.flags.clone(),
            impossible: self.impossible.clone(),
            open_points: self.open_points.clone(),
            register: self.register.clone(),
            gazetteer: self.gazetteer.clone(),
            program,
        }
        .with_fingerprint())
    }

    /// Nothing is known of a case but what is impossible.
    pub fn nothing_known(&self) -> Knowledge {
        Knowledge::nothing(&self.gazetteer).excluding(self.impossible.clone())
    }

    /// The questions in the order in which results list them: conclusions, then flags.
    pub fn asked(&self) -> impl Iterator<Item = Asked> + use<> {
        let conclusions = (0..self.conclusions.len()).map(Asked::Conclusion);
        conclusions.chain((0..self.flags.len()).map(Asked::Flag))
    }
}

fn gazetteer_name(country: &str) -> String {
    format!("{country}/regions.yaml")
}

/// What `policy.yaml` declares, with its text.
#[derive(Debug)]
pub(super) struct Declared {
    source: Arc<Source>,
    file: PolicyFile,
}

impl Declared {
    /// Reads the file.
    ///
    /// # Errors
    /// It cannot be read or is not of the right form.
    pub fn read(tree: &RulesTree, id: &PolicyId) -> Result<Self, Diagnostic> {
        let source = tree.read(&format!("{id}/policy.yaml"))?;
        let file = yaml::rules_file(&source)?;
        Ok(Self { source, file })
    }

    /// When the version holds.
    pub fn in_force(&self) -> InForce {
        self.file.in_force
    }
}

/// The files of a version, each read once; together they make the fingerprint of the texts.
struct Files<'a> {
    tree: &'a RulesTree,
    read: BTreeMap<String, Arc<Source>>,
}

impl Files<'_> {
    fn read(&mut self, name: &str) -> Result<Arc<Source>, Vec<Diagnostic>> {
        if let Some(source) = self.read.get(name) {
            return Ok(source.clone());
        }
        let source = self.tree.read(name).map_err(|fault| vec![fault])?;
        self.read.insert(name.to_owned(), source.clone());
        Ok(source)
    }
}

/// The questions that each script answers.
fn questions_by_script(folder: &str, declaration: &PolicyFile) -> BTreeMap<String, Vec<(Asked, String)>> {
    let mut questions = BTreeMap::<String, Vec<(Asked, String)>>::new();
    for (index, conclusion) in declaration.conclusions.iter().enumerate() {
        let own = || format!("{folder}/{}.rhai", conclusion.name);
        let name = conclusion.script.clone().unwrap_or_else(own);
        let question = (Asked::Conclusion(index), conclusion.name.clone());
        questions.entry(name).or_default().push(question);
    }
    for (index, flag) in declaration.flags.iter().enumerate() {
        let question = (Asked::Flag(index), flag.function());
        questions
            .entry(format!("{folder}/flags.rhai"))
            .or_default()
            .push(question);
    }
    questions
}

/// The scripts with the questions that each answers.
fn read_scripts(
    files: &mut Files<'_>,
    folder: &str,
    declaration: &PolicyFile,
) -> Result<Vec<ScriptFile>, Vec<Diagnostic>> {
    let mut scripts = Vec::new();
    let mut faults = Vec::new();
    for (name, questions) in questions_by_script(folder, declaration) {
        match files.read(&name) {
            Ok(source) => scripts.push(ScriptFile {
                name,
                source,
                questions,
            }),
            Err(unread) => faults.extend(unread),
        }
    }
    if faults.is_empty() {
        Ok(scripts)
    } else {
        Err(faults)
    }
}

/// That a version asks no more than can be gone through: each question has bounds of its own.
fn check_counts(source: &Arc<Source>, declaration: &PolicyFile) -> Result<(), Diagnostic> {
    let values = declaration
        .conclusions
        .iter()
        .map(|conclusion| conclusion.values.len());
    for (what, count, most) in [
        ("conclusions", declaration.conclusions.len(), MOST_QUESTIONS),
        ("flags", declaration.flags.len(), MOST_QUESTIONS),
        ("values of one conclusion", values.max().unwrap_or(0), MOST_VALUES),
    ] {
        if count > most {
            let message = format!("a policy version has {count} {what}, and at most {most} are allowed");
            return Err(Diagnostic::error("policy-too-large", message).at(source, 0..0, "in this file"));
        }
    }
    Ok(())
}

/// Names that stand twice in `policy.yaml`, where each must be unique.
fn repeated_names(source: &Arc<Source>, declaration: &PolicyFile) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    let mut check = |what: &str, names: Vec<&str>| {
        for (index, name) in names.iter().enumerate() {
            if names[..index].contains(name) {
                let place = source.text().rfind(name).unwrap_or_default();
                let message = format!("the {what} `{name}` is declared twice");
                faults.push(Diagnostic::error("declared-twice", message).at(
                    source,
                    place..place + name.len(),
                    "here",
                ));
            }
        }
    };
    check(
        "conclusion",
        declaration.conclusions.iter().map(|c| c.name.as_str()).collect(),
    );
    check(
        "flag",
        declaration.flags.iter().map(|flag| flag.id.as_str()).collect(),
    );
    for conclusion in &declaration.conclusions {
        check(
            "value",
            conclusion
                .values
                .iter()
                .map(|value| value.value.as_str())
                .collect(),
        );
    }
    faults
}
