//! Reading a few members of a stored resource: what nobody asks for is skipped, which costs a
//! fraction of making values of it.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

/// Returns the members of the object `json` that are `wanted`, in their order.
///
/// # Errors
/// When it is no JSON object.
pub fn pick(json: &str, wanted: impl Fn(&str) -> bool) -> serde_json::Result<Map<String, Value>> {
    serde_json::Deserializer::from_str(json).deserialize_map(Pick(wanted))
}

struct Pick<F>(F);

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de, F: Fn(&str) -> bool> Visitor<'de> for Pick<F> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut picked = Map::new();
        while let Some(Name(name)) = members.next_key()? {
            if (self.0)(&name) {
                picked.insert(name.into_owned(), members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(picked)
    }
}

#[cfg(test)]
mod tests {
    use super::pick;

    #[test]
    fn what_is_wanted_is_what_was_written() {
        let json = r#"{"a":1.50,"b":[{"a":"x"}],"\u0063":{"d":null},"e":"\ud83d\ude00"}"#;
        for (wanted, picked) in [
            ("", "{}"),
            ("a", r#"{"a":1.50}"#),
            ("bc", r#"{"b":[{"a":"x"}],"c":{"d":null}}"#),
            ("e", r#"{"e":"😀"}"#),
        ] {
            let members = pick(json, |name| wanted.contains(name)).unwrap();
            assert_eq!(serde_json::Value::Object(members).to_string(), picked);
        }
        assert!(pick("[]", |_| true).is_err());
    }
}
