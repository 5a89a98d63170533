//! Paths become a reduced, ordered diagram with shared nodes.

use super::explore::{Exploration, Path};
use super::space::Space;
use crate::diagnostic::Diagnostic;
use crate::facts::{Answer, Knowledge, Question};
use crate::gazetteer::Gazetteer;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

/// A node of one [`Diagram`]; within it, equal meaning is an equal node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// The node at a place.
    pub(super) fn at(place: usize) -> Self {
        Self(place as u32)
    }

    /// Its place: behind those of its children.
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Node {
    /// An end, by its place among the terminals.
    Terminal(usize),
    /// A branch on a variable, with a child for each cell.
    Branch(usize, Box<[NodeId]>),
}

/// A multi-valued decision diagram with terminals of type `T`.
#[derive(Debug, Clone)]
pub struct Diagram<T> {
    space: Arc<Space>,
    terminals: Vec<T>,
    terminal_ids: FxHashMap<T, usize>,
    nodes: Vec<Node>,
    /// The nodes by what they are.
    node_ids: HashTable<NodeId>,
    root: NodeId,
    /// Nodes that it may still have; queries of a whole diagram are not bounded by it.
    most_nodes: usize,
    /// More were needed: what was built says nothing.
    is_too_large: bool,
}

/// Nodes that one diagram may have. Beyond it there is no result at all: a part would prove nothing.
pub const MOST_NODES: usize = 1_000_000;

/// Combinations of the facts that impossible combinations name; each is looked at.
const MOST_CONSTRAINED: usize = 20_000;

/// Results of [`Diagram::select`], kept while a diagram is built.
type Selected = FxHashMap<(usize, Vec<NodeId>), NodeId>;

impl<T: Clone + Eq + Hash> Diagram<T> {
    /// Builds the diagram of an exploration; `terminal` says what each path ends in.
    ///
    /// # Errors
    /// It needs more nodes than [`MOST_NODES`].
    pub fn build(
        exploration: &Exploration,
        known: &Knowledge,
        gazetteer: &Gazetteer,
        terminal: impl Fn(&Path) -> T,
    ) -> Result<Self, Diagnostic> {
        let mut diagram = Self::over([exploration], known, gazetteer);
        diagram.root = diagram.paths(&exploration.paths, 0, &terminal, &mut Selected::default());
        diagram.within_bounds()
    }

    fn within_bounds(mut self) -> Result<Self, Diagnostic> {
        if !self.is_too_large {
            self.most_nodes = usize::MAX;
            return Ok(self);
        }
        let message = if self.space.constrained_combinations() > MOST_CONSTRAINED {
            format!("the facts of the impossible combinations have more than {MOST_CONSTRAINED} combinations")
        } else {
            format!("a decision diagram needs more than {MOST_NODES} nodes")
        };
        Err(Diagnostic::error("diagram-too-large", message)
            .help("nothing is concluded from a part; split the question, or let it read fewer facts"))
    }

    /// An empty diagram over the space that the questions of some explorations span.
    fn over<'a>(
        explorations: impl IntoIterator<Item = &'a Exploration>,
        known: &Knowledge,
        gazetteer: &Gazetteer,
    ) -> Self {
        let paths = explorations
            .into_iter()
            .flat_map(|exploration| &exploration.paths);
        let questions: BTreeSet<Question> = paths
            .flat_map(|path| &path.steps)
            .map(|step| step.question)
            .collect();
        let space = Space::of(&questions, known, gazetteer);
        Self {
            is_too_large: space.constrained_combinations() > MOST_CONSTRAINED,
            space: Arc::new(space),
            terminals: Vec::new(),
            terminal_ids: FxHashMap::default(),
            nodes: Vec::new(),
            node_ids: HashTable::new(),
            root: NodeId(0),
            most_nodes: MOST_NODES,
        }
    }

    /// The same diagram with what `of` says of each terminal, reduced anew where that is the same of several.
    pub fn map<U: Clone + Eq + Hash>(&self, of: impl Fn(&T) -> U) -> Diagram<U> {
        let mut mapped = Diagram {
            space: self.space.clone(),
            terminals: Vec::new(),
            terminal_ids: FxHashMap::default(),
            nodes: Vec::new(),
            node_ids: HashTable::new(),
            root: NodeId(0),
            most_nodes: usize::MAX,
            is_too_large: false,
        };
        let ends = self
            .terminals
            .iter()
            .map(|terminal| mapped.add_terminal(of(terminal)));
        let ends: Vec<NodeId> = ends.collect();
        mapped.root = mapped.mapped(self, self.root, &ends, &mut FxHashMap::default());
        mapped
    }

    /// A node of another diagram, whose terminals have these nodes here.
    fn mapped<U: Clone + Eq + Hash>(
        &mut self,
        other: &Diagram<U>,
        node: NodeId,
        ends: &[NodeId],
        known: &mut FxHashMap<NodeId, NodeId>,
    ) -> NodeId {
        let (variable, children) = match other.node(node) {
            Node::Terminal(terminal) => return ends[*terminal],
            Node::Branch(variable, children) => (*variable, children),
        };
        if let Some(known) = known.get(&node) {
            return *known;
        }
        let children = children
            .iter()
            .map(|child| self.mapped(other, *child, ends, known));
        let children = children.collect();
        let own = self.add_branch(variable, children);
        known.insert(node, own);
        own
    }

    /// Its variables.
    pub fn space(&self) -> &Space {
        &self.space
    }

    /// Where it begins.
    pub fn root(&self) -> NodeId {
        self.root
    }

    /// How many nodes it has, terminals included.
    pub fn size(&self) -> usize {
        self.nodes.len()
    }

    /// The terminal that a node is, if it is one.
    pub fn terminal(&self, node: NodeId) -> Option<&T> {
        match self.node(node) {
            Node::Terminal(index) => Some(&self.terminals[*index]),
            Node::Branch(..) => None,
        }
    }

    /// The variable that a node branches on, with the child for each of its cells.
    pub fn branch(&self, node: NodeId) -> Option<(usize, &[NodeId])> {
        match self.node(node) {
            Node::Terminal(_) => None,
            Node::Branch(variable, children) => Some((*variable, children)),
        }
    }

    pub(super) fn node(&self, node: NodeId) -> &Node {
        &self.nodes[node.0 as usize]
    }

    pub(super) fn terminals(&self) -> &[T] {
        &self.terminals
    }

    /// The same diagram with a variable fixed to a cell, from any node.
    pub fn restrict(&mut self, node: NodeId, variable: usize, cell: usize) -> NodeId {
        match self.node(node).clone() {
            Node::Terminal(_) => node,
            Node::Branch(top, _) if top > variable => node,
            Node::Branch(top, children) if top == variable => children[cell],
            Node::Branch(top, children) => {
                let children = children
                    .iter()
                    .map(|child| self.restrict(*child, variable, cell))
                    .collect();
                self.add_branch(top, children)
            }
        }
    }

    /// The diagram of paths that agree on their first `depth` steps.
    fn paths(
        &mut self,
        paths: &[Path],
        depth: usize,
        terminal: &dyn Fn(&Path) -> T,
        selected: &mut Selected,
    ) -> NodeId {
        let Some(step) = paths[0].steps.get(depth) else {
            let terminal = terminal(&paths[0]);
            return self.add_terminal(terminal);
        };
        // The exploration goes through the answers in order, so equal answers stand together.
        let branches: Vec<(Answer, NodeId)> = paths
            .chunk_by(|one, other| one.steps[depth].answer == other.steps[depth].answer)
            .map(|branch| {
                (
                    branch[0].steps[depth].answer,
                    self.paths(branch, depth + 1, terminal, selected),
                )
            })
            .collect();
        let Some((variable, answers)) = self.space.answers(&step.question) else {
            return branches[0].1;
        };
        // A cell whose answer was not possible here is never reached: an earlier question about the same fact has
        // excluded it. Any child will do for it.
        let child = |answer: &Answer| {
            let found = branches.iter().find(|(of, _)| of == answer);
            found.map_or(branches[0].1, |(_, node)| *node)
        };
        let children = answers.iter().map(child).collect();
        self.select(variable, children, selected)
    }

    /// The diagram that continues with `children[c]` where the variable has cell `c`; the children may branch on any
    /// variable, also on this one and on earlier ones.
    fn select(&mut self, variable: usize, children: Vec<NodeId>, selected: &mut Selected) -> NodeId {
        let key = (variable, children);
        if let Some(known) = selected.get(&key) {
            return *known;
        }
        let tops = key
            .1
            .iter()
            .filter_map(|child| self.branch(*child))
            .map(|(top, _)| top);
        let first = tops.fold(variable, usize::min);
        let cells = self.space.variables()[first].cells.len();
        let own = (0..cells)
            .map(|cell| {
                if first == variable {
                    return self.cofactor(key.1[cell], first, cell);
                }
                let under = key
                    .1
                    .iter()
                    .map(|child| self.cofactor(*child, first, cell))
                    .collect();
                self.select(variable, under, selected)
            })
            .collect();
        let result = self.add_branch(first, own);
        selected.insert(key, result);
        result
    }

    fn cofactor(&self, node: NodeId, variable: usize, cell: usize) -> NodeId {
        match self.branch(node) {
            Some((top, children)) if top == variable => children[cell],
            _ => node,
        }
    }

    fn add_branch(&mut self, variable: usize, children: Box<[NodeId]>) -> NodeId {
        match children.first() {
            Some(first) if children.iter().all(|child| child == first) => *first,
            _ => self.add(Node::Branch(variable, children)),
        }
    }

    fn add_terminal(&mut self, terminal: T) -> NodeId {
        let next = self.terminals.len();
        let index = *self.terminal_ids.entry(terminal.clone()).or_insert(next);
        if index == next {
            self.terminals.push(terminal);
        }
        self.add(Node::Terminal(index))
    }

    fn add(&mut self, node: Node) -> NodeId {
        let hash = |node: &Node| FxBuildHasher.hash_one(node);
        let nodes = &self.nodes;
        let entry = self.node_ids.entry(
            hash(&node),
            |id| nodes[id.index()] == node,
            |id| hash(&nodes[id.index()]),
        );
        match entry {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(_) if nodes.len() >= self.most_nodes => {
                self.is_too_large = true;
                NodeId(0)
            }
            Entry::Vacant(place) => {
                let next = NodeId(nodes.len() as u32);
                place.insert(next);
                self.nodes.push(node);
                next
            }
        }
    }
}

impl<T: Clone + Eq + Hash> Diagram<(T, T)> {
    /// The product of two explorations of the same question: each combination of facts ends in what the first and
    /// the second say of it.
    ///
    /// # Errors
    /// It needs more nodes than [`MOST_NODES`].
    pub fn product(
        (first, of_first): (&Exploration, &dyn Fn(&Path) -> T),
        (second, of_second): (&Exploration, &dyn Fn(&Path) -> T),
        known: &Knowledge,
        gazetteer: &Gazetteer,
    ) -> Result<Self, Diagnostic> {
        let mut sides = Diagram::<T>::over([first, second], known, gazetteer);
        let mut selected = Selected::default();
        let one = sides.paths(&first.paths, 0, of_first, &mut selected);
        let other = sides.paths(&second.paths, 0, of_second, &mut selected);
        sides = sides.within_bounds()?;
        let mut product = Self::over([first, second], known, gazetteer);
        product.root = product.pair(&sides, one, other, &mut FxHashMap::default());
        product.within_bounds()
    }

    fn pair(
        &mut self,
        sides: &Diagram<T>,
        one: NodeId,
        other: NodeId,
        known: &mut FxHashMap<(NodeId, NodeId), NodeId>,
    ) -> NodeId {
        if let Some(known) = known.get(&(one, other)) {
            return *known;
        }
        let result = match (sides.terminal(one), sides.terminal(other)) {
            (Some(one), Some(other)) => self.add_terminal((one.clone(), other.clone())),
            _ => {
                let tops = [one, other]
                    .into_iter()
                    .filter_map(|node| sides.branch(node))
                    .map(|(top, _)| top);
                let first = tops.fold(usize::MAX, usize::min);
                let cells = self.space.variables()[first].cells.len();
                let children = (0..cells)
                    .map(|cell| {
                        let one = sides.cofactor(one, first, cell);
                        let other = sides.cofactor(other, first, cell);
                        self.pair(sides, one, other, known)
                    })
                    .collect();
                self.add_branch(first, children)
            }
        };
        known.insert((one, other), result);
        result
    }
}
