//! Steps: what is sent, when, and what is kept of the answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::expectation::{Expectation, Statuses};

/// One exchange of a case, or one for each element of an earlier answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "RawStep")]
pub(crate) struct Step {
    pub(crate) name: String,
    /// Alternatives in order: the first that is answered 2xx wins, else the last.
    pub(crate) requests: Vec<StepRequest>,
    /// Whether the pages that follow belong to the answer, each one's items added to the first's.
    pub(crate) pages: bool,
    pub(crate) only_if: Option<Condition>,
    pub(crate) for_each: Option<ForEach>,
    pub(crate) expect: Vec<Expectation>,
    pub(crate) capture: BTreeMap<String, Capture>,
}

/// A request: a documented one, or one of the suite's own.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "RawRequest")]
pub(crate) enum StepRequest {
    Replay(String),
    Send(Box<Send>),
}

/// A request of the suite's own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Send {
    pub(crate) method: String,
    /// Relative to the API's root for the ledger; with a leading `/` or a scheme, a link that the
    /// target gave.
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) query: Option<String>,
    /// `null` leaves a header out that would be sent by default.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Option<String>>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) body: Option<Value>,
    /// A body that need not be JSON.
    #[serde(default)]
    pub(crate) text: Option<String>,
    #[serde(default)]
    pub(crate) credentials: Credentials,
}

/// Whose token a request carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Credentials {
    #[default]
    Ledger,
    None,
    Invalid,
    OtherLedger,
}

/// When a step is taken at all.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Condition {
    #[serde(default)]
    pub(crate) step: Option<String>,
    #[serde(default)]
    pub(crate) status: Option<Statuses>,
    #[serde(default)]
    pub(crate) captured: Option<String>,
}

/// The elements or member values for which a step is repeated.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForEach {
    pub(crate) step: String,
    #[serde(default)]
    pub(crate) at: String,
}

/// What is kept of an answer under a name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Capture {
    /// The array in which the element that satisfies `where` is sought.
    #[serde(default, rename = "in")]
    pub(crate) within: Option<String>,
    #[serde(default, rename = "where")]
    pub(crate) with: BTreeMap<String, Value>,
    #[serde(default)]
    pub(crate) at: String,
    #[serde(default)]
    pub(crate) optional: bool,
    #[serde(default)]
    pub(crate) trim: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawStep {
    name: String,
    #[serde(default)]
    replay: Option<String>,
    #[serde(default)]
    send: Option<Box<Send>>,
    #[serde(default)]
    either: Vec<StepRequest>,
    #[serde(default)]
    pages: bool,
    #[serde(default)]
    only_if: Option<Condition>,
    #[serde(default)]
    for_each: Option<ForEach>,
    #[serde(default)]
    expect: Vec<Expectation>,
    #[serde(default)]
    capture: BTreeMap<String, Capture>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRequest {
    #[serde(default)]
    replay: Option<String>,
    #[serde(default)]
    send: Option<Box<Send>>,
}

impl TryFrom<RawRequest> for StepRequest {
    type Error = String;

    fn try_from(raw: RawRequest) -> Result<Self, String> {
        match (raw.replay, raw.send) {
            (Some(example), None) => Ok(StepRequest::Replay(example)),
            (None, Some(send)) => Ok(StepRequest::Send(send)),
            _ => Err("a request is one of `replay` and `send`".to_owned()),
        }
    }
}

impl TryFrom<RawStep> for Step {
    type Error = String;

    fn try_from(raw: RawStep) -> Result<Self, String> {
        let requests = match (raw.replay, raw.send, raw.either) {
            (Some(example), None, either) if either.is_empty() => {
                vec![StepRequest::Replay(example)]
            }
            (None, Some(send), either) if either.is_empty() => vec![StepRequest::Send(send)],
            (None, None, either) if !either.is_empty() => either,
            _ => return Err(format!("step {} needs one of replay, send, either", raw.name)),
        };
        Ok(Step {
            name: raw.name,
            requests,
            pages: raw.pages,
            only_if: raw.only_if,
            for_each: raw.for_each,
            expect: raw.expect,
            capture: raw.capture,
        })
    }
}

/// A member that may be `null` and still counts as given.
pub(super) fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}
