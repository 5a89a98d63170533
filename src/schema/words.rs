//! What the keys of the files of the rules mean, for the people who write them.

use crate::language::Words;

/// A key of a type that a file is read into; an empty key is the type itself.
type Described = (&'static str, &'static str, Words);

/// What a key means.
pub(super) fn of(definition: &str, key: &str) -> Option<Words> {
    let found = DESCRIBED
        .iter()
        .find(|(known, known_key, _)| *known == definition && *known_key == key);
    found.map(|(_, _, words)| *words)
}

/// Every key that has a description.
#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    DESCRIBED.iter().map(|(definition, key, _)| (*definition, *key))
}

macro_rules! described {
    ($($definition:ident { $($key:literal: $nl:literal, $en:literal;)* })*) => {
        &[$($((stringify!($definition), $key, Words { nl: $nl, en: $en })),*),*]
    };
}

const DESCRIBED: &[Described] = described! {
    Bilingual {
        "": "Een tekst in het Nederlands en in het Engels.", "A text in Dutch and in English.";
        "nl": "Nederlands.", "Dutch.";
        "en": "Engels.", "English.";
    }
    PolicyFile {
        "": "Een beleidsversie: wat zij vraagt, welke waarden elke vraag kan hebben, en wat een mens moet bekijken.",
            "A policy version: what it asks, which values each question can have, and what a human must look at.";
        "title": "De titel van de versie.", "The title of the version.";
        "in_force": "Vanaf wanneer en tot wanneer de versie geldt.", "From when until when the version holds.";
        "conclusions": "De vragen die het beleid beantwoordt, in de volgorde van de uitkomst.",
            "The questions that the policy answers, in the order of the result.";
        "flags": "De aandachtspunten voor een mens, elk met een functie in flags.rhai.",
            "The points that a human must look at, each with a function in flags.rhai.";
        "impossible": "Combinaties van feiten die geen zaak kan hebben.",
            "Combinations of facts that no case can have.";
        "open_points": "Wat het beleid zelf open laat, voor de mens en voor de beleidspagina.",
            "What the policy itself leaves open, for people and for the page of the policy.";
    }
    OpenPoint {
        "": "Iets wat het beleid open laat.", "Something that the policy leaves open.";
        "text": "Wat een lezer ziet.", "What a reader sees.";
        "cites": "De vindplaatsen waarover het gaat; mag leeg zijn.",
            "The locators that it is about; may be empty.";
        "regions": "De regio's waarover het gaat, naar wat de regels daarvan concluderen.",
            "The regions that it is about, by what the rules conclude of them.";
    }
    RegionsWith {
        "": "De regio's waarvoor een vraag een waarde heeft.", "The regions for which a question has a value.";
        "conclusion": "De vraag.", "The question.";
        "value": "De waarde.", "The value.";
    }
    InForce {
        "": "Vanaf wanneer en tot wanneer de versie geldt.", "From when until when the version holds.";
        "from": "De datum van inwerkingtreding, of `unknown` als die niet is vastgelegd.",
            "The date of entry into force, or `unknown` where it is not on record.";
        "not_before": "De vroegste datum waarop de versie kan gelden.",
            "The earliest date that the version can apply to.";
        "until": "De laatste dag waarop de versie geldt; leeg zolang er geen einde is.",
            "The last day on which the version applies; empty while there is no end.";
    }
    ConclusionDeclaration {
        "": "Een vraag die het beleid beantwoordt.", "A question that the policy answers.";
        "name": "De naam, ook die van de functie die antwoordt.",
            "The name, also that of the function that answers.";
        "question": "De vraag in woorden.", "The question in words.";
        "script": "Het script, gezien vanuit de map met regels; anders `<name>.rhai` in de map van de versie.",
            "The script, named from the rules folder; else `<name>.rhai` in the folder of the version.";
        "values": "De waarden, in de volgorde van de uitkomst.", "The values, in the order of results.";
    }
    ValueDeclaration {
        "": "Een waarde die een conclusie kan hebben.", "A value that a conclusion can have.";
        "value": "Het woord in scripts en uitkomsten.", "The word in scripts and results.";
        "label": "Wat een lezer ziet.", "What a reader sees.";
        "meaning": "Wat het voor de persoon betekent, waar dat gezegd moet worden.",
            "What it means for the person, where that needs saying.";
    }
    FlagDeclaration {
        "": "Een aandachtspunt voor een mens.", "A point that a human must look at.";
        "id": "De naam in uitkomsten; de functie heet zo met `_` voor `-`.",
            "The name in results; the function has it with `_` for `-`.";
        "text": "Wat een lezer ziet.", "What a reader sees.";
    }
    ImpossibleEntry {
        "": "Feiten met waarden die niet samen kunnen gaan.", "Facts with values that cannot go together.";
        "when": "Per feit de waarden: een woord of een lijst; `{has: woord}` of `{lacks: woord}` voor een lijst; `{below: n}` of `{at_least: n}` voor een getal; regio's voor een plaats.",
            "By fact the values: a word or a list; `{has: word}` or `{lacks: word}` for a list; `{below: n}` or `{at_least: n}` for a number; regions for a place.";
        "because": "Waarom dat niet kan.", "Why it cannot be.";
    }
    SourcesFile {
        "": "Het bronregister: elke zin van de bron, wat die doet en wat die zegt.",
            "The source register: every sentence of the source, what it does and what it says.";
        "source": "De bron.", "The source.";
        "sentences": "De zinnen, in de volgorde van de bron.", "The sentences, in the order of the source.";
        "earlier": "Bronnen van eerdere versies, voor zover zij nog gelden.",
            "Sources of earlier versions, as far as they still hold.";
    }
    EarlierSource {
        "": "Een bron van een eerdere versie, met de zinnen die nog gelden.",
            "A source of an earlier version, with the sentences that still hold.";
        "source": "De bron.", "The source.";
        "sentences": "De zinnen, in de volgorde van de bron.", "The sentences, in the order of the source.";
    }
    SourceEntry {
        "": "De bron van het beleid.", "The source of the policy.";
        "id": "De naam waarmee elke vindplaats begint.", "The name with which every locator begins.";
        "title": "De titel van de bron.", "The title of the source.";
    }
    SentenceEntry {
        "": "Een zin van de bron.", "A sentence of the source.";
        "locator": "De vindplaats, zoals `besluit:4.4`: alinea 4, zin 4.",
            "The locator, as in `besluit:4.4`: paragraph 4, sentence 4.";
        "kind": "Wat de zin doet.", "What the sentence does.";
        "to_review": "Een mens moet nog zeggen wat de zin onder deze versie doet; haal de regel daarna weg.",
            "A person has yet to say what the sentence does under this version; then take the line out.";
        "summary": "Wat de zin zegt, in eigen woorden; de tekst zelf staat hier niet.",
            "What the sentence says, in our own words; the text itself does not stand here.";
    }
    EntryKind {
        "": "Wat de zin doet.", "What the sentence does.";
        "decision": "Legt een uitkomst vast.", "Fixes an outcome.";
        "finding": "Landeninformatie die een uitkomst draagt.", "Country information that motivates an outcome.";
        "context": "Geen van beide.", "Neither.";
        "law": "Recht waarop het beleid rust; hoort in `law.yaml`.",
            "Law that the policy rests on; it belongs in `law.yaml`.";
    }
    LawFile {
        "": "Het recht dat regels van alle landen aanhalen.", "The law that rules of all countries cite.";
        "law": "De bepalingen en uitspraken.", "The provisions and judgments.";
    }
    LawEntry {
        "": "Een bepaling of uitspraak.", "A provision or judgment.";
        "locator": "De vindplaats, zoals `QD:15c`.", "The locator, as in `QD:15c`.";
        "title": "De volledige naam.", "The name in full.";
        "summary": "Wat er staat, in eigen woorden, voor zover regels erop rusten.",
            "What it says, in our own words, as far as rules rest on it.";
    }
    GazetteerFile {
        "": "De plaatsnamen van een land: welke namen een zaak mag gebruiken en wat elk betekent.",
            "The gazetteer of a country: which names a case file may use for a place, and what each means.";
        "country": "Het land.", "The country.";
        "map": "De kaart waarop het beleid rust.", "The map that the policy rests on.";
        "later_map": "De latere kaart, voor namen met twee lezingen.", "The later map, for names with two readings.";
        "regions": "De regio's van de kaart, in de volgorde van de waarden van het feit `region`.",
            "The regions of the map, in the order of the values of the fact `region`.";
        "regions_2023": "De regio's van de latere kaart.", "The regions of the later map.";
    }
    MapEntry {
        "": "Een kaart.", "A map.";
        "year": "Het jaar van de kaart.", "The year of the map.";
        "title": "De naam van de kaart.", "The name of the map.";
    }
    RegionEntry {
        "": "Een regio van de kaart.", "A region of the map.";
        "name": "De naam, zoals regels die gebruiken.", "The name, as rules use it.";
        "iso": "De code van ISO 3166-2.", "The code of ISO 3166-2.";
        "variants": "Andere schrijfwijzen; accenten en hoofdletters tellen niet.",
            "Other spellings; accents and case do not matter.";
        "also_meant_by": "Een regio van wie de naam deze ook kan hebben bedoeld.",
            "A region whose name may have meant this one as well.";
        "cercles": "De cercles van de regio.", "The cercles of the region.";
        "places": "Plaatsen van de regio buiten een cercle.", "Places of the region outside a cercle.";
    }
    PlaceEntry {
        "": "Een cercle of plaats.", "A cercle or place.";
        "name": "De naam.", "The name.";
        "variants": "Andere schrijfwijzen; accenten en hoofdletters tellen niet.",
            "Other spellings; accents and case do not matter.";
        "region_2023": "De regio op de latere kaart, als die een andere naam heeft.",
            "The region on the later map, where that has another name.";
        "places": "Plaatsen die erin liggen.", "Places that lie in it.";
    }
    TileMapFile {
        "": "De tegelkaart van een land, zoals pagina's die tekenen; geen regel leest haar.",
            "The tile map of a country, as pages draw it; no rule reads it.";
        "tiles": "Voor elke regio van de kaart één tegel.", "One tile for each region of the map.";
    }
    TileEntry {
        "": "De tegel van een regio.", "The tile of a region.";
        "region": "De regio.", "The region.";
        "column": "De kolom, geteld vanaf links, vanaf 1.", "The column, counted from the left, from 1.";
        "row": "De rij, geteld van boven, vanaf 1.", "The row, counted from the top, from 1.";
    }
};
