//! Bytes to a rules folder: files of it are replaced or added, and it is read and checked. It is read, with findings, or
//! refused with faults at their places.
//!
//! The input is texts, each after a line `=== NAME`; the names are those of files below the rules folder.

#![no_main]

use gradatie::check::check;
use gradatie::diagram::Bounds;
use gradatie::policy::{PolicyId, PolicyVersion, RulesTree};
use gradatie_fuzz::assert_shown;
use libfuzzer_sys::{Corpus, fuzz_target};
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// Where the files are written, one folder for each process; `fuzz/run` removes it.
static FOLDER: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::temp_dir().join(format!("gradatie-fuzz-{}", std::process::id())));

/// Files of one input, and the bytes of each.
const MOST_FILES: usize = 16;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let files = files(bytes);
    if files.is_empty() || files.len() > MOST_FILES {
        return Corpus::Reject;
    }
    let root = FOLDER.as_path();
    let _ = fs::remove_dir_all(root);
    for (name, text) in &files {
        let path = root.join(name);
        let folder = path.parent().expect("a file lies in a folder");
        // A name that is a file and a folder at once is no input.
        if fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, text))
            .is_err()
        {
            return Corpus::Reject;
        }
    }
    match RulesTree::folder(root) {
        Ok(tree) => whole(&tree),
        Err(fault) => assert_shown(&[fault]),
    }
    Corpus::Keep
});

/// The files of an input. A name that would lead elsewhere is not taken.
fn files(bytes: &[u8]) -> Vec<(String, &[u8])> {
    let mut files = Vec::new();
    let mut rest = bytes;
    while let Some(header) = rest.strip_prefix(b"=== ") {
        let line = header.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let body = header.get(line.len() + 1..).unwrap_or_default();
        let end = body.windows(5).position(|window| window == b"\n=== ");
        let (text, after) = body.split_at(end.map_or(body.len(), |end| end + 1));
        rest = after;
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/_-.".contains(byte);
        let name = str::from_utf8(line)
            .ok()
            .filter(|name| name.bytes().all(|byte| is_plain(&byte)));
        let name = name.filter(|name| name.split('/').all(|part| !matches!(part, "" | "." | "..")));
        files.extend(name.map(|name| (name.to_owned(), text)));
    }
    files
}

/// Reads and checks every version, as the commands do.
fn whole(tree: &RulesTree) {
    let ids = tree.ids();
    let bounds = Bounds {
        runs: 2_000,
        time: Duration::from_secs(5),
    };
    let report = check(tree, &ids, &bounds);
    if !report.findings.is_empty() {
        assert_shown(&report.findings);
    }
    for id in &ids {
        assert_read_again(tree, id, report.has_errors());
    }
}

/// A version that can be read is read the same each time, and only a check without errors leaves out a broken one.
fn assert_read_again(tree: &RulesTree, id: &PolicyId, has_errors: bool) {
    let gazetteer = PolicyVersion::gazetteer(tree, &id.country).map(Arc::new);
    let read = || {
        let gazetteer = gazetteer.clone()?;
        PolicyVersion::load(tree, id, &gazetteer)
    };
    match (read(), read()) {
        (Ok(one), Ok(other)) => {
            assert_eq!(one.fingerprint, other.fingerprint);
            let files = PolicyVersion::files(tree, id).expect("a version that was read has files");
            assert!(files.iter().all(|file| tree.read(file).is_ok()), "{files:?}");
        }
        (Err(one), Err(other)) => {
            assert_shown(&one);
            assert_eq!(one, other);
            assert!(has_errors, "no check says that {id} cannot be read: {one:?}");
        }
        (one, other) => panic!("{one:?}\n{other:?}"),
    }
}
