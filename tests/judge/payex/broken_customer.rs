//! Servers of the customer API that break customers: what each does, and the clause that must be named.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json};

use crate::Broken;
use crate::message::Response;
use crate::rewrite::{remove, set};

const CUSTOMER: &str = "GET customer/customers/*";
const CREATE: &str = "POST customer/customers";
const PATCH: &str = "PATCH customer/customers/*";

/// What the server does, the clause that it breaks, and how.
pub(crate) const BROKEN: &[Broken] = &[
    ("`name` dropped from GET customer", "customer/customer/property/name", |request, server| {
        server.edit(CUSTOMER, request, |customer| remove(customer, "name"))
    }),
    ("200 on create", "customer/create-customer/status", |request, server| {
        server.change(CREATE, request, |created| created.with_status(200))
    }),
    (
        "PATCH acknowledged and ignored",
        "customer/update-customer/property/emailAddress",
        |request, server| match request.is(PATCH) {
            true => Response::empty(204),
            false => server.pass(request),
        },
    ),
    ("$expand ignored", "customer/get-customer-expanded/legal-address", |mut request, server| {
        request.query = None;
        server.pass(request)
    }),
    (
        "a `name` of 73 characters accepted",
        "customer/customer/property/name",
        |mut request, server| {
            if request.is(CREATE) {
                request.edit(|customer| {
                    if let Some(name) = customer.get("name").and_then(Value::as_str) {
                        let cut: String = name.chars().take(72).collect();
                        customer.insert("name".to_owned(), cut.into());
                    }
                });
            }
            server.pass(request)
        },
    ),
    ("a customer as text/html", "customer/get-customer/media", |request, server| {
        server.change(CUSTOMER, request, |customer| customer.with_media("text/html"))
    }),
    ("@id of another customer", "customer/customer/property/@id", |request, server| {
        server.edit(CUSTOMER, request, |customer| {
            set(customer, "@id", json!("/ledger/customer/v1/100/customers/7300"));
        })
    }),
    ("one name for all", "customer/create-customer/own-values", |request, server| {
        server.edit(CUSTOMER, request, |body| set(body, "name", json!("Britt-Marie Axelstopp")))
    }),
    (
        "letters accepted in customerNo",
        "customer/customer/property/customerNo",
        |request, server| {
            let number = request.json()["customerNo"].as_str().unwrap_or("1").to_owned();
            if request.is(CREATE) && number.contains(|c: char| !c.is_ascii_digit()) {
                return Response::json_of(201, &json!({"@id": "/x", "customerNo": number}));
            }
            server.pass(request)
        },
    ),
    (
        "create loses eDIAddressInfo",
        "customer/create-customer/property/eDIAddressInfo",
        |mut request, server| {
            if request.is(CREATE) {
                request.edit(|customer| drop(customer.remove("eDIAddressInfo")));
            }
            server.pass(request)
        },
    ),
    (
        "create loses the billing address",
        "customer/create-customer-with-billing-address/stored",
        |mut request, server| {
            if request.is(CREATE) {
                request.edit(|customer| drop(customer.remove("billingAddress")));
            }
            server.pass(request)
        },
    ),
    (
        "a second customer of one number acknowledged",
        "customer/create-customer/duplicate-refused",
        |request, server| {
            let number = request.json()["customerNo"].clone();
            let hit = request.is(CREATE);
            let response = server.pass(request);
            if hit && response.status == 409 {
                return Response::json_of(201, &json!({"@id": "/x", "customerNo": number}));
            }
            response
        },
    ),
    (
        "a second customer of one number refused, and written",
        "customer/create-customer/duplicate-unchanged",
        |request, server| {
            let sent = request.json();
            let number = sent["customerNo"].as_str().unwrap_or_default();
            let address = format!("{}/{number}/legal-address", request.path);
            let write = request.also("PUT", address, Some(&sent["legalAddress"]));
            let hit = request.is(CREATE);
            let response = server.pass(request);
            if hit && response.status == 409 {
                server.pass(write);
            }
            response
        },
    ),
    (
        "null for what cannot be null is a server error",
        "customer/update-customer/null-answered",
        |request, server| {
            let is_null = request.is(PATCH) && request.json()["legalStatus"].is_null();
            let hit = is_null && request.json().get("legalStatus").is_some();
            if hit { Response::problem(500, "error") } else { server.pass(request) }
        },
    ),
    (
        "null for vatNo is refused, and deletes it",
        "customer/update-customer/refused-null-changes-nothing",
        |request, server| {
            static DELETED: Mutex<Vec<String>> = Mutex::new(Vec::new());
            if request.is(PATCH) && request.json().get("vatNo") == Some(&Value::Null) {
                DELETED.lock().unwrap().push(request.path.clone());
            }
            let hit = DELETED.lock().unwrap().contains(&request.path);
            server.edit(CUSTOMER, request, |customer| {
                if hit {
                    remove(customer, "vatNo");
                }
            })
        },
    ),
    (
        "a body that is no JSON is a server error",
        "customer/problem/no-server-error",
        |request, server| {
            let broken =
                !request.body.is_empty() && serde_json::from_slice::<Value>(&request.body).is_err();
            if broken { Response::problem(500, "error") } else { server.pass(request) }
        },
    ),
    ("PATCH ignores null", "customer/update-customer/null-deletes", |mut request, server| {
        if request.is(PATCH) {
            request.edit(|members| members.retain(|_, value| !value.is_null()));
        }
        server.pass(request)
    }),
    (
        "a deleted e-mail address takes the language with it",
        "customer/update-customer/only-included",
        |mut request, server| {
            if request.is(PATCH) && request.json().get("emailAddress") == Some(&Value::Null) {
                request.edit(|members| {
                    members.entry("preferredLanguageCode").or_insert(json!("EN"));
                });
            }
            server.pass(request)
        },
    ),
    (
        "PATCH changes the name too",
        "customer/update-customer/unlisted-unchanged",
        |request, server| {
            static NAMES: Mutex<BTreeMap<String, Value>> = Mutex::new(BTreeMap::new());
            let mut names = NAMES.lock().unwrap();
            if let (true, Some(name)) = (request.is(PATCH), request.json().get("name")) {
                names.insert(request.path.clone(), name.clone());
            }
            let name = names.get(&request.path).cloned();
            server.edit(CUSTOMER, request, |customer| {
                name.into_iter().for_each(|name| set(customer, "name", name));
            })
        },
    ),
    (
        "PATCH deletes what it leaves out",
        "customer/update-customer/only-included",
        |mut request, server| {
            if request.is(PATCH) {
                request.edit(|members| {
                    members.entry("msisdn").or_insert(Value::Null);
                });
            }
            server.pass(request)
        },
    ),
    (
        "protectedIdentity never set",
        "customer/update-customer/property/protectedIdentity",
        |request, server| {
            server.edit(CUSTOMER, request, |body| set(body, "protectedIdentity", json!(false)))
        },
    ),
    (
        "legalStatus never changes",
        "customer/update-customer/property/legalStatus",
        |request, server| {
            server.edit(CUSTOMER, request, |body| set(body, "legalStatus", json!("active")))
        },
    ),
    (
        "only the first value of $expand honoured",
        "customer/get-customer-expanded/every-value",
        |mut request, server| {
            request.query =
                request.query.map(|query| query.split(',').next().unwrap_or_default().to_owned());
            server.pass(request)
        },
    ),
    (
        "always expanded",
        "customer/get-customer-expanded/only-what-is-asked",
        |mut request, server| {
            if request.is(CUSTOMER) {
                request.query = Some("$expand=legaladdress,billingaddress".to_owned());
            }
            server.pass(request)
        },
    ),
    ("operations that lead nowhere", "customer/operations/usable", |request, server| {
        server.edit("GET customer/customers/**", request, |body| {
            for operation in body["operations"].as_array_mut().into_iter().flatten() {
                set(operation, "href", json!("/ledger/customer/v1/100/nowhere"));
            }
        })
    }),
    ("find-customer finds another", "customer/find-customer/right-customer", |request, server| {
        server.edit("POST customer/find-customer", request, |found| {
            *found = json!({"@id": "/ledger/customer/v1/100/customers/9999", "customerNo": "9999"});
        })
    }),
    (
        "a generated customer with another address than the register's",
        "customer/generate-consumer-customer-by-reg-no/register-address",
        |request, server| {
            let generate = request.clone();
            let response = server.pass(request);
            if generate.is("POST customer/generate-consumer-customer-by-reg-no")
                && response.is_success()
            {
                let own = response.json()["@id"].as_str().unwrap_or_default().to_owned();
                let address = json!({
                    "addressee": "Kalle Axelstopp", "city": "STOCKHOLM", "zipCode": "16872", "countryCode": "SE"
                });
                server.pass(generate.also("PUT", format!("{own}/legal-address"), Some(&address)));
            }
            response
        },
    ),
    (
        "one number for every customer that the ledger numbers",
        "customer/create-customer/generated-number",
        |request, server| {
            let hit = request.ledger() == "400";
            server.edit(CREATE, request, |created| {
                if hit {
                    set(created, "customerNo", json!("1000001"));
                }
            })
        },
    ),
];
