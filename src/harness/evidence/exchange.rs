//! One request and what came of it, without what is secret.

use std::time::{Duration, SystemTime};

use super::is_redacted;

/// An exchange as every output may show it.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// The step of the case that it was for; a look-up, a prelude and a clean-up have none.
    pub step: Option<String>,
    /// When the request was sent.
    pub at: SystemTime,
    /// Until the answer had come whole.
    pub took: Duration,
    /// What was sent.
    pub request: Sent,
    /// What came, or why nothing did.
    pub answer: Result<Received, Unanswered>,
}

impl Exchange {
    /// Whether something was taken out of it.
    pub(crate) fn is_redacted(&self) -> bool {
        let Sent { url, headers, body, .. } = &self.request;
        let mut texts: Vec<&[u8]> = vec![url.as_bytes()];
        texts.extend(body.as_deref());
        texts.extend(headers.iter().map(|(_, value)| value.as_bytes()));
        if let Ok(Received { headers, body, .. }) = &self.answer {
            texts.push(body);
            texts.extend(headers.iter().map(|(_, value)| value.as_bytes()));
        }
        texts.into_iter().any(is_redacted)
    }
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// Header fields, but for Authorization.
    pub headers: Vec<(String, String)>,
    /// The scheme of its Authorization, `Bearer` or `Basic`, if it had one; never the rest of it.
    pub authorization: Option<String>,
    /// The body.
    pub body: Option<Vec<u8>>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The status.
    pub status: u16,
    /// Header fields, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Each time that the request was sent again because the target asked for it, as a sentence.
    pub waits: Vec<String>,
}

/// Why no answer came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unanswered {
    /// The request cannot be sent: the suite is at fault.
    Unsendable(String),
    /// The connection, the time, or the protocol failed.
    Transport(String),
    /// The target would not be asked for longer than a run waits.
    Busy(String),
}

impl Unanswered {
    /// What happened.
    pub fn reason(&self) -> &str {
        let (Unanswered::Unsendable(reason)
        | Unanswered::Transport(reason)
        | Unanswered::Busy(reason)) = self;
        reason
    }
}
