//! Rules folders that are signed: a list of the files with their hashes, and the signature of the list.
//!
//! The list is what `sha256sum` writes and checks, and the signature what `ssh-keygen` does. Of rules that must be signed,
//! each file is compared with the list when it is read, so that nothing else is ever used.

use super::rules_tree::RulesTree;
use crate::diagnostic::Diagnostic;
use crate::signature::{AllowedSigners, Digest, Subject};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The name of the list, in the rules folder.
pub const LIST: &str = "rules.sha256";
/// The name of its signature.
pub const LIST_SIGNATURE: &str = "rules.sha256.sig";

/// What must be signed, by whom, and what was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Signed {
    signers: Arc<AllowedSigners>,
    now: Timestamp,
    /// Who signed it.
    signer: String,
    /// The hash of each file, in hexadecimal.
    files: BTreeMap<String, String>,
}

/// Files that are named in one message.
const NAMED: usize = 12;

impl RulesTree {
    /// The list of the files with their hashes, a line for each.
    ///
    /// # Errors
    /// A file cannot be read, or its name cannot stand in such a list.
    pub fn list_of_hashes(&self) -> Result<String, Vec<Diagnostic>> {
        let mut list = String::new();
        let mut faults = Vec::new();
        for name in self.files() {
            if name.contains(['\\', '\n', '\r']) {
                let message = format!("`{}` cannot be signed", name.escape_debug());
                faults.push(
                    Diagnostic::error("unsignable-file", message)
                        .help("give it a name without line ends and backslashes"),
                );
                continue;
            }
            match self.read(&name) {
                Ok(source) => list.push_str(&format!("{}  {name}\n", hash(source.text()))),
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(list) } else { Err(faults) }
    }

    /// The same rules, of which from now on only what one of the signers signed can be read.
    ///
    /// # Errors
    /// They are not signed, not by one of these, or are not what was signed.
    pub fn requiring(self, signers: &Arc<AllowedSigners>, now: Timestamp) -> Result<Self, Diagnostic> {
        let unsigned = || {
            Diagnostic::error("unsigned-rules", format!("the rules ({self}) are not signed")).help(
                "name signed rules with `--rules`, or have them signed: `gradatie sign rules --key KEY`",
            )
        };
        let read = |name: &str| match self.read(name) {
            Ok(source) => Ok(source),
            Err(fault) if fault.code == "missing-rules-file" => Err(unsigned()),
            Err(fault) => Err(fault),
        };
        let (list, signature) = (read(LIST)?, read(LIST_SIGNATURE)?);
        let digest = Digest::of(list.text().as_bytes())
            .map_err(|error| Diagnostic::error("unsigned-rules", error.to_string()))?;
        let signer = signers.check(Subject::Rules, list.name(), &digest, signature.text(), now)?;
        let files = listed(list.text()).ok_or_else(|| {
            Diagnostic::error(
                "unsigned-rules",
                format!("`{}` is no list of hashes", list.name()),
            )
            .help("sign the rules again: `gradatie sign rules --key KEY`")
        })?;
        let differences = self.differences(&files);
        if !differences.is_empty() {
            let message = format!(
                "the rules ({self}) are not those that `{}` signed: {}",
                signer.name,
                shown(&differences)
            );
            return Err(Diagnostic::error("other-than-signed", message)
                .help("take the rules as they were signed, or have them read and signed again"));
        }
        let signed = Signed {
            signers: signers.clone(),
            now,
            signer: signer.name.clone(),
            files,
        };
        Ok(self.with_signed(signed))
    }

    /// The same rules, signed if others must be.
    ///
    /// # Errors
    /// As [`Self::requiring`].
    pub fn requiring_as(self, other: &Self) -> Result<Self, Diagnostic> {
        match other.signed() {
            None => Ok(self),
            Some(signed) => self.requiring(&signed.signers, signed.now),
        }
    }

    /// Who signed the rules, where they had to be signed.
    pub fn signer(&self) -> Option<&str> {
        self.signed().map(|signed| signed.signer.as_str())
    }

    /// What differs from a list, in words.
    fn differences(&self, listed: &BTreeMap<String, String>) -> Vec<String> {
        let mut found = Vec::new();
        let mut added: Vec<(String, Option<String>)> = self
            .files()
            .into_iter()
            .filter(|name| !listed.contains_key(name))
            .map(|name| {
                let hash = self.read(&name).ok().map(|source| hash(source.text()));
                (name, hash)
            })
            .collect();
        for (name, signed) in listed {
            match self.read(name) {
                Ok(source) if hash(source.text()) == *signed => {}
                Ok(_) => found.push(format!("`{name}` was changed")),
                Err(fault) if fault.code == "missing-rules-file" => {
                    match added.iter().position(|(_, hash)| hash.as_ref() == Some(signed)) {
                        Some(at) => found.push(format!("`{name}` is now called `{}`", added.remove(at).0)),
                        None => found.push(format!("`{name}` is gone")),
                    }
                }
                Err(fault) => found.push(fault.message),
            }
        }
        found.extend(added.into_iter().map(|(name, _)| format!("`{name}` was added")));
        found
    }
}

impl Signed {
    /// Refuses a text that is not the one that was signed under its name.
    pub fn check(&self, name: &str, text: &str) -> Result<(), Diagnostic> {
        let message = match self.files.get(name) {
            Some(signed) if hash(text) == *signed => return Ok(()),
            Some(_) => format!("`{name}` is not as `{}` signed it", self.signer),
            None => format!("`{name}` is no part of the rules that `{}` signed", self.signer),
        };
        Err(Diagnostic::error("other-than-signed", message)
            .help("take the rules as they were signed, or do without what was not"))
    }
}

fn shown(differences: &[String]) -> String {
    let mut shown = differences[..differences.len().min(NAMED)].join("; ");
    if differences.len() > NAMED {
        shown.push_str(&format!("; and {} more", differences.len() - NAMED));
    }
    shown
}

fn hash(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a list; `None` where a line is none, or a name stands twice.
fn listed(text: &str) -> Option<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for line in text.lines() {
        let (hash, name) = line.split_once("  ")?;
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !is_hash || files.insert(name.to_owned(), hash.to_owned()).is_some() {
            return None;
        }
    }
    (!files.is_empty()).then_some(files)
}
