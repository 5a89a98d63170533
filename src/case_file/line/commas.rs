//! Where the members of an object end, found for a whole line at once: reading one then need not wait for how long the one
//! before it is.

use wide::u8x64;

/// The commas of a line behind which a quote stands: a member mostly ends at one.
#[derive(Debug)]
pub(in super::super) struct Commas {
    /// From where on they were looked for.
    from: usize,
    /// A bit for each byte from there on.
    bits: [u64; BLOCKS + 2],
}

/// So many bytes are looked at together.
const LOOKED_AT: usize = u64::BITS as usize;
/// In so many blocks of them; of a longer line the rest has none that are known.
const BLOCKS: usize = 32;

impl Default for Commas {
    fn default() -> Self {
        Self {
            from: 0,
            bits: [0; BLOCKS + 2],
        }
    }
}

impl Commas {
    /// Looks for them in a text, from one place to another or a little beyond; the quote stands `gap` bytes behind each.
    #[inline]
    pub fn find(&mut self, text: &[u8], from: usize, to: usize, gap: usize) {
        let blocks = |from: usize| text.get(from..).unwrap_or_default().as_chunks::<LOOKED_AT>().0;
        let count = to.saturating_sub(from).div_ceil(LOOKED_AT).min(BLOCKS);
        let blocks = blocks(from).iter().zip(blocks(from + gap)).take(count);
        let mut found = 0;
        for ((commas, quotes), bits) in blocks.zip(&mut self.bits) {
            let is_comma = u8x64::new(*commas).simd_eq(u8x64::splat(b','));
            let is_quote = u8x64::new(*quotes).simd_eq(u8x64::splat(b'"'));
            *bits = (is_comma & is_quote).to_bitmask();
            found += 1;
        }
        self.bits[found] = 0;
        self.bits[found + 1] = 0;
        self.from = from;
    }

    /// How far from a place the next one is, 0 where it stands there; 64 where none is near. Nothing branches on what is found.
    #[inline]
    pub fn behind(&self, place: usize) -> usize {
        let at = place.wrapping_sub(self.from);
        let [bits, next] = match self.bits.get(at / LOOKED_AT..) {
            Some([bits, next, ..]) => [*bits, *next],
            _ => [0; 2],
        };
        let shift = at % LOOKED_AT;
        let near = bits >> shift | next << 1 << (LOOKED_AT - 1 - shift);
        near.trailing_zeros() as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How far the next comma is from every place of a text, as it is found and as it is.
    fn found(text: &str, from: usize, gap: usize) -> (Vec<usize>, Vec<usize>) {
        let behind = "x".repeat(2 * LOOKED_AT);
        let whole = format!("{text}{behind}");
        let mut commas = Commas::default();
        commas.find(whole.as_bytes(), from, text.len(), gap);
        let bytes = text.as_bytes();
        let is_one = |at: usize| bytes[at] == b',' && bytes.get(at + gap) == Some(&b'"');
        let expected = |place: usize| {
            let mut near = place..bytes.len().min(place + LOOKED_AT);
            near.find(|at| is_one(*at)).map(|at| at - place)
        };
        let places = from..bytes.len().min(from + BLOCKS * LOOKED_AT);
        let both = places.map(|place| (commas.behind(place), expected(place).unwrap_or(LOOKED_AT)));
        both.unzip()
    }

    #[test]
    fn each_comma_with_a_quote_behind_it_is_found_in_order() {
        let member = r#""civilian":"yes","#;
        for (text, gap) in [
            (member.repeat(40) + "\"", 1),
            (member.repeat(40).replace(',', ", ") + "\"", 2),
            (",\"".repeat(200), 1),
            (format!("{},,\",x,\"", "y".repeat(150)), 1),
            (String::new(), 1),
            ("no comma".repeat(30), 2),
        ] {
            for from in (0..text.len().min(130)).step_by(13) {
                let (found, expected) = found(&text, from, gap);
                assert_eq!(found, expected, "{text} from {from}");
            }
        }
        let (other_gap, _) = found(&member.repeat(40), 0, 2);
        assert!(other_gap.iter().all(|near| *near == LOOKED_AT));
    }

    #[test]
    fn of_a_text_that_is_too_long_or_short_no_comma_is_near() {
        let long = ",\"".repeat(BLOCKS * LOOKED_AT);
        let mut commas = Commas::default();
        commas.find(long.as_bytes(), 6, long.len(), 1);
        assert_eq!(commas.behind(7), 1);
        assert_eq!(commas.behind(6 + BLOCKS * LOOKED_AT), LOOKED_AT);
        assert_eq!(commas.behind(5), LOOKED_AT, "before all");
        assert_eq!(commas.behind(usize::MAX), LOOKED_AT);
        for (text, from) in [("", 0), (",\"", 0), ("x", 9)] {
            commas.find(text.as_bytes(), from, text.len(), 1);
            assert_eq!(commas.behind(from), LOOKED_AT);
        }
    }
}
