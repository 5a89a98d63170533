//! The program as a user runs it.

#![allow(dead_code, reason = "each test uses a part")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The program with these arguments in a folder, with the rules of this repository unless the arguments name others.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gradatie"));
    command.args(arguments).env("LC_ALL", "C").current_dir(folder);
    if !arguments.contains(&"--rules") {
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        command.arg("--rules").arg(rules);
    }
    command
}

/// Runs a command with an input, and gives what it wrote.
///
/// The input is written while the output is read, or both sides could wait for each other.
pub fn run(mut command: Command, input: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writing = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    // A program that ends before it has read everything is no fault of the test.
    let _ = writing.join().unwrap();
    output
}

/// The program with these arguments in a folder, and what it wrote.
pub fn gradatie(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    run(command(folder, arguments), input)
}

/// What a run said on standard error.
pub fn messages(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Checks that a run could not be done, gave nothing, and says why with these words.
pub fn assert_refused(arguments: &[&str], output: &Output, said: &str) {
    let message = messages(output);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
    assert!(message.contains(said), "{arguments:?}: {message}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
}
