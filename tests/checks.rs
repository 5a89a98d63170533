//! Each mistake planted in a copy of the rules is found by `check`, at its line and with its page.

mod planted;

use gradatie::check::{Report, check, page, pages};
use gradatie::diagram::Bounds;
use gradatie::policy::RulesTree;
use planted::Rules;
use std::time::Duration;

fn report(rules: &Rules) -> Report {
    let tree = RulesTree::folder(&rules.root()).unwrap();
    check(&tree, &tree.ids(), &Bounds::default())
}

/// The findings of a check: code, file, line and column, and the witness.
fn found(report: &Report, rules: &Rules) -> Vec<String> {
    let root = format!("{}/", rules.root().display());
    report
        .findings
        .iter()
        .map(|finding| {
            let place = finding
                .place()
                .map(|(file, at)| format!("{}:{}:{}", file.replace(&root, ""), at.line, at.column));
            let witness = finding
                .witness
                .as_ref()
                .map(|facts| serde_json::to_string(facts).unwrap());
            [Some(finding.code.to_owned()), place, witness]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect()
}

#[test]
fn the_shipped_rules_are_proved_without_a_finding() {
    let rules = Rules::new();
    let report = report(&rules);
    assert_eq!(found(&report, &rules), [""; 0]);
    assert_eq!(report.proofs.len(), 5 + 8 + 5 + 11);
    assert!(report.proofs.iter().all(|proof| proof.is_proved));
}

/// Each mistake with what is found: the file, what is replaced by what, and the findings.
const MISTAKES: &[(&str, &str, &str, &[&str])] = &[
    (
        "mali/2025/flags.rhai",
        "facts.age",
        "facts.aeg",
        &["unknown-fact mali/2025/flags.rhai:58:14 {}"],
    ),
    (
        "mali/2025/grade.rhai",
        "\"Gao\" |",
        "\"Goa\" |",
        &["unknown-word mali/2025/grade.rhai:7:9"],
    ),
    (
        "mali/2025/grade.rhai",
        "\"relatively_lower\"",
        "\"relatively_lowr\"",
        &["unknown-word mali/2025/grade.rhai:10:33"],
    ),
    (
        "mali/2025/grade.rhai",
        "\"besluit:5.3\"",
        "\"besluit:5.33\"",
        &["unknown-locator mali/2025/grade.rhai:10:53"],
    ),
    (
        "mali/2025/grade.rhai",
        "\"Koulikoro\"",
        "\"Koulikoro",
        &["script-syntax mali/2025/grade.rhai:10:64"],
    ),
    (
        "mali/2025/grade.rhai",
        "    switch",
        "    loop { }\n    switch",
        &["not-in-rule-language mali/2025/grade.rhai:6:5"],
    ),
    (
        "mali/2025/grade.rhai",
        "\"Bamako\" => conclude",
        "\"Gao\" | \"Bamako\" => conclude",
        &["duplicate-label mali/2025/grade.rhai:11:9"],
    ),
    (
        "mali/2025/grade.rhai",
        "\"Bamako\" => conclude",
        "\"Ansongo\" | \"Bamako\" => conclude",
        &["value-outside-domain mali/2025/grade.rhai:11:9"],
    ),
    (
        "general/real_risk.rhai",
        "grade(facts) == \"highest_exceptional\"",
        "grade(facts) == \"applies\"",
        &["never-equal", "value-outside-domain"],
    ),
    (
        "mali/2025/internal_protection_test.rhai",
        "conclude(\"can_be_invoked\", \"besluit:6.6\", ",
        "conclude(\"can_be_invoked\", ",
        &[],
    ),
    (
        "mali/2025/sources.yaml",
        "kind: finding\n    summary:\n      nl: Met de veiligheid",
        "kind: decision\n    summary:\n      nl: Met de veiligheid",
        &["uncited-decision mali/2025/sources.yaml:"],
    ),
    (
        "mali/2025/flags.rhai",
        "fn minor(",
        "fn miner(",
        &["missing-question mali/2025/flags.rhai:1:1"],
    ),
    (
        "mali/2025/flags.rhai",
        "/// Is the person a minor?",
        "fn extra(facts) {}\n/// Is the person a minor?",
        &["unused-function mali/2025/flags.rhai:56:4"],
    ),
    (
        "mali/2025/scope.rhai",
        "if facts.origin_credible == \"no\" {",
        "if facts.nationality == \"other\" {",
        &["unreachable-conclusion mali/2025/scope.rhai:9:16"],
    ),
    (
        "mali/2025/policy.yaml",
        "nl: De vreemdeling is minderjarig. Betrek de opvang in het gebied en het belang van het kind.",
        "nl: \"\"",
        &["missing-text"],
    ),
    (
        "mali/2025/policy.yaml",
        "not_before: 2025-01-01, until: null",
        "not_before: 2023-01-01, until: null",
        &["overlapping-versions mali/2025/policy.yaml:10:1"],
    ),
    (
        "mali/2025/policy.yaml",
        "not_before: 2025-01-01, until: null",
        "not_before: 2025-01-01, until: 2024-01-01",
        &["reversed-dates mali/2025/policy.yaml:10:1"],
    ),
    (
        "mali/2023/policy.yaml",
        "not_before: 2023-01-01, until: null",
        "not_before: 2023-01-01, until: 2024-12-30",
        &["hole-between-versions mali/2023/policy.yaml:10:1"],
    ),
    (
        "mali/2023/policy.yaml",
        "not_before: 2023-01-01, until: null",
        "not_before: 2023-01-01, until: 2025-01-01",
        &["overlapping-versions mali/2023/policy.yaml:10:1"],
    ),
    (
        "mali/regions.yaml",
        "[Rharous]",
        "[Bourem]",
        &["ambiguous-place-name mali/regions.yaml:81:16"],
    ),
    (
        "mali/2025/policy.yaml",
        "cites: [besluit:3.5, besluit:4.4,",
        "cites: [besluit:3.5, besluit:4.44,",
        &["unknown-locator mali/2025/policy.yaml:150:26"],
    ),
    (
        "mali/2025/policy.yaml",
        "{conclusion: grade, value: not_named}",
        "{conclusion: grade, value: notnamed}",
        &["unknown-word mali/2025/policy.yaml:142:41"],
    ),
    (
        "mali/2025/policy.yaml",
        "{conclusion: grade, value: not_named}",
        "{conclusion: grades, value: not_named}",
        &["unknown-word mali/2025/policy.yaml:142:27"],
    ),
    (
        "mali/map.yaml",
        "  - {region: Gao, column: 4, row: 3}\n",
        "",
        &["region-without-tile mali/map.yaml:6:1"],
    ),
    (
        "mali/map.yaml",
        "{region: Gao, column: 4, row: 3}",
        "{region: Gao, column: 4, row: 2}",
        &["tile-taken mali/map.yaml:11:27"],
    ),
    (
        "mali/map.yaml",
        "{region: Gao, column: 4, row: 3}",
        "{region: Gao, column: 0, row: 3}",
        &["tile-outside-map mali/map.yaml:11:27"],
    ),
    (
        "mali/map.yaml",
        "{region: Gao, column: 4, row: 3}",
        "{region: Kidal, column: 4, row: 3}",
        &[
            "region-without-tile mali/map.yaml:6:1",
            "duplicate-tile mali/map.yaml:11:14",
        ],
    ),
    (
        "mali/map.yaml",
        "region: Gao,",
        "region: Goa,",
        &[
            "region-without-tile mali/map.yaml:6:1",
            "unknown-region mali/map.yaml:11:14",
        ],
    ),
];

#[test]
fn each_planted_mistake_is_found_at_its_line() {
    for (file, from, to, expected) in MISTAKES {
        let rules = Rules::new();
        rules.change(file, from, to);
        let report = report(&rules);
        let found = found(&report, &rules);
        for expected in *expected {
            assert!(
                found.iter().any(|found| found.starts_with(expected)),
                "{to:?}: {expected} in {found:#?}"
            );
        }
        assert_eq!(found.is_empty(), expected.is_empty(), "{to:?}: {found:#?}");
        for finding in &report.findings {
            assert!(
                page(finding.code).is_some(),
                "no page docs/checks/{}.md",
                finding.code
            );
        }
    }
}

#[test]
fn a_country_without_a_tile_map_is_warned_of_and_decides_as_before() {
    let rules = Rules::new();
    std::fs::remove_file(rules.root().join("mali/map.yaml")).unwrap();
    let report = report(&rules);
    assert_eq!(found(&report, &rules), ["missing-tile-map"]);
    assert!(!report.has_errors() && page("missing-tile-map").is_some());
    assert!(report.proofs.iter().all(|proof| proof.is_proved));
}

#[test]
fn a_dropped_region_is_shown_with_a_case() {
    let rules = Rules::new();
    rules.change("mali/2025/grade.rhai", "\"Ménaka\" | ", "");
    let found = found(&report(&rules), &rules);
    assert!(
        found.contains(&"no-conclusion mali/2025/grade.rhai:5:4 {\"region\":\"Ménaka\"}".to_owned()),
        "{found:#?}"
    );
}

#[test]
fn a_function_that_calls_itself_is_shown_with_a_case() {
    let rules = Rules::new();
    rules.change(
        "mali/2025/flags.rhai",
        "fn minor(facts) {",
        "fn again(facts) { again(facts) }\nfn minor(facts) {\n    if facts.age > 90 { again(facts) }",
    );
    let found = found(&report(&rules), &rules);
    assert_eq!(found, ["script-limit mali/2025/flags.rhai:58:4 {\"age\":91}"]);
}

#[test]
fn a_question_with_too_many_branches_is_stopped_visibly_and_nothing_is_said_of_a_part() {
    // The parity of fourteen yes/no facts has 16,384 branches; the bounds allow 1,000.
    let facts = [
        ("nationality", "other"),
        ("origin_credible", "no"),
        ("moratorium", "no"),
        ("exclusion_1f", "no"),
        ("civilian", "no"),
        ("refugee_status", "established"),
        ("serious_harm_15ab", "established"),
        ("individual_risk", "established"),
        ("ipa_safe", "met"),
        ("ipa_accessible", "met"),
        ("ipa_reasonable", "met"),
    ];
    let mut parity = String::from("let odd = false;\n");
    for (fact, value) in facts {
        parity += &format!("    if facts.{fact} == \"{value}\" {{ odd = !odd; }}\n");
    }
    let rules = Rules::new();
    rules.change(
        "mali/2025/flags.rhai",
        "    if facts.age < 18 {",
        &format!("    {parity}    if odd {{"),
    );
    let tree = RulesTree::folder(&rules.root()).unwrap();
    let bounds = Bounds {
        runs: 1_000,
        time: Duration::from_secs(60),
    };
    let report = check(&tree, &tree.ids(), &bounds);
    let codes: Vec<&str> = report.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(
        codes
            .iter()
            .filter(|code| **code == "exploration-too-large")
            .count(),
        codes.len(),
        "{codes:?}"
    );
    assert!(
        report
            .proofs
            .iter()
            .all(|proof| proof.question != "minor" || proof.policy != "mali/2025")
    );
    // With bounds that suffice the diagram of a parity is small: two nodes a fact.
    let whole = check(&tree, &tree.ids(), &Bounds::default());
    let minor = whole
        .proofs
        .iter()
        .find(|proof| proof.question == "minor" && proof.policy == "mali/2025")
        .unwrap();
    assert_eq!((minor.branches, minor.nodes > 11), (2_048, true));
}

#[test]
fn every_page_says_what_why_and_how() {
    for page in pages() {
        assert!(page.text.starts_with(&format!("# {}\n", page.code)));
        assert!(
            page.text.contains("\nWrong:\n") && page.text.contains("\nRight:\n"),
            "{}",
            page.code
        );
        assert!(page.summary().ends_with('.'), "{}", page.code);
    }
}
