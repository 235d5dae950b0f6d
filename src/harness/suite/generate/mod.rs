//! Generated cases: the boundary of every constraint that the clauses' rows state, and one step
//! past it, each a case of its own.
//!
//! The constraints come from the clauses alone and never from the schemas that the server enforces,
//! so that a constraint that is missing there is missed here. What a case is made of is written as
//! JSON and read as every other case is.

mod member;
mod plan;
mod probe;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::Clause;
use member::Member;
pub(super) use plan::Plan;
use plan::{OneOf, Read, Request, Resource};
use probe::{Check, Cited, Outcome, Probe, Sent};

use crate::harness::pointer;

/// The cases of a plan, in the order of its resources and of their members.
pub(super) fn cases(plan: &Plan, clauses: &HashMap<String, Clause>) -> Vec<Value> {
    let mut cases = Vec::new();
    for resource in &plan.resources {
        let writer = Writer { api: &plan.api, resource };
        for member in member::members(resource, &plan.values, clauses) {
            let probes = probe::probes(&member, resource);
            cases.extend(probes.iter().map(|probe| writer.case(&member, probe)));
        }
        if let Some(one_of) = &resource.one_of {
            cases.extend(writer.one_of(one_of));
        }
    }
    cases
}

/// Writes the cases of a resource.
struct Writer<'p> {
    api: &'p str,
    resource: &'p Resource,
}

/// The name under which a drawn text is bound.
const TEXT: &str = "text";

impl Writer<'_> {
    fn case(&self, member: &Member, probe: &Probe) -> Value {
        let Resource { resource, title, .. } = self.resource;
        let outcome = match probe.outcome {
            Outcome::Refused { .. } => "refused",
            Outcome::Accepted { .. } => "taken and kept",
        };
        let (path, words) = (&member.path, &probe.words);
        let mut case = self.resource.needs.clone();
        case.insert("id".into(), format!("{}/{resource}/{path}/{}", self.api, probe.what).into());
        case.insert("title".into(), format!("{title}: {path} {words} is {outcome}").into());
        let value = match &probe.sent {
            Sent::Absent => None,
            Sent::Value(value) => Some(value.clone()),
            Sent::Text(length) => {
                let draw = case.entry("draw").or_insert_with(|| json!({}));
                draw[TEXT] = json!({ "text": length });
                Some(format!("${{{TEXT}}}").into())
            }
        };
        let beside = member.value(|values| values.beside.get(&probe.what));
        let request = self.request(path, value.as_ref(), beside);
        let mut steps = self.resource.first.clone();
        match &probe.outcome {
            Outcome::Refused { clause, check } => {
                steps.extend(self.resource.refused.before.clone());
                steps.push(self.sent(request, json!([self.refusal(path, clause, *check)])));
                if !self.resource.refused.found_by.contains(path) {
                    steps.extend(self.resource.refused.nothing_stored.clone());
                }
            }
            Outcome::Accepted { taken, returned } => {
                if let Some(accepted) = &self.resource.accepted {
                    let status = taken.expectation("status", accepted.status.clone());
                    steps.push(self.sent(request, json!([status])));
                    steps.extend(self.read_back(member, value, returned));
                }
            }
        }
        case.insert("steps".into(), steps.into());
        Value::Object(case)
    }

    /// The valid request with `value` at `path`, or with nothing there.
    fn request(
        &self,
        path: &str,
        value: Option<&Value>,
        beside: Option<&Map<String, Value>>,
    ) -> (&'static str, Value) {
        let (way, send) = match &self.resource.request {
            Request::Send(send) => ("send", send),
            Request::AnyFormat(send) => ("anyFormat", send),
        };
        let mut send = Value::Object(send.clone());
        if let Some(body) = send.get_mut("body") {
            let at = spelled(body, path);
            if let (true, Value::Object(members)) = (self.resource.alone, &mut *body) {
                members.retain(|name, _| Some(name) == at.first());
            }
            let at: Vec<&str> = at.iter().map(String::as_str).collect();
            set(body, &at, value.cloned());
            if let Some((_, parent)) = at.split_last() {
                for (name, value) in beside.into_iter().flatten() {
                    let at = [parent, &[name.as_str()]].concat();
                    set(body, &at, Some(value.clone()));
                }
            }
        }
        (way, send)
    }

    fn sent(&self, (way, send): (&str, Value), expect: Value) -> Value {
        json!({ "name": "send", way: send, "expect": expect })
    }

    fn refusal(&self, path: &str, clause: &str, check: Check) -> Value {
        let refused = &self.resource.refused;
        let mut expected = refused.expect.clone();
        if check == Check::Status {
            let status =
                expected.remove("problem").and_then(|mut it| it.get_mut("status").map(Value::take));
            if let Some(status) = status {
                expected.insert("status".into(), status);
            }
        } else if let (true, Some(problem)) = (refused.names_parameter, expected.get_mut("problem"))
        {
            let body = match &self.resource.request {
                Request::Send(send) | Request::AnyFormat(send) => send.get("body"),
            };
            let at = body.map(|body| spelled(body, path)).unwrap_or_default();
            problem["parameter"] = at.join(".").into();
        }
        expected.insert("clause".into(), clause.into());
        Value::Object(expected)
    }

    /// The step that finds the value where it was sent to.
    fn read_back(&self, member: &Member, value: Option<Value>, cited: &Cited) -> Option<Value> {
        let accepted = self.resource.accepted.as_ref()?;
        let body = match &self.resource.request {
            Request::Send(send) | Request::AnyFormat(send) => send.get("body")?,
        };
        let at = spelled(body, &member.path);
        let is_above = |read: &&Read| read.under.is_empty() || at.first() == Some(&read.under);
        let read = accepted.read.iter().find(is_above)?;
        let below = if read.under.is_empty() { &at[..] } else { &at[1..] };
        let matcher = match member.value(|values| values.compare.as_ref()) {
            Some(name) => json!({ name.as_str(): value }),
            None => value?,
        };
        let (last, parents) = below.split_last()?;
        let nocase = parents.last().is_some_and(|parent| accepted.nocase.contains(parent));
        let (at, matcher) = match nocase {
            true => (parents, json!({ "$nocaseMembers": { last.as_str(): matcher } })),
            false => (below, matcher),
        };
        let at = at.iter().fold(String::new(), |at, name| pointer::join(&at, name));
        let mut expected = cited.expectation("body", matcher);
        expected["at"] = at.into();
        let mut step = read.step.clone();
        step.insert("name".into(), "read".into());
        step.insert("onlyIf".into(), json!({ "step": "send", "status": "2xx" }));
        step.insert("expect".into(), json!([expected]));
        Some(Value::Object(step))
    }

    /// None of the members of which there is one, and every two of them.
    fn one_of(&self, one_of: &OneOf) -> Vec<Value> {
        let members = &one_of.members;
        let pairs = members.iter().enumerate().flat_map(|(at, first)| {
            members[at + 1..].iter().map(move |second| vec![first.as_str(), second.as_str()])
        });
        std::iter::once(Vec::new()).chain(pairs).map(|kept| self.together(one_of, &kept)).collect()
    }

    fn together(&self, one_of: &OneOf, kept: &[&str]) -> Value {
        let Resource { resource, title, .. } = self.resource;
        let (way, mut send) = self.request("", None, None);
        let whole = match &self.resource.request {
            Request::Send(send) | Request::AnyFormat(send) => send.get("body"),
        };
        if let Some(Value::Object(whole)) = whole {
            let kept = whole.iter().filter(|(name, _)| kept.contains(&name.as_str()));
            send["body"] = kept.map(|(name, value)| (name.clone(), value.clone())).collect();
        }
        let (what, words) = match kept {
            [] => ("none".to_owned(), format!("none of {}", one_of.members.join(", "))),
            kept => (kept.join("-and-"), kept.join(" and ")),
        };
        let mut case = self.resource.needs.clone();
        case.insert("id".into(), format!("{}/{resource}/one-of/{what}", self.api).into());
        case.insert("title".into(), format!("{title} with {words} is refused").into());
        let mut steps = self.resource.first.clone();
        steps.extend(self.resource.refused.before.clone());
        steps.push(self.sent((way, send), one_of.expect.clone().into()));
        steps.extend(self.resource.refused.nothing_stored.clone());
        case.insert("steps".into(), steps.into());
        Value::Object(case)
    }
}

impl Cited {
    fn expectation(&self, check: &str, value: Value) -> Value {
        let mut expectation = json!({ "clause": self.clause, check: value });
        if self.advisory {
            expectation["advisory"] = true.into();
        }
        expectation
    }
}

/// The parts of `path` as the valid request spells them: the tables of 002 write some members
/// otherwise than its examples (reading 51).
fn spelled(body: &Value, path: &str) -> Vec<String> {
    let mut within = Some(body);
    path.split('.')
        .map(|part| {
            let members = within.and_then(Value::as_object);
            let mut known = members.into_iter().flatten();
            let known = known.find(|(name, _)| name.eq_ignore_ascii_case(part));
            within = known.map(|(_, value)| value);
            known.map_or_else(|| part.to_owned(), |(name, _)| name.clone())
        })
        .collect()
}

/// Puts `value` at the end of the path `at`, or takes away what is there.
fn set(within: &mut Value, at: &[&str], value: Option<Value>) {
    let ([first, rest @ ..], Value::Object(members)) = (at, within) else { return };
    match (rest, value) {
        ([], Some(value)) => drop(members.insert((*first).to_owned(), value)),
        ([], None) => drop(members.shift_remove(*first)),
        (rest, value) => set(members.entry(*first).or_insert_with(|| json!({})), rest, value),
    }
}
