//! The report of a run.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;

use super::baseline::{Baseline, Compared, EntryStatus, KnownFailure};
use super::case::CaseReport;
use super::coverage::Coverage;
use super::exchange::SafeExchange;
use super::refusal::Exit;
use super::verdict::{RunVerdict, Verdict};

/// What a run found.
#[derive(Debug, Clone, PartialEq)]
pub struct RunReport {
    /// In the order of the suite.
    pub cases: Vec<CaseReport>,
    /// Each request before the first case that was sent again because the target asked for it.
    pub waits: Vec<String>,
    /// What was exchanged before the first case, where a run keeps that.
    pub before: Vec<SafeExchange>,
    /// What the run says of the target.
    pub verdict: RunVerdict,
    /// What it is beside its baseline, if it has one.
    pub baseline: Option<Compared>,
    /// How much of each API's clauses it judged.
    pub coverage: Vec<Coverage>,
    /// Whether cases of the chosen APIs were left out.
    pub narrowed: bool,
    /// What identifiers were drawn from.
    pub seed: u64,
    /// The suite's digest.
    pub suite: String,
    /// What was judged; holds no secret.
    pub target: Value,
    /// When it began.
    pub started: SystemTime,
    /// From the first word to the last.
    pub elapsed: Duration,
}

impl RunReport {
    /// The same run beside its baseline.
    pub fn beside(mut self, baseline: &Baseline) -> RunReport {
        let compared = baseline.compare(&self);
        let verdicts = self.cases.iter().map(|case| case.verdict);
        let verdict = self.verdict.clone().beside(verdicts, &compared);
        self.verdict = verdict.on(&self.coverage, self.narrowed);
        self.baseline = Some(compared);
        self
    }

    /// How the process ends.
    pub fn exit(&self) -> Exit {
        self.verdict.exit()
    }

    /// The known failure that a case's is.
    pub(crate) fn known(&self, case: &CaseReport) -> Option<&KnownFailure> {
        self.baseline.as_ref()?.of(&case.id)
    }

    /// How many cases came to each verdict, by API in the order of the cases.
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

    /// The verdict in one line.
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
        if self.narrowed { format!("{words} ({selected})") } else { words }
    }
}

/// A moment as RFC 3339 has it, in UTC, to the millisecond.
pub(crate) fn date_time(moment: SystemTime) -> String {
    DateTime::<Utc>::from(moment).to_rfc3339_opts(SecondsFormat::Millis, true)
}
