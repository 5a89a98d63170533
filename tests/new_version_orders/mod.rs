//! Orders of new policy versions, and what is made of them.

#![allow(dead_code, reason = "each test uses a part")]

use super::planted::{self, Rules};
use gradatie::check::check;
use gradatie::diagram::Bounds;
use gradatie::new_version::{Begins, Letter, Order, Plan, plan};
use gradatie::policy::{Policies, PolicyId, PolicyVersion, RulesTree};
use jiff::civil::{Date, date};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

pub const TODAY: Date = date(2026, 2, 1);
pub const START: Date = date(2026, 3, 1);

/// The shipped rules with their policy tests beside them.
pub fn planted() -> Rules {
    let rules = Rules::new();
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policy");
    planted::copy(&tests, &tests_of(&rules));
    rules
}

pub fn tests_of(rules: &Rules) -> PathBuf {
    rules.root().parent().unwrap().join("tests/policy")
}

pub fn tree(rules: &Rules) -> RulesTree {
    RulesTree::folder(&rules.root()).unwrap()
}

pub fn id(name: &str) -> PolicyId {
    PolicyId::parse(name).unwrap()
}

pub fn order(rules: &Rules) -> Order {
    Order {
        id: id("mali/2026"),
        from: id("mali/2025"),
        begins: Begins::On(START),
        letter: None,
        correct: None,
        tests: Some(tests_of(rules)),
        today: TODAY,
    }
}

pub fn with_letter(rules: &Rules) -> Order {
    Order {
        letter: Some(Letter {
            id: "brief".to_owned(),
            sentences: vec![1, 2],
        }),
        ..order(rules)
    }
}

pub fn planned(rules: &Rules, order: Order) -> Plan {
    plan(&tree(rules), order).unwrap_or_else(|faults| panic!("{faults:?}"))
}

pub fn refused(rules: &Rules, order: Order) -> String {
    let before = texts(rules);
    let faults = plan(&tree(rules), order).unwrap_err();
    assert_eq!(texts(rules), before);
    faults[0].code.to_owned()
}

/// Every file below the folder of the rules and tests.
pub fn texts(rules: &Rules) -> BTreeMap<PathBuf, Vec<u8>> {
    let all = walkdir::WalkDir::new(rules.root().parent().unwrap()).into_iter();
    let files = all
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| (entry.path().to_owned(), fs::read(entry.path()).unwrap()))
        .collect()
}

pub fn version(rules: &Rules, name: &str) -> std::sync::Arc<PolicyVersion> {
    Policies::named(&tree(rules), name).unwrap_or_else(|faults| panic!("{faults:?}"))
}

pub fn codes(rules: &Rules) -> Vec<&'static str> {
    let tree = tree(rules);
    let report = check(&tree, &tree.ids(), &Bounds::default());
    let mut codes: Vec<&str> = report.findings.iter().map(|finding| finding.code).collect();
    codes.dedup();
    codes
}
