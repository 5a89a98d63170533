//! The rules as decision tables: disjoint, complete, with as few rows as the diagram allows.

use crate::diagnostic::Diagnostic;
use crate::diagram::{Bounds, Diagram, Row, explore};
use crate::facts::{Candidates, FactId};
use crate::policy::PolicyVersion;
use crate::script::{Asked, Conclusion, Outcome};
use std::collections::BTreeSet;

/// A decision table of one question.
#[derive(Debug, Clone)]
pub struct Table {
    /// The question.
    pub asked: Asked,
    /// The name of the conclusion or flag.
    pub name: String,
    /// The facts that matter.
    pub inputs: Vec<Input>,
    /// The rows; exactly one fits each combination of facts.
    pub rows: Vec<TableRow>,
}

/// A column for a fact, or for one word of a list.
#[derive(Debug, Clone)]
pub struct Input {
    /// What a reader sees.
    pub name: String,
    /// The fact.
    pub fact: FactId,
    /// The word of a list.
    pub word: Option<u8>,
}

/// A row: what each input must be, and what then holds.
#[derive(Debug, Clone)]
pub struct TableRow {
    /// For each input what it may be; `None` where it does not matter.
    pub cells: Vec<Option<Vec<Cell>>>,
    /// What is concluded; `None` where a flag is not raised.
    pub conclusion: Option<Conclusion>,
}

/// A value, or values that the rules do not tell apart.
#[derive(Debug, Clone)]
pub struct Cell {
    /// What a reader sees.
    pub label: String,
    /// The values.
    pub values: Candidates,
}

/// The decision table of a question.
///
/// # Errors
/// The script fails for some combination, or has too many branches: there is no table of a part.
pub fn table(policy: &PolicyVersion, asked: Asked, bounds: &Bounds) -> Result<Table, Diagnostic> {
    let gazetteer = &policy.gazetteer;
    let nothing = policy.nothing_known();
    let exploration = explore(&policy.program, asked, &nothing, bounds)?;
    if let Some((_, fault)) = exploration.failure() {
        return Err(fault.clone().help("`gradatie check` shows a case"));
    }
    // Where it was concluded does not matter for a table: two sites that say the same make one row.
    let said = |conclusion: &Conclusion| (conclusion.value, conclusion.cites.clone());
    let mut first_of = std::collections::HashMap::new();
    for path in &exploration.paths {
        if let Outcome::Concluded(conclusion) = &path.run.outcome {
            first_of
                .entry(said(conclusion))
                .or_insert_with(|| conclusion.clone());
        }
    }
    let mut diagram = Diagram::build(&exploration, &nothing, gazetteer, |path| {
        match &path.run.outcome {
            Outcome::Concluded(conclusion) => Some(said(conclusion)),
            Outcome::NotRaised | Outcome::Failed(_) => None,
        }
    })?;
    let rows: Vec<Row<_>> = diagram.rows(|_| true);
    let space = diagram.space();
    let used: BTreeSet<usize> = rows.iter().flat_map(|row| row.cells.keys().copied()).collect();
    let inputs = used.iter().map(|variable| {
        let of = &space.variables()[*variable];
        Input {
            name: space.variable_name(*variable),
            fact: of.fact,
            word: of.word,
        }
    });
    let table_rows = rows.iter().map(|row| {
        let cells = used.iter().map(|variable| {
            let cells = row.cells.get(variable)?;
            let cell = |cell: &usize| Cell {
                label: space.cell_label(*variable, *cell, gazetteer),
                values: space.variables()[*variable].cells[*cell].clone(),
            };
            Some(cells.iter().map(cell).collect())
        });
        TableRow {
            cells: cells.collect(),
            conclusion: row.terminal.as_ref().and_then(|said| first_of.get(said).cloned()),
        }
    });
    Ok(Table {
        asked,
        name: match asked {
            Asked::Conclusion(index) => policy.conclusions[index].name.clone(),
            Asked::Flag(index) => policy.flags[index].id.clone(),
        },
        inputs: inputs.collect(),
        rows: table_rows.collect(),
    })
}
