//! Media types: what a client sends and what it accepts.

use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE};

use super::error::ApiError;

/// The media ranges that JSON is in, the most specific one last.
const RANGES: [&str; 3] = ["*/*", "application/*", "application/json"];

/// Refuses a request whose `Accept` has no room for JSON. The most specific range that JSON is in
/// decides (RFC 9110 § 12.5.1), so a weight of zero there outweighs a welcome to all.
///
/// # Errors
/// 406.
pub(super) fn accepts_json(headers: &HeaderMap) -> Result<(), ApiError> {
    let mut welcome = [None; RANGES.len()];
    let mut unlimited = true;
    let lines = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    for range in lines.flat_map(|line| line.split(',')) {
        let (range, parameters) = range.split_once(';').unwrap_or((range, ""));
        let range = range.trim();
        unlimited &= range.is_empty();
        if let Some(rank) = RANGES.iter().position(|known| known.eq_ignore_ascii_case(range)) {
            welcome[rank] = Some(welcome[rank] == Some(true) || !is_refused(parameters));
        }
    }
    if welcome.into_iter().rev().flatten().next().unwrap_or(unlimited) {
        return Ok(());
    }
    Err(ApiError::not_acceptable("Responses are application/json; Accept excludes it."))
}

/// Whether the parameters of a media range give it a weight of zero.
fn is_refused(parameters: &str) -> bool {
    parameter(parameters, "q")
        .is_some_and(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0))
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
    let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
    let is = |known: &str| essence.trim().eq_ignore_ascii_case(known);
    let utf8 = parameter(parameters, "charset").is_none_or(|charset| {
        let charset = charset.trim_matches('"');
        ["utf-8", "utf8"].iter().any(|known| known.eq_ignore_ascii_case(charset))
    });
    if utf8 && (is("application/json") || more.iter().any(|known| is(known))) {
        return Ok(());
    }
    let detail = format!("The body must be application/json in UTF-8, not \"{value}\".");
    Err(ApiError::unsupported_media_type(detail))
}

/// The value of a parameter of a media type, quotes and all.
fn parameter<'a>(parameters: &'a str, wanted: &str) -> Option<&'a str> {
    parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim())
    })
}
