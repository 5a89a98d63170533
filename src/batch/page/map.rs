//! The map before and after, with the number of cases of each region.

use super::{Shown, bilingual, number_head, words};
use crate::batch::deciding::Deciding;
use crate::diagnostic::Diagnostic;
use crate::evaluate::{CaseValues, CompiledPolicy};
use crate::facts::{FactId, FactValue, FactValues, PickedBy};
use crate::language::{Bilingual, Language, Words};
use crate::policy::PolicyVersion;
use crate::report::page::{Category, Shade, Table, Tile, TilePicture, number, number_text};
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What the policy says of a region.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    Value(String),
    /// The versions that were used say different things.
    Several,
    /// A version that was used is not at hand.
    Missing,
}

/// One side: before, or now.
struct Side {
    id: &'static str,
    title: Words,
    /// Cases by region; under the empty name those whose region is not known. None where regions are not on record.
    cases: Option<BTreeMap<String, u64>>,
    /// In the order of the regions.
    said: Vec<Said>,
}

impl Side {
    fn cases(&self, region: &str) -> Option<u64> {
        let cases = self.cases.as_ref()?;
        Some(cases.get(region).copied().unwrap_or_default())
    }

    /// The cases of a region in a table.
    fn cell(&self, region: &str) -> Markup {
        match self.cases(region) {
            Some(cases) => number(cases.into()),
            None => html! { span.quiet { "–" } },
        }
    }
}

/// The maps with their legend, and a table; where no question depends on the region alone, or the rules have no tile
/// map, the table alone.
///
/// # Errors
/// The tile map has a fault.
pub(super) fn section(shown: &Shown<'_>) -> Result<Markup, Vec<Diagnostic>> {
    let conclusion = conclusion_of_region(shown);
    let sides = sides(shown, conclusion);
    let country = shown
        .versions
        .now
        .first()
        .map(|(version, _)| &version.policy().id);
    let gazetteer = shown.batch.rules.gazetteer();
    let map = match (conclusion, country) {
        (Some(_), Some(id)) => PolicyVersion::tile_map(shown.batch.rules.tree(), &id.country, gazetteer)?,
        _ => None,
    };
    let Some((map, conclusion)) = map.as_ref().zip(conclusion) else {
        return Ok(html! { (regions_on_record(&sides)) (table(shown, None, &sides)) });
    };
    let kinds = kinds(shown, conclusion, &sides);
    let categories: Vec<Category> = kinds
        .iter()
        .map(|said| category(shown, conclusion, said))
        .collect();
    let pictures: Vec<TilePicture<'_>> = sides
        .iter()
        .map(|side| {
            let tiles = gazetteer.map().regions.iter().zip(&side.said).zip(&sides[0].said);
            let tiles = tiles.map(|((region, said), before)| Tile {
                category: kinds.iter().position(|kind| kind == said).unwrap_or_default(),
                text: side.cases(region).map(written),
                has_edge: said != before,
            });
            let tiles: Vec<Tile> = tiles.collect();
            TilePicture {
                id: side.id,
                title: bilingual(side.title),
                map,
                gazetteer,
                categories: &categories,
                edge: tiles
                    .iter()
                    .any(|tile| tile.has_edge)
                    .then(|| bilingual(words::REGION_CHANGED)),
                tiles,
            }
        })
        .collect();
    Ok(html! {
        @if let Some(question) = shown.versions.question(conclusion) {
            p { code { (conclusion) } " " (question) }
        }
        p { (words::MAP_TEXT) }
        (regions_on_record(&sides))
        div.maps { @for picture in &pictures { (picture.figure()) } }
        @if let Some(last) = pictures.last() { (last.legend()) }
        (table(shown, Some(conclusion), &sides))
    })
}

/// Says it where the earlier results do not hold regions.
fn regions_on_record(sides: &[Side]) -> Markup {
    html! {
        @if sides.iter().any(|side| side.cases.is_none()) { p.notice { (words::NO_EARLIER_REGIONS) } }
    }
}

fn written(number: u64) -> Bilingual {
    Bilingual {
        nl: number_text(number.into(), Language::Dutch),
        en: number_text(number.into(), Language::English),
    }
}

/// The first conclusion that the region alone determines, and not for every region in the same way.
fn conclusion_of_region<'s>(shown: &Shown<'s>) -> Option<&'s str> {
    let mut names = shown.summary.conclusions.iter();
    let found = names.find(|name| {
        let mut versions = shown.versions.now.iter();
        let is_of_region = |(version, _): &(Arc<CompiledPolicy>, u64)| {
            let values = of_regions(shown, version, name);
            values.is_some_and(|values| values.iter().collect::<BTreeSet<_>>().len() > 1)
        };
        !shown.versions.now.is_empty() && versions.all(is_of_region)
    });
    found.map(String::as_str)
}

/// What a version says of each region where nothing but the region is known; `None` where that does not determine it.
fn of_regions(shown: &Shown<'_>, version: &Arc<CompiledPolicy>, conclusion: &str) -> Option<Vec<String>> {
    let batch = shown.batch;
    let place = batch.conclusions.iter().position(|name| name == conclusion)?;
    let gazetteer = batch.rules.gazetteer();
    let mut deciding = Deciding::new(version, batch);
    let values = gazetteer.map().regions.iter().map(|region| {
        let mut facts = FactValues::default();
        facts[FactId::Region as usize] = Some(FactValue::Place(gazetteer.find(region)?));
        let values = CaseValues {
            facts,
            decision_date: None,
            picked_by: PickedBy::Newest,
        };
        deciding.decide(&values, &batch.names).ok()?;
        batch.names.text(*deciding.values().get(place)?)
    });
    values.collect()
}

fn sides(shown: &Shown<'_>, conclusion: Option<&str>) -> Vec<Side> {
    let tally = shown.summary.tally;
    let versions = &shown.versions;
    let mut sides = Vec::new();
    if shown.summary.against.is_some() {
        let earlier = versions.pairs.iter();
        let earlier = earlier.map(|pair| versions.at(&pair.compared.fingerprint));
        sides.push(Side {
            id: "map-before",
            title: words::MAP_BEFORE,
            cases: shown.earlier_facts().then(|| tally.earlier_regions.clone()),
            said: said(shown, conclusion, &earlier.collect::<Vec<_>>()),
        });
    }
    let now = versions.now.iter().map(|(version, _)| Some(version));
    sides.push(Side {
        id: "map-now",
        title: words::MAP_NOW,
        cases: Some(cases_now(shown)),
        said: said(shown, conclusion, &now.collect::<Vec<_>>()),
    });
    sides
}

/// What versions together say of each region.
fn said(shown: &Shown<'_>, conclusion: Option<&str>, versions: &[Option<&Arc<CompiledPolicy>>]) -> Vec<Said> {
    let regions = shown.batch.rules.gazetteer().map().regions.len();
    let of = |version: &Option<&Arc<CompiledPolicy>>| of_regions(shown, (*version)?, conclusion?);
    let by_version: Option<Vec<Vec<String>>> = versions.iter().map(of).collect();
    let Some(by_version) = by_version.filter(|versions| !versions.is_empty()) else {
        return vec![Said::Missing; regions];
    };
    let of_region = |region: usize| {
        let values: BTreeSet<&String> = by_version.iter().map(|values| &values[region]).collect();
        match values.first().filter(|_| values.len() == 1) {
            Some(value) => Said::Value((*value).clone()),
            None => Said::Several,
        }
    };
    (0..regions).map(of_region).collect()
}

/// Every case counts once for each conclusion, so one of them tells the regions.
fn cases_now(shown: &Shown<'_>) -> BTreeMap<String, u64> {
    let mut cases = BTreeMap::new();
    if let Some(conclusion) = shown.summary.conclusions.first() {
        for (flow, count) in shown.summary.flows(conclusion) {
            *cases.entry(flow.region.clone().unwrap_or_default()).or_default() += count;
        }
    }
    cases
}

/// What is said of any region, in the declared order.
fn kinds(shown: &Shown<'_>, conclusion: &str, sides: &[Side]) -> Vec<Said> {
    let values = shown.versions.values(conclusion).into_iter();
    let mut kinds: Vec<Said> = values.map(|value| Said::Value(value.to_owned())).collect();
    kinds.extend([Said::Several, Said::Missing]);
    kinds.retain(|kind| sides.iter().any(|side| side.said.contains(kind)));
    kinds
}

fn category(shown: &Shown<'_>, conclusion: &str, said: &Said) -> Category {
    let values = shown.versions.values(conclusion);
    let (shade, label) = match said {
        Said::Value(value) => (
            Shade::Grade(values.iter().position(|one| one == value).unwrap_or_default()),
            shown.value(conclusion, Some(value)),
        ),
        // A pattern of its own: no policy so far has so many values.
        Said::Several => (Shade::Grade(6), bilingual(words::SEVERAL)),
        Said::Missing => (Shade::Amount(0), bilingual(words::RULES_MISSING)),
    };
    Category {
        shade,
        mark: String::new(),
        label,
    }
}

/// Regions with what is said of them and their cases, before and now.
fn table(shown: &Shown<'_>, conclusion: Option<&str>, sides: &[Side]) -> Markup {
    let regions = &shown.batch.rules.gazetteer().map().regions;
    let is_compared = sides.len() > 1;
    let mut head = vec![html! { (words::REGION) }];
    for side in sides {
        if conclusion.is_some() {
            head.push(html! { (side.title) });
        }
        let is_before = is_compared && side.id == sides[0].id;
        let cases = if is_before {
            words::CASES_BEFORE
        } else {
            words::CASES_NOW
        };
        head.push(number_head(cases));
    }
    let named = regions.iter().enumerate().map(|(index, region)| {
        let mut row = vec![html! { (region) }];
        for side in sides {
            if let Some(conclusion) = conclusion {
                row.push(html! { (category(shown, conclusion, &side.said[index]).label) });
            }
            row.push(side.cell(region));
        }
        row
    });
    let mut rows: Vec<Vec<Markup>> = named.collect();
    if sides
        .iter()
        .any(|side| side.cases("").is_some_and(|cases| cases > 0))
    {
        let mut row = vec![html! { (words::REGION_NOT_KNOWN) }];
        for side in sides {
            if conclusion.is_some() {
                row.push(html! { span.quiet { "–" } });
            }
            row.push(side.cell(""));
        }
        rows.push(row);
    }
    Table {
        id: "regions".to_owned(),
        caption: html! { (words::MAP_TABLE) },
        head,
        rows,
        has_row_heads: true,
    }
    .render()
}
