//! The three formats of 003. All it speaks of is flat: a noun with members that are texts, or a
//! list of such nouns. Each format reads the one and writes both.

mod encoding;
pub(super) mod form;
mod json;
pub(in crate::api) mod xml;

use std::borrow::Cow;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Map, Value};

use super::Call;
use crate::api::error::ApiError;
use crate::api::message::{Body, Response};
use crate::api::negotiation::{Format, Media};
use crate::input::encoding::unmarked;
use crate::model::violation::Violation;

/// The names of what a noun may be wrapped in: its own, or that of the parameter (reading 115).
const WRAPPERS: [&str; 2] = ["customer", "object"];

/// Reads the noun that the body holds, in the format that its Content-Type names. Its members have
/// passed no schema.
///
/// # Errors
/// 400 when the body is not of that format or names a member twice.
pub(super) fn read(call: &Call) -> Result<Value, ApiError> {
    let body = &call.request.body;
    Ok(match call.format {
        Format::Json => json::read(body)?,
        Format::Xml => Value::Object(xml::read(&encoding::decode(body)?)?),
        Format::Form => Value::Object(form::read(text(body)?)?),
    })
}

/// The body as UTF-8.
fn text(body: &[u8]) -> Result<&str, Violation> {
    std::str::from_utf8(unmarked(body)).map_err(|error| {
        let at = error.valid_up_to();
        Violation::body(format!(
            "The body is not UTF-8: the byte at offset {at} begins no character."
        ))
    })
}

/// Adds a member that must not be there yet.
fn add(members: &mut Map<String, Value>, name: &str, value: Value) -> Result<(), Violation> {
    if members.insert(name.to_owned(), value).is_some() {
        return Err(Violation::new(name, format!("{name} occurs twice.")));
    }
    Ok(())
}

/// A member as it is written.
pub(super) type Member<'a> = (&'static str, Cow<'a, str>);

/// Returns a noun; `root` names it where the format names nouns.
pub(super) fn object<'a>(
    format: Format,
    root: &str,
    members: impl IntoIterator<Item = Member<'a>>,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    match format {
        Format::Json => json::object(&mut out, members),
        Format::Xml => {
            out.extend_from_slice(xml::DECLARATION);
            xml::element(&mut out, root, members);
        }
        Format::Form => form::write(&mut out, members),
    }
    out
}

/// Writes a list of nouns. A form has none (reading 114), and would be one noun after the other.
pub(super) struct List {
    out: Vec<u8>,
    format: Format,
    root: &'static str,
    item: &'static str,
    empty: bool,
}

impl List {
    /// Opens a list; `root` and `item` name it and its nouns.
    pub(super) fn begin(format: Format, root: &'static str, item: &'static str) -> Self {
        let mut out = Vec::with_capacity(4 << 10);
        match format {
            Format::Json => out.push(b'['),
            Format::Xml => {
                out.extend_from_slice(xml::DECLARATION);
                out.extend([b"<", root.as_bytes(), b">"].concat());
            }
            Format::Form => {}
        }
        Self { out, format, root, item, empty: true }
    }

    /// Writes one more noun.
    pub(super) fn item<'a>(&mut self, members: impl IntoIterator<Item = Member<'a>>) {
        let first = std::mem::replace(&mut self.empty, false);
        match self.format {
            Format::Json => {
                if !first {
                    self.out.push(b',');
                }
                json::object(&mut self.out, members);
            }
            Format::Xml => xml::element(&mut self.out, self.item, members),
            Format::Form => form::write(&mut self.out, members),
        }
    }

    /// Closes the list.
    pub(super) fn end(mut self) -> Vec<u8> {
        match self.format {
            Format::Json => self.out.push(b']'),
            Format::Xml => self.out.extend([b"</", self.root.as_bytes(), b">"].concat()),
            Format::Form => {}
        }
        self.out
    }
}

/// Returns a response of this type. It says no charset: all of it is UTF-8, as JSON and forms
/// always are and as XML itself declares.
pub(super) fn response(status: StatusCode, media: &Media, body: Vec<u8>) -> Response {
    let media = HeaderValue::from_static(media.name);
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, media)]);
    Response { status, headers, body: Body::Whole(Bytes::from(body)) }
}
