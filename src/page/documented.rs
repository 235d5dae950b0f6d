//! The documented exchanges, as they are printed and as they can be sent.

use serde::Deserialize;
use serde_json::Value;

use crate::data;

/// A documented exchange, as far as it is shown.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Exchange {
    /// `<api>/<name>`.
    pub(super) example: String,
    pub(super) document: String,
    pub(super) heading: String,
    #[serde(default)]
    pub(super) request: Option<Message>,
    #[serde(default)]
    pub(super) response: Option<Message>,
    #[serde(default)]
    substitute: Substitutes,
}

/// A message as printed: a request has a method and a path, a response a status.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Message {
    #[serde(default)]
    pub(super) method: String,
    #[serde(default)]
    pub(super) path: String,
    #[serde(default)]
    pub(super) query: Option<String>,
    #[serde(default)]
    pub(super) status: u16,
    #[serde(default)]
    pub(super) headers: serde_json::Map<String, Value>,
    #[serde(default)]
    body: Option<Vec<String>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Substitutes {
    #[serde(default)]
    request: Vec<Substitute>,
}

/// What stands in the place of something printed that cannot be sent.
#[derive(Debug, Clone, Deserialize)]
struct Substitute {
    #[serde(default)]
    at: Option<String>,
    /// The printed text that is replaced wherever it stands.
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    with: Option<Value>,
}

impl Message {
    /// Returns the body as printed.
    pub(super) fn body(&self) -> String {
        self.body.as_deref().unwrap_or_default().join("\n")
    }

    /// Returns the media type that it names, or that of JSON.
    pub(super) fn media(&self) -> &str {
        let is_type = |(name, _): &(&String, &Value)| name.eq_ignore_ascii_case("content-type");
        let named = self.headers.iter().find(is_type).and_then(|(_, value)| value.as_str());
        named.unwrap_or("application/json")
    }
}

impl Exchange {
    /// Returns the body of the request as it can be sent: as printed, but for members of which the
    /// suite says what stands in their place whoever is asked.
    pub(super) fn sendable(&self) -> String {
        let Some(request) = &self.request else { return String::new() };
        let mut printed = request.body();
        // What is drawn for each run, the suite alone knows.
        let fixed = self.substitute.request.iter().filter(|substitute| {
            substitute.with.as_ref().is_some_and(|with| !with.to_string().contains("${"))
        });
        for substitute in fixed.clone() {
            let with = substitute.with.as_ref().and_then(Value::as_str);
            if let (Some(text), Some(with)) = (&substitute.text, with) {
                printed = printed.replace(text, with);
            }
        }
        let Ok(mut body) = serde_json::from_str::<Value>(&printed) else { return printed };
        for substitute in fixed {
            let place = substitute.at.as_ref().and_then(|at| body.pointer_mut(at));
            if let (Some(place), Some(with)) = (place, &substitute.with) {
                *place = with.clone();
            }
        }
        serde_json::to_string_pretty(&body).unwrap_or(printed)
    }
}

/// Returns every documented exchange, API by API.
pub(super) fn exchanges() -> impl Iterator<Item = Exchange> {
    let files = data::files_under("examples/").filter(|(path, _)| path.ends_with(".json"));
    files.filter_map(|(_, bytes)| serde_json::from_slice(bytes).ok())
}

/// Returns the body of the first documented request of this method to such a path, as it can be sent;
/// empty where it has none.
pub(super) fn body(method: &str, path: &str) -> String {
    let is_such = |exchange: &Exchange| {
        let request = exchange.request.as_ref();
        request.is_some_and(|it| it.method == method && is_alike(&it.path, path))
    };
    exchanges().find(is_such).map(|exchange| exchange.sendable()).unwrap_or_default()
}

/// Returns whether a path is a printed one but for its placeholders and identifiers.
fn is_alike(printed: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let (printed, path): (Vec<_>, Vec<_>) =
        (printed.split('/').collect(), path.split('/').collect());
    let is_identifier = |segment: &str| {
        !segment.is_empty()
            && segment.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    printed.len() == path.len()
        && printed.iter().zip(&path).all(|(printed, own)| is_identifier(printed) || printed == own)
}

#[cfg(test)]
mod tests {
    use super::{body, exchanges};

    #[test]
    fn every_documented_exchange_is_read() {
        let all: Vec<_> = exchanges().collect();
        let files = crate::data::files_under("examples/");
        let files = files.filter(|(path, _)| path.ends_with(".json")).count();
        assert_eq!(all.len(), files);
        assert!(all.iter().all(|exchange| exchange.example.contains('/')));
    }

    #[test]
    fn the_body_of_a_documented_request_can_be_sent_to_a_path_like_its_own() {
        let sent = body("PATCH", "/ledger/customer/v1/100/customers/9999");
        assert!(serde_json::from_str::<serde_json::Value>(&sent).is_ok(), "{sent}");
        assert_eq!(body("PATCH", "/ledger/customer/v1/100/else/9999"), "");
    }
}
