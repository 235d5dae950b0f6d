//! The counts of an audit, and whether they are good enough.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::excused::Excuse;
use super::fault::Behaviour;
use super::fault::Family;
use crate::harness::run::Judge;
use crate::harness::suite::Case;

/// The outcome of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A requirement was found broken.
    Killed,
    /// Only a recommendation was.
    Advisory,
    /// Nothing was, or the case could not be judged.
    Survived,
}

/// The number of faults that came to each outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// The faults by which a requirement was found broken.
    pub killed: usize,
    /// The faults by which only a recommendation was.
    pub advisory: usize,
    /// The faults by which nothing was, and a reading allows that.
    pub excused: usize,
    /// The faults by which nothing was, and no reading allows that.
    pub survived: usize,
}

impl Tally {
    /// Returns the number of all of them.
    pub fn faults(&self) -> usize {
        self.killed + self.advisory + self.excused + self.survived
    }

    /// Returns the share that a requirement caught of those that one must catch; 1, if there are
    /// none.
    pub fn kill_rate(&self) -> f64 {
        share(self.killed, self.killed + self.survived)
    }

    /// Returns the share that was noticed at all of those that are not excused; 1, if there are
    /// none.
    pub fn detected(&self) -> f64 {
        share(self.killed + self.advisory, self.faults() - self.excused)
    }

    fn plus(&mut self, other: &Tally) {
        self.killed += other.killed;
        self.advisory += other.advisory;
        self.excused += other.excused;
        self.survived += other.survived;
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// A fault that nothing noticed and no row excuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survivor {
    /// The case's id.
    pub case: String,
    /// Its step.
    pub step: String,
    /// Method and path below the API's root.
    pub operation: String,
    /// The status that was answered.
    pub status: u16,
    /// The place of the change: a pointer, or the name of a header.
    pub at: String,
    /// The change that was made there.
    pub mutation: String,
    /// The row of the table.
    pub family: Family,
}

/// The outcome of the faults of one case.
pub(super) struct CaseOutcome {
    case: String,
    api: String,
    /// True if it has a requirement to kill by.
    has_must: bool,
    tallies: BTreeMap<Family, Tally>,
    survivors: Vec<Survivor>,
    /// The rows that excused something, and how many faults each.
    used: BTreeMap<usize, usize>,
    /// The rows that excused every fault of an answer.
    broad: BTreeSet<usize>,
}

impl CaseOutcome {
    pub(super) fn new(case: &Case, has_must: bool) -> Self {
        CaseOutcome {
            case: case.id().to_owned(),
            api: case.api().to_owned(),
            has_must,
            tallies: BTreeMap::new(),
            survivors: Vec::new(),
            used: BTreeMap::new(),
            broad: BTreeSet::new(),
        }
    }

    /// Counts a fault; what survived and is not excused is told of.
    pub(super) fn add(&mut self, outcome: Outcome, excuse: Option<usize>, fault: Survivor) {
        let tally = self.tallies.entry(fault.family).or_default();
        match (outcome, excuse) {
            (Outcome::Killed, _) => tally.killed += 1,
            (Outcome::Advisory, _) => tally.advisory += 1,
            (Outcome::Survived, Some(row)) => {
                tally.excused += 1;
                *self.used.entry(row).or_default() += 1;
            }
            (Outcome::Survived, None) => {
                tally.survived += 1;
                self.survivors.push(fault);
            }
        }
    }

    /// Takes the rows by which the faults of one answer were excused, if they were.
    pub(super) fn answered(&mut self, excuses: &[Option<usize>]) {
        if let [Some(first), rest @ ..] = excuses
            && rest.iter().all(|row| *row == Some(*first))
        {
            self.broad.insert(*first);
        }
    }

    /// Returns whether the case lets every fault pass that it was made to catch.
    fn is_dead(&self) -> bool {
        let sum = |of: fn(&Tally) -> usize| self.tallies.values().map(of).sum::<usize>();
        let killed = sum(|tally| tally.killed);
        let noticed = killed + sum(|tally| tally.advisory);
        if self.has_must { killed == 0 } else { noticed == 0 }
    }
}

/// The outcome of an audit.
#[derive(Debug, Clone)]
pub struct Audit {
    /// The counts by API, in the order of reports, and by family.
    pub tallies: Vec<(String, BTreeMap<Family, Tally>)>,
    /// The faults that nothing noticed and no row excuses.
    pub survivors: Vec<Survivor>,
    /// The cases that noticed nothing at all.
    pub dead: Vec<String>,
    /// The rows of the list that excused something, with how many faults: most first.
    pub excuses: Vec<(Excuse, usize)>,
    /// The rows of the list that excused nothing, if the whole suite was audited.
    pub idle: Vec<Excuse>,
    /// The rows of the list by which every fault of some answer was excused.
    pub broad: Vec<Excuse>,
    /// The number of cases that were judged again.
    pub cases: usize,
    /// The seed from which identifiers were drawn.
    pub seed: u64,
    /// The suite's digest.
    pub suite: String,
    /// The time from the first word to the last.
    pub elapsed: Duration,
}

/// The least kill rate of a judge that one can trust.
const ENOUGH: f64 = 0.98;

impl Audit {
    pub(super) fn new(
        judge: &Judge,
        rows: &[Excuse],
        cases: Vec<CaseOutcome>,
        narrowed: bool,
    ) -> Audit {
        let mut tallies: Vec<_> = judge
            .target()
            .apis()
            .into_iter()
            .map(|api| (api.to_owned(), BTreeMap::<Family, Tally>::new()))
            .collect();
        let mut used = BTreeMap::<usize, usize>::new();
        let mut broad = BTreeSet::new();
        let mut dead = Vec::new();
        let mut survivors = Vec::new();
        let count = cases.len();
        for case in cases {
            if let Some((_, of_api)) = tallies.iter_mut().find(|(api, _)| *api == case.api) {
                for (family, tally) in &case.tallies {
                    of_api.entry(*family).or_default().plus(tally);
                }
            }
            if case.is_dead() {
                dead.push(case.case);
            }
            for (row, faults) in case.used {
                *used.entry(row).or_default() += faults;
            }
            broad.extend(case.broad);
            survivors.extend(case.survivors);
        }
        let named = |wanted: &dyn Fn(usize) -> bool| -> Vec<Excuse> {
            let rows = rows.iter().enumerate().filter(|(row, _)| wanted(*row));
            rows.map(|(_, row)| row.clone()).collect()
        };
        let whole = !narrowed && tallies.len() == crate::harness::api::APIS.len();
        let excused = rows.iter().enumerate();
        let excused = excused.filter_map(|(row, of)| Some((of.clone(), *used.get(&row)?)));
        let mut excuses: Vec<_> = excused.collect();
        excuses.sort_by_key(|(_, faults)| Reverse(*faults));
        Audit {
            tallies,
            survivors,
            dead,
            excuses,
            idle: if whole { named(&|row| !used.contains_key(&row)) } else { Vec::new() },
            broad: named(&|row| broad.contains(&row)),
            cases: count,
            seed: judge.seed(),
            suite: judge.suite().digest(),
            elapsed: Duration::ZERO,
        }
    }

    /// Counts a fault of behaviour.
    pub(super) fn add_live(&mut self, fault: &Behaviour, outcome: Outcome) {
        let api = fault.id.split('/').next().unwrap_or_default();
        let Some((_, of_api)) = self.tallies.iter_mut().find(|(name, _)| name == api) else {
            return;
        };
        let tally = of_api.entry(Family::Live).or_default();
        match outcome {
            Outcome::Killed => tally.killed += 1,
            Outcome::Advisory => tally.advisory += 1,
            Outcome::Survived => {
                tally.survived += 1;
                self.survivors.push(Survivor {
                    case: fault.id.clone(),
                    step: fault.family.clone(),
                    operation: fault.says.clone(),
                    status: 0,
                    at: fault.cases.join(" "),
                    mutation: "live".to_owned(),
                    family: Family::Live,
                });
            }
        }
    }

    /// Returns the counts over all APIs and families.
    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        let all = self.tallies.iter().flat_map(|(_, of_api)| of_api.values());
        all.for_each(|tally| total.plus(tally));
        total
    }

    /// Returns the counts of an API.
    pub fn of_api(&self, api: &str) -> Tally {
        let mut total = Tally::default();
        let of_api = self.tallies.iter().filter(|(name, _)| name == api);
        of_api.flat_map(|(_, of)| of.values()).for_each(|tally| total.plus(tally));
        total
    }

    /// Returns the counts of a family, over all APIs.
    pub fn of_family(&self, family: Family) -> Tally {
        let mut total = Tally::default();
        let all = self.tallies.iter().filter_map(|(_, of_api)| of_api.get(&family));
        all.for_each(|tally| total.plus(tally));
        total
    }

    /// Returns whether the judge can be trusted: enough is killed, every case kills something, and
    /// the list of the excused is no wider than it has to be.
    pub fn is_good(&self) -> bool {
        self.total().kill_rate() >= ENOUGH
            && self.dead.is_empty()
            && self.idle.is_empty()
            && self.broad.is_empty()
    }
}
