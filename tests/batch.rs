//! `batch`: the same results as `evaluate`, a line for each case in the order of the input, whatever the form of the
//! input and the number of jobs; and what has changed.

mod domain_reading;
mod program;

use domain_reading::{Random, random_case};
use flate2::write::GzEncoder;
use program::{gradatie, messages};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::process::Output;

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn random_cases(count: usize, seed: u64) -> Vec<Value> {
    let mut random = Random::new(seed);
    (0..count).map(|index| random_case(&mut random, index)).collect()
}

fn json_lines(cases: &[Value]) -> String {
    cases.iter().map(|case| format!("{case}\n")).collect()
}

#[test]
fn every_line_is_the_result_of_evaluate() {
    let folder = tempfile::tempdir().unwrap();
    let cases = random_cases(300, 5);
    let stream = json_lines(&cases).replace('\n', "\n---\n");
    for options in [&["--lang", "nl"][..], &["--policy", "mali/2025", "--lang", "en"]] {
        let arguments = [&["evaluate", "-", "--format", "json"], options].concat();
        let evaluated = gradatie(folder.path(), &arguments, stream.as_bytes());
        let evaluated: Vec<Value> = serde_json::from_slice(&evaluated.stdout).unwrap();
        let arguments = [&["batch", "-"], options].concat();
        let batch = lines(&gradatie(
            folder.path(),
            &arguments,
            json_lines(&cases).as_bytes(),
        ));
        assert_eq!(batch.len(), 300);
        for (index, (mut line, expected)) in batch.into_iter().zip(evaluated).enumerate() {
            let source = line.as_object_mut().unwrap().shift_remove("source");
            assert_eq!(source, Some(json!(format!("<stdin>:{}", index + 1))));
            // The same keys in the same order, too.
            assert_eq!(line.to_string(), expected.to_string());
        }
    }
}

#[test]
fn thirty_thousand_lines_of_which_sixty_are_broken() {
    let folder = tempfile::tempdir().unwrap();
    let sample = gradatie(folder.path(), &["sample", "30000", "--format", "jsonl"], b"");
    let mut text: Vec<String> = String::from_utf8(sample.stdout)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    let broken = [
        "{",
        "{\"case\":\"A\",\"facts\":{\"regoin\":\"Gao\"}}",
        "[]",
        "{\"facts\":{}}",
        "{case: A}",
        "{\"case\":\"A\",\"facts\":{\"age\":340}}",
    ];
    for index in 0..60 {
        text[index * 500 + 7] = broken[index % broken.len()].to_owned();
    }
    fs::write(folder.path().join("cases.jsonl"), text.join("\n")).unwrap();
    let mut outputs = Vec::new();
    for jobs in ["1", "2", "5"] {
        let out = format!("out{jobs}.jsonl");
        let arguments = ["batch", "cases.jsonl", "--out", &out, "--jobs", jobs];
        let output = gradatie(folder.path(), &arguments, b"");
        assert_eq!(output.status.code(), Some(1), "{}", messages(&output));
        outputs.push(fs::read_to_string(folder.path().join(out)).unwrap());
    }
    assert!(outputs.iter().all(|output| *output == outputs[0]));
    let results: Vec<Value> = outputs[0]
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(results.len(), 30_000);
    let errors: Vec<&Value> = results
        .iter()
        .filter(|result| result.get("error").is_some())
        .collect();
    assert_eq!(errors.len(), 60);
    let codes: Vec<&str> = errors[..6]
        .iter()
        .map(|result| result["error"]["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        [
            "invalid-json",
            "unknown-fact",
            "wrong-type",
            "missing-case",
            "invalid-json",
            "out-of-range"
        ]
    );
    assert_eq!(errors[1]["source"], "cases.jsonl:508");
    assert_eq!(errors[1]["error"]["line"], 508);
    let manifest = fs::read_to_string(folder.path().join("out1.jsonl.manifest.json")).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["cases"], 30_000);
    assert_eq!(manifest["errors"]["invalid-json"], 20);
    assert_eq!(manifest["output"]["bytes"], outputs[0].len());
    assert_eq!(manifest["rules"].as_array().unwrap().len(), 2);
}

/// The conclusions of each case by its reference.
fn conclusions(results: &[Value]) -> BTreeMap<String, Value> {
    results
        .iter()
        .map(|result| {
            let case = result["case"].as_str().unwrap_or_default().to_owned();
            (case, result["conclusions"].clone())
        })
        .collect()
}

#[test]
fn folders_streams_lines_rows_and_packed_files_are_read_in_one_call() {
    let folder = tempfile::tempdir().unwrap();
    let sample = |format: &str| gradatie(folder.path(), &["sample", "200", "--format", format], b"").stdout;
    let (yaml, jsonl, csv) = (sample("yaml"), sample("jsonl"), sample("csv"));
    let load = folder.path().join("load");
    fs::create_dir_all(load.join("deep/deeper")).unwrap();
    let mut gz = GzEncoder::new(
        fs::File::create(load.join("a.jsonl.gz")).unwrap(),
        flate2::Compression::fast(),
    );
    gz.write_all(&jsonl).unwrap();
    gz.finish().unwrap();
    fs::write(load.join("b.yaml.zst"), zstd::encode_all(&yaml[..], 1).unwrap()).unwrap();
    fs::write(load.join("deep/c.csv"), &csv).unwrap();
    fs::write(
        load.join("deep/deeper/one.yml"),
        "case: ONE\nfacts: {region: Gao}\n",
    )
    .unwrap();
    fs::write(load.join("README.md"), "no case").unwrap();
    fs::write(folder.path().join("last.json"), "{\"case\": \"LAST\"}").unwrap();
    let output = gradatie(folder.path(), &["batch", "load", "last.json", "-"], &jsonl);
    assert_eq!(output.status.code(), Some(0), "{}", messages(&output));
    assert!(messages(&output).contains("files-ignored"));
    assert!(messages(&output).contains("cases have a reference that occurred before"));
    let results = lines(&output);
    assert_eq!(results.len(), 4 * 200 + 2);
    let sources: Vec<&str> = [0, 1, 200, 201, 400, 600, 601, 602]
        .iter()
        .map(|index| results[*index]["source"].as_str().unwrap())
        .collect();
    assert_eq!(
        sources,
        [
            "load/a.jsonl.gz:1",
            "load/a.jsonl.gz:2",
            "load/b.yaml.zst",
            "load/b.yaml.zst#2",
            "load/deep/c.csv:2",
            "load/deep/deeper/one.yml",
            "last.json",
            "<stdin>:1",
        ]
    );
    // The same cases in all forms: CSV leaves out only notes, which decide nothing.
    let of = |from: usize| conclusions(&results[from..from + 200]);
    assert!(of(0) == of(200) && of(0) == of(400) && of(0) == of(602));
}

#[test]
fn the_form_of_standard_input_is_seen_from_its_first_line() {
    let folder = tempfile::tempdir().unwrap();
    for (input, sources) in [
        ("{\"case\":\"A\"}\n{\"case\":\"B\"}\n", ["<stdin>:1", "<stdin>:2"]),
        ("case;region\nA;Gao\nB;\n", ["<stdin>:2", "<stdin>:3"]),
        ("case: A\n---\ncase: B\n", ["<stdin>", "<stdin>#2"]),
        (
            "{\"case\":\n\"A\"}\n---\n{\"case\": \"B\"}\n",
            ["<stdin>", "<stdin>#2"],
        ),
    ] {
        let results = lines(&gradatie(folder.path(), &["batch", "-"], input.as_bytes()));
        let found: Vec<&str> = results
            .iter()
            .map(|result| result["source"].as_str().unwrap())
            .collect();
        assert_eq!(found, sources, "{input}");
        assert_eq!(results[1]["case"], "B");
    }
}

#[test]
fn a_table_of_results_has_a_row_for_each_case() {
    let folder = tempfile::tempdir().unwrap();
    let cases = json_lines(&random_cases(100, 9)) + "{broken\n";
    fs::write(folder.path().join("cases.jsonl"), cases).unwrap();
    let arguments = [
        "batch",
        "cases.jsonl",
        "--out",
        "out.csv",
        "--policy",
        "mali/2025",
        "--against",
        "mali/2023",
    ];
    assert_eq!(gradatie(folder.path(), &arguments, b"").status.code(), Some(1));
    let arguments = [
        "batch",
        "cases.jsonl",
        "--policy",
        "mali/2025",
        "--against",
        "mali/2023",
    ];
    let results = lines(&gradatie(folder.path(), &arguments, b""));
    let mut reader = csv::Reader::from_path(folder.path().join("out.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    let rows: Vec<BTreeMap<String, String>> = reader
        .records()
        .map(|row| {
            let row = row.unwrap();
            header
                .iter()
                .zip(&row)
                .map(|(name, cell)| (name.to_owned(), cell.to_owned()))
                .collect()
        })
        .collect();
    assert_eq!(rows.len(), 101);
    for (row, result) in rows.iter().zip(&results).take(100) {
        assert_eq!(row["case"], result["case"].as_str().unwrap());
        for (name, conclusion) in result["conclusions"].as_object().unwrap() {
            assert_eq!(row[name], conclusion["value"].as_str().unwrap_or_default());
            let possible: Vec<&str> = conclusion["possible"]
                .as_array()
                .map(|possible| possible.iter().map(|value| value.as_str().unwrap()).collect())
                .unwrap_or_default();
            assert_eq!(row[&format!("{name}_possible")], possible.join(" "));
            let from = match result["changes"].get(name) {
                None => "",
                Some(change) => change["from"].as_str().unwrap_or("(not determined)"),
            };
            assert_eq!(row[&format!("{name}_from")], from);
        }
        let needs: Vec<&str> = result["needs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|need| need.as_str().unwrap())
            .collect();
        assert_eq!(row["needs"], needs.join(" "));
    }
    assert_eq!(rows[100]["error_code"], "invalid-json");
}

#[test]
fn changes_against_a_version_are_those_of_evaluating_twice() {
    let folder = tempfile::tempdir().unwrap();
    let input = json_lines(&random_cases(400, 11));
    let batch = |options: &[&str]| {
        let arguments = [&["batch", "-"], options].concat();
        lines(&gradatie(folder.path(), &arguments, input.as_bytes()))
    };
    let old = batch(&["--policy", "mali/2023"]);
    let new = batch(&["--policy", "mali/2025"]);
    let summary = folder.path().join("summary.json");
    let compared = batch(&[
        "--policy",
        "mali/2025",
        "--against",
        "mali/2023",
        "--summary",
        summary.to_str().unwrap(),
    ]);
    let mut changed = 0;
    let mut counted: BTreeMap<String, u64> = BTreeMap::new();
    for ((old, new), compared) in old.iter().zip(&new).zip(&compared) {
        let mut expected = serde_json::Map::new();
        for (name, conclusion) in new["conclusions"].as_object().unwrap() {
            let (from, to) = (&old["conclusions"][name]["value"], &conclusion["value"]);
            if from != to {
                expected.insert(name.clone(), json!({"from": from, "to": to}));
                *counted.entry(format!("{name} {from} {to}")).or_default() += 1;
            }
        }
        assert_eq!(
            compared["changes"].as_object().cloned().unwrap_or_default(),
            expected
        );
        changed += u64::from(!expected.is_empty());
    }
    let summary: Value = serde_json::from_str(&fs::read_to_string(summary).unwrap()).unwrap();
    assert_eq!(summary["against"]["changed"], changed);
    let mut summed: BTreeMap<String, u64> = BTreeMap::new();
    for change in summary["against"]["changes"].as_array().unwrap() {
        assert_eq!(change["cause"], "rules");
        let key = format!(
            "{} {} {}",
            change["conclusion"].as_str().unwrap(),
            change["from"],
            change["to"]
        );
        *summed.entry(key).or_default() += change["cases"].as_u64().unwrap();
        let is_determined = !change["to"].is_null();
        assert_eq!(!change["cites"].as_array().unwrap().is_empty(), is_determined);
    }
    assert_eq!(summed, counted);
}

#[test]
fn changes_against_earlier_results_say_whether_the_facts_or_the_rules_made_them() {
    let folder = tempfile::tempdir().unwrap();
    let case = |case: &str, region: &str, risk: Option<&str>| {
        let mut facts = json!({"region": region, "civilian": "yes"});
        if let Some(risk) = risk {
            facts["individual_risk"] = json!(risk);
        }
        json!({"case": case, "decision_date": "2025-09-15", "facts": facts})
    };
    let earlier = [
        case("SAME", "Gao", None),
        case("RULES", "Ségou", Some("established")),
        case("FACTS", "Gao", None),
        case("LEARNT", "Gao", None),
        case("BOTH", "Ségou", None),
        case("GONE", "Gao", None),
    ];
    let earlier = gradatie(
        folder.path(),
        &["batch", "-", "--policy", "mali/2023", "--out", "earlier.jsonl"],
        json_lines(&earlier).as_bytes(),
    );
    assert_eq!(earlier.status.code(), Some(0), "{}", messages(&earlier));
    let mut learnt = case("LEARNT", "Gao", None);
    learnt["facts"]["refugee_status"] = json!("established");
    let now = [
        case("NEW", "Gao", None),
        case("BOTH", "Koulikoro", Some("established")),
        learnt,
        case("RULES", "Ségou", Some("established")),
        case("FACTS", "Bamako", None),
        case("SAME", "Gao", None),
    ];
    let output = gradatie(
        folder.path(),
        &[
            "batch",
            "-",
            "--policy",
            "mali/2025",
            "--against",
            "earlier.jsonl",
            "--summary",
            "s.json",
        ],
        json_lines(&now).as_bytes(),
    );
    let results = lines(&output);
    let grade = |index: usize| results[index]["changes"]["grade"].clone();
    assert!(grade(0).is_null() && results[0].get("changes").is_none());
    assert_eq!(
        grade(3),
        json!({"from": "no_15c", "to": "relatively_higher", "cause": "rules"})
    );
    assert_eq!(
        grade(4),
        json!({"from": "highest_exceptional", "to": "no_15c", "cause": "facts"})
    );
    assert_eq!(
        grade(1),
        json!({"from": "no_15c", "to": "relatively_lower", "cause": "rules_and_facts"})
    );
    assert!(grade(5).is_null());
    let summary = fs::read_to_string(folder.path().join("s.json")).unwrap();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary["against"]["only_now"], 1);
    assert_eq!(
        summary["against"]["only_earlier"],
        json!({"cases": 1, "first": ["GONE"]})
    );
}

#[test]
fn earlier_errors_and_repeated_earlier_references_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let case = |case: &str, region: &str| json!({"case": case, "facts": {"region": region}});
    let earlier = [case("A", "Gao"), case("A", "Bamako"), case("B", "Goa")];
    gradatie(
        folder.path(),
        &["batch", "-", "--policy", "mali/2025", "--out", "earlier.jsonl"],
        json_lines(&earlier).as_bytes(),
    );
    let arguments = [
        "batch",
        "-",
        "--policy",
        "mali/2025",
        "--against",
        "earlier.jsonl",
        "--summary",
        "summary.json",
    ];
    let now = [case("A", "Gao"), case("B", "Gao")];
    let output = gradatie(folder.path(), &arguments, json_lines(&now).as_bytes());
    let text = messages(&output);
    for said in [
        "1 case only now",
        "1 earlier result is an error: nothing can be compared with it",
        "1 earlier result has a reference that another has as well: the last one counts",
        "grade: no_15c -> highest_exceptional, by the facts: 1 case (Gao)",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let summary = fs::read_to_string(folder.path().join("summary.json")).unwrap();
    let against = serde_json::from_str::<Value>(&summary).unwrap()["against"].take();
    assert_eq!(
        (&against["earlier_in_error"], &against["earlier_repeated"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(against["only_earlier"], json!({"cases": 0, "first": []}));
}

#[test]
fn what_cannot_be_done_is_said_before_anything_is_read_or_written() {
    let folder = tempfile::tempdir().unwrap();
    let load = folder.path().join("load");
    fs::create_dir_all(&load).unwrap();
    fs::write(load.join("a.yaml"), "case: A\n").unwrap();
    fs::write(folder.path().join("there.jsonl"), "kept").unwrap();
    fs::write(folder.path().join("no.jsonl"), "{\"a\": 1}\n").unwrap();
    fs::write(folder.path().join("none.jsonl"), "").unwrap();
    fs::create_dir_all(folder.path().join("empty")).unwrap();
    for (arguments, message) in [
        (
            &["batch", "laod"][..],
            "there is no file `laod`; did you mean `load`?",
        ),
        (&["batch", "empty"], "no case file in the inputs"),
        (
            &["batch", "load", "--out", "there.jsonl"],
            "exists; name another file, or replace it with `--force`",
        ),
        (
            &["batch", "load", "--out", "load/out.jsonl"],
            "would lie among the inputs",
        ),
        (
            &["batch", "load", "--out", "nowhere/out.jsonl"],
            "`nowhere/out.jsonl` cannot be written",
        ),
        (&["batch", "load", "--resume"], "`--resume` needs `--out`"),
        (
            &["batch", "load", "--out", "o.jsonl", "--resume"],
            "nothing to resume",
        ),
        (
            &["batch", "-", "--out", "o.jsonl", "--resume"],
            "standard input cannot be read a second time",
        ),
        (
            &["batch", "load", "--report", "load/page.html"],
            "`load/page.html` would lie among the inputs",
        ),
        (
            &["batch", "load", "--summary", "there.jsonl"],
            "`there.jsonl` exists; name another file, or replace it with `--force`",
        ),
        (
            &["batch", "load", "--summary", "a.json", "--report", "./a.json"],
            "`./a.json` is to be written twice",
        ),
        (
            &[
                "batch",
                "load",
                "--against",
                "none.jsonl",
                "--report",
                "none.jsonl",
            ],
            "`none.jsonl` is what the cases are compared with",
        ),
        (
            &["batch", "load", "--against", "mali/2019"],
            "no policy version `mali/2019`",
        ),
        (
            &["batch", "load", "--against", "no.jsonl"],
            "is not the result of a case",
        ),
    ] {
        let output = gradatie(folder.path(), arguments, b"");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            messages(&output).contains(message),
            "{arguments:?}: {}",
            messages(&output)
        );
        assert!(output.stdout.is_empty());
    }
    assert_eq!(
        fs::read_to_string(folder.path().join("there.jsonl")).unwrap(),
        "kept"
    );
    assert_eq!(fs::read_dir(&load).unwrap().count(), 1);
}

#[cfg(not(feature = "columnar"))]
#[test]
fn a_program_without_columns_says_so_and_how_to_get_them() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("cases.parquet"), "PAR1").unwrap();
    fs::write(folder.path().join("a.yaml"), "case: A\n").unwrap();
    for arguments in [
        &["batch", "cases.parquet"][..],
        &["batch", "a.yaml", "--out", "results.parquet"],
        &["import", "a.yaml", "--out", "store.parquet"],
    ] {
        let output = gradatie(folder.path(), arguments, b"");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said = messages(&output);
        assert!(
            said.contains("without-columns") && said.contains("--features columnar"),
            "{said}"
        );
        assert!(output.stdout.is_empty());
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_in_a_folder_is_an_error_line_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let load = folder.path().join("load");
    fs::create_dir_all(&load).unwrap();
    fs::write(load.join("a.yaml"), "case: A\n").unwrap();
    std::os::unix::fs::symlink("nowhere", load.join("b.yaml")).unwrap();
    fs::write(load.join("c.jsonl.gz"), "this is not packed").unwrap();
    fs::write(load.join("d.yaml"), "").unwrap();
    fs::write(load.join("e.yaml"), b"case: \xff\n").unwrap();
    fs::write(load.join("f.yaml"), "case: F\n").unwrap();
    let output = gradatie(folder.path(), &["batch", "load"], b"");
    assert_eq!(output.status.code(), Some(1));
    let found: Vec<(String, String)> = lines(&output)
        .iter()
        .map(|line| {
            let source = line["source"].as_str().unwrap().to_owned();
            let said = line["error"]["code"].as_str().or(line["case"].as_str()).unwrap();
            (source, said.to_owned())
        })
        .collect();
    let expected = [
        ("load/a.yaml", "A"),
        ("load/b.yaml", "unreadable-input"),
        ("load/c.jsonl.gz", "unreadable-input"),
        ("load/d.yaml", "empty-document"),
        ("load/e.yaml", "not-utf-8"),
        ("load/f.yaml", "F"),
    ];
    let expected = expected.map(|(source, said)| (source.to_owned(), said.to_owned()));
    assert_eq!(found, expected);
}

#[test]
fn a_load_without_a_case_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["empty.jsonl", "empty.csv"] {
        fs::write(folder.path().join(name), "").unwrap();
        let output = gradatie(folder.path(), &["batch", name], b"");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0));
        assert!(messages(&output).contains("no-cases"), "{}", messages(&output));
    }
}
