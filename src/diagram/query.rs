//! What is asked of a diagram.

use super::reduce::{Diagram, Node, NodeId};
use crate::facts::{Answer, FactId, Question};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::hash::Hash;

/// A condition on one question: it has one of these answers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    /// The question.
    pub question: Question,
    /// The answers, in order.
    pub answers: Vec<Answer>,
}

/// For each variable that matters, in order, the cells that it may have, in order.
type Way = Vec<(usize, Vec<usize>)>;

impl<T: Clone + Eq + Hash> Diagram<T> {
    /// The terminals that can be reached, each once, in no particular order.
    pub fn reachable(&self) -> Vec<&T> {
        self.reachable_from(self.root())
    }

    /// The terminals that can be reached from a node.
    pub fn reachable_from(&self, node: NodeId) -> Vec<&T> {
        let mut found = vec![false; self.terminals().len()];
        self.visit(node, |node| {
            if let Node::Terminal(index) = self.node(node) {
                found[*index] = true;
            }
        });
        let terminals = self.terminals().iter().zip(found);
        terminals
            .filter_map(|(terminal, found)| found.then_some(terminal))
            .collect()
    }

    /// The facts that the outcome depends on, in the declared order: exactly those of which a change, all else equal,
    /// can change the terminal. That is what a reduced diagram branches on.
    pub fn support(&self) -> Vec<FactId> {
        let mut facts = BTreeSet::new();
        self.visit(self.root(), |node| {
            if let Node::Branch(variable, _) = self.node(node) {
                facts.insert(self.space().variables()[*variable].fact);
            }
        });
        facts.into_iter().collect()
    }

    /// Calls `visit` for a node and every node below it, once each.
    fn visit(&self, from: NodeId, mut visit: impl FnMut(NodeId)) {
        // The nodes below a node stand before it.
        let mut seen = vec![false; from.index() + 1];
        let mut open = vec![from];
        while let Some(node) = open.pop() {
            if std::mem::replace(&mut seen[node.index()], true) {
                continue;
            }
            visit(node);
            if let Some((_, children)) = self.branch(node) {
                open.extend_from_slice(children);
            }
        }
    }

    /// How much is still open, in bits, once a fact is known: the mean over the fact's cells of the entropy of the
    /// terminals, all cells of every fact taken as equally likely. It orders questions, and decides nothing.
    pub fn open_after(&self, fact: FactId) -> f64 {
        let variables = self.space().variables().iter().enumerate();
        let own = variables.filter(|(_, variable)| variable.fact == fact);
        let own: Vec<(usize, usize)> = own
            .map(|(place, variable)| (place, variable.cells.len()))
            .collect();
        // Each way in which the fact's variables can be, the last variable changing first.
        let ways = own.iter().map(|(_, cells)| cells).product::<usize>();
        let mut fixed: Vec<(usize, usize)> = own.iter().map(|(variable, _)| (*variable, 0)).collect();
        let mut reached = Vec::new();
        let mut bits = 0.0;
        for way in 0..ways {
            let mut rest = way;
            for ((_, cell), (_, cells)) in fixed.iter_mut().zip(&own).rev() {
                *cell = rest % cells;
                rest /= cells;
            }
            bits += entropy(&self.shares(&fixed, &mut reached));
        }
        bits / ways as f64
    }

    /// The share of each terminal, with some variables fixed; `reached` is room for the share of each node.
    fn shares(&self, fixed: &[(usize, usize)], reached: &mut Vec<f64>) -> Vec<f64> {
        let mut shares = vec![0.0; self.terminals().len()];
        reached.clear();
        reached.resize(self.size(), 0.0);
        reached[self.root().index()] = 1.0;
        // A node stands behind its children, so that what reaches it is complete when its turn comes.
        for node in (0..self.size()).rev() {
            let share = reached[node];
            if share == 0.0 {
                continue;
            }
            match self.node(NodeId::at(node)) {
                Node::Terminal(index) => shares[*index] += share,
                Node::Branch(variable, children) => match fixed.iter().find(|(of, _)| of == variable) {
                    Some((_, cell)) => reached[children[*cell].index()] += share,
                    None => {
                        let part = share / children.len() as f64;
                        for child in children {
                            reached[child.index()] += part;
                        }
                    }
                },
            }
        }
        shares
    }

    /// What leads to a terminal, as combinations of conditions that are each as short as they can be. A combination
    /// may overlap with another; together they cover exactly the completions that lead there. `None` when there are
    /// more than `limit`.
    pub fn ways_to(&self, terminal: &T, limit: usize) -> Option<Vec<Vec<Condition>>> {
        let mut found: Vec<Way> = Vec::new();
        let mut open: Vec<(NodeId, Way)> = vec![(self.root(), Way::new())];
        while let Some((node, way)) = open.pop() {
            match self.node(node) {
                Node::Terminal(index) if self.terminals()[*index] == *terminal => {
                    let shortest = self.shortened(way, terminal);
                    if !found.contains(&shortest) {
                        found.push(shortest);
                    }
                    if found.len() > limit {
                        return None;
                    }
                }
                Node::Terminal(_) => {}
                Node::Branch(variable, children) => {
                    // The cells of each child; the child of the first cell comes last, and is followed first.
                    let mut by_child: Vec<(NodeId, usize)> = children.iter().copied().zip(0..).collect();
                    by_child.sort_unstable();
                    let mut branches: Vec<&[(NodeId, usize)]> =
                        by_child.chunk_by(|(one, _), (other, _)| one == other).collect();
                    branches.sort_unstable_by_key(|branch| std::cmp::Reverse(branch[0].1));
                    for branch in branches {
                        let cells = branch.iter().map(|(_, cell)| *cell).collect();
                        let mut way = way.clone();
                        way.push((*variable, cells));
                        open.push((branch[0].0, way));
                    }
                }
            }
        }
        let conditions = |way: &Way| {
            way.iter()
                .flat_map(|(variable, cells)| self.conditions(*variable, cells))
                .collect()
        };
        Some(found.iter().map(conditions).collect())
    }

    /// A way without the variables that it does not need, and with as many cells of each other one as still lead to
    /// the terminal.
    fn shortened(&self, mut way: Way, terminal: &T) -> Way {
        let known = &mut FxHashMap::default();
        let mut at = 0;
        while at < way.len() {
            let (variable, narrow) = way.remove(at);
            known.clear();
            if self.leads_to(self.root(), &way, terminal, known) {
                continue;
            }
            let mut wide = narrow.clone();
            for cell in 0..self.space().variables()[variable].cells.len() {
                if narrow.binary_search(&cell).is_ok() {
                    continue;
                }
                // The other cells lead there, so this one is looked at alone.
                way.insert(at, (variable, vec![cell]));
                known.clear();
                if self.leads_to(self.root(), &way, terminal, known) {
                    wide.push(cell);
                }
                way.remove(at);
            }
            wide.sort_unstable();
            way.insert(at, (variable, wide));
            at += 1;
        }
        way
    }

    /// Whether every completion within a way ends in the terminal.
    fn leads_to(&self, node: NodeId, way: &Way, terminal: &T, known: &mut FxHashMap<NodeId, bool>) -> bool {
        let (variable, children) = match self.node(node) {
            Node::Terminal(index) => return self.terminals()[*index] == *terminal,
            Node::Branch(variable, children) => (variable, children),
        };
        if let Some(known) = known.get(&node) {
            return *known;
        }
        let leads = match way.iter().find(|(of, _)| of == variable) {
            Some((_, cells)) => cells
                .iter()
                .all(|cell| self.leads_to(children[*cell], way, terminal, known)),
            None => children
                .iter()
                .all(|child| self.leads_to(*child, way, terminal, known)),
        };
        known.insert(node, leads);
        leads
    }

    /// The conditions that hold in exactly these cells of a variable, one for each question that says something.
    fn conditions(&self, variable: usize, cells: &[usize]) -> Vec<Condition> {
        let mut conditions = Vec::new();
        for question in self.space().questions_of(variable) {
            let Some((_, answers)) = self.space().answers(question) else {
                continue;
            };
            let all: BTreeSet<Answer> = answers.iter().copied().collect();
            let here: BTreeSet<Answer> = cells.iter().map(|cell| answers[*cell]).collect();
            if here.len() < all.len() {
                conditions.push(Condition {
                    question: *question,
                    answers: here.into_iter().collect(),
                });
            }
        }
        conditions
    }
}

fn entropy(shares: &[f64]) -> f64 {
    let shares = shares.iter().filter(|share| **share > 0.0);
    shares.map(|share| -share * share.log2()).sum()
}
