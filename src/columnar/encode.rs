//! A group of rows as the bytes of a Parquet file.

use super::kept::Kept;
use super::keys::RoomForKeys;
use super::pages::{Pages, coded_lists, coded_numbers, coded_words, plain};
use super::{Column, ColumnType};
use arrow_array::Array;
use parquet::basic::Encoding;
use parquet::column::page::{CompressedPage, PageWriter};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{SchemaDescPtr, SchemaDescriptor};
use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::Arc;

/// The columns of a file, in order.
#[derive(Debug, Clone)]
pub struct Layout {
    pub(super) schema: SchemaDescPtr,
}

/// A group of rows, encoded.
#[derive(Debug)]
pub struct RowGroup {
    pub(super) bytes: Vec<u8>,
    /// With places counted from the beginning of `bytes`.
    pub(super) metadata: RowGroupMetaData,
}

pub(super) fn failed(error: ParquetError) -> io::Error {
    io::Error::other(error)
}

impl Layout {
    /// Columns by name. Every value may be missing.
    ///
    /// # Errors
    /// A name is none that a file can have.
    pub fn of<'n>(columns: impl IntoIterator<Item = (&'n str, ColumnType)>) -> io::Result<Self> {
        let mut message = "message cases {".to_owned();
        for (name, column) in columns {
            // A `String` takes everything.
            let _ = match column {
                ColumnType::Text | ColumnType::Word => write!(message, "optional binary {name} (STRING);"),
                ColumnType::List => write!(
                    message,
                    "optional group {name} (LIST) {{repeated group list {{required binary element (STRING);}}}}"
                ),
                ColumnType::Day => write!(message, "optional int32 {name} (DATE);"),
                ColumnType::Number => write!(message, "optional int32 {name};"),
            };
        }
        message.push('}');
        let root = parse_message_type(&message).map_err(failed)?;
        Ok(Self {
            schema: Arc::new(SchemaDescriptor::new(Arc::new(root))),
        })
    }

    /// Encodes a group of rows.
    ///
    /// # Errors
    /// The columns are not those of the layout, or a column has more bytes than a page can have.
    pub fn encode(&self, columns: &[Column<'_>], rows: usize) -> io::Result<RowGroup> {
        if columns.len() != self.schema.num_columns() {
            return Err(io::Error::other("the columns are not those of the file"));
        }
        if columns.iter().any(|column| !column.has_codes()) {
            return Err(io::Error::other("rows of a column have ids without a code"));
        }
        // Room that is not filled costs nothing; to get more again and again does.
        let mut out = TrackedWrite::new(Vec::with_capacity(
            columns.iter().map(|column| column.usual_bytes(rows)).sum(),
        ));
        let mut room = RoomForKeys::new();
        let mut chunks = Vec::new();
        for (index, column) in columns.iter().enumerate() {
            let pages = match column {
                Column::Texts(texts) => plain(texts.iter(), texts.len(), texts.bytes())?,
                Column::Read(array) => plain(
                    array.iter().map(|text| text.map(str::as_bytes)),
                    array.len(),
                    array.value_data().len(),
                )?,
                Column::Words { words, codes } => coded_words(words, *codes, &mut room),
                Column::Numbers { values, codes } => coded_numbers(values, *codes, &mut room),
                Column::Lists { words, lists, codes } => coded_lists(words, lists, *codes, &mut room),
                Column::Kept(kept) => {
                    chunks.push(self.write_kept(index, kept, &mut out)?);
                    continue;
                }
            };
            chunks.push(self.write(index, pages, &mut out)?);
        }
        let bytes = out.into_inner().map_err(failed)?;
        let metadata = RowGroupMetaData::builder(self.schema.clone())
            .set_num_rows(rows as i64)
            .set_total_byte_size(chunks.iter().map(ColumnChunkMetaData::uncompressed_size).sum())
            .set_column_metadata(chunks)
            .build();
        Ok(RowGroup {
            bytes,
            metadata: metadata.map_err(failed)?,
        })
    }

    /// Writes the pages of a column.
    fn write(
        &self,
        column: usize,
        pages: Pages,
        out: &mut TrackedWrite<Vec<u8>>,
    ) -> io::Result<ColumnChunkMetaData> {
        let mut writer = SerializedPageWriter::new(out);
        let (mut packed, mut unpacked) = (0, 0);
        let mut write = |page: CompressedPage| -> io::Result<i64> {
            if page.uncompressed_size() > i32::MAX as usize {
                return Err(io::Error::other("a column has more bytes than a page can have"));
            }
            let written = writer.write_page(page).map_err(failed)?;
            packed += written.compressed_size as i64;
            unpacked += written.uncompressed_size as i64;
            Ok(written.offset as i64)
        };
        let dictionary = pages.dictionary.map(&mut write).transpose()?;
        let data = write(pages.data)?;
        let chunk = ColumnChunkMetaData::builder(self.schema.column(column))
            .set_encodings(match dictionary {
                Some(_) => vec![Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY],
                None => vec![Encoding::PLAIN, Encoding::RLE],
            })
            .set_compression(pages.compression)
            .set_num_values(pages.values as i64)
            .set_dictionary_page_offset(dictionary)
            .set_data_page_offset(data)
            .set_total_compressed_size(packed)
            .set_total_uncompressed_size(unpacked)
            .set_statistics(pages.statistics);
        chunk.build().map_err(failed)
    }

    /// Writes the bytes of a column as they stand in another file.
    fn write_kept(
        &self,
        column: usize,
        kept: &Kept,
        out: &mut TrackedWrite<Vec<u8>>,
    ) -> io::Result<ColumnChunkMetaData> {
        let begin = out.bytes_written() as i64;
        out.write_all(&kept.bytes()?)?;
        kept.described(self.schema.column(column), begin)
    }
}
