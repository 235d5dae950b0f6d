//! What lies between the judge and the target, and what one judging of a case has for itself.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::client::{Answer, Connection, NoAnswer, Request, bearable};

/// A way to the target: the client, or something that stands before it or in its place.
pub(crate) trait Transport {
    /// Sends once.
    ///
    /// # Errors
    /// There is no answer.
    fn send(&self, request: &Request, connection: Connection) -> Result<Answer, NoAnswer>;

    /// Told before each request what it is sent for; most ways do not care.
    fn at(&self, _place: Place) {}

    /// Leaves the target alone for as long as an answer of this status asked for.
    ///
    /// # Errors
    /// A sentence: that is too long.
    fn leave_alone(&self, status: u16, wait: Duration) -> Result<(), String> {
        bearable(status, wait)
    }

    /// Whether everything up to the last answer is as it was when the case passed, so that nothing
    /// new can be found in it.
    fn is_as_it_passed(&self) -> bool {
        false
    }
}

/// What a request is sent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place<'s> {
    /// A look-up or a prelude, which other cases judge.
    Prelude,
    /// A step of the case itself, as findings name it.
    Step(&'s str),
}

impl Place<'_> {
    /// The step, of the case itself.
    pub(crate) fn step(self) -> Option<String> {
        match self {
            Place::Prelude => None,
            Place::Step(step) => Some(step.to_owned()),
        }
    }
}

/// The identifiers that were drawn, each by one case alone.
#[derive(Debug, Default)]
pub(crate) struct Claims(Mutex<HashSet<String>>);

impl Claims {
    /// Whether nobody has drawn `identifier` before.
    pub(crate) fn claim(&self, identifier: &str) -> bool {
        let mut claimed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        claimed.insert(identifier.to_owned())
    }

    /// As if each of `drawn` had been drawn.
    pub(crate) fn of(drawn: &[String]) -> Claims {
        Claims(Mutex::new(drawn.iter().cloned().collect()))
    }

    /// All that were drawn.
    pub(crate) fn into_all(self) -> Vec<String> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect()
    }
}

/// What a case is judged with. A case that is judged again among no claims draws the same again.
#[derive(Clone, Copy)]
pub(crate) struct Sitting<'s> {
    pub(crate) transport: &'s dyn Transport,
    pub(crate) claims: &'s Claims,
    /// What identifiers are drawn from.
    pub(crate) seed: u64,
}
