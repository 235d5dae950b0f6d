//! The judge: one suite, one target, and the verdict of a case.

mod prepare;
mod ruling;

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::api::Api;
use super::attempt::{Attempt, Round, Stop};
use super::client::{Client, Patience};
use super::compare::Schemas;
use super::contact::{Contact, Heard};
use super::evidence::{Exchange, Recorded, Recorder, Redaction};
use super::holdings::FixtureHoldings;
use super::plan::{Unmet, assign};
use super::refusal::Refusal;
use super::report::CaseReport;
use super::suite::{Case, Suite};
use super::target::{Mounted, Target};
use super::transport::{Claims, Sitting, Transport};
use super::verdict::Verdict;
use super::writes::is_safe_step;

/// How a run is done.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// What identifiers are drawn from; the same seed draws the same.
    pub seed: u64,
    /// How many cases are judged at once, and so how many connections are kept.
    pub threads: usize,
    /// How long the client waits.
    pub patience: Patience,
    /// Whether what is sent and answered is kept with what is said of it.
    pub record: bool,
}

impl Default for Options {
    /// A seed of the moment, four threads, 5 s to connect, 30 s to answer.
    fn default() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let nanoseconds = since.unwrap_or(Duration::ZERO).as_nanos() as u64;
        let seed = (nanoseconds ^ u64::from(std::process::id()).rotate_left(40)) >> 20;
        Options { seed, threads: 4, patience: Patience::default(), record: false }
    }
}

/// Judges cases on one target. Cases may be judged from several threads at once.
pub struct Judge {
    suite: Arc<Suite>,
    target: Target,
    options: Options,
    client: Client,
    schemas: Schemas,
    /// What the suite's records hold.
    fixtures: FixtureHoldings,
    /// What no report may show.
    redaction: Redaction,
    /// Every identifier that this run has drawn.
    claims: Claims,
    /// A case that writes has its state to itself.
    states: HashMap<String, RwLock<()>>,
    contact: Contact,
    /// Each time that the target was waited for before the first case.
    waits: Mutex<Vec<String>>,
    /// What was exchanged before the first case.
    before: Mutex<Vec<Recorded>>,
    /// The APIs whose records were looked for and are not there.
    bare: OnceLock<Vec<&'static str>>,
    /// Whether exchanges that were kept are judged again.
    again: AtomicBool,
}

impl Judge {
    /// Contacts nothing yet.
    ///
    /// # Errors
    /// The certificates to trust cannot be read.
    pub fn new(suite: Arc<Suite>, target: Target, options: Options) -> Result<Judge, Refusal> {
        Ok(Judge {
            redaction: Redaction::of(&target),
            client: Client::new(&target, options.patience, options.threads)?,
            schemas: Schemas::new(Arc::clone(&suite.schemas)),
            fixtures: FixtureHoldings::of(&suite),
            claims: Claims::default(),
            states: suite.states.keys().map(|name| (name.clone(), RwLock::new(()))).collect(),
            contact: Contact::default(),
            waits: Mutex::default(),
            before: Mutex::default(),
            bare: OnceLock::new(),
            again: AtomicBool::new(false),
            suite,
            target,
            options,
        })
    }

    /// Judges a case. A fault of the transport is followed by one more attempt, with new identifiers
    /// and on connections of its own; no step is ever sent twice but one that was answered 429.
    pub fn judge(&self, case: &Case) -> CaseReport {
        let Judge { client, claims, options, .. } = self;
        self.judge_in(case, Sitting { transport: client, claims, seed: options.seed })
    }

    /// Judges a case through a transport, and among identifiers, of its own.
    pub(crate) fn judge_in(&self, case: &Case, sitting: Sitting) -> CaseReport {
        let start = Instant::now();
        let mut report = CaseReport::new(case);
        let recorder = Recorder::new(sitting.transport);
        let sitting = match self.options.record || self.redaction.has_members() {
            true => Sitting { transport: &recorder, ..sitting },
            false => sitting,
        };
        let caught = catch_unwind(AssertUnwindSafe(|| self.fill(case, sitting, &mut report)));
        if let Err(panic) = caught {
            report.verdict = Verdict::HarnessError;
            report.reason = Some(format!("the harness panicked: {}", panic_text(panic.as_ref())));
        }
        let exchanges = self.redaction.case(&mut report, recorder.into_exchanges());
        if self.options.record {
            report.exchanges = exchanges;
        }
        report.duration = start.elapsed();
        report
    }

    fn fill(&self, case: &Case, sitting: Sitting, report: &mut CaseReport) {
        let Some(mounted) = self.target.mounted(case.api()) else {
            let reason = format!("the target does not implement {}", case.api());
            report.end(Verdict::NotApplicable, reason);
            report.absent = Some(case.api().to_owned());
            return;
        };
        let assignment =
            match assign(&self.suite, &self.target, mounted, case, self.has_fixtures(mounted)) {
                Ok(assignment) => assignment,
                Err(Unmet::NotApplicable { label, reason }) => {
                    report.absent = Some(label);
                    return report.end(Verdict::NotApplicable, reason);
                }
                Err(Unmet::Missing(state)) => {
                    let means = self.suite.states.get(&state).map(|state| state.means.as_str());
                    let reason = format!("it needs {} ({state})", means.unwrap_or("a state"));
                    report.missing = Some(state);
                    return report.end(Verdict::Blocked, reason);
                }
                Err(Unmet::Blocked(reason)) => return report.end(Verdict::Blocked, reason),
            };
        report.ledger = assignment.site.ledger.map(|ledger| ledger.no.clone());
        let state = case.state.as_ref().and_then(|name| self.states.get(name));
        let writes = !case.steps.iter().all(|step| is_safe_step(&self.suite, mounted.api, step));
        let _alone = state
            .filter(|_| writes)
            .map(|state| state.write().unwrap_or_else(PoisonError::into_inner));
        let _among = state
            .filter(|_| !writes)
            .map(|state| state.read().unwrap_or_else(PoisonError::into_inner));

        let mut attempt = Attempt::new(self, case, assignment, sitting, Round::First);
        let mut ended = attempt.run();
        let mut before = Vec::new();
        if let Some(why) = Self::rerun(sitting.transport, &mut ended) {
            report.rerun = Some(why);
            before = std::mem::take(&mut attempt.findings);
            report.leave(attempt.clean_up());
            attempt = Attempt::new(self, case, assignment, sitting, Round::Second);
            ended = attempt.run();
        }
        let judged = attempt.judged;
        report.unseen = attempt.unseen.get();
        report.findings = std::mem::take(&mut attempt.findings);
        report.judged = std::mem::take(&mut attempt.clauses);
        report.leave(attempt.clean_up());
        ruling::rule(report, case, ended, judged, &before);
    }

    /// Why the whole case is to run again, if it is: there was no answer, or the target could not give
    /// one just then and has been left alone for as long as it asked.
    fn rerun(transport: &dyn Transport, ended: &mut Result<(), Stop>) -> Option<String> {
        match ended {
            Err(Stop::Transport(reason)) => Some(reason.clone()),
            Err(Stop::Unavailable(reason, wait)) => match transport.leave_alone(503, *wait) {
                Ok(()) => Some(format!("{reason}; {} s were waited", wait.as_secs())),
                Err(too_long) => {
                    *ended = Err(Stop::Busy(format!("{reason}: {too_long}")));
                    None
                }
            },
            _ => None,
        }
    }

    /// The suite by which this judges.
    pub fn suite(&self) -> &Suite {
        &self.suite
    }

    /// What is judged.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// What identifiers are drawn from.
    pub fn seed(&self) -> u64 {
        self.options.seed
    }

    pub(crate) fn threads(&self) -> usize {
        self.options.threads.max(1)
    }

    /// Each time that the target was waited for before the first case.
    pub(crate) fn waits(&self) -> Vec<String> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was exchanged before the first case, where a run keeps that.
    pub(crate) fn before(&self) -> Vec<Exchange> {
        let before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        self.redaction.exchanges(before.clone())
    }

    pub(crate) fn contact(&self) -> &Contact {
        &self.contact
    }

    /// Why nothing can be said of an API, if nothing that answered was one; with `sure`, only if so
    /// much answered that asking on is of no use.
    pub(crate) fn stranger(&self, api: &str, sure: bool) -> Option<String> {
        let mut said = match sure {
            true => self.contact.hopeless(api),
            false => self.contact.stranger(api),
        }?;
        // What answered may have sent a token back, as in the link of a login page.
        self.redaction.text(&mut said);
        Some(said)
    }

    /// The APIs whose records were looked for and are not there.
    pub(crate) fn bare(&self) -> &[&'static str] {
        self.bare.get().map(Vec::as_slice).unwrap_or_default()
    }

    /// Takes over what a run found out before its first case, to judge its exchanges again. From
    /// then on nothing is said by what was redacted.
    pub(crate) fn recall(&self, bare: &[String], heard: &BTreeMap<String, Heard>) {
        let bare = bare.iter().filter_map(|api| Some(Api::named(api)?.name));
        self.bare.get_or_init(|| bare.collect());
        self.contact.recall(heard);
        self.again.store(true, Ordering::Relaxed);
    }

    /// Whether exchanges that were kept are judged again.
    pub(crate) fn is_again(&self) -> bool {
        self.again.load(Ordering::Relaxed)
    }

    pub(crate) fn redaction(&self) -> &Redaction {
        &self.redaction
    }

    /// Whether the suite's records of an API are in the target, so that their values are known.
    pub(crate) fn has_fixtures(&self, mounted: &Mounted) -> bool {
        let bare = |bare: &Vec<&str>| bare.contains(&mounted.api.name);
        self.target.has_fixtures() && !self.bare.get().is_some_and(bare)
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn fixture_holdings(&self) -> &FixtureHoldings {
        &self.fixtures
    }

    pub(crate) fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    /// The identifiers of a state: the operator's, or else the fixtures'.
    pub(crate) fn state_variables(&self, state: &str) -> &BTreeMap<String, Value> {
        static NONE: BTreeMap<String, Value> = BTreeMap::new();
        match (self.target.known.get(state), self.suite.states.get(state)) {
            (Some(known), _) => &known.variables,
            (None, Some(state)) => &state.variables,
            (None, None) => &NONE,
        }
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}
