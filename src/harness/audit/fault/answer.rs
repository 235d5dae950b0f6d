//! Answers that are made up or changed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Number, Value};

use super::values::{Spoiled, each};
use crate::harness::suite::{Variables, pointer};
use crate::harness::wire::Answer;

/// An answer of the fault's own; variables are the path's parameters, `root`, `sent`, `answered`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Made {
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: Option<Value>,
}

impl Made {
    /// Returns the answer; none, if a variable has no value here.
    pub(super) fn answer(&self, variables: &Variables) -> Option<Answer> {
        let mut headers = Vec::new();
        for (name, value) in &self.headers {
            headers.push((name.to_lowercase(), variables.fill_text(value).ok()?));
        }
        let body = match &self.body {
            Some(body) => variables.fill(body).ok()?.to_string().into_bytes(),
            None => Vec::new(),
        };
        let typed = headers.iter().any(|(name, _)| name == "content-type");
        if !typed && !body.is_empty() {
            let media = match self.status {
                ..400 => "application/json",
                _ => "application/problem+json",
            };
            headers.push(("content-type".to_owned(), media.to_owned()));
        }
        Some(Answer { status: self.status, headers, body, ..Answer::default() })
    }
}

/// The changes of an answer; pointers may hold `*` for every element.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edited {
    #[serde(default)]
    status: Option<u16>,
    /// Headers that are set; null removes one.
    #[serde(default)]
    headers: BTreeMap<String, Option<String>>,
    #[serde(default)]
    set: BTreeMap<String, Value>,
    #[serde(default)]
    remove: Vec<String>,
    /// Numbers that are made larger.
    #[serde(default)]
    add: BTreeMap<String, i64>,
    /// Lists that lose their first element.
    #[serde(default)]
    shift: Vec<String>,
    /// Lists that lose their last element.
    #[serde(default)]
    pop: Vec<String>,
    /// Lists that have their first element twice.
    #[serde(default)]
    twice: Vec<String>,
    /// Lists that have one element more, and that element.
    #[serde(default)]
    append: BTreeMap<String, Value>,
    /// The fate of its values.
    #[serde(default)]
    values: Spoiled,
    /// True if the body is emptied.
    #[serde(default)]
    emptied: bool,
}

impl Edited {
    /// Returns the answer as it is changed.
    pub(super) fn of(&self, answer: Answer, variables: &Variables) -> Answer {
        let mut answer = answer;
        answer.status = self.status.unwrap_or(answer.status);
        for (name, value) in &self.headers {
            let name = name.to_lowercase();
            answer.headers.retain(|(known, _)| *known != name);
            answer.headers.extend(value.clone().map(|value| (name, value)));
        }
        if let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) {
            let before = body.clone();
            self.edit(&mut body, variables);
            if body != before {
                answer.body = body.to_string().into_bytes();
            }
        }
        if self.emptied {
            answer.body = Vec::new();
        }
        answer
    }

    fn edit(&self, body: &mut Value, variables: &Variables) {
        for (at, value) in &self.set {
            if let Ok(value) = variables.fill(value) {
                pointer::replace(body, at, Some(&value));
            }
        }
        for at in &self.remove {
            pointer::replace(body, at, None);
        }
        for (at, more) in &self.add {
            each(body, at, &mut |value| {
                if let Value::Number(number) = value {
                    *value = larger(number, *more);
                }
            });
        }
        let list = |body: &mut Value, at: &str, change: &mut dyn FnMut(&mut Vec<Value>)| {
            each(body, at, &mut |value| {
                if let Value::Array(items) = value {
                    change(items);
                }
            });
        };
        for at in &self.shift {
            list(body, at, &mut |items| drop((!items.is_empty()).then(|| items.remove(0))));
        }
        for at in &self.pop {
            list(body, at, &mut |items| drop(items.pop()));
        }
        for at in &self.twice {
            list(body, at, &mut |items| items.extend(items.first().cloned()));
        }
        for (at, more) in &self.append {
            if let Ok(more) = variables.fill(more) {
                list(body, at, &mut |items| items.push(more.clone()));
            }
        }
        self.values.spoil(body);
    }
}

fn larger(number: &Number, more: i64) -> Value {
    let text = number.to_string();
    let end = text.find('.').unwrap_or(text.len());
    let whole = text[..end].parse::<i64>().unwrap_or(0).saturating_add(more);
    serde_json::from_str(&format!("{whole}{}", &text[end..])).unwrap_or(Value::Null)
}
