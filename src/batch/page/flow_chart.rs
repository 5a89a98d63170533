//! A flow chart: from values on the left to values on the right, in bands as wide as the cases are many.

use super::{number_head, words};
use crate::language::{Bilingual, Language};
use crate::report::page::{Table, for_each_language, number, number_text};
use maud::{Markup, html};

/// Width of the drawing, of the labels on either side, and of a bar.
const WIDTH: f64 = 680.0;
const LABEL: f64 = 190.0;
const BAR: f64 = 12.0;
/// Height that all cases together take, and that a label needs on a narrow screen.
const ALL: f64 = 300.0;
const ROOM: f64 = 80.0;
const GAP: f64 = 14.0;
/// A band is at least so wide, or it could not be seen.
const THINNEST: f64 = 1.5;
/// Letters of a label in a line.
const LETTERS: usize = 16;

/// A band of cases from a value to a value, by their places.
pub(super) struct Band {
    pub from: usize,
    pub to: usize,
    pub cases: u64,
    pub is_changed: bool,
}

/// A flow chart.
pub(super) struct FlowChart {
    /// Its name, unique on the page.
    pub id: String,
    pub title: Bilingual,
    /// The labels of the values on either side; only those with cases are drawn.
    pub left: Vec<Bilingual>,
    pub right: Vec<Bilingual>,
    pub bands: Vec<Band>,
}

/// A value on one side: where it stands, and how many cases it has.
struct Node {
    label: usize,
    top: f64,
    height: f64,
    cases: u64,
    /// Where the next band begins.
    next: f64,
}

impl FlowChart {
    /// The drawing, once for each language.
    pub fn figure(&self) -> Markup {
        html! {
            figure.flow { (for_each_language(|language| self.drawing(language))) }
        }
    }

    /// The bands as a table, for those who cannot see them.
    pub fn table(&self) -> Markup {
        let rows = self.bands.iter().map(|band| {
            vec![
                html! { (self.left[band.from]) },
                html! { (self.right[band.to]) },
                number(band.cases.into()),
            ]
        });
        Table {
            id: format!("{}-table", self.id),
            caption: html! { (self.title) },
            head: vec![
                html! { (words::FROM) },
                html! { (words::TO) },
                number_head(words::CASES),
            ],
            rows: rows.collect(),
            has_row_heads: true,
        }
        .render()
    }

    fn total(&self) -> u64 {
        self.bands.iter().map(|band| band.cases).sum::<u64>().max(1)
    }

    fn thickness(&self, band: &Band) -> f64 {
        (band.cases as f64 / self.total() as f64 * ALL).max(THINNEST)
    }

    /// The values of a side that have cases, from top to bottom.
    fn nodes(&self, labels: usize, of: impl Fn(&Band) -> usize) -> (Vec<Node>, f64) {
        let mut top = GAP;
        let mut nodes = Vec::new();
        for label in 0..labels {
            let own: Vec<&Band> = self.bands.iter().filter(|band| of(band) == label).collect();
            if own.is_empty() {
                continue;
            }
            let height = own.iter().map(|band| self.thickness(band)).sum();
            nodes.push(Node {
                label,
                top,
                height,
                cases: own.iter().map(|band| band.cases).sum(),
                next: top,
            });
            top += f64::max(height, ROOM) + GAP;
        }
        (nodes, top)
    }

    fn drawing(&self, language: Language) -> Markup {
        let (mut left, left_end) = self.nodes(self.left.len(), |band| band.from);
        let (mut right, right_end) = self.nodes(self.right.len(), |band| band.to);
        let height = left_end.max(right_end);
        let id = format!("{}-{}", self.id, language_code(language));
        let mut drawn: Vec<(&Band, f64, f64)> = Vec::new();
        let mut bands: Vec<&Band> = self.bands.iter().collect();
        bands.sort_by_key(|band| (band.from, band.to));
        for band in bands {
            let place = |nodes: &mut [Node], label| {
                let node = nodes.iter_mut().find(|node| node.label == label)?;
                let begin = node.next;
                node.next += self.thickness(band);
                Some(begin)
            };
            if let (Some(from), Some(to)) = (place(&mut left, band.from), place(&mut right, band.to)) {
                drawn.push((band, from, to));
            }
        }
        // What changed lies above what did not.
        drawn.sort_by_key(|(band, ..)| band.is_changed);
        let (begin, end) = (LABEL + BAR, WIDTH - LABEL - BAR);
        html! {
            svg.flow viewBox={ "0 0 " (WIDTH) " " (round(height)) } role="img" focusable="false"
                aria-labelledby={ (id) "-title" } {
                title #{ (id) "-title" } { (self.title.text(language)) }
                @for (band, from, to) in &drawn {
                    @let class = if band.is_changed { "band changed" } else { "band" };
                    path class=(class) d=(band_path((begin, *from), (end, *to), self.thickness(band))) {
                        title {
                            (self.left[band.from].text(language)) " → " (self.right[band.to].text(language))
                            ": " (number_text(band.cases.into(), language))
                        }
                    }
                }
                @for node in &left {
                    (bar(LABEL, node))
                    (label(&self.left[node.label], node, (LABEL - 8.0, "end"), language))
                }
                @for node in &right {
                    (bar(end, node))
                    (label(&self.right[node.label], node, (WIDTH - LABEL + 8.0, "start"), language))
                }
            }
        }
    }
}

fn language_code(language: Language) -> &'static str {
    match language {
        Language::Dutch => "nl",
        Language::English => "en",
    }
}

/// A length with one digit: the same drawing gives the same bytes.
fn round(length: f64) -> f64 {
    (length * 10.0).round() / 10.0
}

fn band_path((x, y): (f64, f64), (to_x, to_y): (f64, f64), thickness: f64) -> String {
    let middle = round((x + to_x) / 2.0);
    let (y, to_y) = (round(y), round(to_y));
    let (low, to_low) = (round(y + thickness), round(to_y + thickness));
    format!(
        "M{x} {y}C{middle} {y} {middle} {to_y} {to_x} {to_y}V{to_low}C{middle} {to_low} {middle} {low} {x} {low}Z"
    )
}

fn bar(x: f64, node: &Node) -> Markup {
    html! { rect.value x=(x) y=(round(node.top)) width=(BAR) height=(round(node.height)) {} }
}

fn label(text: &Bilingual, node: &Node, (x, anchor): (f64, &str), language: Language) -> Markup {
    let count = number_text(node.cases.into(), language);
    html! {
        text x=(x) y=(round(node.top)) text-anchor=(anchor) {
            tspan.count x=(x) dy="0.9em" { (count) }
            @for line in textwrap::wrap(text.text(language), LETTERS) {
                tspan x=(x) dy="1.15em" { (line) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(text: &str) -> Bilingual {
        Bilingual {
            nl: text.to_owned(),
            en: text.to_owned(),
        }
    }

    fn chart(bands: Vec<Band>) -> FlowChart {
        FlowChart {
            id: "x".to_owned(),
            title: label("flow"),
            left: ["a", "b", "c"].map(label).into(),
            right: ["a", "<b>", "c"].map(label).into(),
            bands,
        }
    }

    fn band(from: usize, to: usize, cases: u64) -> Band {
        Band {
            from,
            to,
            cases,
            is_changed: from != to,
        }
    }

    #[test]
    fn bars_are_as_high_as_their_bands_together_and_none_vanishes() {
        let chart = chart(vec![band(0, 0, 999_999), band(0, 1, 1), band(2, 1, 1)]);
        let (left, _) = chart.nodes(3, |band| band.from);
        assert_eq!(left.iter().map(|node| node.label).collect::<Vec<_>>(), [0, 2]);
        assert_eq!(left[0].cases, 1_000_000);
        assert!(left[1].height >= THINNEST);
        let (right, end) = chart.nodes(3, |band| band.to);
        let heights = |nodes: &[Node]| nodes.iter().map(|node| node.height).sum::<f64>();
        assert!((heights(&left) - heights(&right)).abs() < 1e-9);
        assert!(
            right
                .windows(2)
                .all(|pair| pair[0].top + pair[0].height <= pair[1].top)
        );
        assert!(right.iter().all(|node| node.top + node.height <= end));
    }

    #[test]
    fn labels_are_escaped_and_changed_bands_marked() {
        let html = chart(vec![band(0, 1, 2), band(2, 2, 5)]).figure().into_string();
        assert!(html.contains("&lt;b&gt;") && !html.contains("<b>"));
        assert_eq!(
            html.matches("class=\"band changed\"").count(),
            2,
            "one for each language"
        );
        assert_eq!(html.matches("class=\"band\"").count(), 2);
    }
}
