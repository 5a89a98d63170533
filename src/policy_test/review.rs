//! Accepting what comes out as the new expectation: only the text of that expectation changes.

use super::claims::{Claimed, Difference, FlagState};
use super::edits::Edits;
use super::read;
use super::run::differences;
use super::versions::Versions;
use super::witness::in_one_line;
use super::{PolicyTest, Suite};
use crate::diagnostic::Diagnostic;
use crate::policy::PolicyVersion;
use crate::source::Source;
use crate::yaml::{self, Node};
use std::path::Path;
use std::sync::Arc;

/// An expectation that a person accepts as it comes out.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The test.
    pub test: Arc<PolicyTest>,
    /// What differs.
    pub difference: Difference,
}

impl Suite {
    /// The text of a test file with the accepted expectations in it, everything else as it was; all are of the file that
    /// `source` holds.
    ///
    /// # Errors
    /// The new text would not say what was accepted, or would be no policy test.
    pub fn reviewed(&self, source: &Arc<Source>, accepted: &[Accepted]) -> Result<String, Diagnostic> {
        let outline = yaml::outline(source)?;
        let items = outline.as_ref().map_or(&[][..], Node::items);
        let mut edits = Edits::of(source.text());
        for item in items {
            let own: Vec<&Accepted> = accepted
                .iter()
                .filter(|accepted| accepted.test.span.start == item.span.start)
                .collect();
            if let (Some(first), Some(expect)) = (own.first(), item.get("expect")) {
                let policy = self.version_of(&first.test);
                edit(expect, &own, policy, &mut edits);
            }
        }
        let text = edits.applied().ok_or_else(|| {
            Diagnostic::error("not-rewritten", "the accepted expectations touch each other")
                .at(source, 0..0, "in this file")
                .help("accept them one at a time, or change them by hand")
        })?;
        self.holds(source, &text, accepted)?;
        Ok(text)
    }

    /// Checks that a new text says what was accepted, and nothing else new.
    fn holds(&self, source: &Arc<Source>, text: &str, accepted: &[Accepted]) -> Result<(), Diagnostic> {
        let refused = |why: &str| {
            let message = format!("the expectation cannot be rewritten: {why}");
            Diagnostic::error("not-rewritten", message)
                .at(source, 0..0, "in this file")
                .help("change the expectation by hand")
        };
        let changed = Source::new(source.name(), text);
        let (mut tests, mut faults) = (Vec::new(), Vec::new());
        let path = Path::new(source.name());
        let mut versions = Versions::of(&self.tree);
        read::texts(&changed, path, &mut versions, &mut tests, &mut faults)
            .map_err(|mut faults| faults.remove(0))?;
        if let Some(fault) = faults.first() {
            return Err(refused(&fault.message));
        }
        for accepted in accepted {
            let same = |test: &&PolicyTest| {
                test.name == accepted.test.name && test.picked.id == accepted.test.picked.id
            };
            let test = tests
                .iter()
                .find(same)
                .ok_or_else(|| refused("the test is gone"))?;
            let Some(policy) = self.version_of(test) else {
                return Err(refused("its version is gone"));
            };
            let about = &accepted.difference.about;
            let left = differences(test, policy, |_| true)?;
            if left.iter().any(|difference| difference.about == *about) {
                return Err(refused(&format!("`{about}` would still not be as expected")));
            }
        }
        Ok(())
    }
}

/// The edits of one test.
fn edit(expect: &Node, accepted: &[&Accepted], policy: Option<&Arc<PolicyVersion>>, edits: &mut Edits<'_>) {
    let mut flags: Vec<(String, FlagState, FlagState)> = Vec::new();
    let mut citations_gone = Vec::new();
    for Accepted { test, difference } in accepted {
        let claim = &test.claims[difference.claim];
        match &claim.what {
            Claimed::Flag(flag, from) => {
                let states = [FlagState::Raised, FlagState::Open, FlagState::Not];
                let to = states.into_iter().find(|state| difference.actual == state.key());
                if let (Some(to), Some(policy)) = (to, policy) {
                    flags.push((policy.flags[*flag].id.clone(), *from, to));
                }
            }
            _ if difference.actual.is_null() => citations_gone.push(claim.span.start),
            _ => {
                let node = expect.all().into_iter().find(|node| node.span == claim.span);
                if let Some(node) = node {
                    edits.replace(node, in_one_line(&difference.actual));
                }
            }
        }
    }
    drop_citations(expect, &citations_gone, edits);
    move_flags(expect, &flags, edits);
}

/// Takes out what is said of the citations of a conclusion that is no longer determined.
fn drop_citations(expect: &Node, gone: &[usize], edits: &mut Edits<'_>) {
    let Some(citations) = expect.get("citations") else {
        return;
    };
    let is_gone = |value: &Node| gone.contains(&value.span.start);
    if !gone.is_empty() && citations.entries().iter().all(|entry| is_gone(&entry.value)) {
        edits.drop_entry(expect, "citations");
        return;
    }
    for entry in citations.entries().iter().filter(|entry| is_gone(&entry.value)) {
        edits.drop_entry(citations, entry.key.text().unwrap_or_default());
    }
}

/// Moves flags between `flags`, `flags_open` and `flags_not`.
fn move_flags(expect: &Node, moved: &[(String, FlagState, FlagState)], edits: &mut Edits<'_>) {
    for from in [FlagState::Raised, FlagState::Open, FlagState::Not] {
        let own: Vec<(&str, FlagState)> = moved
            .iter()
            .filter(|(_, of, _)| *of == from)
            .map(|(flag, _, to)| (flag.as_str(), *to))
            .collect();
        let Some(list) = expect.get(from.key()).filter(|_| !own.is_empty()) else {
            continue;
        };
        let is_moved = |item: &Node| own.iter().any(|(flag, _)| item.text() == Some(*flag));
        let is_emptied = list.items().iter().all(is_moved);
        let mut targets: Vec<FlagState> = own.iter().map(|(_, to)| *to).collect();
        targets.dedup();
        // A list all of which is now the same under another key keeps its place: the key changes.
        if let (true, [to]) = (is_emptied, &targets[..])
            && expect.get(to.key()).is_none()
            && !moved.iter().any(|(_, of, other)| *of != from && other == to)
        {
            edits.rename_key(expect, from.key(), to.key());
            continue;
        }
        if is_emptied {
            edits.drop_entry(expect, from.key());
        } else {
            edits.drop_items(list, &is_moved);
        }
        for (flag, to) in own {
            edits.add_to_list(expect, to.key(), flag, from.key());
        }
    }
}
