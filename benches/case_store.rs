//! What a case store costs beside what cannot be avoided: reading its columns, and writing as many columns as a batch
//! writes. Prints tables in Markdown; ratios are of the best of several rounds, taken in turn. Pin it to one core
//! (`taskset -c 0`) for figures of one core: a batch has threads that read and write besides the one that evaluates.
//!
//! `cargo bench --features columnar --bench case_store -- 5000000` measures another number of cases than a million.

use gradatie::batch::{Batch, Names, ResultFile, ResultFormat, RuleSet};
use gradatie::case_load::plan;
use gradatie::columnar::{
    Cells, Codes, Column, ColumnType, ColumnsFile, Growing, Layout, NONE, Texts, texts_of,
};
use gradatie::import::{Import, StoreFile};
use gradatie::language::Language;
use gradatie::policy::RulesTree;
use gradatie::sample::{Sample, SampleFormat, Spread};
use gradatie::yaml::Limits;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// Memory is taken as the program takes it, by all that is compared.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 5;

fn main() {
    let wanted = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok());
    let cases: usize = wanted.unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a folder");
    let rules = RuleSet::open(&RulesTree::embedded(), None, 1).expect("rules");
    println!("| cases | work | nanoseconds a case | cases a second | bytes a case |");
    println!("|---|---|---:|---:|---:|");
    for (name, spread) in [("plausible", Spread::Plausible), ("uniform", Spread::Uniform)] {
        let lines = folder.path().join(format!("{name}.jsonl"));
        let mut file = BufWriter::new(File::create(&lines).expect("a file"));
        for case in Sample::new(rules.gazetteer(), spread, 7).take(cases) {
            file.write_all(case.text(SampleFormat::Lines).as_bytes())
                .expect("written");
        }
        drop(file);
        let store = folder.path().join(format!("{name}.parquet"));
        let out = folder.path().join("out.parquet");
        let copy = folder.path().join("copy.parquet");
        let import = timed(|| run_import(&rules, &lines, &store));
        run_batch(&rules, &store, &out);
        let results = Results::read(&out);
        let mut best = [Duration::MAX; 3];
        for _ in 0..ROUNDS {
            let read = timed(|| read_columns(&store));
            let write = timed(|| results.write(&copy));
            let batch = timed(|| run_batch(&rules, &store, &out));
            for (best, time) in best.iter_mut().zip([read, write, batch]) {
                *best = time.min(*best);
            }
        }
        let size = |path: &Path| path.metadata().expect("a file").len() as f64 / cases as f64;
        let nanoseconds = |time: Duration| time.as_secs_f64() * 1e9 / cases as f64;
        let row = |work: &str, time: Duration, size: f64| {
            let nanoseconds = nanoseconds(time);
            println!(
                "| {cases} {name} | {work} | {nanoseconds:.0} | {:.2} million | {size:.1} |",
                1e3 / nanoseconds
            );
        };
        row("import of JSON Lines", import, size(&store));
        row("reading the columns", best[0], size(&store));
        row("writing as many result columns", best[1], size(&copy));
        row("batch from the store to Parquet", best[2], size(&out));
        println!(
            "| {cases} {name} | batch / (reading + writing) | {:.2} | | |",
            best[2].as_secs_f64() / (best[0] + best[1]).as_secs_f64()
        );
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn run_import(rules: &RuleSet, from: &Path, to: &Path) {
    let import = Import {
        gazetteer: rules.gazetteer().clone(),
        limits: Limits::default(),
        jobs: 1,
    };
    let plan = plan(&[from.to_owned()]).expect("inputs");
    let mut store = StoreFile::new(rules.gazetteer()).expect("a store");
    let mut file = File::create(to).expect("a file");
    file.write_all(StoreFile::HEAD).expect("written");
    let ran = import.run(&plan, &AtomicBool::new(false), &mut |imported| {
        file.write_all(&store.add(&imported)?)
    });
    ran.expect("a load");
    let end = store.end(serde_json::Value::Null).expect("an end");
    file.write_all(&end).expect("written");
}

fn run_batch(rules: &RuleSet, from: &Path, to: &Path) {
    let plan = plan(&[from.to_owned()]).expect("inputs");
    let batch = Batch {
        conclusions: rules.conclusions(),
        rules,
        against: None,
        limits: Limits::default(),
        language: Language::English,
        format: ResultFormat::Columns,
        jobs: 1,
        listed: 0,
        names: Names::default(),
    };
    let mut results = ResultFile::new(&batch).expect("a file");
    let mut file = File::create(to).expect("a file");
    file.write_all(ResultFile::HEAD).expect("written");
    let ran = batch.run(&plan, 0, &AtomicBool::new(false), &mut |done| {
        file.write_all(&results.add(&batch, std::mem::take(&mut done.parts))?.0)
    });
    ran.expect("results");
    file.write_all(&results.end(&batch).expect("an end").0)
        .expect("written");
}

/// Reads every column of a store into codes and texts.
fn read_columns(store: &Path) {
    let file = ColumnsFile::open(store).expect("a store");
    let texts: Vec<bool> = file
        .names()
        .map(|name| matches!(name, "source" | "case" | "error_message"))
        .collect();
    for slice in file.slices().expect("slices") {
        for columns in file.read(&slice.expect("a slice")).expect("columns") {
            for (index, is_text) in texts.iter().enumerate() {
                if *is_text {
                    black_box(texts_of(columns.column(index)));
                } else {
                    black_box(Cells::of(columns.column(index)));
                }
            }
        }
    }
}

/// The columns of results in memory, as they are given to be written.
struct Results {
    names: Vec<(String, ColumnType)>,
    groups: Vec<(usize, Vec<Held>)>,
}

enum Held {
    Texts(Texts),
    Words(Vec<String>, Vec<u32>),
    Lists(Vec<String>, Vec<Box<[u32]>>, Vec<u32>),
    Numbers(Vec<i32>, Vec<u32>),
}

impl Results {
    fn read(path: &Path) -> Self {
        let file = ColumnsFile::open(path).expect("results");
        let types: Vec<String> = (0..file.names().count())
            .map(|index| file.type_of(index))
            .collect();
        let names = file.names().zip(&types).map(|(name, of)| {
            let column = match of.as_str() {
                _ if matches!(name, "source" | "case" | "error_message") => ColumnType::Text,
                "Date32" => ColumnType::Day,
                "Int32" => ColumnType::Number,
                of if of.starts_with("List") => ColumnType::List,
                _ => ColumnType::Word,
            };
            (name.to_owned(), column)
        });
        let names: Vec<(String, ColumnType)> = names.collect();
        let mut groups = Vec::new();
        for slice in file.slices().expect("slices") {
            for columns in file.read(&slice.expect("a slice")).expect("columns") {
                let held = names.iter().enumerate().map(|(index, (_, of))| {
                    let array = columns.column(index);
                    if *of == ColumnType::Text {
                        let mut texts = Texts::default();
                        texts_of(array)
                            .expect("texts")
                            .iter()
                            .for_each(|text| texts.push(text));
                        return Held::Texts(texts);
                    }
                    held(Cells::of(array).expect("cells"), *of)
                });
                groups.push((columns.rows(), held.collect()));
            }
        }
        Self { names, groups }
    }

    fn write(&self, path: &Path) {
        let layout = Layout::of(self.names.iter().map(|(name, of)| (name.as_str(), *of))).expect("columns");
        let mut growing = Growing::new(layout);
        let mut file = File::create(path).expect("a file");
        file.write_all(Growing::HEAD).expect("written");
        for (rows, held) in &self.groups {
            let columns: Vec<Column<'_>> = held
                .iter()
                .map(|held| match held {
                    Held::Texts(texts) => Column::Texts(texts),
                    Held::Words(words, codes) => Column::Words {
                        words,
                        codes: Codes::Each(codes),
                    },
                    Held::Lists(words, lists, codes) => Column::Lists {
                        words,
                        lists,
                        codes: Codes::Each(codes),
                    },
                    Held::Numbers(values, codes) => Column::Numbers {
                        values,
                        codes: Codes::Each(codes),
                    },
                })
                .collect();
            let group = growing.layout().encode(&columns, *rows).expect("encoded");
            file.write_all(&growing.add(group).expect("added"))
                .expect("written");
        }
        file.write_all(&growing.end(&[]).expect("an end"))
            .expect("written");
    }
}

fn held(cells: Cells, of: ColumnType) -> Held {
    let none = cells.texts.len() as u32 - 1;
    let codes = cells
        .rows
        .iter()
        .map(|code| if *code == none { NONE } else { *code });
    let codes: Vec<u32> = codes.collect();
    let texts: Vec<String> = cells.texts.into_iter().flatten().collect();
    match of {
        ColumnType::List => {
            let mut words: Vec<String> = Vec::new();
            let lists = texts.iter().map(|text| {
                let members = text.split(' ').filter(|word| *word != "[]");
                let place = |word: &str| match words.iter().position(|known| known == word) {
                    Some(place) => place as u32,
                    None => {
                        words.push(word.to_owned());
                        words.len() as u32 - 1
                    }
                };
                members.map(place).collect()
            });
            let lists = lists.collect();
            Held::Lists(words, lists, codes)
        }
        ColumnType::Day | ColumnType::Number => {
            let number = |text: &String| {
                let day = text
                    .parse::<jiff::civil::Date>()
                    .map(|day| gradatie::facts::days_of(day) as i32);
                day.or_else(|_| text.parse()).expect("a number or a day")
            };
            Held::Numbers(texts.iter().map(number).collect(), codes)
        }
        _ => Held::Words(texts, codes),
    }
}
