//! The body of an answer, as JSON, in whatever documented format it came.

use serde_json::Value;

use super::message::Answer;
use super::parts::LongList;
use crate::harness::api::Format;
use crate::harness::subject::Media;
use crate::input::encoding::unmarked;

/// A body that is read, if it can be.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Empty,
    Read(Value),
    /// One long list, which is still to be read in parts.
    Unread,
    /// Not of the format in which it came: why, and how it begins.
    Unreadable {
        format: Format,
        reason: String,
        start: Value,
    },
}

impl Body {
    /// Returns the body of an answer, in the format that its Content-Type or its beginning tells.
    pub(crate) fn of(answer: &Answer, media: &Media) -> Body {
        let format = media.format_of(answer.header("content-type"), &answer.body);
        match &answer.long {
            // Nothing as long as that is anything but one list.
            Some(_) => Body::unreadable(format, "it is no list".to_owned(), &answer.body),
            None => Body::read(format, &answer.body),
        }
    }

    /// Returns the same, save that one that is a long list of JSON is left to be read in parts.
    pub(crate) fn of_list(answer: &Answer, media: &Media) -> Body {
        let format = media.format_of(answer.header("content-type"), &answer.body);
        match format == Format::Json && LongList::of(answer).is_some() {
            true => Body::Unread,
            false => Body::of(answer, media),
        }
    }

    /// Reads a body in a certain format.
    pub(crate) fn read(format: Format, bytes: &[u8]) -> Body {
        if unmarked(bytes).trim_ascii().is_empty() {
            return Body::Empty;
        }
        match format.read(bytes) {
            Ok(value) => Body::Read(value),
            Err(reason) => Body::unreadable(format, reason, bytes),
        }
    }

    /// Returns the body that is not of a format, and why.
    pub(crate) fn unreadable(format: Format, reason: String, bytes: &[u8]) -> Body {
        let start = &bytes[..bytes.len().min(200)];
        Body::Unreadable { format, reason, start: String::from_utf8_lossy(start).into() }
    }

    pub(crate) fn value(&self) -> Option<&Value> {
        match self {
            Body::Read(value) => Some(value),
            Body::Empty | Body::Unread | Body::Unreadable { .. } => None,
        }
    }
}
