//! Case stores, and cases and results in columns: the same results as from the original files, whatever the form.

mod columns_as_rows;
mod domain_reading;
mod program;

use columns_as_rows::{read, sorted};
use domain_reading::{Random, random_case};
use program::{gradatie, messages};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Output;

fn success(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{}", messages(output));
}

/// A load of every form in a folder `load`, with cases in error; gives how many lines there are.
fn mixed_load(folder: &Path, cases: usize, seed: u64) -> usize {
    let load = folder.join("load");
    fs::create_dir_all(load.join("deep")).unwrap();
    let mut random = Random::new(seed);
    let mut of = |from: usize| -> Vec<Value> {
        (from..from + cases)
            .map(|index| random_case(&mut random, index))
            .collect()
    };
    let lines = |cases: &[Value]| cases.iter().map(|case| format!("{case}\n")).collect::<String>();
    let first = of(0);
    let broken = "{\n{\"case\":\"A\",\"facts\":{\"regoin\":\"Gao\"}}\n{\"case\":\"B\",\"facts\":{\"age\":340,\"region\":\"Goa\"}}\n\
                  {\"case\":\"old\",\"decision_date\":\"1999-01-01\"}\n{\"case\":\"M1\",\"facts\":{\"region\":\"Kita\",\"individual_circumstances\":[]},\
                  \"notes\":\"a secret\"}\n";
    fs::write(load.join("a.jsonl"), lines(&first) + broken).unwrap();
    fs::write(
        load.join("deep/b.yaml"),
        lines(&of(cases)).replace('\n', "\n---\n"),
    )
    .unwrap();
    let csv = gradatie(
        folder,
        &["sample", &cases.to_string(), "--format", "csv", "--uniform"],
        b"",
    )
    .stdout;
    fs::write(load.join("c.csv"), [csv, b"X,2025-01-01\n".to_vec()].concat()).unwrap();
    cases * 3 + 6
}

#[test]
fn a_store_gives_the_same_bytes_as_the_original_files_with_their_errors_and_places() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    mixed_load(here, 120, 3);
    let import = gradatie(here, &["import", "load", "--out", "cases.parquet"], b"");
    success(&import, 1);
    assert!(messages(&import).contains("in error: "), "{}", messages(&import));
    for options in [
        &[][..],
        &["--policy", "mali/2023"],
        &["--against", "mali/2023", "--lang", "nl"],
        &["--jobs", "1"],
    ] {
        let batch = |input: &str| gradatie(here, &[&["batch", input], options].concat(), b"");
        let (direct, stored) = (batch("load"), batch("cases.parquet"));
        success(&direct, 1);
        success(&stored, 1);
        assert!(direct.stdout.len() > 100_000);
        assert_eq!(
            String::from_utf8(stored.stdout).unwrap(),
            String::from_utf8(direct.stdout).unwrap()
        );
    }
    // A store is an input like any other: of a store a store, and beside other files.
    success(
        &gradatie(here, &["import", "cases.parquet", "--out", "again.parquet"], b""),
        1,
    );
    let all = |input: &[&str]| gradatie(here, &[&["batch"], input].concat(), b"").stdout;
    let both = [all(&["load"]), all(&["load/a.jsonl"])].concat();
    assert_eq!(all(&["again.parquet", "load/a.jsonl"]), both);
}

#[test]
fn a_store_has_a_row_for_each_case_readable_and_without_notes() {
    let folder = tempfile::tempdir().unwrap();
    let lines = mixed_load(folder.path(), 40, 9);
    success(
        &gradatie(folder.path(), &["import", "load", "--out", "cases.parquet"], b""),
        1,
    );
    let path = folder.path().join("cases.parquet");
    let bytes = fs::read(&path).unwrap();
    assert!(!bytes.windows(6).any(|window| window == b"secret"));
    let rows = read(&path);
    let direct = gradatie(folder.path(), &["batch", "load"], b"").stdout;
    let direct = String::from_utf8(direct).unwrap();
    assert_eq!((rows.len(), direct.lines().count()), (lines, lines));
    let row = rows
        .iter()
        .find(|row| row.get("case") == Some(&json!("M1")))
        .unwrap();
    assert_eq!(row["region"], "Kita");
    assert_eq!(row["individual_circumstances"], "[]");
    assert_eq!(row["source"], "load/a.jsonl:45");
    assert!(!row.contains_key("age") && !row.contains_key("error_code"));
    let wrong = &rows[41];
    assert_eq!(wrong["error_code"], "unknown-fact");
    assert_eq!(wrong["error_line"], "42");
    assert!(!wrong.contains_key("case"));
}

#[test]
fn results_in_columns_say_what_the_lines_say_whatever_the_input_and_the_jobs() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let count = mixed_load(here, 150, 21);
    success(
        &gradatie(here, &["import", "load", "--out", "cases.parquet"], b""),
        1,
    );
    for against in [&[][..], &["--against", "mali/2023"]] {
        let lines = gradatie(here, &[&["batch", "load"], against].concat(), b"").stdout;
        let lines: Vec<Value> = String::from_utf8(lines)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let mut files = Vec::new();
        for (input, jobs) in [
            ("load", "1"),
            ("load", "3"),
            ("cases.parquet", "1"),
            ("cases.parquet", "2"),
        ] {
            let arguments = ["batch", input, "--out", "out.parquet", "--jobs", jobs, "--force"];
            success(&gradatie(here, &[&arguments, against].concat(), b""), 1);
            files.push(fs::read(here.join("out.parquet")).unwrap());
        }
        assert!(
            files[0] == files[1] && files[2] == files[3],
            "the bytes depend on the jobs"
        );
        let rows = read(&here.join("out.parquet"));
        assert_eq!((rows.len(), lines.len()), (count, count));
        for (mut row, line) in rows.into_iter().zip(&lines) {
            // A line of a case in error does not repeat its reference; a row does where the case could be read.
            if line.get("error").is_some() {
                row.remove("case");
            }
            assert_eq!(row, expected(line), "{line}");
        }
    }
}

/// The row that says what a line says.
fn expected(line: &Value) -> serde_json::Map<String, Value> {
    let mut row = serde_json::Map::new();
    let mut put = |name: String, value: &Value| {
        let text = match value {
            Value::Null => return,
            Value::String(text) => text.clone(),
            Value::Array(list) if list.is_empty() => "[]".to_owned(),
            Value::Array(list) => sorted(&list.iter().map(|word| word.as_str().unwrap()).collect::<Vec<_>>()),
            other => other.to_string(),
        };
        row.insert(name, json!(text));
    };
    put("source".to_owned(), &line["source"]);
    put("case".to_owned(), &line["case"]);
    put("policy".to_owned(), &line["policy"]);
    put("decision_date".to_owned(), &line["decision_date"]);
    for (name, conclusion) in line["conclusions"].as_object().into_iter().flatten() {
        put(name.clone(), &conclusion["value"]);
        put(format!("{name}_possible"), &conclusion["possible"]);
        let reasons = line["reasons"].as_array().unwrap().iter();
        let mut cites: Vec<&Value> = Vec::new();
        for cite in reasons
            .filter(|reason| reason["conclusion"] == **name)
            .flat_map(|reason| reason["cites"].as_array().unwrap())
        {
            if !cites.contains(&cite) {
                cites.push(cite);
            }
        }
        put(format!("{name}_cites"), &json!(cites));
        if let Some(change) = line["changes"].get(name) {
            let from = change["from"].as_str().unwrap_or("(not determined)");
            put(format!("{name}_from"), &json!(from));
        }
    }
    for list in ["needs", "flags", "flags_open"] {
        put(list.to_owned(), &line[list]);
    }
    for part in ["code", "message", "line", "column"] {
        put(format!("error_{part}"), &line["error"][part]);
    }
    row
}

#[test]
fn columns_made_by_others_are_read_like_rows_of_csv() {
    use gradatie::columnar::{Codes, Column, ColumnType, Growing, Layout, NONE, Numbers, Texts};
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let csv = "case,decision_date,region,civilian,actors_of_harm,age\n\
               A,2025-09-15,SEGOU,ja,army militia,34\n\
               ,2025-09-15,Gao,perhaps,,340\n\
               B,,Goa,no,[],\n";
    fs::write(here.join("cases.csv"), csv).unwrap();
    let texts = |given: [Option<&str>; 3]| {
        let mut texts = Texts::default();
        given.iter().for_each(|text| texts.push(*text));
        texts
    };
    let (cases, regions, civilian) = (
        texts([Some("A"), None, Some("B")]),
        texts([Some("SEGOU"), Some("Gao"), Some("Goa")]),
        texts([Some("ja"), Some("perhaps"), Some("no")]),
    );
    let mut days = Numbers::default();
    [Some(20_346), Some(20_346), None]
        .into_iter()
        .for_each(|day| days.push(day));
    let mut ages = Numbers::default();
    [Some(34), Some(340), None]
        .into_iter()
        .for_each(|age| ages.push(age));
    let words = ["army".to_owned(), "militia".to_owned()];
    let columns = [
        ("case", ColumnType::Text, Column::Texts(&cases)),
        ("decision_date", ColumnType::Day, days.column()),
        ("region", ColumnType::Text, Column::Texts(&regions)),
        ("civilian", ColumnType::Text, Column::Texts(&civilian)),
        (
            "actors_of_harm",
            ColumnType::List,
            Column::Lists {
                words: &words,
                lists: &[[0, 1].into(), [].into()],
                codes: Codes::Each(&[0, NONE, 1]),
            },
        ),
        ("age", ColumnType::Number, ages.column()),
    ];
    let write = |name: &str, columns: &[(&str, ColumnType, Column<'_>)]| {
        let layout = Layout::of(columns.iter().map(|(name, column, _)| (*name, *column))).unwrap();
        let mut growing = Growing::new(layout);
        let of: Vec<Column<'_>> = columns.iter().map(|(_, _, column)| *column).collect();
        let group = growing.layout().encode(&of, 3).unwrap();
        let bytes = [
            Growing::HEAD.to_vec(),
            growing.add(group).unwrap(),
            growing.end(&[]).unwrap(),
        ]
        .concat();
        fs::write(here.join(name), bytes).unwrap();
    };
    write("cases.parquet", &columns);
    let parse = |output: &Output| -> Vec<Value> {
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    let rows = gradatie(here, &["batch", "cases.csv"], b"");
    let columns_read = gradatie(here, &["batch", "cases.parquet"], b"");
    success(&columns_read, 1);
    let (rows, read) = (parse(&rows), parse(&columns_read));
    assert_eq!(read.len(), 3);
    for (index, (mut row, mut read)) in rows.into_iter().zip(read).enumerate() {
        assert_eq!(read["source"], format!("cases.parquet:{}", index + 1));
        if let Some(error) = read.get("error") {
            assert_eq!(error["line"], index + 1);
            assert!(error["column"].as_u64().is_some());
        }
        for result in [&mut row, &mut read] {
            let result = result.as_object_mut().unwrap();
            result.remove("source");
            if let Some(error) = result.get_mut("error") {
                error["line"].take();
                error["column"].take();
            }
        }
        assert_eq!(read, row);
    }
    // A column that is no fact is an error of each row, as in CSV.
    write(
        "wrong.parquet",
        &[
            ("case", ColumnType::Text, Column::Texts(&cases)),
            ("regoin", ColumnType::Text, Column::Texts(&regions)),
        ],
    );
    let wrong = parse(&gradatie(here, &["batch", "wrong.parquet"], b""));
    assert_eq!(wrong.len(), 3);
    assert!(
        wrong
            .iter()
            .all(|result| result["error"]["code"] == "unknown-fact")
    );
    fs::write(here.join("none.parquet"), "no columns at all").unwrap();
    let none = parse(&gradatie(here, &["batch", "none.parquet"], b""));
    assert_eq!(none[0]["error"]["code"], "unreadable-input");
}

#[test]
fn an_interrupted_run_goes_on_and_gives_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let sample = gradatie(here, &["sample", "140000", "--format", "jsonl", "--uniform"], b"").stdout;
    fs::write(here.join("cases.jsonl"), sample).unwrap();
    success(
        &gradatie(here, &["import", "cases.jsonl", "--out", "cases.parquet"], b""),
        0,
    );
    for input in ["cases.parquet", "cases.jsonl"] {
        success(
            &gradatie(here, &["batch", input, "--out", "whole.parquet", "--force"], b""),
            0,
        );
        let arguments = [
            "batch",
            input,
            "--out",
            "parts.parquet",
            "--force",
            "--checkpoint",
            "0",
        ];
        let mut killed = program::command(here, &arguments).spawn().unwrap();
        let journal = here.join("parts.parquet.journal");
        // Killed once something is safe.
        while !journal.exists() && killed.try_wait().unwrap().is_none() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        killed.kill().unwrap();
        killed.wait().unwrap();
        if !here.join("parts.parquet").exists() {
            let arguments = [
                "batch",
                input,
                "--out",
                "parts.parquet",
                "--resume",
                "--checkpoint",
                "0",
            ];
            success(&gradatie(here, &arguments, b""), 0);
        }
        let whole = fs::read(here.join("whole.parquet")).unwrap();
        assert!(
            whole == fs::read(here.join("parts.parquet")).unwrap(),
            "{input} gives another file"
        );
        assert_eq!(read(&here.join("parts.parquet")).len(), 140_000);
        fs::remove_file(here.join("parts.parquet")).unwrap();
    }
}
