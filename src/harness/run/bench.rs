//! The bench: all that judging may use. Nothing of it changes during a run.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::holdings::FixtureHoldings;
use crate::harness::compare::CompiledSchemas;
use crate::harness::outcome::Redact;
use crate::harness::subject::Target;
use crate::harness::suite::Suite;
use crate::harness::wire::{Allowance, EndAsked, Patience};

/// The options of a run.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The seed from which identifiers are drawn; the same seed draws the same.
    pub seed: u64,
    /// The number of cases that are judged at once, and so of the connections that are kept.
    pub threads: usize,
    /// The time that the client waits.
    pub patience: Patience,
    /// How much is read, and for how long.
    pub allowance: Allowance,
    /// True if exchanges are kept with what is said of them.
    pub record: bool,
    /// Whether the run is to end before its time.
    pub end_asked: EndAsked,
}

impl Options {
    /// The number of cases that are judged at once where nobody says.
    pub const THREADS: usize = 4;
}

impl Default for Options {
    /// Returns a seed of the moment, [`Options::THREADS`], the usual patience and the usual budget;
    /// nothing is kept.
    fn default() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let nanoseconds = since.unwrap_or(Duration::ZERO).as_nanos() as u64;
        let seed = (nanoseconds ^ u64::from(std::process::id()).rotate_left(40)) >> 20;
        let (patience, allowance) = (Patience::default(), Allowance::default());
        Options {
            seed,
            threads: Options::THREADS,
            patience,
            allowance,
            record: false,
            end_asked: EndAsked::default(),
        }
    }
}

/// The suite, what is judged by it, how, and what no output may show.
pub struct Bench {
    pub(crate) suite: Arc<Suite>,
    pub(crate) target: Target,
    pub(crate) options: Options,
    pub(crate) schemas: CompiledSchemas,
    /// The resources that the suite's records make known.
    pub(crate) fixtures: FixtureHoldings,
    pub(crate) redaction: Box<dyn Redact>,
}

impl fmt::Debug for Bench {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Bench { target, options, .. } = self;
        write!(f, "Bench {{ target: {target:?}, options: {options:?} }}")
    }
}

impl Bench {
    /// Returns the bench on which a target is judged.
    pub fn new(
        suite: Arc<Suite>,
        target: Target,
        options: Options,
        redaction: impl Redact + 'static,
    ) -> Bench {
        let suite = suite.under(target.profile.as_deref());
        Bench {
            schemas: CompiledSchemas::new(Arc::clone(&suite.schemas)),
            fixtures: FixtureHoldings::of(&suite),
            redaction: Box::new(redaction),
            suite,
            target,
            options,
        }
    }

    /// Returns the identifiers of a state: the operator's, or else the fixtures'.
    pub(crate) fn state_variables(&self, state: &str) -> &BTreeMap<String, Value> {
        state_variables(&self.suite, &self.target, state)
    }
}

/// Returns the identifiers of a state: the operator's, or else the fixtures'.
pub(super) fn state_variables<'s>(
    suite: &'s Suite,
    target: &'s Target,
    state: &str,
) -> &'s BTreeMap<String, Value> {
    static NONE: BTreeMap<String, Value> = BTreeMap::new();
    match (target.known.get(state), suite.states.get(state)) {
        (Some(known), _) => &known.variables,
        (None, Some(state)) => &state.variables,
        (None, None) => &NONE,
    }
}
