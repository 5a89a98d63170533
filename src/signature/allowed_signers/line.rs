//! One line of a file of allowed signers.

use super::{AllowedSigners, Signer};
use jiff::Timestamp;
use jiff::civil::DateTime;
use ssh_key::PublicKey;

/// The only kind of key that is taken.
const KEY_TYPE: &str = "ssh-ed25519";

/// What of a line is not understood.
pub(super) struct Misread {
    /// Where it stands in the line: this text.
    pub word: String,
    /// What is wrong with it.
    pub message: String,
    /// The way out.
    pub help: String,
}

fn misread(word: &str, message: impl Into<String>, help: &str) -> Misread {
    Misread {
        word: word.to_owned(),
        message: message.into(),
        help: help.to_owned(),
    }
}

/// The first word of a text, which may have blanks between quotes, and the rest.
fn word(text: &str) -> (&str, &str) {
    let mut is_quoted = false;
    let end = text.find(|c: char| {
        is_quoted ^= c == '"';
        c.is_whitespace() && !is_quoted
    });
    let (word, rest) = text.split_at(end.unwrap_or(text.len()));
    (word, rest.trim_start())
}

fn is_key_type(word: &str) -> bool {
    ["ssh-", "sk-", "ecdsa-"]
        .iter()
        .any(|kind| word.starts_with(kind))
}

/// Reads a line that is neither empty nor a comment.
///
/// # Errors
/// Something in it is not understood.
pub(super) fn signer(line: &str) -> Result<Signer, Misread> {
    let (first, rest) = word(line);
    let (name, options, key) = if is_key_type(first) {
        (None, "", line)
    } else {
        let (second, after) = word(rest);
        if is_key_type(second) {
            (Some(first), "", rest)
        } else {
            (Some(first), second, after)
        }
    };
    let (kind, _) = word(key);
    if kind != KEY_TYPE {
        let shown = if kind.is_empty() { line } else { kind };
        let message = match is_key_type(kind) {
            true => format!("keys of `{kind}` are not taken"),
            false => "the line is not `NAME [OPTIONS] ssh-ed25519 KEY`".to_owned(),
        };
        return Err(misread(
            shown,
            message,
            "only keys of `ssh-ed25519`: `gradatie sign keygen`",
        ));
    }
    let parsed = PublicKey::from_openssh(key).map_err(|error| {
        misread(
            key,
            format!("the key cannot be read: {error}"),
            "copy the line of `KEY.pub` whole",
        )
    })?;
    let mut signer = Signer {
        name: name.map_or_else(|| AllowedSigners::name_of(&parsed), |name| name.replace('"', "")),
        key: parsed,
        namespaces: None,
        valid_after: None,
        valid_before: None,
    };
    for option in comma_separated(options) {
        read_option(&mut signer, option)?;
    }
    Ok(signer)
}

/// The parts between commas that stand outside quotes.
fn comma_separated(text: &str) -> Vec<&str> {
    let mut is_quoted = false;
    let parts = text.split(|c: char| {
        is_quoted ^= c == '"';
        c == ',' && !is_quoted
    });
    parts.filter(|part| !part.is_empty()).collect()
}

fn read_option(signer: &mut Signer, option: &str) -> Result<(), Misread> {
    let (name, value) = option.split_once('=').unwrap_or((option, ""));
    let value = value.trim_matches('"');
    match name.to_ascii_lowercase().as_str() {
        "namespaces" => {
            if value.contains(['*', '?', '!']) {
                let help = "write each namespace out: `gradatie-rules,gradatie-results`";
                return Err(misread(option, "patterns of namespaces are not taken", help));
            }
            signer.namespaces = Some(value.split(',').map(|name| name.trim().to_owned()).collect());
        }
        "valid-after" => signer.valid_after = Some(moment(option, value)?),
        "valid-before" => signer.valid_before = Some(moment(option, value)?),
        _ => {
            let message = format!("the option `{name}` is not taken");
            let help = "the options are `namespaces`, `valid-after` and `valid-before`";
            return Err(misread(option, message, help));
        }
    }
    Ok(())
}

/// Reads `YYYYMMDDZ`, `YYYYMMDDHHMMZ` or `YYYYMMDDHHMMSSZ`.
fn moment(option: &str, text: &str) -> Result<Timestamp, Misread> {
    let digits = text.strip_suffix(['Z', 'z']).unwrap_or_default();
    let number = |range: std::ops::Range<usize>| -> Option<i8> { digits.get(range)?.parse().ok() };
    let is_whole = matches!(digits.len(), 8 | 12 | 14) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let time = |range: std::ops::Range<usize>| {
        if range.end <= digits.len() {
            number(range)
        } else {
            Some(0)
        }
    };
    let moment = is_whole.then(|| {
        let year = digits[..4].parse().ok()?;
        let (month, day) = (number(4..6)?, number(6..8)?);
        let (hour, minute, second) = (time(8..10)?, time(10..12)?, time(12..14)?);
        let moment = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
        jiff::tz::TimeZone::UTC.to_timestamp(moment).ok()
    });
    moment.flatten().ok_or_else(|| {
        let help = "write `20271231Z`, `202712312359Z` or `20271231235959Z`: with `Z`, in universal time";
        misread(option, format!("`{text}` is not a moment"), help)
    })
}
