//! What is shown after each save, through the library, without a watcher.

mod planted;
mod watched_cases;

use gradatie::language::Language;
use gradatie::policy::PolicyId;
use gradatie::report::{Style, view_text};
use gradatie::watch::{RulesView, SavedHow, TestsView, View, Watch, Watched};
use jiff::civil::date;
use planted::{Rules, committed, git};
use std::fs;
use std::path::Path;
use watched_cases::CASE;

fn watched(rules: &Rules) -> Watched {
    let case = rules.beside().join("case.yaml");
    fs::write(&case, CASE).unwrap();
    Watched {
        rules: rules.root(),
        tests: None,
        cases: vec![case],
        policy: None,
        document_bytes: 1 << 20,
        since: None,
        correct: None,
        today: date(2026, 2, 1),
    }
}

fn begun(rules: &Rules) -> Watch {
    let mut watch = Watch::begin(watched(rules)).unwrap();
    watch.look().unwrap();
    watch
}

fn seen(view: &View) -> &RulesView {
    view.rules.as_ref().unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn codes(view: &View) -> Vec<&'static str> {
    seen(view)
        .report
        .findings
        .iter()
        .map(|finding| finding.code)
        .collect()
}

fn text(view: &View) -> String {
    let style = Style {
        width: 100,
        colour: false,
    };
    view_text(view, Language::English, style, None)
}

/// Moves Kayes to the relatively lower level.
fn move_kayes(rules: &Rules) {
    rules.change("mali/2025/grade.rhai", "\"Kayes\" | ", "");
    rules.change(
        "mali/2025/grade.rhai",
        "\"Koulikoro\" =>",
        "\"Koulikoro\" | \"Kayes\" =>",
    );
}

#[test]
fn a_look_is_silent_while_no_text_changes() {
    let rules = Rules::new();
    let mut watch = begun(&rules);
    assert!(watch.look().is_none());
    // The same text, written again, and a file that is none of the rules.
    let path = rules.root().join("mali/2025/grade.rhai");
    fs::write(&path, fs::read(&path).unwrap()).unwrap();
    fs::write(rules.root().join("mali/2025/.grade.rhai.swp"), "x").unwrap();
    fs::write(rules.root().join("mali/2025/grade.rhai~"), "x").unwrap();
    assert!(watch.look().is_none());
}

#[test]
fn a_moved_region_is_shown_with_the_difference_and_the_cases_that_change() {
    let rules = Rules::new();
    committed(rules.beside());
    let mut watch = begun(&rules);
    move_kayes(&rules);
    let view = watch.look().unwrap();
    assert_eq!(view.saved.len(), 1);
    assert!(view.saved[0].path.ends_with("mali/2025/grade.rhai"));
    let [compared] = &seen(&view).compared[..] else {
        panic!("{:?}", seen(&view).compared)
    };
    assert_eq!(compared.id, PolicyId::parse("mali/2025").unwrap());
    let [kayes, gao] = &seen(&view).cases[..] else {
        panic!()
    };
    assert!(gao.result.as_ref().unwrap().changes.is_empty());
    let grade = &kayes.result.as_ref().unwrap().changes[0];
    assert_eq!(
        (
            grade.question.as_str(),
            &grade.from.values[0],
            &grade.to.values[0]
        ),
        ("grade", &"not_named".to_owned(), &"relatively_lower".to_owned())
    );
    let shown = text(&view);
    for part in [
        "grade.rhai saved",
        "HEAD:mali/2025 -> mali/2025",
        "  region Kayes: not_named -> relatively_lower (1 combination)",
        "Cases: 1 of 2 change",
        "  grade: not_named [besluit:6.5] -> relatively_lower [besluit:5.3]",
        "besluit:5.3: In view of the scale",
        "warning[version-in-force-edited]",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    // Undone, there is nothing left to show.
    git(rules.beside(), &["checkout", "-q", "--", "rules"]);
    let view = watch.look().unwrap();
    assert!(seen(&view).compared.is_empty() && seen(&view).edited.is_empty());
    assert!(text(&view).contains("Since HEAD: the rules say the same"));
}

#[test]
fn a_syntax_error_is_shown_at_its_line_and_the_next_save_says_that_it_is_gone() {
    let rules = Rules::new();
    let mut watch = begun(&rules);
    rules.change(
        "mali/2025/grade.rhai",
        "switch facts.region {",
        "switch facts.region ",
    );
    let view = watch.look().unwrap();
    assert_eq!(codes(&view), ["script-syntax"]);
    assert_eq!((seen(&view).findings.new, seen(&view).findings.gone), (1, 0));
    assert!(
        text(&view).contains("mali/2025/grade.rhai:7:9"),
        "{}",
        text(&view)
    );
    assert!(text(&view).contains("mali/2025 cannot be compared while it has errors"));
    assert_eq!(
        text(&view).matches("error[script-syntax]").count(),
        1,
        "{}",
        text(&view)
    );
    rules.change(
        "mali/2025/grade.rhai",
        "switch facts.region ",
        "switch facts.region {",
    );
    let view = watch.look().unwrap();
    assert_eq!(codes(&view), [""; 0]);
    assert_eq!((seen(&view).findings.new, seen(&view).findings.gone), (0, 1));
    assert!(text(&view).contains("Check: 0 errors, 0 warnings (1 solved)"));
}

#[test]
fn a_new_version_is_compared_with_the_one_before_it() {
    let rules = Rules::new();
    committed(rules.beside());
    let mut watch = begun(&rules);
    planted::copy(&rules.root().join("mali/2025"), &rules.root().join("mali/2026"));
    rules.change(
        "mali/2026/policy.yaml",
        "not_before: 2025-01-01",
        "not_before: 2026-03-01",
    );
    rules.change("mali/2026/grade.rhai", "\"Kayes\" | ", "");
    rules.change(
        "mali/2026/grade.rhai",
        "\"Koulikoro\" =>",
        "\"Koulikoro\" | \"Kayes\" =>",
    );
    let view = watch.look().unwrap();
    let [compared] = &seen(&view).compared[..] else {
        panic!()
    };
    assert_eq!(compared.with, PolicyId::parse("mali/2025"));
    assert!(text(&view).contains("mali/2026 is new; compared with the version before it mali/2025"));
    assert!(view.saved.iter().all(|saved| saved.how == SavedHow::Created));
    assert!(seen(&view).edited.is_empty());
    // A case of a later date falls under it.
    fs::write(
        rules.beside().join("case.yaml"),
        CASE.replace("2025-09-15", "2026-09-15"),
    )
    .unwrap();
    let view = watch.look().unwrap();
    assert!(text(&view).contains("mali/2025 -> mali/2026"));
    assert!(text(&view).contains("Cases: 1 of 2 change"), "{}", text(&view));
}

#[test]
fn a_commit_is_noticed_and_becomes_what_is_compared_with() {
    let rules = Rules::new();
    committed(rules.beside());
    let mut watch = begun(&rules);
    move_kayes(&rules);
    assert_eq!(seen(&watch.look().unwrap()).compared.len(), 1);
    git(rules.beside(), &["commit", "-q", "-a", "-m", "Kayes"]);
    assert!(watch.is_touched());
    let view = watch.look().unwrap();
    assert!(!watch.is_touched());
    assert!(view.is_committed && view.saved.is_empty());
    assert!(seen(&view).compared.is_empty());
}

#[test]
fn without_git_the_rules_are_compared_with_what_they_were_when_watching_began() {
    let rules = Rules::new();
    let mut watch = begun(&rules);
    assert!(watch.baseline().without_commit().is_some());
    move_kayes(&rules);
    assert!(text(&watch.look().unwrap()).contains("Since the start:\nthe start:mali/2025 -> mali/2025"));
    let mut other = watched(&rules);
    other.since = Some("HEAD".to_owned());
    assert_eq!(Watch::begin(other).unwrap_err().code, "no-revision");
}

#[test]
fn a_folder_that_is_gone_is_said_to_be_and_seen_again_when_it_is_back() {
    let rules = Rules::new();
    let mut watch = begun(&rules);
    let moved = rules.beside().join("moved");
    fs::rename(rules.root(), &moved).unwrap();
    let view = watch.look().unwrap();
    assert_eq!(view.rules.as_ref().unwrap_err()[0].code, "no-rules");
    fs::rename(&moved, rules.root()).unwrap();
    assert!(watch.is_touched());
    assert!(watch.look().unwrap().rules.is_ok());
}

#[test]
fn the_policy_tests_are_run_again_and_it_is_said_which_fail_now() {
    let rules = Rules::new();
    let tests = rules.beside().join("tests/policy");
    planted::copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policy"),
        &tests,
    );
    let watched = Watched {
        tests: Some(tests.clone()),
        ..watched(&rules)
    };
    let mut watch = Watch::begin(watched).unwrap();
    assert!(text(&watch.look().unwrap()).contains(" passed, 0 failed\n"));
    move_kayes(&rules);
    let view = watch.look().unwrap();
    let TestsView::Run { report, failures } = &seen(&view).tests else {
        panic!()
    };
    let failed = report.failures().count();
    assert!(failed > 0);
    assert_eq!((failures.new, failures.gone), (failed, 0));
    assert!(
        text(&view).contains(&format!(" passed, {failed} failed ({failed} new)")),
        "{}",
        text(&view)
    );
    assert!(text(&view).contains("tests/policy/mali/2025/grade.yaml:"));
    // A test file in the middle of an edit is shown at its line; the rules are checked all the same.
    let grade = tests.join("mali/2025/grade.yaml");
    let whole = fs::read_to_string(&grade).unwrap();
    fs::write(&grade, format!("{whole}- nam: half a test\n")).unwrap();
    let view = watch.look().unwrap();
    assert!(text(&view).contains("half a test"), "{}", text(&view));
    assert!(text(&view).contains("region Kayes: not_named -> relatively_lower"));
    // While the rules cannot be read the tests are not run, and the fault is said once.
    rules.change(
        "mali/2025/grade.rhai",
        "switch facts.region {",
        "switch facts.region ",
    );
    let shown = text(&watch.look().unwrap());
    assert!(shown.contains("Tests: not run"), "{shown}");
    assert_eq!(shown.matches("error[script-syntax]").count(), 1, "{shown}");
}

#[test]
fn a_case_at_fault_is_shown_and_the_others_are_evaluated() {
    let rules = Rules::new();
    let mut watch = begun(&rules);
    fs::write(
        rules.beside().join("case.yaml"),
        CASE.replace("region: Gao", "region: Goa"),
    )
    .unwrap();
    move_kayes(&rules);
    let view = watch.look().unwrap();
    assert!(
        text(&view).contains("case.yaml#2 cannot be evaluated"),
        "{}",
        text(&view)
    );
    assert!(text(&view).contains("Cases: 1 of 2 change"));
    fs::remove_file(rules.beside().join("case.yaml")).unwrap();
    assert!(text(&watch.look().unwrap()).contains("there is no file"));
}

#[test]
fn a_screen_holds_no_more_lines_than_it_has() {
    let rules = Rules::new();
    committed(rules.beside());
    let mut watch = begun(&rules);
    move_kayes(&rules);
    let view = watch.look().unwrap();
    let style = Style {
        width: 100,
        colour: false,
    };
    let screen = view_text(&view, Language::Dutch, style, Some(12));
    assert_eq!(screen.lines().count(), 12);
    // Every section begins on it.
    for part in ["#2 ", "Controle: ", "Sinds HEAD:", "Zaken: 1 van 2 veranderen"] {
        assert!(screen.contains(part), "{part}: {screen}");
    }
    let hidden = text(&view).lines().count() - 11;
    assert!(
        screen
            .lines()
            .last()
            .unwrap()
            .starts_with(&format!("… {hidden} regels meer")),
        "{screen}"
    );
}
