//! The messages between judge and target, and why there may be none.

use std::sync::Arc;

use super::long::LongBody;
use crate::harness::subject::Credential;
use crate::harness::suite::Listen;

/// A request as it goes out, but for what lets it in, which stands apart so that it is never
/// printed.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) credential: Option<Credential>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) room: Room,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Returns whether it asks what was heard, and never reaches the target.
    pub(crate) fn is_to_listener(&self) -> bool {
        self.method == Listen::METHOD
    }
}

/// How much may be answered to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Room {
    /// One thing, which is read whole.
    #[default]
    Thing,
    /// A list, which is read in parts.
    List,
    /// Anything: what is asked is only who answers, and how.
    Glance,
}

/// An answer, read to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Header fields, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it came; of a long one its beginning.
    pub body: Vec<u8>,
    /// The whole of a long body.
    pub long: Option<Arc<LongBody>>,
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

    /// Leaves of the body only so much of its beginning, and how long it was.
    pub(crate) fn cut(&mut self, most: usize) {
        let length = self.cut_from().unwrap_or(self.body.len() as u64);
        self.body.truncate(most);
        self.body.shrink_to_fit();
        self.long = Some(Arc::new(LongBody::gone(length)));
    }

    /// Returns how many bytes a body has of which only the beginning is at hand.
    pub(crate) fn cut_from(&self) -> Option<u64> {
        self.long.as_ref().map(|long| long.length)
    }
}

/// The reasons why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// The request itself cannot be sent: the suite is at fault.
    Unsendable(String),
    /// There is no connection: nothing came from the target at all.
    Unreached(String),
    /// The time, or the protocol, failed on a connection.
    Transport(String),
    /// The target would not be asked now, for longer than anybody waits.
    Busy(String),
    /// The answer is more than a run takes, or the run has taken all that it may.
    Excess(String),
}

impl NoAnswer {
    /// Returns what happened, as a sentence without a full stop.
    pub fn reason(&self) -> &str {
        let (NoAnswer::Unsendable(reason)
        | NoAnswer::Unreached(reason)
        | NoAnswer::Transport(reason)
        | NoAnswer::Busy(reason)
        | NoAnswer::Excess(reason)) = self;
        reason
    }

    /// Returns the sentence of [`Self::reason`], to be changed.
    pub(crate) fn reason_mut(&mut self) -> &mut String {
        let (NoAnswer::Unsendable(reason)
        | NoAnswer::Unreached(reason)
        | NoAnswer::Transport(reason)
        | NoAnswer::Busy(reason)
        | NoAnswer::Excess(reason)) = self;
        reason
    }
}

/// The connections that a request may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Connection {
    Pooled,
    Fresh,
}
