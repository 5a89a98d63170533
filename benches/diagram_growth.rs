//! How the time and the size of decision diagrams grow with regions, facts and rules. Prints a table in Markdown.

use gradatie::check::check;
use gradatie::diagram::Bounds;
use gradatie::policy::RulesTree;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::Instant;

/// The register of the made policies.
const SOURCES: &str = "source: {id: x, title: {nl: x, en: x}}\nsentences:\n  - {locator: \"x:1.1\", kind: context, summary: {nl: x, en: x}}\n";
const LAW: &str = "law:\n  - {locator: X, title: {nl: x, en: x}, summary: {nl: x, en: x}}\n";
const VALUES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// Forty yes/no questions about facts: eleven facts of two values, fourteen words of lists, two places that are recorded
/// or not, and thirteen ages.
fn questions() -> Vec<String> {
    let two_valued = [
        ("nationality", "other"),
        ("origin_credible", "no"),
        ("moratorium", "no"),
        ("exclusion_1f", "no"),
        ("civilian", "no"),
        ("refugee_status", "established"),
        ("serious_harm_15ab", "established"),
        ("individual_risk", "established"),
        ("ipa_safe", "met"),
        ("ipa_accessible", "met"),
        ("ipa_reasonable", "met"),
    ];
    let factors = [
        "age",
        "gender",
        "health",
        "occupation",
        "place_of_residence",
        "ethnicity",
        "family_network",
        "economic_situation",
        "knowledge_of_area",
        "other",
    ];
    let actors = ["army", "wagner", "jihadist", "militia"];
    let places = ["birth_region", "last_region"];
    let words = two_valued
        .iter()
        .map(|(fact, word)| format!("facts.{fact} == \"{word}\""));
    words
        .chain(
            factors
                .iter()
                .map(|word| format!("facts.individual_circumstances.has(\"{word}\")")),
        )
        .chain(
            actors
                .iter()
                .map(|word| format!("facts.actors_of_harm.has(\"{word}\")")),
        )
        .chain(places.iter().map(|place| format!("facts.recorded(\"{place}\")")))
        .chain((1..=13).map(|tens| format!("facts.age < {}", tens * 10)))
        .collect()
}

fn conclude(index: usize) -> String {
    format!("conclude(\"{}\", \"X\")", VALUES[index % VALUES.len()])
}

/// A grade for each region, five grades in turn.
fn by_region(regions: usize) -> String {
    let mut body = String::from("    switch facts.region {\n");
    for grade in 0..VALUES.len() {
        let labels: Vec<String> = (grade..regions)
            .step_by(VALUES.len())
            .map(|region| format!("\"R{region}\""))
            .collect();
        if !labels.is_empty() {
            let lines: Vec<String> = labels.chunks(20).map(|line| line.join(" | ")).collect();
            let _ = writeln!(
                body,
                "        {} => {},",
                lines.join("\n        | "),
                conclude(grade)
            );
        }
    }
    body + "    }\n"
}

/// Whether the number of yes answers is odd: each answer matters whatever the others are.
fn parity(facts: usize) -> String {
    let mut body = String::from("    let odd = false;\n");
    for question in questions().iter().take(facts) {
        let _ = writeln!(body, "    if {question} {{ odd = !odd; }}");
    }
    body + format!("    if odd {{ {} }} else {{ {} }}\n", conclude(0), conclude(1)).as_str()
}

/// Rules one after the other, each about one question; the first that fits decides.
fn first_that_fits(facts: usize) -> String {
    let mut body = String::new();
    for (index, question) in questions().iter().take(facts).enumerate() {
        let _ = writeln!(body, "    if {question} {{ return {}; }}", conclude(index));
    }
    body + format!("    {}\n", conclude(facts)).as_str()
}

/// Rules one after the other, each about two of some questions.
fn pairs(rules: usize, first: usize, facts: usize) -> String {
    let all = questions();
    let mut body = String::new();
    for rule in 0..rules {
        let (one, other) = (rule % facts, (rule * 3 + 1 + rule / facts) % facts);
        let (one, other) = (&all[(first + one) % all.len()], &all[(first + other) % all.len()]);
        let _ = writeln!(body, "    if {one} && {other} {{ return {}; }}", conclude(rule));
    }
    body + format!("    {}\n", conclude(rules)).as_str()
}

/// A folder with one version, `made/one`, that asks these questions.
fn made(regions: usize, bodies: &[String]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    let mut gazetteer = String::from(
        "country: Made\nmap: {year: 2016, title: {nl: a, en: a}}\nlater_map: {year: 2023, title: {nl: b, en: b}}\nregions:\n",
    );
    let mut later = String::from("regions_2023:\n");
    for region in 0..regions {
        let _ = writeln!(gazetteer, "  - {{name: R{region}, iso: MD-{region}}}");
        let _ = writeln!(later, "  - R{region}");
    }
    let mut policy = String::from(
        "title: {nl: a, en: a}\nin_force: {from: 2020-01-01, not_before: 2020-01-01, until: null}\nflags: []\nconclusions:\n",
    );
    for (index, body) in bodies.iter().enumerate() {
        let _ = writeln!(
            policy,
            "  - name: q{index}\n    question: {{nl: a, en: a}}\n    values:"
        );
        for value in VALUES {
            let _ = writeln!(
                policy,
                "      - {{value: {value}, label: {{nl: {value}, en: {value}}}}}"
            );
        }
        write(
            &format!("made/one/q{index}.rhai"),
            &format!("fn q{index}(facts) {{\n{body}}}\n"),
        );
    }
    write("general/law.yaml", LAW);
    write("made/regions.yaml", &(gazetteer + later.as_str()));
    write("made/one/sources.yaml", SOURCES);
    write("made/one/policy.yaml", &policy);
    folder
}

/// A copy of the shipped rules with more regions, which the policies grade in turn.
fn shipped_with(regions: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"),
        folder.path(),
    );
    fs::remove_dir_all(folder.path().join("mali/2023")).expect("removed");
    // The new regions have no place on it.
    fs::remove_file(folder.path().join("mali/map.yaml")).expect("removed");
    let edit = |name: &str, edit: &dyn Fn(String) -> String| {
        let path = folder.path().join(name);
        let text = fs::read_to_string(&path).expect("a file");
        fs::write(path, edit(text)).expect("a file");
    };
    let names: Vec<String> = (11..regions).map(|region| format!("R{region}")).collect();
    let entries: String = names
        .iter()
        .map(|name| format!("  - {{name: {name}, iso: ML-{name}}}\n"))
        .collect();
    edit("mali/regions.yaml", &|text| {
        let text = text.replacen(
            "\n# The regions of the map of 2023",
            &format!("{entries}\n# The regions of the map of 2023"),
            1,
        );
        text.replacen(
            "Kidal, Bamako]",
            &format!("Kidal, Bamako, {}]", names.join(", ")),
            1,
        )
    });
    edit("mali/2025/grade.rhai", &|text| {
        let mut text = text;
        for (at, label) in [
            "\"Gao\" |",
            "\"Kidal\" |",
            "\"Ménaka\" |",
            "\"Koulikoro\"",
            "\"Kayes\" |",
        ]
        .iter()
        .enumerate()
        {
            let own: String = names
                .iter()
                .skip(at)
                .step_by(5)
                .map(|name| format!("\"{name}\" | "))
                .collect();
            text = text.replacen(label, &format!("{own}{label}"), 1);
        }
        text
    });
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a file");
        }
    }
}

/// Explores all questions and prints one row: sums over the questions that were proved, and which were stopped.
fn row(name: &str, folder: &Path) {
    let tree = RulesTree::folder(folder).expect("rules");
    let start = Instant::now();
    let report = check(&tree, &tree.ids(), &Bounds::default());
    let seconds = start.elapsed().as_secs_f64();
    let is_expected = |code: &str| {
        matches!(
            code,
            "exploration-too-large" | "unreachable-conclusion" | "missing-tile-map"
        )
    };
    let wrong: Vec<String> = report
        .findings
        .iter()
        .filter(|one| !is_expected(one.code))
        .map(|one| format!("{} {}", one.code, one.message))
        .collect();
    assert!(wrong.is_empty(), "{name}: {wrong:?}");
    let stopped = report
        .findings
        .iter()
        .filter(|one| one.code == "exploration-too-large")
        .count();
    let branches: usize = report.proofs.iter().map(|proof| proof.branches).sum();
    let nodes: usize = report.proofs.iter().map(|proof| proof.nodes).sum();
    println!(
        "| {name} | {} | {stopped} | {branches} | {nodes} | {:.1} |",
        report.proofs.len(),
        seconds * 1e3
    );
}

fn main() {
    println!("| policy | questions proved | stopped at the bounds | branches | nodes | milliseconds |");
    println!("|---|---:|---:|---:|---:|---:|");
    row(
        "shipped, both versions",
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"),
    );
    for regions in [11, 30, 100] {
        row(
            &format!("mali/2025 with {regions} regions"),
            shipped_with(regions).path(),
        );
    }
    for regions in [11, 30, 100, 300, 1000] {
        row(
            &format!("one grade by {regions} regions"),
            made(regions, &[by_region(regions)]).path(),
        );
    }
    for facts in [5, 10, 20, 40] {
        row(
            &format!("first of {facts} facts that fits"),
            made(1, &[first_that_fits(facts)]).path(),
        );
    }
    for facts in [4, 8, 12, 16, 20] {
        row(
            &format!("parity of {facts} facts"),
            made(1, &[parity(facts)]).path(),
        );
    }
    for facts in [4, 6, 8, 10] {
        let bodies: Vec<String> = (0..20).map(|question| pairs(10, question * 2, facts)).collect();
        row(
            &format!("40 facts, 200 rules in 20 questions of {facts} facts"),
            made(1, &bodies).path(),
        );
    }
    for rules in [10, 25, 50, 200] {
        row(
            &format!("one question of {rules} rules about 40 facts"),
            made(1, &[pairs(rules, 0, 40)]).path(),
        );
    }
}
