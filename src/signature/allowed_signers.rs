//! Who may sign: a file of allowed signers as OpenSSH has it, or a public key.

mod line;

use super::{Digest, Subject, signature_of};
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};
use jiff::Timestamp;
use line::{Misread, signer};
use ssh_key::{HashAlg, PublicKey, SshSig};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

/// A file of signers has a line for each.
const MOST_BYTES: u64 = 1 << 20;

/// Who may sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedSigners {
    file: String,
    signers: Vec<Signer>,
}

/// One who may sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The name in the file of signers; of a public key alone its comment, else the hash of the key.
    pub name: String,
    key: PublicKey,
    /// What may be signed; everything where nothing is said.
    namespaces: Option<Vec<String>>,
    valid_after: Option<Timestamp>,
    valid_before: Option<Timestamp>,
}

impl AllowedSigners {
    /// Reads a file of signers: lines of `NAME [OPTIONS] ssh-ed25519 KEY`, or a public key as `KEY.pub` holds it.
    ///
    /// # Errors
    /// It cannot be read, has no signer, or a line says something that is not understood: none is skipped.
    pub fn read(path: &Path) -> Result<Self, Vec<Diagnostic>> {
        let file = path.display().to_string();
        let unreadable = |why: &dyn std::fmt::Display| {
            let fault = Diagnostic::error("allowed-signers", format!("`{file}` cannot be read: {why}"));
            vec![fault.help("give a file of allowed signers, or a public key such as `key.pub`")]
        };
        let metadata = path.metadata().map_err(|error| unreadable(&error))?;
        if !metadata.is_file() || metadata.len() > MOST_BYTES {
            return Err(unreadable(&"it is no file of signers"));
        }
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(&error))?;
        if text.contains("PRIVATE KEY-----") {
            return Err(unreadable(
                &"it is a private key, and nothing of it was read; give the public one",
            ));
        }
        Self::parse(&Source::new(file, text))
    }

    /// Reads the lines of a file of signers.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn parse(source: &Arc<Source>) -> Result<Self, Vec<Diagnostic>> {
        let mut signers = Vec::new();
        let mut faults = Vec::new();
        let mut start = 0;
        for line in source.text().split_inclusive('\n') {
            let text = line.trim();
            let begin = start + (line.len() - line.trim_start().len());
            start += line.len();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            match signer(text) {
                Ok(signer) => signers.push(signer),
                Err(Misread { word, message, help }) => {
                    let at = text.find(&word).unwrap_or_default();
                    let span: Span = begin + at..begin + at + word.len();
                    let fault = Diagnostic::error("allowed-signers", message);
                    faults.push(fault.at(source, span, "here").help(help));
                }
            }
        }
        if signers.is_empty() && faults.is_empty() {
            let message = format!("`{}` names no signer", source.name());
            faults.push(
                Diagnostic::error("allowed-signers", message)
                    .help("a line is `NAME ssh-ed25519 KEY`, as `gradatie sign keygen` prints it"),
            );
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            file: source.name().to_owned(),
            signers,
        })
    }

    /// How a key is called: by its comment, else by its hash.
    pub(super) fn name_of(key: &PublicKey) -> String {
        let comment = key.comment().as_str_lossy();
        match comment.split_whitespace().next() {
            Some(name) => name.to_owned(),
            None => key.fingerprint(HashAlg::Sha256).to_string(),
        }
    }

    /// Checks that one of the signers signed a file of results: its signature stands beside it.
    ///
    /// # Errors
    /// There is no signature, or as [`Self::check`].
    pub fn check_results(&self, file: &Path, digest: &Digest, now: Timestamp) -> Result<&Signer, Diagnostic> {
        let name = file.display().to_string();
        let beside = signature_of(file);
        let fault = |why: String| Diagnostic::error("unsigned-results", why);
        let signature = std::fs::read_to_string(&beside).map_err(|error| match error.kind() {
            ErrorKind::NotFound => fault(format!(
                "`{name}` is not signed: there is no `{}`",
                beside.display()
            ))
            .help("sign it where it was made, with `gradatie sign results`, and bring the signature along"),
            _ => fault(format!("`{}` cannot be read: {error}", beside.display())),
        })?;
        self.check(Subject::Results, &name, digest, &signature, now)
    }

    /// Checks that one of the signers signed a text. `file` is what the text is called, `signature` what its signature
    /// says, `now` the moment at which a key must be valid.
    ///
    /// # Errors
    /// It is no signature, of something else, of another key, of a key that is not valid now, or of another text.
    pub fn check(
        &self,
        subject: Subject,
        file: &str,
        digest: &Digest,
        signature: &str,
        now: Timestamp,
    ) -> Result<&Signer, Diagnostic> {
        let parsed = SshSig::from_pem(signature.trim()).map_err(|_| {
            Diagnostic::error(
                "no-signature",
                format!("the signature of `{file}` is not one in the format of OpenSSH"),
            )
            .help("it begins with `-----BEGIN SSH SIGNATURE-----`; sign again with `gradatie sign`")
        })?;
        let wanted = subject.namespace();
        if parsed.namespace() != wanted {
            let message = format!(
                "the signature of `{file}` is one for `{}`, and one for `{wanted}` is needed",
                parsed.namespace().escape_default()
            );
            return Err(
                Diagnostic::error("signature-of-something-else", message).help(format!(
                    "sign with `gradatie sign`, or with `ssh-keygen -Y sign -n {wanted}`"
                )),
            );
        }
        let mut own = self
            .signers
            .iter()
            .filter(|signer| signer.key.key_data() == parsed.public_key());
        let Some(first) = own.clone().next() else {
            let key = parsed.public_key().fingerprint(HashAlg::Sha256);
            let message = format!(
                "`{file}` is signed by a key that `{}` does not name: {key}",
                self.file
            );
            return Err(Diagnostic::error("unknown-signer", message)
                .help("take it from someone whose key is named, or add the key when you know whose it is"));
        };
        let hash = match parsed.hash_alg() {
            HashAlg::Sha256 => digest.sha256(),
            _ => digest.sha512(),
        };
        if first.key.verify_prehash(wanted, &hash, &parsed).is_err() {
            let message = format!("`{file}` is not what `{}` signed", first.name);
            return Err(Diagnostic::error("signature-does-not-fit", message).help(
                "the file or its signature was changed afterwards: take both again from where they come from",
            ));
        }
        let refused = first.refusal(wanted, now);
        match own.find(|signer| signer.refusal(wanted, now).is_none()) {
            Some(signer) => Ok(signer),
            None => {
                let message = format!(
                    "`{}` signed `{file}`, and {}",
                    first.name,
                    refused.unwrap_or_default()
                );
                Err(Diagnostic::error("signer-not-allowed", message).help(format!(
                    "`{}` says so; sign again with a key that is allowed",
                    self.file
                )))
            }
        }
    }
}

impl Signer {
    /// Why this one may not sign now; `None` where it may.
    fn refusal(&self, namespace: &str, now: Timestamp) -> Option<String> {
        let is_other = |allowed: &Vec<String>| !allowed.iter().any(|name| name == namespace);
        if self.namespaces.as_ref().is_some_and(is_other) {
            return Some(format!("may not sign for `{namespace}`"));
        }
        match (self.valid_after, self.valid_before) {
            (Some(after), _) if now < after => Some(format!("the key is valid only from {after}")),
            (_, Some(before)) if now >= before => Some(format!("the key has expired, at {before}")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";

    fn parsed(text: &str) -> Result<AllowedSigners, Vec<Diagnostic>> {
        AllowedSigners::parse(&Source::new("signers", text))
    }

    #[test]
    fn lines_of_signers_and_public_keys_are_read() {
        let text = format!(
            "# who may sign\n\n{KEY} policy@example.org\n{KEY}\n\
             \"team one\" namespaces=\"gradatie-rules,git\",valid-before=\"20270102Z\" {KEY} comment\n"
        );
        let signers = parsed(&text).unwrap().signers;
        assert_eq!(signers[0].name, "policy@example.org");
        assert!(signers[1].name.starts_with("SHA256:"));
        assert_eq!(signers[2].name, "team one");
        assert_eq!(
            signers[2].namespaces.as_ref().unwrap(),
            &["gradatie-rules", "git"]
        );
        let expires: Timestamp = "2027-01-02T00:00:00Z".parse().unwrap();
        assert_eq!(signers[2].valid_before, Some(expires));
    }

    #[test]
    fn a_line_that_is_not_understood_is_a_fault_at_its_place() {
        for (line, message) in [
            ("ssh-rsa AAAA", "keys of `ssh-rsa` are not taken"),
            ("a sk-ssh-ed25519@openssh.com AAAA", "are not taken"),
            ("just a name", "the line is not"),
            ("name", "the line is not"),
            ("a ssh-ed25519 AAAA", "the key cannot be read"),
            (&format!("a cert-authority {KEY}"), "the option `cert-authority`"),
            (&format!("a namespaces=\"*\" {KEY}"), "patterns"),
            (&format!("a valid-before=\"20270102\" {KEY}"), "is not a moment"),
            (&format!("a valid-before=\"20271302Z\" {KEY}"), "is not a moment"),
            (&format!("a valid-after=\"é0271302Z\" {KEY}"), "is not a moment"),
        ] {
            let faults = parsed(&format!("{KEY} first\n{line}\n")).unwrap_err();
            assert_eq!(faults.len(), 1, "{line}");
            assert!(
                faults[0].message.contains(message),
                "{line}: {}",
                faults[0].message
            );
            assert_eq!(faults[0].place().unwrap().1.line, 2);
        }
        assert!(
            parsed("# none\n").unwrap_err()[0]
                .message
                .contains("names no signer")
        );
    }
}
