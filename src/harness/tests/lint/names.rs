//! Names in cases: every variable that is used has a value by then, every step that is named has
//! been taken, every state and prelude exists.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{api_of, assert_none, shapes, suite};
use crate::harness::api::Api;
use crate::harness::suite::{
    Case, Check, Expectation, Printed, Step, StepRequest, Suite, next_variable,
};

#[test]
fn every_name_that_a_case_uses_is_bound_by_then() {
    let suite = suite();
    let mut faults = Vec::new();
    for case in &suite.cases {
        let mut scope = Scope::new(&suite, case);
        scope.walk();
        faults.extend(scope.faults.into_iter().map(|fault| format!("{}: {fault}", case.id)));
    }
    assert_none(faults);
}

#[test]
fn every_state_is_on_a_ledger_of_the_fixtures_and_every_prelude_is_used() {
    let suite = suite();
    let mut faults = Vec::new();
    for (name, state) in &suite.states {
        let has_ledgers = api_of(name).is_some_and(Api::has_ledgers);
        match &state.ledger {
            Some(no) if !suite.ledgers().iter().any(|ledger| ledger.ledger_no == *no) => {
                faults.push(format!("{name} is on ledger {no}, which is none"));
            }
            ledger if ledger.is_some() != has_ledgers => {
                faults.push(format!("{name} is on a ledger if and only if its API has ledgers"));
            }
            _ => {}
        }
        if !suite.cases.iter().any(|case| case.state.as_deref() == Some(name)) {
            faults.push(format!("no case starts from {name}"));
        }
    }
    for (api, given) in &suite.given {
        for name in given.keys() {
            if !suite.cases.iter().any(|case| case.api == *api && case.given.contains(name)) {
                faults.push(format!("no case of {api} uses the given {name}"));
            }
        }
    }
    assert_none(faults);
}

/// Whoever names records of his own is told of each name what it must be, and which of them are for
/// one state alone.
#[test]
fn every_variable_of_a_state_says_what_it_must_be() {
    let suite = suite();
    let mut faults = Vec::new();
    for (name, state) in &suite.states {
        let unsaid = state.variables.keys().filter(|variable| !suite.names.contains_key(*variable));
        faults
            .extend(unsaid.map(|variable| format!("{name}: nobody says what {variable} must be")));
        for apart in &state.apart {
            let of = suite.names.get(apart).and_then(|name| name.of.as_ref());
            if !state.variables.contains_key(apart) || of.is_none() {
                faults.push(format!("{name}: {apart} identifies no record that could be apart"));
            }
        }
    }
    for name in suite.names.keys() {
        if !suite.states.values().any(|state| state.variables.contains_key(name)) {
            faults.push(format!("no state has the variable {name}"));
        }
    }
    assert_none(faults);
}

/// An operator who names identifiers of his own gives those that a case asks for, and no others.
#[test]
fn every_variable_of_a_state_is_used_by_a_case_that_starts_from_it() {
    let suite = suite();
    let mut faults = Vec::new();
    for (name, state) in &suite.states {
        let mut texts = String::new();
        for case in suite.cases.iter().filter(|case| case.state.as_deref() == Some(name)) {
            let given = case.given.iter().filter_map(|given| suite.given(&case.api, given));
            texts.extend(case.spends.iter().map(|supply| format!("${{{}}}", supply.of)));
            let steps = given.flat_map(|given| &given.steps).chain(&case.steps);
            for step in steps {
                texts.push_str(&format!("{step:?}"));
                for request in &step.requests {
                    let StepRequest::Replay(name) = request else { continue };
                    texts.push_str(&format!("{:?}", suite.examples.get(name)));
                }
            }
        }
        for variable in state.variables.keys() {
            let is_used =
                ["}", "/"].iter().any(|end| texts.contains(&format!("${{{variable}{end}")));
            if !is_used && !texts.contains(&format!("Some(\"{variable}\")")) {
                faults.push(format!("no case that starts from {name} uses {variable}"));
            }
        }
    }
    assert_none(faults);
}

#[test]
fn a_form_names_its_own_parameters_and_cites_clauses_of_its_api() {
    let suite = suite();
    let mut faults = Vec::new();
    for (api, shape) in shapes(&suite) {
        for expectation in &shape.expect {
            if !expectation.clause.starts_with(&format!("{api}/")) {
                faults.push(format!("{} is no clause of {api}", expectation.clause));
            }
            let Check::Body { matcher, .. } = &expectation.check else { continue };
            let mut texts = Vec::new();
            collect(&matcher.notation(), &mut texts);
            for text in texts {
                let mut rest = text.as_str();
                while let Some((_, name, after)) = next_variable(rest) {
                    rest = after;
                    let parameter = format!("{{{name}}}");
                    if !shape.operations().iter().all(|operation| operation.contains(&parameter)) {
                        faults.push(format!("{}: nothing binds ${{{name}}}", expectation.clause));
                    }
                }
            }
        }
    }
    assert_none(faults);
}

/// What is bound while a case is walked through.
struct Scope<'s> {
    suite: &'s Suite,
    case: &'s Case,
    /// Name → whether it may have no value.
    bound: BTreeMap<String, bool>,
    state: BTreeMap<String, Value>,
    steps: BTreeSet<&'s str>,
    faults: Vec<String>,
}

impl<'s> Scope<'s> {
    fn new(suite: &'s Suite, case: &'s Case) -> Self {
        let mut scope = Scope {
            suite,
            case,
            bound: BTreeMap::from([("base".to_owned(), false)]),
            state: BTreeMap::new(),
            steps: BTreeSet::new(),
            faults: Vec::new(),
        };
        if Api::named(&case.api).is_some_and(Api::has_ledgers) {
            scope.bound.insert("ledger".to_owned(), false);
        }
        if case.other_ledger {
            scope.bound.insert("otherLedger".to_owned(), false);
        }
        match case.state.as_ref().map(|name| (name, suite.states.get(name))) {
            Some((_, Some(state))) => {
                scope.bound.extend(state.variables.keys().map(|name| (name.clone(), false)));
                scope.state = state.variables.clone();
                let members = case.spends.iter().filter_map(|supply| {
                    state.variables.get(&supply.of)?.pointer("/0")?.as_object()
                });
                for name in members.flat_map(|members| members.keys()) {
                    scope.bound.insert(name.clone(), false);
                    scope.bound.insert(format!("{name}2"), false);
                }
            }
            Some((name, None)) => scope.faults.push(format!("there is no state {name}")),
            None => {}
        }
        scope
    }

    fn walk(&mut self) {
        let (suite, case) = (self.suite, self.case);
        self.draw(case.draw.keys());
        for name in &case.given {
            let Some(given) = suite.given(&case.api, name) else {
                self.faults.push(format!("there is no given {name}"));
                continue;
            };
            self.draw(given.draw.keys());
            given.steps.iter().for_each(|step| self.step(step));
        }
        case.steps.iter().for_each(|step| self.own(step));
    }

    /// A step of the case itself: what a shared one draws and is given is its own.
    fn own(&mut self, step: &'s Step) {
        self.bound.extend(step.draw.keys().map(|name| (name.clone(), false)));
        let Some(shared) = &step.shared else { return self.step(step) };
        let bound = self.bound.clone();
        let given = shared.given.iter().filter_map(|name| self.suite.given(&self.case.api, name));
        for given in given {
            let captured = given.steps.iter().flat_map(|step| step.capture.keys());
            self.bound.extend(given.draw.keys().chain(captured).map(|name| (name.clone(), false)));
        }
        self.bound.extend(shared.draw.keys().map(|name| (name.clone(), false)));
        self.step(step);
        self.bound = bound;
    }

    fn draw<'n>(&mut self, names: impl Iterator<Item = &'n String>) {
        for name in names {
            if self.bound.insert(name.clone(), false).is_some() {
                self.faults.push(format!("{name} is bound already, and drawn again"));
            }
        }
    }

    fn step(&mut self, step: &'s Step) {
        let place = &step.name;
        if let Some(condition) = &step.only_if {
            if let Some(name) = &condition.step {
                self.earlier(place, name);
            }
            for name in condition.captured.iter().chain(&condition.missing) {
                if !self.bound.contains_key(name) {
                    self.faults.push(format!("{place}: nothing captures {name}"));
                }
            }
        }
        if let Some(each) = &step.for_each {
            self.earlier(place, &each.step);
            self.bound.insert("item".to_owned(), false);
            self.bound.insert("key".to_owned(), false);
        }
        if step.repeat.or(step.simultaneous).is_some() {
            self.bound.insert("index".to_owned(), false);
        }
        if let Some(trying) = &step.trying {
            self.bound.insert(trying.variable.clone(), step.only_if.is_some());
        }
        let conditional = step.only_if.is_some() || step.for_each.is_some();
        let mut texts = Vec::new();
        for request in &step.requests {
            self.request(request, &step.expect, &mut texts);
        }
        for expectation in &step.expect {
            self.expectation(place, expectation, &mut texts);
        }
        for text in texts {
            self.text(place, &text, conditional);
        }
        self.bound.remove("item");
        self.bound.remove("key");
        self.bound.remove("index");
        for (name, capture) in &step.capture {
            // What fills a gap for sure leaves none.
            let fills = step.only_if.as_ref().is_some_and(|condition| condition.fills(name));
            let unsure = capture.optional || (conditional && !fills);
            self.bound.insert(name.clone(), unsure);
        }
        if !self.steps.insert(&step.name) {
            self.faults.push(format!("{place}: two steps are called so"));
        }
    }

    /// The texts of a request in which variables may stand.
    fn request(&self, request: &StepRequest, expect: &[Expectation], texts: &mut Vec<String>) {
        match request {
            StepRequest::Own(send) => {
                texts.push(send.path.clone());
                texts.extend(send.query.clone());
                texts.extend(send.text.clone());
                texts.extend(send.headers.values().flatten().cloned());
                send.body.iter().for_each(|body| collect(body, texts));
            }
            StepRequest::Listen(listen) => {
                collect(&serde_json::to_value(listen).unwrap(), texts);
            }
            StepRequest::Replay(name) => {
                let Some(example) = self.suite.examples.get(name) else { return };
                let sent = example.substitute.request.iter();
                let printed = |e: &Expectation| matches!(e.check, Check::Printed(Printed::Body));
                let compared = example.substitute.response.iter();
                let compared = compared.filter(|_| expect.iter().any(printed));
                sent.for_each(|each| collect(&each.with, texts));
                compared.for_each(|each| collect(&each.with.notation(), texts));
            }
        }
    }

    fn expectation(&mut self, place: &str, expectation: &Expectation, texts: &mut Vec<String>) {
        match &expectation.check {
            Check::Body { matcher, .. } => collect(&matcher.notation(), texts),
            Check::Header(header) => {
                texts.extend(header.link.iter().chain(&header.contains).cloned());
            }
            Check::SameAs(same) => self.earlier(place, &same.step),
            Check::Relation(relation) => {
                relation.steps.iter().for_each(|step| self.earlier(place, step));
                relation.chosen.values().for_each(|value| collect(value, texts));
            }
            _ => {}
        }
    }

    fn earlier(&mut self, place: &str, name: &str) {
        if !self.steps.contains(name) {
            self.faults.push(format!("{place}: there is no earlier step {name}"));
        }
    }

    fn text(&mut self, place: &str, text: &str, conditional: bool) {
        let mut rest = text;
        while let Some((_, path, after)) = next_variable(rest) {
            rest = after;
            let (name, pointer) = match path.find('/') {
                Some(slash) => (&path[..slash], &path[slash..]),
                None => (path, ""),
            };
            match self.bound.get(name) {
                None => self.faults.push(format!("{place}: nothing binds ${{{path}}}")),
                Some(true) if !conditional => {
                    self.faults.push(format!("{place}: ${{{path}}} may have no value, use onlyIf"));
                }
                Some(_) => {}
            }
            if self.state.get(name).is_some_and(|value| value.pointer(pointer).is_none()) {
                self.faults.push(format!("{place}: the state's {name} has no {pointer}"));
            }
        }
    }
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(members) => members.values().for_each(|member| collect(member, texts)),
        _ => {}
    }
}
