//! Another plausible value, and the same one as another type.

use std::collections::HashMap;

use serde_json::{Number, Value, json};

use crate::harness::suite::Suite;

/// The values that the schemas of an API list for members of a name.
#[derive(Debug, Default)]
pub(super) struct Listed(HashMap<String, Vec<String>>);

impl Listed {
    pub(super) fn of(suite: &Suite, api: &str) -> Listed {
        let mut listed = Listed::default();
        let folder = format!("schemas/{api}/");
        for (path, schema) in suite.schemas.iter() {
            if path.starts_with(&folder) {
                listed.gather(schema);
            }
        }
        listed.0.values_mut().for_each(|values| {
            values.sort();
            values.dedup();
        });
        listed
    }

    fn gather(&mut self, schema: &Value) {
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            let values = property.get("enum").and_then(Value::as_array).into_iter().flatten();
            let texts: Vec<_> = values.filter_map(Value::as_str).map(str::to_owned).collect();
            if !texts.is_empty() {
                self.0.entry(name.clone()).or_default().extend(texts);
            }
        }
        match schema {
            Value::Object(members) => members.values().for_each(|member| self.gather(member)),
            Value::Array(items) => items.iter().for_each(|item| self.gather(item)),
            _ => {}
        }
    }

    /// Returns another value of the list that holds `text`.
    fn beside(&self, name: &str, text: &str) -> Option<&str> {
        let values = self.0.get(name)?;
        let at = values.iter().position(|value| value.eq_ignore_ascii_case(text))?;
        let differs = |value: &&String| !value.eq_ignore_ascii_case(text);
        values[at..].iter().chain(values).find(differs).map(String::as_str)
    }
}

/// Returns another value of the same type and form as that of the member `name`; none, if there is
/// no such: of null, and of what holds other values.
pub(super) fn other(name: &str, value: &Value, listed: &Listed) -> Option<Value> {
    match value {
        Value::Bool(truth) => Some((!truth).into()),
        Value::Number(number) => Some(one_more(number)),
        Value::String(text) => Some(match listed.beside(name, text) {
            Some(other) => other.into(),
            None => other_text(text).into(),
        }),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Returns a number whose digits before the fraction count one more.
fn one_more(number: &Number) -> Value {
    let text = number.to_string();
    let end = text.find(['.', 'e', 'E']).unwrap_or(text.len());
    let whole = text[..end].parse::<i128>().unwrap_or(0) + 1;
    serde_json::from_str(&format!("{whole}{}", &text[end..])).unwrap_or(Value::Null)
}

fn other_text(text: &str) -> String {
    if let Some(next) = next_day(text) {
        return next;
    }
    // Of a link, the digits that name its resource; of anything else, its last digit.
    let is_digit = |(_, c): &(usize, char)| c.is_ascii_digit();
    let version = |at: usize| text[..at].ends_with("/v");
    let digit = text.char_indices().rev().filter(is_digit).find(|(at, _)| !version(*at));
    if let Some((at, digit)) = digit {
        let next = char::from_digit((digit.to_digit(10).unwrap_or(0) + 1) % 10, 10).unwrap_or('0');
        return format!("{}{next}{}", &text[..at], &text[at + 1..]);
    }
    match text.char_indices().rev().find(|(_, c)| c.is_alphabetic()) {
        Some((at, last)) => {
            let next = match last {
                'z' => 'a',
                'Z' => 'A',
                'a'..='y' | 'A'..='Y' => char::from(last as u8 + 1),
                _ if last.is_uppercase() => 'X',
                _ => 'x',
            };
            format!("{}{next}{}", &text[..at], &text[at + last.len_utf8()..])
        }
        None => format!("{text}x"),
    }
}

/// Returns the date that follows, or, in the last days of a month, the one before.
fn next_day(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let form = |at: usize| match at {
        4 | 7 => bytes[at] == b'-',
        _ => bytes[at].is_ascii_digit(),
    };
    if bytes.len() < 10 || !(0..10).all(form) || bytes.get(10).is_some_and(|b| *b != b'T') {
        return None;
    }
    let day: u32 = text[8..10].parse().ok()?;
    let day = if day < 28 { day + 1 } else { day - 1 };
    Some(format!("{}{day:02}{}", &text[..8], &text[10..]))
}

/// Returns the value as another type; none for null, which is no value.
pub(super) fn retyped(value: &Value) -> Option<Value> {
    Some(match value {
        Value::String(text) => {
            let plain = !text.is_empty()
                && text.len() < 16
                && !text.starts_with('0')
                && text.bytes().all(|byte| byte.is_ascii_digit());
            match text.parse::<u64>() {
                Ok(number) if plain => number.into(),
                _ => 1.into(),
            }
        }
        Value::Number(number) => number.to_string().into(),
        Value::Bool(truth) => truth.to_string().into(),
        Value::Array(items) => json!({ "values": items }),
        Value::Object(_) => json!([value]),
        Value::Null => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Listed, other, retyped};

    #[test]
    fn another_value_has_the_type_and_form_of_the_first() {
        let mut listed = Listed::default();
        listed.gather(&json!({"properties": {"unit": {"enum": ["MB", "GB"]}}}));
        for (name, value, changed) in [
            ("unit", json!("mb"), json!("GB")),
            ("unit", json!("GB"), json!("MB")),
            ("unit", json!("XB"), json!("XC")),
            ("a", json!(true), json!(false)),
            ("a", json!(9), json!(10)),
            ("a", json!("2023-09-01T01:08:25"), json!("2023-09-02T01:08:25")),
            ("a", json!("2024-02-29"), json!("2024-02-28")),
            ("a", json!("/ledger/v1/100/customers/99/a"), json!("/ledger/v1/100/customers/90/a")),
            ("a", json!("/v1/nothing"), json!("/v1/nothinh")),
            ("a", json!("+4672"), json!("+4673")),
            ("a", json!("Åsa"), json!("Åsb")),
            ("a", json!("Å"), json!("X")),
            ("a", json!(""), json!("x")),
        ] {
            assert_eq!(other(name, &value, &listed), Some(changed), "{value}");
        }
        let amount: Value = serde_json::from_str("2.50").unwrap();
        assert_eq!(other("a", &amount, &listed).unwrap().to_string(), "3.50");
        assert_eq!(other("a", &Value::Null, &listed), None);
    }

    #[test]
    fn every_value_but_null_has_another_type() {
        for value in [json!("a"), json!("12"), json!(1), json!(true), json!([]), json!({})] {
            let changed = retyped(&value).unwrap();
            assert_ne!(std::mem::discriminant(&changed), std::mem::discriminant(&value), "{value}");
        }
        assert_eq!(retyped(&json!("12")), Some(json!(12)));
        assert_eq!(retyped(&Value::Null), None);
    }
}
