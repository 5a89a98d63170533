//! Reading a gazetteer from its YAML file.

use super::{Gazetteer, Map, Place, PlaceIndex};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::language::{Bilingual, folded};
use crate::source::Source;
use crate::yaml;
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use std::sync::Arc;

/// Faults that are said: each has its place, which takes time to find.
const MOST_FAULTS: usize = 50;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GazetteerFile {
    #[expect(dead_code, reason = "for the reader of the file")]
    country: String,
    map: MapEntry,
    later_map: MapEntry,
    regions: Vec<RegionEntry>,
    regions_2023: Vec<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MapEntry {
    year: u16,
    title: Bilingual,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RegionEntry {
    name: String,
    iso: String,
    #[serde(default)]
    variants: Vec<String>,
    also_meant_by: Option<String>,
    #[serde(default)]
    cercles: Vec<PlaceEntry>,
    #[serde(default)]
    places: Vec<PlaceEntry>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PlaceEntry {
    name: String,
    #[serde(default)]
    variants: Vec<String>,
    region_2023: Option<String>,
    #[serde(default)]
    places: Vec<PlaceEntry>,
}

/// The JSON Schema of `regions.yaml`, as far as its types say.
pub fn file_schema() -> Schema {
    schema_for!(GazetteerFile)
}

impl Gazetteer {
    /// Reads a gazetteer.
    ///
    /// # Errors
    /// Every fault of the file: its form, a name that means two places, a region that no map has.
    pub fn read(source: &Arc<Source>) -> Result<Self, Vec<Diagnostic>> {
        let file: GazetteerFile = yaml::rules_file(source).map_err(|fault| vec![fault])?;
        let mut builder = Builder {
            source,
            gazetteer: Self {
                map: Map {
                    year: file.map.year,
                    title: Some(file.map.title),
                    regions: file.regions.iter().map(|region| region.name.clone()).collect(),
                },
                later_map: Map {
                    year: file.later_map.year,
                    title: Some(file.later_map.title),
                    regions: file.regions_2023,
                },
                ..Self::default()
            },
            outline: None,
            faults: Vec::new(),
        };
        // Regions first: a name that a region and a cercle share means the region as a whole.
        for (index, region) in (0..).zip(&file.regions) {
            builder.add_region(index, region);
        }
        for (index, region) in (0..).zip(&file.regions) {
            builder.add_places(index, None, &region.places);
            for cercle in &region.cercles {
                let cercle_index = builder.gazetteer.cercles.len() as u32;
                builder.gazetteer.cercles.push(cercle.name.clone());
                builder.add_places(index, Some(cercle_index), std::slice::from_ref(cercle));
                builder.add_places(index, Some(cercle_index), &cercle.places);
            }
        }
        if builder.faults.is_empty() {
            Ok(builder.gazetteer)
        } else {
            Err(builder.faults)
        }
    }
}

struct Builder<'a> {
    source: &'a Arc<Source>,
    gazetteer: Gazetteer,
    /// Where things stand, made at the first fault.
    outline: Option<yaml::Node>,
    faults: Vec<Diagnostic>,
}

impl Builder<'_> {
    fn add_region(&mut self, region: u32, entry: &RegionEntry) {
        let also_meant_by = entry
            .also_meant_by
            .as_deref()
            .and_then(|name| self.region_of(name, |gazetteer| &gazetteer.map));
        let place = Place {
            name: entry.name.clone(),
            region,
            cercle: None,
            later_region: self.later_region(region, None),
            also_meant_by,
        };
        self.add(
            place,
            [&entry.name, &entry.iso].into_iter().chain(&entry.variants),
        );
    }

    fn add_places(&mut self, region: u32, cercle: Option<u32>, entries: &[PlaceEntry]) {
        for entry in entries {
            let place = Place {
                name: entry.name.clone(),
                region,
                cercle,
                later_region: self.later_region(region, entry.region_2023.as_deref()),
                also_meant_by: None,
            };
            self.add(place, [&entry.name].into_iter().chain(&entry.variants));
        }
    }

    /// The region of the later map: the one that is named, else the one with the same name.
    fn later_region(&mut self, region: u32, named: Option<&str>) -> u32 {
        let own = || self.gazetteer.map.regions[region as usize].clone();
        let name = named.map_or_else(own, str::to_owned);
        self.region_of(&name, |gazetteer| &gazetteer.later_map)
            .unwrap_or_default()
    }

    fn region_of(&mut self, name: &str, map: impl Fn(&Gazetteer) -> &Map) -> Option<u32> {
        let regions = &map(&self.gazetteer).regions;
        let found = regions.iter().position(|region| region == name);
        if found.is_none() && self.faults.len() < MOST_FAULTS {
            let fault = Diagnostic::error("unknown-region", format!("the map has no region `{name}`"))
                .maybe_help(did_you_mean(name, regions.iter().map(String::as_str)));
            self.fault(fault, name);
        }
        found.map(|index| index as u32)
    }

    fn add<'n>(&mut self, place: Place, names: impl Iterator<Item = &'n String>) {
        let index = PlaceIndex(self.gazetteer.places.len() as u32);
        let mut reachable = false;
        for name in names {
            match self
                .gazetteer
                .find(name)
                .map(|other| (other, self.gazetteer.places.get(other.0 as usize)))
            {
                None => {
                    reachable = true;
                    self.gazetteer.by_folded_name.insert(folded(name), index);
                    self.gazetteer.by_name.insert(name.clone(), index);
                    self.gazetteer.names.push(name.clone());
                }
                // A cercle named after its region: the name means the region.
                Some((_, Some(other)))
                    if other.cercle.is_none() && other.region == place.region && place.cercle.is_some() => {}
                Some((_, other)) => {
                    let other = other.unwrap_or(&place).name.clone();
                    let message = format!("`{name}` names two places, `{other}` and `{}`", place.name);
                    self.fault(Diagnostic::error("ambiguous-place-name", message), name);
                }
            }
        }
        // A place that no name reaches is not kept: no case can name it.
        if reachable {
            self.gazetteer.places.push(place);
        }
    }

    /// The last place of the file at which the name stands is the one that came too late.
    fn fault(&mut self, fault: Diagnostic, name: &str) {
        if self.faults.len() >= MOST_FAULTS {
            return;
        }
        if self.outline.is_none() {
            self.outline = yaml::outline(self.source).ok().flatten();
        }
        let span = self.outline.as_ref().and_then(|node| {
            let all = node.all();
            let named = all.iter().rfind(|node| node.text() == Some(name));
            named.map(|node| node.span.clone())
        });
        self.faults.push(fault.at(self.source, span.unwrap_or(0..0), ""));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mali() -> Gazetteer {
        let text = include_str!("../../rules/mali/regions.yaml");
        Gazetteer::read(&Source::new("regions.yaml", text)).unwrap()
    }

    fn region_of(name: &str) -> Option<String> {
        let gazetteer = mali();
        let place = gazetteer.place(gazetteer.find(name)?).clone();
        Some(gazetteer.region_name(place.region as usize)?.to_owned())
    }

    #[test]
    fn variants_cases_accents_and_codes_resolve_to_the_region_of_the_map_of_2016() {
        for (name, region) in [
            ("Timbuktu", "Tombouctou"),
            ("SEGOU", "Ségou"),
            ("Ansongo", "Gao"),
            ("ouelessebougou", "Koulikoro"),
            ("Nioro du Sahel", "Kayes"),
            ("ML-9", "Ménaka"),
            ("Commune III", "Bamako"),
            ("Taoudenni", "Taoudénit"),
        ] {
            assert_eq!(region_of(name).as_deref(), Some(region), "{name}");
        }
    }

    #[test]
    fn similar_names_are_never_taken_for_each_other() {
        assert_eq!(region_of("Kita").as_deref(), Some("Kayes"));
        assert_eq!(region_of("Kati").as_deref(), Some("Koulikoro"));
        assert_eq!(region_of("Sana"), None);
        assert_eq!(region_of("Kitta"), None);
    }

    #[test]
    fn a_name_that_two_maps_read_differently_shows_both_readings() {
        let gazetteer = mali();
        let readings = |name| {
            let readings = gazetteer.readings(gazetteer.find(name).unwrap());
            let pairs = readings.iter().map(|reading| (reading.map.year, reading.region));
            pairs
                .map(|(year, region)| (year, region.to_owned()))
                .collect::<Vec<_>>()
        };
        let pair = |year, region: &str| (year, region.to_owned());
        assert_eq!(readings("Nara"), [pair(2016, "Koulikoro"), pair(2023, "Nara")]);
        assert_eq!(
            readings("Taoudénit"),
            [pair(2016, "Taoudénit"), pair(2016, "Tombouctou")]
        );
        assert_eq!(readings("Kati"), [pair(2016, "Koulikoro")]);
        assert_eq!(readings("Mopti"), [pair(2016, "Mopti")]);
    }

    #[test]
    fn the_gazetteer_has_the_cercles_and_regions_of_both_maps() {
        let gazetteer = mali();
        // Forty-nine before 2016, Ménaka one of them, and its three others since.
        assert_eq!(gazetteer.cercles().count(), 49 + 3);
        assert_eq!(gazetteer.map().regions.len(), 11);
        assert_eq!(gazetteer.later_map().regions.len(), 20);
    }

    #[test]
    fn a_variant_that_names_two_places_is_a_fault_at_its_line() {
        let text = include_str!("../../rules/mali/regions.yaml").replace("[Youvarou]", "[Bourem]");
        let line = text.lines().position(|line| line.contains("Bourem}")).unwrap() + 1;
        let faults = Gazetteer::read(&Source::new("regions.yaml", text)).unwrap_err();
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].code, "ambiguous-place-name");
        assert_eq!(faults[0].place().unwrap().1.line, line);
    }
}
