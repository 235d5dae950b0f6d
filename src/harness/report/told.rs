//! The findings that are told, and where. What every answer of an operation is held to is mostly
//! broken in many cases at once; it is told in the first of them, and those that do not judge it
//! themselves refer to that.

use std::collections::HashMap;

use serde_json::Value;

use crate::harness::outcome::{CaseReport, Finding};
use crate::harness::suite::Level;

/// At most this many differences of one clause in one answer are shown.
pub(super) const MOST: usize = 12;

/// The findings that were told, by clause, level and place, and the case that told each.
#[derive(Default)]
pub(super) struct Told<'r>(HashMap<(&'r str, Level, &'r str), &'r str>);

impl<'r> Told<'r> {
    /// Takes note of what a case tells. Returns the other case that told all of it already.
    pub(super) fn before(&mut self, group: &'r [Finding], case: &'r CaseReport) -> Option<&'r str> {
        let mut elsewhere = None;
        let mut is_new = group.iter().any(|each| case.clauses.contains(&each.clause));
        for each in group {
            let key = (each.clause.as_str(), each.level, each.pointer.as_str());
            match *self.0.entry(key).or_insert(&case.id) {
                other if other == case.id => is_new = true,
                other => elsewhere = Some(other),
            }
        }
        elsewhere.filter(|_| !is_new)
    }
}

impl Finding {
    /// Returns whether both speak of one answer.
    pub(super) fn is_of_answer(&self, other: &Finding) -> bool {
        self.step == other.step && self.curl == other.curl
    }

    /// Returns whether both speak of one clause in one answer.
    pub(super) fn is_of_group(&self, other: &Finding) -> bool {
        self.clause == other.clause && self.level == other.level && self.is_of_answer(other)
    }

    /// Returns what was expected and what stood there, unless the message already says both.
    pub(super) fn compared(&self) -> Option<(Option<&Value>, Option<&Value>)> {
        let is_container = |value: &Value| value.is_object() || value.is_array();
        let is_whole = self.pointer.is_empty();
        match (self.expected.as_ref(), self.actual.as_ref()) {
            (Some(expected), _) if is_whole && !is_container(expected) => None,
            (Some(expected), actual) => Some((Some(expected), actual)),
            (None, Some(actual)) if is_container(actual) || is_whole => Some((None, Some(actual))),
            _ => None,
        }
    }
}
