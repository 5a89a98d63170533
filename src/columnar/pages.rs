//! A column of a group of rows as the pages of a Parquet file.

use super::classes::Classes;
use super::hybrid::Packed;
use super::keys::RoomForKeys;
use super::runs::{MOST_BITS, Run};
use super::{Codes, NONE};
use bytes::Bytes;
use parquet::basic::{Compression, Encoding};
use parquet::column::page::{CompressedPage, Page};
use parquet::file::statistics::Statistics;
use std::io;

/// The pages of one column, with what its description says of the values.
pub(super) struct Pages {
    pub dictionary: Option<CompressedPage>,
    pub data: CompressedPage,
    /// How many values there are, with those that are missing.
    pub values: usize,
    pub compression: Compression,
    pub statistics: Statistics,
}

/// Texts longer than this are no bounds in the description of a column.
const MOST_BYTES_OF_BOUND: usize = 128;

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

/// What is said of texts, so that readers can leave out groups of rows: the least, the greatest, how many are missing.
fn of_texts<'t>(texts: impl Iterator<Item = &'t [u8]> + Clone, missing: usize) -> Statistics {
    let bound = |text: Option<&[u8]>| {
        let text = text.filter(|text| text.len() <= MOST_BYTES_OF_BOUND);
        text.map(|text| text.to_vec().into())
    };
    let (least, most) = (bound(texts.clone().min()), bound(texts.max()));
    Statistics::byte_array(least, most, None, Some(missing as u64), false)
}

/// Texts of their own, packed with Snappy: names of files and references begin alike.
pub(super) fn plain<'t>(
    texts: impl Iterator<Item = Option<&'t [u8]>> + Clone,
    count: usize,
    bytes: usize,
) -> io::Result<Pages> {
    let mut body = Vec::with_capacity(bytes + 5 * count + 16);
    let mut levels = Packed::new(1, count);
    texts.clone().for_each(|text| levels.push(text.is_some().into()));
    levels.finish_with_length(&mut body);
    let mut given = 0;
    for text in texts.clone().flatten() {
        byte_array(&mut body, text);
        given += 1;
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
        statistics: of_texts(texts.flatten(), count - given),
    })
}

/// The numbers on disk of codes, in the order in which they first occur, so that equal columns give equal bytes however
/// they were numbered.
struct Used {
    on_disk: Vec<u32>,
    order: Vec<u32>,
}

impl Used {
    fn of(count: usize, codes: impl Iterator<Item = u32>) -> Self {
        let mut used = Self {
            on_disk: vec![NONE; count],
            order: Vec::new(),
        };
        for code in codes.filter(|code| *code != NONE) {
            let on_disk = &mut used.on_disk[code as usize];
            if *on_disk == NONE {
                *on_disk = used.order.len() as u32;
                used.order.push(code);
            }
        }
        used
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

/// The body of a data page: runs of levels, then the numbers of the values. Gives it with how many levels and values.
fn body(
    rows: &Classes<'_>,
    levels: &[Run],
    width: u32,
    values: &Run,
    room: &mut RoomForKeys,
) -> (Vec<u8>, usize, usize) {
    let runs = || levels.iter().chain([values]);
    let bytes: usize = runs().map(|run| run.most_bytes(rows)).sum();
    let longest = runs().filter_map(Run::longest).max();
    let keys = longest.and_then(|longest| room.keys(rows, longest, MOST_BITS));
    let mut body = Vec::with_capacity(bytes);
    let mut count = 0;
    for run in levels {
        count = run.write_with_length(rows, keys.as_ref(), &mut body);
    }
    body.push(width as u8);
    let given = values.write(rows, keys.as_ref(), &mut body);
    if let Some(keys) = keys {
        room.give(keys);
    }
    (body, count, given)
}

/// The pages of values that are written by their numbers on disk.
fn pages(
    rows: &Classes<'_>,
    (levels, values): (&[Run], &Run),
    used: &Used,
    room: &mut RoomForKeys,
    write: impl FnMut(u32, &mut Vec<u8>),
    statistics: impl FnOnce(usize) -> Statistics,
) -> Pages {
    let (body, count, given) = body(rows, levels, used.width(), values, room);
    let size = body.len();
    Pages {
        dictionary: Some(used.dictionary(write)),
        data: data_page(body, size, count, Encoding::RLE_DICTIONARY),
        values: count,
        compression: Compression::UNCOMPRESSED,
        statistics: statistics(count - given),
    }
}

/// Values by code, each row one or none.
fn coded(
    codes: Codes<'_>,
    count: usize,
    room: &mut RoomForKeys,
    write: impl FnMut(u32, &mut Vec<u8>),
    statistics: impl FnOnce(&[u32], usize) -> Statistics,
) -> Pages {
    let rows = Classes::of(codes, count);
    let codes = &rows.codes;
    let used = Used::of(count, codes.iter().copied());
    let levels = codes.iter().map(|code| [u32::from(*code != NONE)]);
    let levels = [Run::new(1, levels)];
    let numbers = codes.iter().map(|code| match *code {
        NONE => None,
        code => Some(used.on_disk[code as usize]),
    });
    let values = Run::new(used.width(), numbers);
    pages(&rows, (&levels, &values), &used, room, write, |missing| {
        statistics(&used.order, missing)
    })
}

/// Words by code.
pub(super) fn coded_words(words: &[String], codes: Codes<'_>, room: &mut RoomForKeys) -> Pages {
    let text = |code: u32| words[code as usize].as_bytes();
    coded(
        codes,
        words.len(),
        room,
        |code, out| byte_array(out, text(code)),
        |used, missing| of_texts(used.iter().map(|code| text(*code)), missing),
    )
}

/// Numbers or days by code.
pub(super) fn coded_numbers(values: &[i32], codes: Codes<'_>, room: &mut RoomForKeys) -> Pages {
    coded(
        codes,
        values.len(),
        room,
        |code, out| out.extend_from_slice(&values[code as usize].to_le_bytes()),
        |used, missing| {
            let used = || used.iter().map(|code| values[*code as usize]);
            Statistics::int32(used().min(), used().max(), None, Some(missing as u64), false)
        },
    )
}

/// Lists by code. The level of a definition says: 0 no list, 1 an empty list, 2 a word; that of a repetition: 0 a new
/// row, 1 the same list.
pub(super) fn coded_lists(
    words: &[String],
    lists: &[Box<[u32]>],
    codes: Codes<'_>,
    room: &mut RoomForKeys,
) -> Pages {
    let rows = Classes::of(codes, lists.len());
    let list_of = |code: &u32| lists.get(*code as usize).map(|list| &list[..]);
    let codes = &rows.codes;
    let used = Used::of(words.len(), codes.iter().filter_map(list_of).flatten().copied());
    let levels_of = |code: &u32| list_of(code).map_or(1, |list| list.len().max(1));
    let repetitions = codes
        .iter()
        .map(|code| (0..levels_of(code)).map(|word| u32::from(word > 0)));
    let definitions = codes.iter().map(|code| {
        let definition = list_of(code).map_or(0, |list| if list.is_empty() { 1 } else { 2 });
        std::iter::repeat_n(definition, levels_of(code))
    });
    let levels = [Run::new(1, repetitions), Run::new(2, definitions)];
    let numbers = codes.iter().map(|code| {
        let words = list_of(code).into_iter().flatten();
        words.map(|word| used.on_disk[*word as usize])
    });
    let values = Run::new(used.width(), numbers);
    let text = |word: u32| words[word as usize].as_bytes();
    pages(
        &rows,
        (&levels, &values),
        &used,
        room,
        |word, out| byte_array(out, text(word)),
        |missing| of_texts(used.order.iter().map(|word| text(*word)), missing),
    )
}
