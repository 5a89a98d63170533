//! Case files that are read, and the messages for those that are not.

use gradatie::case_file::{Case, Documents, read_case};
use gradatie::diagnostic::{Diagnostic, render};
use gradatie::gazetteer::Gazetteer;
use gradatie::policy::{PolicyVersion, RulesTree};
use gradatie::source::Source;
use gradatie::yaml::Limits;
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

fn gazetteer() -> Gazetteer {
    PolicyVersion::gazetteer(&RulesTree::embedded(), "mali").unwrap()
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/case_files")
        .join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn read(file: &Path) -> Vec<Result<Case, Vec<Diagnostic>>> {
    let name = file.file_name().unwrap().to_str().unwrap().to_owned();
    let bytes = fs::read(file).unwrap();
    let gazetteer = gazetteer();
    let limits = Limits::default();
    Documents::new(name, &bytes[..], limits.document_bytes)
        .map(|document| match document.unwrap() {
            Ok(document) => read_case(&document.source, &gazetteer, &limits),
            Err(fault) => Err(vec![fault]),
        })
        .collect()
}

#[test]
fn right_case_files_are_read() {
    let mut cases = 0;
    for file in files("right") {
        for case in read(&file) {
            cases += 1;
            case.unwrap_or_else(|faults| panic!("{}: {faults:#?}", file.display()));
        }
    }
    assert_eq!(cases, 8);
}

#[test]
fn every_fault_of_a_wrong_case_file_is_shown_with_its_place() {
    for file in files("wrong") {
        let faults: Vec<String> = read(&file)
            .into_iter()
            .filter_map(Result::err)
            .flatten()
            .map(|fault| render(&fault, false, 100))
            .collect();
        assert!(!faults.is_empty(), "{} is read", file.display());
        let name = file.file_name().unwrap().to_str().unwrap().replace('.', "_");
        insta::with_settings!({snapshot_path => "case_files/messages", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(name, faults.join("\n\n"));
        });
    }
}

#[test]
fn what_is_absent_or_empty_is_not_known() {
    let file = files("right")
        .into_iter()
        .find(|file| file.ends_with("left_empty.yaml"))
        .unwrap();
    let case = read(&file).remove(0).unwrap();
    assert_eq!(case.facts, gradatie::facts::Facts::default());
    assert_eq!(case.decision_date, None);
}

/// A whole case, from which the property tests take away or change parts.
const WHOLE: &str = include_str!("case_files/right/everything.yaml");

fn read_text(text: &str) -> Result<Case, Vec<Diagnostic>> {
    read_case(
        &Source::new("generated.yaml", text),
        &gazetteer(),
        &Limits::default(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_makes_the_reader_panic_and_every_refusal_says_why(text in "[ -~\n\t:#&*!|>'\"{}\\[\\],é-]{0,200}") {
        if let Err(faults) = read_text(&text) {
            prop_assert!(!faults.is_empty());
            for fault in faults {
                prop_assert!(fault.place().is_some());
                render(&fault, true, 80);
            }
        }
    }

    #[test]
    fn a_changed_line_is_read_or_refused_with_a_reason(line in 2usize..27, insert in "[ -~]{0,20}", column in 0usize..30) {
        let mut lines: Vec<String> = WHOLE.lines().map(str::to_owned).collect();
        let at = lines[line].char_indices().nth(column).map_or(lines[line].len(), |(index, _)| index);
        lines[line].insert_str(at, &insert);
        if let Err(faults) = read_text(&lines.join("\n")) {
            prop_assert!(!faults.is_empty());
            for fault in &faults {
                prop_assert!(fault.place().is_some(), "{:?}", fault);
            }
        }
    }

    #[test]
    fn a_case_without_some_of_its_facts_is_still_a_case(keep in proptest::collection::vec(any::<bool>(), 30)) {
        let lines: Vec<&str> = WHOLE.lines().collect();
        // Lines that state one fact each.
        let is_fact = |line: &str| line.starts_with("  ") && line.trim_end().contains(": ") && !line.starts_with("   ") && !line.contains("free text");
        let kept: Vec<&str> = lines.iter().enumerate()
            .filter(|(index, line)| !is_fact(line) || keep[*index % keep.len()])
            .map(|(_, line)| *line)
            .collect();
        prop_assert!(read_text(&kept.join("\n")).is_ok());
    }
}
