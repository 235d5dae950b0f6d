//! The requests beside safe ones that a run would send, known before anything is sent.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::bench::state_variables;
use super::plan::assign;
use crate::harness::api::{Deletable, Draw};
use crate::harness::outcome::{Refusal, Selection};
use crate::harness::subject::{Fixtures, Mounted, Target, below};
use crate::harness::suite::{
    Case, OwnRequest, Step, Suite, draws, draws_of_shared, is_safe_method, may_succeed, steps,
    steps_of_shared, text_of, unsafe_requests,
};

/// All that is not safe in a run, as often as it is sent at most.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Planned {
    /// The steps of the cases, in the order of the suite.
    pub writes: Vec<Write>,
    /// The requests that look for drawn identifiers by a method that is not safe, and only read: as
    /// often as there are identifiers, and once more for each that is taken.
    pub look_ups: Vec<OtherRequest>,
    /// The requests that look by a method that is not safe for the first of the suite's records that
    /// no run has used up yet, and only read: as often as halving takes at most.
    pub searches: Vec<OtherRequest>,
    /// The requests that delete again what cases have made.
    pub clean_up: Vec<OtherRequest>,
}

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
    /// The path from the target's base URL, with the names of what is filled in; a name alone is a
    /// link that the target gives.
    pub path: String,
    /// The number of times that it is taken, for each element if it is for the elements of an
    /// answer.
    pub times: u32,
    /// The number of requests more that it sends at most each time, in other ways, until one is
    /// accepted.
    pub more: u32,
    /// True if it is taken for each element of an answer, so that only the target knows how often.
    pub each: bool,
    /// The number of records that it leaves and the API cannot delete, where all goes as expected;
    /// none if a condition keeps it from being sent.
    pub leaves: u32,
}

/// A request that no step takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherRequest {
    /// The API.
    pub api: &'static str,
    /// The request's method.
    pub method: String,
    /// The path from the target's base URL, with the names of what is filled in.
    pub path: String,
    /// The number of times that it is sent.
    pub times: u32,
}

/// Returns what the selected cases that the target can be judged by would send. Contacts nothing.
///
/// # Errors
/// Nothing is selected.
pub fn planned(suite: &Suite, target: &Target, selection: &Selection) -> Result<Planned, Refusal> {
    let (mut planned, mut shared) = (Planned::default(), BTreeSet::new());
    for case in selection.cases(suite, &target.apis())? {
        let Some(mounted) = target.mounted(case.api()) else { continue };
        // Whether the suite's records are there is not known before they are looked for.
        let Ok(assignment) = assign(suite, target, mounted, case, Fixtures::Loaded) else {
            continue;
        };
        let ledger = assignment.site.ledger.map(|ledger| ledger.no.as_str());
        let is_first = |name: &str| shared.insert((mounted.api.name, ledger, name.to_owned()));
        let nothing = BTreeMap::new();
        let known = case.state.as_ref();
        let known = known.map_or(&nothing, |state| state_variables(suite, target, state));
        planned.take(suite, mounted, case, known, is_first);
        planned.take_search(suite, target, mounted, case);
    }
    Ok(planned)
}

impl Planned {
    /// Takes in a case, in whose state variables have the values of `known`; `is_first` says of a
    /// control that cases share, by its name, whether no case before has sent it.
    fn take(
        &mut self,
        suite: &Suite,
        mounted: &Mounted,
        case: &Case,
        known: &BTreeMap<String, Value>,
        mut is_first: impl FnMut(&str) -> bool,
    ) {
        let api = mounted.api;
        let mut look_up = |kind: Draw| {
            let lookup = api.lookups.iter().find(|lookup| lookup.kind == kind);
            if let Some(lookup) = lookup.filter(|lookup| !is_safe_method(lookup.method)) {
                count(&mut self.look_ups, api.name, lookup.method, whole(mounted, lookup.path), 1);
            }
        };
        draws(suite, case).for_each(&mut look_up);
        let shared = case.steps.iter().filter_map(|step| Some((step, step.shared.as_ref()?)));
        let first: Vec<_> = shared.filter(|(_, shared)| is_first(&shared.name)).collect();
        let of_shared = first.iter().flat_map(|(_, shared)| draws_of_shared(suite, case, shared));
        of_shared.for_each(look_up);
        for (step, shared) in first {
            let taken = steps_of_shared(suite, case, shared).chain([(None, step)]);
            self.take_steps(suite, mounted, &shared.sender(), taken, BTreeMap::new());
        }
        let own = steps(suite, case).filter(|(_, step)| step.shared.is_none());
        let drawn = |name: &String| case.draw.contains_key(name);
        let known = known.iter().filter(|(name, _)| !drawn(name));
        let known = known.filter_map(|(name, value)| Some((name.as_str(), text_of(value)?)));
        self.take_steps(suite, mounted, case.id(), own, known.collect());
    }

    /// Takes in what a case sends to find what no run has used up.
    fn take_search(&mut self, suite: &Suite, target: &Target, mounted: &Mounted, case: &Case) {
        let Some((supply, state)) = case.spends.as_ref().zip(case.state.as_ref()) else { return };
        let OwnRequest { method, path, .. } = &supply.spent;
        if is_safe_method(method) {
            return;
        }
        let all = state_variables(suite, target, state).get(&supply.of).and_then(Value::as_array);
        let halvings = all.and_then(|all| all.len().checked_ilog2()).map_or(0, |log| log + 1);
        if halvings > 0 {
            let api = mounted.api.name;
            count(&mut self.searches, api, method, whole(mounted, path), halvings);
        }
    }

    /// Takes in the steps of a case, or of a control that cases share; what is known of its variables
    /// is filled in.
    fn take_steps<'s>(
        &mut self,
        suite: &'s Suite,
        mounted: &Mounted,
        sender: &str,
        taken: impl Iterator<Item = (Option<&'s str>, &'s Step)>,
        mut known: BTreeMap<&str, String>,
    ) {
        let api = mounted.api;
        // What the API can delete of that which was made, and nobody has deleted yet.
        let (mut makes, mut deletable) = (false, BTreeSet::new());
        for (given, step) in taken {
            known.retain(|name, _| !step.draw.contains_key(*name));
            let requests = unsafe_requests(suite, api, step);
            let most = step.most(requests.len());
            let more = u32::try_from(most.saturating_sub(1)).unwrap_or(u32::MAX);
            let Some((method, path)) = requests.into_iter().next() else { continue };
            let times = step.repeat.or(step.simultaneous).unwrap_or(1);
            let creates = api.creates.iter().find(|each| each.fits(&method, &path));
            let may_succeed = may_succeed(suite, step);
            let stays =
                creates.is_some_and(|each| each.deletable == Deletable::Nowhere) && may_succeed;
            makes |= stays;
            let at = creates.filter(|_| may_succeed).map(|each| each.deletable);
            match at {
                Some(Deletable::ThatPath) if makes => drop(deletable.insert(whole(mounted, &path))),
                Some(Deletable::ByItsName) => {
                    let _ = deletable.insert(format!("{}/${{id}}", whole(mounted, &path)));
                }
                _ => {}
            }
            if method == "DELETE" && step.only_if.is_none() && may_succeed {
                deletable.remove(&whole(mounted, &path));
            }
            let filled = known.iter().fold(path.clone(), |path, (name, value)| {
                path.replace(&format!("${{{name}}}"), value)
            });
            self.writes.push(Write {
                api: api.name,
                case: sender.to_owned(),
                step: given.map_or(step.name.clone(), |given| format!("{given}/{}", step.name)),
                path: whole(mounted, &filled),
                method,
                times,
                more,
                each: step.for_each.is_some(),
                leaves: if stays { times } else { 0 },
            });
        }
        for path in deletable {
            count(&mut self.clean_up, api.name, "DELETE", path, 1);
        }
    }
}

/// Returns the path from the base URL, with the names of what is filled in.
fn whole(mounted: &Mounted, path: &str) -> String {
    match path.starts_with("${") {
        true => path.to_owned(),
        false => below(&mounted.mount, path),
    }
}

fn count(
    asides: &mut Vec<OtherRequest>,
    api: &'static str,
    method: &str,
    path: String,
    times: u32,
) {
    let same =
        |each: &&mut OtherRequest| each.api == api && each.method == method && each.path == path;
    match asides.iter_mut().find(same) {
        Some(known) => known.times += times,
        None => asides.push(OtherRequest { api, method: method.to_owned(), path, times }),
    }
}
