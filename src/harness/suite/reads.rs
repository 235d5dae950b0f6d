//! What a case reads of an answer: a long list is kept without the rest.

use std::collections::BTreeSet;

use serde_json::Value;

use super::control::Control;
use super::expectation::{Check, Printed, SameAs};
use super::matcher::Matcher;
use super::relation::{Bond, Relation};
use super::step::{Capture, Step};

/// Keywords of a schema that speak of members which they do not name.
const OF_ALL_MEMBERS: [&str; 6] = [
    "additionalProperties",
    "unevaluatedProperties",
    "patternProperties",
    "propertyNames",
    "minProperties",
    "maxProperties",
];

/// The members of which anything is read in the elements of a step's answer, at whatever depth they
/// stand, once the whole answer has been held to its schemas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reads {
    All,
    Named(BTreeSet<String>),
}

impl Reads {
    /// Returns what `step`, and those of `steps` that refer to it, read of its answer.
    pub(crate) fn of<'s>(step: &Step, steps: impl Iterator<Item = &'s Step>) -> Reads {
        let mut reads = Reads::Named(BTreeSet::new());
        for expectation in &step.expect {
            reads.add_check(&expectation.check);
        }
        step.capture.values().for_each(|capture| reads.add_capture(capture));
        step.read.iter().for_each(|unwrap| reads.add(unwrap.names()));
        for later in steps {
            if later.for_each.as_ref().is_some_and(|each| each.step == step.name) {
                reads = Reads::All;
            }
            for expectation in &later.expect {
                match &expectation.check {
                    Check::SameAs(same) if same.step == step.name => reads.add_same(same),
                    Check::Relation(relation) if relation.steps.contains(&step.name) => {
                        reads.add_relation(relation);
                    }
                    _ => {}
                }
            }
        }
        reads
    }

    /// Returns whether a member of an element is read.
    pub(crate) fn has(&self, name: &str) -> bool {
        match self {
            Reads::All => true,
            Reads::Named(names) => names.contains(name),
        }
    }

    fn add_check(&mut self, check: &Check) {
        match check {
            Check::Body { at, matcher } => {
                self.add_pointer(at);
                self.add_matcher(matcher);
            }
            Check::Printed(Printed::Body) | Check::Problem(_) => *self = Reads::All,
            Check::SameAs(same) => self.add_same(same),
            // Nobody says which members a projection may not have.
            Check::Relation(relation) if relation.is == Bond::Projection => *self = Reads::All,
            Check::Relation(relation) => self.add_relation(relation),
            Check::Status(_)
            | Check::Printed(_)
            | Check::Media(_)
            | Check::Format(_)
            | Check::Header(_)
            | Check::Schema(_) => {}
        }
    }

    fn add_same(&mut self, same: &SameAs) {
        match same.members.is_empty() {
            true => *self = Reads::All,
            false => same.members.iter().for_each(|member| self.add_pointer(member)),
        }
    }

    fn add_relation(&mut self, relation: &Relation) {
        let Relation { by, members, also, totals, chosen, .. } = relation;
        if members.is_empty() && by.is_none() && totals.is_none() {
            *self = Reads::All;
        }
        let pointers = by.iter().chain(members).chain(also).chain(chosen.keys());
        pointers.for_each(|pointer| self.add_pointer(pointer));
        if let Some(totals) = totals {
            self.add([&totals.group, &totals.member, &totals.of]);
            self.add(&totals.unit);
        }
    }

    fn add_capture(&mut self, capture: &Capture) {
        if capture.at.is_empty() {
            *self = Reads::All;
        }
        self.add_pointer(&capture.at);
        self.add(capture.with.keys());
    }

    fn add_pointer(&mut self, pointer: &str) {
        let names = pointer.split('/').map(|name| name.replace("~1", "/").replace("~0", "~"));
        self.add(names.collect::<Vec<_>>().iter());
    }

    fn add_matcher(&mut self, matcher: &Matcher) {
        self.add_notation(&matcher.notation());
    }

    /// Every name and every text: those that are no members do no harm.
    fn add_notation(&mut self, written: &Value) {
        match written {
            Value::Object(members) => {
                for (name, value) in members {
                    match OF_ALL_MEMBERS.contains(&name.as_str()) {
                        true => *self = Reads::All,
                        false => self.add([name]),
                    }
                    self.add_notation(value);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.add_notation(item)),
            Value::String(text) => self.add([text]),
            _ => {}
        }
    }

    fn add<'n>(&mut self, more: impl IntoIterator<Item = &'n String>) {
        if let Reads::Named(names) = self {
            names.extend(more.into_iter().cloned());
        }
    }
}

/// Returns the steps of `steps` to whose bodies one of them refers.
pub(crate) fn referred<'s>(steps: impl Iterator<Item = &'s Step>) -> BTreeSet<&'s str> {
    let mut names = BTreeSet::new();
    for step in steps {
        names.extend(step.for_each.iter().map(|each| each.step.as_str()));
        if let Some(Control::Step(name)) = &step.control {
            names.insert(name.as_str());
        }
        for expectation in &step.expect {
            match &expectation.check {
                Check::SameAs(same) => drop(names.insert(same.step.as_str())),
                Check::Relation(relation) => {
                    names.extend(relation.steps.iter().map(String::as_str))
                }
                _ => {}
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Reads;
    use crate::harness::suite::{Step, StepRequest, Suite, steps};

    fn step(name: &str, more: Value) -> Step {
        let mut step = json!({"name": name, "send": {"method": "GET", "path": "a"}});
        step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(step).unwrap()
    }

    fn reads_a_collection(step: &Step) -> bool {
        step.requests.iter().any(|request| match request {
            StepRequest::Own(send) => {
                send.method == "GET" && send.query.is_none() && !send.path.contains(['/', '$'])
            }
            StepRequest::Replay(example) => example.starts_with("tmf/list-"),
            StepRequest::Listen(_) => false,
        })
    }

    /// A list of which a member was dropped that is compared later would fail a target that is right.
    #[test]
    fn every_member_that_is_compared_is_read() {
        let expect = |check: Value| {
            let mut expectation = json!({"clause": "c"});
            expectation.as_object_mut().unwrap().extend(check.as_object().unwrap().clone());
            json!({"expect": [expectation]})
        };
        let each = json!({"body": {"$each": {"$oneOf": [{"id": {"$noneOf": [{"$text": "1"}]}}, {"a": {"b": 1}}]}}});
        let schema = |schema: Value| json!({"body": {"$each": {"$schema": schema}}});
        let related = |more: Value| {
            let mut relation = json!({"is": "element", "steps": ["list"], "by": "/id"});
            relation.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            expect(json!({"relation": relation}))
        };
        let named = |names: &'static [&'static str]| Some(names);
        for (own, later, read) in [
            (expect(each), json!({}), named(&["id", "a", "b"])),
            (expect(json!({"status": 200})), json!({}), named(&[])),
            (expect(schema(json!({"required": ["c"]}))), json!({}), named(&["c"])),
            (expect(schema(json!({"additionalProperties": false}))), json!({}), None),
            (
                json!({"capture": {"x": {"in": "", "where": {"id": 1}, "at": "/n"}}}),
                json!({}),
                named(&["id", "n"]),
            ),
            (json!({"capture": {"x": {"at": ""}}}), json!({}), None),
            (json!({}), related(json!({"members": ["/m/o"]})), named(&["id", "m", "o"])),
            (json!({}), expect(json!({"sameAs": {"step": "list"}})), None),
            (
                json!({}),
                expect(json!({"sameAs": {"step": "list", "members": ["/p"]}})),
                named(&["p"]),
            ),
            (json!({}), expect(json!({"sameAs": {"step": "other"}})), named(&[])),
            (json!({}), json!({"forEach": {"step": "list"}}), None),
        ] {
            let (own, later) = (step("list", own), step("later", later));
            let reads = Reads::of(&own, [&later].into_iter());
            match read {
                None => assert_eq!(reads, Reads::All, "{own:?} {later:?}"),
                Some(names) => {
                    assert!(names.iter().all(|name| reads.has(name)), "{reads:?}");
                    assert!(!reads.has("never"), "{own:?} {later:?}");
                }
            }
        }
    }

    /// A collection of the TM Forum API need not page: its whole list would be held.
    #[test]
    fn no_case_reads_whole_what_may_be_long() {
        let suite = Suite::embedded().unwrap();
        let mut lists = 0;
        for case in suite.cases().iter().filter(|case| case.api() == "tmf") {
            let all: Vec<_> = steps(&suite, case).map(|(_, step)| step).collect();
            for step in all.iter().filter(|step| reads_a_collection(step)) {
                lists += 1;
                let reads = Reads::of(step, all.iter().copied());
                assert_ne!(reads, Reads::All, "{}: {}", case.id(), step.name);
            }
        }
        assert!(lists > 10, "{lists}");
    }
}
