//! Deciding many cases at once, whose facts come as columns of few distinct values.
//!
//! As for a single case, every value has a row of what it adds to the numbers of all questions, and a case is the sum of a
//! row for each fact. Here values that add the same are one, and columns of few such values are taken together, so that a
//! case costs a handful of rows.

use super::many::{ManyCases, codes_of};
use super::{CompiledPolicy, Joint};
use multiversion::multiversion;
use rustc_hash::FxHashMap;

/// So many groups of questions are added up at a time.
pub const LANES: usize = 4;
/// The sums of so many groups.
pub type Row = [u32; LANES];
/// So many rows of columns that are taken together stay in a near cache.
const MOST_TOGETHER: usize = 1 << 10;
/// Columns with so many values at most are taken as they are.
const FEW_VALUES: usize = 8;

/// What is added up of a group of questions for the cases of one version.
#[derive(Debug)]
pub struct Lane {
    /// The questions; `None` where the version asks none of them.
    pub joint: Option<Joint>,
    /// The sum of a case that adds nothing to their number.
    pub begin: u32,
}

/// What the distinct values of many cases add to the numbers of all questions of several versions.
#[derive(Debug)]
pub struct Sums {
    together: Vec<Together>,
}

/// Columns that are taken together.
#[derive(Debug)]
struct Together {
    /// Each column, and what each of its places adds to the place of a row.
    columns: Vec<(usize, Adds)>,
    /// How many rows each version has.
    size: u16,
    /// For each part the rows: those of the versions one after the other.
    rows: Vec<Vec<Row>>,
}

#[derive(Debug)]
enum Adds {
    /// So much for each place.
    Times(u16),
    Of(Box<[u16]>),
}

/// What the values of one column add: for each class of values, each version and each lane, one after the other.
struct ColumnAdds {
    column: usize,
    class_of: Vec<u16>,
    classes: Vec<u32>,
    lanes: usize,
    versions: usize,
}

impl Sums {
    /// What the values of cases add, under these versions with their lanes, of which each version has as many, and for
    /// cases under none the sums of the last lanes. `None` where impossible combinations are declared, or the values have too
    /// many places: the cases have to be decided one by one.
    pub fn of(versions: &[&CompiledPolicy], lanes: &[Vec<Lane>], cases: &ManyCases<'_>) -> Option<Self> {
        let count = lanes.first()?.len();
        let mut base: Vec<Vec<u32>> = lanes
            .iter()
            .map(|lanes| lanes.iter().map(|lane| lane.begin).collect())
            .collect();
        let columns = cases.facts.len() + 1;
        let mut adds: Vec<Vec<u32>> = (0..columns)
            .map(|column| vec![0; cases.values(column) * lanes.len() * count])
            .collect();
        let lanes_of_value = lanes.len() * count;
        for (version, (compiled, lanes)) in versions.iter().zip(lanes).enumerate() {
            if !compiled.policy().impossible.is_empty() {
                return None;
            }
            let of_lanes = lanes.iter().enumerate();
            for (lane, joint) in of_lanes.filter_map(|(lane, of)| Some((lane, of.joint.as_ref()?))) {
                for (fact, added) in joint.added(&|fact| codes_of(compiled, fact, cases)) {
                    let column = if fact.is_of_case_file() {
                        fact as usize
                    } else {
                        cases.facts.len()
                    };
                    let of_values = adds[column].chunks_mut(lanes_of_value);
                    for (of_value, added) in of_values.zip(added) {
                        of_value[version * count + lane] += added;
                    }
                }
            }
        }
        let mut differing = Vec::new();
        for (column, adds) in adds.into_iter().enumerate() {
            let adds = ColumnAdds::of(column, &adds, lanes.len(), count);
            match adds.count() {
                0 => {}
                1 => {
                    for (base, same) in base.iter_mut().zip(adds.classes.chunks(count)) {
                        base.iter_mut().zip(same).for_each(|(base, same)| *base += same);
                    }
                }
                _ => differing.push(adds),
            }
        }
        let most = MOST_TOGETHER / lanes.len();
        if differing
            .iter()
            .any(|adds| adds.size() > usize::from(u16::MAX) / lanes.len())
        {
            return None;
        }
        let mut sums = Self { together: Vec::new() };
        for (index, columns) in together(differing, most).iter().enumerate() {
            let base = (index == 0).then_some(&base[..]);
            sums.together
                .push(Together::of(columns, base, lanes.len(), count));
        }
        Some(sums)
    }

    /// The sums of some cases that follow each other, for one part of the lanes; `places` is room to work in.
    pub fn add_up(
        &self,
        part: usize,
        cases: &ManyCases<'_>,
        from: usize,
        places: &mut Vec<u16>,
        sums: &mut [Row],
    ) {
        sums.fill([0; LANES]);
        for together in &self.together {
            together.places(cases, from, sums.len(), places);
            add_rows(&together.rows[part], places, sums);
        }
    }
}

impl ColumnAdds {
    fn of(column: usize, of_values: &[u32], versions: usize, lanes: usize) -> Self {
        let mut places = FxHashMap::default();
        let mut classes = Vec::new();
        let class_of = of_values.chunks(versions * lanes).map(|adds| {
            let next = places.len() as u16;
            *places.entry(adds).or_insert_with(|| {
                classes.extend_from_slice(adds);
                next
            })
        });
        Self {
            column,
            class_of: class_of.collect(),
            classes,
            lanes,
            versions,
        }
    }

    /// How many classes there are.
    fn count(&self) -> usize {
        self.classes.len() / (self.lanes * self.versions)
    }

    /// How many rows it has by itself.
    fn size(&self) -> usize {
        if self.class_of.len() <= FEW_VALUES {
            self.class_of.len()
        } else {
            self.count()
        }
    }

    /// What its row adds for a version.
    fn row(&self, row: usize, version: usize) -> &[u32] {
        let class = if self.class_of.len() <= FEW_VALUES {
            self.class_of[row].into()
        } else {
            row
        };
        &self.classes[(class * self.versions + version) * self.lanes..][..self.lanes]
    }
}

/// Columns put together so that each has at most so many rows, where a column by itself has not more. There is at least one.
fn together(mut columns: Vec<ColumnAdds>, most: usize) -> Vec<Vec<ColumnAdds>> {
    columns.sort_by_key(|column| std::cmp::Reverse(column.size()));
    let mut together: Vec<(usize, Vec<ColumnAdds>)> = Vec::new();
    for column in columns {
        let size = column.size();
        match together.iter_mut().find(|(other, _)| other * size <= most) {
            Some((other, columns)) => {
                *other *= size;
                columns.push(column);
            }
            None => together.push((size, vec![column])),
        }
    }
    if together.is_empty() {
        together.push((1, Vec::new()));
    }
    together.into_iter().map(|(_, columns)| columns).collect()
}

impl Together {
    fn of(columns: &[ColumnAdds], base: Option<&[Vec<u32>]>, versions: usize, lanes: usize) -> Self {
        let size: usize = columns.iter().map(ColumnAdds::size).product();
        let mut rows = vec![vec![[0; LANES]; size * versions]; lanes.div_ceil(LANES)];
        let mut add = |at: usize, adds: &[u32]| {
            for (rows, adds) in rows.iter_mut().zip(adds.chunks(LANES)) {
                rows[at].iter_mut().zip(adds).for_each(|(sum, adds)| *sum += adds);
            }
        };
        for version in 0..versions {
            for place in 0..size {
                let mut rest = place;
                for column in columns {
                    add(version * size + place, column.row(rest % column.size(), version));
                    rest /= column.size();
                }
                if let Some(base) = base {
                    add(version * size + place, &base[version]);
                }
            }
        }
        let mut times = 1;
        let columns = columns.iter().map(|column| {
            let adds = if column.class_of.len() <= FEW_VALUES {
                Adds::Times(times)
            } else {
                let classes = column.class_of.iter();
                Adds::Of(classes.map(|class| class * times).collect())
            };
            times *= column.size() as u16;
            (column.column, adds)
        });
        Self {
            columns: columns.collect(),
            size: size as u16,
            rows,
        }
    }

    /// The place of the row of each of some cases.
    fn places(&self, cases: &ManyCases<'_>, from: usize, count: usize, places: &mut Vec<u16>) {
        places.clear();
        let versions = &cases.versions[from..from + count];
        places.extend(versions.iter().map(|version| u16::from(*version) * self.size));
        for (column, adds) in &self.columns {
            let codes = &cases.codes(*column)[from..from + count];
            match adds {
                Adds::Times(times) => add_times(codes, *times, places),
                Adds::Of(adds) => add_of(codes, adds, places),
            }
        }
    }
}

/// Adds to the sums of each case the row at its place.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2+popcnt"))]
fn add_rows(rows: &[Row], places: &[u16], sums: &mut [Row]) {
    for (sums, place) in sums.iter_mut().zip(places) {
        let row = &rows[usize::from(*place)];
        for (sum, adds) in sums.iter_mut().zip(row) {
            *sum += adds;
        }
    }
}

/// Adds to the place of each case so much for its code.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2+popcnt"))]
fn add_times(codes: &[u16], times: u16, places: &mut [u16]) {
    for (place, code) in places.iter_mut().zip(codes) {
        *place += code * times;
    }
}

/// Adds to the place of each case what stands at its code.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2+popcnt"))]
fn add_of(codes: &[u16], adds: &[u16], places: &mut [u16]) {
    for (place, code) in places.iter_mut().zip(codes) {
        *place += adds[usize::from(*code)];
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CaseValues, drawn, put_together};
    use super::*;
    use crate::facts::FactId;
    use crate::policy::{Policies, PolicyId, RulesTree};

    /// The distinct values of a column, and of each row the place of its own.
    fn coded<T: PartialEq + Copy>(values: impl Iterator<Item = T>) -> (Vec<T>, Vec<u16>) {
        let mut distinct: Vec<T> = Vec::new();
        let rows = values.map(|value| {
            let known = distinct.iter().position(|known| *known == value);
            known.unwrap_or_else(|| {
                distinct.push(value);
                distinct.len() - 1
            }) as u16
        });
        let rows = rows.collect();
        (distinct, rows)
    }

    #[test]
    fn sums_are_the_numbers_of_each_case_alone_under_its_version() {
        let mut policies = Policies::open(&RulesTree::embedded(), None).unwrap();
        let compiled = ["mali/2023", "mali/2025"]
            .map(|id| CompiledPolicy::of(policies.version(&PolicyId::parse(id).unwrap()).unwrap()));
        let cases: Vec<CaseValues> = drawn::cases(policies.gazetteer()).take(700).collect();
        let facts: Vec<_> = (0..FactId::CASE_FILE.len())
            .map(|fact| coded(cases.iter().map(|case| case.facts[fact])))
            .collect();
        let (moments, dates) = coded(cases.iter().map(|case| (case.decision_date, case.picked_by)));
        let (days, picked_by): (Vec<_>, Vec<_>) = moments.into_iter().unzip();
        let versions: Vec<u8> = (0..cases.len()).map(|row| (row % 3) as u8).collect();
        let many = ManyCases {
            facts: facts
                .iter()
                .map(|(values, rows)| (&values[..], &rows[..]))
                .collect(),
            dates: (&days, &dates),
            picked_by: &picked_by,
            versions: &versions,
        };
        // More lanes than one part has, also such as no question stands in.
        let asked = compiled.each_ref().map(|compiled| {
            let questions = compiled.asked().len();
            (0..20)
                .map(|place| (place < questions).then_some(place))
                .collect()
        });
        let groups = put_together(&compiled.each_ref(), &asked, 9, 1 << 17).unwrap();
        assert!(groups.len() > LANES && groups.iter().any(|group| group.places.len() > 1));
        let lanes: Vec<Vec<Lane>> = (0..compiled.len())
            .map(|version| {
                let joints = groups.iter().map(|group| group.of_versions[version].clone());
                let lanes = joints.zip((1000 * version as u32..).step_by(10));
                lanes
                    .map(|(joint, begin)| Lane {
                        joint: Some(joint).filter(|joint| !joint.questions().is_empty()),
                        begin,
                    })
                    .collect()
            })
            .chain([groups
                .iter()
                .map(|_| Lane {
                    joint: None,
                    begin: 7,
                })
                .collect()])
            .collect();
        let sums = Sums::of(&compiled.each_ref(), &lanes, &many).unwrap();
        let parts = groups.len().div_ceil(LANES);
        assert!(parts > 1);
        let mut places = Vec::new();
        for from in [0, 300] {
            let mut found = vec![vec![[0; LANES]; 400]; parts];
            for (part, found) in found.iter_mut().enumerate() {
                sums.add_up(part, &many, from, &mut places, found);
            }
            for at in 0..400 {
                let case = many.case(from + at);
                assert_eq!(case, cases[from + at]);
                let version = usize::from(versions[from + at]);
                for (lane, Lane { joint, begin }) in lanes[version].iter().enumerate() {
                    let sum = found[lane / LANES][at][lane % LANES];
                    let Some(joint) = joint else {
                        assert_eq!(sum, *begin);
                        continue;
                    };
                    let compiled = &compiled[version];
                    let codes = compiled.codes_of(&case);
                    let questions = joint.questions().iter();
                    let expected: Vec<u64> = questions
                        .map(|question| compiled.number(*question, &codes).unwrap())
                        .collect();
                    assert_eq!(joint.numbers(sum - begin), expected);
                }
            }
        }
    }
}
