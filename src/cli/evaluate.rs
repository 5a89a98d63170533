//! `gradatie evaluate`: case files in, results out.

use super::Ended;
use super::arguments::{Common, Evaluate, Format};
use super::{output, rules};
use crate::case_file::{self, Case, Document, Documents};
use crate::diagnostic::Diagnostic;
use crate::evaluate::{evaluate, knowledge};
use crate::facts::PickedBy;
use crate::language::Language;
use crate::policy::Policies;
use crate::report::{Evaluated, Style, error_json, evaluation_json, evaluation_text};
use crate::yaml::Limits;
use serde_json::Value;
use std::io::BufRead;
use std::path::Path;

pub(super) fn run(common: &Common, command: &Evaluate) -> Ended {
    let opened = rules(common).and_then(|tree| Policies::open(&tree, command.policy.as_deref()));
    let policies = match opened {
        Ok(policies) => policies,
        Err(faults) => {
            output::faults(&faults);
            return Ended::NotDone;
        }
    };
    let mut session = Session {
        policies,
        command,
        limits: Limits {
            document_bytes: command.document_bytes,
            ..Limits::default()
        },
        language: common.language(),
        style: output::result_style(),
        results: Vec::new(),
        printed: 0,
        ended: Ended::Done,
    };
    for path in &command.cases {
        session.input(path);
    }
    session.finish()
}

struct Session<'a> {
    policies: Policies,
    command: &'a Evaluate,
    limits: Limits,
    language: Language,
    style: Style,
    /// Results for JSON, which is written at the end: an object for one case, an array for several.
    results: Vec<Value>,
    printed: usize,
    ended: Ended,
}

impl Session<'_> {
    fn worse(&mut self, ended: Ended) {
        self.ended = self.ended.max(ended);
    }

    fn input(&mut self, path: &Path) {
        if path == Path::new("-") {
            return self.documents("<stdin>", std::io::stdin().lock());
        }
        match case_file::open(path) {
            Ok(reader) => self.documents(&path.display().to_string(), reader),
            Err(error) => {
                output::message(&format!("error: {error}"));
                self.worse(Ended::NotDone);
            }
        }
    }

    fn documents(&mut self, name: &str, reader: impl BufRead) {
        for document in Documents::new(name, reader, self.limits.document_bytes) {
            match document {
                Ok(Ok(document)) => self.document(&document),
                Ok(Err(fault)) => self.failed(name, &[fault], Ended::WithFindings),
                Err(error) => {
                    output::message(&format!("error: `{name}` cannot be read: {error}"));
                    self.worse(Ended::NotDone);
                    return;
                }
            }
        }
    }

    fn document(&mut self, document: &Document) {
        let gazetteer = self.policies.gazetteer().clone();
        match case_file::read_case(&document.source, &gazetteer, &self.limits) {
            Ok(case) => self.case(&document.origin, &case),
            Err(faults) => self.failed(&document.origin, &faults, Ended::WithFindings),
        }
    }

    fn case(&mut self, origin: &str, case: &Case) {
        let picked = match self.policies.pick(case.decision_date) {
            Ok(picked) => picked,
            Err(fault) => {
                let place = case.source.text().find("decision_date").unwrap_or_default();
                let fault = fault.at(&case.source, place..place, "this case");
                return self.failed(origin, &[fault], Ended::WithFindings);
            }
        };
        let policy = match self.policies.version(&picked.id) {
            Ok(policy) => policy,
            Err(faults) => return self.failed(origin, &faults, Ended::NotDone),
        };
        if picked.by == PickedBy::Newest {
            let warning = format!(
                "`{origin}` has no decision date, so the newest version `{}` is used",
                picked.id
            );
            let help = "add `decision_date: YYYY-MM-DD`, or name a version with `--policy`";
            output::faults(&[Diagnostic::warning("no-decision-date", warning).help(help)]);
        }
        let known = knowledge(&case.facts, case.decision_date, picked.by, &policy.gazetteer);
        let evaluation = match evaluate(&policy, &known) {
            Ok(evaluation) => evaluation,
            Err(faults) => return self.failed(origin, &faults, Ended::WithFindings),
        };
        let evaluated = Evaluated {
            origin,
            case,
            known: &known,
            rules: self.policies.tree(),
            picked: &picked,
            policy: &policy,
            evaluation: &evaluation,
            language: self.language,
        };
        match self.command.format {
            Format::Json => self.results.push(evaluation_json(&evaluated)),
            Format::Text => {
                let text = evaluation_text(&evaluated, self.style, self.command.trace);
                self.print(&text);
            }
        }
    }

    /// A case without a result: its faults are shown, and JSON has an entry for it.
    fn failed(&mut self, origin: &str, faults: &[Diagnostic], ended: Ended) {
        output::faults(faults);
        self.results.push(error_json(origin, faults));
        self.worse(ended);
    }

    fn print(&mut self, text: &str) {
        let separator = if self.printed > 0 { "\n" } else { "" };
        self.printed += 1;
        if let Err(error) = output::result(&format!("{separator}{text}")) {
            output::message(&format!("error: the result cannot be written: {error}"));
            self.worse(Ended::NotDone);
        }
    }

    fn finish(mut self) -> Ended {
        if self.command.format == Format::Json {
            let result = match &self.results[..] {
                [] => None,
                [one] => Some(one.clone()),
                several => Some(Value::from(several.to_vec())),
            };
            if let Some(result) = result {
                self.print(&format!("{result:#}\n"));
            }
        }
        self.ended
    }
}
