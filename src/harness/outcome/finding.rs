//! A finding: a clause that is broken in one place of one answer.

use serde_json::Value;

use crate::harness::compare::Kind;
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
    /// The operation that was asked for: a method and a path below the API's root, the parameters of
    /// the path by their names, such as `GET /customers/{customerNo}`.
    pub operation: String,
    /// The status that was answered.
    pub status: u16,
    /// What the target itself said, where it refused or was not expected to answer so.
    pub said: Option<String>,
    /// The place in the body, as a JSON pointer.
    pub pointer: String,
    /// The fault, as a sentence without a full stop.
    pub message: String,
    /// The value that was expected there.
    pub expected: Option<Value>,
    /// The value that stood there.
    pub actual: Option<Value>,
    /// The request as a line for the shell, its token in a variable.
    pub curl: String,
    /// The kind of the fault: what it has in common with others that may have the same cause.
    pub kind: Kind,
}

impl Finding {
    /// Returns what is wrong, in a sentence without a full stop: `place` is its place, as it is told.
    pub(crate) fn told_at(&self, place: &str) -> String {
        let of_body = ["is ", "was ", "has ", "had ", "should ", "names "];
        let needs_subject = of_body.iter().any(|verb| self.message.starts_with(verb));
        match place {
            "" if needs_subject => format!("the body {}", self.message),
            "" => self.message.clone(),
            place => format!("{place} {}", self.message),
        }
    }

    /// Returns what is wrong and where, in a sentence without a full stop.
    pub(crate) fn told(&self) -> String {
        self.told_at(&self.pointer)
    }

    /// Returns whether both speak of one answer.
    pub(crate) fn is_of_answer(&self, other: &Finding) -> bool {
        self.step == other.step && self.curl == other.curl
    }

    /// Returns whether all that is wrong with its answer follows from this: the status is wrong, and
    /// with it all the rest.
    pub(crate) fn explains(&self, other: &Finding) -> bool {
        self.kind == Kind::Status
            && other.kind != Kind::Status
            && self.level >= other.level
            && self.is_of_answer(other)
    }
}

/// Returns the findings that are told: after a wrong status nothing else of that answer means
/// anything.
pub(crate) fn telling(findings: &[Finding]) -> impl Iterator<Item = &Finding> + Clone {
    findings.iter().filter(|each| !findings.iter().any(|other| other.explains(each)))
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
