//! The report of one case.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::choices::ChoicesSeen;
use super::created::Created;
use super::exchange::SafeExchange;
use super::finding::Finding;
use super::left::Left;
use super::traces::Traces;
use super::verdict::Verdict;
use crate::harness::suite::{Case, Level, Origin};

/// The outcome of one case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseReport {
    /// The case's id.
    pub id: String,
    /// Its API.
    pub api: String,
    /// The case's title: what it shows.
    pub title: String,
    /// The file that makes it: its path from the repository's root.
    pub file: String,
    /// How it was made.
    pub origin: Origin,
    /// The number of its steps, those before its own included.
    pub(crate) steps: usize,
    /// The verdict.
    pub verdict: Verdict,
    /// The clauses that it judges.
    pub clauses: Vec<String>,
    /// The clauses of the case, and of the forms of its answers, that were judged, each at its
    /// level or, if only where it is advisory, as a recommendation.
    pub judged: BTreeMap<String, Level>,
    /// The clauses of steps that were not taken, and of answers of which they say nothing, each with
    /// why.
    pub(crate) skipped: BTreeMap<String, String>,
    /// The clauses that need values which nobody knows, since the operator names identifiers of his
    /// own.
    pub(crate) unknown: BTreeSet<String>,
    /// The ledger that it ran on.
    pub ledger: Option<String>,
    /// Everything that is not as the clauses ask.
    pub findings: Vec<Finding>,
    /// The reason why it could not be judged, or not to its end.
    pub reason: Option<String>,
    /// The fault after which the whole case ran again.
    pub rerun: Option<String>,
    /// Each request that was sent again because the target asked for it.
    pub waits: Vec<String>,
    /// What the target chose of what is left open, as far as the answers of this case show it.
    pub choices: ChoicesSeen,
    /// The records that its requests made in the target.
    pub created: Vec<Created>,
    /// The stocks of the target that it uses up, and how much is left of each.
    pub left: Vec<Left>,
    /// The identifiers that it drew and another case had drawn before, so that it drew again.
    pub(crate) redrawn: Vec<String>,
    /// The records of other cases that were left out of what is said of it.
    pub(crate) others: Vec<String>,
    /// The controls that another case had sent for it, and what was answered to each that was refused.
    pub(crate) controls: Vec<(String, Option<String>)>,
    /// Its exchanges in their order, where a run keeps them.
    pub exchanges: Vec<SafeExchange>,
    /// The state that the target does not hold, if that is why it is blocked.
    pub missing: Option<String>,
    /// The thing that the target declares absent, if that is why it is not applicable.
    pub absent: Option<String>,
    /// The time that it took.
    pub duration: Duration,
}

impl CaseReport {
    pub(crate) fn new(case: &Case) -> Self {
        CaseReport {
            id: case.id().to_owned(),
            api: case.api().to_owned(),
            title: case.title().to_owned(),
            file: case.file().to_owned(),
            origin: case.origin(),
            steps: case.given.len() + case.steps.len(),
            verdict: Verdict::HarnessError,
            clauses: case.clauses().into_iter().map(str::to_owned).collect(),
            judged: BTreeMap::new(),
            skipped: BTreeMap::new(),
            unknown: BTreeSet::new(),
            ledger: None,
            findings: Vec::new(),
            reason: None,
            rerun: None,
            waits: Vec::new(),
            choices: ChoicesSeen::default(),
            created: Vec::new(),
            left: Vec::new(),
            redrawn: Vec::new(),
            others: Vec::new(),
            controls: Vec::new(),
            exchanges: Vec::new(),
            missing: None,
            absent: None,
            duration: Duration::ZERO,
        }
    }

    pub(crate) fn end(&mut self, verdict: Verdict, reason: impl Into<String>) {
        self.verdict = verdict;
        self.reason = Some(reason.into());
    }

    /// Takes over what an attempt left.
    pub(crate) fn leave(&mut self, traces: Traces) {
        self.waits.extend(traces.waits);
        self.created.extend(traces.created);
        self.redrawn.extend(traces.redrawn);
        self.others.extend(traces.others);
        self.controls.extend(traces.controls);
    }
}
