//! One request and its answer, as they are kept: one piece of memory.

use std::ops::Range;
use std::time::Duration;

use http::{HeaderMap, Method, StatusCode};

use super::redaction;
use crate::api::message::{Body, Request, Response};
use crate::api::metrics::Place;
use crate::store::micros;

use super::Journal;

/// The most bytes that are kept of a body.
const BODY: usize = 16 << 10;

/// What an entry takes beside its text: itself, its place in the list, the allocator's part.
const OVERHEAD: usize = size_of::<Entry>() + 64;

/// A request that is being answered.
pub(in crate::api) struct Draft {
    at: u64,
    method: Method,
    secure: bool,
    text: Vec<u8>,
    target: usize,
    fields: usize,
    body: usize,
    length: usize,
}

/// A request and its answer.
pub(super) struct Entry {
    request: Draft,
    place: Place,
    status: StatusCode,
    time: Duration,
    /// Where in the text the fields of the answer end.
    fields: usize,
    /// How long its body was; of one in pages nothing is kept.
    length: Option<usize>,
}

/// One side of an exchange.
pub(super) struct Side<'e> {
    /// The header fields, a name and a value each.
    pub(super) fields: Vec<(&'e str, &'e [u8])>,
    /// What is kept of the body.
    pub(super) body: &'e [u8],
    /// How long the body was, if that is known.
    pub(super) length: Option<usize>,
}

impl Draft {
    /// Returns what is kept of a request.
    pub(in crate::api) fn of(request: &Request) -> Self {
        let of_fields =
            request.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 2);
        let body = kept(&request.body);
        // With as much again as most answers take.
        let mut text =
            Vec::with_capacity(request.path.len() + of_fields.sum::<usize>() + body.len() + 1024);
        redaction::text(&mut text, request.path.as_bytes());
        if let Some(query) = &request.query {
            text.push(b'?');
            redaction::text(&mut text, query.as_bytes());
        }
        let target = text.len();
        write(&mut text, &request.headers);
        let fields = text.len();
        text.extend_from_slice(body);
        Self {
            at: micros(),
            method: request.method.clone(),
            secure: request.secure,
            body: text.len(),
            text,
            target,
            fields,
            length: request.body.len(),
        }
    }

    /// Adds the request to a journal, with its answer after so much time.
    pub(in crate::api) fn close(
        mut self,
        journal: &Journal,
        place: Place,
        answer: &Response,
        time: Duration,
    ) {
        write(&mut self.text, &answer.headers);
        let fields = self.text.len();
        let length = match &answer.body {
            Body::Whole(body) => {
                self.text.extend_from_slice(kept(body));
                Some(body.len())
            }
            _ => None,
        };
        journal.add(Entry { request: self, place, status: answer.status, time, fields, length });
    }
}

impl Entry {
    /// Returns how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        self.request.text.capacity() + OVERHEAD
    }

    /// Returns when the request had come, in microseconds since 1970.
    pub(super) fn at(&self) -> u64 {
        self.request.at
    }

    /// Returns how long answering took, with what it was held back.
    pub(super) fn time(&self) -> Duration {
        self.time
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    pub(super) fn method(&self) -> &Method {
        &self.request.method
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns whether the request came over TLS.
    pub(super) fn is_secure(&self) -> bool {
        self.request.secure
    }

    /// Returns the path, and the query if there was one.
    pub(super) fn target(&self) -> (&str, Option<&str>) {
        let target = std::str::from_utf8(self.part(0..self.request.target)).unwrap_or_default();
        target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)))
    }

    pub(super) fn asked(&self) -> Side<'_> {
        let Draft { target, fields, body, length, .. } = self.request;
        let (head, body) = (self.part(target..fields), self.part(fields..body));
        Side { fields: read(head), body, length: Some(length) }
    }

    pub(super) fn answered(&self) -> Side<'_> {
        let head = self.part(self.request.body..self.fields);
        let body = self.part(self.fields..self.request.text.len());
        Side { fields: read(head), body, length: self.length }
    }

    fn part(&self, range: Range<usize>) -> &[u8] {
        self.request.text.get(range).unwrap_or_default()
    }
}

/// Returns what is kept of a body.
fn kept(body: &[u8]) -> &[u8] {
    &body[..body.len().min(BODY)]
}

/// Writes header fields, a line each: no value has a line break.
fn write(text: &mut Vec<u8>, headers: &HeaderMap) {
    for (name, value) in headers {
        text.extend_from_slice(name.as_str().as_bytes());
        text.push(b':');
        redaction::field(text, name.as_str(), value.as_bytes());
        text.push(b'\n');
    }
}

/// Reads what [`write`] wrote.
fn read(text: &[u8]) -> Vec<(&str, &[u8])> {
    let lines = text.split(|byte| *byte == b'\n');
    let fields = lines.filter_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        Some((std::str::from_utf8(&line[..colon]).ok()?, &line[colon + 1..]))
    });
    fields.collect()
}
