//! Controls: a refusal proves something only beside an acceptance.

use std::collections::HashMap;

use super::{assert_none, suite};
use crate::harness::suite::{
    Case, Check, Condition, Control, Credentials, Expectation, Printed, Step, StepRequest, Suite,
    is_safe_method,
};

/// Whether an answer with success breaks the expectation.
fn wants_refusal(suite: &Suite, step: &Step, expectation: &Expectation) -> bool {
    match &expectation.check {
        Check::Status(statuses) => !statuses.allow_success(),
        Check::Problem(_) => true,
        Check::Printed(Printed::Status) => step.requests.iter().any(|request| match request {
            StepRequest::Replay(name) => {
                let response = suite.examples.get(name).and_then(|each| each.response.as_ref());
                response.is_some_and(|response| response.status >= 400)
            }
            StepRequest::Own(_) | StepRequest::Listen(_) => false,
        }),
        _ => false,
    }
}

fn is_refusal(suite: &Suite, step: &Step) -> bool {
    step.expect.iter().any(|expectation| wants_refusal(suite, step, expectation))
}

/// Whether a step asks, as it may, for what is there.
fn is_read(step: &Step) -> bool {
    step.requests.iter().all(|request| match request {
        StepRequest::Own(send) => {
            is_safe_method(&send.method) && send.credentials == Credentials::Own
        }
        StepRequest::Replay(_) => false,
        StepRequest::Listen(_) => true,
    })
}

/// Whether a step looks at what became of another, which has a control of its own: a read after a
/// write, or what is done only after a refusal.
fn confirms(case: &Case, at: usize) -> bool {
    let step = &case.steps[at];
    let after_refusal = |condition: &Condition| {
        condition.step.is_some()
            && condition.status.as_ref().is_some_and(|statuses| !statuses.allow_success())
    };
    step.only_if.as_ref().is_some_and(after_refusal)
        || (is_read(step) && case.steps[..at].iter().any(|before| !is_read(before)))
}

/// A server that refuses everything would pass each case that expects a refusal.
#[test]
fn every_refusal_has_a_control_or_says_why_there_is_none() {
    let suite = suite();
    let mut faults = Vec::new();
    for case in &suite.cases {
        for (at, step) in case.steps.iter().enumerate() {
            let place = format!("{}, step {}", case.id, step.name);
            match (&step.control, is_refusal(&suite, step)) {
                (None, true) if !confirms(case, at) => {
                    faults.push(format!("{place} expects a refusal and has no control"));
                }
                (Some(_), false) => faults.push(format!("{place} expects no refusal")),
                (Some(Control::Step(name)), true) => {
                    let given = case.given.iter().filter_map(|it| suite.given(&case.api, it));
                    let given = given.flat_map(|given| &given.steps);
                    let control = given.chain(&case.steps[..at]).find(|step| step.name == *name);
                    match control {
                        None => faults.push(format!("{place}: no step {name} stands before it")),
                        Some(control) if is_refusal(&suite, control) => {
                            faults.push(format!("{place}: {name} expects a refusal itself"));
                        }
                        Some(_) => {}
                    }
                }
                _ => {}
            }
        }
    }
    assert_none(faults);
}

/// A control that is sent once for many cases is the control of each, and of some.
#[test]
fn what_cases_share_is_one_request_and_is_named() {
    let suite = suite();
    let mut shared: HashMap<(&str, &str), (String, &str)> = HashMap::new();
    let mut faults = Vec::new();
    for case in &suite.cases {
        for step in &case.steps {
            let Some(own) = &step.shared else { continue };
            let names = |other: &Step| matches!(&other.control, Some(Control::Step(name)) if *name == step.name);
            if !case.steps.iter().any(names) {
                faults.push(format!("{}: nothing is judged beside {}", case.id, step.name));
            }
            for name in own.given.iter().filter(|name| suite.given(&case.api, name).is_none()) {
                faults.push(format!("{}: there is no given {name}", case.id));
            }
            let sent = format!("{:?} {:?} {:?}", step.requests, own.given, own.draw);
            let key = (case.api.as_str(), own.name.as_str());
            match shared.get(&key) {
                Some((other, _)) if *other == sent => {}
                Some((_, other)) => {
                    faults.push(format!("{} is another in {} than in {other}", own.name, case.id));
                }
                None => drop(shared.insert(key, (sent, &case.id))),
            }
        }
    }
    assert!(shared.len() > 20, "{}", shared.len());
    assert_none(faults);
}
