//! Every combination of facts ends in a conclusion: no gap, no failure, no limit. Each that does not is shown with a case.

use crate::diagnostic::Diagnostic;
use crate::diagram::{Diagram, Exploration};
use crate::facts::{FactId, Knowledge};
use crate::policy::PolicyVersion;
use crate::script::{Asked, Outcome};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// What was gone through to check a question.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The policy version.
    pub policy: String,
    /// The conclusion or flag.
    pub question: String,
    /// The combinations of the facts that its rules read, as far as the rules tell their values apart.
    pub combinations: u128,
    /// The branches of the script.
    pub branches: usize,
    /// The nodes of the reduced diagram.
    pub nodes: usize,
    /// How long it took.
    pub time: Duration,
    /// Whether every combination ends in a conclusion.
    pub is_proved: bool,
}

/// The name of a question, as results give it.
pub(super) fn name(policy: &PolicyVersion, asked: Asked) -> &str {
    match asked {
        Asked::Conclusion(index) => &policy.conclusions[index].name,
        Asked::Flag(index) => &policy.flags[index].id,
    }
}

/// Puts a fault at the function that answers a question.
pub(super) fn at_function(policy: &PolicyVersion, asked: Asked, fault: Diagnostic) -> Diagnostic {
    let found = policy.program.function(asked).and_then(|(script, name)| {
        let (source, outline) = policy.program.outlines().nth(script)?;
        let (_, at) = outline.functions.iter().find(|(function, _)| function == name)?;
        Some((source, source.word_at(*at)))
    });
    match found {
        Some((source, span)) => fault.at(source, span, "this function"),
        None => fault,
    }
}

pub(super) fn check(
    policy: &PolicyVersion,
    exploration: &Exploration,
    nothing: &Knowledge,
    start: Instant,
) -> Result<(Proof, Vec<Diagnostic>), Diagnostic> {
    // Equal faults are one finding; the branches in which they happen make its cases.
    let mut faults: Vec<&Diagnostic> = Vec::new();
    for path in &exploration.paths {
        if let Outcome::Failed(fault) = &path.run.outcome
            && !faults.contains(&fault.as_ref())
        {
            faults.push(fault);
        }
    }
    let mut diagram = Diagram::build(exploration, nothing, &policy.gazetteer, |path| {
        match &path.run.outcome {
            Outcome::Failed(fault) => Err(faults.iter().position(|known| *known == fault.as_ref())),
            Outcome::Concluded(conclusion) => Ok(Some(conclusion.clone())),
            Outcome::NotRaised => Ok(None),
        }
    })?;
    let read: BTreeSet<FactId> = diagram
        .space()
        .variables()
        .iter()
        .map(|variable| variable.fact)
        .collect();
    let proof = Proof {
        policy: policy.id.to_string(),
        question: name(policy, exploration.asked).to_owned(),
        combinations: diagram.space().combinations_of(&read),
        branches: exploration.paths.len(),
        nodes: diagram.size(),
        time: start.elapsed(),
        is_proved: faults.is_empty(),
    };
    let mut findings = Vec::new();
    for (index, fault) in faults.into_iter().enumerate() {
        let rows = diagram.rows(|terminal| *terminal == Err(Some(index)));
        let Some(row) = rows.first() else { continue };
        let space = diagram.space();
        let conditions: Vec<String> = row
            .cells
            .iter()
            .map(|(variable, cells)| {
                let labels: Vec<String> = cells
                    .iter()
                    .map(|cell| space.cell_label(*variable, *cell, &policy.gazetteer))
                    .collect();
                format!("{} {}", space.variable_name(*variable), labels.join(" | "))
            })
            .collect();
        let when = if conditions.is_empty() {
            "always".to_owned()
        } else {
            conditions.join(", ")
        };
        let more = if rows.len() > 1 {
            format!(", and in {} more ways", rows.len() - 1)
        } else {
            String::new()
        };
        let finding = fault.clone().help(format!("it happens when: {when}{more}"));
        findings.push(finding.witness(space.witness(&row.cells, &policy.gazetteer)));
    }
    Ok((proof, findings))
}
