//! Reading test files: the cases come from the typed read, the expectations with their places from the outline.

use super::PolicyTest;
use super::claims::{Claim, Claimed, Expected, FlagState};
use super::faults::Faults;
use super::files::text_of;
use super::versions::Versions;
use crate::case_file::{calendar_date, framed_faults};
use crate::diagnostic::Diagnostic;
use crate::evaluate::knowledge;
use crate::facts::Facts;
use crate::policy::{Picked, PolicyId, PolicyVersion};
use crate::script::Asked;
use crate::source::Source;
use crate::yaml::{self, Node, NodeKind};
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// The keys of a test.
pub(super) const KEYS: [&str; 6] = [
    "name",
    "policy",
    "decision_date",
    "facts",
    "expect",
    "unconfirmed",
];

/// The keys of an expectation.
pub(super) const EXPECT_KEYS: [&str; 6] = [
    "conclusions",
    "citations",
    "flags",
    "flags_not",
    "flags_open",
    "needs",
];

/// What `policy` says where the decision date picks the version, whatever the folder says.
pub const BY_DATE: &str = "by_date";

/// What the typed read takes of a test; the rest comes from the outline, which knows its place.
#[derive(Deserialize)]
struct CaseOfTest {
    #[serde(default)]
    facts: Option<Facts>,
    #[serde(default, deserialize_with = "calendar_date")]
    decision_date: Option<Date>,
}

/// Reads the tests of a file, and collects what is wrong with it.
///
/// # Errors
/// The file or the rules cannot be read.
pub(super) fn file(
    path: &Path,
    versions: &mut Versions<'_>,
    tests: &mut Vec<PolicyTest>,
    faults: &mut Vec<Diagnostic>,
) -> Result<(), Vec<Diagnostic>> {
    let text = text_of(path).map_err(|fault| vec![fault])?;
    let source = Source::new(path.display().to_string(), text);
    texts(&source, path, versions, tests, faults)
}

/// Reads the tests of a text as if it were the file at `path`.
///
/// # Errors
/// The rules cannot be read.
pub(super) fn texts(
    source: &Arc<Source>,
    path: &Path,
    versions: &mut Versions<'_>,
    tests: &mut Vec<PolicyTest>,
    faults: &mut Vec<Diagnostic>,
) -> Result<(), Vec<Diagnostic>> {
    let outline = match yaml::outline_of_rules(source) {
        Ok(Some(outline)) if !outline.is_nothing() => outline,
        // Comments alone are a file without tests.
        Ok(_) => return Ok(()),
        Err(fault) => {
            faults.push(fault);
            return Ok(());
        }
    };
    let NodeKind::List(items) = &outline.kind else {
        let mut at_fault = Faults::of(source);
        at_fault.not_a_list(&outline);
        faults.extend(at_fault.found);
        return Ok(());
    };
    for item in items {
        let mut at_fault = Faults::of(source);
        let read = item_read(item, path, versions, &mut at_fault)?;
        match read {
            Some(test) if at_fault.found.is_empty() => tests.push(test),
            _ => faults.extend(at_fault.found),
        }
    }
    Ok(())
}

/// The typed read of one test, so that a fault in another one does not keep it from being read.
fn typed(source: &Arc<Source>, item: &Node) -> Result<CaseOfTest, Diagnostic> {
    let at = source.line_column(item.span.start);
    let indented = " ".repeat(at.column - 1) + &source.text()[item.span.clone()];
    yaml::typed(&Source::part(source.name(), indented, at.line))
}

/// Reads one test. What is wrong with it goes to `faults`; a test is given only if it could be read whole.
fn item_read(
    item: &Node,
    path: &Path,
    versions: &mut Versions<'_>,
    faults: &mut Faults<'_>,
) -> Result<Option<PolicyTest>, Vec<Diagnostic>> {
    if !faults.keys_of_test(item) {
        return Ok(None);
    }
    let case = typed(faults.source, item);
    let date = case.as_ref().ok().and_then(|case| case.decision_date);
    let Some((picked, policy)) = version(item, date, path, versions, faults)? else {
        return Ok(None);
    };
    let source = faults.source.clone();
    faults
        .found
        .extend(framed_faults(&source, &policy.gazetteer, item));
    let name = faults.name(item);
    let unconfirmed = faults.unconfirmed(item);
    let claims = claims(item, &policy, faults);
    let (Some((name, name_span)), Some(facts)) = (name, item.get("facts")) else {
        return Ok(None);
    };
    let case = match case {
        _ if !faults.found.is_empty() => return Ok(None),
        Ok(case) => case,
        // What the outline lets pass the typed read refuses.
        Err(fault) => {
            faults.found.push(fault);
            return Ok(None);
        }
    };
    let values = case.facts.unwrap_or_default();
    Ok(Some(PolicyTest {
        name,
        known: knowledge(&values, case.decision_date, picked.by, &policy.gazetteer),
        picked,
        decision_date: case.decision_date,
        facts: in_one_line(facts),
        claims,
        unconfirmed,
        source,
        name_span,
        span: item.span.clone(),
    }))
}

/// The version that a test is about: what it says itself, else what its folder says, else what its date picks.
fn version(
    item: &Node,
    date: Option<Date>,
    path: &Path,
    versions: &mut Versions<'_>,
    faults: &mut Faults<'_>,
) -> Result<Option<(Picked, Arc<PolicyVersion>)>, Vec<Diagnostic>> {
    let stated = item.get("policy").filter(|stated| stated.text() != Some(BY_DATE));
    if let Some(stated) = stated {
        let text = stated.text().unwrap_or_default();
        let id = PolicyId::parse(text).filter(|id| versions.ids.contains(id));
        return match id {
            Some(id) => versions.named(&id).map(Some),
            None => {
                let fault = versions.tree.unknown_policy(text);
                let help = format!("or `{BY_DATE}`: the decision date picks the version");
                faults.add(&stated.span, fault.help(help));
                Ok(None)
            }
        };
    }
    let folder = match item.get("policy") {
        Some(_) => Folder::Silent,
        None => of_folder(path, &versions.ids),
    };
    match folder {
        Folder::Version(id) => return versions.named(&id).map(Some),
        Folder::Unknown(name) => {
            let fault = versions.tree.unknown_policy(&name);
            let fault = fault.help("the folder of the file says so; or say `policy: country/version`");
            faults.add(&faults.start_of(item), fault);
            return Ok(None);
        }
        Folder::Silent => {}
    }
    let Some(date) = date else {
        // A date that cannot be read is the fault.
        let stated = item.get("decision_date").filter(|date| !date.is_nothing());
        match stated {
            Some(stated) => faults.date(stated),
            None => faults.no_version(item),
        }
        return Ok(None);
    };
    match versions.by_date(date)? {
        Ok(found) => Ok(Some(found)),
        Err(fault) => {
            let span = item
                .get("decision_date")
                .map_or(item.span.clone(), |date| date.span.clone());
            faults.add(&span, fault.help("say `policy: country/version`"));
            Ok(None)
        }
    }
}

/// What the folders of a test file say of its version.
enum Folder {
    Version(PolicyId),
    /// A version that the rules do not have.
    Unknown(String),
    Silent,
}

fn of_folder(path: &Path, ids: &[PolicyId]) -> Folder {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folders: Vec<&str> = path
        .ancestors()
        .skip(1)
        .filter_map(|folder| folder.file_name()?.to_str())
        .collect();
    // The innermost folder comes first.
    for pair in folders.windows(2) {
        let name = format!("{}/{}", pair[1], pair[0]);
        if let Some(id) = PolicyId::parse(&name).filter(|id| ids.contains(id)) {
            return Folder::Version(id);
        }
    }
    match folders[..] {
        [version, country, ..] if ids.iter().any(|id| id.country == country) => {
            Folder::Unknown(format!("{country}/{version}"))
        }
        _ => Folder::Silent,
    }
}

fn claims(item: &Node, policy: &PolicyVersion, faults: &mut Faults<'_>) -> Vec<Claim> {
    let mut claims = Vec::new();
    let Some(expect) = item.get("expect") else {
        return claims;
    };
    if !faults.keys_of_expect(expect) {
        return claims;
    }
    for entry in expect.entries() {
        let value = &entry.value;
        match entry.key.text().unwrap_or_default() {
            "conclusions" => {
                for one in faults.mapping(value, "conclusions") {
                    let Some(index) = faults.conclusion(policy, &one.key) else {
                        continue;
                    };
                    if let Some(expected) = expected(index, &one.value, policy, faults) {
                        claims.push(Claim {
                            what: Claimed::Conclusion(index, expected),
                            span: one.value.span.clone(),
                        });
                    }
                }
            }
            "citations" => {
                for one in faults.mapping(value, "citations") {
                    let Some(asked) = faults.cited(policy, &one.key) else {
                        continue;
                    };
                    let cites = faults.items(&one.value, |faults, item| faults.locator(policy, item));
                    claims.push(Claim {
                        what: Claimed::Citations(asked, cites),
                        span: one.value.span.clone(),
                    });
                }
            }
            "needs" => {
                let needs = faults.items(value, |faults, item| faults.fact(item));
                claims.push(Claim {
                    what: Claimed::Needs(needs),
                    span: value.span.clone(),
                });
            }
            key => {
                let states = [FlagState::Raised, FlagState::Open, FlagState::Not];
                let Some(state) = states.into_iter().find(|state| state.key() == key) else {
                    continue;
                };
                let flags = faults.items(value, |faults, item| {
                    faults.flag(policy, item).map(|flag| (flag, item.span.clone()))
                });
                claims.extend(flags.into_iter().map(|(flag, span)| Claim {
                    what: Claimed::Flag(flag, state),
                    span,
                }));
            }
        }
    }
    faults.contradictions(policy, &claims);
    claims
}

fn expected(
    conclusion: usize,
    value: &Node,
    policy: &PolicyVersion,
    faults: &mut Faults<'_>,
) -> Option<Expected> {
    if value.text().is_some() && !value.is_nothing() {
        return faults.value(policy, conclusion, value).map(Expected::Value);
    }
    if !faults.keys_of_open(value) {
        return None;
    }
    let possible = value
        .get("possible")
        .map(|list| faults.items(list, |faults, item| faults.value(policy, conclusion, item)));
    let needs = value
        .get("needs")
        .map(|list| faults.items(list, |faults, item| faults.fact(item)));
    Some(Expected::Open { possible, needs })
}

/// Names that two tests of one version share.
pub(super) fn repeated_names(tests: &[PolicyTest]) -> Vec<Diagnostic> {
    let mut seen = HashMap::<(&PolicyId, &str), &PolicyTest>::new();
    let mut faults = Vec::new();
    for test in tests {
        match seen.get(&(&test.picked.id, test.name.as_str())) {
            Some(first) => faults.push(
                Diagnostic::error("duplicate-name", format!("two tests are called `{}`", test.name))
                    .at(&test.source, test.name_span.clone(), "again here")
                    .at(&first.source, first.name_span.clone(), "first here")
                    .help("say what each shows"),
            ),
            None => {
                seen.insert((&test.picked.id, &test.name), test);
            }
        }
    }
    faults
}

/// A node as YAML in one line, without comments.
pub(super) fn in_one_line(node: &Node) -> String {
    match &node.kind {
        NodeKind::Scalar { text, plain: true } => text.clone(),
        NodeKind::Scalar { text, plain: false } => serde_json::Value::from(text.as_str()).to_string(),
        NodeKind::List(items) => {
            let items: Vec<String> = items.iter().map(in_one_line).collect();
            format!("[{}]", items.join(", "))
        }
        NodeKind::Mapping(entries) => {
            let entry =
                |entry: &yaml::Entry| format!("{}: {}", in_one_line(&entry.key), in_one_line(&entry.value));
            let entries: Vec<String> = entries.iter().map(entry).collect();
            format!("{{{}}}", entries.join(", "))
        }
        NodeKind::Alias => "*".to_owned(),
    }
}

/// A conclusion or a flag by its name.
pub(super) fn asked_of(policy: &PolicyVersion, name: &str) -> Option<Asked> {
    let conclusion = policy.conclusions.iter().position(|one| one.name == name);
    let flag = || policy.flags.iter().position(|flag| flag.id == name);
    conclusion
        .map(Asked::Conclusion)
        .or_else(|| flag().map(Asked::Flag))
}
