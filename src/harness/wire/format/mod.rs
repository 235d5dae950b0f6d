//! The formats of bodies: each is read strictly, and written for requests.

mod form;
mod json;

mod xml;

use serde_json::Value;

#[cfg(test)]
pub(crate) use xml::is_name;

use crate::harness::api::Format;
use crate::harness::suite::{XmlStyle, text_of};
use crate::input::encoding::unmarked;

/// No body is nested deeper: what reads or compares one goes down by recursion.
const DEEPEST: usize = 128;

impl Format {
    /// Returns the body as JSON; what stands around the value of the format itself is not
    /// unwrapped.
    ///
    /// # Errors
    /// Why it is none in this format, as a sentence without a full stop.
    pub(crate) fn read(self, bytes: &[u8]) -> Result<Value, String> {
        let bytes = unmarked(bytes);
        match self {
            Format::Json => json::read(bytes),
            Format::Xml => xml::read(bytes),
            Format::Form => form::read(bytes),
        }
    }

    /// Returns a request body; in a format other than JSON an object of scalars, whose nulls are
    /// left out.
    ///
    /// # Errors
    /// The body is no such object.
    pub(crate) fn write(self, body: &Value, shape: XmlStyle) -> Result<String, String> {
        match self {
            Format::Json => Ok(body.to_string()),
            Format::Xml => xml::write(&scalars(body)?, shape),
            Format::Form => Ok(form::write(&scalars(body)?)),
        }
    }

    /// Returns a request body with one member more. A body that has it already, or is none of this
    /// format, stays as it is.
    pub(crate) fn with_member(self, body: String, name: &str, value: &str) -> String {
        if body.contains(name) {
            return body;
        }
        match self {
            Format::Json => json::with_member(body, name, value),
            Format::Xml => xml::with_member(body, name, value),
            Format::Form => format!("{body}&{name}={}", form::escape(value)),
        }
    }

    /// Returns a text as it may stand in a value that is printed in this format.
    pub(crate) fn escape(self, text: &str) -> String {
        match self {
            Format::Json => json::escape(text),
            Format::Xml => xml::escape(text),
            Format::Form => form::escape(text),
        }
    }

    /// Joins printed lines to one text: a form has no line breaks, and a print breaks it for its
    /// width.
    pub(crate) fn join(self, lines: &[String]) -> String {
        lines.join(if self == Format::Form { "" } else { "\n" })
    }
}

/// Returns the text of a body in UTF-16, if it is one.
pub(crate) fn utf_16(bytes: &[u8]) -> Option<String> {
    xml::utf_16(bytes)?.ok()
}

/// Returns the members of a flat object with their values as text.
fn scalars(body: &Value) -> Result<Vec<(&str, String)>, String> {
    let members = body.as_object().ok_or("only an object can be written in this format")?;
    let mut pairs = Vec::with_capacity(members.len());
    for (name, value) in members {
        match value {
            Value::Null => {}
            value => {
                let text = text_of(value).ok_or_else(|| {
                    format!("the member {name} is no scalar, as this format asks")
                })?;
                pairs.push((name.as_str(), text));
            }
        }
    }
    Ok(pairs)
}
