//! JSON: the form that every other one is read into.

use serde_json::Value;

pub(super) fn read(bytes: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(bytes).map_err(|error| not_utf_8(bytes).unwrap_or(error.to_string()))
}

/// Returns which byte is no part of a character, if one is not.
fn not_utf_8(bytes: &[u8]) -> Option<String> {
    let at = std::str::from_utf8(bytes).err()?.valid_up_to();
    Some(format!("it is not UTF-8 (byte 0x{:02x} at {at})", bytes.get(at)?))
}

/// Returns a text as it stands between the quotes of a JSON text.
pub(super) fn escape(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Adds a member to the object, or to the one that is alone in it: its wrapper's.
pub(super) fn with_member(body: String, name: &str, value: &str) -> String {
    let Ok(Value::Object(mut members)) = serde_json::from_str::<Value>(&body) else {
        return body;
    };
    let lone = if members.len() == 1 { members.values_mut().next() } else { None };
    match lone.and_then(Value::as_object_mut) {
        Some(wrapped) => drop(wrapped.insert(name.to_owned(), value.into())),
        None => drop(members.insert(name.to_owned(), value.into())),
    }
    Value::Object(members).to_string()
}
