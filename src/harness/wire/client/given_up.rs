//! Operations that have timed out too often: whoever waits for them waits for nothing.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::harness::wire::message::Request;

/// After so many time-outs an operation is not waited for again.
const ENOUGH: u32 = 3;

/// How often each operation has timed out since it last answered.
#[derive(Debug, Default)]
pub(super) struct GivenUp(Mutex<HashMap<String, u32>>);

impl GivenUp {
    /// Returns why a request is not sent, if its operation is given up.
    pub(super) fn why_not(&self, request: &Request) -> Option<String> {
        let operation = operation(request);
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(&operation).filter(|count| **count >= ENOUGH)?;
        Some(format!(
            "it was not sent: {operation} has given no answer in time {ENOUGH} times, and is not \
             waited for again"
        ))
    }

    /// Takes note of a request that was waited for in vain.
    pub(super) fn note(&self, request: &Request) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(operation(request)).or_default() += 1;
    }

    /// Takes note of a request that was answered: an operation that is slow now and then is not
    /// given up.
    pub(super) fn answered(&self, request: &Request) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !counts.is_empty() {
            counts.remove(&operation(request));
        }
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

#[cfg(test)]
mod tests {
    use super::{GivenUp, Request};

    fn get(path: &str) -> Request {
        Request {
            method: "GET".to_owned(),
            url: format!("http://h:1{path}"),
            headers: Vec::new(),
            credential: None,
            body: None,
        }
    }

    #[test]
    fn an_operation_is_given_up_after_three_time_outs_whatever_it_was_asked_for() {
        let given_up = GivenUp::default();
        for path in ["/v1/100/invoices/1?a=b", "/v1/100/invoices/2", "/v1/200/invoices/3"] {
            assert_eq!(given_up.why_not(&get(path)), None, "{path}");
            given_up.note(&get(path));
        }
        let why = given_up.why_not(&get("/v1/100/invoices/4")).unwrap();
        assert!(why.contains("GET /*/*/invoices/*"), "{why}");
        for path in ["/v1/100/customers/4", "/v1/100/invoices/4/subscriptions", "/v1/100/invoices"]
        {
            assert_eq!(given_up.why_not(&get(path)), None, "{path}");
        }
    }

    #[test]
    fn an_operation_that_answers_in_between_is_not_given_up() {
        let given_up = GivenUp::default();
        for _ in 0..4 {
            given_up.note(&get("/a/1"));
            given_up.note(&get("/a/2"));
            given_up.answered(&get("/a/3"));
        }
        assert_eq!(given_up.why_not(&get("/a/4")), None);
    }
}
