//! Servers of the customer API that break it: what each does, and the clause that must be named.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Map, Value, json};

use crate::Broken;
use crate::front::Server;
use crate::message::{Request, Response};
use crate::rewrite::{remove, set};

const CUSTOMER: &str = "GET customer/customers/*";
const CREATE: &str = "POST customer/customers";
const PATCH: &str = "PATCH customer/customers/*";
const LEGAL: &str = "customer/customers/*/legal-address";
const SURPLUSES: &str = "GET customer/customers/*/surpluses";
const SURPLUS: &str = "GET customer/customers/*/surpluses/*";
const ORDERS: &str = "customer/customers/*/surpluses/*/active-disbursement-orders";

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
        "another ledger's customer served",
        "customer/ledger/customers-are-its-own",
        |request, server| {
            let elsewhere = request.to_ledger("200");
            let asked = request.is("GET customer/customers/**");
            let own = server.pass(request);
            if !asked || own.status != 404 {
                return own;
            }
            Some(server.pass(elsewhere)).filter(Response::is_success).unwrap_or(own)
        },
    ),
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
    (
        "a problem without its parameter",
        "customer/problem/names-the-parameter",
        |request, server| {
            server.problem(request, |problem| problem.edit(|body| remove(body, "Problems")))
        },
    ),
    (
        "a problem whose code is another",
        "customer/problem/customer-not-found",
        |request, server| {
            server.problem(request, |problem| {
                problem.edit(|body| set(body, "Type", json!("ledger/customer/v1/problems/error")))
            })
        },
    ),
    ("a problem without its status", "customer/problem/form", |request, server| {
        server.problem(request, |problem| problem.edit(|body| remove(body, "Status")))
    }),
    ("a problem with another status", "customer/problem/status-agrees", |request, server| {
        server.problem(request, |problem| problem.edit(|body| set(body, "Status", json!(500))))
    }),
    ("a problem as plain JSON", "customer/problem/media", |request, server| {
        server.problem(request, |problem| problem.with_media("application/json"))
    }),
    (
        "an unknown customer is answered 200",
        "customer/problem/customer-not-found",
        |request, server| {
            let hit = request.is(CUSTOMER);
            let response = server.pass(request);
            if hit && response.status == 404 {
                Response::json_of(200, &json!({}))
            } else {
                response
            }
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
        "every byte beyond ASCII lost",
        "customer/put-legal-address/replaces",
        |mut request, server| {
            let ascii = |byte: &u8| if byte.is_ascii() { *byte } else { b'?' };
            request.body = request.body.iter().map(ascii).collect();
            server.pass(request)
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
        "another ledger's token adds, deletes, orders and generates",
        "customer/security/no-writes-for-others",
        |mut request, server| {
            let ledger = request.ledger().to_owned();
            if [
                "POST customer/customers/**",
                "DELETE customer/customers/**",
                "POST customer/generate-consumer-customer-by-reg-no",
            ]
            .iter()
            .any(|pattern| request.is(pattern))
                && !request.is(CREATE)
            {
                request.authorize(&ledger);
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
    (
        "a missing legal address is answered 200 and nothing",
        "customer/problem/legal-address-does-not-exists",
        |request, server| {
            let response = server.pass(request);
            let code = response.json()["Type"].as_str().unwrap_or_default().to_owned();
            match code.ends_with("legal-address-does-not-exists") {
                true => Response::json_of(200, &json!({})),
                false => response,
            }
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
    ("operations that lead nowhere", "customer/operations/usable", |request, server| {
        server.edit("GET customer/customers/**", request, |body| {
            for operation in body["operations"].as_array_mut().into_iter().flatten() {
                set(operation, "href", json!("/ledger/customer/v1/100/nowhere"));
            }
        })
    }),
    (
        "the refresh stands at its short path",
        "customer/update-legal-address-from-population-register/path",
        |request, server| match request.is("POST customer/customers/*/legal-address/*") {
            true => Response::problem(404, "not-found"),
            false => server.pass(request),
        },
    ),
    ("find-customer finds another", "customer/find-customer/right-customer", |request, server| {
        server.edit("POST customer/find-customer", request, |found| {
            *found = json!({"@id": "/ledger/customer/v1/100/customers/9999", "customerNo": "9999"});
        })
    }),
    (
        "find-customer looks into every ledger",
        "customer/find-customer/not-another-ledgers",
        |request, server| {
            let elsewhere = request.to_ledger("200");
            let hit = request.is("POST customer/find-customer");
            let own = server.pass(request);
            if hit && own.status == 404 { server.pass(elsewhere) } else { own }
        },
    ),
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
    ("any ledger's token opens all", "customer/security/no-data-for-others", open_to_all),
];

/// Whoever has a token of some ledger is let into every ledger.
pub(crate) fn open_to_all(mut request: Request, server: &Server) -> Response {
    let known = |value: &str| ["100", "200", "300", "400"].iter().any(|no| value.ends_with(no));
    let bearer =
        request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    if bearer.is_some_and(|(_, value)| value.starts_with("Bearer etalon-") && known(value)) {
        let ledger = request.ledger().to_owned();
        request.authorize(&ledger);
    }
    server.pass(request)
}

/// Adds to `address` what `before` has and it has not.
fn merge(before: Value, address: &mut Map<String, Value>) {
    if let Value::Object(before) = before {
        for (name, value) in before {
            address.entry(name).or_insert(value);
        }
    }
}
