//! What went into a batch and what came out of it: names, sizes, hashes, rules, program, counts.

use super::{Against, Repeated, RuleSet, Tally};
use crate::case_load::{FileRead, Plan};
use crate::policy::{Origin, RulesTree};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The files that were read, gathered by the input that the user named.
#[derive(Debug)]
pub struct InputsRead {
    inputs: Vec<InputRead>,
    /// The first file that changed while it was read.
    pub changed: Option<String>,
}

#[derive(Debug)]
struct InputRead {
    name: String,
    files: u64,
    bytes: u64,
    only: Option<[u8; 32]>,
    /// Over a line for each file, as `sha256sum` writes it.
    list: Sha256,
}

impl InputsRead {
    /// The inputs of a plan, nothing read yet.
    pub fn of(plan: &Plan) -> Self {
        let inputs = plan.inputs.iter().map(|input| InputRead {
            name: input.display().to_string(),
            files: 0,
            bytes: 0,
            only: None,
            list: Sha256::new(),
        });
        Self {
            inputs: inputs.collect(),
            changed: None,
        }
    }

    /// The bytes of the files that were read.
    pub fn bytes(&self) -> u64 {
        self.inputs.iter().map(|input| input.bytes).sum()
    }

    /// Each input with its size and hash.
    pub fn list(&self) -> serde_json::Value {
        serde_json::to_value(self.of_manifest().collect::<Vec<_>>()).unwrap_or_default()
    }

    fn of_manifest(&self) -> impl Iterator<Item = InputOfManifest> {
        self.inputs.iter().map(|input| InputOfManifest {
            name: input.name.clone(),
            files: input.files,
            bytes: input.bytes,
            sha256: hex(&input.only.unwrap_or_else(|| input.list.clone().finalize().into())),
        })
    }

    /// Adds a file.
    pub fn add(&mut self, read: FileRead) {
        let input = &mut self.inputs[read.input];
        input.files += 1;
        input.bytes += read.bytes;
        input.only = (input.files == 1).then_some(read.sha256);
        let line = format!("{}  {}\n", hex(&read.sha256), read.name);
        input.list.update(line.as_bytes());
        if read.has_changed {
            self.changed.get_or_insert(read.name);
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What stands beside the results, in `OUT.manifest.json`.
#[derive(Debug, Serialize)]
pub struct Manifest<'m> {
    program: &'static str,
    version: &'static str,
    rules: Vec<RulesUsed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<String>,
    inputs: Vec<InputOfManifest>,
    output: OutputOfManifest<'m>,
    cases: u64,
    errors: &'m BTreeMap<String, u64>,
    by_policy: &'m BTreeMap<String, u64>,
    without_decision_date: u64,
    references: ReferencesOfManifest<'m>,
    files_ignored: u64,
}

#[derive(Debug, Serialize)]
struct RulesUsed {
    policy: String,
    fingerprint: String,
    text_fingerprint: String,
    from: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_by: Option<String>,
}

#[derive(Debug, Serialize)]
struct InputOfManifest {
    name: String,
    files: u64,
    bytes: u64,
    /// Of one file its hash; of several that of the list that `sha256sum` writes of them, in the order of reading.
    sha256: String,
}

#[derive(Debug, Serialize)]
struct OutputOfManifest<'m> {
    name: &'m str,
    bytes: u64,
}

#[derive(Debug, Serialize)]
struct ReferencesOfManifest<'m> {
    looked_at: u64,
    repeated: u64,
    first_repeated: &'m [String],
}

impl<'m> Manifest<'m> {
    /// The manifest of a batch that has ended.
    pub fn of(
        plan: &Plan,
        read: &InputsRead,
        rules: &RuleSet,
        against: Option<&Against>,
        output: (&'m str, u64),
        tally: &'m Tally,
        repeated: &'m Repeated,
    ) -> Self {
        Self {
            program: "gradatie",
            version: env!("CARGO_PKG_VERSION"),
            rules: used(rules),
            against: against.map(|against| match against {
                Against::Version(rules) => {
                    let used: Vec<String> = used(rules)
                        .into_iter()
                        .map(|rules| format!("{} {}", rules.policy, rules.fingerprint))
                        .collect();
                    used.join(", ")
                }
                Against::Results(results) => results.path().display().to_string(),
            }),
            inputs: read.of_manifest().collect(),
            output: OutputOfManifest {
                name: output.0,
                bytes: output.1,
            },
            cases: tally.cases,
            errors: &tally.errors,
            by_policy: &tally.policies,
            without_decision_date: tally.undated,
            references: ReferencesOfManifest {
                looked_at: repeated.looked_at,
                repeated: repeated.cases,
                first_repeated: &repeated.first,
            },
            files_ignored: plan.ignored,
        }
    }
}

fn used(rules: &RuleSet) -> Vec<RulesUsed> {
    let from = origin(rules.tree());
    let versions = rules.versions().map(|compiled| RulesUsed {
        policy: compiled.policy().id.to_string(),
        fingerprint: compiled.policy().fingerprint.clone(),
        text_fingerprint: compiled.policy().text_fingerprint.clone(),
        from: from.clone(),
        signed_by: rules.tree().signer().map(str::to_owned),
    });
    versions.collect()
}

fn origin(tree: &RulesTree) -> String {
    match tree.origin() {
        Origin::Folder(folder) => folder.display().to_string(),
        Origin::Embedded => "inside the program".to_owned(),
        Origin::Revision { name, .. } => format!("revision {name}"),
    }
}
