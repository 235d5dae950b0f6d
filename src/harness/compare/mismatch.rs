//! One difference between an answer and what was expected.

use serde_json::Value;

use super::alike::alike;
use super::kind::Kind;
use super::scalar::zones_apart;

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
    pub(crate) kind: Kind,
}

impl Mismatch {
    /// Returns a difference whose kind is what its message says.
    pub(crate) fn new(pointer: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Mismatch {
            pointer: pointer.to_owned(),
            kind: Kind::member(message.as_str()),
            message,
            expected: None,
            actual: None,
            advisory: false,
        }
    }

    /// Returns the same of another kind.
    pub(crate) fn of(self, kind: Kind) -> Self {
        Mismatch { kind, ..self }
    }

    /// Returns the difference between two values; where they look alike, or are times that are as far
    /// apart as zones are, its message says so.
    pub(crate) fn between(
        pointer: &str,
        message: impl Into<String>,
        expected: &Value,
        actual: Option<&Value>,
    ) -> Self {
        Mismatch {
            expected: Some(expected.clone()),
            actual: actual.cloned(),
            ..Mismatch::among(pointer, message, std::slice::from_ref(expected), actual)
        }
    }

    /// Returns the same where several values would do, of which it shows none.
    pub(crate) fn among(
        pointer: &str,
        message: impl Into<String>,
        expected: &[Value],
        actual: Option<&Value>,
    ) -> Self {
        let mut message = message.into();
        let found = actual.filter(|value| !value.is_null());
        if let Some(alike) = found.and_then(|found| expected.iter().find_map(|it| alike(it, found)))
        {
            message = format!("{message}; {alike}");
        }
        let apart = |it: &Value| zones_apart(it.as_str()?, found?.as_str()?);
        let apart = expected.iter().find_map(apart);
        let kind = apart.as_ref().map(|_| Kind::Zone);
        message.extend(apart.iter().map(|apart| format!(", which is {apart}")));
        let mismatch = Mismatch { actual: actual.cloned(), ..Mismatch::new(pointer, message) };
        match kind {
            Some(kind) => mismatch.of(kind),
            None => mismatch,
        }
    }

    pub(crate) fn advisory(self) -> Self {
        Mismatch { advisory: true, ..self }
    }
}
