//! The digest: what probably caused the failures of a run, on one screen, which is all that most
//! readers see.

use std::fmt::Write as _;

use super::style::{BOLD, DIM, Painted};
use super::unblock::counted;
use crate::harness::compare::excerpt;
use crate::harness::outcome::{Cause, RunReport};
use crate::harness::suite::Suite;
use crate::output::visible::line;

/// As many causes are told, so that they stand on one screen.
const MOST: usize = 5;

/// As many causes are told of advice, where there are failures to read, and where there are none.
const MOST_ADVICE: [usize; 2] = [3, 12];

/// So much is shown of a difference, in characters.
const LONGEST: usize = 240;

/// Writes what probably caused the failures, and nothing if there are none. Returns the case to look
/// at first.
pub(super) fn digest(text: &mut Painted, report: &RunReport, suite: &Suite) -> Option<String> {
    let causes = report.causes();
    let first = causes.first()?;
    text.push("\n");
    text.paint(BOLD, headline(&causes));
    text.push(":\n");
    for (place, cause) in causes.iter().take(MOST).enumerate() {
        let _ = write!(text, "\n{}. ", place + 1);
        let difference = line(&excerpt(&cause.difference, LONGEST)).into_owned();
        match requirement(cause, suite) {
            Some(requires) => {
                text.paint(BOLD, requires);
                let _ = writeln!(text, "\n   {difference}");
            }
            None => {
                text.paint(BOLD, difference);
                text.push("\n");
            }
        }
        let _ = writeln!(text, "   {}", line(&at(cause)));
        if let Some(answer) = answer(cause) {
            let _ = writeln!(text, "   {}", line(&answer));
        }
        let [look_at, ..] = cause.cases.as_slice() else { continue };
        let fail = if cause.cases.len() == 1 { "fails" } else { "fail" };
        let cases = counted(cause.cases.len(), "case");
        let _ = writeln!(text, "   {cases} {fail} by it; look at {look_at}");
    }
    if let Some(more) = causes.get(MOST..).filter(|more| !more.is_empty()) {
        let _ = writeln!(text, "\n… and {}", counted(more.len(), "more cause"));
    }
    first.cases.first().cloned()
}

/// Writes what recommendations are probably not followed for, a line a cause, and nothing if all are
/// followed.
pub(super) fn advice(text: &mut Painted, report: &RunReport, suite: &Suite, failures: bool) {
    let causes = report.advice();
    let most = MOST_ADVICE[usize::from(!failures)];
    if causes.is_empty() {
        return;
    }
    let tallies = report.coverage.iter().map(|of_api| of_api.should);
    let _ = match tallies.map(|tally| tally.judged - tally.hold).sum() {
        0 => write!(text, "\nThere is advice on requirements"),
        1 => write!(text, "\n1 recommendation is not followed"),
        count => write!(text, "\n{count} recommendations are not followed"),
    };
    let _ = writeln!(text, ", probably by {}:", counted(causes.len(), "cause"));
    for cause in causes.iter().take(most) {
        let difference = excerpt(&cause.difference, LONGEST / 2);
        let told = requirement(cause, suite).map(|requires| format!("{requires}: {difference}"));
        let told = told.unwrap_or(difference);
        let look_at = cause.cases.first().map_or("", String::as_str);
        let _ = writeln!(text, "- {} ({}; {look_at})", line(&told), line(&at(cause)));
    }
    match causes.get(most..).filter(|more| !more.is_empty()) {
        Some(more) => {
            let _ = writeln!(text, "… and {}: --details", counted(more.len(), "more cause"));
        }
        None => text.push("Each of them: --details\n"),
    }
}

/// Returns the requirement that a cause breaks alike at several operations, if it does.
pub(super) fn requirement<'s>(cause: &Cause, suite: &'s Suite) -> Option<&'s str> {
    let clause = suite.clause(cause.shared.as_ref()?)?;
    Some(clause.requires.trim_end_matches('.'))
}

/// Writes where the rest is told.
pub(super) fn where_more(text: &mut Painted, look_at: &str) {
    let how = format!(
        "One case whole: the same command with {look_at} --exact --details; what it asks: `etalon \
         explain {look_at}`.\nEach failure whole: --details, or --report html=FILE."
    );
    text.push("\n");
    text.paint(DIM, how);
    text.push("\n");
}

/// Returns how many requirements are broken, and probably by how many causes.
pub(super) fn headline(causes: &[Cause]) -> String {
    let mut clauses: Vec<_> = causes.iter().flat_map(|cause| &cause.clauses).collect();
    clauses.sort_unstable();
    clauses.dedup();
    let are = if clauses.len() == 1 { "is" } else { "are" };
    format!(
        "{} {are} broken, probably by {}",
        counted(clauses.len(), "requirement"),
        counted(causes.len(), "cause")
    )
}

/// Returns where a cause shows.
pub(super) fn at(cause: &Cause) -> String {
    match cause.operations.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first, ..] if cause.shared.is_some() => {
            format!("in {}, such as {first}", counted(cause.operations.len(), "operation"))
        }
        [first, others @ ..] => {
            format!("{first}, and at {}", counted(others.len(), "other operation"))
        }
    }
}

/// Returns what the target answered and said, as far as the difference does not say so itself.
pub(super) fn answer(cause: &Cause) -> Option<String> {
    let status = cause.status;
    let told = cause.difference.starts_with(&format!("answered {status}"));
    match (&cause.said, told) {
        (Some(said), true) => Some(format!("it said: {said}")),
        (Some(said), false) => Some(format!("answered {status}, it said: {said}")),
        (None, _) if status / 100 == 2 => None,
        (None, true) => Some("it said nothing".to_owned()),
        (None, false) => Some(format!("answered {status}, and said nothing")),
    }
}
