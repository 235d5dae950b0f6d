//! Comparing what was answered with what a clause asks.

mod equal;
mod link;
mod matcher;
mod problem;
mod relation;
mod scalar;
mod schema;
mod total;

use serde_json::Value;

pub(crate) use equal::equal;
pub(crate) use link::{Links, below, decode, names_host, path_of};
pub(crate) use matcher::{Matcher, check_matcher};
pub(crate) use problem::problem;
pub(crate) use relation::{Relation, limit};
pub(crate) use scalar::{hundredth, same_text};
pub(crate) use schema::Schemas;
pub(crate) use total::Total;

/// One difference between an answer and what was expected.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mismatch {
    /// Where in the body, as a JSON pointer; empty is the whole of it, or no part of it.
    pub(crate) pointer: String,
    /// What is wrong, as a sentence without a full stop.
    pub(crate) message: String,
    pub(crate) expected: Option<Value>,
    pub(crate) actual: Option<Value>,
    /// Only a recommendation, whatever the clause's level.
    pub(crate) advisory: bool,
}

impl Mismatch {
    pub(crate) fn new(pointer: &str, message: impl Into<String>) -> Self {
        Mismatch {
            pointer: pointer.to_owned(),
            message: message.into(),
            expected: None,
            actual: None,
            advisory: false,
        }
    }

    pub(crate) fn between(
        pointer: &str,
        message: impl Into<String>,
        expected: &Value,
        actual: Option<&Value>,
    ) -> Self {
        Mismatch {
            expected: Some(expected.clone()),
            actual: actual.cloned(),
            ..Mismatch::new(pointer, message)
        }
    }

    pub(crate) fn advisory(self) -> Self {
        Mismatch { advisory: true, ..self }
    }
}
