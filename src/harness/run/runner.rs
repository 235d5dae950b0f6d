//! The runner: cases in parallel, their reports in order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use super::draw::Random;
use super::judge::Judge;
use super::parallel::in_parallel;
use super::queue::Queue;
use crate::harness::outcome::{
    CaseReport, Coverage, Refusal, RunReport, RunVerdict, Selection, Verdict,
};
use crate::harness::suite::Case;
use crate::harness::wire::{ended, now};

/// After this many inconclusive cases in a row, and no answer to anything meanwhile, the target is
/// taken for dead and the rest is not sent: each would only wait for its time-outs, twice.
const PATIENCE: usize = 8;

/// A listener that is told how far a run has come.
pub trait Progress: Sync {
    /// Is told that so many cases are going to be judged.
    fn begin(&self, _cases: usize) {}

    /// Is told that a case was judged; cases that are judged side by side end in any order.
    fn judged(&self, _case: &CaseReport) {}

    /// Is told that no more is judged.
    fn end(&self) {}
}

/// Tells nobody how far a run has come.
impl Progress for () {}

/// Plans, prepares, judges.
///
/// # Errors
/// Nothing is selected, the target cannot be made ready, or nothing of what answers there is what
/// was to be judged.
pub fn run(
    judge: &Judge,
    selection: &Selection,
    progress: &dyn Progress,
) -> Result<RunReport, Refusal> {
    let (started, start) = (now(), Instant::now());
    let cases = selection.cases(judge.suite(), &judge.target().apis())?;
    if selection.read_only && judge.target().provisioning().is_some() {
        return Err(Refusal::usage(
            "a read-only run brings no records into the target, as [provision] asks: say \
             `provision = \"preloaded\"` if they are there, or leave it out",
        ));
    }
    match selection.read_only {
        true => judge.prepare_by_safe_requests()?,
        false => judge.prepare()?,
    }
    let order = order(&cases, selection.shuffle);
    progress.begin(cases.len());
    let mut reports = judge_all(judge, &cases, &order, progress);
    progress.end();
    let strangers = withdraw_unheard(judge, &mut reports);
    match strangers {
        Some(sentence) if reports.iter().all(|report| judge.why_unheard(&report.api).is_some()) => {
            Err(Refusal::inconclusive(sentence))
        }
        _ => Ok(report(judge, reports, selection, (started, start.elapsed()))),
    }
}

/// Returns the report of a run whose cases were judged again.
pub(crate) fn conclude(
    judge: &Judge,
    mut reports: Vec<CaseReport>,
    selection: &Selection,
    began: SystemTime,
) -> RunReport {
    withdraw_unheard(judge, &mut reports);
    report(judge, reports, selection, (began, Duration::ZERO))
}

/// Takes back what was found where no API answers at all: it broke no clause. Returns the first
/// reason.
fn withdraw_unheard(judge: &Judge, reports: &mut [CaseReport]) -> Option<String> {
    let mut first = None;
    for report in reports {
        let Some(sentence) = judge.why_unheard(&report.api) else { continue };
        if !matches!(report.verdict, Verdict::NotApplicable | Verdict::HarnessError) {
            report.findings.clear();
            report.missing = None;
            report.end(Verdict::Inconclusive, sentence.clone());
        }
        first.get_or_insert(sentence);
    }
    first
}

/// Returns the order in which cases are taken: the suite's, those first that wait for what the target
/// tells, since others go on meanwhile; or one that a seed draws.
fn order(cases: &[&Case], shuffle: Option<u64>) -> Vec<usize> {
    let mut order: Vec<_> = (0..cases.len()).collect();
    match shuffle {
        None => order.sort_by_key(|&index| cases.get(index).is_some_and(|case| !case.listens())),
        Some(seed) => {
            let mut random = Random::for_name(seed, "order", 0);
            for last in (1..order.len()).rev() {
                order.swap(last, random.place(last + 1));
            }
        }
    }
    order
}

/// Returns why a case is not sent any more to a target that is taken for dead.
fn not_sent() -> String {
    format!("not sent: {PATIENCE} cases in a row were given no answer")
}

/// The reason of a case that is not sent any more since the run was interrupted.
const INTERRUPTED: &str = "not sent: the run was interrupted";

/// Returns whether a run of whose cases so many were given no answer may have left another unsent, and
/// said why in these words.
pub(crate) fn may_be_unsent(unanswered: usize, reason: &str) -> bool {
    reason == INTERRUPTED || (unanswered >= PATIENCE && reason == not_sent())
}

/// Judges cases in an order; their reports are in that of the cases.
fn judge_all(
    judge: &Judge,
    cases: &[&Case],
    order: &[usize],
    progress: &dyn Progress,
) -> Vec<CaseReport> {
    let (unanswered, answers) = (AtomicUsize::new(0), AtomicUsize::new(judge.answers()));
    let places: Vec<_> = cases.iter().map(|case| judge.place(case)).collect();
    let queue = Queue::new(order, &places);
    // Each takes whose turn it is, which is known only then.
    let judged = in_parallel(judge.threads(), order, |_| {
        let index = queue.take()?;
        let case = *cases.get(index)?;
        let dead = (unanswered.load(Ordering::Relaxed) >= PATIENCE).then(not_sent);
        let interrupted = judge.is_to_end().then(|| INTERRUPTED.to_owned());
        let over = interrupted.or(dead).or_else(|| judge.why_over());
        let report = match over.or_else(|| judge.why_hopeless(case.api())) {
            None => judge.judge(case),
            Some(reason) => {
                let mut report = CaseReport::new(case);
                report.end(Verdict::Inconclusive, reason);
                report
            }
        };
        match report.verdict {
            // Where another operation still answers, the target is not dead.
            Verdict::Inconclusive => {
                let now = judge.answers();
                match answers.swap(now, Ordering::Relaxed) == now {
                    true => drop(unanswered.fetch_add(1, Ordering::Relaxed)),
                    false => unanswered.store(1, Ordering::Relaxed),
                }
            }
            // Judged without a word to the target: neither here nor there.
            Verdict::NotApplicable | Verdict::Blocked => {}
            _ => unanswered.store(0, Ordering::Relaxed),
        }
        queue.leave(index);
        progress.judged(&report);
        Some((index, report))
    });
    let mut reports: Vec<_> = judged.into_iter().flatten().collect();
    reports.sort_by_key(|(index, _)| *index);
    reports.into_iter().map(|(_, report)| report).collect()
}

/// Returns the report of a run whose cases are judged.
fn report(
    judge: &Judge,
    cases: Vec<CaseReport>,
    selection: &Selection,
    (started, elapsed): (SystemTime, Duration),
) -> RunReport {
    let mut without: Vec<String> = Vec::new();
    for label in cases.iter().filter_map(|case| case.absent.as_ref()) {
        if !without.contains(label) {
            without.push(label.clone());
        }
    }
    // By what is said of the cases, which is all that is known of a run that is judged again.
    let reasons = cases.iter().filter_map(|case| case.reason.as_deref());
    let cases_ended = reasons.filter_map(ended).next().map(str::to_owned);
    let apis = judge.target().apis();
    let covered = apis.iter().map(|api| Coverage::after(judge.suite(), api, &cases));
    let coverage: Vec<_> = covered.collect();
    let verdicts = cases.iter().map(|case| case.verdict);
    let narrowed = selection.narrows();
    let unknown: usize = coverage.iter().map(|coverage| coverage.unknown).sum();
    if unknown > 0 && !narrowed {
        let all: usize = coverage.iter().map(|coverage| coverage.must.checked).sum();
        without.push(format!("{unknown} of {all} requirements, which need the suite's records"));
    }
    RunReport {
        verdict: RunVerdict::of(verdicts, narrowed, without).on(&coverage, narrowed),
        cases,
        baseline: None,
        coverage,
        waits: judge.waits(),
        ended: cases_ended,
        before: judge.before(),
        selection: selection.clone(),
        seed: judge.seed(),
        suite: judge.suite().digest(),
        target: judge.target().summary(),
        started,
        elapsed,
    }
}
