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
    (
        "the date of a surplus has a fraction",
        "customer/surplus/property/date",
        |request, server| {
            server.edit(SURPLUS, request, |surplus| {
                let date = format!("{}.000", surplus["date"].as_str().unwrap_or_default());
                set(surplus, "date", json!(date));
            })
        },
    ),
    ("the date of a surplus has a zone", "customer/list-surpluses/form", |request, server| {
        server.edit(SURPLUSES, request, |list| {
            for surplus in list["items"].as_array_mut().into_iter().flatten() {
                let date = format!("{}Z", surplus["date"].as_str().unwrap_or_default());
                set(surplus, "date", json!(date));
            }
        })
    }),
    ("a depleted surplus is listed", "customer/surplus/depleted", |request, server| {
        let hit = request.path.contains("/9998/");
        server.edit(SURPLUSES, request, |list| {
            let items = list["items"].as_array_mut().unwrap();
            if let Some(first) = items.first().cloned().filter(|_| hit) {
                items.push(first);
                set(items.last_mut().unwrap(), "surplusId", json!("Z0y0X0"));
            }
        })
    }),
    (
        "the previous link of a page leads to the page itself",
        "customer/list-surpluses/previous-goes-back",
        |request, server| {
            let query = request.query.clone().unwrap_or_default();
            let itself = format!("{}?{query}", request.path);
            server.edit(SURPLUSES, request, |list| {
                if list["navigation"]["previous"].is_string() {
                    list["navigation"]["previous"] = json!(itself);
                }
            })
        },
    ),
    (
        "an accepted order is listed twice",
        "customer/add-disbursement-order/listed-once",
        |request, server| {
            server.edit(&format!("GET {ORDERS}"), request, |list| {
                let orders = list["items"].as_array_mut().unwrap();
                orders.extend(orders.clone());
            })
        },
    ),
    (
        "an accepted order is listed with another account",
        "customer/add-disbursement-order/account-sent",
        |request, server| {
            server.edit(&format!("GET {ORDERS}"), request, |list| {
                for order in list["items"].as_array_mut().into_iter().flatten() {
                    if order["norwegianBankAccount"].is_object() {
                        order["norwegianBankAccount"]["accountNo"] = json!("86011117948");
                    }
                }
            })
        },
    ),
    ("a surplus is missing", "customer/surplus/each-overpayment", |request, server| {
        server.edit(SURPLUSES, request, |list| drop(list["items"].as_array_mut().unwrap().pop()))
    }),
    ("a later page is cut off halfway", "customer/list-surpluses/form", |request, server| {
        let is_later = request.query.as_deref().is_some_and(|query| query.contains("skip="));
        let mut answer = server.pass(request);
        if is_later && String::from_utf8_lossy(&answer.body).contains("\"items\":[{") {
            answer.body.truncate(answer.body.len() / 2);
        }
        answer
    }),
    ("a later page has no items", "customer/list-surpluses/form", |request, server| {
        let is_later = request.query.as_deref().is_some_and(|query| query.contains("skip="));
        server.edit(SURPLUSES, request, |list| {
            if is_later {
                crate::rewrite::remove(list, "items");
            }
        })
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
