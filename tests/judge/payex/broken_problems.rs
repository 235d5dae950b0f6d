//! Servers of the customer API that break problems.

use serde_json::json;

use crate::Broken;
use crate::message::Response;
use crate::rewrite::{remove, set};

const CUSTOMER: &str = "GET customer/customers/*";

/// What the server does, the clause that it breaks, and how.
pub(crate) const BROKEN: &[Broken] = &[
    (
        "a problem without its parameter",
        "customer/problem/names-the-parameter",
        |request, server| {
            server.problem(request, |problem| problem.edit(|body| remove(body, "Problems")))
        },
    ),
    (
        "a problem whose code is another",
        "customer/problem/customer-not-found",
        |request, server| {
            server.problem(request, |problem| {
                problem.edit(|body| set(body, "Type", json!("ledger/customer/v1/problems/error")))
            })
        },
    ),
    ("a problem without its status", "customer/problem/form", |request, server| {
        server.problem(request, |problem| problem.edit(|body| remove(body, "Status")))
    }),
    ("a problem with another status", "customer/problem/status-agrees", |request, server| {
        server.problem(request, |problem| problem.edit(|body| set(body, "Status", json!(500))))
    }),
    ("a problem as plain JSON", "customer/problem/media", |request, server| {
        server.problem(request, |problem| problem.with_media("application/json"))
    }),
    (
        "an unknown customer is answered 200",
        "customer/problem/customer-not-found",
        |request, server| {
            let hit = request.is(CUSTOMER);
            let response = server.pass(request);
            if hit && response.status == 404 {
                Response::json_of(200, &json!({}))
            } else {
                response
            }
        },
    ),
    (
        "a missing legal address is answered 200 and nothing",
        "customer/problem/legal-address-does-not-exists",
        |request, server| {
            let response = server.pass(request);
            let code = response.json()["Type"].as_str().unwrap_or_default().to_owned();
            match code.ends_with("legal-address-does-not-exists") {
                true => Response::json_of(200, &json!({})),
                false => response,
            }
        },
    ),
];
