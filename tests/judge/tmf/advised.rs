//! Servers of the TM Forum API that neglect no more than a recommendation: each conforms, and the
//! clause is named all the same.

use serde_json::{Value, json};

use super::{ACCOUNT, CHARGE, born_defined, each, error, ignored, lists, rename, ruled_out};
use crate::Broken;
use crate::front::Server;
use crate::memory::Memory;
use crate::message::{Request, Response};
use crate::rewrite::{each_object, remove, set};

/// What the server does, the clause that it neglects, and how.
pub(crate) const ADVISED: &[Broken] = &[
    (
        "an unknown account is an error of the client's",
        "tmf/unknown-id/status",
        |request, server| {
            let response = server.pass(request);
            if response.status == 404 { response.with_status(400) } else { response }
        },
    ),
    ("lists come back turned round", "tmf/lists/order", |request, server| {
        each_object(request, server, |members| {
            members.values_mut().filter_map(Value::as_array_mut).for_each(|list| list.reverse());
        })
    }),
    ("a filter finds what begins as it says", "tmf/query/exact", |mut request, server| {
        let query = request.query.clone().unwrap_or_default();
        let asked = query.strip_prefix("name=").filter(|name| !name.contains('&'));
        let Some(asked) = asked.filter(|_| request.all("GET", ACCOUNT)) else {
            return server.pass(request);
        };
        let asked = asked.replace("%20", " ");
        request.query = None;
        server.pass(request).edit(|list| {
            let begins = |it: &Value| it["name"].as_str().is_some_and(|n| n.starts_with(&asked));
            list.as_array_mut().into_iter().for_each(|list| list.retain(begins));
        })
    }),
    ("errors without a body", "tmf/unknown-id/body", |request, server| {
        server.problem(request, |problem| Response::empty(problem.status))
    }),
    (
        "only the first balance",
        "tmf/billing-account/member/billingAccountBalance",
        |request, server| {
            each(ACCOUNT, request, server, |account| {
                let balances = account["billingAccountBalance"].as_array_mut();
                balances.into_iter().for_each(|all| all.truncate(1));
            })
        },
    ),
    (
        "references of a list without their ids",
        "tmf/create-billing-account/stored",
        |request, server| {
            lists(request, server, |_, list| {
                let mut list = list.clone();
                for account in list.as_array_mut().into_iter().flatten() {
                    if account["paymentMean"].is_object() {
                        remove(&mut account["paymentMean"], "id");
                    }
                }
                list
            })
        },
    ),
    (
        "a change is answered with another name",
        "tmf/patch-billing-account/answer-is-the-resource",
        |request, server| {
            let sent = if request.body.is_empty() { Value::Null } else { request.json() };
            server.edit("PATCH tmf/billingAccount/*", request, |account| {
                if sent.get("name").is_none() {
                    set(account, "name", json!("Another"));
                }
            })
        },
    ),
    ("hrefs by another path that leads there", "tmf/hrefs/documented", |mut request, server| {
        request.path = request.path.replace("/billingManagement/by-number/", "/billingManagement/");
        each(ACCOUNT, request, server, |account| {
            let href = account["href"].as_str().unwrap_or_default();
            let href = href.replace("/billingAccount/", "/by-number/billingAccount/");
            set(account, "href", json!(href));
        })
    }),
    ("lists within objects", "tmf/lists/bare-array", |request, server| {
        lists(request, server, |_, list| json!({"items": list}))
    }),
    (
        "a change that is refused is made in part",
        "tmf/patch-billing-account/refused-changes-nothing",
        |request, server| {
            let mut part = None;
            if request.is("PATCH tmf/billingAccount/*") {
                let name = request.json().get("name").map(|name| json!({"name": name}));
                part = name.map(|body| request.also("PATCH", request.path.clone(), Some(&body)));
            }
            let response = server.pass(request);
            if let Some(part) = part.filter(|_| !response.is_success()) {
                server.pass(part);
            }
            response
        },
    ),
    ("404 for what is ruled out", "tmf/ruled-out/status-405", |request, server| {
        ruled_out(404, request, server)
    }),
    ("PATCH answers 200", "tmf/patch-billing-account/status-201", |request, server| {
        server.change("PATCH tmf/**", request, |response| response.with_status(200))
    }),
    ("filters are ignored", "tmf/query/equality", |mut request, server| {
        request.query =
            request.query.filter(|query| query.starts_with("fields") || query.contains("limit"));
        server.pass(request)
    }),
    ("fields are ignored", "tmf/query/fields", |mut request, server| {
        request.query = request.query.filter(|query| !query.starts_with("fields"));
        server.pass(request)
    }),
    ("pages are ignored", "tmf/query/paging", |mut request, server| {
        request.query = request.query.filter(|query| !query.contains("limit"));
        server.pass(request)
    }),
    ("a comma is a comma", "tmf/query/or", |mut request, server| {
        request.query =
            request.query.map(|query| query.split(',').next().unwrap_or_default().to_owned());
        server.pass(request)
    }),
    ("the first filter alone counts", "tmf/query/and", |mut request, server| {
        request.query =
            request.query.map(|query| query.split('&').next().unwrap_or_default().to_owned());
        server.pass(request)
    }),
    (
        "any state may follow any other",
        "tmf/patch-billing-account/invalid-transition",
        |request, server| {
            static MEMORY: Memory = Memory::new();
            MEMORY.patch("state", true, request, server)
        },
    ),
    (
        "the bill receiver may go",
        "tmf/patch-billing-account/bill-receiver-refused",
        |request, server| {
            static MEMORY: Memory = Memory::new();
            MEMORY.patch("relatedParty", true, request, server)
        },
    ),
    (
        "a validity is replaced whole",
        "tmf/patch-billing-account/merges-objects",
        |request, server| {
            static MEMORY: Memory = Memory::new();
            let patch = request.json();
            if request.item("PATCH", ACCOUNT)
                && patch["validFor"].get("startDateTime").is_none()
                && patch["validFor"].is_object()
            {
                MEMORY.keep(&request.path, &json!({"validFor": {"startDateTime": null}}));
            }
            MEMORY.pass(request, server)
        },
    ),
    ("names are not resolved", "tmf/patch-billing-account/name-resolved", |request, server| {
        server.edit("PATCH tmf/**", request, |account| {
            if let Some(medium) = account.get_mut("customerBillPresentationMedia") {
                remove(medium, "name");
            }
        })
    }),
    (
        "what cannot be changed is ignored",
        "tmf/patch-billing-account/rating-type-refused",
        |request, server| ignored(request, server, |members| members.get("ratingType").is_some()),
    ),
    (
        "a period's names are its own alone",
        "tmf/create-billing-account/other-period-names",
        |mut request, server| {
            if request.all("POST", ACCOUNT) {
                request.edit(|account| {
                    if let Some(period) = account.get_mut("validFor") {
                        rename(period, "startPeriod", "begin");
                        rename(period, "endPeriod", "end");
                    }
                });
            }
            server.pass(request)
        },
    ),
    ("a dotted path is none", "tmf/query/dotted-path", |mut request, server| {
        request.query = request.query.filter(|query| !query.starts_with("customer"));
        server.pass(request)
    }),
    ("a new account is Defined", "tmf/create-billing-account/state-active", born_defined),
    (
        "balances are the server's own",
        "tmf/billing-account/member/billingAccountBalance",
        |mut request, server| {
            if request.all("POST", ACCOUNT) {
                request.edit(|account| drop(account.remove("billingAccountBalance")));
            }
            server.pass(request)
        },
    ),
    (
        "what a new account refers to is trusted",
        "tmf/create-billing-account/unknown-reference",
        |request, server| created(ACCOUNT, request, server),
    ),
    (
        "a new account needs no bill receiver",
        "tmf/create-billing-account/bill-receiver",
        |request, server| created(ACCOUNT, request, server),
    ),
    (
        "a new account may be any customer account's",
        "tmf/create-billing-account/unknown-customer-account",
        |request, server| created(ACCOUNT, request, server),
    ),
    ("any body is an account", "tmf/create-billing-account/malformed", |request, server| {
        let hit = request.all("POST", ACCOUNT) && request.json().is_null();
        let refused = server.pass(request);
        if hit { Response::json_of(201, &json!({"id": "31337"})) } else { refused }
    }),
    (
        "an unknown account cannot be changed: 400",
        "tmf/patch-billing-account/unknown-id",
        |request, server| {
            let hit = request.item("PATCH", ACCOUNT);
            let response = server.pass(request);
            if hit && response.status == 404 { error(400) } else { response }
        },
    ),
    (
        "a charge's names of periods are its own alone",
        "tmf/create-applied-customer-billing-charge/other-period-names",
        |mut request, server| {
            if request.all("POST", CHARGE) {
                request.edit(|charge| {
                    for period in
                        charge.get_mut("period").and_then(Value::as_array_mut).into_iter().flatten()
                    {
                        rename(period, "startDateTime", "begin");
                        rename(period, "endDateTime", "end");
                    }
                });
            }
            server.pass(request)
        },
    ),
    (
        "a charge needs no members",
        "tmf/create-applied-customer-billing-charge/property/type",
        |request, server| created(CHARGE, request, server),
    ),
    (
        "related parties are added",
        "tmf/patch-billing-account/replaces-lists",
        |mut request, server| {
            if request.item("PATCH", ACCOUNT) {
                let before = server.pass(request.get()).json()["relatedParty"].take();
                request.edit(|members| {
                    if let Some(Value::Array(parties)) = members.get_mut("relatedParty") {
                        parties.extend(before.as_array().cloned().unwrap_or_default());
                    }
                });
            }
            server.pass(request)
        },
    ),
    ("another id is ignored", "tmf/patch-billing-account/id-refused", |request, server| {
        ignored(request, server, |members| {
            members.get("id").is_some() || members.get("href").is_some()
        })
    }),
    (
        "another balance is ignored",
        "tmf/patch-billing-account/balance-refused",
        |request, server| {
            ignored(request, server, |members| members.get("billingAccountBalance").is_some())
        },
    ),
    (
        "an earlier end is ignored",
        "tmf/patch-billing-account/earlier-end-refused",
        |request, server| ignored(request, server, |members| members.get("validFor").is_some()),
    ),
    (
        "what a changed account refers to is trusted",
        "tmf/patch-billing-account/unknown-customer-account",
        |request, server| {
            static MEMORY: Memory = Memory::new();
            MEMORY.patch("customerAccount", true, request, server)
        },
    ),
    ("no state may follow", "tmf/patch-billing-account/valid-transition", |request, server| {
        match request.item("PATCH", ACCOUNT) && request.json().get("state").is_some() {
            true => error(400),
            false => server.pass(request),
        }
    }),
    (
        "the present state may not follow",
        "tmf/patch-billing-account/present-state",
        |request, server| {
            let asked = request.json()["state"].take();
            match request.item("PATCH", ACCOUNT)
                && server.pass(request.get()).json()["state"] == asked
            {
                true => error(400),
                false => server.pass(request),
            }
        },
    ),
];

/// Answers a creation that the reference refuses as if it were done.
fn created(collection: &str, request: Request, server: &Server) -> Response {
    let hit = request.all("POST", collection);
    let mut resource = request.json();
    let response = server.pass(request);
    match hit && response.status == 400 && resource.is_object() {
        true => {
            set(&mut resource, "id", json!("31337"));
            Response::json_of(201, &resource)
        }
        false => response,
    }
}
