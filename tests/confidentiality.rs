//! What a case says beside its reference and the facts that its reasons rest on stays in the case file: notes, facts that
//! nothing was decided by, and what stands on the same line as a fault.

mod program;

use program::{gradatie, messages};
use std::fs;
use std::path::Path;

/// In notes, in notes of circumstances and beside faults; no command may show it.
const CANARY: &str = "kanarie";

/// Sound and faulty cases in every form.
fn write_cases(folder: &Path) {
    let line = r#"{"case":"A","decision_date":"2025-09-15","facts":{"civilian":"yes","individual_circumstances":[{"health":"kanarie 1"}]},"notes":"kanarie 2"}"#;
    let faulty = r#"{"case":"B","facts":{"region":"Goa","individual_circumstances":[{"health":"kanarie 3"}]},"notes":"kanarie 4"}"#;
    let unknown = r#"{"case":"C","facts":{"regoin":"Gao"},"notes":"kanarie 5"}"#;
    let broken = r#"{"case":"D","notes":"kanarie 6","facts":{"#;
    fs::write(folder.join("sound.json"), line).unwrap();
    fs::write(folder.join("faulty.json"), faulty).unwrap();
    fs::write(folder.join("broken.json"), broken).unwrap();
    fs::write(
        folder.join("sound.yaml"),
        "case: A\ndecision_date: 2025-09-15\nfacts:\n  civilian: yes\n  individual_circumstances:\n    - health: kanarie 7\n\
         notes: kanarie 8\n",
    )
    .unwrap();
    fs::write(
        folder.join("faulty.yaml"),
        "case: A\nfacts:\n  regoin: Gao\n  region: Goa\nnotes: kanarie 9\n",
    )
    .unwrap();
    fs::write(
        folder.join("load.jsonl"),
        [line, faulty, unknown, broken, ""].join("\n"),
    )
    .unwrap();
    fs::write(
        folder.join("load.csv"),
        "case,region,age,notes\nA,Gao,30,kanarie 10\nB,Goa,30,kanarie 11\nC,Gao,340,kanarie 12\n",
    )
    .unwrap();
}

/// The files below a folder that hold the canary.
fn files_with_canary(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().flatten();
    let mut found: Vec<String> = entries
        .filter(|entry| {
            let text = fs::read(entry.path()).unwrap();
            String::from_utf8_lossy(&text).contains(CANARY)
        })
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    found.sort();
    found
}

#[test]
fn notes_and_what_stands_beside_a_fault_are_shown_by_no_command() {
    let folder = tempfile::tempdir().unwrap();
    write_cases(folder.path());
    let before = files_with_canary(folder.path());
    assert_eq!(before.len(), 7);
    let commands: &[&[&str]] = &[
        &["evaluate", "sound.yaml"],
        &["evaluate", "sound.json", "--format", "json"],
        &["evaluate", "sound.json", "--trace"],
        &["evaluate", "sound.json", "--motivation"],
        &["evaluate", "sound.yaml", "--motivation", "--language", "nl"],
        &["evaluate", "faulty.json"],
        &["evaluate", "faulty.json", "--format", "json"],
        &["evaluate", "faulty.yaml"],
        &["evaluate", "broken.json"],
        &["evaluate", "load.jsonl"],
        &["whatif", "sound.json"],
        &["whatif", "sound.json", "--format", "json"],
        &["whatif", "faulty.json"],
        &["verify", "load.jsonl"],
        &["batch", "load.jsonl"],
        &["batch", "load.csv"],
        &["batch", "sound.yaml", "faulty.yaml", "faulty.json", "broken.json"],
        &["batch", "load.jsonl", "load.csv", "--out", "out.csv"],
        &[
            "batch",
            "load.jsonl",
            "load.csv",
            "faulty.yaml",
            "--out",
            "out.jsonl",
            "--against",
            "mali/2023",
            "--report",
            "page.html",
            "--summary",
            "summary.json",
        ],
        &["verify", "out.jsonl"],
    ];
    for command in commands {
        let output = gradatie(folder.path(), command, b"");
        let shown = String::from_utf8_lossy(&output.stdout).into_owned() + &messages(&output);
        assert!(!shown.is_empty(), "{command:?}");
        assert!(!shown.contains(CANARY), "{command:?}: {shown}");
        assert!(!shown.contains("panicked"), "{command:?}: {shown}");
    }
    for written in [
        "out.csv",
        "out.jsonl",
        "out.jsonl.manifest.json",
        "page.html",
        "summary.json",
    ] {
        assert!(folder.path().join(written).is_file(), "{written}");
    }
    assert_eq!(files_with_canary(folder.path()), before);
}

#[test]
fn a_fault_of_a_case_on_one_line_shows_what_is_wrong_and_nothing_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    write_cases(folder.path());
    let shown = messages(&gradatie(folder.path(), &["evaluate", "faulty.json"], b""));
    assert!(
        shown.contains("Goa") && shown.contains("faulty.json:1:"),
        "{shown}"
    );
    assert!(shown.contains(r#""region":"Goa""#), "{shown}");
    assert!(!shown.contains("health") && !shown.contains("notes"), "{shown}");
}

#[test]
fn a_result_holds_nothing_of_a_fact_that_no_rule_has_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    // Of the actors of harm the rules ask for others.
    let case = r#"{"case":"A","decision_date":"2025-09-15","facts":{"moratorium":"yes","civilian":"yes","actors_of_harm":["militia"]}}"#;
    fs::write(folder.path().join("a.jsonl"), format!("{case}\n")).unwrap();
    for command in [
        &["batch", "a.jsonl"][..],
        &["evaluate", "a.jsonl", "--format", "json"],
    ] {
        let output = gradatie(folder.path(), command, b"");
        let shown = String::from_utf8_lossy(&output.stdout);
        assert!(shown.contains("\"moratorium\""), "{command:?}: {shown}");
        assert!(!shown.contains("militia"), "{command:?}: {shown}");
    }
}

/// Faults in notes, beside notes, and of files that are no case: what people write and send.
const FAULTY: &[(&str, &[u8])] = &[
    ("two_lines.json", b"{\"case\":\"A\",\n\"facts\":{\"region\":\"Goa\"},\"notes\":\"kanarie\"}\n"),
    ("several_on_a_line.json", b"{\n  \"case\": \"A\", \"notes\": \"kanarie\", \"decision_date\": \"x\"\n}\n"),
    ("list_of_cases.json", b"[{\"case\":\"A\",\"notes\":\"kanarie\"}]\n"),
    ("notes_in_a_list.json", b"{\"case\":\"A\",\"notes\":[\"kanarie\"]}\n"),
    ("notes_with_keys.json", b"{\"case\":\"A\",\"notes\":{\"kanarie\":1,\"kanarie\":2}}\n"),
    ("quotation_marks.json", b"{\"case\":\"A\",\"notes\":\"said \"kanarie\" and left\"}\n"),
    ("control.json", b"{\"case\":\"A\",\"notes\":\"moved, kanarie:\x01 x\"}\n"),
    ("two.jsonl", b"{\"case\":\"A\",\"facts\":{\"regoin\":\"Gao\"},\"notes\":\"kanarie\"}\n{\"case\":\"B\",\"notes\":\"kanarie}\n"),
    ("comment.yaml", b"# a case\n{case: A, facts: {region: Goa}, notes: kanarie}\n"),
    ("flow_facts.yaml", b"case: A\nfacts: {region: Goa, individual_circumstances: [{health: kanarie}]}\n"),
    ("misspelled_circumstance.yaml", b"case: A\nfacts:\n  individual_circumstances:\n    - helth: kanarie\n"),
    ("list_as_note.yaml", b"case: A\nfacts:\n  individual_circumstances:\n    - health: [kanarie]\n"),
    ("keys_as_note.yaml", b"case: A\nfacts:\n  individual_circumstances:\n    - health:\n        kanarie: 1\n        kanarie: 2\n"),
    ("two_circumstances.yaml", b"case: A\nfacts:\n  individual_circumstances:\n    - health: kanarie\n      age: kanarie\n"),
    ("colon.yaml", b"case: A\nnotes: she said: kanarie\n"),
    ("colon_in_circumstance.yaml", b"case: A\nfacts:\n  individual_circumstances:\n    - health: said: kanarie\n"),
    ("unterminated.yaml", b"case: A\nnotes: \"kanarie\n"),
    ("tab.yaml", b"case: A\nnotes: |\n kanarie\n\tkanarie\n"),
    ("control.yaml", b"case: A\nnotes: kanarie \x01 kanarie\n"),
    ("latin_1.yaml", b"case: A\nnotes: kanarie caf\xe9 kanarie\n"),
    ("alias.yaml", b"case: A\nnotes: *kanarie\n"),
    ("tag.yaml", b"case: A\nnotes: !kanarie [kanarie]\n"),
    ("twice.yaml", b"case: A\nnotes: kanarie\nnotes: kanarie\n"),
    ("notes_with_keys.yaml", b"case: A\nnotes:\n  kanarie: 1\n  kanarie: 2\n"),
    ("misspelled_key.yaml", b"case: A\nnote: kanarie\n"),
    ("no_case.yaml", b"notes: kanarie\n"),
    ("letter.yaml", b"kanarie wrote this letter\n"),
    ("letter.json", b"\"kanarie\"\n"),
    ("long_value.yaml", b"case: A\nfacts:\n  region: she lived in the north, as kanarie did, and went to Bamako later\n"),
    ("long_key.yaml", b"case: A\nshe lived in the north, as kanarie did, and went to Bamako later: x\n"),
    ("long_value.jsonl", b"{\"case\":\"A\",\"facts\":{\"age\":\"she lived in the north, as kanarie did, and went to Bamako later\"}}\n"),
];

#[test]
fn no_fault_shows_notes() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in FAULTY {
        fs::write(folder.path().join(name), text).unwrap();
        for command in ["evaluate", "whatif", "batch"] {
            let output = gradatie(folder.path(), &[command, name], b"");
            let shown = String::from_utf8_lossy(&output.stdout).into_owned() + &messages(&output);
            assert!(shown.contains(name), "{command} {name}: {shown}");
            assert!(!output.status.success(), "{command} {name} is read: {shown}");
            assert!(!shown.contains(CANARY), "{command} {name}: {shown}");
        }
    }
}

/// Rows whose cells are not what the first row says: of a file without one, and moved by a cell.
const FAULTY_ROWS: &[(&str, &[u8])] = &[
    ("no_header.csv", b"A,Gao,kanarie\nB,Gao,kanarie\n"),
    (
        "moved.csv",
        b"case,notes,region\nA,,\"she lived in the north, as kanarie did, and went to Bamako later\"\n",
    ),
    ("too_many.csv", b"case,region,notes\nA,Gao,kanarie,kanarie\n"),
    ("beside.csv", b"case,region,notes\nA,Goa,kanarie\n"),
];

#[test]
fn no_fault_of_a_row_shows_notes() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in FAULTY_ROWS {
        fs::write(folder.path().join(name), text).unwrap();
        let output = gradatie(folder.path(), &["batch", name], b"");
        let shown = String::from_utf8_lossy(&output.stdout).into_owned() + &messages(&output);
        assert!(shown.contains(name), "{name}: {shown}");
        assert!(!output.status.success(), "{name} is read: {shown}");
        assert!(!shown.contains(CANARY), "{name}: {shown}");
    }
}

#[test]
fn a_batch_that_is_killed_leaves_no_notes() {
    let folder = tempfile::tempdir().unwrap();
    let lines: String = (0..40_000)
        .map(|case| {
            format!("{{\"case\":\"{case}\",\"facts\":{{\"region\":\"Gao\"}},\"notes\":\"kanarie\"}}\n")
        })
        .collect();
    fs::write(folder.path().join("load.jsonl"), lines).unwrap();
    let mut child = program::command(folder.path(), &["batch", "load.jsonl", "--out", "out.jsonl"])
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let written = || {
        let entries = fs::read_dir(folder.path()).unwrap().flatten();
        let of_batch = entries.filter(|entry| entry.file_name() != "load.jsonl");
        of_batch
            .filter_map(|entry| entry.metadata().ok())
            .map(|data| data.len())
            .sum::<u64>()
    };
    while written() == 0 && child.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(written() > 0);
    assert_eq!(files_with_canary(folder.path()), ["load.jsonl"]);
}
