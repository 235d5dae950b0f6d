//! Listening: what a case asks of its own listener, where the target tells of events (readings 239
//! to 243).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What is asked of the listener at a callback: everything that was heard there so far, once enough
/// of it was. Whatever is set stays until it is set again.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listen {
    /// The callback. It is open from the first time that anybody listens there.
    pub(crate) at: String,
    /// The id of the resource that is told of: all else that is heard is other cases' affair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) about: Option<String>,
    /// What is waited for. Nothing is, if nothing stands here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Until>,
    /// The statuses with which the next calls are answered, in turn; all others are answered 201
    /// (reading 241).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) answers: Vec<u16>,
    /// A path below the API's root that is asked for by GET when a call is received, before that is
    /// answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) asks: Option<String>,
    /// Whether calls alone are told of that are waited for: of what else was heard by then another step
    /// judges, and whether it was is chance.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) only: bool,
    /// Whether calls that tell again of an event that was told before are left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) once: bool,
    /// Whether what was heard is left out from then on, and whatever tells again of an event that was
    /// waited for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) afresh: bool,
    /// The step that should have caused what is waited for, to be named where it never came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<String>,
}

/// The calls that are waited for, no longer than the target file says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Until {
    /// Pointer → the text that stands there in the body of the call, in any case of its letters.
    pub(crate) says: BTreeMap<String, Value>,
    /// How many such calls.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub(crate) times: usize,
}

fn one() -> usize {
    1
}

fn is_one(times: &usize) -> bool {
    *times == 1
}

impl Listen {
    /// The method of a request to the listener: it never reaches the target.
    pub(crate) const METHOD: &str = "LISTEN";
    /// The header of the answer that says why nothing may have been heard in the whole run.
    pub(crate) const UNHEARD: &str = "unheard";
}
