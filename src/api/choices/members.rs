//! Members of an answer, wherever in it they are.

use serde_json::{Map, Value};

use super::exchange::Exchange;

/// Changes every object of the answer.
pub(super) fn objects(exchange: &mut Exchange, mut change: impl FnMut(&mut Map<String, Value>)) {
    if let Some(body) = exchange.json() {
        walk(body, &mut change);
    }
}

fn walk(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, change)),
        Value::Object(members) => {
            members.values_mut().for_each(|value| walk(value, change));
            change(members);
        }
        _ => {}
    }
}

/// Turns every list round that is a member called `name`.
pub(super) fn reverse(exchange: &mut Exchange, name: &str) {
    named(exchange, &[name], |value| {
        if let Value::Array(items) = value {
            items.reverse();
        }
    });
}

/// Changes every member called one of `names`.
pub(super) fn named(exchange: &mut Exchange, names: &[&str], change: impl Fn(&mut Value)) {
    objects(exchange, |members| {
        for (name, value) in members.iter_mut() {
            if names.contains(&name.as_str()) {
                change(value);
            }
        }
    });
}

/// Changes every text that is the value of a member called one of `names`.
pub(super) fn texts(exchange: &mut Exchange, names: &[&str], change: impl Fn(&str) -> String) {
    named(exchange, names, |value| {
        if let Value::String(text) = value {
            *text = change(text);
        }
    });
}

/// Writes texts in lower case.
pub(super) fn lower(exchange: &mut Exchange, names: &[&str]) {
    texts(exchange, names, str::to_lowercase);
}

/// Writes texts in upper case.
pub(super) fn upper(exchange: &mut Exchange, names: &[&str]) {
    texts(exchange, names, str::to_uppercase);
}

/// Changes every text that `shape` knows.
pub(super) fn shaped(
    exchange: &mut Exchange,
    shape: impl Fn(&str) -> bool,
    change: impl Fn(&str) -> String,
) {
    objects(exchange, |members| {
        for value in members.values_mut() {
            if let Value::String(text) = value
                && shape(text)
            {
                *text = change(text);
            }
        }
    });
}

/// Writes every number that has decimals with other digits for the same value.
pub(super) fn decimals(exchange: &mut Exchange, change: impl Fn(&str) -> String) {
    objects(exchange, |members| {
        for value in members.values_mut() {
            if let Value::Number(number) = value
                && let text = number.to_string()
                && text.contains('.')
                && let Ok(other) = change(&text).parse()
            {
                *number = other;
            }
        }
    });
}

/// Without zeros at the end, and without a point that then has nothing behind it.
pub(super) fn short(number: &str) -> String {
    number.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// With two more zeros.
pub(super) fn long(number: &str) -> String {
    format!("{number}00")
}

/// Makes a number of a text of digits that one could be made of without loss.
pub(super) fn use_number(value: &mut Value) {
    let digits = value.as_str().filter(|text| !text.starts_with('0') || *text == "0");
    if let Some(number) = digits.and_then(|text| text.parse::<u64>().ok()) {
        *value = number.into();
    }
}

/// Makes a text of a number.
pub(super) fn use_text(value: &mut Value) {
    if value.is_number() {
        *value = value.to_string().into();
    }
}

/// Returns whether a text begins as date-times do: `yyyy-MM-ddTHH:mm:ss`.
pub(super) fn is_date_time(text: &str) -> bool {
    let shape = "0000-00-00T00:00:00".bytes();
    let fits = |(shape, byte): (u8, u8)| match shape {
        b'0' => byte.is_ascii_digit(),
        other => byte == other,
    };
    text.len() >= shape.len() && shape.zip(text.bytes()).all(fits)
}
