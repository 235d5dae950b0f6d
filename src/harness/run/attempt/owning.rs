//! Whose records stand in an answer: what another case made is that case's to judge.

use serde_json::Value;

use super::Attempt;
use crate::harness::compare::Taken;
use crate::harness::outcome::{Finding, names_of};
use crate::harness::wire::{Answer, Body, Request};

impl Attempt<'_> {
    /// Keeps that a request made a record, and what it may be known by.
    pub(super) fn own(&self, request: &Request, answer: &Answer, body: &Body) {
        let mut names = body.value().map(names_of).unwrap_or_default();
        let located = answer.header("location").and_then(|link| link.rsplit('/').next());
        names.extend(located.map(str::to_owned));
        self.session.claims.others.note(request, &names, &self.owner());
    }

    /// Takes back what was found in the elements of a list that another case has made: by a request
    /// that nobody documents, perhaps, or before it was broken off.
    pub(super) fn leave_out_others(&mut self, exchange: &Taken, found_before: usize) {
        let mut new = self.found.findings.split_off(found_before);
        self.leave_out_of(exchange, &mut new);
        self.found.findings.append(&mut new);
    }

    /// Takes the same back of what was found in a part of a list.
    pub(super) fn leave_out_of(&self, exchange: &Taken, findings: &mut Vec<Finding>) {
        let Some(body) = exchange.body.value() else { return };
        if findings.is_empty() {
            return;
        }
        self.session.claims.others.settle();
        let owner = self.owner();
        findings.retain(|finding| {
            let foreign = element(body, &finding.pointer).and_then(|item| {
                self.session.claims.others.foreign(&exchange.request, item, &owner)
            });
            let is_own = foreign.is_none();
            self.traces.borrow_mut().others.extend(foreign);
            is_own
        });
    }

    /// The case, and the attempt at it: what the first left half done is not the second's.
    fn owner(&self) -> String {
        format!("{} {:?}", self.case.id(), self.turn)
    }
}

/// The outermost element of a list in which a place lies.
fn element<'b>(body: &'b Value, pointer: &str) -> Option<&'b Value> {
    let mut value = body;
    for segment in pointer.split('/').skip(1) {
        match value {
            Value::Array(items) => return items.get(segment.parse::<usize>().ok()?),
            Value::Object(members) => value = members.get(segment)?,
            _ => return None,
        }
    }
    None
}
