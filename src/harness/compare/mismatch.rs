//! One difference between an answer and what was expected.

use serde_json::Value;

use super::alike::alike;

/// A difference: where it is, and what stands there instead of what.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// Where in the body, as a JSON pointer; empty is the whole of it, or no part of it.
    pub(crate) pointer: String,
    /// The fault, as a sentence without a full stop.
    pub(crate) message: String,
    pub(crate) expected: Option<Value>,
    pub(crate) actual: Option<Value>,
    /// True if only a recommendation is broken, whatever the clause's level.
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

    /// Returns the difference between two values; where they look alike, its message says so.
    pub(crate) fn between(
        pointer: &str,
        message: impl Into<String>,
        expected: &Value,
        actual: Option<&Value>,
    ) -> Self {
        let message = message.into();
        let message = match actual.and_then(|actual| alike(expected, actual)) {
            Some(alike) => format!("{message}; {alike}"),
            None => message,
        };
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
