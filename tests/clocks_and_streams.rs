//! Clocks that leap, readers that go away, few open files: the same results, and an exit code that says what happened.

#![cfg(unix)]

mod planted;
mod program;
mod trial;

use planted::Workbench;
use std::fs;
use std::process::{Command, Stdio};
use trial::layer;

#[test]
fn a_clock_that_leaps_changes_no_result() {
    let bench = Workbench::shipped();
    let folder = bench.folder();
    fs::write(
        folder.join("case.yaml"),
        "case: A\ndecision_date: 2025-09-15\nfacts: {region: Gao}\n",
    )
    .unwrap();
    let cases = ["sample", "300", "--format", "jsonl", "--out", "cases.jsonl"];
    assert!(program::gradatie(&folder, &cases, b"").status.success());
    let run = |arguments: &[&str], clock: Option<&str>, steps: bool| {
        let mut command = program::command(&folder, arguments);
        if let Some(clock) = clock {
            command.env("LD_PRELOAD", layer()).env("FAULT_CLOCK", clock);
        }
        if steps {
            command.env("FAULT_STEPS", "1");
        }
        program::run(command, b"")
    };
    let plans = [
        &["evaluate", "case.yaml", "--format", "json"][..],
        &["batch", "cases.jsonl", "--policy", "mali/2025"],
        &["whatif", "case.yaml"],
        &["table", "mali/2025", "grade"],
        &[
            "policy",
            "new",
            "mali/2090",
            "--from",
            "mali/2025",
            "--not-before",
            "2090-01-01",
            "--dry-run",
        ],
    ];
    for arguments in plans {
        let usual = run(arguments, None, false);
        // 1970, 2038 and one second, 2100, before all of them, and leaps of years in both directions.
        for clock in ["0", "2147483648", "4102444800", "-86400", "jump"] {
            let ended = run(arguments, Some(clock), false);
            let said = program::messages(&ended);
            assert!(!said.contains("panicked"), "{arguments:?} at {clock}: {said}");
            if arguments[0] != "policy" {
                assert_eq!(
                    ended.status.code(),
                    usual.status.code(),
                    "{arguments:?} at {clock}: {said}"
                );
                assert!(ended.stdout == usual.stdout, "{arguments:?} at {clock}");
            }
        }
        // A steady clock that leaps looks like a script without end: an error then, and never another result.
        let ended = run(arguments, Some("jump"), true);
        let said = program::messages(&ended);
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
        assert!(
            matches!(ended.status.code(), Some(0..=2)),
            "{arguments:?}: {said}"
        );
        if arguments[0] == "evaluate" && ended.status.code() == Some(0) {
            assert!(ended.stdout == usual.stdout);
        }
    }
}

/// Every command that prints, with the exit code that it has when someone reads.
const PRINTS: &[(&[&str], i32)] = &[
    (&["evaluate", "case.yaml"], 0),
    (&["evaluate", "case.yaml", "--format", "json", "--trace"], 0),
    (&["batch", "cases.jsonl", "--policy", "mali/2025"], 0),
    (&["check", "mali/2025"], 0),
    (&["check", "--explain", "hidden-character"], 0),
    (&["test"], 0),
    (&["diff", "mali/2023", "mali/2025"], 0),
    (&["table", "mali/2025", "grade"], 0),
    (&["whatif", "case.yaml"], 0),
    (&["ask", "--policy", "mali/2025"], 0),
    (&["verify", "results.json"], 0),
    (&["sample", "5000"], 0),
    (&["schema", "case"], 0),
    (&["completions", "bash"], 0),
    (&["report", "mali/2023"], 0),
    (&["--help"], 0),
    (&["--version"], 0),
];

fn printing() -> Workbench {
    let bench = Workbench::shipped();
    let folder = bench.folder();
    fs::write(
        folder.join("case.yaml"),
        "case: A\ndecision_date: 2025-09-15\nfacts: {region: Gao}\n",
    )
    .unwrap();
    let cases = ["sample", "3000", "--format", "jsonl", "--out", "cases.jsonl"];
    assert!(program::gradatie(&folder, &cases, b"").status.success());
    let json = ["evaluate", "case.yaml", "--format", "json", "--rules", "rules"];
    fs::write(
        folder.join("results.json"),
        program::gradatie(&folder, &json, b"").stdout,
    )
    .unwrap();
    bench
}

#[test]
fn a_reader_that_goes_away_is_no_fault_and_a_full_disk_is_one() {
    let bench = printing();
    for (arguments, code) in PRINTS {
        let arguments = [arguments, &["--rules", "rules"][..]].concat();
        let mut child = program::command(&bench.folder(), &arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        let said = program::messages(&ended);
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
        assert_eq!(ended.status.code(), Some(*code), "{arguments:?}: {said}");

        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ended = program::command(&bench.folder(), &arguments)
            .stdin(Stdio::null())
            .stdout(full)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        let said = program::messages(&ended);
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
        // The help is that of the library of arguments, which asks nobody whether it was read.
        if !arguments.iter().any(|one| ["--help", "--version"].contains(one)) {
            assert_eq!(ended.status.code(), Some(2), "{arguments:?}: {said}");
            assert!(said.contains("cannot be written"), "{arguments:?}: {said}");
        }

        // Nobody reads the messages either.
        let mut child = program::command(&bench.folder(), &arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stderr.take());
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(*code), "{arguments:?}");
    }
}

#[test]
fn few_open_files_are_enough_for_many_inputs() {
    let bench = Workbench::shipped();
    let folder = bench.folder();
    let sample = ["sample", "1500", "--format", "files", "--out", "cases"];
    assert!(program::gradatie(&folder, &sample, b"").status.success());
    for n in 0..200 {
        let file = fs::File::create(folder.join(format!("cases/{n}.jsonl.gz"))).unwrap();
        let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        let line = format!("{{\"case\": \"P{n}\", \"facts\": {{\"region\": \"Gao\"}}}}\n");
        std::io::Write::write_all(&mut packed, line.as_bytes()).unwrap();
        packed.finish().unwrap();
    }
    let mut results = Vec::new();
    for most in ["unlimited", "1024", "64", "32"] {
        let program = program::command(
            &folder,
            &[
                "batch",
                "cases",
                "--policy",
                "mali/2025",
                "--jobs",
                "8",
                "--out",
                "o.jsonl",
                "--force",
            ],
        );
        let ended = Command::new("sh")
            .args(["-c", &format!("ulimit -n {most}; exec \"$0\" \"$@\"")])
            .arg(program.get_program())
            .args(program.get_args())
            .current_dir(&folder)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(
            ended.status.code(),
            Some(0),
            "{most}: {}",
            program::messages(&ended)
        );
        results.push(fs::read(folder.join("o.jsonl")).unwrap());
    }
    let lines = results[0].iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(lines, 1_700);
    assert!(results.windows(2).all(|pair| pair[0] == pair[1]));
}
