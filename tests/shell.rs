//! Shell completions and manual pages, and what they say of every command.

mod program;

use program::{gradatie, messages};
use std::fs;
use std::process::Command;

/// The commands that `--help` lists.
fn commands() -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let help = gradatie(folder.path(), &["--help"], b"");
    let help = String::from_utf8(help.stdout).unwrap();
    let listed = help.split("Commands:").nth(1).unwrap();
    let listed = listed.split("Options:").next().unwrap();
    // A description that goes on in the next line stands further to the right.
    let names = listed.lines().filter_map(|line| line.strip_prefix("  "));
    let names = names.filter(|line| !line.starts_with(' '));
    let names = names.filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn each_command_has_a_manual_page_with_its_options() {
    let folder = tempfile::tempdir().unwrap();
    let done = gradatie(folder.path(), &["manual", "--out", "man/man1"], b"");
    assert!(done.status.success(), "{}", messages(&done));
    let page = |name: &str| fs::read_to_string(folder.path().join("man/man1").join(name)).unwrap();
    let commands = commands();
    assert!(commands.len() > 10, "{commands:?}");
    for command in &commands {
        let text = page(&format!("gradatie-{command}.1"));
        assert!(text.contains(".SH NAME") && text.contains("rules"), "{command}");
    }
    assert!(page("gradatie.1").contains("gradatie\\-evaluate(1)"));
    // A command of commands has a page for each of them besides.
    assert!(page("gradatie-policy-new.1").contains(".SH NAME"));
    for entry in fs::read_dir(folder.path().join("man/man1")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_own = |command: &String| {
            name == format!("gradatie-{command}.1") || name.starts_with(&format!("gradatie-{command}-"))
        };
        assert!(name == "gradatie.1" || commands.iter().any(is_own), "{name}");
    }
}

#[test]
fn every_shell_gets_completions_for_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let commands = commands();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let done = gradatie(folder.path(), &["completions", shell], b"");
        assert!(done.status.success(), "{}", messages(&done));
        let script = String::from_utf8(done.stdout).unwrap();
        for command in &commands {
            assert!(script.contains(command), "{shell} does not know {command}");
        }
    }
    let unknown = gradatie(folder.path(), &["completions", "cmd"], b"");
    assert_eq!(unknown.status.code(), Some(2));
}

/// What bash offers for the last of some words, after it has read the completions.
fn offered(script: &str, words: &[&str]) -> Vec<String> {
    let last = words.last().unwrap();
    let before = words.iter().rev().nth(1).unwrap();
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let asked = format!(
        "{script}\ncomplete -p gradatie >&2 || exit 9\nCOMP_WORDS=({})\nCOMP_CWORD={}\n\
         _gradatie gradatie '{last}' '{before}'\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
        quoted.join(" "),
        words.len() - 1
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("asked.bash");
    fs::write(&file, asked).unwrap();
    let output = Command::new("bash").arg(&file).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn bash_reads_the_completions_and_completes_with_them() {
    if Command::new("bash").arg("--version").output().is_err() {
        eprintln!("there is no bash here: not tested");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = String::from_utf8(gradatie(folder.path(), &["completions", "bash"], b"").stdout).unwrap();
    assert_eq!(offered(&script, &["gradatie", "eval"]), ["evaluate"]);
    assert_eq!(
        offered(&script, &["gradatie", "check", "--format", ""]),
        ["text", "json", "sarif"]
    );
    assert_eq!(
        offered(&script, &["gradatie", "schema", "pol"]),
        ["policy-test", "policy"]
    );
    assert!(offered(&script, &["gradatie", "evaluate", "--tr"]).contains(&"--trace".to_owned()));
}

#[test]
fn schemas_are_written_one_by_one_or_all_and_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let one = gradatie(folder.path(), &["schema"], b"");
    let named = gradatie(folder.path(), &["schema", "case"], b"");
    assert!(one.status.success() && one.stdout == named.stdout);
    for _ in 0..2 {
        let all = gradatie(folder.path(), &["schema", "--out", "a/b", "--lang", "nl"], b"");
        assert!(all.status.success(), "{}", messages(&all));
        assert!(all.stdout.is_empty());
    }
    let mut names: Vec<String> = fs::read_dir(folder.path().join("a/b"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "case.schema.json",
            "gazetteer.schema.json",
            "gradatie.d.rhai",
            "law.schema.json",
            "policy-test.schema.json",
            "policy.schema.json",
            "register.schema.json",
            "tile-map.schema.json",
        ]
    );
    let case = fs::read_to_string(folder.path().join("a/b/case.schema.json")).unwrap();
    assert!(case.contains("Uit welke regio is de vreemdeling afkomstig?"));
}

#[test]
fn rules_at_fault_still_get_the_schemas_that_take_no_names_from_them() {
    let folder = tempfile::tempdir().unwrap();
    let version = folder.path().join("rules/mali/2025");
    fs::create_dir_all(&version).unwrap();
    fs::write(version.join("policy.yaml"), "title: {nl: a, en: b}\n").unwrap();
    let all = gradatie(
        folder.path(),
        &["schema", "--out", "here", "--rules", "rules"],
        b"",
    );
    assert_eq!(all.status.code(), Some(2));
    let said = messages(&all);
    assert!(said.contains("`case.schema.json` was not written"), "{said}");
    assert!(folder.path().join("here/register.schema.json").is_file());
    assert!(folder.path().join("here/gazetteer.schema.json").is_file());
}

#[test]
fn the_shells_that_are_here_find_no_mistake_in_their_completions() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        if Command::new(shell).arg("--version").output().is_err() {
            eprintln!("there is no {shell} here: not tested");
            continue;
        }
        let script = gradatie(folder.path(), &["completions", shell], b"").stdout;
        let file = folder.path().join(shell);
        fs::write(&file, script).unwrap();
        // `-n` reads a script and runs nothing.
        let read = Command::new(shell).arg("-n").arg(&file).output().unwrap();
        assert!(
            read.status.success() && read.stderr.is_empty(),
            "{shell}: {}",
            String::from_utf8_lossy(&read.stderr)
        );
    }
}
