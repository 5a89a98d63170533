//! A column as the few texts that stand in it.

use super::NONE;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Date32Type, Date64Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, StringArray};
use arrow_schema::{DataType, TimeUnit};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;

/// A column by its distinct texts: those that a cell of CSV would hold.
#[derive(Debug, Clone, Default)]
pub struct Cells {
    /// The texts; the last one is that of a cell without a value: none.
    pub texts: Vec<Option<String>>,
    /// Of each row the place of its text.
    pub rows: Vec<u32>,
}

/// Numbers that lie this close together are found by their place, others by their hash.
const MOST_SPREAD: i64 = 1 << 16;

impl Cells {
    /// The cells of a column; `None` where its type is none that a fact can have.
    pub fn of(array: &ArrayRef) -> Option<Self> {
        match array.data_type() {
            DataType::Dictionary(key, value) if **key == DataType::Int32 && **value == DataType::Utf8 => {
                let array = array.as_dictionary::<Int32Type>();
                let values = array.values().as_string::<i32>();
                let texts = values.iter().map(|text| text.map(str::to_owned));
                Some(Self::coded(
                    texts.collect(),
                    array.keys().iter().map(|key| key.map(|key| key as u32)),
                ))
            }
            DataType::Int32 => Some(Self::numbers(
                array
                    .as_primitive::<Int32Type>()
                    .iter()
                    .map(|number| number.map(i64::from)),
                |number| Some(number.to_string()),
            )),
            DataType::Date32 => Some(Self::numbers(
                array
                    .as_primitive::<Date32Type>()
                    .iter()
                    .map(|day| day.map(i64::from)),
                day_text,
            )),
            DataType::List(field) if is_coded(field.data_type()) => Self::lists(array),
            _ => Self::others(array),
        }
    }

    /// The same; the words of a list stay in their order.
    pub fn in_order(array: &ArrayRef) -> Option<Self> {
        match array.data_type() {
            DataType::List(field) if is_coded(field.data_type()) => Self::lists_in_order(array),
            _ => Self::of(array),
        }
    }

    /// The text of a row.
    pub fn text(&self, row: usize) -> Option<&str> {
        self.texts[self.rows[row] as usize].as_deref()
    }

    fn coded(mut texts: Vec<Option<String>>, codes: impl Iterator<Item = Option<u32>>) -> Self {
        let none = texts.len() as u32;
        texts.push(None);
        Self {
            texts,
            rows: codes.map(|code| code.unwrap_or(none)).collect(),
        }
    }

    fn numbers(
        numbers: impl Iterator<Item = Option<i64>> + Clone,
        text: impl Fn(i64) -> Option<String>,
    ) -> Self {
        let given = || numbers.clone().flatten();
        let (least, most) = (given().min().unwrap_or(0), given().max().unwrap_or(0));
        let mut values = Vec::new();
        let mut code_of = |number: i64| {
            values.push(number);
            values.len() as u32 - 1
        };
        let codes: Vec<Option<u32>> = if most.checked_sub(least).is_some_and(|spread| spread < MOST_SPREAD) {
            let mut places = vec![NONE; (most - least + 1) as usize];
            let mut look = |number: i64| {
                let place = &mut places[(number - least) as usize];
                if *place == NONE {
                    *place = code_of(number);
                }
                *place
            };
            numbers.map(|number| number.map(&mut look)).collect()
        } else {
            let mut places = FxHashMap::default();
            let mut look = |number: i64| *places.entry(number).or_insert_with(|| code_of(number));
            numbers.map(|number| number.map(&mut look)).collect()
        };
        Self::coded(values.into_iter().map(text).collect(), codes.into_iter())
    }

    /// Lists whose words are coded; the order of the words does not matter.
    fn lists(array: &ArrayRef) -> Option<Self> {
        let lists = array.as_list::<i32>();
        let elements = lists.values().as_dictionary::<Int32Type>();
        let words = elements.values().as_string::<i32>();
        if words.len() > 63 || elements.null_count() > 0 || words.null_count() > 0 {
            return Self::others(array);
        }
        let keys = elements.keys().values();
        let mut places = FxHashMap::<u64, u32>::default();
        let mut sets = Vec::new();
        let rows = lists.offsets().windows(2).enumerate().map(|(row, ends)| {
            if lists.is_null(row) {
                return None;
            }
            let of_row = &keys[ends[0] as usize..ends[1] as usize];
            let set = of_row.iter().fold(0, |set, key| set | 1 << key);
            Some(*places.entry(set).or_insert_with(|| {
                sets.push(set);
                sets.len() as u32 - 1
            }))
        });
        let rows: Vec<Option<u32>> = rows.collect();
        let text = |set: u64| {
            let members = (0..words.len()).filter(|word| set >> word & 1 == 1);
            Some(list_text(members.map(|word| words.value(word).to_owned())))
        };
        Some(Self::coded(
            sets.into_iter().map(text).collect(),
            rows.into_iter(),
        ))
    }

    /// Lists whose words are coded, each looked at once.
    fn lists_in_order(array: &ArrayRef) -> Option<Self> {
        let lists = array.as_list::<i32>();
        let elements = lists.values().as_dictionary::<Int32Type>();
        let words = elements.values().as_string::<i32>();
        if elements.null_count() > 0 || words.null_count() > 0 {
            return Self::others(array);
        }
        let keys = elements.keys().values();
        let mut places = FxHashMap::<&[i32], u32>::default();
        let mut distinct = Vec::new();
        let rows = lists.offsets().windows(2).enumerate().map(|(row, ends)| {
            if lists.is_null(row) {
                return None;
            }
            let of_row = &keys[ends[0] as usize..ends[1] as usize];
            Some(*places.entry(of_row).or_insert_with(|| {
                distinct.push(of_row);
                distinct.len() as u32 - 1
            }))
        });
        let rows: Vec<Option<u32>> = rows.collect();
        let text = |of_row: &[i32]| {
            let members = of_row.iter().map(|key| words.value(*key as usize).to_owned());
            Some(list_text(members))
        };
        Some(Self::coded(
            distinct.into_iter().map(text).collect(),
            rows.into_iter(),
        ))
    }

    fn others(array: &ArrayRef) -> Option<Self> {
        let mut places = FxHashMap::<String, u32>::default();
        let mut texts = Vec::new();
        let mut rows = Vec::with_capacity(array.len());
        for row in 0..array.len() {
            rows.push(text_of(array, row)?.map(|text| {
                *places.entry(text).or_insert_with_key(|text| {
                    texts.push(Some(text.clone()));
                    texts.len() as u32 - 1
                })
            }));
        }
        Some(Self::coded(texts, rows.into_iter()))
    }
}

fn is_coded(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Dictionary(key, value) if **key == DataType::Int32 && **value == DataType::Utf8)
}

/// The texts of a column, each row its own; `None` where its type is none that has a text.
pub fn texts_of(array: &ArrayRef) -> Option<StringArray> {
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().clone()),
        _ => (0..array.len()).map(|row| text_of(array, row)).collect(),
    }
}

fn list_text(members: impl Iterator<Item = String>) -> String {
    let members: Vec<String> = members.collect();
    if members.is_empty() {
        "[]".to_owned()
    } else {
        members.join(" ")
    }
}

fn day_text(days: i64) -> Option<String> {
    let day = date(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?);
    Some(day.map_or_else(|_| format!("day {days}"), |day: Date| day.to_string()))
}

/// What a cell of CSV would hold: `Some(None)` for no value, `None` for a type that has no text.
fn text_of(array: &ArrayRef, row: usize) -> Option<Option<String>> {
    macro_rules! number {
        ($number:ty) => {
            array.as_primitive::<$number>().value(row).to_string()
        };
    }
    macro_rules! members {
        ($members:expr) => {{
            let members = $members;
            let texts = (0..members.len()).map(|member| text_of(&members, member));
            let texts = texts.map(|text| text.map(|text| text.unwrap_or_else(|| "null".to_owned())));
            list_text(texts.collect::<Option<Vec<_>>>()?.into_iter())
        }};
    }
    if array.is_null(row) || *array.data_type() == DataType::Null {
        return Some(None);
    }
    Some(Some(match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(row).to_owned(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(row).to_owned(),
        DataType::Utf8View => array.as_string_view().value(row).to_owned(),
        DataType::Boolean => array.as_boolean().value(row).to_string(),
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float32 => return Some(float_text(array.as_primitive::<Float32Type>().value(row).into())),
        DataType::Float64 => return Some(float_text(array.as_primitive::<Float64Type>().value(row))),
        DataType::Date32 => day_text(array.as_primitive::<Date32Type>().value(row).into())?,
        DataType::Date64 => moment_text(array.as_primitive::<Date64Type>().value(row), 1_000),
        DataType::Timestamp(TimeUnit::Second, _) => {
            moment_text(array.as_primitive::<TimestampSecondType>().value(row), 1)
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            moment_text(array.as_primitive::<TimestampMillisecondType>().value(row), 1_000)
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => moment_text(
            array.as_primitive::<TimestampMicrosecondType>().value(row),
            1_000_000,
        ),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => moment_text(
            array.as_primitive::<TimestampNanosecondType>().value(row),
            1_000_000_000,
        ),
        DataType::List(_) => members!(array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => members!(array.as_list::<i64>().value(row)),
        DataType::FixedSizeList(_, _) => members!(array.as_fixed_size_list().value(row)),
        DataType::Dictionary(key, _) => {
            let value = match **key {
                DataType::Int8 => value_of::<Int8Type>(array, row),
                DataType::Int16 => value_of::<Int16Type>(array, row),
                DataType::Int32 => value_of::<Int32Type>(array, row),
                DataType::Int64 => value_of::<Int64Type>(array, row),
                DataType::UInt8 => value_of::<UInt8Type>(array, row),
                DataType::UInt16 => value_of::<UInt16Type>(array, row),
                DataType::UInt32 => value_of::<UInt32Type>(array, row),
                DataType::UInt64 => value_of::<UInt64Type>(array, row),
                _ => None,
            };
            let (values, value) = value?;
            return text_of(values, value);
        }
        _ => return None,
    }))
}

fn value_of<K: ArrowDictionaryKeyType>(array: &ArrayRef, row: usize) -> Option<(&ArrayRef, usize)> {
    let array = array.as_dictionary::<K>();
    Some((array.values(), array.key(row)?))
}

/// A whole number as such: a column of whole numbers with gaps is often one of floating point. Not a number: a gap.
fn float_text(number: f64) -> Option<String> {
    (!number.is_nan()).then(|| number.to_string())
}

/// A moment as its day where it is the beginning of one.
fn moment_text(moment: i64, of_a_second: i64) -> String {
    let (seconds, rest) = (moment.div_euclid(of_a_second), moment.rem_euclid(of_a_second));
    match Timestamp::from_second(seconds) {
        Ok(at) if rest == 0 && seconds.rem_euclid(86_400) == 0 => {
            TimeZone::UTC.to_datetime(at).date().to_string()
        }
        Ok(at) => TimeZone::UTC.to_datetime(at).to_string(),
        Err(_) => format!("{seconds} seconds since 1970"),
    }
}
