//! `batch --against FILE` where the file holds no results or is damaged.

mod domain_reading;
mod earlier_forms;
mod program;

use domain_reading::{Random, json_lines, random_cases};
use earlier_forms::{WITH_FACTS, WITHOUT_FACTS, earlier, pack};
use gradatie::batch::EarlierResults;
use program::{gradatie, messages};
use std::fs;
use std::path::Path;
use std::process::Output;

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
        // Packed it is refused at the same place.
        pack(here, file);
        for packed in [format!("{file}.gz"), format!("{file}.zst")] {
            let own = refused(here, &packed).replace(&packed, file);
            assert_eq!(own, message);
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
    pack(here, "earlier.jsonl");
    for ending in WITH_FACTS {
        let file = format!("earlier.{ending}");
        let message = refused(here, &file);
        let said = format!("the results are not complete: `{file}` line 2, column ");
        assert!(message.contains(&said), "{message}");
        // The results that it is not asked for do not matter.
        let arguments = ["batch", "-", "--against", &file];
        let output = gradatie(here, &arguments, b"{\"case\":\"B\"}\n");
        assert_eq!(
            output.status.code(),
            Some(2),
            "its reference is read in the end: it is only earlier"
        );
        let said = format!("`{file}` cannot be read: line 2, column ");
        assert!(messages(&output).contains(&said), "{}", messages(&output));
    }
}

#[test]
fn packed_results_that_are_cut_off_damaged_or_without_end_are_refused_with_a_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    earlier(here, &json_lines(&random_cases(300, 41)), "mali/2025");
    pack(here, "earlier.csv");
    for name in ["earlier.jsonl", "earlier.csv"] {
        for ending in ["gz", "zst"] {
            let whole = fs::read(here.join(format!("{name}.{ending}"))).unwrap();
            let file = format!("cut.{}.{ending}", name.rsplit('.').next().unwrap());
            let cuts = [whole.len() - 1, whole.len() / 2, 40];
            let mut damaged: Vec<Vec<u8>> = cuts.map(|bytes| whole[..bytes].to_vec()).to_vec();
            // What follows the end is neither ignored nor taken for results.
            damaged.push([&whole[..], b"{}\n"].concat());
            for bytes in damaged {
                fs::write(here.join(&file), &bytes).unwrap();
                let message = refused(here, &file);
                let said = format!("error[unreadable-input]: `{file}` cannot be read: ");
                assert!(message.contains(&said), "{}: {message}", bytes.len());
                assert!(message.contains("another copy is needed"), "{message}");
            }
        }
    }
    // Several parts, one after the other, are one file.
    let text = fs::read(here.join("earlier.jsonl")).unwrap();
    let (one, other) = text.split_at(text.len() / 3);
    let parts = [one, other].map(|part| zstd::encode_all(part, 1).unwrap());
    fs::write(here.join("parts.jsonl.zst"), parts.concat()).unwrap();
    let read = EarlierResults::open(&here.join("parts.jsonl.zst")).unwrap();
    assert_eq!((read.cases(), read.unmatched(400).unwrap().len()), (300, 300));
    // A line of few bytes in the file may go on for ever.
    let endless = std::io::Read::take(std::io::repeat(b'x'), 65 << 20);
    let text = std::io::Read::chain(&b"\n{\"case\":\""[..], endless);
    fs::write(here.join("endless.jsonl.zst"), zstd::encode_all(text, 1).unwrap()).unwrap();
    let message = refused(here, "endless.jsonl.zst");
    assert!(
        message.contains("the line has more than 67108864 bytes"),
        "{message}"
    );
    assert!(message.contains("endless.jsonl.zst:2:1"), "{message}");
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
    pack(here, "earlier.parquet");
    for file in ["earlier.parquet.gz", "earlier.parquet.zst"] {
        let message = refused(here, file);
        assert!(
            message.contains("columns cannot be read from a packed file") && message.contains("unpack it"),
            "{message}"
        );
    }
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

#[test]
fn damaged_results_are_read_or_refused_and_nothing_fails_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    earlier(here, &json_lines(&random_cases(8, 17)), "mali/2023");
    let mut random = Random::new(99);
    let (mut read, mut refused) = (0, 0);
    for ending in WITH_FACTS.iter().chain(WITHOUT_FACTS) {
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
