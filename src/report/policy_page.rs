//! A policy version as a public page: the regions on a map, what has changed, the tables, every sentence with its rules.

mod map;
mod open_points;
mod register;

use super::difference_page::changes;
use super::page::{Page, Table, both};
use super::table_page::{citations, decision_table, table_id};
use super::words;
use crate::diff::Difference;
use crate::gazetteer::TileMap;
use crate::language::{Bilingual, Language, Words};
use crate::overview::Overview;
use crate::policy::{PolicyVersion, SourceText};
use crate::script::Asked;
use maud::{Markup, html};
use std::collections::BTreeSet;

/// Everything that the page of a policy version shows.
#[derive(Debug, Clone, Copy)]
pub struct PolicyPage<'a> {
    /// The version.
    pub policy: &'a PolicyVersion,
    /// Its tables and citations.
    pub overview: &'a Overview,
    /// Where the tiles of its regions stand, where that is on record.
    pub map: Option<&'a TileMap>,
    /// The version that it is compared with.
    pub earlier: Option<Earlier<'a>>,
    /// The text of the source, where it is at hand.
    pub text: Option<&'a SourceText>,
}

/// The version that a page compares with.
#[derive(Debug, Clone, Copy)]
pub struct Earlier<'a> {
    /// The version.
    pub policy: &'a PolicyVersion,
    /// Its tables and citations.
    pub overview: &'a Overview,
    /// What has changed since.
    pub difference: &'a Difference,
}

/// The page of a policy version, opened in a language.
pub fn policy_html(page: &PolicyPage<'_>, language: Language) -> String {
    let policy = page.policy;
    let sections: [(&str, Words, Markup); 7] = [
        ("regions", words::REGIONS, map::regions(page)),
        ("changes", words::SINCE_EARLIER, changed(page)),
        ("open", words::LEFT_OPEN, open_points::list(page)),
        ("tables", words::DECISION_TABLES, tables(page)),
        ("points", words::FLAGS, flags(page)),
        ("sentences", words::SENTENCES, register::sentences(page)),
        ("law", words::LAW, register::law(page)),
    ];
    let body = html! {
        h1 { (policy.title) }
        (facts(policy))
        p.notice { (words::NOT_A_DECISION) }
        nav.contents aria-labelledby="contents" {
            h2 #contents { (words::CONTENTS) }
            ol { @for (id, heading, _) in &sections { li { a href={ "#" (id) } { (heading) } } } }
        }
        @for (id, heading, content) in &sections {
            section aria-labelledby=(id) {
                h2 #(id) { (heading) }
                (content)
            }
        }
    };
    Page {
        title: Bilingual {
            nl: format!("{}: {}", policy.id, policy.title.nl),
            en: format!("{}: {}", policy.id, policy.title.en),
        },
        body,
        styles: &[include_str!("policy_page/policy_page.css")],
        scripts: &[],
    }
    .render(language)
}

fn facts(policy: &PolicyVersion) -> Markup {
    html! {
        dl.facts {
            dt { (words::VERSION) }
            dd { code { (policy.id) } }
            dt { (words::HOLDS) }
            dd { (holds(policy)) }
            @if let Some(title) = policy.register.title() {
                dt { (words::SOURCE) }
                dd { (title) }
            }
            @if let Some(title) = &policy.gazetteer.map().title {
                dt { (words::ADMINISTRATIVE_MAP) }
                dd { (title) }
            }
            dt { (words::FINGERPRINT) }
            dd { code { (policy.fingerprint) } }
        }
    }
}

/// From when until when a version holds.
fn holds(policy: &PolicyVersion) -> Markup {
    let in_force = policy.in_force;
    html! {
        @match in_force.from {
            Some(from) => { (both(format!("vanaf {from}"), format!("from {from}"))) }
            None => {
                (both(
                    format!("de datum van inwerkingtreding is niet bekend; niet eerder dan {}", in_force.not_before),
                    format!("the date of entry into force is not on record; not before {}", in_force.not_before),
                ))
            }
        }
        @match in_force.until {
            Some(until) => { (both(format!(", tot en met {until}"), format!(", until {until}"))) }
            None => { (both(", geen einddatum vastgelegd", ", no end on record")) }
        }
    }
}

fn changed(page: &PolicyPage<'_>) -> Markup {
    let Some(earlier) = page.earlier else {
        return html! { p { (words::FIRST_VERSION) } };
    };
    html! {
        p {
            (words::SINCE) " " code { (earlier.policy.id) } ", " (earlier.policy.title) " ("
            (holds(earlier.policy)) ")."
        }
        (map::before_and_after(page, &earlier))
        p { (words::CHANGES_NOTE) }
        (changes(earlier.difference, Some((earlier.policy, page.policy)), "change"))
    }
}

fn tables(page: &PolicyPage<'_>) -> Markup {
    html! {
        p { (words::DECISION_TABLES_NOTE) }
        @for table in of_kind(page, true) {
            (decision_table(page.policy, table, true))
            (meanings(page.policy, table.asked))
        }
    }
}

/// The tables of conclusions, or those of flags.
fn of_kind<'a>(page: &PolicyPage<'a>, of_conclusions: bool) -> impl Iterator<Item = &'a crate::table::Table> {
    let tables = page.overview.tables.iter();
    tables.filter(move |table| matches!(table.asked, Asked::Conclusion(_)) == of_conclusions)
}

/// What the values of a conclusion mean for the person, where the policy says so.
fn meanings(policy: &PolicyVersion, asked: Asked) -> Markup {
    let values = match asked {
        Asked::Conclusion(index) => &policy.conclusions[index].values[..],
        Asked::Flag(_) => &[],
    };
    let told: Vec<_> = values
        .iter()
        .filter_map(|value| Some((value, value.meaning.as_ref()?)))
        .collect();
    html! {
        @if !told.is_empty() {
            dl.facts { @for (value, meaning) in told { dt { (value.label) } dd { (meaning) } } }
        }
    }
}

fn flags(page: &PolicyPage<'_>) -> Markup {
    let row = |(index, flag): (usize, &crate::policy::FlagDeclaration)| {
        let rests_on: BTreeSet<usize> = page
            .overview
            .citing
            .iter()
            .enumerate()
            .filter(|(_, rules)| rules.iter().any(|rule| rule.asked == Asked::Flag(index)))
            .map(|(entry, _)| entry)
            .collect();
        vec![
            html! { code { (flag.id) } },
            html! { (flag.text) },
            citations(page.policy, rests_on.into_iter(), true),
            html! { a href={ "#" (table_id(&flag.id)) } { (words::CONDITIONS) } },
        ]
    };
    html! {
        p { (words::FLAGS_NOTE) }
        (Table {
            id: "all-points".to_owned(),
            caption: html! { (words::FLAGS) },
            head: [words::POINT, words::MEANING, words::RESTS_ON, words::CONDITIONS]
                .iter()
                .map(|words| html! { (words) })
                .collect(),
            rows: page.policy.flags.iter().enumerate().map(row).collect(),
            has_row_heads: true,
        }
        .render())
        @for table in of_kind(page, false) { (decision_table(page.policy, table, true)) }
    }
}
