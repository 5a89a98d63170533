//! What deciding a case in memory costs, beside the same policy written by hand in Rust. Prints a table in Markdown:
//! the median of several rounds, taken in turn.

mod hand_written;

use gradatie::batch::RuleSet;
use gradatie::evaluate::{CaseValues, CompiledPolicy, Decider, Determination};
use gradatie::facts::FactId;
use gradatie::policy::RulesTree;
use gradatie::sample::Spread;
use hand_written::{Concluded, Texts, Words, cases, decide_texts, decide_words};
use std::hint::black_box;
use std::time::Instant;

const ROUNDS: usize = 51;
/// So many that no branch predictor learns them by heart, and so few that they fit in the caches.
const CASES: usize = 4_000;

/// What is kept of a determination: its value and what it cites.
#[derive(Debug, Clone)]
struct Kept {
    /// `None` while it is open.
    value: Option<u8>,
    is_raised: bool,
    cites: Vec<String>,
}

fn kept(compiled: &CompiledPolicy, determination: &Determination) -> Kept {
    let cites = determination.cites(compiled.policy());
    Kept {
        value: determination.value().map(|value| value as u8),
        is_raised: determination.is_raised(),
        cites: cites.into_iter().map(str::to_owned).collect(),
    }
}

fn main() {
    let rules = RuleSet::open(&RulesTree::embedded(), Some("mali/2025"), 1).expect("rules");
    let compiled = rules.versions().next().expect("a version");
    let gazetteer = rules.gazetteer();
    let mut decider = Decider::new(compiled);
    println!("| cases | decided by | nanoseconds a case | beside texts | beside enumerations |");
    println!("|---|---|---:|---:|---:|");
    for (name, spread) in [("plausible", Spread::Plausible), ("uniform", Spread::Uniform)] {
        let whole = cases(gazetteer, CASES, spread, true);
        let texts: Vec<Texts> = whole.iter().map(|case| Texts::of(case, gazetteer)).collect();
        let words: Vec<Words> = texts
            .iter()
            .zip(&whole)
            .map(|(texts, case)| Words::of(texts, case))
            .collect();
        let partial = cases(gazetteer, CASES, spread, false);
        for ((case, texts), words) in whole.iter().zip(&texts).zip(&words) {
            let by_hand = decide_texts(texts);
            assert_eq!(by_hand, decide_words(words));
            decide(&mut decider, compiled, case);
            check(&decider, &by_hand);
        }
        let mut times = [const { Vec::new() }; 4];
        for _ in 0..ROUNDS {
            times[0].push(timed(|| {
                texts.iter().for_each(|case| use_up(&decide_texts(case)))
            }));
            times[1].push(timed(|| {
                words.iter().for_each(|case| use_up(&decide_words(case)))
            }));
            times[2].push(timed(|| {
                whole.iter().for_each(|case| decide(&mut decider, compiled, case))
            }));
            times[3].push(timed(|| {
                partial
                    .iter()
                    .for_each(|case| decide(&mut decider, compiled, case))
            }));
        }
        let [texts, words, whole, partial] = times.map(median);
        for (cases, by, time) in [
            ("whole", "Rust by hand, over texts", texts),
            ("whole", "Rust by hand, over enumerations", words),
            ("whole", "`Decider`", whole),
            ("with facts missing", "`Decider`", partial),
        ] {
            println!(
                "| {name}, {cases} | {by} | {time:.1} | {:.2} | {:.2} |",
                time / texts,
                time / words
            );
        }
    }
}

fn timed(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64() * 1e9 / CASES as f64
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Looks at every conclusion and its citations, and at every flag, as a caller would.
fn use_up(concluded: &Concluded) {
    let conclusions = concluded.conclusions.iter();
    let values: usize = conclusions
        .map(|(value, cites)| usize::from(*value) + cites.len())
        .sum();
    let flags = concluded.flags.iter().map(|flag| flag.map_or(0, <[_]>::len));
    black_box(values + flags.sum::<usize>());
}

/// Decides a case and looks at the same, and at the facts that are needed.
fn decide(decider: &mut Decider<'_, Kept>, compiled: &CompiledPolicy, case: &CaseValues) {
    let decided = decider.decide(case, &mut |determined| {
        kept(compiled, determined.expect("determined"))
    });
    decided.expect("possible");
    let answers = decider
        .answers()
        .map(|kept| kept.value.map_or(0, usize::from) + kept.cites.len());
    black_box(answers.sum::<usize>());
    black_box::<&[FactId]>(decider.needs());
}

fn check(decider: &Decider<'_, Kept>, by_hand: &Concluded) {
    let mut answers = decider.answers();
    for ((value, cites), answer) in by_hand.conclusions.iter().zip(&mut answers) {
        assert_eq!(
            (Some(*value), &cites[..]),
            (answer.value, &texts(&answer.cites)[..])
        );
    }
    for (flag, answer) in by_hand.flags.iter().zip(answers) {
        assert_eq!(flag.is_some(), answer.is_raised);
        if let Some(cites) = flag {
            assert_eq!(cites[..], texts(&answer.cites)[..]);
        }
    }
    assert!(decider.needs().is_empty());
}

fn texts(cites: &[String]) -> Vec<&str> {
    cites.iter().map(String::as_str).collect()
}
