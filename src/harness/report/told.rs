//! The findings that are told, and where. What every answer of an operation is held to is mostly
//! broken in many cases at once; it is told in the first of them, and those that do not judge it
//! themselves refer to that.

use std::collections::{BTreeSet, HashMap};

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
    pub(super) fn before(
        &mut self,
        group: &[&'r Finding],
        case: &'r CaseReport,
    ) -> Option<&'r str> {
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
    /// Returns whether both speak of one clause in one answer.
    pub(super) fn is_of_group(&self, other: &Finding) -> bool {
        self.clause == other.clause && self.level == other.level && self.is_of_answer(other)
    }

    /// Returns what was expected and what stood there, unless the message already says both.
    pub(super) fn compared(&self) -> Option<(Option<&Value>, Option<&Value>)> {
        let is_container = |value: &Value| value.is_object() || value.is_array();
        match (self.expected.as_ref(), self.actual.as_ref()) {
            (Some(expected), actual)
                if is_container(expected) || actual.is_some_and(is_container) =>
            {
                Some((Some(expected), actual))
            }
            (None, Some(actual)) if is_container(actual) || self.pointer.is_empty() => {
                Some((None, Some(actual)))
            }
            _ => None,
        }
    }
}

/// Returns the variables of the shell that the lines of findings take what lets in from.
pub(super) fn variables<'r>(cases: impl IntoIterator<Item = &'r CaseReport>) -> BTreeSet<&'r str> {
    let lines = cases.into_iter().flat_map(|case| &case.findings).map(|it| it.curl.as_str());
    let named = lines.filter_map(|line| {
        let before = ["-H \"Authorization: Bearer $", "-u \"$"];
        let rest = before.iter().find_map(|before| Some(line.split_once(before)?.1))?;
        Some(rest.split_once('"')?.0)
    });
    named.collect()
}

/// Returns how the lines of findings are repeated, if any of them needs what lets in.
pub(super) fn how_to_repeat(variables: &BTreeSet<&str>) -> Option<String> {
    let exported = variables.iter().map(|variable| match *variable {
        user if user.ends_with("_USER") => format!("{user}='USER:PASSWORD'"),
        token => format!("{token}='TOKEN'"),
    });
    let exported: Vec<_> = exported.collect();
    (!exported.is_empty()).then(|| format!("export {}", exported.join(" ")))
}
