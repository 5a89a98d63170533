//! `batch --against FILE`: results of an earlier run say the same in every form in which they were written; what a form
//! does not hold stays unknown, and that is said.

mod domain_reading;
mod planted;
mod program;

use domain_reading::{Random, random_case};
use flate2::write::GzEncoder;
use gradatie::batch::EarlierResults;
use program::{command, gradatie, messages};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Output;

/// The endings of results without facts that this program writes.
#[cfg(feature = "columnar")]
const WITHOUT_FACTS: &[&str] = &["csv", "parquet"];
#[cfg(not(feature = "columnar"))]
const WITHOUT_FACTS: &[&str] = &["csv"];

fn json_lines(cases: &[Value]) -> String {
    cases.iter().map(|case| format!("{case}\n")).collect()
}

fn random_cases(count: usize, seed: u64) -> Vec<Value> {
    let mut random = Random::new(seed);
    (0..count).map(|index| random_case(&mut random, index)).collect()
}

/// Writes the results of cases in every form, as `earlier.jsonl`, `earlier.csv` and so on.
fn earlier(folder: &Path, cases: &str, policy: &str) {
    fs::write(folder.join("before.jsonl"), cases).unwrap();
    for ending in ["jsonl"].iter().chain(WITHOUT_FACTS) {
        let out = format!("earlier.{ending}");
        let arguments = [
            "batch",
            "before.jsonl",
            "--policy",
            policy,
            "--out",
            &out,
            "--force",
        ];
        let output = gradatie(folder, &arguments, b"");
        assert_ne!(output.status.code(), Some(2), "{}", messages(&output));
    }
}

/// What a batch over `now.jsonl` says against an earlier file: its lines, its summary without the name of the file, its
/// page, what it said.
struct Compared {
    lines: String,
    against: Value,
    page: String,
    said: String,
}

fn compared(folder: &Path, file: &str, options: &[&str]) -> Compared {
    let arguments = [
        &[
            "batch",
            "now.jsonl",
            "--against",
            file,
            "--out",
            "out.jsonl",
            "--summary",
            "summary.json",
            "--report",
            "page.html",
            "--force",
        ],
        options,
    ];
    let output = gradatie(folder, &arguments.concat(), b"");
    assert_ne!(output.status.code(), Some(2), "{}", messages(&output));
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let mut against = serde_json::from_str::<Value>(&read("summary.json")).unwrap()["against"].take();
    assert_eq!(against["name"].take(), file);
    let manifest: Value = serde_json::from_str(&read("out.jsonl.manifest.json")).unwrap();
    assert_eq!(manifest["against"], file);
    Compared {
        lines: read("out.jsonl"),
        against,
        page: read("page.html"),
        said: messages(&output),
    }
}

fn results(lines: &str) -> Vec<Value> {
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

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

fn pack(folder: &Path, name: &str) {
    let text = fs::read(folder.join(name)).unwrap();
    let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&text).unwrap();
    fs::write(folder.join(format!("{name}.gz")), packed.finish().unwrap()).unwrap();
    fs::write(
        folder.join(format!("{name}.zst")),
        zstd::encode_all(&text[..], 1).unwrap(),
    )
    .unwrap();
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
    let under_earlier = gradatie(here, &options, b"").stdout;
    let under_earlier = results(&String::from_utf8(under_earlier).unwrap());
    for policy in ["mali/2025", "mali/2023"] {
        let lines = compared(here, "earlier.jsonl", &["--policy", policy]);
        let with_facts = results(&lines.lines);
        let mut first: Option<String> = None;
        for ending in WITHOUT_FACTS {
            let own = compared(here, &format!("earlier.{ending}"), &["--policy", policy]);
            assert_eq!(&own.lines, first.get_or_insert_with(|| own.lines.clone()));
            assert_eq!(listed(&own.page), listed(&lines.page));
            let mut counted: BTreeMap<(String, String), u64> = BTreeMap::new();
            for ((own, line), then) in results(&own.lines).iter().zip(&with_facts).zip(&under_earlier) {
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
            without_causes(json!(results(&own.lines))),
            without_causes(json!(results(&lines.lines)))
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
        without_causes(json!(results(&own.lines))),
        without_causes(json!(results(&lines.lines)))
    );
}

/// Runs a batch of one case against a file, which cannot be done; gives what was said.
fn refused(folder: &Path, file: &str) -> String {
    let output: Output = gradatie(folder, &["batch", "-", "--against", file], b"{\"case\":\"A\"}\n");
    assert_eq!(output.status.code(), Some(2), "{file}: {}", messages(&output));
    assert!(output.stdout.is_empty());
    messages(&output)
}

#[test]
fn what_are_no_results_is_refused_at_its_place_with_a_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    earlier(
        here,
        "{\"case\":\"A\",\"facts\":{\"region\":\"Gao\"}}\n{\"case\":\"B\"}\n",
        "mali/2025",
    );
    let lines = fs::read_to_string(here.join("earlier.jsonl")).unwrap();
    let names = "case,policy,grade,grade_possible,grade_cites,needs,error_code,error_message\n";
    for (file, text, said) in [
        (
            "cases.csv",
            "case,region\nA,Gao\n".to_owned(),
            &[
                "cases.csv:1:1",
                "these are cases and no results: there is no column `policy`",
            ][..],
        ),
        (
            "other.csv",
            "a,b\n1,2\n".to_owned(),
            &["other.csv:1:1", "there is no column `case`"],
        ),
        (
            "empty.csv",
            String::new(),
            &["`empty.csv` is empty", "begins with a row of names"],
        ),
        (
            "older.csv",
            names.replace("grade_cites,", "") + "A,mali/2023,no_15c,,,,\n",
            &["older.csv:1:1", "there is no column `grade_cites`"],
        ),
        (
            "twice.csv",
            names.replace("needs", "grade"),
            &["twice.csv:1:46", "the column `grade` stands twice"],
        ),
        (
            "short.csv",
            format!("{names}\n\nA,mali/2023\n"),
            &["short.csv:4:1", "the row has 2 cells, the row of names 8"],
        ),
        (
            "nobody.csv",
            format!("{names}A,mali/2023,x,,,,,\n ,mali/2023,x,,,,,\n"),
            &["nobody.csv:3:1", "no reference of a case"],
        ),
        (
            "unnamed.csv",
            format!("{names}\"A\n,B\",,x,,,,,\n"),
            &["unnamed.csv:3:5", "names no policy version"],
        ),
        (
            "no.json",
            "{\"a\": 1}\n".to_owned(),
            &["no.json:1:1", "is not the result of a case"],
        ),
        (
            "cases.jsonl",
            "{\"case\":\"A\",\"facts\":{}}\n".to_owned(),
            &["cases.jsonl:1:1", "is not the result of a case"],
        ),
        (
            "broken.jsonl",
            lines.clone() + "{\"case\": oops}\n",
            &["broken.jsonl:3:10", "invalid-json"],
        ),
        (
            "without.jsonl",
            lines.replace("\"facts\":{\"region\"", "\"feiten\":{\"region\""),
            &[
                "without.jsonl:1:1",
                "the result has no `facts`",
                "evaluate those cases again",
            ],
        ),
        (
            "facts.jsonl",
            lines.replace("\"facts\":{\"region\"", "\"facts\":{\"regoin\""),
            &[
                "facts.jsonl:1:",
                "unknown field `regoin`",
                "evaluate those cases again",
            ],
        ),
    ] {
        fs::write(here.join(file), text).unwrap();
        let message = refused(here, file);
        for part in said.iter().chain(&["= help: "]) {
            assert!(message.contains(part), "{file}: {part}: {message}");
        }
    }
    fs::write(
        here.join("bytes.csv"),
        [names.as_bytes(), b"A,mali/2023,\xff,,,,,\n"].concat(),
    )
    .unwrap();
    let message = refused(here, "bytes.csv");
    assert!(
        message.contains("bytes.csv:2:13") && message.contains("not UTF-8"),
        "{message}"
    );
    pack(here, "earlier.jsonl");
    let message = refused(here, "earlier.jsonl.gz");
    assert!(
        message.contains("is packed") && message.contains("unpack it"),
        "{message}"
    );
}

#[test]
fn a_result_that_is_broken_inside_ends_the_batch_at_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    earlier(here, "{\"case\":\"B\"}\n{\"case\":\"A\"}\n", "mali/2025");
    let lines = fs::read_to_string(here.join("earlier.jsonl")).unwrap();
    let (first, second) = lines.split_once('\n').unwrap();
    let broken = second.replace("\"grade\":{\"value\":null", "\"grade\":{\"value\":5");
    assert_ne!(broken, second);
    fs::write(here.join("earlier.jsonl"), format!("{first}\n{broken}")).unwrap();
    let message = refused(here, "earlier.jsonl");
    assert!(
        message.contains("the results are not complete: `earlier.jsonl` line 2, column "),
        "{message}"
    );
    // The results that it is not asked for do not matter.
    let arguments = ["batch", "-", "--against", "earlier.jsonl"];
    let output = gradatie(here, &arguments, b"{\"case\":\"B\"}\n");
    assert_eq!(
        output.status.code(),
        Some(2),
        "its reference is read in the end: it is only earlier"
    );
}

#[cfg(feature = "columnar")]
#[test]
fn columns_that_are_no_results_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let imported = gradatie(
        here,
        &["import", "-", "--out", "store.parquet"],
        b"{\"case\":\"A\"}\n",
    );
    assert_eq!(imported.status.code(), Some(0), "{}", messages(&imported));
    let message = refused(here, "store.parquet");
    assert!(
        message.contains("`store.parquet` is a case store: it holds cases and no results"),
        "{message}"
    );
    assert!(
        message.contains("= help: compare with a policy version, or with results"),
        "{message}"
    );
    fs::write(here.join("text.parquet"), "case,policy\n").unwrap();
    assert!(refused(here, "text.parquet").contains("neither Parquet nor an Arrow file"));
    earlier(here, "{\"case\":\"A\"}\n", "mali/2025");
    let whole = fs::read(here.join("earlier.parquet")).unwrap();
    fs::write(here.join("cut.parquet"), &whole[..whole.len() - 9]).unwrap();
    assert!(refused(here, "cut.parquet").contains("`cut.parquet` cannot be read"));
}

#[cfg(not(feature = "columnar"))]
#[test]
fn a_program_without_columns_says_so() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["results.parquet", "results.arrow", "renamed"] {
        fs::write(folder.path().join(name), "PAR1").unwrap();
        let message = refused(folder.path(), name);
        assert!(
            message.contains("built without Parquet") && message.contains("--features columnar"),
            "{message}"
        );
    }
}

/// Interrupts a batch over `now.jsonl` once something is written.
fn interrupt(folder: &Path, options: &[&str]) {
    let journal = folder.join("out.jsonl.journal");
    let _ = fs::remove_file(&journal);
    let mut child = command(folder, options)
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while child.try_wait().unwrap().is_none() && !journal.exists() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!folder.join("out.jsonl").exists(), "it ended too early");
}

#[test]
fn an_interrupted_run_goes_on_to_the_same_bytes_against_the_same_file_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let sample = [
        "sample",
        "8000",
        "--uniform",
        "--format",
        "jsonl",
        "--out",
        "before.jsonl",
    ];
    assert_eq!(gradatie(here, &sample, b"").status.code(), Some(0));
    let before = fs::read_to_string(here.join("before.jsonl")).unwrap();
    earlier(here, &before, "mali/2023");
    let now: Vec<&str> = before.lines().skip(50).collect();
    fs::write(here.join("now.jsonl"), now.join("\n")).unwrap();
    for ending in WITHOUT_FACTS {
        let file = format!("earlier.{ending}");
        let whole = compared(here, &file, &["--policy", "mali/2025"]);
        assert_eq!(whole.against["only_earlier"]["cases"], 50);
        fs::remove_file(here.join("out.jsonl")).unwrap();
        let options = [
            "batch",
            "now.jsonl",
            "--against",
            &file,
            "--policy",
            "mali/2025",
            "--out",
            "out.jsonl",
            "--checkpoint",
            "0",
            "--summary",
            "summary.json",
            "--report",
            "page.html",
        ];
        interrupt(here, &[&options[..], &["--jobs", "1", "--force"]].concat());
        // The file has changed since: what is written compares with another one.
        let text = fs::read(here.join(&file)).unwrap();
        fs::write(here.join(&file), &text).unwrap();
        let refused = gradatie(here, &[&options[..], &["--resume"]].concat(), b"");
        assert_eq!(refused.status.code(), Some(2));
        assert!(
            messages(&refused).contains("cannot be continued"),
            "{}",
            messages(&refused)
        );
        interrupt(here, &[&options[..], &["--jobs", "1", "--force"]].concat());
        let resumed = gradatie(here, &[&options[..], &["--jobs", "2", "--resume"]].concat(), b"");
        assert_eq!(resumed.status.code(), Some(0), "{}", messages(&resumed));
        assert!(fs::read_to_string(here.join("out.jsonl")).unwrap() == whole.lines);
        assert!(fs::read_to_string(here.join("page.html")).unwrap() == whole.page);
        let summary: Value =
            serde_json::from_str(&fs::read_to_string(here.join("summary.json")).unwrap()).unwrap();
        assert_eq!(summary["against"]["only_earlier"], whole.against["only_earlier"]);
        fs::remove_file(here.join("out.jsonl")).unwrap();
    }
}

#[test]
fn damaged_results_are_read_or_refused_and_nothing_fails_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    earlier(here, &json_lines(&random_cases(8, 17)), "mali/2023");
    let mut random = Random::new(99);
    let (mut read, mut refused) = (0, 0);
    for ending in ["jsonl"].iter().chain(WITHOUT_FACTS) {
        let whole = fs::read(here.join(format!("earlier.{ending}"))).unwrap();
        let damaged = here.join(format!("damaged.{ending}"));
        for _ in 0..300 {
            let mut bytes = whole.clone();
            for _ in 0..=random.below(2) {
                let at = random.below(bytes.len());
                match random.below(4) {
                    0 => bytes.truncate(at.max(1)),
                    1 => bytes[at] = b"\n\",;\0\xff{}"[random.below(8)],
                    2 => bytes[at] ^= 1 << random.below(8),
                    _ => drop(bytes.remove(at)),
                }
            }
            fs::write(&damaged, &bytes).unwrap();
            match EarlierResults::open(&damaged) {
                Ok(results) => {
                    read += 1;
                    let unmatched = results.unmatched(9);
                    assert!(unmatched.is_err() || unmatched.unwrap().len() as u64 == results.cases().min(9));
                }
                Err(fault) => {
                    refused += 1;
                    assert!(
                        fault.place().is_some() || fault.message.contains("damaged."),
                        "{fault:?}"
                    );
                }
            }
        }
    }
    assert!(read > 50 && refused > 50, "{read} {refused}");
}
