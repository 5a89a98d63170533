//! The fixed words of reports, in Dutch and English.

use crate::language::Words;

macro_rules! words {
    ($($name:ident = $nl:literal, $en:literal;)*) => {
        $(pub(super) const $name: Words = Words { nl: $nl, en: $en };)*
    };
}

words! {
    CASE = "Zaak", "Case";
    POLICY = "Beleid", "Policy";
    WHY_THIS_VERSION = "Waarom deze versie", "Why this version";
    RULES = "Regels", "Rules";
    RULES_INSIDE = "in het programma", "inside the program";
    CONCLUSIONS = "Conclusies", "Conclusions";
    NOT_DETERMINED = "niet bepaald", "not determined";
    BECAUSE = "Omdat", "Because";
    POSSIBLE = "Mogelijk", "Possible";
    IF = "als", "if";
    OR = "of", "or";
    AND = "en", "and";
    IS = "is", "is";
    MEANING = "Betekenis", "Meaning";
    FACTS = "Feiten", "Facts";
    BUILT_ON = "Bouwt op", "Builds on";
    RULE = "Regel", "Rule";
    GIVEN_AS = "opgegeven als", "given as";
    NEEDED = "Nodig", "Needed";
    STILL_NEEDED = "Nog nodig", "Still needed";
    NOTHING_NEEDED = "Niets: geen ontbrekend feit kan een conclusie nog veranderen.", "Nothing: no missing fact can still change a conclusion.";
    CAN_CHANGE = "Kan veranderen", "Can change";
    ANSWERS = "Antwoorden", "Answers";
    TO_BE_WEIGHED = "Vastgelegd, samen te wegen", "Recorded, to be weighed together";
    NONE_RECORDED = "vastgelegd is dat er geen zijn", "it is recorded that there are none";
    NOT_RECORDED_YET = "nog niet vastgelegd", "not recorded yet";
    FOR_A_HUMAN = "Door een mens te bezien", "For a human to look at";
    NO_POINTS = "Geen punten.", "No points.";
    OPEN_POINTS = "Hangt nog af van ontbrekende feiten", "Still depends on missing facts";
    READINGS = "Lezingen", "Readings";
    DEPENDS_ON = "hangt af van", "depends on";
    WHOLE_NUMBER = "een geheel getal", "a whole number";
    A_DATE = "een datum", "a date";
    A_PLACE = "een regio, cercle of bekende schrijfwijze", "a region, cercle or known spelling";
    A_LIST_OF = "een lijst van", "a list of";
    CITES = "vindplaatsen", "citations";
    TRACE = "Spoor", "Trace";
    RUN = "Doorloop", "Run";
    RUN_OF = "van", "of";
    OPEN_FACT = "niet bekend, aangenomen", "not known, assumed";
    ALL_BUT = "alle behalve", "all but";
    RAISED = "opgeworpen", "raised";
    NOT_RAISED = "niet opgeworpen", "not raised";
    CLOSING = "Een mens beslist. Afwijken van het beleid is altijd mogelijk (Awb 4:84).",
        "A human decides. Deviation from the policy is always open (Awb 4:84).";
    PICKED_BY_NAME = "genoemd met --policy", "named with --policy";
    PICKED_NEWEST = "de zaak heeft geen beslisdatum; dit is de nieuwste versie", "the case has no decision date; this is the newest version";
    PICKED_BY_DATE = "beslisdatum", "decision date";
    IN_FORCE_SINCE = "in werking sinds", "in force since";
    IN_FORCE_UNKNOWN = "de datum van inwerkingtreding is niet bekend; de versie kan niet ouder zijn dan", "the date of entry into force is not on record; the version cannot be older than";
    SKIP = "Naar de inhoud", "To the content";
    REGION = "Regio", "Region";
    ON_THE_MAP = "Op de kaart", "On the map";
    WHEN = "Wanneer", "When";
    ALWAYS = "altijd", "always";
    BEFORE = "Eerst", "Before";
    AFTER = "Daarna", "After";
    COMBINATIONS = "Combinaties van feiten", "Combinations of facts";
    WHAT_CHANGES = "Wat verandert", "What changes";
    EQUAL = "Gelijk: beide versies zeggen van elke zaak hetzelfde, in dezelfde woorden.",
        "Equal: both versions say the same of every case, in the same words.";
    CHANGED_VALUES = "Andere conclusies", "Other conclusions";
    CHANGED_FLAGS = "Andere aandachtspunten", "Other points for a human";
    CHANGED_CITATIONS = "Dezelfde conclusie, andere vindplaatsen", "The same conclusion, other citations";
    CHANGED_FLAG_CITATIONS = "Hetzelfde aandachtspunt, andere vindplaatsen", "The same point, other citations";
    CHANGED_SUMMARIES = "Dezelfde vindplaatsen, anders samengevat", "The same citations, summarised in other words";
    CHANGED_FLAG_SUMMARIES = "Aandachtspunten: dezelfde vindplaatsen, anders samengevat",
        "Points for a human: the same citations, summarised in other words";
}
