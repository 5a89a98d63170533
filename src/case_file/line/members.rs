//! Members of `facts` that were read before, found by how they are written: a case load says the same of many cases.
//!
//! `"civilian":"yes"` is one text, and is looked up at once. It is noted with what the reader of a line made of it, so that
//! it means the same wherever it stands.

use crate::facts::FactValue;
use wide::{u8x16, u8x64};

/// Members that were read, by their texts. They are those of one gazetteer.
#[derive(Debug)]
pub(in super::super) struct Members {
    /// For each slot the place of a member, from 1; 0 where there is none. Where two want the same slot one stands in a
    /// next one.
    slots: Box<[u16; SLOTS]>,
    members: Vec<Member>,
}

const SLOT_BITS: u32 = 12;
const SLOTS: usize = 1 << SLOT_BITS;
/// So many are kept; then all are forgotten. Few slots are taken, so that a search ends soon.
const MOST_KEPT: usize = SLOTS / 4;
/// So many bytes of a line are looked at together.
const LOOKED_AT: usize = 64;
/// A longer text is not noted.
const LONGEST: usize = 48;

type Text = [u128; LONGEST / 16];

/// For each length the bits of so many bytes, the first of a text.
pub(super) const BEGINS: [Text; LONGEST + 1] = {
    let mut begins = [[0; LONGEST / 16]; LONGEST + 1];
    let mut length = 1;
    while length <= LONGEST {
        let mut byte = 0;
        while byte < length {
            begins[length][byte / 16] |= 0xff << (byte % 16 * 8);
            byte += 1;
        }
        length += 1;
    }
    begins
};

/// It begins where a line of the cache does.
#[derive(Debug)]
#[repr(align(64))]
struct Member {
    text: Text,
    length: u8,
    fact: u8,
    value: FactValue,
}

/// The text of a member as it stands in a line, without its first quote, and how long it is.
#[derive(Debug, Clone, Copy)]
struct Written {
    text: [u8x16; LONGEST / 16],
    length: usize,
}

impl Written {
    /// What stands behind the quote with which a text begins, up to where the member ends if it is one without escapes and
    /// in a usual form; in another one it is not found again. `None` where it is too long.
    #[inline]
    fn at(text: &[u8]) -> Option<Self> {
        let bytes: &[u8; LOOKED_AT] = text.first_chunk()?;
        let block = u8x64::new(*bytes);
        let places = |byte| block.simd_eq(u8x64::splat(byte)).to_bitmask();
        let without_first = |bits: u64| bits & bits.wrapping_sub(1);
        let quotes = places(b'"');
        if quotes & 1 == 0 {
            return None;
        }
        let behind_first = without_first(quotes);
        let value = behind_first.trailing_zeros() as usize + 2;
        let value = value + usize::from(*bytes.get(value)? == b' ');
        let end = match bytes.get(value)? {
            b'"' => without_first(without_first(behind_first)).trailing_zeros() + 1,
            b'[' => places(b']').trailing_zeros() + 1,
            _ => (places(b',') | places(b'}')).trailing_zeros(),
        };
        Self::of(bytes, (end as usize).wrapping_sub(1))
    }

    /// So many bytes behind the first.
    #[inline]
    fn of(bytes: &[u8; LOOKED_AT], length: usize) -> Option<Self> {
        let begin = BEGINS.get(length)?;
        let sixteen = |part: usize| {
            let at = 1 + part * 16;
            let sixteen: [u8; 16] = bytes[at..at + 16].try_into().unwrap_or_default();
            u8x16::new(sixteen) & u8x16::new(begin[part].to_le_bytes())
        };
        Some(Self {
            text: [sixteen(0), sixteen(1), sixteen(2)],
            length,
        })
    }

    #[inline]
    fn slot(&self) -> usize {
        let [first, second, third] = self.text;
        let mixed = u128::from_le_bytes((first ^ second ^ third).to_array());
        let mixed = mixed as u64 ^ ((mixed >> 64) as u64).rotate_left(23) ^ self.length as u64;
        (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - SLOT_BITS)) as usize
    }

    #[inline]
    fn is(&self, member: &Member) -> bool {
        let differs = |part: usize| self.text[part] ^ u8x16::new(member.text[part].to_le_bytes());
        let differs = differs(0) | differs(1) | differs(2);
        differs.simd_eq(u8x16::default()).all() && self.length == usize::from(member.length)
    }
}

impl Default for Members {
    fn default() -> Self {
        Self {
            slots: Box::new([0; SLOTS]),
            members: Vec::new(),
        }
    }
}

impl Members {
    /// The place of the fact and its value where a text begins with a member that was read before, and how long that is.
    #[inline]
    pub fn find(&self, text: &[u8]) -> Option<(usize, FactValue, usize)> {
        let written = Written::at(text)?;
        let (fact, value) = self.of(&written)?;
        Some((fact, value, written.length + 1))
    }

    /// The place of the fact and its value where the first bytes of a text, so many, are a member that was read before.
    #[inline]
    pub fn find_whole(&self, text: &[u8], length: usize) -> Option<(usize, FactValue)> {
        let bytes = text.first_chunk().filter(|bytes| bytes[0] == b'"')?;
        self.of(&Written::of(bytes, length.wrapping_sub(1))?)
    }

    #[inline]
    fn of(&self, written: &Written) -> Option<(usize, FactValue)> {
        let mut slot = written.slot();
        loop {
            let place = usize::from(self.slots[slot]).checked_sub(1)?;
            let member = &self.members[place];
            if written.is(member) {
                return Some((member.fact.into(), member.value));
            }
            slot = (slot + 1) % SLOTS;
        }
    }

    /// Notes a member that was read, so many bytes at the beginning of a text, if it is one that can be found again.
    #[cold]
    pub fn note(&mut self, text: &[u8], length: usize, fact: usize, value: FactValue) {
        let Some(written) = Written::at(text).filter(|written| written.length + 1 == length) else {
            return;
        };
        if self.members.len() >= MOST_KEPT {
            self.members.clear();
            self.slots.fill(0);
        }
        self.members.push(Member {
            text: written.text.map(|part| u128::from_le_bytes(part.to_array())),
            length: written.length as u8,
            fact: fact as u8,
            value,
        });
        let mut slot = written.slot();
        while self.slots[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        self.slots[slot] = self.members.len() as u16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So much stands behind a member that it can be looked up.
    const BEHIND: &str = r#","procedure":"first"},"notes":"nothing is read here, however long it is"}"#;

    fn find(members: &Members, text: &str) -> Option<(usize, FactValue, usize)> {
        members.find(text.as_bytes())
    }

    #[test]
    fn a_member_is_found_as_it_was_written_and_in_no_other_way() {
        let mut members = Members::default();
        let written = [
            (r#""civilian":"yes""#, FactValue::Choice(1)),
            (r#""civilian": "yes""#, FactValue::Choice(1)),
            (r#""region":"Ségou""#, FactValue::Number(3)),
            (r#""moratorium":true"#, FactValue::Choice(4)),
            (r#""age":22"#, FactValue::Number(22)),
            (r#""actors_of_harm":[]"#, FactValue::Set(0)),
            (r#""actors_of_harm":["army","militia"]"#, FactValue::Set(5)),
            (r#""actors_of_harm": ["army", "militia"]"#, FactValue::Set(5)),
            (r#""age": 23"#, FactValue::Number(23)),
        ];
        for (fact, (text, value)) in written.iter().enumerate() {
            let line = format!("{text}{BEHIND}");
            assert_eq!(find(&members, &line), None);
            members.note(line.as_bytes(), text.len(), fact, *value);
        }
        for (fact, (text, value)) in written.into_iter().enumerate() {
            let found = Some((fact, value, text.len()));
            assert_eq!(find(&members, &format!("{text}{BEHIND}")), found, "{text}");
            for length in 0..=text.len() + 80 {
                let line = format!("{text}{BEHIND}");
                let whole = members.find_whole(line.as_bytes(), length);
                assert_eq!(whole, (length == text.len()).then_some((fact, value)), "{text}");
                let other = line.replacen('"', "'", 1);
                assert_eq!(members.find_whole(other.as_bytes(), length), None);
            }
            assert_eq!(find(&members, &format!("{text}}}{BEHIND}")), found, "{text}");
            let others = [
                format!(" {text}"),
                format!("x{}", &text[1..]),
                text[1..].to_owned(),
            ];
            for other in others
                .into_iter()
                .chain([text.to_uppercase(), text.replace(':', "::")])
            {
                assert_eq!(find(&members, &format!("{other}{BEHIND}")), None, "{other}");
            }
            assert_eq!(find(&members, text), None, "too little stands here");
        }
        for other in [
            r#""age":221"#,
            r#""age":2"#,
            r#""civilian":"yes\""#,
            r#""civilian":"yes"x"#,
        ] {
            let is_found = find(&members, &format!("{other}{BEHIND}"));
            // What stands behind the quote is looked at by whoever reads on.
            assert_eq!(is_found.is_some(), other.ends_with('x'), "{other}");
        }
    }

    #[test]
    fn only_so_many_members_are_kept() {
        let mut members = Members::default();
        let line = |number: usize| format!(r#""region":"{number}"{BEHIND}"#);
        for number in 0..3 * MOST_KEPT {
            let length = line(number).len() - BEHIND.len();
            members.note(
                line(number).as_bytes(),
                length,
                4,
                FactValue::Number(number as i32),
            );
            let found = find(&members, &line(number)).unwrap();
            assert_eq!(found, (4, FactValue::Number(number as i32), length));
            assert!(members.members.len() <= MOST_KEPT);
        }
        assert_eq!(find(&members, &line(0)), None);
    }
}
