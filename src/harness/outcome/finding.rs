//! A finding: a clause that is broken in one place of one answer.

use serde_json::Value;

use crate::harness::suite::Level;

/// A clause broken in one place of one answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The clause's id.
    pub clause: String,
    /// The level of what is broken: a requirement or a recommendation.
    pub level: Level,
    /// The step, with its element in brackets if it was repeated.
    pub step: String,
    /// The status that was answered.
    pub status: u16,
    /// The place in the body, as a JSON pointer.
    pub pointer: String,
    /// The fault, as a sentence without a full stop.
    pub message: String,
    /// The value that was expected there.
    pub expected: Option<Value>,
    /// The value that stood there.
    pub actual: Option<Value>,
    /// The request as a line for the shell, without its token.
    pub curl: String,
}

/// Keeps what a finding shows within bounds: a body may be of any size.
pub(crate) fn shorten(value: Value) -> Value {
    const LONGEST: usize = 16 << 10;
    let text = value.to_string();
    if text.len() <= LONGEST {
        return value;
    }
    let start: String = text.chars().take(200).collect();
    Value::String(format!("{start}… ({} bytes)", text.len()))
}
