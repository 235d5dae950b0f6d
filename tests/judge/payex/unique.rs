//! A server that keeps what customers are reached and known by unique, which no document forbids
//! (reading 229).

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::front::Server;
use crate::message::{Request, Response};

const UNIQUE: [&str; 3] = ["emailAddress", "msisdn", "vatNo"];

/// What the documents print, which the fixtures' customer has in every ledger.
const PRINTED: [&str; 3] = ["britt@axelstopp.com", "+91485918841", "SE101010101001"];

/// Passes, unless another customer of the ledger has a value that is kept unique.
pub(super) fn pass(request: Request, server: &Server) -> Response {
    static HELD: Mutex<BTreeMap<(String, String), String>> = Mutex::new(BTreeMap::new());
    let creates = request.is("POST customer/customers")
        || request.is("POST customer/generate-consumer-customer-by-reg-no");
    let patched = request.is("PATCH customer/customers/*").then(|| request.last().to_owned());
    if !creates && patched.is_none() {
        return server.pass(request);
    }
    let (ledger, body) = (request.ledger().to_owned(), request.json());
    let values = UNIQUE.iter().filter_map(|name| body[name].as_str());
    let values: Vec<_> = values.map(|value| (ledger.clone(), value.to_owned())).collect();
    let is_taken = |(_, value): &(String, String)| PRINTED.contains(&value.as_str());
    let mut held = HELD.lock().unwrap();
    let other = |value| held.get(value).is_some_and(|owner| Some(owner) != patched.as_ref());
    if values.iter().any(|value| is_taken(value) || other(value)) {
        return Response::problem(409, "value-taken");
    }
    let response = server.pass(request);
    if response.is_success() {
        let created = response.json()["customerNo"].as_str().map(|number| number.trim().to_owned());
        if let Some(owner) = patched.or(created) {
            held.extend(values.into_iter().map(|value| (value, owner.clone())));
        }
    }
    response
}
