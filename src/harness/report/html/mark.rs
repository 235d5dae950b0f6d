//! How a verdict is told: by a class for its colour, a mark, and a word.

use crate::harness::outcome::{ClauseReport, ClauseVerdict, RunVerdict, Verdict};
use crate::harness::suite::{ClauseStatus, Level};

/// A verdict, as it is shown.
pub(super) struct Mark {
    /// The class of its colour.
    pub(super) class: &'static str,
    /// One character.
    pub(super) sign: &'static str,
    /// The word for it.
    pub(super) word: &'static str,
}

const fn mark(class: &'static str, sign: &'static str, word: &'static str) -> Mark {
    Mark { class, sign, word }
}

/// Returns the mark of a case.
pub(super) fn of_case(verdict: Verdict) -> Mark {
    match verdict {
        Verdict::Pass => mark("good", "✓", "pass"),
        Verdict::Advisory => mark("warn", "!", "advisory"),
        Verdict::Fail => mark("bad", "✗", "fail"),
        Verdict::Blocked => mark("open", "■", "blocked"),
        Verdict::Inconclusive => mark("open", "?", "inconclusive"),
        Verdict::NotApplicable => mark("none", "–", "not applicable"),
        Verdict::HarnessError => mark("bad", "‼", "harness error"),
    }
}

/// Returns the mark of a run.
pub(super) fn of_run(verdict: &RunVerdict) -> Mark {
    of_case(match verdict {
        RunVerdict::Conforms { .. } | RunVerdict::SelectedPassed => Verdict::Pass,
        RunVerdict::NoNewFailures => Verdict::Advisory,
        RunVerdict::DoesNotConform | RunVerdict::BaselineOutOfDate => Verdict::Fail,
        RunVerdict::Inconclusive => Verdict::Inconclusive,
        RunVerdict::HarnessError => Verdict::HarnessError,
    })
}

/// Returns the mark of a clause.
pub(super) fn of_clause(clause: &ClauseReport) -> Mark {
    match (clause.verdict, clause.status) {
        (ClauseVerdict::Holds, _) => mark("good", "✓", "holds"),
        (ClauseVerdict::Advisory, _) => mark("warn", "!", "not followed"),
        (ClauseVerdict::Broken, _) => mark("bad", "✗", "broken"),
        (ClauseVerdict::NotJudged, ClauseStatus::Checked) => mark("open", "?", "not judged"),
        (ClauseVerdict::NotJudged, ClauseStatus::Unobservable) => {
            mark("none", "·", "cannot be observed")
        }
        (ClauseVerdict::NotJudged, ClauseStatus::Contradictory) => {
            mark("none", "·", "contradicted by its document")
        }
        (ClauseVerdict::NotJudged, ClauseStatus::OutOfScope) => {
            mark("none", "·", "asks nothing of a server")
        }
    }
}

/// Returns the mark of the level that a finding breaks.
pub(super) fn of_level(level: Level) -> Mark {
    match level {
        Level::Must => mark("bad", "✗", "must"),
        Level::Should => mark("warn", "!", "should"),
    }
}
