//! Paths become a reduced, ordered diagram with shared nodes.

use super::explore::{Exploration, Path};
use super::space::Space;
use crate::facts::{Answer, Knowledge, Question};
use crate::gazetteer::Gazetteer;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

/// A node of one [`Diagram`]; within it, equal meaning is an equal node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

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
    space: Space,
    terminals: Vec<T>,
    nodes: Vec<Node>,
    root: NodeId,
}

impl<T: Clone + Eq + Hash> Diagram<T> {
    /// Builds the diagram of an exploration; `terminal` says what each path ends in.
    pub fn build(
        exploration: &Exploration,
        known: &Knowledge,
        gazetteer: &Gazetteer,
        terminal: impl Fn(&Path) -> T,
    ) -> Self {
        let steps = exploration.paths.iter().flat_map(|path| &path.steps);
        let questions: BTreeSet<Question> = steps.map(|step| step.question).collect();
        let mut builder = Builder {
            space: Space::of(&questions, known, gazetteer),
            terminals: Vec::new(),
            terminal_ids: HashMap::new(),
            nodes: Vec::new(),
            node_ids: HashMap::new(),
            selected: HashMap::new(),
        };
        let root = builder.paths(&exploration.paths, 0, &terminal);
        Self {
            space: builder.space,
            terminals: builder.terminals,
            nodes: builder.nodes,
            root,
        }
    }

    /// Its variables.
    pub fn space(&self) -> &Space {
        &self.space
    }

    /// Where it begins.
    pub fn root(&self) -> NodeId {
        self.root
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
}

struct Builder<T> {
    space: Space,
    terminals: Vec<T>,
    terminal_ids: HashMap<T, usize>,
    nodes: Vec<Node>,
    node_ids: HashMap<Node, NodeId>,
    /// Results of [`Builder::select`].
    selected: HashMap<(usize, Vec<NodeId>), NodeId>,
}

impl<T: Clone + Eq + Hash> Builder<T> {
    /// The diagram of paths that agree on their first `depth` steps.
    fn paths(&mut self, paths: &[Path], depth: usize, terminal: &impl Fn(&Path) -> T) -> NodeId {
        let Some(step) = paths[0].steps.get(depth) else {
            let terminal = terminal(&paths[0]);
            return self.terminal(terminal);
        };
        // The exploration goes through the answers in order, so equal answers stand together.
        let branches: Vec<(Answer, NodeId)> = paths
            .chunk_by(|one, other| one.steps[depth].answer == other.steps[depth].answer)
            .map(|branch| {
                (
                    branch[0].steps[depth].answer,
                    self.paths(branch, depth + 1, terminal),
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
        self.select(variable, children)
    }

    /// The diagram that continues with `children[c]` where the variable has cell `c`; the children may branch on any
    /// variable, also on this one and on earlier ones.
    fn select(&mut self, variable: usize, children: Vec<NodeId>) -> NodeId {
        let key = (variable, children);
        if let Some(known) = self.selected.get(&key) {
            return *known;
        }
        let tops = key.1.iter().filter_map(|child| self.top(*child));
        let first = tops.fold(variable, usize::min);
        let cells = self.space.variables()[first].cells.len();
        let result = if first == variable {
            let own = (0..cells)
                .map(|cell| self.cofactor(key.1[cell], first, cell))
                .collect();
            self.branch(first, own)
        } else {
            let own = (0..cells)
                .map(|cell| {
                    let under = key
                        .1
                        .iter()
                        .map(|child| self.cofactor(*child, first, cell))
                        .collect();
                    self.select(variable, under)
                })
                .collect();
            self.branch(first, own)
        };
        self.selected.insert(key, result);
        result
    }

    fn top(&self, node: NodeId) -> Option<usize> {
        match &self.nodes[node.0 as usize] {
            Node::Branch(variable, _) => Some(*variable),
            Node::Terminal(_) => None,
        }
    }

    fn cofactor(&self, node: NodeId, variable: usize, cell: usize) -> NodeId {
        match &self.nodes[node.0 as usize] {
            Node::Branch(top, children) if *top == variable => children[cell],
            _ => node,
        }
    }

    fn branch(&mut self, variable: usize, children: Box<[NodeId]>) -> NodeId {
        match children.first() {
            Some(first) if children.iter().all(|child| child == first) => *first,
            _ => self.node(Node::Branch(variable, children)),
        }
    }

    fn terminal(&mut self, terminal: T) -> NodeId {
        let next = self.terminals.len();
        let index = *self.terminal_ids.entry(terminal.clone()).or_insert(next);
        if index == next {
            self.terminals.push(terminal);
        }
        self.node(Node::Terminal(index))
    }

    fn node(&mut self, node: Node) -> NodeId {
        let next = NodeId(self.nodes.len() as u32);
        let id = *self.node_ids.entry(node.clone()).or_insert(next);
        if id == next {
            self.nodes.push(node);
        }
        id
    }
}
