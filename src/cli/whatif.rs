//! `gradatie whatif`: the smallest changes of facts that would change a conclusion.

use super::Ended;
use super::arguments::{Common, Format, WhatIf};
use super::cases::{Cases, Read, Results};
use crate::evaluate::evaluate;
use crate::report::{self, whatif_json, whatif_text};
use crate::whatif::whatif;

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
