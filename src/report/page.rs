//! Pages of one file: nothing is loaded from anywhere, and only the page's own style and script run, named by their hash.
//!
//! A page holds both languages. A text in both is written twice, marked with its language, and the style hides one of
//! them; a script switches. Without the script the page stays in the language that it was made for.

mod table;
mod tile_map;

pub use table::{Table, number, number_text};
pub use tile_map::{Category, Shade, Tile, TilePicture, mark};

use super::words;
use crate::language::{Bilingual, Language, Words};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, Render, html};
use sha2::{Digest, Sha256};
use std::fmt::Display;

/// The style of every page.
const STYLE: &[&str] = &[include_str!("page/page.css"), include_str!("page/tile_map.css")];
/// The script of every page.
const SCRIPT: &str = include_str!("page/page.js");

/// A page: what stands between the head with the language switch and the foot.
#[derive(Debug, Clone)]
pub struct Page<'a> {
    /// The title of the window.
    pub title: Bilingual,
    /// The body, with one `h1`.
    pub body: Markup,
    /// Styles of its own, after that of every page.
    pub styles: &'a [&'a str],
    /// Scripts of its own, after that of every page.
    pub scripts: &'a [&'a str],
}

impl Page<'_> {
    /// The page as a file, opened in a language. The same page gives the same bytes.
    pub fn render(&self, language: Language) -> String {
        let style = [STYLE, self.styles].concat().join("\n");
        let script = [&[SCRIPT], self.scripts].concat().join("\n");
        let policy = format!(
            "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
            hash_of(&style),
            hash_of(&script)
        );
        let page = html! {
            (DOCTYPE)
            html lang=(code(language)) {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(policy);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title data-nl=(self.title.nl) data-en=(self.title.en) { (self.title.text(language)) }
                    style { (PreEscaped(style)) }
                }
                body {
                    a.skip href="#content" { (words::SKIP) }
                    header.bar {
                        span.maker { "gradatie" }
                        div.languages role="group" aria-label="Taal / Language" hidden {
                            @for (language, name) in [(Language::Dutch, "Nederlands"), (Language::English, "English")] {
                                button type="button" lang=(code(language)) value=(code(language)) { (name) }
                            }
                        }
                    }
                    main #content tabindex="-1" { (self.body) }
                    footer { p { (words::CLOSING) } }
                    script { (PreEscaped(script)) }
                }
            }
        };
        page.into_string() + "\n"
    }
}

/// The name of a language in HTML.
fn code(language: Language) -> &'static str {
    match language {
        Language::Dutch => "nl",
        Language::English => "en",
    }
}

/// How a content security policy names a style or a script.
fn hash_of(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// A text in both languages, of which a reader sees one; once where both are the same.
pub fn both(nl: impl Display, en: impl Display) -> Markup {
    let (nl, en) = (nl.to_string(), en.to_string());
    html! {
        @if nl == en { (nl) } @else { span.nl lang="nl" { (nl) } span.en lang="en" { (en) } }
    }
}

/// What is drawn or written for each language by itself.
pub fn for_each_language(of: impl Fn(Language) -> Markup) -> Markup {
    html! {
        div.nl lang="nl" { (of(Language::Dutch)) }
        div.en lang="en" { (of(Language::English)) }
    }
}

impl Render for Bilingual {
    fn render(&self) -> Markup {
        both(&self.nl, &self.en)
    }
}

impl Render for Words {
    fn render(&self) -> Markup {
        both(self.nl, self.en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(title: &str) -> String {
        let title = Bilingual {
            nl: format!("{title} nl"),
            en: format!("{title} en"),
        };
        let page = Page {
            body: html! { h1 { (title) } },
            title,
            styles: &[],
            scripts: &[],
        };
        page.render(Language::Dutch)
    }

    #[test]
    fn a_text_is_escaped_in_both_languages_and_in_attributes() {
        let page = page("\"><script>alert(1)</script>&");
        assert_eq!(page.matches("<script>").count(), 1, "only the page's own");
        assert!(page.contains("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp; en"));
    }

    #[test]
    fn the_content_policy_names_the_very_style_and_script_of_the_page() {
        let page = page("x");
        let between = |from: &str, to: &str| {
            let rest = &page[page.find(from).unwrap() + from.len()..];
            rest[..rest.find(to).unwrap()].to_owned()
        };
        let policy = between("Content-Security-Policy\" content=\"", "\"");
        assert!(policy.starts_with("default-src 'none';"));
        assert!(!policy.contains("unsafe"));
        for text in [between("<style>", "</style>"), between("<script>", "</script>")] {
            assert!(policy.contains(&hash_of(&text)), "{policy}");
        }
    }

    #[test]
    fn a_text_that_is_the_same_in_both_languages_is_written_once() {
        assert_eq!(both("Gao", "Gao").into_string(), "Gao");
        assert_eq!(
            both("ja", "yes").into_string(),
            "<span class=\"nl\" lang=\"nl\">ja</span><span class=\"en\" lang=\"en\">yes</span>"
        );
    }
}
