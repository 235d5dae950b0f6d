//! The judge: what changes while cases are judged on a bench, and the verdict of each.

mod kept;
mod landmarks;
mod named;
mod prepare;
mod presence;
mod refused;
mod ruling;

use std::any::Any;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Instant;

use kept::Kept;

use super::attempt::{Attempt, Stop, Turn};
use super::bench::Bench;
use super::contact::Contact;
use super::plan::{Unmet, assign};
use super::queue::Place;
use super::session::{Claims, Session, Until};
use crate::harness::outcome::{CaseReport, Redact, Refusal, SafeExchange, Verdict};
use crate::harness::subject::{Fixtures, Mounted, Target};
use crate::harness::suite::{Case, Suite, is_safe_step};
use crate::harness::wire::{
    Attended, Client, Exchange, Listener, Recorder, Transport, after_waiting,
};

/// Judges cases on one target. Cases may be judged from several threads at once.
pub struct Judge {
    bench: Bench,
    /// The way to the target, and to the listener of the run.
    way: Attended,
    /// The identifiers that this run has drawn.
    claims: Claims,
    /// A lock for each state: a case that writes has its state to itself.
    states: HashMap<String, RwLock<()>>,
    contact: Contact,
    /// The waits for the target before the first case, each as a sentence.
    waits: Mutex<Vec<String>>,
    /// The exchanges before the first case.
    before: Mutex<Vec<Exchange>>,
    /// How much is kept of the bodies of the run.
    kept: Kept,
    /// The APIs whose records were looked for and are not there.
    without_fixtures: OnceLock<Vec<&'static str>>,
}

impl Judge {
    /// Returns a judge that has contacted nobody yet.
    ///
    /// # Errors
    /// The certificates to trust cannot be read, or nobody can listen where the target says.
    pub fn new(mut bench: Bench) -> Result<Judge, Refusal> {
        let Bench { suite, target, options, .. } = &mut bench;
        let client = Client::new(target, options.patience, options.allowance, options.threads)
            .map(|client| Arc::new(client.until(options.end_asked)))
            .map_err(Refusal::usage)?;
        let listener = match target.listening.as_mut().filter(|listening| listening.is_live()) {
            None => None,
            Some(listening) => {
                let listener = Listener::bind(listening, Arc::clone(&client), options.end_asked);
                let listener = listener.map_err(Refusal::usage)?;
                listening.url = Some(listener.url.clone());
                Some(listener)
            }
        };
        Ok(Judge {
            way: Attended::new(client, listener),
            claims: Claims::default(),
            states: suite.states.keys().map(|name| (name.clone(), RwLock::new(()))).collect(),
            contact: Contact::default(),
            waits: Mutex::default(),
            before: Mutex::default(),
            kept: Kept::default(),
            without_fixtures: OnceLock::new(),
            bench,
        })
    }

    /// Judges a case. A fault of the transport is followed by one more attempt, with new
    /// identifiers and on connections of its own; no step is ever sent twice but one that was
    /// answered 429.
    pub fn judge(&self, case: &Case) -> CaseReport {
        let Judge { way, claims, bench, .. } = self;
        let (seed, until) = (bench.options.seed, Until::End);
        self.judge_in(case, Session { transport: way, claims, seed, until })
    }

    /// Judges a case through a transport, and among identifiers, of its own.
    pub(crate) fn judge_in(&self, case: &Case, session: Session) -> CaseReport {
        let start = Instant::now();
        let mut report = CaseReport::new(case);
        let recorder = Recorder::new(session.transport);
        let Bench { options, redaction, .. } = &self.bench;
        let session = match options.record || redaction.learns_from_exchanges() {
            true => Session { transport: &recorder, ..session },
            false => session,
        };
        let caught = catch_unwind(AssertUnwindSafe(|| self.fill(case, session, &mut report)));
        if let Err(panic) = caught {
            report.verdict = Verdict::HarnessError;
            report.reason = Some(format!("the harness panicked: {}", panic_text(panic.as_ref())));
        }
        let exchanges = redaction.case(&mut report, recorder.into_exchanges());
        if options.record {
            report.exchanges = self.kept.limited(exchanges);
        }
        report.duration = start.elapsed();
        report
    }

    fn fill(&self, case: &Case, session: Session, report: &mut CaseReport) {
        let Bench { suite, target, .. } = &self.bench;
        let Some(mounted) = target.mounted(case.api()) else {
            let reason = format!("the target does not implement {}", case.api());
            report.end(Verdict::NotApplicable, reason);
            report.absent = Some(case.api().to_owned());
            return;
        };
        let assignment = match assign(suite, target, mounted, case, self.fixtures(mounted)) {
            Ok(assignment) => assignment,
            Err(Unmet::NotApplicable { label, reason }) => {
                report.absent = Some(label);
                return report.end(Verdict::NotApplicable, reason);
            }
            Err(Unmet::Missing(state)) => {
                let means = suite.states.get(&state).map(|state| state.means.as_str());
                let reason = format!("it needs {} ({state})", means.unwrap_or("a state"));
                report.missing = Some(state);
                return report.end(Verdict::Blocked, reason);
            }
            Err(Unmet::Blocked(reason)) => return report.end(Verdict::Blocked, reason),
        };
        report.ledger = assignment.site.ledger.map(|ledger| ledger.no.clone());
        let (mut _alone, mut _among) = (None, None);
        match self.place(case) {
            None => {}
            Some(Place::Alone(state)) => {
                let state = self.states.get(state).map(RwLock::write);
                _alone = state.map(|state| state.unwrap_or_else(PoisonError::into_inner));
            }
            Some(Place::Among(state)) => {
                let state = self.states.get(state).map(RwLock::read);
                _among = state.map(|state| state.unwrap_or_else(PoisonError::into_inner));
            }
        }

        let attempt =
            |turn| Attempt::new(&self.bench, &self.contact, session, case, assignment, turn);
        let mut last = attempt(Turn::First);
        let mut ended = last.run();
        let mut before = Vec::new();
        if let Some(why) = rerun(session.transport, &mut ended) {
            report.rerun = Some(why);
            before = std::mem::take(&mut last.found.findings);
            report.leave(last.clean_up());
            last = attempt(Turn::Second);
            ended = last.run();
        }
        let found = std::mem::take(&mut last.found);
        report.leave(last.clean_up());
        ruling::rule(report, case, ended, found, &before);
    }

    /// Returns the state that a case starts from, and whether it needs it for itself.
    pub(crate) fn place<'c>(&self, case: &'c Case) -> Option<Place<'c>> {
        let state = case.state.as_deref()?;
        let mounted = self.bench.target.mounted(case.api())?;
        let is_safe = |step| is_safe_step(&self.bench.suite, mounted.api, step);
        Some(match case.steps.iter().all(is_safe) {
            true => Place::Among(state),
            false => Place::Alone(state),
        })
    }

    /// Returns the suite by which this judges.
    pub fn suite(&self) -> &Suite {
        &self.bench.suite
    }

    /// Returns the target that is judged.
    pub fn target(&self) -> &Target {
        &self.bench.target
    }

    /// Returns the seed from which identifiers are drawn.
    pub fn seed(&self) -> u64 {
        self.bench.options.seed
    }

    pub(crate) fn threads(&self) -> usize {
        self.bench.options.threads.max(1)
    }

    /// Returns whether the run is to end before its time.
    pub(crate) fn is_to_end(&self) -> bool {
        self.bench.options.end_asked.is_asked()
    }

    /// Returns each time that the target was waited for before the first case.
    pub(crate) fn waits(&self) -> Vec<String> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the exchanges before the first case, where a run keeps them.
    pub(crate) fn before(&self) -> Vec<SafeExchange> {
        let before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        self.kept.limited(self.bench.redaction.exchanges(before.clone()))
    }

    pub(super) fn redaction(&self) -> &dyn Redact {
        self.bench.redaction.as_ref()
    }

    pub(crate) fn contact(&self) -> &Contact {
        &self.contact
    }

    /// Returns how many answers came so far from a target that is not out of order.
    pub(crate) fn answers(&self) -> usize {
        self.contact.answers()
    }

    /// Returns why nothing can be said of an API, if all that answered there is something else.
    pub(crate) fn why_unheard(&self, api: &str) -> Option<String> {
        self.contact.why_unheard(api).map(|said| self.safe(said))
    }

    /// Returns the reason of [`Self::why_unheard`] once so much answered that asking on is of no
    /// use.
    pub(crate) fn why_hopeless(&self, api: &str) -> Option<String> {
        self.contact.why_hopeless(api).map(|said| self.safe(said))
    }

    /// Returns why nothing more is sent, if a budget of the run is used up.
    pub(crate) fn why_over(&self) -> Option<String> {
        self.way.used_up().map(|budget| format!("not sent: {budget}"))
    }

    /// Returns why nothing may have been told in the whole run, where an event was waited for.
    pub fn why_nothing_told(&self) -> Option<String> {
        self.way.why_unheard()
    }

    /// Takes what is secret out of a sentence: what answered may have sent a token back, as in the
    /// link of a login page.
    fn safe(&self, mut said: String) -> String {
        self.bench.redaction.text(&mut said);
        said
    }

    /// Returns whether the suite's records of an API are in the target, so that their values are
    /// known.
    fn fixtures(&self, mounted: &Mounted) -> Fixtures {
        match self.without_fixtures.get() {
            Some(without) if without.contains(&mounted.api.name) => Fixtures::Missing,
            Some(_) => Fixtures::Loaded,
            None => self.bench.target.fixtures(),
        }
    }

    /// Returns the way to the target, and to the listener of the run.
    pub(crate) fn way(&self) -> &Attended {
        &self.way
    }
}

/// Returns why the whole case is to run again, if it is: there was no answer, or the target could
/// not give one just then and has been left alone for as long as it asked.
fn rerun(transport: &dyn Transport, ended: &mut Result<(), Stop>) -> Option<String> {
    match ended {
        Err(Stop::Transport(reason)) => Some(reason.clone()),
        Err(Stop::Unavailable(reason, wait)) => match transport.leave_alone(503, *wait) {
            Ok(()) => Some(after_waiting(reason, *wait)),
            Err(too_long) => {
                *ended = Err(Stop::Busy(format!("{reason}: {too_long}")));
                None
            }
        },
        _ => None,
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}
