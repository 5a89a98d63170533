//! Bytes to a case file. Whatever they are, they are read or refused at a place inside the text; the ways of reading
//! agree; and what was read, written back, is read as the same.

#![no_main]

use gradatie::case_file::{Case, CaseReader, CaseRecord, Documents, read_case, read_record, source_of};
use gradatie::interview;
use gradatie::source::Source;
use gradatie::yaml::Limits;
use gradatie_fuzz::{assert_placed, gazetteer, written};
use libfuzzer_sys::fuzz_target;
use serde_json::json;
use std::ops::Range;
use std::sync::Arc;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    for document in Documents::new("case.yaml", bytes, limits.document_bytes) {
        match document.expect("memory can be read") {
            Ok(document) => in_every_way(&document.source, &limits),
            Err(fault) => assert_placed(&[fault]),
        }
    }
    // In the second round the reader has read every line before.
    let mut reader = CaseReader::new(gazetteer(), limits);
    for _ in 0..2 {
        let mut begin = 0;
        for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            as_json_line(&mut reader, bytes, begin..begin + line.len(), index + 1);
            begin += line.len() + 1;
        }
    }
});

/// A document as one case and as one of many.
fn in_every_way(source: &Arc<Source>, limits: &Limits) {
    let case = read_case(source, gazetteer(), limits);
    let record = read_record(source, gazetteer(), limits);
    match (case, record) {
        (Ok(case), Ok(record)) => {
            assert_eq!(record_of(&case), record);
            assert_same_when_written(&record, limits);
        }
        (Err(one), Err(other)) => {
            assert_placed(&one);
            assert_eq!(one, other);
        }
        (case, record) => panic!("{case:?}\n{record:?}"),
    }
}

/// A line as JSON Lines and as a file of its own.
fn as_json_line(reader: &mut CaseReader<'_>, text: &[u8], line: Range<usize>, number: usize) {
    let by_line = reader
        .json_line(text, line.clone(), "cases.jsonl", number)
        .cloned();
    let limits = &reader.limits();
    let source = source_of("case.json", text[line].to_vec(), 1);
    let alone = source
        .map_err(|fault| vec![fault])
        .and_then(|source| read_record(&source, gazetteer(), limits));
    match (by_line, alone) {
        (Ok(record), Ok(alone)) => assert_eq!(record, alone),
        (Err(faults), Err(_)) => {
            assert_placed(&faults);
            for fault in faults {
                let (_, at) = fault.place().expect("a place");
                assert_eq!(at.line, number, "{fault:?}");
            }
        }
        (by_line, alone) => panic!("{by_line:?}\n{alone:?}"),
    }
}

fn record_of(case: &Case) -> CaseRecord {
    CaseRecord {
        case: case.case.clone(),
        decision_date: case.decision_date,
        facts: case.facts.values(gazetteer()).expect("places were checked"),
    }
}

fn assert_same_when_written(record: &CaseRecord, limits: &Limits) {
    let facts = written(&record.facts, gazetteer());
    let yaml = interview::case_file(&record.case, record.decision_date, &facts);
    let documents: Vec<_> = Documents::new("written.yaml", yaml.as_bytes(), limits.document_bytes).collect();
    let [Ok(Ok(document))] = &documents[..] else {
        panic!("{yaml:?}: {documents:?}");
    };
    let again = read_record(&document.source, gazetteer(), limits);
    assert_eq!(again.as_ref(), Ok(record), "{yaml}");

    let mut json = json!({"case": record.case, "facts": facts});
    if let Some(date) = record.decision_date {
        json["decision_date"] = date.to_string().into();
    }
    let json = json.to_string();
    let mut reader = CaseReader::new(gazetteer(), *limits);
    let again = reader.json_line(json.as_bytes(), 0..json.len(), "written.jsonl", 1);
    if json.chars().any(char::is_control) {
        // JSON leaves some control characters as they are, and the reader takes none of them.
        assert!(again.is_err(), "{json}");
    } else {
        assert_eq!(again, Ok(record), "{json}");
    }
}
