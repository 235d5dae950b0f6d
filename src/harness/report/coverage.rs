//! Coverage: how many clauses of an API there are, how many are checked, and how many of those a
//! run judged and found to hold.

use std::collections::{BTreeMap, BTreeSet};

use super::CaseReport;
use crate::harness::suite::{Clause, ClauseStatus, Level, Suite};
use crate::harness::verdict::Verdict;

/// The clauses of an API, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The API.
    pub api: String,
    /// How many there are by what the suite does with them: `checked`, `unobservable`,
    /// `contradictory`, `out-of-scope`.
    pub by_status: BTreeMap<&'static str, usize>,
    /// Those that are requirements.
    pub must: Tally,
    /// Those that are recommendations.
    pub should: Tally,
    /// Those that are checked and were not judged.
    pub unjudged: Vec<String>,
}

/// The checked clauses of one level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many the suite checks.
    pub checked: usize,
    /// How many of those a run judged at their level; a clause that was only met where it is
    /// advisory is not judged.
    pub judged: usize,
    /// How many of those were broken nowhere.
    pub hold: usize,
}

impl Coverage {
    /// The clauses of an API, before any run.
    pub fn of(suite: &Suite, api: &str) -> Coverage {
        Coverage::after(suite, api, &[])
    }

    /// The clauses of an API after a run.
    pub(crate) fn after(suite: &Suite, api: &str, cases: &[CaseReport]) -> Coverage {
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
        };
        for clause in suite.clauses().into_iter().filter(|clause| clause.api() == api) {
            *coverage.by_status.entry(clause.status.name()).or_default() += 1;
            let Clause { id, level, .. } = clause;
            if clause.status == ClauseStatus::Checked {
                let at_level = (id.as_str(), *level);
                let is_judged = judged.contains(&at_level);
                if !is_judged {
                    coverage.unjudged.push(id.clone());
                }
                let tally = coverage.tally(*level);
                tally.checked += 1;
                tally.judged += usize::from(is_judged);
                tally.hold += usize::from(is_judged && !broken.contains(&at_level));
            }
        }
        coverage
    }

    fn tally(&mut self, level: Level) -> &mut Tally {
        match level {
            Level::Must => &mut self.must,
            Level::Should => &mut self.should,
        }
    }

    /// How many clauses there are.
    pub fn clauses(&self) -> usize {
        self.by_status.values().sum()
    }

    /// How many of them are checked.
    pub fn checked(&self) -> usize {
        self.must.checked + self.should.checked
    }
}
