//! Rows by ids: rows that share what several columns say of them have an id together.

/// What tells rows apart that say something else.
pub trait RowId: Copy {
    /// As a place in a table.
    fn place(self) -> usize;
}

impl RowId for u16 {
    #[inline]
    fn place(self) -> usize {
        usize::from(self)
    }
}

impl RowId for u32 {
    #[inline]
    fn place(self) -> usize {
        self as usize
    }
}

/// The id of each row. Ids are numbered from 0, in the order in which they first occur.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowIds<I> {
    ids: Vec<I>,
    /// How many rows have each id.
    counts: Vec<u32>,
}

impl<I: RowId> RowIds<I> {
    /// No rows yet, with room for so many.
    pub fn with_capacity(rows: usize) -> Self {
        Self {
            ids: Vec::with_capacity(rows),
            counts: Vec::new(),
        }
    }

    /// Adds rows by their ids.
    pub fn extend(&mut self, ids: &[I]) {
        self.ids.extend_from_slice(ids);
        for id in ids {
            match self.counts.get_mut(id.place()) {
                Some(count) => *count += 1,
                None => {
                    self.counts.resize(id.place() + 1, 0);
                    self.counts[id.place()] = 1;
                }
            }
        }
    }

    /// The id of each row.
    pub fn ids(&self) -> &[I] {
        &self.ids
    }

    /// How many rows have each id.
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }
}

impl<I: RowId> From<Vec<I>> for RowIds<I> {
    fn from(ids: Vec<I>) -> Self {
        let mut rows = Self::with_capacity(0);
        rows.extend(&ids);
        rows
    }
}
