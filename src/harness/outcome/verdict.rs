//! Verdicts: of a case, and of the run that they make up.

use super::exit::Exit;

/// The verdict on a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// Everything holds.
    Pass,
    /// Only recommendations are broken.
    Advisory,
    /// A requirement is broken.
    Fail,
    /// The target file declares absent what the case needs.
    NotApplicable,
    /// Something that the case needs could not be had.
    Blocked,
    /// The transport failed, twice.
    Inconclusive,
    /// The harness or its suite is at fault.
    HarnessError,
}

impl Verdict {
    /// Every verdict, in the order of summaries.
    pub const ALL: [Verdict; 7] = [
        Verdict::Pass,
        Verdict::Advisory,
        Verdict::Fail,
        Verdict::Blocked,
        Verdict::Inconclusive,
        Verdict::NotApplicable,
        Verdict::HarnessError,
    ];

    /// Returns the name as in reports.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Advisory => "advisory",
            Verdict::Fail => "fail",
            Verdict::NotApplicable => "not-applicable",
            Verdict::Blocked => "blocked",
            Verdict::Inconclusive => "inconclusive",
            Verdict::HarnessError => "harness-error",
        }
    }

    /// Returns the verdict of that name.
    pub(crate) fn named(name: &str) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|verdict| verdict.name() == name)
    }

    /// Returns whether no requirement is broken and none is left open.
    pub fn is_good(self) -> bool {
        matches!(self, Verdict::Pass | Verdict::Advisory)
    }
}

/// The verdict of a run on the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunVerdict {
    /// Every case of the chosen APIs was judged and no requirement is broken.
    Conforms {
        /// The things that were not applicable.
        without: Vec<String>,
    },
    /// A narrowed run without a broken requirement: it says nothing of the rest.
    SelectedPassed,
    /// A requirement is broken.
    DoesNotConform,
    /// Beside a baseline: whatever fails is known to.
    NoNewFailures,
    /// Beside a baseline: nothing new fails, but something fails no more, or is borne no longer.
    BaselineOutOfDate,
    /// Something could not be judged, or nothing was.
    Inconclusive,
    /// The harness or its suite is at fault.
    HarnessError,
}

impl RunVerdict {
    /// Returns the verdict of a run from those of its cases; `without` names what was not
    /// applicable.
    pub fn of(
        verdicts: impl IntoIterator<Item = Verdict>,
        narrowed: bool,
        without: Vec<String>,
    ) -> RunVerdict {
        let verdicts: Vec<_> = verdicts.into_iter().collect();
        let has = |verdict| verdicts.contains(&verdict);
        if has(Verdict::HarnessError) {
            RunVerdict::HarnessError
        } else if has(Verdict::Fail) {
            RunVerdict::DoesNotConform
        } else if has(Verdict::Blocked)
            || has(Verdict::Inconclusive)
            || !verdicts.iter().any(|verdict| verdict.is_good())
        {
            RunVerdict::Inconclusive
        } else if narrowed {
            RunVerdict::SelectedPassed
        } else {
            RunVerdict::Conforms { without }
        }
    }

    /// Returns how the process ends.
    pub fn exit(&self) -> Exit {
        match self {
            RunVerdict::Conforms { .. }
            | RunVerdict::SelectedPassed
            | RunVerdict::NoNewFailures => Exit::Conforms,
            RunVerdict::DoesNotConform | RunVerdict::BaselineOutOfDate => Exit::Failed,
            RunVerdict::Inconclusive => Exit::Inconclusive,
            RunVerdict::HarnessError => Exit::Broken,
        }
    }

    /// Returns the name as in the JSON report.
    pub fn name(&self) -> &'static str {
        match self {
            RunVerdict::Conforms { .. } => "CONFORMS",
            RunVerdict::SelectedPassed => "SELECTED PASSED",
            RunVerdict::DoesNotConform => "DOES NOT CONFORM",
            RunVerdict::NoNewFailures => "NO NEW FAILURES",
            RunVerdict::BaselineOutOfDate => "BASELINE OUT OF DATE",
            RunVerdict::Inconclusive => "INCONCLUSIVE",
            RunVerdict::HarnessError => "HARNESS ERROR",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{
        Advisory, Blocked, Fail, HarnessError, Inconclusive, NotApplicable, Pass,
    };
    use super::{RunVerdict, Verdict};

    #[test]
    fn the_worst_case_decides_the_run() {
        let table: [(&[Verdict], u8, &str); 11] = [
            (&[Pass, Advisory], 0, "CONFORMS"),
            (&[Pass, NotApplicable], 0, "CONFORMS"),
            (&[Pass, Fail], 1, "DOES NOT CONFORM"),
            (&[Fail, Blocked, Inconclusive], 1, "DOES NOT CONFORM"),
            (&[HarnessError, Fail], 3, "HARNESS ERROR"),
            (&[HarnessError, Blocked], 3, "HARNESS ERROR"),
            (&[Pass, Blocked], 4, "INCONCLUSIVE"),
            (&[Pass, Inconclusive], 4, "INCONCLUSIVE"),
            (&[NotApplicable, NotApplicable], 4, "INCONCLUSIVE"),
            (&[], 4, "INCONCLUSIVE"),
            (&[Advisory], 0, "CONFORMS"),
        ];
        for (verdicts, code, name) in table {
            let run = RunVerdict::of(verdicts.iter().copied(), false, Vec::new());
            assert_eq!((run.exit().code(), run.name()), (code, name), "{verdicts:?}");
        }
    }

    #[test]
    fn a_narrowed_run_never_conforms() {
        for verdicts in [&[Pass][..], &[Pass, NotApplicable], &[Advisory]] {
            let run = RunVerdict::of(verdicts.iter().copied(), true, Vec::new());
            assert_eq!(run, RunVerdict::SelectedPassed);
        }
        let run = RunVerdict::of([Pass, Fail], true, Vec::new());
        assert_eq!(run, RunVerdict::DoesNotConform);
    }
}
