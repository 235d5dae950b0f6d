//! One request and what came of it, without what is secret: as every output may show it.

use std::time::{Duration, SystemTime};

use crate::harness::wire::{Answer, NoAnswer};

/// An exchange of which everything secret was taken out. Only evidence makes one.
#[derive(Debug, Clone, PartialEq)]
pub struct SafeExchange {
    /// The step of the case that it was for; a look-up, a prelude and a clean-up have none.
    pub step: Option<String>,
    /// The moment at which the request was sent.
    pub at: SystemTime,
    /// The time until the answer had come whole.
    pub took: Duration,
    /// The request as it was sent.
    pub request: SafeRequest,
    /// The answer, or why none came.
    pub answer: Result<Answer, NoAnswer>,
}

/// A request without its credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeRequest {
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
