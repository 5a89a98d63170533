//! Writes the seeds that are made from the files of the repository, and the dictionaries, into the folder that is named.

// What the coverage calls stands in libFuzzer.
use libfuzzer_sys as _;

use gradatie::facts::{FactId, FactKind};
use gradatie_fuzz::results;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

fn main() -> io::Result<()> {
    let out = PathBuf::from(std::env::args_os().nth(1).expect("the folder to write to"));
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let seed = |target: &str, name: &str, bytes: &[u8]| {
        let folder = out.join("seeds").join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), bytes)
    };

    // Seeds that were written for a target.
    let by_hand = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    for path in files_below(&by_hand)? {
        let target = path.parent().and_then(Path::file_name).unwrap_or_default();
        seed(&target.to_string_lossy(), &name_of(&path), &fs::read(&path)?)?;
    }

    // Case files: those of the documentation and of the tests.
    for folder in ["docs/cases", "tests/case_files"] {
        for path in files_below(&repository.join(folder))? {
            let name = path
                .strip_prefix(&repository)
                .unwrap_or(&path)
                .to_string_lossy()
                .replace('/', "-");
            seed("case_file", &name, &fs::read(&path)?)?;
        }
    }
    for case in results::cases() {
        let name = format!("{}.json", case["case"].as_str().unwrap_or_default());
        seed("case_file", &name, case.to_string().as_bytes())?;
    }

    // The rules folder with one of its versions.
    let rules = repository.join("rules");
    let mut whole = Vec::new();
    for path in files_below(&rules)? {
        let name = path
            .strip_prefix(&rules)
            .unwrap_or(&path)
            .to_string_lossy()
            .into_owned();
        if !name.starts_with("mali/2023/") && !name.ends_with(".md") {
            whole.extend(format!("=== {name}\n").into_bytes());
            whole.extend(fs::read(&path)?);
        }
    }
    seed("policy_folder", "shipped", &whole)?;

    // The scripts of the rules, each with its first question called what the target asks.
    for path in files_below(&rules)? {
        let text = fs::read_to_string(&path)?;
        let question = text.split("\nfn ").nth(1).and_then(|rest| rest.split('(').next());
        if let (true, Some(question)) = (name_of(&path).ends_with(".rhai"), question) {
            let name = path
                .strip_prefix(&rules)
                .unwrap_or(&path)
                .to_string_lossy()
                .replace('/', "-");
            let text = text.replace(&format!("fn {question}("), "fn answer(");
            seed("script_to_diagram", &name, text.as_bytes())?;
        }
    }

    // Facts are made of any bytes.
    for length in [0, 40, 80, 160] {
        let bytes: Vec<u8> = (0..length).map(|at: u32| (at * 37 + length) as u8).collect();
        seed("facts_to_conclusions", &format!("{length}-bytes"), &bytes)?;
        seed("recorded_results", &format!("{length}-bytes"), &bytes)?;
    }

    // Results, on a line each and alone.
    let real = results::real(&results::cases());
    let lines: Vec<String> = real.iter().map(ToString::to_string).collect();
    for (index, line) in lines.iter().enumerate() {
        seed(
            "recorded_results",
            &format!("result-{index}.json"),
            line.as_bytes(),
        )?;
    }
    seed("recorded_results", "two.jsonl", lines[..2].join("\n").as_bytes())?;
    seed(
        "recorded_results",
        "array.json",
        format!("[{}]", lines[..2].join(",\n")).as_bytes(),
    )?;

    dictionaries(&out)
}

/// The words that the readers look for.
fn dictionaries(out: &Path) -> io::Result<()> {
    let mut facts = BTreeSet::new();
    for fact in FactId::ALL {
        facts.insert(fact.name().to_owned());
        if let FactKind::Choice(words) | FactKind::Set(words) = fact.declaration().kind {
            let also = words.iter().flat_map(|word| word.also.iter().copied());
            facts.extend(also.chain(words.iter().map(|word| word.word)).map(str::to_owned));
        }
    }
    facts.extend(gradatie_fuzz::gazetteer().names().map(str::to_owned));
    let yaml = [
        "case: ",
        "facts:\n",
        "decision_date: ",
        "notes: ",
        "---\n",
        "...\n",
        "- ",
        "? ",
        "&a ",
        "*a",
        "!!str ",
        "!t ",
        "<<: ",
        "|\n",
        ">-\n",
        "\"\\u0041\"",
        "'",
        "{",
        "}",
        "[",
        "]",
        ", ",
        ": ",
        "\n  ",
        "~",
        "null",
        "%YAML 1.2\n",
        "# ",
        "\u{feff}",
        "\u{85}",
        "\u{2028}",
        "2025-09-15",
        "0x1f",
        "1_000",
        "1e3",
        ".inf",
        "yes",
        "No",
        "TRUE",
    ];
    let json = [
        "\"case\":",
        "\"facts\":",
        "null",
        "true",
        "\\u0000",
        "\\ud83d\\ude00",
        "1e400",
        "-0",
        "\"source\":",
        "\"changes\":",
    ];
    let rhai = [
        "fn answer(facts) {",
        "fn ",
        "facts.",
        "facts.from(\"birth_region\")",
        "facts.recorded(\"last_region\")",
        ".has(\"",
        "conclude(\"yes\", \"law:1\")",
        "conclude(",
        "raise(",
        "switch ",
        " => ",
        "_ => ",
        " | ",
        " if ",
        "else ",
        "return ",
        "let ",
        "const ",
        " == ",
        " != ",
        " < ",
        " >= ",
        " && ",
        " || ",
        "!",
        "grade(facts)",
        "///",
        "/*",
        "*/",
        "`${",
        "#{",
        "private ",
        "this",
        "in ",
        "..",
        "??",
        "?.",
        "::",
        "0x7fffffffffffffff",
        "'a'",
        "region",
        "age",
        "decision_date",
        "\"2025-12-31\"",
    ];
    let policy = [
        "=== ",
        "=== small/2025/policy.yaml\n",
        "=== small/regions.yaml\n",
        "title: ",
        "in_force: ",
        "from: ",
        "not_before: ",
        "until: ",
        "conclusions:",
        "name: ",
        "question: ",
        "script: ",
        "values:",
        "value: ",
        "label: ",
        "meaning: ",
        "flags:",
        "id: ",
        "text: ",
        "impossible:",
        "when: ",
        "because: ",
        "below: ",
        "at_least: ",
        "has: ",
        "lacks: ",
        "open_points:",
        "cites: ",
        "regions: ",
        "sentences:",
        "locator: ",
        "kind: ",
        "summary: ",
        "law:",
        "source: ",
        "nl: ",
        "en: ",
        "iso: ",
        "cercles: ",
        "places: ",
        "variants: ",
        "region_2023: ",
        "also_meant_by: ",
        "tiles:",
        "column: ",
        "row: ",
    ];
    let of = |texts: &[&str]| {
        texts
            .iter()
            .map(|text| (*text).to_owned())
            .collect::<BTreeSet<_>>()
    };
    let folder = out.join("dictionaries");
    fs::create_dir_all(&folder)?;
    for (target, words) in [
        ("case_file", &(&(&facts | &of(&yaml)) | &of(&json))),
        ("policy_folder", &(&(&of(&policy) | &of(&yaml)) | &of(&rhai))),
        ("script_to_diagram", &(&facts | &of(&rhai))),
        ("recorded_results", &(&facts | &of(&json))),
    ] {
        let lines = words.iter().map(|word| format!("\"{}\"\n", escaped(word)));
        fs::write(folder.join(target), lines.collect::<String>())?;
    }
    Ok(())
}

/// A text as libFuzzer reads it.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'"' | b'\\' => format!("\\{}", char::from(byte)),
            b' '..=b'~' => char::from(byte).to_string(),
            _ => format!("\\x{byte:02x}"),
        })
        .collect()
}

/// Every file below a folder, sorted.
fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
