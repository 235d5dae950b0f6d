//! Operations that have timed out, or answered more than a run takes, too often: whoever asks for them
//! waits for nothing.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::harness::wire::message::{NoAnswer, Request};

/// After so many time-outs, or answers that are too much, an operation is not asked for again.
const ENOUGH: u32 = 3;

/// How often each operation has failed so.
#[derive(Debug, Default)]
pub(super) struct GivenUp {
    /// The time-outs of each since it last answered.
    late: Counts,
    /// The answers of each, with the same names in its query, that were too much.
    excessive: Counts,
    /// The lists of each that had too many pages.
    endless: Counts,
}

#[derive(Debug, Default)]
struct Counts(Mutex<HashMap<String, u32>>);

impl GivenUp {
    /// Returns why a request is not sent, if its operation is given up.
    pub(super) fn why_not(&self, request: &Request) -> Option<NoAnswer> {
        let late = operation(request);
        if self.late.has_enough(&late) {
            return Some(NoAnswer::Busy(format!(
                "it was not sent: {late} has given no answer in time {ENOUGH} times, and is not \
                 waited for again"
            )));
        }
        let excessive = operation_with_query(request);
        self.excessive.has_enough(&excessive).then(|| {
            NoAnswer::Excess(format!(
                "it was not sent: {excessive} has answered more than a run takes {ENOUGH} times, \
                 and is not asked for again"
            ))
        })
    }

    /// Returns why the pages of a list are not followed, if those of its operation are given up.
    pub(super) fn why_not_followed(&self, list: &Request) -> Option<NoAnswer> {
        let endless = operation_with_query(list);
        self.endless.has_enough(&endless).then(|| {
            NoAnswer::Excess(format!(
                "it was not sent: the lists of {endless} have gone on for more than a run takes \
                 {ENOUGH} times, and are not followed again"
            ))
        })
    }

    /// Takes note of a request that was waited for in vain.
    pub(super) fn note_late(&self, request: &Request) {
        self.late.note(operation(request));
    }

    /// Takes note of a request whose answer was too much.
    pub(super) fn note_excess(&self, request: &Request) {
        self.excessive.note(operation_with_query(request));
    }

    /// Takes note of a list that had too many pages.
    pub(super) fn note_endless(&self, list: &Request) {
        self.endless.note(operation_with_query(list));
    }

    /// Takes note of a request that was answered: an operation that is slow now and then is not
    /// given up.
    pub(super) fn answered(&self, request: &Request) {
        let mut counts = self.late.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !counts.is_empty() {
            counts.remove(&operation(request));
        }
    }
}

impl Counts {
    fn has_enough(&self, operation: &str) -> bool {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(operation).is_some_and(|count| *count >= ENOUGH)
    }

    fn note(&self, operation: String) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(operation).or_default() += 1;
    }
}

/// Returns the operation that a request is of: its method and path, with `*` for each segment that
/// has a digit in it, as identifiers do.
fn operation(request: &Request) -> String {
    let url = request.url.split(['?', '#']).next().unwrap_or_default();
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = path.split_once('/').map_or("", |(_, path)| path);
    let general = |segment: &str| match segment.bytes().any(|byte| byte.is_ascii_digit()) {
        true => "*".to_owned(),
        false => segment.to_owned(),
    };
    let segments: Vec<_> = path.split('/').map(general).collect();
    format!("{} /{}", request.method, segments.join("/"))
}

/// Returns the same with the names of the query: a list that is filtered may be short where the whole
/// one is not.
fn operation_with_query(request: &Request) -> String {
    let query = request.url.split_once('?').map_or("", |(_, query)| query);
    let names: Vec<_> = query
        .split('&')
        .map(|pair| pair.split('=').next().unwrap_or_default())
        .filter(|name| !name.is_empty())
        .collect();
    match names.is_empty() {
        true => operation(request),
        false => format!("{}?{}", operation(request), names.join("&")),
    }
}

#[cfg(test)]
mod tests {
    use super::{GivenUp, NoAnswer, Request};

    fn get(path: &str) -> Request {
        Request {
            method: "GET".to_owned(),
            url: format!("http://h:1{path}"),
            headers: Vec::new(),
            credential: None,
            body: None,
            room: Default::default(),
        }
    }

    #[test]
    fn an_operation_is_given_up_after_three_time_outs_whatever_it_was_asked_for() {
        let given_up = GivenUp::default();
        for path in ["/v1/100/invoices/1?a=b", "/v1/100/invoices/2", "/v1/200/invoices/3"] {
            assert_eq!(given_up.why_not(&get(path)), None, "{path}");
            given_up.note_late(&get(path));
        }
        let why = given_up.why_not(&get("/v1/100/invoices/4")).unwrap();
        assert!(why.reason().contains("GET /*/*/invoices/*"), "{why:?}");
        for path in ["/v1/100/customers/4", "/v1/100/invoices/4/subscriptions", "/v1/100/invoices"]
        {
            assert_eq!(given_up.why_not(&get(path)), None, "{path}");
        }
    }

    #[test]
    fn an_operation_that_answers_in_between_is_not_given_up() {
        let given_up = GivenUp::default();
        for _ in 0..4 {
            given_up.note_late(&get("/a/1"));
            given_up.note_late(&get("/a/2"));
            given_up.answered(&get("/a/3"));
        }
        assert_eq!(given_up.why_not(&get("/a/4")), None);
    }

    /// A list that is too long was met again by every case that asks for a part of it.
    #[test]
    fn what_answers_too_much_is_given_up_for_what_was_asked_and_not_for_a_part_of_it() {
        let given_up = GivenUp::default();
        for path in ["/a/1?id=7&limit=2", "/a/2?id=8&limit=", "/a/3?id=9&limit=1"] {
            given_up.note_excess(&get(path));
            given_up.answered(&get(path));
        }
        let why = given_up.why_not(&get("/a/4?id=1&limit=1")).unwrap();
        assert!(
            matches!(&why, NoAnswer::Excess(why) if why.contains("GET /a/*?id&limit")),
            "{why:?}"
        );
        for path in ["/a/4", "/a/4?id=1", "/a?id=1&limit=1"] {
            assert_eq!(given_up.why_not(&get(path)), None, "{path}");
            assert_eq!(given_up.why_not_followed(&get(path)), None, "{path}");
        }
        (0..3).for_each(|_| given_up.note_endless(&get("/a/4")));
        assert_eq!(given_up.why_not(&get("/a/5")), None);
        assert!(given_up.why_not_followed(&get("/a/5")).is_some());
    }
}
