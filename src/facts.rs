//! The case-fact struct and everything that is known of each fact, from one declaration.
//!
//! The `facts!` list below is the only place that names the facts: the struct [`Facts`], the names, the domains, the
//! questions in Dutch and English and the reference in `docs/facts.md` come from it. Its order is the order of the
//! facts in every output and in the decision diagrams.

mod choice;
mod impossible;
mod kind;
mod knowledge;
mod question;

pub use choice::{ActorOfHarm, Choice, Factor, Finding, Met, Nationality, PickedBy, Procedure, Word, YesNo};
pub use impossible::{Condition as ImpossibleCondition, Impossible};
pub use kind::{
    Age, Circumstance, FactKind, FactType, FactValue, PlaceName, calendar_day, date_of, days_of,
    days_of_calendar,
};
pub use knowledge::{Candidates, Knowledge};
pub use question::{Answer, Aspect, NO_CERCLE, Question};

use crate::gazetteer::Gazetteer;
use crate::language::Words;
use serde::Deserialize;

/// How a fact comes about; it decides how a change of it is presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// A person weighs and finds.
    Judgement,
    /// It is recorded from statements or documents.
    Recorded,
    /// It is recorded, and no later step of the procedure can change it.
    Immutable,
    /// It belongs to the case as a whole (date, chosen version), not to the `facts` of the case file.
    Context,
}

/// What is known of a fact apart from any case.
#[derive(Debug)]
pub struct FactDeclaration {
    /// The one name, the same in case files, scripts, results and docs.
    pub name: &'static str,
    /// What it can be.
    pub kind: FactKind,
    /// How it comes about.
    pub nature: Nature,
    /// Absent means "nothing recorded", a value like any other, and never open.
    pub optional: bool,
    /// The facts that this judgement weighs together.
    pub weighs: &'static [FactId],
    /// The question whose answer it is.
    pub question: Words,
    /// What one must know to answer.
    pub help: Words,
}

macro_rules! optional {
    () => {
        false
    };
    (optional) => {
        true
    };
}

macro_rules! facts {
    (
        case_file { $($(#[$doc:meta])* $name:ident / $id:ident : $type:ty, $nature:ident $(, $optional:ident)?
            $(; weighs [$($weighed:ident),*])? { nl $nl:literal $nl_help:literal, en $en:literal $en_help:literal })* }
        context { $($(#[$context_doc:meta])* $context:ident / $context_id:ident : $context_type:ty
            { nl $c_nl:literal $c_nl_help:literal, en $c_en:literal $c_en_help:literal })* }
    ) => {
        /// The facts of one case. Absent means not known (yet).
        #[derive(Debug, Clone, Default, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Facts {
            $($(#[$doc])* pub $name: Option<$type>,)*
        }

        /// A fact, by name. The order is that of the declaration.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum FactId {
            $($(#[$doc])* $id,)*
            $($(#[$context_doc])* $context_id,)*
        }

        impl FactId {
            /// Every fact, in the declared order.
            pub const ALL: &'static [FactId] = &[$(FactId::$id,)* $(FactId::$context_id,)*];
            /// The facts that a case file states under `facts`.
            pub const CASE_FILE: &'static [FactId] = &[$(FactId::$id,)*];

            /// Its declaration.
            pub fn declaration(self) -> &'static FactDeclaration {
                static DECLARATIONS: &[FactDeclaration] = &[
                    $(FactDeclaration {
                        name: stringify!($name),
                        kind: <$type as FactType>::KIND,
                        nature: Nature::$nature,
                        optional: optional!($($optional)?),
                        weighs: &[$($(FactId::$weighed),*)?],
                        question: Words { nl: $nl, en: $en },
                        help: Words { nl: $nl_help, en: $en_help },
                    },)*
                    $(FactDeclaration {
                        name: stringify!($context),
                        kind: <$context_type as FactType>::KIND,
                        nature: Nature::Context,
                        optional: false,
                        weighs: &[],
                        question: Words { nl: $c_nl, en: $c_en },
                        help: Words { nl: $c_nl_help, en: $c_en_help },
                    },)*
                ];
                &DECLARATIONS[self as usize]
            }
        }

        impl Facts {
            /// The value of a fact of the case file; `None` where it is absent, or where a place is not in the
            /// gazetteer.
            pub fn value(&self, fact: FactId, gazetteer: &Gazetteer) -> Option<FactValue> {
                match fact {
                    $(FactId::$id => self.$name.as_ref()?.value(gazetteer),)*
                    $(FactId::$context_id => None,)*
                }
            }

            /// The values of all facts of the case file.
            ///
            /// # Errors
            /// The first fact that is given and has no value: a place that the gazetteer does not have.
            pub fn values(&self, gazetteer: &Gazetteer) -> Result<FactValues, FactId> {
                Ok([$(match &self.$name {
                    None => None,
                    Some(given) => Some(given.value(gazetteer).ok_or(FactId::$id)?),
                }),*])
            }
        }
    };
}

facts! {
    case_file {
        /// Whether the person has the nationality of Mali.
        nationality / Nationality: Nationality, Immutable {
            nl "Welke nationaliteit heeft de vreemdeling?"
               "Zoals vastgesteld in de procedure; `other` als de Malinese nationaliteit niet is vastgesteld.",
            en "What is the person's nationality?"
               "As found in the procedure; `other` when the nationality of Mali was found not to be held."
        }
        /// Whether the origin that the person states was found credible.
        origin_credible / OriginCredible: YesNo, Judgement {
            nl "Is de gestelde herkomst geloofwaardig bevonden?"
               "Een bevinding van de mens die aan deze toets voorafgaat.",
            en "Was the stated origin found credible?"
               "A human finding that comes before this assessment."
        }
        /// Whether a moratorium on decisions is in force for the case.
        moratorium / Moratorium: YesNo, Recorded {
            nl "Geldt er een besluitmoratorium voor deze zaak?"
               "Zolang een moratorium geldt, wordt niet beslist.",
            en "Is a moratorium on decisions in force for this case?"
               "While a moratorium is in force, no decision is taken."
        }
        /// Whether exclusion under article 1F was established.
        exclusion_1f / Exclusion1f: YesNo, Judgement {
            nl "Is uitsluiting op grond van artikel 1F vastgesteld?"
               "Een bevinding van de mens die aan deze toets voorafgaat.",
            en "Was exclusion under article 1F established?"
               "A human finding that comes before this assessment."
        }
        /// The region of origin: a region, cercle or known variant of the name.
        region / Region: PlaceName, Immutable {
            nl "Uit welke regio is de vreemdeling afkomstig?"
               "Een regio, cercle of bekende schrijfwijze; de kaart van het beleid is die van 2016. 'Afkomstig uit' is in het beleid niet nader bepaald.",
            en "Which region does the person come from?"
               "A region, cercle or known spelling; the policy uses the map of 2016. 'Coming from' is not defined by the policy."
        }
        /// The region of birth, where it is recorded.
        birth_region / BirthRegion: PlaceName, Immutable, optional {
            nl "In welke regio is de vreemdeling geboren?"
               "Alleen als het is vastgelegd; niets ingevuld betekent: niets vastgelegd.",
            en "In which region was the person born?"
               "Only where it is recorded; nothing given means nothing recorded."
        }
        /// The last region of residence before departure, where it is recorded.
        last_region / LastRegion: PlaceName, Immutable, optional {
            nl "In welke regio woonde de vreemdeling het laatst voor vertrek?"
               "Alleen als het is vastgelegd; niets ingevuld betekent: niets vastgelegd.",
            en "In which region did the person last live before departure?"
               "Only where it is recorded; nothing given means nothing recorded."
        }
        /// Whether the person is a civilian.
        civilian / Civilian: YesNo, Judgement {
            nl "Is de vreemdeling burger?"
               "Artikel 15, onder c, beschermt burgers. Nooit aannemen: laat het open als het niet is vastgesteld.",
            en "Is the person a civilian?"
               "Article 15(c) protects civilians. Never assume it: leave it open until it is established."
        }
        /// Whether refugee status was established.
        refugee_status / RefugeeStatus: Finding, Judgement {
            nl "Is vluchtelingschap vastgesteld?"
               "Een bevinding van de mens die aan deze toets voorafgaat.",
            en "Was refugee status established?"
               "A human finding that comes before this assessment."
        }
        /// Whether a real risk of serious harm under article 15(a) or (b) was established.
        serious_harm_15ab / SeriousHarm15ab: Finding, Judgement {
            nl "Is een reëel risico op ernstige schade als bedoeld in artikel 15, onder a of b, vastgesteld?"
               "Een bevinding van de mens die aan deze toets voorafgaat.",
            en "Was a real risk of serious harm under article 15(a) or (b) established?"
               "A human finding that comes before this assessment."
        }
        /// The human's weighing of the individual circumstances on the sliding scale.
        individual_risk / IndividualRisk: Finding, Judgement; weighs [IndividualCircumstances] {
            nl "Maken de individuele omstandigheden, samen gewogen, dat deze persoon een reëel risico loopt door het willekeurige geweld?"
               "De glijdende schaal: hoe lager het niveau van geweld, hoe meer of sterkere omstandigheden nodig zijn. De afweging is aan de mens; er is geen getal.",
            en "Do the individual circumstances, weighed together, mean that this person runs a real risk from the indiscriminate violence?"
               "The sliding scale: the lower the level of violence, the more or stronger the circumstances must be. The weighing is a human's; there is no number."
        }
        /// The individual circumstances recorded for the weighing.
        individual_circumstances / IndividualCircumstances: Vec<Circumstance>, Recorded {
            nl "Welke individuele omstandigheden zijn vastgelegd?"
               "Een lijst van factoren, elk met een toelichting als u wilt; een lege lijst betekent: er zijn er geen.",
            en "Which individual circumstances are recorded?"
               "A list of factors, each with a note if you like; an empty list means that there are none."
        }
        /// Whether the person is safe in the place of internal protection.
        ipa_safe / IpaSafe: Met, Judgement {
            nl "Is het in Bamako veilig voor deze persoon?"
               "De eerste van drie cumulatieve voorwaarden voor een binnenlands beschermingsalternatief.",
            en "Is Bamako safe for this person?"
               "The first of three cumulative conditions of an internal protection alternative."
        }
        /// Whether the place of internal protection can be reached from the Netherlands, actually and lawfully.
        ipa_accessible / IpaAccessible: Met, Judgement {
            nl "Is Bamako feitelijk en wettelijk toegankelijk vanuit Nederland?"
               "De tweede van drie cumulatieve voorwaarden voor een binnenlands beschermingsalternatief.",
            en "Can Bamako be reached from the Netherlands, actually and lawfully?"
               "The second of three cumulative conditions of an internal protection alternative."
        }
        /// Whether the person can reasonably be expected to settle there.
        ipa_reasonable / IpaReasonable: Met, Judgement {
            nl "Kan van deze persoon redelijkerwijs worden verwacht zich in Bamako te vestigen?"
               "De derde van drie cumulatieve voorwaarden voor een binnenlands beschermingsalternatief.",
            en "Can this person reasonably be expected to settle in Bamako?"
               "The third of three cumulative conditions of an internal protection alternative."
        }
        /// The actors from whom harm is feared or was suffered.
        actors_of_harm / ActorsOfHarm: Vec<ActorOfHarm>, Recorded {
            nl "Van wie gaat de ernstige schade uit?"
               "Een lijst; een lege lijst betekent: van geen van hen.",
            en "From whom does the harm come?"
               "A list; an empty list means none of them."
        }
        /// The age in whole years.
        age / Age: Age, Immutable {
            nl "Hoe oud is de vreemdeling, in hele jaren?"
               "De leeftijd op het moment van beslissen.",
            en "How old is the person, in whole years?"
               "The age at the moment of decision."
        }
        /// The kind of procedure.
        procedure / Procedure: Procedure, Immutable {
            nl "Welke procedure is dit?"
               "Eerste aanvraag, opvolgende aanvraag, verlenging of intrekking.",
            en "Which procedure is this?"
               "First application, repeat application, renewal or withdrawal."
        }
    }
    context {
        /// The moment of decision.
        decision_date / DecisionDate: jiff::civil::Date {
            nl "Wat is de datum van de beslissing?"
               "Het moment van beslissen; kiest de beleidsversie.",
            en "What is the date of the decision?"
               "The moment of decision; it picks the policy version."
        }
        /// How the policy version was picked.
        version_picked_by / VersionPickedBy: PickedBy {
            nl "Hoe is de beleidsversie gekozen?"
               "Door het programma bepaald.",
            en "How was the policy version picked?"
               "Determined by the program."
        }
    }
}

/// The value of each fact of the case file, in the declared order; `None` where it is absent.
pub type FactValues = [Option<FactValue>; FactId::CASE_FILE.len()];

impl FactId {
    /// Its name.
    pub fn name(self) -> &'static str {
        self.declaration().name
    }

    /// The fact of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fact| fact.name() == name)
    }

    /// Whether a case file states it under `facts`.
    pub fn is_of_case_file(self) -> bool {
        self.declaration().nature != Nature::Context
    }
}
