//! Which branches of a question are left by what a case says: cases to which the same are left are decided the same,
//! whatever else they say.

use crate::diagram::{Exploration, Path, Space};
use crate::facts::Answer;

/// The branches of a question as a tree, whose forks are told apart by the cells of a number.
#[derive(Debug)]
pub(super) struct Branches {
    root: Child,
    forks: Vec<Fork>,
    /// For each variable what one cell of it is in a number, and how many cells it has; one more is that it is not known.
    variables: Vec<(u64, u64)>,
}

#[derive(Debug)]
struct Fork {
    variable: usize,
    by_cell: Box<[Child]>,
    /// Each once, for a variable that is not known.
    all: Box<[Child]>,
}

#[derive(Debug, Clone, Copy)]
enum Child {
    Fork(usize),
    /// A branch by its place in the exploration.
    Branch(u32),
}

impl Branches {
    /// The branches of an exploration under which nothing is known, with the space of its questions.
    pub fn of(exploration: &Exploration, space: &Space) -> Option<Self> {
        let mut size = 1;
        let mut variables = Vec::new();
        for variable in space.variables() {
            let cells = variable.cells.len() as u64;
            variables.push((size, cells));
            size *= cells + 1;
        }
        let mut branches = Self {
            root: Child::Branch(0),
            forks: Vec::new(),
            variables,
        };
        branches.root = branches.child(&exploration.paths, 0, 0, space)?;
        Some(branches)
    }

    /// What follows on the first `depth` steps of these paths, of which `before` stand before the first.
    fn child(&mut self, paths: &[Path], depth: usize, before: u32, space: &Space) -> Option<Child> {
        let Some(step) = paths.first()?.steps.get(depth) else {
            return Some(Child::Branch(before));
        };
        let (variable, answers) = space.answers(&step.question)?;
        let mut at = before;
        let mut children: Vec<(Answer, Child)> = Vec::new();
        // The exploration goes through the answers in order, so equal answers stand together.
        for branch in paths.chunk_by(|one, other| one.steps[depth].answer == other.steps[depth].answer) {
            children.push((
                branch[0].steps[depth].answer,
                self.child(branch, depth + 1, at, space)?,
            ));
            at += branch.len() as u32;
        }
        // A cell whose answer is not possible here is never asked for: an earlier question has excluded it.
        let of_cell = |answer: &Answer| {
            let found = children.iter().find(|(of, _)| of == answer);
            found.map_or(children[0].1, |(_, child)| *child)
        };
        self.forks.push(Fork {
            variable,
            by_cell: answers.iter().map(of_cell).collect(),
            all: children.iter().map(|(_, child)| *child).collect(),
        });
        Some(Child::Fork(self.forks.len() - 1))
    }

    /// The branches that a number leaves, in order, by their places in the exploration.
    pub fn left(&self, number: u64) -> Box<[u32]> {
        let mut left = Vec::new();
        let mut open = vec![self.root];
        while let Some(child) = open.pop() {
            match child {
                Child::Branch(place) => left.push(place),
                Child::Fork(fork) => {
                    let fork = &self.forks[fork];
                    let (size, cells) = self.variables[fork.variable];
                    match fork.by_cell.get((number / size % (cells + 1)) as usize) {
                        Some(child) => open.push(*child),
                        None => open.extend(fork.all.iter().rev()),
                    }
                }
            }
        }
        left.into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CompiledPolicy, drawn};
    use crate::policy::{Policies, PolicyId, RulesTree};
    use std::collections::BTreeSet;

    #[test]
    fn cases_to_which_the_same_branches_are_left_are_decided_as_each_alone() {
        let mut policies = Policies::open(&RulesTree::embedded(), None).unwrap();
        for id in ["mali/2023", "mali/2025"] {
            let compiled = CompiledPolicy::of(policies.version(&PolicyId::parse(id).unwrap()).unwrap());
            let gazetteer = compiled.policy().gazetteer.clone();
            let (mut numbers, mut kept) = (BTreeSet::new(), BTreeSet::new());
            for case in drawn::cases(&gazetteer).take(1500) {
                let codes = compiled.codes_of(&case);
                for question in 0..compiled.asked().len() {
                    let known = case.knowledge(&gazetteer);
                    let number = compiled.number(question, &codes);
                    let shared = compiled.determined(question, number, || known.clone()).unwrap();
                    let alone = compiled.determine(question, &known).unwrap();
                    assert_eq!(format!("{shared:?}"), format!("{alone:?}"));
                    numbers.insert((question, number));
                    kept.insert(std::sync::Arc::as_ptr(&shared));
                }
            }
            assert!(kept.len() < numbers.len());
        }
    }
}
