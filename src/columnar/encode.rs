//! A group of rows as the bytes of a Parquet file.

use super::hybrid::{Packed, SideBySide};
use super::{Column, ColumnType, NONE};
use arrow_array::Array;
use bytes::Bytes;
use parquet::basic::{Compression, Encoding};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{SchemaDescPtr, SchemaDescriptor};
use std::fmt::Write;
use std::io;
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
        let mut out = TrackedWrite::new(Vec::new());
        let mut chunks = Vec::new();
        for (index, column) in columns.iter().enumerate() {
            let pages = match column {
                Column::Texts(texts) => plain(texts.iter(), texts.len(), texts.bytes())?,
                Column::Read(array) => plain(
                    array.iter().map(|text| text.map(str::as_bytes)),
                    array.len(),
                    array.value_data().len(),
                )?,
                Column::Words { words, codes } => {
                    let bytes =
                        |code: u32, out: &mut Vec<u8>| byte_array(out, words[code as usize].as_bytes());
                    coded(codes, words.len(), bytes)
                }
                Column::Numbers { values, codes } => {
                    let bytes = |code: u32, out: &mut Vec<u8>| {
                        out.extend_from_slice(&values[code as usize].to_le_bytes());
                    };
                    coded(codes, values.len(), bytes)
                }
                Column::Lists { words, lists, codes } => coded_lists(words, lists, codes),
            };
            let values = pages.values;
            let mut writer = SerializedPageWriter::new(&mut out);
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
            let chunk = ColumnChunkMetaData::builder(self.schema.column(index))
                .set_encodings(match dictionary {
                    Some(_) => vec![Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY],
                    None => vec![Encoding::PLAIN, Encoding::RLE],
                })
                .set_compression(pages.compression)
                .set_num_values(values as i64)
                .set_dictionary_page_offset(dictionary)
                .set_data_page_offset(data)
                .set_total_compressed_size(packed)
                .set_total_uncompressed_size(unpacked);
            chunks.push(chunk.build().map_err(failed)?);
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
}

/// The pages of one column.
struct Pages {
    dictionary: Option<CompressedPage>,
    data: CompressedPage,
    values: usize,
    compression: Compression,
}

fn byte_array(out: &mut Vec<u8>, text: &[u8]) {
    out.extend_from_slice(&(text.len() as u32).to_le_bytes());
    out.extend_from_slice(text);
}

fn data_page(body: Vec<u8>, size: usize, values: usize, encoding: Encoding) -> CompressedPage {
    let page = Page::DataPage {
        buf: Bytes::from(body),
        num_values: values as u32,
        encoding,
        def_level_encoding: Encoding::RLE,
        rep_level_encoding: Encoding::RLE,
        statistics: None,
    };
    CompressedPage::new(page, size)
}

/// Texts of their own, packed with Snappy: names of files and references begin alike.
fn plain<'t>(
    texts: impl Iterator<Item = Option<&'t [u8]>> + Clone,
    count: usize,
    bytes: usize,
) -> io::Result<Pages> {
    let mut body = Vec::with_capacity(bytes + 5 * count + 16);
    let mut levels = Packed::new(1, count);
    texts.clone().for_each(|text| levels.push(text.is_some().into()));
    levels.finish_with_length(&mut body);
    for text in texts.flatten() {
        byte_array(&mut body, text);
    }
    let packed = snap::raw::Encoder::new().compress_vec(&body);
    Ok(Pages {
        dictionary: None,
        data: data_page(
            packed.map_err(io::Error::other)?,
            body.len(),
            count,
            Encoding::PLAIN,
        ),
        values: count,
        compression: Compression::SNAPPY,
    })
}

/// Codes in the order in which values first occur, so that equal columns give equal bytes however they were numbered.
struct Used {
    /// The code on disk of each code in memory, or [`NONE`].
    on_disk: Vec<u32>,
    order: Vec<u32>,
}

impl Used {
    fn new(count: usize) -> Self {
        Self {
            on_disk: vec![NONE; count],
            order: Vec::new(),
        }
    }

    #[inline]
    fn look(&mut self, code: u32) {
        let on_disk = &mut self.on_disk[code as usize];
        if *on_disk == NONE {
            *on_disk = self.order.len() as u32;
            self.order.push(code);
        }
    }

    fn width(&self) -> u32 {
        Packed::width_of(self.order.len().saturating_sub(1)).max(1)
    }

    /// The values in their order. Where there is none an empty one stands for them, to which nothing refers: of a
    /// dictionary without values, readers make one of their own, row by row.
    fn dictionary(&self, mut write: impl FnMut(u32, &mut Vec<u8>)) -> CompressedPage {
        let mut body = Vec::new();
        self.order.iter().for_each(|code| write(*code, &mut body));
        if self.order.is_empty() {
            // An empty text, or the number 0.
            body.extend_from_slice(&[0; 4]);
        }
        let size = body.len();
        let page = Page::DictionaryPage {
            buf: Bytes::from(body),
            num_values: self.order.len().max(1) as u32,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        CompressedPage::new(page, size)
    }
}

/// Values by code, each row one or none.
fn coded(codes: &[u32], count: usize, write: impl FnMut(u32, &mut Vec<u8>)) -> Pages {
    let mut used = Used::new(count);
    let missing = codes.iter().filter(|code| **code == NONE).count();
    let levels = if missing == 0 || missing == codes.len() {
        Packed::only((missing == 0).into(), codes.len(), 1)
    } else {
        let mut levels = Packed::new(1, codes.len());
        levels.extend(codes.iter().map(|code| (*code != NONE).into()));
        levels
    };
    let given = || codes.iter().filter(|code| **code != NONE);
    if missing < codes.len() {
        given().for_each(|code| used.look(*code));
    }
    let width = used.width();
    let mut values = Packed::new(width, codes.len() - missing);
    if missing < codes.len() {
        values.extend(given().map(|code| used.on_disk[*code as usize]));
    }
    let mut body = Vec::new();
    levels.finish_with_length(&mut body);
    body.push(width as u8);
    values.finish(&mut body);
    let size = body.len();
    Pages {
        dictionary: Some(used.dictionary(write)),
        data: data_page(body, size, codes.len(), Encoding::RLE_DICTIONARY),
        values: codes.len(),
        compression: Compression::UNCOMPRESSED,
    }
}

/// What a list is in a file: its words by their codes there, and what a row with it adds to the repetitions, the
/// definitions and the words, where that is short.
struct ListOnDisk {
    words: Vec<u32>,
    packed: Option<[SideBySide; 3]>,
}

impl ListOnDisk {
    fn of(words: Vec<u32>, width: u32) -> Self {
        let definition = if words.is_empty() { 1 } else { 2 };
        Self::with_definition(words, width, definition)
    }

    /// A row without a list.
    fn none() -> Self {
        Self::with_definition(Vec::new(), 1, 0)
    }

    fn with_definition(words: Vec<u32>, width: u32, definition: u32) -> Self {
        let levels = words.len().max(1);
        let repetitions: Vec<u32> = (0..levels).map(|word| u32::from(word > 0)).collect();
        let packed = [
            SideBySide::of(&repetitions, 1),
            SideBySide::of(&vec![definition; levels], 2),
            SideBySide::of(&words, width),
        ];
        let packed = match packed {
            [Some(repetitions), Some(definitions), Some(words)] => Some([repetitions, definitions, words]),
            _ => None,
        };
        Self { words, packed }
    }
}

/// Lists by code. The level of a definition says: 0 no list, 1 an empty list, 2 a word; that of a repetition: 0 a new
/// row, 1 the same list.
fn coded_lists(words: &[String], lists: &[Vec<u32>], codes: &[u32]) -> Pages {
    let mut rows = Used::new(lists.len());
    let mut used = Used::new(words.len());
    for code in codes.iter().filter(|code| **code != NONE) {
        rows.look(*code);
    }
    for list in &rows.order {
        lists[*list as usize].iter().for_each(|word| used.look(*word));
    }
    let width = used.width();
    let on_disk: Vec<ListOnDisk> = rows
        .order
        .iter()
        .map(|list| {
            let words = lists[*list as usize].iter();
            let words = words.map(|word| used.on_disk[*word as usize]);
            ListOnDisk::of(words.collect(), width)
        })
        .collect();
    let none = ListOnDisk::none();
    let mut repetitions = Packed::new(1, codes.len());
    let mut definitions = Packed::new(2, codes.len());
    let mut values = Packed::new(width, codes.len());
    for code in codes {
        let list = match *code {
            NONE => &none,
            code => &on_disk[rows.on_disk[code as usize] as usize],
        };
        match &list.packed {
            Some([of_repetition, of_definition, of_values]) => {
                repetitions.push_side_by_side(*of_repetition);
                definitions.push_side_by_side(*of_definition);
                values.push_side_by_side(*of_values);
            }
            None => {
                repetitions.extend((0..list.words.len()).map(|word| u32::from(word > 0)));
                definitions.extend(list.words.iter().map(|_| 2));
                values.extend(list.words.iter().copied());
            }
        }
    }
    let count = definitions.count();
    let mut body = Vec::new();
    repetitions.finish_with_length(&mut body);
    definitions.finish_with_length(&mut body);
    body.push(width as u8);
    values.finish(&mut body);
    let size = body.len();
    let word = |word: u32, out: &mut Vec<u8>| byte_array(out, words[word as usize].as_bytes());
    Pages {
        dictionary: Some(used.dictionary(word)),
        data: data_page(body, size, count, Encoding::RLE_DICTIONARY),
        values: count,
        compression: Compression::UNCOMPRESSED,
    }
}
