//! A number for each value, the same for those that say the same: so that the elements of a long list
//! are found at once, and not each among all.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde_json::{Number, Value};

use super::scalar::decimal;

/// Returns a value's fingerprint. Values that are equal, or the same text, have the same one: order does
/// not count, nor a member that is null, nor how a number is written. Others may have the same one too.
pub(super) fn fingerprint(value: &Value) -> u64 {
    match value {
        Value::Null => 0,
        Value::Bool(truth) => of_text(if *truth { "true" } else { "false" }),
        Value::Number(number) => of_number(number),
        Value::String(text) => {
            // Most texts are told from a number by their first letter.
            let may_be = text.starts_with(|c: char| c == '-' || c.is_ascii_digit());
            let number = if may_be { text.parse().ok() } else { None };
            number.as_ref().map_or_else(|| of_text(text), of_number)
        }
        Value::Array(items) => items.iter().fold(1, |sum, item| sum.wrapping_add(mixed(item, ""))),
        Value::Object(members) => {
            let given = members.iter().filter(|(_, value)| !value.is_null());
            given.fold(2, |sum, (name, value)| sum.wrapping_add(mixed(value, name)))
        }
    }
}

fn of_number(number: &Number) -> u64 {
    match decimal(number) {
        Some(value) => {
            let mut hasher = DefaultHasher::new();
            value.normalize().hash(&mut hasher);
            hasher.finish()
        }
        None => of_text(&number.to_string()),
    }
}

fn of_text(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Returns the fingerprint of a value under a name, as it counts in the sum of its parent.
fn mixed(value: &Value, name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (name, fingerprint(value)).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::fingerprint;

    /// What is equal and was not found would be a difference where there is none.
    #[test]
    fn what_says_the_same_has_one_fingerprint() {
        let number = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        for (a, b, same) in [
            (number("1.50"), number("1.5"), true),
            (number("1e2"), number("100"), true),
            (number("-0.0"), number("0"), true),
            (json!("100"), number("1e2"), true),
            (json!("0701"), json!(701), false),
            (json!(true), json!("true"), true),
            (number("1e400"), json!("1e400"), true),
            (json!({"a": 1, "b": null}), json!({"a": 1.0}), true),
            (json!({"a": [1, {"b": 2}]}), json!({"a": [{"b": 2}, 1]}), true),
            (json!({"a": 1, "b": 2}), json!({"b": 1, "a": 2}), false),
            (json!([1, 1]), json!([1]), false),
            (json!("a"), json!("b"), false),
        ] {
            assert_eq!(fingerprint(&a) == fingerprint(&b), same, "{a} {b}");
        }
    }
}
