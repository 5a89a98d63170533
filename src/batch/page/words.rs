//! The fixed words of the page, in Dutch and English.

use crate::language::Words;

macro_rules! words {
    ($($name:ident = $nl:literal, $en:literal;)*) => {
        $(pub(super) const $name: Words = Words { nl: $nl, en: $en };)*
    };
}

words! {
    TITLE = "Zaken opnieuw beoordeeld", "Cases re-evaluated";
    TITLE_ALONE = "Zaken beoordeeld", "Cases evaluated";
    INTRODUCTION = "Dit overzicht telt en vergelijkt wat de regels over de zaken zeggen. Het verleent niets en wijst niets af.",
        "This overview counts and compares what the rules say of the cases. It grants nothing and refuses nothing.";
    RESULTS_FILE = "Uitkomsten", "Results";
    STANDARD_OUTPUT = "standaarduitvoer", "standard output";
    COMPARED_WITH = "Vergeleken met", "Compared with";
    RULES = "Regels", "Rules";
    EARLIER_RULES = "Eerdere regels", "Earlier rules";
    RULES_NOT_KNOWN = "deze regels zijn hier niet aanwezig", "these rules are not at hand here";
    RULES_NOT_ON_RECORD = "welke regels dit waren, is niet vastgelegd", "which rules these were is not on record";
    PROGRAM = "Programma", "Program";
    TOTALS = "Totalen", "Totals";
    COUNTED = "Geteld", "Counted";
    CASES = "Zaken", "Cases";
    IN_ERROR = "Zaken met een fout", "Cases in error";
    EVALUATED_CASES = "zaken beoordeeld", "cases evaluated";
    COMPARED_CASES = "zaken vergeleken", "cases compared";
    EVALUATED = "Beoordeelde zaken", "Cases evaluated";
    COMPARED = "Vergeleken zaken", "Cases compared";
    CHANGED = "Veranderde zaken", "Changed cases";
    UNDATED = "Zaken zonder beslisdatum (de nieuwste versie is gebruikt)", "Cases without a decision date (the newest version was used)";
    REPEATED = "Zaken met een kenmerk dat al voorkwam", "Cases with a reference that occurred before";
    NOT_LOOKED_AT = "Zaken waarvan niet is nagegaan of het kenmerk al voorkwam", "Cases of which it was not checked whether the reference occurred before";
    FIRST = "eerste", "first";
    NOT_COMPARABLE = "Zaken die de andere versie niet kan beoordelen", "Cases that the other version cannot evaluate";
    ONLY_NOW = "Zaken alleen nu", "Cases only now";
    ONLY_EARLIER = "Zaken alleen eerder", "Cases only earlier";
    EARLIER_ERRORS = "Eerdere uitkomsten die fouten zijn (niets mee te vergelijken)", "Earlier results that are errors (nothing to compare with)";
    EARLIER_REPEATED = "Eerdere uitkomsten met een kenmerk dat een andere ook heeft (de laatste telt)", "Earlier results with a reference that another has as well (the last one counts)";
    ERRORS_BY_CODE = "Fouten naar code", "Errors by code";
    CODE = "Code", "Code";
    ERRORS_WHERE = "Waar elke fout staat, met regel en kolom, staat in de uitkomsten.", "Where each error stands, with line and column, is in the results.";
    BY_POLICY = "Beoordeelde zaken naar beleidsversie", "Cases evaluated, by policy version";
    POLICY = "Beleidsversie", "Policy version";
    OPEN = "Niet bepaalde conclusies", "Conclusions not determined";
    CONCLUSION = "Conclusie", "Conclusion";
    NOT_DETERMINED = "Niet bepaald", "Not determined";
    NO_VALUE = "niet bepaald", "not determined";
    BECAME_UNDETERMINED = "Niet meer bepaald, eerder wel", "No longer determined, but earlier";
    MAP = "De kaart", "The map";
    MAP_BEFORE = "Eerder", "Before";
    MAP_NOW = "Nu", "Now";
    MAP_TEXT = "Op elke tegel staat het aantal zaken uit die regio; kleur en patroon tonen wat het beleid over de regio zegt.",
        "Each tile bears the number of cases from that region; colour and pattern show what the policy says of the region.";
    MAP_TABLE = "De kaart als tabel", "The map as a table";
    REGION = "Regio", "Region";
    REGION_NOT_KNOWN = "regio niet bekend", "region not known";
    REGION_CHANGED = "anders dan eerder", "other than before";
    SEVERAL = "verschilt tussen de gebruikte versies", "differs between the versions used";
    RULES_MISSING = "niet te zeggen: de eerdere regels zijn hier niet aanwezig", "cannot be said: the earlier rules are not at hand here";
    NO_EARLIER_REGIONS = "De eerdere uitkomsten bevatten geen regio's: hoeveel zaken er eerder uit elke regio waren, is niet bekend.",
        "The earlier results hold no regions: how many cases came from each region before is not known.";
    CASES_BEFORE = "Zaken eerder", "Cases before";
    CASES_NOW = "Zaken nu", "Cases now";
    CONCLUSIONS = "Per conclusie", "By conclusion";
    FLOW = "Van de eerdere naar de huidige waarde", "From the earlier value to the value now";
    FLOW_TEXT = "Links de eerdere waarde, rechts die van nu. Gekleurde banden zijn veranderd. Een band die te smal is om te zien, is iets breder getekend.",
        "On the left the earlier value, on the right that of now. Coloured bands changed. A band too thin to be seen is drawn a little wider.";
    FLOW_TABLE = "De banden als tabel", "The bands as a table";
    NO_EARLIER = "niet vergeleken", "not compared";
    FROM = "Eerder", "Earlier";
    TO = "Nu", "Now";
    VALUES = "Waarden", "Values";
    VALUE = "Waarde", "Value";
    SHARE = "Deel", "Share";
    WHY = "Waardoor het verandert", "What changes it";
    CAUSE = "Oorzaak", "Cause";
    SENTENCES = "Rust nu op", "Now rests on";
    REGIONS = "Regio's", "Regions";
    WAITS_FOR = "wacht op ontbrekende feiten", "waits for missing facts";
    NOTHING_CHANGED = "Niets verandert.", "Nothing changes.";
    RULE_CHANGES = "Wat de regels anders zeggen", "What the rules say differently";
    SAME_RULES = "De regels zijn dezelfde.", "The rules are the same.";
    SAME_HERE = "Over deze conclusie zeggen de regels hetzelfde.", "Of this conclusion the rules say the same.";
    OLD_RULES_MISSING = "De eerdere regels zijn hier niet aanwezig, dus het verschil tussen de regels is niet te zeggen",
        "The earlier rules are not at hand here, so the difference of the rules cannot be said";
    WHOLE_DIFFERENCE = "Het hele verschil tussen de regels", "The whole difference of the rules";
    CHANGED_CASES = "De veranderde zaken", "The changed cases";
    CASES_CHANGE = "zaken veranderen", "cases change";
    LISTED = "daarvan staan hieronder, de eerste in de volgorde van de invoer", "of them stand below, the first in the order of the input";
    ALL_LISTED = "Alle veranderde zaken staan hieronder.", "All changed cases stand below.";
    LEFT_OUT = "staan hier niet en staan in de uitkomsten", "are left out here and are in the results";
    NEEDS_SCRIPT = "Voor deze lijst moet de pagina een script kunnen draaien. Alle zaken staan ook in de uitkomsten.",
        "For this list the page must be able to run a script. All cases are in the results, too.";
    SEARCH = "Zoek in kenmerk en bron", "Search in reference and source";
    CHANGE = "Verandering", "Change";
    REFERENCE = "Kenmerk", "Reference";
    REASONS = "Redenen", "Reasons";
    PREVIOUS = "Vorige", "Previous";
    NEXT = "Volgende", "Next";
    ANY_CHANGE = "elke verandering", "any change";
    ANY_REGION = "elke regio", "any region";
    OF = "van", "of";
    NO_CASE_FITS = "Geen zaak past.", "No case fits.";
    WAITED = "Wacht op", "Waits for";
    IN_EARLIER_WORDS = "In de woorden van de eerdere uitkomst", "In the words of the earlier result";
    SUMMARY_MISSING = "samenvatting niet aanwezig", "summary not at hand";
    NONE = "geen", "none";
    FACTS_NOT_ON_RECORD = "waarop het wachtte, staat niet in de eerdere uitkomsten", "what it waited for is not in the earlier results";
    WITHOUT_FACTS = "De eerdere uitkomsten bevatten geen feiten. Een oorzaak staat er alleen waar die ook zonder de feiten zeker is.",
        "The earlier results hold no facts. A cause is given only where it is certain without them.";
}
