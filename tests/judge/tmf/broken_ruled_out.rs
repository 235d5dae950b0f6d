//! Servers of the TM Forum API that do what the document rules out: what each does, and the clause
//! that must be named.

use std::collections::BTreeSet;
use std::sync::Mutex;

use serde_json::json;

use super::{ACCOUNT, CHARGE, NOTE, error};
use crate::Broken;
use crate::front::Server;
use crate::memory::Memory;
use crate::message::{Request, Response};

/// What the server does, the clause that it breaks, and how.
pub(crate) const BROKEN: &[Broken] = &[
    ("PUT on an account is answered 200", "tmf/put-billing-account/refused", |request, server| {
        accepted("PUT", ACCOUNT, request, server)
    }),
    (
        "DELETE on an account is answered 204",
        "tmf/delete-billing-account/refused",
        |request, server| {
            if request.item("DELETE", ACCOUNT) {
                Response::empty(204)
            } else {
                server.pass(request)
            }
        },
    ),
    (
        "DELETE on a charge is answered 202",
        "tmf/delete-applied-customer-billing-charge/refused",
        |request, server| {
            if request.item("DELETE", CHARGE) { Response::empty(202) } else { server.pass(request) }
        },
    ),
    (
        "PATCH on a charge is answered 200",
        "tmf/patch-applied-customer-billing-charge/refused",
        |request, server| accepted("PATCH", CHARGE, request, server),
    ),
    (
        "PUT on a charge is answered 200",
        "tmf/put-applied-customer-billing-charge/refused",
        |request, server| accepted("PUT", CHARGE, request, server),
    ),
    (
        "DELETE on a note is answered 204",
        "tmf/delete-settlement-note-advice/refused",
        |request, server| {
            if request.item("DELETE", NOTE) { Response::empty(204) } else { server.pass(request) }
        },
    ),
    (
        "PATCH on a note is answered 200",
        "tmf/patch-settlement-note-advice/refused",
        |request, server| accepted("PATCH", NOTE, request, server),
    ),
    (
        "PUT on a note is answered 200",
        "tmf/put-settlement-note-advice/refused",
        |request, server| accepted("PUT", NOTE, request, server),
    ),
    (
        "POST on a note is answered 200",
        "tmf/post-settlement-note-advice/refused",
        |request, server| accepted("POST", NOTE, request, server),
    ),
    (
        "POST on the collection of notes is answered 201",
        "tmf/post-settlement-note-advice/refused-on-collection",
        |request, server| match request.all("POST", NOTE) {
            true => Response::json_of(201, &json!({"id": "29"})),
            false => server.pass(request),
        },
    ),
    (
        "PUT makes an account that there was not",
        "tmf/put-billing-account/refused",
        |request, server| upserted(ACCOUNT, request, server),
    ),
    (
        "PUT makes a charge that there was not",
        "tmf/put-applied-customer-billing-charge/refused",
        |request, server| upserted(CHARGE, request, server),
    ),
    (
        "PUT makes a note that there was not",
        "tmf/put-settlement-note-advice/refused",
        |request, server| upserted(NOTE, request, server),
    ),
    (
        "DELETE on an account is refused and done",
        "tmf/billing-account/ruled-out-changes-nothing",
        |request, server| deleted(ACCOUNT, request, server),
    ),
    (
        "DELETE on a charge is refused and done",
        "tmf/applied-customer-billing-charge/ruled-out-changes-nothing",
        |request, server| deleted(CHARGE, request, server),
    ),
    (
        "DELETE on a note is refused and done",
        "tmf/settlement-note-advice/ruled-out-changes-nothing",
        |request, server| deleted(NOTE, request, server),
    ),
    (
        "PUT on an account is refused and done",
        "tmf/billing-account/ruled-out-changes-nothing",
        |request, server| {
            static MEMORY: Memory = Memory::new();
            written("PUT", ACCOUNT, &MEMORY, request, server)
        },
    ),
    (
        "PUT on a charge is refused and done",
        "tmf/applied-customer-billing-charge/ruled-out-changes-nothing",
        |request, server| {
            static MEMORY: Memory = Memory::new();
            written("PUT", CHARGE, &MEMORY, request, server)
        },
    ),
    (
        "PATCH on a charge is refused and done",
        "tmf/applied-customer-billing-charge/ruled-out-changes-nothing",
        |request, server| {
            static MEMORY: Memory = Memory::new();
            written("PATCH", CHARGE, &MEMORY, request, server)
        },
    ),
    (
        "PATCH on a note is refused and done",
        "tmf/settlement-note-advice/ruled-out-changes-nothing",
        |request, server| {
            static MEMORY: Memory = Memory::new();
            written("PATCH", NOTE, &MEMORY, request, server)
        },
    ),
];

/// Answers an operation that there is not as if it had done something.
fn accepted(method: &str, collection: &str, request: Request, server: &Server) -> Response {
    match request.item(method, collection) {
        true => server.pass(request.get()),
        false => server.pass(request),
    }
}

/// Answers a PUT of what there is not as a creation.
fn upserted(collection: &str, request: Request, server: &Server) -> Response {
    let unknown = request.item("PUT", collection) && !server.pass(request.get()).is_success();
    match unknown {
        true => Response::json_of(201, &json!({"id": request.last()})),
        false => server.pass(request),
    }
}

/// Refuses to delete, and deletes.
fn deleted(collection: &str, request: Request, server: &Server) -> Response {
    static GONE: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut gone = GONE.lock().unwrap();
    if request.item("DELETE", collection) {
        gone.insert(request.path);
        return error(405);
    }
    let known = request.item("*", collection) && gone.contains(&request.path);
    if known { error(404) } else { server.pass(request) }
}

/// Refuses to write, and writes.
fn written(
    method: &str,
    collection: &str,
    memory: &Memory,
    request: Request,
    server: &Server,
) -> Response {
    if request.item(method, collection) {
        memory.keep(&request.path, &request.json());
    }
    memory.pass(request, server)
}
