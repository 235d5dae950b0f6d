//! What differences have in common that probably have one cause.

use std::collections::BTreeSet;

use super::case::CaseReport;
use super::finding::Finding;
use crate::harness::compare::Kind;

/// What differences have in common that probably have one cause. Whatever a server has in one place,
/// such as the media type of its problems, a code, or the zone of its times, is alike at every
/// operation; of the members of a body those are alike that have one name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Likeness {
    kind: Kind,
    pub(super) api: Option<String>,
    operation: Option<String>,
    /// The member of the body.
    member: Option<String>,
    pub(super) status: Option<u16>,
    /// What was said, without what differs from request to request.
    said: Option<String>,
    /// The clause, where it is what several operations have in common.
    pub(super) clause: Option<String>,
}

impl Likeness {
    pub(super) fn of(case: &CaseReport, finding: &Finding, shared: &BTreeSet<&str>) -> Likeness {
        let nothing = Likeness {
            kind: finding.kind.clone(),
            api: None,
            operation: None,
            member: None,
            status: None,
            said: None,
            clause: None,
        };
        let here = || Likeness {
            api: Some(case.api.clone()),
            operation: Some(finding.operation.clone()),
            ..nothing.clone()
        };
        // Or of one requirement, where several operations break it.
        let alike = || match shared.contains(finding.clause.as_str()) {
            true => Likeness {
                api: Some(case.api.clone()),
                clause: Some(finding.clause.clone()),
                ..nothing.clone()
            },
            false => here(),
        };
        let said = finding.said.as_deref().map(|said| gist(said, &finding.clause));
        let member = member(&finding.pointer).map(str::to_owned);
        match &finding.kind {
            // What is let through or turned away for its content is so at one operation, unless the
            // target says the same at several.
            Kind::Status => match finding.status {
                200..=299 => Likeness { status: Some(200), ..alike() },
                status @ (400 | 409 | 422) if said.is_none() => {
                    Likeness { status: Some(status), ..alike() }
                }
                status => Likeness { status: Some(status), said, ..nothing },
            },
            Kind::Header(_) | Kind::Problem(_) | Kind::Zone | Kind::Host => nothing,
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

pub(super) fn is_index(segment: &str) -> bool {
    segment.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns what a sentence says without the names, numbers and texts that differ from one request to
/// another: "name is longer than 72" and "city is longer than 27" say one thing. `clause` tells which
/// member is judged.
pub(crate) fn gist(said: &str, clause: &str) -> String {
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
