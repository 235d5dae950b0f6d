//! One line a request, on standard error: when, what, how it ended. Never a header, a query or a body:
//! secrets stand in them.

use std::sync::OnceLock;
use std::time::{Instant, SystemTime};

use chrono::{DateTime, SecondsFormat, Utc};
use http::StatusCode;
use serde_json::json;
use uuid::Uuid;

use crate::api::draw;
use crate::output::{standard_error, visible};

/// The log of this process, which has one standard error; none unless it was begun.
static BEGUN: OnceLock<Log> = OnceLock::new();

/// The form of the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// Blanks between the parts.
    Text,
    /// A JSON object; everything else that is told on standard error is one too, with a `message`.
    Json,
}

impl Log {
    /// Returns the form of this name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// Has every request logged that is answered from now on.
    pub fn begin(self) {
        let _ = BEGUN.set(self);
    }

    /// Returns the log, if there is one.
    pub(super) fn begun() -> Option<Self> {
        BEGUN.get().copied()
    }

    pub(super) fn write(self, entry: &Entry, sent: u64, is_cut: bool) {
        standard_error::put(self.line(entry, sent, is_cut));
    }

    /// Returns a sentence in this form, as a line of it.
    pub fn sentence(self, sentence: &str) -> String {
        match self {
            Self::Text => sentence.to_owned(),
            Self::Json => {
                let said = json!({"time": text(SystemTime::now()), "message": sentence});
                visible::json(&said.to_string()).into_owned()
            }
        }
    }

    fn line(self, entry: &Entry, sent: u64, is_cut: bool) -> String {
        let Entry { at, since, method, path, id, status } = entry;
        let (time, micros) = (text(*at), since.elapsed().as_micros());
        match self {
            Self::Text => {
                let status = status.as_ref().map_or("-", StatusCode::as_str);
                let cut = if is_cut { " cut" } else { "" };
                let line = format!("{time} {method} {path} {status} {sent}B {micros}us {id}{cut}");
                visible::line(&line).into_owned()
            }
            Self::Json => {
                let mut line = json!({
                    "time": time,
                    "method": method,
                    "path": path,
                    "status": status.map(|status| status.as_u16()),
                    "bytes": sent,
                    "microseconds": u64::try_from(micros).unwrap_or(u64::MAX),
                    "id": id.to_string(),
                });
                if is_cut {
                    line["cut"] = true.into();
                }
                visible::json(&line.to_string()).into_owned()
            }
        }
    }
}

/// A request that is being answered.
pub(super) struct Entry {
    at: SystemTime,
    since: Instant,
    method: String,
    path: String,
    id: Uuid,
    status: Option<StatusCode>,
}

impl Entry {
    pub(super) fn new(method: &str, path: &str) -> Self {
        Self {
            at: SystemTime::now(),
            since: Instant::now(),
            method: method.to_owned(),
            path: path.to_owned(),
            id: draw::uuid(),
            status: None,
        }
    }

    /// The same with the status of its answer.
    pub(super) fn answered(self, status: StatusCode) -> Self {
        Self { status: Some(status), ..self }
    }

    pub(super) fn id(&self) -> String {
        self.id.to_string()
    }
}

/// Returns a time as RFC 3339 has it.
fn text(time: SystemTime) -> String {
    DateTime::<Utc>::from(time).to_rfc3339_opts(SecondsFormat::Micros, true)
}
