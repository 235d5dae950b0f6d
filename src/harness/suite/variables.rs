//! `${name}` and `${name/pointer}` in texts and JSON values.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::enclosed::next_between;

/// The values that a case may name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variables(HashMap<String, Value>);

/// A name that has no value, or none that fits where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unbound(String);

impl Unbound {
    /// Takes the sentence, without a full stop, that says which.
    pub(crate) fn new(sentence: String) -> Unbound {
        Unbound(sentence)
    }

    pub(crate) fn sentence(self) -> String {
        self.0
    }
}

impl Variables {
    pub(crate) fn bind(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    pub(crate) fn unbind(&mut self, name: &str) {
        self.0.remove(name);
    }

    pub(crate) fn is_bound(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Returns everything that a text or a number says which has a name.
    pub(crate) fn texts(&self) -> HashSet<String> {
        let lists = self.0.values().filter_map(Value::as_array).flatten();
        self.0.values().chain(lists).filter_map(text_of).collect()
    }

    /// Returns `value` with every text filled; a text that is only one variable becomes its value.
    pub(crate) fn fill(&self, value: &Value) -> Result<Value, Unbound> {
        match value {
            Value::String(text) => match only_variable(text) {
                Some(name) => self.value(name).cloned(),
                None => self.fill_text(text).map(Value::String),
            },
            Value::Array(items) => items.iter().map(|item| self.fill(item)).collect(),
            Value::Object(members) => members
                .iter()
                .map(|(name, member)| Ok((name.clone(), self.fill(member)?)))
                .collect::<Result<_, _>>()
                .map(Value::Object),
            other => Ok(other.clone()),
        }
    }

    /// Returns `value` with every text filled, which stays a text.
    pub(crate) fn fill_texts(&self, value: &Value) -> Result<Value, Unbound> {
        match value {
            Value::String(text) => self.fill_text(text).map(Value::String),
            Value::Array(items) => items.iter().map(|item| self.fill_texts(item)).collect(),
            Value::Object(members) => members
                .iter()
                .map(|(name, member)| Ok((name.clone(), self.fill_texts(member)?)))
                .collect::<Result<_, _>>()
                .map(Value::Object),
            other => Ok(other.clone()),
        }
    }

    /// Returns `text` with every variable written out.
    pub(crate) fn fill_text(&self, text: &str) -> Result<String, Unbound> {
        self.fill_escaped(text, &str::to_owned)
    }

    /// Returns `text` with every variable written out as `escape` makes of it.
    pub(crate) fn fill_escaped(
        &self,
        text: &str,
        escape: &dyn Fn(&str) -> String,
    ) -> Result<String, Unbound> {
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, name, after)) = next_variable(rest) {
            result.push_str(before);
            let value = text_of(self.value(name)?);
            let value =
                value.ok_or_else(|| Unbound(format!("`${{{name}}}` is no text and no number")))?;
            result.push_str(&escape(&value));
            rest = after;
        }
        result.push_str(rest);
        Ok(result)
    }

    fn value(&self, path: &str) -> Result<&Value, Unbound> {
        let (name, pointer) = match path.find('/') {
            Some(slash) => (&path[..slash], &path[slash..]),
            None => (path, ""),
        };
        self.0
            .get(name)
            .and_then(|value| super::pointer::get(value, pointer))
            .ok_or_else(|| Unbound(format!("`${{{path}}}` has no value here")))
    }
}

/// Returns the name if `text` is nothing but one variable.
fn only_variable(text: &str) -> Option<&str> {
    match next_variable(text)? {
        ("", name, "") => Some(name),
        _ => None,
    }
}

/// Returns the text before the next variable, its name, and the text after it.
pub(crate) fn next_variable(text: &str) -> Option<(&str, &str, &str)> {
    next_between(text, "${", "}")
}

/// Returns the text of a scalar, whether it is written as text, number or boolean; null says
/// nothing.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Variables;

    fn variables() -> Variables {
        let mut variables = Variables::default();
        variables.bind("no", "123");
        variables.bind("count", json!(2.50));
        variables.bind("item", json!({"href": "/a", "deep": {"n": 1}}));
        variables
    }

    #[test]
    fn a_lone_variable_keeps_its_type_and_others_are_written_out() {
        let filled = variables()
            .fill(&json!({"a": "${no}", "b": ["${count}", "x${no}y${count}"], "c": "$expand", "d": "${item/deep}"}))
            .unwrap();
        assert_eq!(
            filled.to_string(),
            json!({"a": "123", "b": [2.50, "x123y2.5"], "c": "$expand", "d": {"n": 1}}).to_string()
        );
    }

    #[test]
    fn an_unbound_name_is_named() {
        for text in ["${nothing}", "customers/${nothing}", "${item/none}", "x${item}"] {
            let error = variables().fill(&json!(text)).unwrap_err().sentence();
            assert!(error.contains("${"), "{error}");
        }
    }
}
