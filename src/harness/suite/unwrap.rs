//! The part of an answer that is meant, whatever a lawful implementation puts around it (readings
//! 115, 118).

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

/// Finds objects by a member that they have; the shallowest are meant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Unwrap {
    /// The one object that has one of these members; a body without one stays as it is.
    One(Vec<String>),
    /// The array of the objects that have one of these members, empty if there are none.
    List(Vec<String>),
}

impl Unwrap {
    /// Returns the names that tell what is meant.
    pub(crate) fn names(&self) -> &[String] {
        let (Unwrap::One(names) | Unwrap::List(names)) = self;
        names
    }

    /// Returns the body freed of its wrappers.
    pub(crate) fn apply(&self, body: Value) -> Value {
        match self.of(&body) {
            Cow::Owned(meant) => meant,
            Cow::Borrowed(meant) if std::ptr::eq(meant, &raw const body) => body,
            Cow::Borrowed(meant) => meant.clone(),
        }
    }

    /// Returns what is meant of the body; a list without wrappers, which may be long, as it is. One
    /// element that is meant shows that it has none: the others are wrong, and not left out.
    pub(crate) fn of<'v>(&self, body: &'v Value) -> Cow<'v, Value> {
        let is_meant = |value: &Value| self.names().iter().any(|name| value.get(name).is_some());
        match (self, body) {
            (Unwrap::List(_), Value::Array(items))
                if items.is_empty() || items.iter().any(is_meant) =>
            {
                Cow::Borrowed(body)
            }
            (Unwrap::One(names), _) => {
                Cow::Borrowed(shallowest(body, names).first().copied().unwrap_or(body))
            }
            (Unwrap::List(names), _) => {
                Cow::Owned(shallowest(body, names).into_iter().cloned().collect())
            }
        }
    }
}

/// Returns the objects with one of the members, of the least depth at which there are any.
fn shallowest<'v>(body: &'v Value, names: &[String]) -> Vec<&'v Value> {
    let mut level = vec![body];
    while !level.is_empty() {
        let meant = |value: &&Value| names.iter().any(|name| value.get(name).is_some());
        let found: Vec<_> = level.iter().copied().filter(meant).collect();
        if !found.is_empty() {
            return found;
        }
        level = level.into_iter().flat_map(children).collect();
    }
    Vec::new()
}

fn children(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Unwrap;

    #[test]
    fn what_is_meant_is_found_in_every_wrapper() {
        let names = || vec!["id".to_owned(), "name".to_owned()];
        let (one, list) = (Unwrap::One(names()), Unwrap::List(names()));
        let (a, b) = (json!({"id": 1, "deep": {"id": 9}}), json!({"name": "b"}));
        for (body, first, all) in [
            (a.clone(), a.clone(), json!([a])),
            (json!({"object": a}), a.clone(), json!([a])),
            (json!([a, b]), a.clone(), json!([a, b])),
            (json!({"total": 2, "customers": {"customer": [a, b]}}), a.clone(), json!([a, b])),
            (json!([{"customer": b}]), b.clone(), json!([b])),
            (json!([a, 1, {}, null]), a.clone(), json!([a, 1, {}, null])),
            (json!([]), json!([]), json!([])),
            (json!({"code": 1}), json!({"code": 1}), json!([])),
            (json!("text"), json!("text"), json!([])),
        ] {
            assert_eq!(one.apply(body.clone()), first, "{body}");
            assert_eq!(list.apply(body.clone()), all, "{body}");
        }
    }
}
