//! The smallest changes of facts that would change a conclusion.

use crate::diagnostic::Diagnostic;
use crate::diagram::{Bounds, Diagram, NodeId, explore};
use crate::evaluate::Determination;
use crate::facts::{FactId, Knowledge, Nature};
use crate::policy::PolicyVersion;
use crate::script::Outcome;
use std::collections::{BTreeMap, BTreeSet};

/// One fact that is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedFact {
    /// The fact.
    pub fact: FactId,
    /// What it is called: the fact, or one word of a list.
    pub name: String,
    /// What the case says.
    pub from: String,
    /// What it would have to be: any of these.
    pub to: Vec<String>,
}

/// A smallest set of changed facts that changes a conclusion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// The value that would be concluded, by its place in the list of the question.
    pub value: usize,
    /// What that would rest on, by the places of the locators in the register.
    pub cites: Vec<usize>,
    /// The changed facts; no part of them would change the conclusion.
    pub changes: Vec<ChangedFact>,
}

impl Alternative {
    /// Whether only judgements change, only recorded facts, or both; facts that cannot change count as recorded.
    pub fn is_only(&self, nature: Nature) -> bool {
        self.changes
            .iter()
            .all(|change| change.fact.declaration().nature == nature)
    }
}

/// What a terminal says: value and citations.
type Said = (usize, Vec<usize>);

/// All smallest sets of changed facts of a case that would change a determined conclusion, and what it would then be.
/// Facts that no later step of the procedure can change are left out unless `immutable` asks for them; facts that the
/// case does not state stay open, and the new value holds whatever they are.
///
/// # Errors
/// The script fails for some combination of facts, or has too many branches.
pub fn whatif(
    policy: &PolicyVersion,
    known: &Knowledge,
    determination: &Determination,
    immutable: bool,
) -> Result<Vec<Alternative>, Diagnostic> {
    let Some(value) = determination.value() else {
        return Ok(Vec::new());
    };
    let gazetteer = &policy.gazetteer;
    let nothing = policy.nothing_known();
    let exploration = explore(&policy.program, determination.asked, &nothing, &Bounds::default())?;
    if let Some((_, fault)) = exploration.failure() {
        return Err(fault.clone().help("`gradatie check` shows a case"));
    }
    let mut diagram: Diagram<Option<Said>> = Diagram::build(&exploration, &nothing, gazetteer, |path| {
        match &path.run.outcome {
            Outcome::Concluded(conclusion) => Some((conclusion.value, conclusion.cites.clone())),
            Outcome::NotRaised | Outcome::Failed(_) => None,
        }
    })?;
    // The cell of the case for each variable that the case settles.
    let settled: BTreeMap<usize, usize> = (0..diagram.space().variables().len())
        .filter_map(|variable| Some((variable, diagram.space().cell_of(variable, known)?)))
        .collect();
    let may_change = |variable: &usize| {
        let nature = diagram.space().variables()[*variable].fact.declaration().nature;
        immutable || nature != Nature::Immutable
    };
    let changeable: Vec<usize> = settled.keys().copied().filter(may_change).collect();
    let mut search = Search {
        diagram: &mut diagram,
        settled: &settled,
        value,
    };
    let mut found: Vec<(BTreeSet<usize>, Vec<Found>)> = Vec::new();
    for size in 1..=changeable.len() {
        for set in subsets(&changeable, size) {
            if found.iter().any(|(smaller, _)| smaller.is_subset(&set)) {
                continue;
            }
            let mut ways = search.ways(&set);
            ways.retain(|way| search.is_possible(way));
            if !ways.is_empty() {
                found.push((set, ways));
            }
        }
    }
    let space = diagram.space();
    let label = |variable: usize, cell: usize| space.cell_label(variable, cell, gazetteer);
    let alternative = |way: Found| Alternative {
        value: way.said.0,
        cites: way.said.1,
        changes: way
            .cells
            .iter()
            .map(|(variable, cells)| ChangedFact {
                fact: space.variables()[*variable].fact,
                name: space.variable_name(*variable),
                from: label(*variable, settled[variable]),
                to: cells.iter().map(|cell| label(*variable, *cell)).collect(),
            })
            .collect(),
    };
    let mut alternatives: Vec<Alternative> = found
        .into_iter()
        .flat_map(|(_, ways)| ways)
        .map(alternative)
        .collect();
    alternatives.sort_by_key(|alternative| (alternative.changes.len(), alternative.value));
    Ok(alternatives)
}

/// A way to another value: the cells that the changed variables may have.
struct Found {
    cells: BTreeMap<usize, Vec<usize>>,
    said: Said,
}

struct Search<'a> {
    diagram: &'a mut Diagram<Option<Said>>,
    settled: &'a BTreeMap<usize, usize>,
    value: usize,
}

impl Search<'_> {
    /// Whether the case, so changed, is one that can be.
    fn is_possible(&self, way: &Found) -> bool {
        let mut cells: BTreeMap<usize, Vec<usize>> = self
            .settled
            .iter()
            .map(|(variable, cell)| (*variable, vec![*cell]))
            .collect();
        cells.extend(way.cells.clone());
        self.diagram.space().is_possible(&cells)
    }

    /// Every way in which changing exactly these variables determines another value.
    fn ways(&mut self, set: &BTreeSet<usize>) -> Vec<Found> {
        let mut node = self.diagram.root();
        for (variable, cell) in self.settled {
            if !set.contains(variable) {
                node = self.diagram.restrict(node, *variable, *cell);
            }
        }
        let variables: Vec<usize> = set.iter().copied().collect();
        let mut found = Vec::new();
        self.assign(node, &variables, BTreeMap::new(), &mut found);
        found
    }

    fn assign(
        &mut self,
        node: NodeId,
        variables: &[usize],
        cells: BTreeMap<usize, Vec<usize>>,
        found: &mut Vec<Found>,
    ) {
        let Some((variable, rest)) = variables.split_first() else {
            let ends: Vec<Option<Said>> = self.diagram.reachable_from(node).into_iter().cloned().collect();
            let values: BTreeSet<Option<usize>> =
                ends.iter().map(|end| end.as_ref().map(|said| said.0)).collect();
            if let (1, Some(Some(said))) = (values.len(), ends.into_iter().next())
                && said.0 != self.value
            {
                found.push(Found { cells, said });
            }
            return;
        };
        for (child, mut group) in self.diagram.groups(node, *variable) {
            group.retain(|cell| *cell != self.settled[variable]);
            if !group.is_empty() {
                let mut cells = cells.clone();
                cells.insert(*variable, group);
                self.assign(child, rest, cells, found);
            }
        }
    }
}

/// The subsets of a size, in order.
fn subsets(items: &[usize], size: usize) -> Vec<BTreeSet<usize>> {
    match (items.split_first(), size) {
        (_, 0) => vec![BTreeSet::new()],
        (None, _) => Vec::new(),
        (Some((first, rest)), _) => {
            let with = subsets(rest, size - 1).into_iter().map(|mut set| {
                set.insert(*first);
                set
            });
            with.chain(subsets(rest, size)).collect()
        }
    }
}
