//! JSON values as tables and texts.

use maud::{Markup, html};
use serde_json::Value;

/// Returns the members of an object as a list of terms, nested ones within.
pub(super) fn members(value: &Value) -> Markup {
    let Value::Object(members) = value else { return scalar(value) };
    html! {
        dl {
            @for (name, value) in members {
                div {
                    dt { (name) }
                    dd { (one(value)) }
                }
            }
        }
    }
}

fn one(value: &Value) -> Markup {
    match value {
        Value::Object(_) => members(value),
        Value::Array(items) if items.iter().all(|item| !item.is_object()) => {
            html! { (items.iter().map(plain).collect::<Vec<_>>().join(", ")) }
        }
        Value::Array(items) => html! { @for item in items { (members(item)) } },
        _ => scalar(value),
    }
}

fn scalar(value: &Value) -> Markup {
    html! { (plain(value)) }
}

/// Returns a value as a text: a text as it is, anything else as JSON.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "–".to_owned(),
        other => other.to_string(),
    }
}

/// Returns the elements of the list at a pointer, none where there is none.
pub(super) fn items_at<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    let list = value.pointer(pointer).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

/// Returns the member at a pointer as a text, empty where there is none.
pub(super) fn text_at(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).map(plain).unwrap_or_default()
}
