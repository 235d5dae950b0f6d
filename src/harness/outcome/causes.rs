//! What probably caused the failures of a run: one fault of a server breaks many requirements in many
//! cases, and a reader wants to hear of the fault.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Value, json};

use super::case::CaseReport;
use super::finding::{Finding, telling};
use super::likeness::{Likeness, is_index};
use super::run::RunReport;
use super::verdict::Verdict;
use crate::harness::compare::Kind;
use crate::harness::suite::Level;

/// Broken requirements that are alike, so that they probably have one cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The requirement that is broken alike at several operations, if that is what they have in common.
    pub shared: Option<String>,
    /// The difference, in words: the one that shows most often.
    pub difference: String,
    /// The operations at which it shows, each behind the name of its API, where the difference shows
    /// first, and then those at which it shows most often.
    pub operations: Vec<String>,
    /// The status of the answer that is told of.
    pub status: u16,
    /// What the target itself said in that answer, where it refused or was not expected to answer so.
    pub said: Option<String>,
    /// The requirements that are broken by it, each once.
    pub clauses: Vec<String>,
    /// The cases that fail by it, the one to look at first.
    pub cases: Vec<String>,
}

impl RunReport {
    /// Returns what probably caused the failures that are not known, those first by which most cases
    /// fail.
    pub fn causes(&self) -> Vec<Cause> {
        causes_of(self.broken())
    }

    /// Returns what recommendations are probably not followed for, in the same form, without what
    /// fails elsewhere.
    pub fn advice(&self) -> Vec<Cause> {
        let alone = BTreeSet::new();
        let likeness = |(case, finding): &Found<'_>| Likeness::of(case, finding, &alone);
        let broken: HashSet<_> = self.broken().iter().map(likeness).collect();
        let is_reliable =
            |verdict| !matches!(verdict, Verdict::Inconclusive | Verdict::HarnessError);
        let mut advised = self.found(is_reliable, Level::Should);
        advised.retain(|found| !broken.contains(&likeness(found)));
        causes_of(advised)
    }

    fn broken(&self) -> Vec<Found<'_>> {
        self.found(|verdict| verdict == Verdict::Fail, Level::Must)
    }

    /// Returns what is told of a level in the cases of these verdicts that are not known to fail.
    fn found(&self, verdicts: impl Fn(Verdict) -> bool, level: Level) -> Vec<Found<'_>> {
        let is_meant = |case: &&CaseReport| verdicts(case.verdict) && self.known(case).is_none();
        let cases = self.cases.iter().filter(is_meant);
        let found = cases.flat_map(|case| telling(&case.findings).map(move |it| (case, it)));
        found.filter(|(_, finding)| finding.level == level).collect()
    }
}

/// A finding, and the case that made it.
type Found<'r> = (&'r CaseReport, &'r Finding);

/// Returns the probable causes of findings, those first that show in most cases.
fn causes_of(findings: Vec<Found<'_>>) -> Vec<Cause> {
    let shared = shared(&findings);
    let mut groups: Vec<(Likeness, Group)> = Vec::new();
    let mut places: HashMap<Likeness, usize> = HashMap::new();
    for (case, finding) in findings {
        let likeness = Likeness::of(case, finding, &shared);
        let place = *places.entry(likeness.clone()).or_insert_with(|| {
            groups.push((likeness, Group::default()));
            groups.len() - 1
        });
        groups[place].1.add(case, finding);
    }
    let causes = together(groups)
        .into_iter()
        .filter_map(|(likeness, group)| Some(Cause { shared: likeness.clause, ..group.cause()? }));
    let mut causes: Vec<_> = causes.collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.cases.len()));
    causes
}

/// Returns the clauses that are broken alike at several operations: what is let through there is let
/// through by one fault, such as that any token is taken.
fn shared<'r>(findings: &[Found<'r>]) -> BTreeSet<&'r str> {
    let mut operations: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for (_, finding) in findings.iter().filter(|(_, finding)| finding.kind == Kind::Status) {
        operations.entry(&finding.clause).or_default().insert(&finding.operation);
    }
    let several = operations.into_iter().filter(|(_, operations)| operations.len() > 1);
    several.map(|(clause, _)| clause).collect()
}

/// Puts those together that break clauses at the same operations each.
fn together(groups: Vec<(Likeness, Group<'_>)>) -> Vec<(Likeness, Group<'_>)> {
    let mut all: Vec<(Likeness, Group<'_>)> = Vec::new();
    for (likeness, group) in groups {
        let alike = |(other, known): &&mut (Likeness, Group<'_>)| {
            likeness.clause.is_some()
                && other.clause.is_some()
                && (&other.api, other.status) == (&likeness.api, likeness.status)
                && known.operations() == group.operations()
        };
        match all.iter_mut().find(alike) {
            Some((_, known)) => {
                known.findings.extend(group.findings);
                known.clauses.extend(group.clauses);
            }
            None => all.push((likeness, group)),
        }
    }
    all
}

impl Cause {
    /// Returns what the JSON report says of it.
    pub(crate) fn json(&self) -> Value {
        json!({
            "difference": self.difference,
            "shared": self.shared,
            "operations": self.operations,
            "status": self.status,
            "said": self.said,
            "clauses": self.clauses,
            "cases": self.cases,
        })
    }
}

/// The findings of one cause.
#[derive(Default)]
struct Group<'r> {
    findings: Vec<(&'r CaseReport, &'r Finding)>,
    clauses: BTreeSet<&'r str>,
}

impl<'r> Group<'r> {
    fn add(&mut self, case: &'r CaseReport, finding: &'r Finding) {
        self.findings.push((case, finding));
        self.clauses.insert(&finding.clause);
        // What follows from it is broken by it.
        let all = case.findings.iter().filter(|other| finding.explains(other));
        let broken = all.filter(|other| other.level == Level::Must);
        self.clauses.extend(broken.map(|other| other.clause.as_str()));
    }

    fn operations(&self) -> BTreeSet<&'r str> {
        self.findings.iter().map(|(_, finding)| finding.operation.as_str()).collect()
    }

    fn cause(self) -> Option<Cause> {
        let Group { findings, clauses } = self;
        let differences: Vec<_> = findings.iter().map(|(_, finding)| difference(finding)).collect();
        let counts = counted(differences.iter().map(String::as_str));
        let (difference, _) = *counts.first()?;
        // A case that asks for just this, and the simplest of those, shows it with the least around it;
        // a GET is the easiest to repeat.
        let told = differences.iter().zip(&findings).filter(|(it, _)| it == &difference);
        let plain = |(_, (case, finding)): &(&String, &Found<'_>)| {
            let asks = case.clauses.contains(&finding.clause);
            (!asks, case.steps, !finding.operation.starts_with("GET "), case.findings.len())
        };
        let (_, (case, finding)) = told.min_by_key(plain)?;
        let of_api = |(case, finding): &(&CaseReport, &Finding)| {
            format!("{}: {}", case.api, finding.operation)
        };
        let operations: Vec<_> = findings.iter().map(of_api).collect();
        let operations = counted(operations.iter().map(String::as_str));
        let first = of_api(&(case, finding));
        let others = operations.into_iter().map(|(operation, _)| operation.to_owned());
        let others = others.filter(|operation| *operation != first);
        let ids = findings.iter().map(|(case, _)| case.id.as_str());
        let mut cases = vec![case.id.clone()];
        for id in ids.filter(|id| *id != case.id) {
            if cases.last().is_none_or(|last| last != id) {
                cases.push(id.to_owned());
            }
        }
        Some(Cause {
            shared: None,
            difference: difference.to_owned(),
            operations: [first.clone()].into_iter().chain(others).collect(),
            status: finding.status,
            said: finding.said.clone(),
            clauses: clauses.into_iter().map(str::to_owned).collect(),
            cases,
        })
    }
}

/// Returns what is wrong and where, whatever the element of a list.
fn difference(finding: &Finding) -> String {
    let segments = finding.pointer.split('/').skip(1);
    let place: String = segments
        .map(|segment| if is_index(segment) { "/*".to_owned() } else { format!("/{segment}") })
        .collect();
    finding.told_at(&place)
}

/// Returns each text once and how often it stands there, those first that do most often.
fn counted<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<(&'t str, usize)> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for text in texts {
        let place = *places.entry(text).or_insert_with(|| {
            counts.push((text, 0));
            counts.len() - 1
        });
        counts[place].1 += 1;
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}
