//! A diagram as the fewest disjoint rows: what tables and differences show.

use super::reduce::{Diagram, Node, NodeId};
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// The cells of one variable that a row covers.
pub type Cells = Vec<usize>;

/// One row: for each variable that matters the cells that it covers, and what holds there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<T> {
    /// The cells by variable; a variable that does not stand here may have any cell.
    pub cells: BTreeMap<usize, Cells>,
    /// What holds for all combinations of the row.
    pub terminal: T,
}

/// Diagrams that the search for the fewest rows looks at; beyond it the order of the variables is kept.
const MOST_LOOKED_AT: usize = 50_000;

impl<T: Clone + Eq + Hash> Diagram<T> {
    /// Disjoint rows that cover exactly the combinations whose terminal is wanted, in the order of the cells: as few as
    /// any way of asking one variable after the other gives, and of these such as differ in one variable made one.
    pub fn rows(&mut self, wanted: impl Fn(&T) -> bool) -> Vec<Row<T>> {
        let mut plan = Plan { best: HashMap::new() };
        let root = self.root();
        plan.fewest(self, root, &wanted);
        let mut rows = Vec::new();
        self.collect_rows(root, &plan, &wanted, BTreeMap::new(), &mut rows);
        rows.retain(|row| self.space().is_possible(&row.cells));
        self.merge(&mut rows);
        rows.sort_by(|one, other| one.cells.cmp(&other.cells));
        rows
    }

    /// Makes one row of two that say the same and differ in the cells of one variable only, until there are no such two.
    fn merge(&self, rows: &mut Vec<Row<T>>) {
        let count = |variable: usize| self.space().variables()[variable].cells.len();
        let mut at = 0;
        while at < rows.len() {
            let pair = (at + 1..rows.len()).find_map(|other| {
                let variable = only_difference(&rows[at], &rows[other])?;
                Some((other, variable))
            });
            let Some((other, variable)) = pair else {
                at += 1;
                continue;
            };
            let of = |row: &Row<T>| row.cells.get(&variable).cloned().unwrap_or_default();
            let mut cells: Cells = of(&rows[at]).into_iter().chain(of(&rows[other])).collect();
            cells.sort_unstable();
            rows.remove(other);
            if cells.len() == count(variable) {
                rows[at].cells.remove(&variable);
            } else {
                rows[at].cells.insert(variable, cells);
            }
            // The new row may fit to one that was passed already.
            at = 0;
        }
    }

    fn collect_rows(
        &mut self,
        node: NodeId,
        plan: &Plan,
        wanted: &impl Fn(&T) -> bool,
        cells: BTreeMap<usize, Cells>,
        rows: &mut Vec<Row<T>>,
    ) {
        if let Some(terminal) = self.terminal(node) {
            if wanted(terminal) {
                rows.push(Row {
                    cells,
                    terminal: terminal.clone(),
                });
            }
            return;
        }
        let Some((_, variable)) = plan.best.get(&node).copied() else {
            return;
        };
        for (child, group) in self.groups(node, variable) {
            let mut cells = cells.clone();
            cells.insert(variable, group);
            self.collect_rows(child, plan, wanted, cells, rows);
        }
    }

    /// The diagrams under the cells of a variable, equal ones together, in the order of their first cells.
    pub fn groups(&mut self, node: NodeId, variable: usize) -> Vec<(NodeId, Cells)> {
        let mut groups: Vec<(NodeId, Cells)> = Vec::new();
        for cell in 0..self.space().variables()[variable].cells.len() {
            let child = self.restrict(node, variable, cell);
            match groups.iter_mut().find(|(of, _)| *of == child) {
                Some((_, cells)) => cells.push(cell),
                None => groups.push((child, vec![cell])),
            }
        }
        groups
    }

    /// The variables below a node.
    fn variables_below(&self, node: NodeId) -> Vec<usize> {
        let mut found = std::collections::BTreeSet::new();
        let mut seen = std::collections::HashSet::from([node]);
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            if let Node::Branch(variable, children) = self.node(node) {
                found.insert(*variable);
                open.extend(children.iter().filter(|child| seen.insert(**child)));
            }
        }
        found.into_iter().collect()
    }
}

/// For each diagram the fewest rows and the variable to ask first for them.
struct Plan {
    best: HashMap<NodeId, (usize, usize)>,
}

impl Plan {
    fn fewest<T: Clone + Eq + Hash>(
        &mut self,
        diagram: &mut Diagram<T>,
        node: NodeId,
        wanted: &impl Fn(&T) -> bool,
    ) -> usize {
        if let Some(terminal) = diagram.terminal(node) {
            return usize::from(wanted(terminal));
        }
        if let Some((rows, _)) = self.best.get(&node) {
            return *rows;
        }
        let mut variables = diagram.variables_below(node);
        if self.best.len() > MOST_LOOKED_AT {
            variables.truncate(1);
        }
        let mut best = (usize::MAX, variables[0]);
        for variable in variables {
            let groups = diagram.groups(node, variable);
            let mut rows = 0usize;
            for (child, _) in groups {
                rows = rows.saturating_add(self.fewest(diagram, child, wanted));
                if rows >= best.0 {
                    break;
                }
            }
            if rows < best.0 {
                best = (rows, variable);
            }
        }
        self.best.insert(node, best);
        best.0
    }
}

/// The one variable in which two rows that say the same differ; both must state it.
fn only_difference<T: Eq>(one: &Row<T>, other: &Row<T>) -> Option<usize> {
    if one.terminal != other.terminal || !one.cells.keys().eq(other.cells.keys()) {
        return None;
    }
    let mut different = one
        .cells
        .iter()
        .filter(|(variable, cells)| other.cells.get(variable) != Some(cells));
    let (variable, _) = different.next()?;
    different.next().is_none().then_some(*variable)
}
