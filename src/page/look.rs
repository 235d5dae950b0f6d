//! One look at a view: what was asked for, and with which credentials the APIs are asked.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, HOST, ORIGIN};
use http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;

use crate::api::Api;
use crate::api::message::{Body, Pages, Request, Response};
use crate::api::wire::decode_query;
use crate::input::secret::WELL_KNOWN;
use crate::store::error::StoreError;
use crate::store::snapshot::Snapshot;

/// The most bytes of an answer that a view is made of.
const MOST: usize = 16 << 20;

/// A request for a view.
pub(super) struct Look<'a> {
    pub(super) api: &'a Api,
    pub(super) path: String,
    query: Vec<(String, String)>,
    /// Those by which the APIs judge who asks.
    headers: HeaderMap,
    secure: bool,
}

/// What an API answered.
pub(super) enum Told {
    /// A success, with its body.
    Value(Value),
    /// Another status, with what the answer says.
    Refused(String),
}

impl<'a> Look<'a> {
    pub(super) fn new(api: &'a Api, request: Request) -> Look<'a> {
        let kept = [HOST, ORIGIN, AUTHORIZATION];
        let kept = kept.into_iter().filter_map(|name| {
            let value = request.headers.get(&name)?.clone();
            Some((name, value))
        });
        Look {
            api,
            headers: kept.collect(),
            query: pairs(request.query.as_deref().unwrap_or_default()),
            path: request.path,
            secure: request.secure,
        }
    }

    /// Returns a parameter of the query that is not empty.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Returns a parameter of the query, or the empty text.
    pub(super) fn text(&self, name: &str) -> &str {
        self.parameter(name).unwrap_or_default()
    }

    /// Returns the view as others can ask for it.
    pub(super) fn own_link(&self) -> String {
        let pairs: Vec<_> =
            self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        link(&self.path, &pairs)
    }

    /// Returns the scheme and the host that this was asked at.
    pub(super) fn origin(&self) -> String {
        let host = self.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        format!("{}://{host}", if self.secure { "https" } else { "http" })
    }

    /// Returns a view of everything that is committed.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn reader(&self) -> Result<Arc<Snapshot>, StoreError> {
        self.api.store().reader()
    }

    /// Returns whether the credentials reach a ledger.
    pub(super) fn reaches(&self, ledger: &str) -> bool {
        self.api.auth().ledger(&self.headers_of(ledger), ledger).is_ok()
    }

    /// Returns whether the credentials are the administrator's.
    pub(super) fn is_administrator(&self) -> bool {
        self.api.auth().admin(&self.headers).is_ok()
    }

    /// Returns the headers of a request to a ledger: with its own token where everybody knows it.
    fn headers_of(&self, ledger: &str) -> HeaderMap {
        let mut headers = self.headers.clone();
        let token = HeaderValue::try_from(format!("Bearer {WELL_KNOWN}{ledger}"));
        if let (true, Ok(token)) = (self.api.auth().is_open(), token) {
            headers.insert(AUTHORIZATION, token);
        }
        headers
    }

    /// Asks an API that has ledgers.
    pub(super) async fn ask_ledger(&self, ledger: &str, target: &str) -> Told {
        self.ask_with(self.headers_of(ledger), target).await
    }

    /// Asks an API that has none.
    pub(super) async fn ask(&self, target: &str) -> Told {
        self.ask_with(self.headers.clone(), target).await
    }

    async fn ask_with(&self, mut headers: HeaderMap, target: &str) -> Told {
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        let request = Request {
            method: Method::GET,
            path: path.to_owned(),
            query,
            headers,
            body: Bytes::new(),
            secure: self.secure,
        };
        told(self.api.look(request).await).await
    }
}

async fn told(answer: Response) -> Told {
    let status = answer.status;
    let bytes = match answer.body {
        Body::Whole(bytes) => Ok(bytes.to_vec()),
        Body::Pages(pages) => collected(pages).await,
        Body::Live(_) | Body::Altered(_) => Err("The answer has no end.".to_owned()),
    };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(why) => return Told::Refused(why),
    };
    match serde_json::from_slice::<Value>(&bytes) {
        Ok(value) if status.is_success() => Told::Value(value),
        Ok(problem) => {
            let detail = ["Detail", "detail", "message", "reason"];
            let detail = detail.iter().find_map(|name| problem.get(name)?.as_str());
            let whole = problem.to_string();
            Told::Refused(format!("{status}: {}", detail.unwrap_or(&whole)))
        }
        Err(_) => Told::Refused(format!("{status}: {}", String::from_utf8_lossy(&bytes))),
    }
}

/// Reads a long answer off the threads that serve.
async fn collected(pages: Pages) -> Result<Vec<u8>, String> {
    let reading = tokio::task::spawn_blocking(move || {
        let mut all = Vec::new();
        for page in pages {
            all.extend_from_slice(&page.map_err(|error| error.to_string())?);
            if all.len() > MOST {
                return Err(format!("The answer is longer than {} MiB.", MOST >> 20));
            }
        }
        Ok(all)
    });
    reading.await.unwrap_or_else(|error| Err(error.to_string()))
}

/// Returns the credentials that a text is: user and password with a colon between, or a token.
pub(super) fn credentials(given: &str) -> String {
    match given.contains(':') {
        true => format!("Basic {}", BASE64.encode(given)),
        false => format!("Bearer {given}"),
    }
}

/// Returns the decoded pairs of a query or a form.
pub(super) fn pairs(query: &str) -> Vec<(String, String)> {
    let decoded =
        |text: &str| decode_query(text).map_or_else(|| text.to_owned(), |text| text.into_owned());
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

/// Returns a path with a query.
pub(super) fn link(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut link = path.to_owned();
    for (at, (name, value)) in pairs.iter().enumerate() {
        link.push(if at == 0 { '?' } else { '&' });
        link.push_str(&encoded(name));
        link.push('=');
        link.push_str(&encoded(value));
    }
    link
}

/// Returns a text as a segment of a path, or a value of a query.
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            true => encoded.push(char::from(byte)),
            false => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
