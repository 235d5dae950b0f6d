//! Dotted paths such as `billingAccountBalance.validFor`, which go through arrays: they name that
//! member of every element.

use serde_json::{Map, Value};

/// Returns whether `test` holds for one of the values at `path`.
pub fn any(members: &Map<String, Value>, path: &str, test: &mut dyn FnMut(&Value) -> bool) -> bool {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    members.get(name).is_some_and(|member| any_of(member, rest, test))
}

fn any_of(value: &Value, path: &str, test: &mut dyn FnMut(&Value) -> bool) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| any_of(item, path, test)),
        Value::Object(members) if !path.is_empty() => any(members, path, test),
        value => path.is_empty() && test(value),
    }
}

/// Changes every object at `path`.
pub fn change(
    members: &mut Map<String, Value>,
    path: &str,
    change: &mut dyn FnMut(&mut Map<String, Value>),
) {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    if let Some(member) = members.get_mut(name) {
        change_in(member, rest, change);
    }
}

fn change_in(value: &mut Value, path: &str, then: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| change_in(item, path, then)),
        Value::Object(members) if path.is_empty() => then(members),
        Value::Object(members) => change(members, path, then),
        _ => {}
    }
}
