//! What the source leaves open: only what the rules have on record, and nothing filled in.

use super::PolicyPage;
use crate::policy::{OpenPoint, PolicyVersion};
use crate::report::page::both;
use crate::report::table_page::citations;
use crate::report::words;
use maud::{Markup, html};

pub(super) fn list(page: &PolicyPage<'_>) -> Markup {
    let policy = page.policy;
    let in_force = policy.in_force;
    html! {
        @if in_force.from.is_some() && policy.open_points.is_empty() {
            p { (words::NOTHING_LEFT_OPEN) }
        } @else {
            p { (words::LEFT_OPEN_NOTE) }
            ul.points {
                @if in_force.from.is_none() {
                    li {
                        (both(
                            format!("De datum van inwerkingtreding is niet bekend. Een zaak krijgt deze versie vanaf de beslisdatum {}, met het aandachtspunt dat die grens niet vaststaat.", in_force.not_before),
                            format!("The date of entry into force is not on record. A case gets this version from the decision date {} on, with the point that this boundary is not certain.", in_force.not_before),
                        ))
                    }
                }
                @for point in &policy.open_points {
                    li {
                        (point.text)
                        @if !point.cites.is_empty() { " [" (cited(policy, point)) "]" }
                        (regions(page, point))
                    }
                }
            }
        }
    }
}

fn cited(policy: &PolicyVersion, point: &OpenPoint) -> Markup {
    let entries = policy.register.entries();
    let places = point
        .cites
        .iter()
        .filter_map(|cite| entries.iter().position(|entry| entry.locator == *cite));
    citations(policy, places, true)
}

/// The regions of which the rules conclude what the point is about.
fn regions(page: &PolicyPage<'_>, point: &OpenPoint) -> Markup {
    let Some(wanted) = &point.regions else {
        return html! {};
    };
    let conclusions = &page.policy.conclusions;
    let of = page
        .overview
        .by_region
        .iter()
        .find(|one| conclusions[one.conclusion].name == wanted.conclusion);
    let Some(of) = of else {
        // The question does not depend on the region alone, so that no list of regions would be true.
        return html! { " " code { (wanted.conclusion) " = " (wanted.value) } };
    };
    let values = &conclusions[of.conclusion].values;
    let value = values.iter().position(|value| value.value == wanted.value);
    let regions: Vec<&str> = value
        .iter()
        .flat_map(|value| of.with_value(*value))
        .filter_map(|region| page.policy.gazetteer.region_name(region))
        .collect();
    html! {
        " "
        @if regions.is_empty() {
            (words::NO_REGION_WITH)
        } @else {
            (words::REGIONS_ARE) ": " strong { (regions.join(", ")) } "."
        }
    }
}
