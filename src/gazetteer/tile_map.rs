//! Where the tile of each region stands on the map that pages draw.

use super::Gazetteer;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::source::Source;
use crate::yaml::{self, Node};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use std::sync::Arc;

/// A map may have this many columns and rows; with more, no tile can be read on a page.
const MOST: u16 = 20;

/// The place of a tile, counted from 0 at the top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePlace {
    /// The column, from the left.
    pub column: u16,
    /// The row, from the top.
    pub row: u16,
}

/// The tiles of the regions of the source's map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileMap {
    /// In the order of the regions.
    places: Vec<TilePlace>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TileMapFile {
    tiles: Vec<TileEntry>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TileEntry {
    region: String,
    #[schemars(range(min = 1, max = 20))]
    column: i64,
    #[schemars(range(min = 1, max = 20))]
    row: i64,
}

/// The JSON Schema of `map.yaml`, as far as its types say.
pub fn tile_map_file_schema() -> Schema {
    schema_for!(TileMapFile)
}

/// Faults that are said: each has its place, which takes time to find.
const MOST_FAULTS: usize = 50;

impl TileMap {
    /// Reads the tiles of the regions of a gazetteer.
    ///
    /// # Errors
    /// Every fault of the file: its form, a region that is unknown, has no tile or two, two tiles on one place, a place
    /// outside the map.
    pub fn read(source: &Arc<Source>, gazetteer: &Gazetteer) -> Result<Self, Vec<Diagnostic>> {
        let file: TileMapFile = yaml::rules_file(source).map_err(|fault| vec![fault])?;
        let regions = &gazetteer.map().regions;
        let faults = Faults::of(source);
        let mut found = Vec::new();
        let mut places: Vec<Option<TilePlace>> = vec![None; regions.len()];
        for (index, tile) in file.tiles.iter().enumerate() {
            if found.len() >= MOST_FAULTS {
                return Err(found);
            }
            let Some(region) = regions.iter().position(|region| *region == tile.region) else {
                let message = format!("the map has no region `{}`", tile.region);
                let fault = Diagnostic::error("unknown-region", message)
                    .maybe_help(did_you_mean(&tile.region, regions.iter().map(String::as_str)))
                    .help(format!("the regions are {}", regions.join(", ")));
                found.push(faults.at(index, "region", fault));
                continue;
            };
            let (column, row) = (within(tile.column), within(tile.row));
            for (key, number, is_within) in [
                ("column", tile.column, column.is_some()),
                ("row", tile.row, row.is_some()),
            ] {
                if !is_within {
                    let message = format!("the {key} {number} lies outside the map");
                    let fault = Diagnostic::error("tile-outside-map", message);
                    found.push(faults.at(index, key, fault.help(format!("count from 1 to {MOST}"))));
                }
            }
            let (Some(column), Some(row)) = (column, row) else {
                continue;
            };
            let place = TilePlace { column, row };
            if places[region].is_some() {
                let message = format!("the region `{}` has two tiles", tile.region);
                let fault = Diagnostic::error("duplicate-tile", message);
                found.push(faults.at(index, "region", fault.help("keep one of them")));
                continue;
            }
            if let Some(other) = places.iter().position(|other| *other == Some(place)) {
                let message = format!(
                    "the tiles of `{}` and `{}` stand on one place, column {} and row {}",
                    regions[other], tile.region, tile.column, tile.row
                );
                let fault = Diagnostic::error("tile-taken", message);
                found.push(faults.at(index, "column", fault.help("give each its own column and row")));
            }
            places[region] = Some(place);
        }
        let is_named = |region: &&String| file.tiles.iter().any(|tile| tile.region == **region);
        let without = regions.iter().filter(|region| !is_named(region));
        for region in without.take(MOST_FAULTS) {
            let fault = Diagnostic::error(
                "region-without-tile",
                format!("the region `{region}` has no tile"),
            );
            let help = format!("add `{{region: {region}, column: …, row: …}}`");
            found.push(faults.at_tiles(fault.help(help)));
        }
        if found.is_empty() {
            Ok(Self {
                places: places.into_iter().flatten().collect(),
            })
        } else {
            Err(found)
        }
    }

    /// The place of the tile of each region, in the order of the regions.
    pub fn places(&self) -> &[TilePlace] {
        &self.places
    }

    /// How many columns the tiles take.
    pub fn columns(&self) -> u16 {
        self.places
            .iter()
            .map(|place| place.column + 1)
            .max()
            .unwrap_or(0)
    }

    /// How many rows the tiles take.
    pub fn rows(&self) -> u16 {
        self.places.iter().map(|place| place.row + 1).max().unwrap_or(0)
    }
}

/// A number of the file as a place counted from 0.
fn within(number: i64) -> Option<u16> {
    let place = u16::try_from(number).ok()?.checked_sub(1)?;
    (place < MOST).then_some(place)
}

/// Puts faults at their places in the file.
struct Faults<'a> {
    source: &'a Arc<Source>,
    outline: Option<Node>,
}

impl<'a> Faults<'a> {
    fn of(source: &'a Arc<Source>) -> Self {
        Self {
            source,
            outline: yaml::outline(source).ok().flatten(),
        }
    }

    fn tiles(&self) -> Option<&Node> {
        self.outline.as_ref()?.get("tiles")
    }

    /// At the value of a key of a tile.
    fn at(&self, tile: usize, key: &str, fault: Diagnostic) -> Diagnostic {
        let tile = self.tiles().and_then(|tiles| tiles.items().get(tile));
        let node = tile.and_then(|tile| tile.get(key).or(Some(tile)));
        let span = node.map_or(0..0, |node| node.span.clone());
        fault.at(self.source, span, "here")
    }

    /// At the key of the list of tiles.
    fn at_tiles(&self, fault: Diagnostic) -> Diagnostic {
        let entries = self.outline.as_ref().map_or(&[][..], Node::entries);
        let key = entries.iter().find(|entry| entry.key.text() == Some("tiles"));
        let span = key.map_or(0..0, |entry| entry.key.span.clone());
        fault.at(self.source, span, "in this list")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &str = include_str!("../../rules/mali/map.yaml");

    fn mali() -> Gazetteer {
        let text = include_str!("../../rules/mali/regions.yaml");
        Gazetteer::read(&Source::new("regions.yaml", text)).unwrap()
    }

    fn place(map: &TileMap, region: &str) -> TilePlace {
        let gazetteer = mali();
        let regions = &gazetteer.map().regions;
        map.places()[regions.iter().position(|name| name == region).unwrap()]
    }

    #[test]
    fn the_tiles_of_mali_stand_as_the_regions_lie() {
        let map = TileMap::read(&Source::new("map.yaml", MAP), &mali()).unwrap();
        assert_eq!(
            (map.places().len(), map.columns(), map.rows()),
            (mali().map().regions.len(), 5, 5)
        );
        let at = |region| place(&map, region);
        for (north, south) in [
            ("Taoudénit", "Tombouctou"),
            ("Tombouctou", "Mopti"),
            ("Kidal", "Gao"),
            ("Mopti", "Ségou"),
            ("Koulikoro", "Bamako"),
            ("Ségou", "Sikasso"),
        ] {
            assert!(at(north).row < at(south).row, "{north} lies north of {south}");
        }
        for (west, east) in [
            ("Kayes", "Koulikoro"),
            ("Koulikoro", "Ségou"),
            ("Bamako", "Sikasso"),
            ("Mopti", "Gao"),
            ("Gao", "Ménaka"),
            ("Tombouctou", "Kidal"),
        ] {
            assert!(at(west).column < at(east).column, "{west} lies west of {east}");
        }
    }

    #[test]
    fn each_fault_of_a_map_is_found_at_its_place() {
        for (from, to, code, line, column) in [
            ("region: Gao", "region: Goa", "unknown-region", 11, 14),
            (
                "- {region: Gao, column: 4, row: 3}",
                "",
                "region-without-tile",
                6,
                1,
            ),
            (
                "Gao, column: 4, row: 3",
                "Gao, column: 4, row: 2",
                "tile-taken",
                11,
                27,
            ),
            ("Gao, column: 4", "Gao, column: 0", "tile-outside-map", 11, 27),
            (
                "row: 5}\n  - {region: S",
                "row: 21}\n  - {region: S",
                "tile-outside-map",
                16,
                38,
            ),
            (
                "region: Sikasso, column: 3, row: 5}",
                "region: Sikasso, column: 3, row: 5}\n  - {region: Gao, column: 9, row: 9}",
                "duplicate-tile",
                18,
                14,
            ),
            ("row: 1}", "row: one}", "invalid-yaml", 7, 41),
        ] {
            assert_eq!(MAP.matches(from).count(), 1, "{from}");
            let source = Source::new("map.yaml", MAP.replace(from, to));
            let faults = TileMap::read(&source, &mali()).unwrap_err();
            let found: Vec<_> = faults
                .iter()
                .map(|fault| (fault.code, fault.place().unwrap().1))
                .map(|(code, at)| (code, at.line, at.column))
                .collect();
            assert!(found.contains(&(code, line, column)), "{to}: {found:?}");
        }
    }
}
