//! Servers of the TM Forum API that make use of what document 004 leaves open.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::{ACCOUNT, COLLECTIONS, CYCLE, each, error, ignored, lists, ruled_out};
use crate::Lawful;
use crate::front::Server;
use crate::message::{Request, Response};
use crate::rewrite::{each_number, each_object, each_text, set, texts};

/// What the server does, and how.
pub(crate) const LAWFUL: &[Lawful] = &[
    // Identifiers and links.
    ("ids as numbers", |request, server| {
        each_object(request, server, |members| {
            if let Some(id) = members.get_mut("id") {
                let number = id.as_str().filter(|text| !text.starts_with('0'));
                if let Some(number) = number.and_then(|text| text.parse::<u64>().ok()) {
                    *id = json!(number);
                }
            }
        })
    }),
    ("ids with letters", |mut request, server| {
        request.path = request.path.replace("/BA-", "/");
        each(ACCOUNT, request, server, |account| {
            let id = format!("BA-{}", account["id"].as_str().unwrap_or_default());
            let href = account["href"].as_str().unwrap_or_default();
            let href = href.replace("/billingAccount/", "/billingAccount/BA-");
            set(account, "id", json!(id));
            set(account, "href", json!(href));
        })
    }),
    ("links without a host", |request, server| {
        each_text(request, server, |_, text| {
            if let Some(at) = text.find("/billingManagement/").filter(|_| text.starts_with("http"))
            {
                text.drain(..at);
            }
        })
    }),
    ("links with another host", |request, server| {
        each_text(request, server, |_, text| {
            if let Some(at) = text.find("/billingManagement/").filter(|_| text.starts_with("http"))
            {
                text.replace_range(..at, "https://api.example.org:8443");
            }
        })
    }),
    ("links in the document's other spelling", |mut request, server| {
        request.path = request.path.replace("/BillingManagement/", "/billingManagement/");
        request.path = request.path.replace("/customerbillingC", "/customerBillingC");
        each_text(request, server, |_, text| {
            *text = text.replace("/billingManagement/", "/BillingManagement/");
            *text = text.replace("/customerBillingC", "/customerbillingC");
        })
    }),
    ("the path in the document's other spelling, and no other", |mut request, server| {
        const PRINTED: &str = "/customerbillingCycleSpecification";
        let camel = format!("/{CYCLE}");
        if request.path.contains(&camel) {
            return Response::empty(404);
        }
        request.path = request.path.replace(PRINTED, &camel);
        if let Ok(body) = String::from_utf8(request.body.clone()) {
            request.body = body.replace(PRINTED, &camel).into_bytes();
        }
        each_text(request, server, |_, text| *text = text.replace(&camel, PRINTED))
    }),
    ("links in the document's other spelling, of which none is served", |request, server| {
        if request.path.contains("/BillingManagement/") || request.path.contains("/customerbill") {
            return error(404);
        }
        each_text(request, server, |_, text| {
            *text = text.replace("/billingManagement/", "/BillingManagement/");
            *text = text.replace("/customerBillingC", "/customerbillingC");
        })
    }),
    ("no links", |request, server| {
        each_object(request, server, |members| drop(members.remove("href")))
    }),
    ("no Location, no count, no date", |request, server| {
        let response = server.pass(request).without_header("location");
        response.without_header("x-total-count").without_header("last-modified")
    }),
    ("a Last-Modified as the document prints it", |request, server| {
        let mut response = server.pass(request).without_header("last-modified");
        response.headers.push(("Last-Modified".to_owned(), "11/28/13 13:30:30".to_owned()));
        response
    }),
    ("references by their ids alone", |request, server| {
        each(ACCOUNT, request, server, |account| {
            for (name, reference) in account.as_object_mut().unwrap() {
                if name != "currency" && name != "validFor" && reference["id"].is_string() {
                    *reference = json!({"id": reference["id"]});
                }
            }
        })
    }),
    // Values.
    ("states in small letters", |request, server| {
        each_text(request, server, |name, text| {
            if name == "state" {
                text.make_ascii_lowercase();
            }
        })
    }),
    ("ratingType in capitals", |request, server| {
        each_text(request, server, |name, text| {
            if name == "ratingType" {
                text.make_ascii_uppercase();
            }
        })
    }),
    ("roles in capitals", |request, server| {
        each_text(request, server, |name, text| {
            if name == "role" {
                text.make_ascii_uppercase();
            }
        })
    }),
    ("date-times without a fraction", |request, server| {
        instants(request, server, |text| text.replace(".0Z", "Z"))
    }),
    ("date-times with six digits of a fraction", |request, server| {
        instants(request, server, |text| text.replace(".0Z", ".000000Z"))
    }),
    ("date-times with an offset", |request, server| {
        instants(request, server, |text| {
            let Some(naive) = text.strip_suffix(".0Z").or_else(|| text.strip_suffix('Z')) else {
                return text.to_owned();
            };
            let other =
                naive.replace("T16:", "T18:").replace("T00:", "T02:").replace("T08:", "T10:");
            format!("{other}{}", if other == naive { "+00:00" } else { "+02:00" })
        })
    }),
    ("amounts with more zeros", |request, server| {
        each_number(request, server, |text| match text.contains('.') {
            true => format!("{text}000"),
            false => text.to_owned(),
        })
    }),
    // Money alone: a unit price or a rate is compared by its value (reading 158).
    ("amounts from a double", |request, server| {
        each_object(request, server, |members| {
            for (name, value) in members.iter_mut() {
                if name == "amount" || name.ends_with("Amount") {
                    let text = value.to_string();
                    if text.contains('.') {
                        *value = Value::Number(format!("{text}0000000001").parse().unwrap());
                    }
                }
            }
        })
    }),
    ("whole amounts with a point", |request, server| {
        each_number(request, server, |text| match text.contains('.') {
            true => text.to_owned(),
            false => format!("{text}.0"),
        })
    }),
    ("counts and numbers of items in the other type", |request, server| {
        each_object(request, server, |members| {
            for (name, value) in members.iter_mut() {
                match name.as_str() {
                    "quantity" | "imageSize" => *value = json!(value.to_string()),
                    "itemNumber" | "productNumber" => {
                        let number = value.as_str().and_then(|text| text.parse::<u64>().ok());
                        number.into_iter().for_each(|number| *value = json!(number));
                    }
                    _ => {}
                }
            }
        })
    }),
    ("more members", |request, server| {
        each_object(request, server, |members| {
            let kind = json!({"id": "7", "href": "/other/7", "items": [{"id": "8"}]});
            members.insert("@type".to_owned(), json!("Resource"));
            members.insert("lastUpdate".to_owned(), kind);
        })
    }),
    ("null for what is unset", |request, server| {
        server.change("* tmf/**", request, |response| {
            let unset = |resource: &mut Value| {
                for name in
                    ["validFor", "description", "taxItem", "frequency", "name", "relatedParty"]
                {
                    let members = resource.as_object_mut().unwrap();
                    members.entry(name).or_insert(Value::Null);
                }
                if let Some(period) = resource["validFor"].as_object_mut() {
                    period.entry("endDateTime").or_insert(Value::Null);
                }
            };
            response.edit(|body| match body {
                Value::Array(list) => list.iter_mut().for_each(unset),
                one => unset(one),
            })
        })
    }),
    ("periods by both names", |request, server| {
        each_object(request, server, |members| {
            for (name, other) in [("startPeriod", "startDateTime"), ("endPeriod", "endDateTime")] {
                let (one, two) = (members.get(name).cloned(), members.get(other).cloned());
                one.into_iter().for_each(|value| drop(members.insert(other.to_owned(), value)));
                two.into_iter().for_each(|value| drop(members.insert(name.to_owned(), value)));
            }
        })
    }),
    ("a currency in both shapes", |request, server| {
        each_object(request, server, |members| {
            if let Some(currency) = members.get("currency").filter(|it| it.is_object()).cloned() {
                members.insert("currencyCode".to_owned(), currency["currencyCode"].clone());
            } else if let Some(code) = members
                .get("currencyCode")
                .filter(|_| members.contains_key("taxExcludedAmount"))
                .cloned()
            {
                members.insert("currency".to_owned(), json!({"currencyCode": code}));
            }
        })
    }),
    // Lists.
    ("lists in another order", |request, server| {
        lists(request, server, |_, list| {
            list.as_array().into_iter().flatten().rev().cloned().collect()
        })
    }),
    ("lists of a resource in another order", |request, server| {
        each_object(request, server, |members| {
            members.values_mut().filter_map(Value::as_array_mut).for_each(|list| list.reverse());
        })
    }),
    ("a validity is refused under other names", |request, server| {
        match other_names(&request.json()) {
            true => error(422),
            false => server.pass(request),
        }
    }),
    ("a validity is ignored under other names", |mut request, server| {
        if other_names(&request.json()) {
            request.edit(|account| drop(account.remove("validFor")));
        }
        server.pass(request)
    }),
    ("a validity is stored under the names under which it came", |request, server| {
        static STORED: Mutex<BTreeMap<String, Value>> = Mutex::new(BTreeMap::new());
        let sent = request.json();
        let other = other_names(&sent) && request.method == "POST";
        let name = sent["name"].as_str().unwrap_or_default().to_owned();
        let mut stored = STORED.lock().unwrap();
        if other {
            stored.insert(name, sent["validFor"].clone());
        }
        each(ACCOUNT, request, server, |account| {
            let name = account["name"].as_str().unwrap_or_default();
            if let Some(validity) = stored.get(name) {
                set(account, "validFor", validity.clone());
            }
        })
    }),
    ("a list within an object", |request, server| {
        lists(request, server, |collection, list| json!({collection: list}))
    }),
    ("a page of a list", |request, server| {
        lists(request, server, |collection, list| {
            let items = list.as_array().map_or(0, Vec::len);
            json!({"page": {"size": items, "items": {format!("{collection}s"): list}}, "total": items})
        })
    }),
    ("a list of links", |request, server| {
        lists(request, server, |_, list| {
            let items = list.as_array().into_iter().flatten();
            items.map(|item| json!({"id": item["id"], "href": item["href"]})).collect()
        })
    }),
    ("every list is a page, answered 206", |request, server| {
        let list = COLLECTIONS.into_iter().any(|collection| request.all("GET", collection));
        let response = server.pass(request);
        if list && response.status == 200 { response.with_status(206) } else { response }
    }),
    ("pages of five that are searched by id", |mut request, server| {
        let asked = request.query.as_deref().unwrap_or_default();
        if !asked.contains("id=") && !asked.contains("limit=") {
            let more = if asked.is_empty() { "" } else { "&" };
            request.query = Some(format!("{asked}{more}limit=5"));
        }
        server.pass(request)
    }),
    ("queries are ignored", |mut request, server| {
        request.query = None;
        server.pass(request)
    }),
    ("queries are refused", |request, server| match request.query {
        Some(_) => error(400),
        None => server.pass(request),
    }),
    ("a path that ends in a slash is another", |request, server| {
        match request.path.ends_with('/') {
            true => Response::empty(404),
            false => server.pass(request),
        }
    }),
    // Writing.
    ("PATCH answers what was changed alone", |request, server| {
        let sent = request.json();
        server.edit("PATCH tmf/**", request, |account| {
            account.as_object_mut().unwrap().retain(|name, _| sent.get(name).is_some());
        })
    }),
    ("PATCH ignores what it cannot change", |mut request, server| {
        if request.item("PATCH", ACCOUNT) {
            request.edit(|members| {
                for name in ["id", "href", "ratingType", "billingAccountBalance"] {
                    members.remove(name);
                }
            });
        }
        ignored(request, server, |members| members == &json!({}))
    }),
    ("a balance that only other operations change", |mut request, server| {
        if request.all("POST", ACCOUNT) {
            request.edit(|account| drop(account.remove("billingAccountBalance")));
        }
        each(ACCOUNT, request, server, |account| {
            let balance = json!({"type": "ReceivableBalance", "amount": 0, "status": "Due"});
            set(account, "billingAccountBalance", json!([balance]));
        })
    }),
    ("one balance and one tax rate at most", |request, server| {
        let sent = if request.body.is_empty() { Value::Null } else { request.json() };
        let lists = ["billingAccountBalance", "appliedCustomerBillingTaxRate"];
        match lists.into_iter().any(|name| sent[name].as_array().is_some_and(|all| all.len() > 1)) {
            true => error(400),
            false => server.pass(request),
        }
    }),
    // Errors.
    ("501 for what is ruled out", |request, server| ruled_out(501, request, server)),
    ("403 for what is ruled out", |request, server| ruled_out(403, request, server)),
    ("errors of the older form", |request, server| {
        server.problem(request, |problem| {
            problem.edit(|body| {
                *body = json!({"error": {"code": 4012, "title": "Wrong format"}, "detail": "No."});
            })
        })
    }),
    ("errors as HTML", |request, server| {
        server.problem(request, |problem| {
            let html = b"<!doctype html><title>No</title><p>No<br>".to_vec();
            Response { body: html, ..problem.with_media("text/html") }
        })
    }),
    ("422 for what cannot be done", |request, server| {
        let response = server.pass(request);
        if response.status == 400 { response.with_status(422) } else { response }
    }),
];

/// Whether what is sent has the names of another resource's period in its validity (reading 154).
fn other_names(sent: &Value) -> bool {
    sent["validFor"].get("startPeriod").is_some()
}

/// Passes, and writes each date-time otherwise.
fn instants(request: Request, server: &Server, write: fn(&str) -> String) -> Response {
    server.pass(request).edit(|body| {
        texts("", body, &mut |_, text| {
            if text.ends_with('Z') && text.contains("T") {
                *text = write(text);
            }
        });
    })
}

/// A server behind a gateway that gives up on the first change of an account; the change is made, and
/// the account stays half done.
pub(crate) fn half_done(request: Request, server: &Server) -> Response {
    static HALF: Mutex<Option<String>> = Mutex::new(None);
    let mut half = HALF.lock().unwrap();
    if request.item("PATCH", ACCOUNT) && half.is_none() {
        *half = Some(request.last().to_owned());
        server.pass(request);
        return Response::empty(504);
    }
    each(ACCOUNT, request, server, |account| {
        if let Some(members) = account.as_object_mut()
            && members.get("id").and_then(Value::as_str) == half.as_deref()
        {
            members.retain(|name, _| name == "id" || name == "state");
            members.insert("state".to_owned(), json!(7));
        }
    })
}
