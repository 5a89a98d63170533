//! The modules build on each other in one direction, and two of them alone name the crates that they wrap.

use std::fs;
use std::path::{Path, PathBuf};

/// The modules from the bottom to the top; each may use those before it. Those of one line may use each other.
const LAYERS: &[&[&str]] = &[
    &["source", "language", "unrepeated_keys", "columnar", "files"],
    &["diagnostic"],
    &["yaml", "signature"],
    &["facts", "gazetteer"],
    &["script"],
    &["policy"],
    &["diagram"],
    &[
        "evaluate",
        "check",
        "diff",
        "table",
        "whatif",
        "edited_versions",
        "overview",
    ],
    &["new_version"],
    &["interview"],
    &["case_file", "case_store", "verify"],
    &["case_load", "sample", "policy_test", "schema"],
    &["watch"],
    &["report"],
    &["batch", "derivation"],
    &["import"],
    &["cli"],
];

fn sources() -> Vec<(PathBuf, String)> {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found.sort();
    found
}

/// The top-level module of a file, and `None` for `lib.rs` and `main.rs`.
fn module(path: &Path) -> Option<String> {
    let below = path
        .strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .unwrap();
    let first = below.components().next()?.as_os_str().to_str()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (!matches!(name, "lib" | "main")).then(|| name.to_owned())
}

fn layer(module: &str) -> usize {
    let layer = LAYERS.iter().position(|layer| layer.contains(&module));
    layer.unwrap_or_else(|| panic!("the module `{module}` stands in no layer"))
}

#[test]
fn no_module_uses_one_above_it() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Some(own) = module(&path) else { continue };
        for used in text.split("crate::").skip(1) {
            let name: String = used
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                .collect();
            if !name.is_empty() && layer(&name) > layer(&own) {
                wrong.push(format!("{} uses {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_script_engine_and_the_crates_of_yaml_of_columns_and_of_signatures_are_named_in_one_module_each() {
    for (crate_name, home) in [
        ("rhai::", "script"),
        ("serde_yaml", "yaml"),
        ("saphyr_parser", "yaml"),
        ("arrow_", "columnar"),
        ("parquet::", "columnar"),
        ("ssh_key::", "signature"),
    ] {
        for (path, text) in sources() {
            let own = module(&path).unwrap_or_default();
            assert!(
                own == home || !text.contains(crate_name),
                "{} names {crate_name}",
                path.display()
            );
        }
    }
}

#[test]
fn only_the_command_line_prints() {
    for (path, text) in sources() {
        let prints = ["println!", "eprintln!", "print!(", "eprint!(", "dbg!("]
            .iter()
            .any(|word| text.contains(word));
        assert!(!prints, "{} prints", path.display());
    }
}

#[test]
fn the_picture_of_the_architecture_shows_every_module() {
    let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.svg");
    let picture = fs::read_to_string(picture).unwrap();
    for module in LAYERS.iter().copied().flatten() {
        assert!(picture.contains(&format!(">{module}</text>")), "{module}");
    }
}
