//! Strict reading of JSON: the encoding, duplicate members and the size of numbers are checked
//! here, because serde_json keeps the last of two equal members and says nothing.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::number;
use super::violation::Violation;
use crate::input::encoding::{is_utf_16, unmarked};

/// The longest number that is read, in characters without an exponent. An exact decimal holds 28
/// digits; beyond this a number is an attack on whoever computes with it, not an amount.
const LONGEST_NUMBER: usize = 40;

/// The most values of a request's body. Two bytes are enough for one, and in memory it takes a
/// hundred.
const MOST_VALUES: usize = 50_000;

/// As how many values an object with members counts: its table takes some 300 bytes before the
/// members do.
const OBJECT: usize = 4;

/// Reads the body of a request.
///
/// # Errors
/// As [`read_record`], and when there are more than 50,000 values in it, of which an object with
/// members counts as four.
pub fn read(bytes: &[u8]) -> Result<Value, Violation> {
    read_up_to(MOST_VALUES, bytes)
}

/// Reads one JSON document.
///
/// # Errors
/// A violation that names place and cause when the bytes are no UTF-8, no JSON, nested deeper than
/// 128 levels, name a member twice or hold a number of more than 40 characters.
pub fn read_record(bytes: &[u8]) -> Result<Value, Violation> {
    read_up_to(usize::MAX, bytes)
}

fn read_up_to(values: usize, bytes: &[u8]) -> Result<Value, Violation> {
    if is_utf_16(bytes) {
        return Err(Violation::body("The body is in UTF-16; send it as UTF-8."));
    }
    let text = std::str::from_utf8(unmarked(bytes)).map_err(|error| {
        Violation::body(format!(
            "The body is not UTF-8: the byte at offset {} begins no character.",
            error.valid_up_to()
        ))
    })?;
    if text.trim_ascii().is_empty() {
        return Err(Violation::body("The body is empty; a JSON object is expected."));
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let mut state = State { fault: None, values };
    let value = Strict { path: &Path::Root, state: &mut state }
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| match state.fault {
        Some(violation) => violation,
        None => Violation::body(format!("The body is not valid JSON: {error}.")),
    })
}

/// The place where the reader stands, as a list from the innermost member out.
enum Path<'a> {
    Root,
    Member(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Member(Path::Root, name) => f.write_str(name),
            Path::Member(parent, name) => write!(f, "{parent}.{name}"),
            Path::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// The state that all values of a document share.
struct State {
    /// What was refused other than by the parser.
    fault: Option<Violation>,
    /// How many more may come.
    values: usize,
}

/// Reads a value that stands at `path`.
struct Strict<'a> {
    path: &'a Path<'a>,
    state: &'a mut State,
}

impl Strict<'_> {
    fn too_many<E: de::Error>(self) -> E {
        self.refuse(format!(
            "The body has more than {MOST_VALUES} values, where an object with members counts as \
             {OBJECT}."
        ))
    }

    fn refuse<E: de::Error>(self, message: String) -> E {
        let place = self.path.to_string();
        let parameter = if place.is_empty() { "body".to_owned() } else { place };
        self.state.fault = Some(Violation::new(parameter, message));
        E::custom("refused")
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let Some(values) = self.state.values.checked_sub(1) else {
            return Err(self.too_many());
        };
        self.state.values = values;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        loop {
            let path = Path::Item(self.path, array.len());
            let item = Strict { path: &path, state: &mut *self.state };
            match items.next_element_seed(item)? {
                Some(value) => array.push(value),
                None => return Ok(Value::Array(array)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = members.next_key_seed(Key)? {
            let name = match key {
                MapKey::Number => {
                    let text: String = members.next_value()?;
                    let Some(text) = bounded(text) else {
                        let message = format!(
                            "The number is out of range: without an exponent it has more than \
                             {LONGEST_NUMBER} characters."
                        );
                        return Err(self.refuse(message));
                    };
                    return text.parse::<Number>().map(Value::Number).map_err(de::Error::custom);
                }
                MapKey::Name(name) => name,
            };
            if object.is_empty() {
                let Some(values) = self.state.values.checked_sub(OBJECT - 1) else {
                    return Err(self.too_many());
                };
                self.state.values = values;
            }
            let path = Path::Member(self.path, &name);
            if object.contains_key(&name) {
                let message = format!("The member \"{name}\" occurs twice in one object.");
                return Err(Strict { path: &path, state: self.state }.refuse(message));
            }
            let value = members.next_value_seed(Strict { path: &path, state: &mut *self.state })?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

/// Returns a number as it was sent; `None` where it is endless once somebody expands it, however
/// short on the wire. One that is spelled longer than it is, in zeros, is spelled anew.
fn bounded(text: String) -> Option<String> {
    let number = number::Number::parse(&text)?;
    if number.length() > LONGEST_NUMBER as u64 {
        return None;
    }
    let is_wordy = text.len() > LONGEST_NUMBER || number.digits.is_empty() && text.len() > 4;
    Some(if is_wordy { number.plain() } else { text })
}

/// A key of a map as serde_json hands it out with exact numbers: the name of a member, or the
/// token behind which a number's digits follow. A member may spell that token too, so the two are
/// told apart by how they arrive (only a real name comes as a newtype), never by their text.
enum MapKey {
    Name(String),
    Number,
}

struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = MapKey;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<MapKey, D::Error> {
        deserializer.deserialize_newtype_struct("name", self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = MapKey;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, name: D) -> Result<MapKey, D::Error> {
        <String as serde::Deserialize>::deserialize(name).map(MapKey::Name)
    }

    fn visit_str<E>(self, _token: &str) -> Result<MapKey, E> {
        Ok(MapKey::Number)
    }
}

/// Takes out the members that are null: they are as good as absent (reading 24).
pub fn without_nulls(mut members: Map<String, Value>) -> Map<String, Value> {
    members.retain(|_, value| !value.is_null());
    for value in members.values_mut() {
        if let Value::Object(inner) = value {
            inner.retain(|_, value| !value.is_null());
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn what_is_read_is_what_was_written() {
        let text = r#"{"a":[1,2.50,-0.0,1e3],"$serde_json::private::Number":"x","b":{"c":null}}"#;
        let value = read(text.as_bytes()).unwrap();
        assert_eq!(value.to_string(), text.replace("1e3", "1e+3"));
        let zeros = format!("[0e400,1.{},0.00]", "0".repeat(60));
        assert_eq!(read(zeros.as_bytes()).unwrap().to_string(), "[0,1,0.00]");
    }

    #[test]
    fn every_fault_names_its_place_and_cause() {
        let many = format!("{{\"a\":[0{}]}}", ",0".repeat(50_000));
        let objects = format!("[{{\"a\":0}}{}]", ",{\"a\":0}".repeat(10_000));
        let table: [(&[u8], &str, &str); 13] = [
            (many.as_bytes(), "a[49995]", "more than 50000 values"),
            (objects.as_bytes(), "[9999].a", "an object with members counts as 4"),
            (b"", "body", "empty"),
            (b"{\"a\":1", "body", "line 1 column 6"),
            (b"{\"a\":1}x", "body", "line 1 column 8"),
            (b"{\"a\":\"\xff\"}", "body", "offset 6"),
            (b"{\"a\":{\"b\":1,\"b\":2}}", "a.b", "twice"),
            (b"{\"a\":[{},{\"b\":1,\"\\u0062\":2}]}", "a[1].b", "twice"),
            (b"{\"a\":1e999999999}", "a", "out of range"),
            (b"{\"a\":1e-2147483648}", "a", "out of range"),
            (b"{\"a\":1e-400}", "a", "without an exponent it has more than 40 characters"),
            (b"{\"a\":11111111111111111111111111111111111111111}", "a", "out of range"),
            (&[b'['; 200], "body", "recursion"),
        ];
        for (bytes, parameter, cause) in table {
            let violation = read(bytes).unwrap_err();
            assert_eq!(violation.parameter, parameter, "{violation}");
            assert!(violation.message.contains(cause), "{violation}");
        }
    }
}
