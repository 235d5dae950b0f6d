//! What is written to the target: what cases would write, known before anything is sent, and what a run
//! left.

mod created;
mod traces;

pub use created::Created;
pub(crate) use created::Creates;
pub(crate) use traces::Traces;

use crate::harness::api::Api;
use crate::harness::compare::below;
use crate::harness::plan::{Selection, assign};
use crate::harness::refusal::Refusal;
use crate::harness::suite::{Case, Check, Example, Place, Printed, Step, StepRequest, Suite};
use crate::harness::target::Target;

/// A step that changes what the target holds, or may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// The API.
    pub api: &'static str,
    /// The case.
    pub case: String,
    /// The step; of a prelude, with its name.
    pub step: String,
    /// The request's method.
    pub method: String,
    /// The path from the target's base URL, with the names of what is filled in.
    pub path: String,
    /// How often it is sent, if not for each element of an answer.
    pub times: u32,
    /// How many records it leaves that the API cannot delete, where all goes as expected; none if a
    /// condition keeps it from being sent.
    pub leaves: u32,
}

/// The writes of the selected cases that the target can be judged by, in the order of the suite.
/// Contacts nothing.
///
/// # Errors
/// Nothing is selected.
pub fn writes(
    suite: &Suite,
    target: &Target,
    selection: &Selection,
) -> Result<Vec<Write>, Refusal> {
    let mut writes = Vec::new();
    for case in selection.cases(suite, &target.apis())? {
        let Some(mounted) = target.mounted(case.api()) else { continue };
        if assign(suite, target, mounted, case, target.has_fixtures()).is_err() {
            continue;
        }
        for (given, step) in steps(suite, case) {
            let Some((method, path)) = first_unsafe(suite, mounted.api, step) else { continue };
            let times = step.repeat.unwrap_or(1);
            let creates = mounted.api.creates.iter().find(|each| each.fits(&method, &path));
            let stays = creates.is_some_and(|each| !each.deletable) && may_succeed(suite, step);
            writes.push(Write {
                api: mounted.api.name,
                case: case.id().to_owned(),
                step: given.map_or(step.name.clone(), |given| format!("{given}/{}", step.name)),
                method,
                path: match path.strip_prefix("${") {
                    Some(_) => path,
                    None => below(&mounted.mount, &path),
                },
                times,
                leaves: if stays { times } else { 0 },
            });
        }
    }
    Ok(writes)
}

/// Whether a case sends nothing but requests that HTTP calls safe (RFC 9110, 9.2.1): its steps, its
/// preludes, and what looks for the identifiers that it draws.
pub(crate) fn is_safe(suite: &Suite, case: &Case) -> bool {
    let Some(api) = Api::named(case.api()) else { return false };
    let given = case.given.iter().filter_map(|name| suite.given(case.api(), name));
    let mut draws = given.flat_map(|given| given.draw.values()).chain(case.draw.values());
    let looked_for_safely = |kind| {
        let lookup = api.lookups.iter().find(|lookup| lookup.kind == kind);
        lookup.is_none_or(|lookup| is_safe_method(lookup.method))
    };
    draws.all(|kind| looked_for_safely(*kind))
        && steps(suite, case).all(|(_, step)| is_safe_step(suite, api, step))
}

/// Whether a step sends nothing but safe requests.
pub(crate) fn is_safe_step(suite: &Suite, api: &Api, step: &Step) -> bool {
    first_unsafe(suite, api, step).is_none()
}

fn is_safe_method(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE")
}

/// The steps of a case in the order in which they are taken, with the prelude that they are of.
fn steps<'s>(
    suite: &'s Suite,
    case: &'s Case,
) -> impl Iterator<Item = (Option<&'s str>, &'s Step)> {
    let given = case.given.iter().filter_map(|name| Some((name, suite.given(case.api(), name)?)));
    let given = given
        .flat_map(|(name, given)| given.steps.iter().map(move |step| (Some(name.as_str()), step)));
    given.chain(case.steps.iter().map(|step| (None, step)))
}

/// The first request of a step that is not safe: method, and path below the root. Of alternatives
/// one is accepted, and the first says what is meant.
fn first_unsafe(suite: &Suite, api: &Api, step: &Step) -> Option<(String, String)> {
    let all = step.requests.iter().filter_map(|request| match request {
        StepRequest::Send(send) => Some((send.method.clone(), send.path.clone())),
        StepRequest::Replay(name) => {
            let example = suite.examples.get(name)?;
            let method = example.request.as_ref()?.method.clone();
            Some((method, template(example, api)?))
        }
    });
    all.into_iter().find(|(method, _)| !is_safe_method(method))
}

/// The printed path below the root, with names where values are filled in.
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

/// Whether no expectation of a step wants it refused.
fn may_succeed(suite: &Suite, step: &Step) -> bool {
    let replayed = step.requests.iter().find_map(|request| match request {
        StepRequest::Replay(name) => suite.examples.get(name)?.response.as_ref(),
        StepRequest::Send(_) => None,
    });
    step.expect.iter().all(|each| match &each.check {
        Check::Status(statuses) => statuses.allow_success(),
        Check::Problem(problem) => problem.status.as_ref().is_none_or(|s| s.allow_success()),
        Check::Printed(Printed::Status) => replayed.is_none_or(|each| each.status / 100 == 2),
        _ => true,
    })
}
