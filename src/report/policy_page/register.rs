//! The sentences of the source and the law, each beside the rules that rest on it.

use super::PolicyPage;
use crate::language::Words;
use crate::overview::CitingRule;
use crate::policy::{Entry, EntryKind};
use crate::report::page::both;
use crate::report::table_page::{anchor, table_id, value};
use crate::report::{reasoning, words};
use maud::{Markup, html};

pub(super) fn sentences(page: &PolicyPage<'_>) -> Markup {
    html! {
        p { (words::SENTENCES_NOTE) }
        @if page.text.is_none() { p { (words::TEXT_NOT_SHIPPED) } }
        (kinds(page))
        (list(page, |kind| kind != EntryKind::Law))
    }
}

pub(super) fn law(page: &PolicyPage<'_>) -> Markup {
    html! {
        p { (words::LAW_NOTE) }
        (list(page, |kind| kind == EntryKind::Law))
    }
}

fn kind_words(kind: EntryKind) -> Words {
    match kind {
        EntryKind::Decision => words::KIND_DECISION,
        EntryKind::Finding => words::KIND_FINDING,
        EntryKind::Context => words::KIND_CONTEXT,
        EntryKind::Law => words::KIND_LAW,
    }
}

/// How many sentences there are of each kind, and how many of them no rule cites.
fn kinds(page: &PolicyPage<'_>) -> Markup {
    let entries = page.policy.register.entries();
    let count = |kind: EntryKind, only_uncited: bool| {
        let pairs = entries.iter().zip(&page.overview.citing);
        pairs
            .filter(|(entry, rules)| entry.kind == kind && (rules.is_empty() || !only_uncited))
            .count()
    };
    html! {
        ul.kinds {
            @for (kind, meaning) in [
                (EntryKind::Decision, words::DECISION_FIXES),
                (EntryKind::Finding, words::FINDING_MOTIVATES),
                (EntryKind::Context, words::CONTEXT_IS_NEITHER),
            ] {
                @let (all, uncited) = (count(kind, false), count(kind, true));
                li {
                    (badge(kind)) " " (meaning) ": " (all) ", "
                    (both(format!("waarvan {uncited} door geen regel aangehaald"), format!("of which {uncited} cited by no rule")))
                    "."
                }
            }
        }
    }
}

fn badge(kind: EntryKind) -> Markup {
    let class = match kind {
        EntryKind::Decision => "kind decision",
        EntryKind::Finding => "kind finding",
        EntryKind::Context => "kind context",
        EntryKind::Law => "kind law",
    };
    html! { span class=(class) { (kind_words(kind)) } }
}

fn list(page: &PolicyPage<'_>, is_wanted: impl Fn(EntryKind) -> bool) -> Markup {
    let entries = page.policy.register.entries().iter().zip(&page.overview.citing);
    html! {
        ol.register {
            @for (entry, rules) in entries.filter(|(entry, _)| is_wanted(entry.kind)) {
                li #(anchor(&entry.locator)) {
                    div.says {
                        p.locator { code { (entry.locator) } " " (badge(entry.kind)) }
                        @if let Some(title) = &entry.title { p.title { (title) } }
                        p { (entry.summary) }
                        @if let Some(sentence) = page.text.and_then(|text| text.sentence(&entry.locator)) {
                            // In the language of the source, which the page does not know.
                            figure.source {
                                figcaption { (words::SOURCE_TEXT) }
                                blockquote { (sentence) }
                            }
                        }
                    }
                    div.cited { (citing(page, entry, rules.iter())) }
                }
            }
        }
    }
}

/// The rules that rest on an entry, those that conclude the same together.
fn citing<'a>(page: &PolicyPage<'_>, entry: &Entry, rules: impl Iterator<Item = &'a CitingRule>) -> Markup {
    let rules: Vec<&CitingRule> = rules.collect();
    if rules.is_empty() {
        let uncited = match entry.kind {
            EntryKind::Decision => words::UNCITED_DECISION,
            EntryKind::Finding => words::UNCITED_FINDING,
            EntryKind::Context => words::UNCITED_CONTEXT,
            EntryKind::Law => words::UNCITED_LAW,
        };
        return html! { p.quiet { (uncited) } };
    }
    let policy = page.policy;
    html! {
        ul {
            @for rules in rules.chunk_by(|one, other| (one.asked, one.value) == (other.asked, other.value)) {
                @let name = reasoning::name(policy, rules[0].asked);
                li {
                    a href={ "#" (table_id(name)) } { (name) } ": " (value(policy, rules[0].asked, rules[0].value))
                    @for rule in rules {
                        br;
                        code.quiet { (policy.program.script_name(&rule.site)) ":" (rule.site.at.line) }
                    }
                }
            }
        }
    }
}
