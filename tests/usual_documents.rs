//! What is read of a case file in its usual form is what the general reader of YAML reads of it.

use gradatie::case_file::{CaseRecord, read_case, read_record};
use gradatie::gazetteer::Gazetteer;
use gradatie::policy::{Policies, RulesTree};
use gradatie::sample::{Sample, SampleFormat, Spread};
use gradatie::source::Source;
use gradatie::yaml::Limits;
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};

static GAZETTEER: LazyLock<Arc<Gazetteer>> = LazyLock::new(|| {
    let policies = Policies::open(&RulesTree::embedded(), Some("mali/2025")).unwrap();
    policies.gazetteer().clone()
});

static DOCUMENTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let spreads = [Spread::Plausible, Spread::Uniform];
    let samples = spreads.map(|spread| Sample::new(&GAZETTEER, spread, 3).take(300));
    samples
        .into_iter()
        .flatten()
        .map(|case| case.text(SampleFormat::Yaml))
        .chain([include_str!("../docs/cases/menaka.yaml").to_owned()])
        .collect()
});

/// What a batch reads of a document: in its usual form, or in general.
fn as_many(text: &str) -> Option<CaseRecord> {
    read_record(&Source::new("a.yaml", text), &GAZETTEER, &Limits::default()).ok()
}

/// What is read of a document when it is the only one, which is always read in general.
fn as_one(text: &str) -> Option<CaseRecord> {
    let case = read_case(&Source::new("a.yaml", text), &GAZETTEER, &Limits::default()).ok()?;
    Some(CaseRecord {
        facts: case.facts.values(&GAZETTEER).ok()?,
        case: case.case,
        decision_date: case.decision_date,
    })
}

#[test]
fn made_up_documents_are_read_the_same() {
    for text in DOCUMENTS.iter() {
        let read = as_many(text);
        assert!(read.is_some(), "{text}");
        assert_eq!(read, as_one(text), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn documents_changed_at_random_are_read_the_same(
        document in 0..601usize,
        edits in prop::collection::vec((0..3u8, any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..6),
    ) {
        const INSERTED: [&str; 40] = [
            " ", "  ", "\n", ":", ": ", " #", "#", "- ", "-", "---", "...", "[", "]", ",", "'", "\"", "\t", "\r",
            "{", "}", "&a ", "*a", "!", "|", ">", "%", "@", "é", "\u{a0}", "\u{85}", "\u{2028}", "\u{feff}", "0",
            "1e", "true", "null", "~", "yes", "\n  ", "?",
        ];
        let mut text: Vec<char> = DOCUMENTS[document].chars().collect();
        for (edit, at, what) in edits {
            let at = at.index(text.len() + 1);
            match edit {
                0 => drop(text.splice(at..at, INSERTED[what.index(INSERTED.len())].chars())),
                1 => drop(text.drain(at..(at + 1 + what.index(3)).min(text.len()).max(at))),
                _ => {
                    // A line moves, or stands twice.
                    let lines: String = text.iter().collect();
                    let mut lines: Vec<&str> = lines.split('\n').collect();
                    let line = lines[what.index(lines.len())];
                    lines.insert(at % (lines.len() + 1), line);
                    text = lines.join("\n").chars().collect();
                }
            }
        }
        let text: String = text.into_iter().collect();
        prop_assert_eq!(as_many(&text), as_one(&text), "{}", text);
    }
}
