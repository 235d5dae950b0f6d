//! Media types: what a client sends and what it accepts (RFC 9110 § 8.3 and 12.5.1).

use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};

use super::error::ApiError;

/// A format of bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON, RFC 8259.
    Json,
    /// XML 1.0.
    Xml,
    /// `name=value` pairs joined by `&`, as HTML forms send them.
    Form,
}

/// A media type and the format that it names.
#[derive(Debug, PartialEq, Eq)]
pub struct Media {
    /// The type and subtype, in lower case.
    pub name: &'static str,
    /// The format.
    pub format: Format,
}

/// `application/json`.
pub(super) const JSON: Media = Media { name: "application/json", format: Format::Json };

/// `application/merge-patch+json`, RFC 7396.
pub(super) const MERGE_PATCH: Media =
    Media { name: "application/merge-patch+json", format: Format::Json };

/// Returns the media type among `produced` that a client likes best, the earlier of two that it
/// likes alike; `None` when it accepts none. The most specific range that a type is in decides, so
/// a weight of zero there outweighs a welcome to all. What is no media range limits nothing.
pub(super) fn accepted(headers: &HeaderMap, produced: &'static [Media]) -> Option<&'static Media> {
    if ranges(headers).next().is_none() {
        return produced.first();
    }
    // `max_by` gives the last of equals, and the first is meant.
    let liked = produced.iter().rev().map(|media| (media, preference(media, headers)));
    let best = liked.max_by(|(_, a), (_, b)| a.total_cmp(b));
    best.filter(|(_, preference)| *preference > 0.0).map(|(media, _)| media)
}

/// Returns whether a client asks for a media type by its name, and likes JSON no better.
pub(super) fn asks_for(headers: &HeaderMap, name: &str) -> bool {
    let of_name = ranges(headers).filter(|(range, _)| range.eq_ignore_ascii_case(name));
    let weight = of_name.map(|(_, weight)| weight).fold(0.0, f32::max);
    weight > 0.0 && weight >= preference(&JSON, headers)
}

/// Returns the media ranges of every `Accept`, each with its weight.
fn ranges(headers: &HeaderMap) -> impl Iterator<Item = (&str, f32)> {
    let lines = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .map(|range| range.split_once(';').unwrap_or((range, "")))
        .map(|(range, parameters)| (range.trim(), weight(parameters)))
        .filter(|(range, _)| range.contains('/'))
}

/// Returns the weight of the most specific range that `media` is in, or zero. Of equal ranges the
/// kinder.
fn preference(media: &Media, headers: &HeaderMap) -> f32 {
    let family = media.name.split('/').next().unwrap_or_default();
    let mut best = (0, 0.0_f32);
    for (range, weight) in ranges(headers) {
        let rank = match range.split_once('/') {
            _ if range.eq_ignore_ascii_case(media.name) => 3,
            Some((of, "*")) if of.eq_ignore_ascii_case(family) => 2,
            Some(("*", "*")) => 1,
            _ => continue,
        };
        if rank > best.0 || (rank == best.0 && weight > best.1) {
            best = (rank, weight);
        }
    }
    best.1
}

/// Returns the weight among the parameters of a media range; what is no number is as if it were not
/// there.
fn weight(parameters: &str) -> f32 {
    let weight = parameter(parameters, "q").and_then(|weight| weight.parse().ok());
    weight.filter(|weight: &f32| weight.is_finite()).unwrap_or(1.0)
}

/// Returns the error of a client that accepts none of `produced`.
pub(super) fn none_accepted(produced: &[Media]) -> ApiError {
    let names: Vec<_> = produced.iter().map(|media| media.name).collect();
    let detail = format!("Responses are {}; Accept excludes that.", names.join(" or "));
    ApiError::not_acceptable(detail)
}

/// Returns the format of a body as [`typed_body_format`] does; without a Content-Type, the first of
/// those `consumed`.
///
/// # Errors
/// 415.
pub(super) fn body_format(headers: &HeaderMap, consumed: &[Media]) -> Result<Format, ApiError> {
    match consumed.first() {
        Some(first) if !headers.contains_key(CONTENT_TYPE) => {
            check_coding(headers)?;
            Ok(first.format)
        }
        _ => typed_body_format(headers, consumed),
    }
}

/// Takes no body that is compressed.
///
/// # Errors
/// 415.
pub(super) fn check_coding(headers: &HeaderMap) -> Result<(), ApiError> {
    let plain = |coding: &HeaderValue| coding.as_bytes().eq_ignore_ascii_case(b"identity");
    if headers.get_all(CONTENT_ENCODING).iter().all(plain) {
        return Ok(());
    }
    let detail = "The body must not be compressed: no Content-Encoding is read.";
    Err(ApiError::unsupported_media_type(detail))
}

/// Returns the format of a body that says what it is: one of those `consumed`, in an encoding that
/// is read and not compressed.
///
/// # Errors
/// 415.
pub(super) fn typed_body_format(
    headers: &HeaderMap,
    consumed: &[Media],
) -> Result<Format, ApiError> {
    check_coding(headers)?;
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let value = match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().unwrap_or_default(),
        _ => return Err(ApiError::unsupported_media_type("One Content-Type is expected.")),
    };
    let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
    let named = consumed.iter().find(|media| essence.trim().eq_ignore_ascii_case(media.name));
    let charset = parameter(parameters, "charset").map(|charset| charset.trim_matches('"'));
    if let Some(media) = named.filter(|media| charset.is_none_or(|it| reads(media.format, it))) {
        return Ok(media.format);
    }
    let names: Vec<_> = consumed.iter().map(|media| media.name).collect();
    let detail = format!("The body must be {} in UTF-8, not \"{value}\".", names.join(" or "));
    Err(ApiError::unsupported_media_type(detail))
}

/// Returns whether bodies of a format are read in an encoding. XML says itself in which of its two
/// it is.
fn reads(format: Format, charset: &str) -> bool {
    let is_one_of = |known: &[&str]| known.iter().any(|it| it.eq_ignore_ascii_case(charset));
    is_one_of(&["utf-8", "utf8"])
        || format == Format::Xml && is_one_of(&["utf-16", "utf-16le", "utf-16be"])
}

/// Returns the value of a parameter of a media type, quotes and all.
fn parameter<'a>(parameters: &'a str, wanted: &str) -> Option<&'a str> {
    parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::header::{ACCEPT, HeaderValue};

    use super::{Format, JSON, Media, accepted, asks_for};

    const PRODUCED: &[Media] = &[
        JSON,
        Media { name: "application/xml", format: Format::Xml },
        Media { name: "text/xml", format: Format::Xml },
    ];

    #[test]
    fn the_most_specific_range_decides_and_the_heaviest_wins() {
        for (accept, chosen) in [
            ("*/*", Some("application/json")),
            ("text/*", Some("text/xml")),
            ("application/xml", Some("application/xml")),
            ("application/xml;q=0.5, */*;q=0.8", Some("application/json")),
            ("application/json;q=0.2, text/xml;q=0.9", Some("text/xml")),
            ("application/json;q=0, */*", Some("application/xml")),
            ("APPLICATION/XML", Some("application/xml")),
            ("", Some("application/json")),
            ("*", Some("application/json")),
            ("*;q=0.2, text/xml", Some("text/xml")),
            (",", Some("application/json")),
            ("application/json;q=nonsense", Some("application/json")),
            ("image/png", None),
            ("*/*;q=0", None),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
            let found = accepted(&headers, PRODUCED).map(|media| media.name);
            assert_eq!(found, chosen, "{accept}");
        }
        assert_eq!(accepted(&HeaderMap::new(), PRODUCED), Some(&JSON));
    }

    /// A client that rules out a stream without end would wait for the end of one.
    #[test]
    fn what_is_asked_for_is_named_and_liked_as_well_as_json() {
        for (accept, is_asked_for) in [
            ("text/event-stream", true),
            ("TEXT/Event-Stream; q=0.1", true),
            ("text/event-stream, */*;q=0.5", true),
            ("application/json, text/event-stream", true),
            ("text/event-stream;q=0", false),
            ("text/event-stream;q=0, */*", false),
            ("application/json, text/event-stream;q=0.5", false),
            ("text/html;text/event-stream", false),
            ("text/*", false),
            ("*/*", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(asks_for(&headers, "text/event-stream"), is_asked_for, "{accept}");
        }
    }
}
