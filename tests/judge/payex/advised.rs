//! Servers of the PayEx APIs that neglect no more than a recommendation: each conforms, and the
//! clause is named all the same.

use serde_json::Value;

use super::broken_usage::{SUMMARIES, each, number};
use crate::Broken;
use crate::message::{Framing, Request, Response};
use crate::rewrite::{each_text, set};

/// What the server does, the clause that it neglects, and how.
pub(crate) const ADVISED: &[Broken] = &[
    // 299.4999999999999 for 299.50 (reading 27).
    (
        "a summary's total shows that it went through binary floating point",
        "usage/usage-summaries/property/totalAmount",
        |request, server| {
            server.edit(SUMMARIES, request, |list| {
                each(list, |summary| {
                    let total = summary["totalAmount"].as_f64().unwrap_or_default();
                    summary["totalAmount"] = number(&format!("{}", total - 1e-13));
                });
            })
        },
    ),
    (
        "the update of a billing address leads to the legal one",
        "customer/operations/as-documented",
        |request, server| {
            server.edit("GET customer/customers/*/billing-address", request, |address| {
                for operation in address["operations"].as_array_mut().into_iter().flatten() {
                    let href = operation["href"].as_str().unwrap_or_default();
                    if operation["rel"] == "update" {
                        operation["href"] = href.replace("billing", "legal").into();
                    }
                }
            })
        },
    ),
    ("HEAD is no method", "usage/methods/head", |request, server| match request.method == "HEAD" {
        true => Response::empty(405),
        false => server.pass(request),
    }),
    ("HEAD with a body", "usage/methods/head", |request, server| {
        let head = request.method == "HEAD";
        let get = Request { method: "GET".to_owned(), ..request.clone() };
        match head {
            true => Response { framing: Framing::LengthAndBodyToHead, ..server.pass(get) },
            false => server.pass(request),
        }
    }),
    (
        "links to the host behind the proxy",
        "usage/invoice/property/subscriptions",
        |request, server| {
            each_text(request, server, |_, text| {
                if text.starts_with("/billing/usage/") {
                    text.insert_str(0, "http://billing-7:8080");
                }
            })
        },
    ),
    (
        "calls begin with a fraction of a second",
        "usage/list-usage-details/form",
        |request, server| {
            server.edit("GET usage/**", request, |list| {
                each(list, |call| {
                    if let Some(start) = call["startDateTime"].as_str() {
                        call["startDateTime"] = Value::from(format!("{start}.000"));
                    }
                });
            })
        },
    ),
    (
        "a summary's type has another name than its calls",
        "usage/list-usage-summaries/only-its-own",
        |request, server| {
            server.edit(SUMMARIES, request, |list| {
                each(list, |summary| {
                    let short = summary["type"] != 330 && summary["type"] != 410;
                    if short && summary["type"] != 420 {
                        set(summary, "typeName", Value::from("Other"));
                    }
                });
            })
        },
    ),
];
