//! `gradatie whatif`: the smallest changes of facts that would change a conclusion.

use super::Ended;
use super::arguments::{CaseOptions, Common, Format};
use super::cases::{Cases, Read, Results};
use crate::evaluate::evaluate;
use crate::report::{self, whatif_json, whatif_text};
use crate::whatif::whatif;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie whatif case.yaml\n  \
    gradatie whatif case.yaml --immutable")]
pub(super) struct WhatIf {
    /// The case files, YAML or JSON; `-` for standard input.
    #[arg(required = true, value_name = "CASE")]
    pub cases: Vec<PathBuf>,
    /// How the results are written.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Also change facts that no later step of the procedure can change, such as the age or the region.
    #[arg(long)]
    pub immutable: bool,
    #[command(flatten)]
    pub options: CaseOptions,
}

pub(super) fn run(common: &Common, command: &WhatIf) -> Ended {
    let mut cases = match Cases::open(common, &command.options) {
        Ok(cases) => cases,
        Err(ended) => return ended,
    };
    let mut results = Results::new(command.format == Format::Json);
    let of_inputs = cases.each(&command.cases, &mut |_, read| {
        let ready = match read {
            Read::Ready(ready) => ready,
            Read::Failed {
                origin,
                faults,
                ended,
            } => return results.add_failed(&origin, &faults, ended),
        };
        let (policy, known) = (&ready.policy, &ready.known);
        let evaluation = match evaluate(policy, known) {
            Ok(evaluation) => evaluation,
            Err(faults) => return results.add_failed(&ready.origin, &faults, Ended::WithFindings),
        };
        let of_each = evaluation
            .conclusions
            .iter()
            .map(|one| whatif(policy, known, one, command.immutable));
        let alternatives = match of_each.collect::<Result<Vec<_>, _>>() {
            Ok(alternatives) => alternatives,
            Err(fault) => return results.add_failed(&ready.origin, &[fault], Ended::WithFindings),
        };
        let shown = report::WhatIf {
            case: &ready.case,
            policy,
            evaluation: &evaluation,
            alternatives: &alternatives,
            language: common.language(),
        };
        results.add(|| whatif_text(&shown), || whatif_json(&shown));
    });
    results.finish().max(of_inputs)
}
