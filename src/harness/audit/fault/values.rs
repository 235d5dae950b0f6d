//! Values of a body that come out otherwise than they went in.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Number, Value};

/// The fate of values; pointers may hold `*` for every element.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spoiled {
    /// Parts of texts, wherever they stand, and what stands there instead.
    #[serde(default)]
    texts: BTreeMap<String, String>,
    /// Texts that lose what is beyond so many characters.
    #[serde(default)]
    cut: BTreeMap<String, usize>,
    /// Numbers that lose their sign.
    #[serde(default)]
    unsigned: Vec<String>,
    /// Numbers that lose what is beyond so many decimals.
    #[serde(default)]
    decimals: BTreeMap<String, usize>,
    /// Lists that are turned round.
    #[serde(default)]
    reversed: Vec<String>,
}

impl Spoiled {
    pub(super) fn spoil(&self, body: &mut Value) {
        if !self.texts.is_empty() {
            self.replace(body);
        }
        for (at, most) in &self.cut {
            each(body, at, &mut |value| {
                if let Value::String(text) = value {
                    *text = text.chars().take(*most).collect();
                }
            });
        }
        for at in &self.unsigned {
            rewrite(body, at, |number| number.trim_start_matches('-').to_owned());
        }
        for (at, most) in &self.decimals {
            rewrite(body, at, |number| match number.split_once('.') {
                Some((whole, _)) if *most == 0 => whole.to_owned(),
                Some((whole, decimals)) => {
                    format!("{whole}.{}", decimals.get(..*most).unwrap_or(decimals))
                }
                None => number.to_owned(),
            });
        }
        for at in &self.reversed {
            each(body, at, &mut |value| {
                if let Value::Array(items) = value {
                    items.reverse();
                }
            });
        }
    }

    fn replace(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                for (part, other) in &self.texts {
                    *text = text.replace(part.as_str(), other);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.replace(item)),
            Value::Object(members) => members.values_mut().for_each(|value| self.replace(value)),
            _ => {}
        }
    }
}

/// Writes the numbers at a pointer anew.
fn rewrite(body: &mut Value, at: &str, written: impl Fn(&str) -> String) {
    each(body, at, &mut |value| {
        let Value::Number(number) = &*value else { return };
        if let Ok(number) = written(&number.to_string()).parse::<Number>() {
            *value = Value::Number(number);
        }
    });
}

/// Calls with every value at a pointer in which `*` stands for every element.
pub(super) fn each(value: &mut Value, at: &str, change: &mut dyn FnMut(&mut Value)) {
    match at.split_once("/*") {
        None => value.pointer_mut(at).into_iter().for_each(change),
        Some((before, after)) => {
            if let Some(Value::Array(items)) = value.pointer_mut(before) {
                items.iter_mut().for_each(|item| each(item, after, change));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Spoiled;

    #[test]
    fn values_come_out_otherwise_at_their_places_alone() {
        let body = json!({"a": -1.463, "list": [{"b": -2, "c": "x & y"}, {"b": 3.25, "c": "&"}]});
        for (how, expected) in [
            (
                json!({"texts": {"&": "&amp;"}}),
                json!({"a": -1.463, "list": [{"b": -2, "c": "x &amp; y"}, {"b": 3.25, "c": "&amp;"}]}),
            ),
            (
                json!({"unsigned": ["/a", "/list/*/b"], "cut": {"/list/*/c": 3}}),
                json!({"a": 1.463, "list": [{"b": 2, "c": "x &"}, {"b": 3.25, "c": "&"}]}),
            ),
            (
                json!({"decimals": {"/a": 2, "/list/*/b": 0}, "reversed": ["/list"]}),
                json!({"a": -1.46, "list": [{"b": 3, "c": "&"}, {"b": -2, "c": "x & y"}]}),
            ),
        ] {
            let spoiled: Spoiled = serde_json::from_value(how).unwrap();
            let mut found: Value = body.clone();
            spoiled.spoil(&mut found);
            assert_eq!(found, expected);
        }
    }
}
