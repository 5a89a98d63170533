//! Made-up cases, and each of them as the hand-written policy takes it.

use super::{Region, Texts, Words};
use gradatie::case_file::{CaseReader, CaseRecord};
use gradatie::evaluate::CaseValues;
use gradatie::facts::{Choice, FactId, FactKind, FactValue, PickedBy, days_of};
use gradatie::gazetteer::Gazetteer;
use gradatie::sample::{Sample, SampleFormat, Spread};
use jiff::civil::{Date, date};

/// Made-up cases of `mali/2025`; those that are `whole` state every fact that is not optional.
pub fn cases(gazetteer: &Gazetteer, count: usize, spread: Spread, whole: bool) -> Vec<CaseValues> {
    let drawn = Sample::new(gazetteer, spread, 11).take(count);
    let mut cases: Vec<CaseValues> = drawn
        .enumerate()
        .map(|(number, case)| {
            let text = case.text(SampleFormat::Lines);
            let record = record(&text, gazetteer);
            let mut facts = record.facts;
            for (fact, value) in FactId::CASE_FILE.iter().zip(&mut facts) {
                let declaration = fact.declaration();
                if value.is_some() || !whole || declaration.optional {
                    continue;
                }
                // Each missing fact in turn with each of its first values.
                let turn = number / 3 + *fact as usize;
                *value = Some(match declaration.kind {
                    FactKind::Choice(words) => FactValue::Choice((turn % words.len()) as u32),
                    FactKind::Set(_) => FactValue::Set(turn as u32 % 16),
                    FactKind::WholeNumber { .. } => FactValue::Number(turn as i32 % 60),
                    FactKind::Place | FactKind::Date => {
                        let count = gazetteer.places().len();
                        FactValue::Place(gazetteer.places().nth(turn % count).expect("a place"))
                    }
                });
            }
            let day = date(2025, 1, 1) + jiff::SignedDuration::from_hours(24 * (number as i64 % 700));
            CaseValues {
                facts,
                decision_date: Some(
                    record
                        .decision_date
                        .filter(|date| *date >= date_of_2025())
                        .unwrap_or(day),
                ),
                picked_by: if number % 2 == 0 {
                    PickedBy::UnrecordedDate
                } else {
                    PickedBy::Name
                },
            }
        })
        .collect();
    cases.truncate(count);
    cases
}

fn date_of_2025() -> Date {
    date(2025, 1, 1)
}

fn record(text: &str, gazetteer: &Gazetteer) -> CaseRecord {
    let limits = gradatie::yaml::Limits::default();
    let text = text.trim().as_bytes();
    let mut reader = CaseReader::new(gazetteer, limits);
    let read = reader.json_line(text, 0..text.len(), "sample", 1);
    read.expect("a sample is a case").clone()
}

impl Texts {
    /// The texts of a whole case.
    pub fn of(case: &CaseValues, gazetteer: &Gazetteer) -> Self {
        let value = |fact: FactId| case.facts[fact as usize];
        let word = |fact: FactId| match (value(fact), fact.declaration().kind) {
            (Some(FactValue::Choice(index)), FactKind::Choice(words)) => {
                words[index as usize].word.to_owned()
            }
            other => panic!("{other:?}"),
        };
        let words = |fact: FactId| match (value(fact), fact.declaration().kind) {
            (Some(FactValue::Set(members)), FactKind::Set(words)) => {
                let own = words
                    .iter()
                    .enumerate()
                    .filter(|(word, _)| members & 1 << word != 0);
                own.map(|(_, word)| word.word.to_owned()).collect()
            }
            other => panic!("{other:?}"),
        };
        let place = |fact: FactId| match value(fact) {
            Some(FactValue::Place(place)) => Some(gazetteer.place(place)),
            _ => None,
        };
        let region = |fact: FactId| {
            place(fact).map(|place| {
                gazetteer
                    .region_name(place.region as usize)
                    .expect("a region")
                    .to_owned()
            })
        };
        let own = place(FactId::Region).expect("a whole case");
        let later = gazetteer.later_region_name(own.later_region as usize);
        let cercle = own
            .cercle
            .and_then(|cercle| gazetteer.cercle_name(cercle as usize));
        Self {
            nationality: word(FactId::Nationality),
            origin_credible: word(FactId::OriginCredible),
            moratorium: word(FactId::Moratorium),
            exclusion_1f: word(FactId::Exclusion1f),
            region: region(FactId::Region).expect("a whole case"),
            region_2023: later.unwrap_or_default().to_owned(),
            cercle: cercle.unwrap_or_default().to_owned(),
            birth_region: region(FactId::BirthRegion),
            last_region: region(FactId::LastRegion),
            civilian: word(FactId::Civilian),
            refugee_status: word(FactId::RefugeeStatus),
            serious_harm_15ab: word(FactId::SeriousHarm15ab),
            individual_risk: word(FactId::IndividualRisk),
            individual_circumstances: words(FactId::IndividualCircumstances),
            ipa_safe: word(FactId::IpaSafe),
            ipa_accessible: word(FactId::IpaAccessible),
            ipa_reasonable: word(FactId::IpaReasonable),
            actors_of_harm: words(FactId::ActorsOfHarm),
            age: match value(FactId::Age) {
                Some(FactValue::Number(age)) => age.into(),
                other => panic!("{other:?}"),
            },
            procedure: word(FactId::Procedure),
            days: days_of(case.decision_date.expect("a date")),
            version_picked_by: PickedBy::WORDS[case.picked_by.index()].word.to_owned(),
        }
    }
}

impl Words {
    /// The same case as enumerations.
    pub fn of(texts: &Texts, case: &CaseValues) -> Self {
        let region = |name: &str| match name {
            "Bamako" => Region::Bamako,
            "Gao" => Region::Gao,
            "Kayes" => Region::Kayes,
            "Kidal" => Region::Kidal,
            "Koulikoro" => Region::Koulikoro,
            "Ménaka" => Region::Menaka,
            "Mopti" => Region::Mopti,
            "Ségou" => Region::Segou,
            "Sikasso" => Region::Sikasso,
            "Taoudénit" => Region::Taoudenit,
            "Tombouctou" => Region::Tombouctou,
            other => panic!("{other}"),
        };
        let bits = |fact: FactId| match case.facts[fact as usize] {
            Some(FactValue::Set(members)) => members,
            other => panic!("{other:?}"),
        };
        Self {
            is_other_nationality: texts.nationality == "other",
            is_origin_credible: texts.origin_credible == "yes",
            has_moratorium: texts.moratorium == "yes",
            is_excluded: texts.exclusion_1f == "yes",
            region: region(&texts.region),
            has_moved: texts.region_2023 != texts.region,
            is_in_kati: texts.cercle == "Kati",
            birth_region: texts.birth_region.as_deref().map(region),
            last_region: texts.last_region.as_deref().map(region),
            is_civilian: texts.civilian == "yes",
            is_refugee: texts.refugee_status == "established",
            has_serious_harm: texts.serious_harm_15ab == "established",
            has_individual_risk: texts.individual_risk == "established",
            circumstances: bits(FactId::IndividualCircumstances),
            is_safe: texts.ipa_safe == "met",
            is_accessible: texts.ipa_accessible == "met",
            is_reasonable: texts.ipa_reasonable == "met",
            actors: bits(FactId::ActorsOfHarm),
            age: texts.age,
            procedure: match texts.procedure.as_str() {
                "first" => 0,
                "repeat" => 1,
                "renewal" => 2,
                _ => 3,
            },
            days: texts.days,
            picked_by: case.picked_by,
        }
    }
}
