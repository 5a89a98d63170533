//! The policy `mali/2025` written by hand in Rust, for whole cases only: what every engine is measured against. It is not
//! the policy. The rules are; the benchmarks check that both say the same of every case they time.
#![allow(dead_code)]

mod cases;

pub use cases::cases;
use gradatie::facts::PickedBy;

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
