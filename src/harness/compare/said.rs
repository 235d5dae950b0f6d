//! What a target itself says of a request that it refuses.

use serde_json::Value;

/// As much of it is shown.
const LONGEST: usize = 200;

/// The members that tell most, in this order.
const TELLING: [&str; 6] = ["detail", "reason", "message", "title", "error", "problems"];

/// Returns the words of an error: of a problem its detail, else whatever it has, within bounds.
pub(crate) fn said(body: Option<&Value>) -> Option<String> {
    let text = words(body?)?;
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    })
}

fn words(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Object(members) => {
            let named = |name: &&str| {
                let found = members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
                found.and_then(|(_, value)| words(value))
            };
            let told = TELLING.iter().find_map(named);
            told.or_else(|| (!members.is_empty()).then(|| value.to_string()))
        }
        other => Some(other.to_string()),
    }
}
