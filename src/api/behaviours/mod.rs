//! Behaviours: how the server misbehaves where it was told to, so that a client can be tried against
//! what real servers do. Without a rule nothing here is asked; every answer that a rule has altered says
//! so in a header.

mod delay;
mod resource;
mod rule;
mod written;

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::header::{HeaderName, HeaderValue, RETRY_AFTER};

use super::error::{ApiError, ErrorStatus};
use super::message::Request;
use super::metrics::Place;
use crate::store::Store;

pub use delay::Delay;
pub(in crate::api) use resource::{add, list, remove, remove_all};
use rule::Act;
pub use rule::Rule;
pub(super) use written::When;

/// The header that says what was altered: the id of each rule, and what it did.
pub(super) const HEADER: HeaderName = HeaderName::from_static("etalon-behaviour");

/// The most rules at one time.
const MOST: usize = 100;

/// The rules that are in force.
pub(super) struct Behaviours {
    /// How many there are, so that a server without any does not look.
    count: AtomicUsize,
    rules: Mutex<Rules>,
}

struct Rules {
    kept: Vec<Kept>,
    last: u64,
    random: fastrand::Rng,
}

/// A rule and how far it is spent.
struct Kept {
    id: u64,
    rule: Rule,
    hits: u64,
    /// What its reads are answered from, if these are to be stale.
    store: Option<Arc<Store>>,
}

/// What a request asks for, as rules know it.
pub(super) struct Target {
    pub(super) place: Place,
    /// The variables of its path, decoded: names and values.
    pub(super) identifiers: Vec<(&'static str, String)>,
}

/// What is to be done with the answer to one request.
#[derive(Default)]
pub(super) struct Alteration {
    pub(super) delay: Duration,
    pub(super) act: Option<Altering>,
    /// What the header says.
    told: String,
}

/// What is to be done with an answer, but for its delay.
pub(super) enum Altering {
    /// Another is given in its place.
    Refuse(ApiError, When),
    /// None is given.
    Drop(When),
    /// It ends early.
    Cut,
    /// It is answered from this.
    Stale(Arc<Store>),
}

impl Default for Behaviours {
    fn default() -> Self {
        Self::of(fastrand::Rng::new())
    }
}

impl Behaviours {
    /// Returns none yet, whose chances are those of a seed.
    pub(super) fn seeded(seed: u64) -> Self {
        Self::of(fastrand::Rng::with_seed(seed))
    }

    fn of(random: fastrand::Rng) -> Self {
        let rules = Mutex::new(Rules { kept: Vec::new(), last: 0, random });
        Self { count: AtomicUsize::new(0), rules }
    }

    /// Returns whether there is any rule.
    pub(super) fn are_any(&self) -> bool {
        self.count.load(Relaxed) > 0
    }

    /// Adds a rule, whose id is the answer; nothing where there are too many. Its stale reads are
    /// answered from `store`.
    pub(super) fn add(&self, rule: Rule, store: Option<Arc<Store>>) -> Option<u64> {
        let mut rules = self.lock();
        if rules.kept.len() >= MOST {
            return None;
        }
        rules.last += 1;
        let id = rules.last;
        rules.kept.push(Kept { id, rule, hits: 0, store });
        self.count.store(rules.kept.len(), Relaxed);
        Some(id)
    }

    /// Removes the rules that `is_meant` admits; whether there was one is the answer.
    fn remove(&self, is_meant: impl Fn(u64) -> bool) -> bool {
        let mut rules = self.lock();
        let before = rules.kept.len();
        rules.kept.retain(|kept| !is_meant(kept.id));
        self.count.store(rules.kept.len(), Relaxed);
        rules.kept.len() < before
    }

    /// Returns what the rules make of a request, and counts it. Each is asked in the order in which it
    /// was made: the first that hits and alters the answer decides how, and delays add up.
    pub(super) fn alter(&self, request: &Request, target: &Target) -> Alteration {
        let mut alteration = Alteration::default();
        let mut rules = self.lock();
        let Rules { kept, random, .. } = &mut *rules;
        for Kept { id, rule, hits, store } in kept {
            let adds = rule.delay.is_some() || alteration.act.is_none();
            if rule.is_spent(*hits) || !adds || !rule.is_of(request, target) {
                continue;
            }
            if rule.probability.is_some_and(|chance| random.f64() >= chance) {
                continue;
            }
            *hits += 1;
            if let Some(delay) = rule.delay {
                let delay = delay.draw(random);
                alteration.delay += delay;
                alteration.tell(*id, &format!("delay {}ms", delay.as_millis()));
            }
            if alteration.act.is_none()
                && let Some(act) = rule.act
            {
                alteration.tell(*id, &act.to_string());
                alteration.act = altering(act, store);
            }
            if rule.is_spent(*hits) {
                // Its pages are used again.
                *store = None;
            }
        }
        alteration
    }

    fn lock(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn altering(act: Act, store: &Option<Arc<Store>>) -> Option<Altering> {
    Some(match act {
        Act::Status(status, when, after) => Altering::Refuse(refusal(status, after), when),
        Act::Drop(when) => Altering::Drop(when),
        Act::Cut => Altering::Cut,
        Act::Stale => Altering::Stale(store.clone()?),
    })
}

fn refusal(status: ErrorStatus, retry_after: Option<u64>) -> ApiError {
    let detail = "The server was told to answer so: a behaviour of the stand-in.";
    let error = ApiError::told(status, detail);
    match retry_after {
        Some(seconds) => error.with_header(RETRY_AFTER, seconds.to_string()),
        None => error,
    }
}

impl Alteration {
    fn tell(&mut self, id: u64, what: &str) {
        let comma = if self.told.is_empty() { "" } else { ", " };
        self.told.push_str(&format!("{comma}{id} {what}"));
    }

    /// Returns what the header says, if anything is altered.
    pub(super) fn told(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.told).ok().filter(|told| !told.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};

    use super::*;
    use crate::api::Api;
    use crate::api::auth::Auth;

    /// A rule that has long been spent would keep every page that was in use when it was made.
    #[test]
    fn the_last_stale_read_sets_free_what_it_was_answered_from() {
        let store = Arc::new(Store::in_memory().unwrap());
        let api = Api::new(store, Auth::default()).unwrap();
        let request = |body: &'static str| Request {
            method: Method::GET,
            path: "/billingManagement/billingAccount".to_owned(),
            query: None,
            headers: HeaderMap::new(),
            body: body.into(),
            secure: false,
        };
        add(&api, &request(r#"{"stale":true,"count":2}"#)).unwrap();
        let pinned = Arc::downgrade(api.behaviours.lock().kept[0].store.as_ref().unwrap());
        let target = Target { place: Place::NONE, identifiers: Vec::new() };
        for is_kept in [true, false] {
            let alteration = api.behaviours.alter(&request(""), &target);
            assert!(matches!(alteration.act, Some(Altering::Stale(_))));
            drop(alteration);
            assert_eq!(pinned.upgrade().is_some(), is_kept);
        }
    }
}
