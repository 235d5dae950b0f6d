//! The session of a case that is judged: what it has for itself.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use super::controls::Controls;
use super::others::Others;
use crate::harness::wire::Transport;

/// The way to the target, and the identifiers that are drawn. A case that is judged again among no
/// claims draws the same again.
#[derive(Clone, Copy)]
pub(crate) struct Session<'s> {
    pub(crate) transport: &'s dyn Transport,
    pub(crate) claims: &'s Claims,
    /// The seed from which identifiers are drawn.
    pub(crate) seed: u64,
    pub(crate) until: Until,
}

/// How long a case is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// To its last step.
    End,
    /// To the first step that breaks a requirement: who asks whether one is broken at all knows it by
    /// then.
    Broken,
}

/// What the cases of a run know of each other: the identifiers that were drawn, each by one case
/// alone, the records that they made, and the controls that they share.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    drawn: Mutex<HashSet<String>>,
    pub(crate) others: Others,
    pub(crate) controls: Controls,
    /// Held by the one case that just then holds much of a long list.
    pub(crate) much: Mutex<()>,
}

impl Claims {
    /// Takes `identifier` for a case. Returns whether nobody has drawn it before.
    pub(crate) fn claim(&self, identifier: &str) -> bool {
        let mut claimed = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        claimed.insert(identifier.to_owned())
    }

    /// Returns claims as if each of `drawn` had been drawn, among what one case came to know of the
    /// others.
    pub(crate) fn of(drawn: &[String], others: Others, controls: Controls) -> Claims {
        let drawn = Mutex::new(drawn.iter().cloned().collect());
        Claims { drawn, others, controls, much: Mutex::default() }
    }

    /// Returns all that were drawn.
    pub(crate) fn into_all(self) -> Vec<String> {
        self.drawn.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect()
    }
}
