//! Rule scripts: compiled in a sandbox, run with tracked facts. The only files that name the `rhai` crate.
//!
//! A run asks an oracle for every fact that the script reads, and records the question, the answer and the place. What
//! the oracle answers with is its own affair: a case's facts, or each possibility in turn.

mod definitions;
mod engine;
mod failure;
mod language;
mod outline;
mod pieces;
mod remembered;
mod run;
mod state;
mod tracked;
mod vocabulary;

pub use definitions::{DefinedQuestion, definitions};
pub use outline::{Compared, Outline, Subject};
pub use pieces::{Piece, PieceKind};
pub use run::{Conclusion, Limits, Outcome, Read, Run, Site, Use};
pub use vocabulary::{ConclusionWords, Vocabulary};

use crate::diagnostic::Diagnostic;
use crate::facts::{Answer, Question};
use crate::source::Source;
use remembered::Remembered;
use std::collections::HashMap;
use std::sync::Arc;

/// A question that a policy asks: a conclusion or a flag, by its place in the vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asked {
    /// A conclusion.
    Conclusion(usize),
    /// A flag.
    Flag(usize),
}

/// A script with the questions that its functions answer.
#[derive(Debug, Clone)]
pub struct ScriptFile {
    /// The name from the rules folder, as results show it.
    pub name: String,
    /// The text.
    pub source: Arc<Source>,
    /// The questions, each with the name of its function.
    pub questions: Vec<(Asked, String)>,
}

/// The compiled scripts of a policy version.
pub struct Program {
    engine: rhai::Engine,
    content: Arc<Content>,
}

/// What native functions need of a program while it runs.
struct Content {
    vocabulary: Vocabulary,
    scripts: Vec<Script>,
    functions: HashMap<Asked, Function>,
    limits: Limits,
    remembered: Remembered,
}

struct Script {
    name: String,
    source: Arc<Source>,
    ast: rhai::AST,
    outline: Outline,
}

#[derive(Clone)]
struct Function {
    script: usize,
    name: String,
}

impl Program {
    /// Compiles scripts.
    ///
    /// # Errors
    /// Everything in the scripts that is not part of the rule language, every unknown word, every question without a
    /// function.
    pub fn compile(
        files: &[ScriptFile],
        vocabulary: Vocabulary,
        limits: Limits,
    ) -> Result<Self, Vec<Diagnostic>> {
        let engine = engine::sandbox(&vocabulary, &limits);
        let mut faults = Vec::new();
        let mut scripts = Vec::new();
        let mut functions = HashMap::new();
        for (index, file) in files.iter().enumerate() {
            let own: Vec<&str> = file.questions.iter().map(|(_, name)| name.as_str()).collect();
            let before = faults.len();
            let outline = language::check(&engine, &file.source, &vocabulary, &own, &mut faults);
            if faults.len() > before {
                continue;
            }
            let ast = match engine.compile(file.source.text()) {
                Ok(ast) => ast,
                Err(error) => {
                    faults.push(failure::parse_error(&file.source, &error));
                    continue;
                }
            };
            for (asked, name) in &file.questions {
                let takes_facts = |function: rhai::ScriptFnMetadata<'_>| {
                    function.name == name && function.params.len() == 1
                };
                if !ast.iter_functions().any(takes_facts) {
                    let message = format!("no function `{name}(facts)` answers the question");
                    faults.push(
                        Diagnostic::error("missing-question", message)
                            .at(&file.source, 0..0, "in this file")
                            .help(format!("write `fn {name}(facts) {{ … }}`")),
                    );
                }
                functions.insert(
                    *asked,
                    Function {
                        script: index,
                        name: name.clone(),
                    },
                );
            }
            scripts.push(Script {
                name: file.name.clone(),
                source: file.source.clone(),
                ast,
                outline,
            });
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let content = Arc::new(Content {
            vocabulary,
            scripts,
            functions,
            limits,
            remembered: Remembered::default(),
        });
        Ok(Self { engine, content })
    }

    /// The words of the policy.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.content.vocabulary
    }

    /// The script in which a site lies.
    pub fn script(&self, site: &Site) -> &Arc<Source> {
        &self.content.scripts[site.script].source
    }

    /// The scripts with what their text holds, in the order of [`Site::script`].
    pub fn outlines(&self) -> impl Iterator<Item = (&Arc<Source>, &Outline)> {
        self.content
            .scripts
            .iter()
            .map(|script| (&script.source, &script.outline))
    }

    /// The words of a script, in the order of [`Site::script`].
    pub fn pieces(&self, script: usize) -> Vec<Piece> {
        pieces::pieces(&self.engine, &self.content.scripts[script].source)
    }

    /// The scripts by name, with their texts, in the order of [`Site::script`].
    pub fn scripts(&self) -> impl Iterator<Item = (&str, &Arc<Source>)> {
        self.content
            .scripts
            .iter()
            .map(|script| (script.name.as_str(), &script.source))
    }

    /// The same program with another text for one script.
    ///
    /// # Errors
    /// As [`Self::compile`].
    pub fn with_text(&self, script: usize, text: &str) -> Result<Self, Vec<Diagnostic>> {
        let file = |(index, of): (usize, &Script)| {
            let own = self.content.functions.iter();
            let own = own.filter(|(_, function)| function.script == index);
            let mut questions: Vec<_> = own
                .map(|(asked, function)| (*asked, function.name.clone()))
                .collect();
            questions.sort_unstable();
            ScriptFile {
                name: of.name.clone(),
                source: if index == script {
                    Source::new(of.source.name(), text)
                } else {
                    of.source.clone()
                },
                questions,
            }
        };
        let files: Vec<ScriptFile> = self.content.scripts.iter().enumerate().map(file).collect();
        Self::compile(&files, self.content.vocabulary.clone(), self.content.limits)
    }

    /// The script and the name of the function that answer a question.
    pub fn function(&self, asked: Asked) -> Option<(usize, &str)> {
        let function = self.content.functions.get(&asked)?;
        Some((function.script, &function.name))
    }

    /// The name of the script in which a site lies, from the rules folder.
    pub fn script_name(&self, site: &Site) -> &str {
        &self.content.scripts[site.script].name
    }

    /// A site as results show it: file, line and column.
    pub fn site_text(&self, site: &Site) -> String {
        let name = self.script_name(site);
        format!("{name}:{}:{}", site.at.line, site.at.column)
    }

    /// The span of the word at a site, for diagnostics.
    pub fn site_span(&self, site: &Site) -> crate::source::Span {
        self.script(site).word_at(site.at)
    }

    /// Runs the script of one question.
    ///
    /// `oracle` answers what the script reads; an answer of `None` stops the run with an error (it means that the
    /// caller's own bounds are reached), and asked the same again it answers the same. The run ends within the program's
    /// limits, whatever the script does.
    pub fn run(&self, asked: Asked, oracle: impl FnMut(Question) -> Option<Answer> + Send + 'static) -> Run {
        run::run(&self.engine, &self.content, asked, Box::new(oracle))
    }

    /// Forgets what its scripts did, so that they run again.
    #[cfg(test)]
    pub(crate) fn forget(&self) {
        self.content.remembered.forget();
    }
}

impl std::fmt::Debug for Program {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.content.scripts.iter().map(|script| script.source.name());
        formatter.debug_list().entries(names).finish()
    }
}
