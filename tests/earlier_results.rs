//! `batch --against FILE`: results of an earlier run say the same in every form in which they were written; what a form
//! does not hold stays unknown, and that is said.

mod domain_reading;
mod earlier_forms;
mod planted;
mod program;

use domain_reading::{json_lines, random_cases, values};
use earlier_forms::{Compared, WITHOUT_FACTS, compared, earlier, pack};
use program::gradatie;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The same without causes.
fn without_causes(mut value: Value) -> Value {
    fn remove(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.remove("cause");
                map.values_mut().for_each(remove);
            }
            Value::Array(list) => list.iter_mut().for_each(remove),
            _ => {}
        }
    }
    remove(&mut value);
    value
}

/// Changed cases of a page, each with its changes: conclusion, from, to, and the sentences of both sides.
fn listed(page: &str) -> Vec<Value> {
    let begin = "<script id=\"changed-data\" type=\"application/json\">";
    let text = page.split(begin).nth(1).unwrap();
    let data: Value = serde_json::from_str(text.split("</script>").next().unwrap()).unwrap();
    let at = |list: &str, place: &Value| data[list][place.as_u64().unwrap() as usize].clone();
    let side = |side: &Value| -> Value {
        let sentences = side["sentences"].as_array().unwrap().iter();
        json!([
            side["policy"],
            sentences.map(|place| at("sentences", place)).collect::<Vec<_>>()
        ])
    };
    let cases = data["cases"].as_array().unwrap().iter();
    let cases = cases.map(|case| {
        let changes = case[3].as_array().unwrap().iter().map(|place| {
            let change = at("changes", place);
            let (from, to) = (at("texts", &change["from"]), at("texts", &change["to"]));
            json!([
                change["conclusion"],
                from,
                to,
                side(&change["now"]),
                side(&change["earlier"])
            ])
        });
        json!([case[0], case[1], case[2], changes.collect::<Vec<_>>()])
    });
    cases.collect()
}

#[test]
fn of_the_same_facts_every_form_says_the_same_bytes_whatever_the_jobs() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let cases =
        json_lines(&random_cases(400, 31)) + "{broken\n{\"case\":\"Z\",\"facts\":{\"region\":\"Goa\"}}\n";
    earlier(here, &cases, "mali/2023");
    pack(here, "earlier.csv");
    fs::write(here.join("now.jsonl"), &cases).unwrap();
    let policy = ["--policy", "mali/2025"];
    let lines = compared(here, "earlier.jsonl", &policy);
    assert!(lines.lines.contains("\"cause\":\"rules\"") && !lines.lines.contains("not_known"));
    assert_eq!(lines.against["earlier_in_error"], 2);
    let files = WITHOUT_FACTS.iter().map(|ending| format!("earlier.{ending}"));
    for file in files.chain(["earlier.csv.gz".to_owned(), "earlier.csv.zst".to_owned()]) {
        for jobs in ["1", "3"] {
            let own = compared(here, &file, &[&policy[..], &["--jobs", jobs]].concat());
            assert_eq!(own.lines, lines.lines, "{file}");
            assert_eq!(own.against, lines.against, "{file}");
            assert_eq!(own.said.replace(&file, "earlier.jsonl"), lines.said);
            assert_eq!(listed(&own.page), listed(&lines.page), "{file}");
            // Where the regions were is not in the results, and is not made up.
            assert!(own.page.contains("The earlier results hold no regions"));
            assert!(!lines.page.contains("The earlier results hold no regions"));
        }
    }
}

#[test]
fn packed_lines_say_all_that_the_lines_say_in_whatever_order_they_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let cases = random_cases(500, 51);
    let before = json_lines(&cases) + "{broken\n" + json_lines(&cases[..9]).as_str();
    earlier(here, &before, "mali/2023");
    // Blank lines between, none at the end.
    let lines = fs::read_to_string(here.join("earlier.jsonl")).unwrap();
    let lines = lines.replacen('\n', "\n\n \t\r\n", 40);
    fs::write(here.join("earlier.jsonl"), lines.trim_end()).unwrap();
    pack(here, "earlier.jsonl");
    for (packed, name) in [
        ("gz", "EARLIER.JSONL.GZ"),
        ("zst", "Earlier.Zst"),
        ("gz", "results of then"),
    ] {
        fs::copy(here.join(format!("earlier.jsonl.{packed}")), here.join(name)).unwrap();
    }
    let mut now = changed(&cases, 52);
    now.extend(random_cases(510, 53).split_off(500));
    for (policy, order) in [
        ("mali/2025", "as changed"),
        ("mali/2025", "backwards"),
        ("mali/2023", "mixed"),
    ] {
        match order {
            "backwards" => now.reverse(),
            "mixed" => {
                now = (0..now.len())
                    .map(|at| now[at * 211 % now.len()].clone())
                    .collect()
            }
            _ => {}
        }
        fs::write(here.join("now.jsonl"), json_lines(&now)).unwrap();
        let plain = compared(here, "earlier.jsonl", &["--policy", policy]);
        assert!(plain.lines.contains("\"cause\":\"facts\""));
        assert_eq!(plain.against["earlier_in_error"], 1);
        assert_eq!(plain.against["earlier_repeated"], 9);
        for (file, jobs) in [
            ("earlier.jsonl.gz", "1"),
            ("earlier.jsonl.zst", "3"),
            ("EARLIER.JSONL.GZ", "2"),
            ("Earlier.Zst", "2"),
            ("results of then", "2"),
        ] {
            let own = compared(here, file, &["--policy", policy, "--jobs", jobs]);
            assert!(own.lines == plain.lines, "{file}, {order}");
            assert_eq!(own.against, plain.against, "{file}");
            assert!(own.page.replace(file, "earlier.jsonl") == plain.page, "{file}");
            assert_eq!(own.said.replace(file, "earlier.jsonl"), plain.said);
        }
    }
}

/// The same cases in another order: of some the facts are others, of some one fact is missing.
fn changed(cases: &[Value], seed: u64) -> Vec<Value> {
    let others = random_cases(cases.len(), seed);
    let mut now: Vec<Value> = cases.to_vec();
    for (index, (case, other)) in now.iter_mut().zip(others).enumerate() {
        let facts = case["facts"].as_object_mut().unwrap();
        match index % 4 {
            0 => case["facts"] = other["facts"].clone(),
            1 if !facts.is_empty() => {
                let name = facts.keys().nth(index % facts.len()).unwrap().clone();
                facts.remove(&name);
            }
            _ => {}
        }
    }
    now.rotate_left(cases.len() / 3);
    now
}

#[test]
fn of_changed_facts_every_form_says_the_same_changes_and_no_cause_that_is_not_certain() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let cases = random_cases(600, 7);
    earlier(here, &json_lines(&cases), "mali/2023");
    fs::write(here.join("now.jsonl"), json_lines(&changed(&cases, 8))).unwrap();
    // What the earlier version says of the facts of now.
    let options = ["batch", "now.jsonl", "--policy", "mali/2023"];
    let under_earlier = values(gradatie(here, &options, b"").stdout);
    for policy in ["mali/2025", "mali/2023"] {
        let lines = compared(here, "earlier.jsonl", &["--policy", policy]);
        let with_facts = values(&lines.lines);
        let mut first: Option<String> = None;
        for ending in WITHOUT_FACTS {
            let own = compared(here, &format!("earlier.{ending}"), &["--policy", policy]);
            assert_eq!(&own.lines, first.get_or_insert_with(|| own.lines.clone()));
            assert_eq!(listed(&own.page), listed(&lines.page));
            let mut counted: BTreeMap<(String, String), u64> = BTreeMap::new();
            for ((own, line), then) in values(&own.lines).iter().zip(&with_facts).zip(&under_earlier) {
                assert_eq!(without_causes(own.clone()), without_causes(line.clone()));
                for (name, change) in own["changes"].as_object().into_iter().flatten() {
                    let cause = change["cause"].as_str().unwrap();
                    let known = line["changes"][name]["cause"].as_str().unwrap();
                    match cause {
                        "rules" => assert_eq!(then["conclusions"][name]["value"], change["from"]),
                        "not_known" => assert_eq!(policy, "mali/2025"),
                        cause => assert_eq!(cause, known, "{own}"),
                    }
                    *counted.entry((known.to_owned(), cause.to_owned())).or_default() += 1;
                }
            }
            let count = |known: &str, cause: &str| {
                counted
                    .get(&(known.to_owned(), cause.to_owned()))
                    .copied()
                    .unwrap_or_default()
            };
            assert!(count("facts", "facts") > 0);
            if policy == "mali/2025" {
                assert!(
                    count("rules", "rules") > 100 && count("facts", "not_known") > 0,
                    "{counted:?}"
                );
                assert!(own.said.contains("cause not known") && own.page.contains("cause not known"));
            } else {
                assert_eq!(counted.len(), 1, "the rules are the same: {counted:?}");
            }
            // The summary says as many cases of each kind.
            let mut summed: BTreeMap<String, u64> = BTreeMap::new();
            for change in own.against["changes"].as_array().unwrap() {
                let cause = change["cause"].as_str().unwrap().to_owned();
                *summed.entry(cause).or_default() += change["cases"].as_u64().unwrap();
            }
            let of_lines = counted
                .iter()
                .fold(BTreeMap::new(), |mut sum, ((_, cause), count)| {
                    *sum.entry(cause.clone()).or_default() += count;
                    sum
                });
            assert_eq!(summed, of_lines);
        }
    }
}

#[test]
fn cases_on_one_side_errors_repeated_references_and_what_is_no_longer_determined_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let case =
        |case: &str, region: &str| json!({"case": case, "facts": {"region": region, "civilian": "yes"}});
    let open = |reference: &str| json!({"case": reference, "facts": {"civilian": "yes"}});
    let before = [
        case("A, \"one\"", "Gao"),
        case("A, \"one\"", "Bamako"),
        case("B", "Goa"),
        case("GONE", "Gao"),
        case("OPEN", "Gao"),
        case(" spaced ", "Gao"),
    ];
    earlier(here, &json_lines(&before), "mali/2025");
    let now = [
        case("A, \"one\"", "Gao"),
        case("B", "Gao"),
        open("OPEN"),
        case(" spaced ", "Gao"),
        case("NEW", "Gao"),
    ];
    fs::write(here.join("now.jsonl"), json_lines(&now)).unwrap();
    let lines = compared(here, "earlier.jsonl", &["--policy", "mali/2025"]);
    assert_eq!(lines.against["only_now"], 2);
    assert_eq!(
        lines.against["only_earlier"],
        json!({"cases": 1, "first": ["GONE"]})
    );
    assert_eq!(lines.against["earlier_in_error"], 1);
    assert_eq!(lines.against["earlier_repeated"], 1);
    assert_eq!(lines.against["became_undetermined"]["grade"], 1);
    for ending in WITHOUT_FACTS {
        let own = compared(here, &format!("earlier.{ending}"), &["--policy", "mali/2025"]);
        assert_eq!(own.against, lines.against);
        assert_eq!(own.lines, lines.lines);
    }
}

#[test]
fn where_the_rules_are_not_on_record_or_not_at_hand_no_cause_is_made_up() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let cases = json_lines(&random_cases(60, 3));
    earlier(here, &cases, "mali/2023");
    fs::write(here.join("now.jsonl"), &cases).unwrap();
    let policy = ["--policy", "mali/2025"];
    let lines = compared(here, "earlier.jsonl", &policy);
    let manifest = here.join("earlier.csv.manifest.json");
    let written = fs::read_to_string(&manifest).unwrap();
    let table = fs::read_to_string(here.join("earlier.csv")).unwrap();
    let is_not_known = |own: &Compared| {
        assert_eq!(
            without_causes(json!(values(&own.lines))),
            without_causes(json!(values(&lines.lines)))
        );
        assert!(own.lines.contains("not_known") && !own.lines.contains("\"cause\":\"rules\""));
    };
    // Rules that are not at hand.
    let begin = written.find("sha256:").unwrap();
    let other = written.replace(&written[begin..begin + 71], &format!("sha256:{}", "0".repeat(64)));
    fs::write(&manifest, other).unwrap();
    let own = compared(here, "earlier.csv", &policy);
    is_not_known(&own);
    assert!(own.page.contains("these rules are not at hand here") && !own.said.contains("on record"));
    // No manifest, one of other results, one that is broken: which rules they were is not on record.
    let longer = table.clone() + table.lines().last().unwrap() + "\n";
    for (text, manifest_text) in [
        (&table, None),
        (&longer, Some(written.as_str())),
        (&table, Some("{")),
    ] {
        fs::write(here.join("earlier.csv"), text).unwrap();
        match manifest_text {
            None => fs::remove_file(&manifest).unwrap(),
            Some(text) => fs::write(&manifest, text).unwrap(),
        }
        let own = compared(here, "earlier.csv", &policy);
        is_not_known(&own);
        assert!(
            own.said.contains("warning[earlier-rules-not-known]"),
            "{}",
            own.said
        );
        assert!(own.page.contains("which rules these were is not on record"));
    }
    fs::write(here.join("earlier.csv"), &table).unwrap();
    fs::write(&manifest, written).unwrap();
    assert_eq!(compared(here, "earlier.csv", &policy).lines, lines.lines);
}

#[test]
fn a_draft_outside_the_rules_is_compared_with_what_the_rules_gave() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let cases = json_lines(&random_cases(60, 19));
    earlier(here, &cases, "mali/2023");
    fs::write(here.join("now.jsonl"), &cases).unwrap();
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    planted::copy(&rules, &here.join("draft"));
    fs::remove_dir_all(here.join("draft/mali/2023")).unwrap();
    let options = ["--policy", "draft/mali/2025"];
    let lines = compared(here, "earlier.jsonl", &options);
    for ending in WITHOUT_FACTS {
        let own = compared(here, &format!("earlier.{ending}"), &options);
        assert_eq!(own.lines, lines.lines);
        assert!(own.lines.contains("\"cause\":\"rules\""));
        assert!(
            own.page.contains("id=\"rules-grade-0\""),
            "the difference of the rules is shown"
        );
    }
}

#[test]
fn a_table_as_a_spreadsheet_saves_it_is_the_same_table() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let cases = json_lines(&random_cases(40, 13));
    earlier(here, &cases, "mali/2023");
    fs::write(here.join("now.jsonl"), &cases).unwrap();
    let options = ["--policy", "mali/2025"];
    let lines = compared(here, "earlier.jsonl", &options);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(here.join("earlier.csv"))
        .unwrap();
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for record in reader.records() {
        // Columns in another order, dates in another form.
        let mut cells: Vec<String> = record.unwrap().iter().rev().map(str::to_owned).collect();
        let date = cells.len() - 4;
        cells[date] = cells[date].replace("2025-", "25/");
        writer.write_record(cells).unwrap();
    }
    let text = [b"\xef\xbb\xbf".to_vec(), writer.into_inner().unwrap()].concat();
    fs::write(here.join("saved.csv"), text).unwrap();
    let own = compared(here, "saved.csv", &options);
    assert_eq!(
        without_causes(json!(values(&own.lines))),
        without_causes(json!(values(&lines.lines)))
    );
}
