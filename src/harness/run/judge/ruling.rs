//! The verdict of a case, from what its attempts found and how the last one ended.

use crate::harness::outcome::{CaseReport, Finding, Verdict};
use crate::harness::run::attempt::{Found, Stop};
use crate::harness::suite::{Case, Level};

/// Rules on a report by what the last attempt found and how it ended. `before` is what an attempt
/// found that a fault of the transport ended.
pub(super) fn rule(
    report: &mut CaseReport,
    case: &Case,
    ended: Result<(), Stop>,
    found: Found,
    before: &[Finding],
) {
    let Found { findings, judged, clauses, skipped, unknown, choices, left } = found;
    (report.choices, report.left) = (choices, left);
    (report.findings, report.judged) = (findings, clauses);
    (report.skipped, report.unknown) = (skipped, unknown);
    let must = |finding: &&Finding| finding.level == Level::Must;
    let broken = report.findings.iter().any(|finding| must(&finding));
    let again = |lost: &Finding| {
        let mut found = report.findings.iter().filter(must);
        found.any(|finding| finding.clause == lost.clause && finding.step == lost.step)
    };
    let lost = before.iter().filter(must).find(|lost| !again(lost));
    match ended {
        Err(Stop::Broken(reason)) => {
            report.end(Verdict::HarnessError, format!("{}: {reason}", case.file));
        }
        Err(
            Stop::Blocked(reason)
            | Stop::Transport(reason)
            | Stop::Unavailable(reason, _)
            | Stop::Busy(reason)
            | Stop::Excess(reason),
        ) if broken => report.end(Verdict::Fail, reason),
        // Whichever attempt was right, nobody knows which.
        _ if lost.is_some() && !broken => {
            let lost = lost.map(|lost| (lost.step.clone(), lost.clause.clone()));
            let (step, clause) = lost.unwrap_or_default();
            report.end(
                Verdict::Inconclusive,
                format!(
                    "a verdict that changes on rerun: step `{step}` broke {clause} before the \
                     fault, and did not after it"
                ),
            );
        }
        Err(Stop::Lacking(what, reason)) if !broken => {
            // What it advised of the refusal is said by the verdict.
            report.findings.clear();
            report.absent = Some(what);
            report.end(Verdict::NotApplicable, reason);
        }
        Err(Stop::Lacking(_, reason)) => report.end(Verdict::Fail, reason),
        Err(Stop::Blocked(reason)) => report.end(Verdict::Blocked, reason),
        Err(
            Stop::Transport(reason)
            | Stop::Unavailable(reason, _)
            | Stop::Busy(reason)
            | Stop::Excess(reason),
        ) => report.end(Verdict::Inconclusive, reason),
        Err(Stop::Cut) => {
            report.end(Verdict::Fail, "the steps that build on this one were not taken");
        }
        Ok(()) if broken => report.verdict = Verdict::Fail,
        Ok(()) if judged == 0 => {
            report.end(Verdict::Blocked, "none of its expectations could be judged");
        }
        Ok(()) if report.findings.is_empty() => report.verdict = Verdict::Pass,
        Ok(()) => report.verdict = Verdict::Advisory,
    }
}
