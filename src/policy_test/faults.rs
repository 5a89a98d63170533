//! What is wrong with a test file, each fault at its place.

use super::claims::{Claim, Claimed};
use super::read::{EXPECT_KEYS, KEYS, asked_of};
use crate::case_file::described;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::facts::FactId;
use crate::policy::PolicyVersion;
use crate::script::Asked;
use crate::source::{Source, Span};
use crate::yaml::{Entry, Node, NodeKind};
use std::collections::HashMap;
use std::sync::Arc;

pub(super) struct Faults<'a> {
    pub source: &'a Arc<Source>,
    pub found: Vec<Diagnostic>,
}

impl<'a> Faults<'a> {
    pub fn of(source: &'a Arc<Source>) -> Self {
        Self {
            source,
            found: Vec::new(),
        }
    }

    pub fn add(&mut self, span: &Span, fault: Diagnostic) {
        self.found.push(fault.at(self.source, span.clone(), "here"));
    }

    /// The first word of a node: all of a test underlined says nothing.
    pub fn start_of(&self, node: &Node) -> Span {
        self.source.word_at(self.source.line_column(node.span.start))
    }

    pub fn not_a_list(&mut self, node: &Node) {
        let fault = Diagnostic::error(
            "wrong-type",
            format!("a file of policy tests is a list, not {}", described(node)),
        );
        let span = self.start_of(node);
        self.add(&span, fault.help("begin each test with `- name: a sentence`"));
    }

    /// Whether a node is a test: keys with values, and none of it somewhere else.
    pub fn keys_of_test(&mut self, item: &Node) -> bool {
        if !matches!(item.kind, NodeKind::Mapping(_)) {
            let fault = Diagnostic::error(
                "wrong-type",
                format!("a policy test is keys with values, not {}", described(item)),
            );
            self.add(
                &item.span,
                fault.help("begin each test with `- name: a sentence`"),
            );
            return false;
        }
        if let Some(alias) = item.all().iter().find(|node| node.kind == NodeKind::Alias) {
            let fault = Diagnostic::error("alias-in-test", "a policy test has no aliases");
            let help = "write it out: a reader must see what the test rests on";
            self.add(&alias.span, fault.help(help));
            return false;
        }
        for Entry { key, .. } in item.entries() {
            let name = key.text().unwrap_or_default();
            if KEYS.contains(&name) || name == "<<" {
                continue;
            }
            let message = format!("{} is not a key of a policy test", described(key));
            let fault = Diagnostic::error("unknown-key", message);
            let fault = if FactId::named(name).is_some_and(FactId::is_of_case_file) {
                fault.help(format!("`{name}` is a fact: indent it under `facts:`"))
            } else if EXPECT_KEYS.contains(&name) {
                fault.help(format!("`{name}` is an expectation: indent it under `expect:`"))
            } else {
                fault
                    .maybe_help(did_you_mean(name, KEYS))
                    .help(format!("the keys are {}", KEYS.join(", ")))
            };
            self.add(&key.span, fault);
        }
        for (key, help) in [
            ("name", "say in a sentence what it shows: `name: …`"),
            (
                "facts",
                "state the case: `facts: {region: Gao}`, or `facts: {}` for nothing known",
            ),
            ("expect", "state what must come out: `expect: {conclusions: {…}}`"),
        ] {
            if item.get(key).is_none() {
                let fault = Diagnostic::error("missing-key", format!("the test has no `{key}`"));
                let span = self.start_of(item);
                self.add(&span, fault.help(help));
            }
        }
        true
    }

    pub fn name(&mut self, item: &Node) -> Option<(String, Span)> {
        let node = item.get("name")?;
        let text = node.text().filter(|_| !node.is_nothing()).map(str::trim);
        match text {
            Some(text) if text.split_whitespace().count() > 1 => Some((text.to_owned(), node.span.clone())),
            _ => {
                let message = format!("the name of a test is a sentence, not {}", described(node));
                let fault = Diagnostic::error("not-a-sentence", message);
                self.add(
                    &node.span,
                    fault.help("say what it shows, as in `Kayes is not named by the policy`"),
                );
                None
            }
        }
    }

    pub fn unconfirmed(&mut self, item: &Node) -> bool {
        match item.get("unconfirmed").map(|node| (node, &node.kind)) {
            None => false,
            Some((_, NodeKind::Scalar { text, plain: true })) if text == "true" => true,
            Some((node, _)) => {
                let message = format!("`unconfirmed` is `true` or not there, not {}", described(node));
                let fault = Diagnostic::error("wrong-type", message);
                self.add(
                    &node.span,
                    fault.help("take the line out once what the test expects is right"),
                );
                false
            }
        }
    }

    pub fn no_version(&mut self, item: &Node) {
        let fault = Diagnostic::error(
            "missing-policy",
            "nothing says which policy version the test is about",
        )
        .help("put the file into a folder such as `mali/2025`, or add `policy: mali/2025`")
        .help("or add `decision_date`, which then picks the version as it does for a case");
        let span = self.start_of(item);
        self.add(&span, fault);
    }

    pub fn date(&mut self, node: &Node) {
        let fault = Diagnostic::error("not-a-date", format!("{} is not a date", described(node)));
        self.add(
            &node.span,
            fault.help("write year, month and day, as in `2025-09-15`"),
        );
    }

    pub fn keys_of_expect(&mut self, expect: &Node) -> bool {
        if expect.entries().is_empty() {
            let fault = Diagnostic::error("expects-nothing", "the test expects nothing");
            self.add(
                &expect.span,
                fault.help(format!("state one of {}", EXPECT_KEYS.join(", "))),
            );
            return false;
        }
        self.known_keys(expect, &EXPECT_KEYS, "an expectation");
        true
    }

    fn known_keys(&mut self, node: &Node, keys: &[&str], of: &str) {
        for Entry { key, .. } in node.entries() {
            let name = key.text().unwrap_or_default();
            if !keys.contains(&name) && name != "<<" {
                let message = format!("{} is not a key of {of}", described(key));
                let fault = Diagnostic::error("unknown-key", message)
                    .maybe_help(did_you_mean(name, keys.iter().copied()))
                    .help(format!("the keys are {}", keys.join(", ")));
                self.add(&key.span, fault);
            }
        }
    }

    /// Whether a node states what is known of an open conclusion.
    pub fn keys_of_open(&mut self, node: &Node) -> bool {
        if node.entries().is_empty() {
            let message = format!("a conclusion is a value, not {}", described(node));
            let fault = Diagnostic::error("wrong-type", message);
            let help = "write the value, or for an open conclusion `{possible: [a, b], needs: [fact]}`";
            self.add(&node.span, fault.help(help));
            return false;
        }
        self.known_keys(node, &["possible", "needs"], "an open conclusion");
        true
    }

    pub fn mapping<'n>(&mut self, node: &'n Node, key: &str) -> &'n [Entry] {
        if node.entries().is_empty() {
            let message = format!("`{key}` are names with values, not {}", described(node));
            let fault = Diagnostic::error("wrong-type", message);
            self.add(&node.span, fault.help(format!("as in `{key}: {{grade: …}}`")));
        }
        node.entries()
    }

    /// Each item of a list as `read` gives it.
    pub fn items<T>(&mut self, node: &Node, mut read: impl FnMut(&mut Self, &Node) -> Option<T>) -> Vec<T> {
        if !matches!(node.kind, NodeKind::List(_)) {
            let fault = Diagnostic::error(
                "wrong-type",
                format!("a list belongs here, not {}", described(node)),
            );
            self.add(&node.span, fault.help("put it in brackets, as in `[a, b]`"));
        }
        node.items().iter().filter_map(|item| read(self, item)).collect()
    }

    /// One of some names, by its place.
    fn named<'n>(
        &mut self,
        node: &Node,
        known: impl Iterator<Item = &'n str> + Clone,
        unknown: impl FnOnce(&str) -> (&'static str, String),
    ) -> Option<usize> {
        let text = node.text().unwrap_or_default();
        let found = known.clone().position(|name| name == text);
        if found.is_none() {
            let (code, message) = unknown(&described(node));
            let fault = Diagnostic::error(code, message).maybe_help(did_you_mean(text, known.clone()));
            let all: Vec<&str> = known.collect();
            // A long list hides the nearest name.
            let all = (all.len() <= 24).then(|| format!("allowed: {}", all.join(", ")));
            self.add(&node.span, fault.maybe_help(all));
        }
        found
    }

    pub fn conclusion(&mut self, policy: &PolicyVersion, key: &Node) -> Option<usize> {
        let known = policy.conclusions.iter().map(|one| one.name.as_str());
        self.named(key, known, |what| {
            let message = format!("`{}` has no conclusion {what}", policy.id);
            ("unknown-conclusion", message)
        })
    }

    pub fn value(&mut self, policy: &PolicyVersion, conclusion: usize, node: &Node) -> Option<usize> {
        let of = &policy.conclusions[conclusion];
        let known = of.values.iter().map(|value| value.value.as_str());
        self.named(node, known, |what| {
            ("unknown-value", format!("`{}` cannot be {what}", of.name))
        })
    }

    pub fn flag(&mut self, policy: &PolicyVersion, node: &Node) -> Option<usize> {
        let known = policy.flags.iter().map(|flag| flag.id.as_str());
        self.named(node, known, |what| {
            ("unknown-flag", format!("`{}` has no flag {what}", policy.id))
        })
    }

    pub fn cited(&mut self, policy: &PolicyVersion, key: &Node) -> Option<Asked> {
        let known = asked_of(policy, key.text().unwrap_or_default());
        if known.is_none() {
            let conclusions = policy.conclusions.iter().map(|one| one.name.as_str());
            let names = conclusions.chain(policy.flags.iter().map(|flag| flag.id.as_str()));
            self.named(key, names, |what| {
                let message = format!("`{}` has no conclusion or flag {what}", policy.id);
                ("unknown-conclusion", message)
            });
        }
        known
    }

    pub fn locator(&mut self, policy: &PolicyVersion, node: &Node) -> Option<usize> {
        let known = policy
            .register
            .entries()
            .iter()
            .map(|entry| entry.locator.as_str());
        self.named(node, known, |what| {
            let message = format!("the source register has no locator {what}");
            ("unknown-locator", message)
        })
    }

    pub fn fact(&mut self, node: &Node) -> Option<FactId> {
        let known = FactId::ALL.iter().map(|fact| fact.name());
        let found = self.named(node, known, |what| {
            ("unknown-fact", format!("no fact is called {what}"))
        });
        found.map(|index| FactId::ALL[index])
    }

    /// A flag that is expected in two ways.
    pub fn contradictions(&mut self, policy: &PolicyVersion, claims: &[Claim]) {
        let mut seen = HashMap::<usize, &Span>::new();
        for claim in claims {
            let Claimed::Flag(flag, _) = claim.what else {
                continue;
            };
            if let Some(first) = seen.insert(flag, &claim.span) {
                let message = format!("the flag `{}` is expected twice", policy.flags[flag].id);
                let fault = Diagnostic::error("duplicate-flag", message);
                let fault = fault.at(self.source, claim.span.clone(), "again here");
                self.found
                    .push(fault.at(self.source, first.clone(), "first here"));
            }
        }
    }
}
