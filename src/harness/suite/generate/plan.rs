//! The plan of an API's generated cases, beside the clauses' rows: how each resource is written and
//! read back, and values that no constraint can give.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// `conformance/generated/<api>.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::harness::suite) struct Plan {
    pub(in crate::harness::suite) api: String,
    pub(super) values: Vec<Values>,
    pub(super) resources: Vec<Resource>,
}

/// Values for the members of some rows.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Values {
    /// The clauses that hold the rows.
    pub(super) rows: Vec<String>,
    /// How a text of any length is made; without it, it is drawn.
    #[serde(default)]
    pub(super) fill: Option<Fill>,
    /// What is drawn where it is not made.
    #[serde(default)]
    pub(super) drawn: Option<Drawn>,
    /// Where in the request the member stands, if its path does not lead there.
    #[serde(default)]
    pub(super) at: Option<String>,
    /// The value that it is changed to.
    #[serde(default)]
    pub(super) change: Option<Value>,
    /// The matcher by which the change is found again.
    #[serde(default)]
    pub(super) changed: Option<Value>,
    /// Values that break the pattern or form.
    #[serde(default)]
    pub(super) broken: Vec<Broken>,
    /// A value that is not in the list.
    #[serde(default)]
    pub(super) unlisted: Option<Value>,
    /// A value of another type than the member's.
    #[serde(default)]
    pub(super) mistyped: Option<Value>,
    /// The other members that the object holds, by the probe's name.
    #[serde(default)]
    pub(super) beside: BTreeMap<String, Map<String, Value>>,
    /// The matcher by which the value is found again, such as `$nocase`.
    #[serde(default)]
    pub(super) compare: Option<String>,
    /// The probes that are left out, by name, and the reading that says why.
    #[serde(default)]
    pub(super) skip: BTreeMap<String, u16>,
}

/// What is drawn in any length.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Drawn {
    #[default]
    Text,
    EmailAddress,
    Msisdn,
}

impl Drawn {
    /// Returns the draw of so many characters, as a case has it.
    pub(super) fn of(self, length: usize) -> Value {
        match self {
            Drawn::Text => json!({ "text": length }),
            Drawn::EmailAddress => json!({ "emailAddress": length }),
            Drawn::Msisdn => json!({ "msisdn": length }),
        }
    }
}

/// A text of any length: a start, an end, and between them as much of a cycle as is needed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fill {
    #[serde(default)]
    start: String,
    cycle: String,
    #[serde(default)]
    end: String,
}

impl Fill {
    /// Returns the text of `length` characters; one that is shorter than start and end is cut off.
    pub(super) fn text(&self, length: usize) -> String {
        let ends = self.start.chars().count() + self.end.chars().count();
        let cycle = self.cycle.chars().cycle().take(length.saturating_sub(ends));
        self.start.chars().chain(cycle).chain(self.end.chars()).take(length).collect()
    }
}

/// A value that the row's pattern or form rules out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Broken {
    /// The last part of the case's id.
    pub(super) what: String,
    pub(super) value: Value,
    /// The clause that says so, if it is not the row's own.
    #[serde(default)]
    pub(super) clause: Option<String>,
    /// Statuses that refuse it as well, of which nothing more is asked.
    #[serde(default)]
    pub(super) otherwise: Option<Value>,
}

/// One resource as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Resource {
    pub(super) resource: String,
    /// The words for it in a title: `a created customer`.
    pub(super) title: String,
    /// The table whose rows are its members, then those that say more of them.
    pub(super) tables: Vec<Table>,
    /// The needs of a case, as in a case: `ledger`, `state`, `given`, `draw`.
    #[serde(default)]
    pub(super) needs: Map<String, Value>,
    /// Steps that come first.
    #[serde(default)]
    pub(super) first: Vec<Value>,
    /// Steps that come last.
    #[serde(default)]
    pub(super) last: Vec<Value>,
    /// When the request is sent at all, as in a step.
    #[serde(default)]
    pub(super) only_if: Option<Value>,
    /// The valid request. Its members stand in its body, or in its query if it has none.
    pub(super) request: Request,
    /// True if a request holds only the outermost member that is tried, and so none is required.
    #[serde(default)]
    pub(super) alone: bool,
    /// The clause that says what comes of a member of another type; without it none is tried.
    #[serde(default)]
    pub(super) types: Option<String>,
    /// What is accepted where the valid request cannot be sent for it, or why nothing is; without it
    /// the valid request is.
    #[serde(default)]
    pub(super) control: Option<ControlPlan>,
    /// The clause by which null for a member is no server error; without it none is tried.
    #[serde(default)]
    pub(super) nulls: Option<String>,
    /// The expectations of a refusal.
    pub(super) refused: Refused,
    /// The expectations where a value is taken, and how it is read back; without them nothing that
    /// would be taken is tried.
    #[serde(default)]
    pub(super) accepted: Option<Accepted>,
    /// Members of which one and only one may be there.
    #[serde(default)]
    pub(super) one_of: Option<OneOf>,
}

/// A table, and where in the request its members stand.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) table: String,
    #[serde(default)]
    pub(super) under: Option<String>,
}

/// The request that every probe starts from, as in a step.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Request {
    Send(Map<String, Value>),
    AnyFormat(Map<String, Value>),
}

impl Request {
    /// Returns the body of the valid request.
    pub(super) fn body(&self) -> Option<&Value> {
        let (Request::Send(send) | Request::AnyFormat(send)) = self;
        send.get("body")
    }
}

/// What a refusal is judged beside.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum ControlPlan {
    /// A body that changes nothing by which a refusal is seen.
    Body(Value),
    /// Why nothing can be accepted.
    None(String),
}

/// The signs of a refusal.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Refused {
    /// The check, as in an expectation.
    pub(super) expect: Map<String, Value>,
    /// True if the problem names the parameter.
    #[serde(default)]
    pub(super) names_parameter: bool,
    /// A step before, to compare with.
    #[serde(default)]
    pub(super) before: Option<Value>,
    /// The step that shows that nothing was stored.
    #[serde(default)]
    pub(super) nothing_stored: Option<Value>,
    /// Members by which it could not be found, so that it is not looked for.
    #[serde(default)]
    pub(super) found_by: Vec<String>,
}

/// The signs of a success.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Accepted {
    /// The status, as in an expectation.
    pub(super) status: Value,
    /// Where a member is read back: the first that serves it.
    #[serde(default)]
    pub(super) read: Vec<Read>,
    /// The clause by which the answer itself holds what was taken.
    #[serde(default)]
    pub(super) answered: Option<String>,
    /// The clause by which what was taken is served afterwards, if it is not the row's.
    #[serde(default)]
    pub(super) returned: Option<String>,
    /// Objects whose member names are compared without regard to case.
    #[serde(default)]
    pub(super) nocase: Vec<String>,
}

/// A place where members are read back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Read {
    /// The outermost members that it serves; none are all.
    #[serde(default)]
    pub(super) of: Vec<String>,
    pub(super) shows: Shows,
    /// The step, without its name and expectations.
    pub(super) step: Map<String, Value>,
}

/// The content of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Shows {
    /// All that was written.
    Whole,
    /// One outermost member of it.
    Member,
    /// A list that holds it.
    List,
}

/// Members of which exactly one may be there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OneOf {
    pub(super) members: Vec<String>,
    /// The expectations of none and of two.
    pub(super) expect: Vec<Value>,
}
