//! Which entries are asked for.

use http::HeaderMap;

use super::entry::Entry;
use crate::api::error::ApiError;
use crate::api::metrics::Metrics;
use crate::api::query::{names, number, values};
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
#[derive(Debug)]
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
    pub(super) form: Form,
}

/// How entries are listed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    Json,
    Har,
}

impl Filter {
    /// Reads a query, and what a browser that follows again has seen.
    ///
    /// # Errors
    /// 400 with each parameter that is unknown or makes no sense.
    pub(super) fn read(
        query: Option<&str>,
        headers: &HeaderMap,
        metrics: &Metrics,
    ) -> Result<Self, ApiError> {
        let mut wrong = unknown(query);
        let mut one = |name: &str| {
            let mut values = values(query, name).unwrap_or_else(|violation| {
                wrong.push(violation);
                Vec::new()
            });
            values.pop()
        };
        let [api, operation, status, method, path] =
            ["api", "operation", "status", "method", "path"].map(&mut one);
        let [since, limit, form] = ["since", "limit", "format"].map(&mut one);
        // Whoever comes back asks by the same URL as at first, and has seen more than that says.
        let last_seen = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok());
        let since = match last_seen {
            Some(id) => Some((LAST_EVENT_ID, id)),
            None => since.as_deref().map(|id| ("since", id)),
        };
        let mut check = |name: &str, fault: Option<String>| {
            wrong.extend(fault.map(|fault| Violation::new(name, fault)));
        };
        check("api", api.as_deref().and_then(|name| no_api(name, metrics)));
        check(
            "operation",
            operation.as_deref().and_then(|name| no_operation(name, api.as_deref(), metrics)),
        );
        check(
            "status",
            status.as_deref().filter(|status| !is_status(status)).map(|status| {
                format!(
                    "status must be a status such as 404, or a class such as 4xx, not \"{status}\"."
                )
            }),
        );
        let since = since.and_then(|(name, id)| {
            let number = id.parse().ok();
            let fault = || format!("{name} must be the id of an entry, not \"{id}\".");
            check(name, number.is_none().then(fault));
            number
        });
        let form = match form.as_deref() {
            None | Some("json") => Form::Json,
            Some("har") => Form::Har,
            Some(other) => {
                check("format", Some(format!("format must be json or har, not \"{other}\".")));
                Form::Json
            }
        };
        let limit = limit.map_or(Ok(LIMIT), |limit| number("limit", &limit));
        let limit = limit.unwrap_or_else(|violation| {
            wrong.push(violation);
            LIMIT
        });
        if !wrong.is_empty() {
            return Err(wrong.into());
        }
        Ok(Self { api, operation, status, method, path, since, limit: limit.min(MOST), form })
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

/// Returns a violation for each parameter that there is not.
fn unknown(query: Option<&str>) -> Vec<Violation> {
    let unknown = names(query).filter(|name| !NAMES.contains(&&**name)).map(|name| {
        let known = NAMES.join(", ");
        let meant = did_you_mean(&name, NAMES.into_iter());
        Violation::new(&*name, format!("There is no such parameter{meant}; there are {known}."))
    });
    unknown.collect()
}

/// Returns what is wrong with the name of an API, if anything.
fn no_api(name: &str, metrics: &Metrics) -> Option<String> {
    let mut names: Vec<_> = metrics.all_names().map(|(api, _)| api).collect();
    names.dedup();
    if names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return None;
    }
    let meant = did_you_mean(name, names.iter().copied());
    Some(format!("There is no API \"{name}\"{meant}; there are {}.", names.join(", ")))
}

/// Returns what is wrong with the name of an operation, of one API or any, if anything.
fn no_operation(name: &str, api: Option<&str>, metrics: &Metrics) -> Option<String> {
    let is_meant = |of: &str| api.is_none_or(|api| api.eq_ignore_ascii_case(of));
    let names: Vec<_> =
        metrics.all_names().filter(|(of, _)| is_meant(of)).map(|(_, name)| name).collect();
    // Of an API that there is not nothing is said beside that.
    if names.is_empty() || names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return None;
    }
    let meant = did_you_mean(name, names.into_iter());
    Some(format!(
        "There is no operation \"{name}\"{meant}; one is such as GET /customers/{{customerNo}}."
    ))
}

/// Returns whether a text is a status, or a class of them.
fn is_status(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1'..=b'5', rest @ ..]
        if rest == b"xx" || rest.len() == 2 && rest.iter().all(u8::is_ascii_digit))
}
