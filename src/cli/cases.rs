//! Reading the case files that a command is given, for all commands that take some.

use super::arguments::{CaseOptions, Common};
use super::{Ended, output, rules};
use crate::case_file::{self, Case, Document, Documents};
use crate::diagnostic::{CaseFault, Diagnostic};
use crate::evaluate::knowledge;
use crate::facts::{Knowledge, PickedBy};
use crate::policy::{Picked, Policies, PolicyVersion};
use crate::yaml::Limits;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A case with the policy version that applies to it.
pub(super) struct Ready {
    /// Where it stands: `path`, or `path#2`.
    pub origin: String,
    pub case: Case,
    pub picked: Picked,
    pub policy: Arc<PolicyVersion>,
    pub known: Knowledge,
}

/// A case, or what is wrong with it.
pub(super) enum Read {
    Ready(Box<Ready>),
    Failed {
        origin: String,
        faults: Vec<Diagnostic>,
        ended: Ended,
    },
}

/// The cases of the inputs of a command.
pub(super) struct Cases {
    pub policies: Policies,
    limits: Limits,
}

impl Cases {
    /// Opens the rules for the cases of a command. What is wrong with them has been shown when it fails.
    pub fn open(common: &Common, options: &CaseOptions) -> Result<Self, Ended> {
        let opened = rules(common).and_then(|tree| Policies::open(&tree, options.policy.as_deref()));
        let limits = Limits {
            document_bytes: options.document_bytes,
            ..Limits::default()
        };
        match opened {
            Ok(policies) => Ok(Self { policies, limits }),
            Err(faults) => {
                output::faults(&faults);
                Err(Ended::NotDone)
            }
        }
    }

    /// Gives each case of the inputs to `take`, in order. What cannot be read at all is shown; the result says how bad
    /// it was.
    pub fn each(&mut self, inputs: &[PathBuf], take: &mut dyn FnMut(&Policies, Read)) -> Ended {
        let mut ended = Ended::Done;
        for path in inputs {
            let of_input = if path == Path::new("-") {
                self.documents("<stdin>", std::io::stdin().lock(), take)
            } else {
                match case_file::open(path) {
                    Ok(reader) => self.documents(&path.display().to_string(), reader, take),
                    Err(error) => {
                        output::message(&format!("error: {error}"));
                        Ended::NotDone
                    }
                }
            };
            ended = ended.max(of_input);
        }
        ended
    }

    fn documents(
        &mut self,
        name: &str,
        reader: impl BufRead,
        take: &mut dyn FnMut(&Policies, Read),
    ) -> Ended {
        for document in Documents::new(name, reader, self.limits.document_bytes) {
            let read = match document {
                Ok(Ok(document)) => self.document(document),
                Ok(Err(fault)) => failed(name.to_owned(), vec![fault], Ended::WithFindings),
                Err(error) => {
                    output::message(&format!("error: `{name}` cannot be read: {error}"));
                    return Ended::NotDone;
                }
            };
            take(&self.policies, read);
        }
        Ended::Done
    }

    fn document(&mut self, document: Document) -> Read {
        let Document { source, origin } = document;
        let gazetteer = self.policies.gazetteer().clone();
        let case = match case_file::read_case(&source, &gazetteer, &self.limits) {
            Ok(case) => case,
            Err(faults) => return failed(origin, faults, Ended::WithFindings),
        };
        let picked = match self.policies.pick(case.decision_date) {
            Ok(picked) => picked,
            Err(fault) => {
                let place = source.text().find("decision_date").unwrap_or_default();
                let fault = fault.at(&source, place..place, "this case");
                return failed(origin, vec![fault], Ended::WithFindings);
            }
        };
        let policy = match self.policies.version(&picked.id) {
            Ok(policy) => policy,
            Err(faults) => return failed(origin, faults, Ended::NotDone),
        };
        if picked.by == PickedBy::Newest {
            let warning = format!(
                "`{origin}` has no decision date, so the newest version `{}` is used",
                picked.id
            );
            let help = "add `decision_date: YYYY-MM-DD`, or name a version with `--policy`";
            output::faults(&[Diagnostic::warning("no-decision-date", warning).help(help)]);
        }
        let known = knowledge(&case.facts, case.decision_date, picked.by, &gazetteer);
        Read::Ready(Box::new(Ready {
            origin,
            case,
            picked,
            policy,
            known,
        }))
    }
}

fn failed(origin: String, faults: Vec<Diagnostic>, ended: Ended) -> Read {
    Read::Failed {
        origin,
        faults,
        ended,
    }
}

/// Results of several cases, as text one after the other, as JSON an object for one case and an array for several.
pub(super) struct Results {
    pub ended: Ended,
    json: Option<Vec<serde_json::Value>>,
    printed: usize,
}

impl Results {
    /// Results that are printed as text at once, or collected as JSON.
    pub fn new(as_json: bool) -> Self {
        Self {
            ended: Ended::Done,
            json: as_json.then(Vec::new),
            printed: 0,
        }
    }

    /// Adds a result, in the form that is wanted.
    pub fn add(&mut self, text: impl FnOnce() -> String, json: impl FnOnce() -> serde_json::Value) {
        match &mut self.json {
            Some(results) => results.push(json()),
            None => {
                let text = text();
                self.print(&text);
            }
        }
    }

    /// Adds a case without a result: its faults are shown, and JSON has an entry for it.
    pub fn add_failed(&mut self, origin: &str, faults: &[Diagnostic], ended: Ended) {
        output::faults(faults);
        self.ended = self.ended.max(ended);
        if let Some(results) = &mut self.json {
            results.push(crate::report::error_json(origin, &CaseFault::of(faults)));
        }
    }

    fn print(&mut self, text: &str) {
        let separator = if self.printed > 0 { "\n" } else { "" };
        self.printed += 1;
        self.ended = self
            .ended
            .max(output::finished(&format!("{separator}{text}"), Ended::Done));
    }

    /// Prints what was collected, and says how all of it ended.
    pub fn finish(mut self) -> Ended {
        if let Some(results) = self.json.take() {
            let result = match <[serde_json::Value; 1]>::try_from(results) {
                Ok([one]) => one,
                Err(several) if several.is_empty() => return self.ended,
                Err(several) => several.into(),
            };
            self.print(&format!("{result:#}\n"));
        }
        self.ended
    }
}
