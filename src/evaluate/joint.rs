//! Questions that are answered together: what a case says to all of them has one number.
//!
//! Most questions ask for the same few facts. Taken together they have hardly more numbers than the largest of them alone,
//! and a case costs one look-up for all.

use super::CompiledPolicy;
use super::compiled::index;
use crate::facts::FactId;
use rustc_hash::FxHashMap;

/// Questions of a policy version that are answered together.
#[derive(Debug, Clone, Default)]
pub struct Joint {
    questions: Vec<usize>,
    variables: Vec<Variable>,
    /// For each class of each variable what it adds to the number of each question.
    adds: Vec<Box<[u64]>>,
}

/// A fact, or a word of a set, by which one of the questions tells cases apart.
#[derive(Debug, Clone)]
struct Variable {
    fact: FactId,
    word: Option<u8>,
    /// Codes that no question tells apart are of one class: that of each code.
    class_of: Vec<u32>,
    /// A code of each class.
    codes: Vec<usize>,
}

/// Questions that are answered together: the places of each among all that are asked, and what they are for each version.
#[derive(Debug)]
pub struct Group {
    /// Places of questions.
    pub places: Vec<usize>,
    /// Those of each version, which need not ask all of them, in the order of the places.
    pub of_versions: Vec<Joint>,
}

impl Joint {
    /// The questions.
    pub fn questions(&self) -> &[usize] {
        &self.questions
    }

    /// How many numbers there are.
    pub fn size(&self) -> u64 {
        let classes = self.variables.iter().map(|variable| variable.codes.len() as u64);
        classes.fold(1, u64::saturating_mul)
    }

    /// With one question more. `None` where that one has no numbers.
    fn with(&self, compiled: &CompiledPolicy, question: usize) -> Option<Self> {
        compiled.size(question)?;
        let mut joint = self.clone();
        joint.questions.push(question);
        for (fact, word, adds) in compiled.variables(question) {
            let mut own = joint.variables.iter_mut();
            match own.find(|own| (own.fact, own.word) == (*fact, *word)) {
                Some(own) => own.tell_apart(adds),
                None => {
                    let mut new = Variable {
                        fact: *fact,
                        word: *word,
                        class_of: vec![0; adds.len()],
                        codes: Vec::new(),
                    };
                    new.tell_apart(adds);
                    joint.variables.push(new);
                }
            }
        }
        Some(joint)
    }

    /// For each variable its fact, and what each of the fact's codes adds to the number.
    pub(super) fn added(&self, codes: &dyn Fn(FactId) -> Vec<u32>) -> Vec<(FactId, Vec<u32>)> {
        let mut times = 1;
        let variables = self.variables.iter().map(|variable| {
            let codes = codes(variable.fact).into_iter();
            let classes = codes.map(|code| variable.class_of[index(code, variable.word)]);
            let added = classes.map(|class| class * times).collect();
            times *= variable.codes.len() as u32;
            (variable.fact, added)
        });
        variables.collect()
    }

    /// With what the classes add to the number of each question, once all questions are there.
    fn with_adds(mut self, compiled: &CompiledPolicy) -> Self {
        let classes = self.variables.iter().flat_map(|variable| {
            let codes = variable.codes.iter();
            codes.map(|code| (variable.fact, variable.word, *code))
        });
        let adds = classes.map(|(fact, word, code)| {
            let questions = self.questions.iter().map(|question| {
                let mut own = compiled.variables(*question).iter();
                let own = own.find(|own| (own.0, own.1) == (fact, word));
                own.map_or(0, |(_, _, adds)| adds[code])
            });
            questions.collect()
        });
        self.adds = adds.collect();
        self
    }

    /// The number that each question has where all together have this one.
    pub fn numbers(&self, number: u32) -> Vec<u64> {
        let mut numbers = vec![0; self.questions.len()];
        let (mut rest, mut first) = (number as usize, 0);
        for variable in &self.variables {
            let classes = variable.codes.len();
            let adds = &self.adds[first + rest % classes];
            numbers
                .iter_mut()
                .zip(adds)
                .for_each(|(number, adds)| *number += adds);
            rest /= classes;
            first += classes;
        }
        numbers
    }
}

impl Variable {
    /// Tells codes apart that add something else.
    fn tell_apart(&mut self, adds: &[u64]) {
        let mut classes = FxHashMap::default();
        self.codes.clear();
        for (code, (class, adds)) in self.class_of.iter_mut().zip(adds).enumerate() {
            let next = self.codes.len() as u32;
            let new = *classes.entry((*class, *adds)).or_insert(next);
            if new == next {
                self.codes.push(code);
            }
            *class = new;
        }
    }
}

/// Puts the questions of several versions together so that no version has more than `most` numbers for those that are
/// together; a question that has more by itself stays alone. `asked` says for each version which of its questions stands at
/// each place, if it asks one there. `None` where a question has no numbers, or more than `most_alone`.
pub fn put_together(
    versions: &[&CompiledPolicy],
    asked: &[Vec<Option<usize>>],
    most: u64,
    most_alone: u64,
) -> Option<Vec<Group>> {
    let with = |joint: &Joint, version: usize, place: usize| match asked[version][place] {
        Some(question) => joint.with(versions[version], question),
        None => Some(joint.clone()),
    };
    let size = |joints: &[Joint]| joints.iter().map(Joint::size).max().unwrap_or(1);
    let joined = |of_versions: &[Joint], place: usize| -> Option<Vec<Joint>> {
        let joints = of_versions.iter().enumerate();
        joints
            .map(|(version, joint)| with(joint, version, place))
            .collect()
    };
    let nothing = vec![Joint::default(); versions.len()];
    let places = asked.first().map_or(0, Vec::len);
    let alone: Option<Vec<Vec<Joint>>> = (0..places).map(|place| joined(&nothing, place)).collect();
    let alone = alone?;
    if alone.iter().any(|alone| size(alone) > most_alone) {
        return None;
    }
    // The largest first, each to those that it makes larger by least.
    let mut order: Vec<usize> = (0..places).collect();
    order.sort_by_key(|place| std::cmp::Reverse(size(&alone[*place])));
    let mut groups: Vec<Group> = Vec::new();
    for place in order {
        let grown = groups.iter().enumerate().filter_map(|(index, group)| {
            let of_versions = joined(&group.of_versions, place)?;
            let grown = size(&of_versions);
            (grown <= most).then(|| (grown.div_ceil(size(&group.of_versions)), index, of_versions))
        });
        match grown.min_by_key(|(growth, index, _)| (*growth, *index)) {
            Some((_, index, of_versions)) => {
                groups[index].places.push(place);
                groups[index].of_versions = of_versions;
            }
            None => groups.push(Group {
                places: vec![place],
                of_versions: alone[place].clone(),
            }),
        }
    }
    for group in &mut groups {
        for (joint, compiled) in group.of_versions.iter_mut().zip(versions) {
            *joint = std::mem::take(joint).with_adds(compiled);
        }
    }
    Some(groups)
}

#[cfg(test)]
mod tests {
    use super::super::{CaseValues, drawn};
    use super::*;
    use crate::policy::{Policies, PolicyId, RulesTree};

    #[test]
    fn a_number_of_questions_together_says_the_number_of_each() {
        let mut policies = Policies::open(&RulesTree::embedded(), None).unwrap();
        let compiled = ["mali/2023", "mali/2025"]
            .map(|id| CompiledPolicy::of(policies.version(&PolicyId::parse(id).unwrap()).unwrap()));
        let versions = compiled.each_ref();
        // The place after the last is asked by one of them alone.
        let places = versions
            .map(|version| version.asked().len())
            .into_iter()
            .max()
            .unwrap();
        let asked = versions.map(|version| {
            let questions = version.asked().len();
            (0..places)
                .map(|place| (place < questions).then_some(place))
                .collect()
        });
        for most in [0, 500, 1 << 14] {
            let groups = put_together(&versions, &asked, most, 1 << 17).unwrap();
            let mut all: Vec<usize> = groups.iter().flat_map(|group| group.places.clone()).collect();
            all.sort_unstable();
            assert_eq!(all, (0..places).collect::<Vec<_>>());
            assert_eq!(groups.len() == places, most == 0);
            for case in drawn::cases(policies.gazetteer()).take(300) {
                for (version, compiled) in compiled.iter().enumerate() {
                    let codes = compiled.codes_of(&case);
                    for group in &groups {
                        let joint = &group.of_versions[version];
                        assert!(group.places.len() == 1 || joint.size() <= most);
                        let added = joint.added(&|fact| vec![code_of(compiled, fact, &case)]);
                        let number: u32 = added.iter().map(|(_, added)| added[0]).sum();
                        assert!(u64::from(number) < joint.size());
                        let expected: Vec<u64> = joint
                            .questions()
                            .iter()
                            .map(|question| compiled.number(*question, &codes).unwrap())
                            .collect();
                        assert_eq!(joint.numbers(number), expected);
                    }
                }
            }
        }
        assert!(put_together(&versions, &asked, 500, 500).is_none());
    }

    fn code_of(compiled: &CompiledPolicy, fact: FactId, case: &CaseValues) -> u32 {
        use crate::facts::{Choice, FactValue};
        let value = match fact {
            FactId::DecisionDate => case.decision_date.map(FactValue::of_date),
            FactId::VersionPickedBy => Some(FactValue::Choice(case.picked_by.index() as u32)),
            _ => case.facts[fact as usize],
        };
        compiled.code_of(fact, value)
    }
}
