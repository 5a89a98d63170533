//! A new policy version: what is made, what stays as it is, and what is refused.

mod new_version_orders;
mod planted;
mod program;

use gradatie::diff::diff;
use gradatie::new_version::{Begins, Letter, Order};
use gradatie::policy::SourceText;
use jiff::civil::date;
use new_version_orders::{
    codes, id, order, planned, planted, refused, tests_of, texts, tree, version, with_letter,
};
use program::{gradatie, messages};
use std::collections::BTreeSet;
use std::fs;

#[test]
fn a_new_version_says_what_the_earlier_one_says_and_nothing_that_was_there_is_touched() {
    let rules = planted();
    let before = texts(&rules);
    planned(&rules, with_letter(&rules)).write().unwrap();
    let difference = diff(&version(&rules, "mali/2025"), &version(&rules, "mali/2026")).unwrap();
    assert!(difference.is_equal(), "{difference:?}");
    let after = texts(&rules);
    assert!(before.iter().all(|(path, text)| after.get(path) == Some(text)));
    let new: Vec<String> = after
        .keys()
        .filter(|path| !before.contains_key(*path))
        .map(|path| {
            path.strip_prefix(rules.root().parent().unwrap())
                .unwrap()
                .display()
                .to_string()
        })
        .collect();
    let mut expected: Vec<String> = [
        "flags",
        "grade",
        "internal_protection",
        "internal_protection_test",
        "scope",
    ]
    .iter()
    .map(|name| format!("rules/mali/2026/{name}.rhai"))
    .collect();
    expected.extend(["policy", "sources"].map(|name| format!("rules/mali/2026/{name}.yaml")));
    let tests = [
        "flags",
        "grade",
        "internal_protection",
        "internal_protection_test",
        "real_risk",
        "scope",
    ];
    expected.extend(tests.map(|name| format!("tests/policy/mali/2026/{name}.yaml")));
    expected.sort();
    assert_eq!(new, expected);
}

#[test]
fn the_register_claims_of_the_letter_only_that_it_has_these_sentences() {
    let rules = planted();
    planned(&rules, with_letter(&rules)).write().unwrap();
    let register = &version(&rules, "mali/2026").register;
    let (of_letter, earlier): (Vec<_>, Vec<_>) = register
        .entries()
        .iter()
        .filter(|entry| entry.title.is_none())
        .partition(|entry| entry.locator.starts_with("brief:"));
    let locators: Vec<&str> = of_letter.iter().map(|entry| entry.locator.as_str()).collect();
    assert_eq!(locators, ["brief:1.1", "brief:2.1", "brief:2.2"]);
    assert!(
        of_letter
            .iter()
            .all(|entry| entry.to_review && entry.summary.nl.is_empty())
    );
    let of_old = &version(&rules, "mali/2025").register;
    let expected: Vec<_> = of_old
        .entries()
        .iter()
        .filter(|entry| entry.title.is_none())
        .collect();
    assert_eq!(earlier.len(), 25);
    for (entry, old) in earlier.iter().zip(expected) {
        assert_eq!(
            (&entry.locator, entry.kind, &entry.summary),
            (&old.locator, old.kind, &old.summary)
        );
        assert!(entry.to_review && !old.to_review);
    }
    // Until a person has been over it, the version is not green.
    let found: BTreeSet<&str> = codes(&rules).into_iter().collect();
    assert_eq!(found, BTreeSet::from(["missing-text", "sentence-to-review"]));
}

#[test]
fn the_text_of_the_letter_is_shown_beside_its_own_sentences_alone() {
    let rules = planted();
    planned(&rules, with_letter(&rules)).write().unwrap();
    fs::write(rules.root().join("mali/2026/source.txt"), "Een.\n\nTwee. Drie.\n").unwrap();
    let text = SourceText::of(&tree(&rules), &version(&rules, "mali/2026"))
        .unwrap()
        .unwrap();
    assert!(text.disagreements.is_empty(), "{:?}", text.disagreements);
    assert_eq!(text.sentence("brief:2.2"), Some("Drie."));
    assert_eq!(text.sentence("besluit:2.2"), None);
}

#[test]
fn the_tests_are_copied_under_the_new_name() {
    let rules = planted();
    let own = tests_of(&rules).join("mali/2025/own.yaml");
    let text = "# Under mali/2025.\n- name: mali/2025 in a name stays\n  policy: mali/2025 # here\n  facts: {region: Gao}\n  expect: \
                {flags_not: [minor]}\n";
    fs::write(own, text).unwrap();
    planned(&rules, order(&rules)).write().unwrap();
    let copy = fs::read_to_string(tests_of(&rules).join("mali/2026/own.yaml")).unwrap();
    let expected = text
        .replace("# Under mali/2025", "# Under mali/2026")
        .replace("policy: mali/2025", "policy: mali/2026");
    assert_eq!(copy, expected);
    let grades = "mali/2025/grade.yaml";
    let old = fs::read_to_string(tests_of(&rules).join(grades)).unwrap();
    let new = fs::read_to_string(tests_of(&rules).join("mali/2026/grade.yaml")).unwrap();
    let without_comments = |text: &str| {
        text.lines()
            .filter(|line| !line.starts_with('#'))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(without_comments(&new), without_comments(&old));
}

#[test]
fn nothing_is_overwritten() {
    let rules = planted();
    assert_eq!(
        refused(
            &rules,
            Order {
                id: id("mali/2023"),
                ..order(&rules)
            }
        ),
        "already-there"
    );
    fs::create_dir(rules.root().join("mali/2026")).unwrap();
    assert_eq!(refused(&rules, order(&rules)), "already-there");
    fs::remove_dir(rules.root().join("mali/2026")).unwrap();
    fs::create_dir(tests_of(&rules).join("mali/2026")).unwrap();
    assert_eq!(refused(&rules, order(&rules)), "already-there");
    // Also when it appears between planning and writing, nothing at all is written.
    fs::remove_dir(tests_of(&rules).join("mali/2026")).unwrap();
    let plan = planned(&rules, order(&rules));
    let file = tests_of(&rules).join("mali/2026");
    fs::write(&file, "mine").unwrap();
    let before = texts(&rules);
    assert_eq!(plan.write().unwrap_err().code, "not-written");
    assert_eq!(texts(&rules), before);
    fs::remove_file(&file).unwrap();
    plan.write().unwrap();
}

#[test]
fn what_cannot_be_meant_is_refused_and_nothing_is_written() {
    let rules = planted();
    let letter = |id: &str, sentences: &[u16]| Order {
        letter: Some(Letter {
            id: id.to_owned(),
            sentences: sentences.to_vec(),
        }),
        ..order(&rules)
    };
    let cases = [
        (
            Order {
                from: id("mali/2024"),
                ..order(&rules)
            },
            "unknown-policy",
        ),
        (
            Order {
                id: id("niger/2026"),
                ..order(&rules)
            },
            "another-country",
        ),
        (
            Order {
                begins: Begins::On(date(2025, 1, 1)),
                ..order(&rules)
            },
            "overlapping-versions",
        ),
        (
            Order {
                begins: Begins::On(date(2024, 1, 1)),
                ..order(&rules)
            },
            "changes-the-past",
        ),
        (
            Order {
                correct: Some(" ".to_owned()),
                ..order(&rules)
            },
            "no-reason",
        ),
        (letter("besluit", &[1]), "duplicate-locator"),
        (letter("two words", &[1]), "invalid-letter"),
        (letter("brief", &[1, 0]), "invalid-letter"),
        (letter("brief", &[1500, 1500]), "invalid-letter"),
    ];
    for (order, code) in cases {
        assert_eq!(refused(&rules, order), code);
    }
    rules.change(
        "mali/2025/grade.rhai",
        "switch facts.region {",
        "switch facts.region",
    );
    assert_eq!(refused(&rules, order(&rules)), "script-syntax");
}

#[test]
fn what_is_no_part_of_the_rules_is_not_copied_and_said_to_be_left_out() {
    let rules = planted();
    fs::write(
        rules.root().join("mali/2025/letter.txt"),
        "a text that is not shipped",
    )
    .unwrap();
    let plan = planned(&rules, order(&rules));
    assert_eq!(plan.left_out, ["letter.txt"]);
    plan.write().unwrap();
    assert!(!rules.root().join("mali/2026/letter.txt").exists());
}

#[cfg(unix)]
#[test]
fn when_a_file_cannot_be_written_nothing_is() {
    let rules = planted();
    let plan = planned(&rules, order(&rules));
    let before = texts(&rules);
    // The folder of the tests is gone: it is the last to be made.
    let moved = tests_of(&rules).with_file_name("elsewhere");
    fs::rename(tests_of(&rules), &moved).unwrap();
    assert_eq!(plan.write().unwrap_err().code, "not-written");
    fs::rename(&moved, tests_of(&rules)).unwrap();
    assert_eq!(texts(&rules), before);
    assert!(!rules.root().join("mali/2026").exists());
}

#[test]
fn the_program_says_what_it_made_and_what_is_to_be_done() {
    let rules = planted();
    let folder = rules.root().parent().unwrap().to_owned();
    let arguments = [
        "policy",
        "new",
        "mali/2027",
        "--from",
        "mali/2025",
        "--not-before",
        "2027-01-01",
        "--letter",
        "brief",
        "--sentences",
        "3,2",
        "--rules",
        "rules",
    ];
    let made = gradatie(&folder, &arguments, b"");
    let said = String::from_utf8(made.stdout.clone()).unwrap();
    assert_eq!(made.status.code(), Some(0), "{}", messages(&made));
    for part in [
        "not older than 2027-01-01",
        "  rules/mali/2027/grade.rhai",
        "  tests/policy/mali/2027/grade.yaml",
        "read the 5 sentences of `brief`",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let again = gradatie(&folder, &arguments, b"");
    assert_eq!(again.status.code(), Some(2));
    assert!(
        messages(&again).contains("nothing is overwritten"),
        "{}",
        messages(&again)
    );
    let without_date = gradatie(
        &folder,
        &[
            "policy",
            "new",
            "mali/2028",
            "--from",
            "mali/2025",
            "--rules",
            "rules",
        ],
        b"",
    );
    assert_eq!(without_date.status.code(), Some(2));
}

#[test]
fn an_edited_version_in_force_is_a_finding_until_a_reason_is_given() {
    let rules = planted();
    let folder = rules.root().parent().unwrap().to_owned();
    planted::committed(&folder);
    let status = |more: &[&str]| {
        let mut arguments = vec!["policy", "status", "--rules", "rules"];
        arguments.extend(more);
        let ran = gradatie(&folder, &arguments, b"");
        let said = String::from_utf8(ran.stdout.clone()).unwrap();
        (ran.status.code(), said, messages(&ran))
    };
    let (code, said, warnings) = status(&[]);
    assert_eq!((code, warnings.as_str()), (Some(0), ""));
    assert!(
        said.contains("mali/2023 held") && said.contains("mali/2025 holds"),
        "{said}"
    );
    rules.change(
        "mali/2025/grade.rhai",
        "\"no_15c\", \"besluit:6.4\"",
        "\"no_15c\", \"besluit:6.3\"",
    );
    rules.change("general/law.yaml", "law:\n", "# edited\nlaw:\n");
    let (code, said, warnings) = status(&[]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("mali/2025 holds") && said.contains("older); EDITED since HEAD"),
        "{said}"
    );
    for part in [
        "rules/mali/2025/grade.rhai:11:1",
        "`general/law.yaml` was edited",
        "`mali/2023` (held since 2023-01-01, only texts were edited: it decides the same), `mali/2025`",
    ] {
        assert!(warnings.contains(part), "{part}: {warnings}");
    }
    let (code, said, warnings) = status(&["--correct", "a wrong sentence"]);
    assert_eq!((code, warnings.as_str()), (Some(0), ""));
    assert!(said.contains("Correction: a wrong sentence"), "{said}");
    let (_, json, _) = status(&["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["versions"][1]["edited_in_force"], true);
    // A version that has yet to begin is being written: no warning.
    let new = [
        "policy",
        "new",
        "mali/2099",
        "--from",
        "mali/2025",
        "--in-force",
        "2099-01-01",
        "--rules",
        "rules",
    ];
    assert_eq!(gradatie(&folder, &new, b"").status.code(), Some(0));
    let (_, said, warnings) = status(&[]);
    assert!(
        said.contains("mali/2099 has yet to begin, from 2099-01-01; new since HEAD"),
        "{said}"
    );
    assert!(!warnings.contains("2099"), "{warnings}");
}
