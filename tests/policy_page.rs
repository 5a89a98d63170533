//! `gradatie report`: the page of a policy version says what its rules say, and nothing more.

mod planted;
mod program;

use planted::Rules;
use program::{gradatie, messages};
use std::fs;

/// The page of a version in English, from rules that may be spoiled.
fn page_of(rules: &Rules, arguments: &[&str]) -> String {
    let root = rules.root();
    let rules = ["--rules", root.to_str().unwrap(), "--lang", "en", "report"];
    let output = gradatie(&root, &[&rules, arguments].concat(), b"");
    assert_eq!(output.status.code(), Some(0), "{}", messages(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// The texts of a page that a reader of English sees, in one line.
fn english(page: &str) -> String {
    let body = &page[page.find("<main").unwrap()..page.find("<footer").unwrap()];
    let mut text = String::new();
    let mut rest = body;
    while let Some(at) = rest.find('<') {
        text += &rest[..at];
        rest = &rest[at..];
        if let Some(inner) = rest.strip_prefix("<span class=\"nl\" lang=\"nl\">") {
            rest = &inner[inner.find("</span>").unwrap() + "</span>".len()..];
            continue;
        }
        let end = rest.find('>').unwrap() + 1;
        let is_inline = [
            "<span", "</span", "<code", "</code", "<a", "</a", "<strong", "</strong",
        ]
        .iter()
        .any(|tag| rest.starts_with(tag));
        if !is_inline {
            text.push(' ');
        }
        rest = &rest[end..];
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn section(page: &str, id: &str) -> String {
    let start = page.find(&format!("<section aria-labelledby=\"{id}\"")).unwrap();
    let length = page[start..].find("</section>").unwrap();
    format!("<main{}<footer", &page[start..start + length])
}

#[test]
fn the_same_rules_give_the_same_bytes_in_a_file_and_on_standard_output() {
    let rules = Rules::new();
    let page = page_of(&rules, &["mali/2025"]);
    assert_eq!(page, page_of(&rules, &["mali/2025"]));
    assert_eq!(page_of(&rules, &["mali/2025", "--out", "policy.html"]), "");
    assert_eq!(
        fs::read_to_string(rules.root().join("policy.html")).unwrap(),
        page
    );
}

#[test]
fn the_page_asks_nothing_of_anyone() {
    let page = page_of(&Rules::new(), &["mali/2025"]);
    assert!(page.contains("default-src 'none'"));
    for outside in [
        "http:", "https:", "src=", "@import", "<link", "<iframe", "<object", " on", "style=\"",
    ] {
        let found = page.find(outside).map(|at| &page[at..(at + 40).min(page.len())]);
        let is_text = outside == " on" && !page.contains(" onload=") && !page.contains(" onclick=");
        assert!(found.is_none() || is_text, "{found:?}");
    }
}

#[test]
fn texts_of_the_rules_are_escaped() {
    let rules = Rules::new();
    let planted = "\"</title></style><script>alert(1)</script><img src=x onerror=alert(1)> & 'more'\"";
    rules.change(
        "mali/2025/policy.yaml",
        "en: Country policy on Mali, grades of indiscriminate violence by region",
        &format!("en: {planted}"),
    );
    rules.change(
        "mali/2025/sources.yaml",
        "en: For Bamako no article 15(c) situation is assumed, on the grounds above.",
        "en: \"<b onclick='x()'>Bamako</b>\"",
    );
    let page = page_of(&rules, &["mali/2025"]);
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(
        page.matches("<title").count(),
        1 + page.matches("<title id=").count()
    );
    assert!(!page.contains("<img") && !page.contains("<b "));
    assert!(page.contains("&lt;b onclick='x()'&gt;Bamako&lt;/b&gt;"));
}

#[test]
fn every_sentence_stands_beside_the_rules_that_cite_it() {
    let page = page_of(&Rules::new(), &["mali/2025"]);
    let text = english(&section(&page, "sentences"));
    let entry = |locator: &str| {
        let rest = &text[text.find(&format!("{locator} ")).unwrap()..];
        let end = rest[1..].find("besluit:").map_or(rest.len(), |at| at + 1);
        rest[..end].to_owned()
    };
    let koulikoro = entry("besluit:5.3");
    assert!(koulikoro.starts_with("besluit:5.3 decision"), "{koulikoro}");
    assert!(
        koulikoro.contains("grade: relatively lower level relatively_lower mali/2025/grade.rhai:10"),
        "{koulikoro}"
    );
    assert!(
        koulikoro.contains("bamako-fringe: raised mali/2025/flags.rhai:21"),
        "{koulikoro}"
    );
    let finding = entry("besluit:3.1");
    assert!(
        finding.contains("No rule cites this sentence: it motivates an outcome"),
        "{finding}"
    );
    let context = entry("besluit:1.4");
    assert!(context.contains("neither fixes nor motivates"), "{context}");
    // Each of the twenty-five sentences can be linked to.
    assert_eq!(page.matches("<li id=\"besluit:").count(), 25);
    for link in page.split("href=\"#").skip(1) {
        let target = &link[..link.find('"').unwrap()];
        assert!(page.contains(&format!("id=\"{target}\"")), "#{target}");
    }
}

#[test]
fn the_regions_that_are_not_named_are_those_of_the_rules() {
    let rules = Rules::new();
    let open = english(&section(&page_of(&rules, &["mali/2025"]), "open"));
    assert!(open.contains("They are: Kayes, Sikasso, Taoudénit."), "{open}");
    assert!(open.contains("The date of entry into force is not on record."));
    // A new letter would name Kayes.
    rules.change("mali/2025/grade.rhai", "\"Kayes\" | ", "");
    rules.change(
        "mali/2025/grade.rhai",
        "\"Koulikoro\" =>",
        "\"Koulikoro\" | \"Kayes\" =>",
    );
    let open = english(&section(&page_of(&rules, &["mali/2025"]), "open"));
    assert!(open.contains("They are: Sikasso, Taoudénit."), "{open}");
    rules.change("mali/2025/policy.yaml", "from: unknown", "from: 2025-03-01");
    let page = page_of(&rules, &["mali/2025"]);
    assert!(!english(&section(&page, "open")).contains("date of entry into force"));
    assert!(english(&page).contains("Holds from 2025-03-01, no end on record"));
}

#[test]
fn the_version_before_is_the_one_that_began_last_before() {
    let rules = Rules::new();
    let changes = english(&section(&page_of(&rules, &["mali/2025"]), "changes"));
    assert!(changes.contains("Compared with mali/2023"), "{changes}");
    assert!(changes.contains("Ménaka A: most exceptional situation B: relatively higher level changed"));
    assert!(changes.contains("Gao A: most exceptional situation A: most exceptional situation the same"));
    assert!(changes.contains(
        "region: Ménaka most exceptional situation highest_exceptional relatively higher level relatively_higher 1"
    ));
    let first = page_of(&rules, &["mali/2023"]);
    assert!(english(&section(&first, "changes")).contains("This is the first version on record"));
    let backwards = page_of(&rules, &["mali/2023", "--since", "mali/2025"]);
    assert!(english(&section(&backwards, "changes")).contains("Compared with mali/2025"));
    assert_eq!(backwards.matches("<svg class=\"tiles\"").count(), 2 + 2 * 2);
}

#[test]
fn a_text_beside_the_register_is_shown_with_its_sentences() {
    let rules = Rules::new();
    // A made-up text with as many sentences in each paragraph as the register has, one too few in the fourth.
    let paragraphs = [4, 2, 6, 3, 3, 6].iter().zip(1..).map(|(sentences, paragraph)| {
        let sentence = |number| format!("Verzonnen zin {number} van alinea {paragraph} <i>.");
        (1..=*sentences).map(sentence).collect::<Vec<_>>().join(" ")
    });
    let text = paragraphs.collect::<Vec<_>>().join("\n\n");
    fs::write(rules.root().join("mali/2025/source.txt"), text).unwrap();
    let root = rules.root();
    let output = gradatie(
        &root,
        &["--rules", ".", "--lang", "en", "report", "mali/2025"],
        b"",
    );
    assert_eq!(output.status.code(), Some(0));
    let said = messages(&output);
    assert!(said.contains("warning[source-text-differs]"), "{said}");
    assert!(
        said.contains("paragraph 4 of the text has 3 sentences, and the register has 4 of it"),
        "{said}"
    );
    let page = String::from_utf8(output.stdout).unwrap();
    assert_eq!(page.matches("<blockquote>").count(), 25 - 4);
    let sentences = english(&section(&page, "sentences"));
    let at = sentences.find("besluit:6.5").unwrap();
    assert!(
        sentences[at..].contains("Verzonnen zin 5 van alinea 6 &lt;i&gt;."),
        "{sentences}"
    );
    assert!(!sentences.contains("The text of the source itself is not on this page."));
    // The text is no rule: the fingerprint is that of the rules alone.
    let fingerprint = |page: &str| page[page.find("sha256:").unwrap()..][..71].to_owned();
    assert_eq!(
        fingerprint(&page),
        fingerprint(&page_of(&Rules::new(), &["mali/2025"]))
    );
}

#[test]
fn without_a_tile_map_the_regions_stand_in_a_table() {
    let rules = Rules::new();
    fs::remove_file(rules.root().join("mali/map.yaml")).unwrap();
    let page = page_of(&rules, &["mali/2025"]);
    assert!(!page.contains("<svg class=\"tiles\""));
    let regions = english(&section(&page, "regions"));
    assert!(
        regions.contains("There is no tile map of this country"),
        "{regions}"
    );
    assert!(
        regions.contains("Ménaka B relatively higher level relatively_higher besluit:4.4"),
        "{regions}"
    );
}

#[test]
fn what_cannot_be_shown_whole_is_not_shown() {
    let rules = Rules::new();
    let root = rules.root();
    let fails = |arguments: &[&str], code: &str| {
        let output = gradatie(&root, &[&["--rules", ".", "report"], arguments].concat(), b"");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(output.stdout, b"");
        let said = messages(&output);
        assert!(said.contains(code), "{code}: {said}");
    };
    fails(&["mali/2026"], "unknown-policy");
    fails(&["mali/2025", "--since", "mali/1999"], "unknown-policy");
    fails(
        &["mali/2025", "--out", "nowhere/policy.html"],
        "cannot be written",
    );
    rules.change(
        "mali/map.yaml",
        "{region: Gao, column: 4, row: 3}",
        "{region: Gao, column: 4, row: 2}",
    );
    fails(&["mali/2025"], "tile-taken");
    rules.change(
        "mali/map.yaml",
        "{region: Gao, column: 4, row: 2}",
        "{region: Gao, column: 4, row: 3}",
    );
    rules.change("mali/2025/grade.rhai", "\"Ménaka\" | ", "");
    fails(&["mali/2025"], "no-conclusion");
}
