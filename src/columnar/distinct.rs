//! A column read by its distinct values: the codes of a file are taken as they are, and each value is looked at once.

use super::kept::{Kept, Parts, damaged, text};
use super::unpack::Unpacked;
use bytes::Bytes;
use multiversion::multiversion;
use parquet::basic::{Encoding, Type};
use std::hint::select_unpredictable;
use std::io;

/// A column by its distinct values.
#[derive(Debug)]
pub struct Distinct {
    /// The values. That a row has none is one more, the last.
    pub values: Values,
    /// Of each row the place of its value.
    pub rows: Vec<u16>,
}

/// The distinct values of a column.
#[derive(Debug)]
pub enum Values {
    /// Words.
    Words(Vec<String>),
    /// Numbers or days.
    Numbers(Vec<i32>),
    /// The words of lists. A list is the number whose bits are its words; their order does not matter.
    Sets(Vec<String>),
}

/// Room for the places of rows, from columns that are not needed any more: to get it from the system again and again costs
/// as much as to fill it.
#[derive(Debug, Default)]
pub struct RoomForRows(Vec<Vec<u16>>);

/// Room for so many columns is kept.
const MOST_ROOMS: usize = 32;

impl RoomForRows {
    /// Room for so many rows, with anything in it.
    fn take(&mut self, rows: usize) -> Vec<u16> {
        let mut room = self.0.pop().unwrap_or_default();
        room.resize(rows, 0);
        room
    }

    /// Takes back the room of a column.
    pub fn give(&mut self, rows: Vec<u16>) {
        if self.0.len() < MOST_ROOMS {
            self.0.push(rows);
        }
    }
}

/// Lists have at most so many different words to be read as sets.
const MOST_WORDS_OF_SETS: usize = 12;

/// Numbers that are unpacked in one go.
const STEP: usize = 1 << 11;

#[multiversion(targets("x86_64+avx2+bmi1+bmi2+popcnt"))]
fn check_below(codes: &[u16], bound: u16) -> io::Result<()> {
    let most = codes.iter().fold(0, |most, code| most.max(*code));
    if most < bound || codes.is_empty() {
        Ok(())
    } else {
        Err(damaged())
    }
}

impl Kept {
    /// The column by its distinct values, in room that is there; `None` where it is not coded in the way of this program.
    ///
    /// # Errors
    /// It is damaged.
    pub fn distinct(&self, room: &mut RoomForRows) -> io::Result<Option<Distinct>> {
        let Some(mut parts) = self.parts()? else {
            return Ok(None);
        };
        let Some((dictionary, count)) = parts.dictionary.take() else {
            return Ok(None);
        };
        if parts.encoding != Encoding::RLE_DICTIONARY || count >= usize::from(u16::MAX) {
            return Ok(None);
        }
        let rows = room.take(self.rows);
        let column = self.metadata.column_descr();
        let width = u32::from(*parts.values.first().ok_or_else(damaged)?);
        let values = parts.values.slice(1..);
        let (values, rows) = match (
            column.physical_type(),
            column.max_rep_level(),
            column.max_def_level(),
        ) {
            (Type::INT32, 0, 1) => (
                Values::Numbers(numbers(&dictionary, count)?),
                self.codes(&parts, &values, (width, count), rows)?,
            ),
            (Type::BYTE_ARRAY, 0, 1) => (
                Values::Words(words(&dictionary, count)?),
                self.codes(&parts, &values, (width, count), rows)?,
            ),
            (Type::BYTE_ARRAY, 1, 2) if count <= MOST_WORDS_OF_SETS => (
                Values::Sets(words(&dictionary, count)?),
                self.sets(&parts, &values, (width, count), rows)?,
            ),
            _ => return Ok(None),
        };
        Ok(Some(Distinct { values, rows }))
    }

    /// The code of each row; one more than all is no value.
    fn codes(
        &self,
        parts: &Parts,
        values: &Bytes,
        (width, count): (u32, usize),
        mut rows: Vec<u16>,
    ) -> io::Result<Vec<u16>> {
        if parts.count != self.rows {
            return Err(damaged());
        }
        let none = count as u16;
        let mut definitions = Unpacked::new(&parts.definitions, 1);
        let mut values = Unpacked::new(values, width);
        if let Some(level) = definitions.only(self.rows)? {
            if level == 1 {
                values.read(&mut rows)?;
                check_below(&rows, none)?;
            } else {
                rows.fill(none);
            }
            return Ok(rows);
        }
        let mut given = [0u16; STEP + 8];
        for rows in rows.chunks_mut(STEP) {
            if let Some(levels) = definitions.packed(rows.len())? {
                let counts = levels.iter().map(|levels| SPREAD[usize::from(*levels)].count);
                let count = counts.map(usize::from).sum::<usize>();
                values.read(&mut given[..count])?;
                check_below(&given[..count], none)?;
                spread(levels, &given, none, rows);
                continue;
            }
            // A level is 1 where there is a value.
            definitions.read(rows)?;
            let count = rows.iter().map(|level| usize::from(*level)).sum::<usize>();
            values.read(&mut given[..count])?;
            check_below(&given[..count], none)?;
            let mut at = 0;
            for row in rows {
                // Which rows have one cannot be guessed, so nothing branches on it.
                let level = *row;
                let value = given[at % STEP];
                *row = select_unpredictable(level == 1, value, none);
                at += usize::from(level);
            }
        }
        Ok(rows)
    }

    /// The words of the list of each row as bits; one bit more than words is no list.
    fn sets(
        &self,
        parts: &Parts,
        values: &Bytes,
        (width, count): (u32, usize),
        mut rows: Vec<u16>,
    ) -> io::Result<Vec<u16>> {
        let none = 1u16 << count;
        let mut repetitions = Unpacked::new(parts.repetitions.as_ref().ok_or_else(damaged)?, 1);
        let mut definitions = Unpacked::new(&parts.definitions, 2);
        let mut values = Unpacked::new(values, width);
        let mut building = Sets {
            none,
            // Before the first there is no row.
            row: usize::MAX,
            set: none,
        };
        let mut left = parts.count;
        let mut rooms = [Vec::new(), Vec::new()];
        let mut given = [0u16; 2 * STEP];
        while left > 0 {
            let step = STEP.min(left);
            left -= step;
            let [of_again, of_levels] = &mut rooms;
            let again = repetitions.packed_in(step, of_again)?;
            let levels = definitions.packed_in(step, of_levels)?;
            // The level of a word is 2, and 3 is none.
            let (mut words, mut wrong) = (0, 0);
            for levels in levels {
                words += (levels & 0b1010_1010).count_ones() as usize;
                wrong |= levels & levels >> 1 & 0b0101_0101;
            }
            if wrong != 0 {
                return Err(damaged());
            }
            values.read(&mut given[..words])?;
            if words > 0 {
                check_below(&given[..words], (count as u16).max(1))?;
            }
            add_levels(&mut building, step, (again, levels), &given, &mut rows)?;
        }
        let Sets { row, .. } = building;
        if row.wrapping_add(1) != self.rows || rows.iter().any(|set| *set > none) {
            return Err(damaged());
        }
        Ok(rows)
    }
}

/// Sets that are put together from the levels of their words.
struct Sets {
    /// That of no list.
    none: u16,
    /// The last row, and what is in its set so far.
    row: usize,
    set: u16,
}

/// Adds so many levels to sets as they are packed, eight in a byte of repetitions and two of definitions; `given` are their
/// words.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2+popcnt"))]
fn add_levels(
    sets: &mut Sets,
    count: usize,
    (again, levels): (&[u8], &[u8]),
    given: &[u16; 2 * STEP],
    rows: &mut [u16],
) -> io::Result<()> {
    let (levels, _) = levels.as_chunks::<2>();
    let Sets {
        none,
        mut row,
        mut set,
    } = *sets;
    let mut at = 0;
    for (group, (again, levels)) in again.iter().zip(levels).enumerate() {
        let (mut again, mut levels) = (u16::from(*again), u16::from_le_bytes(*levels));
        for _ in 0..(count - group * 8).min(8) {
            // How many words a list has cannot be guessed, so nothing branches on it.
            let is_word = levels >> 1 & 1;
            let is_none = !(levels | levels >> 1) & 1;
            let before = set & (again & 1).wrapping_neg();
            set = before | is_word << (given[at % (2 * STEP)] & 15) | none & is_none.wrapping_neg();
            at += usize::from(is_word);
            row = row.wrapping_add(usize::from(again & 1 ^ 1));
            *rows.get_mut(row).ok_or_else(damaged)? = set;
            again >>= 1;
            levels >>= 2;
        }
    }
    *sets = Sets { none, row, set };
    Ok(())
}

/// Where the values of eight rows stand, whose levels are the bits of a byte.
#[derive(Clone, Copy)]
struct Spread {
    /// Of each row the place of its value, from 1; 0 where it has none.
    places: [u8; 8],
    /// How many values there are.
    count: u8,
}

/// By the levels.
static SPREAD: [Spread; 1 << 8] = {
    let nothing = Spread {
        places: [0; 8],
        count: 0,
    };
    let mut all = [nothing; 1 << 8];
    let mut levels = 0;
    while levels < all.len() {
        let mut row = 0;
        while row < 8 {
            if levels >> row & 1 == 1 {
                all[levels].count += 1;
                all[levels].places[row] = all[levels].count;
            }
            row += 1;
        }
        levels += 1;
    }
    all
};

/// Gives each row its value, where its level says that it has one; `given` goes on for eight values beyond them.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2+popcnt"))]
fn spread(levels: &[u8], given: &[u16], none: u16, rows: &mut [u16]) {
    let (groups, _) = rows.as_chunks_mut::<8>();
    let mut rest = given;
    for (rows, levels) in groups.iter_mut().zip(levels) {
        let Spread { places, count } = &SPREAD[usize::from(*levels)];
        // Which rows have a value cannot be guessed, so nothing branches on it.
        let mut window = [none; 16];
        if let Some(next) = rest.first_chunk::<8>() {
            window[1..9].copy_from_slice(next);
        }
        *rows = places.map(|place| window[usize::from(place % 16)]);
        rest = &rest[usize::from(*count)..];
    }
}

fn words(dictionary: &[u8], count: usize) -> io::Result<Vec<String>> {
    let mut rest = dictionary;
    (0..count).map(|_| text(&mut rest).map(str::to_owned)).collect()
}

fn numbers(dictionary: &[u8], count: usize) -> io::Result<Vec<i32>> {
    let (numbers, _) = dictionary.as_chunks::<4>();
    let numbers = numbers.get(..count).ok_or_else(damaged)?;
    Ok(numbers.iter().map(|number| i32::from_le_bytes(*number)).collect())
}
