//! Rules from a stranger: an answer or an error in bounded time and memory, and nothing outside the folder is touched.
//!
//! Every attack runs the program under bounds of the system (see [`attacked`]). With `--nocapture` each says its figures;
//! those of `docs/reliability.md` come from there.

#![cfg(unix)]

mod planted;
mod program;

use planted::Rules;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const POLICY: &str = "mali/2025/policy.yaml";
const GRADE: &str = "mali/2025/grade.rhai";
const CASE: &[u8] = b"case: A\nfacts: {region: Gao}\n";
const EVALUATE: &[&str] = &["evaluate", "-", "--policy", "mali/2025"];
/// Stands in a file outside the rules: nothing that the program writes may hold it.
const SECRET: &str = "the-secret-of-another-user";

struct Ended {
    code: i32,
    said: String,
    wrote: String,
}

impl Ended {
    /// An error with this code, and no result.
    fn assert_refused(&self, name: &str, code: &str) {
        assert!(matches!(self.code, 1 | 2), "{name}: {}", self.code);
        assert!(
            self.said.contains(&format!("error[{code}]")),
            "{name}: {}",
            self.said
        );
        assert!(!self.wrote.contains("Conclusions"), "{name}: {}", self.wrote);
    }
}

/// Runs the program within 1 GiB of addresses and 100 seconds of processor time; it must end by itself.
fn attacked(name: &str, rules: &Rules, arguments: &[&str], input: &[u8]) -> Ended {
    let folder = rules.root().parent().unwrap().to_owned();
    let of_rules = ["--rules", "rules"];
    let program = program::command(&folder, &[arguments, &of_rules].concat());
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -v 1048576; ulimit -t 100; exec \"$0\" \"$@\""])
        .arg(program.get_program())
        .args(program.get_args())
        .env("LC_ALL", "C")
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let begun = Instant::now();
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writing = std::thread::spawn(move || std::io::Write::write_all(&mut stdin, &input));
    let peak = AtomicU64::new(0);
    let has_ended = std::sync::atomic::AtomicBool::new(false);
    let output = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !has_ended.load(Ordering::Relaxed) {
                let status = fs::read_to_string(&status).unwrap_or_default();
                let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
                let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
                peak.fetch_max(kibibytes.unwrap_or(0), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        let output = child.wait_with_output().unwrap();
        has_ended.store(true, Ordering::Relaxed);
        output
    });
    let _ = writing.join().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    println!(
        "{name}: exit {:?}, {:.2} s, {} MiB, {}",
        output.status.code(),
        begun.elapsed().as_secs_f32(),
        peak.load(Ordering::Relaxed) >> 10,
        said.lines().next().unwrap_or("an answer")
    );
    assert_eq!(output.status.signal(), None, "{name}: {said}");
    let code = output.status.code().unwrap();
    assert!(matches!(code, 0..=2), "{name}: {code}: {said}");
    assert!(!said.contains("panicked"), "{name}: {said}");
    let wrote = String::from_utf8(output.stdout).unwrap();
    assert!(!said.contains(SECRET) && !wrote.contains(SECRET), "{name}");
    Ended { code, said, wrote }
}

/// Evaluates a case with a script in the place of `grade.rhai`.
fn with_script(name: &str, text: &str) -> Ended {
    let rules = Rules::new();
    fs::write(rules.root().join(GRADE), text).unwrap();
    attacked(name, &rules, EVALUATE, CASE)
}

/// The question with statements before its conclusion.
fn grade(statements: &str) -> String {
    format!("fn grade(facts) {{\n{statements}\nconclude(\"no_15c\", \"besluit:6.4\")\n}}\n")
}

/// The same text many times, some on each line.
fn many(text: &str, lines: usize, in_line: usize) -> String {
    (text.repeat(in_line) + "\n").repeat(lines)
}

#[test]
fn a_script_reaches_no_file_network_environment_clock_or_terminal() {
    for statement in [
        "import \"/etc/passwd\" as x;",
        "import \"https://example.org/x\" as x;",
        "export x;",
        "eval(\"no\");",
        "Fn(\"no\");",
        "print(\"no\");",
        "debug(\"no\");",
        "open_file(\"no\");",
        "read_file(\"no\");",
        "http_get(\"no\");",
        "env(\"no\");",
        "timestamp();",
        "rand();",
        "sleep(9);",
        "exit();",
        "parse_json(\"no\");",
        "$system$;",
    ] {
        let ended = with_script(statement, &grade(statement));
        assert!(
            matches!(ended.code, 1 | 2) && ended.wrote.is_empty(),
            "{statement}"
        );
        let codes = ["not-in-rule-language", "script-syntax", "unknown-function"];
        assert!(
            codes.iter().any(|code| ended.said.contains(code)),
            "{}",
            ended.said
        );
    }
}

#[test]
fn a_script_that_goes_on_or_grows_without_end_is_stopped() {
    for (name, text, code) in [
        ("endless loop", grade("loop { }"), "not-in-rule-language"),
        ("endless while", grade("while true { }"), "not-in-rule-language"),
        ("do until", grade("do { } until false;"), "not-in-rule-language"),
        (
            "for of a range",
            grade("for x in 0..9000000000 { }"),
            "not-in-rule-language",
        ),
        (
            "text that grows",
            grade("let x = \"no\"; x += x;"),
            "not-in-rule-language",
        ),
        (
            "text put together",
            grade("let x = \"no\" + \"no\";"),
            "not-in-rule-language",
        ),
        (
            "text of texts",
            grade("let x = `${facts.region}`;"),
            "script-syntax",
        ),
        ("list", grade("let x = [1, 2];"), "not-in-rule-language"),
        ("map", grade("let x = #{a: 1};"), "not-in-rule-language"),
        (
            "anonymous function",
            grade("let x = || 1;"),
            "not-in-rule-language",
        ),
        (
            "function that calls itself",
            format!("fn f(a) {{ f(a) }}\n{}", grade("f(facts);")),
            "script-limit",
        ),
        (
            "questions that ask each other",
            grade("real_risk(facts);"),
            "circular-question",
        ),
        (
            "calls that double twenty times",
            (0..20).fold(
                format!("fn f20(a) {{ a }}\n{}", grade("f0(facts);")),
                |text, n| format!("fn f{n}(a) {{ f{}(a); f{}(a); }}\n{text}", n + 1, n + 1),
            ),
            "script-limit",
        ),
        ("200,000 statements", grade(&many("1;", 260, 480)), "script-limit"),
    ] {
        with_script(name, &text).assert_refused(name, code);
    }
}

#[test]
fn a_script_that_is_large_or_deep_is_refused_or_answered() {
    let names = |before: &str, after: &str, count: usize| {
        (0..count).fold(String::new(), |mut text, n| {
            let end = if n % 50 == 49 { "\n" } else { "" };
            let _ = write!(text, "{before}n{n}{after}{end}");
            text
        })
    };
    for (name, text, code) in [
        ("100,000 lines", grade(&"\n".repeat(100_000)), "script-too-large"),
        (
            "script of a megabyte",
            grade(&"1;".repeat(500_000)),
            "script-too-large",
        ),
        (
            "line of 20,000 bytes",
            grade(&"1;".repeat(10_000)),
            "script-too-large",
        ),
        (
            "10,000 nested brackets",
            grade(&format!("{}1{};", "(\n".repeat(4_900), ")\n".repeat(4_900))),
            "script-too-deep",
        ),
        (
            "10,000 nested braces",
            grade(&format!("{}{}", "{\n".repeat(4_900), "}\n".repeat(4_900))),
            "script-too-deep",
        ),
        (
            "40,000 times `||`",
            grade(&format!("let x = true {};", many("||true", 280, 140))),
            "script-syntax",
        ),
        (
            "40,000 times `==`",
            grade(&format!("let x = true {};", many("==true", 280, 140))),
            "script-syntax",
        ),
        (
            "40,000 dots",
            grade(&format!("let x = facts{};", many(".age", 280, 140))),
            "script-syntax",
        ),
        (
            "250,000 times `!`",
            grade(&format!("let x = {}true;", many("!", 280, 890))),
            "script-syntax",
        ),
        (
            "12,000 times `else if`",
            grade(&format!("{} {{}}", many("if false {} else ", 240, 50))),
            "script-syntax",
        ),
        (
            "126,000 wrong words",
            many("+ ", 280, 450),
            "not-in-rule-language",
        ),
        (
            "50,000 unknown words",
            grade(&many("\"ab\";", 280, 180)),
            "unknown-word",
        ),
        (
            "35,000 parameters",
            format!("fn f({} z) {{ 1 }}\n{}", names("", ",", 35_000), grade("")),
            "script-too-large",
        ),
        (
            "20,000 variables",
            grade(&names("let ", "=1;", 20_000)),
            "script-too-large",
        ),
        (
            "9,000 functions",
            format!("{}{}", names("fn ", "(a){a}", 9_000), grade("")),
            "script-too-large",
        ),
        ("opened comments", many("/*", 280, 450), "missing-question"),
        ("open quote", grade("let x = \"no"), "script-syntax"),
    ] {
        with_script(name, &text).assert_refused(name, code);
    }
    let long = format!("let {} = 1;", "a".repeat(980));
    assert_eq!(with_script("name of 980 letters", &grade(&long)).code, 0);
    let labels = (0..9_000).fold(String::new(), |text, _| text + "\"Gao\" => 1,\n");
    let switch = grade(&format!("switch facts.region {{ {labels} }}"));
    assert_eq!(with_script("switch with 9,000 labels", &switch).code, 0);
}

#[test]
fn what_is_not_seen_is_refused_in_rules_and_not_shown_of_cases() {
    for (name, statement) in [
        ("script with a zero byte", "\0"),
        ("script that turns the direction", "// \u{202e} no"),
        (
            "script with a line end of its own",
            "// no\rreturn conclude(\"no_15c\", \"besluit:6.4\");",
        ),
        ("script that steers the terminal", "// \u{1b}[2J"),
    ] {
        with_script(name, &grade(statement)).assert_refused(name, "hidden-character");
    }
    let rules = Rules::new();
    fs::write(rules.root().join(GRADE), b"fn grade(facts) { \xff }").unwrap();
    let ended = attacked("script that is not UTF-8", &rules, EVALUATE, CASE);
    ended.assert_refused("UTF-8", "unreadable-rules-file");
    for (name, label) in [
        ("label that steers the terminal", "\\e]0;no\\a"),
        ("label that turns the direction", "\\u202e"),
        ("label with a zero byte", "\\0"),
    ] {
        let rules = Rules::new();
        let title = "Country policy on Mali, grades of indiscriminate violence by region";
        rules.change(POLICY, title, &format!("\"{label}\""));
        attacked(name, &rules, EVALUATE, CASE).assert_refused(name, "hidden-character");
    }
    let marked = format!("\u{feff}{}", grade(""));
    assert_eq!(with_script("script with a byte order mark", &marked).code, 0);

    let rules = Rules::new();
    let case = b"case: \"\\e[2J\\u202e<script>alert(1)</script>\"\nfacts: {region: Gao}\n";
    for arguments in [EVALUATE, &["whatif", "-"], &["evaluate", "-", "--motivation"]] {
        let shown = attacked("case that steers the terminal", &rules, arguments, case);
        assert!(shown.wrote.contains("<script>"), "{}", shown.wrote);
        assert!(!shown.wrote.contains(['\u{1b}', '\u{202e}']), "{}", shown.wrote);
    }
    let label = "Country policy on Mali, grades of indiscriminate violence by region";
    rules.change(POLICY, label, "<script>alert(1)</script>");
    let folder = rules.root().parent().unwrap().to_owned();
    fs::write(folder.join("case.yaml"), case).unwrap();
    for arguments in [
        &[
            "batch",
            "case.yaml",
            "--against",
            "mali/2023",
            "--out",
            "o",
            "--report",
            "p.html",
        ][..],
        &["report", "mali/2025", "--out", "p.html"],
    ] {
        assert_eq!(attacked("page", &rules, arguments, b"").code, 0);
        let page = fs::read_to_string(folder.join("p.html")).unwrap();
        assert!(!page.contains("<script>alert(1)"), "{arguments:?}");
        assert!(page.contains("default-src 'none'"));
    }
}

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

#[test]
fn a_table_of_ten_thousand_regions_is_answered_or_refused_in_bounded_time() {
    let rules = Rules::new();
    let path = rules.root().join("mali/regions.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let (before, later) = text.split_once("\nregions_2023:").unwrap();
    let more = |row: &dyn Fn(usize) -> String| (0..10_000).map(row).collect::<String>();
    let regions = more(&|n| format!("  - {{name: R{n}, iso: X-{n}}}\n"));
    let later = later.trim_end().strip_suffix(']').unwrap();
    let names = more(&|n| format!(", R{n}"));
    fs::write(
        &path,
        format!("{before}\n{regions}\nregions_2023:{later}{names}]\n"),
    )
    .unwrap();
    let labels = "\"Kayes\" | \"Sikasso\" | \"Taoudénit\"";
    rules.change(GRADE, labels, "_");
    for (arguments, code) in [
        (EVALUATE, 0),
        (&["whatif", "-", "--policy", "mali/2025"], 0),
        (&["table", "mali/2025", "grade"], 0),
        (&["table", "mali/2025", "internal_protection"], 0),
        (&["table", "mali/2025"], 2),
        (&["schema"], 0),
    ] {
        let name = format!("10,000 regions: {}", arguments.join(" "));
        let ended = attacked(&name, &rules, arguments, CASE);
        assert_eq!(ended.code, code, "{name}: {}", ended.said);
        if code == 2 {
            ended.assert_refused(&name, "exploration-too-large");
        }
    }
    // Ten thousand faults are not said one by one, each with a search for its place.
    fs::write(&path, format!("{before}\n{regions}\nregions_2023:{later}]\n")).unwrap();
    let ended = attacked("10,000 regions that the later map lacks", &rules, EVALUATE, CASE);
    ended.assert_refused("later map", "unknown-region");
}
