//! Decision tables as DMN 1.3 (OMG Decision Model and Notation), for other rules engines and modelling tools.

use super::reasoning;
use crate::facts::{Candidates, FactId, FactKind, date_of, days_of_calendar};
use crate::gazetteer::Gazetteer;
use crate::language::Language;
use crate::policy::PolicyVersion;
use crate::script::Asked;
use crate::table::{Cell, Input, Table};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Tables as a DMN model: an input for each fact, a decision for each table with one output and its citations as
/// annotations. Exactly one rule fits each combination (hit policy UNIQUE).
pub fn tables_dmn(policy: &PolicyVersion, tables: &[Table], language: Language) -> String {
    let facts: BTreeSet<FactId> = tables
        .iter()
        .flat_map(|table| &table.inputs)
        .map(|input| input.fact)
        .collect();
    let name = escaped(&format!("{}, {}", policy.id, policy.title.text(language)));
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" id=\"policy\" name=\"{name}\" \
         namespace=\"urn:gradatie:{}\" exporter=\"gradatie\" exporterVersion=\"{}\">\n",
        escaped(&policy.id.to_string()),
        env!("CARGO_PKG_VERSION")
    );
    for fact in &facts {
        let declaration = fact.declaration();
        let _ = writeln!(
            xml,
            "  <inputData id=\"fact_{0}\" name=\"{0}\"><description>{1}</description>\
             <variable name=\"{0}\" typeRef=\"{2}\"/></inputData>",
            declaration.name,
            escaped(declaration.question.text(language)),
            type_of(*fact)
        );
    }
    for table in tables {
        decision(&mut xml, policy, table, language);
    }
    xml + "</definitions>\n"
}

/// An XML name: letters, digits and `_`.
fn identifier(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect()
}

fn type_of(fact: FactId) -> &'static str {
    match fact.declaration().kind {
        FactKind::WholeNumber { .. } => "number",
        FactKind::Date => "date",
        FactKind::Set(_) => "Any",
        FactKind::Choice(_) | FactKind::Place => "string",
    }
}

fn decision(xml: &mut String, policy: &PolicyVersion, table: &Table, language: Language) {
    let id = identifier(&table.name);
    let question = match table.asked {
        Asked::Conclusion(index) => policy.conclusions[index].question.text(language),
        Asked::Flag(index) => policy.flags[index].text.text(language),
    };
    let output_type = if matches!(table.asked, Asked::Flag(_)) {
        "boolean"
    } else {
        "string"
    };
    let _ = writeln!(
        xml,
        "  <decision id=\"decision_{id}\" name=\"{}\">",
        escaped(&table.name)
    );
    let _ = writeln!(xml, "    <question>{}</question>", escaped(question));
    let _ = writeln!(
        xml,
        "    <variable name=\"{}\" typeRef=\"{output_type}\"/>",
        escaped(&table.name)
    );
    let needed: BTreeSet<FactId> = table.inputs.iter().map(|input| input.fact).collect();
    for fact in needed {
        let _ = writeln!(
            xml,
            "    <informationRequirement><requiredInput href=\"#fact_{}\"/></informationRequirement>",
            fact.name()
        );
    }
    let _ = writeln!(xml, "    <decisionTable id=\"table_{id}\" hitPolicy=\"UNIQUE\">");
    for input in &table.inputs {
        let type_ref = if input.word.is_some() {
            "boolean"
        } else {
            type_of(input.fact)
        };
        let _ = writeln!(
            xml,
            "      <input label=\"{}\"><inputExpression typeRef=\"{type_ref}\"><text>{}</text></inputExpression></input>",
            escaped(&input.name),
            escaped(&expression(input))
        );
    }
    let _ = writeln!(xml, "      <output typeRef=\"{output_type}\"/>");
    let _ = writeln!(xml, "      <annotation name=\"citations\"/>");
    let entries = policy.register.entries();
    // A table that looks only at regions takes the region; one that looks closer takes the name of the place.
    let regions = &policy.gazetteer.map().regions;
    let is_closer = |input: usize| {
        let mut cells = table
            .rows
            .iter()
            .filter_map(|row| row.cells[input].as_ref())
            .flatten();
        cells.any(|cell| match &cell.values {
            Candidates::Places(places) => places[0].is_some() && !regions.contains(&cell.label),
            _ => false,
        })
    };
    let closer: Vec<bool> = (0..table.inputs.len()).map(is_closer).collect();
    for row in &table.rows {
        let _ = write!(xml, "      <rule>");
        for (index, (input, cells)) in table.inputs.iter().zip(&row.cells).enumerate() {
            let gazetteer = closer[index].then_some(&*policy.gazetteer);
            let test = cells
                .as_ref()
                .map_or("-".to_owned(), |cells| unary_tests(input, cells, gazetteer));
            let _ = write!(xml, "<inputEntry><text>{}</text></inputEntry>", escaped(&test));
        }
        let value = match &row.conclusion {
            None => "false".to_owned(),
            Some(conclusion) => match reasoning::value(policy, table.asked, conclusion.value) {
                Some(value) => quoted(&value.value),
                None => "true".to_owned(),
            },
        };
        let cites = row.conclusion.iter().flat_map(|conclusion| &conclusion.cites);
        let cites: Vec<&str> = cites.map(|cite| entries[*cite].locator.as_str()).collect();
        let _ = writeln!(
            xml,
            "<outputEntry><text>{}</text></outputEntry><annotationEntry><text>{}</text></annotationEntry></rule>",
            escaped(&value),
            escaped(&cites.join(", "))
        );
    }
    *xml += "    </decisionTable>\n  </decision>\n";
}

/// What the table asks about a fact, in FEEL.
fn expression(input: &Input) -> String {
    match (input.word, input.fact.declaration().kind) {
        (Some(word), FactKind::Set(words)) => {
            format!(
                "list contains({}, {})",
                input.fact.name(),
                quoted(words[usize::from(word)].word)
            )
        }
        _ => input.fact.name().to_owned(),
    }
}

fn quoted(word: &str) -> String {
    format!("\"{word}\"")
}

/// What an input may be, in FEEL: any of the tests. With a gazetteer places are named one by one.
fn unary_tests(input: &Input, cells: &[Cell], gazetteer: Option<&Gazetteer>) -> String {
    let test = |cell: &Cell| match &cell.values {
        Candidates::Range { least, most } => range(*least, *most, input.fact.declaration().kind),
        Candidates::Set { .. } => if cell.label == "yes" { "true" } else { "false" }.to_owned(),
        Candidates::Places(places) if places.first() == Some(&None) => "null".to_owned(),
        Candidates::Places(places) => match gazetteer {
            None => quoted(&cell.label),
            Some(gazetteer) => {
                let names = places
                    .iter()
                    .flatten()
                    .map(|place| quoted(&gazetteer.place(*place).name));
                names.collect::<Vec<_>>().join(", ")
            }
        },
        Candidates::Words(_) => quoted(&cell.label),
    };
    cells.iter().map(test).collect::<Vec<_>>().join(", ")
}

fn range(least: i64, most: i64, kind: FactKind) -> String {
    let (first, last) = match kind {
        FactKind::WholeNumber { least, most } => (least, most),
        _ => days_of_calendar(),
    };
    let value = |number: i64| match kind {
        FactKind::Date => format!(
            "date(\"{}\")",
            date_of(number).map(|date| date.to_string()).unwrap_or_default()
        ),
        _ => number.to_string(),
    };
    match (least == first, most == last) {
        (true, true) => "-".to_owned(),
        (true, false) => format!("<= {}", value(most)),
        (false, true) => format!(">= {}", value(least)),
        (false, false) => format!("[{}..{}]", value(least), value(most)),
    }
}

/// Text as XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
