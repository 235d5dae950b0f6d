//! The ways between the judge and the target.

use std::time::Duration;

use super::message::{Answer, Connection, NoAnswer, Request};
use super::retry::bearable;

/// A way to the target: the client, or something that stands before it or in its place.
pub(crate) trait Transport {
    /// Sends once.
    ///
    /// # Errors
    /// There is no answer.
    fn send(&self, request: &Request, connection: Connection) -> Result<Answer, NoAnswer>;

    /// Sends all of them at one time, each on a connection of its own; most ways take them in turn.
    fn send_at_once(&self, requests: &[Request]) -> Vec<Result<Answer, NoAnswer>> {
        requests.iter().map(|request| self.send(request, Connection::Fresh)).collect()
    }

    /// Sends for the next page of a list, of which so much has been read.
    ///
    /// # Errors
    /// There is no answer, or the list has gone on for longer than anybody reads.
    fn send_page(
        &self,
        _list: &Request,
        _read: Joined,
        page: &Request,
        connection: Connection,
    ) -> Result<Answer, NoAnswer> {
        self.send(page, connection)
    }

    /// Is told that the answer to a request is more than is held; most ways do not care.
    fn note_excess(&self, _request: &Request) {}

    /// Is told that nobody listens at a callback any more; most ways do not care.
    fn forget(&self, _callback: &str) {}

    /// Is told before each request what it is sent for; most ways do not care.
    fn begin(&self, _purpose: Purpose) {}

    /// Leaves the target alone for as long as an answer of this status asked for.
    ///
    /// # Errors
    /// A sentence: that is too long.
    fn leave_alone(&self, status: u16, wait: Duration) -> Result<(), String> {
        bearable(status, wait)
    }

    /// Returns whether everything up to the last answer is as it was when the case passed, so that
    /// nothing new can be found in it.
    fn is_as_it_passed(&self) -> bool {
        false
    }
}

/// What was read of a list in pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Joined {
    pub(crate) pages: usize,
    pub(crate) bytes: u64,
}

/// The purpose for which a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose<'s> {
    /// A look-up or a prelude, which other cases judge.
    Prelude,
    /// A step of the case itself, as findings name it.
    Step(&'s str),
}

impl Purpose<'_> {
    /// Returns the step, if it is one of the case itself.
    pub(crate) fn step(self) -> Option<String> {
        match self {
            Purpose::Prelude => None,
            Purpose::Step(step) => Some(step.to_owned()),
        }
    }
}
