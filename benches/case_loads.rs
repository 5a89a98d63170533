//! What a batch costs beside what cannot be avoided: reading the same cases into the same struct and writing as many
//! bytes; and how the cost grows with the number of cases. Prints tables in Markdown.
//!
//! `cargo bench --bench case_loads` prints all; behind `--`, `floors` or `growth` prints one, the name of a case load
//! such as `plausible.jsonl` leaves the others out of the former, and a number is how many cases a load of JSON Lines has
//! and up to how many the growth goes. Files are written where `TMPDIR` says: half a gigabyte for a hundred thousand
//! cases.
//!
//! Processor time is that of all threads. It says what a case costs also on a machine that does something else, and what
//! a batch would take on one core.

use gradatie::batch::{Batch, Names, ResultFormat, RuleSet};
use gradatie::case_file::CaseFile;
use gradatie::case_load::plan;
use gradatie::language::Language;
use gradatie::policy::RulesTree;
use gradatie::sample::{Sample, SampleFormat, Spread};
use gradatie::yaml::Limits;
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// Memory is taken as the program takes it, by all that is compared.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 9;

fn main() {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    let cases = wanted.iter().find_map(|word| word.parse().ok());
    let wants = |name: &str| {
        let named = |word: &&String| ["floors", "growth"].contains(&word.as_str());
        wanted.iter().filter(named).count() == 0 || wanted.iter().any(|word| word == name)
    };
    if wants("floors") {
        floors(cases.unwrap_or(100_000), &wanted);
    }
    if wants("growth") {
        growth(cases.unwrap_or(10_000_000));
    }
}

/// A piece of work with its name.
type Work<'w> = (&'static str, Box<dyn FnMut() + 'w>);

/// What a piece of work took.
#[derive(Debug, Clone, Copy)]
struct Took {
    wall: f64,
    processor: f64,
}

/// What a piece of work took over several rounds.
struct OverRounds {
    wall: f64,
    processor: f64,
    /// How long beside the first work of the same round.
    beside_first: f64,
}

fn floors(lines: usize, wanted: &[String]) {
    let folder = tempfile::tempdir().expect("a folder");
    let rules = RuleSet::open(&RulesTree::embedded(), None, 1).expect("rules");
    println!(
        "| cases | what | microseconds a case | beside the floor | processor time a case | beside the floor |"
    );
    println!("|---|---|---:|---:|---:|---:|");
    let loads = [
        ("plausible.jsonl", lines, SampleFormat::Lines, Spread::Plausible),
        ("uniform.jsonl", lines, SampleFormat::Lines, Spread::Uniform),
        ("plausible.yaml", 20_000, SampleFormat::Yaml, Spread::Plausible),
    ];
    let is_named = |name: &str| wanted.iter().any(|word| word == name);
    let is_any_named = loads.iter().any(|(name, ..)| is_named(name));
    for (name, cases, format, spread) in loads {
        if is_any_named && !is_named(name) {
            continue;
        }
        let path = write_cases(folder.path(), &rules, name, cases, format, spread);
        let out = folder.path().join("out.jsonl");
        // How many bytes there are to write.
        run_batch(&rules, &path, &out, 1);
        let bytes = out.metadata().expect("a file").len();
        let (rules, path, own) = (&rules, &path, &out);
        let floor = |writes: bool| read_and_write(path, format, &out, if writes { bytes } else { 0 });
        let floor = &floor;
        let mut works: Vec<Work<'_>> = match format {
            SampleFormat::Yaml => vec![("only parsing", Box::new(move || floor(false)))],
            _ => vec![(
                "parsing, and writing as many bytes",
                Box::new(move || floor(true)),
            )],
        };
        works.push(("the library, 1 job", Box::new(|| run_batch(rules, path, own, 1))));
        works.push(("the library, 2 jobs", Box::new(|| run_batch(rules, path, own, 2))));
        works.push(("the program, 1 job", Box::new(|| run_program(path, own, 1))));
        works.push(("the program, 2 jobs", Box::new(|| run_program(path, own, 2))));
        let took = in_turn(&mut works, &out);
        for ((what, _), time) in works.iter().zip(&took) {
            let micro = |seconds: f64| seconds * 1e6 / cases as f64;
            println!(
                "| {cases} of {name} | {what} | {:.2} | {:.2} | {:.2} | {:.2} |",
                micro(time.wall),
                time.beside_first,
                micro(time.processor),
                time.processor / took[0].processor,
            );
        }
    }
}

/// The median time of each work over several rounds, each round all works in turn, and the median of what it is beside the
/// first of the same round: where a machine is restless for a while, it is so for both. Of the processor time the mean,
/// because the system counts it in hundredths of a second. What the work before wrote is removed first: giving back its
/// room takes the system as long as a tenth of the work, and is no part of it.
fn in_turn(works: &mut [Work<'_>], out: &Path) -> Vec<OverRounds> {
    let mut times = vec![Vec::new(); works.len()];
    for _ in 0..ROUNDS {
        for ((_, work), times) in works.iter_mut().zip(&mut times) {
            // Some work writes nothing.
            let _ = fs::remove_file(out);
            let (start, before) = (Instant::now(), processor_seconds("self"));
            work();
            times.push(Took {
                wall: start.elapsed().as_secs_f64(),
                processor: processor_seconds("self") - before,
            });
        }
    }
    let over_rounds = |own: &Vec<Took>| {
        let rounds = own.iter().zip(&times[0]);
        OverRounds {
            wall: median(own.iter().map(|took| took.wall)),
            processor: own.iter().map(|took| took.processor).sum::<f64>() / own.len() as f64,
            beside_first: median(rounds.map(|(own, first)| own.wall / first.wall)),
        }
    };
    times.iter().map(over_rounds).collect()
}

fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = numbers.collect();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// The processor time of a process, its threads and the children that have ended; 0 where the system does not say.
fn processor_seconds(process: &str) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    // Behind the name and the state come ten numbers, then the times of the process and of its children.
    let ticks = after_name.split_whitespace().skip(11).take(4);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn write_cases(
    folder: &Path,
    rules: &RuleSet,
    name: &str,
    cases: usize,
    format: SampleFormat,
    spread: Spread,
) -> PathBuf {
    let path = folder.join(name);
    let mut file = std::io::BufWriter::new(File::create(&path).expect("a file"));
    for case in Sample::new(rules.gazetteer(), spread, 7).take(cases) {
        file.write_all(case.text(format).as_bytes()).expect("written");
    }
    file.flush().expect("written");
    path
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
    let ran = batch.run(&plan, 0, &AtomicBool::new(false), &mut |done| {
        done.lines.write_to(&mut file).map(drop)
    });
    ran.expect("a result");
}

/// The whole program, from its start to the results under their name.
fn run_program(path: &Path, out: &Path, jobs: usize) {
    let ran = program()
        .arg("batch")
        .arg(path)
        .arg("--out")
        .arg(out)
        .args(["--force", "--jobs", &jobs.to_string()])
        .stderr(Stdio::null())
        .status();
    assert!(ran.expect("a program").success());
}

fn program() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_gradatie"));
    // The rules that are built in, not those of a folder that happens to be near.
    program.current_dir("/");
    program
}

/// Reads the cases into the struct of a case file, and writes `bytes` bytes.
fn read_and_write(path: &Path, format: SampleFormat, out: &Path, bytes: u64) {
    let mut reader = BufReader::with_capacity(1 << 18, File::open(path).expect("a file"));
    match format {
        SampleFormat::Yaml => {
            let mut text = String::new();
            std::io::Read::read_to_string(&mut reader, &mut text).expect("read");
            for document in text.split("---\n").filter(|document| !document.is_empty()) {
                black_box(serde_yaml::from_str::<CaseFile>(document).expect("a case"));
            }
        }
        _ => {
            let mut line = String::new();
            while reader.read_line(&mut line).expect("read") > 0 {
                black_box(serde_json::from_str::<CaseFile>(&line).expect("a case"));
                line.clear();
            }
        }
    }
    if bytes == 0 {
        return;
    }
    let block = vec![b'x'; 1 << 17];
    let mut file = File::create(out).expect("a file");
    let mut left = bytes;
    while left > 0 {
        let now = left.min(block.len() as u64);
        file.write_all(&block[..now as usize]).expect("written");
        left -= now;
    }
}

/// The whole program with cases that another one makes meanwhile, so that neither cases nor results take a disk.
fn growth(most: usize) {
    println!("\n| cases | seconds | processor time, microseconds a case | peak memory, MB |");
    println!("|---:|---:|---:|---:|");
    for cases in [1_000, 10_000, 100_000, 1_000_000, 10_000_000] {
        if cases > most {
            break;
        }
        let start = Instant::now();
        let mut sample = program()
            .args(["sample", &cases.to_string(), "--format", "jsonl"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a program");
        let mut batch = program()
            .args(["batch", "-", "--jobs", "1"])
            .stdin(sample.stdout.take().expect("a pipe"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a program");
        let process = batch.id().to_string();
        let (mut peak, mut processor) = (0, 0.0_f64);
        let ended = loop {
            peak = peak.max(peak_kilobytes(&process));
            processor = processor.max(processor_seconds(&process));
            if let Some(ended) = batch.try_wait().expect("a program") {
                break ended;
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        assert!(ended.success() && sample.wait().expect("a program").success());
        println!(
            "| {cases} | {:.2} | {:.2} | {:.1} |",
            start.elapsed().as_secs_f64(),
            processor * 1e6 / cases as f64,
            peak as f64 / 1000.0,
        );
    }
}

/// The most memory that a process has had so far, in kilobytes; 0 where the system does not say.
fn peak_kilobytes(process: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.split_whitespace().next()?.parse().ok())
        .unwrap_or_default()
}
