//! What is shown after each save: through the library without a watcher, and through the program with one.

mod planted;
mod program;

use gradatie::language::Language;
use gradatie::policy::PolicyId;
use gradatie::report::{Style, view_text};
use gradatie::watch::{RulesView, SavedHow, TestsView, View, Watch, Watched};
use jiff::civil::date;
use planted::{Rules, committed, git};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const CASE: &str = "case: ML-1\ndecision_date: 2025-09-15\nfacts: {region: Kayes}\n---\ncase: ML-2\ndecision_date: \
                    2025-09-15\nfacts: {region: Gao}\n";

fn folder(rules: &Rules) -> PathBuf {
    rules.root().parent().unwrap().to_owned()
}

fn watched(rules: &Rules) -> Watched {
    let case = folder(rules).join("case.yaml");
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
    committed(&folder(&rules));
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
    git(&folder(&rules), &["checkout", "-q", "--", "rules"]);
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
    committed(&folder(&rules));
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
        folder(&rules).join("case.yaml"),
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
    committed(&folder(&rules));
    let mut watch = begun(&rules);
    move_kayes(&rules);
    assert_eq!(seen(&watch.look().unwrap()).compared.len(), 1);
    git(&folder(&rules), &["commit", "-q", "-a", "-m", "Kayes"]);
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
    let moved = folder(&rules).join("moved");
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
    let tests = folder(&rules).join("tests/policy");
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
        folder(&rules).join("case.yaml"),
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
    fs::remove_file(folder(&rules).join("case.yaml")).unwrap();
    assert!(text(&watch.look().unwrap()).contains("there is no file"));
}

#[test]
fn a_screen_holds_no_more_lines_than_it_has() {
    let rules = Rules::new();
    committed(&folder(&rules));
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

/// The program, watching a copy of the rules.
struct Running {
    child: Child,
    lines: Receiver<String>,
    seen: String,
}

impl Running {
    fn begin(rules: &Rules, more: &[&str]) -> Self {
        fs::write(folder(rules).join("case.yaml"), CASE).unwrap();
        let mut arguments = vec!["watch", "case.yaml", "--rules", "rules"];
        arguments.extend(more);
        let mut child = program::command(&folder(rules), &arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (send, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let _ = send.send(line);
            }
        });
        let seen = String::new();
        let mut running = Self { child, lines, seen };
        running.until("Cases: 0 of 2 change");
        running
    }

    /// Reads on until a line has this text; a minute is far more than it takes.
    fn until(&mut self, text: &str) {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            match self
                .lines
                .recv_timeout(end.saturating_duration_since(Instant::now()))
            {
                Ok(line) => {
                    self.seen += &format!("{line}\n");
                    if line.contains(text) {
                        return;
                    }
                }
                Err(error) => panic!("{error}: no {text:?} in {}", self.seen),
            }
        }
    }

    /// Ends it as Ctrl-C does, and gives the exit code with what was said on standard error.
    fn interrupt(mut self) -> (Option<i32>, String) {
        let process = self.child.id().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-INT", &process])
            .status()
            .unwrap();
        assert!(sent.success());
        let mut said = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        (self.child.wait().unwrap().code(), said)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A test that failed leaves no program behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Saves as editors do: writes a new file beside the old one, and renames it.
fn save_by_renaming(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert_eq!(text.matches(from).count(), 1, "{from}");
    let beside = path.with_extension("new");
    fs::write(&beside, text.replace(from, to)).unwrap();
    fs::rename(beside, path).unwrap();
}

#[cfg(unix)]
#[test]
fn the_program_shows_each_save_and_ends_with_success_on_interrupt() {
    for more in [&[][..], &["--poll"]] {
        let rules = Rules::new();
        committed(&folder(&rules));
        let mut running = Running::begin(&rules, more);
        let grade = rules.root().join("mali/2025/grade.rhai");
        save_by_renaming(&grade, "switch facts.region {", "switch facts.region ");
        running.until("error[script-syntax]");
        running.until("rules/mali/2025/grade.rhai:7:9");
        running.until("Cases: 0 of 2 change");
        save_by_renaming(&grade, "switch facts.region ", "switch facts.region {");
        running.until("the rules say the same");
        // In place, and in two steps: deleted, and then made again.
        let text = fs::read_to_string(&grade).unwrap();
        fs::remove_file(&grade).unwrap();
        running.until("grade.rhai gone");
        fs::write(
            &grade,
            text.replace("\"Kayes\" | ", "")
                .replace("\"Koulikoro\" =>", "\"Koulikoro\" | \"Kayes\" =>"),
        )
        .unwrap();
        running.until("region Kayes: not_named -> relatively_lower (1 combination)");
        running.until("grade: not_named [besluit:6.5] -> relatively_lower [besluit:5.3]");
        // A case file that changes is looked at again.
        save_by_renaming(&folder(&rules).join("case.yaml"), "region: Gao", "region: Kayes");
        running.until("Cases: 2 of 2 change");
        // So is a commit; and a terminal it is not, so nothing is cleared.
        git(&folder(&rules), &["commit", "-q", "-a", "-m", "Kayes"]);
        running.until("other rules were committed to HEAD");
        assert!(!running.seen.contains('\u{1b}'), "{:?}", running.seen);
        let (code, said) = running.interrupt();
        assert_eq!(code, Some(0), "{said}");
        assert!(
            said.contains("Watching rules, 1 case file; Ctrl-C ends"),
            "{said}"
        );
    }
}

#[test]
fn the_program_cannot_watch_what_is_not_there() {
    let rules = Rules::new();
    for (arguments, said) in [
        (
            &["watch", "--rules", "nowhere"][..],
            "is not a folder that can be read",
        ),
        (
            &["watch", "--rules", "rules", "--since", "no-such"],
            "cannot be read",
        ),
        (
            &["watch", "--rules", "rules", "--tests", "nowhere"],
            "there is no folder `nowhere`",
        ),
        (
            &["watch", "--rules", "rules", "--policy", "mali/2030"],
            "there is no policy version",
        ),
        (&["watch", "--rules", "rules", "-"], "cannot be watched"),
    ] {
        let ran = program::gradatie(&folder(&rules), arguments, b"");
        assert_eq!(ran.status.code(), Some(2));
        assert!(
            program::messages(&ran).contains(said),
            "{}",
            program::messages(&ran)
        );
    }
}
