//! The runner: cases in parallel, their reports in order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use super::judge::Judge;
use super::plan::Selection;
use super::refusal::Refusal;
use super::report::{CaseReport, RunReport};
use super::suite::Case;
use super::verdict::Verdict;

/// After this many cases in a row without an answer, the target is taken for dead and the rest is
/// not sent: each would only wait for its time-outs, twice.
const PATIENCE: usize = 8;

/// Plans, prepares, judges.
///
/// # Errors
/// Nothing is selected, or the target cannot be made ready.
pub fn run(judge: &Judge, selection: &Selection) -> Result<RunReport, Refusal> {
    let start = Instant::now();
    let cases = selection.cases(judge.suite(), &judge.target().apis())?;
    judge.prepare()?;
    let reports = judge_all(judge, &cases);
    Ok(RunReport::new(judge, reports, selection.narrows(), start.elapsed()))
}

fn judge_all(judge: &Judge, cases: &[&Case]) -> Vec<CaseReport> {
    let next = AtomicUsize::new(0);
    let unanswered = AtomicUsize::new(0);
    let reports: Mutex<Vec<(usize, CaseReport)>> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..judge.threads().min(cases.len()) {
            scope.spawn(|| {
                while let Some((index, case)) = take(&next, cases) {
                    let report = if unanswered.load(Ordering::Relaxed) < PATIENCE {
                        judge.judge(case)
                    } else {
                        let mut report = CaseReport::new(case);
                        report.end(Verdict::Inconclusive, "the target has stopped answering");
                        report
                    };
                    match report.verdict {
                        Verdict::Inconclusive => {
                            unanswered.fetch_add(1, Ordering::Relaxed);
                        }
                        // Judged without a word to the target: neither here nor there.
                        Verdict::NotApplicable | Verdict::Blocked => {}
                        _ => unanswered.store(0, Ordering::Relaxed),
                    }
                    reports.lock().unwrap_or_else(PoisonError::into_inner).push((index, report));
                }
            });
        }
    });
    let mut reports = reports.into_inner().unwrap_or_else(PoisonError::into_inner);
    reports.sort_by_key(|(index, _)| *index);
    reports.into_iter().map(|(_, report)| report).collect()
}

fn take<'c>(next: &AtomicUsize, cases: &[&'c Case]) -> Option<(usize, &'c Case)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    cases.get(index).map(|case| (index, *case))
}
