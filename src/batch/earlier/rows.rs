//! Earlier results as rows: what was concluded of each case, by which version and sentences, without its facts.
//!
//! A row says little that others do not say as well, so it is kept as a number: four bytes for each case beside the index,
//! whatever the form of the file.

use super::index::Index;
use crate::diagnostic::Diagnostic;
use crate::facts::FactId;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Which columns of a file of results are compared.
#[derive(Debug, Default)]
pub(super) struct ResultColumns {
    pub case: usize,
    pub policy: usize,
    /// The facts that can still change a conclusion.
    pub needs: usize,
    /// The code and the message of what is wrong with a case.
    pub faults: [usize; 2],
    /// The name of each conclusion; where its value, its possible values and its sentences stand.
    pub conclusions: Vec<(String, [usize; 3])>,
}

/// Why columns are not those of results; with the place of a column, where one is to blame.
pub(super) type WrongColumns = (String, Option<usize>);

impl ResultColumns {
    /// The columns of results among these.
    ///
    /// # Errors
    /// A name stands twice, or they are no results.
    pub fn of(names: &[String]) -> Result<Self, WrongColumns> {
        let repeated = (1..names.len()).find(|place| names[..*place].contains(&names[*place]));
        if let Some(place) = repeated {
            return Err((format!("the column `{}` stands twice", names[place]), Some(place)));
        }
        let place = |name: &str| names.iter().position(|own| own == name);
        let needed = |name: &str| {
            let are_cases = || {
                let facts = names.iter().map(|name| FactId::named(name));
                facts.flatten().any(FactId::is_of_case_file)
            };
            place(name).ok_or_else(|| {
                let message = match place("case") {
                    Some(_) if are_cases() => {
                        format!("these are cases and no results: there is no column `{name}`")
                    }
                    _ => format!("these are no results: there is no column `{name}`"),
                };
                (message, None)
            })
        };
        let (case, policy, needs) = (needed("case")?, needed("policy")?, needed("needs")?);
        let faults = [needed("error_code")?, needed("error_message")?];
        let mut conclusions = Vec::new();
        for (value, name) in names.iter().enumerate() {
            if let Some(possible) = place(&format!("{name}_possible")) {
                let cites = needed(&format!("{name}_cites"))?;
                conclusions.push((name.clone(), [value, possible, cites]));
            }
        }
        if conclusions.is_empty() {
            let message = "these are no results: there is no conclusion with its possible values, such as `grade` \
                           with `grade_possible`";
            return Err((message.to_owned(), None));
        }
        Ok(Self {
            case,
            policy,
            needs,
            faults,
            conclusions,
        })
    }
}

/// What rows say of one conclusion.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// Its value; none where it is not determined.
    pub value: Option<String>,
    /// Where it is not determined the values that are possible; none where the version does not have the conclusion.
    pub possible: Vec<String>,
    /// The sentences that its value rests on.
    pub cites: Vec<String>,
}

impl Said {
    /// What the cells of the value, the possible values and the sentences say; words are apart by spaces.
    fn of(cells: [&str; 3]) -> Self {
        let [value, possible, cites] = cells.map(str::trim);
        Self {
            value: (!value.is_empty()).then(|| value.to_owned()),
            possible: words(possible),
            cites: words(cites),
        }
    }
}

/// The words of a list.
fn words(cell: &str) -> Vec<String> {
    let words = cell.split(' ').filter(|word| !word.is_empty() && *word != "[]");
    words.map(str::to_owned).collect()
}

/// Results without facts, by numbers.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The names of the conclusions that they have.
    pub conclusions: Vec<String>,
    policies: Vec<String>,
    needs: Vec<Vec<String>>,
    said: Vec<Said>,
    /// Rows that differ, one after the other: of each the place of its policy, of the facts it needs, and of what it says of
    /// each conclusion.
    distinct: Vec<u32>,
    /// Of each case its row among those that differ.
    of_case: Vec<u32>,
}

/// One of the rows that differ.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'r> {
    rows: &'r Rows,
    places: &'r [u32],
}

/// Places of a row that stand before those of what it says of each conclusion.
const BEFORE_SAID: usize = 2;

impl Row<'_> {
    /// The name of the policy version.
    pub fn policy(&self) -> &str {
        &self.rows.policies[self.places[0] as usize]
    }

    /// The facts that can still change a conclusion.
    pub fn needs(&self) -> &[String] {
        &self.rows.needs[self.places[1] as usize]
    }

    /// What it says of a conclusion; nothing where the file does not have it.
    pub fn said(&self, conclusion: &str) -> Option<&Said> {
        let place = self.rows.conclusions.iter().position(|own| own == conclusion)?;
        self.rows.said.get(self.places[place + BEFORE_SAID] as usize)
    }
}

impl Rows {
    /// The names of the policy versions.
    pub fn policies(&self) -> &[String] {
        &self.policies
    }

    /// The row of this number.
    pub fn row(&self, number: u32) -> Row<'_> {
        let width = self.conclusions.len() + BEFORE_SAID;
        let begin = number as usize * width;
        Row {
            rows: self,
            places: &self.distinct[begin..begin + width],
        }
    }

    /// The number of the row of a case; of several cases the last. All of them are compared then.
    pub fn find(&self, index: &Index, reference: &str) -> Option<u32> {
        let (hash, check) = digest(reference);
        let own = index.of_hash(hash).filter(|(_, at)| *at as u32 == check);
        let mut found = None;
        for (place, at) in own {
            index.mark(place);
            found.get_or_insert(self.of_case[(at >> 32) as usize]);
        }
        found
    }
}

/// The number of a case among those of its file, from where an index says that its result is.
pub(super) fn case_number(at: u64) -> u64 {
    at >> 32
}

/// 96 bits of the SHA-256 of a reference: no two references share them, so that none needs to be kept.
fn digest(reference: &str) -> (u64, u32) {
    let digest = Sha256::digest(reference.as_bytes());
    let of = |range: std::ops::Range<usize>| {
        let bytes = digest[range].iter();
        bytes.fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
    };
    (of(0..8), of(8..12) as u32)
}

/// Rows as they are read. What they say is found again by the bytes of its cells.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    rows: Rows,
    entries: Vec<(u64, u64)>,
    errors: u64,
    policies: HashMap<String, u32>,
    needs: HashMap<String, u32>,
    said: HashMap<Vec<u8>, u32>,
    distinct: HashMap<Vec<u32>, u32>,
    key: Vec<u8>,
}

impl Gathered {
    /// Nothing yet, of a file with these columns.
    pub fn new(columns: &ResultColumns) -> Self {
        let names = columns.conclusions.iter().map(|(name, _)| name.clone());
        let mut gathered = Self::default();
        gathered.rows.conclusions = names.collect();
        gathered
    }

    /// The place of a policy.
    pub fn policy(&mut self, name: &str) -> u32 {
        if let Some(place) = self.policies.get(name) {
            return *place;
        }
        let place = self.rows.policies.len() as u32;
        self.rows.policies.push(name.to_owned());
        self.policies.insert(name.to_owned(), place);
        place
    }

    /// The place of the facts that a case needs.
    pub fn needs(&mut self, cell: &str) -> u32 {
        if let Some(place) = self.needs.get(cell) {
            return *place;
        }
        let place = self.rows.needs.len() as u32;
        self.rows.needs.push(words(cell));
        self.needs.insert(cell.to_owned(), place);
        place
    }

    /// The place of what the cells of a conclusion say: its value, its possible values, its sentences.
    pub fn said(&mut self, cells: [&str; 3]) -> u32 {
        self.key.clear();
        for cell in cells {
            self.key.extend_from_slice(&(cell.len() as u64).to_le_bytes());
            self.key.extend_from_slice(cell.as_bytes());
        }
        if let Some(place) = self.said.get(&self.key) {
            return *place;
        }
        let place = self.rows.said.len() as u32;
        self.rows.said.push(Said::of(cells));
        self.said.insert(self.key.clone(), place);
        place
    }

    /// Adds a case, by the places of its policy, of the facts it needs, and of what is said of each conclusion.
    ///
    /// # Errors
    /// There are too many.
    pub fn push(&mut self, reference: &str, places: &[u32]) -> Result<(), Diagnostic> {
        let number = u32::try_from(self.rows.of_case.len())
            .map_err(|_| super::not_a_result(format!("there are more than {} results", u32::MAX)))?;
        let row = match self.distinct.get(places) {
            Some(row) => *row,
            None => {
                let row = self.distinct.len() as u32;
                self.rows.distinct.extend_from_slice(places);
                self.distinct.insert(places.to_vec(), row);
                row
            }
        };
        let (hash, check) = digest(reference);
        self.entries
            .push((hash, u64::from(number) << 32 | u64::from(check)));
        self.rows.of_case.push(row);
        Ok(())
    }

    /// Adds a case in error, which nothing can be compared with.
    pub fn push_error(&mut self) {
        self.errors += 1;
    }

    /// The index of the cases, their rows, and how many were in error.
    pub fn end(self) -> (Index, Rows, u64) {
        (Index::of(self.entries), self.rows, self.errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(names: &[&str]) -> Result<ResultColumns, WrongColumns> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        ResultColumns::of(&names)
    }

    const WHOLE: [&str; 8] = [
        "case",
        "policy",
        "grade",
        "grade_possible",
        "grade_cites",
        "needs",
        FAULTS[0],
        FAULTS[1],
    ];
    const FAULTS: [&str; 2] = ["error_code", "error_message"];

    #[test]
    fn columns_are_those_of_results_or_it_is_said_what_is_missing() {
        let whole = WHOLE;
        assert_eq!(columns(&whole).unwrap().conclusions[0].1, [2, 3, 4]);
        let wrong = |names: &[&str]| columns(names).unwrap_err();
        assert_eq!(
            wrong(&["case", "decision_date", "region"]).0,
            "these are cases and no results: there is no column `policy`"
        );
        assert_eq!(
            wrong(&["a", "b"]).0,
            "these are no results: there is no column `case`"
        );
        let without_cites = [
            &["case", "policy", "needs", "grade", "grade_possible"][..],
            &FAULTS,
        ]
        .concat();
        assert!(
            wrong(&without_cites)
                .0
                .ends_with("there is no column `grade_cites`")
        );
        let repeated = [&whole[..], &["case"]].concat();
        assert_eq!(
            wrong(&repeated),
            ("the column `case` stands twice".to_owned(), Some(8))
        );
        assert!(
            wrong(&[&["case", "policy", "needs"][..], &FAULTS].concat())
                .0
                .contains("no conclusion")
        );
    }

    #[test]
    fn rows_that_say_the_same_are_kept_once_and_the_last_of_a_reference_counts() {
        let columns = columns(&WHOLE);
        let mut gathered = Gathered::new(&columns.unwrap());
        let policy = gathered.policy("mali/2023");
        let needs = gathered.needs("region age");
        let known = gathered.said(["no_15c", "", "besluit:1.2"]);
        let open = gathered.said(["", "no_15c highest_exceptional", "[]"]);
        for (reference, said) in [("A", known), ("B", known), ("A", open)] {
            gathered.push(reference, &[policy, needs, said]).unwrap();
        }
        gathered.push_error();
        let (index, rows, errors) = gathered.end();
        assert_eq!((rows.distinct.len(), errors, index.repeated()), (6, 1, 1));
        let found = rows.row(rows.find(&index, "A").unwrap());
        assert_eq!((found.policy(), found.needs().len()), ("mali/2023", 2));
        let said = found.said("grade").unwrap();
        assert_eq!(
            (&said.value, said.possible.len(), said.cites.len()),
            (&None, 2, 0)
        );
        assert!(found.said("scope").is_none() && rows.find(&index, "C").is_none());
        let unmatched = index.unmatched(9).into_iter().map(case_number);
        assert_eq!(unmatched.collect::<Vec<_>>(), [1]);
    }
}
