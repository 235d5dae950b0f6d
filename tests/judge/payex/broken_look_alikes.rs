//! Servers of the customer and usage APIs that take one thing for another that looks like it, and
//! bugs that only such records show.

use serde_json::{Value, json};

use crate::Broken;
use crate::front::Server;
use crate::message::{Request, Response};
use crate::rewrite::{each_text, set};

const CREATE: &str = "POST customer/customers";
const PATCH: &str = "PATCH customer/customers/*";
const ORDERS: &str = "customer/customers/*/surpluses/*/active-disbursement-orders";
const REFRESH: &str = "POST customer/customers/*/legal-address/*";
const GENERATE: &str = "POST customer/generate-consumer-customer-by-reg-no";

/// The invoices of the fixtures that have one subscription, which a customer has too.
const INVOICES: [&str; 2] = ["123463", "123464"];

/// What the server does, the clause that it breaks, and how.
pub(crate) const BROKEN: &[Broken] = &[
    (
        "the calls of a subscription on whatever invoice",
        "usage/list-usage-details/of-its-invoice",
        |request, server| {
            if !request.is("GET usage/invoices/*/subscriptions/*/usage-details") {
                return server.pass(request);
            }
            let of = |invoice: &str| {
                let path = INVOICES.iter().find_map(|known| {
                    let own = format!("/invoices/{known}/");
                    request
                        .path
                        .contains(&own)
                        .then(|| request.path.replace(&own, &format!("/invoices/{invoice}/")))
                })?;
                Some(server.pass(request.also("GET", path, None)).json()["items"].clone())
            };
            let mut all: Vec<Value> = Vec::new();
            for items in INVOICES.iter().filter_map(|invoice| of(invoice)) {
                all.extend(items.as_array().into_iter().flatten().cloned());
            }
            server.pass(request).edit(|list| {
                if !all.is_empty() {
                    list["items"] = json!(all);
                }
            })
        },
    ),
    ("a number is known by its beginning", "usage/problem/unknown-number", |request, server| {
        by_beginning("GET usage/invoices/*", request, server)
    }),
    (
        "a customer is known by the beginning of a number",
        "customer/problem/unknown-number",
        |request, server| by_beginning("GET customer/customers/*", request, server),
    ),
    // A scan of keys that begin with what was asked for, whose end nobody checked.
    (
        "the first customer of usage whose number begins so",
        "usage/problem/unknown-number",
        |request, server| first_that_begins_so("usage/customers/", "224455", request, server),
    ),
    (
        "the first customer whose number begins so",
        "customer/problem/unknown-number",
        |request, server| first_that_begins_so("customer/customers/", "7601", request, server),
    ),
    (
        "the refresh takes the first person of the register",
        "customer/update-legal-address-from-population-register/this-person",
        |request, server| {
            let (hit, path) = (request.is(REFRESH), request.path.clone());
            let path = path.rsplit_once('/').map(|(address, _)| address.to_owned());
            let first = json!({"addressee": "Ada Aas", "streetAddress": "Aveny 1", "city": "ARBOGA",
                "zipCode": "73201", "countryCode": "SE"});
            let put = request.also("PUT", path.unwrap_or_default(), Some(&first));
            let response = server.pass(request);
            if hit && response.is_success() {
                server.pass(put);
            }
            response
        },
    ),
    (
        "what stands in a text is escaped as if it stood in HTML",
        "customer/create-customer/hard-text",
        |request, server| {
            if !request.is("GET customer/**") {
                return server.pass(request);
            }
            each_text(request, server, |name, text| {
                if ["name", "addressee", "streetAddress"].contains(&name) {
                    *text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                }
            })
        },
    ),
    (
        "a name has 72 bytes at most, however many letters these are",
        "customer/customer/property/name",
        |request, server| {
            let name = request.json()["name"].as_str().map_or(0, str::len);
            refused_if(name > 72 && request.is(CREATE), request, server)
        },
    ),
    (
        "an address needs all that it may have",
        "customer/create-customer/property/legalAddress.coAddress",
        |request, server| {
            let lacks = request.json()["legalAddress"]["coAddress"].is_null();
            refused_if(lacks && request.is(CREATE), request, server)
        },
    ),
    (
        "any two letters are a country",
        "customer/customer/country-code-assigned",
        |mut request, server| {
            if request.is(CREATE) && request.json()["legalAddress"]["countryCode"] == "JJ" {
                request.edit(|customer| {
                    if let Some(address) = customer.get_mut("legalAddress") {
                        set(address, "countryCode", json!("SE"));
                    }
                });
            }
            server.pass(request)
        },
    ),
    (
        "two creations of one number at once are both accepted",
        "customer/create-customer/at-once",
        |request, server| {
            let (hit, number) = (request.is(CREATE), request.json()["customerNo"].clone());
            let id = format!("{}/{}", request.path, number.as_str().unwrap_or_default());
            let response = server.pass(request);
            match hit && response.status == 409 {
                true => Response::json_of(201, &json!({"@id": id, "customerNo": number})),
                false => response,
            }
        },
    ),
    (
        "a change is refused, and what was right of it is made",
        "customer/problem/refused-changes-nothing",
        |request, server| {
            let (hit, sent) = (request.is(PATCH), request.json()["emailAddress"].clone());
            let part =
                request.also("PATCH", request.path.clone(), Some(&json!({"emailAddress": sent})));
            let response = server.pass(request);
            if hit && response.status == 400 && sent.is_string() {
                server.pass(part);
            }
            response
        },
    ),
    (
        "no order is ever accepted",
        "customer/add-disbursement-order/one-payee-accepted",
        |request, server| match request.is(&format!("POST {ORDERS}")) {
            true => Response::problem(403, "forbidden"),
            false => server.pass(request),
        },
    ),
    (
        "a person whom the register does not hold breaks the server",
        "customer/problem/no-server-error",
        |request, server| {
            let hit = request.is(GENERATE);
            let response = server.pass(request);
            if hit && response.status == 404 { Response::empty(500) } else { response }
        },
    ),
    (
        "all summaries have the VAT rate of the first",
        "usage/usage-summaries/property/vatRate",
        |request, server| as_the_first("vatRate", request, server),
    ),
    (
        "all summaries have the unit of the first",
        "usage/usage-summaries/property/volumeUnit",
        |request, server| as_the_first("volumeUnit", request, server),
    ),
];

/// Serves a known number's resource where the number that is asked for is the beginning of it.
fn first_that_begins_so(
    tree: &str,
    known: &'static str,
    mut request: Request,
    server: &Server,
) -> Response {
    if request.is(&format!("GET {tree}*")) || request.is(&format!("GET {tree}*/subscriptions")) {
        let mut segments: Vec<_> = request.path.split('/').map(str::to_owned).collect();
        let at = segments.iter().position(|segment| segment == "customers").unwrap_or_default();
        let asked =
            segments.get_mut(at + 1).filter(|no| no.len() > 2 && known.starts_with(no.as_str()));
        if let Some(asked) = asked {
            known.clone_into(asked);
        }
        request.path = segments.join("/");
    }
    server.pass(request)
}

/// Passes, and answers an unknown number of such a request as one that is a letter shorter.
fn by_beginning(pattern: &str, request: Request, server: &Server) -> Response {
    let mut shorter = request.clone();
    shorter.path.pop();
    let hit = request.is(pattern);
    let response = server.pass(request);
    if !hit || response.status != 404 || shorter.path.ends_with('/') {
        return response;
    }
    let other = server.pass(shorter);
    if other.is_success() { other } else { response }
}

fn refused_if(fault: bool, request: Request, server: &Server) -> Response {
    if fault { Response::problem(400, "validation") } else { server.pass(request) }
}

/// Passes, and gives every summary of a list what the first has for a member.
fn as_the_first(member: &str, request: Request, server: &Server) -> Response {
    server.edit("GET usage/invoices/*/subscriptions/*/usage-summaries", request, |list| {
        let first = list["items"][0][member].clone();
        for summary in list["items"].as_array_mut().into_iter().flatten() {
            set(summary, member, first.clone());
        }
    })
}
