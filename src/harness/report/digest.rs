//! The digest: what probably caused the failures of a run, on one screen, which is all that most
//! readers see.

use std::fmt::Write as _;

use super::style::{BOLD, DIM, Painted};
use super::unblock::counted;
use crate::harness::compare::excerpt;
use crate::harness::outcome::{Cause, RunReport};
use crate::output::visible::line;

/// As many causes are told, so that they stand on one screen.
const MOST: usize = 5;

/// So much is shown of a difference, in characters.
const LONGEST: usize = 240;

/// Writes what probably caused the failures, and nothing if there are none. Returns the case to look
/// at first.
pub(super) fn digest(text: &mut Painted, report: &RunReport) -> Option<String> {
    let causes = report.causes();
    let first = causes.first()?;
    text.push("\n");
    text.paint(BOLD, headline(&causes));
    text.push(":\n");
    for (place, cause) in causes.iter().take(MOST).enumerate() {
        let _ = write!(text, "\n{}. ", place + 1);
        text.paint(BOLD, line(&excerpt(&cause.difference, LONGEST)));
        let _ = writeln!(text, "\n   {}", line(&at(cause)));
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
