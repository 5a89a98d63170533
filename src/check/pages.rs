//! A page for each code that a check of rules can report: what, why, a wrong and a right example.

use include_dir::{Dir, include_dir};

static PAGES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/docs/checks");

/// The page of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckPage {
    /// The code.
    pub code: &'static str,
    /// The page, in Markdown.
    pub text: &'static str,
}

impl CheckPage {
    /// What the check says, in one sentence: the first paragraph of the page.
    pub fn summary(&self) -> String {
        let first = self.text.split("\n\n").nth(1).unwrap_or_default();
        first.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// All pages, in the order of their codes.
pub fn pages() -> Vec<CheckPage> {
    let mut pages: Vec<CheckPage> = PAGES
        .files()
        .filter_map(|file| {
            let code = file.path().file_name()?.to_str()?.strip_suffix(".md")?;
            Some(CheckPage {
                code,
                text: file.contents_utf8()?,
            })
        })
        .collect();
    pages.sort_by_key(|page| page.code);
    pages
}

/// The page of a code.
pub fn page(code: &str) -> Option<CheckPage> {
    pages().into_iter().find(|page| page.code == code)
}
