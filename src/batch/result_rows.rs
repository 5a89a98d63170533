//! Results as rows of columns, gathered one by one.

use super::changes::ChangeOfCase;
use super::columns::code_of;
use super::deciding::Deciding;
use super::pipeline::Batch;
use super::table::NOT_DETERMINED;
use crate::columnar::{BYTES_OF_GROUP, Codes, Column, Layout, NONE, Numbers, ROWS_OF_GROUP, RowGroup, Texts};
use crate::diagnostic::CaseFault;
use crate::facts::days_of;
use crate::report::CaseOfLine;
use std::io;

/// What one conclusion is in each row: numbers of the names of the batch.
#[derive(Debug, Default, Clone)]
pub(super) struct ConclusionRows {
    pub value: Vec<u32>,
    pub possible: Vec<u32>,
    pub cites: Vec<u32>,
    pub from: Vec<u32>,
}

/// The rows of a part of the results, by the names of the batch.
#[derive(Debug)]
pub struct ResultRows {
    pub(super) sources: Texts,
    pub(super) cases: Texts,
    pub(super) policies: Vec<u32>,
    pub(super) dates: Numbers,
    pub(super) conclusions: Vec<ConclusionRows>,
    pub(super) needs: Vec<u32>,
    pub(super) flags: Vec<u32>,
    pub(super) flags_open: Vec<u32>,
    pub(super) faults: FaultRows,
}

/// What is wrong with the case of each row.
#[derive(Debug, Default)]
pub(super) struct FaultRows {
    /// Codes among the names of the batch.
    codes: Vec<u32>,
    messages: Texts,
    lines: Numbers,
    columns: Numbers,
}

impl FaultRows {
    /// The faults of rows.
    pub fn of<'f>(batch: &Batch<'_>, rows: impl Iterator<Item = Option<&'f CaseFault>>) -> Self {
        let mut faults = Self::default();
        rows.for_each(|fault| faults.push(batch, fault));
        faults
    }

    fn push(&mut self, batch: &Batch<'_>, fault: Option<&CaseFault>) {
        let place = |number: Option<usize>| number.and_then(|number| i32::try_from(number).ok());
        let code = fault.and_then(|fault| fault.code.as_deref());
        self.codes.push(code_of(batch.names.number(code)));
        self.messages.push(fault.map(|fault| fault.message.as_str()));
        self.lines.push(fault.and_then(|fault| place(fault.line)));
        self.columns.push(fault.and_then(|fault| place(fault.column)));
    }

    fn append(&mut self, next: &Self) {
        self.codes.extend(&next.codes);
        self.messages.append(&next.messages);
        self.lines.append(&next.lines);
        self.columns.append(&next.columns);
    }

    /// The columns that they are, by the words of the batch.
    pub fn columns<'c>(&'c self, words: &'c [String]) -> [Column<'c>; 4] {
        [
            Column::Words {
                words,
                codes: Codes::Each(&self.codes),
            },
            Column::Texts(&self.messages),
            self.lines.column(),
            self.columns.column(),
        ]
    }
}

impl ResultRows {
    /// No rows yet.
    pub(super) fn new(batch: &Batch<'_>) -> Self {
        Self {
            sources: Texts::default(),
            cases: Texts::default(),
            policies: Vec::new(),
            dates: Numbers::default(),
            conclusions: vec![ConclusionRows::default(); batch.conclusions.len()],
            needs: Vec::new(),
            flags: Vec::new(),
            flags_open: Vec::new(),
            faults: FaultRows::default(),
        }
    }

    /// Whether there is no row.
    pub(super) fn is_empty(&self) -> bool {
        self.policies.is_empty()
    }

    fn len(&self) -> usize {
        self.policies.len()
    }

    /// Adds a case.
    pub(super) fn push(
        &mut self,
        batch: &Batch<'_>,
        decided: &Deciding<'_>,
        case: CaseOfLine<'_>,
        changes: &[ChangeOfCase],
    ) {
        let names = &batch.names;
        self.sources.push(Some(case.source));
        self.cases.push(Some(case.case));
        let policy = decided.writer.policy().id.to_string();
        self.policies.push(code_of(names.number(Some(&policy))));
        self.dates
            .push(case.values.decision_date.map(|date| days_of(date) as i32));
        let values = decided.values().iter().copied().zip(decided.lists());
        for (index, (rows, (value, (possible, cites)))) in self.conclusions.iter_mut().zip(values).enumerate()
        {
            rows.value.push(code_of(value));
            rows.possible.push(possible);
            rows.cites.push(cites);
            let change = changes.iter().find(|(changed, ..)| *changed == index);
            let from = change.map(|(_, from, ..)| match from {
                0 => names.number(Some(NOT_DETERMINED)),
                from => *from,
            });
            rows.from.push(code_of(from.unwrap_or_default()));
        }
        let needs = decided.needs().iter().map(|fact| fact.name());
        self.needs.push(names.list(needs));
        let (raised, open) = decided.flags();
        self.flags.push(names.list(raised));
        self.flags_open.push(names.list(open));
        self.faults.push(batch, None);
    }

    /// Adds a case in error.
    pub(super) fn push_error(
        &mut self,
        batch: &Batch<'_>,
        source: &str,
        case: Option<&str>,
        fault: &CaseFault,
    ) {
        self.sources.push(Some(source));
        self.cases.push(case);
        self.policies.push(NONE);
        self.dates.push(None);
        for rows in &mut self.conclusions {
            for column in [
                &mut rows.value,
                &mut rows.possible,
                &mut rows.cites,
                &mut rows.from,
            ] {
                column.push(NONE);
            }
        }
        for column in [&mut self.needs, &mut self.flags, &mut self.flags_open] {
            column.push(NONE);
        }
        self.faults.push(batch, Some(fault));
    }

    pub(super) fn append(&mut self, next: &Self) {
        self.sources.append(&next.sources);
        self.cases.append(&next.cases);
        self.dates.append(&next.dates);
        for (own, next) in self.conclusions.iter_mut().zip(&next.conclusions) {
            own.value.extend(&next.value);
            own.possible.extend(&next.possible);
            own.cites.extend(&next.cites);
            own.from.extend(&next.from);
        }
        self.policies.extend(&next.policies);
        self.needs.extend(&next.needs);
        self.flags.extend(&next.flags);
        self.flags_open.extend(&next.flags_open);
        self.faults.append(&next.faults);
    }

    pub(super) fn is_full(&self) -> bool {
        let bytes = self.sources.bytes() + self.cases.bytes() + self.faults.messages.bytes();
        self.len() >= ROWS_OF_GROUP || bytes >= BYTES_OF_GROUP
    }

    /// The rows as they stand in the file.
    pub(super) fn encode(&self, batch: &Batch<'_>, layout: &Layout) -> io::Result<RowGroup> {
        let names = batch.names.all();
        let (words, lists) = (&names.texts[..], &names.lists[..]);
        let word = |codes| Column::Words {
            words,
            codes: Codes::Each(codes),
        };
        let list = |codes| Column::Lists {
            words,
            lists,
            codes: Codes::Each(codes),
        };
        let mut columns = vec![
            Column::Texts(&self.sources),
            Column::Texts(&self.cases),
            word(&self.policies),
            self.dates.column(),
        ];
        for rows in &self.conclusions {
            columns.extend([word(&rows.value), list(&rows.possible), list(&rows.cites)]);
            if batch.against.is_some() {
                columns.push(word(&rows.from));
            }
        }
        columns.extend([list(&self.needs), list(&self.flags), list(&self.flags_open)]);
        columns.extend(self.faults.columns(words));
        layout.encode(&columns, self.len())
    }
}
