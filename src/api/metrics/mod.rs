//! What is counted of requests, connections and events: additions to numbers that nobody locks. Names
//! come from the tables of routes alone, so that no client makes another.

mod text;

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use http::{Method, StatusCode};

use super::admin;
use crate::store::measure::Histogram;

pub(super) use text::response;

/// The statuses that are counted each; any other is counted with the last.
const STATUSES: [u16; 31] = [
    200, 201, 202, 204, 206, 301, 304, 400, 401, 403, 404, 405, 406, 408, 409, 410, 413, 414, 415,
    418, 421, 422, 429, 431, 444, 500, 501, 502, 503, 504, 0,
];

/// The bounds of how long answering takes, in nanoseconds.
const TIMES: &[u64] = &[
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    500_000_000,
    1_000_000_000,
    2_500_000_000,
    10_000_000_000,
];

/// How many stand behind the documents' APIs: the admin surface, and what belongs to none.
const OWN: usize = 2;

/// What is counted.
pub(super) struct Metrics {
    /// Each API, the admin surface, and last what belongs to none of them.
    apis: Vec<OfApi>,
    pub(super) connections: Connections,
    pub(super) events: Events,
}

/// The requests to one API.
struct OfApi {
    name: &'static str,
    /// Each operation, and last what found none.
    operations: Vec<OfOperation>,
    times: Histogram,
}

/// The requests for one operation.
struct OfOperation {
    /// A method and a path of a route.
    name: String,
    by_status: [AtomicU64; STATUSES.len()],
}

/// Connections of clients.
#[derive(Default)]
pub(super) struct Connections {
    accepted: AtomicU64,
    closed: AtomicU64,
}

/// Events on their way out.
#[derive(Default)]
pub(super) struct Events {
    pub(super) delivered: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) given_up: AtomicU64,
}

/// Where a request is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    api: usize,
    operation: usize,
}

impl Place {
    /// The place of what belongs to no API.
    pub(super) const NONE: Self = Self::of(usize::MAX);

    /// Returns the place of what found no operation of the API of that number.
    pub(super) const fn of(api: usize) -> Self {
        Self { api, operation: usize::MAX }
    }

    /// Enters the operation of that number.
    pub(super) fn enter(&mut self, operation: usize) {
        self.operation = operation;
    }
}

impl Metrics {
    /// Returns what counts the requests to these APIs, of each its name and its operations.
    pub(super) fn new(apis: impl Iterator<Item = (&'static str, Vec<String>)>) -> Self {
        let own = (admin::NAME, admin::operations().collect());
        let apis = apis.chain([own, ("none", Vec::new())]).map(|(name, operations)| OfApi {
            name,
            operations: operations
                .into_iter()
                .chain(["none".to_owned()])
                .map(OfOperation::new)
                .collect(),
            times: Histogram::new(TIMES),
        });
        Self {
            apis: apis.collect(),
            connections: Connections::default(),
            events: Events::default(),
        }
    }

    /// Returns the place of a request to a path of the admin surface.
    pub(super) fn own(&self, path: &str, method: &Method) -> Place {
        let operation = admin::operation(path, method).unwrap_or(usize::MAX);
        Place { api: self.apis.len() - OWN, operation }
    }

    /// Returns the names of an API and of one of its operations.
    pub(super) fn names(&self, place: Place) -> (&str, &str) {
        let api = self.apis.get(place.api).or(self.apis.last());
        let operation =
            api.and_then(|api| api.operations.get(place.operation).or(api.operations.last()));
        (api.map_or("", |api| api.name), operation.map_or("", |operation| &operation.name))
    }

    /// Returns every operation of the documents' APIs: its place, its API's name and its own.
    pub(super) fn documented(&self) -> impl Iterator<Item = (Place, &str, &str)> + Clone {
        let apis = self.apis[..self.apis.len() - OWN].iter().enumerate();
        apis.flat_map(|(api, of_api)| {
            let named = of_api.operations[..of_api.operations.len() - 1].iter().enumerate();
            let place = move |operation| Place { api, operation };
            named.map(move |(at, operation)| (place(at), of_api.name, operation.name.as_str()))
        })
    }

    /// Returns every name of an API and an operation under which requests are counted, but of the admin
    /// surface.
    pub(super) fn all_names(&self) -> impl Iterator<Item = (&'static str, &str)> + Clone {
        let apis = self.apis.iter().filter(|api| api.name != admin::NAME);
        apis.flat_map(|api| api.operations.iter().map(|operation| (api.name, &*operation.name)))
    }

    /// Counts a request that was answered within `time`.
    pub(super) fn count(&self, place: Place, status: StatusCode, time: Duration) {
        let api = self.apis.get(place.api).or(self.apis.last());
        let operations = api.map(|api| (api, api.operations.get(place.operation)));
        let Some((api, operation)) = operations else { return };
        let Some(operation) = operation.or(api.operations.last()) else { return };
        let other = STATUSES.len() - 1;
        let at = STATUSES[..other].binary_search(&status.as_u16()).unwrap_or(other);
        operation.by_status[at].fetch_add(1, Relaxed);
        api.times.add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }
}

impl OfOperation {
    fn new(name: String) -> Self {
        Self { name, by_status: [const { AtomicU64::new(0) }; STATUSES.len()] }
    }
}

impl Connections {
    /// Counts one that is open from now on.
    pub(super) fn open(&self) {
        self.accepted.fetch_add(1, Relaxed);
    }

    /// Counts one that has ended.
    pub(super) fn close(&self) {
        self.closed.fetch_add(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::STATUSES;

    #[test]
    fn the_statuses_are_in_order_so_that_one_is_found() {
        assert!(STATUSES[..STATUSES.len() - 1].is_sorted());
    }
}
