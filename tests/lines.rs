//! A line of JSON Lines is read to exactly what the struct of a case file gives, and to nothing where that gives none.

use gradatie::case_file::{CaseFile, CaseReader, CaseRecord, is_blank};
use gradatie::gazetteer::Gazetteer;
use gradatie::policy::{Policies, RulesTree};
use gradatie::sample::{Sample, SampleFormat, Spread};
use gradatie::yaml::Limits;
use proptest::prelude::*;
use std::cell::RefCell;
use std::sync::{Arc, LazyLock};

static GAZETTEER: LazyLock<Arc<Gazetteer>> = LazyLock::new(|| {
    let policies = Policies::open(&RulesTree::embedded(), Some("mali/2025"));
    policies.unwrap().gazetteer().clone()
});
/// Lines as they are usually written, then the same with a blank behind each colon and comma.
static LINES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let spreads = [Spread::Plausible, Spread::Uniform];
    let samples = spreads.map(|spread| Sample::new(&GAZETTEER, spread, 3).take(500));
    let samples = samples.into_iter().flatten();
    let lines: Vec<String> = samples.map(|case| case.text(SampleFormat::Lines)).collect();
    let with_blanks = lines.iter().map(|line| {
        let line = line.replace("\":", "\": ").replace(",\"", ", \"");
        line.replace(",{", ", {")
    });
    let with_blanks: Vec<String> = with_blanks.collect();
    [lines, with_blanks].concat()
});

fn by_the_struct(text: &str) -> Option<CaseRecord> {
    let file: CaseFile = serde_json::from_str(text).ok()?;
    Some(CaseRecord {
        facts: match file.facts {
            Some(facts) => facts.values(&GAZETTEER).ok()?,
            None => Default::default(),
        },
        decision_date: file.decision_date,
        case: Some(file.case).filter(|case| !is_blank(case))?,
    })
}

fn reader() -> CaseReader<'static> {
    CaseReader::new(&GAZETTEER, Limits::default())
}

/// A line alone, by a reader that has read nothing; then by one that has read other lines, and in the middle of a text.
fn read(text: &str) -> Option<CaseRecord> {
    thread_local! {
        static USED: RefCell<CaseReader<'static>> = {
            let mut used = reader();
            for line in LINES.iter().map(|line| line.trim_end()) {
                used.json_line(line.as_bytes(), 0..line.len(), "cases.jsonl", 1).unwrap();
            }
            RefCell::new(used)
        };
    }
    let text = text.trim_end_matches('\n');
    let alone = reader()
        .json_line(text.as_bytes(), 0..text.len(), "cases.jsonl", 1)
        .ok()
        .cloned();
    let before = &LINES[text.len() % LINES.len()];
    let many = format!("{before}{text}\n{before}");
    let line = before.len()..before.len() + text.len();
    USED.with_borrow_mut(|used| {
        let again = used
            .json_line(many.as_bytes(), line, "cases.jsonl", 2)
            .ok()
            .cloned();
        assert_eq!(again, alone, "{text}");
    });
    alone
}

#[test]
fn a_line_in_its_usual_form_is_read_to_what_the_struct_of_a_case_file_gives() {
    for line in LINES.iter() {
        assert!(read(line).is_some(), "{line}");
        assert_eq!(read(line), by_the_struct(line), "{line}");
    }
}

#[test]
fn a_line_with_a_byte_that_is_no_unicode_is_not_read_wherever_it_stands() {
    let mut used = reader();
    for line in &LINES[..20] {
        for at in 0..line.trim_end().len() {
            for byte in [0xe9, 0x80, 0xff] {
                let mut bytes = line.trim_end().as_bytes().to_vec();
                bytes[at] = byte;
                let read = used.json_line(&bytes, 0..bytes.len(), "cases.jsonl", 1).is_ok();
                // Behind a letter with an accent another one of its bytes may make another letter.
                let is_text = std::str::from_utf8(&bytes).is_ok();
                assert!(is_text || !read, "{line} with {byte} at {at}");
            }
        }
    }
}

#[test]
fn what_the_struct_of_a_case_file_does_not_take_is_not_read() {
    let facts = |facts: &str| format!(r#"{{"case": "A", "facts": {facts}}}"#);
    let refused = [
        r#"{"case": "A"} x"#.to_owned(),
        r#"{"case": "A", "case": "B"}"#.to_owned(),
        r#"{"case": " "}"#.to_owned(),
        r#"{"case": null}"#.to_owned(),
        r#"{"case": 1}"#.to_owned(),
        r#"{"facts": {}}"#.to_owned(),
        r#"{"case": "A", "decision_date": "2025-9-15"}"#.to_owned(),
        r#"{"case": "A", "decision_date": "2025-02-30"}"#.to_owned(),
        r#"{"case": "A", "decision_date": null, "decision_date": null}"#.to_owned(),
        r#"{"case": "A", "facts": null, "facts": null}"#.to_owned(),
        r#"{"case": "A", "notes": 1}"#.to_owned(),
        r#"{"case": "A", "note": "x"}"#.to_owned(),
        facts(r#"{"region": "Gao", "region": "Gao"}"#),
        facts(r#"{"region": null, "region": "Gao"}"#),
        facts(r#"{"region": "Goa"}"#),
        facts(r#"{"civilian": "perhaps"}"#),
        facts(r#"{"civilian": 1}"#),
        facts(r#"{"civilian": truefalse}"#),
        facts(r#"{"civilian": "yes}"#),
        facts(r#"{"civilian": "yes" "moratorium": "no"}"#),
        facts(r#"{"civilian": "yes",}"#),
        facts(r#"{xcivilian": "yes", "moratorium": "no", "age": 22}"#),
        facts(r#"{"civilian": "yes",x"moratorium": "no", "age": 22}"#),
        facts(r#"{"civilian": "yes", xmoratorium": "no", "age": 22}"#),
        facts(r#"{"civilian": "yes", "civilian": "yes", "age": 22}"#),
        r#"{"case":"A","facts":{"civilian":"yes",xmoratorium":"no","age":22}}"#.to_owned(),
        r#"{"case":"A","facts":{"civilian":"yes","civilian":"yes","age":22}}"#.to_owned(),
        r#"{"case":"A","facts":{}"civilian":"yes","notes":""}"#.to_owned(),
        r#"{"case":"A","facts":{"civilian":"yes""#.to_owned(),
        r#"{"case":"A","facts":{"civilian":"yes","#.to_owned(),
        r#"{"case":"A","facts":{"civilian":"yes","moratorium":"no""#.to_owned(),
        facts(r#"{"region": "Gao\"}"#),
        facts("{\"region\": \"Ga\to\"}"),
        facts(r#"{"nationality": true}"#),
        facts(r#"{"age": 151}"#),
        facts(r#"{"age": -1}"#),
        facts(r#"{"age": 034}"#),
        facts(r#"{"age": 34.0}"#),
        facts(r#"{"age": "34"}"#),
        facts(r#"{"actors_of_harm": "army"}"#),
        facts(r#"{"actors_of_harm": [null]}"#),
        facts(r#"{"actors_of_harm": [{"army": "x"}]}"#),
        facts(r#"{"individual_circumstances": [{}]}"#),
        facts(r#"{"individual_circumstances": [{"health": "x", "age": "y"}]}"#),
        facts(r#"{"individual_circumstances": [{"health": 1}]}"#),
        facts(r#"{"decision_date": "2025-09-15"}"#),
    ];
    for line in refused {
        assert_eq!(by_the_struct(&line), None, "{line}");
        assert_eq!(read(&line), None, "{line}");
    }
    let taken = [
        r#"{"\u0063ase": "\u0041", "decision_date": null, "notes": null, "facts": null}"#.to_owned(),
        facts(r#"{"region": "s\u00e9gou", "civilian": false, "moratorium": "ja", "age": null}"#),
        facts(
            "\t{ \"region\" :\t\"Gao\" , \"civilian\" : \"n\\u006f\" ,\"age\":0 ,\"actors_of_harm\":[ ] } ",
        ),
        facts(r#"{"individual_circumstances": ["health", "health", {"age": null}], "region": null}"#),
    ];
    for line in taken {
        assert!(read(&line).is_some(), "{line}");
        assert_eq!(read(&line), by_the_struct(&line), "{line}");
    }
}

proptest! {
    #[test]
    fn a_changed_line_is_read_the_same(
        line in 0usize..2000,
        at in 0usize..600,
        by in r#"[ -~]{0,3}|null|"health"|\{"age": "x"\}"#,
        removed in 0usize..30,
    ) {
        let mut text = LINES[line].trim().to_owned();
        let at = text.floor_char_boundary(at.min(text.len()));
        let end = text.floor_char_boundary((at + removed).min(text.len()));
        text.replace_range(at..end, &by);
        prop_assert_eq!(read(&text), by_the_struct(&text));
    }
}
