//! Servers of the TM Forum API that break what it demands of each of the six collections: what each
//! does, and the clause that must be named.

use std::sync::Mutex;

use serde_json::json;

use super::{ACCOUNT, CHARGE, CYCLE, FORMAT, MEDIA, NOTE, each, error, lists, status};
use crate::Broken;
use crate::front::Server;
use crate::message::{Request, Response};
use crate::rewrite::set;

/// What the server does, the clause that it breaks, and how.
pub(crate) const BROKEN: &[Broken] = &[
    // Accounts.
    ("an account is answered 404", "tmf/get-billing-account/status", |request, server| {
        gone(ACCOUNT, request, server)
    }),
    ("every account is the first one", "tmf/get-billing-account/names-one", |request, server| {
        static FIRST: Mutex<Option<String>> = Mutex::new(None);
        first(ACCOUNT, &FIRST, request, server)
    }),
    ("the href of an account leads nowhere", "tmf/get-billing-account/href", |request, server| {
        nowhere(ACCOUNT, request, server)
    }),
    (
        "the href of an account is the printed one",
        "tmf/get-billing-account/href",
        |request, server| {
            each(ACCOUNT, request, server, |account| {
                let id = account["id"].as_str().unwrap_or_default();
                let href =
                    format!("http://serverlocation:port/billingManagement/billingAccount/{id}");
                set(account, "href", json!(href));
            })
        },
    ),
    (
        "the same five accounts are listed, whatever is asked",
        "tmf/list-billing-accounts/holds-each",
        |request, server| match request.all("GET", ACCOUNT) {
            true => {
                let five = ["v", "w", "x", "y", "z"].map(|id| json!({"id": id}));
                Response::json_of(200, &json!(five))
            }
            false => server.pass(request),
        },
    ),
    ("the id of an account is a list", "tmf/get-billing-account/form", |request, server| {
        shapeless(ACCOUNT, request, server)
    }),
    ("there is no list of accounts", "tmf/list-billing-accounts/status", |request, server| {
        unlisted(ACCOUNT, request, server)
    }),
    ("the list of accounts is empty", "tmf/list-billing-accounts/holds-each", |request, server| {
        emptied(ACCOUNT, request, server)
    }),
    // Charges.
    (
        "a charge is answered 404",
        "tmf/get-applied-customer-billing-charge/status",
        |request, server| gone(CHARGE, request, server),
    ),
    (
        "every charge is the first one",
        "tmf/get-applied-customer-billing-charge/names-one",
        |request, server| {
            static FIRST: Mutex<Option<String>> = Mutex::new(None);
            first(CHARGE, &FIRST, request, server)
        },
    ),
    (
        "the href of a charge leads nowhere",
        "tmf/get-applied-customer-billing-charge/href",
        |request, server| nowhere(CHARGE, request, server),
    ),
    (
        "the id of a charge is a list",
        "tmf/get-applied-customer-billing-charge/form",
        |request, server| shapeless(CHARGE, request, server),
    ),
    (
        "there is no list of charges",
        "tmf/list-applied-customer-billing-charges/status",
        |request, server| unlisted(CHARGE, request, server),
    ),
    (
        "the list of charges is empty",
        "tmf/list-applied-customer-billing-charges/holds-each",
        |request, server| emptied(CHARGE, request, server),
    ),
    // Notes.
    ("a note is answered 404", "tmf/get-settlement-note-advice/status", |request, server| {
        gone(NOTE, request, server)
    }),
    ("every note is the same", "tmf/get-settlement-note-advice/names-one", |request, server| {
        always(NOTE, "27", request, server)
    }),
    (
        "the href of a note leads nowhere",
        "tmf/get-settlement-note-advice/href",
        |request, server| nowhere(NOTE, request, server),
    ),
    ("the id of a note is a list", "tmf/get-settlement-note-advice/form", |request, server| {
        shapeless(NOTE, request, server)
    }),
    ("a note is answered as text", "tmf/get-settlement-note-advice/media", |request, server| {
        as_text(NOTE, request, server)
    }),
    ("there is no list of notes", "tmf/list-settlement-note-advices/status", |request, server| {
        unlisted(NOTE, request, server)
    }),
    (
        "the list of notes is empty",
        "tmf/list-settlement-note-advices/holds-each",
        |request, server| emptied(NOTE, request, server),
    ),
    // Cycles.
    (
        "a cycle is answered 404",
        "tmf/get-customer-billing-cycle-specification/status",
        |request, server| gone(CYCLE, request, server),
    ),
    (
        "every cycle is the same",
        "tmf/get-customer-billing-cycle-specification/names-one",
        |request, server| always(CYCLE, "27", request, server),
    ),
    (
        "the href of a cycle leads nowhere",
        "tmf/get-customer-billing-cycle-specification/href",
        |request, server| nowhere(CYCLE, request, server),
    ),
    (
        "the id of a cycle is a list",
        "tmf/get-customer-billing-cycle-specification/form",
        |request, server| shapeless(CYCLE, request, server),
    ),
    (
        "a cycle is answered as text",
        "tmf/get-customer-billing-cycle-specification/media",
        |request, server| as_text(CYCLE, request, server),
    ),
    (
        "there is no list of cycles",
        "tmf/list-customer-billing-cycle-specifications/status",
        |request, server| unlisted(CYCLE, request, server),
    ),
    (
        "the list of cycles is empty",
        "tmf/list-customer-billing-cycle-specifications/holds-each",
        |request, server| emptied(CYCLE, request, server),
    ),
    // Formats.
    ("a format is answered 404", "tmf/get-customer-bill-format/status", |request, server| {
        gone(FORMAT, request, server)
    }),
    ("every format is the same", "tmf/get-customer-bill-format/names-one", |request, server| {
        always(FORMAT, "23", request, server)
    }),
    (
        "the href of a format leads nowhere",
        "tmf/get-customer-bill-format/href",
        |request, server| nowhere(FORMAT, request, server),
    ),
    ("the id of a format is a list", "tmf/get-customer-bill-format/form", |request, server| {
        shapeless(FORMAT, request, server)
    }),
    ("a format is answered as text", "tmf/get-customer-bill-format/media", |request, server| {
        as_text(FORMAT, request, server)
    }),
    ("there is no list of formats", "tmf/list-customer-bill-formats/status", |request, server| {
        unlisted(FORMAT, request, server)
    }),
    (
        "the list of formats is empty",
        "tmf/list-customer-bill-formats/holds-each",
        |request, server| emptied(FORMAT, request, server),
    ),
    // Media.
    (
        "a medium is answered 404",
        "tmf/get-customer-bill-presentation-media/status",
        |request, server| gone(MEDIA, request, server),
    ),
    (
        "every medium is the same",
        "tmf/get-customer-bill-presentation-media/names-one",
        |request, server| always(MEDIA, "25", request, server),
    ),
    (
        "the href of a medium leads nowhere",
        "tmf/get-customer-bill-presentation-media/href",
        |request, server| nowhere(MEDIA, request, server),
    ),
    (
        "the id of a medium is a list",
        "tmf/get-customer-bill-presentation-media/form",
        |request, server| shapeless(MEDIA, request, server),
    ),
    (
        "there is no list of media",
        "tmf/list-customer-bill-presentation-medias/status",
        |request, server| unlisted(MEDIA, request, server),
    ),
    (
        "the list of media is empty",
        "tmf/list-customer-bill-presentation-medias/holds-each",
        |request, server| emptied(MEDIA, request, server),
    ),
    // Whatever it is.
    ("an object with no list", "tmf/list-settlement-note-advices/holds-each", |request, server| {
        lists(request, server, |_, _| json!({"total": 3}))
    }),
    ("a list is answered 203", "tmf/list-customer-bill-formats/status", |request, server| {
        status("GET tmf/customerBillFormat", 203, request, server)
    }),
    ("an account is answered 203", "tmf/get-billing-account/status", |request, server| {
        status("GET tmf/billingAccount/*", 203, request, server)
    }),
    (
        "the href of a cycle leads to another",
        "tmf/get-customer-billing-cycle-specification/href",
        |request, server| {
            each(CYCLE, request, server, |cycle| {
                let href = cycle["href"].as_str().unwrap_or_default().replace("/26", "/27");
                set(cycle, "href", json!(href));
            })
        },
    ),
];

fn gone(collection: &str, request: Request, server: &Server) -> Response {
    if request.item("GET", collection) { error(404) } else { server.pass(request) }
}

fn unlisted(collection: &str, request: Request, server: &Server) -> Response {
    if request.all("GET", collection) { error(405) } else { server.pass(request) }
}

fn emptied(collection: &str, request: Request, server: &Server) -> Response {
    server.edit(&format!("GET tmf/{collection}"), request, |list| *list = json!([]))
}

fn shapeless(collection: &str, request: Request, server: &Server) -> Response {
    let pattern = format!("GET tmf/{collection}/*");
    server.edit(&pattern, request, |resource| set(resource, "id", json!(["1"])))
}

fn as_text(collection: &str, request: Request, server: &Server) -> Response {
    let pattern = format!("GET tmf/{collection}/*");
    server.change(&pattern, request, |response| response.with_media("text/plain"))
}

/// Serves the first item that was asked for whatever is asked for later.
fn first(
    collection: &str,
    first: &Mutex<Option<String>>,
    mut request: Request,
    server: &Server,
) -> Response {
    if request.item("GET", collection) && server.pass(request.clone()).is_success() {
        let mut first = first.lock().unwrap();
        request.path.clone_from(first.get_or_insert_with(|| request.path.clone()));
    }
    server.pass(request)
}

/// Serves one item of a collection for each of its ids that exist.
fn always(collection: &str, id: &str, mut request: Request, server: &Server) -> Response {
    if request.item("GET", collection) && server.pass(request.clone()).is_success() {
        request.path = request.path.replace(request.last(), id);
    }
    server.pass(request)
}

fn nowhere(collection: &str, request: Request, server: &Server) -> Response {
    each(collection, request, server, |resource| {
        let href = resource["href"].as_str().unwrap_or_default();
        let href = href.replace("/billingManagement/", "/billingManagement/nowhere/");
        set(resource, "href", json!(href));
    })
}
