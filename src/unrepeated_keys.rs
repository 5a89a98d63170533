//! Values in which no key stands twice. Of a key that does, one reader takes the first value and another the last, so
//! that nobody can say what such a text states.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Any value, read from a text in which no key of an object stands twice.
#[derive(Debug, Clone, PartialEq)]
pub struct UnrepeatedKeys(pub Value);

impl<'de> Deserialize<'de> for UnrepeatedKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor).map(Self)
    }
}

/// Reads an object, for a field that holds one.
///
/// # Errors
/// A key stands twice, at any depth; or it is no object.
pub fn object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    match UnrepeatedKeys::deserialize(deserializer)? {
        UnrepeatedKeys(Value::Object(object)) => Ok(object),
        UnrepeatedKeys(_) => Err(D::Error::custom("not keys with values")),
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        while let Some(UnrepeatedKeys(item)) = items.next_element()? {
            read.push(item);
        }
        Ok(Value::Array(read))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if read.contains_key(&key) {
                return Err(A::Error::custom(format_args!("the key `{key}` stands twice")));
            }
            let UnrepeatedKeys(value) = entries.next_value()?;
            read.insert(key, value);
        }
        Ok(Value::Object(read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_read_as_it_is() {
        let text = r#"{"a": [null, true, -1, 18446744073709551615, 1.5, "é"], "b": {"a": {}}}"#;
        let UnrepeatedKeys(read) = serde_json::from_str(text).unwrap();
        assert_eq!(read, serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn a_key_that_stands_twice_is_an_error_at_every_depth() {
        for text in [
            r#"{"a": 1, "a": 1}"#,
            r#"[{"b": [{"a": 1, "c": 2, "\u0061": 1}]}]"#,
        ] {
            let error = serde_json::from_str::<UnrepeatedKeys>(text).unwrap_err();
            assert!(
                error
                    .to_string()
                    .starts_with("the key `a` stands twice at line 1"),
                "{error}"
            );
        }
    }
}
