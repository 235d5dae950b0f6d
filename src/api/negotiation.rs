//! Media types: what a client sends and what it accepts.

use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE};

use super::error::ApiError;

/// Refuses a request whose `Accept` has no room for JSON.
///
/// # Errors
/// 406.
pub(super) fn accepts_json(headers: &HeaderMap) -> Result<(), ApiError> {
    let mut values = headers.get_all(ACCEPT).iter().peekable();
    if values.peek().is_none() {
        return Ok(());
    }
    let accepted = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter(|range| !is_refused(range))
        .any(|range| {
            let essence = essence(range);
            matches!(essence.as_str(), "*/*" | "application/*" | "application/json" | "")
        });
    if accepted {
        return Ok(());
    }
    Err(ApiError::not_acceptable("Responses are application/json; Accept excludes it."))
}

/// Whether a media range has a weight of zero.
fn is_refused(range: &str) -> bool {
    range.split(';').skip(1).any(|parameter| {
        parameter
            .trim()
            .strip_prefix("q=")
            .is_some_and(|weight| weight.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0))
    })
}

/// Refuses a body of another media type than JSON or one of `more`. A request without a
/// Content-Type is read as JSON.
///
/// # Errors
/// 415.
pub(super) fn sends_json(headers: &HeaderMap, more: &[&str]) -> Result<(), ApiError> {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    let value = value.to_str().unwrap_or_default();
    let essence = essence(value);
    let charset = value.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| value.trim().trim_matches('"').to_ascii_lowercase())
    });
    let utf8 = charset.is_none_or(|charset| charset == "utf-8" || charset == "utf8");
    if utf8 && (essence == "application/json" || more.contains(&essence.as_str())) {
        return Ok(());
    }
    let detail = format!("The body must be application/json in UTF-8, not \"{value}\".");
    Err(ApiError::unsupported_media_type(detail))
}

/// A media type without its parameters, in lower case.
fn essence(value: &str) -> String {
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
