//! Rows a few at a time: where a column has few classes of rows, one key says the classes of several rows that follow each
//! other, and one look-up gives the bits of all of them.

use super::classes::{Classes, Ids};
use super::row_ids::RowId;
use multiversion::multiversion;

/// Keys have at most so many bits: what is looked up by them stays in the nearest cache.
const MOST_BITS_OF_KEY: u32 = 12;
/// A key stands for so many rows, or fewer.
const ROWS_OF_KEY: [u32; 4] = [8, 4, 3, 2];

/// Rows a few at a time.
pub(super) struct Keys {
    /// How many rows a key stands for.
    pub rows: u32,
    /// How many bits the class of each has.
    pub bits: u32,
    pub keys: Vec<u16>,
    /// The classes of the rows after those: fewer than a key has.
    pub rest: Vec<u16>,
}

/// Room to make keys in, for one column after the other.
pub(super) struct RoomForKeys {
    /// The class of each id: a place for every id, so that none is asked for.
    of_id: Box<[u8; 1 << 16]>,
    /// Keys that are not needed any more.
    keys: Vec<u16>,
}

impl RoomForKeys {
    /// Room that is empty.
    pub fn new() -> Self {
        Self {
            of_id: Box::new([0; 1 << 16]),
            keys: Vec::new(),
        }
    }

    /// The keys of rows that have at most `longest` bits in any run, of which `most` are put in one go; `None` where there are
    /// too many classes, or rows are too long, for more than one in a key.
    pub fn keys(&mut self, rows: &Classes<'_>, longest: u32, most: u32) -> Option<Keys> {
        let bits = usize::BITS - rows.codes.len().saturating_sub(1).leading_zeros();
        let bits = bits.max(1);
        let of_key = ROWS_OF_KEY
            .into_iter()
            .find(|of_key| bits * of_key <= MOST_BITS_OF_KEY && longest.saturating_mul(*of_key) <= most)?;
        for (place, class) in self.of_id.iter_mut().zip(&rows.of_id) {
            // There are far fewer classes than 256.
            *place = *class as u8;
        }
        let mut keys = Keys {
            rows: of_key,
            bits,
            keys: std::mem::take(&mut self.keys),
            rest: Vec::new(),
        };
        match &rows.ids {
            Ids::Small(ids) => keys.add_all(ids, &self.of_id),
            Ids::Large(ids) => keys.add_all(ids, &self.of_id),
        }
        Some(keys)
    }

    /// Takes back the room of keys.
    pub fn give(&mut self, keys: Keys) {
        self.keys = keys.keys;
    }
}

impl Keys {
    fn add_all<I: RowId>(&mut self, ids: &[I], of_id: &[u8; 1 << 16]) {
        match self.rows {
            8 => self.add::<8, I>(ids, of_id),
            4 => self.add::<4, I>(ids, of_id),
            3 => self.add::<3, I>(ids, of_id),
            _ => self.add::<2, I>(ids, of_id),
        }
    }

    fn add<const ROWS: usize, I: RowId>(&mut self, ids: &[I], of_id: &[u8; 1 << 16]) {
        let (together, rest) = ids.as_chunks::<ROWS>();
        self.keys.clear();
        add_keys(together, of_id, self.bits, &mut self.keys);
        self.rest
            .extend(rest.iter().map(|id| u16::from(of_id[id.place()])));
    }
}

/// Adds the keys of rows, of which so many follow each other, by the class of each id.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2+popcnt"))]
fn add_keys<const ROWS: usize, I: RowId>(
    rows: &[[I; ROWS]],
    of_id: &[u8; 1 << 16],
    bits: u32,
    keys: &mut Vec<u16>,
) {
    keys.extend(rows.iter().map(|ids| {
        let classes = ids.iter().rev().map(|id| u32::from(of_id[id.place()]));
        classes.fold(0, |key, class| key << bits | class) as u16
    }));
}
