//! JSON as it is read where somebody may gain by a second meaning: of a member that stands twice, one
//! reader takes the first and another the last.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// Reads one JSON value in which no member stands twice.
///
/// # Errors
/// A sentence without a full stop, with the line and the column: it is none.
pub fn read(bytes: &[u8]) -> Result<Value, String> {
    serde_json::from_slice::<Single>(bytes).map_err(|error| error.to_string())?;
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

/// A value of which no member stands twice.
struct Single;

impl<'de> Deserialize<'de> for Single {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Look)
    }
}

struct Look;

impl<'de> Visitor<'de> for Look {
    type Value = Single;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Single, E> {
        Ok(Single)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Single, E> {
        Ok(Single)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Single, E> {
        Ok(Single)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Single, E> {
        Ok(Single)
    }

    fn visit_str<E>(self, _: &str) -> Result<Single, E> {
        Ok(Single)
    }

    fn visit_unit<E>(self) -> Result<Single, E> {
        Ok(Single)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Single, A::Error> {
        while items.next_element::<Single>()?.is_some() {}
        Ok(Single)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Single, A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            if names.contains(&name) {
                return Err(Error::custom(format!("the member `{name}` stands twice")));
            }
            names.insert(name);
            members.next_value::<Single>()?;
        }
        Ok(Single)
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_member_that_stands_twice_is_refused_however_deep_and_however_it_is_written() {
        for (text, said) in [
            (r#"{"a": 1, "a": 2}"#, "the member `a` stands twice"),
            (r#"{"a": [{"b": {"c": null, "\u0063": true}}]}"#, "the member `c` stands twice"),
            ("{} {}", "trailing"),
            ("", "EOF"),
        ] {
            let error = read(text.as_bytes()).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
        let text = r#"{"a":1.50,"b":[{"a":-13},{"a":"x"},null,true]}"#;
        assert_eq!(read(text.as_bytes()).unwrap().to_string(), text);
    }
}
