//! The fingerprint of the rules changes with everything that decides, and with nothing that is only read by people; the
//! fingerprint of the texts changes with every byte.

mod domain_reading;
mod planted;
mod program;

use domain_reading::{Random, random_case};
use gradatie::policy::{Policies, PolicyVersion, RulesTree};
use planted::Rules;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::sync::Arc;

fn version(rules: &Rules) -> Arc<PolicyVersion> {
    let tree = RulesTree::folder(&rules.root()).unwrap();
    Policies::named(&tree, "mali/2025").unwrap()
}

/// Replaces the first place of a text in a file.
fn edit(rules: &Rules, file: &str, from: &str, to: &str) {
    let path = rules.root().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from:?} in {file}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

const POLICY: &str = "mali/2025/policy.yaml";
const SOURCES: &str = "mali/2025/sources.yaml";
const GRADE: &str = "mali/2025/grade.rhai";
const REGIONS: &str = "mali/regions.yaml";
const LAW: &str = "general/law.yaml";

/// Edits of what only people read.
const OF_TEXTS: &[(&str, &str, &str)] = &[
    (GRADE, "/// How intense", "/// How very intense"),
    (GRADE, "fn grade(facts) {", "fn grade(facts) { // by region"),
    (
        GRADE,
        "    switch facts.region {\n",
        "\n  switch /* on */ facts . region\n    {\n\n",
    ),
    (POLICY, "# The policy version:", "# This policy version:"),
    (
        POLICY,
        "en: Country policy on Mali,",
        "en: The country policy on Mali,",
    ),
    (
        POLICY,
        "en: What is the grade of",
        "en: What would be the grade of",
    ),
    (
        POLICY,
        "en: most exceptional situation",
        "en: the most exceptional situation",
    ),
    (
        POLICY,
        "en: A civilian runs a real risk",
        "en: Any civilian runs a real risk",
    ),
    (
        POLICY,
        "en: The number and the date",
        "en: Both the number and the date",
    ),
    (
        POLICY,
        "in_force: {from: unknown, not_before: 2025-01-01, until: null}",
        "in_force:\n  until: null\n  not_before: 2025-01-01\n  from: unknown",
    ),
    (
        SOURCES,
        "en: The policy as it stood before",
        "en: The policy that stood before",
    ),
    (SOURCES, "kind: context", "kind: finding"),
    (LAW, "en: Serious harm includes", "en: Serious harm comprises"),
    (REGIONS, "en: map of 2016", "en: the map of 2016"),
    (REGIONS, "# The gazetteer of Mali", "# A gazetteer of Mali"),
];

/// Edits of what decides, or may.
const OF_RULES: &[(&str, &str, &str)] = &[
    (GRADE, "\"Gao\" | \"Mopti\"", "\"Mopti\" | \"Gao\""),
    (GRADE, "besluit:3.6", "besluit:3.5"),
    (GRADE, "\"relatively_lower\"", "\"relatively_higher\""),
    (GRADE, "\"Kayes\" | ", ""),
    (POLICY, "not_before: 2025-01-01", "not_before: 2025-01-02"),
    (POLICY, "until: null", "until: 2030-01-01"),
    (POLICY, "from: unknown", "from: 2025-03-01"),
    (
        POLICY,
        "      - {value: applies, label: {nl: van toepassing, en: applies}}\n      - {value: does_not_apply, label: {nl: niet van toepassing, en: does not apply}}",
        "      - {value: does_not_apply, label: {nl: niet van toepassing, en: does not apply}}\n      - {value: applies, label: {nl: van toepassing, en: applies}}",
    ),
    (
        POLICY,
        "open_points:",
        "impossible:\n  - when: {civilian: no, age: {below: 12}}\n    because: {nl: kan niet, en: cannot be}\nopen_points:",
    ),
    (REGIONS, "{name: Kita, region_2023: Kita}", "{name: Kita}"),
    (
        REGIONS,
        "{name: Kita, region_2023: Kita}",
        "{name: Kita, variants: [Kitaa], region_2023: Kita}",
    ),
    (REGIONS, "map: {year: 2016", "map: {year: 2017"),
];

#[test]
fn an_edit_of_what_only_people_read_changes_the_fingerprint_of_the_texts_alone() {
    let shipped = version(&Rules::new());
    for (file, from, to) in OF_TEXTS {
        let rules = Rules::new();
        edit(&rules, file, from, to);
        let edited = version(&rules);
        assert_eq!(edited.fingerprint, shipped.fingerprint, "{file}: {to}");
        assert_ne!(edited.text_fingerprint, shipped.text_fingerprint, "{file}: {to}");
    }
}

#[test]
fn an_edit_of_what_decides_changes_both_fingerprints() {
    let shipped = version(&Rules::new());
    let mut seen = vec![shipped.fingerprint.clone()];
    for (file, from, to) in OF_RULES {
        let rules = Rules::new();
        edit(&rules, file, from, to);
        let edited = version(&rules);
        assert!(!seen.contains(&edited.fingerprint), "{file}: {to}");
        assert_ne!(edited.text_fingerprint, shipped.text_fingerprint, "{file}: {to}");
        seen.push(edited.fingerprint.clone());
    }
}

#[test]
fn a_comment_between_any_two_words_of_a_script_changes_the_fingerprint_of_the_texts_alone() {
    let shipped = version(&Rules::new());
    let scripts: Vec<_> = shipped
        .program
        .scripts()
        .map(|(_, source)| source.clone())
        .collect();
    for (script, source) in scripts.iter().enumerate() {
        let mut text = String::new();
        let mut written = 0;
        for piece in shipped.program.pieces(script) {
            text.push_str(&source.text()[written..piece.span.start]);
            text.push_str("/* a remark */ \t\n");
            written = piece.span.start;
        }
        text.push_str(&source.text()[written..]);
        let edited = shipped.with_script(script, &text).unwrap();
        assert_eq!(edited.fingerprint, shipped.fingerprint, "{}", source.name());
        assert_ne!(edited.text_fingerprint, shipped.text_fingerprint);
    }
}

#[test]
fn versions_of_other_names_and_folders_elsewhere_are_told_apart_and_recognised() {
    let rules = Rules::new();
    let tree = RulesTree::folder(&rules.root()).unwrap();
    let [earlier, later] = ["mali/2023", "mali/2025"].map(|name| Policies::named(&tree, name).unwrap());
    assert_ne!(earlier.fingerprint, later.fingerprint);
    let embedded = Policies::named(&RulesTree::embedded(), "mali/2025").unwrap();
    assert_eq!(embedded.fingerprint, later.fingerprint);
    assert_eq!(embedded.text_fingerprint, later.text_fingerprint);
    planted::copy(&rules.root().join("mali/2025"), &rules.root().join("mali/2026"));
    let policy = rules.root().join("mali/2026/policy.yaml");
    let text = fs::read_to_string(&policy)
        .unwrap()
        .replace("mali/2025/", "mali/2026/");
    fs::write(policy, text).unwrap();
    let tree = RulesTree::folder(&rules.root()).unwrap();
    assert_ne!(
        Policies::named(&tree, "mali/2026").unwrap().fingerprint,
        later.fingerprint
    );
}

/// Results of random cases under `mali/2025` with the rules of a folder.
fn results(rules: &Rules) -> Vec<Value> {
    let mut random = Random::new(5);
    let cases: Vec<String> = (0..40)
        .map(|index| random_case(&mut random, index).to_string())
        .collect();
    let folder = rules.root().display().to_string();
    let arguments = [
        "evaluate",
        "-",
        "--format",
        "json",
        "--policy",
        "mali/2025",
        "--rules",
        &folder,
    ];
    let output = program::gradatie(&rules.root(), &arguments, cases.join("\n---\n").as_bytes());
    assert!(output.status.success(), "{}", program::messages(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn verify(results: &[Value]) -> (Option<i32>, Value, String) {
    let lines: String = results.iter().map(|result| format!("{result}\n")).collect();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = program::gradatie(here, &["verify", "-", "--format", "json"], lines.as_bytes());
    let verdicts = serde_json::from_slice(&output.stdout).unwrap();
    (output.status.code(), verdicts, program::messages(&output))
}

#[test]
fn results_of_rules_with_other_texts_are_confirmed_and_that_is_said() {
    let rules = Rules::new();
    edit(
        &rules,
        GRADE,
        "fn grade",
        "// A remark that moves every line.\n\nfn grade",
    );
    edit(
        &rules,
        SOURCES,
        "en: Ménaka and Ségou",
        "en: Both Ménaka and Ségou",
    );
    let recorded = results(&rules);
    let (code, verdicts, messages) = verify(&recorded);
    assert_eq!(code, Some(0), "{verdicts:#}");
    assert_eq!(verdicts["confirmed"], 40);
    assert_eq!(verdicts["confirmed_besides_texts"], 40);
    assert!(messages.contains("other-texts"), "{messages}");

    // What decides is compared as strictly as ever.
    let reason = |of: &Value| {
        of["reasons"]
            .as_array()
            .unwrap()
            .iter()
            .position(|one| one["conclusion"] == "grade")
    };
    let index = recorded.iter().position(|one| reason(one).is_some()).unwrap();
    let at = reason(&recorded[index]).unwrap();
    for (pointer, value) in [
        ("/conclusions/grade/value".to_owned(), json!("no_15c")),
        (format!("/reasons/{at}/cites"), json!(["besluit:1.1"])),
        (format!("/reasons/{at}/facts/region"), json!("Gaoo")),
        ("/flags".to_owned(), json!(["minor", "health", "downgrade"])),
    ] {
        let mut tampered = recorded.clone();
        *tampered[index].pointer_mut(&pointer).unwrap() = value;
        let (code, verdicts, _) = verify(&tampered);
        assert_eq!((code, &verdicts["refuted"]), (Some(1), &json!(1)), "{pointer}");
    }
}

#[test]
fn a_result_that_names_no_texts_is_not_confirmed() {
    let mut recorded = results(&Rules::new());
    recorded[0].as_object_mut().unwrap().remove("text_fingerprint");
    let (code, verdicts, _) = verify(&recorded);
    assert_eq!((code, &verdicts["unchecked"]), (Some(1), &json!(1)));
    let why = verdicts["results"][0]["reason"].as_str().unwrap();
    assert!(why.contains("`text_fingerprint` is missing"), "{why}");
}

#[test]
fn an_edit_of_texts_alone_is_told_apart_by_policy_status() {
    let rules = Rules::new();
    let folder = rules.root().parent().unwrap().to_owned();
    planted::committed(&folder);
    let root = rules.root().display().to_string();
    let status = || {
        let arguments = [
            "policy", "status", "--since", "HEAD", "--format", "json", "--rules", &root,
        ];
        let output = program::gradatie(&folder, &arguments, b"");
        let status: Value = serde_json::from_slice(&output.stdout).unwrap();
        let of = |key: &str| status["versions"][1][key].as_bool().unwrap();
        let messages = program::messages(&output);
        (of("edited_in_force"), of("edited_in_texts_only"), messages)
    };
    edit(&rules, GRADE, "/// How intense", "/// How very intense");
    let (is_edited, in_texts_only, messages) = status();
    assert!(is_edited && in_texts_only, "{messages}");
    assert!(messages.contains("it decides the same"), "{messages}");
    edit(&rules, GRADE, "besluit:3.6", "besluit:3.5");
    let (is_edited, in_texts_only, messages) = status();
    assert!(is_edited && !in_texts_only, "{messages}");
}
