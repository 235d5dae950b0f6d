//! Which entries are asked for.

use http::HeaderMap;

use super::entry::Entry;
use crate::api::error::ApiError;
use crate::api::metrics::Metrics;
use crate::api::query::{counts, values};
use crate::api::wire::decode;
use crate::input::suggest::did_you_mean;
use crate::model::violation::Violation;

/// What a query may say.
const NAMES: [&str; 8] =
    ["api", "operation", "status", "method", "path", "since", "limit", "format"];

/// The header in which a browser says which entry it saw last.
const LAST_EVENT_ID: &str = "last-event-id";

/// How many entries are listed where nobody says, and at most.
const LIMIT: usize = 100;
const MOST: usize = 1_000;

/// What entries must be like.
#[derive(Debug, Default)]
pub(super) struct Filter {
    api: Option<String>,
    operation: Option<String>,
    /// `404`, or a class such as `4xx`.
    status: Option<String>,
    method: Option<String>,
    /// A part of the path.
    path: Option<String>,
    /// The id of the entry after which they are.
    pub(super) since: Option<u64>,
    /// How many are listed.
    pub(super) limit: usize,
}

impl Filter {
    /// Reads a query, and what a browser that follows again has seen.
    ///
    /// # Errors
    /// 400 with each parameter that is unknown or makes no sense.
    pub(super) fn read(query: Option<&str>, headers: &HeaderMap) -> Result<Self, ApiError> {
        let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let names = pairs.filter_map(|pair| decode(pair.split('=').next()?));
        let unknown: Vec<_> = names
            .filter(|name| !NAMES.contains(&&**name))
            .map(|name| {
                let known = NAMES.join(", ");
                let meant = did_you_mean(&name, NAMES.into_iter());
                Violation::new(
                    &*name,
                    format!("There is no such parameter{meant}; there are {known}."),
                )
            })
            .collect();
        if !unknown.is_empty() {
            return Err(unknown.into());
        }
        let one = |name: &str| values(query, name).map(|values| values.into_iter().next_back());
        let [limit] = counts(query, [("limit", LIMIT)])?;
        let last_seen =
            headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
        // Whoever comes back asks by the same URL as at first, and has seen more than that says.
        let since = last_seen.map_or_else(|| one("since"), |id| Ok(Some(id)))?.map(|id| {
            let wrong = || format!("since must be the id of an entry, not \"{id}\".");
            id.parse().map_err(|_| Violation::new("since", wrong()))
        });
        let status = one("status")?;
        if let Some(status) = status.as_deref().filter(|status| !is_status(status)) {
            let wrong = format!(
                "status must be a status such as 404, or a class such as 4xx, not \"{status}\"."
            );
            return Err(Violation::new("status", wrong).into());
        }
        Ok(Self {
            api: one("api")?,
            operation: one("operation")?,
            status,
            method: one("method")?,
            path: one("path")?,
            since: since.transpose()?,
            limit: limit.min(MOST),
        })
    }

    /// Returns whether an entry is asked for, whatever its id.
    pub(super) fn admits(&self, entry: &Entry, metrics: &Metrics) -> bool {
        let (api, operation) = metrics.names(entry.place());
        let is = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(found))
        };
        let status = |wanted: &String| {
            let found = entry.status();
            wanted == found.as_str()
                || wanted[1..].eq("xx") && found.as_str().starts_with(&wanted[..1])
        };
        is(&self.api, api)
            && is(&self.operation, operation)
            && is(&self.method, entry.method().as_str())
            && self.status.as_ref().is_none_or(status)
            && self.path.as_ref().is_none_or(|part| entry.target().0.contains(part.as_str()))
    }
}

/// Returns whether a text is a status, or a class of them.
fn is_status(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1'..=b'5', rest @ ..]
        if rest == b"xx" || rest.len() == 2 && rest.iter().all(u8::is_ascii_digit))
}
