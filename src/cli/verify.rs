//! `gradatie verify`: recorded results derived again.

use super::arguments::{Common, Format};
use super::{Ended, output, rules};
use crate::case_file;
use crate::derivation::Derivation;
use crate::diagnostic::Diagnostic;
use crate::evaluate::CompiledPolicy;
use crate::policy::Policies;
use crate::report::{VerdictOf, verdict_json, verdict_text};
use crate::signature::{AllowedSigners, Digest, Digesting};
use crate::verify::{Counts, Results, Verdict, differs_from_manifest};
use clap::Args;
use serde_json::{Value, json};
use std::io::BufRead;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie verify results.jsonl\n  \
    gradatie verify results.jsonl --require-results-signature signers\n  \
    gradatie evaluate case.yaml --format json | gradatie verify -")]
pub(super) struct Verify {
    /// Results of `evaluate --format json` or of `batch`; `-` for standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The version that `batch --against` compared with: derives also what changed.
    #[arg(long, value_name = "ID")]
    pub against: Option<String>,
    /// Confirm only results that one of these signed, in `FILE.sig`: a file of allowed signers, or a public key.
    #[arg(long, value_name = "SIGNERS")]
    pub require_results_signature: Option<PathBuf>,
    /// How the verdicts are written.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

pub(super) fn run(common: &Common, command: &Verify) -> Ended {
    let tree = match rules(common) {
        Ok(tree) => tree,
        Err(faults) => {
            output::faults(&faults);
            return Ended::NotDone;
        }
    };
    let against = command
        .against
        .as_deref()
        .map(|name| Policies::named(&tree, name));
    let against = match against.transpose() {
        Ok(policy) => policy.map(CompiledPolicy::of),
        Err(faults) => {
            output::faults(&faults);
            return Ended::NotDone;
        }
    };
    let signers = command
        .require_results_signature
        .as_deref()
        .map(AllowedSigners::read);
    let signers = match signers.transpose() {
        Ok(signers) => signers,
        Err(faults) => {
            output::faults(&faults);
            return Ended::NotDone;
        }
    };
    let mut verification = Verification {
        signers,
        signatures: Vec::new(),
        derivation: Derivation::new(tree, against),
        format: command.format,
        counts: Counts::default(),
        listed: Vec::new(),
        ended: Ended::Done,
    };
    for path in &command.files {
        let ended = if path == Path::new("-") {
            verification.standard_input()
        } else {
            match case_file::open(path) {
                Ok(reader) => verification.file(path, reader),
                Err(error) => {
                    output::message(&format!("error: {error}"));
                    Ended::NotDone
                }
            }
        };
        verification.ended = verification.ended.max(ended);
    }
    verification.finish()
}

struct Verification {
    derivation: Derivation,
    /// Who must have signed the results, where someone must.
    signers: Option<AllowedSigners>,
    /// For JSON: who signed which file.
    signatures: Vec<Value>,
    format: Format,
    counts: Counts,
    /// For JSON: every result that was not confirmed.
    listed: Vec<Value>,
    ended: Ended,
}

impl Verification {
    fn standard_input(&mut self) -> Ended {
        if self.signers.is_some() {
            let fault = Diagnostic::error(
                "usage",
                "what comes through standard input has no signature beside it",
            );
            output::faults(&[fault.help("give the file of results by its name")]);
            return Ended::NotDone;
        }
        self.results("<stdin>", std::io::stdin().lock()).0
    }

    /// The results of a file, its manifest and its signature.
    fn file(&mut self, path: &Path, reader: impl BufRead) -> Ended {
        let name = path.display().to_string();
        let (mut ended, found, signed) = match &self.signers {
            None => {
                let (ended, found) = self.results(&name, reader);
                (ended, found, None)
            }
            Some(signers) => {
                let signers = signers.clone();
                // What is checked is what was read, and not what the file may be a moment later.
                let mut reader = Digest::default().reading(reader);
                let (ended, found) = self.results(&name, &mut reader);
                (ended, found, Some(signer(&signers, path, reader)))
            }
        };
        let mut faults: Vec<Diagnostic> = differs_from_manifest(path, found).into_iter().collect();
        if let Some(signed) = signed {
            let (by, fault) = match signed {
                Ok(signer) => {
                    output::message(&format!("`{name}` is signed by {signer}"));
                    (Some(signer), None)
                }
                Err(fault) => (None, Some(fault)),
            };
            let why = fault.as_ref().map(|fault| fault.message.as_str());
            self.signatures
                .push(json!({"file": name, "signed_by": by, "fault": why}));
            faults.extend(fault);
        }
        if !faults.is_empty() {
            output::faults(&faults);
            ended = ended.max(Ended::WithFindings);
        }
        ended
    }

    /// Verdicts on results, one at a time; how many there were.
    fn results(&mut self, name: &str, reader: impl BufRead) -> (Ended, usize) {
        let mut found = 0usize;
        for entry in Results::new(name, reader) {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    output::message(&format!("error: `{name}` cannot be read: {error}"));
                    return (Ended::NotDone, found);
                }
            };
            found += 1;
            let (case, facts, verdict) = match entry.result {
                Ok(result) => {
                    let case = result
                        .get("case")
                        .or_else(|| result.get("source"))
                        .and_then(Value::as_str);
                    (
                        case.unwrap_or_default().to_owned(),
                        result.get("facts").cloned(),
                        self.derivation.verdict(&result),
                    )
                }
                Err(fault) => {
                    let verdict = Verdict::Unchecked(fault.message.clone());
                    output::faults(&[fault]);
                    (String::new(), None, verdict)
                }
            };
            self.add(&VerdictOf {
                file: name,
                line: entry.line,
                case: &case,
                facts: facts.as_ref(),
                verdict: &verdict,
            });
        }
        if found == 0 {
            let fault = Diagnostic::error("no-results", format!("`{name}` holds no results"));
            output::faults(&[fault.help("give what `evaluate --format json` or `batch` wrote")]);
            return (Ended::NotDone, found);
        }
        (Ended::Done, found)
    }

    fn add(&mut self, of: &VerdictOf<'_>) {
        self.counts.add(of.verdict);
        if matches!(of.verdict, Verdict::Confirmed | Verdict::ConfirmedBesidesTexts) {
            return;
        }
        self.ended = self.ended.max(Ended::WithFindings);
        match self.format {
            Format::Json => self.listed.push(verdict_json(of)),
            Format::Text => self.ended = output::finished(&verdict_text(of), self.ended),
        }
    }

    fn finish(self) -> Ended {
        let not_derived = self.derivation.changes_not_derived();
        if not_derived > 0 {
            let message = format!(
                "{not_derived} confirmed results say what changed; their earlier values were not derived"
            );
            let fault = Diagnostic::warning("changes-not-derived", message);
            output::faults(&[fault.help("name the version that they were compared with: `--against ID`")]);
        }
        let Counts {
            confirmed,
            refuted,
            unchecked,
            besides_texts,
        } = self.counts;
        if besides_texts > 0 {
            let message = format!(
                "{besides_texts} confirmed results are of rules that decide the same and have other texts (comments, \
                 layout, summaries)"
            );
            let help = "the place in a script and the summary of each reason were not compared; take the rules as they \
                        were for that";
            output::faults(&[Diagnostic::warning("other-texts", message).help(help)]);
        }
        let text = match self.format {
            Format::Text => {
                format!("{confirmed} confirmed, {refuted} refuted, {unchecked} cannot be checked\n")
            }
            Format::Json => {
                let mut result = json!({
                    "confirmed": confirmed, "confirmed_besides_texts": besides_texts, "refuted": refuted,
                    "unchecked": unchecked, "results": self.listed,
                });
                if self.signers.is_some() {
                    result["signatures"] = Value::Array(self.signatures);
                }
                format!("{result:#}\n")
            }
        };
        output::finished(&text, self.ended).max(self.ended)
    }
}

/// Who signed what was read of a file.
fn signer(
    signers: &AllowedSigners,
    path: &Path,
    read: Digesting<impl BufRead>,
) -> Result<String, Diagnostic> {
    let digest = read.finish().map_err(|error| {
        let message = format!("`{}` cannot be read: {error}", path.display());
        Diagnostic::error("unsigned-results", message)
    })?;
    let signer = signers.check_results(path, &digest, jiff::Timestamp::now())?;
    Ok(signer.name.clone())
}
