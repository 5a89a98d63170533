//! Rules from a stranger: an answer or an error in bounded time and memory, and nothing outside the folder is touched.
//!
//! Every attack runs the program under bounds of the system (see [`attack::attacked`]). With `--nocapture` each says its
//! figures; those of `docs/reliability.md` come from there.

#![cfg(unix)]

mod attack;
mod planted;
mod program;

use attack::{CASE, EVALUATE, Ended, GRADE, POLICY, attacked};
use planted::Rules;
use std::fmt::Write as _;
use std::fs;

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
