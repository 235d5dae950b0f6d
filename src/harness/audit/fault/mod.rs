//! Faults: one change of one answer, and servers that behave otherwise than the reference, as data.
//! Each of these stands before the target as a transport, and the cases of what it breaks have to
//! notice.

mod answer;
mod faulty_server;
mod mutation;
mod request;
mod search;
mod values;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

pub(super) use faulty_server::FaultyServer;
pub use mutation::Family;
pub(super) use mutation::{Mutation, Original, chosen, mutations};

use crate::harness::suite::{Operation, Statuses};
use answer::{Edited, Made};
use request::{Also, Join, Turned};
use search::Search;

/// A way to behave otherwise.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Behaviour {
    /// `<api>/<name>`.
    pub(crate) id: String,
    /// The kind of fault, in a word or two.
    pub(crate) family: String,
    /// The fault in a sentence: what the server does.
    pub(crate) says: String,
    /// Parts of the ids of the cases that have to notice.
    pub(crate) cases: Vec<String>,
    /// The reading by which it breaks a recommendation alone, if it does.
    #[serde(default)]
    pub(crate) advisory: Option<u16>,
    /// How the cases have to notice it.
    #[serde(default)]
    pub(crate) notice: Notice,
    /// The operations in which it does so; none means all.
    #[serde(default)]
    pub(crate) on: Vec<Operation>,
    #[serde(default)]
    pub(crate) when: When,
    pub(crate) does: Does,
}

impl Behaviour {
    /// Returns whether a case has to notice the fault.
    pub(crate) fn is_for(&self, case: &str) -> bool {
        self.cases.iter().any(|part| case.contains(part.as_str()))
    }
}

/// How the cases of a fault have to notice it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Notice {
    /// One of them finds something broken.
    #[default]
    Broken,
    /// None of them passes: a refusal for no fault shows nothing, and leaves each blocked.
    Blocked,
}

/// The conditions on an exchange beside its operation.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct When {
    /// A part of the query.
    #[serde(default)]
    pub(crate) query: Option<String>,
    /// A part of the path below the root.
    #[serde(default)]
    pub(crate) path: Option<String>,
    /// A pointer at which the body that is sent has a value.
    #[serde(default)]
    pub(crate) sent: Option<String>,
    /// A pointer at which it has none.
    #[serde(default)]
    pub(crate) lacks: Option<String>,
    /// The values that stand in it, and where.
    #[serde(default)]
    pub(crate) holds: BTreeMap<String, Value>,
    /// Pointers at which it has a text of more bytes than so many.
    #[serde(default)]
    pub(crate) over: BTreeMap<String, usize>,
    /// A part of it as it is written.
    #[serde(default)]
    pub(crate) body: Option<String>,
    /// The status that the target answers; only where it is asked at all.
    #[serde(default)]
    pub(crate) status: Option<Statuses>,
    /// A part of the body that the target answers.
    #[serde(default)]
    pub(crate) answered: Option<String>,
}

impl When {
    /// Returns true if the path below the root, the query and the body that is sent are meant.
    fn means(&self, path: &str, query: &str, body: &[u8], sent: Option<&Value>) -> bool {
        let has = |part: &Option<String>, text: &str| {
            part.as_ref().is_none_or(|part| text.contains(part.as_str()))
        };
        let at = |pointer: &str| sent.and_then(|sent| sent.pointer(pointer));
        let over = |(pointer, most): (&String, &usize)| {
            at(pointer).and_then(Value::as_str).is_some_and(|text| text.len() > *most)
        };
        has(&self.path, path)
            && has(&self.query, query)
            && (self.body.is_none() || has(&self.body, &String::from_utf8_lossy(body)))
            && self.sent.as_ref().is_none_or(|pointer| at(pointer).is_some())
            && self.lacks.as_ref().is_none_or(|pointer| sent.is_some() && at(pointer).is_none())
            && self.holds.iter().all(|(pointer, value)| at(pointer) == Some(value))
            && self.over.iter().all(over)
    }
}

/// The change of an exchange.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Does {
    /// The target is not asked.
    Instead(Made),
    /// The target is asked something else.
    Request(Turned),
    /// The target's answer is changed.
    Answer(Edited),
    /// The first answer to each GET is given again and again.
    Stale,
    /// The members that a PUT leaves out are taken from what was there.
    Merge,
    /// The named members that a PATCH leaves out are set to null.
    Replace(Vec<String>),
    /// The target is asked one thing more, after a success, or after the answer that is meant.
    Also(Also),
    /// The elements of another list are answered too.
    Join(Join),
    /// A search finds otherwise than by what is equal.
    Search(Search),
    /// A refusal is turned into an acknowledgement, if it was asked at one time with something else.
    AtOnce(Made),
    /// An id in another case of its letters is not found.
    Fold(Made),
}

/// The file of one API.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BehaviourFile {
    pub(crate) api: String,
    pub(crate) faults: Vec<Behaviour>,
}

/// Returns whether a value holds a text somewhere.
fn mentions(value: Option<&Value>, part: &str) -> bool {
    value.is_some_and(|value| value.to_string().to_lowercase().contains(&part.to_lowercase()))
}
