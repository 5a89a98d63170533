//! The regions by what the rules say of each, on a map and in a table.

use super::{Earlier, PolicyPage};
use crate::language::{Bilingual, Words};
use crate::overview::{ByRegion, OfRegion};
use crate::policy::{ConclusionDeclaration, PolicyVersion};
use crate::report::page::{Category, Shade, Table, Tile, TilePicture, mark};
use crate::report::table_page::{citations, value};
use crate::report::words;
use crate::script::Asked;
use maud::{Markup, html};

/// The values of a question as categories of a map.
struct Scale {
    words: Vec<String>,
    categories: Vec<Category>,
}

impl Scale {
    /// The values of a question in their order; after them those that only the earlier version has.
    fn of(now: &ConclusionDeclaration, before: Option<&ConclusionDeclaration>) -> Self {
        let mut scale = Self {
            words: Vec::new(),
            categories: Vec::new(),
        };
        for value in [Some(now), before]
            .into_iter()
            .flatten()
            .flat_map(|one| &one.values)
        {
            if !scale.words.contains(&value.value) {
                let place = scale.words.len();
                scale.words.push(value.value.clone());
                scale.categories.push(Category {
                    shade: Shade::Grade(place),
                    mark: mark(place),
                    label: value.label.clone(),
                });
            }
        }
        scale
    }

    /// The category of each region under a version whose question this is.
    fn places(&self, conclusion: &ConclusionDeclaration, by_region: &ByRegion) -> Vec<usize> {
        let place = |of: &OfRegion| {
            let word = &conclusion.values[of.value].value;
            self.words.iter().position(|one| one == word).unwrap_or_default()
        };
        by_region.regions.iter().map(place).collect()
    }

    fn picture<'a>(
        &'a self,
        page: &PolicyPage<'a>,
        id: &'a str,
        title: Bilingual,
        tiles: impl Iterator<Item = (usize, bool)>,
    ) -> Option<TilePicture<'a>> {
        let tiles = tiles.map(|(category, has_edge)| Tile {
            category,
            text: None,
            has_edge,
        });
        let tiles: Vec<Tile> = tiles.collect();
        let edge = tiles.iter().any(|tile| tile.has_edge).then(|| Bilingual {
            nl: words::CHANGED_REGION.nl.to_owned(),
            en: words::CHANGED_REGION.en.to_owned(),
        });
        Some(TilePicture {
            id,
            title,
            map: page.map?,
            gazetteer: &page.policy.gazetteer,
            categories: &self.categories,
            tiles,
            edge,
        })
    }

    fn mark(&self, place: usize) -> &str {
        &self.categories[place].mark
    }
}

fn title(when: Words, policy: &PolicyVersion) -> Bilingual {
    Bilingual {
        nl: format!("{}: {}", when.nl, policy.id),
        en: format!("{}: {}", when.en, policy.id),
    }
}

/// A map and a table for each question that depends on the region alone.
pub(super) fn regions(page: &PolicyPage<'_>) -> Markup {
    html! { @for by_region in &page.overview.by_region { (of_one_question(page, by_region)) } }
}

fn of_one_question(page: &PolicyPage<'_>, by_region: &ByRegion) -> Markup {
    let policy = page.policy;
    let conclusion = &policy.conclusions[by_region.conclusion];
    let scale = Scale::of(conclusion, None);
    let places = scale.places(conclusion, by_region);
    let id = format!("map-{}", conclusion.name);
    let tiles = places.iter().map(|place| (*place, false));
    let names = policy.gazetteer.map().regions.iter();
    let rows = names
        .zip(&by_region.regions)
        .zip(&places)
        .map(|((name, of), place)| {
            vec![
                html! { (name) },
                html! { (scale.mark(*place)) },
                value(policy, Asked::Conclusion(by_region.conclusion), of.value),
                citations(policy, of.cites.iter().copied(), true),
            ]
        });
    html! {
        @match scale.picture(page, &id, conclusion.question.clone(), tiles) {
            Some(picture) => {
                div.map-and-legend { (picture.figure()) (picture.legend()) }
                p.quiet { (words::TILE_MAP_NOTE) }
            }
            None => { p { (words::NO_TILE_MAP) } }
        }
        (Table {
            id: format!("regions-{}", conclusion.name),
            caption: html! { (words::EACH_REGION) },
            head: vec![
                html! { (words::REGION) },
                html! { (words::ON_THE_MAP) },
                html! { code { (conclusion.name) } },
                html! { (words::CITATIONS) },
            ],
            rows: rows.collect(),
            has_row_heads: true,
        }.render())
    }
}

/// Two maps side by side and one table, for each question that depends on the region alone under both versions.
pub(super) fn before_and_after(page: &PolicyPage<'_>, earlier: &Earlier<'_>) -> Markup {
    let pairs = page.overview.by_region.iter().filter_map(|now| {
        let name = &page.policy.conclusions[now.conclusion].name;
        let of_name = |one: &&ByRegion| earlier.policy.conclusions[one.conclusion].name == *name;
        Some((earlier.overview.by_region.iter().find(of_name)?, now))
    });
    html! { @for (before, now) in pairs { (pair(page, earlier, before, now)) } }
}

fn pair(page: &PolicyPage<'_>, earlier: &Earlier<'_>, before: &ByRegion, now: &ByRegion) -> Markup {
    let old = &earlier.policy.conclusions[before.conclusion];
    let new = &page.policy.conclusions[now.conclusion];
    let scale = Scale::of(new, Some(old));
    let (before, now) = (scale.places(old, before), scale.places(new, now));
    let ids = [format!("before-{}", new.name), format!("after-{}", new.name)];
    let titles = [
        title(words::BEFORE, earlier.policy),
        title(words::NOW, page.policy),
    ];
    let [title_before, title_after] = titles;
    let tiles_before = before.iter().map(|place| (*place, false));
    let pairs = || before.iter().zip(&now);
    let tiles_after = pairs().map(|(before, now)| (*now, before != now));
    let pictures = [
        scale.picture(page, &ids[0], title_before, tiles_before),
        scale.picture(page, &ids[1], title_after, tiles_after),
    ];
    let of = |place: usize| html! { (scale.mark(place)) ": " (scale.categories[place].label) };
    let rows = page.policy.gazetteer.map().regions.iter().zip(pairs());
    let rows = rows.map(|(name, (before, now))| {
        let change = html! {
            @if before == now { span.quiet { (words::SAME) } } @else { strong { (words::CHANGED) } }
        };
        vec![html! { (name) }, of(*before), of(*now), change]
    });
    html! {
        h3 { (new.question) }
        @if let [Some(before), Some(after)] = &pictures {
            div.maps { (before.figure()) (after.figure()) }
            (after.legend())
        }
        (Table {
            id: format!("change-of-{}", new.name),
            caption: html! { (words::EACH_REGION_BEFORE_AND_NOW) },
            head: vec![
                html! { (words::REGION) },
                html! { code { (earlier.policy.id) } },
                html! { code { (page.policy.id) } },
                html! { (words::CHANGE) },
            ],
            rows: rows.collect(),
            has_row_heads: true,
        }.render())
    }
}
