//! The policy tests under `tests/policy`: case facts and expectations, as an analyst writes them.

use gradatie::language::Language;
use gradatie::policy::RulesTree;
use gradatie::policy_test::{Report, run};
use gradatie::report::{Style, tests_text};
use std::path::Path;

fn shipped() -> Report {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tree = RulesTree::folder(&root.join("rules")).unwrap();
    run(&tree, &[root.join("tests/policy")]).unwrap()
}

#[test]
fn every_policy_test_comes_out_as_expected() {
    let report = shipped();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    let style = Style {
        width: 100,
        colour: false,
    };
    let text = tests_text(&report, Language::English, style);
    assert_eq!(report.failures().count(), 0, "{text}");
    assert_eq!(report.unconfirmed(), 0, "{text}");
    assert!(report.passed() > 100, "{text}");
}
