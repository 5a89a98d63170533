//! What policy tests reach, as text and JSON.

use super::Style;
use super::policy_tests::styled;
use crate::language::{Language, Words};
use crate::policy_test::{BranchCovered, Coverage};
use anstyle::{AnsiColor, Style as Ansi};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;

macro_rules! words {
    ($($name:ident = $nl:literal, $en:literal;)*) => {
        $(const $name: Words = Words { nl: $nl, en: $en };)*
    };
}

words! {
    COVERAGE = "Dekking", "Coverage";
    SITES = "conclusies in de regels", "conclusions in the rules";
    BRANCHES = "takken van de beslisdiagrammen", "branches of the decision diagrams";
    SENTENCES = "zinnen die een uitkomst vastleggen", "sentences that fix an outcome";
    OF = "van", "of";
    REACHED = "bereikt", "reached";
    NOT_REACHED = "Niet bereikt", "Not reached";
    NO_TEST_CAN = "geen test kan dit bereiken; `gradatie check` zegt meer", "no test can reach this; `gradatie check` says more";
    ALWAYS = "altijd", "always";
    TO_PASTE = "Om over te nemen; haal `unconfirmed` weg als klopt wat er staat",
        "Ready to paste; take `unconfirmed` out once what it says is right";
}

const TITLE: Ansi = Ansi::new().bold();
const BAD: Ansi = AnsiColor::Red.on_default().bold();

/// What the tests reach, then what they do not, then a test for each of it.
pub fn coverage_text(coverage: &Coverage, language: Language, style: Style) -> String {
    let mut text = format!("\n{}\n", styled(COVERAGE.text(language), TITLE, style));
    let mut count = |what: Words, all: usize, missing: usize| {
        let reached = format!("{} {} {all}", all - missing, OF.text(language));
        let line = format!("{}: {reached} {}", what.text(language), REACHED.text(language));
        let line = if missing > 0 {
            styled(&line, BAD, style)
        } else {
            line
        };
        let _ = writeln!(text, "  {line}");
    };
    count(SITES, coverage.sites.len(), coverage.unreached_sites().count());
    count(
        SENTENCES,
        coverage.sentences.len(),
        coverage.unreached_sentences().count(),
    );
    count(
        BRANCHES,
        coverage.branches.len(),
        coverage.unreached_branches().count(),
    );
    if coverage.unreached_branches().next().is_none()
        && coverage.unreached_sites().next().is_none()
        && coverage.unreached_sentences().next().is_none()
    {
        return text;
    }
    let _ = writeln!(text, "\n{}", styled(NOT_REACHED.text(language), TITLE, style));
    let mut tests = BTreeSet::new();
    let mut pasted = Vec::new();
    let mut missing = |what: String, test: Option<&String>| {
        let _ = writeln!(text, "  {what}");
        match test {
            Some(test) if tests.insert(test.clone()) => pasted.push(test.clone()),
            Some(_) => {}
            None => {
                let _ = writeln!(text, "    {}", NO_TEST_CAN.text(language));
            }
        }
    };
    for site in coverage.unreached_sites() {
        missing(format!("{}  {}", site.at, site.line), site.test.as_ref());
    }
    for sentence in coverage.unreached_sentences() {
        missing(
            format!("{} {}", sentence.policy, sentence.locator),
            sentence.test.as_ref(),
        );
    }
    for branch in coverage.unreached_branches() {
        let what = format!(
            "{} {}: {}",
            branch.policy,
            branch.question,
            when(branch, language)
        );
        missing(what, branch.test.as_ref());
    }
    let _ = writeln!(text, "\n{}\n", styled(TO_PASTE.text(language), TITLE, style));
    text.push_str(&pasted.join("\n"));
    text
}

/// The conditions of a branch in words.
fn when(branch: &BranchCovered, language: Language) -> String {
    if branch.when.is_empty() {
        return ALWAYS.text(language).to_owned();
    }
    let condition = |(variable, labels): &(String, Vec<String>)| format!("{variable} {}", labels.join(" | "));
    branch.when.iter().map(condition).collect::<Vec<_>>().join(", ")
}

/// The file that `--write-missing` writes: a test for each branch that no test reaches; `None` where none is missing.
pub fn missing_tests(coverage: &Coverage, language: Language) -> Option<String> {
    const HEAD: Words = Words {
        nl: "# Een zaak voor elke tak die geen test bereikt, met wat de regels er nu van zeggen.\n\
             # Lees elke zaak: haal `unconfirmed` weg als het is wat het beleid zegt, en pas anders de regel aan.\n",
        en: "# A case for each branch that no test reaches, with what the rules say of it now.\n\
             # Read each: take `unconfirmed` out where it is what the policy says, and mend the rule where it is not.\n",
    };
    let mut tests: Vec<&str> = Vec::new();
    for test in coverage
        .unreached_branches()
        .filter_map(|branch| branch.test.as_ref())
    {
        tests.push(test);
    }
    (!tests.is_empty()).then(|| format!("{}\n{}", HEAD.text(language), tests.join("\n")))
}

/// What the tests reach, as JSON.
pub fn coverage_json(coverage: &Coverage) -> Value {
    let sites = coverage
        .unreached_sites()
        .map(|site| json!({"at": site.at, "line": site.line, "test": site.test}));
    let branches = coverage.unreached_branches().map(|branch| {
        let when = branch
            .when
            .iter()
            .map(|(name, labels)| (name.clone(), json!(labels)));
        json!({
            "policy": branch.policy.to_string(),
            "conclusion": branch.question,
            "when": when.collect::<Map<_, _>>(),
            "test": branch.test,
        })
    });
    let sentences = coverage.unreached_sentences().map(|sentence| {
        json!({
            "policy": sentence.policy.to_string(),
            "locator": sentence.locator,
            "test": sentence.test,
        })
    });
    let (sites, branches, sentences): (Vec<_>, Vec<_>, Vec<_>) =
        (sites.collect(), branches.collect(), sentences.collect());
    json!({
        "sites": coverage.sites.len(),
        "reached": coverage.sites.len() - sites.len(),
        "unreached": sites,
        "branches": {
            "all": coverage.branches.len(),
            "reached": coverage.branches.len() - branches.len(),
            "unreached": branches,
        },
        "sentences": {
            "all": coverage.sentences.len(),
            "reached": coverage.sentences.len() - sentences.len(),
            "unreached": sentences,
        },
    })
}
