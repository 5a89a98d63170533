//! Taking a case load into a case store: read once, in every form that a batch reads, and kept as columns.

use crate::batch::{Duplicates, hash_of};
use crate::case_file::CaseReader;
use crate::case_file::is_blank;
use crate::case_load::{Chunk, FileRead, Loaded, Plan, Stopped, Work, in_parallel};
use crate::case_store::{STORE_KEY, StoreDescription, place_names, store_columns};
use crate::columnar::{BYTES_OF_GROUP, Codes, Column, Growing, Layout, NONE, Numbers, ROWS_OF_GROUP, Texts};
use crate::diagnostic::CaseFault;
use crate::facts::{FactId, FactKind, FactValue, FactValues, Word, days_of};
use crate::gazetteer::Gazetteer;
use crate::yaml::Limits;
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use serde_json::Value;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// What to take in, and how.
#[derive(Debug)]
pub struct Import {
    /// The places that cases may name.
    pub gazetteer: Arc<Gazetteer>,
    /// The bounds on a case.
    pub limits: Limits,
    /// Threads that read.
    pub jobs: usize,
}

/// What was read of one chunk; chunks come in the order of the input.
#[derive(Debug)]
pub struct Imported {
    rows: StoreRows,
    /// The files that end here.
    pub reads: Vec<FileRead>,
}

impl Import {
    /// Reads what was planned. `take` gets what was read of each chunk; `stop` ends early, after what is under way.
    ///
    /// # Errors
    /// Of `take`.
    pub fn run(
        &self,
        plan: &Plan,
        stop: &AtomicBool,
        take: &mut (dyn FnMut(Imported) -> io::Result<()> + Send),
    ) -> io::Result<Stopped> {
        let workers = (0..self.jobs.max(1))
            .map(|_| Importing(CaseReader::new(&self.gazetteer, self.limits)))
            .collect();
        in_parallel(plan, self.limits.document_bytes, 0, stop, workers, take)
    }
}

struct Importing<'i>(CaseReader<'i>);

impl Work for Importing<'_> {
    type Made = Imported;

    fn work(&mut self, chunk: Chunk, _: bool) -> io::Result<Imported> {
        let mut rows = StoreRows::default();
        let reads = chunk.read(&mut self.0, &mut |loaded| rows.push(loaded));
        Ok(Imported { rows, reads })
    }
}

/// Rows of a store.
#[derive(Debug)]
struct StoreRows {
    sources: Texts,
    cases: Texts,
    /// The hash of each reference.
    hashes: Vec<u64>,
    dates: Numbers,
    facts: Vec<FactRows>,
    /// The codes of faults by place, and how often each occurs.
    codes: FxHashMap<String, (u32, u64)>,
    fault_codes: Vec<u32>,
    messages: Texts,
    lines: Numbers,
    columns: Numbers,
}

/// A fact in each row.
#[derive(Debug)]
enum FactRows {
    /// The place of the word or place, or the bits of the words.
    Codes(Vec<u32>),
    Numbers(Numbers),
}

impl Default for StoreRows {
    fn default() -> Self {
        let facts = FactId::CASE_FILE
            .iter()
            .map(|fact| match fact.declaration().kind {
                FactKind::WholeNumber { .. } | FactKind::Date => FactRows::Numbers(Numbers::default()),
                _ => FactRows::Codes(Vec::new()),
            });
        Self {
            sources: Texts::default(),
            cases: Texts::default(),
            hashes: Vec::new(),
            dates: Numbers::default(),
            facts: facts.collect(),
            codes: FxHashMap::default(),
            fault_codes: Vec::new(),
            messages: Texts::default(),
            lines: Numbers::default(),
            columns: Numbers::default(),
        }
    }
}

fn number(number: i64) -> Option<i32> {
    i32::try_from(number).ok()
}

impl StoreRows {
    fn push(&mut self, loaded: Loaded<'_>) {
        self.sources.push(Some(loaded.source));
        match loaded.case {
            Ok(record) => {
                self.cases.push(Some(&record.case));
                self.hashes.push(hash_of(&record.case));
                self.push_facts(record.decision_date, &record.facts);
                self.push_fault(None);
            }
            Err(fault) => {
                self.cases.push(None);
                self.push_facts(None, &FactValues::default());
                self.push_fault(Some(&fault.first()));
            }
        }
    }

    fn push_facts(&mut self, date: Option<Date>, facts: &FactValues) {
        self.dates.push(date.and_then(|date| number(days_of(date))));
        for (rows, value) in self.facts.iter_mut().zip(facts) {
            match (rows, value) {
                (FactRows::Numbers(rows), Some(FactValue::Number(value))) => {
                    rows.push(number((*value).into()))
                }
                (FactRows::Numbers(rows), _) => rows.push(None),
                (FactRows::Codes(rows), value) => rows.push(match value {
                    Some(FactValue::Choice(index)) => *index,
                    Some(FactValue::Place(place)) => place.number(),
                    Some(FactValue::Set(members)) => *members,
                    Some(FactValue::Number(_)) | None => NONE,
                }),
            }
        }
    }

    fn push_fault(&mut self, fault: Option<&CaseFault>) {
        let code = fault.map_or(NONE, |fault| {
            let name = fault.code.clone().unwrap_or_else(|| "unknown".to_owned());
            self.count(name, 1)
        });
        self.fault_codes.push(code);
        let place = |number: Option<usize>| number.and_then(|number| i32::try_from(number).ok());
        self.messages.push(fault.map(|fault| fault.message.as_str()));
        self.lines.push(fault.and_then(|fault| place(fault.line)));
        self.columns.push(fault.and_then(|fault| place(fault.column)));
    }

    /// Counts faults of a code, and gives its place.
    fn count(&mut self, code: String, times: u64) -> u32 {
        let next = self.codes.len() as u32;
        let (place, count) = self.codes.entry(code).or_insert((next, 0));
        *count += times;
        *place
    }

    fn code_names(&self) -> Vec<String> {
        let mut names: Vec<(u32, &String)> = self
            .codes
            .iter()
            .map(|(name, (place, _))| (*place, name))
            .collect();
        names.sort_unstable();
        names.into_iter().map(|(_, name)| name.clone()).collect()
    }

    fn append(&mut self, next: &Self) {
        let places: Vec<u32> = next
            .code_names()
            .into_iter()
            .map(|name| {
                let times = next.codes.get(&name).map_or(0, |(_, count)| *count);
                self.count(name, times)
            })
            .collect();
        let code = |code: &u32| places.get(*code as usize).copied().unwrap_or(NONE);
        self.fault_codes.extend(next.fault_codes.iter().map(code));
        self.sources.append(&next.sources);
        self.cases.append(&next.cases);
        self.hashes.extend(&next.hashes);
        self.dates.append(&next.dates);
        for (own, next) in self.facts.iter_mut().zip(&next.facts) {
            match (own, next) {
                (FactRows::Codes(own), FactRows::Codes(next)) => own.extend(next),
                (FactRows::Numbers(own), FactRows::Numbers(next)) => own.append(next),
                // Both are made from the same declaration.
                (FactRows::Codes(_), FactRows::Numbers(_)) | (FactRows::Numbers(_), FactRows::Codes(_)) => {}
            }
        }
        self.messages.append(&next.messages);
        self.lines.append(&next.lines);
        self.columns.append(&next.columns);
    }

    fn len(&self) -> usize {
        self.sources.len()
    }

    fn is_full(&self) -> bool {
        let bytes = self.sources.bytes() + self.cases.bytes() + self.messages.bytes();
        self.len() >= ROWS_OF_GROUP || bytes >= BYTES_OF_GROUP
    }
}

/// A store that is being written.
#[derive(Debug)]
pub struct StoreFile {
    growing: Growing,
    description: StoreDescription,
    place_names: Vec<String>,
    pending: StoreRows,
    duplicates: Duplicates,
}

impl StoreFile {
    /// What the file begins with.
    pub const HEAD: &'static [u8] = Growing::HEAD;

    /// A new store.
    ///
    /// # Errors
    /// A fact has a name that no column can have.
    pub fn new(gazetteer: &Gazetteer) -> io::Result<Self> {
        Ok(Self {
            growing: Growing::new(Layout::of(store_columns())?),
            description: StoreDescription::now(gazetteer),
            place_names: place_names(gazetteer),
            pending: StoreRows::default(),
            duplicates: Duplicates::default(),
        })
    }

    /// What the store says of itself so far.
    pub fn description(&self) -> &StoreDescription {
        &self.description
    }

    /// Adds the cases of the next chunk; gives the bytes that are to be written now.
    ///
    /// # Errors
    /// They cannot be encoded.
    pub fn add(&mut self, imported: &Imported) -> io::Result<Vec<u8>> {
        let rows = &imported.rows;
        self.description.cases += rows.len() as u64;
        for (code, (_, count)) in &rows.codes {
            *self.description.errors.entry(code.clone()).or_default() += count;
        }
        let references = rows.cases.iter().flatten();
        for (reference, hash) in references.zip(&rows.hashes) {
            let reference = String::from_utf8_lossy(reference);
            self.duplicates.look_at(*hash, &reference);
            let is_usual = !is_blank(&reference) && reference.trim().len() == reference.len();
            let longest = self.description.longest_reference.filter(|_| is_usual);
            self.description.longest_reference = longest.map(|longest| longest.max(reference.len() as u64));
        }
        self.pending.append(rows);
        if self.pending.is_full() {
            return self.flush();
        }
        Ok(Vec::new())
    }

    fn flush(&mut self) -> io::Result<Vec<u8>> {
        let rows = std::mem::take(&mut self.pending);
        if rows.len() == 0 {
            return Ok(Vec::new());
        }
        let fault_codes = rows.code_names();
        let facts: Vec<FactColumn<'_>> = FactId::CASE_FILE
            .iter()
            .zip(&rows.facts)
            .map(|(fact, rows)| FactColumn::of(*fact, rows, &self.place_names))
            .collect();
        let mut columns = vec![
            Column::Texts(&rows.sources),
            Column::Texts(&rows.cases),
            rows.dates.column(),
        ];
        columns.extend(facts.iter().map(FactColumn::column));
        columns.extend([
            Column::Words {
                words: &fault_codes,
                codes: Codes::Each(&rows.fault_codes),
            },
            Column::Texts(&rows.messages),
            rows.lines.column(),
            rows.columns.column(),
        ]);
        let group = self.growing.layout().encode(&columns, rows.len())?;
        self.growing.add(group)
    }

    /// The last bytes of the file; `inputs` says what the cases were read from.
    ///
    /// # Errors
    /// They cannot be encoded.
    pub fn end(&mut self, inputs: Value) -> io::Result<Vec<u8>> {
        let mut bytes = self.flush()?;
        self.description.inputs = inputs;
        let repeated = self.duplicates.repeated();
        self.description.references = (repeated.looked_at, repeated.cases, repeated.first.clone());
        let text = self.description.text()?;
        bytes.append(&mut self.growing.end(&[(STORE_KEY, text)])?);
        Ok(bytes)
    }
}

/// A fact as it stands in the file.
enum FactColumn<'r> {
    Words(Vec<String>, &'r [u32]),
    Lists(Vec<String>, Vec<Box<[u32]>>, Vec<u32>),
    Numbers(&'r Numbers),
}

impl<'r> FactColumn<'r> {
    fn of(fact: FactId, rows: &'r FactRows, place_names: &[String]) -> Self {
        let words = |words: &[Word]| words.iter().map(|word| word.word.to_owned()).collect();
        let codes = match rows {
            FactRows::Numbers(numbers) => return Self::Numbers(numbers),
            FactRows::Codes(codes) => codes,
        };
        match fact.declaration().kind {
            FactKind::Choice(list) => Self::Words(words(list), codes),
            FactKind::Set(list) => {
                let mut places = FxHashMap::default();
                let mut lists = Vec::new();
                let mut place_of = |set: u32| {
                    *places.entry(set).or_insert_with(|| {
                        lists.push(
                            (0..list.len() as u32)
                                .filter(|word| set >> word & 1 == 1)
                                .collect(),
                        );
                        lists.len() as u32 - 1
                    })
                };
                let mut code = |set: &u32| if *set == NONE { NONE } else { place_of(*set) };
                let codes = codes.iter().map(&mut code).collect();
                Self::Lists(words(list), lists, codes)
            }
            _ => Self::Words(place_names.to_vec(), codes),
        }
    }

    fn column(&self) -> Column<'_> {
        match self {
            Self::Words(words, codes) => Column::Words {
                words,
                codes: Codes::Each(codes),
            },
            Self::Lists(words, lists, codes) => Column::Lists {
                words,
                lists,
                codes: Codes::Each(codes),
            },
            Self::Numbers(numbers) => numbers.column(),
        }
    }
}
