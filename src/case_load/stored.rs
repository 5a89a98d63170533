//! Cases of a store that this program wrote, under the facts of today: the codes of its columns are taken as they are, and
//! what a result repeats of a case is not read at all. Whatever is not as this program writes it is read in general.

use super::case_columns::{CaseColumns, CaseTexts, Coded, KeptColumns, RowCodes};
use super::chunk::LoadFault;
use super::columns::ColumnsInput;
use super::rows::value;
use crate::case_store::store_columns;
use crate::columnar::{Group, Kept, RoomForRows, Slice, Values};
use crate::diagnostic::CaseFault;
use crate::facts::{FactId, FactValue, date_of};
use crate::gazetteer::Gazetteer;
use crate::yaml::Limits;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::io;

/// The columns of a store before its facts.
const SOURCE: usize = 0;
const CASE: usize = 1;
const DATE: usize = 2;
const FACTS: usize = 3;

impl ColumnsInput {
    /// Whether the file is a store that this program wrote, with all its columns, under the facts of today, and its
    /// references are such that they need not be looked at.
    pub(super) fn is_stored_now(&self, gazetteer: &Gazetteer, limits: &Limits) -> bool {
        let Some(longest) = self.store().and_then(|store| store.longest_reference) else {
            return false;
        };
        let names = store_columns().into_iter().map(|(name, _)| name);
        longest <= limits.document_bytes as u64
            && self.file.is_own()
            && self.file.names().eq(names)
            && matches!(self.compared(gazetteer), Ok(true))
    }

    /// Reads the cases of a slice, with their references where those are wanted; `None` where something is not as this
    /// program writes it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn read_stored(
        &self,
        slice: &Slice,
        gazetteer: &Gazetteer,
        wants_references: bool,
        room: &mut RoomForRows,
    ) -> io::Result<Option<CaseColumns>> {
        let Some(group) = self.file.group(slice)? else {
            return Ok(None);
        };
        let Some(dates) = dates(&group.column(DATE), room)? else {
            return Ok(None);
        };
        let mut facts = Vec::new();
        for (index, fact) in FactId::CASE_FILE.iter().enumerate() {
            match fact_values(*fact, &group.column(FACTS + index), gazetteer, room)? {
                Some(values) => facts.push(values),
                None => return Ok(None),
            }
        }
        let first_fault = FACTS + FactId::CASE_FILE.len();
        let of_faults: [Kept; 4] = std::array::from_fn(|index| group.column(first_fault + index));
        let Some(faults) = faults(&of_faults, room)? else {
            return Ok(None);
        };
        let Some(cases) = references(&group, wants_references)? else {
            return Ok(None);
        };
        let sources = group.column(SOURCE);
        // Only a case in error has no reference.
        let missing = group.column(CASE).missing();
        if sources.missing() != Some(0) || missing != Some(faults.len() as u64) {
            return Ok(None);
        }
        Ok(Some(CaseColumns {
            name: self.name.clone(),
            first_row: slice.first_row,
            rows: slice.rows,
            sources: Some(CaseTexts::Kept(Box::new(sources), None)),
            cases,
            dates,
            facts,
            faults,
            kept: Some(KeptColumns {
                dates: group.column(DATE),
                faults: of_faults,
            }),
        }))
    }
}

fn references(group: &Group, are_wanted: bool) -> io::Result<Option<CaseTexts>> {
    let kept = group.column(CASE);
    let texts = if are_wanted { kept.texts()? } else { None };
    let are_there = texts.is_some() == are_wanted;
    Ok(are_there.then_some(CaseTexts::Kept(Box::new(kept), texts)))
}

fn dates(kept: &Kept, room: &mut RoomForRows) -> io::Result<Option<Coded<Option<Date>>>> {
    let Some(distinct) = kept.distinct(room)? else {
        return Ok(None);
    };
    let Values::Numbers(days) = distinct.values else {
        return Ok(None);
    };
    let dates = days.iter().map(|day| date_of(i64::from(*day)));
    let Some(dates) = dates.collect::<Option<Vec<Date>>>() else {
        return Ok(None);
    };
    Ok(Some(Coded {
        values: dates.into_iter().map(Some).chain([None]).collect(),
        rows: RowCodes::Small(distinct.rows),
    }))
}

/// The values of a fact; the last is that it has none.
fn fact_values(
    fact: FactId,
    kept: &Kept,
    gazetteer: &Gazetteer,
    room: &mut RoomForRows,
) -> io::Result<Option<Coded<Option<FactValue>>>> {
    let Some(distinct) = kept.distinct(room)? else {
        return Ok(None);
    };
    let read = |text: &str| {
        let text = Some(text.trim()).filter(|text| !text.is_empty());
        text.map(|text| value(fact, text, gazetteer)).transpose().ok()
    };
    let (values, rows) = match distinct.values {
        Values::Words(words) => (words.iter().map(|word| read(word)).collect(), distinct.rows),
        Values::Numbers(numbers) => {
            let values = numbers.iter().map(|number| read(&number.to_string()));
            (values.collect(), distinct.rows)
        }
        Values::Sets(words) => sets(&words, &read, distinct.rows),
    };
    let values: Option<Vec<Option<FactValue>>> = values;
    Ok(values.map(|mut values| {
        values.push(None);
        Coded {
            values,
            rows: RowCodes::Small(rows),
        }
    }))
}

/// The sets that occur, and of each row its place among them.
fn sets(
    words: &[String],
    read: &dyn Fn(&str) -> Option<Option<FactValue>>,
    mut rows: Vec<u16>,
) -> (Option<Vec<Option<FactValue>>>, Vec<u16>) {
    let none = 1usize << words.len();
    let mut occurs = vec![false; none + 1];
    rows.iter().for_each(|set| occurs[usize::from(*set)] = true);
    let mut places = vec![0u16; none + 1];
    let mut values = Some(Vec::new());
    for set in (0..none).filter(|set| occurs[*set]) {
        let of_words = words.iter().enumerate().filter(|(word, _)| set >> word & 1 == 1);
        let bits = of_words.map(|(_, word)| match read(word) {
            Some(Some(FactValue::Set(bits))) => Some(bits),
            _ => None,
        });
        let bits = bits.collect::<Option<Vec<u32>>>();
        let value = bits.map(|bits| FactValue::Set(bits.into_iter().fold(0, |all, bit| all | bit)));
        places[set] = values.as_ref().map_or(0, Vec::len) as u16;
        values = values.zip(value).map(|(mut values, value)| {
            values.push(Some(value));
            values
        });
    }
    places[none] = values.as_ref().map_or(0, Vec::len) as u16;
    rows.iter_mut().for_each(|set| *set = places[usize::from(*set)]);
    (values, rows)
}

/// The faults that the store has recorded.
fn faults(
    [code, message, line, column]: &[Kept; 4],
    room: &mut RoomForRows,
) -> io::Result<Option<BTreeMap<usize, LoadFault>>> {
    let mut faults = BTreeMap::new();
    if message.missing() == Some(message.rows() as u64) {
        return Ok(Some(faults));
    }
    let (Some(codes), Some(messages), Some(lines), Some(columns)) = (
        code.distinct(room)?,
        message.texts()?,
        line.distinct(room)?,
        column.distinct(room)?,
    ) else {
        return Ok(None);
    };
    let (Values::Words(names), Values::Numbers(of_lines), Values::Numbers(of_columns)) =
        (&codes.values, &lines.values, &columns.values)
    else {
        return Ok(None);
    };
    let number = |numbers: &[i32], place: u16| {
        let number = numbers.get(usize::from(place)).copied()?;
        usize::try_from(number).ok()
    };
    for row in 0..messages.len() {
        if let Some(message) = messages.get(row) {
            let fault = CaseFault {
                code: names.get(usize::from(codes.rows[row])).cloned(),
                message: message.to_owned(),
                line: number(of_lines, lines.rows[row]),
                column: number(of_columns, columns.rows[row]),
            };
            faults.insert(row, LoadFault::Recorded(fault));
        }
    }
    Ok(Some(faults))
}
