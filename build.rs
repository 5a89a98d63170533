//! Rebuilds the program when a rule changes: the rules are embedded in the binary. The text of a source is not shipped.

use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=rules");
    let texts = source_texts(Path::new("rules"));
    let kind = match std::env::var("PROFILE").as_deref() {
        Ok("release") => "error",
        _ => "warning",
    };
    for text in texts {
        println!(
            "cargo::{kind}={} would be inside the program: keep it out of the folder that is built from",
            text.display()
        );
    }
}

fn source_texts(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(source_texts(&path));
        } else if path.file_name().is_some_and(|name| name == "source.txt") {
            found.push(path);
        }
    }
    found
}
