//! The session of a case that is judged: what it has for itself.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use crate::harness::wire::Transport;

/// The way to the target, and the identifiers that are drawn. A case that is judged again among no
/// claims draws the same again.
#[derive(Clone, Copy)]
pub(crate) struct Session<'s> {
    pub(crate) transport: &'s dyn Transport,
    pub(crate) claims: &'s Claims,
    /// The seed from which identifiers are drawn.
    pub(crate) seed: u64,
}

/// The identifiers that were drawn, each by one case alone.
#[derive(Debug, Default)]
pub(crate) struct Claims(Mutex<HashSet<String>>);

impl Claims {
    /// Takes `identifier` for a case. Returns whether nobody has drawn it before.
    pub(crate) fn claim(&self, identifier: &str) -> bool {
        let mut claimed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        claimed.insert(identifier.to_owned())
    }

    /// Returns claims as if each of `drawn` had been drawn.
    pub(crate) fn of(drawn: &[String]) -> Claims {
        Claims(Mutex::new(drawn.iter().cloned().collect()))
    }

    /// Returns all that were drawn.
    pub(crate) fn into_all(self) -> Vec<String> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect()
    }
}
