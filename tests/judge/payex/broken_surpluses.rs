//! Servers of the customer API that break surpluses and orders.

use serde_json::json;

use crate::Broken;
use crate::message::Response;
use crate::rewrite::set;

const SURPLUSES: &str = "GET customer/customers/*/surpluses";
const SURPLUS: &str = "GET customer/customers/*/surpluses/*";
const ORDERS: &str = "customer/customers/*/surpluses/*/active-disbursement-orders";

/// What the server does, the clause that it breaks, and how.
pub(crate) const BROKEN: &[Broken] = &[
    ("surplusId with regard to case", "customer/surplus/property/surplusId", |request, server| {
        let asked = request.last().to_owned();
        let hit = request.is(SURPLUS);
        let response = server.pass(request);
        if hit && response.is_success() && response.json()["surplusId"] != asked {
            return Response::problem(404, "not-found");
        }
        response
    }),
    ("a surplus under every customer", "customer/ledger/parents", |request, server| {
        let hit = request.is(SURPLUS);
        let path = format!("/ledger/customer/v1/100/customers/9999/surpluses/{}", request.last());
        let other = request.also("GET", path, None);
        let own = server.pass(request);
        if hit && own.status == 404 { server.pass(other) } else { own }
    }),
    ("a surplus of nothing", "customer/surplus/property/balance", |request, server| {
        server.edit(SURPLUS, request, |surplus| set(surplus, "balance", json!(0)))
    }),
    ("a surplus is missing", "customer/surplus/each-overpayment", |request, server| {
        server.edit(SURPLUSES, request, |list| drop(list["items"].as_array_mut().unwrap().pop()))
    }),
    ("a next link that leads nowhere", "customer/list-surpluses/links", |request, server| {
        server.edit(SURPLUSES, request, |list| {
            if list["navigation"]["next"].is_string() {
                list["navigation"]["next"] = json!("/ledger/customer/v1/100/nowhere");
            }
        })
    }),
    (
        "an accepted order is not listed",
        "customer/add-disbursement-order/listed",
        |request, server| {
            server.edit(&format!("GET {ORDERS}"), request, |list| set(list, "items", json!([])))
        },
    ),
    (
        "an order of two payees is accepted for the first",
        "customer/disbursement-order/one-payee",
        |mut request, server| {
            if request.is(&format!("POST {ORDERS}")) {
                request.edit(|order| *order = std::mem::take(order).into_iter().take(1).collect());
            }
            server.pass(request)
        },
    ),
    ("an order breaks the server", "customer/add-disbursement-order/answer", |request, server| {
        match request.is(&format!("POST {ORDERS}")) {
            true => Response::problem(500, "error"),
            false => server.pass(request),
        }
    }),
];
