//! Coverage: how many clauses of an API there are, how many are checked, and how many of those a
//! run judged and found to hold.

use std::collections::{BTreeMap, BTreeSet};

use super::CaseReport;
use super::verdict::{RunVerdict, Verdict};
use crate::harness::suite::{Clause, ClauseStatus, Contents, Level};

/// The clauses of an API, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The API.
    pub api: String,
    /// The number of clauses by what the suite does with them: `checked`, `unobservable`,
    /// `contradictory`, `out-of-scope`.
    pub by_status: BTreeMap<&'static str, usize>,
    /// The checked clauses that are requirements.
    pub must: Tally,
    /// The checked clauses that are recommendations.
    pub should: Tally,
    /// The clauses that are checked and were not judged.
    pub unjudged: Vec<String>,
    /// Requirements that apply to the target and that no case came to judge, though none of those
    /// that could have judged them was broken or blocked.
    pub missing: Vec<Missing>,
    /// The number of requirements that were not judged since nobody knows the values that they ask
    /// for: the target's records are its own.
    pub unknown: usize,
    /// Each clause, in the order of the suite.
    pub each: Vec<ClauseReport>,
}

/// A requirement without a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The clause's id.
    pub clause: String,
    /// The cases that could have judged it, each with what kept it from that, as far as that is known.
    pub cases: Vec<(String, Option<String>)>,
}

/// The outcome of one clause in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseReport {
    /// The clause's id.
    pub id: String,
    /// Its level: a requirement or a recommendation.
    pub level: Level,
    /// The suite's treatment of it.
    pub status: ClauseStatus,
    /// Its outcome.
    pub verdict: ClauseVerdict,
}

/// The outcomes of a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClauseVerdict {
    /// It was judged, and broken nowhere.
    Holds,
    /// A recommendation was not followed.
    Advisory,
    /// A requirement was broken.
    Broken,
    /// It was not judged, or only where it is advisory.
    NotJudged,
}

impl ClauseVerdict {
    /// Returns the name as in reports.
    pub fn name(self) -> &'static str {
        match self {
            ClauseVerdict::Holds => "holds",
            ClauseVerdict::Advisory => "advisory",
            ClauseVerdict::Broken => "broken",
            ClauseVerdict::NotJudged => "not-judged",
        }
    }
}

/// The checked clauses of one level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// The number that the suite checks.
    pub checked: usize,
    /// The number of those that a run judged at their level; a clause that was only met where it is
    /// advisory is not judged.
    pub judged: usize,
    /// The number of those that were broken nowhere.
    pub hold: usize,
}

impl Coverage {
    /// Counts the clauses of an API, before any run.
    pub fn of(suite: &Contents, api: &str) -> Coverage {
        Coverage::after(suite, api, &[])
    }

    /// Counts the clauses of an API after a run.
    pub(crate) fn after(suite: &Contents, api: &str, cases: &[CaseReport]) -> Coverage {
        let reliable = cases.iter().filter(|case| {
            case.api == api
                && !matches!(case.verdict, Verdict::Inconclusive | Verdict::HarnessError)
        });
        let mut judged = BTreeSet::new();
        let mut broken = BTreeSet::new();
        for case in reliable {
            judged.extend(case.judged.iter().map(|(clause, level)| (clause.as_str(), *level)));
            let findings = case.findings.iter();
            broken.extend(findings.map(|finding| (finding.clause.as_str(), finding.level)));
        }
        let mut coverage = Coverage {
            api: api.to_owned(),
            by_status: ClauseStatus::ALL.map(|status| (status.name(), 0)).into(),
            must: Tally::default(),
            should: Tally::default(),
            unjudged: Vec::new(),
            missing: Vec::new(),
            unknown: 0,
            each: Vec::new(),
        };
        for clause in suite.clauses().into_iter().filter(|clause| clause.api() == api) {
            *coverage.by_status.entry(clause.status.name()).or_default() += 1;
            let Clause { id, level, status, .. } = clause;
            let at_level = (id.as_str(), *level);
            let is_judged = judged.contains(&at_level);
            let is_broken = |level| broken.contains(&(id.as_str(), level));
            let verdict = match is_broken(Level::Must) {
                true => ClauseVerdict::Broken,
                false if is_broken(Level::Should) => ClauseVerdict::Advisory,
                false if is_judged => ClauseVerdict::Holds,
                false => ClauseVerdict::NotJudged,
            };
            coverage.each.push(ClauseReport {
                id: id.clone(),
                level: *level,
                status: *status,
                verdict,
            });
            if *status == ClauseStatus::Checked {
                if !is_judged {
                    coverage.unjudged.push(id.clone());
                    coverage.missing.extend(missing(clause, cases));
                    let is_unknown = |case: &CaseReport| case.unknown.contains(id);
                    if *level == Level::Must && cases.iter().any(is_unknown) {
                        coverage.unknown += 1;
                    }
                }
                let tally = coverage.tally(*level);
                tally.checked += 1;
                tally.judged += usize::from(is_judged);
                tally.hold += usize::from(is_judged && !is_broken(*level));
            }
        }
        coverage
    }

    /// Whether a requirement that applies is without a verdict.
    pub fn is_whole(&self) -> bool {
        self.missing.is_empty()
    }

    fn tally(&mut self, level: Level) -> &mut Tally {
        match level {
            Level::Must => &mut self.must,
            Level::Should => &mut self.should,
        }
    }

    /// Returns how many clauses there are.
    pub fn clauses(&self) -> usize {
        self.by_status.values().sum()
    }

    /// Returns how many of them are checked.
    pub fn checked(&self) -> usize {
        self.must.checked + self.should.checked
    }
}

/// A clause that was not judged, if it is a requirement, applies to the target, and nothing else says
/// that it was not: a case that was broken off, is blocked, or does not apply.
fn missing(clause: &Clause, cases: &[CaseReport]) -> Option<Missing> {
    if clause.level != Level::Must || clause.unless.is_some() {
        return None;
    }
    let mut could = cases.iter().filter(|case| case.clauses.contains(&clause.id)).peekable();
    could.peek()?;
    let mut kept = Vec::new();
    for case in could {
        if !case.verdict.is_good() || case.unknown.contains(&clause.id) {
            return None;
        }
        kept.push((case.id.clone(), case.skipped.get(&clause.id).cloned()));
    }
    Some(Missing { clause: clause.id.clone(), cases: kept })
}

impl RunVerdict {
    /// Returns the same verdict, unless it would stand on less than the target is asked for: a whole run in
    /// which a requirement that applies is without a verdict shows nothing.
    pub(crate) fn on(self, coverage: &[Coverage], narrowed: bool) -> RunVerdict {
        self.on_whole(narrowed || coverage.iter().all(Coverage::is_whole))
    }

    /// Returns the same verdict, if it stands on the `whole` of what the target is asked for.
    pub(super) fn on_whole(self, whole: bool) -> RunVerdict {
        match self {
            RunVerdict::Conforms { .. }
            | RunVerdict::NoNewFailures
            | RunVerdict::BaselineOutOfDate
                if !whole =>
            {
                RunVerdict::Inconclusive
            }
            verdict => verdict,
        }
    }
}
