//! Decision tables as text and Markdown.

use super::{reasoning, words};
use crate::language::Language;
use crate::policy::PolicyVersion;
use crate::script::Asked;
use crate::table::{Cell, Table, TableRow};
use std::fmt::Write;

/// What stands in a cell of an input that does not matter.
const ANY: &str = "-";

/// The head and the rows of a table as texts.
struct Grid {
    title: String,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn grid(policy: &PolicyVersion, table: &Table, language: Language) -> Grid {
    let question = match table.asked {
        Asked::Conclusion(index) => policy.conclusions[index].question.text(language),
        Asked::Flag(index) => policy.flags[index].text.text(language),
    };
    let inputs = table.inputs.iter().map(|input| input.name.clone());
    Grid {
        title: format!("{}: {question}", table.name),
        head: inputs
            .chain([table.name.clone(), words::CITES.text(language).to_owned()])
            .collect(),
        rows: table
            .rows
            .iter()
            .map(|row| grid_row(policy, table, row, language))
            .collect(),
    }
}

fn grid_row(policy: &PolicyVersion, table: &Table, row: &TableRow, language: Language) -> Vec<String> {
    let cells = row.cells.iter().enumerate().map(|(input, cells)| match cells {
        Some(cells) => cells_text(table, input, cells, language),
        None => ANY.to_owned(),
    });
    let value = match &row.conclusion {
        None => words::NOT_RAISED.text(language).to_owned(),
        Some(conclusion) => match reasoning::value(policy, table.asked, conclusion.value) {
            Some(value) => value.value.clone(),
            None => words::RAISED.text(language).to_owned(),
        },
    };
    let entries = policy.register.entries();
    let cites = row.conclusion.iter().flat_map(|conclusion| &conclusion.cites);
    let cites: Vec<&str> = cites.map(|cite| entries[*cite].locator.as_str()).collect();
    cells.chain([value, cites.join(", ")]).collect()
}

/// More values than this are said by the one that is not among them, where there is only one.
const MOST_LISTED: usize = 6;

/// The values of a cell; of many values all but one, that one.
pub(super) fn cells_text(table: &Table, input: usize, cells: &[Cell], language: Language) -> String {
    let names = |cells: &[&Cell]| {
        cells
            .iter()
            .map(|cell| cell.label.clone())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let cells: Vec<&Cell> = cells.iter().collect();
    if cells.len() > MOST_LISTED {
        // Exactly one row fits each combination, so the rows together name every value.
        let all = table
            .rows
            .iter()
            .filter_map(|row| row.cells[input].as_ref())
            .flatten();
        let mut others: Vec<&Cell> = all
            .filter(|cell| cells.iter().all(|own| own.label != cell.label))
            .collect();
        others.sort_by(|one, other| one.label.cmp(&other.label));
        others.dedup_by(|one, other| one.label == other.label);
        if others.len() == 1 {
            return format!("{} {}", words::ALL_BUT.text(language), names(&others));
        }
    }
    names(&cells)
}

/// Characters to which the cells of a column are filled up: of ten thousand regions a row is wider than any paper.
const WIDEST: usize = 200;

/// Tables as text, in columns.
pub fn tables_text(policy: &PolicyVersion, tables: &[Table], language: Language) -> String {
    let mut text = String::new();
    for table in tables {
        let grid = grid(policy, table, language);
        let width = |column: usize| {
            let cells = grid
                .rows
                .iter()
                .map(|row| &row[column])
                .chain([&grid.head[column]]);
            cells
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
                .min(WIDEST)
        };
        let widths: Vec<usize> = (0..grid.head.len()).map(width).collect();
        if !text.is_empty() {
            text.push('\n');
        }
        let _ = writeln!(text, "{}", grid.title);
        for row in [&grid.head].into_iter().chain(&grid.rows) {
            let cells = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:width$}"));
            let _ = writeln!(text, "  {}", cells.collect::<Vec<_>>().join("  ").trim_end());
        }
    }
    text
}

/// Tables as Markdown.
pub fn tables_markdown(policy: &PolicyVersion, tables: &[Table], language: Language) -> String {
    let mut text = format!("# {}, {}\n", policy.id, policy.title.text(language));
    for table in tables {
        let grid = grid(policy, table, language);
        let _ = write!(text, "\n## {}\n\n", grid.title);
        let rule = vec!["---".to_owned(); grid.head.len()];
        for row in [&grid.head, &rule].into_iter().chain(&grid.rows) {
            let cells = row.iter().map(|cell| cell.replace('|', "\\|"));
            let _ = writeln!(text, "| {} |", cells.collect::<Vec<_>>().join(" | "));
        }
    }
    text
}
