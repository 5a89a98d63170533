//! The places that a case file may name, and the region of the source's map in which each lies.

mod file;
mod tile_map;

pub use file::file_schema;
pub use tile_map::{TileMap, TilePlace, tile_map_file_schema};

use crate::language::{Bilingual, folded};
use rustc_hash::FxHashMap;
use std::collections::HashMap;

/// A place of a [`Gazetteer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlaceIndex(u32);

impl PlaceIndex {
    /// Its place in the order of [`Gazetteer::places`].
    pub fn number(self) -> u32 {
        self.0
    }
}

/// A place: a whole region, a cercle, or a place in one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its usual name.
    pub name: String,
    /// The region of the source's map, as its place among [`Gazetteer::region_name`].
    pub region: u32,
    /// The cercle, as its place among [`Gazetteer::cercle_name`]; `None` for a whole region.
    pub cercle: Option<u32>,
    /// The region of the later map, as its place among [`Gazetteer::later_region_name`].
    pub later_region: u32,
    /// A region whose name may have been used for this place.
    pub also_meant_by: Option<u32>,
}

/// Stands for "no cercle" among the answers about cercles.
const NO_CERCLE: u32 = u32::MAX - 1;

impl Place {
    /// The cercle, or a number that no cercle has.
    pub fn cercle_or_none(&self) -> u32 {
        self.cercle.unwrap_or(NO_CERCLE)
    }
}

/// A map that a gazetteer knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Map {
    /// The year from which it is.
    pub year: u16,
    /// Its name for readers.
    pub title: Option<Bilingual>,
    /// Its regions.
    pub regions: Vec<String>,
}

/// All names of places that a country's case files may use.
#[derive(Debug, Clone, Default)]
pub struct Gazetteer {
    map: Map,
    later_map: Map,
    cercles: Vec<String>,
    places: Vec<Place>,
    names: Vec<String>,
    /// The names as they are written in the gazetteer, which most cases use.
    by_name: FxHashMap<String, PlaceIndex>,
    by_folded_name: HashMap<String, PlaceIndex>,
}

/// One reading of a name: a map, and the region in which that map puts the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading<'a> {
    /// The map.
    pub map: &'a Map,
    /// The region on it.
    pub region: &'a str,
}

impl Gazetteer {
    /// The place that a name means, compared without accents and case, never approximately.
    pub fn find(&self, name: &str) -> Option<PlaceIndex> {
        let found = self.by_name.get(name);
        found.or_else(|| self.by_folded_name.get(&folded(name))).copied()
    }

    /// The place at an index that this gazetteer gave.
    pub fn place(&self, index: PlaceIndex) -> &Place {
        &self.places[index.0 as usize]
    }

    /// Every place.
    pub fn places(&self) -> impl ExactSizeIterator<Item = PlaceIndex> + use<> {
        (0..self.places.len()).map(|index| PlaceIndex(index as u32))
    }

    /// Whether both gazetteers have the same maps, cercles and places, so that facts mean the same under both. Spellings
    /// may differ.
    pub fn has_same_places(&self, other: &Self) -> bool {
        self.map.regions == other.map.regions
            && self.later_map.regions == other.later_map.regions
            && self.cercles == other.cercles
            && self.places == other.places
    }

    /// Every name that a case file may use, for did-you-mean and for the reference.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The map of the source, whose regions are the values of the fact `region`.
    pub fn map(&self) -> &Map {
        &self.map
    }

    /// The later map.
    pub fn later_map(&self) -> &Map {
        &self.later_map
    }

    /// The cercles.
    pub fn cercles(&self) -> impl Iterator<Item = &str> {
        self.cercles.iter().map(String::as_str)
    }

    /// The name of a region of the source's map.
    pub fn region_name(&self, index: usize) -> Option<&str> {
        self.map.regions.get(index).map(String::as_str)
    }

    /// The name of a region of the later map.
    pub fn later_region_name(&self, index: usize) -> Option<&str> {
        self.later_map.regions.get(index).map(String::as_str)
    }

    /// The name of a cercle.
    pub fn cercle_name(&self, index: usize) -> Option<&str> {
        self.cercles.get(index).map(String::as_str)
    }

    /// The readings of a place: the region on the source's map, that on the later map where it is another, and the
    /// region whose name may have been used for it. One reading means that the name is not ambiguous.
    pub fn readings(&self, index: PlaceIndex) -> Vec<Reading<'_>> {
        let place = self.place(index);
        let now = self.region_name(place.region as usize);
        let later = self.later_region_name(place.later_region as usize);
        let meant = place
            .also_meant_by
            .and_then(|region| self.region_name(region as usize));
        [
            (&self.map, now),
            (&self.later_map, later.filter(|later| Some(*later) != now)),
            (&self.map, meant),
        ]
        .into_iter()
        .filter_map(|(map, region)| Some(Reading { map, region: region? }))
        .collect()
    }
}
