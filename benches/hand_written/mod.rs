//! The policy `mali/2025` written by hand in Rust, for whole cases only: what every engine is measured against. It is not
//! the policy. The rules are; the benchmarks check that both say the same of every case they time.
#![allow(dead_code)]

use gradatie::case_file::{CaseReader, CaseRecord};
use gradatie::evaluate::CaseValues;
use gradatie::facts::{Choice, FactId, FactKind, FactValue, PickedBy, days_of};
use gradatie::gazetteer::Gazetteer;
use gradatie::sample::{Sample, SampleFormat, Spread};
use jiff::civil::{Date, date};

/// The values of the five conclusions in the order in which the policy declares them, each with what it cites, and the
/// flags that are raised, each with what it cites.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Concluded {
    pub conclusions: [(u8, &'static [&'static str]); 5],
    pub flags: [Option<&'static [&'static str]>; 11],
}

macro_rules! by_hand {
    ($(#[$doc:meta])* $decide:ident, $case:ty, $this:ident, {
        other_nationality: $other_nationality:expr, no_credible_origin: $no_credible_origin:expr,
        moratorium: $moratorium:expr, exclusion: $exclusion:expr,
        grade_of: $grade_of:expr, region: $region:expr, is_bamako: $is_bamako:expr, is_menaka: $is_menaka:expr,
        is_taoudenit: $is_taoudenit:expr, has_moved: $has_moved:expr, in_kati: $in_kati:expr,
        birth: $birth:expr, last: $last:expr, no_civilian: $no_civilian:expr,
        refugee: $refugee:expr, harm: $harm:expr, risk: $risk:expr,
        unsafe_there: $unsafe_there:expr, unreachable: $unreachable:expr, unreasonable: $unreasonable:expr,
        by_state: $by_state:expr, health: $health:expr, downgradable: $downgradable:expr, unrecorded: $unrecorded:expr
    }) => {
        $(#[$doc])*
        pub fn $decide($this: &$case) -> Concluded {
            let scope: (u8, &'static [&'static str]) =
                if $other_nationality || $no_credible_origin || $moratorium {
                    (1, &["besluit:1.3"])
                } else if $exclusion {
                    (1, &["QD:17"])
                } else {
                    (0, &["besluit:1.3"])
                };
            let grade_of = $grade_of;
            let grade = grade_of($region);
            let real_risk: (u8, &'static [&'static str]) = if grade.0 == NO_15C || $no_civilian {
                (NOT_ESTABLISHED, &["QD:15c"])
            } else if grade.0 == HIGHEST {
                (0, &["QD:15c", "CJEU:C-465/07", "Vc:C2/3.3.3"])
            } else {
                let value = if $risk { 1 } else { NOT_ESTABLISHED };
                (value, &["QD:15c", "CJEU:C-465/07", "CJEU:C-901/19", "CJEU:C-125/22"])
            };
            let is_bamako = $is_bamako;
            let no_risk = real_risk.0 == NOT_ESTABLISHED;
            let protection: (u8, &'static [&'static str]) = if is_bamako {
                (0, &["besluit:6.5"])
            } else if no_risk {
                (1, &["besluit:6.5"])
            } else if grade.0 == NOT_NAMED || $refugee || $harm {
                (3, &["besluit:6.5", "Vc:C2/3.4"])
            } else {
                (2, &["besluit:6.5", "Vc:C2/3.4"])
            };
            let test: (u8, &'static [&'static str]) = if is_bamako || no_risk {
                (0, &["besluit:6.6"])
            } else if $unsafe_there || $unreachable || $unreasonable {
                (2, &["besluit:6.6", "VV:3.37d", "Vc:C2/3.4"])
            } else {
                (1, &["besluit:6.6", "VV:3.37d", "Vc:C2/3.4"])
            };
            let conflicts = |place: Option<_>| place.is_some_and(|place| grade_of(place).0 != grade.0);
            let raised = |raised: bool, cites: &'static [&'static str]| raised.then_some(cites);
            Concluded {
                conclusions: [scope, grade, real_risk, protection, test],
                flags: [
                    raised(grade.0 == NOT_NAMED, &["besluit:6.5"]),
                    raised($is_taoudenit || $has_moved, &["besluit:6.5", "ML:2023-006", "ML:2023-007"]),
                    raised($in_kati, &["besluit:5.3", "besluit:6.4"]),
                    raised(conflicts($birth) || conflicts($last), &["besluit:6.5"]),
                    raised($is_menaka && $downgradable, &["besluit:4.4", "VV:3.37g"]),
                    raised($by_state, &["besluit:2.2", "Vc:C2/3.4"]),
                    raised($this.days > END_OF_2025, &["besluit:6.2", "besluit:6.3"]),
                    raised($this.age < 18, &["besluit:6.6", "Vc:C2/3.4"]),
                    raised($health, &["besluit:6.6", "VV:3.37d"]),
                    raised($no_civilian, &["QD:15c", "QD:17"]),
                    raised($unrecorded, &["besluit:4.1", "besluit:5.1"]),
                ],
            }
        }
    };
}

const HIGHEST: u8 = 0;
const NO_15C: u8 = 3;
const NOT_NAMED: u8 = 4;
const NOT_ESTABLISHED: u8 = 2;
/// 2025-12-31 as days since 1970-01-01.
const END_OF_2025: i64 = 20_453;

/// A case as texts.
#[derive(Debug, Clone)]
pub struct Texts {
    pub nationality: String,
    pub origin_credible: String,
    pub moratorium: String,
    pub exclusion_1f: String,
    pub region: String,
    pub region_2023: String,
    pub cercle: String,
    pub birth_region: Option<String>,
    pub last_region: Option<String>,
    pub civilian: String,
    pub refugee_status: String,
    pub serious_harm_15ab: String,
    pub individual_risk: String,
    pub individual_circumstances: Vec<String>,
    pub ipa_safe: String,
    pub ipa_accessible: String,
    pub ipa_reasonable: String,
    pub actors_of_harm: Vec<String>,
    pub age: i64,
    pub procedure: String,
    pub days: i64,
    pub version_picked_by: String,
}

by_hand! {
    /// Decides a case of texts.
    decide_texts, Texts, this, {
        other_nationality: this.nationality == "other", no_credible_origin: this.origin_credible == "no",
        moratorium: this.moratorium == "yes", exclusion: this.exclusion_1f == "yes",
        grade_of: grade_of_text, region: &this.region[..], is_bamako: this.region == "Bamako",
        is_menaka: this.region == "Ménaka", is_taoudenit: this.region == "Taoudénit",
        has_moved: this.region_2023 != this.region, in_kati: this.cercle == "Kati",
        birth: this.birth_region.as_deref(), last: this.last_region.as_deref(), no_civilian: this.civilian == "no",
        refugee: this.refugee_status == "established", harm: this.serious_harm_15ab == "established",
        risk: this.individual_risk == "established", unsafe_there: this.ipa_safe == "not_met",
        unreachable: this.ipa_accessible == "not_met", unreasonable: this.ipa_reasonable == "not_met",
        by_state: this.actors_of_harm.iter().any(|actor| actor == "army" || actor == "wagner"),
        health: this.individual_circumstances.iter().any(|factor| factor == "health"),
        downgradable: this.procedure == "renewal" || this.procedure == "withdrawal",
        unrecorded: this.version_picked_by == "unrecorded_date"
    }
}

fn grade_of_text(region: &str) -> (u8, &'static [&'static str]) {
    match region {
        "Gao" | "Mopti" => (HIGHEST, &["besluit:3.6"]),
        "Kidal" | "Tombouctou" => (HIGHEST, &["besluit:3.5"]),
        "Ménaka" | "Ségou" => (1, &["besluit:4.4"]),
        "Koulikoro" => (2, &["besluit:5.3"]),
        "Bamako" => (NO_15C, &["besluit:6.4"]),
        _ => (NOT_NAMED, &["besluit:6.5"]),
    }
}

/// A region of the source's map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    Bamako,
    Gao,
    Kayes,
    Kidal,
    Koulikoro,
    Menaka,
    Mopti,
    Segou,
    Sikasso,
    Taoudenit,
    Tombouctou,
}

/// A case as enumerations and bits: the least that a machine can be given.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    pub is_other_nationality: bool,
    pub is_origin_credible: bool,
    pub has_moratorium: bool,
    pub is_excluded: bool,
    pub region: Region,
    pub has_moved: bool,
    pub is_in_kati: bool,
    pub birth_region: Option<Region>,
    pub last_region: Option<Region>,
    pub is_civilian: bool,
    pub is_refugee: bool,
    pub has_serious_harm: bool,
    pub has_individual_risk: bool,
    pub circumstances: u32,
    pub is_safe: bool,
    pub is_accessible: bool,
    pub is_reasonable: bool,
    pub actors: u32,
    pub age: i64,
    pub procedure: u8,
    pub days: i64,
    pub picked_by: PickedBy,
}

by_hand! {
    /// Decides a case of enumerations.
    decide_words, Words, this, {
        other_nationality: this.is_other_nationality, no_credible_origin: !this.is_origin_credible,
        moratorium: this.has_moratorium, exclusion: this.is_excluded,
        grade_of: grade_of_region, region: this.region, is_bamako: this.region == Region::Bamako,
        is_menaka: this.region == Region::Menaka, is_taoudenit: this.region == Region::Taoudenit,
        has_moved: this.has_moved, in_kati: this.is_in_kati,
        birth: this.birth_region, last: this.last_region, no_civilian: !this.is_civilian,
        refugee: this.is_refugee, harm: this.has_serious_harm,
        risk: this.has_individual_risk, unsafe_there: !this.is_safe,
        unreachable: !this.is_accessible, unreasonable: !this.is_reasonable,
        by_state: this.actors & 0b11 != 0, health: this.circumstances & 0b100 != 0,
        downgradable: this.procedure >= 2, unrecorded: this.picked_by == PickedBy::UnrecordedDate
    }
}

fn grade_of_region(region: Region) -> (u8, &'static [&'static str]) {
    match region {
        Region::Gao | Region::Mopti => (HIGHEST, &["besluit:3.6"]),
        Region::Kidal | Region::Tombouctou => (HIGHEST, &["besluit:3.5"]),
        Region::Menaka | Region::Segou => (1, &["besluit:4.4"]),
        Region::Koulikoro => (2, &["besluit:5.3"]),
        Region::Bamako => (NO_15C, &["besluit:6.4"]),
        Region::Kayes | Region::Sikasso | Region::Taoudenit => (NOT_NAMED, &["besluit:6.5"]),
    }
}

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
