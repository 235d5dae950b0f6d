//! Captures: what is kept of an answer for the steps that follow.

use serde_json::Value;

use crate::harness::compare::same_text;
use crate::harness::suite::{Capture, Variables, pointer};

/// Returns the value that an answer has for a capture, in the element of this place among those that
/// the capture means; `null` is none.
pub(crate) fn captured(
    capture: &Capture,
    body: Option<&Value>,
    place: usize,
    variables: &Variables,
) -> Option<Value> {
    let within = match &capture.within {
        None => body?,
        Some(array) => {
            let items = pointer::get(body?, array)?.as_array()?.iter();
            items.filter(|item| is_meant(item, capture, variables)).nth(place)?
        }
    };
    let value = pointer::get(within, &capture.at).filter(|value| !value.is_null())?;
    if capture.text && !value.is_string() {
        return None;
    }
    Some(match value {
        Value::String(text) if capture.trim => Value::from(text.trim()),
        other => other.clone(),
    })
}

/// Returns how many elements of an answer a capture means.
pub(crate) fn meant(capture: &Capture, body: Option<&Value>, variables: &Variables) -> usize {
    let list = capture.within.as_ref().and_then(|at| pointer::get(body?, at)?.as_array());
    let items = list.into_iter().flatten();
    items.filter(|item| is_meant(item, capture, variables)).count()
}

/// Returns whether an element has the members that the capture names, with their values.
fn is_meant(item: &Value, capture: &Capture, variables: &Variables) -> bool {
    capture.with.iter().all(|(name, wanted)| {
        let Ok(wanted) = variables.fill(wanted) else { return false };
        item.get(name).is_some_and(|found| *found == wanted || same_text(found, &wanted))
    })
}
