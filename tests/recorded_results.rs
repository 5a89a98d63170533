//! `verify`: recorded results are confirmed, refuted with what differs, or cannot be checked; each is counted.

mod domain_reading;
mod planted;
mod program;

use domain_reading::{Random, random_case};
use planted::Rules;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Output;

fn gradatie(arguments: &[&str], input: &str) -> Output {
    program::gradatie(Path::new(env!("CARGO_MANIFEST_DIR")), arguments, input.as_bytes())
}

/// Results of random cases, some of them with hardly any facts, under versions picked by date and by name.
fn results(language: &str, options: &[&str]) -> Vec<Value> {
    let mut random = Random::new(77);
    let cases: Vec<String> = (0..60)
        .map(|index| random_case(&mut random, index).to_string())
        .collect();
    let arguments = [
        &["evaluate", "-", "--format", "json", "--lang", language],
        options,
    ]
    .concat();
    let output = gradatie(&arguments, &cases.join("\n---\n"));
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn lines(results: &[Value]) -> String {
    results.iter().map(|result| format!("{result}\n")).collect()
}

fn verify(input: &str, options: &[&str]) -> (Option<i32>, Value, String) {
    let arguments = [&["verify", "-", "--format", "json"], options].concat();
    let output = gradatie(&arguments, input);
    let verdicts = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let messages = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), verdicts, messages)
}

fn counts(verdicts: &Value) -> [u64; 3] {
    ["confirmed", "refuted", "unchecked"].map(|key| verdicts[key].as_u64().unwrap())
}

#[test]
fn what_evaluate_writes_is_confirmed_in_each_form_and_language() {
    for (language, options) in [("nl", &[][..]), ("en", &["--policy", "mali/2023"])] {
        let results = results(language, options);
        let array = serde_json::to_string_pretty(&results).unwrap();
        let objects: Vec<String> = results
            .iter()
            .map(|one| serde_json::to_string_pretty(one).unwrap())
            .collect();
        for input in [lines(&results), array, objects.join("\n\n")] {
            let (code, verdicts, messages) = verify(&input, &[]);
            assert_eq!(
                (code, counts(&verdicts)),
                (Some(0), [60, 0, 0]),
                "{verdicts:#} {messages}"
            );
        }
    }
}

#[test]
fn a_changed_value_citation_need_flag_or_fact_is_refuted_at_its_place() {
    let results = results("en", &[]);
    let determined = results
        .iter()
        .position(|one| one["conclusions"]["grade"]["value"] == "relatively_higher");
    let open = results
        .iter()
        .position(|one| !one["needs"].as_array().unwrap().is_empty());
    let (determined, open) = (determined.unwrap(), open.unwrap());
    let reason = results[determined]["reasons"].as_array().unwrap().iter();
    let reason = reason
        .clone()
        .position(|reason| reason["conclusion"] == "grade")
        .unwrap();
    let changes: [(usize, String, Value); 7] = [
        (determined, "/conclusions/grade/value".into(), json!("no_15c")),
        (
            determined,
            format!("/reasons/{reason}/cites"),
            json!(["besluit:3.6"]),
        ),
        (determined, format!("/reasons/{reason}/text"), json!("because")),
        (
            determined,
            format!("/reasons/{reason}/at"),
            json!("mali/2025/grade.rhai:1:1"),
        ),
        (open, "/needs".into(), json!([])),
        (determined, "/flags".into(), json!(["minor"])),
        (determined, "/facts/region".into(), json!("Gao")),
    ];
    for (index, at, value) in changes {
        let mut tampered = results.clone();
        *tampered[index].pointer_mut(&at).unwrap() = value;
        let (code, verdicts, _) = verify(&lines(&tampered), &[]);
        assert_eq!((code, counts(&verdicts)), (Some(1), [59, 1, 0]), "{at}");
        let found = &verdicts["results"][0];
        assert_eq!(found["source"], format!("<stdin>:{}", index + 1));
        let places: Vec<&str> = found["differences"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["at"].as_str().unwrap())
            .collect();
        if at == "/facts/region" {
            // Other facts give other conclusions: these are what differs.
            assert!(places.contains(&"conclusions.grade.value"), "{places:?}");
        } else {
            let key = at
                .trim_start_matches('/')
                .replace(&format!("reasons/{reason}/"), &format!("reasons[{reason}]."));
            assert_eq!(places, [key.replace('/', ".")]);
        }
    }
}

#[test]
fn what_cannot_be_derived_is_counted_and_said_why() {
    let one = results("en", &[]).remove(0);
    let without = |key: &str| {
        let mut changed = one.clone();
        changed.as_object_mut().unwrap().remove(key);
        changed
    };
    let with = |key: &str, value: Value| {
        let mut changed = one.clone();
        changed[key] = value;
        changed
    };
    let wrong = [
        (without("facts"), "`facts` is missing"),
        (without("fingerprint"), "`fingerprint` is missing"),
        (with("fingerprint", json!("sha256:00")), "the rules have changed"),
        (
            with("policy", json!("mali/2031")),
            "the rules have no `mali/2031`",
        ),
        (with("policy", json!(3)), "`policy` is not a text"),
        (with("decision_date", json!("soon")), "`soon` is not a date"),
        (
            with("facts", json!({"region": "Atlantis"})),
            "not in the gazetteer",
        ),
        (with("facts", json!({"regoin": "Gao"})), "`facts` cannot be read"),
        (
            json!({"source": "a.yaml", "error": {"code": "unknown-fact", "message": "no"}}),
            "the case was in error",
        ),
    ];
    let input: Vec<Value> = wrong
        .iter()
        .map(|(result, _)| result.clone())
        .chain([one.clone()])
        .collect();
    let (code, verdicts, _) = verify(&lines(&input), &[]);
    assert_eq!((code, counts(&verdicts)), (Some(1), [1, 0, 9]));
    for ((_, why), found) in wrong.iter().zip(verdicts["results"].as_array().unwrap()) {
        assert!(found["reason"].as_str().unwrap().contains(why), "{why}: {found}");
    }
}

#[test]
fn a_broken_line_is_shown_and_the_others_are_checked_still() {
    let results = results("en", &[]);
    for broken in [0, 1, 30] {
        let mut text: Vec<String> = results.iter().map(Value::to_string).collect();
        text[broken].truncate(200);
        let (code, verdicts, messages) = verify(&text.join("\n"), &[]);
        assert_eq!((code, counts(&verdicts)), (Some(1), [59, 0, 1]), "{broken}");
        assert!(
            messages.contains(&format!("<stdin>:{}:", broken + 1)),
            "{messages}"
        );
    }
}

#[test]
fn what_a_batch_says_has_changed_is_derived_again_too() {
    let folder = tempfile::tempdir().unwrap();
    let sample = program::gradatie(
        folder.path(),
        &["sample", "300", "--format", "jsonl", "--uniform"],
        b"",
    );
    let batch = ["batch", "-", "--policy", "mali/2025", "--against", "mali/2023"];
    let output = program::gradatie(folder.path(), &batch, &sample.stdout);
    let results: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (code, verdicts, messages) = verify(&lines(&results), &["--against", "mali/2023"]);
    let [confirmed, refuted, unchecked] = counts(&verdicts);
    assert_eq!((refuted, confirmed + unchecked), (0, 300), "{verdicts:#}");
    assert!(confirmed > 250, "{verdicts:#}");
    assert_eq!(code, Some(i32::from(unchecked > 0)));
    assert!(!messages.contains("changes-not-derived"));
    // Without the other version only the new values are checked, and that is said.
    let (code, verdicts, messages) = verify(&lines(&results), &[]);
    assert_eq!((code, counts(&verdicts)), (Some(0), [300, 0, 0]));
    assert!(messages.contains("changes-not-derived"), "{messages}");
    let changed = results
        .iter()
        .position(|result| result["changes"]["grade"]["from"] == "no_15c")
        .unwrap();
    let same = results
        .iter()
        .position(|result| {
            result.get("changes").is_none() && !result["conclusions"]["grade"]["value"].is_null()
        })
        .unwrap();
    let of = |index: usize, key: &str, value: Value| {
        let mut tampered = results.clone();
        tampered[index]["changes"]["grade"][key] = value;
        lines(&tampered)
    };
    let from = of(changed, "from", json!("highest_exceptional"));
    assert_eq!(counts(&verify(&from, &["--against", "mali/2023"]).1)[1], 1);
    let to = of(changed, "to", json!("no_15c"));
    assert_eq!(counts(&verify(&to, &[]).1)[1], 1);
    let invented = of(same, "from", json!("no_15c"));
    assert_eq!(counts(&verify(&invented, &[]).1)[1], 1);
    let mut hidden = results.clone();
    hidden[changed].as_object_mut().unwrap().remove("changes");
    assert_eq!(
        counts(&verify(&lines(&hidden), &["--against", "mali/2023"]).1)[1],
        1
    );
}

#[test]
fn nothing_to_verify_is_an_error() {
    for input in ["", "\n \n", "[]"] {
        let (code, _, messages) = verify(input, &[]);
        assert_eq!(code, Some(2));
        assert!(messages.contains("holds no results"), "{messages}");
    }
    let (code, _, messages) = verify("{\n \"case\": \"a\",", &[]);
    assert_eq!(code, Some(1), "{messages}");
}

#[test]
fn results_of_rules_that_were_edited_since_cannot_be_checked() {
    let recorded = lines(&results("en", &[]));
    let rules = Rules::new();
    rules.change(
        "mali/2025/grade.rhai",
        "\"Ménaka\" | \"Ségou\"",
        "\"Ségou\" | \"Ménaka\"",
    );
    let folder = rules.root().display().to_string();
    let (code, verdicts, _) = verify(&recorded, &["--rules", &folder]);
    assert_eq!(code, Some(1));
    let [confirmed, refuted, unchecked] = counts(&verdicts);
    assert_eq!((confirmed + unchecked, refuted), (60, 0));
    assert!(
        unchecked > 0 && confirmed > 0,
        "only mali/2025 was edited: {verdicts:#}"
    );
    assert!(Path::new(&folder).is_dir());
}

#[test]
fn a_result_in_which_a_key_stands_twice_says_nothing_and_is_not_confirmed() {
    let results = results("en", &[]);
    // The last value is the right one, so that a reader who takes the last sees nothing wrong.
    let twice = [
        ("{\"case\":", "{\"case\":\"another\",\"case\":"),
        (
            "\"conclusions\":{",
            "\"conclusions\":{\"grade\":{\"value\":\"no_15c\"},",
        ),
        ("\"flags\":", "\"flags\":[],\"flags\":"),
    ];
    for (once, again) in twice {
        let line = results[0].to_string().replacen(once, again, 1);
        for input in [
            format!("{line}\n"),
            format!("{}\n{line}\n", results[1]),
            format!("[{line},\n{}]", results[1]),
        ] {
            let (code, verdicts, messages) = verify(&input, &[]);
            assert_eq!(
                (code, counts(&verdicts)[1..].to_vec()),
                (Some(1), vec![0, 1]),
                "{input} {verdicts}"
            );
            assert!(messages.contains("stands twice"), "{messages}");
        }
    }
}
