//! A policy version as its readers see it: its tables, what each region gets, and which rules rest on which sentence.

use crate::diagnostic::Diagnostic;
use crate::diagram::{Bounds, explore};
use crate::facts::{Candidates, FactId};
use crate::policy::PolicyVersion;
use crate::script::{Asked, Outcome, Site};
use crate::table::{Table, table};
use std::collections::BTreeSet;

/// Everything that a page about a version shows of its rules.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The decision tables of all questions, in the declared order.
    pub tables: Vec<Table>,
    /// For each entry of the register the places in the rules that rest on it, for some combination of facts.
    pub citing: Vec<BTreeSet<CitingRule>>,
    /// The questions that depend on the region alone.
    pub by_region: Vec<ByRegion>,
}

/// A place in the rules that concludes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CitingRule {
    /// The question.
    pub asked: Asked,
    /// The place of the value in the question's list; 0 for a raised flag.
    pub value: usize,
    /// Where.
    pub site: Site,
}

/// What a question that depends on the region alone says of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByRegion {
    /// The place of the conclusion in the declared order.
    pub conclusion: usize,
    /// In the order of the regions.
    pub regions: Vec<OfRegion>,
}

/// What is said of a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfRegion {
    /// The place of the value in the conclusion's list.
    pub value: usize,
    /// The places of the cited entries in the register.
    pub cites: Vec<usize>,
}

impl ByRegion {
    /// The places of the regions that have a value.
    pub fn with_value(&self, value: usize) -> impl Iterator<Item = usize> + '_ {
        let regions = self.regions.iter().enumerate();
        regions
            .filter(move |(_, region)| region.value == value)
            .map(|(region, _)| region)
    }
}

/// Goes through all branches of all questions of a version.
///
/// # Errors
/// A script fails for some combination of facts, or a question has too many branches: nothing is shown of a part.
pub fn overview(policy: &PolicyVersion, bounds: &Bounds) -> Result<Overview, Diagnostic> {
    let nothing = policy.nothing_known();
    let mut citing = vec![BTreeSet::new(); policy.register.entries().len()];
    let mut tables = Vec::new();
    for asked in policy.asked() {
        tables.push(table(policy, asked, bounds)?);
        for path in &explore(&policy.program, asked, &nothing, bounds)?.paths {
            let Outcome::Concluded(conclusion) = &path.run.outcome else {
                continue;
            };
            for cite in &conclusion.cites {
                citing[*cite].insert(CitingRule {
                    asked,
                    value: conclusion.value,
                    site: conclusion.site,
                });
            }
        }
    }
    let by_region = tables
        .iter()
        .filter_map(|table| by_region(policy, table))
        .collect();
    Ok(Overview {
        tables,
        citing,
        by_region,
    })
}

/// What a table says of each region; `None` where it depends on anything else, or tells places of a region apart.
fn by_region(policy: &PolicyVersion, table: &Table) -> Option<ByRegion> {
    let (Asked::Conclusion(conclusion), [input]) = (table.asked, &table.inputs[..]) else {
        return None;
    };
    if input.fact != FactId::Region {
        return None;
    }
    let gazetteer = &policy.gazetteer;
    let mut regions: Vec<Option<OfRegion>> = vec![None; gazetteer.map().regions.len()];
    for row in &table.rows {
        let said = row.conclusion.as_ref()?;
        let said = OfRegion {
            value: said.value,
            cites: said.cites.clone(),
        };
        for cell in row.cells.first()?.as_ref()? {
            let Candidates::Places(places) = &cell.values else {
                return None;
            };
            for place in places.iter().flatten() {
                let region = &mut regions[gazetteer.place(*place).region as usize];
                match region {
                    Some(other) if *other != said => return None,
                    _ => *region = Some(said.clone()),
                }
            }
        }
    }
    Some(ByRegion {
        conclusion,
        regions: regions.into_iter().collect::<Option<_>>()?,
    })
}
