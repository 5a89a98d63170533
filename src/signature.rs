//! Signatures of results and of rules folders: Ed25519, in the format of OpenSSH, so that `ssh-keygen` checks what gradatie
//! signs and gradatie checks what `ssh-keygen` signs. The only files that name the `ssh_key` crate.

mod allowed_signers;
mod digest;
mod signing_key;

pub use allowed_signers::{AllowedSigners, Signer};
pub use digest::{Digest, Digesting};
pub use signing_key::SigningKey;

use std::path::{Path, PathBuf};

/// What is signed. A signature of the one is none of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The list of the files of a rules folder.
    Rules,
    /// A file of results.
    Results,
}

impl Subject {
    /// The namespace of its signatures, as `ssh-keygen -n` takes it.
    pub fn namespace(self) -> &'static str {
        match self {
            Self::Rules => "gradatie-rules",
            Self::Results => "gradatie-results",
        }
    }
}

/// The name of the signature of a file: `results.jsonl.sig`.
pub fn signature_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".sig");
    PathBuf::from(name)
}
