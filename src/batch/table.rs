//! Results as rows of CSV: what was concluded, without the reasons' texts.

use super::changes::ChangeOfCase;
use super::deciding::Deciding;
use super::pipeline::Batch;
use crate::diagnostic::CaseFault;
use crate::evaluate::Determination;
use crate::facts::FactId;
use crate::report::CaseOfLine;
use crate::script::Asked;

/// Stands where an earlier value was not determined.
pub(super) const NOT_DETERMINED: &str = "(not determined)";

/// The header: a column for what each cell holds; for each conclusion its value, the values that are still possible, the
/// sentences it rests on and, when compared, the earlier value where it changed.
pub fn table_header(conclusions: &[String], is_compared: bool) -> Vec<u8> {
    let mut columns: Vec<String> = ["source", "case", "policy", "decision_date"]
        .map(str::to_owned)
        .to_vec();
    for name in conclusions {
        columns.push(name.clone());
        columns.push(format!("{name}_possible"));
        columns.push(format!("{name}_cites"));
        if is_compared {
            columns.push(format!("{name}_from"));
        }
    }
    columns.extend(
        [
            "needs",
            "flags",
            "flags_open",
            "error_code",
            "error_message",
            "error_line",
            "error_column",
        ]
        .map(str::to_owned),
    );
    let mut text = Vec::new();
    row(&mut text, &columns);
    text
}

/// Writes the row of a case.
pub(super) fn write_row(
    text: &mut Vec<u8>,
    batch: &Batch<'_>,
    decided: &Deciding<'_>,
    case: CaseOfLine<'_>,
    changes: &[ChangeOfCase],
) {
    let policy = decided.writer.policy();
    let determinations: Vec<_> = decided.determinations().collect();
    let date = case.values.decision_date.map(|date| date.to_string());
    let mut cells = vec![
        case.source.to_owned(),
        case.case.to_owned(),
        policy.id.to_string(),
        date.unwrap_or_default(),
    ];
    for name in &batch.conclusions {
        let declared = policy.conclusions.iter().position(|one| one.name == *name);
        let determination = declared.map(|index| determinations[index]);
        let words = |values: &[usize]| -> Vec<String> {
            let declared = declared.map(|index| &policy.conclusions[index].values);
            let words = values
                .iter()
                .filter_map(|value| Some(declared?.get(*value)?.value.clone()));
            words.collect()
        };
        let value = determination.and_then(|determination| determination.value());
        let possible = determination.filter(|_| value.is_none());
        let word = determination.and_then(|determination| determination.value_word(policy));
        cells.push(word.unwrap_or_default().to_owned());
        cells.push(words(possible.map_or(&[], |one| &one.possible[..])).join(" "));
        cells.push(determination.map_or_else(String::new, |one| one.cites(policy).join(" ")));
        if batch.against.is_some() {
            let change = changes
                .iter()
                .find(|(index, ..)| batch.conclusions[*index] == *name);
            cells.push(change.map_or_else(String::new, |(_, from, ..)| {
                let from = batch.names.text(*from);
                from.unwrap_or_else(|| NOT_DETERMINED.to_owned())
            }));
        }
    }
    let needs: Vec<&str> = decided.needs().iter().map(|fact| FactId::name(*fact)).collect();
    let flags = |of: fn(&Determination) -> bool| {
        let flags = determinations.iter().filter(|one| of(one));
        let names = flags.filter_map(|flag| match flag.asked {
            Asked::Flag(index) => Some(policy.flags[index].id.as_str()),
            Asked::Conclusion(_) => None,
        });
        names.collect::<Vec<_>>().join(" ")
    };
    cells.push(needs.join(" "));
    cells.push(flags(Determination::is_raised));
    cells.push(flags(|flag| flag.value().is_none()));
    cells.extend([const { String::new() }; 4]);
    row(text, &cells);
}

/// Writes the row of a case that could not be evaluated.
pub(super) fn write_error_row(
    text: &mut Vec<u8>,
    batch: &Batch<'_>,
    source: &str,
    case: Option<&str>,
    fault: &CaseFault,
) {
    let number = |number: Option<usize>| number.map_or_else(String::new, |number| number.to_string());
    let per_conclusion = if batch.against.is_some() { 4 } else { 3 };
    let mut cells = vec![source.to_owned(), case.unwrap_or_default().to_owned()];
    cells.resize(
        2 + 2 + per_conclusion * batch.conclusions.len() + 3,
        String::new(),
    );
    cells.extend([
        fault.code.clone().unwrap_or_default(),
        fault.message.clone(),
        number(fault.line),
        number(fault.column),
    ]);
    row(text, &cells);
}

fn row(text: &mut Vec<u8>, cells: &[String]) {
    let mut writer = csv::Writer::from_writer(text);
    // A `Vec` takes everything.
    let _ = writer.write_record(cells);
    let _ = writer.flush();
}
