//! JSON: the form that every other one is read into.

use serde_json::Value;

pub(super) fn read(bytes: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

/// A text as it stands between the quotes of a JSON text.
pub(super) fn escape(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}
