//! A column of a group of rows as it stands in a file: handed on to another file byte for byte, or read.

use super::Texts;
use super::encode::failed;
use super::unpack::Unpacked;
use bytes::{Buf, Bytes};
use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageReader};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use parquet::file::reader::{ChunkReader, Length, SerializedPageReader};
use parquet::schema::types::ColumnDescPtr;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

/// The bytes of a group of rows, where they stand in their file.
#[derive(Debug)]
struct GroupBytes {
    begin: u64,
    bytes: Bytes,
}

impl GroupBytes {
    fn range(&self, start: u64, length: usize) -> Option<Bytes> {
        let start = usize::try_from(start.checked_sub(self.begin)?).ok()?;
        let end = start.checked_add(length)?;
        (end <= self.bytes.len()).then(|| self.bytes.slice(start..end))
    }
}

impl Length for GroupBytes {
    fn len(&self) -> u64 {
        self.begin + self.bytes.len() as u64
    }
}

impl ChunkReader for GroupBytes {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        let length = self.len().saturating_sub(start) as usize;
        Ok(self.get_bytes(start, length)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let bytes = self.range(start, length);
        bytes.ok_or_else(|| ParquetError::EOF("it ends within a column".to_owned()))
    }
}

/// A group of rows, in memory as it stands in its file.
#[derive(Debug)]
pub struct Group {
    bytes: Arc<GroupBytes>,
    metadata: RowGroupMetaData,
}

/// A column of a group of rows, in memory as it stands in its file.
#[derive(Debug, Clone)]
pub struct Kept {
    bytes: Arc<GroupBytes>,
    pub(super) rows: usize,
    pub(super) metadata: ColumnChunkMetaData,
}

pub(super) fn damaged() -> io::Error {
    io::Error::other("a column is damaged")
}

impl Group {
    /// Reads a group of rows.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn read(mut file: File, metadata: &RowGroupMetaData) -> io::Result<Self> {
        let ranges = || metadata.columns().iter().map(ColumnChunkMetaData::byte_range);
        let begin = ranges().map(|(begin, _)| begin).min().unwrap_or_default();
        let end = ranges().map(|(begin, length)| begin.saturating_add(length)).max();
        let length = end.unwrap_or_default().saturating_sub(begin);
        if length > file.metadata()?.len() {
            return Err(damaged());
        }
        let mut bytes = Vec::with_capacity(length as usize);
        file.seek(SeekFrom::Start(begin))?;
        file.take(length).read_to_end(&mut bytes)?;
        let bytes = Bytes::from(bytes);
        Ok(Self {
            bytes: Arc::new(GroupBytes { begin, bytes }),
            metadata: metadata.clone(),
        })
    }

    /// A column by its place.
    pub fn column(&self, index: usize) -> Kept {
        Kept {
            bytes: self.bytes.clone(),
            rows: self.metadata.num_rows() as usize,
            metadata: self.metadata.column(index).clone(),
        }
    }
}

/// The pages of a column, cut into their parts.
pub(super) struct Parts {
    /// The values of the dictionary, and how many.
    pub dictionary: Option<(Bytes, usize)>,
    pub repetitions: Option<Bytes>,
    pub definitions: Bytes,
    pub values: Bytes,
    /// How many levels.
    pub count: usize,
    pub encoding: Encoding,
}

impl Kept {
    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many bytes it has.
    pub(super) fn length(&self) -> usize {
        self.metadata.byte_range().1 as usize
    }

    /// Its bytes.
    ///
    /// # Errors
    /// The file is shorter than it says.
    pub(super) fn bytes(&self) -> io::Result<Bytes> {
        let (begin, length) = self.metadata.byte_range();
        self.bytes.range(begin, length as usize).ok_or_else(damaged)
    }

    /// Its description in another file, where it begins at a place.
    ///
    /// # Errors
    /// It is of another type there.
    pub(super) fn described(&self, column: ColumnDescPtr, begin: i64) -> io::Result<ColumnChunkMetaData> {
        let own = self.metadata.column_descr();
        if own.physical_type() != column.physical_type()
            || own.max_def_level() != column.max_def_level()
            || own.max_rep_level() != column.max_rep_level()
        {
            return Err(io::Error::other("a column is of another type"));
        }
        let moved = |at: i64| at - self.metadata.byte_range().0 as i64 + begin;
        let chunk = ColumnChunkMetaData::builder(column)
            .set_encodings(self.metadata.encodings().collect())
            .set_compression_codec(self.metadata.compression_codec())
            .set_num_values(self.metadata.num_values())
            .set_dictionary_page_offset(self.metadata.dictionary_page_offset().map(moved))
            .set_data_page_offset(moved(self.metadata.data_page_offset()))
            .set_total_compressed_size(self.metadata.compressed_size())
            .set_total_uncompressed_size(self.metadata.uncompressed_size());
        let chunk = match self.metadata.statistics() {
            Some(statistics) => chunk.set_statistics(statistics.clone()),
            None => chunk,
        };
        chunk.build().map_err(failed)
    }

    /// The pages of the column: of a dictionary, where there is one, and of all rows; `None` where there are others.
    pub(super) fn parts(&self) -> io::Result<Option<Parts>> {
        let reader = SerializedPageReader::new(self.bytes.clone(), &self.metadata, self.rows, None);
        let mut reader = reader.map_err(failed)?;
        let (mut dictionary, mut data) = (None, None);
        while let Some(page) = reader.get_next_page().map_err(failed)? {
            match page {
                Page::DictionaryPage { buf, num_values, .. } if dictionary.is_none() => {
                    dictionary = Some((buf, num_values as usize));
                }
                Page::DataPage {
                    buf,
                    num_values,
                    encoding,
                    def_level_encoding: Encoding::RLE,
                    rep_level_encoding: Encoding::RLE,
                    ..
                } if data.is_none() => {
                    let has_repetitions = self.metadata.column_descr().max_rep_level() > 0;
                    data = Some(Parts::of(buf, has_repetitions, num_values as usize, encoding)?);
                }
                _ => return Ok(None),
            }
        }
        Ok(data.map(|data| Parts { dictionary, ..data }))
    }

    /// The texts of the column; `None` where they are not written in the way of this program.
    ///
    /// # Errors
    /// It is damaged.
    pub fn texts(&self) -> io::Result<Option<Texts>> {
        let column = self.metadata.column_descr();
        let is_text = column.physical_type() == Type::BYTE_ARRAY && column.max_rep_level() == 0;
        let Some(parts) = self.parts()? else {
            return Ok(None);
        };
        if !is_text || parts.dictionary.is_some() || parts.encoding != Encoding::PLAIN {
            return Ok(None);
        }
        if parts.count != self.rows {
            return Err(damaged());
        }
        let mut levels = vec![0; self.rows];
        Unpacked::new(&parts.definitions, 1).read(&mut levels)?;
        let mut rest = parts.values.as_ref();
        let mut texts = Texts::default();
        for level in levels {
            let text = (level == 1).then(|| text(&mut rest)).transpose()?;
            texts.push(text);
        }
        Ok(Some(texts))
    }

    /// How many values are missing, where the file says it.
    pub fn missing(&self) -> Option<u64> {
        self.metadata.statistics()?.null_count_opt()
    }
}

impl Parts {
    fn of(body: Bytes, has_repetitions: bool, count: usize, encoding: Encoding) -> io::Result<Self> {
        let mut rest = body;
        let mut levels = || {
            let length: [u8; 4] = rest
                .get(..4)
                .and_then(|length| length.try_into().ok())
                .ok_or_else(damaged)?;
            let end = 4 + u32::from_le_bytes(length) as usize;
            if end > rest.len() {
                return Err(damaged());
            }
            let levels = rest.slice(4..end);
            rest.advance(end);
            Ok(levels)
        };
        let repetitions = has_repetitions.then(&mut levels).transpose()?;
        let definitions = levels()?;
        Ok(Self {
            dictionary: None,
            repetitions,
            definitions,
            values: rest,
            count,
            encoding,
        })
    }
}

/// The next text of a column: its length in four bytes, then its bytes.
pub(super) fn text<'b>(rest: &mut &'b [u8]) -> io::Result<&'b str> {
    let taken = rest.split_first_chunk::<4>();
    let (length, after) = taken.ok_or_else(damaged)?;
    let length = u32::from_le_bytes(*length) as usize;
    let (text, after) = after.split_at_checked(length).ok_or_else(damaged)?;
    *rest = after;
    std::str::from_utf8(text).map_err(|_| damaged())
}
