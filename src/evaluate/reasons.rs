//! Why a value is what it is: the sites that were reached, what they cite, and the facts they rest on.

use super::determination::Sites;
use crate::diagram::{Condition, Diagram, Exploration, Path};
use crate::facts::{Answer, Aspect, FactId, FactKind, Knowledge, Question};
use crate::policy::PolicyVersion;
use crate::script::{Asked, Conclusion};

/// One reason of a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The conclusion: value, citations and place.
    pub conclusion: Conclusion,
    /// The facts of the case that it rests on, by name.
    pub facts: Vec<(&'static str, Shown)>,
    /// The conclusions that it builds on, each with its value.
    pub built_on: Vec<(Asked, usize)>,
    /// What it assumes of missing facts: any one of these combinations. Empty when it assumes nothing.
    pub assuming: Vec<Vec<Condition>>,
}

/// The value of a fact as results show it: what the rules asked, and of numbers and dates what the case gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// One word.
    Word(String),
    /// The number or the date that the case gives.
    Given(FactId),
    /// Several words.
    Words(Vec<&'static str>),
}

/// More combinations than this are not listed one by one.
const MOST_COMBINATIONS: usize = 12;

/// The reasons of an exploration, in the order of values and sites; `by_site` is the diagram of its ends, where there are
/// several.
pub(super) fn of(
    exploration: &Exploration,
    sites: &Sites<'_>,
    by_site: Option<&Diagram<usize>>,
    known: &Knowledge,
    policy: &PolicyVersion,
) -> Vec<Reason> {
    let ends: Vec<usize> = match by_site {
        None => vec![0],
        Some(by_site) => by_site.reachable().into_iter().copied().collect(),
    };
    let is_certain = ends.len() == 1;
    let concluded = ends
        .into_iter()
        .filter_map(|site| Some((sites.conclusion(site)?, site)));
    let mut concluded: Vec<(&Conclusion, usize)> = concluded.collect();
    concluded.sort_by_key(|(conclusion, _)| (conclusion.value, conclusion.site));
    let reasons = concluded.into_iter().map(|(conclusion, site)| {
        let own = exploration.paths.iter().filter(|path| sites.place(path) == site);
        let paths: Vec<&Path> = own.collect();
        let several = by_site.filter(|_| !is_certain);
        let assuming = several.and_then(|by_site| by_site.ways_to(&site, MOST_COMBINATIONS));
        Reason {
            facts: facts_of(&paths, known, policy),
            built_on: built_on(&paths),
            assuming: assuming.unwrap_or_default(),
            conclusion: conclusion.clone(),
        }
    });
    reasons.collect()
}

/// The other conclusions that all these paths used, with the value that all used.
fn built_on(paths: &[&Path]) -> Vec<(Asked, usize)> {
    let used = |path: &Path| -> Vec<(Asked, usize)> {
        let own = path.run.uses.iter().filter(|used| used.own);
        own.map(|used| (used.conclusion.asked, used.conclusion.value))
            .collect()
    };
    let mut common = paths.first().map(|path| used(path)).unwrap_or_default();
    common.sort_unstable();
    common.dedup();
    common.retain(|one| paths.iter().all(|path| used(path).contains(one)));
    common
}

/// The facts of the case that these paths read, each once, in the declared order.
fn facts_of(paths: &[&Path], known: &Knowledge, policy: &PolicyVersion) -> Vec<(&'static str, Shown)> {
    let mut reads: Vec<(Question, Answer)> = paths
        .iter()
        .flat_map(|path| &path.run.reads)
        .filter(|read| known.is_known(read.question.fact))
        .map(|read| (read.question, read.answer))
        .collect();
    reads.sort_unstable();
    reads.dedup();
    let mut facts: Vec<(&'static str, Shown)> = Vec::new();
    for (question, answer) in reads {
        let name = question.name();
        let text = || Shown::Word(question.answer_text(answer, &policy.gazetteer).into_owned());
        let shown = match (question.aspect, question.fact.declaration().kind) {
            (Aspect::Recorded, _) => continue,
            (Aspect::Has(word), FactKind::Set(words)) => {
                let member = (answer == Answer::YES).then(|| words[usize::from(word)].word);
                if let Some((_, Shown::Words(members))) = facts.iter_mut().find(|(of, _)| *of == name) {
                    members.extend(member);
                    continue;
                }
                Shown::Words(member.into_iter().collect())
            }
            (Aspect::AtLeast(_), _) => Shown::Given(question.fact),
            _ => text(),
        };
        if !facts.iter().any(|(of, _)| *of == name) {
            facts.push((name, shown));
        }
    }
    facts
}
