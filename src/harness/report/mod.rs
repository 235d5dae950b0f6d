//! Reports: of a case, of a run, and the forms in which they are written.

mod coverage;
mod explain;
mod har;
mod html;
mod json;
mod junit;
mod plan;
mod style;
mod terminal;
mod told;
mod unblock;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;

pub use coverage::{ClauseReport, ClauseVerdict, Coverage, Tally};
pub use explain::explain;
pub use har::har;
pub use html::html;
pub use json::json;
pub(crate) use json::{case_json, read_finding};
pub use junit::junit;
pub use plan::plan;
pub use style::Style;
pub use terminal::terminal;
pub use unblock::Lack;

use super::baseline::{Baseline, Compared, Known, Standing};
use super::evidence::Exchange;
use super::judge::Judge;
use super::refusal::Exit;
use super::suite::{Case, Level};
use super::verdict::{RunVerdict, Verdict};
use super::writes::Created;
use super::writes::Traces;

/// A clause broken in one place of one answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The clause's id.
    pub clause: String,
    /// Whether a requirement or a recommendation is broken.
    pub level: Level,
    /// The step, with its element in brackets if it was repeated.
    pub step: String,
    /// The status that was answered.
    pub status: u16,
    /// Where in the body, as a JSON pointer.
    pub pointer: String,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What was expected there.
    pub expected: Option<Value>,
    /// What stood there.
    pub actual: Option<Value>,
    /// The request as a line for the shell, without its token.
    pub curl: String,
}

/// What became of one case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseReport {
    /// The case's id.
    pub id: String,
    /// Its API.
    pub api: String,
    /// What it shows.
    pub title: String,
    /// What became of it.
    pub verdict: Verdict,
    /// The clauses that it judges.
    pub clauses: Vec<String>,
    /// Those of them, and of the forms of its answers, that were judged, each at its level or, if
    /// only where it is advisory, as a recommendation.
    pub judged: BTreeMap<String, Level>,
    /// The ledger that it ran on.
    pub ledger: Option<String>,
    /// Everything that is not as the clauses ask.
    pub findings: Vec<Finding>,
    /// Why it could not be judged, or not to its end.
    pub reason: Option<String>,
    /// The fault after which the whole case ran again.
    pub rerun: Option<String>,
    /// Each request that was sent again because the target asked for it.
    pub waits: Vec<String>,
    /// What its requests made in the target.
    pub created: Vec<Created>,
    /// What it drew that another case had drawn before, so that it drew again.
    pub(crate) redrawn: Vec<String>,
    /// What was sent and answered, in its order, where a run keeps that.
    pub exchanges: Vec<Exchange>,
    /// Whether something of it could not be judged again, since it was redacted.
    pub(crate) unseen: bool,
    /// The state that the target does not hold, if that is why it is blocked.
    pub missing: Option<String>,
    /// What the target declares absent, if that is why it is not applicable.
    pub absent: Option<String>,
    /// How long it took.
    pub duration: Duration,
}

impl CaseReport {
    pub(crate) fn new(case: &Case) -> Self {
        CaseReport {
            id: case.id().to_owned(),
            api: case.api().to_owned(),
            title: case.title().to_owned(),
            verdict: Verdict::HarnessError,
            clauses: case.clauses().into_iter().map(str::to_owned).collect(),
            judged: BTreeMap::new(),
            ledger: None,
            findings: Vec::new(),
            reason: None,
            rerun: None,
            waits: Vec::new(),
            created: Vec::new(),
            redrawn: Vec::new(),
            exchanges: Vec::new(),
            unseen: false,
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
    }
}

/// What a run found.
#[derive(Debug, Clone, PartialEq)]
pub struct RunReport {
    /// In the order of the suite.
    pub cases: Vec<CaseReport>,
    /// Each request before the first case that was sent again because the target asked for it.
    pub waits: Vec<String>,
    /// What was exchanged before the first case, where a run keeps that.
    pub before: Vec<Exchange>,
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
    pub(crate) fn new(
        judge: &Judge,
        cases: Vec<CaseReport>,
        narrowed: bool,
        (started, elapsed): (SystemTime, Duration),
    ) -> Self {
        let mut without: Vec<String> = Vec::new();
        for label in cases.iter().filter_map(|case| case.absent.as_ref()) {
            if !without.contains(label) {
                without.push(label.clone());
            }
        }
        let apis = judge.target().apis();
        let covered = apis.iter().map(|api| Coverage::after(judge.suite(), api, &cases));
        let coverage = covered.collect();
        let verdicts = cases.iter().map(|case| case.verdict);
        RunReport {
            verdict: RunVerdict::of(verdicts, narrowed, without),
            cases,
            baseline: None,
            coverage,
            waits: judge.waits(),
            before: judge.before(),
            narrowed,
            seed: judge.seed(),
            suite: judge.suite().digest(),
            target: judge.target().summary(),
            started,
            elapsed,
        }
    }

    /// The same run beside its baseline.
    pub fn beside(mut self, baseline: &Baseline) -> RunReport {
        let compared = baseline.compare(&self);
        let verdicts = self.cases.iter().map(|case| case.verdict);
        self.verdict = self.verdict.clone().beside(verdicts, &compared);
        self.baseline = Some(compared);
        self
    }

    /// How the process ends.
    pub fn exit(&self) -> Exit {
        self.verdict.exit()
    }

    /// The known failure that a case's is.
    pub(crate) fn known(&self, case: &CaseReport) -> Option<&Known> {
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
                let known = known.filter(|(_, (_, standing))| *standing == Standing::Known);
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

/// Keeps what a finding shows within bounds: a body may be of any size.
pub(crate) fn shorten(value: Value) -> Value {
    const LONGEST: usize = 16 << 10;
    let text = value.to_string();
    if text.len() <= LONGEST {
        return value;
    }
    let start: String = text.chars().take(200).collect();
    Value::String(format!("{start}… ({} bytes)", text.len()))
}
