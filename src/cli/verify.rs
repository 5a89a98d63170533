//! `gradatie verify`: recorded results derived again.

use super::arguments::{Common, Format};
use super::{Ended, output, rules};
use crate::case_file;
use crate::derivation::Derivation;
use crate::diagnostic::Diagnostic;
use crate::evaluate::CompiledPolicy;
use crate::policy::Policies;
use crate::report::{VerdictOf, verdict_json, verdict_text};
use crate::verify::{Counts, Results, Verdict};
use clap::Args;
use serde_json::{Value, json};
use std::io::BufRead;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie verify results.jsonl\n  \
    gradatie evaluate case.yaml --format json | gradatie verify -")]
pub(super) struct Verify {
    /// Results of `evaluate --format json` or of `batch`; `-` for standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The version that `batch --against` compared with: derives also what changed.
    #[arg(long, value_name = "ID")]
    pub against: Option<String>,
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
    let mut verification = Verification {
        derivation: Derivation::new(tree, against),
        format: command.format,
        counts: Counts::default(),
        listed: Vec::new(),
        ended: Ended::Done,
    };
    for path in &command.files {
        let ended = if path == Path::new("-") {
            verification.file("<stdin>", std::io::stdin().lock())
        } else {
            match case_file::open(path) {
                Ok(reader) => verification.file(&path.display().to_string(), reader),
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
    format: Format,
    counts: Counts,
    /// For JSON: every result that was not confirmed.
    listed: Vec<Value>,
    ended: Ended,
}

impl Verification {
    fn file(&mut self, name: &str, reader: impl BufRead) -> Ended {
        let mut found = 0usize;
        for entry in Results::new(name, reader) {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    output::message(&format!("error: `{name}` cannot be read: {error}"));
                    return Ended::NotDone;
                }
            };
            found += 1;
            let (case, verdict) = match entry.result {
                Ok(result) => {
                    let case = result
                        .get("case")
                        .or_else(|| result.get("source"))
                        .and_then(Value::as_str);
                    (
                        case.unwrap_or_default().to_owned(),
                        self.derivation.verdict(&result),
                    )
                }
                Err(fault) => {
                    let verdict = Verdict::Unchecked(fault.message.clone());
                    output::faults(&[fault]);
                    (String::new(), verdict)
                }
            };
            self.add(name, entry.line, &case, &verdict);
        }
        if found == 0 {
            let fault = Diagnostic::error("no-results", format!("`{name}` holds no results"));
            output::faults(&[fault.help("give what `evaluate --format json` or `batch` wrote")]);
            return Ended::NotDone;
        }
        Ended::Done
    }

    fn add(&mut self, file: &str, line: usize, case: &str, verdict: &Verdict) {
        self.counts.add(verdict);
        if matches!(verdict, Verdict::Confirmed | Verdict::ConfirmedBesidesTexts) {
            return;
        }
        self.ended = self.ended.max(Ended::WithFindings);
        let of = VerdictOf {
            file,
            line,
            case,
            verdict,
        };
        match self.format {
            Format::Json => self.listed.push(verdict_json(&of)),
            Format::Text => self.ended = output::finished(&verdict_text(&of), self.ended),
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
                let result = json!({
                    "confirmed": confirmed, "confirmed_besides_texts": besides_texts, "refuted": refuted,
                    "unchecked": unchecked, "results": self.listed,
                });
                format!("{result:#}\n")
            }
        };
        output::finished(&text, self.ended).max(self.ended)
    }
}
