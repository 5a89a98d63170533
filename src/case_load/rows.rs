//! Cases in CSV: a header with the keys of a case file and the names of facts, a case in each row.
//!
//! An empty cell is a fact that is not known. The words of a list stand in one cell with spaces, commas, semicolons or
//! `|` between them; `[]` is the empty list.

use super::chunk::{LoadFault, Loaded, give};
use super::header::{Column, Header, at};
use crate::case_file::{CaseRecord, calendar_day, is_blank, source_of};
use crate::diagnostic::{Diagnostic, did_you_mean, quoted};
use crate::facts::{FactId, FactKind, FactValue, Word};
use crate::gazetteer::Gazetteer;
use crate::source::Source;
use crate::yaml::Limits;
use csv::{ByteRecord, ReaderBuilder};
use jiff::civil::Date;

/// Reads the rows of a text that begins at `first_line` of the file.
pub(super) fn rows(
    name: &str,
    header: &Header,
    first_line: usize,
    text: &[u8],
    gazetteer: &Gazetteer,
    limits: &Limits,
    take: &mut dyn FnMut(Loaded<'_>),
) {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(header.delimiter)
        .from_reader(text);
    let mut record = ByteRecord::new();
    let (mut counted, mut lines) = (0, first_line);
    // Reading from memory does not fail, and rows of any length are taken.
    while let Ok(true) = reader.read_byte_record(&mut record) {
        let begin = record.position().map_or(0, |position| position.byte() as usize);
        lines += memchr::memchr_iter(b'\n', &text[counted..begin]).count();
        counted = begin;
        // The reader skips empty lines before a row.
        let skipped = text[begin..]
            .iter()
            .take_while(|byte| matches!(byte, b'\n' | b'\r'));
        let line = lines + skipped.filter(|byte| **byte == b'\n').count();
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        let end = reader.position().byte() as usize;
        let read = if header.faults.is_empty() {
            let row = text[begin..end].trim_ascii();
            read_row(name, line, row, header, &record, gazetteer, limits)
        } else {
            Err(header.faults.clone())
        };
        give(&format!("{name}:{line}"), read.map_err(LoadFault::Found), take);
    }
}

fn read_row(
    name: &str,
    line: usize,
    row: &[u8],
    header: &Header,
    record: &ByteRecord,
    gazetteer: &Gazetteer,
    limits: &Limits,
) -> Result<CaseRecord, Vec<Diagnostic>> {
    let source = || source_of(name, row.to_vec(), line).map_err(|fault| vec![fault]);
    if row.len() > limits.document_bytes {
        let message = format!("the row has more than {} bytes", limits.document_bytes);
        let source = Source::part(name, "", line);
        let fault = Diagnostic::error("document-too-large", message).at(&source, 0..0, "it begins here");
        return Err(vec![fault]);
    }
    if record.len() != header.columns.len() {
        let message = format!(
            "the row has {} cells, the header {}",
            record.len(),
            header.columns.len()
        );
        let source = source()?;
        let fault = Diagnostic::error("wrong-number-of-cells", message).at(&source, 0..0, "here");
        return Err(vec![
            fault.help("put a cell that holds the delimiter within quotes"),
        ]);
    }
    let mut read = CaseRecord::default();
    let mut faults = Vec::new();
    for (index, (column, cell)) in header.columns.iter().zip(record).enumerate() {
        let Ok(cell) = std::str::from_utf8(cell) else {
            source()?;
            continue;
        };
        let cell = cell.trim();
        let done = match column {
            Column::Case => {
                read.case = cell.to_owned();
                Ok(())
            }
            Column::Notes => Ok(()),
            _ if cell.is_empty() => Ok(()),
            Column::DecisionDate => date(cell).map(|date| read.decision_date = Some(date)),
            Column::Fact(fact) => {
                value(*fact, cell, gazetteer).map(|value| read.facts[*fact as usize] = Some(value))
            }
        };
        if let Err(fault) = done {
            let cells = record
                .iter()
                .map(|cell| str::from_utf8(cell).unwrap_or_default().trim());
            faults.push(at(*fault, &source()?, cells, index));
        }
    }
    if is_blank(&read.case) {
        let fault = Diagnostic::error("missing-case", "the case has no reference");
        faults.push(fault.at(&source()?, 0..0, "in this row"));
    }
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

pub(super) fn date(text: &str) -> Result<Date, Box<Diagnostic>> {
    calendar_day(text).ok_or_else(|| {
        let fault = Diagnostic::error("not-a-date", format!("{} is not a date", quoted(text)));
        Box::new(fault.help("write it as YYYY-MM-DD"))
    })
}

pub(super) fn value(fact: FactId, text: &str, gazetteer: &Gazetteer) -> Result<FactValue, Box<Diagnostic>> {
    let name = fact.name();
    match fact.declaration().kind {
        FactKind::Choice(words) => Ok(FactValue::Choice(word(name, words, text)? as u32)),
        FactKind::Set(words) => {
            let members = text
                .split([' ', ',', ';', '|'])
                .filter(|member| !member.is_empty());
            let members = members.filter(|member| *member != "[]");
            let bits = members.map(|member| Ok(1 << word(name, words, member)?));
            let bits: Result<Vec<u32>, Box<Diagnostic>> = bits.collect();
            Ok(FactValue::Set(bits?.into_iter().fold(0, |all, bit| all | bit)))
        }
        FactKind::WholeNumber { least, most } => {
            let number = text.parse().ok();
            let number = number.filter(|number: &i32| (least..=most).contains(&i64::from(*number)));
            number.map(FactValue::Number).ok_or_else(|| {
                let fault = Diagnostic::error("out-of-range", format!("`{name}` cannot be {}", quoted(text)));
                Box::new(fault.help(format!("a whole number from {least} to {most}")))
            })
        }
        FactKind::Place => gazetteer.find(text).map(FactValue::Place).ok_or_else(|| {
            let fault = Diagnostic::error("unknown-place", format!("no place is called {}", quoted(text)));
            Box::new(fault.maybe_help(did_you_mean(text, gazetteer.names())))
        }),
        FactKind::Date => Ok(FactValue::of_date(date(text)?)),
    }
}

fn word(fact: &str, words: &[Word], text: &str) -> Result<usize, Box<Diagnostic>> {
    Word::place(words, text).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|word| word.word).collect();
        let fault = Diagnostic::error("unknown-value", format!("`{fact}` cannot be {}", quoted(text)));
        let fault = fault.maybe_help(did_you_mean(text, known.iter().copied()));
        Box::new(fault.help(format!("allowed: {}", known.join(", "))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{PolicyVersion, RulesTree};

    type Faults = Vec<(&'static str, usize, usize)>;

    fn read(text: &str) -> Vec<(String, Result<CaseRecord, Faults>)> {
        let gazetteer = PolicyVersion::gazetteer(&RulesTree::embedded(), "mali").unwrap();
        let (header, rest) = Header::read("a.csv", text.as_bytes().to_vec());
        let mut found = Vec::new();
        rows(
            "a.csv",
            &header,
            1 + header.lines,
            &rest,
            &gazetteer,
            &Limits::default(),
            &mut |loaded| {
                let case = loaded.case.cloned().map_err(|fault| {
                    let LoadFault::Found(faults) = fault else {
                        return Vec::new();
                    };
                    let places = faults.iter().map(|fault| {
                        let (_, at) = fault.place().unwrap();
                        (fault.code, at.line, at.column)
                    });
                    places.collect()
                });
                found.push((loaded.source.to_owned(), case));
            },
        );
        found
    }

    #[test]
    fn a_row_is_a_case_and_an_empty_cell_is_not_known() {
        let text = "case;decision_date;region;actors_of_harm;age;notes\r\nA;2025-09-15;segou;army, militia;34;\"x\n;y\"\r\n\r\nB;;;[];;\r\n";
        let found = read(text);
        assert_eq!(found[0].0, "a.csv:2");
        let first = found[0].1.as_ref().unwrap();
        assert_eq!(first.case, "A");
        assert_eq!(
            first.facts[FactId::ActorsOfHarm as usize],
            Some(FactValue::Set(0b1001))
        );
        assert_eq!(first.facts[FactId::Age as usize], Some(FactValue::Number(34)));
        assert!(first.facts[FactId::Region as usize].is_some());
        assert_eq!(found[1].0, "a.csv:5");
        let second = found[1].1.as_ref().unwrap();
        assert_eq!(second.decision_date, None);
        assert_eq!(
            second.facts[FactId::ActorsOfHarm as usize],
            Some(FactValue::Set(0))
        );
        assert_eq!(second.facts[FactId::Region as usize], None);
    }

    #[test]
    fn a_wrong_cell_is_shown_at_its_place_and_other_rows_are_read() {
        let found = read("case,civilian,age\nA,perhaps,340\nB,yes,34\nC,yes\n,yes,34\n");
        assert_eq!(
            found[0].1,
            Err(vec![("unknown-value", 2, 3), ("out-of-range", 2, 11)])
        );
        assert!(found[1].1.is_ok());
        assert_eq!(found[2].1, Err(vec![("wrong-number-of-cells", 4, 1)]));
        assert_eq!(found[3].1, Err(vec![("missing-case", 5, 1)]));
    }

    #[test]
    fn a_wrong_cell_is_shown_where_it_stands_and_not_where_another_says_the_same() {
        let found = read("case,notes,civilian\nx,\"x, x\",x\n");
        assert_eq!(found[0].1, Err(vec![("unknown-value", 2, 10)]));
        let found = read("case,civilian,case\nx,yes,x\n");
        assert_eq!(found[0].1, Err(vec![("duplicate-key", 1, 15)]));
    }

    #[test]
    fn a_wrong_header_is_an_error_of_each_row() {
        let found = read("case,regoin\nA,Gao\nB,Gao\n");
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].1, Err(vec![("unknown-fact", 1, 6)]));
        assert_eq!(
            read("A,34,moved to Gao\n,yes\n")[0].1,
            Err(vec![("missing-header", 1, 1)])
        );
        assert_eq!(read("region\nGao\n")[0].1, Err(vec![("missing-case", 1, 1)]));
    }
}
