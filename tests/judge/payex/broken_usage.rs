//! Servers of the usage API that break it: what each does, and the clause that must be named.

use serde_json::{Number, Value, json};

use super::broken_ledgers::open_to_all;
use crate::Broken;
use crate::front::Server;
use crate::message::{Request, Response};
use crate::rewrite::{remove, set};

const DETAILS: &str = "GET usage/invoices/*/subscriptions/*/usage-details";
pub(super) const SUMMARIES: &str = "GET usage/invoices/*/subscriptions/*/usage-summaries";
pub(super) const UNBILLED_SUMMARIES: &str =
    "GET usage/customers/*/subscriptions/*/unbilled-usage-summaries";

/// What the server does, the clause that it breaks, and how.
pub(crate) const BROKEN: &[Broken] = &[
    (
        "a summary counts one call too few",
        "usage/usage-summaries/property/usageCount",
        |request, server| {
            server.edit(SUMMARIES, request, |list| {
                each(list, |summary| {
                    let count = summary["usageCount"].as_u64().unwrap_or_default();
                    summary["usageCount"] = json!(count.saturating_sub(1));
                });
            })
        },
    ),
    (
        "a summary's total is a hundredth too much",
        "usage/usage-summaries/property/totalAmount",
        |request, server| totals(SUMMARIES, request, server, |total| total + 0.01),
    ),
    (
        "an unbilled summary costs nothing",
        "usage/unbilled-usage-summaries/property/totalAmount",
        |request, server| totals(UNBILLED_SUMMARIES, request, server, |_| 0.0),
    ),
    (
        "a summary's total is a credit",
        "usage/usage-summaries/property/totalAmount",
        |request, server| totals(SUMMARIES, request, server, |total| -total),
    ),
    (
        "an unbilled summary's total is in whole kronor",
        "usage/unbilled-usage-summaries/property/totalAmount",
        |request, server| totals(UNBILLED_SUMMARIES, request, server, f64::round),
    ),
    (
        "the VAT of a summary's total counted twice",
        "usage/usage-summaries/property/totalAmount",
        |request, server| {
            server.edit(SUMMARIES, request, |list| {
                each(list, |summary| {
                    let rate = summary["vatRate"].as_f64().unwrap_or_default() / 100.0;
                    let total = summary["totalAmount"].as_f64().unwrap_or_default();
                    let twice = total * (1.0 + rate) * (1.0 + rate);
                    summary["totalAmount"] = number(&format!("{twice:.2}"));
                });
            })
        },
    ),
    (
        "the VAT rates of calls as fractions",
        "usage/usage-details/property/chargeDetails.vatRate",
        |request, server| {
            server.edit(DETAILS, request, |list| {
                each(list, |call| {
                    let rate = call["chargeDetails"]["vatRate"].as_f64().unwrap_or_default();
                    call["chargeDetails"]["vatRate"] = json!(rate / 100.0);
                });
            })
        },
    ),
    (
        "the VAT rate of an unbilled summary as a fraction",
        "usage/unbilled-usage-summaries/property/vatRate",
        |request, server| {
            server.edit(UNBILLED_SUMMARIES, request, |list| {
                each(list, |summary| {
                    let rate = summary["vatRate"].as_f64().unwrap_or_default();
                    summary["vatRate"] = json!(rate / 100.0);
                });
            })
        },
    ),
    (
        "the amount of a call in whole kronor",
        "usage/usage-details/property/totalAmount",
        |request, server| totals(DETAILS, request, server, f64::round),
    ),
    (
        "the volume of a summary counts a unit too much",
        "usage/usage-summaries/property/volume",
        |request, server| {
            server.edit(SUMMARIES, request, |list| {
                each(list, |summary| {
                    let volume = summary["volume"].as_u64().unwrap_or_default();
                    summary["volume"] = json!(volume + 1);
                });
            })
        },
    ),
    (
        "a summary's first and last day exchanged",
        "usage/usage-summaries/property/firstUsageDate",
        |request, server| {
            server.edit(SUMMARIES, request, |list| {
                each(list, |summary| {
                    let first = summary["firstUsageDate"].take();
                    summary["firstUsageDate"] = summary["lastUsageDate"].take();
                    summary["lastUsageDate"] = first;
                });
            })
        },
    ),
    ("only one type is summarised", "usage/list-usage-summaries/one-a-type", |request, server| {
        server.edit(SUMMARIES, request, |list| keep(list, 1))
    }),
    ("a bare array for a list", "usage/list-usage-summaries/form", |request, server| {
        server.edit(SUMMARIES, request, |list| *list = list["items"].take())
    }),
    ("a call is missing", "usage/list-usage-details/every-call", |request, server| {
        server.edit(DETAILS, request, |list| drop(list["items"].as_array_mut().unwrap().pop()))
    }),
    (
        "only the first call says where it roamed",
        "usage/list-usage-details/every-call",
        |request, server| {
            server.edit(DETAILS, request, |list| {
                let calls = list["items"].as_array_mut().into_iter().flatten();
                calls.skip(1).for_each(|call| remove(call, "roamingDetails"));
            })
        },
    ),
    (
        "the calls of the other subscriptions too",
        "usage/list-usage-details/only-its-own",
        |request, server| {
            let asked = request.clone();
            server.edit(DETAILS, request, |list| {
                let (above, _) = asked.path.split_once("/subscriptions/").unwrap();
                let above = format!("{above}/subscriptions");
                let others = server.pass(asked.also("GET", above.clone(), None)).json();
                let mut items = Vec::new();
                for other in others["items"].as_array().unwrap() {
                    let number = other["subscriptionNo"].as_str().unwrap();
                    let path = format!("{above}/{number}/usage-details");
                    let calls = server.pass(asked.also("GET", path, None)).json();
                    items.extend(calls["items"].as_array().unwrap().iter().cloned());
                }
                set(list, "items", Value::Array(items));
            })
        },
    ),
    ("a call without typeName", "usage/usage-details/property/typeName", |request, server| {
        server.edit(DETAILS, request, |list| each(list, |call| remove(call, "typeName")))
    }),
    ("calls an hour late", "usage/usage-details/property/startDateTime", |request, server| {
        server.edit(DETAILS, request, |list| {
            each(list, |call| {
                let start = call["startDateTime"].as_str().unwrap_or_default();
                call["startDateTime"] = json!(start.replacen("T0", "T1", 1));
            });
        })
    }),
    (
        "unbilled calls without their provider",
        "usage/unbilled-usage-details/property/providerDetails",
        |request, server| {
            let unbilled = "GET usage/customers/*/subscriptions/*/unbilled-usage-details";
            server
                .edit(unbilled, request, |list| each(list, |call| remove(call, "providerDetails")))
        },
    ),
    (
        "a subscription that leads to another's calls",
        "usage/subscription/property/usageDetails",
        |request, server| {
            server.edit("GET usage/invoices/*/subscriptions/*", request, |subscription| {
                set(
                    subscription,
                    "usageDetails",
                    json!("/billing/usage/v1/100/invoices/123456/subscriptions/1/usage-details"),
                );
            })
        },
    ),
    ("amounts as text", "usage/list-usage-details/form", |request, server| {
        server.edit(DETAILS, request, |list| {
            each(list, |call| call["totalAmount"] = json!(call["totalAmount"].to_string()));
        })
    }),
    (
        "a volume that went through a double",
        "usage/usage-details/property/volume",
        |request, server| {
            server.edit(DETAILS, request, |list| {
                each(list, |call| {
                    let rounded = call["volume"].as_f64().unwrap_or_default();
                    call["volume"] = number(&format!("{rounded:.0}"));
                });
            })
        },
    ),
    (
        "charge details beside the call, not within",
        "usage/usage-details/property/chargeDetails",
        |request, server| {
            server.edit(DETAILS, request, |list| {
                each(list, |call| {
                    if let Value::Object(members) = call["chargeDetails"].take() {
                        remove(call, "chargeDetails");
                        members.into_iter().for_each(|(name, value)| set(call, &name, value));
                    }
                });
            })
        },
    ),
    ("unbilled shows billed", "usage/route/two-trees", |request, server| {
        let mut billed = request.clone();
        billed.path = request.path.replace("/customers/", "/invoices/").replace("unbilled-", "");
        let unbilled = request.is("GET usage/customers/**");
        let own = server.pass(request);
        if !unbilled {
            return own;
        }
        Some(server.pass(billed)).filter(Response::is_success).unwrap_or(own)
    }),
    ("another ledger's usage served", "usage/route/ledger", |request, server| {
        let elsewhere = request.to_ledger("200");
        let asked = request.is("GET usage/**");
        let own = server.pass(request);
        if !asked || own.status != 404 {
            return own;
        }
        Some(server.pass(elsewhere)).filter(Response::is_success).unwrap_or(own)
    }),
    (
        "a subscription is missing",
        "usage/list-customer-subscriptions/exactly-its-own",
        |request, server| {
            server.edit("GET usage/customers/*/subscriptions", request, |list| keep(list, 1))
        },
    ),
    (
        "one subscription for all",
        "usage/unbilled-subscription/property/subscriptionNo",
        |request, server| {
            server.edit("GET usage/customers/*/subscriptions/*", request, |subscription| {
                set(subscription, "subscriptionNo", json!("12345690"));
            })
        },
    ),
    ("an unknown number is a server error", "usage/problem/no-server-error", |request, server| {
        let asked = request.is("GET usage/**");
        let response = server.pass(request);
        match asked && response.status == 404 {
            true => Response::problem(500, "error"),
            false => response,
        }
    }),
    ("an invoice is served as a customer too", "usage/problem/one-tree-only", |request, server| {
        let mut billed = request.clone();
        billed.path = request.path.replace("/customers/", "/invoices/");
        let asked = request.is("GET usage/customers/*");
        let own = server.pass(request);
        match asked && own.status == 404 {
            true => server.pass(billed),
            false => own,
        }
    }),
    (
        "an unknown invoice is answered 200 and nothing",
        "usage/problem/invoice-not-found",
        |request, server| {
            let hit = request.is("GET usage/invoices/**");
            let response = server.pass(request);
            match hit && response.status == 404 {
                true => Response::json_of(200, &json!({"items": []})),
                false => response,
            }
        },
    ),
    (
        "an unknown subscription is answered 200 and nothing",
        "usage/problem/subscription-not-found",
        |request, server| {
            let hit = request.is("GET usage/*/*/subscriptions/**");
            let response = server.pass(request);
            match hit && response.status == 404 {
                true => Response::json_of(200, &json!({"items": []})),
                false => response,
            }
        },
    ),
    ("one problem for all", "usage/problem/customer-not-found", |request, server| {
        server.problem(request, |problem| {
            problem.edit(|body| set(body, "Type", json!("billing/usage/problems/not-found")))
        })
    }),
    ("a problem as plain JSON", "usage/problem/media", |request, server| {
        server.problem(request, |problem| problem.with_media("application/json"))
    }),
    ("any ledger's token opens all", "usage/security/no-data-for-others", open_to_all),
    ("one empty answer to everything", "usage/get-invoice/form", |_: Request, _| {
        Response::json_of(200, &json!({}))
    }),
    ("an error for everything", "usage/get-invoice/status", |_: Request, _| {
        Response::problem(500, "error")
    }),
];

/// Changes the amount of each item.
fn totals(pattern: &str, request: Request, server: &Server, of: fn(f64) -> f64) -> Response {
    server.edit(pattern, request, |list| {
        each(list, |item| {
            let total = of(item["totalAmount"].as_f64().unwrap_or_default());
            item["totalAmount"] = number(&format!("{total:.2}"));
        });
    })
}

/// Changes each item of a list.
pub(super) fn each(list: &mut Value, change: impl Fn(&mut Value)) {
    list["items"].as_array_mut().into_iter().flatten().for_each(change);
}

/// Keeps the first items of a list.
fn keep(list: &mut Value, count: usize) {
    if let Some(items) = list["items"].as_array_mut() {
        items.truncate(count);
    }
}

pub(super) fn number(digits: &str) -> Value {
    Value::Number(digits.parse::<Number>().unwrap())
}
