//! Files from a stranger: what lies in a rules folder and is no file of it is refused, and never read.

#![cfg(unix)]

mod attack;
mod planted;
mod program;

use attack::{CASE, EVALUATE, GRADE, POLICY, SECRET, attacked};
use planted::Rules;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

#[test]
fn yaml_that_is_large_deep_or_wrong_is_refused() {
    let read = |file: &str| {
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        fs::read_to_string(rules.join(file)).unwrap()
    };
    let policy = read(POLICY);
    let bomb = (0..9).fold("a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned(), |text, n| {
        let uses = format!("*a{n},").repeat(9);
        format!("{text}a{}: &a{} [{}]\n", n + 1, n + 1, uses.trim_end_matches(','))
    });
    let conclusions = (0..65).fold(String::new(), |text, n| {
        text + format!("\n  - {{name: q{n}, question: {{nl: q, en: q}}, values: []}}").as_str()
    });
    let impossible = "\n  - {because: {nl: x, en: x}, when: {civilian: no, moratorium: yes}}".repeat(13);
    for (name, file, text, code) in [
        (
            "10,000 brackets",
            POLICY,
            format!("title: {}{}", "[".repeat(10_000), "]".repeat(10_000)),
            "invalid-yaml",
        ),
        (
            "a million brackets",
            POLICY,
            format!("title: {}", "[".repeat(1_000_000)),
            "invalid-yaml",
        ),
        (
            "10,000 braces",
            "mali/2025/sources.yaml",
            "{a: ".repeat(10_000) + "}".repeat(10_000).as_str(),
            "invalid-yaml",
        ),
        ("500,000 dashes", POLICY, "- ".repeat(500_000), "yaml-too-deep"),
        (
            "aliases of aliases",
            POLICY,
            format!("{bomb}{policy}"),
            "yaml-too-many-aliases",
        ),
        ("aliases of aliases, small", POLICY, bomb.clone(), "invalid-yaml"),
        (
            "a megabyte more",
            POLICY,
            format!("{policy}# {}", "x".repeat(1 << 20)),
            "unreadable-rules-file",
        ),
        (
            "80,000 unknown keys",
            POLICY,
            (0..80_000).map(|n| format!("k{n}: 1\n")).collect(),
            "invalid-yaml",
        ),
        (
            "a value of 600,000 lines",
            POLICY,
            format!("title: {}", "a\n ".repeat(300_000)),
            "invalid-yaml",
        ),
        (
            "a key of a megabyte",
            POLICY,
            "a".repeat(1_000_000) + ": 1",
            "invalid-yaml",
        ),
        (
            "line ends that are not seen",
            POLICY,
            policy.replace('\n', "\r"),
            "hidden-character",
        ),
        (
            "65 conclusions more",
            POLICY,
            policy.replace("\nflags:", &(conclusions + "\nflags:")),
            "policy-too-large",
        ),
        (
            "8,192 ways to be possible",
            POLICY,
            format!("{policy}\nimpossible:{impossible}\n"),
            "too-many-impossible",
        ),
    ] {
        let rules = Rules::new();
        fs::write(rules.root().join(file), text).unwrap();
        let ended = attacked(name, &rules, EVALUATE, CASE);
        ended.assert_refused(name, code);
        assert!(ended.said.len() < 100_000, "{name}");
    }
    let rules = Rules::new();
    let file = fs::OpenOptions::new()
        .write(true)
        .open(rules.root().join(POLICY))
        .unwrap();
    file.set_len(4 << 30).unwrap();
    let ended = attacked("4 GiB that are not there", &rules, EVALUATE, CASE);
    ended.assert_refused("4 GiB", "unreadable-rules-file");
}

#[test]
fn a_path_in_the_rules_never_leads_out_of_them() {
    for path in [
        "../secret.rhai",
        "mali/../../secret.rhai",
        "mali/2025/../2023/grade.rhai",
        "/etc/passwd",
        "./mali/2025/grade.rhai",
        "https://example.org/x.rhai",
        "\"mali/2025/gr\\0ade.rhai\"",
        "CON",
    ] {
        let rules = Rules::new();
        rules.change(
            POLICY,
            "- name: grade\n",
            &format!("- name: grade\n    script: {path}\n"),
        );
        let ended = attacked(path, &rules, EVALUATE, CASE);
        let codes = ["outside-rules", "missing-rules-file", "hidden-character"];
        assert_eq!(ended.code, 2, "{path}");
        assert!(
            codes.iter().any(|code| ended.said.contains(&format!("[{code}]"))),
            "{}",
            ended.said
        );
    }
}

/// What stands in the place of a file.
const STAND_INS: &[&str] = &["link out", "loop", "pipe", "folder", "device"];

fn put(kind: &str, path: &Path, outside: &Path) {
    match kind {
        "link out" => symlink(outside, path).unwrap(),
        "loop" => symlink(path, path).unwrap(),
        "folder" => fs::create_dir(path).unwrap(),
        "device" => symlink("/dev/zero", path).unwrap(),
        _ => assert!(Command::new("mkfifo").arg(path).status().unwrap().success()),
    }
}

#[test]
fn what_is_no_file_of_the_folder_is_refused_and_never_read() {
    for file in [
        GRADE,
        POLICY,
        "mali/2025/sources.yaml",
        "mali/regions.yaml",
        "general/law.yaml",
    ] {
        for kind in STAND_INS {
            let rules = Rules::new();
            let outside = rules.root().parent().unwrap().join("secret");
            fs::write(&outside, SECRET).unwrap();
            let path = rules.root().join(file);
            fs::remove_file(&path).unwrap();
            put(kind, &path, &outside);
            // Without `--policy` as well: a version that cannot be read must not give way to an older one.
            for arguments in [EVALUATE, &["evaluate", "-"]] {
                let name = format!("{file} is a {kind}");
                let ended = attacked(&name, &rules, arguments, CASE);
                assert_eq!(ended.code, 2, "{name}");
                let codes = ["outside-rules", "unreadable-rules-file"];
                assert!(
                    codes.iter().any(|code| ended.said.contains(code)),
                    "{name}: {}",
                    ended.said
                );
                assert!(ended.said.contains(file), "{name}: {}", ended.said);
            }
        }
    }
}

#[test]
fn every_command_that_loads_a_policy_refuses_a_link_out_of_the_folder() {
    let rules = Rules::new();
    let folder = rules.root().parent().unwrap().to_owned();
    fs::write(folder.join("case.yaml"), CASE).unwrap();
    let json = [
        "evaluate",
        "case.yaml",
        "--policy",
        "mali/2025",
        "--format",
        "json",
    ];
    fs::write(
        folder.join("results.json"),
        attacked("before", &rules, &json, b"").wrote,
    )
    .unwrap();
    planted::copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policy"),
        &folder.join("tests/policy"),
    );
    planted::committed(&rules.root());
    fs::write(folder.join("secret"), SECRET).unwrap();
    fs::remove_file(rules.root().join(GRADE)).unwrap();
    symlink(folder.join("secret"), rules.root().join(GRADE)).unwrap();
    for arguments in [
        &["evaluate", "case.yaml"][..],
        &["batch", "case.yaml"],
        &[
            "batch",
            "case.yaml",
            "--policy",
            "mali/2023",
            "--against",
            "mali/2025",
        ],
        &["check"],
        &["diff", "mali/2023", "mali/2025"],
        &["diff", "--since", "HEAD"],
        &["table", "mali/2025"],
        &["whatif", "case.yaml"],
        &["ask", "--policy", "mali/2025"],
        &["verify", "results.json"],
        &["test"],
        &["test", "--write-missing", "missing.yaml"],
        &[
            "policy",
            "new",
            "mali/2031",
            "--from",
            "mali/2025",
            "--not-before",
            "2031-01-01",
        ],
        &["report", "mali/2025", "--out", "page.html"],
        &["schema", "policy-test"],
        &["schema", "rhai"],
    ] {
        let name = arguments.join(" ");
        let ended = attacked(&name, &rules, arguments, b"");
        // Schemas name what `policy.yaml` declares, and read no script.
        if arguments[0] == "schema" {
            continue;
        }
        assert!(ended.code > 0, "{name}: {}", ended.said);
        // `verify` says it of each result.
        let shown = format!("{}{}", ended.said, ended.wrote);
        assert!(shown.contains("link out of the rules folder"), "{name}: {shown}");
    }
    assert!(!folder.join("page.html").exists() && !rules.root().join("mali/2031").exists());
}

#[test]
fn policy_tests_that_are_no_files_are_refused() {
    for kind in STAND_INS.iter().filter(|kind| **kind != "folder") {
        let rules = Rules::new();
        let folder = rules.root().parent().unwrap().to_owned();
        fs::write(folder.join("secret"), SECRET).unwrap();
        fs::create_dir_all(folder.join("tests/policy/mali/2025")).unwrap();
        let path = folder.join("tests/policy/mali/2025/a.yaml");
        put(kind, &path, &folder.join("secret"));
        let new = [
            "policy",
            "new",
            "mali/2031",
            "--from",
            "mali/2025",
            "--not-before",
            "2031-01-01",
        ];
        for arguments in [&["test"][..], &new] {
            let name = format!("test that is a {kind}: {}", arguments[0]);
            let ended = attacked(&name, &rules, arguments, b"");
            assert_eq!(ended.code, 2, "{name}: {}", ended.said);
            assert!(ended.said.contains("unreadable-tests"), "{name}: {}", ended.said);
        }
    }
}
