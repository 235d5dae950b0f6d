//! Servers of the customer and usage APIs that make use of what documents 000 to 002 leave open.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde_json::{Value, json};

use super::unique;
use crate::Lawful;
use crate::front::Server;
use crate::message::{Request, Response};
use crate::rewrite::{each_object, each_text, is_date_time, objects, remove, set};

const CUSTOMER: &str = "GET customer/customers/*";
const CREATE: &str = "POST customer/customers";
const SURPLUSES: &str = "GET customer/customers/*/surpluses";

/// What the server does, and how.
pub(crate) const LAWFUL: &[Lawful] = &[
    ("usage without `@id`", |request, server| {
        server.edit("GET usage/**", request, |body| {
            objects(body, &mut |members| drop(members.remove("@id")));
        })
    }),
    ("PATCH answers 200 with the customer", |request, server| {
        let read = request.get();
        server.change("PATCH customer/customers/*", request, |_| server.pass(read))
    }),
    ("`operations` null", |request, server| {
        each_object(request, server, |members| {
            if members.contains_key("operations") {
                members.insert("operations".to_owned(), Value::Null);
            }
        })
    }),
    ("`operations` absent", |request, server| {
        each_object(request, server, |members| drop(members.remove("operations")))
    }),
    ("problem members in lower case", |request, server| {
        server.problem(request, |problem| {
            problem.edit(|body| {
                let Some(members) = body.as_object_mut() else { return };
                *members = std::mem::take(members)
                    .into_iter()
                    .map(|(name, value)| (name.to_lowercase(), value))
                    .collect();
            })
        })
    }),
    ("absolute links", |request, server| {
        each_text(request, server, |_, text| {
            if text.starts_with("/ledger/") || text.starts_with("/billing/") {
                text.insert_str(0, "https://api.example.org:8443");
            }
        })
    }),
    ("extra members everywhere", |request, server| {
        server.pass(request).edit(|body| {
            objects(body, &mut |members| {
                let problems =
                    members.values().all(|value| value.is_array()) && !members.is_empty();
                if !problems || members.contains_key("items") {
                    members.insert("later".to_owned(), json!({"a": [1, null, "b"], "items": {}}));
                }
            });
        })
    }),
    ("a space before customerNo in the answers of create, find and generate", |request, server| {
        let space = |created: &mut Value| {
            if let Some(number) = created["customerNo"].as_str() {
                created["customerNo"] = json!(format!(" {number}"));
            }
        };
        let hit = request.method == "POST";
        let response = server.pass(request);
        if hit { response.edit(space) } else { response }
    }),
    ("navigation only where a list goes on", |request, server| {
        each_object(request, server, |members| {
            if members.get("navigation").is_some_and(|links| !links["next"].is_string()) {
                members.remove("navigation");
            }
        })
    }),
    ("the times of usage with a fraction", |request, server| {
        each_text(request, server, |name, text| {
            if is_date_time(text) && name != "date" {
                text.push_str(".0000000");
            }
        })
    }),
    ("the times of usage with an offset", |request, server| {
        each_text(request, server, |name, text| {
            if is_date_time(text) && name != "date" {
                text.push_str("+02:00");
            }
        })
    }),
    ("balance as text", |request, server| {
        each_object(request, server, |members| {
            if let Some(balance) = members.get_mut("balance") {
                *balance = json!(balance.to_string());
            }
        })
    }),
    ("countryCode of customers and addresses in lower case", |request, server| {
        if !request.is("* customer/**") {
            return server.pass(request);
        }
        each_text(request, server, |name, text| {
            if name == "countryCode" {
                text.make_ascii_lowercase();
            }
        })
    }),
    ("null for what is unset", |request, server| {
        each_object(request, server, |members| {
            let unset: &[&str] = if members.contains_key("legalAddress") {
                &[
                    "nationalIdentifier",
                    "vatNo",
                    "emailAddress",
                    "msisdn",
                    "eDIAddressInfo",
                    "billingAddress",
                    "activeConsents",
                    "protectedIdentity",
                ]
            } else if members.contains_key("addressee") {
                &["streetAddress", "coAddress"]
            } else if members.contains_key("surplusId") {
                &["invoice", "account"]
            } else if members.contains_key("chargeDetails") {
                &["providerDetails", "roamingDetails"]
            } else if members.contains_key("Detail") {
                &["Problems"]
            } else {
                &[]
            };
            for name in unset {
                members.entry(*name).or_insert(Value::Null);
            }
        })
    }),
    (
        "what was created or changed is answered 200 or 204, with a body or without",
        |request, server| {
            let read = request.get();
            let (put, delete) = (request.method == "PUT", request.method == "DELETE");
            let added = request.is("POST customer/customers/*/**");
            let response = server.pass(request);
            match response.is_success() {
                true if put => server.pass(read),
                true if delete => Response::json_of(200, &json!({})),
                true if added => Response::empty(204),
                _ => response,
            }
        },
    ),
    ("Location absent", |request, server| {
        server.change(CREATE, request, |created| created.without_header("location"))
    }),
    ("the type of a problem as an address", |request, server| {
        server.problem(request, |problem| {
            problem.edit(|body| {
                let path = body["Type"].as_str().unwrap_or_default();
                let address = format!("https://api.example.org/{path}");
                set(body, "Type", json!(address));
            })
        })
    }),
    ("the other code, where two fit", |request, server| {
        let sub = request.is("* customer/customers/*/**");
        server.problem(request, |problem| {
            problem.edit(|body| {
                let code = body["Type"].as_str().unwrap_or_default();
                let code = match sub {
                    true => code.replace("customer-not-found", "not-found"),
                    false => code.to_owned(),
                };
                let code = code.replace("invoice-has-no-usage", "invoice-not-found");
                let code = code.replace("subscription-not-found", "subscription-not found");
                set(body, "Type", json!(code));
            })
        })
    }),
    ("403 without a body for a bad token", |request, server| {
        let response = server.pass(request);
        if response.status == 401 { Response::empty(403) } else { response }
    }),
    ("400 for every conflict", |request, server| {
        let response = server.pass(request);
        match response.status {
            409 => response.with_status(400).edit(|body| set(body, "Status", json!(400))),
            _ => response,
        }
    }),
    ("501 for every other method", |request, server| {
        let response = server.pass(request);
        if response.status == 405 { Response::empty(501) } else { response }
    }),
    ("400 for a query that nobody knows", |request, server| {
        let query = request.query.clone().unwrap_or_default();
        let known = ["$expand=", "%24expand=", "skip=", "take="];
        match query.is_empty() || known.iter().any(|name| query.starts_with(name)) {
            true => server.pass(request),
            false => Response::problem(400, "validation"),
        }
    }),
    ("the table's names in eDIAddressInfo", |request, server| {
        each_object(request, server, |members| {
            for (printed, other) in
                [("VAN", "van"), ("InterChangeRecipient", "interChangeRecipient")]
            {
                if let Some(value) = members.remove(printed) {
                    members.insert(other.to_owned(), value);
                }
            }
        })
    }),
    ("no link to a billing address that does not exist", |request, server| {
        let read = request.also("GET", format!("{}/billing-address", request.path), None);
        server.edit(CUSTOMER, request, |customer| {
            if server.pass(read).status == 404 {
                remove(customer, "billingAddress");
            }
        })
    }),
    ("items and members in another order", |request, server| {
        let list = request.is("GET usage/**");
        server.pass(request).edit(|body| {
            objects(body, &mut |members| {
                *members = std::mem::take(members).into_iter().rev().collect();
                if let Some(Value::Array(items)) = members.get_mut("items").filter(|_| list) {
                    items.reverse();
                }
            });
        })
    }),
    ("subscriptions as the list itself", |request, server| {
        let path = format!("{}/subscriptions", request.path);
        let read = request.also("GET", path, None);
        server.edit("GET usage/*/*", request, |owner| {
            owner["subscriptions"] = server.pass(read).json();
        })
    }),
    ("parameters of a problem as a list", |request, server| {
        server.problem(request, |problem| {
            problem.edit(|body| {
                if let Value::Object(parameters) = body["Problems"].take() {
                    let one = |(name, texts): (String, Value)| json!({name: texts[0]});
                    body["Problems"] = parameters.into_iter().map(one).collect();
                }
            })
        })
    }),
    ("parameters of a problem as a list of texts", |request, server| {
        parameters(request, server, |name, text| json!(format!("{name}: {text}")))
    }),
    ("parameters of a problem as a list of objects that name them", |request, server| {
        parameters(request, server, |name, text| json!({"field": name, "message": text}))
    }),
    ("a GET without Content-Type is refused", |request, server| {
        let typed = |(name, _): &(String, String)| name.eq_ignore_ascii_case("content-type");
        let untyped = request.method == "GET" && !request.headers.iter().any(typed);
        match untyped && (request.is("* customer/**") || request.is("* usage/**")) {
            true => Response::problem(415, "validation"),
            false => server.pass(request),
        }
    }),
    ("who is not let in hears it from a front server", |request, server| {
        let response = server.pass(request);
        match response.status {
            401 | 403 => Response {
                body: b"<html><h1>No</h1></html>".to_vec(),
                ..response.with_media("text/html")
            },
            _ => response,
        }
    }),
    ("empty lists for a customer without unbilled usage", |request, server| {
        match request.ledger() {
            "100" if request.is("GET usage/customers/224456") => Response::json_of(
                200,
                &json!({
                    "customerNo": "224456",
                    "subscriptions": "/billing/usage/v1/100/customers/224456/subscriptions"
                }),
            ),
            "100" if request.is("GET usage/customers/224456/subscriptions") => {
                Response::json_of(200, &json!({"items": []}))
            }
            _ => server.pass(request),
        }
    }),
    ("surpluses in pages of fifty", |mut request, server| {
        if request.is(SURPLUSES) && request.query.is_none() {
            request.query = Some("take=50".to_owned());
        }
        server.pass(request)
    }),
    ("usage details in pages of a hundred", |mut request, server| {
        let from = request.query.as_deref().and_then(|query| query.strip_prefix("from="));
        let from: usize = from.and_then(|from| from.parse().ok()).unwrap_or(0);
        request.query = request.query.filter(|_| from == 0);
        let path = request.path.clone();
        let page = |list: &mut Value| {
            let Some(items) = list["items"].as_array_mut() else { return };
            let next = items.len() > from + 100;
            *items = std::mem::take(items).into_iter().skip(from).take(100).collect();
            if next {
                list["navigation"] =
                    json!({"@id": path, "next": format!("{path}?from={}", from + 100)});
            }
        };
        match request.last().ends_with("usage-details") {
            true => server.edit("GET usage/**", request, page),
            false => server.pass(request),
        }
    }),
    ("days for the first and the last usage", |request, server| {
        each_text(request, server, |name, text| {
            if name == "firstUsageDate" || name == "lastUsageDate" {
                text.truncate(10);
            }
        })
    }),
    ("totals of summaries without VAT", |request, server| {
        each_object(request, server, |members| {
            let Some(rate) = members.get("vatRate").and_then(Value::as_f64) else { return };
            if let Some(total) = members.get("totalAmount").and_then(Value::as_f64) {
                let net = (total / (1.0 + rate / 100.0) * 100.0).round() / 100.0;
                members.insert("totalAmount".to_owned(), json!(net));
            }
        })
    }),
    ("totals of summaries with VAT", |request, server| {
        each_object(request, server, |members| {
            let Some(rate) = members.get("vatRate").and_then(Value::as_f64) else { return };
            if let Some(total) = members.get("totalAmount").and_then(Value::as_f64) {
                let gross = (total * (1.0 + rate / 100.0) * 1000.0).round() / 1000.0;
                members.insert("totalAmount".to_owned(), json!(gross));
            }
        })
    }),
    ("units of charges in words", |request, server| {
        each_object(request, server, |members| {
            for name in ["priceUnit", "intervalUnit"] {
                if members.contains_key(name) {
                    members.insert(name.to_owned(), json!("unit"));
                }
            }
        })
    }),
    ("an unknown name in the query finds nothing in a list", |request, server| {
        let unknown = request.query.as_deref().is_some_and(|query| query.contains('='));
        server.edit("GET usage/**", request, |body| {
            if unknown && body["items"].is_array() {
                body["items"] = json!([]);
            }
        })
    }),
    ("a surplus stays open until its order is executed", |request, server| {
        each_object(request, server, |members| {
            if members
                .get("surplusId")
                .and_then(Value::as_str)
                .is_some_and(|id| id.contains("-Open"))
            {
                members.insert("status".to_owned(), json!("open"));
            }
        })
    }),
    ("PATCH ignores what it cannot change", |mut request, server| {
        if request.is("PATCH customer/customers/*") {
            let fixed = [
                "name",
                "vatNo",
                "legalEntity",
                "customerNo",
                "nationalIdentifier",
                "legalAddress",
                "billingAddress",
            ];
            request.edit(|members| members.retain(|name, _| !fixed.contains(&name.as_str())));
        }
        server.pass(request)
    }),
    ("methods of operations in lower case", |request, server| {
        each_text(request, server, |name, text| {
            if name == "method" {
                text.make_ascii_lowercase();
            }
        })
    }),
    ("the refresh is accepted and done later", |request, server| {
        let refreshes = request.is("POST customer/customers/*/legal-address/*");
        // Who may not read the address may not refresh it, though it is done later.
        let address = request.path.trim_end_matches(request.last()).trim_end_matches('/');
        let read = request.also("GET", address.to_owned(), None);
        match refreshes && request.ledger() == "100" && server.pass(read).is_success() {
            true => Response::empty(202),
            false => server.pass(request),
        }
    }),
    ("an invoice and an account, as the example prints it", |request, server| {
        each_object(request, server, |members| {
            if members.contains_key("surplusId") && members.contains_key("invoice") {
                members.insert("account".to_owned(), json!("/ledger/account/v1/100/accounts/BBB"));
            }
        })
    }),
    ("an unknown name in the query names no resource", |request, server| {
        let unknown = request.is("GET usage/**")
            && request.query.as_deref().is_some_and(|query| query.contains('='));
        if unknown { Response::problem(404, "not-found") } else { server.pass(request) }
    }),
    ("a person is looked up before anything else is checked", |request, server| {
        let identifier = &request.json()["nationalIdentifier"];
        let text = |name: &str| identifier[name].as_str().map(str::to_owned);
        let known = |name: &str, known: fn(&str) -> bool| text(name).is_none_or(|it| known(&it));
        let met = known("regNo", |it| !it.contains("ABC") && it != "1990-01")
            && known("countryCode", |it| it == "SE" || it == "NO");
        let looked_up = request.path.ends_with("find-customer")
            || request.path.ends_with("generate-consumer-customer-by-reg-no");
        if looked_up && !met {
            return Response::problem(404, "not-found");
        }
        server.pass(request)
    }),
    ("e-mail addresses, telephone and VAT numbers are kept unique", unique::pass),
    ("an invoice without usage is served, with no subscriptions", |request, server| {
        let unused = |problem: &Response| {
            problem.json()["Type"].as_str().is_some_and(|it| it.ends_with("invoice-has-no-usage"))
        };
        let (list, path) = (request.is("GET usage/invoices/*/subscriptions"), request.path.clone());
        let one = request.is("GET usage/invoices/*");
        let response = server.pass(request);
        match (list || one) && response.status == 404 && unused(&response) {
            true if list => {
                Response::json_of(200, &json!({"navigation": {"@id": path}, "items": []}))
            }
            true => {
                let number = path.rsplit('/').next().unwrap_or_default();
                let subscriptions = format!("{path}/subscriptions");
                let invoice =
                    json!({"@id": path, "invoiceNo": number, "subscriptions": subscriptions});
                Response::json_of(200, &invoice)
            }
            false => response,
        }
    }),
    ("whoever is deceased stays so", |request, server| {
        static DECEASED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
        let status = request.json()["legalStatus"].clone();
        if request.is("PATCH customer/customers/*") && !status.is_null() {
            let mut deceased = DECEASED.lock().unwrap();
            if status == "deceased" {
                deceased.insert(request.path.clone());
            } else if deceased.contains(&request.path) {
                return Response::problem(409, "deceased");
            }
        }
        server.pass(request)
    }),
    ("orders take numbers for texts, and their surplus stays open", |request, server| {
        static TAKEN: Mutex<BTreeMap<String, Vec<Value>>> = Mutex::new(BTreeMap::new());
        let (path, order) = (request.path.clone(), request.json());
        if !path.ends_with("/active-disbursement-orders") {
            return server.pass(request);
        }
        let posted = request.method == "POST";
        let response = server.pass(request);
        let mut taken = TAKEN.lock().unwrap();
        let taken = taken.entry(path).or_default();
        if posted && response.status == 400 && order.to_string().contains(":4711") {
            taken.push(order);
            return Response::empty(201);
        }
        match !posted && response.is_success() {
            true => response.edit(|list| {
                list["items"].as_array_mut().unwrap().extend(taken.iter().cloned());
            }),
            false => response,
        }
    }),
];

/// Passes, and writes the parameters of a problem as a list.
fn parameters(request: Request, server: &Server, write: fn(&str, &str) -> Value) -> Response {
    server.problem(request, |problem| {
        problem.edit(|body| {
            if let Value::Object(parameters) = body["Problems"].take() {
                let one = |(name, texts): (String, Value)| {
                    write(&name, texts[0].as_str().unwrap_or_default())
                };
                body["Problems"] = parameters.into_iter().map(one).collect();
            }
        })
    })
}
