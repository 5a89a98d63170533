//! A script to its decision diagram: compiled and explored within its limits, or refused. What was explored says the same
//! as a run of the script for any case.

#![no_main]

use arbitrary::Unstructured;
use gradatie::diagram::{Bounds, Diagram, explore};
use gradatie::evaluate::CaseValues;
use gradatie::facts::{Knowledge, PickedBy};
use gradatie::script::{Asked, ConclusionWords, Limits, Program, ScriptFile, Vocabulary};
use gradatie::source::Source;
use gradatie_fuzz::{any_facts, assert_placed, assert_shown, gazetteer};
use libfuzzer_sys::{Corpus, fuzz_target};
use std::time::Duration;

/// The question that the script of the input answers.
const ANSWER: Asked = Asked::Conclusion(0);

/// What another script answers, for the script of the input to use.
const GRADE: &str = r#"
fn grade(facts) {
    switch facts.region {
        "Gao" | "Mopti" => conclude("high", "law:1"),
        "Bamako" => conclude("low", "law:1", "law:2"),
        _ => conclude("none", "law:2"),
    }
}
"#;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(text) = str::from_utf8(bytes) else {
        return Corpus::Reject;
    };
    let file = |name: &str, text: &str, index| ScriptFile {
        name: format!("{name}.rhai"),
        source: Source::new(format!("{name}.rhai"), text),
        questions: vec![(Asked::Conclusion(index), name.to_owned())],
    };
    let files = [file("answer", text, 0), file("grade", GRADE, 1)];
    // Operations bound a run, not time, so that the same script gives the same each time.
    let limits = Limits {
        time: Duration::from_secs(3_600),
        ..Limits::default()
    };
    let program = match Program::compile(&files, vocabulary(), limits) {
        Ok(program) => program,
        Err(faults) => {
            assert_placed(&faults);
            return Corpus::Keep;
        }
    };
    let nothing = Knowledge::nothing(gazetteer());
    let bounds = Bounds {
        runs: 500,
        time: Duration::from_secs(3_600),
    };
    let whole = match explore(&program, ANSWER, &nothing, &bounds) {
        Ok(whole) => whole,
        Err(fault) => {
            assert_shown(&[fault]);
            return Corpus::Keep;
        }
    };
    if let Some((_, fault)) = whole.failure() {
        assert_shown(std::slice::from_ref(fault));
    }
    let diagram = Diagram::build(&whole, &nothing, gazetteer(), |path| {
        format!("{:?}", path.run.outcome)
    });
    let diagram = diagram.expect("so few paths fit in a diagram");
    let mut cases = Unstructured::new(bytes);
    for _ in 0..4 {
        let case = CaseValues {
            facts: any_facts(&mut cases, gazetteer(), |_| true),
            decision_date: Some(jiff::civil::date(2024, 1, 1)),
            picked_by: PickedBy::Name,
        };
        let known = case.knowledge(gazetteer());
        let alone = explore(&program, ANSWER, &known, &bounds).expect("one path");
        let [path] = &alone.paths[..] else {
            panic!("{} paths for one case", alone.paths.len());
        };
        let within = whole.under(&known, gazetteer());
        let [same] = &within.paths[..] else {
            panic!("{} of the paths for one case", within.paths.len());
        };
        assert_eq!(path.run, same.run);
        let mut node = diagram.root();
        while let Some((variable, children)) = diagram.branch(node) {
            let cell = diagram.space().cell_of(variable, &known);
            node = children[cell.expect("a case lies in one cell")];
        }
        assert_eq!(diagram.terminal(node), Some(&format!("{:?}", path.run.outcome)));
    }
    Corpus::Keep
});

fn vocabulary() -> Vocabulary {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let conclusion = |name: &str, values: &[&str]| ConclusionWords {
        name: name.to_owned(),
        values: words(values),
    };
    Vocabulary::new(
        vec![
            conclusion("answer", &["yes", "no", "perhaps"]),
            conclusion("grade", &["high", "low", "none"]),
        ],
        Vec::new(),
        words(&["law:1", "law:2"]),
        gazetteer().clone(),
    )
}
