//! Holdings: what requests and records make known of a resource, and where it shows again.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::relation::Total;
use super::shape::{Asked, Operation};
use super::unwrap::Unwrap;

/// A kind of resource: how the harness comes to know what the target holds of it, and which answers
/// have to agree with that.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Holding {
    /// The path below the API's root, such as `customers/{customerNo}`; its parameters tell one
    /// The place of the resource in the suite's records, which say what it is where the fixtures
    /// are loaded.
    pub(crate) resource: String,
    /// Which of the suite's records say what it is where the fixtures are loaded.
    #[serde(default)]
    pub(crate) fixture: Option<Fixture>,
    #[serde(default)]
    pub(crate) learn: Vec<Learn>,
    /// Accepted requests after which nothing is known of it.
    #[serde(default)]
    pub(crate) forget: Vec<Operation>,
    pub(crate) show: Vec<Show>,
    /// How the values of members are compared, by the members' names; others are compared as they
    /// are. The elements of a list have no name.
    #[serde(default, rename = "as")]
    pub(crate) manner: BTreeMap<String, Manner>,
    /// The members, by their names at any depth, of which another value breaks no more than a
    /// recommendation.
    #[serde(default)]
    pub(crate) should: Vec<String>,
    /// The links by which a resource is named where its parameters stand beside them, and the
    /// clause that each cites.
    #[serde(default)]
    pub(crate) own: BTreeMap<String, String>,
    /// The links to other resources, by pointer. What stands there may as well be what the link
    /// leads to, or be absent: only a text is taken for a link.
    #[serde(default)]
    pub(crate) links: BTreeMap<String, Link>,
    /// Texts of more characters may be cut, and are not compared.
    #[serde(default)]
    pub(crate) longest: Option<usize>,
    /// The members that are compared, as pointers, and the clause that each cites.
    pub(crate) members: BTreeMap<String, String>,
}

/// Where a link leads, whatever the target holds (reading 17).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Link {
    /// The path below the API's root, with the parameters of the resource that has the link.
    pub(crate) to: String,
    pub(crate) clause: String,
}

/// Where a resource stands in the suite's records.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fixture {
    /// The kind of the records.
    pub(crate) record: String,
    /// Members that the records have, by pointer: a record without is none of these.
    #[serde(default)]
    pub(crate) with: BTreeMap<String, serde_json::Value>,
    /// The part of the record that is the resource, as a pointer.
    #[serde(default)]
    pub(crate) at: String,
    /// Where the parameters of the path stand.
    pub(crate) key: BTreeMap<String, String>,
    /// The list that the resource has of all records of the same key.
    #[serde(default)]
    pub(crate) gather: Option<Gather>,
    /// Patterns of paths of which nothing is taken as known: cases try to change what stands there.
    #[serde(default)]
    pub(crate) except: Vec<String>,
    /// Patterns of paths, and the members of those resources that cases change for good.
    #[serde(default)]
    pub(crate) changed: BTreeMap<String, Vec<String>>,
}

/// A list of records.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gather {
    /// The member under which it stands.
    #[serde(rename = "as")]
    pub(crate) name: String,
    /// The member, as a pointer, that tells apart the groups of which each is one element; without
    /// it each record is one.
    #[serde(default)]
    pub(crate) by: Option<String>,
    /// The members of such an element, and what of the records of its group they are.
    #[serde(default)]
    pub(crate) totals: BTreeMap<String, Totalled>,
}

/// A member that is taken from several records.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Totalled {
    pub(crate) is: Total,
    /// The member of a record, as a pointer; the number of records needs none.
    #[serde(default)]
    pub(crate) of: String,
    /// Where a record has its VAT rate in per cent, if an amount may be with VAT or without: then the
    /// member is one of several sums.
    #[serde(default)]
    pub(crate) vat: Option<String>,
}

/// An accepted request that says what the target holds from then on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Learn {
    pub(crate) by: Operation,
    /// The part of the body that is sent that is the resource, as a pointer.
    #[serde(default)]
    pub(crate) at: String,
    /// Where the parameters of the path stand that the request's own path does not have: in the
    /// answer, or else in what was sent.
    #[serde(default)]
    pub(crate) key: BTreeMap<String, String>,
    /// True if the target gives the resource its parameters, so that only the answer tells them.
    #[serde(default)]
    pub(crate) assigned: bool,
    /// The members that are changed one by one, perhaps none; without it the whole is replaced.
    #[serde(default)]
    pub(crate) merge: Option<Vec<String>>,
    /// Members of which nothing is known afterwards, unless they are merged.
    #[serde(default)]
    pub(crate) loses: Vec<String>,
    /// Members of which nothing is known once they are sent: a value that a rule forbids may be
    /// passed over.
    #[serde(default)]
    pub(crate) uncertain: Vec<String>,
    /// True if what is learned is only recommended to be kept.
    #[serde(default)]
    pub(crate) advisory: bool,
    #[serde(default)]
    pub(crate) read: Option<Unwrap>,
}

/// An answer that shows what the target holds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Show {
    pub(crate) by: Operation,
    /// Names of the query with which the answer is another.
    #[serde(default)]
    pub(crate) without: Vec<String>,
    #[serde(default)]
    pub(crate) read: Option<Unwrap>,
    /// Where the resource stands in the body, or the list of which it is an element.
    #[serde(default)]
    pub(crate) at: String,
    /// Where the parameters of the path stand that the request's own path does not have: in the
    /// body, or in each element of a list.
    #[serde(default)]
    pub(crate) key: BTreeMap<String, String>,
    /// True if it is a list, of which each element is a resource.
    #[serde(default)]
    pub(crate) each: bool,
    /// Where in each element of a list the resource stands, if it is not the element itself.
    #[serde(default)]
    pub(crate) within: String,
    /// Names of the query with which the answer may be another, so that it is only recommended that
    /// it agrees.
    #[serde(default)]
    pub(crate) perhaps: Vec<String>,
    /// True if only the members are compared that the answer has; that one which it shows holds all
    /// that is known is only recommended.
    #[serde(default)]
    pub(crate) partial: bool,
    /// True if only those members are compared that the request has changed.
    #[serde(default)]
    pub(crate) sent: bool,
    /// The clause by which a resource that is known has to be there, so that to ask for it and for
    /// nothing more succeeds.
    #[serde(default)]
    pub(crate) there: Option<String>,
    /// The clause that is cited, in place of the members' own; it asks no more than they do.
    #[serde(default)]
    pub(crate) clause: Option<String>,
}

impl Holding {
    /// Returns every clause that what is known of it judges.
    pub(crate) fn clauses(&self) -> impl Iterator<Item = &String> {
        let shown = self.show.iter().flat_map(|show| [&show.clause, &show.there]).flatten();
        let linked = self.links.values().map(|link| &link.clause);
        self.members.values().chain(self.own.values()).chain(linked).chain(shown)
    }
}

impl Show {
    pub(crate) fn meets<'a>(
        &'a self,
        asked: &'a Asked,
        ignore_case: bool,
    ) -> Option<Vec<(&'a str, &'a str)>> {
        if self.without.iter().any(|name| asked.has_query(name)) {
            return None;
        }
        self.by.parameters(asked, ignore_case)
    }
}

/// How a value that is known is compared with one that is shown: as matchers do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Manner {
    Nocase,
    Trimmed,
    Text,
    /// An amount of money, or one of several.
    Near,
    DateTime,
    /// A date-time or its day alone.
    Day,
    /// A number, or any text in its place.
    Number,
    Link,
    /// An object whose member names are compared without regard to case.
    NocaseMembers,
    /// Not compared at all.
    Left,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HoldingFile {
    pub(super) api: String,
    pub(super) holdings: Vec<Holding>,
}
