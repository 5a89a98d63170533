//! A Parquet file that grows by groups of rows, and can go on growing in another run of the program.

use super::encode::{Layout, RowGroup, failed};
use parquet::file::metadata::{
    FileMetaData, KeyValue, ParquetMetaData, ParquetMetaDataReader, ParquetMetaDataWriter, RowGroupMetaData,
};
use std::io;

/// What a file begins and ends with.
const MAGIC: &[u8] = b"PAR1";
/// How the writer of a file is named, before its version.
pub(super) const PROGRAM: &str = "gradatie version ";
/// After the description of a file: its length, and [`MAGIC`].
const TAIL: usize = 8;

/// A file that is being written: where its groups of rows stand.
#[derive(Debug)]
pub struct Growing {
    layout: Layout,
    groups: Vec<RowGroupMetaData>,
    at: i64,
}

impl Growing {
    /// What every file begins with.
    pub const HEAD: &'static [u8] = MAGIC;

    /// A file with no rows yet, of which [`Self::HEAD`] is written.
    pub fn new(layout: Layout) -> Self {
        Self {
            layout,
            groups: Vec::new(),
            at: MAGIC.len() as i64,
        }
    }

    /// The columns.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Adds a group of rows; gives the bytes to append to the file.
    ///
    /// # Errors
    /// The group does not fit a file.
    pub fn add(&mut self, group: RowGroup) -> io::Result<Vec<u8>> {
        let mut columns = Vec::new();
        for column in group.metadata.columns() {
            let moved = |at: i64| at + self.at;
            let dictionary = column.dictionary_page_offset().map(moved);
            let data = moved(column.data_page_offset());
            let column = column.clone().into_builder();
            let column = column
                .set_dictionary_page_offset(dictionary)
                .set_data_page_offset(data);
            columns.push(column.build().map_err(failed)?);
        }
        let ordinal = i16::try_from(self.groups.len()).map_err(io::Error::other)?;
        let metadata = group.metadata.into_builder().set_column_metadata(columns);
        let metadata = metadata.set_file_offset(self.at).set_ordinal(ordinal.into());
        self.groups.push(metadata.build().map_err(failed)?);
        self.at += group.bytes.len() as i64;
        Ok(group.bytes)
    }

    /// What the file ends with: its description, with texts by name for whoever reads it.
    ///
    /// # Errors
    /// It cannot be encoded.
    pub fn end(&self, texts: &[(&str, String)]) -> io::Result<Vec<u8>> {
        let texts = texts
            .iter()
            .map(|(name, text)| KeyValue::new((*name).to_owned(), text.clone()));
        let rows = self.groups.iter().map(RowGroupMetaData::num_rows).sum();
        let file = FileMetaData::new(
            1,
            rows,
            Some(format!("{PROGRAM}{}", env!("CARGO_PKG_VERSION"))),
            Some(texts.collect()),
            self.layout.schema.clone(),
            None,
        );
        let metadata = ParquetMetaData::new(file, self.groups.clone());
        let mut bytes = Vec::new();
        ParquetMetaDataWriter::new(&mut bytes, &metadata)
            .finish()
            .map_err(failed)?;
        Ok(bytes)
    }

    /// What another run needs to go on, besides the bytes of the file.
    ///
    /// # Errors
    /// It cannot be encoded.
    pub fn state(&self) -> io::Result<String> {
        let bytes = self.end(&[])?;
        Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Goes on with a file, from the [`Self::state`] of the run that wrote it and the bytes it has.
    ///
    /// # Errors
    /// It is no state.
    pub fn resume(layout: Layout, state: &str, bytes: u64) -> io::Result<Self> {
        let digits = state.as_bytes().chunks(2);
        let digits = digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap_or_default(), 16));
        let read: Result<Vec<u8>, _> = digits.collect();
        let read = read.map_err(io::Error::other)?;
        let metadata = ParquetMetaDataReader::decode_metadata(&read[..read.len().saturating_sub(TAIL)]);
        Ok(Self {
            layout,
            groups: metadata.map_err(failed)?.row_groups().to_vec(),
            at: i64::try_from(bytes).map_err(io::Error::other)?,
        })
    }
}
