//! Servers of the TM Forum API that neglect no more than a recommendation: each conforms, and the
//! clause is named all the same.

use serde_json::json;

use crate::Broken;
use crate::lawful_tmf::{ignored, ruled_out};
use crate::message::Response;
use crate::rewrite::remove;
use crate::tmf::{ACCOUNT, Memory, lists, rename};

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
    ("errors without a body", "tmf/unknown-id/body", |request, server| {
        server.problem(request, |problem| Response::empty(problem.status))
    }),
    ("lists within objects", "tmf/lists/bare-array", |request, server| {
        lists(request, server, |_, list| json!({"items": list}))
    }),
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
];
