//! The dates of a new policy version and of its neighbours.

mod new_version_orders;
mod planted;

use gradatie::new_version::{Begins, Order};
use gradatie::policy::{InForce, Policies, PolicyVersion};
use jiff::civil::{Date, date};
use new_version_orders::{START, codes, id, order, planned, planted, refused, tree};
use std::fs;

#[test]
fn the_dates_are_those_given_and_the_comment_that_explained_the_old_ones_is_gone() {
    for (begins, from, comment) in [
        (
            Begins::On(START),
            Some(START),
            "was given when this version was made",
        ),
        (Begins::NotBefore(START), None, "is not on record"),
    ] {
        let rules = planted();
        planned(
            &rules,
            Order {
                begins,
                ..order(&rules)
            },
        )
        .write()
        .unwrap();
        let dates = PolicyVersion::in_force(&tree(&rules), &id("mali/2026")).unwrap();
        assert_eq!((dates.from, dates.not_before, dates.until), (from, START, None));
        let text = fs::read_to_string(rules.root().join("mali/2026/policy.yaml")).unwrap();
        let old = fs::read_to_string(rules.root().join("mali/2025/policy.yaml")).unwrap();
        assert!(
            text.contains(comment) && !text.contains("cannot be older than 2025"),
            "{text}"
        );
        // Everything after the dates, comments and labels included, is as it was.
        let rest = |text: &str| text[text.find("\nconclusions:").unwrap()..].to_owned();
        assert_eq!(rest(&text), rest(&old));
        assert!(
            !codes(&rules)
                .iter()
                .any(|code| code.contains("versions") || code.contains("dates"))
        );
        // The version before is still picked on the day before.
        let picked = |day: Date| {
            Policies::open(&tree(&rules), None)
                .unwrap()
                .pick(Some(day))
                .unwrap()
                .id
        };
        assert_eq!(
            (picked(date(2026, 2, 28)), picked(START)),
            (id("mali/2025"), id("mali/2026"))
        );
    }
}

#[test]
fn the_end_of_a_version_in_force_is_corrected_only_with_a_reason() {
    let rules = planted();
    rules.change("mali/2025/policy.yaml", "until: null", "until: 2026-06-30");
    assert_eq!(refused(&rules, order(&rules)), "version-in-force");
    let old = fs::read_to_string(rules.root().join("mali/2025/policy.yaml")).unwrap();
    let corrected = Order {
        correct: Some("the letter ends it earlier".to_owned()),
        ..order(&rules)
    };
    planned(&rules, corrected).write().unwrap();
    let dates = PolicyVersion::in_force(&tree(&rules), &id("mali/2025")).unwrap();
    assert_eq!(
        dates,
        InForce {
            from: None,
            not_before: date(2025, 1, 1),
            until: Some(date(2026, 2, 28))
        }
    );
    let new = fs::read_to_string(rules.root().join("mali/2025/policy.yaml")).unwrap();
    let comment =
        "# Corrected on 2026-02-01, for mali/2026: the letter ends it earlier. Its `until` was 2026-06-30.\n";
    assert_eq!(new.replace(comment, "").replace("2026-02-28", "2026-06-30"), old);
    assert!(codes(&rules).iter().all(|code| *code == "sentence-to-review"));
}

#[test]
fn an_end_that_has_been_set_for_a_beginning_that_is_not_on_record_is_taken_back() {
    let rules = planted();
    rules.change("mali/2025/policy.yaml", "until: null", "until: 2026-06-30");
    let corrected = Order {
        begins: Begins::NotBefore(START),
        correct: Some("the end is not on record".to_owned()),
        ..order(&rules)
    };
    planned(&rules, corrected).write().unwrap();
    assert_eq!(
        PolicyVersion::in_force(&tree(&rules), &id("mali/2025"))
            .unwrap()
            .until,
        None
    );
}

#[test]
fn a_version_that_ends_the_day_before_is_left_alone() {
    let rules = planted();
    rules.change("mali/2025/policy.yaml", "until: null", "until: 2026-02-28");
    let plan = planned(&rules, order(&rules));
    assert_eq!(plan.corrected, None);
}

#[test]
fn a_version_between_others_is_made_with_a_reason_and_the_next_takes_over() {
    let rules = planted();
    let between = Order {
        id: id("mali/2024"),
        from: id("mali/2023"),
        begins: Begins::On(date(2024, 5, 1)),
        correct: Some("a letter of 2024 was found".to_owned()),
        ..order(&rules)
    };
    let plan = planned(&rules, between);
    assert_eq!(
        plan.after.as_ref().map(|(id, _)| id.to_string()).as_deref(),
        Some("mali/2025")
    );
    plan.write().unwrap();
    let text = fs::read_to_string(rules.root().join("mali/2024/policy.yaml")).unwrap();
    assert!(text.contains("a letter of 2024 was found"), "{text}");
    assert_eq!(
        PolicyVersion::in_force(&tree(&rules), &id("mali/2023"))
            .unwrap()
            .until,
        Some(date(2024, 4, 30))
    );
    assert_eq!(codes(&rules), ["sentence-to-review"]);
}
