//! Keys that sign: made, kept in files, read.

use super::{AllowedSigners, Digest, Subject};
use crate::diagnostic::Diagnostic;
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::{HashAlg, LineEnding, PrivateKey};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A file with a key has a few hundred bytes.
const MOST_BYTES: u64 = 1 << 16;

/// A private key, with the name of its owner.
pub struct SigningKey(PrivateKey);

impl std::fmt::Debug for SigningKey {
    /// Never the key itself.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SigningKey({})", self.0.fingerprint(HashAlg::Sha256))
    }
}

impl SigningKey {
    /// A new key; the name stands in its files and in lists of signers.
    ///
    /// # Errors
    /// The name has other characters than letters, digits and `@ . _ + -`, or the system gives no randomness.
    pub fn generate(name: &str) -> Result<Self, Diagnostic> {
        let is_of_name = |c: char| c.is_ascii_alphanumeric() || "@._+-".contains(c);
        if name.is_empty() || !name.chars().all(is_of_name) {
            let message = format!("`{name}` cannot be the name of a signer");
            return Err(Diagnostic::error("signer-name", message)
                .help("letters, digits and `@ . _ + -`, as in `policy@example.org`"));
        }
        let failed = |why: &dyn std::fmt::Display| {
            Diagnostic::error("no-key", format!("the key cannot be made: {why}"))
        };
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| failed(&error))?;
        let pair = KeypairData::Ed25519(Ed25519Keypair::from_seed(&seed));
        let key = PrivateKey::new(pair, name).map_err(|error| failed(&error))?;
        Ok(Self(key))
    }

    /// Writes the private key, which only the owner of the file can read, and beside it the public one (`.pub`).
    /// Nothing is replaced.
    ///
    /// # Errors
    /// One of the files is there, or cannot be written.
    pub fn write(&self, path: &Path) -> Result<PathBuf, Diagnostic> {
        let mut public = path.as_os_str().to_owned();
        public.push(".pub");
        let public = PathBuf::from(public);
        for path in [path, &public] {
            // A link that leads nowhere is a file of that name, too.
            if path.symlink_metadata().is_ok() {
                return Err(exists(path));
            }
        }
        let private = self.0.to_openssh(LineEnding::LF);
        let private = private.map_err(|error| unwritable(path, &error))?;
        write_new(path, private.as_bytes(), true)?;
        let shared = self.0.public_key().to_openssh();
        let shared = shared.map_err(|error| unwritable(&public, &error))?;
        write_new(&public, format!("{shared}\n").as_bytes(), false)?;
        Ok(public)
    }

    /// Reads a private key in the format of OpenSSH.
    ///
    /// # Errors
    /// It is no such key, is none of Ed25519, is protected by a passphrase, or others can read its file.
    pub fn read(path: &Path) -> Result<Self, Diagnostic> {
        let shown = path.display();
        let at_fault = |message: &str| Diagnostic::error("signing-key", format!("`{shown}` {message}"));
        let metadata = path
            .metadata()
            .map_err(|error| at_fault(&format!("cannot be read: {error}")))?;
        if !metadata.is_file() || metadata.len() > MOST_BYTES {
            return Err(not_a_key(at_fault("is no private key in the format of OpenSSH")));
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            if metadata.permissions().mode() & 0o077 != 0 {
                return Err(at_fault("can be read by others than its owner")
                    .help(format!("only its owner may: `chmod 600 {shown}`")));
            }
        }
        // Nothing of the file is ever shown.
        let key = PrivateKey::read_openssh_file(path)
            .map_err(|_| not_a_key(at_fault("is no private key in the format of OpenSSH")))?;
        if key.is_encrypted() {
            return Err(
                at_fault("is protected by a passphrase, which is not asked for here")
                    .help("sign with `ssh-keygen -Y sign`, which asks for it; docs/signatures.md says how"),
            );
        }
        if key.key_data().ed25519().is_none() {
            return Err(not_a_key(at_fault("is no key of Ed25519")));
        }
        Ok(Self(key))
    }

    /// The line that lets this key sign rules and results, for a file of allowed signers.
    ///
    /// # Errors
    /// The key cannot be written as text.
    pub fn allowed_signer(&self) -> Result<String, Diagnostic> {
        let key = self.0.public_key();
        let text = key.to_openssh().map_err(|error| {
            Diagnostic::error("signing-key", format!("the key cannot be written: {error}"))
        })?;
        let key_alone: Vec<&str> = text.split(' ').take(2).collect();
        let namespaces = [Subject::Rules, Subject::Results]
            .map(Subject::namespace)
            .join(",");
        let name = AllowedSigners::name_of(key);
        Ok(format!(
            "{name} namespaces=\"{namespaces}\" {}",
            key_alone.join(" ")
        ))
    }

    /// The signature of a text, as a file holds it.
    ///
    /// # Errors
    /// The key cannot sign.
    pub fn sign(&self, subject: Subject, digest: &Digest) -> Result<String, Diagnostic> {
        let signed = self
            .0
            .sign_prehash(subject.namespace(), HashAlg::Sha512, &digest.sha512())
            .and_then(|signature| signature.to_pem(LineEnding::LF));
        signed.map_err(|error| Diagnostic::error("signing-key", format!("the key cannot sign: {error}")))
    }
}

fn not_a_key(fault: Diagnostic) -> Diagnostic {
    fault.help("make one with `gradatie sign keygen`, or with `ssh-keygen -t ed25519`")
}

fn exists(path: &Path) -> Diagnostic {
    let message = format!("`{}` exists, and a key is never replaced", path.display());
    Diagnostic::error("file-exists", message).help("name another file")
}

fn unwritable(path: &Path, why: &dyn std::fmt::Display) -> Diagnostic {
    let message = format!("`{}` cannot be written: {why}", path.display());
    Diagnostic::error("unwritable", message)
}

/// Writes a file that is not there yet; a secret one so that only its owner can read it.
fn write_new(path: &Path, bytes: &[u8], is_secret: bool) -> Result<(), Diagnostic> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if is_secret {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = is_secret;
    let mut file = options.open(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => exists(path),
        _ => unwritable(path, &error),
    })?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(|error| unwritable(path, &error))
}
