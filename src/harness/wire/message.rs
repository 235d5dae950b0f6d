//! The messages between judge and target, and why there may be none.

use crate::harness::subject::Credential;

/// A request as it goes out, but for what lets it in, which stands apart so that it is never
/// printed.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) credential: Option<Credential>,
    pub(crate) body: Option<Vec<u8>>,
}

/// An answer, read to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Header fields, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Vec<u8>,
    /// Each time that the request was sent again because the target asked for it, as a sentence.
    pub waits: Vec<String>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Returns what all headers of this name say together, as one would (RFC 9110, 5.3).
    pub(crate) fn combined(&self, name: &str) -> Option<String> {
        let named = self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        let values: Vec<_> = named.map(|(_, value)| value.as_str()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    pub(crate) fn is_success(&self) -> bool {
        self.status / 100 == 2
    }
}

/// The reasons why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// The request itself cannot be sent: the suite is at fault.
    Unsendable(String),
    /// The connection, the time, or the protocol failed.
    Transport(String),
    /// The target would not be asked now, for longer than anybody waits.
    Busy(String),
}

impl NoAnswer {
    /// Returns what happened, as a sentence without a full stop.
    pub fn reason(&self) -> &str {
        let (NoAnswer::Unsendable(reason) | NoAnswer::Transport(reason) | NoAnswer::Busy(reason)) =
            self;
        reason
    }

    /// Returns the sentence of [`Self::reason`], to be changed.
    pub(crate) fn reason_mut(&mut self) -> &mut String {
        let (NoAnswer::Unsendable(reason) | NoAnswer::Transport(reason) | NoAnswer::Busy(reason)) =
            self;
        reason
    }
}

/// The connections that a request may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Connection {
    Pooled,
    Fresh,
}
