//! Two parsers must take a text as the same.
//!
//! The crate that values come from reads some texts otherwise than YAML says (`[?x]`, `&a:b c`), and some that are none
//! (`[-]`, `"a"# b`). The outline comes from another parser, with other faults: what both take alike is certain.

use super::outline::{Node, NodeKind, outline};
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

/// Checks that both parsers take a document as the same.
///
/// # Errors
/// The first place where they differ; or a fault of syntax that only one of them sees.
pub fn check_agreement(source: &Arc<Source>) -> Result<(), Diagnostic> {
    check_with(source, outline(source)?.as_ref())
}

/// The same with the outline of the document; `None` where the text holds none.
pub(super) fn check_with(source: &Arc<Source>, outline: Option<&Node>) -> Result<(), Diagnostic> {
    let Some(node) = outline else {
        return Ok(());
    };
    let differs = Cell::new(None);
    let compared = Compared {
        node,
        differs: &differs,
    };
    match compared.deserialize(serde_yaml::Deserializer::from_str(source.text())) {
        Ok(()) => Ok(()),
        Err(_) => {
            let span = differs.take().unwrap_or(node.span.start..node.span.start);
            Err(
                Diagnostic::error("ambiguous-yaml", "this YAML can be read in more than one way")
                    .at(source, span, "here")
                    .help("write the value plainly after its key, or between double quotes on one line"),
            )
        }
    }
}

/// Compares what is read with a node of the outline.
#[derive(Clone, Copy)]
struct Compared<'n> {
    node: &'n Node,
    /// Where they differ.
    differs: &'n Cell<Option<Span>>,
}

impl<'n> Compared<'n> {
    fn with(self, node: &'n Node) -> Self {
        Self { node, ..self }
    }

    fn differs<E: Error>(self) -> E {
        self.differs.set(Some(self.node.span.clone()));
        E::custom("another value")
    }

    fn require<E: Error>(self, is_same: bool) -> Result<(), E> {
        if is_same { Ok(()) } else { Err(self.differs()) }
    }

    /// For a number, yes or no: it is written without quotes.
    fn require_plain<E: Error>(self) -> Result<(), E> {
        self.require(matches!(self.node.kind, NodeKind::Scalar { plain: true, .. }))
    }
}

impl<'de> DeserializeSeed<'de> for Compared<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        // What an alias stands for is compared where it is written.
        if self.node.kind == NodeKind::Alias {
            return deserializer.deserialize_ignored_any(self).map(drop);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Compared<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("YAML")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.require(self.node.is_nothing() || self.node.kind == NodeKind::Alias)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.require_plain()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.require_plain()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.require_plain()
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<(), E> {
        self.require_plain()
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<(), E> {
        self.require_plain()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.require_plain()
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.require(self.node.text() == Some(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let NodeKind::List(nodes) = &self.node.kind else {
            return Err(self.differs());
        };
        for node in nodes {
            let item = items.next_element_seed(self.with(node))?;
            self.require(item.is_some())?;
        }
        match items.next_element::<serde::de::IgnoredAny>()? {
            None => Ok(()),
            Some(_) => Err(self.differs()),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let NodeKind::Mapping(nodes) = &self.node.kind else {
            return Err(self.differs());
        };
        for entry in nodes {
            let key = entries.next_key_seed(self.with(&entry.key))?;
            self.require(key.is_some())?;
            entries.next_value_seed(self.with(&entry.value))?;
        }
        match entries.next_key::<serde::de::IgnoredAny>()? {
            None => Ok(()),
            Some(_) => Err(self.differs()),
        }
    }

    /// A value with a tag.
    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<(), A::Error> {
        let (_, value) = tagged.variant::<serde::de::IgnoredAny>()?;
        value.newtype_variant_seed(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreed(text: &str) -> Result<(), &'static str> {
        check_agreement(&Source::new("a.yaml", text)).map_err(|fault| fault.code)
    }

    #[test]
    fn what_both_parsers_take_alike_is_agreed_on() {
        for text in [
            "",
            "# only a comment\n",
            "\u{feff}a: 1\n",
            "a: 1\r\nb: |\r\n  x\r\n\r\n  y\r\nc: \"d\r\n  e\"\r\n",
            "a: ~\nb:\nc: null\nd: yes\ne: true\nf: 0x1f\ng: 1.50\nh: 2025-09-15\ni: .inf\n",
            "- 20250000000000000001\n- -20250000000000000001\n- 9e999\n- 0xfffffffffffffffffffff\n- 1_000\n- +1\n- -0\n",
            "- 123456789012345678901234567890123456789012345\n- 12:30\n- =\n- <<\n- 0o17\n- 0b1\n- 017\n- .5\n- 1.\n",
            "- !!int 1\n- !!float 1\n- !!bool true\n- !!null ~\n- !!str yes\n",
            "a: 'it''s'\nb: \"\\u00e9\\n\"\nc: don't # comment\nd: a#b\n",
            "a: |\n  x\n   y\n\n  z\nb: >-\n  x\n  y\n\n  z\nc: plain\n  goes on\n",
            "- [a, \"b\", {c: d}]\n- {e: [f], g: }\n- - h\n  - i\n",
            "a: &x [1, two]\nb: *x\nc: {<<: &y {d: 1}}\n",
            "a: !t b\nc: !!str 1\nd: !t [e]\n",
            "? a\n: b\n? [c]\n: d\n",
            "case: Wat? & hoe! 100%\n",
        ] {
            assert_eq!(agreed(text), Ok(()), "{text:?}");
        }
    }

    #[test]
    fn what_the_parsers_take_differently_is_refused_at_its_place() {
        for (text, place) in [
            ("a: [?x]\n", "?x"),
            ("{ ?foo: bar }\n", "?foo"),
            ("a: b\nc: &d:e f\n", "f"),
            ("a: |\n  x\n   ", "x\n "),
        ] {
            let source = Source::new("a.yaml", text);
            let fault = check_agreement(&source).unwrap_err();
            assert_eq!(fault.code, "ambiguous-yaml", "{text:?}");
            let span = fault.labels[0].span.clone();
            assert!(source.text()[span.clone()].contains(place), "{text:?} {span:?}");
        }
    }

    #[test]
    fn what_one_parser_alone_takes_is_refused() {
        for text in [
            "[-]\n",
            "a: \"b\"# c\n",
            "a: [b, c]#d\n",
            "a:\n  b: [c,\nd]\n",
            "a: \"b\nc\"\n",
        ] {
            assert!(
                serde_yaml::from_str::<serde::de::IgnoredAny>(text).is_ok(),
                "{text:?}"
            );
            assert!(agreed(text).is_err(), "{text:?}");
        }
    }
}
