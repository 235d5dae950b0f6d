//! What probably caused the failures of a run: one fault of a server breaks many requirements in many
//! cases, and a reader wants to hear of the fault.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};

use super::case::CaseReport;
use super::finding::{Finding, telling};
use super::run::RunReport;
use super::verdict::Verdict;
use crate::harness::compare::Kind;
use crate::harness::suite::Level;

/// Broken requirements that are alike, so that they probably have one cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
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
        let failing = self.cases.iter().filter(|case| case.verdict == Verdict::Fail);
        let mut groups: Vec<(Likeness, Group)> = Vec::new();
        let mut places: HashMap<Likeness, usize> = HashMap::new();
        for case in failing.filter(|case| self.known(case).is_none()) {
            for finding in telling(&case.findings).filter(|it| it.level == Level::Must) {
                let likeness = Likeness::of(case, finding);
                let place = *places.entry(likeness.clone()).or_insert_with(|| {
                    groups.push((likeness, Group::default()));
                    groups.len() - 1
                });
                groups[place].1.add(case, finding);
            }
        }
        let mut causes: Vec<_> = groups.into_iter().filter_map(|(_, it)| it.cause()).collect();
        causes.sort_by_key(|cause| std::cmp::Reverse(cause.cases.len()));
        causes
    }
}

impl Cause {
    /// Returns what the JSON report says of it.
    pub(crate) fn json(&self) -> Value {
        json!({
            "difference": self.difference,
            "operations": self.operations,
            "status": self.status,
            "said": self.said,
            "clauses": self.clauses,
            "cases": self.cases,
        })
    }
}

/// What differences have in common that probably have one cause. Whatever a server has in one place,
/// such as the media type of its problems, a code, or the zone of its times, is alike at every
/// operation; of the members of a body those are alike that have one name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Likeness {
    kind: Kind,
    api: Option<String>,
    operation: Option<String>,
    /// The member of the body.
    member: Option<String>,
    status: Option<u16>,
    /// What was said, without what differs from request to request.
    said: Option<String>,
}

impl Likeness {
    fn of(case: &CaseReport, finding: &Finding) -> Likeness {
        let nothing = Likeness {
            kind: finding.kind.clone(),
            api: None,
            operation: None,
            member: None,
            status: None,
            said: None,
        };
        let here = || Likeness {
            api: Some(case.api.clone()),
            operation: Some(finding.operation.clone()),
            ..nothing.clone()
        };
        let said = finding.said.as_deref().map(|said| gist(said, &finding.clause));
        let member = member(&finding.pointer).map(str::to_owned);
        match &finding.kind {
            // What is let through or turned away for its content is so at one operation, unless the
            // target says the same at several.
            Kind::Status => match finding.status {
                200..=299 => Likeness { status: Some(200), ..here() },
                status @ (400 | 409 | 422) if said.is_none() => {
                    Likeness { status: Some(status), ..here() }
                }
                status => Likeness { status: Some(status), said, ..nothing },
            },
            Kind::Header(_) | Kind::Problem(_) | Kind::Zone => nothing,
            Kind::Format => {
                Likeness { said: Some(gist(&finding.message, &finding.clause)), ..nothing }
            }
            Kind::Elements => Likeness { member, ..here() },
            Kind::Member(_) if member.is_none() => here(),
            Kind::Member(_) => Likeness { api: Some(case.api.clone()), member, ..nothing },
        }
    }
}

/// Returns the last name in a pointer.
fn member(pointer: &str) -> Option<&str> {
    pointer.rsplit('/').find(|segment| !segment.is_empty() && !is_index(segment))
}

fn is_index(segment: &str) -> bool {
    segment.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns what a sentence says without the names, numbers and texts that differ from one request to
/// another: "name is longer than 72" and "city is longer than 27" say one thing. `clause` tells which
/// member is judged.
fn gist(said: &str, clause: &str) -> String {
    let judged = clause.rsplit('/').next().unwrap_or_default().to_lowercase();
    let judged: BTreeSet<_> = judged.split(['.', '-']).collect();
    let is_name = |word: &str| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let inner = bare.chars().skip(1).any(|c| c.is_uppercase() || ".[]/_@".contains(c));
        let has_digit = bare.contains(|c: char| c.is_ascii_digit());
        let is_quoted = word.starts_with(['"', '\'', '`', '“', '‘']);
        let is_key = word.ends_with(':');
        inner || has_digit || is_quoted || is_key || judged.contains(bare.to_lowercase().as_str())
    };
    let parts: BTreeSet<String> = said
        .split([';', '(', ')'])
        .map(|part| {
            let words = part.split_whitespace().filter(|word| !is_name(word));
            words.collect::<Vec<_>>().join(" ").to_lowercase()
        })
        .filter(|part| !part.is_empty())
        .collect();
    parts.into_iter().collect::<Vec<_>>().join("; ")
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

    fn cause(self) -> Option<Cause> {
        let Group { findings, clauses } = self;
        let differences: Vec<_> = findings.iter().map(|(_, finding)| difference(finding)).collect();
        let counts = counted(differences.iter().map(String::as_str));
        let (difference, _) = *counts.first()?;
        let told = differences.iter().position(|it| it == difference)?;
        let (case, finding) = findings.get(told)?;
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

#[cfg(test)]
mod tests {
    use super::{gist, member};

    /// Twenty-one failures that a byte counter made were told one by one.
    #[test]
    fn what_is_said_of_several_members_is_one_thing() {
        let clause = "customer/customer/property/name";
        for (one, other, alike) in [
            (
                "Not valid. (name: Maximum length is 72)",
                "Not valid. (city: Maximum length is 27)",
                true,
            ),
            ("Bad (a: too long; b: too long)", "Bad (legalAddress.city: too long)", true),
            ("name is longer than 72", "legalAddress.city is longer than 27", true),
            ("The field `x` is missing", "The field `y` is missing", true),
            ("customer 7658274 is not there", "customer 9999 is not there", true),
            ("Bad (a: too long)", "Bad (a: missing)", false),
            ("not found", "not allowed", false),
        ] {
            assert_eq!(gist(one, clause) == gist(other, clause), alike, "{one} | {other}");
        }
    }

    #[test]
    fn a_member_is_the_last_name_of_a_place() {
        for (pointer, name) in [
            ("/items/0/usageDate", Some("usageDate")),
            ("/items/3", Some("items")),
            ("", None),
            ("/0", None),
        ] {
            assert_eq!(member(pointer), name, "{pointer}");
        }
    }
}
