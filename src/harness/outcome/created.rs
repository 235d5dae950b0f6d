//! The records that a run leaves in the target.

use serde_json::Value;

use crate::harness::api::Creates;
use crate::harness::subject::Site;
use crate::harness::wire::{Answer, Body, Request};

/// A record that a request of the run made, or may have made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// The API.
    pub api: String,
    /// The case, or `control` and the name of the control that cases share.
    pub case: String,
    /// The request's method.
    pub method: String,
    /// The path that the request was sent to.
    pub path: String,
    /// The name of the record: the answer's Location, or the `@id`, `href`, `id` or `customerNo` of
    /// its body.
    pub identifier: Option<String>,
    /// The status that was answered; none if no answer came, so that nobody knows what was made.
    pub status: Option<u16>,
    /// True if it was deleted again.
    pub deleted: bool,
}

/// Returns what a request creates at a site, if it creates anything.
pub(crate) fn creates(site: &Site<'_>, request: &Request) -> Option<&'static Creates> {
    let path = site.relative(&request.url)?;
    site.mounted.api.creates.iter().find(|each| each.fits(&request.method, path))
}

/// The members by which a record names itself.
pub(crate) const NAMES: [&str; 4] = ["@id", "href", "id", "customerNo"];

/// Returns the name that the answer to a creation gives to what it made.
pub(crate) fn identifier(answer: &Answer, body: &Body) -> Option<String> {
    let location = answer.header("location").map(str::to_owned);
    location.or_else(|| {
        let named = |name| body.value().and_then(|body| member(body, name, 2));
        NAMES.into_iter().find_map(named)
    })
}

/// How a record may name itself: the last parts of its links, its id.
pub(crate) fn names_of(value: &Value) -> Vec<String> {
    let named = NAMES.into_iter().filter_map(|name| {
        let text = member(value, name, 2)?;
        Some(text.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned())
    });
    named.filter(|name| !name.is_empty()).collect()
}

/// Returns a member's text, in the object itself or in one that is wrapped around it.
fn member(value: &Value, name: &str, depth: usize) -> Option<String> {
    let members = value.as_object()?;
    match members.get(name) {
        Some(Value::String(text)) => Some(text.trim().to_owned()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ if depth == 0 => None,
        _ => members.values().find_map(|inner| member(inner, name, depth - 1)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::member;

    #[test]
    fn a_wrapped_record_is_found_by_its_own_member() {
        let wrapped = json!({"customer": {"id": 7, "of": {"id": "8"}}});
        assert_eq!(member(&wrapped, "id", 2).as_deref(), Some("7"));
        assert_eq!(member(&json!([1]), "id", 2), None);
    }
}
