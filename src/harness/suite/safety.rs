//! Which requests of a case are safe (RFC 9110, 9.2.1), known before anything is sent.

use super::Suite;
use super::case::Case;
use super::control::Shared;
use super::example::{Example, Place};
use super::expectation::{Check, Printed};
use super::step::{Step, StepRequest};
use crate::harness::api::{Api, Draw};

/// Returns whether a case sends nothing but requests that HTTP calls safe (RFC 9110, 9.2.1): its
/// steps, its preludes and those of the controls that it shares, and what looks for the identifiers
/// that it draws and for what is left to be used up.
pub(crate) fn is_safe(suite: &Suite, case: &Case) -> bool {
    let Some(api) = Api::named(case.api()) else { return false };
    let looked_for_safely = |kind: Draw| {
        let lookup = api.lookups.iter().find(|lookup| lookup.kind == kind);
        lookup.is_none_or(|lookup| is_safe_method(lookup.method))
    };
    let shared = || case.steps.iter().filter_map(|step| step.shared.as_ref());
    let sought = case.spends.iter().all(|supply| is_safe_method(&supply.spent.method));
    let drawn = draws(suite, case).chain(shared().flat_map(|it| draws_of_shared(suite, case, it)));
    let taken = steps(suite, case).chain(shared().flat_map(|it| steps_of_shared(suite, case, it)));
    sought
        && drawn.into_iter().all(looked_for_safely)
        && taken.into_iter().all(|(_, step)| is_safe_step(suite, api, step))
}

/// Returns whether a step sends nothing but safe requests.
pub(crate) fn is_safe_step(suite: &Suite, api: &Api, step: &Step) -> bool {
    unsafe_requests(suite, api, step).is_empty()
}

pub(crate) fn is_safe_method(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE")
}

/// Returns the steps of a case in the order in which they are taken, with the prelude that they are
/// of.
pub(crate) fn steps<'s>(
    suite: &'s Suite,
    case: &'s Case,
) -> impl Iterator<Item = (Option<&'s str>, &'s Step)> {
    let given = case.given.iter().filter_map(|name| Some((name, suite.given(case.api(), name)?)));
    let given = given
        .flat_map(|(name, given)| given.steps.iter().map(move |step| (Some(name.as_str()), step)));
    given.chain(case.steps.iter().map(|step| (None, step)))
}

/// Returns the kinds of what a case and its preludes draw.
pub(crate) fn draws<'s>(suite: &'s Suite, case: &'s Case) -> impl Iterator<Item = Draw> {
    let given = case.given.iter().filter_map(|name| suite.given(case.api(), name));
    let own = case.steps.iter().flat_map(|step| step.draw.values()).chain(case.draw.values());
    given.flat_map(|given| given.draw.values()).chain(own).copied()
}

/// Returns the steps of a shared control's own preludes, with the prelude that they are of.
pub(crate) fn steps_of_shared<'s>(
    suite: &'s Suite,
    case: &'s Case,
    shared: &'s Shared,
) -> impl Iterator<Item = (Option<&'s str>, &'s Step)> {
    let given = shared.given.iter().filter_map(|name| Some((name, suite.given(case.api(), name)?)));
    given.flat_map(|(name, given)| given.steps.iter().map(move |step| (Some(name.as_str()), step)))
}

/// Returns the kinds of what a shared control and its preludes draw.
pub(crate) fn draws_of_shared<'s>(
    suite: &'s Suite,
    case: &'s Case,
    shared: &'s Shared,
) -> impl Iterator<Item = Draw> {
    let given = shared.given.iter().filter_map(|name| suite.given(case.api(), name));
    given.flat_map(|given| given.draw.values()).chain(shared.draw.values()).copied()
}

/// Returns the requests of a step that are not safe: method, and path below the root. Of
/// alternatives one is accepted, and the first says what is meant.
pub(crate) fn unsafe_requests(suite: &Suite, api: &Api, step: &Step) -> Vec<(String, String)> {
    let all = step.requests.iter().filter_map(|request| match request {
        StepRequest::Own(send) => Some((send.method.clone(), send.path.clone())),
        // Nothing of it reaches the target.
        StepRequest::Listen(_) => None,
        StepRequest::Replay(name) => {
            let example = suite.examples.get(name)?;
            let method = example.request.as_ref()?.method.clone();
            Some((method, template(example, api)?))
        }
    });
    all.filter(|(method, _)| !is_safe_method(method)).collect()
}

/// Returns the printed path below the root, with names where values are filled in.
fn template(example: &Example, api: &Api) -> Option<String> {
    let mut path = example.request.as_ref()?.path.clone();
    for each in example.substitute.request.iter().filter(|each| each.place == Some(Place::Path)) {
        if let (Some(text), Some(with)) = (&each.text, each.with.as_str()) {
            path = path.replace(text.as_str(), with);
        }
    }
    let root = api.mount.replace("{ledger}", "${ledger}");
    let below = path.strip_prefix(&root).map(|path| path.trim_start_matches('/').to_owned());
    Some(below.unwrap_or(path))
}

/// Returns whether no expectation of a step wants it refused.
pub(crate) fn may_succeed(suite: &Suite, step: &Step) -> bool {
    let replayed = step.requests.iter().find_map(|request| match request {
        StepRequest::Replay(name) => suite.examples.get(name)?.response.as_ref(),
        StepRequest::Own(_) | StepRequest::Listen(_) => None,
    });
    step.expect.iter().all(|each| match &each.check {
        Check::Status(statuses) => statuses.allow_success(),
        Check::Problem(problem) => problem.status.as_ref().is_none_or(|s| s.allow_success()),
        Check::Printed(Printed::Status) => replayed.is_none_or(|each| each.status / 100 == 2),
        _ => true,
    })
}
