//! Results of an earlier run in every form, and what a batch says against them.

#![allow(dead_code, reason = "each test uses a part")]

use super::program::{gradatie, messages};
use flate2::write::GzEncoder;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;

/// The endings of results with facts, as written and packed.
pub const WITH_FACTS: &[&str] = &["jsonl", "jsonl.gz", "jsonl.zst"];

/// The endings of results without facts that this program writes.
#[cfg(feature = "columnar")]
pub const WITHOUT_FACTS: &[&str] = &["csv", "parquet"];
#[cfg(not(feature = "columnar"))]
pub const WITHOUT_FACTS: &[&str] = &["csv"];

/// Writes the results of cases in every form, as `earlier.jsonl`, `earlier.csv` and so on; JSON Lines also packed.
pub fn earlier(folder: &Path, cases: &str, policy: &str) {
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
    pack(folder, "earlier.jsonl");
}

/// What a batch over `now.jsonl` says against an earlier file: its lines, its summary without the name of the file, its
/// page, what it said.
pub struct Compared {
    pub lines: String,
    pub against: Value,
    pub page: String,
    pub said: String,
}

pub fn compared(folder: &Path, file: &str, options: &[&str]) -> Compared {
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

pub fn pack(folder: &Path, name: &str) {
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
