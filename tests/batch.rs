//! `batch`: the same results as `evaluate`, a line for each case in the order of the input, whatever the form of the
//! input and the number of jobs.

mod domain_reading;
mod program;

use domain_reading::{json_lines, random_cases, values};
use flate2::write::GzEncoder;
use program::{gradatie, messages};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;

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
        let batch = gradatie(folder.path(), &arguments, json_lines(&cases).as_bytes());
        let batch = values(batch.stdout);
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
    let results = values(&output.stdout);
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
        let results = values(gradatie(folder.path(), &["batch", "-"], input.as_bytes()).stdout);
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
    let results = values(gradatie(folder.path(), &arguments, b"").stdout);
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
