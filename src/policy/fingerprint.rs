//! The two fingerprints of a policy version: one of what it decides, one of every text that it is made of.
//!
//! The fingerprint of the rules covers what can change a conclusion, a citation, a need or a flag: the words of the
//! scripts, the questions with their values and scripts, the flags, the impossible combinations, the dates that pick the
//! version, and which place each name means. It does not cover what only people read: comments, the layout of a file,
//! titles, labels, summaries, open points. Whatever is in doubt is covered, such as the order of functions.

use super::declaration::{ConclusionDeclaration, FlagDeclaration, InForce, ValueDeclaration};
use super::version::PolicyVersion;
use crate::facts::{Candidates, Impossible, ImpossibleCondition};
use crate::gazetteer::{Gazetteer, Place};
use crate::script::{PieceKind, Program};
use crate::source::Source;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

/// Says what is hashed, so that another way of hashing would never give the same.
const RULES: &str = "gradatie rules 1";

/// The fingerprint of what a version decides.
pub(super) fn of_rules(version: &PolicyVersion) -> String {
    // Every field stands here, so that a new one is decided upon.
    let PolicyVersion {
        id,
        in_force,
        conclusions,
        flags,
        impossible,
        gazetteer,
        program,
        title: _,
        open_points: _,
        // A script cites only what the register has, and its words hold the locators: the rest is for readers.
        register: _,
        fingerprint: _,
        text_fingerprint: _,
    } = version;
    let mut parts = Parts::default();
    parts.text(RULES);
    parts.text(id);
    parts.in_force(in_force);
    parts.list(conclusions, Parts::conclusion);
    parts.list(flags, Parts::flag);
    parts.list(impossible.iter(), Parts::impossible);
    parts.gazetteer(gazetteer);
    parts.program(program);
    parts.finish()
}

/// The fingerprint of the texts of files, by name.
pub(super) fn of_texts(files: &BTreeMap<String, Arc<Source>>) -> String {
    let mut parts = Parts::default();
    for (name, source) in files {
        parts.text(name);
        parts.text(source.text());
    }
    parts.finish()
}

/// The fingerprint of texts of which one is replaced.
pub(super) fn of_texts_with(texts: &str, name: &str, text: &str) -> String {
    let mut parts = Parts::default();
    parts.text(texts);
    parts.text(name);
    parts.text(text);
    parts.finish()
}

/// SHA-256 over parts, each after its length, so that no two lists of parts are the same bytes.
#[derive(Default)]
struct Parts(Sha256);

impl Parts {
    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        self.0.update(bytes);
    }

    fn text(&mut self, text: impl Display) {
        self.bytes(text.to_string().as_bytes());
    }

    fn number(&mut self, number: impl TryInto<u64>) {
        // Nothing that is counted here comes near the bound.
        self.0.update(number.try_into().unwrap_or(u64::MAX).to_le_bytes());
    }

    fn list<T>(&mut self, items: impl IntoIterator<Item = T>, one: impl Fn(&mut Self, T)) {
        let items: Vec<T> = items.into_iter().collect();
        self.number(items.len());
        for item in items {
            one(self, item);
        }
    }

    fn maybe(&mut self, text: Option<impl Display>) {
        self.list(text, |parts, text| parts.text(text));
    }

    fn in_force(&mut self, in_force: &InForce) {
        let InForce {
            from,
            not_before,
            until,
        } = in_force;
        self.maybe(from.as_ref());
        self.text(not_before);
        self.maybe(until.as_ref());
    }

    fn conclusion(&mut self, conclusion: &ConclusionDeclaration) {
        let ConclusionDeclaration {
            name,
            script,
            values,
            question: _,
        } = conclusion;
        self.text(name);
        self.maybe(script.as_ref());
        self.list(values, |parts, value| {
            let ValueDeclaration {
                value,
                label: _,
                meaning: _,
            } = value;
            parts.text(value);
        });
    }

    fn flag(&mut self, flag: &FlagDeclaration) {
        let FlagDeclaration { id, text: _ } = flag;
        self.text(id);
    }

    fn impossible(&mut self, impossible: &Impossible) {
        let Impossible { when, because: _ } = impossible;
        self.list(when, |parts, condition| {
            let ImpossibleCondition {
                fact,
                values,
                others,
                // They follow from the values.
                questions: _,
            } = condition;
            parts.text(fact.name());
            parts.candidates(values);
            parts.list(others, Self::candidates);
        });
    }

    fn candidates(&mut self, candidates: &Candidates) {
        match candidates {
            Candidates::Words(words) => {
                self.text("words");
                self.number(*words);
            }
            Candidates::Range { least, most } => {
                self.text("range");
                self.text(least);
                self.text(most);
            }
            Candidates::Set { known, members } => {
                self.text("set");
                self.number(*known);
                self.number(*members);
            }
            Candidates::Places(places) => {
                self.text("places");
                self.list(places.iter(), |parts, place| {
                    parts.maybe(place.map(|place| place.number()));
                });
            }
        }
    }

    fn gazetteer(&mut self, gazetteer: &Gazetteer) {
        for map in [gazetteer.map(), gazetteer.later_map()] {
            self.number(map.year);
            self.list(&map.regions, |parts, region| parts.text(region));
        }
        self.list(gazetteer.cercles(), |parts, cercle| parts.text(cercle));
        self.list(gazetteer.places(), |parts, index| {
            let Place {
                name,
                region,
                cercle,
                later_region,
                also_meant_by,
            } = gazetteer.place(index);
            parts.text(name);
            parts.number(*region);
            parts.maybe(*cercle);
            parts.number(*later_region);
            parts.maybe(*also_meant_by);
        });
        self.list(gazetteer.names(), |parts, name| {
            parts.text(name);
            parts.maybe(gazetteer.find(name).map(|place| place.number()));
        });
    }

    /// The words of the scripts, without comments and blanks.
    fn program(&mut self, program: &Program) {
        let names: Vec<&str> = program.scripts().map(|(name, _)| name).collect();
        self.number(names.len());
        for (script, name) in names.into_iter().enumerate() {
            self.text(name);
            self.list(program.pieces(script), |parts, piece| {
                let (kind, text) = match piece.kind {
                    PieceKind::Text(text) => ("text", text),
                    PieceKind::Number(number) => ("number", number.to_string()),
                    PieceKind::Name(name) => ("name", name),
                    PieceKind::Sign(sign) => ("sign", sign.to_owned()),
                };
                parts.text(kind);
                parts.text(text);
            });
        }
    }

    fn finish(self) -> String {
        let hash = self.0.finalize();
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{hex}")
    }
}
