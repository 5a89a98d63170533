//! What the manifest of a batch says of its results, beside what is there.

use crate::diagnostic::Diagnostic;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The part of a manifest that says what was written.
#[derive(Debug, Deserialize)]
struct Written {
    output: Output,
    cases: u64,
}

#[derive(Debug, Deserialize)]
struct Output {
    bytes: u64,
}

/// Compares results with the manifest beside them (`FILE.manifest.json`), where there is one: how many there are, in how
/// many bytes. Gives what differs.
pub fn differs_from_manifest(results: &Path, count: usize) -> Option<Diagnostic> {
    let mut manifest = results.as_os_str().to_owned();
    manifest.push(".manifest.json");
    let manifest = PathBuf::from(manifest);
    let text = std::fs::read_to_string(&manifest).ok()?;
    let bytes = results.metadata().map(|file| file.len()).unwrap_or_default();
    let (results, manifest) = (results.display(), manifest.display());
    let Ok(written) = serde_json::from_str::<Written>(&text) else {
        let message = format!("`{manifest}` is not the manifest of a batch");
        return Some(Diagnostic::error("other-than-written", message).help("look where it comes from"));
    };
    if (count as u64, bytes) == (written.cases, written.output.bytes) {
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
