//! Tables of pages.

use super::both;
use crate::language::Language;
use maud::{Markup, html};

/// A table with a caption, in a box that scrolls on a narrow screen.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Its name, unique on the page; the caption is named after it.
    pub id: String,
    /// What it shows.
    pub caption: Markup,
    /// The heads of the columns.
    pub head: Vec<Markup>,
    /// The cells, row by row.
    pub rows: Vec<Vec<Markup>>,
    /// Whether the first cell of a row is its head.
    pub has_row_heads: bool,
}

impl Table {
    /// The table as HTML.
    pub fn render(&self) -> Markup {
        html! {
            div.table tabindex="0" role="group" aria-labelledby={ (self.id) "-caption" } {
                table #(self.id) {
                    caption { div #{ (self.id) "-caption" } { (self.caption) } }
                    thead { tr { @for cell in &self.head { th scope="col" { (cell) } } } }
                    tbody {
                        @for row in &self.rows {
                            tr {
                                @for (column, cell) in row.iter().enumerate() {
                                    @if column == 0 && self.has_row_heads {
                                        th scope="row" { (cell) }
                                    } @else {
                                        td { (cell) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A whole number as each language writes it, to the right in its column.
pub fn number(number: u128) -> Markup {
    let of = |language| number_text(number, language);
    html! { span.number { (both(of(Language::Dutch), of(Language::English))) } }
}

/// A whole number as a language writes it.
pub fn number_text(number: u128, language: Language) -> String {
    match language {
        Language::Dutch => grouped(number, '.'),
        Language::English => grouped(number, ','),
    }
}

/// The digits in groups of three.
fn grouped(number: u128, separator: char) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_groups_of_three() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1.000"), (1_234_567, "1.234.567")] {
            assert_eq!(grouped(number, '.'), text);
        }
    }

    #[test]
    fn cells_are_escaped_and_the_first_of_a_row_can_be_its_head() {
        let table = Table {
            id: "x".to_owned(),
            caption: html! { "a < b" },
            head: vec![html! { "region" }, html! { "cases" }],
            rows: vec![vec![html! { "<Gao>" }, number(1_000)]],
            has_row_heads: true,
        };
        let html = table.render().into_string();
        assert!(
            html.contains("<caption><div id=\"x-caption\">a &lt; b</div></caption>"),
            "{html}"
        );
        assert!(html.contains("<th scope=\"row\">&lt;Gao&gt;</th>"), "{html}");
        assert!(
            html.contains(">1.000</span>") && html.contains(">1,000</span>"),
            "{html}"
        );
    }
}
