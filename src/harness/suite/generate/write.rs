//! A probe as a case: what is sent, what is expected of it, and how that is seen afterwards.

use serde_json::{Map, Value, json};

use super::member::Member;
use super::plan::{ControlPlan, OneOf, Resource, Shows};
use super::probe::{Check, Cited, Outcome, Probe, Sent};
use super::request::{Written, spelled};
use crate::harness::suite::pointer;

/// Writes the cases of a resource.
pub(super) struct Writer<'p> {
    pub(super) api: &'p str,
    pub(super) resource: &'p Resource,
}

/// The name under which what is drawn is bound.
const TEXT: &str = "text";

/// The name of the step that has to be accepted for a refusal to count.
const CONTROL: &str = "control";

impl Writer<'_> {
    pub(super) fn case(&self, member: &Member, probe: &Probe) -> Value {
        let outcome = match probe.outcome {
            Outcome::Refused { .. } => "is refused",
            Outcome::Accepted { .. } => "is taken and kept",
            Outcome::Kept { .. } => "leaves it as it was",
            Outcome::Borne { .. } => "is borne",
        };
        let mut case = self.resource.needs.clone();
        let value = match &probe.sent {
            Sent::Absent => None,
            Sent::Value(value) => Some(value.clone()),
            Sent::Drawn(drawn, length) => {
                let draw = case.entry("draw").or_insert_with(|| json!({}));
                draw[TEXT] = drawn.of(*length);
                Some(format!("${{{TEXT}}}").into())
            }
        };
        let at = member.value(|values| values.at.as_deref()).unwrap_or(&member.path);
        let beside = member.value(|values| values.beside.get(&probe.what));
        let request = match probe.outcome {
            Outcome::Accepted { .. } => self.resource.accepted_with(at, value.clone(), beside),
            _ => self.resource.refused_with(at, value.clone(), beside),
        };
        let steps = match &probe.outcome {
            Outcome::Refused { clause, check } => self.refused(request, at, clause, check),
            Outcome::Accepted { taken, returned } => {
                let matcher = value.map(|value| matcher(member, value));
                self.accepted(request, at, matcher, taken, returned)
            }
            Outcome::Kept { refused, kept } => self.kept(request, at, refused, kept),
            Outcome::Borne { clause } => self.borne(request, clause),
        };
        let id = format!("{}/{}", member.path, probe.what);
        let title = format!("{} {} {outcome}", member.path, probe.words);
        self.finish(case, &id, &title, steps)
    }

    /// Returns the cases of a request with none of the members of which there is one, and with
    /// every two of them.
    pub(super) fn one_of(&self, one_of: &OneOf) -> Vec<Value> {
        let members = &one_of.members;
        let pairs = members.iter().enumerate().flat_map(|(at, first)| {
            members[at + 1..].iter().map(move |second| vec![first.as_str(), second.as_str()])
        });
        let together = |kept: Vec<&str>| {
            let (what, words) = match kept.as_slice() {
                [] => ("none".to_owned(), format!("none of {}", members.join(", "))),
                kept => (kept.join("-and-"), kept.join(" and ")),
            };
            let request = self.resource.with_only(&kept);
            let refused = &self.resource.refused;
            let (mut steps, control) = self.control(members.first().map_or("", String::as_str));
            steps.extend(refused.before.clone());
            steps.push(self.refusal(request, one_of.expect.clone(), control));
            steps.extend(refused.nothing_stored.clone());
            let id = format!("one-of/{what}");
            self.finish(self.resource.needs.clone(), &id, &format!("{words} is refused"), steps)
        };
        std::iter::once(Vec::new()).chain(pairs).map(together).collect()
    }

    /// Returns a case with its id, its title, and the steps of the resource around its own.
    fn finish(
        &self,
        mut case: Map<String, Value>,
        id: &str,
        title: &str,
        own: Vec<Value>,
    ) -> Value {
        let Resource { resource, title: of, first, last, .. } = self.resource;
        case.insert("id".to_owned(), format!("{}/{resource}/{id}", self.api).into());
        case.insert("title".to_owned(), format!("{of}: {title}").into());
        let steps = first.iter().cloned().chain(own).chain(last.iter().cloned());
        case.insert("steps".to_owned(), steps.collect());
        Value::Object(case)
    }

    fn sent(&self, (way, send): Written, expect: Vec<Value>) -> Value {
        let mut step = json!({ "name": "send", way: send, "expect": expect });
        if let Some(condition) = &self.resource.only_if {
            step["onlyIf"] = condition.clone();
        }
        step
    }

    /// The same of a request that is to be refused, beside its control.
    fn refusal(&self, request: Written, expect: Vec<Value>, control: Value) -> Value {
        let mut step = self.sent(request, expect);
        step["control"] = control;
        step
    }

    /// The control of what is refused at a member, and what a step says of it: the valid request, which
    /// all cases share that vary the same.
    fn control(&self, at: &str) -> (Vec<Value>, Value) {
        let Resource { resource, control, needs, .. } = self.resource;
        if let Some(ControlPlan::None(why)) = control {
            return (Vec::new(), json!({ "none": why }));
        }
        let (request, varied) = self.resource.control(at);
        let varied = varied.map(|name| format!("/{name}")).unwrap_or_default();
        let mut shared = json!({ "as": format!("{}/{resource}{varied}", self.api) });
        for own in ["given", "draw"] {
            if let Some(needed) = needs.get(own) {
                shared[own] = needed.clone();
            }
        }
        let mut step = self.sent(request, Vec::new());
        step["name"] = CONTROL.into();
        step["shared"] = shared;
        (vec![step], CONTROL.into())
    }

    fn refused(&self, request: Written, at: &str, clause: &str, check: &Check) -> Vec<Value> {
        let refused = &self.resource.refused;
        let mut expected = refused.expect.clone();
        match (check, expected.remove("problem")) {
            (Check::Status, Some(_)) => {
                expected.insert("status".to_owned(), "4xx".into());
            }
            (check, Some(mut problem)) => {
                if let Check::Or(statuses) = check {
                    problem["otherwise"] = statuses.clone();
                }
                if refused.names_parameter {
                    let path = spelled(self.resource.request.body(), at);
                    problem["parameter"] = path.join(".").into();
                }
                expected.insert("problem".to_owned(), problem);
            }
            (_, None) => {}
        }
        expected.insert("clause".to_owned(), clause.into());
        let (mut steps, control) = self.control(at);
        steps.extend(refused.before.clone());
        steps.push(self.refusal(request, vec![Value::Object(expected)], control));
        if !refused.found_by.iter().any(|member| member == at) {
            steps.extend(refused.nothing_stored.clone());
        }
        steps
    }

    fn accepted(
        &self,
        request: Written,
        at: &str,
        matcher: Option<Value>,
        taken: &Cited,
        returned: &Cited,
    ) -> Vec<Value> {
        let Some(accepted) = &self.resource.accepted else { return Vec::new() };
        let mut expect = vec![taken.expects("status", accepted.status.clone())];
        let Some(matcher) = matcher else { return vec![self.sent(request, expect)] };
        let path = spelled(self.resource.request.body(), at);
        if let Some(clause) = &accepted.answered {
            let answered = Cited { clause: clause.clone(), advisory: taken.advisory };
            expect.push(self.found(&answered, &path, matcher.clone()));
        }
        let of_resource = accepted.returned.clone().map(|clause| Cited { clause, advisory: false });
        let returned = of_resource.as_ref().unwrap_or(returned);
        let mut steps = vec![self.sent(request, expect)];
        let serves =
            |of: &[String]| of.is_empty() || path.first().is_some_and(|it| of.contains(it));
        if let Some(read) = accepted.read.iter().find(|read| serves(&read.of)) {
            let expected = match read.shows {
                Shows::Whole => self.found(returned, &path, matcher),
                Shows::Member => self.found(returned, path.get(1..).unwrap_or(&[]), matcher),
                Shows::List => {
                    let nested = |inner, name: &String| json!({ name.as_str(): inner });
                    let item = path.iter().rev().fold(matcher, nested);
                    returned.expects("body", json!({ "$contains": [item] }))
                }
            };
            let mut step = read.step.clone();
            step.insert("name".to_owned(), "read".into());
            step.insert("onlyIf".to_owned(), json!({ "step": "send", "status": "2xx" }));
            step.insert("expect".to_owned(), json!([expected]));
            steps.push(Value::Object(step));
        }
        steps
    }

    /// Returns the expectation that an answer has what `matcher` says at `path`.
    fn found(&self, cited: &Cited, path: &[String], matcher: Value) -> Value {
        let nocase = self.resource.accepted.iter().flat_map(|accepted| &accepted.nocase);
        let (path, matcher) = match path {
            [parents @ .., last]
                if parents.last().is_some_and(|parent| nocase.clone().any(|it| it == parent)) =>
            {
                (parents, json!({ "$nocaseMembers": { last.as_str(): matcher } }))
            }
            path => (path, matcher),
        };
        let mut expected = cited.expects("body", matcher);
        expected["at"] = at_pointer(path);
        expected
    }

    /// Returns the steps of a request that may be taken or refused, and breaks nothing.
    fn borne(&self, request: Written, clause: &str) -> Vec<Value> {
        let refused = &self.resource.refused;
        let mut steps: Vec<Value> = refused.before.iter().cloned().collect();
        let expect = vec![json!({ "clause": clause, "status": "not-5xx" })];
        steps.push(self.sent(request, expect));
        steps.extend(refused.nothing_stored.clone());
        steps
    }

    /// Returns the steps of a request that may be refused, and changes nothing even if it is not.
    fn kept(&self, request: Written, at: &str, refused: &str, kept: &str) -> Vec<Value> {
        let steps = self.refused(request, at, refused, &Check::Documented);
        let pointer = at_pointer(&spelled(self.resource.request.body(), at));
        let same = json!({ "step": "before", "at": pointer });
        let own = ["before", "send", CONTROL];
        let is_look = |step: &Value| own.iter().all(|name| step["name"] != *name);
        let expect = json!([{ "clause": kept, "sameAs": same }]);
        let unconditional = |mut step: Value| {
            if let (true, Some(members)) = (is_look(&step), step.as_object_mut()) {
                members.remove("onlyIf");
                members.insert("expect".to_owned(), expect.clone());
            }
            step
        };
        steps.into_iter().map(unconditional).collect()
    }
}

fn at_pointer(path: &[String]) -> Value {
    path.iter().fold(String::new(), |at, name| pointer::join(&at, name)).into()
}

fn matcher(member: &Member, value: Value) -> Value {
    if let Some(changed) = member.value(|values| values.changed.clone()) {
        return changed;
    }
    match member.value(|values| values.compare.as_deref()) {
        Some(name) => json!({ name: value }),
        None => value,
    }
}

impl Cited {
    fn expects(&self, check: &str, value: Value) -> Value {
        let mut expectation = json!({ "clause": self.clause, check: value });
        if self.advisory {
            expectation["advisory"] = true.into();
        }
        expectation
    }
}
