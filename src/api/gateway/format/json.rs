//! JSON: an object, or one in a wrapper (reading 115).

use serde_json::Value;

use super::{Member, WRAPPERS};
use crate::api::wire::Object;
use crate::model::json;
use crate::model::violation::Violation;

/// Reads a noun, strictly.
///
/// # Errors
/// As [`json::read`].
pub(super) fn read(body: &[u8]) -> Result<Value, Violation> {
    let mut value = json::read(body)?;
    if let Value::Object(members) = &mut value
        && members.len() == 1
        && let Some((name, inner)) = members.iter_mut().next()
        && WRAPPERS.contains(&name.as_str())
        && inner.is_object()
    {
        return Ok(inner.take());
    }
    Ok(value)
}

/// Writes a noun.
pub(super) fn object<'a>(out: &mut Vec<u8>, members: impl IntoIterator<Item = Member<'a>>) {
    let mut object = Object::begin(out);
    for (name, value) in members {
        object.text(name, &value);
    }
    object.end();
}
