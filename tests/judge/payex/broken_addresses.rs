//! Servers of the customer API that break addresses.

use serde_json::{Map, Value};

use crate::Broken;
use crate::message::Response;
use crate::rewrite::remove;

const LEGAL: &str = "customer/customers/*/legal-address";

/// What the server does, the clause that it breaks, and how.
pub(crate) const BROKEN: &[Broken] = &[
    (
        "every byte beyond ASCII lost",
        "customer/put-legal-address/replaces",
        |mut request, server| {
            let ascii = |byte: &u8| if byte.is_ascii() { *byte } else { b'?' };
            request.body = request.body.iter().map(ascii).collect();
            server.pass(request)
        },
    ),
    (
        "PUT legal-address merges",
        "customer/put-legal-address/omitted-removed",
        |mut request, server| {
            if request.is(&format!("PUT {LEGAL}")) {
                let before = server.pass(request.get()).json();
                request.edit(|address| merge(before, address));
            }
            server.pass(request)
        },
    ),
    (
        "PUT billing-address merges",
        "customer/put-billing-address/omitted-removed",
        |mut request, server| {
            if request.is("PUT customer/customers/*/billing-address") {
                let before = server.pass(request.get()).json();
                request.edit(|address| merge(before, address));
            }
            server.pass(request)
        },
    ),
    (
        "PUT legal-address replaces the billing address too",
        "customer/put-legal-address/billing-address-untouched",
        |request, server| {
            if request.is(&format!("PUT {LEGAL}")) {
                let billing = request.path.replace("legal", "billing");
                server.pass(request.also("PUT", billing, Some(&request.json())));
            }
            server.pass(request)
        },
    ),
    (
        "PUT billing-address replaces the legal address too",
        "customer/put-billing-address/legal-address-untouched",
        |request, server| {
            if request.is("PUT customer/customers/*/billing-address") {
                let legal = request.path.replace("billing", "legal");
                server.pass(request.also("PUT", legal, Some(&request.json())));
            }
            server.pass(request)
        },
    ),
    (
        "a city of 28 characters accepted",
        "customer/legal-address/property/city",
        |mut request, server| {
            if request.is(&format!("PUT {LEGAL}")) {
                request.edit(|address| {
                    if let Some(Value::String(city)) = address.get_mut("city") {
                        *city = city.chars().take(27).collect();
                    }
                });
            }
            server.pass(request)
        },
    ),
    ("an address without countryCode", "customer/get-legal-address/form", |request, server| {
        server.edit(&format!("GET {LEGAL}"), request, |address| remove(address, "countryCode"))
    }),
    (
        "DELETE acknowledged and ignored",
        "customer/delete-billing-address/gone",
        |request, server| match request.is("DELETE **") {
            true => Response::empty(204),
            false => server.pass(request),
        },
    ),
    (
        "the refresh stands at its short path",
        "customer/update-legal-address-from-population-register/path",
        |request, server| match request.is("POST customer/customers/*/legal-address/*") {
            true => Response::problem(404, "not-found"),
            false => server.pass(request),
        },
    ),
];

/// Adds to `address` what `before` has and it has not.
fn merge(before: Value, address: &mut Map<String, Value>) {
    if let Value::Object(before) = before {
        for (name, value) in before {
            address.entry(name).or_insert(value);
        }
    }
}
