//! What hyper refuses by itself: a head that is none, or too much of one. hyper's own answer has no
//! body, so another is sent in its place.

use bytes::Bytes;
use http::header::DATE;
use http::{Method, StatusCode, Uri};

use super::head::Head;
use crate::api::message::{Body, Refusal, Response};

/// Returns the method and the path of a request's first line, as far as it has them: what is no URL
/// has no query.
pub(super) fn asked(line: &[u8]) -> (String, String) {
    let mut parts = line.split(|byte| *byte == b' ').map(String::from_utf8_lossy);
    let method = parts.next().unwrap_or_default().into_owned();
    let target = parts.next().unwrap_or_default().into_owned();
    let path = match target.parse::<Uri>() {
        Ok(uri) => uri.path().to_owned(),
        Err(_) => target.split(['?', '#']).next().unwrap_or_default().to_owned(),
    };
    (method, path)
}

/// Returns why hyper refused a head with `status`, of which it takes `most` bytes.
pub(super) fn why(status: StatusCode, head: &Head, most: usize) -> Refusal {
    match status {
        StatusCode::URI_TOO_LONG => Refusal::TargetTooLong,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE if head.is_long_by_its_line(most) => {
            Refusal::TargetTooLong
        }
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Refusal::HeadTooLarge,
        _ => Refusal::BadHead(fault(head.line())),
    }
}

/// Returns what is wrong with a head, as far as its first line says.
fn fault(line: &[u8]) -> &'static str {
    let parts: Vec<&[u8]> = line.split(|byte| *byte == b' ').collect();
    let [method, target, version] = parts[..] else {
        return "The request line is not a method, a target and a version with one blank between them.";
    };
    if Method::from_bytes(method).is_err() {
        return "The request's method is no name.";
    }
    if Uri::try_from(target).is_err() {
        return "The request's target is no URL; what has no place in one must be percent-encoded.";
    }
    if ![&b"HTTP/1.1"[..], b"HTTP/1.0"].contains(&version) {
        return "The request is of another version than HTTP/1.1 and HTTP/1.0.";
    }
    "A header field is malformed, or the fields disagree on where the request ends."
}

/// Returns the bytes of an answer that takes the place of hyper's own, after which the connection
/// closes.
pub(super) fn bytes(answer: Response, own: &[u8], method: &str) -> Bytes {
    let body = match answer.body {
        Body::Whole(bytes) => bytes,
        _ => Bytes::new(),
    };
    let mut out = format!("HTTP/1.1 {}\r\n", answer.status).into_bytes();
    for (name, value) in &answer.headers {
        out.extend_from_slice(name.as_str().as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    let date = own.split(|byte| *byte == b'\n').find(|line| line.starts_with(b"date: "));
    if let Some(date) = date.filter(|_| !answer.headers.contains_key(DATE)) {
        out.extend_from_slice(date);
        out.push(b'\n');
    }
    let length = body.len();
    out.extend_from_slice(
        format!("content-length: {length}\r\nconnection: close\r\n\r\n").as_bytes(),
    );
    if method != "HEAD" {
        out.extend_from_slice(&body);
    }
    out.into()
}
