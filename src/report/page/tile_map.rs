//! The tile map: a tile for each region, told apart by colour, by pattern and by what is written on it.

use super::{Table, for_each_language};
use crate::gazetteer::{Gazetteer, TileMap};
use crate::language::{Bilingual, Language};
use crate::report::words;
use maud::{Markup, html};
use std::fmt::Write;

/// Width and height of a tile, and the gap between two, in units of the drawing.
const TILE: (u32, u32) = (100, 76);
const GAP: u32 = 6;
/// Patterns and colours that the style has for grades.
const GRADES: usize = 8;

/// How a tile is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shade {
    /// The grade with this place in the declared order: colour and pattern, strong first.
    Grade(usize),
    /// A step from 0 (nothing) to 5 (most), for numbers: one colour, from light to strong.
    Amount(u8),
}

impl Shade {
    fn class(self) -> String {
        match self {
            Self::Grade(place) => format!("grade-{}", place % GRADES),
            Self::Amount(step) => format!("amount-{}", step.min(5)),
        }
    }

    /// The lines over the colour, as the path of a pattern of 12 by 12 units.
    fn pattern(self) -> Option<&'static str> {
        let Self::Grade(place) = self else { return None };
        [
            Some("M0 0L12 12M12 0L0 12"),
            Some("M-3 3L3 -3M0 12L12 0M9 15L15 9"),
            Some("M0 6H12"),
            None,
            Some("M5 6h2"),
            Some("M6 0V12"),
            Some("M0 3H12M0 9H12M3 0V12"),
            Some("M2 2h2M8 8h2"),
        ][place % GRADES]
    }
}

/// What tiles of one colour mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Colour and pattern.
    pub shade: Shade,
    /// What stands on its tiles, and in the legend; empty where each tile has its own text.
    pub mark: String,
    /// What it means.
    pub label: Bilingual,
}

/// What is shown of a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// The place of its category among those of the picture.
    pub category: usize,
    /// What stands on the tile instead of the mark of its category, such as a number.
    pub text: Option<Bilingual>,
    /// Drawn with a heavy edge; [`TilePicture::edge`] says what that means.
    pub has_edge: bool,
}

/// A tile map with what is shown on it.
#[derive(Debug, Clone)]
pub struct TilePicture<'a> {
    /// Its name, unique on the page.
    pub id: &'a str,
    /// What it shows.
    pub title: Bilingual,
    /// Where the tiles stand.
    pub map: &'a TileMap,
    /// The regions.
    pub gazetteer: &'a Gazetteer,
    /// What the colours mean.
    pub categories: &'a [Category],
    /// What is shown of each region, in the order of the regions.
    pub tiles: Vec<Tile>,
    /// What a heavy edge means, where some tile has one.
    pub edge: Option<Bilingual>,
}

impl TilePicture<'_> {
    /// The drawing with its title, once for each language.
    pub fn figure(&self) -> Markup {
        html! {
            figure.map {
                figcaption { (self.title) }
                (for_each_language(|language| self.drawing(language)))
            }
        }
    }

    /// What colours, patterns and the heavy edge mean; one for several maps with the same categories.
    pub fn legend(&self) -> Markup {
        html! {
            ul.legend {
                @for (index, category) in self.categories.iter().enumerate() {
                    li {
                        (swatch(&format!("{}-legend-{index}", self.id), category))
                        span { (category.label) }
                    }
                }
                @if let Some(edge) = &self.edge {
                    li {
                        svg.swatch viewBox="0 0 40 30" aria-hidden="true" focusable="false" {
                            rect.edge x="3" y="3" width="34" height="24" rx="5" {}
                        }
                        span { (edge) }
                    }
                }
            }
        }
    }

    /// The same as a table, for those who cannot see the map.
    pub fn table(&self) -> Markup {
        let rows = self.regions().map(|(name, tile, category)| {
            let own = tile
                .text
                .as_ref()
                .map_or_else(|| html! { (category.mark) }, |text| html! { (text) });
            let label = html! {
                (category.label)
                @if let Some(edge) = self.edge.as_ref().filter(|_| tile.has_edge) { "; " (edge) }
            };
            vec![html! { (name) }, own, label]
        });
        Table {
            id: format!("{}-table", self.id),
            caption: html! { (self.title) },
            head: vec![
                html! { (words::REGION) },
                html! { (words::ON_THE_MAP) },
                html! { (words::MEANING) },
            ],
            rows: rows.collect(),
            has_row_heads: true,
        }
        .render()
    }

    fn regions(&self) -> impl Iterator<Item = (&str, &Tile, &Category)> {
        let names = self.gazetteer.map().regions.iter().map(String::as_str);
        let shown = names.zip(&self.tiles);
        shown.filter_map(|(name, tile)| Some((name, tile, self.categories.get(tile.category)?)))
    }

    fn drawing(&self, language: Language) -> Markup {
        let id = format!("{}-{}", self.id, super::code(language));
        let across = u32::from(self.map.columns()) * (TILE.0 + GAP) + GAP;
        let down = u32::from(self.map.rows()) * (TILE.1 + GAP) + GAP;
        let mut said = String::new();
        for (name, tile, category) in self.regions() {
            let own = tile.text.as_ref().map(|text| format!(" {}", text.text(language)));
            let edge = self.edge.as_ref().filter(|_| tile.has_edge);
            let edge = edge.map(|edge| format!(" ({})", edge.text(language)));
            let _ = write!(
                said,
                "{name}:{} {}{}. ",
                own.unwrap_or_default(),
                category.label.text(language),
                edge.unwrap_or_default()
            );
        }
        html! {
            svg.tiles viewBox={ "0 0 " (across) " " (down) } role="img" focusable="false"
                aria-labelledby={ (id) "-title" } aria-describedby={ (id) "-desc" } {
                title #{ (id) "-title" } { (self.title.text(language)) }
                desc #{ (id) "-desc" } { (said.trim_end()) }
                (patterns(&id, self.categories))
                @for ((name, tile, category), place) in self.regions().zip(self.map.places()) {
                    @let x = u32::from(place.column) * (TILE.0 + GAP) + GAP;
                    @let y = u32::from(place.row) * (TILE.1 + GAP) + GAP;
                    g transform={ "translate(" (x) " " (y) ")" } {
                        (surface(&id, tile.category, category, TILE))
                        @if tile.has_edge {
                            rect.edge width=(TILE.0) height=(TILE.1) rx="7" {}
                        }
                        @match &tile.text {
                            Some(text) => (chip(50, 22, text.text(language))),
                            None => (chip(50, 22, &category.mark)),
                        }
                        rect.plate x="4" y="43" width=(TILE.0 - 8) height="28" rx="4" {}
                        text.region x="50" y="63" font-size=(name_size(name)) { (name) }
                    }
                }
            }
        }
    }
}

/// The patterns of a drawing, by the places of the categories.
fn patterns(id: &str, categories: &[Category]) -> Markup {
    html! {
        defs {
            @for (index, category) in categories.iter().enumerate() {
                @if let Some(path) = category.shade.pattern() {
                    pattern #{ (id) "-pattern-" (index) } width="12" height="12" patternUnits="userSpaceOnUse" {
                        path.{ "line-" (category.shade.class()) } d=(path) {}
                    }
                }
            }
        }
    }
}

/// Colour and pattern of a tile.
fn surface(id: &str, index: usize, category: &Category, (width, height): (u32, u32)) -> Markup {
    html! {
        rect.tile.(category.shade.class()) width=(width) height=(height) rx="7" {}
        @if category.shade.pattern().is_some() {
            rect width=(width) height=(height) rx="7" fill={ "url(#" (id) "-pattern-" (index) ")" } {}
        }
    }
}

/// A text on a plain ground, so that it can be read on any pattern.
fn chip(x: u32, y: u32, text: &str) -> Markup {
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    if length == 0 {
        return html! {};
    }
    // Room for a bold digit or capital at this size; a long text gets smaller letters.
    let size = if length <= 7 { 20 } else { 15 };
    let width = (length.min(10) * size * 3 / 5 + 14).clamp(30, TILE.0 - 6);
    html! {
        rect.chip x=(x.saturating_sub(width / 2)) y=(y - 15) width=(width) height="30" rx="10" {}
        text.mark x=(x) y=(y + size * 7 / 20) font-size=(size) { (text) }
    }
}

/// The size at which a name fits its tile.
fn name_size(name: &str) -> u32 {
    let length = u32::try_from(name.chars().count()).unwrap_or(u32::MAX).max(1);
    (150 / length).clamp(8, 17)
}

fn swatch(id: &str, category: &Category) -> Markup {
    let only = std::slice::from_ref(category);
    html! {
        svg.swatch viewBox="0 0 40 30" aria-hidden="true" focusable="false" {
            (patterns(id, only))
            (surface(id, 0, category, (40, 30)))
            @if !category.mark.is_empty() {
                rect.chip x="9" y="4" width="22" height="22" rx="7" {}
                text.mark x="20" y="20.5" font-size="16" { (category.mark) }
            }
        }
    }
}

/// The mark of a category by its place: `A`, `B`, …, and numbers after `Z`.
pub fn mark(place: usize) -> String {
    u8::try_from(place)
        .ok()
        .filter(|place| *place < 26)
        .map_or_else(|| place.to_string(), |place| char::from(b'A' + place).to_string())
}
