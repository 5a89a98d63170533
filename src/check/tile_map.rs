//! Each region has its own tile on the map that pages draw.

use crate::diagnostic::Diagnostic;
use crate::gazetteer::Gazetteer;
use crate::policy::{PolicyVersion, RulesTree};

pub(super) fn check(tree: &RulesTree, country: &str, gazetteer: &Gazetteer) -> Vec<Diagnostic> {
    match PolicyVersion::tile_map(tree, country, gazetteer) {
        Ok(Some(_)) => Vec::new(),
        Ok(None) => {
            let message = format!("`{country}` has no `map.yaml`, so no page can draw its regions");
            let help = "give each region a tile: `tiles: [{region: …, column: 1, row: 1}, …]`";
            vec![Diagnostic::warning("missing-tile-map", message).help(help)]
        }
        Err(faults) => faults,
    }
}
