//! Self-contained HTML pages: nothing is loaded from anywhere, and nothing runs.

use super::differences::{what, when_text};
use super::words;
use crate::diff::{Difference, Kind};
use crate::language::Language;
use std::fmt::Write;

/// A page of its own around a body of HTML.
pub(super) fn page(title: &str, body: &str, language: Language) -> String {
    let lang = match language {
        Language::Dutch => "nl",
        Language::English => "en",
    };
    include_str!("page.html")
        .replace("{{lang}}", lang)
        .replace("{{title}}", &escaped(title))
        .replace("{{footer}}", &escaped(words::CLOSING.text(language)))
        .replace("{{body}}", body)
}

/// Text as HTML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A table with a caption, in a box that scrolls on a narrow screen.
pub(super) fn table(caption: &str, head: &[String], rows: &[Vec<String>]) -> String {
    let mut html = format!(
        "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table><caption>{0}</caption><thead><tr>",
        escaped(caption)
    );
    for cell in head {
        let _ = write!(html, "<th scope=\"col\">{}</th>", escaped(cell));
    }
    html += "</tr></thead><tbody>\n";
    for row in rows {
        html += "<tr>";
        for cell in row {
            let _ = write!(html, "<td>{}</td>", escaped(cell));
        }
        html += "</tr>\n";
    }
    html + "</tbody></table></div>\n"
}

/// The difference of two policy versions as a page.
pub fn difference_html(difference: &Difference, language: Language) -> String {
    let title = format!("{} → {}", difference.old, difference.new);
    let mut body = format!("<h1>{}</h1>\n", escaped(&title));
    if difference.is_equal() {
        body += "<p>Equal: both say the same of every case, in the same words.</p>\n";
    }
    for declaration in &difference.declarations {
        let _ = writeln!(body, "<p>{}</p>", escaped(declaration));
    }
    let sections = [
        ("Values", Kind::Value),
        ("Citations, where the value is the same", Kind::Citations),
        (
            "Summaries of cited sentences, where value and citations are the same",
            Kind::Reason,
        ),
    ];
    for (heading, kind) in sections {
        let changes: Vec<_> = difference
            .changes
            .iter()
            .filter(|change| change.kind == kind)
            .collect();
        if changes.is_empty() {
            continue;
        }
        let _ = writeln!(body, "<h2>{}</h2>", escaped(heading));
        for changes in changes.chunk_by(|one, other| one.question == other.question) {
            let rows: Vec<Vec<String>> = changes
                .iter()
                .map(|change| vec![when_text(change), what(change), change.combinations.to_string()])
                .collect();
            let head = ["When", "Change", "Combinations"].map(str::to_owned);
            body += &table(&changes[0].question, &head, &rows);
        }
    }
    page(&title, &body, language)
}
