//! What a batch costs beside what cannot be avoided: reading the same cases into the same struct and writing as many
//! bytes. Prints a table in Markdown; ratios are of the best of several rounds, taken in turn.

use gradatie::batch::{Batch, Names, ResultFormat, RuleSet};
use gradatie::case_file::{CaseFile, Documents};
use gradatie::case_load::plan;
use gradatie::language::Language;
use gradatie::policy::RulesTree;
use gradatie::sample::{Sample, SampleFormat, Spread};
use gradatie::yaml::Limits;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

const ROUNDS: usize = 5;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let rules = RuleSet::open(&RulesTree::embedded(), None).expect("rules");
    let write = |name: &str, cases: usize, format: SampleFormat, spread: Spread| {
        let path = folder.path().join(name);
        let mut file = std::io::BufWriter::new(File::create(&path).expect("a file"));
        for case in Sample::new(rules.gazetteer(), spread, 7).take(cases) {
            file.write_all(case.text(format).as_bytes()).expect("written");
        }
        file.into_inner().expect("written");
        path
    };
    println!("| cases | jobs | batch, microseconds a case | floor | batch / floor |");
    println!("|---|---:|---:|---:|---:|");
    for (name, cases, format, spread) in [
        ("plausible.jsonl", 300_000, SampleFormat::Lines, Spread::Plausible),
        ("uniform.jsonl", 300_000, SampleFormat::Lines, Spread::Uniform),
        ("plausible.yaml", 60_000, SampleFormat::Yaml, Spread::Plausible),
    ] {
        let path = write(name, cases, format, spread);
        let out = folder.path().join("out.jsonl");
        // How many bytes there are to write.
        run_batch(&rules, &path, &out, 1);
        let bytes = out.metadata().expect("a file").len();
        let mut best = [Duration::MAX; 3];
        for _ in 0..ROUNDS {
            let floor = timed(|| read_and_write(&path, format, &out, bytes));
            let one = timed(|| run_batch(&rules, &path, &out, 1));
            let two = timed(|| run_batch(&rules, &path, &out, 2));
            for (best, time) in best.iter_mut().zip([floor, one, two]) {
                *best = time.min(*best);
            }
        }
        let micro = |time: Duration| time.as_secs_f64() * 1e6 / cases as f64;
        for (jobs, time) in [(1, best[1]), (2, best[2])] {
            println!(
                "| {cases} of {name} | {jobs} | {:.2} | {:.2} | {:.2} |",
                micro(time),
                micro(best[0]),
                time.as_secs_f64() / best[0].as_secs_f64()
            );
        }
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn run_batch(rules: &RuleSet, path: &Path, out: &Path, jobs: usize) {
    let plan = plan(&[path.to_owned()]).expect("inputs");
    let batch = Batch {
        conclusions: rules.conclusions(),
        rules,
        against: None,
        limits: Limits::default(),
        language: Language::English,
        format: ResultFormat::Lines,
        jobs,
        listed: 0,
        names: Names::default(),
    };
    let mut file = File::create(out).expect("a file");
    batch
        .run(&plan, 0, &AtomicBool::new(false), &mut |done| {
            file.write_all(&done.text)
        })
        .expect("a result");
}

/// Reads the cases into the struct of a case file, and writes `bytes` bytes.
fn read_and_write(path: &Path, format: SampleFormat, out: &Path, bytes: u64) {
    let reader = BufReader::with_capacity(1 << 18, File::open(path).expect("a file"));
    match format {
        SampleFormat::Yaml => {
            for document in Documents::new("", reader, 1 << 20).without_end() {
                let document = document.expect("read").expect("a document");
                let text = document.source.text();
                black_box(serde_yaml::from_str::<CaseFile>(text).expect("a case"));
            }
        }
        _ => {
            let mut reader = reader;
            let mut line = String::new();
            while reader.read_line(&mut line).expect("read") > 0 {
                black_box(serde_json::from_str::<CaseFile>(&line).expect("a case"));
                line.clear();
            }
        }
    }
    let block = vec![b'x'; 1 << 20];
    let mut file = File::create(out).expect("a file");
    let mut left = bytes;
    while left > 0 {
        let now = left.min(block.len() as u64);
        file.write_all(&block[..now as usize]).expect("written");
        left -= now;
    }
}
