//! The documentation says what the program does: the console sessions are run, the reference of facts is fresh, links
//! lead somewhere.

use gradatie::facts::{FactId, FactKind, Nature, Word};
use gradatie::policy::{PolicyVersion, RulesTree};
use std::fmt::Write;
use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_console_sessions_of_the_documentation_come_out_as_written() {
    // Sessions that write files write them here.
    fs::create_dir_all(root().join("target")).unwrap();
    trycmd::TestCases::new()
        .env("LC_ALL", "C.UTF-8")
        .case("README.md")
        .case("docs/*.md")
        // Its commands follow each other in a copy of the repository: tests/guide.rs runs them.
        .skip("docs/new-letter.md")
        .case("tests/console/*.md");
}

fn words(words: &[Word]) -> String {
    let word = |word: &Word| {
        let also: Vec<String> = word.also.iter().map(|also| format!("`{also}`")).collect();
        let also = if also.is_empty() {
            String::new()
        } else {
            format!(" (or {})", also.join(", "))
        };
        format!("`{}`{also}", word.word)
    };
    words.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn reference() -> String {
    let mut text = String::from(
        "# The facts of a case\n\n\
         Every fact stands under `facts:` of a case file and may be absent: absent means not known (yet), and so does an \
         empty value. The same name is used in rules (`facts.region`), in results and in this list.\n\n\
         This file is made from the declaration in `src/facts.rs`; a test keeps it fresh.\n",
    );
    for fact in FactId::CASE_FILE {
        let declaration = fact.declaration();
        let kind = match declaration.kind {
            FactKind::Choice(list) => words(list),
            FactKind::Set(list) => format!("a list of {}", words(list)),
            FactKind::WholeNumber { least, most } => format!("a whole number from {least} to {most}"),
            FactKind::Date => "a date, as in `2025-09-15`".to_owned(),
            FactKind::Place => "a region, cercle or known variant of the name (see below)".to_owned(),
        };
        let nature = match declaration.nature {
            Nature::Judgement => "a person weighs and finds",
            Nature::Recorded => "recorded",
            Nature::Immutable => "recorded, and cannot change later",
            Nature::Context => "of the case as a whole",
        };
        let optional = if declaration.optional {
            "; absent means that nothing is recorded, and it is never open"
        } else {
            ""
        };
        let _ = write!(
            text,
            "\n## `{}`\n\n{} {}\n\n{} {}\n\n- Values: {kind}\n- Nature: {nature}{optional}\n",
            declaration.name,
            declaration.question.en,
            declaration.help.en,
            declaration.question.nl,
            declaration.help.nl
        );
    }
    let gazetteer = PolicyVersion::gazetteer(&RulesTree::embedded(), "mali").unwrap();
    let _ = write!(
        text,
        "\n## Names of places\n\nAccents and case do not matter; nothing else is guessed. The names of Mali, from \
         `rules/mali/regions.yaml`:\n\n{}\n",
        gazetteer.names().collect::<Vec<_>>().join(", ")
    );
    text
}

#[test]
fn the_reference_of_facts_is_fresh() {
    let file = root().join("docs/facts.md");
    let reference = reference();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&file, &reference).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == reference,
        "docs/facts.md is stale: run `UPDATE_DOCS=1 cargo test --test documentation`"
    );
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let reasons = fs::read_to_string(root().join("docs/dependencies.md")).unwrap();
    let mut names = 0;
    let sections = manifest
        .split("\n[")
        .filter(|section| section.split(']').next().unwrap().ends_with("dependencies"));
    for line in sections.flat_map(str::lines) {
        if let Some((name, _)) = line.split_once(" = ").filter(|(name, _)| !name.starts_with(' ')) {
            names += 1;
            assert!(
                reasons.contains(&format!("`{name}`")),
                "docs/dependencies.md says nothing of `{name}`"
            );
        }
    }
    assert!(names > 10, "{names}");
    let rows = reasons.lines().filter_map(|line| line.strip_prefix("| `"));
    let columns = rows.filter_map(|row| row.split(" | ").next());
    for name in columns.flat_map(|column| column.split('`').step_by(2)) {
        let is_version = name.starts_with('=');
        assert!(
            is_version
                || manifest.contains(&format!("\n{name} = "))
                || manifest.contains(&format!("\"{name}\"")),
            "docs/dependencies.md gives a reason for `{name}`, which Cargo.toml has not"
        );
    }
}

#[test]
fn the_links_of_the_documentation_lead_to_files() {
    for file in [
        "README.md",
        "rules/README.md",
        "docs/first-rule-change.md",
        "docs/rule-language.md",
        "docs/batch.md",
        "docs/new-letter.md",
        "docs/commands.md",
        "docs/editors.md",
        "docs/policy-page.md",
        "docs/performance.md",
        "docs/limits.md",
        "docs/accountability.md",
        "docs/signatures.md",
        "docs/architecture.md",
    ] {
        let path = root().join(file);
        for link in fs::read_to_string(&path).unwrap().split("](").skip(1) {
            let target = link.split(')').next().unwrap();
            if !target.starts_with("http") {
                assert!(path.parent().unwrap().join(target).exists(), "{file}: {target}");
            }
        }
    }
}

/// The paragraphs of the source have 4, 2, 6, 4, 3 and 6 sentences.
#[test]
fn both_registers_have_the_twenty_five_sentences_in_both_languages() {
    for version in ["mali/2023", "mali/2025"] {
        let mut policies = gradatie::policy::Policies::open(&RulesTree::embedded(), Some(version)).unwrap();
        let picked = policies.pick(None).unwrap();
        let policy = policies.version(&picked.id).unwrap();
        let sentences = policy
            .register
            .entries()
            .iter()
            .filter(|entry| entry.locator.starts_with("besluit:"));
        let locators: Vec<&str> = sentences.map(|entry| entry.locator.as_str()).collect();
        let expected = [4, 2, 6, 4, 3, 6].iter().zip(1..).flat_map(|(count, paragraph)| {
            (1..=*count).map(move |sentence| format!("besluit:{paragraph}.{sentence}"))
        });
        assert_eq!(locators, expected.collect::<Vec<_>>());
        assert!(
            policy
                .register
                .entries()
                .iter()
                .all(|entry| entry.summary.nl.len() > 20 && entry.summary.en.len() > 20)
        );
    }
}
