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
    SIGNED_BY = "ondertekend door", "signed by";
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
    CONTENTS = "Inhoud", "Contents";
    VERSION = "Versie", "Version";
    HOLDS = "Geldt", "Holds";
    SOURCE = "Bron", "Source";
    FINGERPRINT = "Vingerafdruk van de regels", "Fingerprint of the rules";
    ADMINISTRATIVE_MAP = "Bestuurlijke kaart", "Administrative map";
    REGIONS = "De regio's", "The regions";
    TILE_MAP_NOTE = "De kaart toont waar de regio's ongeveer liggen, en is niet op schaal. De letters staan voor de uitkomst, en betekenen verder niets.",
        "The map shows roughly where the regions lie, and is not to scale. The letters stand for the outcome, and mean nothing else.";
    NO_TILE_MAP = "Van dit land is geen tegelkaart vastgelegd; de tabel zegt hetzelfde.",
        "There is no tile map of this country; the table says the same.";
    SINCE_EARLIER = "Wat is veranderd", "What has changed";
    SINCE = "Vergeleken met", "Compared with";
    FIRST_VERSION = "Dit is de eerste versie die is vastgelegd; er is geen eerdere om mee te vergelijken.",
        "This is the first version on record; there is no earlier one to compare with.";
    CHANGED_REGION = "anders dan in de eerdere versie", "other than in the earlier version";
    SAME = "gelijk", "the same";
    CHANGED = "anders", "changed";
    NOW = "Nu", "Now";
    EACH_REGION = "Elke regio met de uitkomst en de zin waarop zij berust", "Each region with the outcome and the sentence that it rests on";
    EACH_REGION_BEFORE_AND_NOW = "Elke regio, eerst en nu", "Each region, before and now";
    CITATIONS = "Vindplaatsen", "Citations";
    CHANGE = "Verandering", "Change";
    CHANGES_NOTE = "De rijen sluiten elkaar uit en zijn samen alles wat verandert: wat in geen rij staat, is gelijk gebleven.",
        "The rows exclude each other and together are all that changes: what stands in no row is the same.";
    LEFT_OPEN = "Wat de bron open laat", "What the source leaves open";
    LEFT_OPEN_NOTE = "Wat hier staat, is niet ingevuld.", "What stands here was not filled in.";
    NOTHING_LEFT_OPEN = "Er zijn geen open punten vastgelegd.", "No open points are on record.";
    NO_REGION_WITH = "Volgens de regels geldt dit nu voor geen enkele regio.", "Under the rules this holds for no region at present.";
    DECISION_TABLES = "Beslistabellen", "Decision tables";
    DECISION_TABLES_NOTE = "Op elke zaak past precies één rij van een tabel.", "Exactly one row of a table fits each case.";
    FLAGS = "Aandachtspunten voor een mens", "Points that a human must look at";
    FLAGS_NOTE = "Een aandachtspunt verandert geen conclusie. Wanneer het wordt opgeworpen, staat in de tabellen hieronder.",
        "A point changes no conclusion. When it is raised stands in the tables below.";
    POINT = "Aandachtspunt", "Point";
    RESTS_ON = "Berust op", "Rests on";
    CONDITIONS = "Voorwaarden", "Conditions";
    SENTENCES = "De zinnen van de bron", "The sentences of the source";
    SENTENCES_NOTE = "Elke zin van de bron, wat hij doet, in eigen woorden samengevat, met de regels die erop rusten.",
        "Every sentence of the source, what it does, summarised in our own words, with the rules that rest on it.";
    TEXT_NOT_SHIPPED = "De tekst van de bron zelf staat niet op deze pagina.", "The text of the source itself is not on this page.";
    SOURCE_TEXT = "Tekst van de bron", "Text of the source";
    LAW = "Het recht waarop de regels rusten", "The law on which the rules rest";
    LAW_NOTE = "In eigen woorden samengevat, voor zover er regels op rusten.", "Summarised in our own words, as far as rules rest on it.";
    KIND_DECISION = "besluit", "decision";
    KIND_FINDING = "bevinding", "finding";
    KIND_CONTEXT = "context", "context";
    KIND_LAW = "recht", "law";
    UNCITED_DECISION = "Geen regel haalt deze zin aan, al bepaalt hij een uitkomst.", "No rule cites this sentence, although it fixes an outcome.";
    UNCITED_FINDING = "Geen regel haalt deze zin aan: hij motiveert een uitkomst en bepaalt er geen.",
        "No rule cites this sentence: it motivates an outcome and fixes none.";
    UNCITED_CONTEXT = "Geen regel haalt deze zin aan: hij bepaalt en motiveert geen uitkomst.",
        "No rule cites this sentence: it neither fixes nor motivates an outcome.";
    UNCITED_LAW = "Geen regel van deze versie haalt dit aan.", "No rule of this version cites this.";
    NOT_A_DECISION = "Deze pagina toont wat het beleid zegt en hoe het is uitgewerkt. Zij beslist in geen zaak: een mens beslist, en afwijken van het beleid is altijd mogelijk (Awb 4:84).",
        "This page shows what the policy says and how it was worked out. It decides no case: a human decides, and deviation from the policy is always open (Awb 4:84).";
    REGIONS_ARE = "Het gaat om", "They are";
    DECISION_FIXES = "bepaalt een uitkomst", "fixes an outcome";
    FINDING_MOTIVATES = "motiveert een uitkomst", "motivates an outcome";
    CONTEXT_IS_NEITHER = "geen van beide", "neither";
}
