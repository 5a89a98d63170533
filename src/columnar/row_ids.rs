//! Rows by ids: rows that share what several columns say of them have an id together.

/// What tells rows apart that say something else.
pub(super) trait RowId: Copy {
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
pub struct RowIds {
    ids: Vec<u16>,
    /// How many rows have each id.
    counts: Vec<u32>,
}

impl RowIds {
    /// Rows by ids that were counted: `counts` says how many rows have each id, of all that occur.
    pub fn counted(ids: Vec<u16>, counts: Vec<u32>) -> Self {
        debug_assert_eq!(
            counts.iter().map(|count| *count as usize).sum::<usize>(),
            ids.len()
        );
        Self { ids, counts }
    }

    /// The id of each row.
    pub fn ids(&self) -> &[u16] {
        &self.ids
    }

    /// How many rows have each id.
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }
}

impl From<Vec<u16>> for RowIds {
    fn from(ids: Vec<u16>) -> Self {
        let mut counts = Vec::new();
        for id in &ids {
            match counts.get_mut(id.place()) {
                Some(count) => *count += 1,
                None => {
                    counts.resize(id.place() + 1, 0);
                    counts[id.place()] = 1;
                }
            }
        }
        Self { ids, counts }
    }
}
