//! Where words and texts of a line end.

use std::hint::select_unpredictable;
use wide::u8x64;

const EACH: u64 = u64::from_le_bytes([1; 8]);
const HIGH: u64 = EACH << 7;

/// Of eight bytes the high bit of the first one that is zero. Bits above that one mean nothing; zero where none is.
#[inline]
fn zeros(eight: u64) -> u64 {
    eight.wrapping_sub(EACH) & !eight & HIGH
}

/// The same of the first quote.
#[inline]
fn quotes(eight: u64) -> u64 {
    zeros(eight ^ (EACH * b'"' as u64))
}

/// How many bytes stand before the first quote; 16 or more where there is none.
#[inline]
pub(super) fn before_quote(sixteen: u128) -> usize {
    let (first, second) = (quotes(sixteen as u64), quotes((sixteen >> 64) as u64));
    let bits = select_unpredictable(first != 0, first.trailing_zeros(), 64 + second.trailing_zeros());
    bits as usize / 8
}

/// The beginning of a text, up to what ends it or is an escape.
pub(super) struct Plain {
    pub length: usize,
    pub is_ascii: bool,
}

/// How many bytes stand before the first quote, backslash or control character, of which a line has one at its end.
#[inline]
pub(super) fn plain(text: &[u8]) -> Plain {
    let Some(near) = text.first_chunk() else {
        return far(text);
    };
    let near = u8x64::new(*near);
    let is_control = near.min(u8x64::splat(0x1f)).simd_eq(near);
    let ends = near.simd_eq(u8x64::splat(b'"')) | near.simd_eq(u8x64::splat(b'\\')) | is_control;
    let length = ends.to_bitmask().trailing_zeros();
    if length == u64::BITS {
        return far(text);
    }
    Plain {
        length: length as usize,
        is_ascii: near.to_bitmask() << (u64::BITS - 1 - length) << 1 == 0,
    }
}

/// The same for a text that ends in no near place.
#[cold]
fn far(text: &[u8]) -> Plain {
    let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | ..0x20);
    let length = text.iter().position(ends).unwrap_or(text.len());
    Plain {
        length,
        is_ascii: text[..length].is_ascii(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_plain_text_is_found_at_every_place() {
        for end in ["\"", "\\", "\u{1f}", "\n", "\0"] {
            for before in (0..80).step_by(3) {
                for after in (0..80).step_by(7) {
                    for plain_text in ["~ \u{7f}", "é~"] {
                        let text = format!("{}{end}{}", plain_text.repeat(before), "é\"x".repeat(after));
                        let Plain { length, is_ascii } = plain(text.as_bytes());
                        assert_eq!(length, text.find(end).unwrap(), "{text:?}");
                        assert_eq!(is_ascii, text[..length].is_ascii(), "{text:?}");
                    }
                }
            }
        }
        for text in ["", "plain", &"plain".repeat(40)] {
            assert_eq!(plain(text.as_bytes()).length, text.len());
        }
    }
}
