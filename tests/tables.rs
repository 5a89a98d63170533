//! Decision tables say what the rules say: exactly one row fits each combination of facts.

mod domain_reading;
mod fewest_rows;

use domain_reading::{Random, random_case, value};
use fewest_rows::Combinations;
use gradatie::case_file::read_case;
use gradatie::diagram::Bounds;
use gradatie::facts::{Candidates, FactValue};
use gradatie::policy::{Policies, RulesTree};
use gradatie::source::Source;
use gradatie::table::{Cell, Input, table};
use gradatie::yaml::Limits;
use std::collections::{BTreeSet, HashMap};

fn covers(input: &Input, cells: &[Cell], given: FactValue) -> bool {
    cells.iter().any(|cell| match (&cell.values, given) {
        (Candidates::Words(possible), FactValue::Choice(index)) => possible & (1 << index) != 0,
        (Candidates::Range { least, most }, FactValue::Number(number)) => {
            (*least..=*most).contains(&number.into())
        }
        (Candidates::Places(places), FactValue::Place(place)) => places.contains(&Some(place)),
        (Candidates::Set { members, .. }, FactValue::Set(given)) => {
            let bit = 1 << input.word.unwrap();
            members & bit == given & bit
        }
        other => panic!("{other:?}"),
    })
}

#[test]
fn exactly_one_row_fits_each_whole_case_and_says_what_the_tables_of_the_domain_say() {
    let conclusions = [
        "scope",
        "grade",
        "real_risk",
        "internal_protection",
        "internal_protection_test",
    ];
    for version in ["mali/2023", "mali/2025"] {
        let policy = Policies::named(&RulesTree::embedded(), version).unwrap();
        let tables: Vec<_> = policy
            .asked()
            .map(|asked| table(&policy, asked, &Bounds::default()).unwrap())
            .collect();
        let mut random = Random::new(42);
        let mut whole_cases = 0;
        for index in 0..4_000 {
            let json = random_case(&mut random, index);
            let source = Source::new("random.json", json.to_string());
            let case = read_case(&source, &policy.gazetteer, &Limits::default()).unwrap();
            for (table, conclusion) in tables.iter().zip(conclusions) {
                let given: Option<Vec<FactValue>> = table
                    .inputs
                    .iter()
                    .map(|input| case.facts.value(input.fact, &policy.gazetteer))
                    .collect();
                // Only cases in which every fact of the table is known fit one row.
                let Some(given) = given else { continue };
                let fits: Vec<_> = table
                    .rows
                    .iter()
                    .filter(|row| {
                        let mut cells = row.cells.iter().zip(&table.inputs).zip(&given);
                        cells.all(|((cells, input), given)| {
                            cells.as_ref().is_none_or(|cells| covers(input, cells, *given))
                        })
                    })
                    .collect();
                assert_eq!(fits.len(), 1, "{conclusion} {json}");
                whole_cases += 1;
                let concluded = fits[0].conclusion.as_ref().unwrap();
                let question = policy
                    .conclusions
                    .iter()
                    .find(|declared| declared.name == conclusion)
                    .unwrap();
                assert_eq!(
                    question.values[concluded.value].value,
                    value(version, conclusion, &json),
                    "{json}"
                );
            }
        }
        assert!(whole_cases > 2_000, "{whole_cases}");
    }
}

#[test]
fn no_table_of_the_shipped_policies_could_have_fewer_rows() {
    for version in ["mali/2023", "mali/2025"] {
        let policy = Policies::named(&RulesTree::embedded(), version).unwrap();
        for asked in policy.asked() {
            let table = table(&policy, asked, &Bounds::default()).unwrap();
            // The values of each input that any row tells apart.
            let labels: Vec<Vec<&str>> = (0..table.inputs.len())
                .map(|input| {
                    let cells = table.rows.iter().filter_map(|row| row.cells[input].as_ref());
                    let labels: BTreeSet<&str> = cells.flatten().map(|cell| cell.label.as_str()).collect();
                    labels.into_iter().collect()
                })
                .collect();
            let mut all = Combinations(HashMap::new());
            for row in &table.rows {
                let said = row.conclusion.as_ref().map(|one| (one.value, one.cites.clone()));
                let combinations =
                    row.cells
                        .iter()
                        .zip(&labels)
                        .fold(vec![Vec::new()], |found, (cells, labels)| {
                            let own = (0..labels.len()).filter(|at| {
                                let is_own = |cell: &Cell| cell.label == labels[*at];
                                cells.as_ref().is_none_or(|cells| cells.iter().any(is_own))
                            });
                            let own: Vec<usize> = own.collect();
                            let longer = |one: &Vec<usize>| {
                                own.iter()
                                    .map(|at| [&one[..], &[*at]].concat())
                                    .collect::<Vec<_>>()
                            };
                            found.iter().flat_map(longer).collect()
                        });
                for combination in combinations {
                    assert!(
                        all.0.insert(combination, Some(said.clone())).is_none(),
                        "two rows fit"
                    );
                }
            }
            let whole: usize = labels.iter().map(Vec::len).product();
            assert_eq!(all.0.len(), whole, "a row fits every combination");
            // Three places are compared with each other: there the bound is lower than what can be reached.
            let bound = all.fewest_rows();
            let expected = match (version, &table.name[..]) {
                ("mali/2025", "origin-conflict") => (15, 9),
                _ => (bound, bound),
            };
            assert_eq!((table.rows.len(), bound), expected, "{version} {}", table.name);
        }
    }
}

#[test]
fn the_tables_of_the_shipped_policy_are_as_short_as_the_policy() {
    let policy = Policies::named(&RulesTree::embedded(), "mali/2025").unwrap();
    let rows = |asked| table(&policy, asked, &Bounds::default()).unwrap().rows.len();
    let counts: Vec<usize> = policy.asked().take(5).map(rows).collect();
    assert_eq!(counts, [5, 6, 5, 10, 11]);
}
