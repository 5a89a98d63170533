//! What the manifest of a batch says of its results, beside what is there.

use crate::diagnostic::Diagnostic;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The part of a manifest that says what was written, and by which rules.
#[derive(Debug, Deserialize)]
pub struct Written {
    output: Output,
    cases: u64,
    #[serde(default)]
    rules: Vec<Rules>,
}

#[derive(Debug, Deserialize)]
struct Output {
    bytes: u64,
}

#[derive(Debug, Deserialize)]
struct Rules {
    policy: String,
    fingerprint: String,
}

/// Where the manifest of results stands: `FILE.manifest.json`.
pub fn manifest_of(results: &Path) -> PathBuf {
    let mut manifest = results.as_os_str().to_owned();
    manifest.push(".manifest.json");
    PathBuf::from(manifest)
}

impl Written {
    /// Reads a manifest; `None` where there is none, or the file is none.
    pub fn read(manifest: &Path) -> Option<Self> {
        serde_json::from_str(&std::fs::read_to_string(manifest).ok()?).ok()
    }

    /// Whether it is the manifest of results of so many bytes and cases.
    pub fn is_of(&self, bytes: u64, cases: u64) -> bool {
        (cases, bytes) == (self.cases, self.output.bytes)
    }

    /// The fingerprint of each policy version that was used.
    pub fn rules(&self) -> BTreeMap<String, String> {
        let rules = self.rules.iter();
        rules
            .map(|rules| (rules.policy.clone(), rules.fingerprint.clone()))
            .collect()
    }
}

/// Compares results with the manifest beside them (`FILE.manifest.json`), where there is one: how many there are, in how
/// many bytes. Gives what differs.
pub fn differs_from_manifest(results: &Path, count: usize) -> Option<Diagnostic> {
    let manifest = manifest_of(results);
    let text = std::fs::read_to_string(&manifest).ok()?;
    let bytes = results.metadata().map(|file| file.len()).unwrap_or_default();
    let (results, manifest) = (results.display(), manifest.display());
    let Ok(written) = serde_json::from_str::<Written>(&text) else {
        let message = format!("`{manifest}` is not the manifest of a batch");
        return Some(Diagnostic::error("other-than-written", message).help("look where it comes from"));
    };
    if written.is_of(bytes, count as u64) {
        return None;
    }
    let message = format!(
        "`{results}` holds {count} results in {bytes} bytes, and `{manifest}` says that {} in {} bytes were written",
        written.cases, written.output.bytes
    );
    Some(
        Diagnostic::error("other-than-written", message).help(
            "results were added, taken away or edited since: take the file again from where it comes from",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_that_were_added_or_edited_are_not_those_of_the_manifest() {
        let folder = tempfile::tempdir().unwrap();
        let results = folder.path().join("results.jsonl");
        std::fs::write(&results, "{}\n{}\n").unwrap();
        assert!(
            differs_from_manifest(&results, 2).is_none(),
            "there is no manifest"
        );
        let manifest = folder.path().join("results.jsonl.manifest.json");
        std::fs::write(
            &manifest,
            r#"{"cases": 2, "output": {"name": "results.jsonl", "bytes": 6}}"#,
        )
        .unwrap();
        assert!(differs_from_manifest(&results, 2).is_none());
        std::fs::write(&results, "{}\n{}\n{}\n").unwrap();
        let fault = differs_from_manifest(&results, 3).unwrap();
        assert!(
            fault.message.contains("holds 3 results in 9 bytes"),
            "{}",
            fault.message
        );
        std::fs::write(&manifest, "{").unwrap();
        assert!(differs_from_manifest(&results, 3).is_some());
    }
}
