//! One request and what came of it, with everything that is secret in it.

use std::time::{Duration, SystemTime};

use super::message::{Answer, NoAnswer, Request};

/// An exchange as it passed. It leaves the process only as a safe one, which evidence makes of it.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The step of the case that it was for; a prelude's has none.
    pub(crate) step: Option<String>,
    pub(crate) request: Request,
    pub(crate) answer: Result<Answer, NoAnswer>,
    pub(crate) at: SystemTime,
    pub(crate) took: Duration,
}

impl Exchange {
    /// Returns whether the request was answered by a success.
    pub(crate) fn is_accepted(&self) -> bool {
        self.answer.as_ref().is_ok_and(Answer::is_success)
    }
}
