//! Files of columns, row by row.

#![allow(dead_code, reason = "each test uses a part")]

use gradatie::columnar::{Cells, ColumnsFile, texts_of};
use serde_json::{Value, json};
use std::path::Path;

/// A file of columns as objects of texts, without those that are missing.
pub fn read(path: &Path) -> Vec<serde_json::Map<String, Value>> {
    let file = ColumnsFile::open(path).unwrap();
    let names: Vec<String> = file.names().map(str::to_owned).collect();
    let mut found = Vec::new();
    for slice in file.slices().unwrap() {
        for columns in file.read(&slice.unwrap()).unwrap() {
            let of_column: Vec<Vec<Option<String>>> = (0..names.len())
                .map(|index| {
                    let array = columns.column(index);
                    match Cells::of(array) {
                        // The order of the words of a list is that of the file's dictionary here.
                        Some(cells) if file.type_of(index).starts_with("List") => {
                            let words = |text: &str| sorted(&text.split(' ').collect::<Vec<_>>());
                            (0..columns.rows())
                                .map(|row| cells.text(row).map(words))
                                .collect()
                        }
                        Some(cells) => (0..columns.rows())
                            .map(|row| cells.text(row).map(str::to_owned))
                            .collect(),
                        None => texts_of(array)
                            .unwrap()
                            .iter()
                            .map(|text| text.map(str::to_owned))
                            .collect(),
                    }
                })
                .collect();
            for row in 0..columns.rows() {
                let cells = names.iter().zip(&of_column);
                let cells =
                    cells.filter_map(|(name, column)| Some((name.clone(), json!(column[row].clone()?))));
                found.push(cells.collect());
            }
        }
    }
    found
}

/// Words in the order of the alphabet, in one text.
pub fn sorted(words: &[&str]) -> String {
    let mut words = words.to_vec();
    words.sort_unstable();
    words.join(" ")
}
