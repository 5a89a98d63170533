//! `gradatie sign`: keys, and signatures of results and of rules folders.

use super::arguments::Common;
use super::{Ended, output, rules, without_signature};
use crate::case_file;
use crate::diagnostic::Diagnostic;
use crate::files::write_whole;
use crate::policy::{LIST, LIST_SIGNATURE};
use crate::signature::{Digest, SigningKey, Subject, signature_of};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct SignCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a key: a private one to keep, and a public one to give away.
    Keygen(Keygen),
    /// Sign files of results: the signature stands beside each, in `FILE.sig`.
    Results(Results),
    /// Sign a rules folder: a list of its files in `rules.sha256`, and the signature in `rules.sha256.sig`.
    Rules(Rules),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie sign keygen policy.key --name policy@example.org\n  \
    gradatie sign keygen policy.key --name policy@example.org >> signers")]
struct Keygen {
    /// The file for the private key, which only its owner can read; the public one gets `.pub` besides.
    #[arg(value_name = "KEY")]
    key: PathBuf,
    /// Whose key it is, as lists of signers call it.
    #[arg(long, value_name = "NAME")]
    name: String,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie sign results results.jsonl --key policy.key\n  \
    gradatie verify results.jsonl --require-results-signature signers")]
struct Results {
    /// What `batch` or `evaluate --format json` wrote.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The private key.
    #[arg(long, value_name = "KEY")]
    key: PathBuf,
    /// Replace a signature that is there.
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    gradatie sign rules --rules rules --key policy.key\n  \
    gradatie sign rules --rules rules    only writes the list, for `ssh-keygen -Y sign` to sign\n  \
    gradatie evaluate case.yaml --rules rules --require-signature signers")]
struct Rules {
    /// The private key; without it only the list is written.
    #[arg(long, value_name = "KEY")]
    key: Option<PathBuf>,
}

pub(super) fn run(common: &Common, command: &SignCommand) -> Ended {
    let done =
        without_signature(common, "this command makes signatures").and_then(|()| match &command.action {
            Action::Keygen(keygen) => make_key(keygen).map_err(|fault| vec![fault]),
            Action::Results(results) => sign_results(results),
            Action::Rules(rules) => sign_rules(common, rules),
        });
    done.unwrap_or_else(|faults| {
        output::faults(&faults);
        Ended::NotDone
    })
}

fn make_key(command: &Keygen) -> Result<Ended, Diagnostic> {
    let key = SigningKey::generate(&command.name)?;
    let line = key.allowed_signer()?;
    let public = key.write(&command.key)?;
    output::message(&format!(
        "the private key is in `{}`: keep it to yourself\nthe public key is in `{}`; for a file of allowed signers:",
        command.key.display(),
        public.display()
    ));
    Ok(output::finished(&format!("{line}\n"), Ended::Done))
}

fn sign_results(command: &Results) -> Result<Ended, Vec<Diagnostic>> {
    let one = |fault| vec![fault];
    let key = SigningKey::read(&command.key).map_err(one)?;
    let mut written = String::new();
    for path in &command.files {
        let shown = path.display().to_string();
        let unread = |why: &dyn std::fmt::Display| one(Diagnostic::error("unreadable", why.to_string()));
        let reader = case_file::open(path).map_err(|error| unread(&error))?;
        let digest =
            Digest::of(reader).map_err(|error| unread(&format!("`{shown}` cannot be read: {error}")))?;
        let signature = signature_of(path);
        if signature.exists() && !command.force {
            let message = format!("`{}` exists", signature.display());
            return Err(one(
                Diagnostic::error("file-exists", message).help("replace it with `--force`")
            ));
        }
        write(&signature, &key.sign(Subject::Results, &digest).map_err(one)?).map_err(one)?;
        written.push_str(&format!("{}\n", signature.display()));
    }
    Ok(output::finished(&written, Ended::Done))
}

fn sign_rules(common: &Common, command: &Rules) -> Result<Ended, Vec<Diagnostic>> {
    let one = |fault| vec![fault];
    let tree = rules(common)?;
    let folder = tree.writable().map_err(one)?;
    let key = command
        .key
        .as_deref()
        .map(SigningKey::read)
        .transpose()
        .map_err(one)?;
    let list = tree.list_of_hashes()?;
    let (of_list, of_signature) = (folder.join(LIST), folder.join(LIST_SIGNATURE));
    write(&of_list, &list).map_err(one)?;
    let Some(key) = key else {
        output::message(&format!(
            "not signed yet: `ssh-keygen -Y sign -n {} -f KEY {}`",
            Subject::Rules.namespace(),
            of_list.display()
        ));
        return Ok(output::finished(&format!("{}\n", of_list.display()), Ended::Done));
    };
    let digest = Digest::of(list.as_bytes());
    let digest = digest.map_err(|error| one(Diagnostic::error("unreadable", error.to_string())))?;
    let signature = key.sign(Subject::Rules, &digest).map_err(one)?;
    write(&of_signature, &signature).map_err(one)?;
    let written = format!("{}\n{}\n", of_list.display(), of_signature.display());
    output::message(&format!("{} files are signed", list.lines().count()));
    Ok(output::finished(&written, Ended::Done))
}

fn write(path: &Path, text: &str) -> Result<(), Diagnostic> {
    write_whole(path, text.as_bytes()).map_err(|error| {
        Diagnostic::error(
            "unwritable",
            format!("`{}` cannot be written: {error}", path.display()),
        )
    })
}
