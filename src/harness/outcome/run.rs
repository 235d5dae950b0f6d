//! The report of a run.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;

use super::case::CaseReport;
use super::compared::{Compared, EntryStatus, KnownFailure};
use super::coverage::Coverage;
use super::exchange::SafeExchange;
use super::exit::Exit;
use super::selection::Selection;
use super::verdict::{RunVerdict, Verdict};

/// The outcome of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunReport {
    /// The reports of its cases, in the order of the suite.
    pub cases: Vec<CaseReport>,
    /// Each request before the first case that was sent again because the target asked for it.
    pub waits: Vec<String>,
    /// The budget that ended it before its last case was judged, in a sentence without a full stop.
    pub ended: Option<String>,
    /// The exchanges before the first case, where a run keeps them.
    pub before: Vec<SafeExchange>,
    /// The verdict on the target.
    pub verdict: RunVerdict,
    /// The comparison with its baseline, if it has one.
    pub baseline: Option<Compared>,
    /// The clauses of each API, and how many of them it judged.
    pub coverage: Vec<Coverage>,
    /// The cases of the chosen APIs that were selected.
    pub selection: Selection,
    /// The seed from which identifiers were drawn.
    pub seed: u64,
    /// The suite's digest.
    pub suite: String,
    /// The target that was judged; holds no secret.
    pub target: Value,
    /// The moment at which it began.
    pub started: SystemTime,
    /// The time from its first word to its last.
    pub elapsed: Duration,
}

impl RunReport {
    /// Returns how the process ends.
    pub fn exit(&self) -> Exit {
        self.verdict.exit()
    }

    /// Returns the known failure that a case's failure is, if it is one.
    pub(crate) fn known(&self, case: &CaseReport) -> Option<&KnownFailure> {
        self.baseline.as_ref()?.of(&case.id)
    }

    /// Returns how many cases came to each verdict, by API in the order of the cases.
    pub fn counts(&self) -> Vec<(&str, BTreeMap<Verdict, usize>)> {
        let mut counts: Vec<(&str, BTreeMap<Verdict, usize>)> = Vec::new();
        for case in &self.cases {
            if counts.last().is_none_or(|(api, _)| *api != case.api) {
                counts.push((&case.api, BTreeMap::new()));
            }
            if let Some((_, of_api)) = counts.last_mut() {
                *of_api.entry(case.verdict).or_default() += 1;
            }
        }
        counts
    }

    /// Returns the verdict in one line.
    pub fn headline(&self) -> String {
        let passed = self.cases.iter().filter(|case| case.verdict.is_good()).count();
        let selected = format!("{passed} of {} selected checks passed", self.cases.len());
        let words = match &self.verdict {
            RunVerdict::SelectedPassed => return selected,
            verdict @ RunVerdict::NoNewFailures => {
                let known = self.baseline.iter().flat_map(|compared| &compared.known);
                let known = known.filter(|(_, (_, standing))| *standing == EntryStatus::Failing);
                format!("{} ({} known)", verdict.name(), known.count())
            }
            verdict @ RunVerdict::Conforms { without } if !without.is_empty() => {
                format!("{} (without {})", verdict.name(), without.join(", "))
            }
            verdict => verdict.name().to_owned(),
        };
        let words = if self.selection.narrows() { format!("{words} ({selected})") } else { words };
        match &self.ended {
            Some(ended) => format!("{words} ({ended})"),
            None => words,
        }
    }
}

/// Returns a moment as RFC 3339 has it, in UTC, to the millisecond.
pub(crate) fn date_time(moment: SystemTime) -> String {
    DateTime::<Utc>::from(moment).to_rfc3339_opts(SecondsFormat::Millis, true)
}
