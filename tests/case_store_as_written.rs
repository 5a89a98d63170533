//! A store that this program wrote is read by its codes, and what a result repeats of a case is handed on unread. The same
//! columns under another writer's name are read in general, and case files one by one: all three must say the same.

mod columns_as_rows;
mod domain_reading;
mod program;

use columns_as_rows::read;
use domain_reading::{Random, random_case};
use gradatie::case_load::{CaseColumns, Chunks, plan};
use gradatie::columnar::{ColumnsFile, RoomForRows, Values};
use gradatie::gazetteer::Gazetteer;
use gradatie::policy::{PolicyVersion, RulesTree};
use gradatie::yaml::Limits;
use program::{gradatie, messages};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const WRITER: &[u8] = b"gradatie version ";
const OTHER_WRITER: &[u8] = b"gradatim version ";

/// The same file by another writer.
fn of_another_writer(bytes: &[u8]) -> Vec<u8> {
    let found: Vec<usize> = (0..bytes.len() - WRITER.len())
        .filter(|at| bytes[*at..].starts_with(WRITER))
        .collect();
    assert_eq!(found.len(), 1);
    let mut bytes = bytes.to_vec();
    bytes[found[0]..found[0] + WRITER.len()].copy_from_slice(OTHER_WRITER);
    bytes
}

fn gazetteer() -> Gazetteer {
    PolicyVersion::gazetteer(&RulesTree::embedded(), "mali").unwrap()
}

/// The parts of a file of columns.
fn parts(path: &Path, limits: &Limits, wants_references: bool) -> Vec<CaseColumns> {
    let (plan, gazetteer) = (plan(&[path.to_owned()]).unwrap(), gazetteer());
    let chunks = Chunks::new(&plan, limits.document_bytes);
    let mut room = RoomForRows::default();
    // Room in which something else stood.
    room.give(vec![7; 10]);
    let parts = chunks.filter_map(|chunk| chunk.columns(&gazetteer, limits, wants_references, &mut room));
    parts.flatten().collect()
}

/// Lines of cases: drawn ones with repeated references, and among them such as are in error, now or when they are decided.
fn lines(random: &mut Random, cases: usize) -> String {
    let mut lines = String::new();
    for index in 0..cases {
        let mut case = random_case(random, index);
        match index % 17 {
            3 => case["case"] = json!(format!("twice {}", index % 5)),
            5 => case["decision_date"] = json!("1999-01-01"),
            7 => drop(case.as_object_mut().unwrap().remove("decision_date")),
            11 => case["facts"]["age"] = json!(340),
            13 => case["facts"] = json!({}),
            _ => {}
        }
        lines.push_str(&format!("{case}\n"));
        if index % 23 == 2 {
            lines.push_str("{\"case\": \"broken\n");
        }
    }
    lines
}

/// Rules that say nothing of a region, so that a question fails for its cases.
fn rules_with_a_gap(folder: &Path) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut open = vec![from.clone()];
    while let Some(path) = open.pop() {
        let to = folder.join(path.strip_prefix(&from).unwrap());
        if path.is_dir() {
            fs::create_dir_all(&to).unwrap();
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
    let path = folder.join("mali/2025/grade.rhai");
    let script = fs::read_to_string(&path).unwrap();
    let with_gap: Vec<&str> = script
        .lines()
        .filter(|line| !line.contains("\"Koulikoro\""))
        .collect();
    assert!(with_gap.len() < script.lines().count());
    fs::write(&path, with_gap.join("\n")).unwrap();
}

/// What stands beside the results, without what names the input.
fn manifest(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("out.parquet.manifest.json")).unwrap();
    let mut manifest: Value = serde_json::from_str(&text).unwrap();
    manifest["inputs"].take();
    manifest
}

#[test]
fn a_store_gives_the_same_results_by_its_codes_in_general_and_case_by_case() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    rules_with_a_gap(&here.join("gap"));
    let gap = here.join("gap").display().to_string();
    for (seed, cases) in [(1, 400), (2, 90), (3, 1), (4, 500)] {
        let mut random = Random::new(seed);
        let [own, other] = ["own", "other"].map(|name| here.join(name));
        for folder in [&own, &other] {
            fs::create_dir_all(folder).unwrap();
        }
        fs::write(own.join("cases.jsonl"), lines(&mut random, cases)).unwrap();
        fs::write(own.join("more.jsonl"), lines(&mut random, 20)).unwrap();
        fs::copy(own.join("more.jsonl"), other.join("more.jsonl")).unwrap();
        let import = ["import", "cases.jsonl", "--out", "cases.parquet", "--force"];
        let imported = gradatie(&own, &import, b"");
        assert!(
            matches!(imported.status.code(), Some(0 | 1)),
            "{}",
            messages(&imported)
        );
        let store = fs::read(own.join("cases.parquet")).unwrap();
        fs::write(other.join("cases.parquet"), of_another_writer(&store)).unwrap();
        // The two are read in two ways.
        let limits = Limits::default();
        let by_codes = parts(&own.join("cases.parquet"), &limits, false);
        assert!(
            by_codes
                .iter()
                .all(|part| part.kept.is_some() && !part.are_read())
        );
        let in_general = parts(&other.join("cases.parquet"), &limits, false);
        assert!(
            in_general
                .iter()
                .all(|part| part.kept.is_none() && part.are_read())
        );
        for options in [
            &[][..],
            &["--policy", "mali/2023"],
            &["--jobs", "1", "--rules", &gap],
            &["more.jsonl"],
            &["--document-bytes", "9"],
        ] {
            let batch = |folder: &Path, input: &str| {
                let arguments = ["batch", input, "--out", "out.parquet", "--force"];
                let ran = gradatie(folder, &[&arguments, options].concat(), b"");
                assert!(matches!(ran.status.code(), Some(0 | 1)), "{}", messages(&ran));
                fs::read(folder.join("out.parquet")).unwrap()
            };
            let (by_codes, in_general) = (batch(&own, "cases.parquet"), batch(&other, "cases.parquet"));
            assert!(by_codes == in_general, "seed {seed}, {options:?}: other bytes");
            assert_eq!(manifest(&own), manifest(&other));
            if options.contains(&"--document-bytes") {
                continue;
            }
            let found = read(&own.join("out.parquet"));
            let counted = manifest(&own);
            batch(&own, "cases.jsonl");
            let expected = read(&own.join("out.parquet"));
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(&expected) {
                assert_eq!(found, expected, "seed {seed}, {options:?}");
            }
            let mut one_by_one = manifest(&own);
            one_by_one["output"] = counted["output"].clone();
            assert_eq!(counted, one_by_one);
        }
    }
}

#[test]
fn the_cases_of_a_store_are_the_same_by_its_codes_and_in_general() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("cases.jsonl"), lines(&mut Random::new(8), 900)).unwrap();
    gradatie(here, &["import", "cases.jsonl", "--out", "own.parquet"], b"");
    let store = fs::read(here.join("own.parquet")).unwrap();
    fs::write(here.join("other.parquet"), of_another_writer(&store)).unwrap();
    let limits = Limits::default();
    let [by_codes, in_general] = ["own.parquet", "other.parquet"].map(|name| {
        let [part] = <[CaseColumns; 1]>::try_from(parts(&here.join(name), &limits, true)).unwrap();
        part
    });
    assert_eq!(by_codes.len(), in_general.len());
    assert_eq!(by_codes.faults, in_general.faults);
    assert!(by_codes.faults.len() > 50);
    for row in 0..by_codes.len() {
        assert_eq!(by_codes.facts(row), in_general.facts(row), "row {row}");
        assert_eq!(by_codes.dates.of_row(row), in_general.dates.of_row(row));
        assert_eq!(by_codes.reference(row), in_general.reference(row));
    }
    // A shorter bound on references, or any that is not usual, and each is looked at.
    let short = Limits {
        document_bytes: 3,
        ..limits
    };
    assert!(
        parts(&here.join("own.parquet"), &short, true)
            .iter()
            .all(|part| part.kept.is_none())
    );
    fs::write(here.join("spaces.csv"), "case,region\n A ,Gao\n").unwrap();
    let lines = "{\"case\":\" A \",\"facts\":{\"region\":\"Gao\"}}\n";
    fs::write(here.join("spaces.jsonl"), lines).unwrap();
    gradatie(here, &["import", "spaces.jsonl", "--out", "spaces.parquet"], b"");
    assert!(
        parts(&here.join("spaces.parquet"), &limits, true)[0]
            .kept
            .is_none()
    );
}

#[test]
fn a_damaged_store_is_an_error_and_never_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.parquet");
    fs::write(folder.path().join("cases.jsonl"), lines(&mut Random::new(5), 300)).unwrap();
    gradatie(
        folder.path(),
        &["import", "cases.jsonl", "--out", "cases.parquet"],
        b"",
    );
    let store = fs::read(&path).unwrap();
    let footer = u32::from_le_bytes(store[store.len() - 8..store.len() - 4].try_into().unwrap());
    let data = store.len() - 8 - footer as usize;
    let mut state = 9u64;
    let mut below = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % bound
    };
    let (mut read, mut refused) = (0, 0);
    let mut room = RoomForRows::default();
    for _ in 0..1500 {
        let mut damaged = store.clone();
        for _ in 0..1 + below(3) {
            damaged[4 + below(data - 4)] = below(256) as u8;
        }
        fs::write(&path, &damaged).unwrap();
        let file = ColumnsFile::open(&path).unwrap();
        for slice in file.slices().unwrap() {
            let slice = slice.unwrap();
            let group = file.group(&slice).unwrap().unwrap();
            for column in 0..file.names().count() {
                let column = group.column(column);
                match (column.distinct(&mut room), column.texts()) {
                    (Ok(distinct), Ok(texts)) => {
                        read += 1;
                        assert!(texts.is_none_or(|texts| texts.len() == slice.rows));
                        let Some(distinct) = distinct else { continue };
                        assert_eq!(distinct.rows.len(), slice.rows);
                        let none = match distinct.values {
                            Values::Words(words) => words.len(),
                            Values::Numbers(numbers) => numbers.len(),
                            Values::Sets(words) => 1 << words.len(),
                        };
                        assert!(distinct.rows.iter().all(|place| usize::from(*place) <= none));
                        room.give(distinct.rows);
                    }
                    _ => refused += 1,
                }
            }
        }
    }
    assert!(read > 500 && refused > 500, "{read} read, {refused} refused");
}
