//! `gradatie evaluate`: case files in, results out.

use super::arguments::{CaseOptions, Common, Format};
use super::cases::{Cases, Read, Ready, Results};
use super::{Ended, output};
use crate::evaluate::evaluate;
use crate::report::{Evaluated, evaluation_json, evaluation_text, motivation_text};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie evaluate case.yaml\n  \
    gradatie evaluate case.yaml --lang nl --format json\n  \
    gradatie evaluate - --policy mali/2023 < case.yaml")]
pub(super) struct Evaluate {
    /// The case files, YAML or JSON; `-` for standard input.
    #[arg(required = true, value_name = "CASE")]
    pub cases: Vec<PathBuf>,
    /// How the results are written.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Show every read of a fact in order, with its line.
    #[arg(long)]
    pub trace: bool,
    /// Draft the reasons of the decision, as paragraphs to begin from.
    #[arg(long, conflicts_with_all = ["format", "trace"])]
    pub motivation: bool,
    #[command(flatten)]
    pub options: CaseOptions,
}

pub(super) fn run(common: &Common, command: &Evaluate) -> Ended {
    let mut cases = match Cases::open(common, &command.options) {
        Ok(cases) => cases,
        Err(ended) => return ended,
    };
    let mut results = Results::new(command.format == Format::Json);
    let style = output::result_style();
    let of_inputs = cases.each(&command.cases, &mut |policies, read| {
        let ready = match read {
            Read::Ready(ready) => ready,
            Read::Failed {
                origin,
                faults,
                ended,
            } => return results.add_failed(&origin, &faults, ended),
        };
        let Ready {
            origin,
            case,
            picked,
            policy,
            known,
        } = &*ready;
        let evaluation = match evaluate(policy, known) {
            Ok(evaluation) => evaluation,
            Err(faults) => return results.add_failed(origin, &faults, Ended::WithFindings),
        };
        let evaluated = Evaluated {
            origin,
            case,
            known,
            rules: policies.tree(),
            picked,
            policy,
            evaluation: &evaluation,
            language: common.language(),
        };
        results.add(
            || {
                if command.motivation {
                    motivation_text(&evaluated, style)
                } else {
                    evaluation_text(&evaluated, style, command.trace)
                }
            },
            || evaluation_json(&evaluated),
        );
    });
    results.finish().max(of_inputs)
}
