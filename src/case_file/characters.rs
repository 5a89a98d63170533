//! Which bytes are the text of a case.

use crate::diagnostic::Diagnostic;
use crate::source::Source;
use std::sync::Arc;

/// The source that bytes make.
///
/// # Errors
/// They are not UTF-8, or have a character that is not text.
pub fn source_of(name: &str, text: Vec<u8>, first_line: usize) -> Result<Arc<Source>, Diagnostic> {
    let text = match String::from_utf8(text) {
        Ok(text) => text,
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let byte = error.as_bytes()[valid];
            let shown = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let source = Source::of_case(name, shown, first_line);
            return Err(
                Diagnostic::error("not-utf-8", format!("the byte 0x{byte:02x} is not UTF-8"))
                    .at(&source, valid..valid + '\u{fffd}'.len_utf8(), "here")
                    .help("save the file as UTF-8"),
            );
        }
    };
    let mut characters = text.char_indices();
    let forbidden = (!is_plain(&text)).then(|| characters.find(|(_, c)| is_forbidden(*c)));
    let forbidden = forbidden.flatten();
    let source = Source::of_case(name, text, first_line);
    match forbidden {
        None => Ok(source),
        Some((at, character)) => {
            let code = u32::from(character);
            let message = format!("the character U+{code:04X} is not text");
            Err(Diagnostic::error("forbidden-character", message)
                .at(&source, at..at + character.len_utf8(), "here")
                .help("remove it; YAML allows no control characters"))
        }
    }
}

/// Whether a text is of letters, digits and signs of ASCII alone, which most are: none of them is forbidden.
fn is_plain(text: &str) -> bool {
    let is_plain = |byte: &u8| (b' '..=b'~').contains(byte) | matches!(byte, b'\t' | b'\n' | b'\r');
    // Not stopping at the first other byte lets the machine look at many at once.
    text.as_bytes()
        .chunks(256)
        .all(|bytes| bytes.iter().fold(true, |plain, byte| plain & is_plain(byte)))
}

fn is_forbidden(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' | '\u{85}' => false,
        '\u{fffe}' | '\u{ffff}' => true,
        character => character.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forbidden_character_is_found_wherever_it_stands_and_no_other_is_refused() {
        let code = |text: &str| source_of("a", text.as_bytes().to_vec(), 1).map_err(|fault| fault.code);
        for before in [0, 1, 255, 256, 700] {
            let before = "é".repeat(before);
            for forbidden in ['\0', '\u{1b}', '\u{7f}', '\u{9f}', '\u{ffff}'] {
                let text = format!("{before}{forbidden}");
                assert_eq!(code(&text).unwrap_err(), "forbidden-character");
            }
            assert!(code(&format!("{before}\t\r\n\u{85}ÿ→")).is_ok());
        }
        let fault = source_of("a", b"x\ny \xff".to_vec(), 5).unwrap_err();
        let place = fault.place().unwrap().1;
        assert_eq!((fault.code, place.line, place.column), ("not-utf-8", 6, 3));
    }
}
