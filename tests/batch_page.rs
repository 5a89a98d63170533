//! `batch --report`: one page that says what the results say, whatever stands in a case and however it was made.

mod program;

use program::{gradatie, messages};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Runs a batch over these cases with a page, and gives the page.
fn page(folder: &Path, cases: &[Value], options: &[&str]) -> String {
    let input: String = cases.iter().map(|case| format!("{case}\n")).collect();
    let arguments = [&["batch", "-", "--report", "page.html", "--force"], options].concat();
    let output = gradatie(folder, &arguments, input.as_bytes());
    assert_ne!(output.status.code(), Some(2), "{}", messages(&output));
    fs::read_to_string(folder.join("page.html")).unwrap()
}

fn case(reference: &str, facts: Value) -> Value {
    json!({"case": reference, "decision_date": "2025-09-15", "facts": facts})
}

/// The data that the script of the page lists.
fn data(page: &str) -> Value {
    let begin = "<script id=\"changed-data\" type=\"application/json\">";
    let text = page.split(begin).nth(1).unwrap();
    serde_json::from_str(text.split("</script>").next().unwrap()).unwrap()
}

/// The cells of the rows of a table, tags taken out.
fn table(page: &str, id: &str) -> Vec<Vec<String>> {
    let begin = format!("<table id=\"{id}\">");
    let text = page
        .split(&begin)
        .nth(1)
        .unwrap_or_else(|| panic!("no table {id}"));
    let body = text
        .split("<tbody>")
        .nth(1)
        .unwrap()
        .split("</tbody>")
        .next()
        .unwrap();
    let cells = |row: &str| {
        let cells = row.split("</t").filter(|cell| cell.contains("<t"));
        cells.map(english).collect()
    };
    body.split("</tr>")
        .filter(|row| row.contains("<t"))
        .map(cells)
        .collect()
}

/// The text that an English reader sees.
fn english(html: &str) -> String {
    let html = html.split("<span class=\"nl\"");
    let mut text = String::new();
    for (index, part) in html.enumerate() {
        let part = if index == 0 {
            part
        } else {
            part.split_once("</span>").unwrap().1
        };
        for tag in part.split('<') {
            text.push_str(tag.split_once('>').map_or(tag, |(_, after)| after));
        }
    }
    text.trim().to_owned()
}

fn count(page: &str, id: &str, head: &str) -> Option<String> {
    let rows = table(page, id);
    let row = rows.into_iter().find(|row| row[0].starts_with(head))?;
    row.into_iter().nth(1)
}

#[test]
fn what_stands_in_a_case_stays_text() {
    let folder = tempfile::tempdir().unwrap();
    let wicked = "</script><script>alert(1)</script><!--&amp;\u{2028}";
    let cases = [
        case(wicked, json!({"region": "Ménaka"})),
        case(wicked, json!({"region": "Gao"})),
        json!({"case": "E", "facts": {"<b>regoin</b>": "Gao"}}),
    ];
    let page = page(
        folder.path(),
        &cases,
        &["--policy", "mali/2025", "--against", "mali/2023"],
    );
    assert!(!page.contains("<script>alert") && !page.contains("<b>"));
    assert_eq!(page.matches("<script").count(), 2, "the data and the page's own");
    assert_eq!(page.matches("</script>").count(), 2);
    assert_eq!(data(&page)["cases"][0][1], wicked);
    let repeated = count(&page, "counted", "Cases with a reference that occurred before");
    assert_eq!(repeated.as_deref(), Some("1"));
    assert_eq!(count(&page, "errors", "unknown-fact").as_deref(), Some("1"));
}

#[test]
fn notes_and_facts_that_no_result_holds_are_not_on_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let mut secret = case(
        "A",
        json!({"region": "Ménaka", "individual_circumstances": [{"health": "a private note"}]}),
    );
    secret["notes"] = json!("another private note");
    let page = page(
        folder.path(),
        &[secret],
        &["--policy", "mali/2025", "--against", "mali/2023"],
    );
    assert_eq!(data(&page)["cases"].as_array().unwrap().len(), 1);
    assert!(!page.contains("private"));
}

#[test]
fn the_page_says_what_the_results_and_the_summary_say() {
    let folder = tempfile::tempdir().unwrap();
    let sample = gradatie(
        folder.path(),
        &["sample", "3000", "--format", "jsonl", "--uniform"],
        b"",
    );
    fs::write(folder.path().join("cases.jsonl"), &sample.stdout).unwrap();
    let mut pages = Vec::new();
    for jobs in ["1", "2", "5"] {
        let arguments = [
            "batch",
            "cases.jsonl",
            "--jobs",
            jobs,
            "--out",
            "out.jsonl",
            "--report",
            "page.html",
            "--summary",
            "summary.json",
            "--force",
            "--against",
            "mali/2023",
        ];
        let output = gradatie(folder.path(), &arguments, b"");
        assert_eq!(output.status.code(), Some(0), "{}", messages(&output));
        pages.push(fs::read_to_string(folder.path().join("page.html")).unwrap());
    }
    assert!(
        pages.iter().all(|page| *page == pages[0]),
        "the same for every number of jobs"
    );
    let page = &pages[0];
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let summary: Value = serde_json::from_str(&read("summary.json")).unwrap();
    let results: Vec<Value> = read("out.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let number = |text: Option<String>| text.unwrap().replace(',', "").parse::<u64>().unwrap();
    assert_eq!(number(count(page, "counted", "Cases evaluated")), 3_000);
    assert_eq!(
        number(count(page, "counted", "Changed cases")),
        summary["against"]["changed"].as_u64().unwrap()
    );
    let changed: Vec<&Value> = results
        .iter()
        .filter(|result| result.get("changes").is_some())
        .collect();
    let data = data(page);
    assert_eq!(data["cases"].as_array().unwrap().len(), changed.len());
    let english = |text: &Value| data["texts"][text.as_u64().unwrap() as usize][1].clone();
    for (listed, result) in data["cases"].as_array().unwrap().iter().zip(&changed) {
        assert_eq!((&listed[0], &listed[1]), (&result["source"], &result["case"]));
        let changes = result["changes"].as_object().unwrap();
        let places = listed[3].as_array().unwrap();
        assert_eq!(places.len(), changes.len());
        for (place, (name, change)) in places.iter().zip(changes) {
            let own = &data["changes"][place.as_u64().unwrap() as usize];
            let conclusion = &data["conclusions"][own["conclusion"].as_u64().unwrap() as usize];
            assert_eq!(conclusion["name"], name.as_str());
            assert_eq!(
                change["from"].is_null(),
                english(&own["from"]) == "not determined"
            );
            assert_eq!(change["to"].is_null(), english(&own["to"]) == "not determined");
            // The sentences are those of the result's reasons, with their summaries.
            let cited: Vec<&Value> = own["now"]["sentences"]
                .as_array()
                .unwrap()
                .iter()
                .map(|place| &data["sentences"][place.as_u64().unwrap() as usize])
                .collect();
            assert!(cited.iter().all(|sentence| sentence["summary"].is_array()));
            let expected: Vec<&Value> = result["reasons"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|reason| reason["conclusion"] == name.as_str())
                .flat_map(|reason| reason["cites"].as_array().unwrap())
                .collect();
            assert!(
                cited
                    .iter()
                    .all(|sentence| expected.contains(&&sentence["locator"]))
            );
            assert_eq!(cited.is_empty(), change["to"].is_null());
            assert_eq!(
                own["now"]["needs"].as_array().unwrap().is_empty(),
                !change["to"].is_null()
            );
        }
    }
    let distinct = data["changes"].as_array().unwrap().len();
    assert!(
        distinct < changed.len() / 5,
        "{distinct} changes of {} cases",
        changed.len()
    );
    // The bands of each chart are those of the summary, and no case is missing.
    for name in [
        "scope",
        "grade",
        "real_risk",
        "internal_protection",
        "internal_protection_test",
    ] {
        let bands = table(page, &format!("flow-{name}-table"));
        let all: u64 = bands.iter().map(|band| number(Some(band[2].clone()))).sum();
        assert_eq!(all, 3_000, "{name}");
        let moved: u64 = bands
            .iter()
            .filter(|band| band[0] != band[1])
            .map(|band| number(Some(band[2].clone())))
            .sum();
        let expected: u64 = summary["against"]["changes"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|change| change["conclusion"] == name)
            .map(|change| change["cases"].as_u64().unwrap())
            .sum();
        assert_eq!(moved, expected, "{name}");
    }
    assert_eq!(
        table(page, "rules-grade-1").len(),
        5,
        "the rows of `diff` for the grade"
    );
}

#[test]
fn against_earlier_results_the_page_tells_rules_from_facts_and_maps_the_earlier_regions() {
    let folder = tempfile::tempdir().unwrap();
    let earlier = [
        case("MOVED", json!({"region": "Gao"})),
        case("RULES", json!({"region": "Ségou"})),
        case("GONE", json!({"region": "Gao"})),
    ];
    page(
        folder.path(),
        &earlier,
        &["--policy", "mali/2023", "--out", "earlier.jsonl"],
    );
    let now = [
        case("MOVED", json!({"region": "Bamako"})),
        case("RULES", json!({"region": "Ségou"})),
        case("NEW", json!({"region": "Kidal"})),
    ];
    let page_of = |options: &[&str]| {
        let options = [&["--against", "earlier.jsonl", "--policy", "mali/2025"], options].concat();
        page(folder.path(), &now, &options)
    };
    let html = page_of(&[]);
    let regions = table(&html, "regions");
    let of = |name: &str| regions.iter().find(|row| row[0] == name).unwrap().clone();
    assert_eq!(
        of("Gao")[1..],
        [
            "most exceptional situation",
            "1",
            "most exceptional situation",
            "0"
        ]
    );
    assert_eq!(
        of("Bamako")[1..],
        [
            "no article 15(c) situation",
            "0",
            "no article 15(c) situation",
            "1"
        ]
    );
    assert_eq!(
        of("Kidal")[1..],
        [
            "no article 15(c) situation",
            "0",
            "most exceptional situation",
            "1"
        ]
    );
    let causes: Vec<String> = table(&html, "causes-grade")
        .into_iter()
        .map(|row| row[1].clone())
        .collect();
    assert!(causes.contains(&"by the facts".to_owned()) && causes.contains(&"by the rules".to_owned()));
    assert_eq!(count(&html, "counted", "Cases only now").as_deref(), Some("1"));
    assert_eq!(
        count(&html, "counted", "Cases only earlier (first: GONE)").as_deref(),
        Some("1")
    );
    // A case without an earlier result is not drawn as unchanged.
    let bands = table(&html, "flow-grade-table");
    assert!(
        bands
            .iter()
            .any(|band| band[0] == "not compared" && band[2] == "1"),
        "{bands:?}"
    );
    assert_eq!(
        table(&html, "rules-grade-0").len(),
        5,
        "the earlier rules are at hand"
    );
    // Rules that are not at hand: their difference is not made up, and the earlier words stand for the summaries.
    let path = folder.path().join("earlier.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let fingerprint = text
        .split("\"fingerprint\":\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    fs::write(&path, text.replace(fingerprint, "sha256:0000")).unwrap();
    let html = page_of(&["--lang", "en"]);
    assert!(html.contains("The earlier rules are not at hand here"));
    assert!(!html.contains("id=\"rules-grade-0\""));
    let of = |name: &str| {
        table(&html, "regions")
            .into_iter()
            .find(|row| row[0] == name)
            .unwrap()
    };
    assert!(of("Gao")[1].starts_with("cannot be said"), "{:?}", of("Gao"));
    let data = data(&html);
    assert!(data["changes"][0]["earlier"]["text"].as_str().unwrap().len() > 20);
    assert!(
        data["sentences"]
            .as_array()
            .unwrap()
            .iter()
            .any(|sentence| sentence["summary"].is_null())
    );
}

#[test]
fn without_a_comparison_the_values_are_shown_as_bars() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        case("A", json!({"region": "Gao"})),
        case("B", json!({"region": "Gao"})),
        case("C", json!({})),
    ];
    let page = page(folder.path(), &cases, &["--policy", "mali/2025"]);
    let values = table(&page, "values-grade");
    assert_eq!(
        values[0],
        ["most exceptional situation highest_exceptional", "2", "66.7 %"]
    );
    assert_eq!(values[1], ["not determined", "1", "33.3 %"]);
    assert!(!page.contains("id=\"changed-data\"") && !page.contains("map-before"));
    let regions = table(&page, "regions");
    assert_eq!(regions.last().unwrap()[..], ["region not known", "–", "1"]);
}
